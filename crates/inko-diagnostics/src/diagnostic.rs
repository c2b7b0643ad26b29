//! A diagnostic as data: code, message, places, hint.
//!
//! *Invariant:* nothing here knows how a diagnostic is shown; the renderers live next door.

use crate::{Code, Severity};
use inko_syntax::Span;

/// A place with a remark about it.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The remark; may be empty on the primary label.
    pub text: String,
}

/// An error or a warning, ready to be shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// Which condition this is.
    pub code: Code,
    /// How bad it is; that of the code unless it was changed.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with the severity of its code, no remark, no related places and no hint.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            hint: None,
        }
    }

    /// Sets the remark at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place that explains the diagnostic.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Sets what to do about it.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// Whether no program may be produced.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
