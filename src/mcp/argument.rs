//! Arguments of a tool as arguments of its command.

use std::path::{Path, PathBuf};

use super::tool::{CURSOR, MAX_TOKENS, Tool, object, typed};
use crate::diagnostic::nearest;
use crate::source::is_within;
use crate::value::Json;

/// A parameter of a tool.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    form: Form,
    /// The flag of the command; empty for a positional argument.
    flag: &'static str,
    description: &'static str,
    pub(super) is_required: bool,
}

/// The form of an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A path in the workspace.
    Path,
    /// Paths in the workspace.
    Paths,
    /// A string.
    Word,
    /// Strings, each with its own flag.
    Words,
    /// A number.
    Number,
    /// Names with values that keep their types.
    Typed,
    /// Names with values that are strings.
    Plain,
    /// A string that the tool itself uses.
    Own,
}

pub(super) const fn parameter(
    name: &'static str,
    form: Form,
    flag: &'static str,
    description: &'static str,
) -> Parameter {
    Parameter { name, form, flag, description, is_required: false }
}

impl Parameter {
    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) fn schema(&self) -> Json {
        let mut entries = match self.form {
            Form::Path | Form::Word | Form::Own => vec![("type", "string".into())],
            Form::Number => vec![("type", "integer".into())],
            Form::Paths | Form::Words => {
                vec![("type", "array".into()), ("items", typed("string"))]
            }
            Form::Typed | Form::Plain => vec![("type", "object".into())],
        };
        if !self.description.is_empty() {
            entries.push(("description", self.description.into()));
        }
        object(entries)
    }

    /// Returns the values of an argument as a command takes them.
    fn values(&self, given: &Json, folders: &[PathBuf]) -> Result<Vec<String>, String> {
        let wrong = |form: &str| Err(format!("`{}` is not {form}", self.name));
        match (self.form, given) {
            (Form::Own, Json::String(_)) => Ok(Vec::new()),
            (Form::Word, Json::String(text)) => Ok(vec![text.to_string()]),
            (Form::Path, Json::String(text)) => Ok(vec![confined(text, folders)?]),
            (Form::Number, Json::Integer(number)) => Ok(vec![number.to_string()]),
            (Form::Words | Form::Paths, Json::Array(items)) => {
                let each = items.iter().map(|item| match (self.form, item) {
                    (Form::Paths, Json::String(text)) => confined(text, folders),
                    (_, Json::String(text)) => Ok(text.to_string()),
                    _ => Err(format!("`{}` is not a list of strings", self.name)),
                });
                each.collect()
            }
            (Form::Typed | Form::Plain, Json::Object(entries)) => {
                let each = entries.iter().map(|(name, value)| {
                    let is_typed = self.form == Form::Typed;
                    format!("{name}={}", value_of(value, is_typed))
                });
                Ok(each.collect())
            }
            (Form::Own | Form::Word | Form::Path, _) => wrong("a string"),
            (Form::Number, _) => wrong("an integer"),
            (Form::Words | Form::Paths, _) => wrong("a list of strings"),
            (Form::Typed | Form::Plain, _) => wrong("an object"),
        }
    }
}

/// Returns a value as a flag takes it. A string that could be read as another value is
/// written with quotes.
fn value_of(value: &Json, is_typed: bool) -> String {
    match value {
        Json::String(text) if !is_typed || Json::parse(text).is_err() => text.to_string(),
        value => value.to_string(),
    }
}

/// Returns the path if it is in the workspace. Relative paths are relative to its first
/// folder. The place `FILE:LINE` of a test is a path too.
fn confined(text: &str, folders: &[PathBuf]) -> Result<String, String> {
    let first = folders.first().map(PathBuf::as_path).unwrap_or(Path::new("."));
    match is_within(&first.join(text), folders) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is outside the workspace")),
    }
}

/// Returns the arguments of the command of a tool.
///
/// # Errors
/// An argument is unknown, missing, or of another form. The message is for the assistant.
pub(super) fn command(
    tool: &Tool,
    arguments: &Json,
    folders: &[PathBuf],
) -> Result<Vec<String>, String> {
    let none = Json::object([]);
    let given = if *arguments == Json::Null { &none } else { arguments };
    let Json::Object(entries) = given else {
        return Err("the arguments are not an object".to_owned());
    };
    for name in entries.keys() {
        let known = || tool.parameters.iter().map(|it| it.name);
        if [CURSOR, MAX_TOKENS].contains(&&**name) || known().any(|it| it == &**name) {
            continue;
        }
        let help = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
        };
        return Err(format!("`{}` has no argument `{name}`; {help}", tool.name));
    }
    let mut command: Vec<String> = tool.command.iter().map(|it| (*it).into()).collect();
    let mut positional = Vec::new();
    for parameter in tool.parameters {
        let Some(given) = given.get(parameter.name) else {
            if parameter.is_required {
                return Err(format!("`{}` is missing", parameter.name));
            }
            continue;
        };
        let values = parameter.values(given, folders)?;
        match parameter.flag {
            "" => positional.extend(values),
            flag => command.extend(values.iter().map(|it| format!("{flag}={it}"))),
        }
    }
    if !positional.is_empty() {
        // A value that looks like a flag stays a value.
        command.push("--".to_owned());
        command.extend(positional);
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(tool: &str, arguments: &str) -> Result<Vec<String>, String> {
        let folders = [std::env::current_dir().unwrap().canonicalize().unwrap()];
        command(Tool::named(tool).unwrap(), &Json::parse(arguments).unwrap(), &folders)
    }

    #[test]
    fn arguments_become_flags_and_cannot_add_others() {
        let run = built(
            "run",
            r#"{"paths": ["--report=x"], "input": ["-"], "variables": {"a": "5", "b": 5, "c": "x"}}"#,
        );
        let expected = "run --format=json --input=- --var=a=\"5\" --var=b=5 --var=c=x -- \
                        --report=x";
        assert_eq!(run.unwrap().join(" "), expected);
        assert_eq!(
            built("eval", r#"{"expression": "--batch=/etc/passwd"}"#).unwrap(),
            ["eval", "--", "--batch=/etc/passwd"]
        );
    }

    #[test]
    fn mistakes_are_explained() {
        let refused = |tool, arguments| built(tool, arguments).unwrap_err();
        assert_eq!(refused("diff", r#"{"old": "a"}"#), "`new` is missing");
        assert_eq!(
            refused("run", r#"{"inputs": []}"#),
            "`run` has no argument `inputs`; did you mean `input`?"
        );
        assert_eq!(
            refused("check", r#"{"paths": "a"}"#),
            "`paths` is not a list of strings"
        );
        assert_eq!(
            refused("check", r#"{"paths": ["../a"]}"#),
            "`../a` is outside the workspace"
        );
        assert_eq!(
            refused("check", r#"{"paths": ["/etc"]}"#),
            "`/etc` is outside the workspace"
        );
    }
}
