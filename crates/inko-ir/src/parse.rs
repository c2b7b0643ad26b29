//! Reads the dumps that [`crate::print`] writes, for tests of whatever takes the representation: passes, the
//! interpreter, code generation.
//!
//! Functions are named by symbol and may be used before they are defined; blocks, values and locals get new
//! numbers in the order of their mention. Positions are not in dumps: each line of the text is
//! its own position.

mod ops;

use crate::ir::*;
use inko_abi::class;
use inko_syntax::Name;
use std::collections::HashMap;

/// Reads a program. The error names the line.
pub fn program(text: &str) -> Result<Program, String> {
    let mut parser = Parser { program: Program::default(), symbols: HashMap::new(), line: 0 };
    let result = parser.program(text);
    result.map_err(|message| format!("line {}: {message}", parser.line))?;
    Ok(parser.program)
}

type Result<T, E = String> = std::result::Result<T, E>;

struct Parser {
    program: Program,
    symbols: HashMap<String, FunctionId>,
    line: u32,
}

/// The names of one function.
#[derive(Default)]
struct Scope {
    blocks: HashMap<String, BlockId>,
    values: HashMap<String, Value>,
    locals: HashMap<String, LocalId>,
}

/// The rest of a line.
struct Line<'a> {
    rest: &'a str,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        if let Some(rest) = rest {
            self.rest = rest.trim_start();
        }
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.eat(token) { Ok(()) } else { Err(format!("expected {token:?} before {:?}", self.rest)) }
    }

    /// A name, number or symbol.
    fn word(&mut self) -> Result<&'a str> {
        let end = self.rest.find([' ', ',', '(', ')', '=', '{', '}', '[', ']']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.is_empty() {
            return Err(format!("expected a name before {:?}", self.rest));
        }
        self.rest = rest.trim_start();
        Ok(word)
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("{word:?} is no number"))
    }

    /// A quoted string without escaped quotes.
    fn string(&mut self) -> Result<Name> {
        self.expect("\"")?;
        let end = self.rest.find('"').ok_or("the string does not end")?;
        let text = self.rest[..end].replace("\\n", "\n");
        self.rest = self.rest[end + 1..].trim_start();
        Ok(text.into())
    }

    fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        if !self.eat(open) || self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }
}

fn ty(word: &str) -> Result<Ty> {
    Ok(match word {
        "word" => Ty::Word,
        "float" => Ty::Float,
        "bool" => Ty::Bool,
        "raw" => Ty::Raw,
        _ => return Err(format!("{word:?} is no type")),
    })
}

