//! A process: the head that machine code sees, its heap, and how it is executed.

use crate::heap::{Heap, Visitor};
use inko_abi::process::ProcessHead;
use inko_abi::word::Word;

/// A light process. Lives at a fixed address from spawn to end; machine code has its address in the
/// pinned register.
#[repr(C)]
pub struct Process {
    /// What machine code reads and writes.
    pub head: ProcessHead,
    /// The private heap.
    pub heap: Heap,
    /// The stack, the mailbox and the scheduling state.
    pub execution: Execution,
}

/// The stack, the mailbox and the scheduling state of a process.
pub struct Execution {}

impl Execution {
    /// Shows every root outside the heap to `visitor`: the slots of all frames of the process, of its
    /// active generators, and values held by the runtime on its behalf.
    pub fn visit_roots(&mut self, _head: &mut ProcessHead, _visitor: &mut Visitor<'_>) {}
}

impl Process {
    /// Makes room for `bytes` (a multiple of 8) so that the next allocations of up to that many bytes
    /// in total succeed without a collection. May collect; `roots` are the words that the caller holds
    /// and are updated.
    pub fn reserve(&mut self, bytes: usize, roots: &mut [Word]) {
        let Process { head, heap, execution } = self;
        heap.reserve(head, bytes, &mut |head, visitor| {
            roots.iter_mut().for_each(|root| visitor(root));
            execution.visit_roots(head, visitor);
        });
    }
}
