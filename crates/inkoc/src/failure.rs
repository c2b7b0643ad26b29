//! Why a verb did not do its work.

/// Why a subcommand did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The program has errors, which were printed.
    Reported,
    /// Something else went wrong; the text says what and what to do.
    Message(String),
    /// The command line is wrong.
    Usage(String),
}
