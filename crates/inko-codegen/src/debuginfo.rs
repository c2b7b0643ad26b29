//! DWARF: which line each instruction comes from, which function each address belongs to, and how to unwind.
//!
//! Code that was inlined is attributed to the line it was written on. All addresses are relative to symbols of
//! functions, so the sections need relocations, which gimli reports and the object file takes.

use crate::Error;
use crate::function::Compiled;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_object::object::write::{Object, Relocation as ObjectRelocation, SectionId, SymbolId};
use cranelift_object::object::{
    RelocationEncoding, RelocationFlags, RelocationKind, SectionKind, write::StandardSection,
};
use gimli::write::{
    Address, AttributeValue, CieId, DirectoryId, DwarfUnit, EhFrame, EndianVec, FileId, FrameTable,
    LineProgram, LineString, Range, RangeList, RelocateWriter, Relocation, RelocationTarget, Sections,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian, SectionId as DwarfSection};
use inko_ir::ir::{Function, PositionId, Program};
use inko_syntax::Name;
use std::collections::HashMap;

/// A section under construction with its relocations.
#[derive(Clone, Debug)]
struct Section {
    bytes: EndianVec<LittleEndian>,
    relocations: Vec<Relocation>,
}

impl Section {
    fn new() -> Self {
        Self { bytes: EndianVec::new(LittleEndian), relocations: Vec::new() }
    }
}

impl RelocateWriter for Section {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

fn failed(error: impl ToString) -> Error {
    Error::new(format!("debug information: {}", error.to_string()))
}

/// Lines and functions.
pub(crate) struct Lines<'a> {
    program: &'a Program,
    unit: DwarfUnit,
    symbols: Vec<SymbolId>,
    files: HashMap<Name, FileId>,
    /// The files and lines of the places of positions.
    places: Vec<(FileId, u32)>,
    ranges: Vec<Range>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
        let mut unit = DwarfUnit::new(encoding);
        // Paths of files are as the compiler was given them, so they are relative to where that was.
        let directory = b".".to_vec();
        let main = program.main.map(|main| program.functions[main].position);
        let name =
            main.map_or_else(|| "inko".into(), |position| program.positions.get(position).file.clone());
        unit.unit.line_program = LineProgram::new(
            encoding,
            LineEncoding::default(),
            LineString::String(directory.clone()),
            None,
            LineString::String(name.as_bytes().to_vec()),
            None,
        );
        let root = unit.unit.root();
        let producer = unit.strings.add("inkoc");
        let name = unit.strings.add(name.as_bytes());
        let directory = unit.strings.add(directory);
        let entry = unit.unit.get_mut(root);
        entry.set(gimli::DW_AT_producer, AttributeValue::StringRef(producer));
        // DWARF has no number for Inko; C makes debuggers print addresses and calls sensibly.
        entry.set(gimli::DW_AT_language, AttributeValue::Language(gimli::DW_LANG_C99));
        entry.set(gimli::DW_AT_name, AttributeValue::StringRef(name));
        entry.set(gimli::DW_AT_comp_dir, AttributeValue::StringRef(directory));
        let mut this = Self {
            program,
            unit,
            symbols: Vec::new(),
            files: HashMap::new(),
            places: Vec::new(),
            ranges: Vec::new(),
        };
        for place in program.positions.places() {
            let file = this.file(&place.file);
            this.places.push((file, place.line));
        }
        this
    }

    fn file(&mut self, name: &Name) -> FileId {
        if let Some(&file) = self.files.get(name) {
            return file;
        }
        let program = &mut self.unit.unit.line_program;
        let directory: DirectoryId = program.default_directory();
        let file = program.add_file(LineString::String(name.as_bytes().to_vec()), directory, None);
        self.files.insert(name.clone(), file);
        file
    }

    fn row(&mut self, offset: u32, position: PositionId) {
        let (file, line) = self.places[self.program.positions.place(position)];
        let program = &mut self.unit.unit.line_program;
        let row = program.row();
        row.address_offset = u64::from(offset);
        row.file = file;
        row.line = u64::from(line);
        program.generate_row();
    }

    /// Adds a function with its lines.
    pub(crate) fn add(&mut self, function: &Function, symbol: SymbolId, compiled: &Compiled) {
        let start = Address::Symbol { symbol: self.symbols.len(), addend: 0 };
        self.symbols.push(symbol);
        let size = compiled.code.len() as u64;
        self.ranges.push(Range::StartLength { begin: start, length: size });

        self.unit.unit.line_program.begin_sequence(Some(start));
        // The frame is set up before the first instruction with a position.
        if compiled.lines.first().is_none_or(|&(offset, _)| offset > 0) {
            self.row(0, function.position);
        }
        for &(offset, position) in &compiled.lines {
            self.row(offset, position);
        }
        self.unit.unit.line_program.end_sequence(size);

        let (file, line) = self.places[self.program.positions.place(function.position)];
        let name = self.unit.strings.add(function.symbol.as_bytes());
        let root = self.unit.unit.root();
        let id = self.unit.unit.add(root, gimli::DW_TAG_subprogram);
        let entry = self.unit.unit.get_mut(id);
        entry.set(gimli::DW_AT_name, AttributeValue::StringRef(name));
        entry.set(gimli::DW_AT_linkage_name, AttributeValue::StringRef(name));
        entry.set(gimli::DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
        entry.set(gimli::DW_AT_decl_line, AttributeValue::Udata(u64::from(line)));
        entry.set(gimli::DW_AT_low_pc, AttributeValue::Address(start));
        entry.set(gimli::DW_AT_high_pc, AttributeValue::Udata(size));
        let mut base = gimli::write::Expression::new();
        base.op(gimli::DW_OP_call_frame_cfa);
        entry.set(gimli::DW_AT_frame_base, AttributeValue::Exprloc(base));
    }

    /// Writes the sections.
    pub(crate) fn write(mut self, object: &mut Object<'static>) -> Result<(), Error> {
        let ranges = self.unit.unit.ranges.add(RangeList(std::mem::take(&mut self.ranges)));
        let root = self.unit.unit.root();
        let entry = self.unit.unit.get_mut(root);
        entry.set(gimli::DW_AT_ranges, AttributeValue::RangeListRef(ranges));
        entry.set(gimli::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0)));
        let mut sections = Sections::new(Section::new());
        self.unit.write(&mut sections).map_err(failed)?;
        let mut written: HashMap<DwarfSection, SectionId> = HashMap::new();
        sections.for_each(|id, section| {
            if !section.bytes.slice().is_empty() {
                let kind = if id.is_string() { SectionKind::DebugString } else { SectionKind::Debug };
                let new = object.add_section(Vec::new(), id.name().as_bytes().to_vec(), kind);
                object.append_section_data(new, section.bytes.slice(), 1);
                written.insert(id, new);
            }
            Ok::<(), Error>(())
        })?;
        sections.for_each(|id, section| {
            for relocation in &section.relocations {
                let symbol = match relocation.target {
                    RelocationTarget::Symbol(index) => self.symbols[index],
                    RelocationTarget::Section(target) => object.section_symbol(written[&target]),
                };
                relocate(object, written[&id], relocation, symbol)?;
            }
            Ok(())
        })
    }
}

