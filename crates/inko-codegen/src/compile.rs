//! The order of things: collect static data, compile functions on threads, put the object together.

use crate::blob::Blob;
use crate::convention::inko_signature;
use crate::data::Statics;
use crate::debuginfo;
use crate::dispatch::Tables;
use crate::emitter::Unit;
use crate::function::{Compiled, Compiler};
use crate::isa::Effort;
use crate::mirrors::Mirrors;
use crate::symbols::{Data, Symbol};
use crate::{Error, Optimize, Options, Output, isa, tables, trampoline};
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_entity::EntityRef;
use cranelift_module::{
    DataDescription, DataId, FuncId, Linkage, Module, ModuleReloc, ModuleRelocTarget, default_libcall_names,
};
use cranelift_object::object::SectionKind;
use cranelift_object::{ObjectBuilder, ObjectModule};
use inko_abi::table::CALL_SYMBOL;
use inko_ir::ir::{FunctionId, Program, SelectorId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Compiles a program to an object file. The program must have passed the verifier, and its functions the
/// promotion of locals.
pub fn compile(program: &Program, options: &Options) -> Result<Output, Error> {
    let (most, straight) = match options.optimize {
        Optimize::None => (Effort::Least, Effort::Least),
        Optimize::Speed => (Effort::Most, Effort::Straight),
    };
    let (isa, straight) = (isa::target(most)?, isa::target(straight)?);
    let mut statics = Statics::collect(program)?;
    let mirrors = Mirrors::collect(program, &mut statics)?;
    let dispatch = Tables::new(program);
    let baseline = options.optimize == Optimize::None;
    let unit =
        Unit { program, statics: &statics, dispatch: &dispatch, isa: &*isa, straight: &*straight, baseline };
    let functions = compile_functions(&unit, options)?;
    let mut compiler = Compiler::new(&unit, options.listings);
    let mut stubs = Vec::new();
    for (id, selector) in &program.selectors {
        if dispatch.by_selector[id].has_holes {
            let name = statics.texts.index(&selector.name);
            let compiled = compiler.compile(&stub_symbol(program, id), |function, builders, isa| {
                trampoline::stub(function, builders, isa, selector, name);
                Vec::new()
            })?;
            stubs.push((id, compiled));
        }
    }
    let entry = compiler.compile(CALL_SYMBOL, trampoline::call_closure)?;

    let mut data = tables::build(program, &statics, &functions);
    let listing = |text: fn(&Compiled) -> &str| -> String { functions.iter().map(text).collect() };
    let clif = options.listings.clif.then(|| listing(|compiled| &compiled.listing.clif));
    let asm = options.listings.asm.then(|| listing(|compiled| &compiled.listing.asm));
    let Statics { objects, blocks, arguments, .. } = statics;
    data.extend([(Data::Objects, objects), (Data::Blocks, blocks), (Data::Dispatch, dispatch.blob)]);
    data.push((Data::Arguments, arguments));
    data.extend(mirrors.into_data());

    let mut assembler = Assembler::new(program, isa)?;
    assembler.declare(&stubs)?;
    for (id, compiled) in program.functions.keys().zip(&functions) {
        assembler.function(Symbol::Function(id), compiled)?;
    }
    for (id, compiled) in &stubs {
        assembler.function(Symbol::Stub(*id), compiled)?;
    }
    assembler.trampoline(&entry)?;
    for (name, blob) in data {
        assembler.data(name, blob)?;
    }
    let object = assembler.finish(&functions, &stubs, &entry)?;
    Ok(Output { object, clif, asm })
}

/// The symbol of a selector's stub.
fn stub_symbol(program: &Program, id: SelectorId) -> String {
    format!("{}?{}", program.selectors[id].name, id.index())
}

/// Compiles all functions; threads take the next one as they become free, and the results are put in order.
fn compile_functions(unit: &Unit<'_>, options: &Options) -> Result<Vec<Compiled>, Error> {
    let count = unit.program.functions.len();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut compiler = Compiler::new(unit, options.listings);
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return done;
            }
            done.push((index, compiler.function(FunctionId::new(index))));
        }
    };
    let threads = options.threads.clamp(1, count.max(1));
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for thread in others {
            all.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        all
    });
    all.sort_by_key(|&(index, _)| index);
    all.into_iter().map(|(_, compiled)| compiled).collect()
}

/// The object file under construction.
struct Assembler<'a> {
    program: &'a Program,
    isa: OwnedTargetIsa,
    module: ObjectModule,
    functions: HashMap<Symbol, FuncId>,
    data: HashMap<Data, DataId>,
    trampoline: FuncId,
}

fn failed(error: impl ToString) -> Error {
    Error::new(error.to_string())
}

