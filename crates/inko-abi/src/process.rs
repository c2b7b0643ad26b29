//! The part of the process block that machine code reads and writes through the pinned register.
//!
//! The runtime's own process structure starts with a [`ProcessHead`]; everything after it is private.

use core::sync::atomic::AtomicU64;

/// The head of a process block.
#[repr(C)]
#[derive(Debug)]
pub struct ProcessHead {
    /// The lowest address the stack pointer may have. Other threads overwrite it by [`STOP`] to make
    /// the process take the slow path at its next poll: to preempt it or to collect its garbage.
    pub stack_limit: AtomicU64,
    /// The next free byte of the allocation region.
    pub heap_next: u64,
    /// One past the last byte of the allocation region.
    pub heap_end: u64,
    /// The frame pointer of the Inko frame that called into the runtime.
    pub exit_frame: u64,
    /// The return address of that call; with the frame pointer the start of every stack walk.
    pub exit_address: u64,
    /// During a non-local exit: the home token of the frame it leads to (a root), else `NIL`.
    pub unwind_home: u64,
    /// During a non-local exit: the value it carries (a root).
    pub unwind_value: u64,
    /// During a non-local exit: which exit of the home frame it takes, a raw integer.
    pub unwind_exit: i64,
    /// What a slow path returned, the bits of a word or a double: it preserves all registers, so none can
    /// hold it. Read at once; no root.
    pub slow_result: u64,
    /// The arguments of a slow path: words, raw integers or the bits of doubles. Read at once; no roots.
    pub slow_arguments: [u64; SLOW_ARGUMENTS],
}

/// The most arguments that a slow path takes.
pub const SLOW_ARGUMENTS: usize = 3;

/// A stack limit that no stack pointer reaches.
pub const STOP: u64 = u64::MAX;

/// Byte offsets of the fields of [`ProcessHead`].
pub mod offset {
    use super::ProcessHead;
    use core::mem::offset_of;

    /// See [`ProcessHead::stack_limit`].
    pub const STACK_LIMIT: i32 = offset_of!(ProcessHead, stack_limit) as i32;
    /// See [`ProcessHead::heap_next`].
    pub const HEAP_NEXT: i32 = offset_of!(ProcessHead, heap_next) as i32;
    /// See [`ProcessHead::heap_end`].
    pub const HEAP_END: i32 = offset_of!(ProcessHead, heap_end) as i32;
    /// See [`ProcessHead::exit_frame`].
    pub const EXIT_FRAME: i32 = offset_of!(ProcessHead, exit_frame) as i32;
    /// See [`ProcessHead::exit_address`].
    pub const EXIT_ADDRESS: i32 = offset_of!(ProcessHead, exit_address) as i32;
    /// See [`ProcessHead::unwind_home`].
    pub const UNWIND_HOME: i32 = offset_of!(ProcessHead, unwind_home) as i32;
    /// See [`ProcessHead::unwind_value`].
    pub const UNWIND_VALUE: i32 = offset_of!(ProcessHead, unwind_value) as i32;
    /// See [`ProcessHead::unwind_exit`].
    pub const UNWIND_EXIT: i32 = offset_of!(ProcessHead, unwind_exit) as i32;
    /// See [`ProcessHead::slow_result`].
    pub const SLOW_RESULT: i32 = offset_of!(ProcessHead, slow_result) as i32;
    /// See [`ProcessHead::slow_arguments`].
    pub const SLOW_ARGUMENTS: i32 = offset_of!(ProcessHead, slow_arguments) as i32;
}

const _: () = assert!(size_of::<ProcessHead>() == 96);

/// Bytes of stack kept free below the limit for runtime functions, which do not check.
pub const STACK_RESERVE: usize = 64 * 1024;
