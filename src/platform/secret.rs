//! Secrets that only the service may see.

use std::fmt;

use crate::value::{Json, Text};

/// Length in bytes from which a secret is unlikely to match other text by coincidence.
const LONG: usize = 8;

/// Replacement for a secret in output.
const HIDDEN: &str = "[secret]";

/// String that is never shown: not in errors, debug output or files.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Creates a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret for the header that needs it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    fn is_long(&self) -> bool {
        self.0.len() >= LONG
    }

    /// Removes the secret from external text that may quote it. A short secret is
    /// replaced only as a whole word, so that messages stay readable.
    pub(super) fn hidden_in(&self, message: &str) -> String {
        if self.0.is_empty() {
            return message.to_owned();
        }
        let mut hidden = String::with_capacity(message.len());
        let mut rest = message;
        while let Some((before, after)) = rest.split_once(&self.0) {
            hidden.push_str(before);
            let is_word = !hidden.ends_with(is_letter) && !after.starts_with(is_letter);
            let is_hidden = self.is_long() || is_word;
            hidden.push_str(if is_hidden { HIDDEN } else { &self.0 });
            rest = after;
        }
        hidden + rest
    }

    /// Removes the secret from a document. A short secret is replaced only if it is a
    /// whole value.
    pub(super) fn hidden_in_json(&self, json: &Json) -> Json {
        let key = |key: &Text| match self.is_long() {
            true => self.hidden_in(key).into(),
            false => key.clone(),
        };
        match json {
            Json::Array(items) => {
                Json::array(items.iter().map(|item| self.hidden_in_json(item)))
            }
            Json::Object(entries) => Json::object(
                entries.iter().map(|(name, it)| (key(name), self.hidden_in_json(it))),
            ),
            Json::String(text) if self.is_long() || **text == *self.0 => {
                Json::String(self.hidden_in(text).into())
            }
            other => other.clone(),
        }
    }
}

/// Returns whether a character is part of a word.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-')
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

/// OAuth client of the organisation with the grant type *client credentials*.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Id of the client.
    pub client_id: String,
    /// Secret of the client.
    pub client_secret: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new("hunter2");
        let credentials = Credentials { client_id: "me".into(), client_secret: secret };
        assert!(!format!("{credentials:#?}").contains("hunter2"));
        let text = credentials.client_secret.hidden_in("Bearer hunter2, hunter2");
        assert_eq!(text, "Bearer [secret], [secret]");
    }

    #[test]
    fn an_empty_secret_hides_nothing() {
        assert_eq!(Secret::new("").hidden_in("abc"), "abc");
        let json = Json::parse(r#"{"a": ""}"#).unwrap();
        assert_eq!(Secret::new("").hidden_in_json(&json), json);
    }

    #[test]
    fn a_short_secret_is_hidden_as_a_word_and_a_long_one_everywhere() {
        let (short, long) = (Secret::new("b"), Secret::new("0123456789"));
        let hidden = short.hidden_in("bad b: `b`, a-b, b_c, bb");
        assert_eq!(hidden, "bad [secret]: `[secret]`, a-b, b_c, bb");
        assert_eq!(long.hidden_in("x0123456789x"), "x[secret]x");
        let json = r#"{"b":["b","a b",{"x0123456789":"y0123456789"}]}"#;
        let json = Json::parse(json).unwrap();
        assert_eq!(
            short.hidden_in_json(&json).to_string(),
            r#"{"b":["[secret]","a b",{"x0123456789":"y0123456789"}]}"#
        );
        assert_eq!(
            long.hidden_in_json(&json).to_string(),
            r#"{"b":["b","a b",{"x[secret]":"y[secret]"}]}"#
        );
    }
}
