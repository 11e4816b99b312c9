//! Terraform files, in Terraform's language and in its JSON form.

use std::path::{Path, PathBuf};

use hcl::edit::Span as _;
use hcl::edit::structure::Structure as EditStructure;
use hcl::expr::TemplateExpr;
use hcl::{Attribute, Body, Expression, Identifier, Object, ObjectKey, Structure};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{File, Files, Folder, Kind, Node, Problem, Span, read_json};

/// Maximum size of a file, in bytes. Exports of large organisations have a few megabytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A block at the top of a file.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    /// The kind: `resource`, `data`, `variable`, `locals`, `output` or `module`.
    pub(super) kind: String,
    /// The labels, such as the type and the name of a resource.
    pub(super) labels: Vec<String>,
    /// The content.
    pub(super) body: Body,
    /// The place.
    pub(super) place: Place,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl Place {
    /// Returns the line in the text of its file; `None` if the file cannot be read.
    pub fn span(&self, files: &mut Files) -> Option<Span> {
        let file = files.load(&self.file).ok()?;
        Some(file.line(u32::try_from(self.line).unwrap_or(1)))
    }
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The code of its diagnostic.
    pub code: Code,
    /// The line that cannot be read.
    pub place: Place,
    /// The column, in characters from 1, if it is known.
    pub column: Option<usize>,
    /// The reason.
    pub reason: String,
}

impl Unreadable {
    fn of(path: &Path, (code, reason): (Code, String)) -> Self {
        let place = Place { file: path.to_owned(), line: 1 };
        Self { code, place, column: None, reason }
    }

    fn syntax(path: &Path, error: &hcl::edit::parser::Error) -> Self {
        let (line, column) = (error.location().line(), error.location().column());
        let reason = format!("invalid Terraform: {}", error.message());
        let place = Place { file: path.to_owned(), line };
        Self { code: Code::TERRAFORM_SYNTAX, place, column: Some(column), reason }
    }

    fn json(path: &Path, problem: Problem, file: &File) -> Self {
        let position = file.position(problem.span.start);
        let number = |number: u32| usize::try_from(number).unwrap_or(1);
        let place = Place { file: path.to_owned(), line: number(position.line) };
        let (code, reason) = coded(problem);
        Self { code, place, column: Some(number(position.column)), reason }
    }

    /// Returns the text that cannot be read: from the column to the end of the line. At
    /// the end of the line, it is the whole line. `None` if the file cannot be read.
    pub fn span(&self, files: &mut Files) -> Option<Span> {
        let line = self.place.span(files)?;
        let text = files.text(line);
        let (start, end) =
            (text.len() - text.trim_start().len(), text.trim_end().len().max(1));
        let before = self.column.unwrap_or(1).saturating_sub(1);
        let at = text.char_indices().nth(before).map_or(text.len(), |(at, _)| at);
        let at = if at < end { at.max(start) } else { start };
        Some(line.part(at, end.min(text.len()).max(at)))
    }
}

/// Whether a file is Terraform.
pub fn is_terraform(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".tf") || name.ends_with(".tf.json")
}

/// Whether Terraform reads a file of a module: its configuration, and values of variables.
pub fn is_terraform_source(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let endings = [".tfvars", ".tfvars.json"];
    !name.starts_with('.')
        && (is_terraform(path) || endings.iter().any(|ending| name.ends_with(ending)))
}

/// Returns the files directly in a folder that satisfy a condition, by name.
pub(super) fn files_in(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    Folder::read_flat(folder).into_iter().filter(|path| is_wanted(path)).collect()
}

/// Reads the blocks of a Terraform file.
pub(super) fn read(
    path: &Path,
    files: &mut Files,
) -> Result<Vec<Declaration>, Unreadable> {
    let at = |line: usize| Place { file: path.to_owned(), line };
    let text = text_of(path, files).map_err(|reason| Unreadable::of(path, reason))?;
    if path.extension().is_some_and(|it| it == "json") {
        return read_json_form(path, files);
    }
    let body = hcl::edit::parser::parse_body(&text)
        .map_err(|error| Unreadable::syntax(path, &error))?;
    let line_starts: Vec<usize> =
        text.match_indices('\n').map(|(index, _)| index).collect();
    let mut found = Vec::new();
    for structure in body {
        let EditStructure::Block(block) = structure else { continue };
        let start = block.span().map_or(0, |span| span.start);
        let line = line_starts.partition_point(|index| *index < start) + 1;
        let block = hcl::Block::from(block);
        found.push(Declaration {
            kind: block.identifier.to_string(),
            labels: block.labels.iter().map(|it| it.as_str().to_owned()).collect(),
            body: block.body,
            place: at(line),
        });
    }
    Ok(found)
}

/// Reads the values of a `.tfvars` or `.tfvars.json` file.
pub(super) fn read_values(
    path: &Path,
    files: &mut Files,
) -> Result<Vec<(String, Expression)>, Unreadable> {
    let text = text_of(path, files).map_err(|reason| Unreadable::of(path, reason))?;
    if path.extension().is_some_and(|it| it == "json") {
        let file = files.add(path, text);
        let document =
            read_json(&file).map_err(|problem| Unreadable::json(path, problem, &file))?;
        let pairs = document.entries().iter();
        return Ok(pairs.map(|it| (it.key.to_string(), literal(&it.value))).collect());
    }
    let body = hcl::edit::parser::parse_body(&text)
        .map_err(|error| Unreadable::syntax(path, &error))?;
    let body = Body::from(body);
    Ok(body.into_attributes().map(|it| (it.key.to_string(), it.expr)).collect())
}

