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
//! A walk ends at the first return address that has no row, which is in the trampoline through which the runtime calls
//! machine code. The frames of a running generator lie next to those of whoever resumed it, with that of the trampoline
//! and one of the runtime between, which a walk steps over.

use crate::generator;
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
    pub fn positions(&self) -> impl Iterator<Item = &'static Position> + use<> {
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

/// Where a walk starts: a call from machine code into the runtime.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The return address.
    pub address: u64,
    /// The frame pointer.
    pub frame: u64,
    /// The distance from where the frames belong to where they are: not 0 while they are away from the stack.
    pub moved_by: u64,
}

/// Where a walk ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// At the outermost frame of the process.
    Process,
    /// At the outermost frame of the innermost generator.
    Generator,
}

/// The frames from a call into the runtime outwards, with the number of generators left so far.
pub fn frames(start: Start, until: Until) -> impl Iterator<Item = (Frame, usize)> {
    let Start { mut address, frame: mut pointer, moved_by } = start;
    let mut left = 0;
    let mut known = Known::default();
    let mut lookup = move |address: u64| known.lookup(address);
    std::iter::from_fn(move || {
        // SAFETY: machine code and the shim between generators and their resumers keep frame pointers.
        let caller = |pointer: u64| unsafe {
            let at = pointer.wrapping_add(moved_by);
            (*((at + 8) as *const u64), *(at as *const u64))
        };
        let found = lookup(address).or_else(|| {
            if until == Until::Generator || address == 0 {
                return None;
            }
            // In the trampoline: who called it?
            let (caller_address, resumed) = caller(pointer);
            if caller_address != generator::return_address() {
                return None;
            }
            (address, pointer) = caller(resumed);
            left += 1;
            lookup(address)
        });
        let (function, site) = found?;
        let frame = Frame { pointer, function, site };
        (address, pointer) = caller(pointer);
        Some((frame, left))
    })
}

/// Shows the words in the live slots of all frames.
pub fn visit(start: Start, until: Until, visitor: &mut Visitor<'_>) {
    for (frame, _) in frames(start, until) {
        let base = frame.stack_pointer().wrapping_add(start.moved_by);
        for index in frame.site.first_slot..frame.site.first_slot + frame.site.slot_count {
            // SAFETY: the compiler writes the offsets of slots that hold words at this call.
            unsafe {
                let offset = *program().slots.add(index as usize);
                visitor(&mut *((base + u64::from(offset)) as *mut Word));
            }
        }
    }
}

/// The last return address of each kind that was looked up: in a deep recursion there are few.
#[derive(Default)]
struct Known([(u64, Option<(&'static Function, &'static CallSite)>); 8]);

impl Known {
    fn lookup(&mut self, address: u64) -> Option<(&'static Function, &'static CallSite)> {
        let slot = &mut self.0[address as usize % 8];
        if slot.0 != address {
            *slot = (address, lookup(address));
        }
        slot.1
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
