//! What flowsim tells its user: one type, stable codes, and renderers for terminals,
//! programs and CI systems.

mod code;
mod decoder;
mod excerpt;
mod explain;
mod github;
mod json;
mod place;
mod sarif;
mod suggest;
mod tally;
mod text;
pub(crate) mod visible;

pub use code::Code;
pub(crate) use decoder::Decoder;
pub use explain::{explain, handbook};
pub(crate) use github::github_command;
pub use github::render_github;
pub use json::{Finding, Findings, findings, render_json};
pub use sarif::render_sarif;
pub use suggest::nearest;
pub(crate) use tally::{MAX_FINDINGS, Tally};
pub use text::{Style, render_text, summary};

use crate::source::{Problem, ProblemKind, Span};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably a mistake.
    Warning,
    /// Certainly one.
    Error,
}

impl Severity {
    /// As it is printed: `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One message to the user. Texts are lower case and end without a full stop; the message
/// says what was found and what was expected, the help what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable name.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where it is; the first label is the place itself, others explain.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// The flow it is about, by id or name.
    pub flow: Option<String>,
    /// The node it is about.
    pub node: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of the code's usual severity.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            help: None,
            flow: None,
            node: None,
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Adds a place and what is there.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Names the node that it is about.
    #[must_use]
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    /// Names the flow that it is about.
    #[must_use]
    pub fn flow(mut self, flow: impl Into<String>) -> Self {
        self.flow = Some(flow.into());
        self
    }
}

/// Orders diagnostics by file, position and code. Those without a place come first, equal
/// ones stay in their order.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| label.span);
        (place.map(|span| (span.file, span.start)), diagnostic.code)
    });
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        let code = match problem.kind {
            ProblemKind::Unreadable => Code::FILE_UNREADABLE,
            ProblemKind::NotText => Code::FILE_NOT_TEXT,
            ProblemKind::TooLarge => Code::FILE_TOO_LARGE,
            ProblemKind::Empty => Code::FILE_EMPTY,
            ProblemKind::JsonSyntax => Code::JSON_SYNTAX,
            ProblemKind::YamlSyntax => Code::YAML_SYNTAX,
        };
        let diagnostic = Self::new(code, problem.message).at(problem.span);
        Self { help: problem.hint, ..diagnostic }
    }
}
