//! Integers, floats and indexes.

use super::stop::{Result, Stop};
use dashu_int::IBig;
use inko_ir::ir::IntegerOp;

/// An operation on integers of any size.
pub(super) fn integer(op: IntegerOp, a: &IBig, b: &IBig) -> Result<IBig> {
    Ok(match op {
        IntegerOp::Add => a + b,
        IntegerOp::Sub => a - b,
        IntegerOp::Mul => a * b,
        IntegerOp::Quotient => a / b,
        IntegerOp::Remainder => a % b,
        IntegerOp::Div | IntegerOp::Mod if *b == IBig::ZERO => {
            return Err(Stop::Panic("Can not divide an Integer by 0".to_owned()));
        }
        IntegerOp::Div => {
            let (quotient, rest) = (a / b, a % b);
            let floor = rest != IBig::ZERO && (rest < IBig::ZERO) != (*b < IBig::ZERO);
            if floor { quotient - IBig::ONE } else { quotient }
        }
        IntegerOp::Mod => {
            let rest = a % b;
            let floor = rest != IBig::ZERO && (rest < IBig::ZERO) != (*b < IBig::ZERO);
            if floor { rest + b } else { rest }
        }
        IntegerOp::And => a & b,
        IntegerOp::Or => a | b,
        IntegerOp::Xor => a ^ b,
        IntegerOp::ShiftLeft => shift(a, b, false)?,
        IntegerOp::ShiftRight => shift(a, b, true)?,
    })
}

fn shift(a: &IBig, b: &IBig, right: bool) -> Result<IBig> {
    let Ok(distance) = i32::try_from(b) else {
        return Err(Stop::Panic(format!("Can't shift integer {a} with {b} as the operand is too big")));
    };
    let right = right != (distance < 0);
    let distance = distance.unsigned_abs() as usize;
    Ok(if right { a >> distance } else { a << distance })
}

/// Applies the index rule: negative indexes count from the end, again and again. May be out of bounds.
pub(super) fn index(index: &IBig, length: usize) -> Result<i64> {
    let Ok(value) = i64::try_from(index) else {
        return Err(Stop::Panic(format!("{index} is too big to convert to an integer of type usize")));
    };
    Ok(match value {
        0.. => value,
        _ if length == 0 => 0,
        _ => value.rem_euclid(length as i64),
    })
}

/// Equality within 2 units in the last place and of equal sign.
pub(super) fn float_equals(a: f64, b: f64) -> bool {
    if a.is_nan() || b.is_nan() {
        return false;
    }
    a == b || (a.is_sign_negative() == b.is_sign_negative() && a.to_bits().abs_diff(b.to_bits()) <= 2)
}

/// The shortest digits that give the same float, without exponent.
pub(super) fn float_to_string(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    let text = value.to_string();
    if value.is_finite() && !text.contains('.') { text + ".0" } else { text }
}

/// Truncates.
pub(super) fn float_to_integer(value: f64) -> Result<IBig> {
    if value.is_nan() {
        return Err(Stop::Panic("A NaN can not be converted to an Integer".to_owned()));
    }
    IBig::try_from(value.trunc())
        .map_err(|_| Stop::Panic("An infinite Float can not be converted to an Integer".to_owned()))
}

/// Rounds to a number of decimals, halves away from zero.
pub(super) fn float_round(value: f64, decimals: &IBig) -> f64 {
    let Ok(decimals) = i32::try_from(decimals) else { return value };
    let factor = 10f64.powi(decimals);
    let scaled = value * factor;
    if decimals == 0 {
        value.round()
    } else if scaled.is_finite() && factor != 0.0 {
        scaled.round() / factor
    } else {
        value
    }
}
