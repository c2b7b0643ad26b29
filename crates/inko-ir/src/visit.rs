//! Walking over the parts of instructions and terminators: operands, edges, types and effects.
//!
//! *Invariant:* this is the only place that lists the operands of every operation. A pass that renames or
//! counts values uses it, so that a new operation cannot be forgotten by one of them.

use crate::ir::*;
use inko_abi::entry::{Effect, Entry, Kind, Returns};

/// What an operation may do besides computing its results.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effects {
    /// Nothing: equal operations have equal results, and one without uses may go.
    Pure,
    /// It makes a new object or reads memory: without uses it may go, but it is not repeated or merged.
    Removable,
    /// It may panic, write, call or suspend.
    Any,
}

/// The operands of an operation, for both walks over them: `$op` is a reference of either kind, `$iter` walks over a list
/// in the same way.
macro_rules! operands {
    ($op:expr, $iter:ident, $one:ident) => {
        match $op {
            Op::Constant(_) | Op::GetLocal(_) | Op::GetGlobal(_) => {}
            Op::NewHome(_) | Op::LandingPad | Op::Poll => {}
            Op::Integer(_, a, b)
            | Op::IntegerCompare(_, a, b)
            | Op::Float(_, a, b)
            | Op::FloatCompare(_, a, b)
            | Op::RawEquals(a, b)
            | Op::Same(a, b)
            | Op::SetCell(a, b)
            | Op::ArrayGet(a, b)
            | Op::BytesGet(a, b)
            | Op::ArrayPush(a, b) => {
                $one(a);
                $one(b);
            }
            Op::IntegerToFloat(a)
            | Op::Not(a)
            | Op::BoxFloat(a)
            | Op::UnboxFloat(a)
            | Op::BoxBool(a)
            | Op::UnboxBool(a)
            | Op::BoolToInteger(a)
            | Op::Verify(a, _, _)
            | Op::Test(a, _)
            | Op::IsUndefined(a)
            | Op::GetField { object: a, .. }
            | Op::NewCell(a)
            | Op::GetCell(a)
            | Op::GetCapture(a, _)
            | Op::SetLocal(_, a)
            | Op::SetGlobal(_, a)
            | Op::StringSize(a)
            | Op::ArrayLength(a)
            | Op::EndHome(a)
            | Op::KeepAlive(a) => $one(a),
            Op::SetField { object, value, .. } => {
                $one(object);
                $one(value);
            }
            Op::ArraySet(a, b, c) | Op::BytesSet(a, b, c) => {
                $one(a);
                $one(b);
                $one(c);
            }
            Op::New(_, values) | Op::Closure(_, values) | Op::NewArray(values) => {
                values.$iter().for_each($one);
            }
            Op::Call(call) => call.args.$iter().for_each($one),
        }
    };
}

impl Op {
    /// Calls `f` with every operand, in order.
    pub fn each_operand(&self, mut f: impl FnMut(Value)) {
        let mut one = |value: &Value| f(*value);
        operands!(self, iter, one)
    }

    /// Replaces every operand by what `f` makes of it.
    pub fn map_operands(&mut self, mut f: impl FnMut(Value) -> Value) {
        let mut one = |value: &mut Value| *value = f(*value);
        operands!(self, iter_mut, one)
    }

    /// What the operation may do. `Div`, `Mod` and shifts count as panicking here; passes that know the
    /// operands may know better.
    pub fn effects(&self) -> Effects {
        match self {
            Op::Integer(op, ..) => match op {
                IntegerOp::Div | IntegerOp::Mod | IntegerOp::ShiftLeft | IntegerOp::ShiftRight => {
                    Effects::Any
                }
                _ => Effects::Pure,
            },
            Op::Constant(_)
            | Op::IntegerCompare(..)
            | Op::IntegerToFloat(_)
            | Op::Float(..)
            | Op::FloatCompare(..)
            | Op::RawEquals(..)
            | Op::Not(_)
            | Op::BoxFloat(_)
            | Op::UnboxFloat(_)
            | Op::BoxBool(_)
            | Op::UnboxBool(_)
            | Op::BoolToInteger(_)
            | Op::Test(..)
            | Op::Same(..)
            | Op::IsUndefined(_)
            | Op::GetCapture(..)
            | Op::StringSize(_) => Effects::Pure,
            Op::New(..)
            | Op::GetField { .. }
            | Op::NewCell(_)
            | Op::GetCell(_)
            | Op::Closure(..)
            | Op::GetLocal(_)
            | Op::NewArray(_)
            | Op::ArrayLength(_)
            | Op::NewHome(_) => Effects::Removable,
            Op::Verify(..)
            | Op::SetField { .. }
            | Op::SetCell(..)
            | Op::SetLocal(..)
            | Op::GetGlobal(_)
            | Op::SetGlobal(..)
            | Op::ArrayGet(..)
            | Op::ArraySet(..)
            | Op::ArrayPush(..)
            | Op::BytesGet(..)
            | Op::BytesSet(..)
            | Op::EndHome(_)
            | Op::KeepAlive(_)
            | Op::LandingPad
            | Op::Poll => Effects::Any,
            Op::Call(call) => match call.callee {
                Callee::Entry(entry) if entry.signature().effect == Effect::Leaf => Effects::Removable,
                _ => Effects::Any,
            },
        }
    }
}

