//! Text for people: Cranelift's representation and machine code, with the source beside it.

use cranelift_codegen::CompiledCode;
use cranelift_codegen::ir::Function;
use cranelift_entity::EntityRef;
use inko_ir::ir::{PositionId, Positions};
use std::fmt::Write;

/// The texts that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) clif: String,
    pub(crate) asm: String,
}

impl Listing {
    /// Lists Cranelift's representation before its optimizations, with a comment where the line changes.
    pub(crate) fn clif(&mut self, symbol: &str, function: &Function, positions: &Positions) {
        let mut last = None;
        let _ = writeln!(self.clif, ";; {symbol}");
        for line in function.display().to_string().lines() {
            if let Some(position) = position(line)
                && last != Some(position)
                && position.index() < positions.count()
            {
                last = Some(position);
                let _ = writeln!(self.clif, "{}", describe(position, positions));
            }
            let _ = writeln!(self.clif, "{line}");
        }
        self.clif.push('\n');
    }

    /// Lists the machine code.
    pub(crate) fn asm(&mut self, symbol: &str, compiled: &CompiledCode) {
        let text = compiled.vcode.as_deref().unwrap_or_default();
        let _ = writeln!(self.asm, ";; {symbol}\n{text}");
    }
}

/// The source location that a line starts with, as Cranelift writes it.
fn position(line: &str) -> Option<PositionId> {
    let location = line.trim_start().strip_prefix('@')?;
    let digits = location.split_whitespace().next()?;
    usize::from_str_radix(digits, 16).ok().map(PositionId::new)
}

/// `; file:line in function`, with the calls that the code was inlined at.
fn describe(position: PositionId, positions: &Positions) -> String {
    let mut text = String::from("    ;");
    let mut at = Some(position);
    while let Some(id) = at {
        let position = positions.get(id);
        let _ = write!(text, " {}:{} in {}", position.file, position.line, position.function);
        at = position.caller;
        if at.is_some() {
            text.push_str(", inlined at");
        }
    }
    text
}
