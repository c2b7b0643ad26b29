//! Parses the given files and shows how long that took and what went wrong: the tool for measuring the
//! front end by itself. Reads each file once and parses it ten times.

use std::time::Instant;

fn main() {
    for path in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let mut best = f64::INFINITY;
        let mut errors = 0;
        for _ in 0..10 {
            let start = Instant::now();
            let parsed = inko_syntax::parse(inko_syntax::FileId(0), &text);
            best = best.min(start.elapsed().as_secs_f64());
            errors = parsed.errors.len();
        }
        for error in inko_syntax::parse(inko_syntax::FileId(0), &text).errors {
            eprintln!("{path}: {error:?}");
        }
        let lines = text.lines().count() as f64;
        let (rate, speed) = (lines / best, text.len() as f64 / best / 1e6);
        println!("{path}: {errors} errors, {:.2} ms, {rate:.0} lines/s, {speed:.1} MB/s", best * 1e3);
    }
}
