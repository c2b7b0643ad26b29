//! The machine: activations, calls, and the ways out of them.

use super::stop::{Result, Stop, UNSUPPORTED};
use super::value::{Body, Frame, Generator, GeneratorState, Object, Val, Word};
use inko_abi::class;
use inko_ir::ir::*;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// Where a program prints to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Err,
}

pub(super) struct Machine<'a> {
    pub(super) program: &'a Program,
    pub(super) sender: Sender<(Stream, Vec<u8>)>,
    pub(super) frames: Vec<Frame>,
    /// The running generators: the number of frames below each, and the generator.
    pub(super) generators: Vec<(usize, Rc<Object>)>,
    pub(super) globals: HashMap<GlobalId, Word>,
    pub(super) strings: HashMap<inko_syntax::Name, Rc<str>>,
    pub(super) process: Word,
    pub(super) blocking: bool,
    pub(super) pinned: bool,
    pub(super) counter: u64,
    pub(super) start: std::time::Instant,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program, sender: Sender<(Stream, Vec<u8>)>) -> Self {
        Self {
            program,
            sender,
            frames: Vec::new(),
            generators: Vec::new(),
            globals: HashMap::new(),
            strings: HashMap::new(),
            process: Word::object(Body::Process(Default::default())),
            blocking: false,
            pinned: false,
            counter: 0,
            start: std::time::Instant::now(),
        }
    }

    pub(super) fn write(&self, stream: Stream, bytes: &[u8]) {
        // Nobody reads any more only if the caller has gone.
        let _ = self.sender.send((stream, bytes.to_vec()));
    }

    pub(super) fn run(mut self) -> i32 {
        let status = match self.execute() {
            Ok(()) => 0,
            Err(Stop::Exit(status)) => status,
            Err(Stop::Panic(message)) => {
                let mut text = "Stack trace (the most recent call comes last):\n".to_owned();
                let frames = self.trace().into_iter().filter(|(_, _, name)| !name.is_empty());
                for (index, (file, line, name)) in frames.enumerate() {
                    text.push_str(&format!("  {index}: \"{file}\" line {line}, in \"{name}\"\n"));
                }
                text.push_str(&format!("Process 0x1 panicked: {message}\n"));
                self.write(Stream::Err, text.as_bytes());
                1
            }
            Err(Stop::Unsupported(what)) => {
                self.write(Stream::Err, format!("not supported by the interpreter: {what}\n").as_bytes());
                UNSUPPORTED
            }
            Err(Stop::Bug(what)) => {
                let place = self.trace().pop().map(|(file, line, name)| format!("{file}:{line} in {name}"));
                let text =
                    format!("wrong intermediate representation: {what} ({})\n", place.unwrap_or_default());
                self.write(Stream::Err, text.as_bytes());
                UNSUPPORTED
            }
        };
        // Values are dropped with the machine; frames first, so that nothing refers to them.
        self.frames.clear();
        status
    }

    /// The source positions of all frames, oldest first, inlined ones included.
    pub(super) fn trace(&self) -> Vec<(inko_syntax::Name, u32, inko_syntax::Name)> {
        let mut trace = Vec::new();
        for frame in &self.frames {
            let block = &self.program.functions[frame.function].blocks[frame.block];
            let mut next = Some(block.insts.get(frame.index).map_or(block.position, |inst| inst.position));
            let start = trace.len();
            while let Some(id) = next {
                let position = self.program.positions.get(id);
                // Code that no source line stands for has no name.
                if !position.function.is_empty() {
                    trace.push((position.file.clone(), position.line, position.function.clone()));
                }
                next = position.caller;
            }
            trace[start..].reverse();
        }
        trace
    }

    pub(super) fn function(&self, id: FunctionId) -> &'a Function {
        &self.program.functions[id]
    }

    fn execute(&mut self) -> Result<()> {
        let Some(main) = self.program.main else {
            return Err(Stop::Bug("there is no main function".to_owned()));
        };
        let closure = Word::object(Body::Closure(main, Vec::new()));
        self.frames.push(Frame::new(main, self.function(main), vec![Val::Word(closure)]));
        while let Some(frame) = self.frames.last() {
            let block = &self.function(frame.function).blocks[frame.block];
            match block.insts.get(frame.index) {
                Some(inst) => self.instruction(inst)?,
                None => self.terminator(&block.terminator)?,
            }
        }
        Ok(())
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("something is running")
    }

    fn running(&self) -> &'a Function {
        self.function(self.frames.last().expect("something is running").function)
    }

    pub(super) fn get(&self, value: Value) -> Val {
        self.frames.last().expect("something is running").get(value)
    }

    pub(super) fn word(&self, value: Value) -> Word {
        self.get(value).word()
    }

    /// Defines a value of the running function, and checks what is said of it.
    pub(super) fn define(&mut self, value: Value, val: Val) -> Result<()> {
        let data = self.running().values[value];
        let fits = match (&val, data.ty) {
            (Val::Word(word), Ty::Word) => word.fits(data.known),
            (Val::Float(_), Ty::Float) | (Val::Bool(_), Ty::Bool) | (Val::Raw(_), Ty::Raw) => true,
            _ => false,
        };
        if !fits {
            return Err(Stop::Bug(format!(
                "{value} should be {:?} {:?} but is {val:?}",
                data.ty, data.known
            )));
        }
        self.frame().set(value, val);
        Ok(())
    }

    pub(super) fn follow(&mut self, edge: &Edge, mut vals: Vec<Val>) -> Result<()> {
        vals.extend(edge.args.iter().map(|&arg| self.get(arg)));
        let function = self.running();
        for (&param, val) in function.blocks[edge.block].params.iter().zip(vals) {
            self.define(param, val)?;
        }
        let frame = self.frame();
        frame.block = edge.block;
        frame.index = 0;
        Ok(())
    }

    fn terminator(&mut self, terminator: &Terminator) -> Result<()> {
        match terminator {
            Terminator::Jump(edge) => self.follow(edge, Vec::new()),
            Terminator::Branch { condition, then, otherwise } => {
                let Val::Bool(flag) = self.get(*condition) else {
                    return Err(Stop::Bug("no condition".to_owned()));
                };
                self.follow(if flag { then } else { otherwise }, Vec::new())
            }
            Terminator::Return(value) => self.leave(self.get(*value), false),
            Terminator::Throw(value) => self.leave(self.get(*value), true),
            Terminator::Exit { home, value, exit } => {
                let (home, value) = (self.word(*home), self.word(*value));
                self.check_home(&home)?;
                self.pop_frame();
                self.unwind(home, value, i64::from(*exit))
            }
            Terminator::Invoke { call, .. } => self.call(call),
            Terminator::Unreachable => Err(Stop::Bug("the unreachable was reached".to_owned())),
        }
    }

    /// The panic about a value that nobody caught.
    pub(super) fn uncaught(&self, thrown: &Word) -> Stop {
        let thrown = self.described(thrown);
        Stop::Panic(format!("A thrown value reached the top-level in process 0x1: {thrown}"))
    }

    /// The name of a class, as the runtime's messages have it.
    pub(super) fn class_name(&self, class: u32) -> String {
        match class {
            class::NIL => "Nil".to_owned(),
            _ => inko_ir::print::class_name(self.program, class).to_string(),
        }
    }

    /// What a value is, in the words of the runtime.
    pub(super) fn described(&self, word: &Word) -> String {
        if let Word::ClassObject(class) = word {
            return format!("the class `{}` itself", self.class_name(*class));
        }
        if let Word::Object(object) = word
            && let Body::Closure(function, _) = &object.body
        {
            let function = &self.program.functions[*function];
            let is_lambda = function.block.as_ref().is_some_and(|block| block.is_lambda);
            let (kind, arity) =
                (if is_lambda { "lambda" } else { "closure" }, function.signature.params.len() - 1);
            return format!("a {kind} that takes {arity} argument{}", if arity == 1 { "" } else { "s" });
        }
        format!("one of type `{}`", self.class_name(word.class()))
    }

    pub(super) fn call(&mut self, call: &Call) -> Result<()> {
        let args: Vec<Val> = call.args.iter().map(|&arg| self.get(arg)).collect();
        let id = match call.callee {
            Callee::Function(id) => id,
            Callee::Selector(id) => {
                let selector = &self.program.selectors[id];
                let receiver = args[0].clone().word();
                match selector.targets.get(&receiver.class()) {
                    Some(&id) => id,
                    None => {
                        let class = self.class_name(receiver.class());
                        let text = format!("a value of type `{class}` doesn't implement `{}`", selector.name);
                        return Err(Stop::Panic(text));
                    }
                }
            }
            Callee::Closure => match &args[0] {
                Val::Word(Word::Object(object)) => match &object.body {
                    Body::Closure(id, _) => *id,
                    _ => return Err(Stop::Bug("what is called is no block".to_owned())),
                },
                _ => return Err(Stop::Bug("what is called is no block".to_owned())),
            },
            Callee::Entry(entry) => {
                let results = self.entry(entry, args)?;
                return match results {
                    Some(results) => self.resume(results),
                    None => Ok(()),
                };
            }
        };
        let function = self.function(id);
        if function.signature.params.len() != args.len() {
            return Err(Stop::Bug(format!("{} takes another number of arguments", function.symbol)));
        }
        self.frames.push(Frame::new(id, function, args));
        Ok(())
    }

    /// Gives the running frame the results of the call it waits for, and goes on.
    pub(super) fn resume(&mut self, results: Vec<Val>) -> Result<()> {
        let frame = self.frame();
        let (function, block, index) = (frame.function, frame.block, frame.index);
        let block = &self.function(function).blocks[block];
        if let Some(inst) = block.insts.get(index) {
            for (&result, val) in inst.results.iter().zip(results) {
                self.define(result, val)?;
            }
            self.frame().index += 1;
            return Ok(());
        }
        let Terminator::Invoke { normal, .. } = &block.terminator else {
            return Err(Stop::Bug("nothing was called".to_owned()));
        };
        self.follow(normal, results)
    }

    /// Leaves the running function.
    fn leave(&mut self, val: Val, thrown: bool) -> Result<()> {
        let throws = self.running().signature.throws;
        self.frames.pop();
        if let Some((base, generator)) = self.generators.last().cloned()
            && base == self.frames.len()
        {
            self.generators.pop();
            if let Body::Generator(generator) = &generator.body {
                generator.borrow_mut().state = GeneratorState::Finished;
            }
            // `False`: it ended; or what its body threw.
            let word = if thrown { val.word() } else { Word::Bool(false) };
            return self.resume(vec![Val::Word(word), Val::Bool(thrown)]);
        }
        if self.frames.is_empty() {
            return if thrown { Err(self.uncaught(&val.word())) } else { Ok(()) };
        }
        self.resume(if throws { vec![val, Val::Bool(thrown)] } else { vec![val] })
    }

    pub(super) fn check_home(&self, home: &Word) -> Result<()> {
        match home {
            Word::Object(object) => match &object.body {
                Body::Home(active) if active.get() => Ok(()),
                _ => Err(Stop::Panic("The method that this return leaves has already returned".to_owned())),
            },
            _ => Err(Stop::Bug("no home token".to_owned())),
        }
    }

    pub(super) fn pop_frame(&mut self) {
        self.frames.pop();
        while let Some((base, generator)) = self.generators.last()
            && *base >= self.frames.len()
        {
            if let Body::Generator(generator) = &generator.body {
                generator.borrow_mut().state = GeneratorState::Finished;
            }
            self.generators.pop();
        }
    }

    /// Leaves frames up to the first that waits in an invoke.
    pub(super) fn unwind(&mut self, home: Word, value: Word, exit: i64) -> Result<()> {
        while let Some(frame) = self.frames.last() {
            let block = &self.function(frame.function).blocks[frame.block];
            if frame.index == block.insts.len()
                && let Terminator::Invoke { unwind, .. } = block.terminator
            {
                let frame = self.frame();
                frame.arrived = Some((home, value, exit));
                frame.block = unwind;
                frame.index = 0;
                return Ok(());
            }
            self.pop_frame();
        }
        Err(Stop::Bug("a non-local exit did not arrive".to_owned()))
    }

    pub(super) fn new_generator(&self, closure: &Word) -> Result<Word> {
        let Word::Object(object) = closure else { return Err(Stop::Bug("no block".to_owned())) };
        let Body::Closure(id, _) = &object.body else { return Err(Stop::Bug("no block".to_owned())) };
        let frames = vec![Frame::new(*id, self.function(*id), vec![Val::Word(closure.clone())])];
        let generator = Generator { frames, value: Word::Nil, state: GeneratorState::Suspended };
        Ok(Word::object(Body::Generator(generator.into())))
    }
}
