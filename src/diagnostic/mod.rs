//! Diagnostics: one type, stable codes, and renderers for terminals, programs and CI
//! systems.

mod code;
mod decoder;
mod excerpt;
mod explain;
mod github;
mod json;
mod named_path;
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
pub use json::{Finding, Findings, each_finding, findings, render_json};
pub use sarif::render_sarif;
pub(crate) use suggest::is_typo_of;
pub use suggest::nearest;
pub(crate) use tally::{Limited, MAX_FINDINGS, Tally};
pub use text::{Style, render_text, summary};

use crate::source::{Problem, ProblemKind, Span};

/// The severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Information.
    Note,
    /// A probable mistake.
    Warning,
    /// A certain mistake.
    Error,
}

impl Severity {
    /// The printed name: `note`, `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The explanation. May be empty.
    pub text: String,
}

/// One message to the user. Strings start in lower case and end without a full stop. The
/// message names the finding and the expectation; the help says how to solve the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The message: the finding and the expectation.
    pub message: String,
    /// The places. The first label marks the place itself, the others explain it.
    pub labels: Vec<Label>,
    /// The advice.
    pub help: Option<String>,
    /// The affected flow, by id or name.
    pub flow: Option<String>,
    /// The affected node.
    pub node: Option<String>,
    /// The parts of the subject that the message names.
    pub named: Named,
}

/// The parts of its subject that a message names, so that they are not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Named {
    /// Whether the message names the node.
    pub node: bool,
    /// Whether the message names the flow.
    pub flow: bool,
}

impl Diagnostic {
    /// Creates a diagnostic with the default severity of the code.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            help: None,
            flow: None,
            node: None,
            named: Named::default(),
        }
    }

    /// Adds a place without an explanation.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Adds a place with an explanation.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the affected node.
    #[must_use]
    pub fn node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    /// States that the message names the node.
    #[must_use]
    pub fn naming_node(mut self) -> Self {
        self.named.node = true;
        self
    }

    /// States that the message names the flow.
    #[must_use]
    pub fn naming_flow(mut self) -> Self {
        self.named.flow = true;
        self
    }

    /// Sets the affected flow.
    #[must_use]
    pub fn flow(mut self, flow: impl Into<String>) -> Self {
        self.flow = Some(flow.into());
        self
    }
}

/// Sorts diagnostics by file, position and code. Those without a place come first. The
/// sort is stable.
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
            ProblemKind::Toml => Code::INVALID_PROJECT,
        };
        let mut diagnostic = Self::new(code, problem.message).at(problem.span);
        if let Some((span, text)) = problem.other {
            diagnostic = diagnostic.label(span, text);
        }
        Self { help: problem.hint, ..diagnostic }
    }
}
