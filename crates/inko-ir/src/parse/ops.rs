//! Instructions and terminators.

use super::{Line, Parser, Result, Scope};
use crate::ir::*;
use inko_abi::entry::Entry;

struct Reader<'a, 'c> {
    parser: &'a mut Parser,
    line: &'a mut Line<'c>,
    function: &'a mut Function,
    scope: &'a mut Scope,
    position: PositionId,
}

impl Parser {
    pub(super) fn instruction(
        &mut self,
        line: &mut Line<'_>,
        function: &mut Function,
        scope: &mut Scope,
        block: BlockId,
        position: PositionId,
    ) -> Result<()> {
        let mut results = Vec::new();
        if line.rest.starts_with('v') && line.rest.contains(" = ") && !line.rest.starts_with("verify") {
            loop {
                results.push(self.defined(line, function, scope)?);
                if line.eat("=") {
                    break;
                }
                line.expect(",")?;
            }
        }
        let mut reader = Reader { parser: self, line, function, scope, position };
        let name = if reader.line.rest.starts_with('"') { "\"" } else { reader.line.word()? };
        if let Some(terminator) = reader.terminator(name)? {
            function.terminate(block, terminator, position);
        } else {
            let op = reader.op(name)?;
            function.blocks[block].insts.push(Inst { op, results, position });
        }
        Ok(())
    }
}

impl Reader<'_, '_> {
    fn value(&mut self) -> Result<Value> {
        let word = self.line.word()?;
        let word = word.split('.').next().unwrap_or(word);
        Ok(self.scope.value(self.function, word))
    }

    /// A value after a comma or an equals sign.
    fn next(&mut self) -> Result<Value> {
        if !self.line.eat("=") {
            self.line.expect(",")?;
        }
        self.value()
    }

    fn values(&mut self) -> Result<Vec<Value>> {
        let Self { scope, function, .. } = self;
        self.line.list("(", ")", |line| Ok(scope.value(function, line.word()?)))
    }

    fn block(&mut self) -> Result<BlockId> {
        let word = self.line.word()?;
        Ok(self.scope.block(self.function, word, self.position))
    }

    fn edge(&mut self) -> Result<Edge> {
        Ok(Edge { block: self.block()?, args: self.values()? })
    }

    fn local(&mut self) -> Result<LocalId> {
        let word = self.line.word()?;
        self.scope.locals.get(word).copied().ok_or_else(|| format!("there is no local {word:?}"))
    }

    fn class(&mut self) -> Result<u32> {
        let word = self.line.word()?;
        self.parser.class_number(word)
    }

    /// `v1.@name`: object, class and attribute. The class is that of the first with such an attribute,
    /// or follows as `v1.Class@name`.
    fn field(&mut self) -> Result<(Value, u32, u32)> {
        let word = self.line.word()?;
        let (value, field) = word.split_once('.').ok_or("an attribute is missing")?;
        let (class, name) = field.split_once('@').ok_or("an attribute starts with @")?;
        let value = self.scope.value(self.function, value);
        for (number, row) in self.parser.program.classes.iter().enumerate() {
            if let Some(row) = row
                && (class.is_empty() || row.name == class)
                && let Some(index) = row.field_names.iter().position(|field| field == name)
            {
                return Ok((value, number as u32, index as u32));
            }
        }
        Err(format!("no class has an attribute {name:?}"))
    }

    fn global(&mut self) -> Result<GlobalId> {
        let name = self.line.word()?;
        let globals = &mut self.parser.program.globals;
        let found = globals.iter().find(|row| row.1.name == name).map(|row| row.0);
        Ok(found.unwrap_or_else(|| globals.push(Global { name: name.into() })))
    }