impl Terminator {
    /// Calls `f` with every operand, edge arguments included.
    pub fn each_operand(&self, mut f: impl FnMut(Value)) {
        let mut all = |values: &[Value]| values.iter().copied().for_each(&mut f);
        match self {
            Terminator::Jump(edge) => all(&edge.args),
            Terminator::Branch { condition, then, otherwise } => {
                all(&[*condition]);
                all(&then.args);
                all(&otherwise.args);
            }
            Terminator::Return(value) | Terminator::Throw(value) => all(&[*value]),
            Terminator::Exit { home, value, .. } => all(&[*home, *value]),
            Terminator::Invoke { call, normal, .. } => {
                all(&call.args);
                all(&normal.args);
            }
            Terminator::Unreachable => {}
        }
    }

    /// Replaces every operand, edge arguments included.
    pub fn map_operands(&mut self, mut f: impl FnMut(Value) -> Value) {
        let mut one = |value: &mut Value| *value = f(*value);
        match self {
            Terminator::Jump(edge) => edge.args.iter_mut().for_each(one),
            Terminator::Branch { condition, then, otherwise } => {
                one(condition);
                then.args.iter_mut().for_each(&mut one);
                otherwise.args.iter_mut().for_each(one);
            }
            Terminator::Return(value) | Terminator::Throw(value) => one(value),
            Terminator::Exit { home, value, .. } => {
                one(home);
                one(value);
            }
            Terminator::Invoke { call, normal, .. } => {
                call.args.iter_mut().for_each(&mut one);
                normal.args.iter_mut().for_each(one);
            }
            Terminator::Unreachable => {}
        }
    }

    /// Calls `f` with every successor, in order; a block may come twice.
    pub fn each_successor(&self, mut f: impl FnMut(BlockId)) {
        match self {
            Terminator::Jump(edge) => f(edge.block),
            Terminator::Branch { then, otherwise, .. } => {
                f(then.block);
                f(otherwise.block);
            }
            Terminator::Invoke { normal, unwind, .. } => {
                f(normal.block);
                f(*unwind);
            }
            Terminator::Return(_)
            | Terminator::Throw(_)
            | Terminator::Exit { .. }
            | Terminator::Unreachable => {}
        }
    }

    /// Replaces every successor; edge arguments stay.
    pub fn map_successors(&mut self, mut f: impl FnMut(BlockId) -> BlockId) {
        self.each_edge_mut(|edge| edge.block = f(edge.block));
        if let Terminator::Invoke { unwind, .. } = self {
            *unwind = f(*unwind);
        }
    }

    /// Calls `f` with every edge; the unwind block of an invoke has none.
    pub fn each_edge(&self, mut f: impl FnMut(&Edge)) {
        match self {
            Terminator::Jump(edge) => f(edge),
            Terminator::Branch { then, otherwise, .. } => {
                f(then);
                f(otherwise);
            }
            Terminator::Invoke { normal, .. } => f(normal),
            _ => {}
        }
    }

    /// Calls `f` with every edge to change it.
    pub fn each_edge_mut(&mut self, mut f: impl FnMut(&mut Edge)) {
        match self {
            Terminator::Jump(edge) => f(edge),
            Terminator::Branch { then, otherwise, .. } => {
                f(then);
                f(otherwise);
            }
            Terminator::Invoke { normal, .. } => f(normal),
            _ => {}
        }
    }
}

impl Ty {
    /// The type of a value that is passed to or from the runtime in this way.
    pub fn of(kind: Kind) -> Ty {
        match kind {
            Kind::Word => Ty::Word,
            Kind::Float => Ty::Float,
            Kind::Bool => Ty::Bool,
            Kind::Raw => Ty::Raw,
        }
    }
}

impl Constant {
    /// Its type.
    pub fn ty(&self) -> Ty {
        match self {
            Constant::Bool(_) => Ty::Bool,
            Constant::Float(_) => Ty::Float,
            Constant::Raw(_) => Ty::Raw,
            _ => Ty::Word,
        }
    }

    /// What is known of a value that is this constant.
    pub fn known(&self) -> Known {
        use inko_abi::class;
        match self {
            Constant::Nil => Known::Class(class::NIL),
            Constant::Small(_) => Known::Small,
            Constant::Big(_) => Known::Integer,
            Constant::String(_) => Known::Class(class::STRING),
            Constant::Module(number) | Constant::Trait { class: number, .. } => Known::Class(*number),
            Constant::ClassObject(_) => Known::Class(class::CLASS_OBJECT),
            Constant::Bool(_) | Constant::Float(_) | Constant::Undefined | Constant::Raw(_) => Known::Nothing,
        }
    }
}

impl Signature {
    /// The types of the results of a call: the value, and a flag if it throws.
    pub fn results(&self) -> Vec<Ty> {
        if self.throws { vec![self.returns, Ty::Bool] } else { vec![self.returns] }
    }
}

/// The types of the results of a call of a runtime function.
pub fn entry_results(entry: Entry) -> Vec<Ty> {
    match entry.signature().returns {
        Returns::Nothing => Vec::new(),
        Returns::Value(kind) => vec![Ty::of(kind)],
        Returns::Throws => vec![Ty::Word, Ty::Bool],
    }
}
