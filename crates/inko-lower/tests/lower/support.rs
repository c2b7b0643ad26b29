//! Source in, representation out, with everything in memory.

use inko_interpret::interpret;
use inko_ir::print;
use inko_opt::{OptLevel, optimize};

pub(crate) use inko_testing::lowered as lower;

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
