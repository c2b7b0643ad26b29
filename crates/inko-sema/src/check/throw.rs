//! Leaving blocks: `throw`, `try`, `return` and `yield`, and which block each of them belongs to (§4.11
//! to §4.13 and appendix B.4 of the reference).

use super::local::Kind;
use super::{Checker, FrameKind};
use crate::errors::{Keyword, Problem};
use crate::tree::{Expr, ExprKind, Try, TryHandler};
use crate::types::TypeId;
use crate::world::View;
use inko_syntax::{Name, Span, ast};

/// A value that is thrown.
#[derive(Clone, Copy)]
struct Thrown {
    ty: TypeId,
    /// Where the value comes from.
    place: Span,
    /// What threw it out of a closure, whose caller was to catch it, perhaps.
    in_closure: Option<Keyword>,
}

/// An operand of `try` that is being checked.
pub(super) struct Operand {
    /// The frame that the `try` stands in.
    pub(super) frame: usize,
    /// What was thrown in it so far; the outermost node comes last.
    thrown: Vec<Thrown>,
    /// Whether something in it would throw, were its type parameter not `Never`.
    generic: bool,
    /// Whether something in it failed, so that what it would throw isn't known.
    pub(super) failed: bool,
}

impl Operand {
    fn new(frame: usize) -> Self {
        Self { frame, thrown: Vec::new(), generic: false, failed: false }
    }
}

/// The text that `try!` panics with when nothing is known about the error.
const UNKNOWN_ERROR: &str = "An error of an unknown type was thrown";

impl Checker<'_, '_> {
    /// `throw v`, `local throw v`
    pub(super) fn throw(&mut self, local: bool, value: &ast::Expr, span: Span) -> Expr {
        let place = value.span;
        let value = self.expr(value);
        let thrown = Thrown { ty: value.ty, place, in_closure: None };
        self.throw_to(local, thrown, span, Keyword::Throw);
        let kind = ExprKind::Throw { local, value: Box::new(value) };
        Expr { kind, ty: self.world.core.never, span }
    }

    /// Notes that a value is thrown here: to the operand of a `try` that contains this place within the
    /// boundary, else out of the boundary.
    fn throw_to(&mut self, local: bool, mut thrown: Thrown, span: Span, keyword: Keyword) {
        let top = self.top();
        let boundary = if local { top } else { self.boundary() };
        if let Some(operand) = self.tries.last_mut()
            && operand.frame >= boundary
        {
            if operand.frame != top {
                thrown.in_closure = Some(keyword);
            }
            operand.thrown.push(thrown);
            return;
        }
        if boundary != top {
            thrown.in_closure = Some(keyword);
        }
        self.record(boundary, thrown, span, keyword);
    }

    fn record(&mut self, boundary: usize, thrown: Thrown, span: Span, keyword: Keyword) {
        let Thrown { ty, place: value, in_closure } = thrown;
        let ty = self.world.settled(ty);
        if self.world.is_never(ty) {
            return;
        }
        let top = self.top();
        let frame = &mut self.frames[boundary];
        if frame.kind == FrameKind::Module {
            let problem = if boundary == top {
                Problem::ThrowAtModuleLevel { ty }
            } else {
                // The closure was to throw it, most likely.
                self.frames[top].throws.threw = true;
                Problem::ThrowOutsideMethod { keyword }
            };
            self.report(span, problem);
            return;
        }
        frame.throws.threw = true;
        let (place, method) = (frame.written.throws, frame.written.name);
        let infers = !frame.throws.written && frame.kind != FrameKind::Method;
        match frame.throws.ty {
            Some(want) => {
                if !self.world.fits(ty, want) {
                    // The closure was to throw it, perhaps.
                    self.frames[top].throws.threw = true;
                    self.report(value, Problem::ThrowMismatch { want, have: ty, related: place, in_closure });
                }
            }
            None if infers => frame.throws.ty = Some(ty),
            None => self.report(span, Problem::ThrowUndeclared { ty, method, in_closure }),
        }
    }

