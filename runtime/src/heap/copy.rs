//! Deep copies: messages into memory that becomes the receiver's, constants into the permanent heap.
//!
//! *Guarantees:* sharing and cycles are preserved; permanent objects are shared; long strings are shared
//! by reference count; the original is unchanged afterwards. No recursion, whatever the shape.
//!
//! While copying, the headers of the originals are replaced by the addresses of their copies, as a
//! collector does it; a log restores them. Nobody else can see the originals meanwhile: they belong to the
//! process that is sending.

use super::collect::COLLECTOR_FLAGS;
use super::message::{HEAD, Message, More};
use super::{Chunk, external};
use crate::handle;
use crate::object::Object;
use inko_abi::class;
use inko_abi::object::{
    ARRAY_STORAGE, FLAG_EXTERNAL, FLAG_PERMANENT, HANDLE_POINTER, HEADER_BIT, HOME_ACTIVE,
};
use inko_abi::word::{self, Word};

/// Messages have room for so many bytes besides the object that they are.
const FIRST_ROOM: usize = 48;
/// Chunks of a message double up to this size.
const LARGEST_CHUNK: usize = 64 << 10;

/// Why a value can't be copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyError {
    /// It contains a generator, whose stack belongs to its process.
    Generator,
    /// It contains a child process, which one process waits for.
    ChildProcess,
}

impl CopyError {
    /// The text of the panic.
    pub fn message(self) -> &'static str {
        match self {
            Self::Generator => "Generator objects can't be copied",
            Self::ChildProcess => "Commands can't be copied",
        }
    }
}

/// Copies a value for another process.
pub fn copy_message(value: Word) -> Result<Message, CopyError> {
    if !is_private(value) {
        return Ok(Message::immediate(value));
    }
    let object = Object::of(value);
    if object.class() == class::PROCESS {
        return Ok(Message::process(handle::share(object.raw(HANDLE_POINTER))));
    }
    let (word, first, more) = Copier::new(object, 0).run(value)?;
    Ok(Message::objects(word, first, more))
}

/// Copies a value to the permanent heap, where nothing is ever freed.
pub fn freeze(value: Word) -> Result<Word, CopyError> {
    if !is_private(value) {
        return Ok(value);
    }
    let (word, first, more) = Copier::new(Object::of(value), FLAG_PERMANENT).run(value)?;
    std::mem::forget((first, more));
    Ok(word)
}

/// Whether a value is an object of a process's heap.
fn is_private(value: Word) -> bool {
    word::is_reference(value) && !Object::of(value).has(FLAG_PERMANENT)
}

struct Copier {
    /// Set in the headers of all copies.
    flags: u64,
    /// The memory of the message itself.
    first: Chunk,
    more: More,
    /// The originals with their headers.
    log: Vec<(Object, u64)>,
}

impl Copier {
    /// A copier for an object and what it refers to.
    fn new(root: Object, flags: u64) -> Self {
        let mut size = root.size();
        if matches!(root.class(), class::ARRAY | class::BYTE_ARRAY) {
            size += Object::of(root.raw(ARRAY_STORAGE)).size();
        }
        let mut first = Chunk::new(HEAD + size.min(LARGEST_CHUNK) + FIRST_ROOM);
        first.used = HEAD;
        Self { flags, first, more: More::default(), log: Vec::new() }
    }

    fn run(mut self, value: Word) -> Result<(Word, Chunk, More), CopyError> {
        let copied = self.graph(value);
        for &(original, header) in &self.log {
            original.set_header(header);
        }
        match copied {
            Ok(word) => Ok((word, self.first, self.more)),
            Err(error) => {
                self.more.externals.iter().for_each(|&address| external::release(Object::at(address)));
                Err(error)
            }
        }
    }

    fn graph(&mut self, value: Word) -> Result<Word, CopyError> {
        let mut root = value;
        self.copy(&mut root)?;
        let (mut index, mut offset) = (0, HEAD);
        while let Some(chunk) = self.chunk(index) {
            if offset == chunk.used {
                (index, offset) = (index + 1, 0);
                continue;
            }
            let object = Object::at((chunk.start() + offset as u64) as *mut u64);
            offset += object.size();
            let mut error = None;
            object.each_word(|slot| {
                // SAFETY: `each_word` shows addresses inside the copy, which only we refer to.
                if let Err(found) = self.copy(unsafe { &mut *slot }) {
                    error = Some(found);
                }
            });
            if let Some(error) = error {
                return Err(error);
            }
        }
        Ok(root)
    }

    /// The chunks in the order in which they are filled.
    fn chunk(&self, index: usize) -> Option<&Chunk> {
        if index == 0 { Some(&self.first) } else { self.more.chunks.get(index - 1) }
    }

    fn copy(&mut self, slot: &mut Word) -> Result<(), CopyError> {
        if !word::is_reference(*slot) {
            return Ok(());
        }
        let object = Object::of(*slot);
        let header = object.header();
        if header & HEADER_BIT == 0 {
            *slot = header + word::TAG_REFERENCE;
            return Ok(());
        }
        if header & FLAG_PERMANENT != 0 {
            return Ok(());
        }
        let number = object.class();
        match number {
            class::GENERATOR => return Err(CopyError::Generator),
            class::CHILD_PROCESS => return Err(CopyError::ChildProcess),
            _ => {}
        }
        let size = object.size();
        let copy = self.take(size);
        // SAFETY: both are `size` bytes long; the copy's memory is new.
        unsafe { std::ptr::copy_nonoverlapping(object.address(), copy, size / 8) };
        let made = Object::at(copy);
        made.set_header(header & !COLLECTOR_FLAGS | self.flags);
        if number == class::HOME {
            // The frame is in another process: nothing can return to it from there.
            made.set_raw(HOME_ACTIVE, word::FALSE);
        }
        if header & FLAG_EXTERNAL != 0 {
            external::duplicated(made);
            self.more.externals.push(copy);
        }
        self.log.push((object, header));
        object.set_header(copy as u64);
        *slot = made.word();
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> *mut u64 {
        let last = self.more.chunks.last_mut().unwrap_or(&mut self.first);
        if let Some(address) = last.take(bytes) {
            return address;
        }
        let size = (last.size() * 2).min(LARGEST_CHUNK);
        let mut chunk = Chunk::new(size.max(bytes));
        let address = chunk.take(bytes).expect("the chunk is large enough");
        self.more.chunks.push(chunk);
        address
    }
}
