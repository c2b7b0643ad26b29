//! The table of operations: which function emits what.

use crate::emitter::Emitter;
use crate::values::{Flag, Scalar, Word};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use inko_abi::object::{CELL_VALUE, HOME_ACTIVE, header};
use inko_abi::process::offset;
use inko_abi::{class, word};
use inko_ir::ir::*;

impl Emitter<'_> {
    /// Emits an instruction and defines its results.
    pub(crate) fn instruction(&mut self, inst: &Inst) {
        match &inst.op {
            // Made anew where they are used.
            Op::Constant(_) => {}
            Op::Integer(op, a, b) => {
                let result = self.integer_operation(*op, *a, *b, inst.results[0]);
                self.define(inst.results[0], Scalar::Word(result));
            }
            Op::IntegerToFloat(value) => {
                let result = self.integer_to_float(*value);
                self.define(inst.results[0], Scalar::Float(result));
            }
            Op::Float(op, a, b) => {
                let (a, b) = (self.float(*a), self.float(*b));
                let result = self.float_operation(*op, a, b);
                self.define(inst.results[0], Scalar::Float(result));
            }
            Op::BoxFloat(value) => {
                let value = self.float(*value);
                let result = self.box_float(value);
                self.define(inst.results[0], Scalar::Word(result));
            }
            Op::UnboxFloat(value) => {
                let word = self.word(*value);
                let result = match self.verified_here(inst) {
                    Some((name, position)) => {
                        self.set_position(position);
                        self.unbox_verified(word, name)
                    }
                    None => self.unbox_float(word),
                };
                self.define(inst.results[0], Scalar::Float(result));
            }
            Op::BoxBool(value) => {
                let value = self.flag(*value);
                let result = self.box_flag(value);
                self.define(inst.results[0], Scalar::Word(result));
            }
            Op::BoolToInteger(value) => {
                let Flag(value) = self.flag(*value);
                let value = self.builder.ins().uextend(types::I64, value);
                let result = Word(self.builder.ins().ishl_imm_u(value, 1));
                self.define(inst.results[0], Scalar::Word(result));
            }
            Op::Verify(value, check, name) => self.verify(*value, check, name),
            Op::IntegerCompare(..)
            | Op::FloatCompare(..)
            | Op::RawEquals(..)
            | Op::Not(_)
            | Op::UnboxBool(_)
            | Op::Test(..)
            | Op::Same(..)
            | Op::IsUndefined(_) => {
                let result = self.condition(&inst.op);
                self.define_flag(inst, result);
            }
            Op::New(..)
            | Op::NewCell(_)
            | Op::Closure(..)
            | Op::NewHome(_)
            | Op::NewArray(_)
            | Op::GetCell(_)
            | Op::GetCapture(..)
            | Op::GetGlobal(_)
            | Op::StringSize(_)
            | Op::ArrayLength(_)
            | Op::ArrayGet(..)
            | Op::BytesGet(..) => {
                let result = self.object_word(&inst.op);
                self.define(inst.results[0], Scalar::Word(result));
            }
            Op::GetField { object, class, field } => {
                let result = self.get_field(*object, *class, *field);
                self.define(inst.results[0], result);
            }
            Op::SetField { object, field, value, .. } => self.set_field(*object, *field, *value),
            Op::SetCell(cell, value) => self.set_cell(*cell, *value),
            Op::SetGlobal(global, value) => self.set_global(*global, *value),
            Op::ArraySet(array, index, value) => self.array_set(*array, *index, *value),
            Op::ArrayPush(array, value) => self.array_push(*array, *value),
            Op::BytesSet(bytes, index, value) => self.bytes_set(*bytes, *index, *value),
            Op::EndHome(home) => {
                let home = self.word(*home);
                let inactive = self.immediate(word::FALSE);
                self.store(home, HOME_ACTIVE, inactive.0);
            }
            // Being live up to here is all there is to it.
            Op::KeepAlive(_) => {}
            Op::Call(call) => {
                let results = self.call(call);
                for (&value, scalar) in inst.results.iter().zip(results) {
                    self.define(value, scalar);
                }
            }
            Op::LandingPad => self.landing_pad(&inst.results),
            Op::Poll => self.poll(),
            Op::GetLocal(_) | Op::SetLocal(..) => unreachable!("promotion leaves no locals"),
        }
    }

    /// Operations that make a word of objects.
    fn object_word(&mut self, op: &Op) -> Word {
        match op {
            Op::New(class, fields) => self.new_object(header(*class, 0), fields),
            Op::NewCell(value) => self.new_object(header(class::CELL, 0), &[*value]),
            Op::Closure(function, captures) => self.closure(*function, captures),
            Op::NewHome(_) => self.new_home(),
            Op::NewArray(elements) => self.new_array(elements),
            Op::GetCell(cell) => {
                let cell = self.word(*cell);
                self.load_word(cell, CELL_VALUE)
            }
            Op::GetCapture(closure, index) => self.get_capture(*closure, *index),
            Op::GetGlobal(global) => self.get_global(*global),
            Op::StringSize(object) | Op::ArrayLength(object) => {
                let object = self.word(*object);
                self.length(object)
            }
            Op::ArrayGet(array, index) => self.array_get(*array, *index),
            Op::BytesGet(bytes, index) => self.bytes_get(*bytes, *index),
            _ => unreachable!("not an operation on objects: {op:?}"),
        }
    }

    /// Operations that make a flag.
    fn condition(&mut self, op: &Op) -> Flag {
        match op {
            Op::IntegerCompare(compare, a, b) => self.integer_compare(*compare, *a, *b),
            Op::FloatCompare(compare, a, b) => {
                let (a, b) = (self.float(*a), self.float(*b));
                self.float_compare(*compare, a, b)
            }
            Op::RawEquals(a, b) => {
                let (a, b) = (self.raw(*a), self.raw(*b));
                Flag(self.builder.ins().icmp(IntCC::Equal, a.0, b.0))
            }
            Op::Not(value) => {
                let value = self.flag(*value);
                Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, value.0, 0))
            }
            Op::UnboxBool(value) => {
                let value = self.word(*value);
                Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, value.0, word::TRUE as i64))
            }
            Op::Test(value, check) => self.as_flag(|this, outcome| this.test(*value, check, outcome)),
            Op::Same(a, b) => {
                let (a, b) = (self.word(*a), self.word(*b));
                Flag(self.builder.ins().icmp(IntCC::Equal, a.0, b.0))
            }
            Op::IsUndefined(value) => {
                let value = self.word(*value);
                let undefined = word::UNDEFINED as i64;
                Flag(self.builder.ins().icmp_imm_s(IntCC::Equal, value.0, undefined))
            }
            _ => unreachable!("not a condition: {op:?}"),
        }
    }

    /// What a non-local exit carries lies in the process head, where the runtime left it.
    fn landing_pad(&mut self, results: &[Value]) {
        let flags = self.flags();
        let process = self.process();
        let fields = [offset::UNWIND_HOME, offset::UNWIND_VALUE, offset::UNWIND_EXIT];
        for (&result, field) in results.iter().zip(fields) {
            let value = self.builder.ins().load(types::I64, flags, process.0, field);
            let scalar = Scalar::new(self.ty(result), value);
            self.define(result, scalar);
        }
    }
}
