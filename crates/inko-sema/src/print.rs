//! Types as people write them, for messages.

use crate::types::{BlockKind, ModuleId, Type, TypeId};
use crate::world::World;
use std::fmt::Write;

/// Types nested deeper than this are printed as `...`.
const DEPTH: u32 = 8;

impl World<'_> {
    /// The text of a type: `Array!(Integer)`, `?String`, `T: Equal`, `do (Integer) -> Boolean`, ...
    pub(crate) fn show(&self, ty: TypeId) -> String {
        let mut text = String::new();
        Printer { world: self, qualified: false }.print(&mut text, ty, 0);
        text
    }

    /// The texts of two types, with the names of their modules if they would look the same.
    pub(crate) fn show_both(&self, left: TypeId, right: TypeId) -> (String, String) {
        let both = (self.show(left), self.show(right));
        if both.0 != both.1 {
            return both;
        }
        let show = |ty| {
            let mut text = String::new();
            Printer { world: self, qualified: true }.print(&mut text, ty, 0);
            text
        };
        (show(left), show(right))
    }
}

/// Writes types.
struct Printer<'w, 'a> {
    world: &'w World<'a>,
    /// Whether classes and traits are written with their modules.
    qualified: bool,
}

impl Printer<'_, '_> {
    /// The name of a class or trait.
    fn name(&self, out: &mut String, module: ModuleId, name: &str) {
        if self.qualified {
            out.push_str(&self.world.program.modules[module].name);
            out.push_str("::");
        }
        out.push_str(name);
    }

    fn print(&self, out: &mut String, ty: TypeId, depth: u32) {
        if depth > DEPTH {
            out.push_str("...");
            return;
        }
        match self.world.program.types.get(self.world.settled(ty)) {
            Type::Class(class, args) if *class == self.world.core.option && args.len() == 1 => {
                out.push('?');
                self.print(out, args[0], depth + 1);
            }
            Type::Class(class, _) if *class == self.world.core.nil_class => out.push_str("Nil"),
            Type::Class(class, args) => {
                let class = &self.world.program.classes[*class];
                self.name(out, class.module, &class.name);
                self.print_args(out, args, depth);
            }
            Type::ClassObject(class) => {
                out.push_str("class ");
                let class = &self.world.program.classes[*class];
                self.name(out, class.module, &class.name);
            }
            Type::Trait(id, args) => {
                let written = &self.world.program.traits[*id];
                self.name(out, written.module, &written.name);
                self.print_args(out, args, depth);
            }
            Type::Param(param) | Type::Rigid(param) => {
                let bounds = &self.world.program.params[*param].bounds;
                let extra = self.world.extra_bounds.iter().filter(|(one, _)| one == param).map(|(_, ty)| ty);
                let bounds: Vec<TypeId> = bounds.iter().chain(extra).copied().collect();
                out.push_str(&self.world.program.params[*param].name);
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
            Type::Module(module) => out.push_str(&self.world.program.modules[*module].name),
            Type::Any => out.push_str("Any"),
            Type::Never => out.push_str("Never"),
            Type::SelfType => out.push_str("Self"),
            Type::Error => {
                self.world.printed_error.set(true);
                out.push_str("<unknown>");
            }
            Type::Hole(hole) => match self.world.hole_bounds(*hole) {
                (bounds, Some(param)) => {
                    out.push_str(&self.world.program.params[param].name);
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
