//! `_INKOC.name(args)`: what std asks of the compiler.

use super::Checker;
use super::args::Arg;
use crate::errors::Problem;
use crate::intrinsic::{Intrinsic, Kind};
use crate::tree::{Call, Expr, ExprKind, Target};
use crate::types::TypeId;
use crate::world::View;
use inko_syntax::{Span, ast};

/// The constant that intrinsics are sent to.
pub(super) const RECEIVER: &str = "_INKOC";

impl Checker<'_, '_> {
    pub(super) fn intrinsic(&mut self, name: &ast::Ident, args: Vec<Arg<'_>>, span: Span) -> Expr {
        let Some(intrinsic) = Intrinsic::from_name(&name.name) else {
            self.unchecked_args(args);
            self.report(name.span, Problem::UnknownIntrinsic { name: name.name.clone() });
            return self.failed(span);
        };
        let params = intrinsic.params();
        if args.len() != params.len() {
            let (least, have) = (params.len(), args.len());
            let name_text = name.name.clone();
            let problem = Problem::ArgumentCount {
                name: name_text,
                least,
                most: Some(least),
                have,
                missing: Vec::new(),
                related: None,
            };
            self.report(name.span, problem);
            self.unchecked_args(args);
            return self.failed(span);
        }
        let mut list = Vec::with_capacity(args.len());
        let mut last = name.span;
        for (index, (arg, kind)) in args.into_iter().zip(params).enumerate() {
            let (value, place) = self.intrinsic_arg(arg, *kind);
            last = place;
            list.push((index as u32, value));
        }
        let ty = self.intrinsic_type(intrinsic, &list, last);
        let throws = intrinsic.throws().then_some(self.world.core.any);
        self.send_throws(throws, false, &name.name, name.span, None);
        let call = Call { target: Target::Intrinsic(intrinsic), receiver: None, args: list, throws };
        Expr { kind: ExprKind::Call(Box::new(call)), ty, span: name.span }
    }

    fn intrinsic_arg(&mut self, arg: Arg<'_>, kind: Kind) -> (Expr, Span) {
        let (value, place) = self.bare_argument(arg);
        let fits = match (kind, self.world.view(value.ty)) {
            (_, View::Error) | (Kind::Any, _) | (Kind::Block, View::Block) => true,
            (Kind::Class(number), View::Class(class)) => {
                self.world.program.classes[class].built_in == Some(number)
            }
            (_, View::Never) => true,
            _ => false,
        };
        if !fits {
            let class = match kind {
                Kind::Class(number) => self.world.program.built_in.get(&number).copied(),
                _ => Some(self.world.core.block),
            };
            let want = class.map_or(self.world.core.any, |class| self.world.class_self(class));
            self.report(place, Problem::Mismatch { want, have: value.ty, because: None });
        }
        (value, place)
    }

    fn intrinsic_type(&mut self, intrinsic: Intrinsic, args: &[(u32, Expr)], last: Span) -> TypeId {
        if intrinsic.never_returns() {
            return self.world.core.never;
        }
        if intrinsic == Intrinsic::If
            && let [_, (_, first), (_, second)] = args
        {
            let (first, second) = (first.ty, second.ty);
            if self.world.is_never(first) {
                return second;
            }
            self.require(second, first, last, None);
            return first;
        }
        match intrinsic.result() {
            Kind::Class(number) => match self.world.program.built_in.get(&number).copied() {
                Some(class) => self.world.class_self(class),
                None => self.world.core.any,
            },
            Kind::Any | Kind::Block => self.world.core.any,
        }
    }
}
