//! The typed tree as text, for `--emit tree`: one node a line with its type, what it consists of below it.

use inko_sema::tree::{Body, Try, TryHandler};
use inko_sema::tree::{
    BodyOwner, Closure, Expr, ExprKind, LocalId, Match, MethodId, Owner, Program, Target, Test,
};
use inko_sema::types::{Type, TypeId};
use std::fmt::Write;

/// The bodies of the main module.
pub fn main_module(program: &Program) -> String {
    let Some(&main) = program.order.last() else { return String::new() };
    let mut text = String::new();
    for body in program.bodies.values().filter(|body| body.module == main) {
        let name = match body.owner {
            BodyOwner::Method(method) => method_name(program, method),
            BodyOwner::Lambda { .. } => "<lambda>".into(),
            BodyOwner::Module => program.modules[main].name.to_string(),
        };
        let _ = writeln!(text, "body of {name}");
        Writer { program, body, text: &mut text, depth: 1 }.expr("", &body.code);
    }
    text
}

fn method_name(program: &Program, method: MethodId) -> String {
    let found = &program.methods[method];
    let owner = match found.owner {
        Owner::Module(id) => &program.modules[id].name,
        Owner::Class(id) => &program.classes[id].name,
        Owner::Trait(id) => &program.traits[id].name,
    };
    format!("{owner}.{}", found.name)
}

struct Writer<'a> {
    program: &'a Program,
    body: &'a Body,
    text: &'a mut String,
    depth: usize,
}

