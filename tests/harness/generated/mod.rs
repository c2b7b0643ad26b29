//! Random programs that have no errors, end, and print what they compute.
//!
//! A program is written from tapes of bytes (see [`tape`]), one for each trait, class, method and statement.
//! proptest makes a failing program smaller by removing tapes and bytes.

mod expressions;
mod items;
mod literals;
mod operations;
mod statements;
mod tape;
mod types;
mod writer;

use proptest::prelude::*;
use std::fmt;
use std::ops::Range;
use writer::{Frame, Items, Writer};

/// How often code in the module's body may run.
const MAIN: u32 = 300;

/// What each program begins with.
const PRELUDE: &str = include_str!("prelude.inko");

/// The tapes of a program.
#[derive(Clone)]
pub struct Program {
    traits: Vec<Vec<u8>>,
    classes: Vec<Vec<u8>>,
    functions: Vec<Vec<u8>>,
    statements: Vec<Vec<u8>>,
}

/// All programs.
pub fn programs() -> impl Strategy<Value = Program> {
    let tapes = |length: Range<usize>, amount: Range<usize>| {
        prop::collection::vec(prop::collection::vec(any::<u8>(), length), amount)
    };
    (tapes(20..120, 0..3), tapes(40..250, 0..4), tapes(60..500, 0..6), tapes(8..200, 1..14)).prop_map(
        |(traits, classes, functions, statements)| Program { traits, classes, functions, statements },
    )
}

impl Program {
    /// The text of the program.
    pub fn text(&self) -> String {
        let mut items = Items::default();
        let mut parts = vec![PRELUDE.to_string()];
        // Each trait needs a class that implements it.
        let traits = &self.traits[..self.traits.len().min(self.classes.len())];
        let shapes: Vec<_> =
            traits.iter().enumerate().map(|(number, tape)| items::shape(tape, number, &mut items)).collect();
        parts.extend(shapes.iter().map(|shape| shape.text.clone()));
        for (number, tape) in self.classes.iter().enumerate() {
            parts.push(items::class(tape, number, &mut items, &shapes));
        }
        items.traits = shapes.len();
        for (number, tape) in self.functions.iter().enumerate() {
            parts.push(items::function(tape, number, &mut items));
        }
        let mut writer = Writer::new(&[], &items, Frame::outermost(MAIN));
        let mut lines = Vec::new();
        for tape in &self.statements {
            writer.tape = tape::Tape::new(tape);
            items::main_part(&mut writer, &mut lines);
        }
        // In the end all variables are shown.
        writer.say_all(&mut lines, 0);
        parts.push(lines.join("\n") + "\n");
        parts.join("\n")
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n")?;
        f.write_str(&self.text())
    }
}
