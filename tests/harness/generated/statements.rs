//! Statements. Each is one or more lines that are added to a body; most make something visible.

use super::types::Ty;
use super::writer::{LONGEST, Variable, Writer};

impl Writer<'_> {
    /// Up to so many statements.
    pub fn statements(&mut self, lines: &mut Vec<String>, depth: usize, most: usize) {
        for _ in 0..1 + self.tape.below(most) {
            if !self.tape.ended() {
                self.statement(lines, depth);
            }
        }
    }

    /// A statement, or none if what was chosen isn't possible here.
    pub fn statement(&mut self, lines: &mut Vec<String>, depth: usize) {
        self.cost += self.runs;
        match self.tape.below(26) {
            0..=2 => lines.push(self.say(depth)),
            3..=6 => lines.push(self.definition(depth)),
            7 => lines.extend(self.result_of_call(depth)),
            8..=10 => lines.extend(self.any_assignment(depth)),
            11 | 12 => lines.push(self.branch(depth)),
            13 | 14 => self.repetition(lines, depth),
            15 => self.while_loop(lines, depth),
            16..=18 => lines.extend(self.mutation(depth)),
            19 => lines.extend(self.leave(depth)),
            20 | 21 => lines.extend(self.result_of_try(depth)),
            22 => {
                let body = self.nested(1, |writer| {
                    writer.frame.returns = None;
                    writer.frame.throws = None;
                    writer.frame.yields = None;
                    writer.frame.leaves = false;
                    vec![writer.say(0)]
                });
                lines.push(format!("process.defer {}", self.braces(&body)));
            }
            23 => {
                let (head, arms) = self.nested(1, |writer| {
                    let (head, mut arms) = writer.arms(depth, &mut |writer| writer.body(depth, 1));
                    if writer.tape.below(2) == 0 {
                        arms.push(format!("else -> {}", writer.body(depth, 1)));
                    }
                    (head, arms)
                });
                lines.push(format!("match{head} {}", self.braces(&arms)));
            }
            _ => match self.frame.yields.clone() {
                Some(ty) => lines.push(format!("yield {}", self.expression(&ty, depth))),
                None => lines.push(self.say(depth)),
            },
        }
    }

    /// Statements in braces that may run so many times.
    pub fn body(&mut self, depth: usize, times: u32) -> String {
        let lines = self.nested(times, |writer| {
            let mut lines = Vec::new();
            writer.statements(&mut lines, depth.saturating_sub(1), 3);
            lines.push("Nil".into());
            lines
        });
        self.braces(&lines)
    }

    /// Prints a value: that of a variable if there is one, else that of an expression.
    pub fn say(&mut self, depth: usize) -> String {
        let found =
            self.variable(|variable| !matches!(variable.ty, Ty::Block(..)) && variable.name != "self");
        match found {
            Some(found) if self.tape.below(3) != 0 => {
                let shown = self.shown(&found.name, &found.ty);
                format!("say('{}', {shown})", found.name)
            }
            _ => {
                let ty = Ty::scalar(&mut self.tape);
                format!("say('value', {})", self.expression(&ty, depth))
            }
        }
    }

    fn definition(&mut self, depth: usize) -> String {
        let ty = self.some_type();
        let mutable = self.tape.below(2) == 1 && !matches!(ty, Ty::Block(..));
        let annotated = self.tape.below(2) == 1;
        let value = match &ty {
            Ty::Block(params, result) => self.kept_block(params, result, depth),
            _ => self.expression(&ty, depth),
        };
        let name = self.name("v");
        let keyword = if mutable { "let mut" } else { "let" };
        let annotation = if annotated { format!(": {ty}") } else { String::new() };
        self.scope.push(Variable { name: name.clone(), ty, mutable });
        format!("{keyword} {name}{annotation} = {value}")
    }

    /// The result of any method.
    fn result_of_call(&mut self, depth: usize) -> Option<String> {
        let found = self.callable(|callable| !callable.generator && callable.throws.is_none())?;
        let call = self.call_of(found, depth);
        let name = self.bind("v", &found.result);
        Some(format!("let {name} = {call}"))
    }

    /// Prints the variables that were defined since the scope had a length.
    pub fn say_all(&mut self, lines: &mut Vec<String>, since: usize) {
        let variables = self.scope[since..].to_vec();
        for variable in variables {
            let shown = self.shown(&variable.name, &variable.ty);
            lines.push(format!("say('{}', {shown})", variable.name));
        }
    }

    fn any_assignment(&mut self, depth: usize) -> Option<String> {
        let found = self.variable(|variable| variable.mutable)?;
        self.assignment(&found.ty, depth)
    }

    fn branch(&mut self, depth: usize) -> String {
        let condition = self.expression(&Ty::Boolean, depth);
        match self.tape.below(3) {
            0 => format!("{condition}.if_true {}", self.body(depth, 1)),
            1 => format!("{condition}.if_false {}", self.body(depth, 1)),
            _ => format!("{condition}.if(true: {}, false: {})", self.body(depth, 1), self.body(depth, 1)),
        }
    }

    /// A `while` that counts up.
    fn while_loop(&mut self, lines: &mut Vec<String>, depth: usize) {
        if !self.allows(LONGEST) {
            return;
        }
        let counter = self.name("n");
        let rounds = 1 + self.tape.below(LONGEST as usize - 1);
        let step = self.tape.pick(&[1, 2]);
        let first = self.tape.below(2) == 0;
        let body = self.nested(LONGEST, |writer| {
            writer.scope.push(Variable { name: counter.clone(), ty: Ty::Integer, mutable: false });
            let mut body = Vec::new();
            if first {
                body.push(format!("{counter} += {step}"));
            }
            writer.statements(&mut body, depth.saturating_sub(1), 3);
            if !first {
                body.push(format!("{counter} += {step}"));
            }
            body
        });
        let condition = match self.tape.below(3) {
            0 => format!("({counter} < {rounds}).and {{ {} }}", self.expression(&Ty::Boolean, 1)),
            _ => format!("{counter} < {rounds}"),
        };
        lines.push(format!("let mut {counter} = 0"));
        lines.push(format!("while({{ {condition} }}) {}", self.braces(&body)));
    }

    /// A loop over something.
    fn repetition(&mut self, lines: &mut Vec<String>, depth: usize) {
        if !self.allows(LONGEST) {
            return;
        }
        let kind = self.tape.below(7);
        let rounds = self.tape.below(LONGEST as usize);
        let (head, params) = match kind {
            0 => (format!("{rounds}.times.each"), vec![Ty::Integer]),
            1 => {
                let start = self.leaf(&Ty::Integer);
                let end = format!("({start} + {rounds})");
                (format!("({start}..{end}).to_array.each"), vec![Ty::Integer])
            }
            2 => (format!("{rounds}.times.each_with_index"), vec![Ty::Integer, Ty::Integer]),
            3 | 4 => {
                let item = if self.frame.dispatches && self.items.traits > 0 && kind == 4 {
                    Ty::Trait(self.tape.below(self.items.traits))
                } else {
                    Ty::scalar(&mut self.tape)
                };
                let items = self.expression(&Ty::Array(Box::new(item.clone())), depth);
                match self.tape.below(3) {
                    0 => (format!("{items}.each"), vec![item]),
                    1 => (format!("{items}.each_with_index"), vec![item, Ty::Integer]),
                    _ => (format!("{items}.reverse_iter.each"), vec![item]),
                }
            }
            _ => {
                // Loops over an endless or long generator are left before it ends.
                let found = self.callable(|callable| callable.generator);
                let Some(found) = found else { return };
                let generator = self.call_of(found, depth.min(1));
                let block = self.operand(found, |writer| {
                    writer.block(std::slice::from_ref(&found.result), None, depth, LONGEST)
                });
                lines.push(match &found.throws {
                    None => format!("{generator}.each {block}"),
                    Some(error) => {
                        let name = self.name("error");
                        let shown = self.shown(&name, error);
                        format!("try {{ {generator}.each {block} }} else ({name}) {{ say('{name}', {shown}) Nil }}")
                    }
                });
                return;
            }
        };
        let block = self.block(&params, None, depth, LONGEST);
        lines.push(format!("{head} {block}"));
    }

    /// Changes what a variable's value holds.
    fn mutation(&mut self, depth: usize) -> Option<String> {
        let found = self.variable(|variable| {
            matches!(variable.ty, Ty::Array(_) | Ty::Map(..) | Ty::Cell(_) | Ty::Class(_))
        })?;
        let name = found.name;
        Some(match &found.ty {
            Ty::Array(item) => {
                let value = self.expression(item, depth);
                match self.tape.below(4) {
                    0 => format!("({name}.length > 0).if_true {{ {name}[0] = {value} }}"),
                    1 => format!("({name}.length > 1).if_true {{ {name}[-1] = {value} }}"),
                    2 => format!("{name}.pop"),
                    _ => format!("({name}.length < {LONGEST}).if_true {{ {name}.push({value}) }}"),
                }
            }
            Ty::Map(key, value) => {
                let (key, value) = (self.expression(key, depth), self.expression(value, depth));
                format!("{name}[{key}] = {value}")
            }
            Ty::Cell(item) => format!("{name}.value = {}", self.expression(item, depth)),
            Ty::Class(number) => {
                let attributes = &self.items.classes[*number].attributes;
                if attributes.is_empty() {
                    return None;
                }
                let index = self.tape.below(attributes.len());
                format!("{name}.a{index} = {}", self.expression(&attributes[index], depth))
            }
            _ => return None,
        })
    }

    /// Leaves the method under a condition: returns or throws.
    fn leave(&mut self, depth: usize) -> Option<String> {
        let condition = self.expression(&Ty::Boolean, depth);
        let (returns, throws) = (self.frame.returns.clone(), self.frame.throws.clone());
        let statement = match (throws, returns) {
            (Some(ty), _) if self.tape.below(2) == 0 => {
                format!("throw {}", self.expression(&ty, depth.min(1)))
            }
            (_, Some(ty)) => format!("return {}", self.expression(&ty, depth.min(1))),
            (Some(ty), None) => format!("throw {}", self.expression(&ty, depth.min(1))),
            (None, None) if self.frame.leaves => "return".into(),
            (None, None) => return None,
        };
        Some(format!("{condition}.if_true {{ {statement} }}"))
    }

    /// What a method that may throw gives, or what its error does.
    fn result_of_try(&mut self, depth: usize) -> Option<String> {
        let found = self.callable(|callable| !callable.generator && callable.throws.is_some())?;
        let call = self.call_of(found, depth);
        let error = found.throws.clone()?;
        let name = self.name("v");
        let other = self.nested(1, |writer| {
            let error = writer.bind("error", &error);
            let mut lines = vec![format!(
                "say('caught', {})",
                writer.shown(&error, &found.throws.clone().unwrap_or(Ty::Integer))
            )];
            lines.extend(writer.leave(depth.min(1)));
            lines.push(writer.expression(&found.result, depth.min(1)));
            (error, lines)
        });
        let text = format!("let {name} = try {call} else ({}) {}", other.0, self.braces(&other.1));
        self.scope.push(Variable { name, ty: found.result.clone(), mutable: false });
        Some(text)
    }
}
