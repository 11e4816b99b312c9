//! Reading of documents in either notation, and the errors that can occur.

use std::path::Path;

use super::file::File;
use super::node::Node;
use super::span::Span;

/// The notation of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON as in RFC 8259: no comments, no trailing commas.
    Json,
    /// YAML 1.2 with its core schema: `yes` and `no` are strings.
    Yaml,
}

impl Format {
    /// Determines the notation by the file's extension. If the extension is unknown, a
    /// text that starts like JSON is JSON.
    pub fn of(file: &File) -> Self {
        match &*extension(file.path()) {
            "yaml" | "yml" => Self::Yaml,
            "json" => Self::Json,
            _ if file.text().trim_start().starts_with(['{', '[']) => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// Returns the extension of a path in lower case: `Main.YAML` is YAML too. Empty without an
/// extension.
pub fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default();
    extension.to_string_lossy().to_ascii_lowercase()
}

/// An error while reading a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of problem.
    pub kind: ProblemKind,
    /// The place.
    pub span: Span,
    /// The finding and the expectation.
    pub message: String,
    /// The advice.
    pub hint: Option<String>,
    /// Another place, and what it has to do with the error.
    pub other: Option<(Span, String)>,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file cannot be opened or read.
    Unreadable,
    /// The file is not UTF-8 text.
    NotText,
    /// The file, its nesting, or the expansion of its aliases is too large.
    TooLarge,
    /// The text is empty.
    Empty,
    /// The text is not JSON.
    JsonSyntax,
    /// The text is not YAML.
    YamlSyntax,
    /// The text is not TOML.
    Toml,
}

/// A document that was read by [`read_nested`].
#[derive(Debug)]
pub struct Nested<'s> {
    /// The document.
    pub document: Node<'s>,
    /// The problem of the document if it must be a single value: its first list or object
    /// that is nested deeper than a value may be.
    pub too_deep: Option<Problem>,
}

/// Reads a document in the notation determined by [`Format::of`].
///
/// # Errors
/// Fails if the text is empty, malformed, or nested too deeply.
pub fn read_document(file: &File) -> Result<Node<'_>, Problem> {
    read_nested(file, &[]).map(|read| read.document)
}

/// Reads a document in the notation determined by [`Format::of`]. A new value begins
/// below each of the keys `sequences`, so that values may be nested in such sequences far
/// deeper than the limit for one value. Functions over the document run their levels in
/// `source::nested`.
///
/// # Errors
/// Fails if the text is empty, malformed, or nested too deeply.
pub fn read_nested<'s>(
    file: &'s File,
    sequences: &'static [&'static str],
) -> Result<Nested<'s>, Problem> {
    refuse_empty(file)?;
    match Format::of(file) {
        Format::Json => super::json::read(file, sequences),
        Format::Yaml => super::yaml::read(file, sequences),
    }
}

/// Reads JSON.
///
/// # Errors
/// Fails if the text is empty, malformed, or nested too deeply.
pub fn read_json(file: &File) -> Result<Node<'_>, Problem> {
    refuse_empty(file)?;
    super::json::read(file, &[]).map(|read| read.document)
}

/// Reads the first document of a YAML text.
///
/// # Errors
/// Fails if the text is empty, malformed or nested too deeply, or if its aliases expand
/// too far.
pub fn read_yaml(file: &File) -> Result<Node<'_>, Problem> {
    refuse_empty(file)?;
    super::yaml::read(file, &[]).map(|read| read.document)
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
        other: None,
    })
}
