//! What `std::mirror` is made of: names, attributes and traits of objects, and what blocks and modules say of
//! themselves.
//!
//! *Invariant:* an attribute never gets a value that the machine code for its class doesn't expect.

use super::write_barrier;
use crate::object::{Object, arity, block_info, class_of, float, text};
use crate::panic::panic;
use crate::process::Process;
use crate::program;
use inko_abi::class;
use inko_abi::object::*;
use inko_abi::table::{AttributeMirror, BlockInfo, ClassMirror, ObjectMirror, Reflection};
use inko_abi::word::{self, Word};

/// No block takes so many arguments: methods as blocks fit no block type, since nothing could call them.
const NO_ARITY: u8 = u8::MAX;

/// The hidden attribute of a class that is its name; its instances have it as they have the class's methods.
const OBJECT_NAME: &str = "@_object_name";

fn reflection() -> &'static Reflection {
    let reflection = program::program().reflection;
    assert!(!reflection.is_null(), "programs that reflect have the tables");
    // SAFETY: the compiler writes the table, and nobody changes it.
    unsafe { &*reflection }
}

/// The rows `first` up to `first + count` of a table.
fn rows<T>(table: *const T, first: u32, count: u32) -> &'static [T] {
    // SAFETY: the compiler only writes ranges that exist.
    unsafe { std::slice::from_raw_parts(table.add(first as usize), count as usize) }
}

fn class_mirror(number: u32) -> &'static ClassMirror {
    &rows(reflection().classes, number, 1)[0]
}

fn methods(class: &ClassMirror) -> &'static [BlockInfo] {
    rows(reflection().methods, class.first_method, class.method_count)
}

fn attributes(number: u32) -> &'static [AttributeMirror] {
    rows(reflection().attributes, class_mirror(number).first_attribute, program::class(number).fields)
}

fn traits() -> &'static [ObjectMirror] {
    rows(reflection().traits, 0, reflection().trait_count as u32)
}

fn modules() -> &'static [ObjectMirror] {
    rows(reflection().modules, 0, reflection().module_count as u32)
}

/// The class that a class object stands for.
fn subject_class(value: Word) -> Option<u32> {
    let is_class = class_of(value) == class::CLASS_OBJECT;
    is_class.then(|| Object::of(value).raw(CLASS_OBJECT_CLASS) as u32)
}

/// The row of a trait or a module.
fn named(value: Word) -> Option<&'static ObjectMirror> {
    let mut all = traits().iter().chain(modules());
    all.find(|row| row.object == value)
}

/// The object of a value that may have attributes of its own.
fn with_attributes(value: Word) -> Option<Object> {
    let immutable = matches!(class_of(value), class::INTEGER | class::FLOAT | class::STRING);
    (word::is_reference(value) && !immutable).then(|| Object::of(value))
}

pub(crate) extern "C" fn object_class(_: &mut Process, value: Word) -> Word {
    if subject_class(value).is_some() { word::NIL } else { class_mirror(class_of(value)).object }
}

pub(crate) extern "C" fn object_name(process: &mut Process, value: Word) -> Word {
    let name = match named(value) {
        Some(row) => row.name,
        None => program::class(subject_class(value).unwrap_or_else(|| class_of(value))).name,
    };
    process.string(program::string(name))
}

pub(crate) extern "C" fn object_attribute_names(process: &mut Process, value: Word) -> Word {
    let mut names: Vec<String> = match subject_class(value) {
        Some(number) => {
            methods(class_mirror(number)).iter().map(|row| program::string(row.name).into()).collect()
        }
        None => attributes(class_of(value)).iter().map(|row| program::string(row.name).into()).collect(),
    };
    if let Some(object) = with_attributes(value) {
        names.extend(process.heap.extras().names(object).map(String::from));
    }
    let words: Vec<Word> = names.iter().map(|name| process.string(name)).collect();
    process.array(&words)
}

pub(crate) extern "C" fn object_attribute(process: &mut Process, value: Word, name: Word) -> Word {
    if text(name) == OBJECT_NAME {
        return object_name(process, value);
    }
    let name = text(name);
    let subject = subject_class(value);
    let number = subject.unwrap_or_else(|| class_of(value));
    if subject.is_none()
        && let Some((index, offset)) = declared(number, name)
    {
        let bits = Object::of(value).raw(offset);
        return if is_double(number, index) { super::float_box(process, f64::from_bits(bits)) } else { bits };
    }
    let extra = with_attributes(value).and_then(|object| process.heap.extras().get(object, name));
    extra.unwrap_or_else(|| {
        let found = methods(class_mirror(number)).iter().find(|row| program::string(row.name) == name);
        found.map_or(word::NIL, |row| method(process, row))
    })
}

