//! What must be known of a body before it is lowered: which variables live in cells, what each closure
//! captures, which frames need a home token and which register deferred blocks.
//!
//! A *frame* is what becomes a function: the body itself, and each closure in it. `return` in a closure
//! leaves to the body; `throw` in a closure to the frame of the `try` that lexically contains it, else
//! to the body. Such a frame needs a home token, which is captured by all closures on the way.
//!
//! *Invariant:* the rules here are those of `exits`, which emits the jumps: a `try` that only passes on
//! what it catches is transparent for closures inside its operand.

use cranelift_entity::EntityRef;
use indexmap::{IndexMap, IndexSet};
use inko_sema::intrinsic::Intrinsic;
use inko_sema::tree::*;

/// A frame of a body: 0 is the body itself, closure *n* is *n* + 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Level(usize);

impl Level {
    /// The body itself.
    pub(crate) const BODY: Level = Level(0);

    /// The frame of a closure.
    pub(crate) fn closure(id: ClosureId) -> Self {
        Self(id.index() + 1)
    }
}

/// Something that a closure takes along when it is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Capture {
    /// `self` of an instance method.
    This,
    /// A variable: its value, or its cell.
    Local(LocalId),
    /// The home token of an enclosing frame.
    Home(Level),
}

/// What is known of a frame.
#[derive(Clone, Default, Debug)]
pub(crate) struct FrameFacts {
    /// What it captures, in the order of first use.
    pub(crate) captures: IndexSet<Capture>,
    /// Whether non-local exits arrive at it.
    pub(crate) home: bool,
    /// Whether it registers deferred blocks.
    pub(crate) defers: bool,
}

/// What is known of a body.
#[derive(Debug)]
pub(crate) struct Facts {
    frames: Vec<FrameFacts>,
    celled: IndexSet<LocalId>,
}

impl Facts {
    /// Examines a body.
    pub(crate) fn new(program: &Program, body: &Body, has_this: bool) -> Self {
        let frames = vec![FrameFacts::default(); body.closures as usize + 1];
        let facts = Facts { frames, celled: IndexSet::new() };
        let mut walker = Walker {
            program,
            body,
            has_this,
            scopes: vec![Scope::Frame(Level::BODY)],
            owners: IndexMap::new(),
            facts,
        };
        walker.params(&body.params);
        walker.expr(&body.code);
        walker.facts
    }

    /// What is known of a frame.
    pub(crate) fn frame(&self, level: Level) -> &FrameFacts {
        &self.frames[level.0]
    }

    /// Whether a variable lives in a cell.
    pub(crate) fn is_celled(&self, local: LocalId) -> bool {
        self.celled.contains(&local)
    }
}

/// Whether calls of a method register a deferred block with the calling frame: its body is just the
/// intrinsic, applied to its argument.
pub(crate) fn is_defer_forwarder(program: &Program, id: MethodId) -> bool {
    let Some(body) = program.methods[id].body else { return false };
    let body = &program.bodies[body];
    let mut code = &body.code;
    while let ExprKind::Sequence(list) = &code.kind
        && let [only] = list.as_slice()
    {
        code = only;
    }
    let ExprKind::Call(call) = &code.kind else { return false };
    let [(_, argument)] = call.args.as_slice() else { return false };
    let [param] = body.params.as_slice() else { return false };
    call.target == Target::Intrinsic(Intrinsic::DeferToCaller)
        && matches!(argument.kind, ExprKind::Local(local) if local == param.local)
}

/// What surrounds the place looked at.
#[derive(Clone, Copy)]
enum Scope {
    Frame(Level),
    /// The operand of a `try` that does something with the error.
    Operand,
}

struct Walker<'a> {
    program: &'a Program,
    body: &'a Body,
    has_this: bool,
    scopes: Vec<Scope>,
    owners: IndexMap<LocalId, Level>,
    facts: Facts,
}

