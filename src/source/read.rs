//! From text to tree, whatever the notation; and what can go wrong on the way.

use super::file::File;
use super::node::Node;
use super::span::Span;

/// The deepest nesting of lists and objects that is read.
pub(super) const MAX_DEPTH: usize = 128;

/// The notation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON as in RFC 8259: no comments, no trailing commas.
    Json,
    /// YAML 1.2 with its core schema: `yes` and `no` are strings.
    Yaml,
}

impl Format {
    /// By the file's extension; without a known one, JSON if the text starts like JSON.
    pub fn of(file: &File) -> Self {
        match file.path().extension().and_then(|extension| extension.to_str()) {
            Some("yaml" | "yml") => Self::Yaml,
            Some("json") => Self::Json,
            _ if file.text().trim_start().starts_with(['{', '[']) => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// Why a text is not a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file cannot be opened or read.
    Unreadable,
    /// The file is not UTF-8 text.
    NotText,
    /// The file, its nesting, or what its aliases expand to is too large.
    TooLarge,
    /// The text is empty.
    Empty,
    /// The text is not JSON.
    JsonSyntax,
    /// The text is not YAML.
    YamlSyntax,
}

/// Reads a document in the notation that [`Format::of`] finds.
///
/// # Errors
/// The text is empty, malformed, or nested too deeply.
pub fn read_document(file: &File) -> Result<Node<'_>, Problem> {
    match Format::of(file) {
        Format::Json => read_json(file),
        Format::Yaml => read_yaml(file),
    }
}

/// Reads JSON.
///
/// # Errors
/// The text is empty, malformed, or nested too deeply.
pub fn read_json(file: &File) -> Result<Node<'_>, Problem> {
    refuse_empty(file)?;
    super::json::read(file)
}

/// Reads the first document of a YAML text.
///
/// # Errors
/// The text is empty, malformed, nested too deeply, or its aliases expand without bound.
pub fn read_yaml(file: &File) -> Result<Node<'_>, Problem> {
    refuse_empty(file)?;
    super::yaml::read(file)
}

fn refuse_empty(file: &File) -> Result<(), Problem> {
    if !file.text().trim().is_empty() {
        return Ok(());
    }
    Err(Problem {
        kind: ProblemKind::Empty,
        span: file.span(),
        message: "the file is empty".into(),
        hint: None,
    })
}

pub(super) fn too_deep(span: Span) -> Problem {
    Problem {
        kind: ProblemKind::TooLarge,
        span,
        message: format!("lists and objects are nested deeper than {MAX_DEPTH} levels"),
        hint: None,
    }
}
