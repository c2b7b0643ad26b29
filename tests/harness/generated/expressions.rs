//! Expressions of a wanted type by means that every type shares: variables, branches, calls, blocks,
//! assignments. What only one type has is in `operations`.

use super::types::Ty;
use super::writer::{CALLS, Callable, LONGEST, Variable, Writer};

impl Writer<'_> {
    /// A variable or a literal.
    pub fn leaf(&mut self, ty: &Ty) -> String {
        if self.tape.below(4) != 0
            && let Some(found) = self.variable(|variable| variable.ty == *ty)
        {
            return found.name;
        }
        self.literal(ty)
    }

    /// An expression of a type, nested up to a depth. It is always one operand, so operators and sends
    /// may follow it.
    pub fn expression(&mut self, ty: &Ty, depth: usize) -> String {
        if depth == 0 || self.tape.ended() {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        let written = match self.tape.below(20) {
            0..=3 => None,
            4..=9 => return self.operation(ty, depth),
            10 => {
                let condition = self.expression(&Ty::Boolean, depth);
                let (yes, no) = (self.block_body(ty, depth), self.block_body(ty, depth));
                Some(format!("{condition}.if(true: {yes}, false: {no})"))
            }
            11 | 12 => self.call(ty, depth),
            13 => self.call_block(ty, depth),
            14 => Some(self.matching(ty, depth)),
            15 => self.taken_out(ty, depth),
            16 => Some(format!("{}.call", self.block_body(ty, depth))),
            17 => {
                let scalar = Ty::scalar(&mut self.tape);
                let value = self.expression(&scalar, depth);
                let block = self.block(&[scalar], Some(ty), depth, 1);
                Some(format!("(apply({value}) {block})"))
            }
            18 => self.assignment(ty, depth).map(|text| format!("({text})")),
            _ => {
                let item = Ty::scalar(&mut self.tape);
                self.allows(LONGEST).then(|| {
                    let items = self.expression(&Ty::Array(Box::new(item.clone())), depth);
                    let start = self.expression(ty, depth);
                    let block = self.block(&[ty.clone(), item], Some(ty), depth, LONGEST);
                    format!("(fold({items}, {start}) {block})")
                })
            }
        };
        written.unwrap_or_else(|| self.leaf(ty))
    }

    /// A body in braces with a value: a closure without arguments, or what a `match` arm runs.
    pub fn block_body(&mut self, ty: &Ty, depth: usize) -> String {
        let lines = self.nested(1, |writer| {
            let mut lines = Vec::new();
            if depth > 0 && writer.tape.once_in(4) {
                writer.statement(&mut lines, depth - 1);
            }
            let value = writer.expression(ty, depth);
            lines.push(value);
            lines
        });
        match &lines[..] {
            [line] if line.len() < 60 && !line.contains('\n') => format!("{{ {line} }}"),
            _ => self.braces(&lines),
        }
    }

    /// A closure with arguments that runs up to so many times, with a value if one is wanted.
    pub fn block(&mut self, params: &[Ty], result: Option<&Ty>, depth: usize, times: u32) -> String {
        let annotated = self.tape.below(2) == 0;
        let mut head = Vec::new();
        let lines = self.nested(times, |writer| {
            if result.is_some() {
                // Some of these run in a generator of the library, which a `yield` would suspend.
                writer.frame.yields = None;
            }
            for param in params {
                let name = writer.bind("x", param);
                head.push(if annotated { format!("{name}: {param}") } else { name });
            }
            let mut lines = Vec::new();
            if result.is_none() || writer.tape.once_in(3) {
                writer.statements(&mut lines, depth.min(1), 2);
            }
            if let Some(ty) = result {
                let value = writer.expression(ty, depth);
                lines.push(value);
            }
            lines
        });
        let head = if head.is_empty() { String::new() } else { format!("({}) ", head.join(", ")) };
        format!("do {head}{}", self.braces(&lines))
    }

    /// A closure that is kept in a variable: all types are written, and it may be called more often.
    pub fn kept_block(&mut self, params: &[Ty], result: &Ty, depth: usize) -> String {
        let mut head = Vec::new();
        let lambda = self.tape.once_in(6);
        let variables = if lambda { std::mem::take(&mut self.scope) } else { Vec::new() };
        let times = if self.allows(CALLS) { CALLS } else { 1 };
        let lines = self.nested(times, |writer| {
            writer.frame.yields = None;
            writer.frame.repeated = true;
            if lambda {
                writer.frame.returns = Some(result.clone());
                (writer.frame.throws, writer.frame.leaves) = (None, false);
            }
            for param in params {
                let name = writer.bind("x", param);
                head.push(format!("{name}: {param}"));
            }
            let mut lines = Vec::new();
            writer.statements(&mut lines, depth.min(1), 2);
            let value = writer.expression(result, depth);
            lines.push(value);
            lines
        });
        if lambda {
            self.scope = variables;
        }
        let head = if head.is_empty() { String::new() } else { format!("({}) ", head.join(", ")) };
        let body = self.braces(&lines);
        if !lambda {
            return format!("do {head}-> {result} {body}");
        }
        // Among branches of which others give closures, its type has to be that of a closure too.
        let ty = Ty::Block(params.to_vec(), Box::new(result.clone()));
        format!("(fn {head}-> {result} {body} as {ty})")
    }

    /// The call of a closure in a variable.
    fn call_block(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        if !self.allows(CALLS) {
            return None;
        }
        let fits = |variable: &Variable| matches!(&variable.ty, Ty::Block(_, result) if **result == *ty);
        let found = self.variable(fits)?;
        let Ty::Block(params, _) = &found.ty else { return None };
        self.cost += self.runs * CALLS;
        let values: Vec<String> = params.iter().map(|param| self.expression(param, depth)).collect();
        Some(if values.is_empty() {
            format!("{}.call", found.name)
        } else {
            format!("{}.call({})", found.name, values.join(", "))
        })
    }

    /// A call of a method with a result of the type.
    fn call(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let found = self.callable(|callable| !callable.generator && callable.result == *ty)?;
        let call = self.call_of(found, depth);
        match &found.throws {
            None => Some(call),
            Some(error) => Some(self.caught(&call, error, ty, depth)),
        }
    }

    /// An operand that may throw inside of a `try`.
    fn caught(&mut self, call: &str, error: &Ty, ty: &Ty, depth: usize) -> String {
        if self.frame.throws.as_ref() == Some(error) && self.tape.below(2) == 0 {
            return format!("(try {call})");
        }
        let (name, body) = self.nested(1, |writer| {
            let name = writer.bind("error", error);
            (name, writer.expression(ty, depth.min(1)))
        });
        format!("(try {call} else ({name}) {})", self.braces(&[body]))
    }

    /// The text of a call with its arguments: positions, keywords in another order, or a mixture.
    pub fn call_of(&mut self, callable: &Callable, depth: usize) -> String {
        self.operand(callable, |writer| writer.written_call(callable, depth))
    }

    /// Writes a part of what may be the operand of a `try`: whatever else is thrown there is caught too, and may
    /// be of another type than the error of the call.
    pub fn operand<R>(&mut self, callable: &Callable, write: impl FnOnce(&mut Self) -> R) -> R {
        let throws = self.frame.throws.clone();
        if callable.throws.is_some() {
            self.frame.throws = None;
        }
        let result = write(self);
        self.frame.throws = throws;
        result
    }

    fn written_call(&mut self, callable: &Callable, depth: usize) -> String {
        self.cost += self.runs.saturating_mul(callable.cost);
        let receiver = match &callable.receiver {
            Some(ty) => format!("{}.", self.expression(ty, depth.min(1))),
            None => String::new(),
        };
        let params = &callable.params;
        let given = params.len() - self.tape.below(callable.defaults + 1);
        let mut values: Vec<String> =
            params[..given].iter().map(|param| self.expression(param, depth)).collect();
        let keywords = self.tape.once_in(5);
        if keywords {
            for (index, value) in values.iter_mut().enumerate() {
                *value = format!("p{index}: {value}");
            }
            values.reverse();
        } else if given == params.len()
            && let Some(rest) = &callable.rest
        {
            values.extend((0..self.tape.below(3)).map(|_| self.expression(rest, depth.min(1))));
        }
        if values.is_empty() {
            format!("{receiver}{}", callable.name)
        } else {
            format!("{receiver}{}({})", callable.name, values.join(", "))
        }
    }

    /// Something inside of a value that a variable holds.
    fn taken_out(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let boxed = Box::new(ty.clone());
        let wanted = [Ty::Option(boxed.clone()), Ty::Array(boxed.clone()), Ty::Cell(boxed.clone())];
        let found = self.variable(|variable| {
            wanted.contains(&variable.ty)
                || matches!(&variable.ty, Ty::Map(_, value) if *value == boxed)
                || matches!(&variable.ty, Ty::Pair(first, _) if *first == boxed)
        })?;
        let name = found.name;
        Some(match &found.ty {
            Ty::Option(_) => match self.tape.below(2) {
                0 => format!("{name}.get_or({})", self.expression(ty, depth)),
                _ => format!("{name}.get_or_else({})", self.block_body(ty, depth)),
            },
            Ty::Array(_) => {
                let index = self.expression(&Ty::Integer, depth);
                match self.tape.below(8) {
                    // Panics now and then.
                    7 => format!("{name}[{index} % 4]"),
                    6 => format!("first_of({name}, {}) {}", self.expression(ty, depth), {
                        self.block(std::slice::from_ref(ty), Some(&Ty::Boolean), depth, LONGEST)
                    }),
                    5 => format!("{name}.pop.get_or({})", self.expression(ty, depth)),
                    _ => format!("{name}.get({index} % 5).get_or({})", self.expression(ty, depth)),
                }
            }
            Ty::Map(key, _) => {
                let key = self.expression(key, depth);
                let message = *self.tape.pick(&["get", "get", "remove"]);
                format!("{name}.{message}({key}).get_or({})", self.expression(ty, depth))
            }
            Ty::Pair(..) => format!("{name}.first"),
            _ => format!("{name}.get"),
        })
    }

    /// An assignment, as text without parentheses.
    pub fn assignment(&mut self, ty: &Ty, depth: usize) -> Option<String> {
        let found = self.variable(|variable| variable.mutable && variable.ty == *ty)?;
        let name = found.name;
        let compound = match ty {
            Ty::Integer => Some(*self.tape.pick(&["+=", "-=", "^="])),
            Ty::Float => Some(*self.tape.pick(&["+=", "*="])),
            _ => None,
        };
        if let Some(operator) = compound
            && self.tape.below(2) == 0
        {
            return Some(format!("{name} {operator} {}", self.leaf(ty)));
        }
        let value = self.expression(ty, depth);
        Some(format!("{name} = {value}"))
    }

    /// A `match` with a value, in parentheses.
    fn matching(&mut self, ty: &Ty, depth: usize) -> String {
        let (head, arms) = self.nested(1, |writer| {
            let (head, mut arms) = writer.arms(depth, &mut |writer| writer.block_body(ty, depth));
            arms.push(format!("else -> {}", writer.block_body(ty, depth)));
            (head, arms)
        });
        format!("(match{head} {})", self.braces(&arms))
    }

    /// The head and the arms of a `match`; the arms' bodies are written by the caller.
    pub fn arms(&mut self, depth: usize, body: &mut dyn FnMut(&mut Self) -> String) -> (String, Vec<String>) {
        let kind = self.tape.below(4);
        let amount = 1 + self.tape.below(3);
        let traits = self.items.traits;
        if kind == 3 && traits > 0 && self.frame.dispatches {
            let number = self.tape.below(traits);
            let value = self.expression(&Ty::Trait(number), depth);
            let class = self.implementer(number);
            let arm = self.nested(1, |writer| {
                let name = writer.bind("m", &class);
                let condition = writer.guard(depth);
                (name, format!("as {class}{condition} -> {}", body(writer)))
            });
            return (format!("(let {} = {value})", arm.0), vec![arm.1]);
        }
        if kind == 0 {
            let arms = (0..amount).map(|_| {
                let condition = self.expression(&Ty::Boolean, depth);
                format!("{condition} -> {}", body(self))
            });
            return (String::new(), arms.collect());
        }
        let ty = if kind == 1 { Ty::Integer } else { Ty::String };
        let value = self.expression(&ty, depth);
        let mut arms = Vec::new();
        for _ in 0..amount {
            let pattern = match self.tape.below(4) {
                0 => self.literal(&ty),
                1 => format!("{}, {}", self.literal(&ty), self.leaf(&ty)),
                2 if ty == Ty::Integer => format!("{}..{}", self.tape.below(5), self.literal(&ty)),
                _ => self.expression(&ty, depth.min(1)),
            };
            let guard = self.guard(depth);
            arms.push(format!("{pattern}{guard} -> {}", body(self)));
        }
        (format!("({value})"), arms)
    }

    fn guard(&mut self, depth: usize) -> String {
        if self.tape.once_in(3) {
            format!(" when {}", self.expression(&Ty::Boolean, depth.min(1)))
        } else {
            String::new()
        }
    }
}
