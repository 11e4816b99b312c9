//! Parses the variables of an expression from the command line.

use crate::diagnostic::nearest;
use crate::expr::architect::BuiltIn;
use crate::value::{Json, Kind, Text, Type, Value};

/// Parsed `NAME[:TYPE]=VALUE`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    pub(super) name: Text,
    /// Explicit type.
    pub(super) value_type: Option<Type>,
    pub(super) value: Json,
}

pub(super) fn parse(text: &str) -> Result<Given, String> {
    let Some((name, value)) = text.split_once('=') else {
        return Err("expected NAME=VALUE or NAME:TYPE=VALUE".into());
    };
    let (name, holds) = match name.split_once(':') {
        Some((name, holds)) => (name, Some(parse_type(holds)?)),
        None => (name, None),
    };
    if name.trim().is_empty() {
        return Err("expected a name before the `=`, such as Flow.count".into());
    }
    let value = Json::parse(value).unwrap_or_else(|_| Json::from(value));
    Ok(Given { name: name.trim().into(), value_type: holds, value })
}

pub(super) fn parse_type(text: &str) -> Result<Type, String> {
    Type::parse(text).filter(|holds| is_of_values(holds.kind)).ok_or_else(|| {
        let kinds = Kind::ALL.iter().copied().filter(|kind| is_of_values(*kind));
        let near = nearest(text, kinds.map(Kind::name));
        match near {
            Some(near) => format!("unknown type; did you mean {near}?"),
            None => "unknown type; types are String, Integer, DateTime, Queue…, \
                 and collections such as String[]"
                .into(),
        }
    })
}

/// Returns whether values can have this type; the other types occur only in signatures.
fn is_of_values(kind: Kind) -> bool {
    !matches!(kind, Kind::Any | Kind::NotSet | Kind::PromptOrAudio)
}

/// The scopes of constants.
const CONSTANTS: [&str; 5] = ["System", "Format", "Language", "Prompt", "PromptSystem"];

impl Given {
    /// Requires that the name is that of a variable, and the type that of the variable.
    pub(super) fn require_variable(
        &self,
        built_in: Option<&BuiltIn>,
    ) -> Result<(), String> {
        let scope = self.name.split_once('.').map_or("", |(scope, _)| scope);
        if CONSTANTS.iter().any(|it| it.eq_ignore_ascii_case(scope)) {
            return Err(format!(
                "`{}` is a constant; --var sets variables\n\nuse the name of a variable, such \
                 as Flow.value",
                self.name
            ));
        }
        match (built_in, self.value_type) {
            (Some(built_in), Some(holds)) if built_in.value_type != holds => {
                let (name, fixed) = (built_in.name, built_in.value_type);
                Err(format!(
                    "the built-in variable `{name}` has the type {fixed}, not {holds}\n\nleave \
                     the type out: --var {name}=VALUE"
                ))
            }
            _ => Ok(()),
        }
    }

    /// Returns the type and the value. The type is the explicit one, else that of a
    /// built-in variable, else that of the JSON value.
    pub(super) fn typed(&self, built_in: Option<Type>) -> Result<(Type, Value), String> {
        let Some(holds) =
            self.value_type.or(built_in).or_else(|| Type::of_json(&self.value))
        else {
            return Err(format!(
                "cannot infer the type of {}; name it, as in {}:String={}",
                self.name, self.name, self.value
            ));
        };
        let value = Value::decode(&self.value, holds).map_err(|why| {
            format!("the value of {} is not of type {holds}: {why}", self.name)
        })?;
        Ok((holds, value))
    }
}
