//! Real Inko programs: compiled by all stages, and compared with the interpreter.

mod support;

use inko_codegen::{Listings, Options};
use inko_ir::OptLevel;
use support::source;

#[test]
fn scratch() {
    let Ok(list) = std::env::var("SRC") else { return };
    let show = std::env::var("SHOW").unwrap_or_default();
    for path in list.split_whitespace() {
        let text = std::fs::read_to_string(path).expect("the file exists");
        for level in [OptLevel::None, OptLevel::Speed] {
            let program = source::optimized(&text, level);
            let start = std::time::Instant::now();
            let listings = Listings { clif: !show.is_empty(), asm: !show.is_empty() };
            let options = Options { listings, threads: 2, ..Options::default() };
            match inko_codegen::compile(&program, &options) {
                Ok(output) => {
                    println!(
                        "{path} {level:?}: {} functions, {} bytes, {:?}",
                        program.functions.len(),
                        output.object.len(),
                        start.elapsed()
                    );
                    if !show.is_empty() && level == OptLevel::Speed {
                        for text in [output.clif, output.asm].into_iter().flatten() {
                            for part in text.split(";; ").filter(|part| part.starts_with(&show)) {
                                println!(";; {part}");
                            }
                        }
                    }
                    if let Ok(directory) = std::env::var("OBJECTS") {
                        let name = std::path::Path::new(path).file_stem().expect("a name").to_string_lossy();
                        let name = format!("{directory}/{name}-{level:?}.o");
                        std::fs::write(name, &output.object).expect("written");
                    }
                    if std::env::var("RUN").is_ok() {
                        let linked = support::Linked::new(&output.object);
                        let start = std::time::Instant::now();
                        let mode = std::env::var("RUN").unwrap_or_default();
                        println!("{} {:?}", linked.run(&mode), start.elapsed());
                    }
                }
                Err(error) => println!("{path} {level:?}: {error}"),
            }
        }
    }
}
