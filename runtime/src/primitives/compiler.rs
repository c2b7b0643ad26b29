//! Running the compiler, which tests of panics need: an executable has none inside.

use crate::object::{Object, text};
use crate::outcome::Outcome;
use crate::process::Process;
use inko_abi::object::{ARRAY_LENGTH, ARRAY_STORAGE, STORAGE_ELEMENTS};
use inko_abi::word::Word;
use std::process::{Command, Stdio};

/// The variable that holds the path of the compiler.
const COMPILER: &str = "INKOC";

pub(crate) extern "C" fn test_run(process: &mut Process, arguments: Word) -> Outcome {
    let Some(compiler) = std::env::var_os(COMPILER) else {
        let why = format!(
            "the environment variable {COMPILER} isn't set, which names the compiler to run programs with"
        );
        return Outcome::thrown(process.string_from(why));
    };
    let arguments = texts(arguments);
    let mut command = Command::new(&compiler);
    command.args(&arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    match command.output() {
        Ok(output) => {
            Outcome::value(process.string_from(String::from_utf8_lossy(&output.stderr).into_owned()))
        }
        Err(error) => {
            let why = format!("{} can't be run: {error}", compiler.to_string_lossy());
            Outcome::thrown(process.string_from(why))
        }
    }
}

/// The elements of an array of strings.
fn texts(array: Word) -> Vec<String> {
    let array = Object::of(array);
    let storage = Object::of(array.raw(ARRAY_STORAGE));
    let length = array.raw(ARRAY_LENGTH) as i32;
    (0..length).map(|index| text(storage.raw(STORAGE_ELEMENTS + index * 8)).to_owned()).collect()
}
