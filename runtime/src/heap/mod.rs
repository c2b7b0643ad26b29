//! Heaps: bump allocation, a precise copying collector per process, deep copies between processes.

use inko_abi::process::ProcessHead;
use inko_abi::word::Word;

/// Called with every root; may change it.
pub type Visitor<'a> = dyn FnMut(&mut Word) + 'a;

/// Shows all roots of a process to a visitor.
pub type Roots<'a> = dyn FnMut(&mut ProcessHead, &mut Visitor<'_>) + 'a;

/// The heap of one process. The allocation region's bounds live in the process head.
#[derive(Default)]
pub struct Heap {}

impl Heap {
    /// See `Process::reserve`.
    pub fn reserve(&mut self, _head: &mut ProcessHead, _bytes: usize, _roots: &mut Roots<'_>) {}
}
