//! Calling C, and reading and writing its memory.
//!
//! *Invariant:* here alone a program can break what the runtime relies on: an address, the types of a function and what it
//! does with its arguments are taken on trust.

use super::{integer, word};
use crate::ffi::call::{self, Arguments, MOST};
use crate::ffi::kind::{self, Kind};
use crate::ffi::{self, Function, Keeper};
use crate::object::{byte_elements, bytes, class_name, class_of, elements, text};
use crate::outcome::Outcome;
use crate::panic::panic;
use crate::process::Process;
use crate::switch::on_native_stack;
use inko_abi::class;
use inko_abi::word::Word;
use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;

pub(crate) extern "C" fn ffi_library_open(process: &mut Process, names: Word) -> Outcome {
    let mut reasons = String::from("Unable to open the supplied libraries:");
    for &name in elements(names).iter() {
        let name = text(name);
        // Libraries may run code of their own when they are loaded.
        let stack = process.native_stack();
        match process.outside(|| on_native_stack(stack, || ffi::load(name))) {
            Ok(library) => return Outcome::value(process.library(library)),
            Err(reason) => reasons += &format!("\n{name}: {reason}"),
        }
    }
    Outcome::thrown(process.string_from(reasons))
}

pub(crate) extern "C" fn ffi_library_variable(process: &mut Process, library: Word, name: Word) -> Outcome {
    match ffi::library(library).symbol(text(name)) {
        Ok((address, keeper)) => Outcome::value(process.pointer(address, Some(keeper))),
        Err(reason) => Outcome::thrown(process.string_from(reason)),
    }
}

pub(crate) extern "C" fn ffi_library_close(process: &mut Process, library: Word) {
    process.outside(|| ffi::library(library).close());
}

fn kind_of(process: &mut Process, number: Word) -> Kind {
    Kind::of(number).unwrap_or_else(|| {
        let number = integer::to_text(number, 10);
        panic(process, format_args!("Invalid FFI type: {number}"))
    })
}

pub(crate) extern "C" fn ffi_type_size(process: &mut Process, number: Word) -> Word {
    word::small(i64::from(kind_of(process, number).size()))
}

pub(crate) extern "C" fn ffi_function_new(
    process: &mut Process,
    pointer: Word,
    arguments: Word,
    returns: Word,
) -> Word {
    let arguments: Vec<Kind> = elements(arguments).iter().map(|&number| kind_of(process, number)).collect();
    let returns = kind_of(process, returns);
    if arguments.contains(&Kind::Void) {
        panic(process, "The type void can not be the type of an argument");
    }
    if arguments.len() > MOST {
        panic(process, format_args!("Functions with more than {MOST} arguments are not supported"));
    }
    let (address, keeper) = (ffi::address(pointer), ffi::keeper(pointer));
    process.function(Function { address, arguments, returns, keeper })
}

pub(crate) extern "C" fn ffi_function_call(process: &mut Process, function: Word, values: Word) -> Word {
    let function = ffi::function(function);
    let values = elements(values);
    let (expected, got) = (function.arguments.len(), values.len());
    if expected != got {
        panic(process, format_args!("Invalid number of arguments, expected {expected} but got {got}"));
    }
    let mut arguments = Arguments::default();
    let mut texts = Vec::new();
    for (&kind, &value) in function.arguments.iter().zip(&*values) {
        pass(process, kind, value, &mut arguments, &mut texts);
    }
    match function.returns {
        Kind::Void => {
            let _: u64 = run(process, &function, arguments);
            word::NIL
        }
        Kind::F64 => {
            let result = run(process, &function, arguments);
            super::float_box(process, result)
        }
        Kind::F32 => {
            let result: f32 = run(process, &function, arguments);
            super::float_box(process, f64::from(result))
        }
        Kind::Integer(width) => {
            let result = run(process, &function, arguments);
            integer::from_i128(process, width.value(result))
        }
        Kind::Pointer | Kind::String | Kind::ByteArray => {
            let address = run(process, &function, arguments);
            let keeper = texts.into_iter().find(|text| is_inside(text, address));
            process.pointer(address, keeper)
        }
    }
}

