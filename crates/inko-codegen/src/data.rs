//! Static objects: string literals, big integers, class and module objects, closures without captures; and
//! the texts that tables refer to.
//!
//! All of it is found by one walk over the program before code is generated, in the program's order, so that
//! the offsets do not depend on which thread compiles what. Equal literals are one object.
//!
//! *Invariant:* every object carries `FLAG_PERMANENT`, refers to permanent objects only and never changes.

use crate::Error;
use crate::blob::Blob;
use crate::symbols::{Data, Symbol};
use dashu_int::IBig;
use dashu_int::Sign;
use indexmap::IndexSet;
use inko_abi::object::{FLAG_PERMANENT, closure_header, header};
use inko_abi::table::BlockKind;
use inko_abi::word;
use inko_abi::{class, word::Word};
use inko_ir::ir::*;
use inko_ir::reflection::Arguments;
use inko_syntax::Name;
use std::collections::HashMap;
use std::str::FromStr;

/// What identifies a static object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Big(Name),
    Float(u64),
    String(Name),
    Module(u32),
    ClassObject(u32),
    Trait(u32),
    Closure(FunctionId),
}

/// How a constant word is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ConstantWord {
    /// An immediate.
    Immediate(Word),
    /// A reference to the object at this offset of the static objects.
    Object(u32),
}

/// The texts of a program, each once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    all: IndexSet<Name>,
}

impl Texts {
    /// The index of a text, which is added if it is new.
    pub(crate) fn add(&mut self, text: &Name) -> u32 {
        match self.all.get_index_of(text) {
            Some(index) => index as u32,
            None => self.all.insert_full(text.clone()).0 as u32,
        }
    }

    /// The index of a text that was added.
    pub(crate) fn index(&self, text: &Name) -> u32 {
        self.all.get_index_of(text).expect("all texts were collected") as u32
    }

    /// All texts in the order of their indices.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Name> {
        self.all.iter()
    }
}

/// All static objects of a program.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    pub(crate) objects: Blob,
    pub(crate) blocks: Blob,
    /// The names of the arguments of all blocks and methods.
    pub(crate) arguments: Blob,
    pub(crate) texts: Texts,
    offsets: HashMap<Key, u32>,
    /// The row of `Data::Blocks` of a function that is the code of a block.
    infos: HashMap<FunctionId, u32>,
    /// Decimal literals that fit a small integer after all.
    small: HashMap<Name, Word>,
}

impl Statics {
    /// Collects everything that the program needs.
    pub(crate) fn collect(program: &Program) -> Result<Self, Error> {
        let mut this = Self::default();
        for place in program.positions.places() {
            this.texts.add(&place.function);
            this.texts.add(&place.file);
        }
        for class in program.classes.iter().flatten() {
            this.texts.add(&class.name);
        }
        for selector in program.selectors.values() {
            this.texts.add(&selector.name);
        }
        for global in program.globals.values() {
            this.texts.add(&global.name);
        }
        for function in program.functions.values() {
            this.texts.add(&function.name);
            for block in function.blocks.values() {
                for inst in &block.insts {
                    this.instruction(program, &inst.op)?;
                }
            }
        }
        if let Some(main) = program.main {
            this.closure(program, main);
        }
        Ok(this)
    }

