//! The state of a piece of program that is being written: what may be named, what a `return` or `throw`
//! means here, and how often the code may run.
//!
//! *Invariant:* every program ends. Methods only call what was written before them; loops have a bounded
//! number of rounds; arrays only grow up to [`LONGEST`]; and no code is written that could run more than
//! [`Frame::limit`] times.

use super::tape::Tape;
use super::types::Ty;

/// Arrays only grow to this length, so that a loop over an array that grows meanwhile ends.
pub const LONGEST: u32 = 6;
/// How often a recursive method calls itself.
pub const ROUNDS: u32 = 5;
/// How often a block that is kept may be called at most, as far as the costs are concerned.
pub const CALLS: u32 = 6;

/// What can be called.
pub struct Callable {
    /// The class or trait whose values understand it; `None` for methods of the module.
    pub receiver: Option<Ty>,
    pub name: String,
    pub params: Vec<Ty>,
    /// How many of the last parameters have defaults.
    pub defaults: usize,
    /// The type of the elements of a rest parameter.
    pub rest: Option<Ty>,
    /// What it returns or, for a generator, yields.
    pub result: Ty,
    pub throws: Option<Ty>,
    pub generator: bool,
    /// How many statements a call runs at most, roughly.
    pub cost: u32,
}

/// A class: what its attributes `@a0`, `@a1`, ... hold, and the trait that it implements.
pub struct Class {
    pub attributes: Vec<Ty>,
    pub implements: Option<usize>,
}

/// What was written so far and may be used.
#[derive(Default)]
pub struct Items {
    pub callables: Vec<Callable>,
    pub classes: Vec<Class>,
    /// How many traits there are that some class implements.
    pub traits: usize,
}

/// Something with a name: a variable, an attribute or `self`.
#[derive(Clone)]
pub struct Variable {
    pub name: String,
    pub ty: Ty,
    pub mutable: bool,
}

/// What surrounds the code.
#[derive(Clone)]
pub struct Frame {
    /// What `return` takes; `None` where it can't be written with a value.
    pub returns: Option<Ty>,
    /// Whether `return` can be written without a value.
    pub leaves: bool,
    /// What `throw` takes.
    pub throws: Option<Ty>,
    /// What `yield` takes.
    pub yields: Option<Ty>,
    /// Whether methods of trait objects may be called. Not in methods of classes: they would recurse.
    pub dispatches: bool,
    /// Whether this may be called from code that repeats it with its own results. Products are cut then, as
    /// repeated squaring makes numbers too long.
    pub repeated: bool,
    /// The most often that code here may run.
    pub limit: u32,
}

impl Frame {
    /// That of a module or lambda, where nothing can be left.
    pub fn outermost(limit: u32) -> Self {
        Frame {
            returns: None,
            leaves: false,
            throws: None,
            yields: None,
            dispatches: true,
            repeated: false,
            limit,
        }
    }
}

/// Writes a piece of program from a tape.
pub struct Writer<'a> {
    pub tape: Tape<'a>,
    pub items: &'a Items,
    pub scope: Vec<Variable>,
    pub frame: Frame,
    /// How often the code being written may run at most.
    pub runs: u32,
    /// How many statements run at most, so far.
    pub cost: u32,
    pub indent: usize,
    names: usize,
}

impl<'a> Writer<'a> {
    pub fn new(choices: &'a [u8], items: &'a Items, frame: Frame) -> Self {
        let tape = Tape::new(choices);
        Writer { tape, items, scope: Vec::new(), frame, runs: 1, cost: 0, indent: 0, names: 0 }
    }

    /// A new name.
    pub fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// Makes a new immutable variable known.
    pub fn bind(&mut self, prefix: &str, ty: &Ty) -> String {
        let name = self.name(prefix);
        self.scope.push(Variable { name: name.clone(), ty: ty.clone(), mutable: false });
        name
    }

    /// Some type that values can be made of here.
    pub fn some_type(&mut self) -> Ty {
        // That of a variable gives the variable a chance to be used.
        if self.tape.below(3) == 2
            && let Some(found) = self.variable(|variable| variable.name != "self")
        {
            return found.ty;
        }
        let (classes, traits) = (self.items.classes.len(), self.items.traits);
        if self.frame.dispatches {
            Ty::any(&mut self.tape, classes, traits)
        } else {
            Ty::plain(&mut self.tape, classes)
        }
    }

    /// The name of a variable that fits a condition, if there is one.
    pub fn variable(&mut self, fits: impl Fn(&Variable) -> bool) -> Option<Variable> {
        let found: Vec<&Variable> = self.scope.iter().rev().filter(|variable| fits(variable)).collect();
        if found.is_empty() { None } else { Some((*self.tape.pick(&found)).clone()) }
    }

    /// Whether code may run so many times more often than the code around it.
    pub fn allows(&self, times: u32) -> bool {
        self.runs.saturating_mul(times) <= self.frame.limit
    }

    /// Writes something in a scope of its own that may run so many times.
    pub fn nested<T>(&mut self, times: u32, write: impl FnOnce(&mut Self) -> T) -> T {
        let (variables, runs, frame) = (self.scope.len(), self.runs, self.frame.clone());
        self.runs = self.runs.saturating_mul(times);
        self.indent += 1;
        let written = write(self);
        self.indent -= 1;
        (self.runs, self.frame) = (runs, frame);
        self.scope.truncate(variables);
        written
    }

    /// The lines in braces, indented.
    pub fn braces(&self, lines: &[String]) -> String {
        let inner = "  ".repeat(self.indent + 1);
        let lines: Vec<String> = lines.iter().map(|line| format!("{inner}{line}\n")).collect();
        format!("{{\n{}{}}}", lines.concat(), "  ".repeat(self.indent))
    }

    /// Something callable that fits a condition and may be called here.
    pub fn callable(&mut self, fits: impl Fn(&Callable) -> bool) -> Option<&'a Callable> {
        let items = self.items;
        let may = |callable: &Callable| {
            let dispatched = matches!(callable.receiver, Some(Ty::Trait(_)));
            (self.frame.dispatches || !dispatched) && self.allows(callable.cost) && fits(callable)
        };
        let found: Vec<&Callable> = items.callables.iter().rev().filter(|callable| may(callable)).collect();
        if found.is_empty() { None } else { Some(*self.tape.pick(&found)) }
    }
}