impl<'a> Assembler<'a> {
    fn new(program: &'a Program, isa: OwnedTargetIsa) -> Result<Self, Error> {
        let builder = ObjectBuilder::new(isa.clone(), "inko", default_libcall_names()).map_err(failed)?;
        let mut module = ObjectModule::new(builder);
        let trampoline = module
            .declare_function(CALL_SYMBOL, Linkage::Export, &trampoline::call_signature())
            .map_err(failed)?;
        let mut data = HashMap::new();
        for piece in Data::ALL {
            let linkage = if piece == Data::Program { Linkage::Export } else { Linkage::Local };
            let writable = piece == Data::Constants;
            data.insert(piece, module.declare_data(piece.name(), linkage, writable, false).map_err(failed)?);
        }
        Ok(Self { program, isa, module, functions: HashMap::new(), data, trampoline })
    }

    /// Declares all functions in the order in which they will be defined.
    fn declare(&mut self, stubs: &[(SelectorId, Compiled)]) -> Result<(), Error> {
        let program = self.program;
        for (id, function) in &program.functions {
            let signature = inko_signature(&function.signature);
            self.local(Symbol::Function(id), &function.symbol, &signature)?;
        }
        for (id, _) in stubs {
            let signature = inko_signature(&program.selectors[*id].signature);
            self.local(Symbol::Stub(*id), &stub_symbol(program, *id), &signature)?;
        }
        Ok(())
    }

    fn local(&mut self, symbol: Symbol, name: &str, signature: &Signature) -> Result<(), Error> {
        let id = self.module.declare_function(name, Linkage::Local, signature).map_err(failed)?;
        self.functions.insert(symbol, id);
        Ok(())
    }

    /// The name of a symbol in the module; functions of the runtime are declared when they are first met.
    fn target(&mut self, symbol: Symbol) -> Result<ModuleRelocTarget, Error> {
        if let Symbol::Data(data) = symbol {
            return Ok(self.data[&data].into());
        }
        if let Some(&id) = self.functions.get(&symbol) {
            return Ok(id.into());
        }
        let name = match symbol {
            Symbol::Entry(entry) => Some(entry.signature().symbol),
            Symbol::Slow(entry) => entry.slow_symbol(),
            _ => None,
        };
        let name = name.ok_or_else(|| Error::new(format!("{symbol:?} is used but not compiled")))?;
        // The module does not look at the signature of what it does not compile.
        let signature = Signature::new(CallConv::SystemV);
        let id = self.module.declare_function(name, Linkage::Import, &signature).map_err(failed)?;
        self.functions.insert(symbol, id);
        Ok(id.into())
    }

    fn function(&mut self, symbol: Symbol, compiled: &Compiled) -> Result<(), Error> {
        self.define(self.functions[&symbol], compiled)
    }

    fn trampoline(&mut self, compiled: &Compiled) -> Result<(), Error> {
        self.define(self.trampoline, compiled)
    }

    fn define(&mut self, id: FuncId, compiled: &Compiled) -> Result<(), Error> {
        let mut relocations = Vec::with_capacity(compiled.relocations.len());
        for relocation in &compiled.relocations {
            relocations.push(ModuleReloc {
                offset: relocation.offset,
                kind: relocation.kind,
                name: self.target(relocation.symbol)?,
                addend: relocation.addend,
            });
        }
        self.module
            .define_function_bytes(id, compiled.alignment, &compiled.code, &relocations)
            .map_err(failed)
    }

    fn data(&mut self, name: Data, mut blob: Blob) -> Result<(), Error> {
        if blob.bytes.is_empty() {
            // Symbols must not be empty: the linker might merge them with others.
            blob.u64(0);
        }
        let mut description = DataDescription::new();
        description.set_align(16);
        description.define(blob.bytes.into_boxed_slice());
        let mut functions = HashMap::new();
        let mut data = HashMap::new();
        for (offset, symbol, addend) in blob.addresses {
            let target = self.target(symbol)?;
            if matches!(symbol, Symbol::Data(_)) {
                let value = *data.entry(symbol).or_insert_with(|| description.import_global_value(target));
                description.write_data_addr(offset, value, addend);
            } else {
                let function =
                    *functions.entry(symbol).or_insert_with(|| description.import_function(target));
                description.write_function_addr(offset, function);
            }
        }
        self.module.define_data(self.data[&name], &description).map_err(failed)
    }

    fn finish(
        self,
        functions: &[Compiled],
        stubs: &[(SelectorId, Compiled)],
        entry: &Compiled,
    ) -> Result<Vec<u8>, Error> {
        let mut product = self.module.finish();
        let mut unwind = debuginfo::Frames::new(&*self.isa);
        let mut dwarf = debuginfo::Lines::new(self.program);
        for ((id, function), compiled) in self.program.functions.iter().zip(functions) {
            let symbol = product.function_symbol(self.functions[&Symbol::Function(id)]);
            unwind.add(symbol, compiled);
            dwarf.add(function, symbol, compiled);
        }
        for (id, compiled) in stubs {
            unwind.add(product.function_symbol(self.functions[&Symbol::Stub(*id)]), compiled);
        }
        unwind.add(product.function_symbol(self.trampoline), entry);
        unwind.write(&mut product.object)?;
        dwarf.write(&mut product.object)?;
        // Says that the stack need not be executable.
        product.object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
        product.emit().map_err(failed)
    }
}
