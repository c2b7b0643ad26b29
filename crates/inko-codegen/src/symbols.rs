//! What machine code and data refer to by name.
//!
//! Functions are compiled on several threads before any symbol exists in the object, so code names what it
//! refers to by [`Symbol`]s, which are numbered up front by the program alone.

use cranelift_codegen::ir::{ExternalName, Function, UserExternalName};
use cranelift_entity::EntityRef;
use inko_abi::entry::{ALL, Entry};
use inko_ir::ir::{FunctionId, SelectorId};

/// A place in the program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Symbol {
    /// A compiled function.
    Function(FunctionId),
    /// What a dispatch table holds for classes without an implementation.
    Stub(SelectorId),
    /// A function of the runtime.
    Entry(Entry),
    /// A function of the runtime by the symbol that preserves all registers.
    Slow(Entry),
    /// Static data.
    Data(Data),
}

/// The pieces of static data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Data {
    /// Permanent objects.
    Objects,
    /// Rows of `inko_abi::table::BlockInfo`.
    Blocks,
    /// The dispatch tables of all selectors.
    Dispatch,
    /// The module constants; the only data that is written to.
    Constants,
    Classes,
    Functions,
    Sites,
    Slots,
    Positions,
    Strings,
    Text,
    Program,
    Arguments,
    /// Rows of `inko_abi::table::ClassMirror`, the first of the tables for mirrors.
    ClassMirrors,
    AttributeMirrors,
    MethodMirrors,
    Implemented,
    TraitMirrors,
    ModuleMirrors,
    Reflection,
}

impl Data {
    pub(crate) const ALL: [Data; 20] = [
        Data::Objects,
        Data::Blocks,
        Data::Dispatch,
        Data::Constants,
        Data::Classes,
        Data::Functions,
        Data::Sites,
        Data::Slots,
        Data::Positions,
        Data::Strings,
        Data::Text,
        Data::Program,
        Data::Arguments,
        Data::ClassMirrors,
        Data::AttributeMirrors,
        Data::MethodMirrors,
        Data::Implemented,
        Data::TraitMirrors,
        Data::ModuleMirrors,
        Data::Reflection,
    ];

    /// The name of the symbol; only that of the root of the tables is exported.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Data::Objects => "inko_objects",
            Data::Blocks => "inko_blocks",
            Data::Dispatch => "inko_dispatch",
            Data::Constants => "inko_constants",
            Data::Classes => "inko_classes",
            Data::Functions => "inko_functions",
            Data::Sites => "inko_sites",
            Data::Slots => "inko_slots",
            Data::Positions => "inko_positions",
            Data::Strings => "inko_strings",
            Data::Text => "inko_text",
            Data::Program => inko_abi::table::PROGRAM_SYMBOL,
            Data::Arguments => "inko_arguments",
            Data::ClassMirrors => "inko_class_mirrors",
            Data::AttributeMirrors => "inko_attribute_mirrors",
            Data::MethodMirrors => "inko_method_mirrors",
            Data::Implemented => "inko_implemented",
            Data::TraitMirrors => "inko_trait_mirrors",
            Data::ModuleMirrors => "inko_module_mirrors",
            Data::Reflection => "inko_reflection",
        }
    }
}

impl Symbol {
    /// The name that stands for the symbol in Cranelift's functions.
    fn external(self) -> UserExternalName {
        let (namespace, index) = match self {
            Symbol::Function(id) => (0, id.index()),
            Symbol::Stub(id) => (1, id.index()),
            Symbol::Entry(entry) => (2, entry as usize),
            Symbol::Slow(entry) => (4, entry as usize),
            Symbol::Data(data) => (3, data as usize),
        };
        UserExternalName::new(namespace, index as u32)
    }

    /// The inverse of [`Symbol::external`].
    pub(crate) fn from_external(name: &UserExternalName) -> Self {
        let index = name.index as usize;
        match name.namespace {
            0 => Symbol::Function(FunctionId::new(index)),
            1 => Symbol::Stub(SelectorId::new(index)),
            2 => Symbol::Entry(ALL[index]),
            4 => Symbol::Slow(ALL[index]),
            _ => Symbol::Data(Data::ALL[index]),
        }
    }

    /// Names the symbol in a function.
    pub(crate) fn import(self, function: &mut Function) -> ExternalName {
        ExternalName::user(function.declare_imported_user_function(self.external()))
    }
}
