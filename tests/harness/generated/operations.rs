//! Expressions that only one type has: arithmetic, comparisons, strings, and what collections answer.

use super::types::Ty;
use super::writer::{LONGEST, Writer};

impl Writer<'_> {
    /// An operation with a result of the type.
    pub fn operation(&mut self, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Integer => self.integer(depth),
            Ty::Float => self.float(depth),
            Ty::String => self.string(depth),
            Ty::Boolean => self.boolean(depth),
            Ty::Array(item) => self.array(item, depth),
            Ty::Option(item) => self.option(item, depth),
            Ty::Map(key, value) => {
                let map = self.leaf(ty);
                let (key, value) = (self.expression(key, depth), self.expression(value, depth));
                format!("{map}.set({key}, {value})")
            }
            Ty::Cell(item) => match self.tape.below(3) {
                0 => format!("Cell.new({})", self.expression(item, depth)),
                1 => {
                    let scalar = Ty::scalar(&mut self.tape);
                    let cell = self.expression(&Ty::Cell(Box::new(scalar.clone())), depth);
                    let block = self.block(&[scalar], Some(item), depth, 1);
                    format!("({cell}.map {block})")
                }
                _ => {
                    let (cell, value) = (self.leaf(ty), (**item).clone());
                    let block = self.block(std::slice::from_ref(&value), Some(&value), depth, 1);
                    format!("({cell}.update {block})")
                }
            },
            Ty::Pair(first, second) => {
                format!("Pair.new({}, {})", self.expression(first, depth), self.expression(second, depth))
            }
            Ty::Class(number) => {
                let attributes = &self.items.classes[*number].attributes;
                let values = attributes.iter().map(|attribute| self.expression(attribute, depth));
                let values: Vec<String> = values.collect();
                if self.tape.below(2) == 0 {
                    return format!("Thing{number}.new({})", values.join(", "));
                }
                let values: Vec<String> =
                    values.iter().enumerate().map(|(index, value)| format!("@a{index} = {value}")).collect();
                format!("(Thing{number} {{ {} }})", values.join(", "))
            }
            Ty::Trait(number) => {
                let class = self.implementer(*number);
                format!("({} as {ty})", self.expression(&class, depth))
            }
            Ty::Block(params, result) => self.kept_block(params, result, depth),
        }
    }

    fn integer(&mut self, depth: usize) -> String {
        let a = self.expression(&Ty::Integer, depth);
        match self.tape.below(16) {
            kind @ 0..=8 => {
                let operator = ["+", "-", "*", "+", "-", "*", "&", "|", "^"][kind];
                let b = self.expression(&Ty::Integer, depth);
                if operator == "*" && (self.runs > 1 || self.frame.repeated) {
                    let cut =
                        self.tape.pick(&["wrap({})", "({} % 1_000_007)", "({} & 0xffff_ffff)", "({} % -99)"]);
                    return cut.replace("{}", &format!("({a} * {b})"));
                }
                format!("({a} {operator} {b})")
            }
            9 => {
                let operator = self.tape.pick(&["/", "%"]);
                let divisor = match self.tape.below(3) {
                    0 => (*self.tape.pick(&["3", "-2", "10", "1_000_000_007", "4611686018427387904"])).into(),
                    _ => format!("({}.absolute + 1)", self.expression(&Ty::Integer, depth)),
                };
                format!("({a} {operator} {divisor})")
            }
            // Panics if the divisor is zero.
            10 if self.tape.once_in(6) => format!("({a} / {})", self.expression(&Ty::Integer, depth)),
            10 | 11 => {
                let operator = self.tape.pick(&["<<", ">>"]);
                let limit = self.tape.pick(&["7", "40", "65", "90"]);
                format!("({a} {operator} ({} % {limit}))", self.expression(&Ty::Integer, depth))
            }
            12 => format!("{a}.{}", self.tape.pick(&["absolute", "opposite", "successor"])),
            13 => format!("{}.length", self.expression(&Ty::String, depth)),
            14 => format!("whole({})", self.expression(&Ty::Float, depth)),
            _ => {
                let item = Ty::scalar(&mut self.tape);
                format!("{}.length", self.expression(&Ty::Array(Box::new(item)), depth))
            }
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let a = self.expression(&Ty::Float, depth);
        match self.tape.below(7) {
            kind @ 0..=4 => {
                let operator = ["+", "-", "*", "/", "%"][kind];
                format!("({a} {operator} {})", self.expression(&Ty::Float, depth))
            }
            5 => format!(
                "{a}.{}",
                self.tape.pick(&["absolute", "opposite", "floor", "ceil", "round", "fractional"])
            ),
            _ => format!("{}.to_float", self.expression(&Ty::Integer, depth)),
        }
    }

    fn string(&mut self, depth: usize) -> String {
        match self.tape.below(5) {
            0 => {
                let (a, b) = (self.expression(&Ty::String, depth), self.expression(&Ty::String, depth));
                format!("clip({a} + {b})")
            }
            1 => {
                let (a, b) = (Ty::scalar(&mut self.tape), Ty::scalar(&mut self.tape));
                format!("clip(`{{{}}}-{{{}}}`)", self.expression(&a, depth), self.expression(&b, depth))
            }
            2 => {
                let ty = Ty::scalar(&mut self.tape);
                format!("{}.to_string", self.expression(&ty, depth))
            }
            3 => {
                let message = self.tape.pick(&["to_uppercase", "to_lowercase", "slice(0, 2)"]);
                format!("{}.{message}", self.expression(&Ty::String, depth))
            }
            _ => {
                let item = Ty::scalar(&mut self.tape);
                let items = self.expression(&Ty::Array(Box::new(item)), depth);
                format!("clip({items}.iter.join('+'))")
            }
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.tape.below(8) {
            kind @ 0..=3 => {
                let ty = [Ty::Integer, Ty::Integer, Ty::Float, Ty::Integer][kind].clone();
                let operator = self.tape.pick(&["<", ">", "<=", ">=", "==", "!="]);
                format!("({} {operator} {})", self.expression(&ty, depth), self.expression(&ty, depth))
            }
            4 => {
                let ty = Ty::scalar(&mut self.tape);
                let operator = self.tape.pick(&["==", "!="]);
                format!("({} {operator} {})", self.expression(&ty, depth), self.expression(&ty, depth))
            }
            5 => {
                let message = *self.tape.pick(&["and", "or"]);
                let a = self.expression(&Ty::Boolean, depth);
                format!("({a}.{message} {})", self.block_body(&Ty::Boolean, depth))
            }
            6 => format!("{}.{}", self.expression(&Ty::Boolean, depth), self.tape.pick(&["false?", "true?"])),
            _ => {
                let option = Ty::Option(Box::new(Ty::scalar(&mut self.tape)));
                let message = *self.tape.pick(&["some?", "none?", "truthy?"]);
                format!("{}.{message}", self.expression(&option, depth))
            }
        }
    }

    fn array(&mut self, item: &Ty, depth: usize) -> String {
        if !self.allows(LONGEST) {
            return self.literal(&Ty::Array(Box::new(item.clone())));
        }
        match self.tape.below(5) {
            0 => {
                let items: Vec<String> =
                    (0..1 + self.tape.below(4)).map(|_| self.expression(item, depth)).collect();
                format!("Array.new!({item})({})", items.join(", "))
            }
            1 => {
                let scalar = Ty::scalar(&mut self.tape);
                let items = self.expression(&Ty::Array(Box::new(scalar.clone())), depth);
                let block = self.block(&[scalar], Some(item), depth, LONGEST);
                format!("({items}.iter.map {block}.to_array)")
            }
            2 => {
                let items = self.leaf(&Ty::Array(Box::new(item.clone())));
                let block = self.block(std::slice::from_ref(item), Some(&Ty::Boolean), depth, LONGEST);
                format!("({items}.iter.select {block}.to_array)")
            }
            3 if *item == Ty::Integer => {
                format!("({}..({} % 5)).to_array", self.tape.below(3), self.expression(item, depth))
            }
            _ => match self.callable(|callable| {
                callable.generator && callable.result == *item && callable.throws.is_none()
            }) {
                Some(found) => {
                    let generator = self.call_of(found, depth);
                    match self.tape.below(2) {
                        0 => format!("take({generator}, {})", self.tape.below(LONGEST as usize)),
                        _ => format!("take({generator}, {LONGEST})"),
                    }
                }
                None => {
                    format!("Array.filled!({item})({}, {})", self.tape.below(5), self.expression(item, depth))
                }
            },
        }
    }

    fn option(&mut self, item: &Ty, depth: usize) -> String {
        let ty = Ty::Option(Box::new(item.clone()));
        match self.tape.below(5) {
            0 => format!("Option.some({})", self.expression(item, depth)),
            kind @ (1 | 2) => {
                let scalar = Ty::scalar(&mut self.tape);
                let option = self.expression(&Ty::Option(Box::new(scalar.clone())), depth);
                let (message, result) = if kind == 1 { ("map", item) } else { ("then", &ty) };
                let block = self.block(&[scalar], Some(result), depth, 1);
                format!("({option}.{message} {block})")
            }
            3 => {
                let items = self.leaf(&Ty::Array(Box::new(item.clone())));
                if !self.allows(LONGEST) {
                    return format!("{items}.get(0)");
                }
                let block = self.block(std::slice::from_ref(item), Some(&Ty::Boolean), depth, LONGEST);
                format!("({items}.iter.find {block})")
            }
            _ => {
                let option = self.leaf(&ty);
                format!("({option}.else {})", self.block_body(&ty, depth))
            }
        }
    }
}
