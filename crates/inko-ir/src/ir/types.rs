//! The types of values and what may be known of a word besides.

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// A tagged word; the only type that may refer to an object.
    Word,
    /// A double.
    Float,
    /// A flag.
    Bool,
    /// A raw 64-bit integer.
    Raw,
}

/// What is known of a word besides its type. Trusted: whoever produces a value with a fact guarantees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Known {
    /// Nothing. Facts about values of other types than words are also `Nothing`.
    #[default]
    Nothing,
    /// An integer of any size.
    Integer,
    /// A small integer.
    Small,
    /// An object (or immediate) of the class with this number, other than `Integer`.
    Class(u32),
}

impl Known {
    /// What is known of a value that is one of two.
    pub fn join(self, other: Known) -> Known {
        match (self, other) {
            (a, b) if a == b => a,
            (Known::Small, Known::Integer) | (Known::Integer, Known::Small) => Known::Integer,
            _ => Known::Nothing,
        }
    }

    /// Whether this says at least as much as `other`.
    pub fn implies(self, other: Known) -> bool {
        self.join(other) == other
    }

    /// What is known if both hold; contradictions, which only unreachable code has, keep the first.
    pub fn both(self, other: Known) -> Known {
        if other.implies(self) { other } else { self }
    }

    /// The number of the class of a value, if it is known.
    pub fn class(self) -> Option<u32> {
        match self {
            Known::Nothing => None,
            Known::Integer | Known::Small => Some(inko_abi::class::INTEGER),
            Known::Class(class) => Some(class),
        }
    }
}

/// A value's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueData {
    /// Its type.
    pub ty: Ty,
    /// What is known of it.
    pub known: Known,
}

/// How a function is called.
///
/// The *closure convention* is the signature of words only that returns a word and throws: parameter 0
/// is the closure object. All closures, lambdas and generator bodies have it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    /// The parameters' types. Instance methods take the receiver first.
    pub params: Vec<Ty>,
    /// The result's type.
    pub returns: Ty,
    /// Whether it also returns a flag, which is set when the result (then always a word) was thrown.
    /// When `returns` is not `Word` and the function throws, the value is returned boxed: functions that
    /// throw always have `returns: Word`.
    pub throws: bool,
}
