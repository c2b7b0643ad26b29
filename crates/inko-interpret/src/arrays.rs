//! Arrays, and objects that must not change.

use super::arguments::Args;
use super::machine::Machine;
use super::numbers;
use super::stop::{Result, Stop, bug, out_of_bounds};
use super::value::{Body, Object, Word};
use std::rc::Rc;

impl Machine<'_> {
    /// Panics if an object must not be changed.
    pub(super) fn thaw(&self, object: &Rc<Object>) -> Result<()> {
        if object.frozen.get() {
            let class = inko_ir::print::class_name(self.program, Word::Object(object.clone()).class());
            return Err(Stop::Panic(format!("A {class} that a constant refers to can't be changed")));
        }
        Ok(())
    }

    pub(super) fn elements(&self, object: &Rc<Object>) -> Result<Vec<Word>> {
        match &object.body {
            Body::Array(elements) => Ok(elements.borrow().clone()),
            _ => Err(bug("an array")),
        }
    }

    /// The second argument as an index into the array that is the first.
    pub(super) fn index(&self, args: &Args) -> Result<i64> {
        let object = args.object(0)?;
        let Body::Array(elements) = &object.body else { return Err(bug("an array")) };
        let length = elements.borrow().len();
        numbers::index(&args.integer(1)?, length)
    }

    pub(super) fn array_set(&self, object: &Rc<Object>, index: i64, value: Word) -> Result<()> {
        self.thaw(object)?;
        let Body::Array(elements) = &object.body else { return Err(bug("an array")) };
        let mut elements = elements.borrow_mut();
        let length = elements.len();
        match elements.get_mut(index as usize) {
            Some(element) => *element = value,
            None if index as usize == length => elements.push(value),
            None => return Err(out_of_bounds(index)),
        }
        Ok(())
    }
}

pub(super) fn array_get(object: &Rc<Object>, index: i64) -> Result<Word> {
    let Body::Array(elements) = &object.body else { return Err(bug("an array")) };
    let element = elements.borrow().get(index as usize).cloned();
    element.ok_or_else(|| out_of_bounds(index))
}
