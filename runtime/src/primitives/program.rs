//! The running program: its end, and the calls of a process.

use super::integer::to_text;
use crate::panic::{exit, panic, positions};
use crate::process::Process;
use crate::program;
use inko_abi::word::{self, Word};

pub(crate) extern "C" fn program_exit(process: &mut Process, status: Word) {
    let code = word::is_small(status).then(|| i32::try_from(word::small_value(status)).ok()).flatten();
    match code {
        Some(code) => exit(code),
        None => {
            let text = to_text(status, 10);
            panic(process, format_args!("{text} can't be converted to a signed 32 bits integer"))
        }
    }
}

/// The frames of a process as an array of arrays (file, name, line), oldest first, without the `skip`
/// innermost ones and limited to the `limit` innermost of the others (0: all).
pub(crate) extern "C" fn process_stacktrace(process: &mut Process, limit: Word, skip: Word) -> Word {
    let count =
        |value: Word| if word::is_small(value) { word::small_value(value).max(0) as usize } else { 0 };
    let (limit, skip) = (count(limit), count(skip));
    let limit = if limit == 0 { usize::MAX } else { limit };
    let found: Vec<_> = positions(process).skip(skip).take(limit).collect();
    let rows: Vec<Word> = found
        .iter()
        .rev()
        .map(|position| {
            let file = process.string(program::string(position.file));
            let name = process.string(program::string(position.name));
            process.array(&[file, name, word::small(i64::from(position.line))])
        })
        .collect();
    process.array(&rows)
}
