//! Arguments and results of the functions of the runtime.

use super::stop::{Result, bug};
use super::value::{Object, Val, Word};
use dashu_int::IBig;
use std::rc::Rc;

/// The results of a runtime function; `None` if the machine goes on elsewhere.
pub(super) type Results = Option<Vec<Val>>;

pub(super) fn word(word: Word) -> Result<Results> {
    Ok(Some(vec![Val::Word(word)]))
}

pub(super) fn integer(value: impl Into<IBig>) -> Result<Results> {
    word(Word::Integer(value.into()))
}

pub(super) fn string(text: &str) -> Result<Results> {
    word(Word::string(text))
}

pub(super) fn flag(flag: bool) -> Result<Results> {
    Ok(Some(vec![Val::Bool(flag)]))
}

pub(super) fn float(value: f64) -> Result<Results> {
    Ok(Some(vec![Val::Float(value)]))
}

pub(super) fn nothing() -> Result<Results> {
    Ok(Some(Vec::new()))
}

/// A word with the flag of a function that throws.
pub(super) fn thrown(word: Word, thrown: bool) -> Result<Results> {
    Ok(Some(vec![Val::Word(word), Val::Bool(thrown)]))
}

/// The arguments of a call.
pub(super) struct Args(pub(super) Vec<Val>);

impl Args {
    pub(super) fn word(&self, index: usize) -> Word {
        self.0[index].clone().word()
    }

    pub(super) fn integer(&self, index: usize) -> Result<IBig> {
        match self.word(index) {
            Word::Integer(value) => Ok(value),
            _ => Err(bug("an integer")),
        }
    }

    pub(super) fn float(&self, index: usize) -> Result<f64> {
        match self.0[index] {
            Val::Float(value) => Ok(value),
            _ => Err(bug("a float")),
        }
    }

    pub(super) fn raw(&self, index: usize) -> Result<i64> {
        match self.0[index] {
            Val::Raw(value) => Ok(value),
            _ => Err(bug("a raw integer")),
        }
    }

    pub(super) fn flag(&self, index: usize) -> Result<bool> {
        match self.0[index] {
            Val::Bool(value) => Ok(value),
            _ => Err(bug("a flag")),
        }
    }

    pub(super) fn text(&self, index: usize) -> Result<Rc<str>> {
        match self.word(index) {
            Word::String(text) => Ok(text),
            _ => Err(bug("a string")),
        }
    }

    pub(super) fn object(&self, index: usize) -> Result<Rc<Object>> {
        match self.word(index) {
            Word::Object(object) => Ok(object),
            _ => Err(bug("an object")),
        }
    }
}
