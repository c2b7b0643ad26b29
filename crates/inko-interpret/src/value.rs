//! What the interpreter computes with: values, and activations of functions, which a suspended generator consists of.
//!
//! Activations are data, not activations of Rust functions, so that deep recursion costs heap and not stack.

use cranelift_entity::{EntityRef, SecondaryMap};
use dashu_int::IBig;
use inko_abi::class;
use inko_ir::ir::*;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// A value of any type.
#[derive(Clone, Debug)]
pub(super) enum Val {
    Word(Word),
    Float(f64),
    Bool(bool),
    Raw(i64),
}

/// A word.
#[derive(Clone, Debug)]
pub(super) enum Word {
    Integer(IBig),
    Float(f64),
    Bool(bool),
    Nil,
    Undefined,
    String(Rc<str>),
    Module(u32),
    ClassObject(u32),
    /// A trait as a value.
    Trait {
        class: u32,
        number: u32,
    },
    Object(Rc<Object>),
}

/// An object with identity.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) body: Body,
    /// Set when a constant refers to it.
    pub(super) frozen: Cell<bool>,
}

/// What an object is.
#[derive(Debug)]
pub(super) enum Body {
    Instance(u32, RefCell<Vec<Val>>),
    Array(RefCell<Vec<Word>>),
    Bytes(RefCell<Vec<u8>>),
    Closure(FunctionId, Vec<Word>),
    Cell(RefCell<Word>),
    /// Whether its activation is still running.
    Home(Cell<bool>),
    Hasher(RefCell<Vec<u8>>),
    Generator(RefCell<Generator>),
    /// The only process there is, with its mailbox.
    Process(RefCell<VecDeque<Word>>),
}

/// A generator.
#[derive(Debug)]
pub(super) struct Generator {
    /// The frames of its body while it is suspended.
    pub(super) frames: Vec<Frame>,
    pub(super) value: Word,
    pub(super) state: GeneratorState,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum GeneratorState {
    Suspended,
    Running,
    Finished,
}

impl Word {
    pub(super) fn object(body: Body) -> Word {
        Word::Object(Rc::new(Object { body, frozen: Cell::new(false) }))
    }

    pub(super) fn array(elements: Vec<Word>) -> Word {
        Word::object(Body::Array(RefCell::new(elements)))
    }

    pub(super) fn bytes(bytes: Vec<u8>) -> Word {
        Word::object(Body::Bytes(RefCell::new(bytes)))
    }

    pub(super) fn string(text: &str) -> Word {
        Word::String(text.into())
    }

    pub(super) fn integer(value: impl Into<IBig>) -> Word {
        Word::Integer(value.into())
    }

    /// The number of its class.
    pub(super) fn class(&self) -> u32 {
        match self {
            Word::Integer(_) => class::INTEGER,
            Word::Float(_) => class::FLOAT,
            Word::Bool(_) => class::BOOLEAN,
            Word::Nil => class::NIL,
            Word::Undefined => class::NONE,
            Word::String(_) => class::STRING,
            Word::Module(number) | Word::Trait { class: number, .. } => *number,
            Word::ClassObject(_) => class::CLASS_OBJECT,
            Word::Object(object) => match &object.body {
                Body::Instance(number, _) => *number,
                Body::Array(_) => class::ARRAY,
                Body::Bytes(_) => class::BYTE_ARRAY,
                Body::Closure(..) => class::BLOCK,
                Body::Cell(_) => class::CELL,
                Body::Home(_) => class::HOME,
                Body::Hasher(_) => class::HASHER,
                Body::Generator(_) => class::GENERATOR,
                Body::Process(_) => class::PROCESS,
            },
        }
    }

    /// Whether both are the same object. Integers and floats have no identity but their value.
    pub(super) fn same(&self, other: &Word) -> bool {
        match (self, other) {
            (Word::Integer(a), Word::Integer(b)) => a == b,
            (Word::Float(a), Word::Float(b)) => a.to_bits() == b.to_bits(),
            (Word::Bool(a), Word::Bool(b)) => a == b,
            (Word::Nil, Word::Nil) | (Word::Undefined, Word::Undefined) => true,
            (Word::String(a), Word::String(b)) => Rc::ptr_eq(a, b),
            (Word::Module(a), Word::Module(b)) | (Word::ClassObject(a), Word::ClassObject(b)) => a == b,
            (Word::Trait { number: a, .. }, Word::Trait { number: b, .. }) => a == b,
            (Word::Object(a), Word::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Makes it and everything it refers to immutable.
    pub(super) fn freeze(&self) {
        let mut work = vec![self.clone()];
        while let Some(word) = work.pop() {
            let Word::Object(object) = word else { continue };
            if object.frozen.replace(true) {
                continue;
            }
            match &object.body {
                Body::Instance(_, fields) => {
                    work.extend(fields.borrow().iter().filter_map(|field| match field {
                        Val::Word(word) => Some(word.clone()),
                        _ => None,
                    }));
                }
                Body::Array(elements) => work.extend(elements.borrow().iter().cloned()),
                Body::Closure(_, captures) => work.extend(captures.iter().cloned()),
                Body::Cell(word) => work.push(word.borrow().clone()),
                _ => {}
            }
        }
    }

    /// Whether what is said of a word is true.
    pub(super) fn fits(&self, known: Known) -> bool {
        use inko_abi::word::{MAX_SMALL, MIN_SMALL};
        match (known, self) {
            (Known::Nothing, _) | (Known::Integer, Word::Integer(_)) => true,
            (Known::Small, Word::Integer(value)) => {
                i64::try_from(value).is_ok_and(|value| (MIN_SMALL..=MAX_SMALL).contains(&value))
            }
            (Known::Class(number), word) => word.class() == number,
            _ => false,
        }
    }
}

impl Val {
    pub(super) fn word(self) -> Word {
        match self {
            Val::Word(word) => word,
            other => panic!("{other:?} is no word"),
        }
    }
}

/// An activation.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) function: FunctionId,
    pub(super) block: BlockId,
    /// The next instruction; the number of instructions for the terminator.
    pub(super) index: usize,
    values: Vec<Option<Val>>,
    locals: SecondaryMap<LocalId, Option<Val>>,
    /// The non-local exit that arrived last: home token, word, number.
    pub(super) arrived: Option<(Word, Word, i64)>,
}

impl Frame {
    /// An activation about to execute its first instruction.
    pub(super) fn new(id: FunctionId, function: &Function, args: Vec<Val>) -> Self {
        let mut frame = Self {
            function: id,
            block: function.entry,
            index: 0,
            values: vec![None; function.values.len()],
            locals: SecondaryMap::new(),
            arrived: None,
        };
        for (&param, arg) in function.blocks[function.entry].params.iter().zip(args) {
            frame.set(param, arg);
        }
        frame
    }

    pub(super) fn set(&mut self, value: Value, val: Val) {
        self.values[value.index()] = Some(val);
    }

    pub(super) fn get(&self, value: Value) -> Val {
        self.values[value.index()].clone().expect("values are defined before they are used")
    }

    pub(super) fn set_local(&mut self, local: LocalId, val: Val) {
        self.locals[local] = Some(val);
    }

    pub(super) fn local(&self, local: LocalId) -> Option<Val> {
        self.locals[local].clone()
    }
}
