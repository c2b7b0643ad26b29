//! Byte arrays.

use super::arguments::{Args, Results, flag, integer, nothing, string, word};
use super::machine::Machine;
use super::stop::{Result, Stop, bug, out_of_bounds};
use super::value::{Body, Val, Word};
use super::{numbers, strings};
use inko_abi::entry::Entry;

impl Machine<'_> {
    /// An operation on a byte array.
    pub(super) fn bytes_op(&mut self, entry: Entry, args: Vec<Word>) -> Result<Vec<Val>> {
        let results = self.bytes(entry, &Args(args.into_iter().map(Val::Word).collect()))?;
        Ok(results.unwrap_or_default())
    }

    /// The functions of byte arrays.
    pub(super) fn bytes(&mut self, entry: Entry, args: &Args) -> Result<Results> {
        match entry {
            Entry::byte_array_from_array => {
                let elements = self.elements(&args.object(0)?)?;
                let bytes: Result<Vec<u8>> = elements.iter().map(byte).collect();
                return word(Word::bytes(bytes?));
            }
            Entry::byte_array_filled => {
                let amount = usize::try_from(&args.integer(0)?).map_err(|_| bug("an amount"))?;
                return word(Word::bytes(vec![byte(&args.word(1))?; amount]));
            }
            _ => {}
        }
        let object = args.object(0)?;
        let Body::Bytes(bytes) = &object.body else { return Err(bug("bytes")) };
        let length = bytes.borrow().len();
        match entry {
            Entry::byte_array_clear => {
                self.thaw(&object)?;
                bytes.borrow_mut().clear();
                return nothing();
            }
            Entry::byte_array_to_string | Entry::byte_array_drain_to_string => {
                let text = String::from_utf8_lossy(&bytes.borrow()).into_owned();
                if entry == Entry::byte_array_drain_to_string {
                    self.thaw(&object)?;
                    bytes.borrow_mut().clear();
                }
                return string(&text);
            }
            Entry::byte_array_equals => {
                let other = args.object(1)?;
                let Body::Bytes(other) = &other.body else { return Err(bug("bytes")) };
                return flag(*bytes.borrow() == *other.borrow());
            }
            Entry::byte_array_slice => {
                let range = strings::range(&args.integer(1)?, &args.integer(2)?, length)?;
                return word(Word::bytes(bytes.borrow()[range].to_vec()));
            }
            _ => {}
        }
        let index = numbers::index(&args.integer(1)?, length)?;
        let found = bytes.borrow().get(index as usize).copied();
        match (entry, found) {
            (Entry::byte_array_find, None) => word(Word::Undefined),
            (Entry::byte_array_set, _) => {
                self.thaw(&object)?;
                let value = byte(&args.word(2))?;
                match found {
                    Some(_) => bytes.borrow_mut()[index as usize] = value,
                    None if index as usize == length => bytes.borrow_mut().push(value),
                    None => return Err(out_of_bounds(index)),
                }
                word(args.word(2))
            }
            (_, None) => Err(out_of_bounds(index)),
            (Entry::byte_array_remove, Some(byte)) => {
                self.thaw(&object)?;
                bytes.borrow_mut().remove(index as usize);
                integer(byte)
            }
            (_, Some(byte)) => integer(byte),
        }
    }
}

fn byte(word: &Word) -> Result<u8> {
    let Word::Integer(value) = word else { return Err(bug("an integer")) };
    u8::try_from(value).map_err(|_| Stop::Panic(format!("The value {value} is not within the range 0..256")))
}
