//! Whole programs: the interpreter says the same before and after optimisation, and the sample programs
//! give what they should.

mod support;

use inko_ir::OptLevel;

/// Smaller sizes for an interpreter.
const SIZES: &[(&str, &str)] = &[];

#[test]
fn scratch() {
    let Ok(path) = std::env::var("SRC") else { return };
    let source = std::fs::read_to_string(path).expect("the file exists");
    let lowered = support::lowered(&source);
    println!("{} functions", lowered.functions.len());
    let show = std::env::var("SHOW").unwrap_or_default();
    if std::env::var("RUN").is_ok() {
        println!("{:?}", support::run(&lowered));
    }
    if std::env::var("LOWERED").is_ok() {
        println!("{}", inko_ir::print::program(&lowered));
    }
    for level in [OptLevel::None, OptLevel::Speed] {
        let program = support::optimized(&source, level);
        let start = std::time::Instant::now();
        let mut again = support::lowered(&source);
        let lowering = start.elapsed();
        inko_ir::optimize(&mut again, level);
        println!(
            "{level:?}: {} functions, {lowering:?}, {:?}",
            program.functions.len(),
            start.elapsed() - lowering
        );
        if level == OptLevel::Speed {
            for function in program.functions.values() {
                if function.symbol.starts_with(&*show) {
                    println!("{}", inko_ir::print::function(&program, function, false));
                }
            }
        }
        if std::env::var("RUN").is_ok() {
            println!("{:?}", support::run(&program));
        }
    }
    let _ = SIZES;
}
