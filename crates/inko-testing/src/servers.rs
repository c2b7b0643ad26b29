//! What the tests of servers share: a program that runs until the test has seen enough, and says at which port it listens.

use crate::suite::signal;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Nothing takes longer, even on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A program that runs; it is killed with this.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let lines = lines_of(child.stdout.take().expect("piped"));
        let errors = lines_of(child.stderr.take().expect("piped"));
        Self { child, lines, errors, seen: Vec::new() }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that contains a text; the lines before it may come in any order.
    #[track_caller]
    pub fn line(&mut self, text: &str) -> String {
        if let Some(at) = self.seen.iter().position(|line| line.contains(text)) {
            return self.seen.remove(at);
        }
        let end = Instant::now() + LIMIT;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("no line with {text:?} but {:?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => {
                    let errors: Vec<_> = self.errors.try_iter().collect();
                    panic!("it ended without {text:?}: {:?} {errors:?}", self.seen)
                }
            }
        }
    }

    /// Waits until it says at which port it listens.
    #[track_caller]
    pub fn port(&mut self) -> u16 {
        let line = self.line("listening at port ");
        line.rsplit(' ').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Writes a line to its standard input.
    pub fn say(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("piped");
        writeln!(stdin, "{line}").expect("it reads");
    }

    /// A report on its processes.
    #[track_caller]
    pub fn report(&mut self) -> String {
        signal(self.id(), libc::SIGQUIT);
        let mut report = String::new();
        while !report.ends_with(" in all\n") {
            report += &self.errors.recv_timeout(LIMIT).expect("a report");
            report.push('\n');
        }
        report
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).expect("it runs").count()
    }

    /// Waits until it has no more than so many descriptors open.
    #[track_caller]
    pub fn wait_for_descriptors(&self, count: usize) {
        let end = Instant::now() + LIMIT;
        while self.descriptors() > count {
            assert!(Instant::now() < end, "{} descriptors are open, not {count}", self.descriptors());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its resident memory in bytes.
    pub fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
        line.split_whitespace().nth(1).and_then(|size| size.parse::<usize>().ok()).expect("a size") * 1024
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn end(mut self) {
        drop(self.child.stdin.take());
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                let errors: Vec<_> = self.errors.try_iter().collect();
                return assert!(status.success(), "{status}: {errors:?}");
            }
            assert!(Instant::now() < end, "it doesn't end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A client of a program, which doesn't wait for ever.
pub fn connect(port: u16) -> TcpStream {
    let client = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    client.set_read_timeout(Some(LIMIT)).expect("it can be set");
    client.set_write_timeout(Some(LIMIT)).expect("it can be set");
    client
}

/// Receives exactly so many bytes.
#[track_caller]
pub fn receive(client: &mut TcpStream, size: usize) -> String {
    let mut bytes = vec![0; size];
    client.read_exact(&mut bytes).expect("it answers");
    String::from_utf8(bytes).expect("text")
}
