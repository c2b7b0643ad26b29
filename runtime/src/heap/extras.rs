//! Attributes that mirrors added to objects whose classes don't declare them.
//!
//! They live as long as their objects, which the collector sees to as it does with the values of a weak map
//! (ephemerons: Hayes, "Ephemerons: a new finalization mechanism", 1997). *Deliberately absent:* copies of such
//! objects in other processes don't have them.

use crate::object::Object;
use inko_abi::word::Word;

/// An attribute that was added.
#[derive(Debug)]
struct Extra {
    /// The address of the object, which lies in this heap.
    object: *mut u64,
    name: Box<str>,
    value: Word,
}

/// All attributes that were added to the objects of a heap.
#[derive(Debug, Default)]
pub struct Extras {
    all: Vec<Extra>,
}

impl Extras {
    /// The value of an attribute.
    pub fn get(&self, object: Object, name: &str) -> Option<Word> {
        self.of(object).find(|extra| *extra.name == *name).map(|extra| extra.value)
    }

    /// Adds or changes an attribute.
    pub fn set(&mut self, object: Object, name: &str, value: Word) {
        let address = object.address();
        let known = self.all.iter_mut().find(|extra| extra.object == address && *extra.name == *name);
        match known {
            Some(extra) => extra.value = value,
            None => self.all.push(Extra { object: address, name: name.into(), value }),
        }
    }

    /// The names of the attributes of an object, in the order in which they were added.
    pub fn names(&self, object: Object) -> impl Iterator<Item = &str> {
        self.of(object).map(|extra| &*extra.name)
    }

    fn of(&self, object: Object) -> impl Iterator<Item = &Extra> {
        let address = object.address();
        self.all.iter().filter(move |extra| extra.object == address)
    }

    /// Takes those whose objects are known to live by now out of `waiting`, with the new address of each. Gives their
    /// values, which must be followed, and followed once.
    pub(super) fn follow(
        &mut self,
        waiting: &mut Extras,
        moved: impl Fn(*mut u64) -> Option<*mut u64>,
    ) -> Vec<&mut Word> {
        let before = self.all.len();
        waiting.all.retain_mut(|extra| match moved(extra.object) {
            Some(object) => {
                let name = std::mem::take(&mut extra.name);
                self.all.push(Extra { object, name, value: extra.value });
                false
            }
            None => true,
        });
        self.all[before..].iter_mut().map(|extra| &mut extra.value).collect()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