/// Calls a function outside of the scheduler's care and of the process's stack.
fn run<R>(process: &mut Process, function: &Function, arguments: Arguments) -> R {
    let stack = process.native_stack();
    // SAFETY: that the function takes and returns what the program says is the program's promise. What the arguments point to
    // is where it was, since the process allocates nothing meanwhile.
    process.outside(|| on_native_stack(stack, || unsafe { call::call(function.address, arguments) }))
}

/// Whether an address is one of a text's bytes, its NUL included.
fn is_inside(text: &Keeper, address: u64) -> bool {
    let Keeper::Text(bytes) = text else { return false };
    let range = bytes.as_ptr_range();
    (range.start as u64..range.end as u64).contains(&address)
}

/// Adds a value to the arguments of a call.
fn pass(
    process: &mut Process,
    kind: Kind,
    value: Word,
    arguments: &mut Arguments,
    texts: &mut Vec<Arc<Keeper>>,
) {
    match kind {
        Kind::Integer(width) => {
            if !kind::is_integer(value) {
                wrong(process, value, "passed as an integer");
            }
            let bits = width.truncated(value).unwrap_or_else(|| unconvertible(process, value, &width.name()));
            arguments.integer(bits);
        }
        Kind::F64 | Kind::F32 => {
            let Some(float) = kind::as_float(value) else { wrong(process, value, "passed as a float") };
            if kind == Kind::F64 { arguments.double(float) } else { arguments.float(float as f32) }
        }
        Kind::Void | Kind::Pointer | Kind::String | Kind::ByteArray => match class_of(value) {
            class::POINTER => arguments.integer(ffi::address(value)),
            class::BYTE_ARRAY => arguments.integer(byte_elements(value).as_ptr() as u64),
            class::INTEGER => arguments.integer(integer::low_bits(value)),
            // Eight bytes as good as any others, for functions that only hand them on.
            class::FLOAT => arguments.integer(crate::object::float(value).to_bits()),
            class::STRING => {
                // The call has a copy, since strings have no NUL at their end.
                let text = Arc::new(Keeper::Text(terminated(bytes(value))));
                let Keeper::Text(bytes) = &*text else { unreachable!("it was just made") };
                arguments.integer(bytes.as_ptr() as u64);
                ffi::recent::keep(&text);
                texts.push(text);
            }
            _ => wrong(process, value, "passed as a pointer"),
        },
    }
}

/// Bytes with a NUL.
fn terminated(bytes: &[u8]) -> Vec<u8> {
    let mut terminated = Vec::with_capacity(bytes.len() + 1);
    terminated.extend_from_slice(bytes);
    terminated.push(0);
    terminated
}

fn wrong(process: &mut Process, value: Word, use_of_it: &str) -> ! {
    panic(process, format_args!("objects of type {} can not be {use_of_it}", class_name(value)))
}

fn unconvertible(process: &mut Process, value: Word, to: &str) -> ! {
    let text = integer::to_text(value, 10);
    panic(process, format_args!("{text} can't be converted to a {to}"))
}

/// The word-sized unsigned integer that addresses are.
fn address_of(process: &mut Process, value: Word) -> u64 {
    integer::to_u64(value).unwrap_or_else(|| {
        if integer::big(value) < dashu_int::IBig::ZERO {
            unconvertible(process, value, "unsigned 64 bits integer");
        }
        let text = integer::to_text(value, 10);
        panic(process, format_args!("{text} is too big to convert to an unsigned integer"))
    })
}

pub(crate) extern "C" fn ffi_pointer_new(process: &mut Process, address: Word) -> Word {
    let address = address_of(process, address);
    process.pointer(address, None)
}

pub(crate) extern "C" fn ffi_pointer_address(process: &mut Process, pointer: Word) -> Word {
    integer::from_i128(process, i128::from(ffi::address(pointer)))
}

