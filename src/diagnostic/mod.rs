//! What flowsim tells its user: one type, stable codes, and renderers for terminals,
//! programs and CI systems.

mod code;

pub use code::Code;

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
