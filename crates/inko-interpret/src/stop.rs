//! Why a program ends before its main function does.

/// The exit status for programs that the interpreter cannot run, and for wrong IR.
pub const UNSUPPORTED: i32 = 70;

/// Why the program ends before its main function does.
pub(super) enum Stop {
    /// With a status; everything was said.
    Exit(i32),
    /// With a panic.
    Panic(String),
    /// It needs what the interpreter does not have.
    Unsupported(String),
    /// The representation is wrong.
    Bug(String),
}

/// What a step of the machine gives.
pub(super) type Result<T> = std::result::Result<T, Stop>;

/// The representation is wrong: something else was expected.
pub(super) fn bug(expected: &str) -> Stop {
    Stop::Bug(format!("expected {expected}"))
}

/// The panic about an index.
pub(super) fn out_of_bounds(index: i64) -> Stop {
    Stop::Panic(format!("The index {index} is out of bounds"))
}