impl Parser {
    fn program(&mut self, text: &str) -> Result<()> {
        let lines: Vec<&str> = text.lines().collect();
        let mut selectors = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            self.line = index as u32 + 1;
            let mut line = Line::new(line);
            if line.eat("class ") {
                self.class(&mut line)?;
            } else if line.eat("fn ") {
                self.header(&mut line)?;
            } else if line.eat("selector ") {
                let (name, signature) = self.signature(&mut line)?;
                let targets = Default::default();
                let id = self.program.selectors.push(Selector { name: name.into(), signature, targets });
                selectors.push((id, self.line, line.rest));
            }
        }
        for (id, number, rest) in selectors {
            self.line = number;
            let mut line = Line { rest };
            line.eat(":");
            while !line.rest.is_empty() {
                let class = line.word()?;
                let class = self.class_number(class)?;
                line.expect("=> ")?;
                let target = self.function(line.word()?)?;
                self.program.selectors[id].targets.insert(class, target);
                line.eat(",");
            }
        }
        let mut at = None;
        for (index, line) in lines.iter().enumerate() {
            self.line = index as u32 + 1;
            let mut line = Line::new(line.split("  ;").next().unwrap_or(line));
            if line.eat("main ") {
                self.program.main = Some(self.function(line.word()?)?);
            } else if line.eat("fn ") {
                at = Some(index + 1);
                let id = self.function(line.word()?)?;
                let end = lines[index + 1..].iter().position(|line| line.starts_with("fn "));
                let end = end.map_or(lines.len(), |end| index + 1 + end);
                self.body(id, &lines[index + 1..end])?;
            }
        }
        at.map(|_| ()).ok_or_else(|| "there is no function".to_owned())
    }

    fn class(&mut self, line: &mut Line<'_>) -> Result<()> {
        let number: usize = line.number()?;
        let name = line.word()?;
        let fields = line.list("(", ")", |line| {
            let name = line.word()?.trim_end_matches(':');
            Ok((Name::from(name), ty(line.word()?)?))
        })?;
        if self.program.classes.len() <= number {
            self.program.classes.resize(number + 1, None);
        }
        let (field_names, fields) = fields.into_iter().unzip();
        let is_module = line.eat("module");
        self.program.classes[number] = Some(Class { name: name.into(), fields, field_names, is_module });
        Ok(())
    }

    fn signature<'a>(&self, line: &mut Line<'a>) -> Result<(&'a str, Signature)> {
        let name = line.word()?;
        let params = line.list("(", ")", |line| ty(line.word()?))?;
        line.expect("->")?;
        let returns = ty(line.word()?.trim_end_matches(':'))?;
        let throws = line.eat("throws");
        Ok((name, Signature { params, returns, throws }))
    }

    fn header(&mut self, line: &mut Line<'_>) -> Result<()> {
        let (symbol, signature) = self.signature(line)?;
        let position = self.position(symbol);
        let mut function = Function::new(symbol.into(), symbol.into(), signature, position);
        // Blocks are made when they are mentioned, the entry included.
        function.blocks.clear();
        function.values.clear();
        for (word, is_lambda) in [("closure", false), ("lambda", true)] {
            if line.eat(word) {
                line.expect("[")?;
                function.block =
                    Some(BlockLiteral { is_lambda, captures: line.number()?, arguments: Default::default() });
                line.expect("]")?;
            }
        }
        function.never_inline = line.eat("never_inline");
        let id = self.program.functions.push(function);
        self.symbols.insert(symbol.to_owned(), id);
        Ok(())
    }

    fn position(&mut self, function: &str) -> PositionId {
        let (file, line) = ("test.inko".into(), self.line);
        self.program.positions.intern(Position { function: function.into(), file, line, caller: None })
    }

    fn function(&self, symbol: &str) -> Result<FunctionId> {
        self.symbols.get(symbol).copied().ok_or_else(|| format!("there is no function {symbol:?}"))
    }

    fn class_number(&self, name: &str) -> Result<u32> {
        if let Some(row) = class::BUILT_IN.iter().find(|row| row.0 == name) {
            return Ok(row.1);
        }
        if let Some(number) = name.strip_prefix("class").and_then(|rest| rest.parse().ok()) {
            return Ok(number);
        }
        let found =
            self.program.classes.iter().position(|class| class.as_ref().is_some_and(|c| c.name == name));
        found.map(|index| index as u32).ok_or_else(|| format!("there is no class {name:?}"))
    }

    fn body(&mut self, id: FunctionId, lines: &[&str]) -> Result<()> {
        let symbol = self.program.functions[id].symbol.clone();
        let mut scope = Scope::default();
        let mut function = self.program.functions[id].clone();
        let mut block = None;
        for line in lines {
            self.line += 1;
            let position = self.position(&symbol);
            let mut line = Line::new(line.split("  ;").next().unwrap_or(line));
            let text = line.rest;
            let first = block.is_none();
            if text.is_empty()
                || ["main ", "class ", "selector ", "#"].iter().any(|word| text.starts_with(word))
            {
                continue;
            }
            if line.eat("local ") {
                let name = line.word()?.trim_end_matches(':');
                let ty = ty(line.word()?)?;
                scope.locals.insert(name.to_owned(), function.locals.push(ty));
            } else if text.starts_with('b')
                && text.contains(':')
                && text.ends_with([':', 'y'])
                && !text.contains('=')
            {
                let name = line.word()?.trim_end_matches(':');
                let this = scope.block(&mut function, name, position);
                let params = line.list("(", ")", |line| self.defined(line, &mut function, &mut scope))?;
                function.blocks[this].params = params;
                if first || text.ends_with("entry") {
                    function.entry = this;
                }
                block = Some(this);
            } else {
                let block = block.ok_or("an instruction outside of a block")?;
                self.instruction(&mut line, &mut function, &mut scope, block, position)?;
            }
            let rest = line.rest.trim_start_matches(':').trim();
            if !rest.is_empty() && rest != "; entry" {
                return Err(format!("unexpected {rest:?}"));
            }
        }
        self.program.functions[id] = function;
        Ok(())
    }

    /// `v1: type`, a definition.
    fn defined(&self, line: &mut Line<'_>, function: &mut Function, scope: &mut Scope) -> Result<Value> {
        let name = line.word()?.trim_end_matches(':');
        let word = line.word()?;
        let data = match word {
            "integer" => ValueData { ty: Ty::Word, known: Known::Integer },
            "small" => ValueData { ty: Ty::Word, known: Known::Small },
            _ => match ty(word) {
                Ok(ty) => ValueData { ty, known: Known::Nothing },
                Err(_) => ValueData { ty: Ty::Word, known: Known::Class(self.class_number(word)?) },
            },
        };
        let value = scope.value(function, name);
        function.values[value] = data;
        Ok(value)
    }
}

impl Scope {
    fn block(&mut self, function: &mut Function, name: &str, position: PositionId) -> BlockId {
        *self.blocks.entry(name.to_owned()).or_insert_with(|| function.add_block(position))
    }

    fn value(&mut self, function: &mut Function, name: &str) -> Value {
        let data = ValueData { ty: Ty::Word, known: Known::Nothing };
        *self.values.entry(name.to_owned()).or_insert_with(|| function.values.push(data))
    }
}
