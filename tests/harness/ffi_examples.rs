//! The examples that call C print what they should, and what C prints isn't lost.

use inko_testing::suite::{self, child, inkoc, root, run};
use std::time::Duration;

/// No example takes longer, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

fn check(example: &str, expected: &str) {
    suite::build_runtime();
    let done = run(child(inkoc()).arg("run").arg(root().join("examples").join(example)), LIMIT);
    assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), expected, ""));
}

#[test]
fn functions_of_mathematics() {
    let expected = "The cosine of 0 is 1.0.\n\
        2 to the power of 10 is 1024.0.\n\
        The square root of 2 is 1.4142135623730951.\n";
    check("libm.inko", expected);
}

#[test]
fn sorting_by_a_function_of_c() {
    check("qsort.inko", "apple\ncherry\nfig\npear\nquince\n");
}

#[test]
fn what_c_has_buffered() {
    suite::build_runtime();
    let program = "import std::ffi::(self, Library)
let libc = try! Library.new(Array.new('libc.so.6', 'libSystem.dylib'))
let puts = try! libc.function('puts', arguments: Array.new(ffi.string), returns: ffi.i32)
puts.call('from C')";
    let done = run(child(inkoc()).args(["run", "-e", program]), LIMIT);
    assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (Some(0), "from C\n", ""));
}
