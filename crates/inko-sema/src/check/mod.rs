//! Checking bodies: module statements first (constants in their order), then all methods.
//!
//! | file | what |
//! |---|---|
//! | `body` | module bodies, method bodies, arguments and their defaults |
//! | `expr` | the expressions that need no file of their own |
//! | `local` | scopes, `let`, assignment, unused variables |
//! | `send` | messages with and without receiver |
//! | `unknown` | what may help when nothing answers a message |
//! | `args` | binding and checking arguments; calling blocks |
//! | `block` | closures and lambdas |
//! | `throw` | `throw`, `try`, `return`, `yield` and whom they belong to |
//! | `matching` | `match` |
//! | `construct` | `C { @a = x }` and attributes |
//! | `intrinsic` | `_INKOC` |
//! | `finish` | taking the holes out of a finished body |

mod args;
mod block;
mod body;
mod construct;
mod expr;
mod finish;
mod intrinsic;
mod local;
mod matching;
mod send;
mod throw;
mod unknown;

pub(crate) use body::{check_bodies, default_type};

use crate::errors::{Because, Problem};
use crate::resolve::{SelfUse, TypeScope};
use crate::tree::{BodyId, ClosureId, Expr, ExprKind};
use crate::types::{ModuleId, ParamId, TypeId};
use crate::world::World;
use inko_syntax::{Name, Span, ast};
use local::Locals;
use throw::Operand;

/// What messages say of a written type that a value doesn't fit.
const TYPE_GIVEN: &str = "the type is given here";

/// What a frame is the frame of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum FrameKind {
    Module,
    Method,
    Lambda,
    Closure,
}

/// What a block throws.
#[derive(Clone, Copy)]
struct Throws {
    /// The type, if it is known to throw.
    ty: Option<TypeId>,
    /// Whether the type was written; otherwise closures and lambdas infer it.
    written: bool,
    /// Whether anything in it throws.
    threw: bool,
}

/// A method, closure, lambda or module body around the code being checked.
struct Frame {
    kind: FrameKind,
    /// The closure's number, for closures.
    closure: Option<ClosureId>,
    throws: Throws,
    /// What `return` must give; `None` in closures, and in lambdas that infer it.
    returns: Option<TypeId>,
    /// The values returned from a lambda that infers its type.
    returned: Vec<(TypeId, Span)>,
    /// What a generator yields.
    yields: Option<TypeId>,
    /// Whether it yielded.
    yielded: bool,
    /// Where its name and types stand.
    written: Written,
}

/// Where the parts of a method's or literal's head stand, for messages.
#[derive(Clone, Copy, Default)]
struct Written {
    name: Option<Span>,
    throws: Option<Span>,
    returns: Option<Span>,
    yields: Option<Span>,
}

impl Written {
    fn of_block(block: &ast::Block) -> Self {
        let place = |ty: &Option<ast::Type>| ty.as_ref().map(|ty| ty.span);
        Self { name: None, throws: place(&block.throws), returns: place(&block.returns), yields: None }
    }

    fn of_method(method: &ast::Method) -> Self {
        let place = |ty: &Option<ast::Type>| ty.as_ref().map(|ty| ty.span);
        Self {
            name: Some(method.name.span),
            throws: place(&method.throws),
            returns: place(&method.returns),
            yields: place(&method.yields),
        }
    }
}

impl Frame {
    fn new(kind: FrameKind, throws: Option<TypeId>) -> Self {
        Self {
            kind,
            closure: None,
            throws: Throws { ty: throws, written: throws.is_some(), threw: false },
            returns: None,
            returned: Vec::new(),
            yields: None,
            yielded: false,
            written: Written::default(),
        }
    }
}

/// Checks one body with everything nested in it.
struct Checker<'w, 'a> {
    world: &'w mut World<'a>,
    module: ModuleId,
    /// The type parameters that can be named, inner ones last.
    params: Vec<(Name, ParamId)>,
    /// What `Self` names.
    instance: TypeId,
    /// The locals of the body and of the lambdas around the code being checked; the last are current.
    bodies: Vec<Locals>,
    frames: Vec<Frame>,
    /// The operands of `try` around the code being checked.
    tries: Vec<Operand>,
    /// Set when the blocks passed to the call being checked give values of different types.
    mixed: bool,
    /// The bodies of finished lambdas, which may still contain holes.
    lambdas: Vec<BodyId>,
}

impl<'w, 'a> Checker<'w, 'a> {
    /// The locals of the current body.
    fn locals(&mut self) -> &mut Locals {
        // There is a body from the start to the end of the checker's life.
        let last = self.bodies.len() - 1;
        &mut self.bodies[last]
    }

    /// The type of `self`.
    fn self_type(&self) -> TypeId {
        self.bodies.last().map_or(self.world.core.error, |body| body.self_type)
    }

    /// The index of the innermost frame.
    fn top(&self) -> usize {
        self.frames.len() - 1
    }

    /// The index of the innermost method, lambda or module body.
    fn boundary(&self) -> usize {
        self.frames.iter().rposition(|frame| frame.kind != FrameKind::Closure).unwrap_or(0)
    }

    /// Reports a problem.
    fn report(&mut self, span: Span, problem: Problem) {
        self.world.report(span, problem);
    }

    /// Reports that a value doesn't fit, unless it does.
    fn require(&mut self, have: TypeId, want: TypeId, span: Span, because: Because) -> bool {
        let fits = self.world.fits(have, want);
        if !fits {
            self.report(span, Problem::Mismatch { want, have, because });
        }
        fits
    }

    /// A written type as the body sees it.
    fn written_type(&mut self, ty: &ast::Type) -> TypeId {
        let scope = TypeScope {
            module: self.module,
            params: &self.params,
            self_type: Some(self.instance),
            method: None,
        };
        let ty = self.world.resolve_type(&scope, ty, SelfUse::Early);
        self.world.rigid(ty)
    }

    /// An expression that failed and was reported. What it would have thrown isn't known.
    fn failed(&mut self, span: Span) -> Expr {
        let top = self.top();
        if let Some(operand) = self.tries.last_mut().filter(|operand| operand.frame == top) {
            operand.failed = true;
        }
        Expr { kind: ExprKind::Error, ty: self.world.core.error, span }
    }

    /// `Nil`.
    fn nil(&self, span: Span) -> Expr {
        Expr { kind: ExprKind::Nil, ty: self.world.core.nil, span }
    }
}
