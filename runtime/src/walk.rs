//! Walking stacks: from a call into the runtime outwards along the frame pointers, with what the program's
//! tables say of each return address.
//!
//! A frame of machine code, higher addresses first:
//!
//! ```text
//! frame + 8      return address into the caller
//! frame          the caller's frame pointer
//! ...            spilled values, stack slots
//! frame - size   the stack pointer at the call
//! ```
//!
//! A walk ends at the first return address that isn't in machine code, that of the trampoline's caller.

use crate::heap::Visitor;
use crate::program::program;
use inko_abi::table::{CallSite, Function, NO_POSITION, Position};
use inko_abi::word::Word;

/// A frame of machine code that is in a call.
#[derive(Clone, Copy)]
pub struct Frame {
    /// The frame pointer.
    pub pointer: u64,
    /// The function.
    pub function: &'static Function,
    /// The call.
    pub site: &'static CallSite,
}

impl Frame {
    /// The stack pointer at the call.
    pub fn stack_pointer(&self) -> u64 {
        self.pointer - u64::from(self.site.frame_size)
    }

    /// The source position of the call, followed by those it was inlined at.
    pub fn positions(&self) -> impl Iterator<Item = &'static Position> {
        let mut next = self.site.position;
        std::iter::from_fn(move || {
            if next == NO_POSITION {
                return None;
            }
            // SAFETY: the compiler writes indexes that exist.
            let position = unsafe { &*program().positions.add(next as usize) };
            next = position.caller;
            Some(position)
        })
    }
}

/// The frames from a return address and frame pointer outwards.
pub fn frames(mut address: u64, mut pointer: u64) -> impl Iterator<Item = Frame> {
    std::iter::from_fn(move || {
        let (function, site) = lookup(address)?;
        let frame = Frame { pointer, function, site };
        // SAFETY: machine code keeps frame pointers, and the frame belongs to it.
        unsafe {
            address = *((pointer + 8) as *const u64);
            pointer = *(pointer as *const u64);
        }
        Some(frame)
    })
}

/// Shows the words in the live slots of all frames.
pub fn visit(address: u64, pointer: u64, visitor: &mut Visitor<'_>) {
    for frame in frames(address, pointer) {
        let base = frame.stack_pointer();
        for index in frame.site.first_slot..frame.site.first_slot + frame.site.slot_count {
            // SAFETY: the compiler writes the offsets of slots that hold words at this call.
            unsafe {
                let offset = *program().slots.add(index as usize);
                visitor(&mut *((base + u64::from(offset)) as *mut Word));
            }
        }
    }
}

/// What is known of a return address.
fn lookup(address: u64) -> Option<(&'static Function, &'static CallSite)> {
    let program = program();
    // SAFETY: the tables have as many rows as they say.
    let functions = unsafe { std::slice::from_raw_parts(program.functions, program.function_count as usize) };
    let index = functions.partition_point(|function| function.start <= address).checked_sub(1)?;
    let function = &functions[index];
    let offset = address - function.start;
    if offset > u64::from(function.size) {
        return None;
    }
    // SAFETY: as above.
    let sites = unsafe {
        let first = program.sites.add(function.first_site as usize);
        std::slice::from_raw_parts(first, function.site_count as usize)
    };
    let site = sites.binary_search_by_key(&offset, |site| u64::from(site.offset)).ok()?;
    Some((function, &sites[site]))
}
