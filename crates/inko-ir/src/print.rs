//! The readable dump of the representation, for `--emit ir`, snapshots and messages of the verifier.
//!
//! *Invariant:* deterministic, and total: it prints broken functions too.

use crate::ir::*;
use cranelift_entity::EntityRef;
use std::fmt::{self, Display, Formatter, Write};

/// The dump of a program: its selectors and all functions.
pub fn program(program: &Program) -> String {
    let mut text = String::new();
    for (number, class) in program.classes.iter().enumerate() {
        if let Some(class) = class
            && number >= inko_abi::class::FIRST_USER as usize
        {
            let fields = class.field_names.iter().zip(&class.fields);
            let fields: Vec<String> = fields.map(|(name, ty)| format!("{name}: {}", ty_name(*ty))).collect();
            let module = if class.is_module { " module" } else { "" };
            let _ = writeln!(text, "class {number} {}({}){module}", class.name, fields.join(", "));
        }
    }
    for selector in program.selectors.values() {
        let targets: Vec<String> = selector
            .targets
            .iter()
            .map(|(&class, &target)| format!("{} => {}", class_name(program, class), symbol(program, target)))
            .collect();
        let Signature { params, returns, throws } = &selector.signature;
        let params = List(params, |ty| ty_name(*ty));
        let throws = if *throws { " throws" } else { "" };
        let returns = ty_name(*returns);
        let targets = targets.join(", ");
        let _ = writeln!(text, "selector {}({params}) -> {returns}{throws}: {targets}", selector.name);
    }
    if let Some(main) = program.main {
        let _ = writeln!(text, "main {}", symbol(program, main));
    }
    for function in program.functions.values() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self::function(program, function, false));
    }
    text
}

/// The dump of a function; `positions` adds the line of each instruction, with those of inlined calls.
pub fn function(program: &Program, function: &Function, positions: bool) -> String {
    Printer { program, function, positions }.to_string()
}

struct Printer<'a> {
    program: &'a Program,
    function: &'a Function,
    positions: bool,
}

impl Display for Printer<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let function = self.function;
        write!(f, "fn {}({})", function.symbol, List(&function.signature.params, |ty| ty_name(*ty)))?;
        write!(f, " -> {}", ty_name(function.signature.returns))?;
        if function.signature.throws {
            write!(f, " throws")?;
        }
        if let Some(block) = &function.block {
            let kind = if block.is_lambda { "lambda" } else { "closure" };
            write!(f, " {kind}[{}]", block.captures)?;
        }
        if function.never_inline {
            write!(f, " never_inline")?;
        }
        writeln!(f)?;
        for (id, ty) in function.locals.iter() {
            writeln!(f, "  local {id}: {}", ty_name(*ty))?;
        }
        for (id, block) in function.blocks.iter() {
            let entry = if id == function.entry && id.index() != 0 { " ; entry" } else { "" };
            if block.params.is_empty() {
                writeln!(f, "{id}:{entry}")?;
            } else {
                writeln!(f, "{id}({}):{entry}", List(&block.params, |&value| self.typed(value)))?;
            }
            for inst in &block.insts {
                write!(f, "  ")?;
                if !inst.results.is_empty() {
                    write!(f, "{} = ", List(&inst.results, |&value| self.typed(value)))?;
                }
                self.op(f, &inst.op)?;
                self.position(f, inst.position)?;
            }
            write!(f, "  ")?;
            self.terminator(f, &block.terminator)?;
            self.position(f, block.position)?;
        }
        Ok(())
    }
}

