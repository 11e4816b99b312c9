//! Parsers of values on the command line.

use crate::engine::context_problem;
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Input;

/// Parses `NAME=VALUE`; JSON values are typed, anything else is a string.
pub(super) fn typed(text: &str) -> Result<(Text, Value), String> {
    let (name, value) = pair(text)?;
    let value = Json::parse(value).map_or_else(|_| Value::from(value), Value::from);
    Ok((name, value))
}

/// Parses `KEY=VALUE`; the value is always a string, so that a phone number stays one.
pub(super) fn plain(text: &str) -> Result<(Text, Value), String> {
    let (name, value) = pair(text)?;
    let value = Value::from(value);
    context_problem(&name, &value).map_or(Ok((name, value)), Err)
}

/// Parses `NAME=VALUE` into two strings.
pub(super) fn strings(text: &str) -> Result<(String, String), String> {
    let (name, value) = pair(text)?;
    Ok((name.to_string(), value.to_owned()))
}

fn pair(text: &str) -> Result<(Text, &str), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.into(), value)),
        _ => Err("expected NAME=VALUE".into()),
    }
}

/// Parses a caller's input.
pub(super) fn input(text: &str) -> Result<Input, String> {
    Input::parse(text)
}

/// Parses a date and time such as `2026-01-05T09:00:00Z`.
pub(super) fn date_time(text: &str) -> Result<DateTime, String> {
    DateTime::parse(text).ok_or_else(|| {
        "expected a date and time between the years 1800 and 2200, \
         such as 2026-01-05T09:00:00Z"
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_values_are_typed() {
        assert_eq!(typed("n=1"), Ok(("n".into(), Value::Integer(1))));
        assert_eq!(typed("s=\"1\""), Ok(("s".into(), Value::from("1"))));
        assert_eq!(typed("s=a=b"), Ok(("s".into(), Value::from("a=b"))));
        assert_eq!(typed("s="), Ok(("s".into(), Value::from(""))));
        assert_eq!(typed("u=null"), Ok(("u".into(), Value::NOT_SET)));
        assert!(typed("=1").is_err());
        assert!(typed("n").is_err());
    }

    #[test]
    fn context_stays_text() {
        assert_eq!(
            plain("from=15551234567"),
            Ok(("from".into(), Value::from("15551234567")))
        );
        let wait = Value::from("15");
        assert_eq!(plain("answerAfterMs=15"), Ok(("answerAfterMs".into(), wait)));
        assert!(plain("answerAfterMs=soon").is_err());
    }
}
