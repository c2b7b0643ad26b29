//! What std's sources may ask of the compiler through the pseudo-receiver `_INKOC`: operations that
//! become instructions rather than calls into the runtime. Everything else is an `extern def` that
//! names a row of `inko_abi::entry`.

use inko_abi::class;

/// The types that intrinsics take and give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Any value, as a word.
    Any,
    /// A value of the built-in class with this number.
    Class(u32),
    /// A block (closure or lambda).
    Block,
}

macro_rules! intrinsics {
    ($($(#[$doc:meta])* $variant:ident = $name:literal ($($param:expr),*) -> $result:expr;)*) => {
        /// An intrinsic.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Intrinsic { $($(#[$doc])* $variant,)* }

        impl Intrinsic {
            /// The intrinsic that `_INKOC.name` means.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it takes.
            pub fn params(self) -> &'static [Kind] {
                match self { $(Self::$variant => &[$($param),*],)* }
            }

            /// What it gives.
            pub fn result(self) -> Kind {
                match self { $(Self::$variant => $result,)* }
            }
        }
    };
}

const ANY: Kind = Kind::Any;
const INT: Kind = Kind::Class(class::INTEGER);
const FLOAT: Kind = Kind::Class(class::FLOAT);
const BOOL: Kind = Kind::Class(class::BOOLEAN);
const STRING: Kind = Kind::Class(class::STRING);
const ARRAY: Kind = Kind::Class(class::ARRAY);
const BYTE_ARRAY: Kind = Kind::Class(class::BYTE_ARRAY);
const NIL: Kind = Kind::Class(class::NIL);

intrinsics! {
    /// Sum.
    IntegerAdd = "integer_add" (INT, INT) -> INT;
    /// Difference.
    IntegerSub = "integer_sub" (INT, INT) -> INT;
    /// Product.
    IntegerMul = "integer_mul" (INT, INT) -> INT;
    /// Floored quotient; panics for a zero divisor.
    IntegerDiv = "integer_div" (INT, INT) -> INT;
    /// Floored modulo; panics for a zero divisor.
    IntegerMod = "integer_mod" (INT, INT) -> INT;
    /// Bitwise and.
    IntegerAnd = "integer_bitwise_and" (INT, INT) -> INT;
    /// Bitwise or.
    IntegerOr = "integer_bitwise_or" (INT, INT) -> INT;
    /// Bitwise exclusive or.
    IntegerXor = "integer_bitwise_xor" (INT, INT) -> INT;
    /// Shift left; a negative distance shifts right.
    IntegerShiftLeft = "integer_shift_left" (INT, INT) -> INT;
    /// Arithmetic shift right; a negative distance shifts left.
    IntegerShiftRight = "integer_shift_right" (INT, INT) -> INT;
    /// Less than.
    IntegerSmaller = "integer_smaller" (INT, INT) -> BOOL;
    /// Greater than.
    IntegerGreater = "integer_greater" (INT, INT) -> BOOL;
    /// Equal.
    IntegerEquals = "integer_equals" (INT, INT) -> BOOL;
    /// Greater than or equal.
    IntegerGreaterOrEqual = "integer_greater_or_equal" (INT, INT) -> BOOL;
    /// Less than or equal.
    IntegerSmallerOrEqual = "integer_smaller_or_equal" (INT, INT) -> BOOL;
    /// The nearest double.
    IntegerToFloat = "integer_to_float" (INT) -> FLOAT;
    /// Sum.
    FloatAdd = "float_add" (FLOAT, FLOAT) -> FLOAT;
    /// Difference.
    FloatSub = "float_sub" (FLOAT, FLOAT) -> FLOAT;
    /// Product.
    FloatMul = "float_mul" (FLOAT, FLOAT) -> FLOAT;
    /// Quotient.
    FloatDiv = "float_div" (FLOAT, FLOAT) -> FLOAT;
    /// Less than.
    FloatSmaller = "float_smaller" (FLOAT, FLOAT) -> BOOL;
    /// Greater than.
    FloatGreater = "float_greater" (FLOAT, FLOAT) -> BOOL;
    /// Greater than or equal.
    FloatGreaterOrEqual = "float_greater_or_equal" (FLOAT, FLOAT) -> BOOL;
    /// Less than or equal.
    FloatSmallerOrEqual = "float_smaller_or_equal" (FLOAT, FLOAT) -> BOOL;
    /// The number of bytes of a string.
    StringSize = "string_size" (STRING) -> INT;
    /// The number of elements.
    ArrayLength = "array_length" (ARRAY) -> INT;
    /// The element at an index (negative ones count from the end); panics when out of bounds.
    ArrayAt = "array_at" (ARRAY, INT) -> ANY;
    /// Sets an element, appends at the length, panics beyond; gives the value.
    ArraySet = "array_set" (ARRAY, INT, ANY) -> ANY;
    /// Appends a value and gives it.
    ArrayPush = "array_push" (ARRAY, ANY) -> ANY;
    /// The number of bytes.
    BytesLength = "byte_array_length" (BYTE_ARRAY) -> INT;
    /// The byte at an index (negative ones count from the end); panics when out of bounds.
    BytesAt = "byte_array_at" (BYTE_ARRAY, INT) -> INT;
    /// Sets a byte, appends at the length, panics beyond; gives the value.
    BytesSet = "byte_array_set" (BYTE_ARRAY, INT, INT) -> INT;
    /// Identity; equal small integers are identical.
    ObjectEquals = "object_equals" (ANY, ANY) -> BOOL;
    /// Evaluates one of the last two operands, the second unless the first is `False`. Its type is
    /// the second operand's, which the third must fit.
    If = "if" (BOOL, ANY, ANY) -> ANY;
    /// Whether a runtime function gave the marker for "nothing" (see `inko_abi::word::UNDEFINED`).
    IsUndefined = "is_undefined" (ANY) -> BOOL;
    /// Registers a block with the frame that called the method which consists of just this.
    DeferToCaller = "process_add_defer_to_caller" (Kind::Block) -> NIL;
    /// Resumes a generator: `True` if it yielded, `False` if it ended. Throws what the body throws, so
    /// it must be the operand of a `try`; the thrown type is `Any`.
    GeneratorResume = "generator_resume" (ANY) -> BOOL;
    /// Ends the program with a trace and a message.
    Panic = "panic" (STRING) -> ANY;
}

impl Intrinsic {
    /// Whether it never returns, so that its type is `Never`.
    pub fn never_returns(self) -> bool {
        self == Self::Panic
    }

    /// Whether it may throw (the thrown type is `Any`).
    pub fn throws(self) -> bool {
        self == Self::GeneratorResume
    }
}
