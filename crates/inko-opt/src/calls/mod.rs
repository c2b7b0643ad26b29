//! Calls and the ways out of them: inlining, devirtualization, tail recursion, non-local exits.

pub(crate) mod devirtualization;
pub(crate) mod inlining;
pub(crate) mod nonlocal_exits;
pub(crate) mod polymorphic_dispatch;
pub(crate) mod scopes;
pub(crate) mod tail_recursion;
