//! Paths and directories.

use super::stdio::failed;
use crate::object::text;
use crate::outcome::Outcome;
use crate::process::Process;
use inko_abi::word::{self, Word};
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A question to which errors are the answer no.
fn ask(process: &mut Process, path: Word, question: impl FnOnce(&Metadata) -> bool) -> bool {
    process.outside(|| fs::metadata(text(path)).is_ok_and(|metadata| question(&metadata)))
}

pub(crate) extern "C" fn path_exists(process: &mut Process, path: Word) -> bool {
    ask(process, path, |_| true)
}

pub(crate) extern "C" fn path_is_file(process: &mut Process, path: Word) -> bool {
    ask(process, path, Metadata::is_file)
}

pub(crate) extern "C" fn path_is_directory(process: &mut Process, path: Word) -> bool {
    ask(process, path, Metadata::is_dir)
}

fn time(
    process: &mut Process,
    path: Word,
    time: impl FnOnce(&Metadata) -> io::Result<SystemTime>,
) -> Outcome {
    match process.outside(|| fs::metadata(text(path)).and_then(|metadata| time(&metadata))) {
        Ok(time) => {
            let seconds = match time.duration_since(UNIX_EPOCH) {
                Ok(since) => since.as_secs_f64(),
                Err(before) => -before.duration().as_secs_f64(),
            };
            Outcome::value(super::float_box(process, seconds))
        }
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn path_created_at(process: &mut Process, path: Word) -> Outcome {
    time(process, path, Metadata::created)
}

pub(crate) extern "C" fn path_modified_at(process: &mut Process, path: Word) -> Outcome {
    time(process, path, Metadata::modified)
}

pub(crate) extern "C" fn path_accessed_at(process: &mut Process, path: Word) -> Outcome {
    time(process, path, Metadata::accessed)
}

fn done(result: io::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::value(word::NIL),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn directory_create(process: &mut Process, path: Word, recursive: bool) -> Outcome {
    let path = text(path);
    // To create no directory at all is fine for `create_dir_all`.
    let recursive = recursive && !path.is_empty();
    done(process.outside(|| if recursive { fs::create_dir_all(path) } else { fs::create_dir(path) }))
}

pub(crate) extern "C" fn directory_remove(process: &mut Process, path: Word, recursive: bool) -> Outcome {
    let path = text(path);
    done(process.outside(|| if recursive { fs::remove_dir_all(path) } else { fs::remove_dir(path) }))
}

pub(crate) extern "C" fn directory_list(process: &mut Process, path: Word) -> Outcome {
    let path = Path::new(text(path));
    let entries = process.outside(|| {
        let entries = fs::read_dir(path)?;
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()
    });
    match entries {
        Ok(entries) => {
            let entries: Vec<Word> =
                entries.iter().map(|entry| process.string(&entry.to_string_lossy())).collect();
            Outcome::value(process.array(&entries))
        }
        Err(error) => failed(&error),
    }
}
