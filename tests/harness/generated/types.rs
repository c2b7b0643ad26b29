//! The types that generated programs use.

use super::tape::Tape;
use std::fmt;

/// A type. Classes and traits are numbers in the program's lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    Integer,
    Float,
    String,
    Boolean,
    Array(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Option(Box<Ty>),
    /// The generic class of the prelude.
    Cell(Box<Ty>),
    Pair(Box<Ty>, Box<Ty>),
    Class(usize),
    Trait(usize),
    Block(Vec<Ty>, Box<Ty>),
}

impl Ty {
    /// A type without parts.
    pub fn scalar(tape: &mut Tape<'_>) -> Ty {
        tape.pick(&[Ty::Integer, Ty::Integer, Ty::String, Ty::Boolean, Ty::Integer, Ty::Float]).clone()
    }

    /// A type of values that hold no trait objects and no blocks. Cycles of objects can't come up from
    /// these, so showing a value always ends.
    pub fn plain(tape: &mut Tape<'_>, classes: usize) -> Ty {
        match tape.below(10) {
            0..=3 => Ty::scalar(tape),
            4 => Ty::Array(Box::new(Ty::scalar(tape))),
            5 => Ty::Option(Box::new(Ty::scalar(tape))),
            6 => Ty::Cell(Box::new(Ty::scalar(tape))),
            7 => Ty::Pair(Box::new(Ty::scalar(tape)), Box::new(Ty::scalar(tape))),
            8 => {
                let key = tape.pick(&[Ty::Integer, Ty::String]).clone();
                Ty::Map(Box::new(key), Box::new(Ty::scalar(tape)))
            }
            _ if classes > 0 => {
                let class = Ty::Class(tape.below(classes));
                match tape.below(4) {
                    0 | 1 => class,
                    2 => Ty::Array(Box::new(class)),
                    _ => Ty::Option(Box::new(class)),
                }
            }
            _ => Ty::Integer,
        }
    }

    /// Any type, blocks and traits included.
    pub fn any(tape: &mut Tape<'_>, classes: usize, traits: usize) -> Ty {
        match tape.below(8) {
            0..=5 => Ty::plain(tape, classes),
            6 => {
                let params = (0..tape.below(3)).map(|_| Ty::scalar(tape)).collect();
                Ty::Block(params, Box::new(Ty::scalar(tape)))
            }
            _ if traits > 0 => {
                let object = Ty::Trait(tape.below(traits));
                match tape.below(3) {
                    0 => object,
                    1 => Ty::Array(Box::new(object)),
                    _ => Ty::Option(Box::new(object)),
                }
            }
            _ => Ty::Integer,
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Integer => f.write_str("Integer"),
            Ty::Float => f.write_str("Float"),
            Ty::String => f.write_str("String"),
            Ty::Boolean => f.write_str("Boolean"),
            Ty::Array(item) => write!(f, "Array!({item})"),
            Ty::Map(key, value) => write!(f, "Map!({key}, {value})"),
            Ty::Option(item) => write!(f, "?{item}"),
            Ty::Cell(item) => write!(f, "Cell!({item})"),
            Ty::Pair(first, second) => write!(f, "Pair!({first}, {second})"),
            Ty::Class(number) => write!(f, "Thing{number}"),
            Ty::Trait(number) => write!(f, "Shape{number}"),
            Ty::Block(params, result) if params.is_empty() => write!(f, "do -> {result}"),
            Ty::Block(params, result) => {
                let params: Vec<String> = params.iter().map(Ty::to_string).collect();
                write!(f, "do ({}) -> {result}", params.join(", "))
            }
        }
    }
}
