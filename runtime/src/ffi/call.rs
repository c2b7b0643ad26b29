//! Calling C functions whose types are known only when the program runs.
//!
//! Calling conventions of 64-bit Unix systems assign the registers for integers and those for floats independently of each
//! other, and the stack takes what is left in 8 bytes each. So a call that fills *all* registers for arguments, and
//! perhaps more of the stack than the function looks at, fits every signature of scalars: the compiler that builds the
//! runtime can make it, and neither libffi nor an assembler is needed. The rest of the stack is passed as variable
//! arguments, so that the number of floats is where functions with variable arguments look for it.

use std::ffi::c_void;

/// The registers for integers and pointers.
const INTEGERS: usize = 6;
/// The registers for floats.
const FLOATS: usize = 8;
/// The words on the stack: with them, functions may have the 127 arguments that C promises.
const STACK: usize = 128;

/// Where arguments are when a function is called.
#[derive(Debug, Default)]
pub struct Arguments {
    integers: [u64; INTEGERS],
    floats: [f64; FLOATS],
    stack: Vec<u64>,
    integers_used: usize,
    floats_used: usize,
}

/// As many arguments fit whatever their types are.
pub const MOST: usize = STACK;

impl Arguments {
    /// Adds an integer or an address, extended to 64 bits.
    pub fn integer(&mut self, bits: u64) {
        match self.integers.get_mut(self.integers_used) {
            Some(register) => {
                *register = bits;
                self.integers_used += 1;
            }
            None => self.stack.push(bits),
        }
    }

    /// Adds a `double`.
    pub fn double(&mut self, value: f64) {
        match self.floats.get_mut(self.floats_used) {
            Some(register) => {
                *register = value;
                self.floats_used += 1;
            }
            None => self.stack.push(value.to_bits()),
        }
    }

    /// Adds a `float`, which is the low half of its register.
    pub fn float(&mut self, value: f32) {
        self.double(f64::from_bits(u64::from(value.to_bits())));
    }
}

/// A function with every register for arguments in use.
type Code<R> =
    unsafe extern "C" fn(u64, u64, u64, u64, u64, u64, f64, f64, f64, f64, f64, f64, f64, f64, ...) -> R;

/// A call with the words of the stack from each offset given, eight from each.
macro_rules! call {
    ($code:ident, $arguments:ident, [] $($word:expr),*) => {{
        let ([i0, i1, i2, i3, i4, i5], [f0, f1, f2, f3, f4, f5, f6, f7]) = ($arguments.integers, $arguments.floats);
        // SAFETY: the caller's.
        unsafe { $code(i0, i1, i2, i3, i4, i5, f0, f1, f2, f3, f4, f5, f6, f7 $(, $word)*) }
    }};
    ($code:ident, $arguments:ident, [$at:literal $($rest:literal)*] $($word:expr),*) => {
        call!($code, $arguments, [$($rest)*] $($word,)*
            $arguments.stack[$at], $arguments.stack[$at + 1], $arguments.stack[$at + 2], $arguments.stack[$at + 3],
            $arguments.stack[$at + 4], $arguments.stack[$at + 5], $arguments.stack[$at + 6], $arguments.stack[$at + 7])
    };
}

/// Calls a function; `R` is `u64` for integers and addresses (of which only as many bits count as the type has), `f64`
/// or `f32`.
///
/// # Safety
/// There must be a function with these arguments and this result at the address, and it must be right to call it now.
pub unsafe fn call<R>(address: u64, mut arguments: Arguments) -> R {
    // SAFETY: function pointers are addresses; that this is one is the caller's matter.
    let code = unsafe { std::mem::transmute::<*const c_void, Code<R>>(address as *const c_void) };
    let pushed = arguments.stack.len();
    if pushed == 0 {
        return call!(code, arguments, []);
    }
    arguments.stack.resize(STACK, 0);
    match pushed {
        1..=8 => call!(code, arguments, [0]),
        9..=32 => call!(code, arguments, [0 8 16 24]),
        _ => call!(code, arguments, [0 8 16 24 32 40 48 56 64 72 80 88 96 104 112 120]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn integers(a: i8, b: u16, c: i32, d: i64, e: u8, f: u32, g: i16, h: u64, i: i32) -> i64 {
        let parts = [i64::from(a), i64::from(b), i64::from(c), d, i64::from(e), i64::from(f), i64::from(g)];
        parts.iter().chain(&[h as i64, i64::from(i)]).fold(0, |sum, part| sum * 3 + part)
    }

    #[test]
    fn integers_beyond_the_registers() {
        let mut arguments = Arguments::default();
        for value in [-1_i64, 2, -3, 4, 5, 6, -7, 8, -9] {
            arguments.integer(value as u64);
        }
        // SAFETY: these are the function's arguments, extended.
        let sum: u64 = unsafe { call(integers as *const () as u64, arguments) };
        assert_eq!(sum as i64, integers(-1, 2, -3, 4, 5, 6, -7, 8, -9));
    }

    type Mixed = extern "C" fn(f64, f32, i32, f32, f64, f64, f64, f64, f32, f32, f64, i64) -> f32;

    extern "C" fn mixed(
        a: f64,
        b: f32,
        c: i32,
        d: f32,
        e: f64,
        f: f64,
        g: f64,
        h: f64,
        i: f32,
        j: f32,
        k: f64,
        l: i64,
    ) -> f32 {
        let doubles = a + 2.0 * e + 4.0 * f + 8.0 * g + 16.0 * h + 32.0 * k;
        b + 2.0 * d + 4.0 * i + 8.0 * j + doubles as f32 + (c as f32) + l as f32
    }

    #[test]
    fn floats_and_integers_in_turn() {
        let mut arguments = Arguments::default();
        arguments.double(1.5);
        arguments.float(2.5);
        arguments.integer(3);
        arguments.float(4.5);
        (5..9).for_each(|value| arguments.double(f64::from(value)));
        arguments.float(9.25);
        arguments.float(10.5);
        arguments.double(11.0);
        arguments.integer(12);
        // SAFETY: these are the function's arguments.
        let sum: f32 = unsafe { call(mixed as Mixed as *const () as u64, arguments) };
        assert_eq!(sum, mixed(1.5, 2.5, 3, 4.5, 5.0, 6.0, 7.0, 8.0, 9.25, 10.5, 11.0, 12));
    }

    #[test]
    fn any_number_of_words_on_the_stack() {
        // `snprintf` is a function with variable arguments: it also looks for the number of floats.
        for count in [0, 1, 5, 9, 30, 60] {
            let mut buffer = vec![0_u8; 4096];
            let format = "%d %g ".repeat(count) + "\0";
            let mut arguments = Arguments::default();
            arguments.integer(buffer.as_mut_ptr() as u64);
            arguments.integer(buffer.len() as u64);
            arguments.integer(format.as_ptr() as u64);
            let mut expected = String::new();
            for index in 0..count {
                arguments.integer(index as u64);
                arguments.double(index as f64 + 0.5);
                expected += &format!("{index} {} ", index as f64 + 0.5);
            }
            // SAFETY: the buffer has room for the text.
            let length: u64 = unsafe { call(libc::snprintf as *const () as u64, arguments) };
            assert_eq!(std::str::from_utf8(&buffer[..length as i32 as usize]).unwrap(), expected);
        }
    }
}
