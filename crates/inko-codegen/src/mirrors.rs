//! The tables for mirrors, in programs that have any: see `inko_abi::table::Reflection`.

use crate::Error;
use crate::blob::Blob;
use crate::data::{ConstantWord, Statics};
use crate::symbols::{Data, Symbol};
use inko_abi::table::{self, BlockKind};
use inko_abi::word::TAG_REFERENCE;
use inko_ir::ir::{Constant, Program};
use inko_ir::reflection::Class;
use inko_syntax::Name;

/// The tables; all are empty in programs without mirrors.
#[derive(Debug, Default)]
pub(crate) struct Mirrors {
    classes: Blob,
    attributes: Blob,
    methods: Blob,
    implemented: Blob,
    traits: Blob,
    modules: Blob,
    root: Blob,
}

impl Mirrors {
    /// Collects what mirrors see; static objects and texts that aren't there yet are added.
    pub(crate) fn collect(program: &Program, statics: &mut Statics) -> Result<Self, Error> {
        let mut mirrors = Self::default();
        let Some(reflection) = &program.reflection else { return Ok(mirrors) };
        for (number, class) in reflection.classes.iter().enumerate() {
            mirrors.class(program, statics, number as u32, class.as_ref())?;
        }
        for (number, data) in reflection.traits.iter().enumerate() {
            let object = Constant::Trait { class: data.class, number: number as u32 };
            named(program, statics, &object, [&data.name, &data.name], &mut mirrors.traits)?;
        }
        for module in &reflection.modules {
            let object = Constant::Module(module.class);
            named(program, statics, &object, [&module.name, &module.file], &mut mirrors.modules)?;
        }
        let root = &mut mirrors.root;
        for data in [Data::ClassMirrors, Data::AttributeMirrors, Data::MethodMirrors, Data::Implemented] {
            root.address(Symbol::Data(data), 0);
        }
        root.address(Symbol::Data(Data::TraitMirrors), 0);
        root.u64(reflection.traits.len() as u64);
        root.address(Symbol::Data(Data::ModuleMirrors), 0);
        root.u64(reflection.modules.len() as u64);
        debug_assert_eq!(root.bytes.len(), size_of::<table::Reflection>());
        Ok(mirrors)
    }

    /// The tables with the data that they are.
    pub(crate) fn into_data(self) -> [(Data, Blob); 7] {
        [
            (Data::ClassMirrors, self.classes),
            (Data::AttributeMirrors, self.attributes),
            (Data::MethodMirrors, self.methods),
            (Data::Implemented, self.implemented),
            (Data::TraitMirrors, self.traits),
            (Data::ModuleMirrors, self.modules),
            (Data::Reflection, self.root),
        ]
    }

    fn class(
        &mut self,
        program: &Program,
        statics: &mut Statics,
        number: u32,
        class: Option<&Class>,
    ) -> Result<(), Error> {
        let none = Class::default();
        let class = class.unwrap_or(&none);
        object(program, statics, &Constant::ClassObject(number), &mut self.classes)?;
        self.classes.u32(self.attributes.offset() / size_of::<table::AttributeMirror>() as u32);
        self.classes.u32(self.methods.offset() / size_of::<table::BlockInfo>() as u32);
        self.classes.u32(class.methods.len() as u32);
        self.classes.u32(self.implemented.offset() / size_of::<u32>() as u32);
        self.classes.u32(class.traits.len() as u32);
        self.classes.u32(0);
        let row = program.classes[number as usize].as_ref();
        let names = row.map_or(&[][..], |row| &row.field_names);
        for (name, &class) in names.iter().zip(&class.attributes) {
            self.attributes.u32(statics.texts.add(&format!("@{name}").into()));
            self.attributes.u32(class);
        }
        for method in &class.methods {
            let position = program.positions.get(method.position);
            let row = statics.block_row(&method.name, &position, BlockKind::Method, &method.arguments);
            row.iter().for_each(|&part| self.methods.u32(part));
        }
        class.traits.iter().for_each(|&id| self.implemented.u32(id));
        Ok(())
    }
}

/// A row with an object and its names.
fn named(
    program: &Program,
    statics: &mut Statics,
    object: &Constant,
    names: [&Name; 2],
    rows: &mut Blob,
) -> Result<(), Error> {
    self::object(program, statics, object, rows)?;
    names.iter().for_each(|name| rows.u32(statics.texts.add(name)));
    Ok(())
}

/// Writes a reference to a static object, which is made if it isn't there yet.
fn object(program: &Program, statics: &mut Statics, object: &Constant, blob: &mut Blob) -> Result<(), Error> {
    statics.constant(program, object)?;
    match statics.word(object) {
        Some(ConstantWord::Object(offset)) => {
            blob.address(Symbol::Data(Data::Objects), i64::from(offset) + TAG_REFERENCE as i64);
        }
        _ => unreachable!("class objects, traits and modules are static objects"),
    }
    Ok(())
}
