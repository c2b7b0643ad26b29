//! The arguments of the command line, with the help texts that people read.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Compiles Inko programs to native executables.
#[derive(Parser, Debug)]
#[command(version, about, arg_required_else_help = true, propagate_version = true)]
#[command(after_help = "Examples:
  inkoc run hello.inko              build and run a program
  inkoc build hello.inko -o hello   write an executable
  inkoc check hello.inko            only report mistakes
  inkoc test                        run the tests in `tests`
  inkoc explain E0200               explain what a code means
  inkoc run -e 'import std::stdio::stdout  stdout.print(\"hello\")'")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a program to an executable
    Build(Build),
    /// Build a program and run it, passing on its exit status
    Run(Run),
    /// Report the mistakes of a program without building it
    Check(Check),
    /// Run the tests of a project
    Test(Test),
    /// Explain an error or warning code with an example, or list all codes
    #[command(after_help = "Example: inkoc explain E0200")]
    Explain {
        /// The code, as diagnostics show it
        code: Option<String>,
    },
    /// Print a completion script for a shell
    #[command(after_help = "Example: inkoc completions bash > /etc/bash_completion.d/inkoc")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Which program, and how to speak of it.
#[derive(Args, Debug)]
pub struct Input {
    /// The program's main file, or `-` for standard input
    #[arg(required_unless_present = "eval", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Take the program from the command line instead of a file; `-` reads standard input
    #[arg(short = 'e', long, value_name = "SOURCE", allow_hyphen_values = true)]
    pub eval: Option<String>,
    #[command(flatten)]
    pub options: Options,
}

/// What all subcommands that compile take.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Look up imported modules in this directory, after the standard library (may be repeated)
    #[arg(short, long, value_name = "DIR")]
    pub include: Vec<PathBuf>,
    /// When to use colours; `auto` heeds NO_COLOR and asks whether standard error is a terminal
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// How to print diagnostics: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub error_format: ErrorFormat,
    /// What shall fail the build although it is no error (may be repeated)
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Vec<Deny>,
    /// Print how long each stage took
    #[arg(long)]
    pub timings: bool,
    /// Check the intermediate representation after each pass, to find mistakes of the compiler
    #[arg(long)]
    pub verify_ir: bool,
}

/// What can be made to fail a build.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deny {
    /// Any warning
    Warnings,
}

/// The arguments of `build`.
#[derive(Args, Debug)]
pub struct Build {
    #[command(flatten)]
    pub input: Input,
    /// Where to write the result [default: the file's stem in the current directory]
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Write an intermediate form instead of an executable, to standard output unless -o is given
    #[arg(long, value_enum, value_name = "FORM")]
    pub emit: Option<Emit>,
    /// Write only the function of this name, such as `main.count`, with `--emit ir` and `--emit passes`
    #[arg(long, value_name = "NAME", requires = "emit")]
    pub function: Option<String>,
    /// How much to optimise
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub opt: Level,
}

/// The arguments of `run`.
#[derive(Args, Debug)]
#[command(
    after_help = "Everything after the file goes to the program. With -e, all arguments do, and warnings aren't shown:
  inkoc run -e 'import std::env  ...' first second"
)]
pub struct Run {
    /// Take the program from the command line instead of a file; `-` reads standard input
    #[arg(short = 'e', long, value_name = "SOURCE", allow_hyphen_values = true)]
    pub eval: Option<String>,
    /// Run the program in the interpreter of the intermediate representation: slow, sequential
    /// programs only, for finding mistakes of the compiler
    #[arg(long)]
    pub interpret: bool,
    /// How much to optimise
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub opt: Level,
    #[command(flatten)]
    pub options: Options,
    /// The program's main file (unless -e is given), then the program's arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "FILE|ARG")]
    pub arguments: Vec<std::ffi::OsString>,
}

/// The arguments of `test`.
#[derive(Args, Debug)]
#[command(after_help = "A directory of tests contains a directory `test`. Each file below it that is called
`test_*.inko` is a module which defines `def tests(t: Tests)`; see the documentation of std::test.

Examples:
  inkoc test                              the tests in `tests`
  inkoc test tests/test/test_parser.inko  those of one module
  inkoc test --filter 'Parser.parse'      those whose group or description contains a text")]
pub struct Test {
    /// Directories of tests, or modules of them [default: tests]
    #[arg(value_name = "DIR|FILE")]
    pub paths: Vec<PathBuf>,
    /// The directory of tests that the others lie in [default: found from them]
    #[arg(short, long, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Run only the tests whose group and description, with a blank between them, contain this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How much to optimise
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub opt: Level,
    #[command(flatten)]
    pub options: Options,
    /// Arguments of the program that the tests are
    #[arg(last = true, value_name = "ARG")]
    pub arguments: Vec<std::ffi::OsString>,
}

/// The arguments of `check`.
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    pub input: Input,
}

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// How diagnostics are printed.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ErrorFormat {
    #[default]
    Human,
    Json,
}

/// Intermediate forms.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Emit {
    /// The syntax tree of the main module
    Ast,
    /// The typed tree of the main module
    Tree,
    /// Each function as it was lowered, and after each optimisation that changed it
    Passes,
    /// The intermediate representation after optimisation
    Ir,
    /// Cranelift's representation
    Clif,
    /// Assembly
    Asm,
    /// The object file that would be linked
    Obj,
}

/// How much to optimise.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Level {
    /// Only what is needed for correct programs; for finding mistakes of the compiler
    None,
    /// Fast programs
    #[default]
    Speed,
}