    /// Notes a send: what it throws, and whether it would throw with other type arguments.
    pub(super) fn send_throws(
        &mut self,
        throws: Option<TypeId>,
        generic: bool,
        name: &Name,
        span: Span,
        related: Option<Span>,
    ) {
        let top = self.top();
        let operand = self.tries.last_mut().filter(|operand| operand.frame == top);
        match (throws, operand) {
            (Some(ty), Some(operand)) => {
                operand.thrown.push(Thrown { ty, place: span, in_closure: None });
            }
            (None, Some(operand)) => operand.generic |= generic,
            (Some(ty), None) => {
                self.seems_to_throw();
                self.report(span, Problem::MissingTry { name: name.clone(), ty, related });
            }
            (None, None) => {}
        }
    }

    /// Notes that the blocks around here would throw, were it not for a mistake.
    fn seems_to_throw(&mut self) {
        let boundary = self.boundary();
        for frame in &mut self.frames[boundary..] {
            frame.throws.threw = true;
        }
    }

    /// The end of the innermost block: a block that is declared to throw must do so.
    pub(super) fn end_of_throws(&mut self, written: Option<Span>) {
        let Some(frame) = self.frames.last() else { return };
        let throws = frame.throws;
        if let (Some(ty), Some(span)) = (throws.ty, written)
            && throws.written
            && !throws.threw
            && !matches!(self.world.view(ty), View::Never | View::Error)
        {
            self.report(span, Problem::NeverThrows { ty });
        }
    }

    /// Checks the operand of a `try`.
    fn operand(&mut self, operand: &ast::Expr) -> (Expr, Operand) {
        let frame = self.top();
        self.tries.push(Operand::new(frame));
        let value = self.expr(operand);
        let operand = self.tries.pop().unwrap_or(Operand::new(frame));
        (value, operand)
    }

    /// `try e`, `local try e`, `try e else x`
    pub(super) fn try_expr(
        &mut self,
        local: bool,
        operand: &ast::Expr,
        handler: Option<&ast::Handler>,
        span: Span,
    ) -> Expr {
        let (value, thrown) = self.operand(operand);
        let Some(handler) = handler else {
            self.warn_useless(&value, &thrown, span);
            if thrown.failed {
                self.seems_to_throw();
            }
            let mut seen: Vec<TypeId> = Vec::new();
            for mut one in thrown.thrown {
                one.ty = self.world.settled(one.ty);
                if !seen.contains(&one.ty) {
                    seen.push(one.ty);
                    self.throw_to(local, one, one.place, Keyword::Try);
                }
            }
            let ty = value.ty;
            let handler = TryHandler::Rethrow { local };
            return Expr { kind: ExprKind::Try(Box::new(Try { operand: value, handler })), ty, span };
        };
        let error = self.error_type(&thrown);
        let (variable, result) = self.scoped(|checker| {
            let variable = handler
                .variable
                .as_ref()
                .map(|name| checker.define(&name.name, name.span, error, Kind::Given));
            (variable, checker.sequence(&handler.body.exprs, handler.body.span))
        });
        let ty = if self.world.is_never(value.ty) {
            result.ty
        } else {
            let place = self.last_place(&handler.body.exprs, handler.body.span);
            self.require(result.ty, value.ty, place, Some((value.span, "it must fit what is tried here")));
            value.ty
        };
        let handler = TryHandler::Else { variable, value: result };
        Expr { kind: ExprKind::Try(Box::new(Try { operand: value, handler })), ty, span }
    }

