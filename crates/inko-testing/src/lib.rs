//! What tests share. For those of the middle of the compiler: Inko source in, the representation out, with the real standard
//! library. For whole programs: children and their files ([`child`]), the compiler under test and what programs do ([`suite`]), and
//! programs that serve ([`servers`]).
//!
//! *Invariant:* only tests depend on this crate, and it panics with all that is known when a program isn't accepted.

pub mod child;
pub mod servers;
pub mod suite;

use inko_diagnostics::Diagnostic;
use inko_ir::ir::Program;
use inko_ir::{print, verify};
use inko_sema::{Loaded, Loader, ParsedModule};
use inko_syntax::ast::Module;
use inko_syntax::{FileId, SourceMap, parse};
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
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
                let (file, module) = self.parse(&path, &text);
                Loaded::Module(file, module)
            }
            Err(_) => Loaded::Missing,
        }
    }
}

/// Checks and lowers a main module, and verifies the result.
///
/// # Panics
///
/// If the program has errors, or lowering gives what the verifier rejects.
#[track_caller]
pub fn lowered(source: &str) -> Program {
    let mut files = Files { map: SourceMap::default() };
    let (file, module) = files.parse("main.inko", source);
    let checked = inko_sema::check(&mut files, ParsedModule { name: "main".into(), file, module });
    let errors = checked.diagnostics.iter().filter(|one| Diagnostic::is_error(one)).map(|one| {
        let place = files.map.start(one.primary.span);
        let path = files.map.file(one.primary.span.file).path();
        format!("{path}:{}:{} {}", place.line, place.column, one.message)
    });
    let errors: Vec<String> = errors.collect();
    assert!(errors.is_empty(), "{errors:#?}\n{source}");
    let program = inko_lower::lower(&checked.program, &files.map);
    assert_valid(&program);
    program
}

/// Asserts that the verifier finds nothing wrong.
///
/// # Panics
///
/// With what it found, and the program.
#[track_caller]
pub fn assert_valid(program: &Program) {
    let errors: Vec<String> = verify::verify_program(program).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", print::program(program));
}