/// Returns the code and the message of a problem.
fn coded(problem: Problem) -> (Code, String) {
    let diagnostic = Diagnostic::from(problem);
    (diagnostic.code, diagnostic.message)
}

/// Reads a file that is not too large.
fn text_of(path: &Path, files: &mut Files) -> Result<String, (Code, String)> {
    let size = std::fs::metadata(path).map_or(0, |data| data.len());
    if size > MAX_BYTES {
        let reason = format!(
            "the file has {size} bytes, and a Terraform file at most {MAX_BYTES}"
        );
        return Err((Code::FILE_TOO_LARGE, reason));
    }
    let file = files.load(path).map_err(coded)?;
    Ok(file.text().to_owned())
}

/// Reads the JSON form: `{"resource": {"TYPE": {"NAME": {…}}}}`.
fn read_json_form(
    path: &Path,
    files: &mut Files,
) -> Result<Vec<Declaration>, Unreadable> {
    let at = |line: usize| Place { file: path.to_owned(), line };
    let file =
        files.load(path).map_err(|problem| Unreadable::of(path, coded(problem)))?;
    let document =
        read_json(&file).map_err(|problem| Unreadable::json(path, problem, &file))?;
    let mut found = Vec::new();
    for entry in document.entries() {
        let labels = match &*entry.key {
            "resource" | "data" => 2,
            "variable" | "output" | "module" => 1,
            "locals" => 0,
            _ => continue,
        };
        let kind = &*entry.key;
        labelled(&entry.value, labels, &mut Vec::new(), &mut |labels, node| {
            let line = file.position(node.span.start).line;
            found.push(Declaration {
                kind: kind.to_owned(),
                labels: labels.to_vec(),
                body: body_of(node),
                place: at(usize::try_from(line).unwrap_or(1)),
            });
        });
    }
    Ok(found)
}

/// Calls `add` for each object below the given number of labels. Objects may be in lists.
fn labelled(
    node: &Node<'_>,
    depth: usize,
    labels: &mut Vec<String>,
    add: &mut dyn FnMut(&[String], &Node<'_>),
) {
    if let Kind::Array(items) = &node.kind {
        return items.iter().for_each(|item| labelled(item, depth, labels, add));
    }
    if depth == 0 {
        return add(labels, node);
    }
    for entry in node.entries() {
        labels.push(entry.key.to_string());
        labelled(&entry.value, depth - 1, labels, add);
        labels.pop();
    }
}

fn body_of(node: &Node<'_>) -> Body {
    let attributes = node.entries().iter().map(|entry| {
        let key = Identifier::sanitized(&entry.key);
        Structure::Attribute(Attribute::new(key, expression(&entry.value)))
    });
    attributes.collect()
}

/// Converts JSON; strings are templates.
fn expression(node: &Node<'_>) -> Expression {
    match &node.kind {
        Kind::String(text) if text.contains("${") || text.contains("%{") => {
            template(text)
        }
        Kind::Array(items) => Expression::Array(items.iter().map(expression).collect()),
        Kind::Object(entries) => {
            let pairs = entries.iter().map(|entry| {
                let key = Expression::String(entry.key.to_string());
                (ObjectKey::Expression(key), expression(&entry.value))
            });
            Expression::Object(pairs.collect::<Object<_, _>>())
        }
        _ => literal(node),
    }
}

/// Converts a template of the JSON form, in which quotes need no escape.
fn template(text: &str) -> Expression {
    if hcl::edit::parser::parse_template(text).is_err() {
        return Expression::String(text.to_owned());
    }
    let delimiter = Identifier::sanitized("EOT");
    let heredoc = hcl::expr::Heredoc::new(delimiter, text);
    Expression::from(TemplateExpr::Heredoc(heredoc))
}

/// Converts JSON without templates.
fn literal(node: &Node<'_>) -> Expression {
    match &node.kind {
        Kind::Null => Expression::Null,
        Kind::Boolean(truth) => Expression::Bool(*truth),
        Kind::Number(text) => number(text),
        Kind::String(text) => Expression::String(text.to_string()),
        Kind::Array(items) => Expression::Array(items.iter().map(literal).collect()),
        Kind::Object(entries) => {
            let pairs = entries.iter().map(|entry| {
                let key = Expression::String(entry.key.to_string());
                (ObjectKey::Expression(key), literal(&entry.value))
            });
            Expression::Object(pairs.collect::<Object<_, _>>())
        }
    }
}

fn number(text: &str) -> Expression {
    if let Ok(number) = text.parse::<i64>() {
        return Expression::from(number);
    }
    let number = text.parse::<f64>().ok().and_then(hcl::Number::from_f64);
    number.map_or_else(|| Expression::String(text.to_owned()), Expression::Number)
}
