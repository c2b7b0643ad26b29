//! Deep copies: messages into memory that becomes the receiver's, constants into the permanent heap.
//!
//! *Guarantees:* sharing and cycles are preserved; permanent objects are shared; long strings are shared
//! by reference count; the original is unchanged afterwards. No recursion, whatever the shape.
//!
//! While copying, the headers of the originals are replaced by the addresses of their copies, as a
//! collector does it; a log restores them. Nobody else can see the originals meanwhile: they belong to the
//! process that is sending.

use super::collect::COLLECTOR_FLAGS;
use super::{Chunk, external};
use crate::handle::{self, Handle};
use crate::object::Object;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, FLAG_PERMANENT, HANDLE_POINTER, HEADER_BIT, HOME_ACTIVE};
use inko_abi::word::{self, Word};
use std::sync::Arc;

/// The first chunk of a message; most messages fit.
const FIRST_CHUNK: usize = 64;
/// Chunks of a message double up to this size.
const LARGEST_CHUNK: usize = 64 << 10;

/// A copy in memory of its own.
pub struct Fragment(pub(super) Content);

/// What a message consists of. The common small ones take no memory of their own.
pub(super) enum Content {
    /// A value that is no object of any heap.
    Immediate(Word),
    /// A process; the receiver makes the handle object.
    Process(Arc<Handle>),
    /// Objects.
    Objects(Box<Objects>),
}

/// Copied objects.
#[derive(Debug)]
pub(super) struct Objects {
    /// The copied value.
    pub word: Word,
    /// The memory of its objects.
    pub chunks: Vec<Chunk>,
    /// The copied objects that own something.
    pub externals: Vec<*mut u64>,
}

// SAFETY: nothing but the fragment refers to its objects.
unsafe impl Send for Fragment {}

impl Fragment {
    /// A value that is no object of any heap.
    pub fn immediate(word: Word) -> Self {
        Self(Content::Immediate(word))
    }

    /// Stands for a message that a process sends to itself, which it keeps.
    pub fn own() -> Self {
        Self::immediate(word::UNDEFINED)
    }

    /// Whether this stands for a message of the process to itself.
    pub fn is_own(&self) -> bool {
        matches!(self.0, Content::Immediate(word::UNDEFINED))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        for address in self.externals.drain(..) {
            external::release(Object::at(address));
        }
    }
}

/// Why a value can't be copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyError {
    /// It contains a generator, whose stack belongs to its process.
    Generator,
}

impl CopyError {
    /// The text of the panic.
    pub fn message(self) -> &'static str {
        match self {
            Self::Generator => "Generator objects can't be copied",
        }
    }
}

/// Copies a value for another process.
pub fn copy_message(value: Word) -> Result<Fragment, CopyError> {
    if !is_private(value) {
        return Ok(Fragment::immediate(value));
    }
    let object = Object::of(value);
    if object.class() == class::PROCESS {
        return Ok(Fragment(Content::Process(handle::share(object.raw(HANDLE_POINTER)))));
    }
    Ok(Fragment(Content::Objects(Box::new(Copier::new(0).run(value)?))))
}

/// Copies a value to the permanent heap, where nothing is ever freed.
pub fn freeze(value: Word) -> Result<Word, CopyError> {
    if !is_private(value) {
        return Ok(value);
    }
    let mut objects = Copier::new(FLAG_PERMANENT).run(value)?;
    std::mem::take(&mut objects.chunks).into_iter().for_each(std::mem::forget);
    objects.externals.clear();
    Ok(objects.word)
}

/// Whether a value is an object of a process's heap.
fn is_private(value: Word) -> bool {
    word::is_reference(value) && !Object::of(value).has(FLAG_PERMANENT)
}

struct Copier {
    /// Set in the headers of all copies.
    flags: u64,
    made: Objects,
    /// The originals with their headers.
    log: Vec<(Object, u64)>,
}

impl Copier {
    fn new(flags: u64) -> Self {
        let made = Objects { word: word::NIL, chunks: Vec::with_capacity(1), externals: Vec::new() };
        Self { flags, made, log: Vec::new() }
    }

    fn run(mut self, value: Word) -> Result<Objects, CopyError> {
        let copied = self.graph(value);
        for (original, header) in self.log {
            original.set_header(header);
        }
        self.made.word = copied?;
        Ok(self.made)
    }

    fn graph(&mut self, value: Word) -> Result<Word, CopyError> {
        let mut root = value;
        self.copy(&mut root)?;
        let (mut index, mut offset) = (0, 0);
        while index < self.made.chunks.len() {
            let chunk = &self.made.chunks[index];
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
            match error {
                Some(error) => return Err(error),
                None => continue,
            }
        }
        Ok(root)
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
        if number == class::GENERATOR {
            return Err(CopyError::Generator);
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
            self.made.externals.push(copy);
        }
        self.log.push((object, header));
        object.set_header(copy as u64);
        *slot = made.word();
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> *mut u64 {
        let last = self.made.chunks.last_mut();
        let size = last.as_ref().map_or(FIRST_CHUNK, |chunk| (chunk.size() * 2).min(LARGEST_CHUNK));
        if let Some(address) = last.and_then(|chunk| chunk.take(bytes)) {
            return address;
        }
        let mut chunk = Chunk::new(size.max(bytes));
        let address = chunk.take(bytes).expect("the chunk is large enough");
        self.made.chunks.push(chunk);
        address
    }
}
