//! Memory for the smallest messages: nodes without objects.
//!
//! They are allocated by one thread and freed by another all the time, which a general allocator serves with an atomic
//! operation for each. Here each thread keeps a few in *magazines*, and threads exchange whole magazines in a *depot*
//! (Bonwick and Adams, "Magazines and Vmem", 2001).
//!
//! *Guarantee:* what is kept is bounded: two magazines for each thread, and [`DEPOT`] of them.

use parking_lot::Mutex;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::UnsafeCell;
use std::ptr::{self, NonNull};

/// A magazine has so many nodes when it is full: the lock of the depot is then taken rarely, and few are idle.
const FULL: usize = 128;
/// So many full magazines at most are in the depot: 1.25 MiB.
const DEPOT: usize = 256;

/// The size of a node: what a message begins with.
pub const SIZE: usize = 40;

const LAYOUT: Layout = match Layout::from_size_align(SIZE, 8) {
    Ok(layout) => layout,
    Err(_) => panic!("nodes are small"),
};

/// A node that is not in use.
struct Free {
    next: *mut Free,
}

/// Some nodes that are not in use.
struct Magazine {
    first: *mut Free,
    count: usize,
}

// SAFETY: a magazine owns its nodes, which nobody else refers to.
unsafe impl Send for Magazine {}

static FILLED: Mutex<Vec<Magazine>> = Mutex::new(Vec::new());

impl Magazine {
    const EMPTY: Self = Self { first: ptr::null_mut(), count: 0 };

    fn pop(&mut self) -> Option<NonNull<u8>> {
        let first = NonNull::new(self.first)?;
        // SAFETY: the magazine owns its nodes.
        self.first = unsafe { first.as_ref().next };
        self.count -= 1;
        Some(first.cast())
    }

    fn push(&mut self, node: NonNull<u8>) {
        let node: NonNull<Free> = node.cast();
        // SAFETY: the node is the caller's, large enough and aligned.
        unsafe { node.write(Free { next: self.first }) };
        self.first = node.as_ptr();
        self.count += 1;
    }

    /// Gives the nodes back to the allocator.
    fn empty(mut self) {
        while let Some(node) = self.pop() {
            // SAFETY: all nodes come from `alloc` with this layout.
            unsafe { dealloc(node.as_ptr(), LAYOUT) };
        }
    }
}

/// What a thread keeps. The second magazine is full or empty, so that a thread at the edge of one doesn't go to the depot all
/// the time.
struct Kept {
    present: Magazine,
    other: Magazine,
}

thread_local! {
    static KEPT: UnsafeCell<Kept> =
        const { UnsafeCell::new(Kept { present: Magazine::EMPTY, other: Magazine::EMPTY }) };
}

fn kept<R>(action: impl FnOnce(&mut Kept) -> R) -> R {
    // SAFETY: the actions of this module don't call `kept` themselves, and no process stops in them.
    KEPT.with(|kept| action(unsafe { &mut *kept.get() }))
}

/// Memory of [`SIZE`] bytes.
#[inline]
pub fn take() -> NonNull<u8> {
    kept(|kept| kept.present.pop().unwrap_or_else(|| refill(kept)))
}

#[cold]
fn refill(kept: &mut Kept) -> NonNull<u8> {
    std::mem::swap(&mut kept.present, &mut kept.other);
    if kept.present.count == 0
        && let Some(filled) = FILLED.lock().pop()
    {
        kept.present = filled;
    }
    kept.present.pop().unwrap_or_else(|| {
        // SAFETY: the size isn't zero.
        NonNull::new(unsafe { alloc(LAYOUT) }).unwrap_or_else(|| handle_alloc_error(LAYOUT))
    })
}

/// Takes back memory that came from [`take`], perhaps on another thread.
///
/// # Safety
/// It did, and isn't used any more.
#[inline]
pub unsafe fn give(node: NonNull<u8>) {
    kept(|kept| {
        if kept.present.count == FULL {
            make_room(kept);
        }
        kept.present.push(node);
    });
}

#[cold]
fn make_room(kept: &mut Kept) {
    std::mem::swap(&mut kept.present, &mut kept.other);
    if kept.present.count == 0 {
        return;
    }
    let full = std::mem::replace(&mut kept.present, Magazine::EMPTY);
    let mut depot = FILLED.lock();
    if depot.len() < DEPOT {
        return depot.push(full);
    }
    drop(depot);
    full.empty();
}

/// Gives back what the calling thread keeps, which is about to end.
pub fn leave() {
    kept(|kept| {
        std::mem::replace(&mut kept.present, Magazine::EMPTY).empty();
        std::mem::replace(&mut kept.other, Magazine::EMPTY).empty();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Nodes as numbers, which threads may hand to each other.
    fn take_many(count: usize) -> Vec<usize> {
        (0..count).map(|_| take().as_ptr() as usize).collect()
    }

    fn give_many(nodes: Vec<usize>) {
        for node in nodes {
            // SAFETY: they came from `take`.
            unsafe { give(NonNull::new(node as *mut u8).expect("it isn't null")) };
        }
    }

    #[test]
    fn nodes_are_distinct_and_used_again() {
        let first = take_many(1000);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 1000);
        let kept: HashSet<usize> = first.iter().copied().collect();
        give_many(first);
        let again = take_many(FULL);
        assert!(again.iter().all(|node| kept.contains(node)));
        give_many(again);
        leave();
    }

    #[test]
    fn threads_exchange_magazines() {
        let nodes = take_many(10 * FULL);
        std::thread::spawn(move || {
            give_many(nodes);
            leave();
        })
        .join()
        .expect("the thread ends");
        let again = take_many(10 * FULL);
        assert_eq!(again.iter().collect::<HashSet<_>>().len(), 10 * FULL);
        give_many(again);
        leave();
    }
}
