//! What was found wrong, from the report to the list that the caller gets.

use crate::errors::Problem;
use crate::loader::Collected;
use crate::map::Map;
use crate::tree::Program;
use crate::world::World;
use inko_diagnostics::{Code, Diagnostic, Severity};
use inko_syntax::Span;

impl World<'_> {
    /// The tree, and the diagnostics ordered by file (in the order in which modules run) and place.
    pub(crate) fn finish(self, collected: &Collected) -> (Program, Vec<Diagnostic>) {
        let ranks: Map<_, _> =
            collected.modules.iter().enumerate().map(|(rank, module)| (module.file, rank)).collect();
        let mut diagnostics = self.diagnostics;
        if !diagnostics.iter().any(|one| one.severity == Severity::Error) {
            diagnostics.extend(self.follow_ups);
        }
        diagnostics.sort_by_key(|one| {
            let span = one.primary.span;
            (ranks.get(&span.file).copied().unwrap_or(usize::MAX), span.start)
        });
        (self.program, diagnostics)
    }

    /// Reports a problem. One about a type that isn't known is only shown if no other tells why.
    pub(crate) fn report(&mut self, span: Span, problem: Problem) {
        let diagnostic = (self.silent == 0).then(|| problem.diagnostic(self, span));
        // Parts of the problem may have been printed before.
        let follows = self.printed_error.replace(false);
        let list = if follows { &mut self.follow_ups } else { &mut self.diagnostics };
        list.extend(diagnostic);
    }

    /// Takes back the warning that a variable is never read.
    pub(crate) fn withdraw_unused(&mut self, variable: Span) {
        self.diagnostics.retain(|one| one.code != Code::UnusedLocal || one.primary.span != variable);
    }
}
