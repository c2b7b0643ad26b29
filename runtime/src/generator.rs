//! Generators: methods that are suspended at each `yield`.
//!
//! A generator runs on the stack of its process, right below whoever resumed it. At a `yield` its frames are moved
//! away, as those of a process are when it stops (see [`crate::frames`]), and at the next resumption they are put
//! below the resumer of then.
//!
//! ```text
//! ...            frames of the resumer
//! base + 32      the frame of the resuming shim: saved registers
//! base           outermost frame of the generator's code
//! ...
//! ```

use crate::frames::Frames;
use crate::heap::Visitor;
use crate::object::Object;
use crate::outcome::Outcome;
use crate::panic::{self, panic};
use crate::process::Process;
use crate::program;
use crate::walk;
use inko_abi::class;
use inko_abi::object::{FLAG_CLEAN, FLAG_EXTERNAL, HANDLE_POINTER, header};
use inko_abi::word::{self, Word};
use std::arch::naked_asm;
use std::mem::offset_of;

/// The state behind a generator object.
#[repr(C)]
pub struct Generator {
    /// Its frames while it is suspended; while it is active only their base counts.
    frames: Frames,
    /// The generator object while it is active, else `NIL`: a root, since its resumer may have no use for
    /// it after the call.
    object: Word,
    /// The closure that is its code, a root.
    code: Word,
    /// The last value yielded, a root.
    value: Word,
    state: State,
    /// Where its own last yield came from: return address and frame pointer.
    address: u64,
    frame: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Suspended,
    Active,
    Finished,
}

impl Generator {
    /// Shows the roots of an active generator. (Its frames are among those of the process.)
    pub fn visit_active(&mut self, visitor: &mut Visitor<'_>) {
        visitor(&mut self.object);
        visitor(&mut self.code);
        visitor(&mut self.value);
    }

    /// Notes that the stack on which the generator is active has moved.
    pub fn rebase(&mut self, distance: u64) {
        self.frames.base = self.frames.base.wrapping_add(distance);
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.frames.words().len() * 8
    }
}

fn state<'a>(generator: Word) -> &'a mut Generator {
    of(Object::of(generator).raw(HANDLE_POINTER))
}

/// The state behind the pointer in a generator object; it lives as long as the object.
pub fn of<'a>(pointer: u64) -> &'a mut Generator {
    // SAFETY: the pointer is that of a box which lives as long as the object, and only the object's process uses it.
    unsafe { &mut *(pointer as *mut Generator) }
}

/// Shows the roots of a generator that the collector has reached.
pub fn visit(pointer: u64, visitor: &mut Visitor<'_>) {
    let generator = of(pointer);
    if generator.state == State::Active {
        // Its frames were shown as the process's own.
        return;
    }
    visitor(&mut generator.code);
    visitor(&mut generator.value);
    if generator.state == State::Suspended {
        let moved_by = generator.frames.moved_by();
        let start = walk::Start { address: generator.address, frame: generator.frame, moved_by };
        walk::visit(start, walk::Until::Generator, visitor);
    }
}

/// Frees a dead generator, however far it got.
pub fn release(pointer: u64) {
    // SAFETY: the object that owned the box is dead.
    drop(unsafe { Box::from_raw(pointer as *mut Generator) });
}

pub(crate) extern "C" fn generator_new(process: &mut Process, code: Word) -> Word {
    let object = process.object(16, header(class::GENERATOR, FLAG_EXTERNAL));
    let generator = Box::new(Generator {
        frames: Frames::default(),
        object: word::NIL,
        code,
        value: word::NIL,
        state: State::New,
        address: 0,
        frame: 0,
    });
    object.set_raw(HANDLE_POINTER, Box::into_raw(generator) as u64);
    process.heap.add_external(&mut process.head, object);
    object.word()
}

pub(crate) extern "C" fn generator_value(_: &mut Process, generator: Word) -> Word {
    state(generator).value
}

/// The first half of a resumption: names the place of the frames, which end at `base`. The shim puts them there;
/// those of a new generator are none.
extern "C" fn enter(process: &mut Process, object: Word, base: u64) -> *const Generator {
    let generator = state(object);
    match generator.state {
        State::Finished => panic(process, "Finished generators can't be resumed"),
        State::Active => panic(process, "A generator can't resume itself"),
        State::New => {
            (generator.frames.base, generator.frames.stack) = (base, base);
        }
        State::Suspended => {
            if base - (generator.frames.size() as u64) < process.execution.true_limit {
                panic::stack_overflow(process);
            }
            generator.frames.rebase(base);
        }
    }
    generator.state = State::Active;
    generator.object = object;
    process.execution.generators.push(generator);
    generator
}

