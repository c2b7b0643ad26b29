//! The bytes of long strings, which processes share by reference count.
//!
//! It knows nothing of objects: the pointer to the bytes is a word of the string.

use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, header};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes of a long string, and what is known of its characters, so that those who go through them one by one don't
/// count from the start each time.
#[derive(Debug)]
pub struct Shared {
    bytes: Box<[u8]>,
    /// How many characters there are; [`UNKNOWN`] before somebody asked.
    characters: AtomicU64,
    /// Where the last character that somebody asked for is: its number in the upper half, its offset in the lower one.
    place: AtomicU64,
}

const UNKNOWN: u64 = u64::MAX;

impl Shared {
    /// The number of characters.
    pub fn characters(&self) -> usize {
        match self.characters.load(Ordering::Relaxed) {
            UNKNOWN => {
                let count = self.text().chars().count();
                self.characters.store(count as u64, Ordering::Relaxed);
                count
            }
            count => count as usize,
        }
    }

    /// The offset of a character, of which there must be at least so many.
    pub fn offset(&self, character: usize) -> usize {
        let place = self.place.load(Ordering::Relaxed);
        let (known, offset) = ((place >> 32) as usize, (place & u64::from(u32::MAX)) as usize);
        let offset = match character.checked_sub(known) {
            Some(further) => offset + offset_in(&self.text()[offset..], further),
            None if character < known / 2 => offset_in(self.text(), character),
            None => {
                let back = known - character - 1;
                self.text()[..offset].char_indices().nth_back(back).map_or(0, |(offset, _)| offset)
            }
        };
        // The offset is no smaller than the number.
        if let Ok(half) = u32::try_from(offset) {
            self.place.store((character as u64) << 32 | u64::from(half), Ordering::Relaxed);
        }
        offset
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn text(&self) -> &str {
        // SAFETY: strings are UTF-8 when they are made and never change.
        unsafe { std::str::from_utf8_unchecked(&self.bytes) }
    }
}

/// The offset of a character of a text, its length if there are fewer.
pub fn offset_in(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(offset, _)| offset)
}

/// The header of a string with shared bytes.
pub const SHARED_STRING: u64 = header(class::STRING, FLAG_EXTERNAL);

/// Hands over the bytes of a long string; the result belongs in its object.
pub fn share(bytes: Vec<u8>) -> u64 {
    let bytes = bytes.into_boxed_slice();
    let shared = Shared { bytes, characters: AtomicU64::new(UNKNOWN), place: AtomicU64::new(0) };
    Arc::into_raw(Arc::new(shared)) as u64
}

/// What a string shares, by what [`share`] has given; valid as long as the object lives.
pub fn of<'a>(pointer: u64) -> &'a Shared {
    // SAFETY: the object owns a count, so the bytes live as long as it does.
    unsafe { &*(pointer as *const Shared) }
}

/// Adds an owner.
pub fn retain(pointer: u64) {
    // SAFETY: the pointer came from `into_raw` and the object holds a count.
    unsafe { Arc::increment_strong_count(pointer as *const Shared) }
}

/// Takes an owner away.
pub fn release(pointer: u64) {
    // SAFETY: the pointer came from `into_raw`, and the object gives up its count.
    drop(unsafe { Arc::from_raw(pointer as *const Shared) });
}
