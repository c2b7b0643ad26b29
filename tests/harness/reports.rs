//! What a program says when it is stuck or asked (`SIGQUIT`), and how it ends by a signal.

use inko_testing::suite::{self, build_runtime, child, inkoc, run};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends tests that hang.
const LIMIT: Duration = Duration::from_secs(60);
const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const SIGTERM: i32 = 15;

/// Builds a program.
fn build(directory: &Path, source: &str) -> PathBuf {
    build_runtime();
    let (file, output) = (directory.join("reported.inko"), directory.join("reported"));
    std::fs::write(&file, source).expect("the program can be written");
    let mut command = child(inkoc());
    let finished = run(command.arg("build").arg(file).arg("-o").arg(&output), LIMIT);
    assert_eq!(finished.status, Some(0), "{}", finished.stderr);
    output
}

/// A program that is running and has said that it is ready, on a line of its own.
struct Running {
    child: Child,
    errors: BufReader<ChildStderr>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut ready = [0; 6];
        child.stdout.as_mut().expect("piped").read_exact(&mut ready).expect("it prints");
        assert_eq!(&ready, b"ready\n");
        let errors = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, errors }
    }

    fn signal(&self, signal: i32) {
        suite::signal(self.child.id(), signal);
    }

    /// A report; what there is of it if the program ends.
    fn report(&mut self) -> String {
        self.signal(SIGQUIT);
        let mut report = String::new();
        while !report.ends_with(" in all\n") {
            if self.errors.read_line(&mut report).expect("it can be read") == 0 {
                break;
            }
        }
        report
    }

    /// Ends it by a signal; what else it had printed.
    #[track_caller]
    fn end(mut self, signal: i32) -> String {
        self.signal(signal);
        // Left alone, no program here ends before this.
        let end = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be asked") {
                break status;
            }
            if Instant::now() > end {
                self.child.kill().expect("it runs");
                panic!("{signal} doesn't end it");
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        assert_eq!(status.signal(), Some(signal), "{status:?}");
        let mut rest = String::new();
        self.child.stdout.take().expect("piped").read_to_string(&mut rest).expect("it is text");
        rest
    }
}

const WAITING: &str = "import std::process::(self, Process)
import std::stdio::stdin
import std::stdio::stdout

def waits { process.receive as Process }
def sleeps { process.suspend(100) }
def hopes { try process.receive_timeout(100) else nothing }
def nothing {}

def runs {
  let mut x = 1
  while({ x > 0 }) { x = x * 31 % 1000 + 1 }
}

process.spawn { waits }
process.spawn { sleeps }
process.spawn { hopes }
process.spawn { runs }
process.spawn { process.blocking { try! stdin.read_string } }
process.suspend(0.1)
stdout.print('ready')
process.suspend(100)
";

#[test]
fn a_report_shows_every_process_and_the_program_goes_on() {
    let temporary = suite::directory();
    let program = build(temporary.path(), WAITING);
    for threads in ["1", "2", "16"] {
        let mut running = Running::start(child(&program).env("INKO_PRIMARY_THREADS", threads));
        for _ in 0..2 {
            let lines = [
                "has been waiting for a message for ",
                "has been sleeping for ",
                "has been waiting for a message, with a limit, for ",
                "can run, at ",
                "is in an operation of the operating system, at ",
                "reported.inko\" line 5\n",
                "reported.inko\" line 6\n",
                "reported.inko\" line 7\n",
                "reported.inko\" line 12\n",
                "reported.inko\" line 19\n",
                "reported.inko\" line 22\n",
                "in \"waits\"",
                "6 processes in all",
            ];
            // They need some time until they all wait.
            let end = Instant::now() + LIMIT;
            let report = loop {
                let report = running.report();
                let missing = lines.iter().find(|line| !report.contains(*line));
                let Some(line) = missing else { break report };
                assert!(Instant::now() < end, "{line} isn't in the report:\n{report}");
            };
            for number in 1..=6 {
                assert!(report.contains(&format!("Process 0x{number} ")), "{number} is missing:\n{report}");
            }
        }
        assert_eq!(running.end(SIGTERM), "");
    }
}