/// Takes the frames away at a yield. Gives their base, where the resuming shim goes on.
extern "C" fn take(process: &mut Process, value: Word, stack: u64, frame: u64) -> u64 {
    let Some(generator) = process.execution.generators.pop() else {
        panic(process, "there is no generator that could yield");
    };
    // SAFETY: active generators are kept alive by the frames that resume them.
    let generator = unsafe { &mut *generator };
    generator.value = value;
    let object = Object::of(std::mem::replace(&mut generator.object, word::NIL));
    if object.has(FLAG_CLEAN) {
        // Its frames may refer to young objects now.
        process.heap.remember(object);
    }
    generator.state = State::Suspended;
    generator.address = process.head.exit_address;
    generator.frame = process.head.exit_frame;
    generator.frames.stack = stack;
    generator.frames.frame = frame;
    // SAFETY: the yielding shim says where its frame begins, and all from there to the base is the generator's.
    unsafe { generator.frames.take() };
    generator.frames.base
}

/// Ends the innermost generator, whose code has returned.
extern "C" fn finish(process: &mut Process, word: Word, status: u64) -> Outcome {
    abandon(process, 1);
    if status == 0 { Outcome::value(word::FALSE) } else { Outcome::thrown(word) }
}

/// Ends the innermost generators, whose frames are gone.
pub fn abandon(process: &mut Process, count: usize) {
    for _ in 0..count {
        let generator = process.execution.generators.pop().expect("frames are those of active generators");
        // SAFETY: nothing has been allocated since the generator was active.
        let generator = unsafe { &mut *generator };
        generator.state = State::Finished;
        generator.object = word::NIL;
        generator.frames = Frames::default();
    }
}

/// The shim of the entry point that resumes a generator: its frames are put below this one.
///
/// # Safety
/// To be called by machine code.
#[unsafe(naked)]
#[unsafe(export_name = "inko_rt_generator_resume")]
unsafe extern "C" fn generator_resume() {
    naked_asm!(
        "mov [rdi + {exit_frame}], rbp",
        "mov rax, [rsp]",
        "mov [rdi + {exit_address}], rax",
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "mov rdx, rsp",
        "call {enter}",
        "mov rdx, [rax + {base}]",
        "sub rdx, [rax + {stack}]",
        "jz {first}",
        // The frames, whose top is where the yield goes on.
        "sub rsp, rdx",
        "mov rbp, [rax + {frame}]",
        "mov rsi, [rax + {words}]",
        "mov rdi, rsp",
        "mov rcx, rdx",
        "shr rcx, 3",
        "rep movsq",
        "ret",
        exit_frame = const inko_abi::process::offset::EXIT_FRAME,
        exit_address = const inko_abi::process::offset::EXIT_ADDRESS,
        base = const offset_of!(Generator, frames.base),
        stack = const offset_of!(Generator, frames.stack),
        frame = const offset_of!(Generator, frames.frame),
        words = const offset_of!(Generator, frames.address),
        enter = sym enter,
        first = sym first,
    )
}

/// Calls the code of a new generator, in the frame of the resuming shim.
#[unsafe(naked)]
unsafe extern "C" fn first() {
    naked_asm!(
        "mov rdi, r15",
        "mov rsi, [rax + {code}]",
        "lea rax, [rip + {returned}]",
        "push rax",
        "jmp [rip + {call}]",
        code = const offset_of!(Generator, code),
        returned = sym returned,
        call = sym program::CALL,
    )
}

/// Where the code of every generator returns to.
#[unsafe(naked)]
unsafe extern "C" fn returned() {
    naked_asm!(
        "mov rdi, r15",
        "mov rsi, rax",
        "call {finish}",
        "jmp {resumed}",
        finish = sym finish,
        resumed = sym resumed,
    )
}

/// Leaves the resuming shim with an outcome.
#[unsafe(naked)]
unsafe extern "C" fn resumed() {
    naked_asm!("pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp", "ret")
}

/// The return address of the outermost frame of every active generator.
pub fn return_address() -> u64 {
    returned as *const () as u64
}

/// The shim of the entry point that yields.
///
/// # Safety
/// To be called by machine code.
#[unsafe(naked)]
#[unsafe(export_name = "inko_rt_generator_yield")]
unsafe extern "C" fn generator_yield() {
    naked_asm!(
        "mov [rdi + {exit_frame}], rbp",
        "mov rax, [rsp]",
        "mov [rdi + {exit_address}], rax",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "lea rax, [rip + {go_on}]",
        "push rax",
        "mov rdx, rsp",
        "mov rcx, rbp",
        "call {take}",
        // In the resuming shim's frame.
        "mov rsp, rax",
        "lea rbp, [rsp + 32]",
        "mov eax, {yielded}",
        "xor edx, edx",
        "jmp {resumed}",
        exit_frame = const inko_abi::process::offset::EXIT_FRAME,
        exit_address = const inko_abi::process::offset::EXIT_ADDRESS,
        yielded = const word::TRUE,
        go_on = sym go_on,
        take = sym take,
        resumed = sym resumed,
    )
}

/// Where a yield goes on.
#[unsafe(naked)]
unsafe extern "C" fn go_on() {
    naked_asm!("pop r14", "pop r13", "pop r12", "pop rbx", "ret")
}