impl Writer<'_> {
    fn line(&mut self, role: &str, what: &str, ty: Option<TypeId>) {
        let ty = ty.map(|ty| format!(": {}", self.ty(ty))).unwrap_or_default();
        let _ = writeln!(self.text, "{:indent$}{role}{what}{ty}", "", indent = self.depth * 2);
    }

    fn below(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// A node; `role` says what it is to the one above.
    fn expr(&mut self, role: &str, expr: &Expr) {
        let mut parts: Vec<(String, &Expr)> = Vec::new();
        let mut part = |role: &str, expr| parts.push((role.to_owned(), expr));
        let what = match &expr.kind {
            ExprKind::Nil => "Nil".into(),
            ExprKind::Boolean(value) => if *value { "True" } else { "False" }.into(),
            ExprKind::Integer(digits) => format!("integer {digits}"),
            ExprKind::Float(value) => format!("float {value:?}"),
            ExprKind::String(value) => format!("string {value:?}"),
            ExprKind::SelfRef => "self".into(),
            ExprKind::Local(local) => format!("local {}", self.local(*local)),
            ExprKind::SetLocal { local, value, define } => {
                part("", value);
                format!("{} {}", if *define { "let" } else { "set" }, self.local(*local))
            }
            ExprKind::Attribute(index) => format!("attribute {index}"),
            ExprKind::SetAttribute(index, value) => {
                part("", value);
                format!("set attribute {index}")
            }
            ExprKind::Constant(id) => format!("constant {}", self.program.constants[*id].name),
            ExprKind::DefineConstant(id, value) => {
                part("", value);
                format!("let constant {}", self.program.constants[*id].name)
            }
            ExprKind::Module(id) => format!("module {}", self.program.modules[*id].name),
            ExprKind::ClassObject(id) => format!("class {}", self.program.classes[*id].name),
            ExprKind::TraitObject(id) => format!("trait {}", self.program.traits[*id].name),
            ExprKind::Construct(class, values) => {
                values.iter().for_each(|(index, value)| part(&format!("attribute {index}: "), value));
                format!("new {}", self.program.classes[*class].name)
            }
            ExprKind::Call(call) => {
                call.receiver.iter().for_each(|receiver| part("receiver: ", receiver));
                call.args.iter().for_each(|(index, value)| part(&format!("argument {index}: "), value));
                match call.target {
                    Target::Method { method, .. } => format!("call {}", method_name(self.program, method)),
                    Target::Dynamic(method) => format!("call dynamic {}", method_name(self.program, method)),
                    Target::Block => "call block".into(),
                    Target::Intrinsic(intrinsic) => format!("intrinsic {intrinsic:?}"),
                }
            }
            ExprKind::Closure(closure) => return self.closure(role, closure, expr.ty),
            ExprKind::Lambda(_) => "lambda".into(),
            ExprKind::Cast(value) => {
                part("", value);
                "cast".into()
            }
            ExprKind::Concat(values) | ExprKind::Sequence(values) => {
                values.iter().for_each(|value| part("", value));
                if matches!(expr.kind, ExprKind::Concat(_)) { "concatenate" } else { "sequence" }.into()
            }
            ExprKind::Return(value) => {
                value.iter().for_each(|value| part("", value));
                "return".into()
            }
            ExprKind::Yield(value) => {
                part("", value);
                "yield".into()
            }
            ExprKind::Throw { value, .. } => {
                part("", value);
                "throw".into()
            }
            ExprKind::Try(node) => return self.attempt(role, node, expr.ty),
            ExprKind::Match(node) => return self.choice(role, node, expr.ty),
            ExprKind::Error => "error".into(),
        };
        self.line(role, &what, Some(expr.ty));
        self.below(|this| parts.iter().for_each(|(role, part)| this.expr(role, part)));
    }

    fn closure(&mut self, role: &str, closure: &Closure, ty: TypeId) {
        let params: Vec<String> = closure.params.iter().map(|param| self.local(param.local)).collect();
        self.line(role, &format!("closure({})", params.join(", ")), Some(ty));
        self.below(|this| this.expr("", &closure.code));
    }

    fn attempt(&mut self, role: &str, node: &Try, ty: TypeId) {
        self.line(role, "try", Some(ty));
        self.below(|this| {
            this.expr("", &node.operand);
            match &node.handler {
                TryHandler::Rethrow { .. } => {}
                TryHandler::Else { value, .. } => this.expr("else: ", value),
                TryHandler::Panic { message, .. } => this.expr("panic: ", message),
            }
        });
    }

    fn choice(&mut self, role: &str, node: &Match, ty: TypeId) {
        self.line(role, "match", Some(ty));
        self.below(|this| {
            node.input.iter().for_each(|(_, input)| this.expr("input: ", input));
            for arm in &node.arms {
                this.line("", "arm", None);
                this.below(|this| {
                    for test in &arm.tests {
                        match test {
                            Test::Condition(condition) => this.expr("if: ", condition),
                            Test::Class(id) => {
                                this.line("if: ", &this.program.classes[*id].name.clone(), None)
                            }
                            Test::Trait(id) => {
                                this.line("if: ", &this.program.traits[*id].name.clone(), None)
                            }
                        }
                    }
                    arm.guard.iter().for_each(|guard| this.expr("when: ", guard));
                    this.expr("", &arm.body);
                });
            }
            node.otherwise.iter().for_each(|value| this.expr("else: ", value));
        });
    }

    fn local(&self, local: LocalId) -> String {
        self.body.locals[local].name.to_string()
    }

    fn ty(&self, ty: TypeId) -> String {
        let list = |types: &[TypeId]| types.iter().map(|&ty| self.ty(ty)).collect::<Vec<_>>().join(", ");
        let generic = |name: &str, arguments: &[TypeId]| match arguments {
            [] => name.to_owned(),
            _ => format!("{name}!({})", list(arguments)),
        };
        match self.program.types.get(ty) {
            Type::Class(id, arguments) => generic(&self.program.classes[*id].name, arguments),
            Type::Trait(id, arguments) => generic(&self.program.traits[*id].name, arguments),
            Type::ClassObject(id) => format!("class {}", self.program.classes[*id].name),
            Type::Param(id) | Type::Rigid(id) => self.program.params[*id].name.to_string(),
            Type::Module(id) => format!("module {}", self.program.modules[*id].name),
            Type::Block(block) => format!("do ({}) -> {}", list(&block.params), self.ty(block.returns)),
            other => format!("{other:?}"),
        }
    }
}
