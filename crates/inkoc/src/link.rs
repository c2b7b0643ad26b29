//! Linking: the system's `cc` puts object and runtime together, with a faster linker if one is there.

use crate::driver::Failure;
use std::path::Path;
use std::process::Command;

/// Linkers that are faster than the default, best first: the name for `-fuse-ld` and the executable.
const LINKERS: [(&str, &str); 3] = [("wild", "wild"), ("mold", "mold"), ("lld", "ld.lld")];

/// Links an executable.
pub fn link(object: &Path, archive: &Path, output: &Path) -> Result<(), Failure> {
    let linker = LINKERS.iter().find(|(_, executable)| on_path(executable)).map(|(name, _)| *name);
    let mut failure = None;
    // A linker that this cc doesn't know is no reason to fail: the default one remains.
    for choice in linker.map(Some).into_iter().chain([None]) {
        match attempt(object, archive, output, choice) {
            Ok(()) => return Ok(()),
            Err(message) => failure = Some(message),
        }
    }
    Err(Failure::Message(failure.unwrap_or_default()))
}

fn attempt(object: &Path, archive: &Path, output: &Path, linker: Option<&str>) -> Result<(), String> {
    let mut command = Command::new("cc");
    // Addresses are fixed: the tables need no relocation when the program starts.
    command.arg("-no-pie").arg(object).arg(archive).arg("-o").arg(output);
    command.args(["-Wl,--gc-sections", "-lpthread", "-ldl", "-lm"]);
    if let Some(linker) = linker {
        command.arg(format!("-fuse-ld={linker}"));
    }
    let done = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "no C compiler was found: `cc` links the executable; install gcc or clang".to_string()
        }
        _ => format!("`cc` can't be started: {error}"),
    })?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!(
        "the executable {} couldn't be linked; `cc` says:\n{}\nIs the directory writable and the runtime archive \
         ({}) of the same version as inkoc?",
        output.display(),
        String::from_utf8_lossy(&done.stderr).trim_end(),
        archive.display()
    ))
}

fn on_path(executable: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(executable).is_file())
}
