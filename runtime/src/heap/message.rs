//! Messages: copied values on their way from one process to another.
//!
//! A message is one piece of memory: the node of the queue, what is to be known of the value, and the first of its
//! objects; only larger values take more. The receiver adopts the memory as it is.

use super::{Chunk, external, nodes};
use crate::handle::Handle;
use crate::mailbox::{Link, List};
use crate::object::Object;
use inko_abi::word::{self, Word};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

/// What the memory of a message begins with.
#[repr(C)]
pub(super) struct Node {
    link: Link,
    /// The copied value, or the pointer of a process.
    word: Word,
    kind: Kind,
    /// The size of the memory.
    size: u32,
    more: Option<Box<More>>,
}

/// So many bytes of the memory of a message are not for objects.
pub(super) const HEAD: usize = nodes::SIZE;

const _: () = assert!(size_of::<Node>() == HEAD);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A value that is no object of any heap.
    Immediate,
    /// A process; the receiver makes the handle object.
    Process,
    /// Objects: so many bytes of the memory are in use.
    Objects(u32),
}

/// What only larger or unusual values have.
#[derive(Default, Debug)]
pub(super) struct More {
    /// Further memory for objects.
    pub chunks: Vec<Chunk>,
    /// The copied objects that own something.
    pub externals: Vec<*mut u64>,
}

/// A message.
pub struct Message(NonNull<Node>);

// SAFETY: nothing but the message refers to its objects.
unsafe impl Send for Message {}

/// What the receiver gets.
pub(super) enum Content {
    /// See [`Kind`].
    Immediate(Word),
    /// See [`Kind`].
    Process(Arc<Handle>),
    /// The value, the memory of the message itself, and what else there is.
    Objects(Word, Chunk, More),
}

impl Message {
    /// A value that is no object of any heap.
    pub fn immediate(word: Word) -> Self {
        Self::small(word, Kind::Immediate)
    }

    /// A process.
    pub(super) fn process(shared: Arc<Handle>) -> Self {
        Self::small(Arc::into_raw(shared) as Word, Kind::Process)
    }

    /// Objects, the first of which are in a chunk that leaves [`HEAD`] bytes at its start.
    pub(super) fn objects(word: Word, first: Chunk, more: More) -> Self {
        let more = (!more.chunks.is_empty() || !more.externals.is_empty()).then(|| Box::new(more));
        let kind = Kind::Objects(first.used as u32);
        debug_assert!(first.size() >= HEAD);
        let size = u32::try_from(first.size()).expect("large objects have chunks of their own");
        Self::new(ManuallyDrop::new(first).pointer(), Node { link: Link::default(), word, kind, size, more })
    }

    /// A message without objects.
    fn small(word: Word, kind: Kind) -> Self {
        let node = Node { link: Link::default(), word, kind, size: HEAD as u32, more: None };
        Self::new(nodes::take(), node)
    }

    fn new(memory: NonNull<u8>, node: Node) -> Self {
        let memory = memory.cast();
        // SAFETY: the memory is ours, aligned, and large enough.
        unsafe { memory.write(node) };
        Self(memory)
    }

    /// Stands for a message that a process sends to itself, which it keeps.
    pub fn own() -> Self {
        Self::immediate(word::UNDEFINED)
    }

    /// Whether this stands for a message of the process to itself.
    pub fn is_own(&self) -> bool {
        // SAFETY: the node is ours.
        let node = unsafe { self.0.as_ref() };
        node.kind == Kind::Immediate && node.word == word::UNDEFINED
    }

    /// Gives the message into the keeping of a mailbox.
    pub fn into_link(self) -> *mut Link {
        ManuallyDrop::new(self).0.as_ptr().cast()
    }

    /// Takes it back.
    ///
    /// # Safety
    /// The link came from [`Message::into_link`] and is the caller's.
    pub unsafe fn from_link(link: *mut Link) -> Self {
        // SAFETY: the link is the first field of a node.
        Self(unsafe { NonNull::new_unchecked(link.cast()) })
    }

    /// The next message of a list.
    pub fn pop(list: &mut List) -> Option<Self> {
        // SAFETY: lists of links are made by mailboxes, which own their messages.
        list.pop().map(|link| unsafe { Self::from_link(link) })
    }

    /// Takes the message apart.
    pub(super) fn open(self) -> Content {
        let pointer = ManuallyDrop::new(self).0;
        // SAFETY: the node is ours, and not used as such after this.
        let node = unsafe { pointer.read() };
        if let Kind::Objects(used) = node.kind {
            // SAFETY: the memory is that of a chunk of this size.
            let memory = unsafe { Chunk::from_pointer(pointer.cast(), node.size as usize, used as usize) };
            return Content::Objects(node.word, memory, node.more.map(|more| *more).unwrap_or_default());
        }
        // SAFETY: the memory is that of a node, which was just read.
        unsafe { nodes::give(pointer.cast()) };
        if node.kind == Kind::Immediate {
            return Content::Immediate(node.word);
        }
        // SAFETY: the count that `process` gave up.
        Content::Process(unsafe { Arc::from_raw(node.word as *const Handle) })
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: the message isn't used any more.
        let taken = unsafe { Self::from_link(self.0.as_ptr().cast()) };
        if let Content::Objects(_, _memory, more) = taken.open() {
            more.externals.into_iter().for_each(|address| external::release(Object::at(address)));
        }
    }
}
