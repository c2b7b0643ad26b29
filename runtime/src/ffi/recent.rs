//! The copies of strings that were passed to C lately. Functions such as `strtol` and `strtok` leave pointers into a string
//! behind, which the program uses next; nobody can see when it no longer does, so the copies are kept for a while.

use super::Keeper;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

/// So many copies are kept on each thread: far more than there are between two related calls.
const MOST: usize = 1024;
/// But only so many bytes of them, and the newest.
const MOST_BYTES: usize = 1 << 20;

#[derive(Default)]
struct Recent {
    copies: VecDeque<Arc<Keeper>>,
    bytes: usize,
}

thread_local! {
    static RECENT: RefCell<Recent> = RefCell::default();
}

/// Keeps a copy for a while.
pub fn keep(copy: &Arc<Keeper>) {
    RECENT.with_borrow_mut(|recent| {
        recent.bytes += copy.size();
        recent.copies.push_back(copy.clone());
        while recent.copies.len() > 1 && (recent.copies.len() > MOST || recent.bytes > MOST_BYTES) {
            recent.bytes -= recent.copies.pop_front().map_or(0, |oldest| oldest.size());
        }
    });
}