/// A report is asked for again and again while processes are spawned, send, wait and end, which they do until there were
/// enough reports.
#[test]
fn reports_disturb_nobody() {
    let temporary = suite::directory();
    let source = "import std::loop::(repeat)
import std::process::(self, Process)
import std::stdio::stdin
import std::stdio::stdout

def child {
  let parent = process.receive as Process
  process.suspend(0.001)
  process.blocking { parent.send(process.receive as Integer) }
}

let watch = process.spawn {
  let parent = process.receive as Process
  try! stdin.read_string
  parent.send(0.5)
}

let mut sum = 0
let mut rounds = 0
let mut enough = False
watch.send(process.current)
stdout.print('ready')
while({ enough == False }) {
  repeat(100) do (index) {
    let child = process.spawn { child }
    child.send(process.current)
    child.send(index)
  }
  let mut received = 0
  while({ received < 100 }) {
    match(let message = process.receive) {
      as Integer -> {
        sum += message
        received += 1
      }
      else -> { enough = True }
    }
  }
  rounds += 1
}
stdout.print(sum == (rounds * 4_950))
";
    const REPORTS: usize = 50;
    let program = build(temporary.path(), source);
    for threads in ["1", "2", "16"] {
        let mut running = Running::start(child(&program).env("INKO_PRIMARY_THREADS", threads));
        for _ in 0..REPORTS {
            let report = running.report();
            assert!(report.contains("Process 0x1 "), "{report}");
        }
        let output = running.child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "True\n");
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn signals_end_programs_that_are_busy() {
    let temporary = suite::directory();
    let source = "import std::stdio::stderr import std::stdio::stdout
        stdout.print('ready') stdout.write_string('and more') stderr.print('written') while({ True }) { }";
    let program = build(temporary.path(), source);
    for signal in [SIGINT, SIGTERM] {
        let mut running = Running::start(&mut child(&program));
        running.errors.read_line(&mut String::new()).expect("it says that it has written the rest");
        assert_eq!(running.end(signal), "and more");
    }
}

/// As a shell has it for programs in the background.
#[test]
fn ignored_signals_stay_ignored() {
    let temporary = suite::directory();
    let program = build(temporary.path(), WAITING);
    let mut shell = child("sh");
    shell.arg("-c").arg("trap '' INT QUIT; exec \"$0\"").arg(&program);
    let mut running = Running::start(&mut shell);
    // The system drops them, so there is no moment at which they would come.
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).expect("it runs");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("it says so");
    let ignored = u64::from_str_radix(ignored.trim(), 16).expect("a set");
    for signal in [SIGINT, SIGQUIT] {
        assert!(ignored & 1 << (signal - 1) != 0, "{status}");
        running.signal(signal);
    }
    assert_eq!(running.child.try_wait().expect("it can be asked"), None);
    assert_eq!(running.end(SIGTERM), "");
}

#[test]
fn a_stuck_program_says_who_waits_where_and_how_long() {
    let temporary = suite::directory();
    let source = "import std::process::(self, Process)
import std::stdio::stdin
import std::stdio::stdout

def worker {
  process.receive as Integer
  process.receive as Integer
}

let worker = process.spawn { worker }
worker.send(1)
stdout.print('ready')
try! stdin.read_string
stdout.print('before')
process.receive
";
    const PAUSE: Duration = Duration::from_millis(1200);
    let start = Instant::now();
    let mut running = Running::start(&mut child(build(temporary.path(), source)));
    while !running.report().contains("has been waiting for a message for ") {
        assert!(start.elapsed() < LIMIT, "the worker doesn't wait");
    }
    std::thread::sleep(PAUSE);
    let told = Instant::now();
    drop(running.child.stdin.take());
    let status = running.child.wait().expect("it ends");
    let (both, main) = (start.elapsed(), told.elapsed());
    assert_eq!(status.code(), Some(1));
    let (mut printed, mut errors) = (String::new(), String::new());
    running.child.stdout.take().expect("piped").read_to_string(&mut printed).expect("it is text");
    assert_eq!(printed, "before\n", "what was printed is flushed");
    running.errors.read_to_string(&mut errors).expect("it is text");
    let lines: Vec<&str> = errors.lines().collect();
    let waiting: Vec<_> = lines.iter().filter(|line| line.contains("has been waiting")).collect();
    assert_eq!(waiting.len(), 2, "{errors}");
    assert!(waiting[0].starts_with("Process 0x1 "), "{}", waiting[0]);
    assert!(waiting[0].ends_with("/reported.inko\" line 15"), "{}", waiting[0]);
    assert!(waiting_time(waiting[0]).0 <= main, "{}, at most {main:?}", waiting[0]);
    assert!(waiting[1].starts_with("Process 0x2 "), "{errors}");
    let (least, most) = waiting_time(waiting[1]);
    assert!(PAUSE <= most && least <= both, "{}, from {PAUSE:?} to {both:?}", waiting[1]);
    assert_eq!(lines.last(), Some(&"every process waits for a message, and nobody is left to send one"));
}

/// How long a process has been waiting for a message, at least and at most: the report rounds it.
fn waiting_time(line: &str) -> (Duration, Duration) {
    let (_, time) = line.split_once(" for a message for ").expect("it waits for one");
    let (time, _) = time.split_once(',').expect("there is a place");
    let (number, unit) = time.split_once(' ').expect("there is a unit");
    let number: f64 = number.parse().expect("a number");
    let (least, most) = match unit {
        "ms" => (number / 1e3, (number + 1.0) / 1e3),
        "s" => (number - 0.05, number + 0.05),
        "min" => (number * 60.0, (number + 1.0) * 60.0),
        _ => panic!("{line}"),
    };
    (Duration::from_secs_f64(least), Duration::from_secs_f64(most))
}
