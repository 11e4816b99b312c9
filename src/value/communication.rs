//! Messages that a bot shows or speaks.

use super::spoken::DateFormat;
use super::{Json, Value};

/// A sequence of values that is displayed as one message.
///
/// *Genesys' examples do not specify the separator: some authors write spaces into their
/// strings, others do not.* This implementation inserts a space unless one side has white
/// space there or the right side begins with a punctuation mark.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Communication {
    /// The values, in order.
    pub parts: Vec<CommunicationPart>,
}

/// A value with a display format.
#[derive(Debug, Clone, PartialEq)]
pub struct CommunicationPart {
    /// The value.
    pub value: Value,
    /// The displayed part of a date.
    pub format: Option<DateFormat>,
}

impl Communication {
    /// Creates a message from one value.
    pub fn of(value: Value) -> Self {
        Self { parts: vec![CommunicationPart { value, format: None }] }
    }

    /// Adds a value. Another communication is added part by part.
    pub fn push(&mut self, value: Value) {
        match value {
            Value::Communication(other) => self.parts.extend(other.parts.iter().cloned()),
            value => self.parts.push(CommunicationPart { value, format: None }),
        }
    }

    /// The message as displayed.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            let text = part.text();
            let is_apart = out.ends_with(char::is_whitespace)
                || text.starts_with(|first: char| {
                    first.is_whitespace()
                        || matches!(first, '.' | ',' | ';' | ':' | '!' | '?')
                });
            if !out.is_empty() && !text.is_empty() && !is_apart {
                out.push(' ');
            }
            out.push_str(&text);
        }
        out
    }

    /// The approximate size in bytes, at least the displayed length.
    pub fn size(&self) -> usize {
        let part = |part: &CommunicationPart| {
            size_of::<CommunicationPart>() + displayed(&part.value)
        };
        self.parts.iter().map(part).sum()
    }
}

/// The approximate displayed length of a value in bytes. Strings in memory may be shared,
/// but their display is not.
fn displayed(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Collection(collection) => {
            collection.items.iter().map(|item| 1 + displayed(item)).sum()
        }
        Value::Object(object) => object.properties.values().map(displayed).sum(),
        Value::Json(json) => displayed_json(json),
        _ => 0,
    }
}

fn displayed_json(json: &Json) -> usize {
    match json {
        Json::String(text) => 2 + text.len(),
        Json::Array(items) => items.iter().map(|item| 1 + displayed_json(item)).sum(),
        Json::Object(members) => {
            let members = members.iter();
            members.map(|(name, member)| 4 + name.len() + displayed_json(member)).sum()
        }
        _ => 4,
    }
}

impl CommunicationPart {
    fn text(&self) -> String {
        let date = match &self.value {
            Value::Date(date) => Some(*date),
            Value::DateTime(time) => Some(time.date()),
            _ => None,
        };
        match (date, self.format) {
            (Some(date), Some(format)) => super::spoken::date::words(date, format),
            _ => self.value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(parts: &[&str]) -> String {
        let mut communication = Communication::default();
        for part in parts {
            communication.push(Value::from(*part));
        }
        communication.render()
    }

    #[test]
    fn values_are_separated() {
        assert_eq!(
            message(&["You chose", "5", "Is that correct?"]),
            "You chose 5 Is that correct?"
        );
        assert_eq!(message(&["The total is ", "5", "!"]), "The total is 5!");
        assert_eq!(message(&["a", "", "b"]), "a b");
        assert_eq!(message(&["a\n", "b", "\nc"]), "a\nb\nc");
        assert_eq!(message(&[]), "");
    }

    #[test]
    fn communications_are_joined_part_by_part() {
        let mut outer = Communication::of(Value::from("Hello"));
        let mut inner = Communication::of(Value::from("dear"));
        inner.push(Value::from("Ada"));
        outer.push(Value::Communication(inner.into()));
        assert_eq!(outer.parts.len(), 3);
        assert_eq!(outer.render(), "Hello dear Ada");
    }
}