    fn instruction(&mut self, program: &Program, op: &Op) -> Result<(), Error> {
        match op {
            Op::Constant(constant) => self.constant(program, constant),
            Op::Verify(_, _, name) => {
                self.texts.add(name);
                Ok(())
            }
            Op::Closure(function, captures) => {
                if captures.is_empty() {
                    self.closure(program, *function);
                } else {
                    self.block_info(program, *function);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn constant(&mut self, program: &Program, constant: &Constant) -> Result<(), Error> {
        match constant {
            Constant::Big(decimal) => self.big(decimal)?,
            Constant::Float(bits) if self.is_new(Key::Float(*bits)) => {
                self.objects.u64(header(class::FLOAT, FLAG_PERMANENT));
                self.objects.u64(*bits);
            }
            Constant::String(text) => self.string(text),
            Constant::Module(number) => {
                let class = program.classes.get(*number as usize).and_then(Option::as_ref);
                let fields = class.map_or(0, |class| class.fields.len());
                if self.is_new(Key::Module(*number)) {
                    self.objects.u64(header(*number, FLAG_PERMANENT));
                    (0..fields).for_each(|_| self.objects.u64(word::NIL));
                }
            }
            Constant::Trait { class, number } if self.is_new(Key::Trait(*number)) => {
                self.objects.u64(header(*class, FLAG_PERMANENT));
                self.objects.u64(u64::from(*number));
            }
            Constant::ClassObject(number) if self.is_new(Key::ClassObject(*number)) => {
                self.objects.u64(header(class::CLASS_OBJECT, FLAG_PERMANENT));
                self.objects.u64(u64::from(*number));
            }
            _ => {}
        }
        Ok(())
    }

    /// Registers an object that is about to be appended, unless it exists.
    fn is_new(&mut self, key: Key) -> bool {
        let offset = self.objects.offset();
        let mut new = false;
        self.offsets.entry(key).or_insert_with(|| {
            new = true;
            offset
        });
        new
    }

    fn string(&mut self, text: &Name) {
        if self.is_new(Key::String(text.clone())) {
            self.objects.u64(header(class::STRING, FLAG_PERMANENT));
            self.objects.u64(text.len() as u64);
            self.objects.bytes.extend(text.as_bytes());
            self.objects.align();
        }
    }

    fn big(&mut self, decimal: &Name) -> Result<(), Error> {
        if self.small.contains_key(decimal) {
            return Ok(());
        }
        let value =
            IBig::from_str(decimal).map_err(|_| Error::new(format!("`{decimal}` is no decimal integer")))?;
        if let Ok(value) = i64::try_from(&value)
            && (word::MIN_SMALL..=word::MAX_SMALL).contains(&value)
        {
            self.small.insert(decimal.clone(), word::small(value));
            return Ok(());
        }
        if self.is_new(Key::Big(decimal.clone())) {
            let (sign, magnitude) = value.into_parts();
            let limbs = magnitude.as_words();
            let length = limbs.len() as i64;
            self.objects.u64(header(class::INTEGER, FLAG_PERMANENT));
            self.objects.u64(if sign == Sign::Negative { -length } else { length } as u64);
            limbs.iter().for_each(|&limb| self.objects.u64(limb));
        }
        Ok(())
    }

    fn closure(&mut self, program: &Program, function: FunctionId) {
        if self.is_new(Key::Closure(function)) {
            let info = self.block_info(program, function);
            let arity = arity(&program.functions[function]);
            self.objects.u64(closure_header(arity, 0, FLAG_PERMANENT));
            self.objects.address(Symbol::Function(function), 0);
            self.objects.address(Symbol::Data(Data::Blocks), i64::from(info));
        }
    }

    fn block_info(&mut self, program: &Program, function: FunctionId) -> u32 {
        if let Some(&offset) = self.infos.get(&function) {
            return offset;
        }
        let offset = self.blocks.offset();
        let data = &program.functions[function];
        let kind = match &data.block {
            Some(BlockLiteral { is_lambda: false, .. }) => BlockKind::Closure,
            _ => BlockKind::Lambda,
        };
        let none = Arguments::default();
        let arguments = data.block.as_ref().map_or(&none, |block| &block.arguments);
        let row = self.block_row(&data.name, &program.positions.get(data.position), kind, arguments);
        row.iter().for_each(|&part| self.blocks.u32(part));
        self.infos.insert(function, offset);
        offset
    }

    /// A row of `inko_abi::table::BlockInfo`.
    pub(crate) fn block_row(
        &mut self,
        name: &Name,
        position: &Position,
        kind: BlockKind,
        arguments: &Arguments,
    ) -> [u32; 7] {
        let first = self.arguments.offset() / 4;
        for name in &arguments.names {
            let index = self.texts.add(name);
            self.arguments.u32(index);
        }
        let (name, file) = (self.texts.add(name), self.texts.add(&position.file));
        let count = arguments.names.len() as u32;
        [name, file, position.line, kind as u32, first, count, arguments.required]
    }

    /// The offset of a block's row in `Data::Blocks`.
    pub(crate) fn info_offset(&self, function: FunctionId) -> u32 {
        self.infos[&function]
    }

    /// The offset of the static closure of a function without captures.
    pub(crate) fn closure_offset(&self, function: FunctionId) -> u32 {
        self.offsets[&Key::Closure(function)]
    }

    /// The offset of the static object with a float's bits.
    pub(crate) fn float_offset(&self, bits: u64) -> u32 {
        self.offsets[&Key::Float(bits)]
    }

    /// How a constant of type word is made; `None` for constants of other types.
    pub(crate) fn word(&self, constant: &Constant) -> Option<ConstantWord> {
        let object = |key: Key| Some(ConstantWord::Object(self.offsets[&key]));
        match constant {
            Constant::Nil => Some(ConstantWord::Immediate(word::NIL)),
            Constant::Undefined => Some(ConstantWord::Immediate(word::UNDEFINED)),
            Constant::Small(value) => Some(ConstantWord::Immediate(word::small(*value))),
            Constant::Big(decimal) => match self.small.get(decimal) {
                Some(&small) => Some(ConstantWord::Immediate(small)),
                None => object(Key::Big(decimal.clone())),
            },
            Constant::String(text) => object(Key::String(text.clone())),
            Constant::Module(number) => object(Key::Module(*number)),
            Constant::Trait { number, .. } => object(Key::Trait(*number)),
            Constant::ClassObject(number) => object(Key::ClassObject(*number)),
            Constant::Bool(_) | Constant::Float(_) | Constant::Raw(_) => None,
        }
    }
}

/// The number of arguments of a block: its parameters without the closure itself.
pub(crate) fn arity(function: &Function) -> u8 {
    (function.signature.params.len() - 1) as u8
}
