//! Directories for what is of use for a moment, such as an executable that is run once. They are gone however the
//! compiler ends: by itself, by a panic, or by any signal.

use crate::failure::Failure;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use tempfile::TempDir;

/// Waits until nobody has the other end of its standard input, and removes a directory then. It works without a `PATH`,
/// and is in a group of its own, so that no signal for the compiler's group reaches it.
const REMOVER: &str = "read _; PATH=/usr/bin:/bin exec rm -rf \"$0\"";

/// A directory.
#[derive(Debug)]
pub struct Scratch {
    directory: TempDir,
    /// Nothing is written to it. `None` where there is no shell: then signals leave the directory behind.
    lifeline: Option<ChildStdin>,
}

impl Scratch {
    /// Makes a directory with a new name in another one, or in the system's for temporary files.
    pub fn new(place: Option<&Path>) -> Result<Self, Failure> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("inkoc-");
        let made = place.map_or_else(|| builder.tempdir(), |place| builder.tempdir_in(place));
        let directory =
            made.map_err(|error| Failure::Message(format!("no temporary directory can be made: {error}")))?;
        let mut remover = Command::new("/bin/sh");
        remover.args(["-c", REMOVER]).arg(directory.path()).current_dir("/").process_group(0);
        remover.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let lifeline = remover.spawn().ok().and_then(|mut child| child.stdin.take());
        Ok(Self { directory, lifeline })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Starts a child that may write into the directory after the compiler has ended: it inherits the lifeline, and the
    /// directory is there until it has ended too. No other child is started meanwhile.
    pub fn keep_for<T>(&self, start: impl FnOnce() -> T) -> T {
        let close_on_exec = |flag: libc::c_int| {
            if let Some(lifeline) = &self.lifeline {
                // SAFETY: it only changes whether `exec` closes a descriptor.
                unsafe { libc::fcntl(lifeline.as_raw_fd(), libc::F_SETFD, flag) };
            }
        };
        close_on_exec(0);
        let result = start();
        close_on_exec(libc::FD_CLOEXEC);
        result
    }
}