impl Walker<'_> {
    fn level(&self) -> Level {
        let frame = self.scopes.iter().rev().find_map(|scope| match scope {
            Scope::Frame(level) => Some(*level),
            Scope::Operand => None,
        });
        frame.unwrap_or(Level::BODY)
    }

    fn frame(&mut self) -> &mut FrameFacts {
        let level = self.level();
        &mut self.facts.frames[level.0]
    }

    /// Adds a capture to all closures between here and the frame that has the thing.
    fn capture(&mut self, capture: Capture, owner: Level) -> bool {
        let mut captured = false;
        for scope in self.scopes.iter().rev() {
            if let Scope::Frame(level) = *scope {
                if level == owner {
                    break;
                }
                self.facts.frames[level.0].captures.insert(capture);
                captured = true;
            }
        }
        captured
    }

    fn this(&mut self) {
        if self.has_this {
            self.capture(Capture::This, Level::BODY);
        }
    }

    fn define(&mut self, local: LocalId) {
        let level = self.level();
        self.owners.entry(local).or_insert(level);
    }

    fn local(&mut self, local: LocalId) {
        let owner = self.owners.get(&local).copied().unwrap_or(Level::BODY);
        if self.capture(Capture::Local(local), owner) && self.body.locals[local].assigned {
            self.facts.celled.insert(local);
        }
    }

    fn leaves_to(&mut self, target: Level) {
        if target != self.level() {
            self.facts.frames[target.0].home = true;
            self.capture(Capture::Home(target), target);
        }
    }

    fn throws(&mut self, local: bool) {
        if local {
            return;
        }
        let mut inside_operand = false;
        let mut target = Level::BODY;
        for scope in self.scopes.iter().rev() {
            match scope {
                Scope::Operand => inside_operand = true,
                Scope::Frame(level) if inside_operand => {
                    target = *level;
                    break;
                }
                Scope::Frame(_) => {}
            }
        }
        self.leaves_to(target);
    }

    fn params(&mut self, params: &[BodyParam]) {
        for param in params {
            if let Some(default) = &param.default {
                self.expr(default);
            }
            self.define(param.local);
        }
    }

    fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Nil
            | ExprKind::Boolean(_)
            | ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Constant(_)
            | ExprKind::Module(_)
            | ExprKind::ClassObject(_)
            | ExprKind::TraitObject(_)
            | ExprKind::Lambda(_)
            | ExprKind::Error => {}
            ExprKind::SelfRef | ExprKind::Attribute(_) => self.this(),
            ExprKind::Concat(list) | ExprKind::Sequence(list) => self.all(list),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::SetLocal { local, value, define } => {
                self.expr(value);
                if *define {
                    self.define(*local);
                } else {
                    self.local(*local);
                }
            }
            ExprKind::SetAttribute(_, value) => {
                self.this();
                self.expr(value);
            }
            ExprKind::DefineConstant(_, value) | ExprKind::Cast(value) | ExprKind::Yield(value) => {
                self.expr(value)
            }
            ExprKind::Construct(_, fields) => self.all(fields.iter().map(|(_, value)| value)),
            ExprKind::Call(call) => {
                for (index, (_, link)) in call.chain(expr).into_iter().enumerate() {
                    if index == 0 {
                        self.all(&link.receiver);
                    }
                    self.call(link);
                }
            }
            ExprKind::Closure(closure) => {
                self.scopes.push(Scope::Frame(Level::closure(closure.id)));
                self.params(&closure.params);
                self.expr(&closure.code);
                self.scopes.pop();
            }
            ExprKind::Return(value) => {
                self.all(value.as_deref());
                self.leaves_to(Level::BODY);
            }
            ExprKind::Throw { local, value } => {
                self.expr(value);
                self.throws(*local);
            }
            ExprKind::Try(tree) => self.try_expr(tree),
            ExprKind::Match(tree) => self.match_expr(tree),
        }
    }

    /// A call whose receiver was looked at.
    fn call(&mut self, call: &Call) {
        self.all(call.args.iter().map(|(_, value)| value));
        let defers = match call.target {
            Target::Method { method, .. } => is_defer_forwarder(self.program, method),
            Target::Intrinsic(intrinsic) => intrinsic == Intrinsic::DeferToCaller,
            Target::Dynamic(_) | Target::Block => false,
        };
        if defers {
            self.frame().defers = true;
        }
    }

    fn try_expr(&mut self, tree: &Try) {
        let transparent = matches!(tree.handler, TryHandler::Rethrow { local: false });
        if !transparent {
            self.scopes.push(Scope::Operand);
        }
        self.expr(&tree.operand);
        if !transparent {
            self.scopes.pop();
        }
        match &tree.handler {
            TryHandler::Rethrow { local } => self.throws(*local),
            TryHandler::Else { variable, value } => {
                variable.iter().for_each(|&local| self.define(local));
                self.expr(value);
            }
            TryHandler::Panic { variable, message } => {
                self.define(*variable);
                self.expr(message);
            }
        }
    }

    fn match_expr(&mut self, tree: &Match) {
        if let Some((local, input)) = &tree.input {
            self.expr(input);
            self.define(*local);
        }
        for arm in &tree.arms {
            for test in &arm.tests {
                if let Test::Condition(condition) = test {
                    self.expr(condition);
                }
            }
            arm.narrowed.iter().for_each(|&local| self.define(local));
            self.all(&arm.guard);
            self.expr(&arm.body);
        }
        self.all(&tree.otherwise);
    }
}
