//! Programs, mostly mutations of real ones, are checked with the real library: no panic, no hang, and a
//! program without errors becomes valid IR, before and after each pass of the optimizer.
#![no_main]

use inko_fuzz::library::{LIBRARY, Modules};
use inko_fuzz::{mutate, oracle};
use inko_ir::OptLevel;
use inko_ir::verify::{assert_valid, verify_program};
use inko_sema::ParsedModule;
use libfuzzer_sys::{Corpus, fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};

/// The stack of the thread that compiles, as in the compiler itself.
const STACK: usize = 256 << 20;

/// Larger programs take the optimizer too long; small ones show the same mistakes.
const OPTIMIZED: usize = 400;

/// Programs with more errors don't enter the corpus: what is made from them never has a meaning.
const ERRORS: usize = 2;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let errors = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || compile(text));
        thread.expect("a thread can be started").join().expect("it doesn't panic")
    });
    if errors > ERRORS { Corpus::Reject } else { Corpus::Keep }
});

/// Compiles a program and tells how many errors it has.
fn compile(text: &str) -> usize {
    let mut sources = LIBRARY.map.clone();
    let file = sources.add("main.inko", text);
    let parsed = inko_syntax::parse(file, text);
    let main = ParsedModule { name: "main".into(), file, module: parsed.module };
    // As in the compiler, a tree with syntax errors is checked too, and what that finds isn't shown.
    let checked = inko_sema::check(&mut Modules, main);
    oracle::diagnostics(&checked.diagnostics, &sources);
    let errors = parsed.errors.len() + checked.diagnostics.iter().filter(|found| found.is_error()).count();
    if errors > 0 {
        return errors;
    }
    let mut ir = inko_ir::lower::lower(&checked.program, &sources);
    for function in ir.functions.values() {
        assert_valid(&ir, function, "lowering");
    }
    // With debug assertions, as here, each pass is followed by the verifier.
    let level = if ir.functions.len() > OPTIMIZED { OptLevel::None } else { OptLevel::Speed };
    inko_ir::optimize(&mut ir, level);
    let errors: Vec<String> = verify_program(&ir).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "invalid after all passes:\n{}", errors.join("\n"));
    0
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Now and then bytes change, for the sake of texts that are no programs.
    let text = match std::str::from_utf8(&data[..size]) {
        Ok(text) if !seed.is_multiple_of(16) => text,
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let changed = mutate::mutate(text, max_size, seed);
    data[..changed.len()].copy_from_slice(changed.as_bytes());
    changed.len()
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| {
    let (Ok(first), Ok(second)) = (std::str::from_utf8(first), std::str::from_utf8(second)) else { return 0 };
    let crossed = mutate::cross(first, second, out.len(), seed);
    out[..crossed.len()].copy_from_slice(crossed.as_bytes());
    crossed.len()
});
