//! Keys of the project file, and their values.

use std::path::{Path, PathBuf};

use super::glob;
use crate::diagnostic::{Code, Decoder, Diagnostic, nearest};
use crate::source::{Kind, Node, Span};

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Paths, relative to the project file; one path needs no list.
    Paths,
    /// A path, relative to the project file.
    Path,
    /// Strings; one string needs no list.
    Strings,
    /// A report, `KIND` or `KIND=PATH`; the path is relative to the project file.
    Reports,
    /// A string or a number.
    Text,
    /// `true` or `false`.
    Flag,
    /// An object of names and numbers, given to the flag as `name=1,other=2`.
    Shares,
}

/// A key of the project file, in addition to `set`, `defaults` and `profile`.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The name; that of the flag, if it has one.
    pub name: &'static str,
    /// The form of its values.
    pub form: Form,
}

const fn key(name: &'static str, form: Form) -> Key {
    Key { name, form }
}

/// All keys except `set`, `defaults` and `profile`.
pub const KEYS: [Key; 20] = [
    key("flows", Form::Paths),
    key("fixtures", Form::Paths),
    key("terraform", Form::Paths),
    key("tests", Form::Paths),
    key("deny", Form::Strings),
    key("color", Form::Text),
    key("jobs", Form::Text),
    key("filter", Form::Text),
    key("tag", Form::Strings),
    key("report", Form::Reports),
    key("html", Form::Path),
    key("coverage", Form::Flag),
    key("coverage-out", Form::Path),
    key("coverage-min", Form::Shares),
    key("decisions", Form::Path),
    key("check-snapshots", Form::Flag),
    key("fail-fast", Form::Flag),
    key("max-fail", Form::Text),
    key("no-tests", Form::Text),
    key("show", Form::Text),
];

/// The place that a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of the project file.
    File(Span),
    /// A line of a profile of the project file.
    Profile(String, Span),
    /// An environment variable.
    Environment(String),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// The values, as the flag takes them. Paths are relative to the working folder.
    pub values: Vec<String>,
    /// The place that they come from.
    pub origin: Origin,
}

impl Key {
    /// Reads the value of a key.
    pub(super) fn read(
        self,
        node: &Node<'_>,
        folder: &Path,
        decoder: &mut Decoder,
    ) -> Vec<String> {
        let name = self.name;
        match self.form {
            Form::Flag => match node.kind {
                Kind::Boolean(truth) => vec![truth.to_string()],
                _ => unexpected(name, node, "true or false", decoder),
            },
            Form::Shares => match &node.kind {
                Kind::Object(entries) => {
                    let pairs = entries.iter().filter_map(|entry| {
                        let value = decoder.text_of(&entry.key, &entry.value)?;
                        Some(format!("{}={value}", entry.key))
                    });
                    vec![pairs.collect::<Vec<_>>().join(",")]
                }
                _ => unexpected(name, node, "an object such as {nodes = 90}", decoder),
            },
            Form::Text | Form::Path => {
                let text = decoder.text_of(name, node).map(|text| text.to_string());
                text.map(|text| self.placed(&text, folder)).into_iter().collect()
            }
            Form::Strings | Form::Reports | Form::Paths => {
                refuse_unknown_denials(name, node, decoder);
                let items = match &node.kind {
                    Kind::Array(items) => items.as_slice(),
                    _ => std::slice::from_ref(node),
                };
                let texts = items.iter().filter_map(|item| decoder.text_of(name, item));
                texts.map(|text| self.placed(&text, folder)).collect()
            }
        }
    }

    /// Reads the value of an environment variable; lists are separated by commas.
    ///
    /// # Errors
    /// The key has no such value; the diagnostic names the variable.
    pub(super) fn of_environment(
        self,
        variable: &str,
        text: &str,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        let wrong = |text: &str, help: String| {
            let message = format!("`{variable}` has no value `{text}`");
            Box::new(Diagnostic::new(Code::INVALID_PROJECT, message).help(help))
        };
        match self.form {
            Form::Flag => match truth(text) {
                Some(truth) => Ok(vec![truth.to_string()]),
                None => Err(wrong(text, "use `true` or `false`".into())),
            },
            Form::Paths | Form::Strings | Form::Reports => {
                let parts = text.split(',').map(|part| part.trim().to_owned());
                let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
                match parts.iter().find(|part| self.name == "deny" && !is_denied(part)) {
                    Some(part) => Err(wrong(part, denials_near(part))),
                    None => Ok(parts),
                }
            }
            _ => Ok(vec![text.trim().to_owned()]),
        }
    }

    fn placed(self, text: &str, folder: &Path) -> String {
        // Without `.` in the middle, paths are those that version control shows.
        let placed =
            |path: &str| shown(&folder.join(path).components().collect::<PathBuf>());
        match self.form {
            Form::Path | Form::Paths => placed(text),
            Form::Reports => match text.split_once('=') {
                Some((kind, path)) => format!("{kind}={}", placed(path)),
                None => text.to_owned(),
            },
            _ => text.to_owned(),
        }
    }
}

/// Warnings that `deny` makes errors.
const DENIED: [&str; 2] = ["warnings", "unset-placeholders"];

/// Reports a value of `deny` that no command has.
fn refuse_unknown_denials(name: &str, node: &Node<'_>, decoder: &mut Decoder) {
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    for item in items.iter().filter(|_| name == "deny") {
        let Some(text) = item.as_str().filter(|text| !is_denied(text)) else { continue };
        let message = format!("`deny` has no value `{text}`");
        decoder.error(item.span, message).help = Some(denials_near(text));
    }
}

fn is_denied(text: &str) -> bool {
    DENIED.contains(&text)
}

fn denials_near(text: &str) -> String {
    match nearest(text, DENIED) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use `{}` or `{}`", DENIED[0], DENIED[1]),
    }
}

/// Reads the value of a variable that is true or false, in any spelling that is common in
/// environments.
fn truth(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    match &*text {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn unexpected(
    name: &str,
    node: &Node<'_>,
    expected: &str,
    decoder: &mut Decoder,
) -> Vec<String> {
    decoder.unexpected(&format!("`{name}`"), node, expected);
    Vec::new()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Setting {
    /// Whether the setting has an effect: `false` has none.
    pub(super) fn is_on(&self) -> bool {
        self.values.iter().any(|value| value != "false")
    }

    /// Returns the values as paths; wildcards are expanded.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.values.iter().flat_map(|value| glob::expanded(Path::new(value))).collect()
    }
}
