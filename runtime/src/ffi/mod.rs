//! What objects of `std::ffi` own: loaded libraries, functions in them, and pointers.
//!
//! *Guarantees:* a library stays loaded as long as an open library object, a function or a pointer to one of its symbols
//! lives. Copies in messages and constants are equal to their originals: each has a count of its own.
//!
//! *Invariant:* only `primitives/ffi.rs` calls C or touches C's memory, and only because the program says so.

pub mod call;
pub mod kind;
pub mod recent;

use crate::object::Object;
use crate::process::Process;
use inko_abi::class;
use inko_abi::object::{FLAG_EXTERNAL, HANDLE_POINTER, POINTER_ADDRESS, POINTER_KEEPER, header};
use inko_abi::word::Word;
use kind::Kind;
use libloading::os::unix;
use parking_lot::Mutex;
use std::error::Error;
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a library counts as for the collector, in bytes: far more than its object takes.
const WEIGHT: usize = 4096;
/// The same for functions.
const FUNCTION_WEIGHT: usize = 64;

/// What must not go away while there is a pointer into it.
#[derive(Debug)]
pub enum Keeper {
    /// A library that is loaded.
    Library(unix::Library),
    /// The bytes of a string that a function took and returned a pointer into, with a NUL.
    Text(Vec<u8>),
}

impl Keeper {
    /// What it counts as, in bytes.
    fn size(&self) -> usize {
        match self {
            Keeper::Library(_) => FUNCTION_WEIGHT,
            Keeper::Text(bytes) => bytes.capacity(),
        }
    }
}

/// A library object; `None` when it is closed.
#[derive(Debug)]
pub struct Library(Mutex<Option<Arc<Keeper>>>);

impl Library {
    /// Closes it, if it is open.
    pub fn close(&self) {
        // The lock isn't held while the library's own code for this may run.
        let closed = self.0.lock().take();
        drop(closed);
    }

    /// The address of a symbol, and what keeps it; else why there is none.
    pub fn symbol(&self, name: &str) -> Result<(u64, Arc<Keeper>), String> {
        let keeper = self.0.lock().clone().ok_or("The library has been closed")?;
        let Keeper::Library(library) = &*keeper else { unreachable!("libraries keep themselves") };
        // SAFETY: the symbol isn't used here; its address is all that is taken.
        match unsafe { library.get::<*mut c_void>(name) } {
            Ok(symbol) => Ok((symbol.into_raw() as u64, keeper)),
            Err(error) => Err(reason(&error)),
        }
    }
}

/// Loads a library; else says why it can't be.
pub fn load(name: &str) -> Result<Library, String> {
    USED.store(true, Ordering::Relaxed);
    // SAFETY: code in the library runs now, which is what the program asks for.
    match unsafe { unix::Library::new(name) } {
        Ok(library) => Ok(Library(Mutex::new(Some(Arc::new(Keeper::Library(library)))))),
        Err(error) => Err(reason(&error)),
    }
}

/// Whether a library was ever loaded.
static USED: AtomicBool = AtomicBool::new(false);

/// Writes what C has buffered for standard output, at the end of the program. Other streams are left alone: one that some
/// thread waits for is locked.
pub fn flush_at_exit() {
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }

    if USED.load(Ordering::Relaxed) {
        // SAFETY: it is a stream of the C library, which locks it.
        unsafe { libc::fflush(stdout) };
    }
}

/// What the system says, if it says something.
fn reason(error: &libloading::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// A function of C.
#[derive(Debug)]
pub struct Function {
    /// Where its code is.
    pub address: u64,
    /// The types of its arguments.
    pub arguments: Vec<Kind>,
    /// The type of its result.
    pub returns: Kind,
    /// Keeps the code loaded.
    #[expect(dead_code, reason = "it does so by being there")]
    pub keeper: Option<Arc<Keeper>>,
}

/// Whether the objects of a class are those of this module that may own something.
pub fn is_class(number: u32) -> bool {
    matches!(number, class::LIBRARY | class::FUNCTION | class::POINTER)
}

/// The library of an object; the borrow must end before the object can die.
pub fn library<'a>(value: Word) -> &'a Library {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::LIBRARY);
    // SAFETY: the object owns the library.
    unsafe { &*(object.raw(HANDLE_POINTER) as *const Library) }
}