    /// `try! e`
    pub(super) fn try_panic(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        let (value, thrown) = self.operand(operand);
        self.warn_useless(&value, &thrown, span);
        let error = self.error_type(&thrown);
        let (variable, message) = self.scoped(|checker| {
            let variable = checker.define(&Name::from("error"), span, error, Kind::Given);
            let error = checker.local_expr(variable, span);
            (variable, checker.panic_message(error, span))
        });
        let ty = value.ty;
        let handler = TryHandler::Panic { variable, message };
        Expr { kind: ExprKind::Try(Box::new(Try { operand: value, handler })), ty, span }
    }

    /// The text of an error, for `try!`.
    fn panic_message(&mut self, error: Expr, span: Span) -> Expr {
        let string = self.world.core.string;
        match self.world.view(error.ty) {
            View::Any | View::Never | View::Error | View::Hole(_) => {
                Expr { kind: ExprKind::String(UNKNOWN_ERROR.into()), ty: string, span }
            }
            View::Class(class) if class == self.world.core.string_class => error,
            _ => {
                let name = ast::Ident { name: "to_string".into(), span };
                if self.world.find_method(error.ty, &name.name).is_none() {
                    self.report(span, Problem::ErrorWithoutText { ty: error.ty });
                    return self.failed(span);
                }
                self.send_to(error, &name, &[], Vec::new(), span)
            }
        }
    }

    fn warn_useless(&mut self, value: &Expr, thrown: &Operand, span: Span) {
        let nothing = thrown.thrown.is_empty() && !thrown.generic && !thrown.failed;
        if nothing && !self.world.is_error(value.ty) {
            self.report(span, Problem::UselessTry);
        }
    }

    /// The type of the error variable: the outermost node's if all others fit it, else `Any`.
    fn error_type(&mut self, thrown: &Operand) -> TypeId {
        if thrown.failed {
            return self.world.core.error;
        }
        let Some(outermost) = thrown.thrown.last().map(|one| one.ty) else {
            return if thrown.generic { self.world.core.never } else { self.world.core.any };
        };
        let all = thrown.thrown.iter().all(|one| self.world.fits(one.ty, outermost));
        if all { outermost } else { self.world.core.any }
    }

    /// `return`, `return v`
    pub(super) fn return_expr(&mut self, value: Option<&ast::Expr>, span: Span) -> Expr {
        let place = value.map_or(span, |value| value.span);
        let value = value.map(|value| self.expr(value));
        let ty = value.as_ref().map_or(self.world.core.nil, |value| value.ty);
        let boundary = self.boundary();
        let frame = &mut self.frames[boundary];
        if frame.kind == FrameKind::Module {
            self.report(span, Problem::ReturnOutsideMethod);
        } else if frame.yields.is_some() {
            if value.is_some() {
                self.report(place, Problem::ReturnInGenerator);
            }
        } else if let Some(want) = frame.returns {
            let related = frame.written.returns;
            if !self.world.fits(ty, want) {
                self.report(place, Problem::ReturnMismatch { want, have: ty, related });
            }
        } else {
            frame.returned.push((ty, place));
        }
        Expr { kind: ExprKind::Return(value.map(Box::new)), ty: self.world.core.never, span }
    }

    /// `yield v`
    pub(super) fn yield_expr(&mut self, value: Option<&ast::Expr>, span: Span) -> Expr {
        let place = value.map_or(span, |value| value.span);
        let value = match value {
            Some(value) => self.expr(value),
            None => self.nil(span),
        };
        let boundary = self.boundary();
        let frame = &mut self.frames[boundary];
        frame.yielded = true;
        let written = frame.written.yields;
        match (frame.kind, frame.yields) {
            (FrameKind::Method, Some(want)) => {
                let because = written.map(|written| (written, "the yield type is given here"));
                self.require(value.ty, want, place, because);
            }
            (FrameKind::Method, None) => self.report(span, Problem::YieldUndeclared),
            _ => self.report(span, Problem::YieldOutsideMethod),
        }
        let ty = value.ty;
        Expr { kind: ExprKind::Yield(Box::new(value)), ty, span }
    }
}