/// The index and the offset of an attribute that a class declares.
fn declared(number: u32, name: &str) -> Option<(usize, i32)> {
    let index = attributes(number).iter().position(|row| program::string(row.name) == name)?;
    Some((index, FIELDS + index as i32 * 8))
}

/// Whether an attribute holds the bits of a double.
fn is_double(number: u32, index: usize) -> bool {
    index < 64 && program::class(number).float_fields >> index & 1 != 0
}

/// A method as a block.
fn method(process: &mut Process, row: &'static BlockInfo) -> Word {
    let block = process.object(CLOSURE_CAPTURES as usize, closure_header(NO_ARITY, 0, 0));
    block.set_raw(CLOSURE_CODE, 0);
    block.set_raw(CLOSURE_INFO, row as *const BlockInfo as u64);
    block.word()
}

pub(crate) extern "C" fn object_set_attribute(
    process: &mut Process,
    value: Word,
    name: Word,
    attribute: Word,
) -> Word {
    let Some(object) = with_attributes(value) else {
        panic(process, "Attributes can't be set for immutable objects")
    };
    write_barrier(process, value);
    let name = text(name);
    let number = class_of(value);
    let Some((index, offset)) = declared(number, name) else {
        process.heap.extras().set(object, name, attribute);
        return attribute;
    };
    let wanted = attributes(number)[index].class;
    let fits = match wanted {
        class::NONE => true,
        class::BLOCK => same_signature(object.raw(offset), attribute),
        _ => class_of(attribute) == wanted,
    };
    if !fits {
        let class = program::string(program::class(number).name);
        let (expected, found) = (expected_type(wanted), crate::object::class_name(attribute));
        panic(
            process,
            format_args!("the attribute `{name}` of `{class}` must be {expected}, not one of type `{found}`"),
        )
    }
    object.set_raw(offset, if is_double(number, index) { float(attribute).to_bits() } else { attribute });
    attribute
}

fn expected_type(number: u32) -> String {
    match number {
        class::BLOCK => "a block with as many arguments as it has now".into(),
        _ => format!("a value of type `{}`", program::string(program::class(number).name)),
    }
}

/// Whether a block may stand where another one stands.
fn same_signature(old: Word, new: Word) -> bool {
    let shape = |word: Word| {
        let block = Object::of(word);
        (arity(block), block_info(block).kind)
    };
    class_of(new) == class::BLOCK && shape(old) == shape(new)
}

pub(crate) extern "C" fn object_traits(process: &mut Process, value: Word) -> Word {
    let class = class_mirror(subject_class(value).unwrap_or_else(|| class_of(value)));
    let all = rows(reflection().implemented, class.first_trait, class.trait_count);
    let words: Vec<Word> = all.iter().map(|&number| traits()[number as usize].object).collect();
    process.array(&words)
}

pub(crate) extern "C" fn block_name(process: &mut Process, block: Word) -> Word {
    process.string(program::string(block_info(Object::of(block)).name))
}

pub(crate) extern "C" fn block_file(process: &mut Process, block: Word) -> Word {
    process.string(program::string(block_info(Object::of(block)).file))
}

pub(crate) extern "C" fn block_line(_: &mut Process, block: Word) -> Word {
    word::small(block_info(Object::of(block)).line.into())
}

pub(crate) extern "C" fn block_arguments(process: &mut Process, block: Word) -> Word {
    let info = block_info(Object::of(block));
    let names = rows(program::program().arguments, info.first_argument, info.argument_count);
    let words: Vec<Word> = names.iter().map(|&name| process.string(program::string(name))).collect();
    process.array(&words)
}

pub(crate) extern "C" fn block_required_arguments(_: &mut Process, block: Word) -> Word {
    word::small(block_info(Object::of(block)).required.into())
}

pub(crate) extern "C" fn module_list(process: &mut Process) -> Word {
    let words: Vec<Word> = modules().iter().map(|row| row.object).collect();
    process.array(&words)
}

/// The row of a module; a cast may claim that anything is one.
fn module(process: &mut Process, value: Word) -> &'static ObjectMirror {
    match modules().iter().find(|row| row.object == value) {
        Some(row) => row,
        None => {
            let found = crate::object::class_name(value);
            panic(process, format_args!("expected a value of type `Module`, but got one of type `{found}`"))
        }
    }
}

pub(crate) extern "C" fn module_name(process: &mut Process, value: Word) -> Word {
    let name = module(process, value).name;
    process.string(program::string(name))
}

pub(crate) extern "C" fn module_source_path(process: &mut Process, value: Word) -> Word {
    let file = module(process, value).file;
    process.string(program::string(file))
}
