//! What the results of operations are when something is known of the operands.
//!
//! *Invariant:* folding is exact. Integers are computed in 128 bits and become constants only if they are
//! small integers; floats are computed as the machine does.

use inko_abi::class;
use inko_abi::word::{MAX_SMALL, MIN_SMALL};
use inko_ir::ir::*;

/// The constant that an operation computes, if it does.
pub(crate) fn fold<'a>(op: &Op, constant: impl Fn(Value) -> Option<&'a Constant>) -> Option<Constant> {
    let small = |value| match constant(value) {
        Some(Constant::Small(number)) => Some(i128::from(*number)),
        _ => None,
    };
    let double = |value| match constant(value) {
        Some(Constant::Float(bits)) => Some(f64::from_bits(*bits)),
        _ => None,
    };
    let flag = |value| match constant(value) {
        Some(Constant::Bool(flag)) => Some(*flag),
        _ => None,
    };
    Some(match op {
        Op::Constant(constant) => constant.clone(),
        Op::Integer(op, a, b) => small_constant(integer(*op, small(*a)?, small(*b)?)?)?,
        Op::IntegerCompare(compare, a, b) => {
            if a == b {
                return Some(Constant::Bool(holds(*compare, &0, &0)));
            }
            Constant::Bool(holds(*compare, &small(*a)?, &small(*b)?))
        }
        Op::IntegerToFloat(a) => Constant::Float((small(*a)? as f64).to_bits()),
        Op::Float(op, a, b) => {
            let (a, b) = (double(*a)?, double(*b)?);
            let result = match op {
                FloatOp::Add => a + b,
                FloatOp::Sub => a - b,
                FloatOp::Mul => a * b,
                FloatOp::Div => a / b,
            };
            // The bits of a NaN that an operation makes differ between machines.
            if result.is_nan() {
                return None;
            }
            Constant::Float(result.to_bits())
        }
        Op::FloatCompare(compare, a, b) => Constant::Bool(holds(*compare, &double(*a)?, &double(*b)?)),
        Op::RawEquals(a, b) if a == b => Constant::Bool(true),
        Op::RawEquals(a, b) => match (constant(*a)?, constant(*b)?) {
            (Constant::Raw(a), Constant::Raw(b)) => Constant::Bool(a == b),
            _ => return None,
        },
        Op::Not(a) => Constant::Bool(!flag(*a)?),
        Op::Same(a, b) if a == b => Constant::Bool(true),
        Op::Same(a, b) => match (constant(*a)?, constant(*b)?) {
            // Equal strings and big integers may be two objects.
            (Constant::String(_), Constant::String(_)) | (Constant::Big(_), Constant::Big(_)) => return None,
            (a, b) => Constant::Bool(a == b),
        },
        Op::IsUndefined(a) => Constant::Bool(*constant(*a)? == Constant::Undefined),
        Op::StringSize(a) => match constant(*a)? {
            Constant::String(text) => Constant::Small(text.len() as i64),
            _ => return None,
        },
        _ => return None,
    })
}

fn small_constant(value: i128) -> Option<Constant> {
    let value = i64::try_from(value).ok()?;
    (MIN_SMALL..=MAX_SMALL).contains(&value).then_some(Constant::Small(value))
}

fn integer(op: IntegerOp, a: i128, b: i128) -> Option<i128> {
    Some(match op {
        IntegerOp::Add => a + b,
        IntegerOp::Sub => a - b,
        IntegerOp::Mul => a * b,
        IntegerOp::Div | IntegerOp::Mod | IntegerOp::Quotient | IntegerOp::Remainder if b == 0 => {
            return None;
        }
        IntegerOp::Div | IntegerOp::Quotient => floored(a, b),
        IntegerOp::Mod | IntegerOp::Remainder => a - floored(a, b) * b,
        IntegerOp::And => a & b,
        IntegerOp::Or => a | b,
        IntegerOp::Xor => a ^ b,
        IntegerOp::ShiftLeft => shift(a, b)?,
        IntegerOp::ShiftRight => shift(a, -b)?,
    })
}

