//! Small programs of the intermediate representation, and what runs them: the C compiler links them with a
//! runtime that plays the real one.

pub(crate) use inko_testing::child::child;

use inko_codegen::{Listings, Options, Output, compile};
use inko_ir::ir::*;
use inko_ir::verify::verify_program;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Programs name more functions of the runtime than they call.
const IGNORE: &str = "-Wl,--unresolved-symbols=ignore-all";

const RUNTIME: &str = include_str!("runtime.c");

/// A program under construction.
pub struct Build {
    pub program: Program,
}

/// A function under construction: instructions are appended to the current block.
pub struct Body {
    pub function: Function,
    pub block: BlockId,
    pub position: PositionId,
}

impl Build {
    pub fn new() -> Self {
        let mut program = Program { classes: vec![None; 32], ..Program::default() };
        for &(name, number) in inko_abi::class::BUILT_IN {
            program.classes[number as usize] = Some(class(name, &[]));
        }
        Self { program }
    }

    pub fn position(&mut self, function: &str, line: u32) -> PositionId {
        self.program.positions.intern(Position {
            function: function.into(),
            file: "src/test.inko".into(),
            line,
            caller: None,
        })
    }

    /// A method.
    pub fn method(&mut self, name: &str, params: &[Ty], returns: Ty, throws: bool) -> Body {
        let position = self.position(name, 10);
        let signature = Signature { params: params.to_vec(), returns, throws };
        let function = Function::new(name.into(), format!("test::{name}").into(), signature, position);
        Body { block: function.entry, function, position }
    }

    /// The code of a closure.
    pub fn closure(&mut self, name: &str, arity: usize, captures: u32) -> Body {
        let mut body = self.method(name, &[], Ty::Word, true);
        let signature = Signature::closure(arity);
        body.function = Function::new(name.into(), format!("test::{name}").into(), signature, body.position);
        body.function.block =
            Some(BlockLiteral { is_lambda: false, captures, arguments: Default::default() });
        body.block = body.function.entry;
        body
    }

    pub fn class(&mut self, name: &str, fields: &[Ty]) -> u32 {
        self.program.classes.push(Some(class(name, fields)));
        self.program.classes.len() as u32 - 1
    }

    pub fn add(&mut self, body: Body) -> FunctionId {
        self.program.functions.push(body.function)
    }

    /// Adds the function that the program starts with.
    pub fn main(&mut self, body: Body) {
        let main = self.add(body);
        self.program.main = Some(main);
    }

    pub fn output(&self) -> Output {
        self.output_with(&Options::default())
    }

    pub fn output_with(&self, options: &Options) -> Output {
        let errors = verify_program(&self.program);
        assert!(errors.is_empty(), "{errors:?}");
        compile(&self.program, options).expect("the program compiles")
    }

    pub fn clif(&self) -> String {
        let listings = Listings { clif: true, asm: false };
        self.output_with(&Options { listings, ..Options::default() }).clif.expect("asked for")
    }

    pub fn asm(&self) -> String {
        let listings = Listings { clif: false, asm: true };
        self.output_with(&Options { listings, ..Options::default() }).asm.expect("asked for")
    }

    /// Runs the program with modes of the runtime: `g` collects at every allocation, `p` stops at every poll,
    /// `c` prints counters.
    pub fn run(&self, mode: &str) -> String {
        let program = Linked::new(&self.output().object);
        program.run(mode)
    }

    /// Expects the same output without collections and with as many as possible.
    pub fn expect(&self, output: &str) {
        let program = Linked::new(&self.output().object);
        for mode in ["", "g", "p", "gp"] {
            assert_eq!(program.run(mode).trim_end(), output, "mode {mode:?}");
        }
        let options = Options { optimize: inko_codegen::Optimize::None, ..Options::default() };
        let program = Linked::new(&self.output_with(&options).object);
        assert_eq!(program.run("gp").trim_end(), output, "without optimization");
    }
}

