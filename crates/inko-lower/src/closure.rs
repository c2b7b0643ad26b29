//! Closure and lambda literals, and generators.
//!
//! All have the closure convention: words in, a word and a flag out, parameter 0 is the closure object.
//! A closure's arguments come from callers that may know the closure at a wider type, so that concrete
//! ones are verified at entry.
//!
//! A generator method only makes a closure of its body, with `self` and the arguments as captures, and a
//! generator that runs it; defaults are evaluated when the body first runs.

use super::emit::Val;
use super::facts::{Capture, Level};
use super::frame::{Cx, Place, This};
use super::items;
use super::layout::{self, Convention, Shape};
use inko_abi::class;
use inko_abi::entry::Entry;
use inko_ir::ir::*;
use inko_ir::reflection::Arguments;
use inko_sema::tree::{BodyId, Closure};

impl<'p> Cx<'_, 'p> {
    /// A closure literal: lowers its function, and makes the closure.
    pub(crate) fn closure(&mut self, tree: &'p Closure) -> Val {
        let level = Level::closure(tree.id);
        let captures: Vec<Capture> = self.facts.frame(level).captures.iter().copied().collect();
        let words: Vec<Value> = captures.iter().map(|&capture| self.capture(capture)).collect();
        let arity = tree.params.len();
        let name = inko_syntax::Name::new_static("<block>");
        let literal = self.emit().position;
        let span_position = {
            let mut position = self.lowering.out.positions.get(literal);
            position.function = name.clone();
            self.lowering.out.positions.intern(position)
        };
        let symbol = format!("{}.<block {}>", self.body_symbol(), tree.id.as_u32());
        let id = self.lowering.declare(name, symbol, Signature::closure(arity), span_position);
        let arguments = items::arguments(self.body, &tree.params);
        self.lowering.out.functions[id].block =
            Some(BlockLiteral { is_lambda: false, captures: captures.len() as u32, arguments });
        // Callers verify what a block returns anyway: they may know it at another type.
        self.enter(level, id, Shape::Erased);
        self.begin(&captures);
        let params = self.closure_params(arity);
        self.bind_params(&tree.params, params);
        let result = self.expr(&tree.code);
        self.return_from_frame(result);
        self.leave_frame();
        let value = self.emit().value(Op::Closure(id, words), Ty::Word, Known::Class(class::BLOCK));
        Val { value, shape: Shape::Block { arity: arity as u32, lambda: false } }
    }

    /// The word that a closure takes along.
    fn capture(&mut self, capture: Capture) -> Value {
        match capture {
            Capture::This => {
                let this = self.this();
                self.emit().boxed(this)
            }
            Capture::Home(level) => *self
                .frame()
                .homes
                .get(&level)
                .unwrap_or_else(|| unreachable!("facts make homes before the closures that use them")),
            Capture::Local(local) => match self.place(local) {
                Place::CellSlot(slot) => self.emit().word(Op::GetLocal(slot)),
                Place::Cell(cell) => cell,
                Place::Slot(_) | Place::Captured(_) => {
                    let val = self.read(local);
                    self.emit().boxed(val)
                }
            },
        }
    }

    /// The symbol of the body's own function.
    fn body_symbol(&self) -> &str {
        &self.frames[0].emit.function.symbol
    }

    /// A lambda literal.
    pub(crate) fn lambda_literal(&mut self, body: BodyId) -> Val {
        let symbol = self.body_symbol().to_owned();
        let id = self.lowering.lambda(body, &symbol);
        let arity = self.program.bodies[body].params.len() as u32;
        let value = self.emit().value(Op::Closure(id, Vec::new()), Ty::Word, Known::Class(class::BLOCK));
        Val { value, shape: Shape::Block { arity, lambda: true } }
    }

    /// A generator method, called `function`, and the function of its body.
    pub(crate) fn generator(&mut self, convention: &Convention, function: FunctionId) {
        self.lowering.instantiate_built_in(class::GENERATOR);
        let stub = &self.lowering.out.functions[function];
        let (name, symbol, position) = (stub.name.clone(), format!("{}.<body>", stub.symbol), stub.position);
        let body = self.lowering.declare(name, symbol, Signature::closure(0), position);

        let mut emit = self.lowering.emitter(function);
        let shapes = convention.receiver.into_iter().chain(convention.params.iter().map(|param| param.shape));
        let shapes: Vec<Shape> = shapes.collect();
        let captured = shapes.iter().enumerate().map(|(index, &shape)| {
            let value = emit.param(index);
            emit.boxed(Val { value, shape })
        });
        let captured: Vec<Value> = captured.collect();
        let block = BlockLiteral {
            is_lambda: false,
            captures: captured.len() as u32,
            arguments: Arguments::default(),
        };
        let shape = Shape::Block { arity: 0, lambda: false };
        let closure = emit.typed(Op::Closure(body, captured), shape).value;
        let generator = emit.entry(Entry::generator_new, vec![closure], convention.returns);
        let generator = generator.unwrap_or_else(|| unreachable!("the row gives a generator")).value;
        emit.end(Terminator::Return(generator));
        self.lowering.define(function, emit);

        let function = &mut self.lowering.out.functions[body];
        function.block = Some(block);
        function.never_inline = true;
        self.generator_body(convention, body);
    }

    fn generator_body(&mut self, convention: &Convention, function: FunctionId) {
        self.enter(Level::BODY, function, Shape::NIL);
        let closure = self.emit().param(0);
        let mut index = 0;
        let mut next = |cx: &mut Self| {
            index += 1;
            cx.emit().word(Op::GetCapture(closure, index - 1))
        };
        if matches!(self.this, This::Receiver) {
            let word = next(self);
            let shape = self.class.map_or(Shape::Erased, |class| layout::class_shape(self.program, class));
            let this = self.captured(word, shape);
            self.frame().this = Some(this);
        }
        let mut params = Vec::new();
        for param in &convention.params {
            let value = next(self);
            // What is left out has no shape; the fact may only be used once that is excluded.
            params.push(if param.optional {
                Val { value, shape: param.shape }
            } else {
                self.captured(value, param.shape)
            });
        }
        self.begin(&[]);
        self.bind_params(&self.body.params, params);
        self.discard(&self.body.code);
        let nil = self.emit().nil();
        self.return_from_frame(nil);
        self.leave_frame();
    }
}
