//! Intervals of small integers, and what operations make of them.

use inko_abi::word::{MAX_SMALL, MIN_SMALL};
use inko_ir::ir::{IntegerOp, Known};

/// All integers from `low` to `high`, which are small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Interval {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

/// What is known of an integer: an element of a lattice, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum State {
    /// Nothing has computed it yet.
    #[default]
    Unreached,
    /// It is small and within bounds.
    In(Interval),
    /// It may be big.
    Any,
}

/// Every small integer.
pub(crate) const SMALL: Interval = Interval { low: MIN_SMALL, high: MAX_SMALL };
/// The lengths of arrays and strings, which fit into the address space.
/// Bytes.
pub(crate) const BYTES: Interval = Interval { low: 0, high: 255 };
/// Booleans as integers.
pub(crate) const FLAGS: Interval = Interval { low: 0, high: 1 };
pub(crate) const LENGTHS: Interval = Interval { low: 0, high: 1 << 48 };
/// The indexes that arrays take: negative ones count from the end.
pub(crate) const INDEXES: Interval = Interval { low: -(1 << 48), high: 1 << 48 };

impl Interval {
    pub(crate) fn only(value: i64) -> Self {
        Self { low: value, high: value }
    }

    /// The integers in both; `None` if there are none.
    pub(crate) fn meet(self, other: Self) -> Option<Self> {
        let both = Self { low: self.low.max(other.low), high: self.high.min(other.high) };
        (both.low <= both.high).then_some(both)
    }

    fn corners(self, other: Self, f: impl Fn(i128, i128) -> i128) -> State {
        let of = |a: i64, b: i64| f(a.into(), b.into());
        let all = [
            of(self.low, other.low),
            of(self.low, other.high),
            of(self.high, other.low),
            of(self.high, other.high),
        ];
        let (low, high) = all.iter().fold((all[0], all[0]), |(low, high), &at| (low.min(at), high.max(at)));
        State::between(low, high)
    }

    /// The greatest distance from 0.
    fn magnitude(self) -> i128 {
        i128::from(self.low).abs().max(i128::from(self.high).abs())
    }
}

impl State {
    /// What a fact about a word says.
    pub(crate) fn of_known(known: Known) -> Self {
        if known == Known::Small { State::In(SMALL) } else { State::Any }
    }

    fn between(low: i128, high: i128) -> Self {
        if low < MIN_SMALL.into() || high > MAX_SMALL.into() {
            return Self::Any;
        }
        Self::In(Interval { low: low as i64, high: high as i64 })
    }

    /// What is known of a value that is one of two.
    pub(crate) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unreached, other) | (other, Self::Unreached) => other,
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::In(a), Self::In(b)) => {
                Self::In(Interval { low: a.low.min(b.low), high: a.high.max(b.high) })
            }
        }
    }

    /// Like [`State::join`] with a new value, but goes straight to a bound that will hold: else a loop's variable
    /// would be followed through every round.
    pub(crate) fn widen(self, new: Self) -> Self {
        match (self, self.join(new)) {
            (Self::In(old), Self::In(joined)) => Self::In(Interval {
                low: match joined.low {
                    low if low == old.low => low,
                    0.. => 0,
                    _ => MIN_SMALL,
                },
                high: if joined.high == old.high { old.high } else { MAX_SMALL },
            }),
            (_, joined) => joined,
        }
    }
}

/// The result of an operation.
pub(crate) fn apply(op: IntegerOp, a: State, b: State) -> State {
    use State::{Any, In, Unreached};
    let (x, y) = match (a, b) {
        (Unreached, _) | (_, Unreached) => return Unreached,
        (In(x), In(y)) => (x, y),
        (Any, In(y)) if y.low == y.high => return with_big(op, y.low),
        (In(x), Any) if x.low == x.high && op == IntegerOp::And => return with_big(op, x.low),
        _ => return Any,
    };
    match op {
        IntegerOp::Add => x.corners(y, |a, b| a + b),
        IntegerOp::Sub => x.corners(y, |a, b| a - b),
        IntegerOp::Mul => x.corners(y, |a, b| a * b),
        // Zero panics. Division rounds down, and so away from zero for results below it.
        IntegerOp::Quotient | IntegerOp::Div if x.low >= 0 && y.low > 0 => {
            State::between((x.low / y.high).into(), (x.high / y.low).into())
        }
        IntegerOp::Quotient | IntegerOp::Div => State::between(-x.magnitude(), x.magnitude()),
        // The remainder has the divisor's sign.
        IntegerOp::Remainder | IntegerOp::Mod => State::between(
            if y.low < 0 { i128::from(y.low) + 1 } else { 0 },
            if y.high > 0 { i128::from(y.high) - 1 } else { 0 },
        ),
        IntegerOp::And if x.low >= 0 && y.low >= 0 => State::between(0, x.high.min(y.high).into()),
        IntegerOp::And if x.low >= 0 => State::between(0, x.high.into()),
        IntegerOp::And if y.low >= 0 => State::between(0, y.high.into()),
        IntegerOp::Or | IntegerOp::Xor if x.low >= 0 && y.low >= 0 => {
            let most = (x.high | y.high) as u64;
            State::between(0, i128::from(u64::MAX.checked_shr(most.leading_zeros()).unwrap_or(0)))
        }
        IntegerOp::And | IntegerOp::Or | IntegerOp::Xor => In(SMALL),
        IntegerOp::ShiftRight if y.low >= 0 => {
            State::between(i128::from(x.low.min(0)), i128::from(x.high.max(0)))
        }
        IntegerOp::ShiftLeft | IntegerOp::ShiftRight => Any,
    }
}

