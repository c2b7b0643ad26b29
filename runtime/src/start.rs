//! The start of a program: C's `main`.

use crate::{config, panic, primitives, program, scheduler};
use inko_abi::table::{ABI_VERSION, Program};
use inko_abi::word::Word;

unsafe extern "C" {
    static inko_program: Program;
    fn inko_call_closure(process: *mut u8, closure: Word);
}

/// Runs the program; ends with its exit status.
#[unsafe(no_mangle)]
extern "C" fn main(_: i32, _: *const *const u8) -> i32 {
    panic::install_hook();
    let threads = config::load();
    primitives::start_clock();
    // SAFETY: the compiler has written this table, and nobody changes it.
    let tables = unsafe { &inko_program };
    if tables.version != ABI_VERSION {
        eprintln!("error: the program was compiled for another version of the runtime; compile it again");
        return 1;
    }
    program::install(tables, inko_call_closure);
    scheduler::run(threads, tables.main)
}
