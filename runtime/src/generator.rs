//! Generators: methods that are suspended at each `yield`, on stacks of their own.
//!
//! A generator's coroutine runs inside that of its process. While it runs it is on the process's list of
//! active generators, and knows where its resumer called from, so that stack walks go on there.

use crate::heap::Visitor;
use crate::object::Object;
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::poll;
use crate::process::Process;
use crate::stack::Stack;
use crate::{unwind, walk};
use corosensei::{Coroutine, CoroutineResult, Yielder};
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::word::{self, Word};
use std::ptr;

/// The coroutine of a generator.
type Body = Coroutine<(), Pause, Outcome, Stack>;

/// Why a generator gave control back without ending.
enum Pause {
    /// It yielded; the value is in the generator.
    Yielded,
    /// A non-local exit leads to a frame outside of it.
    Unwinding,
}

/// The state behind a generator object.
pub struct Generator {
    /// The coroutine in a box of its own, null before the start and after the end: the collector looks at
    /// the rest while the coroutine runs. It stays here meanwhile, so that it is freed with a process that
    /// ends inside of it.
    coroutine: *mut Body,
    yielder: *const Yielder<(), Pause>,
    /// The generator object while it is active, else `NIL`: a root, since its resumer may have no use for
    /// it after the call.
    object: Word,
    /// The closure that is its code, a root.
    code: Word,
    /// The last value yielded, a root.
    value: Word,
    state: State,
    /// Where the call that resumed it (while active) or its own last yield (while suspended) came from.
    address: u64,
    frame: u64,
    /// The stack limit of whoever resumed it.
    outer_limit: u64,
    /// The lowest address of its stack.
    lowest: usize,
    /// The address after the highest one.
    top: usize,
    /// Whether its stack was used so deeply that the memory should be given back.
    deep: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Suspended,
    Active,
    Finished,
}

impl Generator {
    /// Shows the roots of an active generator: its resumer's frames. (Its own are those of the process.)
    pub fn visit_active(&mut self, visitor: &mut Visitor<'_>) {
        walk::visit(self.address, self.frame, visitor);
        visitor(&mut self.object);
        visitor(&mut self.code);
        visitor(&mut self.value);
    }
}

fn state<'a>(generator: Word) -> &'a mut Generator {
    // SAFETY: the pointer is that of a box which lives as long as the object.
    unsafe { &mut *(Object::of(generator).raw(HANDLE_POINTER) as *mut Generator) }
}

/// Shows the roots of a generator that the collector has reached.
pub fn visit(pointer: u64, visitor: &mut Visitor<'_>) {
    // SAFETY: as for `state`.
    let generator = unsafe { &mut *(pointer as *mut Generator) };
    if generator.state == State::Active {
        // Its frames and those of its resumer were shown as the process's own.
        return;
    }
    visitor(&mut generator.code);
    visitor(&mut generator.value);
    if generator.state == State::Suspended {
        walk::visit(generator.address, generator.frame, visitor);
    }
}

/// Frees a dead generator, however far it got.
pub fn release(pointer: u64) {
    // SAFETY: the object that owned the box is dead.
    let mut generator = unsafe { Box::from_raw(pointer as *mut Generator) };
    generator.free_stack();
}

impl Generator {
    /// The end of its stack, and whether the stack was used deeply.
    pub fn depth(&mut self) -> (u64, &mut bool) {
        (self.top as u64, &mut self.deep)
    }

    /// Where an active generator was resumed from: return address and frame pointer.
    pub fn resumed_from(&self) -> (u64, u64) {
        (self.address, self.frame)
    }

    fn free_stack(&mut self) {
        if self.coroutine.is_null() {
            return;
        }
        // SAFETY: the pointer is that of a box that the generator owns, and the coroutine isn't running: it
        // has yielded or ended, or the process that it ran in has ended.
        let mut coroutine = unsafe { Box::from_raw(self.coroutine) };
        self.coroutine = ptr::null_mut();
        // SAFETY: the frames on it are machine code and runtime functions that own nothing, and so is
        // the closure of one that wasn't started.
        unsafe { coroutine.force_reset() };
        coroutine.into_stack().recycle(self.deep);
    }
}

