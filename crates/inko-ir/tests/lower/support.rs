//! Source in, representation out, with everything in memory.

use inko_diagnostics::Diagnostic;
use inko_ir::ir::Program;
use inko_ir::{OptLevel, interpret, lower, optimize, print, verify};
use inko_sema::{Loaded, Loader, ParsedModule};
use inko_syntax::{FileId, SourceMap, ast, parse};

/// The directory that `std` is in.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

struct Sources {
    map: SourceMap,
}

impl Sources {
    fn parse(&mut self, name: &str, text: &str) -> (FileId, ast::Module) {
        let file = self.map.add(format!("{}.inko", name.replace("::", "/")), text);
        let parsed = parse(file, text);
        assert!(parsed.errors.is_empty(), "syntax errors in {name}: {:#?}\n{text}", parsed.errors);
        (file, parsed.module)
    }
}

impl Loader for Sources {
    fn load(&mut self, name: &str) -> Loaded {
        match std::fs::read_to_string(format!("{ROOT}/{}.inko", name.replace("::", "/"))) {
            Ok(text) => {
                let (file, module) = self.parse(name, &text);
                Loaded::Module(file, module)
            }
            Err(_) => Loaded::Missing,
        }
    }
}

/// Lowers a program, which must be free of errors, and verifies the result.
#[track_caller]
pub(crate) fn lower(source: &str) -> Program {
    let mut sources = Sources { map: SourceMap::default() };
    let (file, module) = sources.parse("main", source);
    let checked = inko_sema::check(&mut sources, ParsedModule { name: "main".into(), file, module });
    let errors: Vec<String> = checked
        .diagnostics
        .iter()
        .filter(|one| Diagnostic::is_error(one))
        .map(|one| {
            let place = sources.map.start(one.primary.span);
            let path = sources.map.file(one.primary.span.file).path();
            format!("{path}:{}:{} {}", place.line, place.column, one.message)
        })
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{source}");
    let program = lower::lower(&checked.program, &sources.map);
    let errors: Vec<String> = verify::verify_program(&program).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", print::program(&program));
    program
}

/// Checks the dump of the functions whose symbol begins with `symbol` against the file `shapes/name.ir`,
/// which shows source and dump; `UPDATE=1` rewrites it.
#[track_caller]
pub(crate) fn check(name: &str, source: &str, symbol: &str) {
    let program = lower(source);
    let functions = program.functions.values().filter(|function| function.symbol.starts_with(symbol));
    let dumps: Vec<String> = functions.map(|function| print::function(&program, function, false)).collect();
    let found = format!("{source}\n---\n{}", dumps.join("\n"));
    let path = format!("{}/tests/lower/shapes/{name}.ir", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &found).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{path} differs, `UPDATE=1` rewrites it:\n{found}");
}

/// Checks what a program prints, and its exit status unless it is 0, as lowered and after optimization.
#[track_caller]
pub(crate) fn run(source: &str, expected: &str) {
    let mut program = lower(source);
    for level in ["none", "speed"] {
        if level == "speed" {
            optimize(&mut program, OptLevel::Speed);
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = interpret(&program, &mut out, &mut err);
        let mut found = String::from_utf8_lossy(&out).into_owned();
        if status != 0 {
            found += &format!("{}status {status}\n", String::from_utf8_lossy(&err));
        }
        assert_eq!(found.trim(), expected.trim(), "at level {level}:\n{found}");
    }
}
