//! That nothing which a test has started outlives it, however it ends.

use inko_testing::suite::child;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Says that this process is the test that is killed.
const KILLED: &str = "INKO_TESTS_KILLED";
/// What that test says when its children run, before the name of their directory.
const STARTED: &str = "all run in ";
/// Ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);

#[test]
fn children_and_their_children_end_with_a_killed_test() {
    if std::env::var_os(KILLED).is_some() {
        return test_that_is_killed();
    }
    let mut test = child(std::env::current_exe().expect("this program is there"));
    test.args(["--exact", "children_and_their_children_end_with_a_killed_test", "--nocapture"]);
    let mut test = test.env(KILLED, "").stdout(Stdio::piped()).spawn().expect("it starts");
    let mut output = BufReader::new(test.stdout.take().expect("piped"));
    let mut line = String::new();
    // With one thread the test's own name stands on the line before.
    while !line.contains(STARTED) {
        line.clear();
        assert!(output.read_line(&mut line).expect("it is text") > 0, "it ended early");
    }
    test.kill().expect("it runs");
    assert!(!test.wait().expect("it ends").success());
    // Each of them has an end of the pipe: this ends with the last one.
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("it is text");
    let directory = line.trim_end().split_once(STARTED).expect("it has it").1;
    let end = Instant::now() + LIMIT;
    while std::path::Path::new(directory).exists() {
        assert!(Instant::now() < end, "{directory} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Starts a child that has a child, and another one which is out of the reach of signals for groups and sessions, and has
/// another environment. All but the first are nobody's once that is gone.
fn test_that_is_killed() {
    let script = "sleep 1000 & setsid sh -c 'trap \"\" HUP INT TERM; while :; do :; done' &
        cd / && env - TMPDIR=\"$TMPDIR\" sleep 1000 & echo \"all run in $HOME\"; wait";
    let mut child = child("/bin/sh").args(["-c", script]).spawn().expect("it starts");
    child.wait().expect("it is killed with us");
}