pub(crate) extern "C" fn generator_new(process: &mut Process, code: Word) -> Word {
    let object = process.object(16, header(class::GENERATOR, FLAG_EXTERNAL));
    let generator = Box::new(Generator {
        coroutine: ptr::null_mut(),
        yielder: ptr::null(),
        object: word::NIL,
        code,
        value: word::NIL,
        state: State::New,
        address: 0,
        frame: 0,
        outer_limit: 0,
        lowest: 0,
        top: 0,
        deep: false,
    });
    object.set_raw(HANDLE_POINTER, Box::into_raw(generator) as u64);
    process.heap.add_external(&mut process.head, object);
    object.word()
}

pub(crate) extern "C" fn generator_resume(process: &mut Process, object: Word) -> Outcome {
    let generator = state(object);
    match generator.state {
        State::Finished => panic(process, "Finished generators can't be resumed"),
        State::Active => panic(process, "A generator can't resume itself"),
        State::New => {
            let stack = match Stack::new() {
                Ok(stack) => stack,
                Err(error) => panic(process, format_args!("there is no memory for a generator: {error}")),
            };
            (generator.lowest, generator.top) = (stack.lowest(), stack.top());
            generator.coroutine = Box::into_raw(Box::new(coroutine(process, generator, stack)));
        }
        State::Suspended => {}
    }
    generator.state = State::Active;
    generator.address = process.head.exit_address;
    generator.frame = process.head.exit_frame;
    generator.outer_limit = process.execution.true_limit;
    generator.object = object;
    process.set_stack(generator.lowest);
    process.execution.generators.push(generator);
    poll::change_limit(process);
    // SAFETY: an unfinished generator has a coroutine, which only this function uses while it is active.
    let result = unsafe { (*generator.coroutine).resume(()) };
    process.execution.generators.pop();
    generator.object = word::NIL;
    process.execution.true_limit = generator.outer_limit;
    poll::change_limit(process);
    // A later walk starts at this call again.
    let (address, frame) = (generator.address, generator.frame);
    generator.address = process.head.exit_address;
    generator.frame = process.head.exit_frame;
    process.head.exit_address = address;
    process.head.exit_frame = frame;
    match result {
        CoroutineResult::Yield(Pause::Yielded) => {
            generator.state = State::Suspended;
            Outcome::value(word::TRUE)
        }
        CoroutineResult::Yield(Pause::Unwinding) => {
            generator.state = State::Finished;
            generator.free_stack();
            unwind::proceed(process)
        }
        CoroutineResult::Return(outcome) => {
            generator.state = State::Finished;
            generator.free_stack();
            if outcome.status == 0 { Outcome::value(word::FALSE) } else { outcome }
        }
    }
}

fn coroutine(
    process: &mut Process,
    generator: &mut Generator,
    stack: Stack,
) -> Coroutine<(), Pause, Outcome, Stack> {
    let (process, generator): (*mut Process, *mut Generator) = (process, generator);
    Coroutine::with_stack(stack, move |yielder, ()| {
        // SAFETY: the generator's box and the process outlive the coroutine, and while it runs, its
        // resumer does not.
        unsafe {
            (*generator).yielder = yielder;
            crate::entries::call(process, (*generator).code)
        }
    })
}

pub(crate) extern "C" fn generator_value(_: &mut Process, generator: Word) -> Word {
    state(generator).value
}

pub(crate) extern "C" fn generator_yield(process: &mut Process, value: Word) {
    let Some(&generator) = process.execution.generators.last() else {
        panic(process, "there is no generator that could yield");
    };
    // SAFETY: active generators are kept alive by the frames that resume them.
    unsafe {
        (*generator).value = value;
        (*(*generator).yielder).suspend(Pause::Yielded);
    }
}

/// Goes on unwinding in the frames of the innermost generator's resumer. Never returns.
pub(crate) fn unwind(process: &mut Process) {
    let generator = *process.execution.generators.last().expect("the caller has looked");
    // SAFETY: as above. The coroutine is reset instead of being resumed again.
    unsafe { (*(*generator).yielder).suspend(Pause::Unwinding) };
}