fn floored(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

fn shift(a: i128, left: i128) -> Option<i128> {
    match left {
        0..=63 => Some(a << left),
        -63..=-1 => Some(a >> -left),
        _ => None,
    }
}

fn holds<T: PartialOrd>(compare: Compare, a: &T, b: &T) -> bool {
    match compare {
        Compare::Equal => a == b,
        Compare::Less => a < b,
        Compare::LessOrEqual => a <= b,
        Compare::Greater => a > b,
        Compare::GreaterOrEqual => a >= b,
    }
}

/// What is known of the word that an operation gives, apart from what its producer says.
pub(crate) fn fact<'a>(
    op: &Op,
    known: impl Fn(Value) -> Known,
    constant: impl Fn(Value) -> Option<&'a Constant>,
) -> Known {
    let small = |value| known(value) == Known::Small;
    match op {
        Op::Constant(constant) => constant.known(),
        Op::Integer(op, a, b) => {
            let by_constant = match constant(*b) {
                Some(Constant::Small(number)) => Some(*number),
                _ => None,
            };
            let is_small = match op {
                // The result lies between 0 and the operand that is a small natural number.
                IntegerOp::And => small(*a) && small(*b) || by_constant.is_some_and(|number| number >= 0),
                IntegerOp::Or | IntegerOp::Xor => small(*a) && small(*b),
                // The result lies between 0 and the divisor.
                IntegerOp::Mod => small(*b),
                IntegerOp::Div => small(*a) && by_constant.is_some_and(|number| number != -1),
                IntegerOp::Quotient | IntegerOp::Remainder => true,
                IntegerOp::ShiftRight => small(*a) && by_constant.is_some_and(|number| number >= 0),
                IntegerOp::Add | IntegerOp::Sub | IntegerOp::Mul | IntegerOp::ShiftLeft => false,
            };
            if is_small { Known::Small } else { Known::Integer }
        }
        Op::BoxFloat(_) => Known::Class(class::FLOAT),
        Op::BoxBool(_) => Known::Class(class::BOOLEAN),
        Op::Verify(value, check, _) => known(*value).both(checked(check)),
        Op::New(number, _) => Known::Class(*number),
        Op::NewCell(_) => Known::Class(class::CELL),
        Op::Closure(..) => Known::Class(class::BLOCK),
        Op::NewHome(_) => Known::Class(class::HOME),
        Op::NewArray(_) => Known::Class(class::ARRAY),
        Op::StringSize(_) | Op::ArrayLength(_) | Op::BytesGet(..) | Op::BoolToInteger(_) => Known::Small,
        _ => Known::Nothing,
    }
}

/// What is known of a value that passed a check.
pub(crate) fn checked(check: &Check) -> Known {
    match check {
        Check::Integer => Known::Integer,
        Check::Float => Known::Class(class::FLOAT),
        Check::Boolean => Known::Class(class::BOOLEAN),
        Check::Nil => Known::Class(class::NIL),
        Check::Class(class::INTEGER) => Known::Integer,
        Check::Class(number) => Known::Class(*number),
        Check::Classes(numbers) => match numbers[..] {
            [class::INTEGER] => Known::Integer,
            [number] => Known::Class(number),
            _ => Known::Nothing,
        },
        Check::Block { .. } => Known::Class(class::BLOCK),
    }
}

/// Whether a value of which this is known passes a check.
pub(crate) fn decide(check: &Check, known: Known) -> Option<bool> {
    let number = known.class()?;
    Some(match check {
        Check::Integer => number == class::INTEGER,
        Check::Float => number == class::FLOAT,
        Check::Boolean => number == class::BOOLEAN,
        Check::Nil => number == class::NIL,
        Check::Class(expected) => number == *expected,
        Check::Classes(expected) => expected.contains(&number),
        Check::Block { .. } if number == class::BLOCK => return None,
        Check::Block { .. } => false,
    })
}
