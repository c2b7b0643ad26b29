//! The text of types in the messages of failed checks, and the symbols of functions.
//!
//! Types read as in the checker's diagnostics: `Array!(Integer)`, `?String`, `do (Integer) -> String`.

use super::layout::{self, Shape};
use inko_sema::tree::{MethodId, Owner, Program};
use inko_sema::types::{BlockKind, ClassId, Type, TypeId};
use inko_syntax::Name;
use std::fmt::Write;

/// Types nested deeper than this are cut short.
const DEPTH: u32 = 8;

/// The text of a type, where `Self` is `self_class`.
pub(crate) fn type_name(program: &Program, ty: TypeId, self_class: Option<ClassId>) -> Name {
    let mut printer = Printer { program, self_class, out: String::new() };
    printer.ty(ty, 0);
    printer.out.into()
}

/// The symbol of a method compiled for `class`, such as `std::option::Option.map`.
pub(crate) fn method_symbol(program: &Program, id: MethodId, class: Option<ClassId>) -> String {
    let method = &program.methods[id];
    let qualified = |class: ClassId| {
        let class = &program.classes[class];
        format!("{}::{}", program.modules[class.module].name, class.name)
    };
    match (method.owner, class) {
        (Owner::Module(module), _) => format!("{}.{}", program.modules[module].name, method.name),
        (Owner::Class(owner), _) if method.is_static => {
            format!("{}.static {}", qualified(owner), method.name)
        }
        (Owner::Class(owner), _) => format!("{}.{}", qualified(owner), method.name),
        (Owner::Trait(owner), class) => {
            let owner = &program.traits[owner];
            let symbol = format!("{}::{}.{}", program.modules[owner.module].name, owner.name, method.name);
            match class {
                Some(class) => format!("{symbol} for {}", qualified(class)),
                None => symbol,
            }
        }
    }
}

struct Printer<'p> {
    program: &'p Program,
    self_class: Option<ClassId>,
    out: String,
}

impl Printer<'_> {
    fn ty(&mut self, ty: TypeId, depth: u32) {
        if depth > DEPTH {
            self.out.push_str("...");
            return;
        }
        let program = self.program;
        match program.types.get(ty) {
            Type::Class(id, args) if program.option == Some(*id) && args.len() == 1 => {
                self.out.push('?');
                self.ty(args[0], depth + 1);
            }
            Type::Class(id, args) => {
                self.class(*id);
                self.args(args, depth);
            }
            Type::ClassObject(id) => {
                self.out.push_str("class ");
                self.class(*id);
            }
            Type::Trait(id, args) => {
                self.out.push_str(&program.traits[*id].name);
                self.args(args, depth);
            }
            Type::Param(id) | Type::Rigid(id) => self.out.push_str(&program.params[*id].name),
            Type::Block(block) => {
                self.out.push_str(if block.kind == BlockKind::Closure { "do" } else { "fn" });
                if !block.params.is_empty() {
                    self.out.push(' ');
                    self.list(&block.params, depth);
                }
                if let Some(throws) = block.throws {
                    self.out.push_str(" !! ");
                    self.ty(throws, depth + 1);
                }
                if !block.ignore_return {
                    self.out.push_str(" -> ");
                    self.ty(block.returns, depth + 1);
                }
            }
            Type::Module(id) => self.out.push_str(&program.modules[*id].name),
            Type::SelfType => match self.self_class {
                Some(id) => self.class(id),
                None => self.out.push_str("Self"),
            },
            Type::Any => self.out.push_str("Any"),
            Type::Never => self.out.push_str("Never"),
            Type::Error | Type::Hole(_) => self.out.push('_'),
        }
    }

    fn class(&mut self, id: ClassId) {
        let class = &self.program.classes[id];
        let is_nil = class.built_in == Some(inko_abi::class::NIL);
        self.out.push_str(if is_nil { "Nil" } else { &class.name });
    }

    fn args(&mut self, args: &[TypeId], depth: u32) {
        if !args.is_empty() {
            self.out.push('!');
            self.list(args, depth);
        }
    }

    fn list(&mut self, types: &[TypeId], depth: u32) {
        for (index, &ty) in types.iter().enumerate() {
            let _ = self.out.write_str(if index == 0 { "(" } else { ", " });
            self.ty(ty, depth + 1);
        }
        self.out.push(')');
    }
}

/// The text of what a check demands, where no type at hand says more.
pub(crate) fn shape_name(program: &Program, shape: Shape) -> Name {
    let number = match shape {
        Shape::Erased | Shape::Never => return Name::new_static("Any"),
        Shape::Integer => return Name::new_static("Integer"),
        Shape::Float => return Name::new_static("Float"),
        Shape::Boolean => return Name::new_static("Boolean"),
        Shape::NIL => return Name::new_static("Nil"),
        Shape::Block { .. } => return Name::new_static("Block"),
        Shape::Class(number) => number,
    };
    let class = program.classes.iter().find(|(id, _)| layout::number(program, *id) == number);
    class.map_or_else(Name::default, |(_, class)| class.name.clone())
}
