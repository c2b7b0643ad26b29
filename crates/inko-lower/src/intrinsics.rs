//! Intrinsics: the operations that std's sources ask of the compiler.

use super::emit::Val;
use super::frame::Cx;
use super::layout::Shape;
use inko_abi::class;
use inko_abi::entry::Entry;
use inko_ir::ir::*;
use inko_sema::intrinsic::{Intrinsic, Kind};
use inko_sema::tree::{self, Expr};

impl<'p> Cx<'_, 'p> {
    /// An intrinsic.
    pub(crate) fn intrinsic(&mut self, intrinsic: Intrinsic, expr: &'p Expr, call: &'p tree::Call) -> Val {
        match intrinsic {
            Intrinsic::If => return self.if_expr(expr, call),
            Intrinsic::DeferToCaller => {
                let block = self.operand(&call.args[0].1, Shape::Block { arity: 0, lambda: false }, Ty::Word);
                self.defer(block);
                return self.emit().nil();
            }
            _ => {}
        }
        let shapes = intrinsic.params().iter().map(|&kind| kind_shape(kind));
        let operands: Vec<Val> =
            call.args.iter().zip(shapes).map(|((_, arg), shape)| self.expr_to(arg, shape)).collect();
        let result = kind_shape(intrinsic.result());
        if let Some(op) = arithmetic(intrinsic, &operands) {
            return self.emit().typed(op, result);
        }
        let word = |cx: &mut Self, index: usize| cx.emit().boxed(operands[index]);
        match intrinsic {
            Intrinsic::ObjectEquals => {
                let (a, b) = (word(self, 0), word(self, 1));
                self.emit().typed(Op::Same(a, b), result)
            }
            Intrinsic::IsUndefined => {
                let value = word(self, 0);
                self.emit().typed(Op::IsUndefined(value), result)
            }
            Intrinsic::StringSize => self.small(Op::StringSize(operands[0].value)),
            Intrinsic::ArrayLength | Intrinsic::BytesLength => self.small(Op::ArrayLength(operands[0].value)),
            Intrinsic::ArrayAt => {
                self.emit().typed(Op::ArrayGet(operands[0].value, operands[1].value), result)
            }
            Intrinsic::ArraySet => {
                let value = word(self, 2);
                self.emit().effect(Op::ArraySet(operands[0].value, operands[1].value, value));
                operands[2]
            }
            Intrinsic::BytesAt => self.small(Op::BytesGet(operands[0].value, operands[1].value)),
            Intrinsic::BytesSet => {
                let value = word(self, 2);
                self.emit().effect(Op::BytesSet(operands[0].value, operands[1].value, value));
                operands[2]
            }
            Intrinsic::ArrayPush => {
                let value = word(self, 1);
                self.emit().effect(Op::ArrayPush(operands[0].value, value));
                operands[1]
            }
            Intrinsic::GeneratorResume => {
                let generator = word(self, 0);
                let shape = Shape::Class(class::GENERATOR);
                let generator = self.emit().coerce_word(Val::erased(generator), shape, || "Generator".into());
                let entry = Callee::Entry(Entry::generator_resume);
                self.invoke(entry, vec![generator], result, Ty::Word, true)
            }
            Intrinsic::Panic => {
                self.emit().run(Entry::panic, vec![operands[0].value]);
                self.emit().never()
            }
            _ => unreachable!("arithmetic was handled above, control before"),
        }
    }

    fn small(&mut self, op: Op) -> Val {
        Val { value: self.emit().value(op, Ty::Word, Known::Small), shape: Shape::Integer }
    }

    /// The lazy choice.
    fn if_expr(&mut self, expr: &'p Expr, call: &'p tree::Call) -> Val {
        let [(_, condition), (_, then), (_, otherwise)] = call.args.as_slice() else {
            unreachable!("`if` takes three operands")
        };
        let shape = self.shape(expr.ty).or_erased();
        let condition = self.expr_to(condition, Shape::Boolean).value;
        let emit = self.emit();
        let (on_true, on_false) = (emit.new_block(), emit.new_block());
        let (merge, merged) = emit.merge_block(shape);
        emit.branch(condition, Edge::to(on_true), Edge::to(on_false));
        for (block, value) in [(on_true, then), (on_false, otherwise)] {
            self.emit().switch(block);
            let val = self.expr_to(value, shape);
            self.emit().jump(merge, &[val.value]);
        }
        self.emit().switch(merge);
        merged
    }
}

/// The shape of operands and results of a kind.
fn kind_shape(kind: Kind) -> Shape {
    match kind {
        Kind::Any => Shape::Erased,
        Kind::Class(number) => Shape::of_class(number),
        Kind::Block => Shape::Block { arity: 0, lambda: false },
    }
}

/// Operations on integers and floats.
fn arithmetic(intrinsic: Intrinsic, operands: &[Val]) -> Option<Op> {
    let a = operands.first()?.value;
    if intrinsic == Intrinsic::IntegerToFloat {
        return Some(Op::IntegerToFloat(a));
    }
    let b = operands.get(1)?.value;
    let integer = |op| Some(Op::Integer(op, a, b));
    let compare = |op| Some(Op::IntegerCompare(op, a, b));
    let float = |op| Some(Op::Float(op, a, b));
    let compare_floats = |op| Some(Op::FloatCompare(op, a, b));
    match intrinsic {
        Intrinsic::IntegerAdd => integer(IntegerOp::Add),
        Intrinsic::IntegerSub => integer(IntegerOp::Sub),
        Intrinsic::IntegerMul => integer(IntegerOp::Mul),
        Intrinsic::IntegerDiv => integer(IntegerOp::Div),
        Intrinsic::IntegerMod => integer(IntegerOp::Mod),
        Intrinsic::IntegerAnd => integer(IntegerOp::And),
        Intrinsic::IntegerOr => integer(IntegerOp::Or),
        Intrinsic::IntegerXor => integer(IntegerOp::Xor),
        Intrinsic::IntegerShiftLeft => integer(IntegerOp::ShiftLeft),
        Intrinsic::IntegerShiftRight => integer(IntegerOp::ShiftRight),
        Intrinsic::IntegerSmaller => compare(Compare::Less),
        Intrinsic::IntegerGreater => compare(Compare::Greater),
        Intrinsic::IntegerEquals => compare(Compare::Equal),
        Intrinsic::IntegerGreaterOrEqual => compare(Compare::GreaterOrEqual),
        Intrinsic::IntegerSmallerOrEqual => compare(Compare::LessOrEqual),
        Intrinsic::FloatAdd => float(FloatOp::Add),
        Intrinsic::FloatSub => float(FloatOp::Sub),
        Intrinsic::FloatMul => float(FloatOp::Mul),
        Intrinsic::FloatDiv => float(FloatOp::Div),
        Intrinsic::FloatSmaller => compare_floats(Compare::Less),
        Intrinsic::FloatGreater => compare_floats(Compare::Greater),
        Intrinsic::FloatGreaterOrEqual => compare_floats(Compare::GreaterOrEqual),
        Intrinsic::FloatSmallerOrEqual => compare_floats(Compare::LessOrEqual),
        _ => None,
    }
}