    fn check(&mut self) -> Result<Check> {
        if self.line.rest.starts_with('{') {
            let parser = &*self.parser;
            return Ok(Check::Classes(self.line.list("{", "}", |line| parser.class_number(line.word()?))?));
        }
        let word = self.line.word()?;
        for (prefix, lambda) in [("block/", false), ("lambda/", true)] {
            if let Some(arity) = word.strip_prefix(prefix) {
                let arity = arity.parse().map_err(|_| "the arity is no number")?;
                return Ok(Check::Block { arity, lambda });
            }
        }
        Ok(match word {
            "Integer" => Check::Integer,
            "Float" => Check::Float,
            "Boolean" => Check::Boolean,
            "Nil" => Check::Nil,
            _ => Check::Class(self.parser.class_number(word)?),
        })
    }

    fn call(&mut self) -> Result<Call> {
        let callee = if self.line.eat("dynamic ") {
            let name = self.line.word()?;
            let mut all = self.parser.program.selectors.iter();
            let found = all.find(|row| row.1.name == name).map(|row| row.0);
            Callee::Selector(found.ok_or_else(|| format!("there is no selector {name:?}"))?)
        } else if self.line.eat("runtime ") {
            let name = self.line.word()?;
            Callee::Entry(Entry::from_name(name).ok_or_else(|| format!("no runtime function {name:?}"))?)
        } else {
            match self.line.word()? {
                "closure" => Callee::Closure,
                symbol => Callee::Function(self.parser.function(symbol)?),
            }
        };
        Ok(Call { callee, args: self.values()? })
    }

    fn terminator(&mut self, name: &str) -> Result<Option<Terminator>> {
        Ok(Some(match name {
            "jump" => Terminator::Jump(self.edge()?),
            "branch" => {
                let condition = self.value()?;
                self.line.expect(",")?;
                let then = self.edge()?;
                self.line.expect(",")?;
                Terminator::Branch { condition, then, otherwise: self.edge()? }
            }
            "return" => Terminator::Return(self.value()?),
            "throw" => Terminator::Throw(self.value()?),
            "exit" => {
                let home = self.value()?;
                let value = self.next()?;
                self.line.expect(",")?;
                Terminator::Exit { home, value, exit: self.line.number()? }
            }
            "invoke" => {
                let call = self.call()?;
                self.line.expect("to ")?;
                let normal = self.edge()?;
                self.line.expect("unwind ")?;
                Terminator::Invoke { call, normal, unwind: self.block()? }
            }
            "unreachable" => Terminator::Unreachable,
            _ => return Ok(None),
        }))
    }