fn relocate(
    object: &mut Object<'static>,
    section: SectionId,
    relocation: &Relocation,
    symbol: SymbolId,
) -> Result<(), Error> {
    let kind = match relocation.eh_pe {
        Some(encoding) if encoding.application() == gimli::DW_EH_PE_pcrel => RelocationKind::Relative,
        _ => RelocationKind::Absolute,
    };
    let flags =
        RelocationFlags::Generic { kind, encoding: RelocationEncoding::Generic, size: relocation.size * 8 };
    let new = ObjectRelocation { offset: relocation.offset as u64, symbol, addend: relocation.addend, flags };
    object.add_relocation(section, new).map_err(failed)
}

/// Unwind rows, in `.eh_frame`: for debuggers and profilers, the runtime walks frames by itself.
pub(crate) struct Frames {
    table: FrameTable,
    cie: Option<CieId>,
    symbols: Vec<SymbolId>,
}

impl Frames {
    pub(crate) fn new(isa: &dyn TargetIsa) -> Self {
        let mut table = FrameTable::default();
        let cie = isa.create_systemv_cie().map(|cie| table.add_cie(cie));
        Self { table, cie, symbols: Vec::new() }
    }

    /// Adds a function.
    pub(crate) fn add(&mut self, symbol: SymbolId, compiled: &Compiled) {
        if let (Some(cie), Some(UnwindInfo::SystemV(info))) = (self.cie, &compiled.unwind) {
            let address = Address::Symbol { symbol: self.symbols.len(), addend: 0 };
            self.symbols.push(symbol);
            self.table.add_fde(cie, info.to_fde(address));
        }
    }

    /// Writes the section.
    pub(crate) fn write(self, object: &mut Object<'static>) -> Result<(), Error> {
        let mut section = EhFrame(Section::new());
        self.table.write_eh_frame(&mut section).map_err(failed)?;
        let id = object.section_id(StandardSection::EhFrame);
        object.append_section_data(id, section.0.bytes.slice(), 8);
        for relocation in &section.0.relocations {
            let RelocationTarget::Symbol(index) = relocation.target else { continue };
            relocate(object, id, relocation, self.symbols[index])?;
        }
        Ok(())
    }
}