impl Printer<'_> {
    fn typed(&self, value: Value) -> String {
        let Some(data) = self.function.values.get(value) else { return format!("{value}: ?") };
        match data.known {
            Known::Nothing => format!("{value}: {}", ty_name(data.ty)),
            Known::Integer => format!("{value}: integer"),
            Known::Small => format!("{value}: small"),
            Known::Class(class) => format!("{value}: {}", class_name(self.program, class)),
        }
    }

    fn position(&self, f: &mut Formatter<'_>, position: PositionId) -> fmt::Result {
        let find = |id: PositionId| self.program.positions.iter().nth(id.index());
        let mut next = if self.positions { find(position) } else { None };
        let mut separator = "  ; ";
        while let Some(position) = next {
            write!(f, "{separator}{}:{}", position.function, position.line)?;
            separator = " < ";
            next = position.caller.and_then(find);
        }
        writeln!(f)
    }

    fn op(&self, f: &mut Formatter<'_>, op: &Op) -> fmt::Result {
        let class = |number: u32| class_name(self.program, number);
        match op {
            Op::Constant(constant) => match constant {
                Constant::Nil => write!(f, "Nil"),
                Constant::Bool(value) => write!(f, "{value}"),
                Constant::Small(value) => write!(f, "{value}"),
                Constant::Big(digits) => write!(f, "big {digits}"),
                Constant::Float(bits) => write!(f, "{:?}", f64::from_bits(*bits)),
                Constant::String(text) => write!(f, "{text:?}"),
                Constant::Module(number) => write!(f, "module {}", class(*number)),
                Constant::Trait { class: of, number } => write!(f, "trait {} {number}", class(*of)),
                Constant::ClassObject(number) => write!(f, "class {}", class(*number)),
                Constant::Undefined => write!(f, "undefined"),
                Constant::Raw(value) => write!(f, "raw {value}"),
            },
            Op::Integer(op, a, b) => write!(f, "integer {} {a}, {b}", lower(op)),
            Op::IntegerCompare(op, a, b) => write!(f, "integer {} {a}, {b}", lower(op)),
            Op::IntegerToFloat(a) => write!(f, "integer_to_float {a}"),
            Op::Float(op, a, b) => write!(f, "float {} {a}, {b}", lower(op)),
            Op::FloatCompare(op, a, b) => write!(f, "float {} {a}, {b}", lower(op)),
            Op::RawEquals(a, b) => write!(f, "raw_equals {a}, {b}"),
            Op::Not(a) => write!(f, "not {a}"),
            Op::BoxFloat(a) => write!(f, "box_float {a}"),
            Op::UnboxFloat(a) => write!(f, "unbox_float {a}"),
            Op::BoxBool(a) => write!(f, "box_bool {a}"),
            Op::UnboxBool(a) => write!(f, "unbox_bool {a}"),
            Op::Verify(a, check, expected) => write!(f, "verify {a} {} {expected:?}", self.check(check)),
            Op::Test(a, check) => write!(f, "test {a} {}", self.check(check)),
            Op::Same(a, b) => write!(f, "same {a}, {b}"),
            Op::IsUndefined(a) => write!(f, "is_undefined {a}"),
            Op::New(number, values) => write!(f, "new {}{}", class(*number), values_of(values)),
            Op::GetField { object, class: number, field } => {
                write!(f, "get_field {object}.{}", self.field(*number, *field))
            }
            Op::SetField { object, class: number, field, value } => {
                write!(f, "set_field {object}.{} = {value}", self.field(*number, *field))
            }
            Op::NewCell(a) => write!(f, "new_cell {a}"),
            Op::GetCell(a) => write!(f, "get_cell {a}"),
            Op::SetCell(a, b) => write!(f, "set_cell {a} = {b}"),
            Op::Closure(id, captures) => {
                write!(f, "closure {}{}", symbol(self.program, *id), values_of(captures))
            }
            Op::GetCapture(a, index) => write!(f, "get_capture {a}, {index}"),
            Op::GetLocal(id) => write!(f, "get_local {id}"),
            Op::SetLocal(id, a) => write!(f, "set_local {id} = {a}"),
            Op::Call(call) => write!(f, "call {}", self.call(call)),
            Op::GetGlobal(id) => write!(f, "get_global {}", self.global(*id)),
            Op::SetGlobal(id, a) => write!(f, "set_global {} = {a}", self.global(*id)),
            Op::StringSize(a) => write!(f, "string_size {a}"),
            Op::NewArray(values) => write!(f, "new_array{}", values_of(values)),
            Op::ArrayLength(a) => write!(f, "array_length {a}"),
            Op::ArrayGet(a, b) => write!(f, "array_get {a}, {b}"),
            Op::ArraySet(a, b, c) => write!(f, "array_set {a}, {b} = {c}"),
            Op::ArrayPush(a, b) => write!(f, "array_push {a}, {b}"),
            Op::BytesGet(a, b) => write!(f, "bytes_get {a}, {b}"),
            Op::BytesSet(a, b, c) => write!(f, "bytes_set {a}, {b} = {c}"),
            Op::BoolToInteger(a) => write!(f, "bool_to_integer {a}"),
            Op::NewHome(exits) => write!(f, "new_home {}", List(exits, |exit| exit.to_string())),
            Op::EndHome(a) => write!(f, "end_home {a}"),
            Op::KeepAlive(a) => write!(f, "keep_alive {a}"),
            Op::LandingPad => write!(f, "landing_pad"),
            Op::Poll => write!(f, "poll"),
        }
    }

    fn terminator(&self, f: &mut Formatter<'_>, terminator: &Terminator) -> fmt::Result {
        match terminator {
            Terminator::Jump(to) => write!(f, "jump {}", edge(to)),
            Terminator::Branch { condition, then, otherwise } => {
                write!(f, "branch {condition}, {}, {}", edge(then), edge(otherwise))
            }
            Terminator::Return(value) => write!(f, "return {value}"),
            Terminator::Throw(value) => write!(f, "throw {value}"),
            Terminator::Exit { home, value, exit } => write!(f, "exit {home}, {value}, {exit}"),
            Terminator::Invoke { call, normal, unwind } => {
                write!(f, "invoke {} to {} unwind {unwind}", self.call(call), edge(normal))
            }
            Terminator::Unreachable => write!(f, "unreachable"),
        }
    }

    fn call(&self, call: &Call) -> String {
        let callee = match call.callee {
            Callee::Function(id) => symbol(self.program, id),
            Callee::Selector(id) => match self.program.selectors.get(id) {
                Some(selector) => format!("dynamic {}", selector.name),
                None => format!("dynamic {id}"),
            },
            Callee::Closure => "closure".to_owned(),
            Callee::Entry(entry) => format!("runtime {}", entry.signature().name),
        };
        format!("{callee}{}", values_of(&call.args))
    }

    fn check(&self, check: &Check) -> String {
        match check {
            Check::Integer => "Integer".to_owned(),
            Check::Float => "Float".to_owned(),
            Check::Boolean => "Boolean".to_owned(),
            Check::Nil => "Nil".to_owned(),
            Check::Class(number) => class_name(self.program, *number),
            Check::Classes(numbers) => {
                format!("{{{}}}", List(numbers, |&number| class_name(self.program, number)))
            }
            Check::Block { arity, lambda } => {
                format!("{}/{arity}", if *lambda { "lambda" } else { "block" })
            }
        }
    }

    fn field(&self, class: u32, field: u32) -> String {
        let row = self.program.classes.get(class as usize).and_then(Option::as_ref);
        let class = class_name(self.program, class);
        match row.and_then(|row| row.field_names.get(field as usize)) {
            Some(name) => format!("{class}@{name}"),
            None => format!("{class}@{field}"),
        }
    }

    fn global(&self, id: GlobalId) -> String {
        self.program.globals.get(id).map_or_else(|| id.to_string(), |global| global.name.to_string())
    }
}