/// The function of an object.
pub fn function(value: Word) -> Arc<Function> {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::FUNCTION);
    let pointer = object.raw(HANDLE_POINTER) as *const Function;
    // SAFETY: the pointer came from `into_raw`, and the object owns a count.
    unsafe {
        Arc::increment_strong_count(pointer);
        Arc::from_raw(pointer)
    }
}

/// The address that a pointer object has.
pub fn address(value: Word) -> u64 {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::POINTER);
    object.raw(POINTER_ADDRESS)
}

/// What a pointer object keeps.
pub fn keeper(value: Word) -> Option<Arc<Keeper>> {
    let object = Object::of(value);
    debug_assert_eq!(object.class(), class::POINTER);
    let pointer = object.has(FLAG_EXTERNAL).then(|| object.raw(POINTER_KEEPER) as *const Keeper)?;
    // SAFETY: the pointer came from `into_raw`, and the object owns a count.
    unsafe {
        Arc::increment_strong_count(pointer);
        Some(Arc::from_raw(pointer))
    }
}

/// Gives the copy of an object a count of its own, or the copy of a library object a library object.
pub fn duplicated(copy: Object) {
    let handle = copy.raw(HANDLE_POINTER);
    // SAFETY: the pointers are those of the original, which owns what they point to.
    unsafe {
        match copy.class() {
            class::LIBRARY => {
                let duplicate = Library(Mutex::new((*(handle as *const Library)).0.lock().clone()));
                copy.set_raw(HANDLE_POINTER, Box::into_raw(Box::new(duplicate)) as u64);
            }
            class::FUNCTION => Arc::increment_strong_count(handle as *const Function),
            _ => Arc::increment_strong_count(copy.raw(POINTER_KEEPER) as *const Keeper),
        }
    }
}

/// Releases what a dead object owned.
pub fn release(object: Object) {
    let handle = object.raw(HANDLE_POINTER);
    // SAFETY: the pointers came from `into_raw`, and the object gives them up.
    unsafe {
        match object.class() {
            class::LIBRARY => drop(Box::from_raw(handle as *mut Library)),
            class::FUNCTION => drop(Arc::from_raw(handle as *const Function)),
            _ => drop(Arc::from_raw(object.raw(POINTER_KEEPER) as *const Keeper)),
        }
    }
}

/// What an object counts as, in bytes.
pub fn weight(object: Object) -> usize {
    match object.class() {
        class::LIBRARY => WEIGHT,
        class::FUNCTION => FUNCTION_WEIGHT,
        // SAFETY: the object owns a count.
        _ => unsafe { &*(object.raw(POINTER_KEEPER) as *const Keeper) }.size(),
    }
}

impl Process {
    /// Makes a library object.
    pub(crate) fn library(&mut self, library: Library) -> Word {
        self.owner(class::LIBRARY, Box::into_raw(Box::new(library)) as u64)
    }

    /// Makes a function object.
    pub(crate) fn function(&mut self, function: Function) -> Word {
        self.owner(class::FUNCTION, Arc::into_raw(Arc::new(function)) as u64)
    }

    fn owner(&mut self, number: u32, handle: u64) -> Word {
        let object = self.object(16, header(number, FLAG_EXTERNAL));
        object.set_raw(HANDLE_POINTER, handle);
        self.heap.add_external(&mut self.head, object);
        object.word()
    }

    /// Makes a pointer object.
    pub(crate) fn pointer(&mut self, address: u64, keeper: Option<Arc<Keeper>>) -> Word {
        let Some(keeper) = keeper else {
            let object = self.object(16, header(class::POINTER, 0));
            object.set_raw(POINTER_ADDRESS, address);
            return object.word();
        };
        let object = self.object(24, header(class::POINTER, FLAG_EXTERNAL));
        object.set_raw(POINTER_ADDRESS, address);
        object.set_raw(POINTER_KEEPER, Arc::into_raw(keeper) as u64);
        self.heap.add_external(&mut self.head, object);
        object.word()
    }
}
