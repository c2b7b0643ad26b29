//! What the test targets share: where the compiler is, how a child is run with a time limit, and the
//! directives at the top of a program.

pub use crate::child::{child, directory, directory_in, script};

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The compiler under test: Cargo puts it above the directory of the test targets.
pub fn inkoc() -> &'static Path {
    static INKOC: OnceLock<PathBuf> = OnceLock::new();
    INKOC.get_or_init(|| {
        let target = std::env::current_exe().expect("this program is there");
        let compiler = target.ancestors().nth(2).expect("it is in `deps`").join("inkoc");
        assert!(compiler.is_file(), "{} isn't there; test the package `inkoc`", compiler.display());
        compiler
    })
}

/// The variable that says that the runtime archive is up to date.
const PREBUILT: &str = "INKO_TESTS_PREBUILT";

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository exists")
}

/// Builds the runtime archive in the profile of the compiler under test. Cargo leaves the archive of a
/// dependency inside `deps`; asked for it by name it puts it beside the compiler.
pub fn build_runtime() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Who runs test programs without Cargo has built it.
        if std::env::var_os(PREBUILT).is_some() {
            return;
        }
        // It has to be built as Cargo builds it, so with the same environment.
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(root()).args(["build", "--quiet", "--package", "inko-runtime"]);
        if inkoc().parent().is_some_and(|directory| directory.ends_with("release")) {
            command.arg("--release");
        }
        assert!(command.status().expect("cargo runs").success(), "the runtime doesn't build");
    });
}

/// Builds a program from its text, in a directory.
#[track_caller]
pub fn build(directory: &Path, source: &str) -> PathBuf {
    let (file, output) = (directory.join("main.inko"), directory.join("program"));
    std::fs::write(&file, source).expect("the program can be written");
    build_file(&file, &output);
    output
}

/// Builds the program of a file.
#[track_caller]
pub fn build_file(file: &Path, output: &Path) {
    build_runtime();
    let built = child(inkoc()).arg("build").arg(file).arg("-o").arg(output).output();
    let built = built.expect("the compiler starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

/// Ends what hangs; nothing else depends on it.
pub const LIMIT: Duration = Duration::from_secs(120);

/// A program that was built.
pub struct Program {
    _directory: TempDir,
    /// The executable.
    pub path: PathBuf,
}

impl Program {
    /// Builds it from its text.
    #[track_caller]
    pub fn new(source: &str) -> Self {
        let directory = directory();
        let path = build(directory.path(), source);
        Self { _directory: directory, path }
    }

    /// Runs it with variables.
    pub fn run(&self, variables: &[(&str, &str)]) -> Finished {
        run(child(&self.path).envs(variables.iter().copied()), LIMIT)
    }

    /// A command of the shell that runs it, after another one.
    pub fn after(&self, preparation: &str) -> Command {
        let mut command = child("sh");
        command.arg("-c").arg(format!("{preparation} && exec \"$0\"")).arg(&self.path);
        command
    }

    /// Runs it with so many KiB of address space.
    pub fn run_in(&self, space: usize) -> Finished {
        run(&mut self.after(&format!("ulimit -v {space}")), LIMIT)
    }
}

/// What a finished or stopped child did.
pub struct Finished {
    /// The exit status; `None` when it was stopped or killed by a signal.
    pub status: Option<i32>,
    /// Whether it was still running at the limit and then stopped.
    pub stopped: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it ran.
    pub elapsed: Duration,
}

/// Sends a signal to a child.
#[track_caller]
pub fn signal(child: u32, signal: libc::c_int) {
    // SAFETY: `kill` takes any numbers.
    assert_eq!(unsafe { libc::kill(child as libc::pid_t, signal) }, 0, "{child} is gone");
}

/// Runs a command until it ends or the limit has passed.
pub fn run(command: &mut Command, limit: Duration) -> Finished {
    let start = Instant::now();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} doesn't start: {error}"));
    let stdout = read(child.stdout.take().expect("piped"));
    let stderr = read(child.stderr.take().expect("piped"));
    let mut stopped = false;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            break status;
        }
        if start.elapsed() > limit {
            stopped = true;
            child.kill().expect("the child can be stopped");
            break child.wait().expect("the child can be waited for");
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let elapsed = start.elapsed();
    let join = |reader: std::thread::JoinHandle<String>| reader.join().expect("the reader ends");
    Finished { status: status.code(), stopped, stdout: join(stdout), stderr: join(stderr), elapsed }
}

fn read(mut stream: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A stream that breaks off ends the text; the comparison then shows what is missing.
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// All files with an extension below a directory, sorted.
pub fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_path_buf()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(&directory).expect("the directory can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What a program should print, from the comments `#=> LINE` in it.
pub fn inline_output(source: &str) -> String {
    let lines = source.split(['\n', '\r']).filter_map(|line| line.split_once("#=>"));
    lines.map(|(_, line)| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}
