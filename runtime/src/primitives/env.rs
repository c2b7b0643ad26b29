//! The environment of the program.
//!
//! The variables are copied when the program starts to ask for them: those of the C library can't be changed while other
//! threads read them. Children get these, not the C library's.

use super::stdio::failed;
use crate::object::text;
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use inko_abi::word::{self, Word};
use nix::unistd::{Uid, User};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Where temporary files go unless `TMPDIR` says otherwise.
const TEMPORARY: &str = "/tmp";

static VARIABLES: LazyLock<Mutex<BTreeMap<OsString, OsString>>> =
    LazyLock::new(|| Mutex::new(std::env::vars_os().collect()));

/// The value of a variable.
fn variable(name: &str) -> Option<OsString> {
    VARIABLES.lock().get(OsStr::new(name)).cloned()
}

/// The name of a variable that is to be changed.
fn checked(process: &mut Process, name: Word) -> String {
    let name = text(name);
    if name.is_empty() || name.contains(['=', '\0']) {
        panic(process, format_args!("{name:?} can't be the name of an environment variable"));
    }
    name.to_owned()
}

fn string(process: &mut Process, text: &OsStr) -> Word {
    process.string(&text.to_string_lossy())
}

fn path(process: &mut Process, path: io::Result<PathBuf>) -> Outcome {
    match path {
        Ok(path) => Outcome::value(string(process, path.as_os_str())),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn env_get(process: &mut Process, name: Word) -> Outcome {
    match variable(text(name)) {
        Some(value) => Outcome::value(string(process, &value)),
        None => Outcome::thrown(word::NIL),
    }
}

pub(crate) extern "C" fn env_set(process: &mut Process, name: Word, value: Word) {
    let name = checked(process, name);
    if text(value).contains('\0') {
        panic(
            process,
            format_args!("the value of the environment variable {name:?} contains a NUL character"),
        );
    }
    VARIABLES.lock().insert(name.into(), text(value).into());
}

pub(crate) extern "C" fn env_remove(_: &mut Process, name: Word) {
    VARIABLES.lock().remove(OsStr::new(text(name)));
}

pub(crate) extern "C" fn env_variables(process: &mut Process) -> Word {
    let names: Vec<OsString> = VARIABLES.lock().keys().cloned().collect();
    let names: Vec<Word> = names.iter().map(|name| string(process, name)).collect();
    process.array(&names)
}

pub(crate) extern "C" fn env_home_directory(process: &mut Process) -> Outcome {
    let known = variable("HOME").filter(|home| !home.is_empty());
    let home = known.or_else(|| {
        let user = process.outside(|| User::from_uid(Uid::current())).ok().flatten()?;
        Some(user.dir.into_os_string())
    });
    match home {
        Some(home) => Outcome::value(string(process, &home)),
        None => Outcome::thrown(word::NIL),
    }
}

pub(crate) extern "C" fn env_temporary_directory(process: &mut Process) -> Word {
    let known = variable("TMPDIR").filter(|directory| !directory.is_empty());
    string(process, &known.unwrap_or_else(|| TEMPORARY.into()))
}

pub(crate) extern "C" fn env_working_directory(process: &mut Process) -> Outcome {
    path(process, std::env::current_dir())
}

pub(crate) extern "C" fn env_set_working_directory(_: &mut Process, directory: Word) -> Outcome {
    match std::env::set_current_dir(text(directory)) {
        Ok(()) => Outcome::value(word::NIL),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn env_arguments(process: &mut Process) -> Word {
    let arguments: Vec<Word> =
        std::env::args_os().skip(1).map(|argument| string(process, &argument)).collect();
    process.array(&arguments)
}

pub(crate) extern "C" fn env_executable(process: &mut Process) -> Outcome {
    path(process, std::env::current_exe())
}
