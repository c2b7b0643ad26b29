//! Types as people write them, for messages.

use crate::types::{BlockKind, Type, TypeId};
use crate::world::World;
use std::fmt::Write;

/// Types nested deeper than this are printed as `...`.
const DEPTH: u32 = 8;

impl World<'_> {
    /// The text of a type: `Array!(Integer)`, `?String`, `T: Equal`, `do (Integer) -> Boolean`, ...
    pub(crate) fn show(&self, ty: TypeId) -> String {
        let mut text = String::new();
        self.print(&mut text, ty, 0);
        text
    }

    fn print(&self, out: &mut String, ty: TypeId, depth: u32) {
        if depth > DEPTH {
            out.push_str("...");
            return;
        }
        match self.program.types.get(self.settled(ty)) {
            Type::Class(class, args) if *class == self.core.option && args.len() == 1 => {
                out.push('?');
                self.print(out, args[0], depth + 1);
            }
            Type::Class(class, _) if *class == self.core.nil_class => out.push_str("Nil"),
            Type::Class(class, args) => {
                out.push_str(&self.program.classes[*class].name);
                self.print_args(out, args, depth);
            }
            Type::ClassObject(class) => {
                out.push_str("class ");
                out.push_str(&self.program.classes[*class].name);
            }
            Type::Trait(id, args) => {
                out.push_str(&self.program.traits[*id].name);
                self.print_args(out, args, depth);
            }
            Type::Param(param) | Type::Rigid(param) => {
                let bounds = &self.program.params[*param].bounds;
                let extra = self.extra_bounds.iter().filter(|(one, _)| one == param).map(|(_, ty)| ty);
                let bounds: Vec<TypeId> = bounds.iter().chain(extra).copied().collect();
                out.push_str(&self.program.params[*param].name);
                self.print_bounds(out, &bounds, depth);
            }
            Type::Block(block) => {
                out.push_str(if block.kind == BlockKind::Closure { "do" } else { "fn" });
                if !block.params.is_empty() {
                    out.push_str(" (");
                    for (index, &param) in block.params.iter().enumerate() {
                        let rest = block.rest && index + 1 == block.params.len();
                        let _ = write!(
                            out,
                            "{}{}",
                            if index == 0 { "" } else { ", " },
                            if rest { "*" } else { "" }
                        );
                        self.print(out, param, depth + 1);
                    }
                    out.push(')');
                }
                if let Some(throws) = block.throws {
                    out.push_str(" !! ");
                    self.print(out, throws, depth + 1);
                }
                if !block.ignore_return {
                    out.push_str(" -> ");
                    self.print(out, block.returns, depth + 1);
                }
            }
            Type::Module(module) => out.push_str(&self.program.modules[*module].name),
            Type::Any => out.push_str("Any"),
            Type::Never => out.push_str("Never"),
            Type::SelfType => out.push_str("Self"),
            Type::Error => out.push_str("<unknown>"),
            Type::Hole(hole) => match self.hole_bounds(*hole) {
                (bounds, Some(param)) => {
                    out.push_str(&self.program.params[param].name);
                    self.print_bounds(out, &bounds, depth);
                }
                (_, None) => out.push('_'),
            },
        }
    }

    /// The bounds of a parameter; only outermost, as bounds may mention the parameter itself.
    fn print_bounds(&self, out: &mut String, bounds: &[TypeId], depth: u32) {
        if depth > 0 {
            return;
        }
        for (index, &bound) in bounds.iter().enumerate() {
            out.push_str(if index == 0 { ": " } else { " + " });
            self.print(out, bound, depth + 1);
        }
    }

    fn print_args(&self, out: &mut String, args: &[TypeId], depth: u32) {
        if args.is_empty() {
            return;
        }
        out.push_str("!(");
        for (index, &arg) in args.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.print(out, arg, depth + 1);
        }
        out.push(')');
    }
}
