//! `match`: tests in order, guards, bodies; every way to a value meets in one block.

use super::emit::{TraitCheck, Val};
use super::frame::Cx;
use super::layout::{self, Shape};
use inko_ir::ir::*;
use inko_sema::tree::{Arm, Expr, Match, Test};

impl<'p> Cx<'_, 'p> {
    /// `match`.
    pub(crate) fn match_expr(&mut self, expr: &'p Expr, tree: &'p Match) -> Val {
        let start = self.frame().scope.len();
        let input = tree.input.as_ref().map(|(local, input)| {
            let ty = self.body.locals[*local].ty;
            let shape = self.shape(ty);
            let val = self.expr_to(input, shape);
            self.define(*local, val);
            val
        });
        let shape = self.shape(expr.ty).or_erased();
        let (merge, merged) = self.emit().merge_block(shape);
        for arm in &tree.arms {
            let next = self.emit().new_block();
            let inner = self.frame().scope.len();
            self.arm(arm, input, next);
            let val = self.expr_to(&arm.body, shape);
            self.keep_from(start);
            self.frame().scope.truncate(inner);
            self.emit().jump(merge, &[val.value]);
            self.emit().switch(next);
        }
        let val = match &tree.otherwise {
            Some(otherwise) => self.expr_to(otherwise, shape),
            None => {
                let nil = self.emit().nil();
                self.coerce(nil, shape, expr.ty)
            }
        };
        self.end_scope(start);
        self.emit().jump(merge, &[val.value]);
        self.emit().switch(merge);
        merged
    }

    /// The tests and the guard of an arm; goes on where its body begins.
    fn arm(&mut self, arm: &'p Arm, input: Option<Val>, next: BlockId) {
        let matched = self.emit().new_block();
        for test in &arm.tests {
            let holds = match test {
                Test::Condition(condition) => self.expr_to(condition, Shape::Boolean).value,
                Test::Class(class) if Some(*class) == self.program.module_class => {
                    let word = self.input_word(input);
                    let check = layout::any_module(self.program);
                    self.emit().value(Op::Test(word, check), Ty::Bool, Known::Nothing)
                }
                Test::Class(class) => {
                    let shape = layout::class_shape(self.program, *class);
                    let word = self.input_word(input);
                    let Some(check) = shape.check() else { unreachable!("classes can be tested for") };
                    self.emit().value(Op::Test(word, check), Ty::Bool, Known::Nothing)
                }
                Test::Trait(id) => {
                    let word = self.input_word(input);
                    let op = Op::Test(word, Check::Classes(Vec::new()));
                    let emit = self.emit();
                    let value = emit.value(op, Ty::Bool, Known::Nothing);
                    emit.trait_checks.push(TraitCheck { value, id: *id, modules: false });
                    value
                }
            };
            let emit = self.emit();
            let another = emit.new_block();
            emit.branch(holds, Edge::to(matched), Edge::to(another));
            emit.switch(another);
        }
        self.emit().jump(next, &[]);
        self.emit().switch(matched);
        if let Some(local) = arm.narrowed {
            self.narrow(local, input);
        }
        if let Some(guard) = &arm.guard {
            let holds = self.expr_to(guard, Shape::Boolean).value;
            let emit = self.emit();
            let body = emit.new_block();
            emit.branch(holds, Edge::to(body), Edge::to(next));
            emit.switch(body);
        }
    }

    /// Binds the variable of a type arm; the test has established its shape.
    fn narrow(&mut self, local: inko_sema::tree::LocalId, input: Option<Val>) {
        let shape = self.shape(self.body.locals[local].ty);
        let word = self.input_word(input);
        let val = match shape {
            Shape::Block { .. } | Shape::Erased | Shape::Never => Val::erased(word),
            _ => {
                // A parameter carries the fact that the input itself does not have.
                let emit = self.emit();
                let block = emit.new_block();
                let value = emit.function.add_param(block, Ty::Word, shape.known());
                emit.jump(block, &[word]);
                emit.switch(block);
                Val { value, shape }
            }
        };
        let val = self.coerce(val, shape, self.body.locals[local].ty);
        self.define(local, val);
    }

    fn input_word(&mut self, input: Option<Val>) -> Value {
        let Some(input) = input else { unreachable!("type patterns need an input") };
        self.emit().boxed(input)
    }
}
