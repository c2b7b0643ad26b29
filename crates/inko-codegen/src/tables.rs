//! The tables of `inko_abi::table`: what the runtime must know of the compiled code.
//!
//! Functions are laid out in the order of their rows, so their addresses ascend; call sites ascend because
//! Cranelift lists them in the order of the code. Equal lists of slots are stored once.

use crate::blob::Blob;
use crate::data::{Statics, Texts};
use crate::function::Compiled;
use crate::symbols::{Data, Symbol};
use inko_abi::table::{ABI_VERSION, Layout, NO_POSITION};
use inko_abi::word::{self, TAG_REFERENCE};
use inko_abi::{class, table};
use inko_ir::ir::*;
use std::collections::HashMap;

/// All tables of a program with the data that they are.
pub(crate) fn build(program: &Program, statics: &Statics, functions: &[Compiled]) -> Vec<(Data, Blob)> {
    let (rows, sites, slots) = code(program, &statics.texts, functions);
    let (strings, text) = texts(&statics.texts);
    vec![
        (Data::Constants, constants(program)),
        (Data::Classes, classes(program, &statics.texts)),
        (Data::Functions, rows),
        (Data::Sites, sites),
        (Data::Slots, slots),
        (Data::Positions, positions(program, &statics.texts)),
        (Data::Strings, strings),
        (Data::Text, text),
        (Data::Program, root(program, statics)),
    ]
}

fn root(program: &Program, statics: &Statics) -> Blob {
    let mut blob = Blob::default();
    blob.u64(ABI_VERSION);
    match program.main {
        Some(main) => {
            let offset = i64::from(statics.closure_offset(main)) + TAG_REFERENCE as i64;
            blob.address(Symbol::Data(Data::Objects), offset);
        }
        None => blob.u64(word::UNDEFINED),
    }
    blob.address(Symbol::Data(Data::Classes), 0);
    blob.u64(program.classes.len() as u64);
    blob.address(Symbol::Data(Data::Functions), 0);
    blob.u64(program.functions.len() as u64);
    for data in [Data::Sites, Data::Slots, Data::Positions, Data::Strings, Data::Text, Data::Constants] {
        blob.address(Symbol::Data(data), 0);
    }
    blob.u64(program.globals.len() as u64);
    blob.address(Symbol::Data(Data::Arguments), 0);
    match program.reflection {
        Some(_) => blob.address(Symbol::Data(Data::Reflection), 0),
        None => blob.u64(0),
    }
    debug_assert_eq!(blob.bytes.len(), size_of::<table::Program>());
    blob
}

fn constants(program: &Program) -> Blob {
    let mut blob = Blob::default();
    program.globals.values().for_each(|_| blob.u64(word::UNDEFINED));
    blob
}

fn classes(program: &Program, texts: &Texts) -> Blob {
    let mut blob = Blob::default();
    for (number, class) in program.classes.iter().enumerate() {
        let layout = match class {
            Some(_) if number as u32 >= class::FIRST_USER => Layout::Instance,
            _ => Layout::BuiltIn,
        };
        let fields: &[Ty] = class.as_ref().map_or(&[], |class| &class.fields);
        let floats = fields.iter().take(64).enumerate().filter(|&(_, &ty)| ty == Ty::Float);
        blob.u32(class.as_ref().map_or(NO_POSITION, |class| texts.index(&class.name)));
        blob.u32(layout as u32);
        blob.u32(fields.len() as u32);
        blob.u32(0);
        blob.u64(floats.fold(0, |bits, (field, _)| bits | 1 << field));
    }
    debug_assert_eq!(blob.bytes.len(), program.classes.len() * size_of::<table::Class>());
    blob
}

fn code(program: &Program, texts: &Texts, functions: &[Compiled]) -> (Blob, Blob, Blob) {
    let (mut rows, mut sites, mut slots) = (Blob::default(), Blob::default(), Blob::default());
    let mut known: HashMap<&[u32], u32> = HashMap::new();
    let mut first_site = 0;
    for ((id, function), compiled) in program.functions.iter().zip(functions) {
        rows.address(Symbol::Function(id), 0);
        rows.u32(compiled.code.len() as u32);
        rows.u32(first_site);
        rows.u32(compiled.sites.len() as u32);
        rows.u32(texts.index(&function.name));
        first_site += compiled.sites.len() as u32;
        for site in &compiled.sites {
            let first_slot = *known.entry(&site.slots).or_insert_with(|| {
                let first = slots.offset() / 4;
                site.slots.iter().for_each(|&slot| slots.u32(slot));
                first
            });
            sites.u32(site.offset);
            sites.u32(compiled.frame_size);
            sites.u32(first_slot);
            sites.u32(site.slots.len() as u32);
            sites.u32(site.landing_pad);
            sites.u32(site.position.as_u32());
        }
    }
    debug_assert_eq!(rows.bytes.len(), functions.len() * size_of::<table::Function>());
    debug_assert_eq!(sites.bytes.len(), first_site as usize * size_of::<table::CallSite>());
    (rows, sites, slots)
}

fn positions(program: &Program, texts: &Texts) -> Blob {
    let mut blob = Blob::default();
    let places: Vec<[u32; 3]> = program
        .positions
        .places()
        .map(|place| [texts.index(&place.function), texts.index(&place.file), place.line])
        .collect();
    for id in program.positions.ids() {
        places[program.positions.place(id)].into_iter().for_each(|number| blob.u32(number));
        blob.u32(program.positions.caller(id).map_or(NO_POSITION, |caller| caller.as_u32()));
    }
    blob
}

fn texts(texts: &Texts) -> (Blob, Blob) {
    let (mut strings, mut text) = (Blob::default(), Blob::default());
    for name in texts.iter() {
        strings.u32(text.offset());
        strings.u32(name.len() as u32);
        text.bytes.extend(name.as_bytes());
    }
    (strings, text)
}
