//! From Inko source to the intermediate representation, by the stages before code generation.

use inko_ir::ir::Program;
use inko_ir::{OptLevel, lower, optimize, verify};
use inko_sema::{Loaded, Loader, ParsedModule};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, SourceMap, parse};
use std::path::Path;

struct Files {
    map: SourceMap,
}

impl Files {
    fn parse(&mut self, path: &str, text: &str) -> (FileId, Module) {
        let file = self.map.add(path, text);
        let parsed = parse(file, text);
        assert!(parsed.errors.is_empty(), "syntax errors in {path}: {:#?}", parsed.errors);
        (file, parsed.module)
    }
}

impl Loader for Files {
    fn load(&mut self, name: &str) -> Loaded {
        let path = format!("{}.inko", name.replace("::", "/"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        match std::fs::read_to_string(root.join(&path)) {
            Ok(text) => {
                let (file, module) = self.parse(&path, &text);
                Loaded::Module(file, module)
            }
            Err(_) => Loaded::Missing,
        }
    }
}

/// Checks, lowers and optimizes a main module.
pub fn optimized(source: &str, level: OptLevel) -> Program {
    let mut files = Files { map: SourceMap::default() };
    let (file, module) = files.parse("main.inko", source);
    let checked = inko_sema::check(&mut files, ParsedModule { name: "main".into(), file, module });
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let mut program = lower::lower(&checked.program, &files.map);
    optimize(&mut program, level);
    let errors: Vec<String> = verify::verify_program(&program).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    program
}
