//! Operand and result types of every operation, and the signatures of calls, returns and edges.

use super::Verifier;
use crate::ir::*;
use crate::visit::entry_results;
use Ty::{Bool, Float, Raw, Word};
use inko_abi::entry::Effect;

/// What an operation takes and gives.
struct Shape {
    operands: Vec<Ty>,
    results: Vec<Ty>,
}

fn shape(operands: &[Ty], results: &[Ty]) -> Option<Shape> {
    Some(Shape { operands: operands.to_vec(), results: results.to_vec() })
}

impl Verifier<'_> {
    pub(super) fn instruction(&mut self, inst: &Inst) {
        let Some(shape) = self.shape_of(&inst.op) else { return };
        let mut operands = Vec::new();
        inst.op.each_operand(|value| operands.push(value));
        self.expect("operands", &operands, &shape.operands);
        self.expect("results", &inst.results, &shape.results);
        for &result in &inst.results {
            let data = self.function.values[result];
            if data.ty != Word && data.known != Known::Nothing {
                self.error(format_args!("{result} is no word but has a fact"));
            }
        }
    }

    pub(super) fn expect(&mut self, what: &str, values: &[Value], types: &[Ty]) {
        let found: Vec<Ty> = values.iter().map(|&value| self.function.values[value].ty).collect();
        if found != types {
            self.error(format_args!("{what} are {found:?}, not {types:?}"));
        }
    }

    fn shape_of(&mut self, op: &Op) -> Option<Shape> {
        match op {
            Op::Constant(constant) => shape(&[], &[constant.ty()]),
            Op::Integer(..) => shape(&[Word, Word], &[Word]),
            Op::IntegerCompare(..) | Op::Same(..) => shape(&[Word, Word], &[Bool]),
            Op::IntegerToFloat(_) | Op::UnboxFloat(_) => shape(&[Word], &[Float]),
            Op::Float(..) => shape(&[Float, Float], &[Float]),
            Op::FloatCompare(compare, ..) => {
                if *compare == Compare::Equal {
                    self.error("equality of floats is a runtime function");
                }
                shape(&[Float, Float], &[Bool])
            }
            Op::RawEquals(..) => shape(&[Raw, Raw], &[Bool]),
            Op::Not(_) => shape(&[Bool], &[Bool]),
            Op::BoxFloat(_) => shape(&[Float], &[Word]),
            Op::BoxBool(_) | Op::BoolToInteger(_) => shape(&[Bool], &[Word]),
            Op::UnboxBool(_) | Op::Test(..) | Op::IsUndefined(_) => shape(&[Word], &[Bool]),
            Op::Verify(..) | Op::NewCell(_) | Op::GetCell(_) | Op::GetCapture(..) => shape(&[Word], &[Word]),
            Op::StringSize(_) | Op::ArrayLength(_) => shape(&[Word], &[Word]),
            Op::New(class, _) => {
                let fields = self.fields(*class)?;
                shape(&fields, &[Word])
            }
            Op::GetField { class, field, .. } => {
                let field = self.field_type(*class, *field)?;
                shape(&[Word], &[field])
            }
            Op::SetField { class, field, .. } => {
                let field = self.field_type(*class, *field)?;
                shape(&[Word, field], &[])
            }
            Op::SetCell(..) | Op::ArrayPush(..) => shape(&[Word, Word], &[]),
            Op::Closure(function, captures) => {
                let Some(target) = self.program.functions.get(*function) else {
                    self.error(format_args!("{function} does not exist"));
                    return None;
                };
                match &target.block {
                    Some(block) if block.captures as usize == captures.len() => {}
                    Some(block) => {
                        let expected = block.captures;
                        self.error(format_args!(
                            "{} has {expected} captures, not {}",
                            target.symbol,
                            captures.len()
                        ));
                    }
                    None => self.error(format_args!("{} is no block", target.symbol)),
                }
                shape(&vec![Word; captures.len()], &[Word])
            }
            Op::GetLocal(local) => {
                let ty = self.local(*local)?;
                shape(&[], &[ty])
            }
            Op::SetLocal(local, _) => {
                let ty = self.local(*local)?;
                shape(&[ty], &[])
            }
            Op::Call(call) => {
                let (operands, results) = self.signature(call)?;
                Some(Shape { operands, results })
            }
            Op::GetGlobal(global) => {
                self.global(*global);
                shape(&[], &[Word])
            }
            Op::SetGlobal(global, _) => {
                self.global(*global);
                shape(&[Word], &[])
            }
            Op::NewArray(values) => shape(&vec![Word; values.len()], &[Word]),
            Op::ArrayGet(..) | Op::BytesGet(..) => shape(&[Word, Word], &[Word]),
            Op::ArraySet(..) | Op::BytesSet(..) => shape(&[Word, Word, Word], &[]),
            Op::NewHome(_) => shape(&[], &[Word]),
            Op::EndHome(_) | Op::KeepAlive(_) => shape(&[Word], &[]),
            Op::LandingPad => shape(&[], &[Word, Word, Raw]),
            Op::Poll => shape(&[], &[]),
        }
    }

    fn fields(&mut self, class: u32) -> Option<Vec<Ty>> {
        match self.program.classes.get(class as usize) {
            Some(Some(row)) => Some(row.fields.clone()),
            _ => {
                self.error(format_args!("class {class} does not exist"));
                None
            }
        }
    }

    fn field_type(&mut self, class: u32, field: u32) -> Option<Ty> {
        let found = self.fields(class)?.get(field as usize).copied();
        if found.is_none() {
            self.error(format_args!("class {class} has no attribute {field}"));
        }
        found
    }

    fn local(&mut self, local: LocalId) -> Option<Ty> {
        let found = self.function.locals.get(local).copied();
        if found.is_none() {
            self.error(format_args!("{local} does not exist"));
        }
        found
    }

    fn global(&mut self, global: GlobalId) {
        if self.program.globals.get(global).is_none() {
            self.error(format_args!("{global} does not exist"));
        }
    }

    /// The types of the arguments and results of a call.
    fn signature(&mut self, call: &Call) -> Option<(Vec<Ty>, Vec<Ty>)> {
        let signature = match call.callee {
            Callee::Function(id) => self.program.functions.get(id).map(|function| function.signature.clone()),
            Callee::Selector(id) => self.program.selectors.get(id).map(|selector| selector.signature.clone()),
            Callee::Closure => {
                if call.args.is_empty() {
                    self.error("the closure is missing");
                    return None;
                }
                Some(Signature::closure(call.args.len() - 1))
            }
            Callee::Entry(entry) => {
                let params = entry.signature().params.iter().map(|&kind| Ty::of(kind)).collect();
                return Some((params, entry_results(entry)));
            }
        };
        if signature.is_none() {
            self.error("what is called does not exist");
        }
        signature.map(|signature| (signature.params.clone(), signature.results()))
    }

    pub(super) fn terminator(&mut self, terminator: &Terminator) {
        let signature = &self.function.signature;
        match terminator {
            Terminator::Jump(edge) => self.edge(edge, &[]),
            Terminator::Branch { condition, then, otherwise } => {
                self.expect("conditions", &[*condition], &[Bool]);
                self.edge(then, &[]);
                self.edge(otherwise, &[]);
            }
            Terminator::Return(value) => self.expect("returned values", &[*value], &[signature.returns]),
            Terminator::Throw(value) => {
                if !signature.throws {
                    self.error("this function does not throw");
                }
                self.expect("thrown values", &[*value], &[Word]);
            }
            Terminator::Exit { home, value, .. } => self.expect("operands", &[*home, *value], &[Word, Word]),
            Terminator::Invoke { call, normal, .. } => {
                let Some((params, results)) = self.signature(call) else { return };
                self.expect("arguments", &call.args, &params);
                self.edge(normal, &results);
                if let Callee::Entry(entry) = call.callee
                    && entry.signature().effect == Effect::Leaf
                {
                    self.error("a leaf of the runtime needs no unwind edge");
                }
            }
            Terminator::Unreachable => {}
        }
    }

    /// Checks the arguments of an edge, which come after the results of an invoke.
    fn edge(&mut self, edge: &Edge, results: &[Ty]) {
        let mut found = results.to_vec();
        found.extend(edge.args.iter().map(|&value| self.function.values[value].ty));
        let params = &self.function.blocks[edge.block].params;
        let params: Vec<Ty> = params.iter().map(|&value| self.function.values[value].ty).collect();
        if found != params {
            self.error(format_args!("{} takes {params:?}, not {found:?}", edge.block));
        }
    }
}