    fn op(&mut self, name: &str) -> Result<Op> {
        Ok(match name {
            "integer" => {
                let op = self.line.word()?;
                let (a, b) = (self.value()?, self.next()?);
                match integer(op) {
                    Some(op) => Op::Integer(op, a, b),
                    None => Op::IntegerCompare(compare(op)?, a, b),
                }
            }
            "float" => {
                let op = self.line.word()?;
                let (a, b) = (self.value()?, self.next()?);
                match op {
                    "add" => Op::Float(FloatOp::Add, a, b),
                    "sub" => Op::Float(FloatOp::Sub, a, b),
                    "mul" => Op::Float(FloatOp::Mul, a, b),
                    "div" => Op::Float(FloatOp::Div, a, b),
                    _ => Op::FloatCompare(compare(op)?, a, b),
                }
            }
            "integer_to_float" => Op::IntegerToFloat(self.value()?),
            "raw_equals" => Op::RawEquals(self.value()?, self.next()?),
            "not" => Op::Not(self.value()?),
            "box_float" => Op::BoxFloat(self.value()?),
            "unbox_float" => Op::UnboxFloat(self.value()?),
            "box_bool" => Op::BoxBool(self.value()?),
            "unbox_bool" => Op::UnboxBool(self.value()?),
            "verify" => Op::Verify(self.value()?, self.check()?, self.line.string()?),
            "test" => Op::Test(self.value()?, self.check()?),
            "same" => Op::Same(self.value()?, self.next()?),
            "is_undefined" => Op::IsUndefined(self.value()?),
            "new" => Op::New(self.class()?, self.values()?),
            "get_field" => {
                let (object, class, field) = self.field()?;
                Op::GetField { object, class, field }
            }
            "set_field" => {
                let (object, class, field) = self.field()?;
                Op::SetField { object, class, field, value: self.next()? }
            }
            "new_cell" => Op::NewCell(self.value()?),
            "get_cell" => Op::GetCell(self.value()?),
            "set_cell" => Op::SetCell(self.value()?, self.next()?),
            "closure" => {
                let symbol = self.line.word()?;
                Op::Closure(self.parser.function(symbol)?, self.values()?)
            }
            "get_capture" => {
                let closure = self.value()?;
                self.line.expect(",")?;
                Op::GetCapture(closure, self.line.number()?)
            }
            "get_local" => Op::GetLocal(self.local()?),
            "set_local" => Op::SetLocal(self.local()?, self.next()?),
            "call" => Op::Call(self.call()?),
            "get_global" => Op::GetGlobal(self.global()?),
            "set_global" => Op::SetGlobal(self.global()?, self.next()?),
            "string_size" => Op::StringSize(self.value()?),
            "new_array" => Op::NewArray(self.values()?),
            "array_length" => Op::ArrayLength(self.value()?),
            "array_get" => Op::ArrayGet(self.value()?, self.next()?),
            "array_set" => Op::ArraySet(self.value()?, self.next()?, self.next()?),
            "array_push" => Op::ArrayPush(self.value()?, self.next()?),
            "bytes_get" => Op::BytesGet(self.value()?, self.next()?),
            "bytes_set" => Op::BytesSet(self.value()?, self.next()?, self.next()?),
            "bool_to_integer" => Op::BoolToInteger(self.value()?),
            "new_home" => {
                let mut exits = vec![self.block()?];
                while self.line.eat(",") {
                    exits.push(self.block()?);
                }
                Op::NewHome(exits)
            }
            "end_home" => Op::EndHome(self.value()?),
            "keep_alive" => Op::KeepAlive(self.value()?),
            "landing_pad" => Op::LandingPad,
            "poll" => Op::Poll,
            _ => Op::Constant(self.constant(name)?),
        })
    }

    fn constant(&mut self, name: &str) -> Result<Constant> {
        Ok(match name {
            "Nil" => Constant::Nil,
            "true" | "false" => Constant::Bool(name == "true"),
            "\"" => Constant::String(self.line.string()?),
            "undefined" => Constant::Undefined,
            "raw" => Constant::Raw(self.line.number()?),
            "big" => Constant::Big(self.line.word()?.into()),
            "module" => Constant::Module(self.class()?),
            "trait" => Constant::Trait { class: self.class()?, number: self.line.number()? },
            "class" => Constant::ClassObject(self.class()?),
            _ => match (name.parse::<i64>(), name.parse::<f64>()) {
                (Ok(number), _) => Constant::Small(number),
                (_, Ok(number)) => Constant::Float(number.to_bits()),
                _ => return Err(format!("there is no operation {name:?}")),
            },
        })
    }
}

fn integer(name: &str) -> Option<IntegerOp> {
    Some(match name {
        "add" => IntegerOp::Add,
        "sub" => IntegerOp::Sub,
        "mul" => IntegerOp::Mul,
        "div" => IntegerOp::Div,
        "mod" => IntegerOp::Mod,
        "quotient" => IntegerOp::Quotient,
        "remainder" => IntegerOp::Remainder,
        "and" => IntegerOp::And,
        "or" => IntegerOp::Or,
        "xor" => IntegerOp::Xor,
        "shiftleft" => IntegerOp::ShiftLeft,
        "shiftright" => IntegerOp::ShiftRight,
        _ => return None,
    })
}

fn compare(name: &str) -> Result<Compare> {
    Ok(match name {
        "equal" => Compare::Equal,
        "less" => Compare::Less,
        "lessorequal" => Compare::LessOrEqual,
        "greater" => Compare::Greater,
        "greaterorequal" => Compare::GreaterOrEqual,
        _ => return Err(format!("there is no operation {name:?}")),
    })
}
