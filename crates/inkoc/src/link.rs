//! Linking: the system's `cc` puts object and runtime together, with a faster linker if one is there.

use crate::failure::Failure;
use crate::scratch::Scratch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Linkers that are faster than the default, best first: the name for `-fuse-ld` and the executable.
const LINKERS: [(&str, &str); 3] = [("wild", "wild"), ("mold", "mold"), ("lld", "ld.lld")];

/// Where the LLD is that came with the Rust toolchain which built the compiler, if it had one.
const TOOLCHAIN: Option<&str> = option_env!("INKOC_TOOLCHAIN_LINKER");

/// A linker that `cc` is told to use.
#[derive(Clone, Copy)]
struct Linker {
    /// The name for `-fuse-ld`.
    name: &'static str,
    /// Where `cc` looks for it before `PATH`.
    directory: Option<&'static str>,
}

/// The fastest linker that is here, besides the default of `cc`.
fn fastest() -> Option<Linker> {
    let installed = LINKERS.iter().find(|(_, executable)| on_path(executable));
    let of_toolchain = || TOOLCHAIN.filter(|directory| Path::new(directory).join("ld.lld").is_file());
    installed
        .map(|(name, _)| Linker { name, directory: None })
        .or_else(|| of_toolchain().map(|directory| Linker { name: "lld", directory: Some(directory) }))
}

/// Links an executable. A directory has the linker's temporary files.
pub fn link(object: &Path, archive: &Path, output: &Path, scratch: &Scratch) -> Result<(), Failure> {
    let slim = slim(archive);
    let archive = slim.as_deref().unwrap_or(archive);
    let mut failure = None;
    // A linker that this cc doesn't know is no reason to fail: the default one remains.
    for linker in fastest().map(Some).into_iter().chain([None]) {
        match attempt(object, archive, output, linker, scratch) {
            Ok(()) => return Ok(()),
            Err(message) => failure = Some(message),
        }
    }
    Err(Failure::Message(failure.unwrap_or_default()))
}

/// A copy of the archive without its debug information, which is made once and lies beside it. Most of the
/// archive is the debug information of Rust's library, and to read and write it is most of the time that
/// linking takes; that of the program itself stays. `None` if there is no copy and none can be made.
fn slim(archive: &Path) -> Option<PathBuf> {
    let slim = archive.with_extension("slim.a");
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    let of_archive = changed(archive)?;
    // The copy bears the time of what it was made of: an archive that is exchanged for an older one counts too.
    if changed(&slim) == Some(of_archive) {
        return Some(slim);
    }
    // Other compilers may do the same at this moment: the copy appears under its name as a whole.
    let scratch = Scratch::new(archive.parent()).ok()?;
    let unfinished = scratch.path().join("slim.a");
    let mut command = Command::new("objcopy");
    command.arg("--strip-debug").arg(archive).arg(&unfinished);
    let done = scratch.keep_for(|| command.output());
    let made = done.is_ok_and(|done| done.status.success());
    let dated = || fs::File::options().append(true).open(&unfinished)?.set_modified(of_archive);
    // If the archive was replaced meanwhile, this may be a copy of the old one.
    if made
        && dated().is_ok()
        && changed(archive) == Some(of_archive)
        && fs::rename(&unfinished, &slim).is_ok()
    {
        return Some(slim);
    }
    None
}

fn attempt(
    object: &Path,
    archive: &Path,
    output: &Path,
    linker: Option<Linker>,
    scratch: &Scratch,
) -> Result<(), String> {
    let mut command = Command::new("cc");
    command.env("TMPDIR", scratch.path());
    // Addresses are fixed: the tables need no relocation when the program starts.
    command.arg("-no-pie").arg(object).arg(archive).arg("-o").arg(output);
    command.args(["-Wl,--gc-sections", "-lpthread", "-ldl", "-lm"]);
    if let Some(linker) = linker {
        command.arg(format!("-fuse-ld={}", linker.name));
        command.args(linker.directory.map(|directory| format!("-B{directory}")));
    }
    let done = scratch.keep_for(|| command.output()).map_err(|error| match error.kind() {
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
