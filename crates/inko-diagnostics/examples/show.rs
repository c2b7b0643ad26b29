//! Shows what is reported about the syntax of the given files.

use inko_diagnostics::{Diagnostic, render_human};

fn main() -> std::io::Result<()> {
    let mut sources = inko_syntax::SourceMap::default();
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        let parsed = inko_syntax::parse(sources.add(path, text.as_str()), &text);
        for error in parsed.errors.iter().chain(&parsed.warnings) {
            print!("{}", render_human(&Diagnostic::from(error), &sources, false));
        }
    }
    Ok(())
}
