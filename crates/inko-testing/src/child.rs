//! Child processes of tests, and their files. Whatever the tests themselves were started with, a child finds the same:
//! signals, limits, environment, directory, standard input and terminal are set here, and nowhere else.
//!
//! Each run of a test target has a directory of its own below the system's temporary one. It is removed when the target
//! has ended, also by a panic or a signal: that is noticed by a child that does nothing else. Before, it kills whatever
//! still runs: children of children too, which are known by that directory. It is in their environment (`HOME` and
//! `TMPDIR`), they work in it, or their program is there.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Where programs are if the tests don't know.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// The path of a socket has 107 bytes, most of which are for the names that tests give.
const LONGEST: usize = 24;
/// What is allowed without asking for more. Hard limits can't be raised by everybody, so they stay.
const LIMITS: [(libc::__rlimit_resource_t, libc::rlim_t); 7] = [
    (libc::RLIMIT_NOFILE, 1024),
    (libc::RLIMIT_STACK, 8 << 20),
    (libc::RLIMIT_CORE, 0),
    (libc::RLIMIT_AS, libc::RLIM_INFINITY),
    (libc::RLIMIT_DATA, libc::RLIM_INFINITY),
    (libc::RLIMIT_FSIZE, libc::RLIM_INFINITY),
    (libc::RLIMIT_CPU, libc::RLIM_INFINITY),
];
/// What waits for the end of a run: it kills what the run has left until nothing is left, and removes the directory.
/// Processes of other users may be neither seen nor killed.
const REMOVER: &str = r#"
trap '' HUP INT TERM
read _
left() {
    grep -lsF "$0/" /proc/[0-9]*/environ
    find /proc/[0-9]*/cwd /proc/[0-9]*/exe -maxdepth 0 -lname "$0/*" 2>/dev/null
}
kill_all() {
    killed=1
    for file; do
        number=${file#/proc/}
        kill -9 "${number%%/*}" 2>/dev/null && killed=0
    done
    return $killed
}
while kill_all $(left); do sleep 0.02; done
chmod -R u+rwx "$0"
exec rm -rf "$0"
"#;
/// The largest number of a signal.
const SIGNALS: libc::c_int = 64;

/// A child that starts from a defined state, in an empty directory of its own, where its temporary files are too.
pub fn child(program: impl AsRef<OsStr>) -> Command {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let home = scratch().join(COUNT.fetch_add(1, Ordering::Relaxed).to_string());
    std::fs::create_dir(&home).expect("the directory of the run is there");
    let mut command = Command::new(program);
    command.env_clear().current_dir(&home).stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| PATH.into()));
    command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC")]).envs([("HOME", &home), ("TMPDIR", &home)]);
    let parent = std::process::id();
    // SAFETY: only calls of the system are made between fork and exec.
    unsafe { command.pre_exec(move || reset(parent)) };
    command
}

/// The state that isn't the command's.
fn reset(parent: u32) -> io::Result<()> {
    // SAFETY: all of these may be called between fork and exec; the sets and limits live as long as the calls. What isn't
    // possible, such as to reset the signals of the C library, leaves nothing to be reset.
    unsafe {
        for signal in 1..=SIGNALS {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut none = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
        for (resource, wanted) in LIMITS {
            let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            libc::getrlimit(resource, &mut limit);
            limit.rlim_cur = wanted.min(limit.rlim_max);
            libc::setrlimit(resource, &limit);
        }
        libc::umask(0o022);
        // No terminal, and no descriptors but the standard streams.
        libc::setsid();
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC);
        // The thread of a test ends after what it has started, unless the test target is killed. That is earlier than the
        // remover would notice, but children don't inherit it.
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        // It may have been killed before.
        if libc::getppid() != parent as libc::pid_t {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
    }
    Ok(())
}

/// A directory for one test.
pub fn directory() -> TempDir {
    directory_in(scratch())
}

/// A directory in another one.
pub fn directory_in(place: &Path) -> TempDir {
    tempfile::Builder::new().prefix("t").tempdir_in(place).expect("there is a temporary directory")
}

/// Makes a file that can be executed. Another process writes it: a child that another test starts meanwhile would have
/// the file open for writing, and the system executes no such file.
pub fn script(path: &Path, text: &str) {
    let mut write = child("/bin/sh");
    write.args(["-c", "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\""]).arg(path).arg(text);
    assert!(write.status().expect("the shell runs").success());
}

/// The directory of this run, and what removes it.
struct Scratch {
    path: PathBuf,
    /// The end of this pipe is the end of the run.
    _lifeline: ChildStdin,
}

fn scratch() -> &'static Path {
    static SCRATCH: OnceLock<Scratch> = OnceLock::new();
    &SCRATCH.get_or_init(Scratch::new).path
}

impl Scratch {
    fn new() -> Self {
        // SAFETY: it only sets a number of this process.
        unsafe { libc::umask(0o022) };
        let system = std::env::temp_dir();
        let is_usable = system.as_os_str().as_bytes().len() <= LONGEST && system.is_absolute();
        let system = if is_usable { system } else { "/tmp".into() };
        let directory = tempfile::Builder::new().prefix("inkoc-tests-").tempdir_in(system);
        let path = directory.expect("there is a temporary directory").keep();
        // Another user runs some programs.
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("it is ours");
        // Signals for the whole group of processes must not end it.
        let mut remover = Command::new("/bin/sh");
        // Nor does it belong to another run, whose remover would kill it, if this is a test that a test has started.
        remover.args(["-c", REMOVER]).arg(&path).env_clear().env("PATH", PATH);
        remover
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let lifeline = remover.spawn().expect("the shell runs").stdin.take().expect("piped");
        Self { path, _lifeline: lifeline }
    }
}
