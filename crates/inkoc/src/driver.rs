//! The driver: runs the stages in order. The only place that sees them all.

use crate::cli::{Build, Check, Deny, Emit, Input, Level, Options};
use crate::failure::Failure;
use crate::home::Home;
use crate::scratch::Scratch;
use crate::sources::Sources;
use crate::{emit, link, report, tree_text};
use inko_codegen::{Listings, Optimize};
use inko_diagnostics::{Code, Diagnostic};
use inko_ir::verify::{assert_valid, verify_program};
use inko_opt::OptLevel;
use inko_sema::tree;
use inko_syntax::{SourceMap, Span};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the stages took, printed with `--timings`.
#[derive(Debug, Default)]
struct Timings {
    wanted: bool,
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    fn stage<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.stages.push((name, start.elapsed()));
        result
    }

    fn print(&self) {
        if self.wanted {
            let total: Duration = self.stages.iter().map(|(_, time)| *time).sum();
            for (name, time) in self.stages.iter().chain([&("total", total)]) {
                eprintln!("{name:<10} {:>9.3} ms", time.as_secs_f64() * 1000.0);
            }
        }
    }
}

/// Where a program comes from.
#[derive(Clone, Copy, Debug)]
pub enum Program<'a> {
    /// A file, or standard input for `-`.
    File(&'a Path),
    /// The command line, or standard input for `-`.
    Text(&'a str),
    /// The command line, or standard input for `-`, to be run at once: its standard error is the program's, so
    /// warnings aren't shown unless they are denied.
    Snippet(&'a str),
    /// The compiler itself.
    Made {
        /// What diagnostics call it.
        name: &'a str,
        /// The program.
        text: &'a str,
    },
}

/// A program that passed the front end.
pub struct Front {
    program: tree::Program,
    sources: Sources,
    home: Home,
    timings: Timings,
    verify: bool,
}

impl Front {
    /// Loads, parses and checks a program; prints its diagnostics.
    pub fn load(main: Program<'_>, options: &Options) -> Result<Self, Failure> {
        let home = Home::find()?;
        if let Some(directory) = options.include.iter().find(|directory| !directory.is_dir()) {
            return Err(Failure::Message(format!(
                "the include directory {} doesn't exist",
                directory.display()
            )));
        }
        let mut sources = Sources::new(options.include.clone(), home.library.clone());
        let mut timings = Timings { wanted: options.timings, stages: Vec::new() };
        let denies = options.deny.contains(&Deny::Warnings);
        let only_errors = matches!(main, Program::Snippet(_)) && !denies;
        let main = match main {
            Program::Text("-") | Program::Snippet("-") => sources.main_stream()?,
            Program::File(path) if path == Path::new("-") => sources.main_stream()?,
            Program::Text(text) | Program::Snippet(text) => sources.main_text("main.inko", text),
            Program::File(path) => sources.main_file(path)?,
            Program::Made { name, text } => sources.main_text(name, text),
        };
        // Modules are parsed as the checker asks for them.
        let (start, parsed_before) = (Instant::now(), sources.elapsed);
        let checked = inko_sema::check(&mut sources, main);
        timings.stages.push(("parse", sources.elapsed));
        timings.stages.push(("check", start.elapsed().saturating_sub(sources.elapsed - parsed_before)));
        let mut diagnostics = std::mem::take(&mut sources.diagnostics);
        let syntax_errors = diagnostics.iter().any(Diagnostic::is_error);
        // What is missing because it could not be parsed would only be reported once more.
        if !syntax_errors {
            diagnostics.extend(checked.diagnostics);
            drop_explained(&mut diagnostics, &sources.map);
        }
        if only_errors {
            diagnostics.retain(Diagnostic::is_error);
        }
        report::diagnostics(&diagnostics, &sources.map, options);
        let denied = !diagnostics.is_empty() && denies;
        if denied || diagnostics.iter().any(Diagnostic::is_error) {
            timings.print();
            return Err(Failure::Reported);
        }
        Ok(Self { program: checked.program, sources, home, timings, verify: options.verify_ir })
    }

    fn from_input(input: &Input) -> Result<Self, Failure> {
        let main = match (&input.eval, &input.file) {
            (Some(text), _) => Program::Text(text),
            (None, Some(path)) => Program::File(path),
            (None, None) => return Err(Failure::Usage("which program? Give a FILE or -e SOURCE".into())),
        };
        Self::load(main, &input.options)
    }
}

/// `inkoc check`.
pub fn check(arguments: &Check) -> Result<u8, Failure> {
    let front = Front::from_input(&arguments.input)?;
    front.timings.print();
    Ok(0)
}

/// `inkoc build`.
pub fn build(arguments: &Build) -> Result<u8, Failure> {
    let mut front = Front::from_input(&arguments.input)?;
    let output = arguments.output.as_deref();
    match arguments.emit {
        None => {
            let default = default_output(&arguments.input);
            executable(front, arguments.opt, output.unwrap_or(&default), &Scratch::new(None)?)?;
        }
        Some(Emit::Ast) => {
            write(output, emit::ast(&front.program, &front.sources.map).as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Tree) => {
            write(output, tree_text::main_module(&front.program).as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Passes) => {
            let mut ir = inko_lower::lower(&front.program, &front.sources.map);
            let text = emit::passes(&mut ir, opt_level(arguments.opt), arguments.function.as_deref());
            write(output, text.as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Ir) => {
            let ir = optimised(&mut front, arguments.opt);
            write(output, emit::ir(&ir, arguments.function.as_deref()).as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Clif) => {
            let listings = Listings { clif: true, ..Listings::default() };
            let text = compile(&mut front, arguments.opt, listings)?.clif;
            write(output, text.unwrap_or_default().as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Asm) => {
            let listings = Listings { asm: true, ..Listings::default() };
            let text = compile(&mut front, arguments.opt, listings)?.asm;
            write(output, text.unwrap_or_default().as_bytes())?;
            front.timings.print();
        }
        Some(Emit::Obj) => {
            let object = compile(&mut front, arguments.opt, Listings::default())?.object;
            let default = default_output(&arguments.input).with_extension("o");
            write(Some(output.unwrap_or(&default)), &object)?;
            front.timings.print();
        }
    }
    Ok(0)
}

/// Runs a program in the interpreter.
pub fn interpret(front: Front, level: Level) -> Result<u8, Failure> {
    let mut ir = inko_lower::lower(&front.program, &front.sources.map);
    // The oracle runs what lowering made, unless asked to judge the passes.
    if level == Level::None {
        inko_opt::optimize(&mut ir, OptLevel::None);
    }
    let status = inko_interpret::interpret(&ir, &mut std::io::stdout(), &mut std::io::stderr());
    Ok(status as u8)
}

/// Compiles and links an executable. A directory has the files that are of use meanwhile.
pub fn executable(mut front: Front, level: Level, output: &Path, scratch: &Scratch) -> Result<(), Failure> {
    if output.is_dir() {
        return Err(Failure::Message(format!(
            "{} is a directory; choose another name with -o",
            output.display()
        )));
    }
    let archive = front.home.archive()?.to_path_buf();
    let object = compile(&mut front, level, Listings::default())?.object;
    let file = scratch.path().join("program.o");
    std::fs::write(&file, &object)
        .map_err(|error| Failure::Message(format!("no temporary file can be written: {error}")))?;
    let linked = front.timings.stage("link", || link::link(&file, &archive, output, scratch));
    front.timings.print();
    linked
}

fn opt_level(level: Level) -> OptLevel {
    match level {
        Level::None => OptLevel::None,
        Level::Speed => OptLevel::Speed,
    }
}

fn optimised(front: &mut Front, level: Level) -> inko_ir::ir::Program {
    let Front { program, sources, timings, verify, .. } = front;
    let mut ir = timings.stage("lower", || inko_lower::lower(program, &sources.map));
    let level = opt_level(level);
    if !*verify {
        let options = inko_opt::Options { level, threads: threads(), observer: None };
        timings.stage("optimise", || inko_opt::optimize_with(&mut ir, &options));
        return ir;
    }
    for function in ir.functions.values() {
        assert_valid(&ir, function, "lowering");
    }
    let verify = |pass: &'static str, program: &_, function: &_| assert_valid(program, function, pass);
    let options = inko_opt::Options { level, threads: threads(), observer: Some(&verify) };
    inko_opt::optimize_with(&mut ir, &options);
    let errors: Vec<String> = verify_program(&ir).iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "invalid after all passes:\n{}", errors.join("\n"));
    ir
}

fn compile(front: &mut Front, level: Level, listings: Listings) -> Result<inko_codegen::Output, Failure> {
    let ir = optimised(front, level);
    let optimize = match level {
        Level::None => Optimize::None,
        Level::Speed => Optimize::Speed,
    };
    let options = inko_codegen::Options { optimize, listings, threads: threads() };
    let output = front.timings.stage("generate", || inko_codegen::compile(&ir, &options));
    output.map_err(|error| Failure::Message(format!("no code could be generated: {error}")))
}

/// The threads that functions are optimised and compiled on.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The stem of the main file, in the current directory.
fn default_output(input: &Input) -> PathBuf {
    let file = input.file.as_deref().filter(|path| *path != Path::new("-") && input.eval.is_none());
    file.and_then(Path::file_stem).map_or_else(|| PathBuf::from("main"), PathBuf::from)
}

/// Writes a result to a file or to standard output.
pub fn write(output: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    let written = match output {
        Some(path) => std::fs::write(path, bytes),
        None => std::io::stdout().lock().write_all(bytes),
    };
    match written {
        // A reader such as `head` that has seen enough is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            let place = output.map_or("standard output".into(), |path| path.display().to_string());
            Err(Failure::Message(format!("{place} can't be written: {error}")))
        }
        Ok(()) => Ok(()),
    }
}

/// Drops the warning about `-5` in `x -5` if `x` itself was an error: that one says what to do.
fn drop_explained(diagnostics: &mut Vec<Diagnostic>, sources: &SourceMap) {
    let errors: Vec<Span> =
        diagnostics.iter().filter(|found| found.is_error()).map(|found| found.primary.span).collect();
    diagnostics.retain(|found| {
        let place = found.primary.span;
        let text = sources.file(place.file).text();
        let follows = |error: &Span| {
            error.file == place.file
                && error.end <= place.start
                && text[error.end as usize..place.start as usize].bytes().all(|byte| byte == b' ')
        };
        found.code != Code::NegativeLiteralAfterOperand || !errors.iter().any(follows)
    });
}
