//! The program that the runtime is linked into: its tables and the trampoline into its code.
//!
//! *Invariant:* installed once, before the first process exists, and never changed; everything else reads
//! it without synchronisation.

use inko_abi::table::{Class, Program, StringRef};
use inko_abi::word::Word;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

static PROGRAM: AtomicPtr<Program> = AtomicPtr::new(std::ptr::null_mut());
/// The address of the trampoline, 0 before the installation; see `inko_abi::table::CALL_SYMBOL`.
pub static CALL: AtomicUsize = AtomicUsize::new(0);

/// The compiled trampoline; see `inko_abi::table::CALL_SYMBOL`.
pub type CallFunction = unsafe extern "C" fn(process: *mut u8, closure: Word);

/// Installs the program's tables and trampoline.
pub fn install(program: &'static Program, call: CallFunction) {
    PROGRAM.store((program as *const Program).cast_mut(), Ordering::Release);
    CALL.store(call as usize, Ordering::Release);
}

/// The program.
///
/// One must have been installed.
pub fn program() -> &'static Program {
    let program = PROGRAM.load(Ordering::Relaxed);
    debug_assert!(!program.is_null(), "no program is installed");
    // SAFETY: `install` stored a `&'static` before the first process existed.
    unsafe { &*program }
}

/// The row of a class.
pub fn class(number: u32) -> &'static Class {
    let program = program();
    debug_assert!(u64::from(number) < program.class_count, "class {number} doesn't exist");
    // SAFETY: the table has `class_count` rows, and the compiler numbers classes from 0.
    unsafe { &*program.classes.add(number as usize) }
}

/// A string of the program's tables.
pub fn string(index: u32) -> &'static str {
    let program = program();
    // SAFETY: the compiler only writes indexes and ranges that exist, and text that is UTF-8.
    unsafe {
        let StringRef { offset, length } = *program.strings.add(index as usize);
        let bytes = std::slice::from_raw_parts(program.text.add(offset as usize), length as usize);
        std::str::from_utf8_unchecked(bytes)
    }
}