/// The address at an offset, to be used in one way or another.
fn place(process: &mut Process, pointer: Word, offset: Word, use_of_it: &str) -> *mut u8 {
    let address = ffi::address(pointer);
    if address == 0 {
        panic(process, format_args!("A NULL pointer can not be {use_of_it}"));
    }
    if !word::is_small(offset) {
        unconvertible(process, offset, "signed 63 bits integer");
    }
    address.wrapping_add_signed(word::small_value(offset)) as *mut u8
}

pub(crate) extern "C" fn ffi_pointer_read(
    process: &mut Process,
    pointer: Word,
    offset: Word,
    number: Word,
) -> Word {
    let kind = kind_of(process, number);
    let place = place(process, pointer, offset, "read");
    // SAFETY: that there is such a value is the program's promise, here and below.
    let bits = |size: u32| unsafe {
        let mut bits = [0_u8; 8];
        ptr::copy_nonoverlapping(place, bits.as_mut_ptr(), size as usize);
        u64::from_le_bytes(bits)
    };
    match kind {
        Kind::Void => panic(process, "Values of type void can not be read"),
        Kind::Pointer => process.pointer(bits(8), None),
        Kind::F64 => super::float_box(process, f64::from_bits(bits(8))),
        Kind::F32 => super::float_box(process, f64::from(f32::from_bits(bits(4) as u32))),
        Kind::Integer(width) => integer::from_i128(process, width.value(bits(width.bytes))),
        Kind::String => {
            // SAFETY: as above.
            let text = unsafe { CStr::from_ptr(place.cast()) }.to_string_lossy();
            process.string(&text)
        }
        Kind::ByteArray => ffi_pointer_read_bytes(process, pointer, offset),
    }
}

pub(crate) extern "C" fn ffi_pointer_read_bytes(process: &mut Process, pointer: Word, offset: Word) -> Word {
    let place = place(process, pointer, offset, "read");
    // SAFETY: that there are bytes up to a NUL is the program's promise.
    let bytes = unsafe { CStr::from_ptr(place.cast()) }.to_bytes();
    process.byte_array(bytes.len().max(1), bytes)
}

pub(crate) extern "C" fn ffi_pointer_write(
    process: &mut Process,
    pointer: Word,
    offset: Word,
    number: Word,
    value: Word,
) {
    let kind = kind_of(process, number);
    let place = place(process, pointer, offset, "written to");
    let write = |bytes: &[u8]| {
        // SAFETY: that there is room for the bytes is the program's promise. They may be anywhere, even there.
        unsafe { ptr::copy(bytes.as_ptr(), place, bytes.len()) }
    };
    match (kind, class_of(value)) {
        (Kind::Void, _) => panic(process, "Values of type void can not be written"),
        (Kind::Pointer, class::POINTER) => write(&ffi::address(value).to_le_bytes()),
        (Kind::Pointer, class::INTEGER) => write(&address_of(process, value).to_le_bytes()),
        (Kind::F64, class::FLOAT) => write(&crate::object::float(value).to_le_bytes()),
        (Kind::F32, class::FLOAT) => {
            let float = crate::object::float(value);
            let narrow = float as f32;
            if float.is_finite() && narrow.is_infinite() {
                panic(process, format_args!("{float:e} can't be converted to a 32 bits float"));
            }
            write(&narrow.to_le_bytes());
        }
        (Kind::Integer(width), class::INTEGER) => match width.exact(value) {
            Some(bits) => write(&bits.to_le_bytes()[..width.bytes as usize]),
            None => unconvertible(process, value, &width.name()),
        },
        (Kind::String, class::STRING) => write(&terminated(bytes(value))),
        (Kind::ByteArray, class::BYTE_ARRAY) => write(byte_elements(value)),
        (Kind::Pointer, _) => wrong(process, value, "written as a pointer"),
        (Kind::F64 | Kind::F32, _) => wrong(process, value, "written as a float"),
        (Kind::Integer(_), _) => wrong(process, value, "written as an integer"),
        (Kind::String, _) => wrong(process, value, "written as a string"),
        (Kind::ByteArray, _) => wrong(process, value, "written as a byte array"),
    }
}