/// The result of an operation on an integer that may be big and a constant.
fn with_big(op: IntegerOp, constant: i64) -> State {
    match op {
        IntegerOp::And if constant >= 0 => State::between(0, constant.into()),
        IntegerOp::Mod if constant > 0 => State::between(0, i128::from(constant) - 1),
        IntegerOp::Mod if constant < 0 => State::between(i128::from(constant) + 1, 0),
        _ => State::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IntegerOp::*;

    fn interval(low: i64, high: i64) -> State {
        State::In(Interval { low, high })
    }

    fn floored(a: i64, b: i64) -> i64 {
        let quotient = a / b;
        if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
    }

    /// What the operations do on numbers that are far from the limits.
    fn compute(op: IntegerOp, a: i64, b: i64) -> Option<i64> {
        Some(match op {
            Add => a + b,
            Sub => a - b,
            Mul => a * b,
            Div if b != 0 => floored(a, b),
            Mod if b != 0 => a - floored(a, b) * b,
            And => a & b,
            Or => a | b,
            Xor => a ^ b,
            ShiftRight if b >= 0 => a >> b.min(63),
            _ => return None,
        })
    }

    #[test]
    fn results_are_within() {
        let bounds = [-9, -8, -3, -1, 0, 1, 2, 7, 8, 11];
        let all = bounds.iter().flat_map(|&low| bounds.iter().map(move |&high| (low, high)));
        let all: Vec<(i64, i64)> = all.filter(|(low, high)| low <= high).collect();
        let intervals = || all.iter().copied();
        for op in [Add, Sub, Mul, Div, Mod, And, Or, Xor, ShiftRight] {
            for (a, b) in intervals().flat_map(|a| intervals().map(move |b| (a, b))) {
                let found = apply(op, interval(a.0, a.1), interval(b.0, b.1));
                for (x, y) in (a.0..=a.1).flat_map(|x| (b.0..=b.1).map(move |y| (x, y))) {
                    let Some(result) = compute(op, x, y) else { continue };
                    match found {
                        State::In(found) => {
                            assert!((found.low..=found.high).contains(&result), "{op:?} {x} {y}: {found:?}")
                        }
                        State::Any => {}
                        State::Unreached => panic!("{op:?} {a:?} {b:?} is unreached"),
                    }
                }
            }
        }
    }

    #[test]
    fn limits_are_respected() {
        assert_eq!(apply(Add, State::In(SMALL), interval(1, 1)), State::Any);
        assert_eq!(apply(Sub, interval(MIN_SMALL, 0), interval(1, 1)), State::Any);
        assert_eq!(apply(Mul, interval(0, 1 << 31), interval(0, 1 << 31)), State::Any);
        assert_eq!(apply(Div, State::In(SMALL), interval(-1, -1)), State::Any);
        assert_eq!(apply(Mod, State::Any, interval(10, 10)), interval(0, 9));
        assert_eq!(apply(Mod, State::Any, interval(-10, -10)), interval(-9, 0));
        assert_eq!(apply(And, interval(255, 255), State::Any), interval(0, 255));
        assert_eq!(apply(Add, State::Any, interval(1, 1)), State::Any);
        assert_eq!(apply(Xor, interval(0, 5), interval(0, 9)), interval(0, 15));
    }

    #[test]
    fn widening_ends() {
        let mut state = interval(0, 0);
        for round in 1..4 {
            state = state.widen(interval(0, round));
        }
        assert_eq!(state, interval(0, MAX_SMALL));
        assert_eq!(state.widen(interval(-1, 3)), State::In(SMALL));
        assert_eq!(State::Unreached.widen(interval(3, 4)), interval(3, 4));
        assert_eq!(state.widen(State::Any), State::Any);
    }
}
