//! What instructions do.

use super::arrays::array_get;
use super::machine::Machine;
use super::numbers;
use super::stop::{Result, Stop, bug};
use super::value::{Body, Object, Val, Word};
use dashu_int::IBig;
use inko_abi::entry::Entry;
use inko_ir::ir::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

impl Machine<'_> {
    pub(super) fn instruction(&mut self, inst: &Inst) -> Result<()> {
        if let Op::Call(call) = &inst.op {
            return self.call(call);
        }
        let vals = self.evaluate(inst)?;
        if vals.len() != inst.results.len() {
            return Err(Stop::Bug("wrong number of results".to_owned()));
        }
        for (&result, val) in inst.results.iter().zip(vals) {
            self.define(result, val)?;
        }
        self.frame().index += 1;
        Ok(())
    }

    fn evaluate(&mut self, inst: &Inst) -> Result<Vec<Val>> {
        let val = match &inst.op {
            Op::Constant(constant) => self.constant(constant)?,
            Op::Integer(op, a, b) => {
                Val::Word(Word::Integer(numbers::integer(*op, &self.integer(*a)?, &self.integer(*b)?)?))
            }
            Op::IntegerCompare(compare, a, b) => {
                Val::Bool(holds(*compare, &self.integer(*a)?, &self.integer(*b)?))
            }
            Op::IntegerToFloat(a) => Val::Float(self.integer(*a)?.to_f64().value()),
            Op::Float(op, a, b) => {
                let (a, b) = (self.float(*a)?, self.float(*b)?);
                Val::Float(match op {
                    FloatOp::Add => a + b,
                    FloatOp::Sub => a - b,
                    FloatOp::Mul => a * b,
                    FloatOp::Div => a / b,
                })
            }
            Op::FloatCompare(compare, a, b) => Val::Bool(holds(*compare, &self.float(*a)?, &self.float(*b)?)),
            Op::RawEquals(a, b) => match (self.get(*a), self.get(*b)) {
                (Val::Raw(a), Val::Raw(b)) => Val::Bool(a == b),
                _ => return Err(bug("raw integers")),
            },
            Op::Not(a) => Val::Bool(!self.flag(*a)?),
            Op::BoxFloat(a) => Val::Word(Word::Float(self.float(*a)?)),
            Op::UnboxFloat(a) => match self.word(*a) {
                Word::Float(value) => Val::Float(value),
                _ => return Err(bug("a boxed float")),
            },
            Op::BoxBool(a) => Val::Word(Word::Bool(self.flag(*a)?)),
            Op::UnboxBool(a) => match self.word(*a) {
                Word::Bool(value) => Val::Bool(value),
                _ => return Err(bug("a boxed boolean")),
            },
            Op::Verify(a, check, expected) => {
                let word = self.word(*a);
                if !self.passes(&word, check) {
                    let found = self.described(&word);
                    return Err(Stop::Panic(format!(
                        "expected a value of type `{expected}`, but got {found}"
                    )));
                }
                Val::Word(word)
            }
            Op::Test(a, check) => Val::Bool(self.passes(&self.word(*a), check)),
            Op::Same(a, b) => Val::Bool(self.word(*a).same(&self.word(*b))),
            Op::IsUndefined(a) => Val::Bool(matches!(self.word(*a), Word::Undefined)),
            Op::New(class, fields) => {
                let fields = fields.iter().map(|&field| self.get(field)).collect();
                Val::Word(Word::object(Body::Instance(*class, RefCell::new(fields))))
            }
            Op::GetField { object, class, field } => {
                let object = self.instance(*object, *class)?;
                let Body::Instance(_, fields) = &object.body else { return Err(bug("an instance")) };
                fields.borrow()[*field as usize].clone()
            }
            Op::SetField { object, class, field, value } => {
                let value = self.get(*value);
                let object = self.instance(*object, *class)?;
                self.thaw(&object)?;
                let Body::Instance(_, fields) = &object.body else { return Err(bug("an instance")) };
                fields.borrow_mut()[*field as usize] = value;
                return Ok(Vec::new());
            }
            Op::NewCell(a) => Val::Word(Word::object(Body::Cell(RefCell::new(self.word(*a))))),
            Op::GetCell(a) => {
                let object = self.object(*a)?;
                let Body::Cell(word) = &object.body else { return Err(bug("a cell")) };
                let word = word.borrow().clone();
                Val::Word(word)
            }
            Op::SetCell(a, b) => {
                let object = self.object(*a)?;
                let Body::Cell(word) = &object.body else { return Err(bug("a cell")) };
                *word.borrow_mut() = self.word(*b);
                return Ok(Vec::new());
            }
            Op::Closure(id, captures) => {
                let captures = captures.iter().map(|&capture| self.word(capture)).collect();
                Val::Word(Word::object(Body::Closure(*id, captures)))
            }
            Op::GetCapture(a, index) => {
                let object = self.object(*a)?;
                let Body::Closure(_, captures) = &object.body else { return Err(bug("a closure")) };
                match captures.get(*index as usize) {
                    Some(word) => Val::Word(word.clone()),
                    None => return Err(bug("a capture")),
                }
            }
            Op::GetLocal(local) => {
                self.frame().local(*local).ok_or_else(|| bug("a local that was assigned"))?
            }
            Op::SetLocal(local, a) => {
                let val = self.get(*a);
                self.frame().set_local(*local, val);
                return Ok(Vec::new());
            }
            Op::Call(_) => unreachable!("calls are executed by `instruction`"),
            Op::GetGlobal(global) => match self.globals.get(global) {
                Some(word) => Val::Word(word.clone()),
                None => {
                    let name = &self.program.globals[*global].name;
                    return Err(Stop::Panic(format!("The constant {name} is used before it is defined")));
                }
            },
            Op::SetGlobal(global, a) => {
                let word = self.word(*a);
                word.freeze();
                self.globals.insert(*global, word);
                return Ok(Vec::new());
            }
            Op::StringSize(a) => Val::Word(Word::integer(self.text(*a)?.len())),
            Op::NewArray(elements) => {
                Val::Word(Word::array(elements.iter().map(|&element| self.word(element)).collect()))
            }
            Op::ArrayLength(a) => {
                let length = match &self.object(*a)?.body {
                    Body::Bytes(bytes) => bytes.borrow().len(),
                    _ => self.array(*a)?.1,
                };
                Val::Word(Word::integer(length))
            }
            Op::ArrayGet(a, b) => {
                let (object, length) = self.array(*a)?;
                let index = numbers::index(&self.integer(*b)?, length)?;
                Val::Word(array_get(&object, index)?)
            }
            Op::ArraySet(a, b, c) => {
                let (object, length) = self.array(*a)?;
                let index = numbers::index(&self.integer(*b)?, length)?;
                self.array_set(&object, index, self.word(*c))?;
                return Ok(Vec::new());
            }
            Op::BytesGet(a, b) => {
                let args = vec![self.word(*a), self.word(*b)];
                return self.bytes_op(Entry::byte_array_get, args);
            }
            Op::BytesSet(a, b, c) => {
                let args = vec![self.word(*a), self.word(*b), self.word(*c)];
                self.bytes_op(Entry::byte_array_set, args)?;
                return Ok(Vec::new());
            }
            Op::BoolToInteger(a) => Val::Word(Word::integer(usize::from(self.flag(*a)?))),
            Op::ArrayPush(a, b) => {
                let (object, length) = self.array(*a)?;
                self.array_set(&object, length as i64, self.word(*b))?;
                return Ok(Vec::new());
            }
            Op::NewHome(_) => Val::Word(Word::object(Body::Home(Cell::new(true)))),
            Op::EndHome(a) => {
                let object = self.object(*a)?;
                let Body::Home(active) = &object.body else { return Err(bug("a home token")) };
                active.set(false);
                return Ok(Vec::new());
            }
            // Whatever has a name here lives as long as its frame.
            Op::KeepAlive(_) => return Ok(Vec::new()),
            Op::LandingPad => {
                let (home, value, exit) =
                    self.frame().arrived.clone().ok_or_else(|| bug("an exit that arrived"))?;
                return Ok(vec![Val::Word(home), Val::Word(value), Val::Raw(exit)]);
            }
            Op::Poll => return Ok(Vec::new()),
        };
        Ok(vec![val])
    }

    fn constant(&mut self, constant: &Constant) -> Result<Val> {
        Ok(match constant {
            Constant::Nil => Val::Word(Word::Nil),
            Constant::Bool(flag) => Val::Bool(*flag),
            Constant::Small(value) => Val::Word(Word::integer(*value)),
            Constant::Big(digits) => Val::Word(Word::Integer(digits.parse().map_err(|_| bug("digits"))?)),
            Constant::Float(bits) => Val::Float(f64::from_bits(*bits)),
            Constant::String(text) => {
                let string = self.strings.entry(text.clone()).or_insert_with(|| text.as_str().into());
                Val::Word(Word::String(string.clone()))
            }
            Constant::Module(number) => Val::Word(Word::Module(*number)),
            Constant::Trait { class, number } => Val::Word(Word::Trait { class: *class, number: *number }),
            Constant::ClassObject(number) => Val::Word(Word::ClassObject(*number)),
            Constant::Undefined => Val::Word(Word::Undefined),
            Constant::Raw(value) => Val::Raw(*value),
        })
    }

    fn passes(&self, word: &Word, check: &Check) -> bool {
        match check {
            Check::Integer => matches!(word, Word::Integer(_)),
            Check::Float => matches!(word, Word::Float(_)),
            Check::Boolean => matches!(word, Word::Bool(_)),
            Check::Nil => matches!(word, Word::Nil),
            Check::Class(number) => word.class() == *number,
            Check::Classes(numbers) => numbers.contains(&word.class()),
            Check::Block { arity, lambda } => {
                let Word::Object(object) = word else { return false };
                let Body::Closure(id, _) = &object.body else { return false };
                let function = self.function(*id);
                let is_lambda = function.block.as_ref().is_some_and(|block| block.is_lambda);
                function.signature.params.len() == *arity as usize + 1 && (is_lambda || !lambda)
            }
        }
    }

    fn integer(&self, value: Value) -> Result<IBig> {
        match self.word(value) {
            Word::Integer(value) => Ok(value),
            _ => Err(bug("an integer")),
        }
    }

    fn float(&self, value: Value) -> Result<f64> {
        match self.get(value) {
            Val::Float(value) => Ok(value),
            _ => Err(bug("a float")),
        }
    }

    fn flag(&self, value: Value) -> Result<bool> {
        match self.get(value) {
            Val::Bool(value) => Ok(value),
            _ => Err(bug("a flag")),
        }
    }

    fn text(&self, value: Value) -> Result<Rc<str>> {
        match self.word(value) {
            Word::String(text) => Ok(text),
            _ => Err(bug("a string")),
        }
    }

    fn object(&self, value: Value) -> Result<Rc<Object>> {
        match self.word(value) {
            Word::Object(object) => Ok(object),
            _ => Err(bug("an object")),
        }
    }

    /// An array and its length.
    fn array(&self, value: Value) -> Result<(Rc<Object>, usize)> {
        let object = self.object(value)?;
        let Body::Array(elements) = &object.body else { return Err(bug("an array")) };
        let length = elements.borrow().len();
        Ok((object, length))
    }

    /// An instance of a class; module objects become instances when their attributes are used, which
    /// they have none of.
    fn instance(&self, value: Value, class: u32) -> Result<Rc<Object>> {
        match self.word(value) {
            Word::Object(object) => match &object.body {
                Body::Instance(number, _) if *number == class => Ok(object),
                _ => Err(bug("an instance of the class")),
            },
            _ => Err(bug("an instance")),
        }
    }
}

fn holds<T: PartialOrd>(compare: Compare, a: &T, b: &T) -> bool {
    match compare {
        Compare::Equal => a == b,
        Compare::Less => a < b,
        Compare::LessOrEqual => a <= b,
        Compare::Greater => a > b,
        Compare::GreaterOrEqual => a >= b,
    }
}
