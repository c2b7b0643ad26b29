//! What unit tests need in place of a compiled program: a table of classes, processes that never run, and
//! random numbers.

use crate::handle::Handle;
use crate::process::Process;
use crate::program;
use inko_abi::class::FIRST_USER;
use inko_abi::table::{ABI_VERSION, Class, Layout, Program, StringRef};
use inko_abi::word::{self, Word};
use std::ptr;
use std::sync::OnceLock;

/// A class of two words.
pub const PAIR: u32 = FIRST_USER;
/// A class of a word, a double and a word.
pub const MIXED: u32 = FIRST_USER + 1;

extern "C" fn no_code(_: *mut u8, _: Word) {
    unreachable!("unit tests run no machine code");
}

struct Table(Program);

// SAFETY: nobody changes the table.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

/// Installs the table.
pub fn install() {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let row = |fields, float_fields| Class {
            name: 0,
            layout: if fields == 0 { Layout::BuiltIn } else { Layout::Instance },
            fields,
            reserved: 0,
            float_fields,
        };
        let mut classes = vec![row(0, 0); FIRST_USER as usize];
        classes.push(row(2, 0));
        classes.push(row(3, 0b010));
        let classes: &'static [Class] = classes.leak();
        Table(Program {
            version: ABI_VERSION,
            main: word::NIL,
            classes: classes.as_ptr(),
            class_count: classes.len() as u64,
            functions: ptr::dangling(),
            function_count: 0,
            sites: ptr::dangling(),
            slots: ptr::dangling(),
            positions: ptr::dangling(),
            strings: Box::leak(Box::new(StringRef { offset: 0, length: 4 })),
            text: b"Test".as_ptr(),
            constants: ptr::dangling_mut(),
            constant_count: 0,
            arguments: ptr::dangling(),
            reflection: ptr::null(),
        })
    });
    program::install(&table.0, no_code);
}

/// A process that never runs.
pub fn process() -> Box<Process> {
    install();
    Process::new(Handle::new(), word::NIL, false)
}

/// Marsaglia's xorshift64*: random enough, and the same each time.
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }
}