fn cc(options: &[&str], files: &[PathBuf]) {
    let output = child("cc").args(options).args(files).output().expect("a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The compiled runtime; made once, in a directory that lives as long as the tests.
fn runtime() -> PathBuf {
    static DIRECTORY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let directory = inko_testing::child::directory();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("runtime.c"), RUNTIME).expect("written");
        let options = ["-c", "-O1", "-g", "-fno-pie", "-fno-omit-frame-pointer", "-Wall", "-Werror", "-o"];
        cc(&options, &[path("runtime.o"), path("runtime.c")]);
        directory
    });
    directory.path().join("runtime.o")
}

/// An executable in a directory of its own.
pub struct Linked {
    pub directory: tempfile::TempDir,
}

impl Linked {
    pub fn new(object: &[u8]) -> Self {
        let directory = inko_testing::child::directory();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("program.o"), object).expect("written");
        cc(&["-no-pie", IGNORE, "-o"], &[path("program"), path("program.o"), runtime()]);
        Self { directory }
    }

    pub fn run(&self, mode: &str) -> String {
        let output = child(self.directory.path().join("program"))
            .arg(format!("-{mode}"))
            .output()
            .expect("the program starts");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code().is_none() {
            text.push_str("killed by a signal");
        }
        text
    }
}

fn class(name: &str, fields: &[Ty]) -> Class {
    let names = (0..fields.len()).map(|index| format!("@{index}").into()).collect();
    Class { name: name.into(), fields: fields.to_vec(), field_names: names, is_module: false }
}

impl Body {
    /// A parameter of the current block.
    pub fn param(&self, index: usize) -> Value {
        self.function.blocks[self.block].params[index]
    }

    pub fn effect(&mut self, op: Op) {
        self.function.effect(self.block, op, self.position);
    }

    pub fn typed(&mut self, op: Op, ty: Ty, known: Known) -> Value {
        self.function.value(self.block, op, ty, known, self.position)
    }

    pub fn word(&mut self, op: Op) -> Value {
        self.typed(op, Ty::Word, Known::Nothing)
    }

    pub fn integer(&mut self, op: IntegerOp, a: Value, b: Value) -> Value {
        self.typed(Op::Integer(op, a, b), Ty::Word, Known::Integer)
    }

    pub fn flag(&mut self, op: Op) -> Value {
        self.typed(op, Ty::Bool, Known::Nothing)
    }

    pub fn constant(&mut self, constant: Constant) -> Value {
        let (ty, known) = (constant.ty(), constant.known());
        self.typed(Op::Constant(constant), ty, known)
    }

    pub fn small(&mut self, value: i64) -> Value {
        self.constant(Constant::Small(value))
    }

    pub fn string(&mut self, text: &str) -> Value {
        self.constant(Constant::String(text.into()))
    }

    pub fn call(&mut self, callee: Callee, args: &[Value]) -> Value {
        self.word(Op::Call(Call { callee, args: args.to_vec() }))
    }

    pub fn calls(&mut self, callee: Callee, args: &[Value], results: &[Ty]) -> Vec<Value> {
        let op = Op::Call(Call { callee, args: args.to_vec() });
        self.function.values(self.block, op, results, self.position)
    }

    /// A block with parameters.
    pub fn new_block(&mut self, params: &[Ty]) -> BlockId {
        let block = self.function.add_block(self.position);
        for &ty in params {
            self.function.add_param(block, ty, Known::Nothing);
        }
        block
    }

    pub fn end(&mut self, terminator: Terminator) {
        self.function.terminate(self.block, terminator, self.position);
    }

    pub fn jump(&mut self, block: BlockId, args: &[Value]) {
        self.end(Terminator::Jump(Edge::with(block, args.to_vec())));
    }

    pub fn branch(&mut self, condition: Value, then: BlockId, otherwise: BlockId) {
        self.end(Terminator::Branch { condition, then: Edge::to(then), otherwise: Edge::to(otherwise) });
    }

    pub fn give(&mut self, value: Value) {
        self.end(Terminator::Return(value));
    }
}

/// A program whose main function returns what `body` makes.
pub fn main_of(body: impl FnOnce(&mut Body) -> Value) -> Build {
    let mut build = Build::new();
    let mut main = build.closure("main", 0, 0);
    let value = body(&mut main);
    main.give(value);
    build.main(main);
    build
}