/// The name of a class in dumps.
pub fn class_name(program: &Program, number: u32) -> String {
    if let Some(Some(class)) = program.classes.get(number as usize) {
        return class.name.to_string();
    }
    let built_in = inko_abi::class::BUILT_IN.iter().find(|row| row.1 == number);
    built_in.map_or_else(|| format!("class{number}"), |row| row.0.to_owned())
}

fn symbol(program: &Program, id: FunctionId) -> String {
    program.functions.get(id).map_or_else(|| id.to_string(), |function| function.symbol.to_string())
}

fn ty_name(ty: Ty) -> String {
    match ty {
        Ty::Word => "word",
        Ty::Float => "float",
        Ty::Bool => "bool",
        Ty::Raw => "raw",
    }
    .to_owned()
}

fn lower(op: &impl fmt::Debug) -> String {
    format!("{op:?}").to_lowercase()
}

fn edge(edge: &Edge) -> String {
    if edge.args.is_empty() {
        edge.block.to_string()
    } else {
        format!("{}{}", edge.block, values_of(&edge.args))
    }
}

fn values_of(values: &[Value]) -> String {
    format!("({})", List(values, |value| value.to_string()))
}

struct List<'a, T, F: Fn(&T) -> String>(&'a [T], F);

impl<T, F: Fn(&T) -> String> Display for List<'_, T, F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", self.1(item))?;
        }
        Ok(())
    }
}
