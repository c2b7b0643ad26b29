//! The frames of something that has stopped: a process that waits, a generator that has yielded.
//!
//! Processes have no stacks of their own. A process runs on its worker's; when it stops, its frames, mostly a few
//! hundred bytes, are moved to memory that belongs to it, and when it goes on, to wherever it then runs, perhaps on
//! another worker. So a waiting process takes no page of stack, a million of them no address space, and the memory that
//! is used as stack stays in the cache.
//!
//! That frames can move rests on these facts, which `INKO_YIELD_STRESS` puts to the test by placing them elsewhere
//! at each turn:
//!
//! * only machine code and shims have frames here: functions of the runtime have returned before a process stops;
//! * the only addresses of the stack on the stack are the links between frames (each frame pointer points to the
//!   caller's): machine code reaches its slots by the stack pointer, and values of the language are never on it;
//! * the layout below is relative to an end that is aligned to 16 bytes.

use std::ops::Range;

/// Frames, on a stack or moved away from it.
#[repr(C)]
#[derive(Debug)]
pub struct Frames {
    /// Where they are while they are away: the address of `words`, for shims.
    pub address: *const u64,
    /// What was on the stack, while it is away; kept for the next time meanwhile.
    words: Vec<u64>,
    /// The stack pointer; on top of the stack is the address at which execution goes on.
    pub stack: u64,
    /// The frame pointer.
    pub frame: u64,
    /// The end of the outermost frame.
    pub base: u64,
}

impl Default for Frames {
    fn default() -> Self {
        Self { address: std::ptr::null(), words: Vec::new(), stack: 0, frame: 0, base: 0 }
    }
}

/// More unused capacity than this is given back.
const SLACK: usize = 32;

impl Frames {
    /// Takes the frames from the stack. They keep the addresses they had there, by name: see [`Frames::moved_by`].
    ///
    /// # Safety
    /// From the stack pointer to the base there are frames, as the module describes them.
    pub unsafe fn take(&mut self) {
        let count = self.size() / 8;
        self.words.clear();
        if self.words.capacity() < count || self.words.capacity() > count + SLACK {
            self.words = Vec::with_capacity(count);
        }
        // SAFETY: passed on to the caller; there is room for so many.
        unsafe {
            std::ptr::copy_nonoverlapping(self.stack as *const u64, self.words.as_mut_ptr(), count);
            self.words.set_len(count);
        }
        self.address = self.words.as_ptr();
    }

    /// The size in bytes.
    pub fn size(&self) -> usize {
        (self.base - self.stack) as usize
    }

    /// What was taken.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// What to add to an address on the stack to get to the word while it is away.
    pub fn moved_by(&self) -> u64 {
        (self.words.as_ptr() as u64).wrapping_sub(self.stack)
    }

    /// Names a new place for frames that are away: they will end at `base`. Gives the distance.
    pub fn rebase(&mut self, base: u64) -> u64 {
        let distance = base.wrapping_sub(self.base);
        if distance == 0 {
            return 0;
        }
        let Range { start, end } = self.stack..self.base;
        let mut frame = self.frame;
        while (start..end).contains(&frame) {
            let link = &mut self.words[((frame - start) / 8) as usize];
            frame = *link;
            // The outermost frame of a process has no caller; that of a generator is called by a shim just above it.
            if frame != 0 {
                *link = frame.wrapping_add(distance);
            }
        }
        self.stack = self.stack.wrapping_add(distance);
        self.frame = self.frame.wrapping_add(distance);
        self.base = base;
        distance
    }

    /// Puts the frames on the stack, at the place that was named last.
    ///
    /// # Safety
    /// The place is free.
    pub unsafe fn put(&self) {
        // SAFETY: passed on to the caller.
        unsafe {
            std::ptr::copy_nonoverlapping(self.words.as_ptr(), self.stack as *mut u64, self.words.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three frames on a stack: the links are at 1, 4 and 6.
    #[test]
    fn frames_move_with_their_links() {
        let mut stack = [0u64; 64];
        let at = |stack: &[u64; 64], index: usize| &raw const stack[index] as u64;
        let base = at(&stack, 60);
        let (first, second, third) = (at(&stack, 53), at(&stack, 56), at(&stack, 58));
        stack[52..60].copy_from_slice(&[11, second, 22, 33, third, 44, 0, 55]);
        let mut frames = Frames { stack: at(&stack, 52), frame: first, base, ..Frames::default() };
        // SAFETY: the stack is as described.
        unsafe { frames.take() };
        assert_eq!(frames.words(), &[11, second, 22, 33, third, 44, 0, 55]);
        assert_eq!(frames.rebase(base), 0);
        let elsewhere = at(&stack, 30);
        let distance = frames.rebase(elsewhere);
        // SAFETY: the stack is unused there.
        unsafe { frames.put() };
        let moved = |address: u64| address.wrapping_add(distance);
        assert_eq!(frames.frame, at(&stack, 23));
        assert_eq!(stack[22..30], [11, moved(second), 22, 33, moved(third), 44, 0, 55]);
        assert_eq!(moved(second), at(&stack, 26));
    }
}
