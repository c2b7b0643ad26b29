//! Files. Nothing is buffered here: what was written is the system's.

use super::stdio::{failed, outcome};
use super::word;
use crate::object::{byte_elements, bytes, text};
use crate::outcome::Outcome;
use crate::process::Process;
use crate::resource::{self, Resource};
use inko_abi::class;
use inko_abi::word::Word;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;

fn open(process: &mut Process, class: u32, path: Word, options: &OpenOptions) -> Outcome {
    let path = text(path);
    match process.outside(|| options.open(path)) {
        Ok(file) => Outcome::value(process.resource(class, Resource::new(path, file))),
        Err(error) => failed(&error),
    }
}

pub(crate) extern "C" fn file_open_read_only(process: &mut Process, path: Word) -> Outcome {
    open(process, class::READ_ONLY_FILE, path, OpenOptions::new().read(true))
}

pub(crate) extern "C" fn file_open_write_only(process: &mut Process, path: Word, append: bool) -> Outcome {
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    open(process, class::WRITE_ONLY_FILE, path, &options)
}

pub(crate) extern "C" fn file_open_read_write(process: &mut Process, path: Word, append: bool) -> Outcome {
    let mut options = OpenOptions::new();
    options.create(true).read(true).write(true).append(append).truncate(false);
    open(process, class::READ_WRITE_FILE, path, &options)
}

/// Repeats an operation that a signal has interrupted.
fn retried(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match operation() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// How many bytes to read for a size; `None` for all. More than fits a small integer is all, as is anything that isn't
/// positive.
pub(super) fn limit(size: Word) -> Option<usize> {
    match if word::is_small(size) { word::small_value(size) } else { 0 } {
        size @ 1.. => Some(size as usize),
        _ => None,
    }
}

pub(crate) extern "C" fn file_read(process: &mut Process, file: Word, array: Word, size: Word) -> Outcome {
    let resource = resource::of(file);
    let mut read = Vec::new();
    let result = process.outside(|| {
        let file = resource.file()?;
        match limit(size) {
            Some(size) => (&*file).take(size as u64).read_to_end(&mut read),
            None => (&*file).read_to_end(&mut read),
        }
    });
    // What was read before an error isn't lost.
    process.append_bytes(array, &read);
    outcome(result)
}

pub(crate) extern "C" fn file_write_string(process: &mut Process, file: Word, string: Word) -> Outcome {
    let resource = resource::of(file);
    outcome(process.outside(|| {
        let file = resource.file()?;
        retried(|| (&*file).write(bytes(string)))
    }))
}

pub(crate) extern "C" fn file_write_bytes(process: &mut Process, file: Word, array: Word) -> Outcome {
    let resource = resource::of(file);
    outcome(process.outside(|| {
        let file = resource.file()?;
        retried(|| (&*file).write(byte_elements(array)))
    }))
}

pub(crate) extern "C" fn file_flush(process: &mut Process, file: Word) -> Outcome {
    let resource = resource::of(file);
    outcome(process.outside(|| {
        let file = resource.file()?;
        (&*file).flush().map(|()| 0)
    }))
}

pub(crate) extern "C" fn file_seek(process: &mut Process, file: Word, position: Word) -> Outcome {
    let resource = resource::of(file);
    if !word::is_small(position) {
        return failed(&ErrorKind::InvalidInput.into());
    }
    let to = match word::small_value(position) {
        position @ 0.. => SeekFrom::Start(position as u64),
        position => SeekFrom::End(position),
    };
    outcome(process.outside(|| {
        let file = resource.file()?;
        (&*file).seek(to).map(|position| position as usize)
    }))
}

pub(crate) extern "C" fn file_path(process: &mut Process, file: Word) -> Word {
    process.string(resource::of(file).name())
}

pub(crate) extern "C" fn file_close(process: &mut Process, file: Word) {
    process.outside(|| resource::of(file).close());
}

pub(crate) extern "C" fn file_size(process: &mut Process, path: Word) -> Outcome {
    let path = text(path);
    outcome(process.outside(|| fs::metadata(path).map(|metadata| metadata.len() as usize)))
}

pub(crate) extern "C" fn file_remove(process: &mut Process, path: Word) -> Outcome {
    let path = text(path);
    outcome(process.outside(|| fs::remove_file(path).map(|()| 0)))
}

/// Whether two paths lead to one file.
fn is_same(one: &str, other: &str) -> bool {
    let identity = |path| fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()));
    matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
}

pub(crate) extern "C" fn file_copy(process: &mut Process, from: Word, to: Word) -> Outcome {
    let (from, to) = (text(from), text(to));
    outcome(process.outside(|| {
        // The target is emptied first.
        if is_same(from, to) {
            return Err(ErrorKind::InvalidInput.into());
        }
        fs::copy(from, to).map(|size| size as usize)
    }))
}
