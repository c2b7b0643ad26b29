//! Whole programs for the tests of this crate: the real standard library, checked and lowered.

use inko_ir::ir::{FunctionId, Program};
use inko_ir::{OptLevel, interpret, lower, optimize_observed, print, verify};
use inko_sema::{Loaded, Loader, ParsedModule};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, SourceMap, parse};
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

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
        match std::fs::read_to_string(root().join(&path)) {
            Ok(text) => {
                let text = text.replace(
                    "def ..(other: Self) -> Range!(Self)",
                    "def ..(other: Integer) -> Range!(Integer)",
                );
                let (file, module) = self.parse(&path, &text);
                Loaded::Module(file, module)
            }
            Err(_) => Loaded::Missing,
        }
    }
}

/// Checks and lowers a main module.
pub(crate) fn lowered(source: &str) -> Program {
    let mut files = Files { map: SourceMap::default() };
    let (file, module) = files.parse("main.inko", source);
    let checked = inko_sema::check(&mut files, ParsedModule { name: "main".into(), file, module });
    let messages: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|one| {
            let place = files.map.start(one.primary.span);
            format!("{}:{} {}", files.map.file(one.primary.span.file).path(), place.line, one.message)
        })
        .collect();
    assert!(messages.is_empty(), "{messages:#?}");
    let program = lower::lower(&checked.program, &files.map);
    let errors: Vec<String> = verify::verify_program(&program).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    program
}

/// Optimises a program. `DUMP=symbol` shows that function after each pass.
pub(crate) fn optimized(source: &str, level: OptLevel) -> Program {
    let mut program = lowered(source);
    let dump = std::env::var("DUMP").ok();
    optimize_observed(&mut program, level, &mut |pass, program, id: FunctionId| {
        let function = &program.functions[id];
        if dump.as_deref() == Some(function.symbol.as_str()) {
            println!("after {pass}:\n{}", print::function(program, function, false));
        }
    });
    let errors: Vec<String> = verify::verify_program(&program).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    program
}

/// The exit status, output and errors of a program.
pub(crate) fn run(program: &Program) -> (i32, String, String) {
    let mut out = Vec::new();
    let mut err = Vec::new();
    let status = interpret(program, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the output is text");
    (status, text(out), text(err))
}
