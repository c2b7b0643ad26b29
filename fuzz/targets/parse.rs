//! Any bytes become tokens, a tree and diagnostics that can be shown: no panic, no hang, and no span
//! outside of the text or inside a character.
#![no_main]

use inko_fuzz::oracle;
use inko_syntax::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut sources = SourceMap::default();
    let file = sources.add("main.inko", text.as_ref());
    let parsed = inko_syntax::parse(file, &text);
    oracle::tree(&parsed.module, &sources);
    inko_syntax::dump::dump(&parsed.module);
    let found = parsed.errors.iter().chain(&parsed.warnings);
    let diagnostics: Vec<_> = found.map(inko_diagnostics::syntax).collect();
    oracle::diagnostics(&diagnostics, &sources);
});
