//! Names, prompts and values for display: safe for the terminal, and limited to what could
//! fit.

use crate::diagnostic::visible::sign;
use crate::value::{
    Json, Kind, Object, Text, Value, beginning, shortened, write_json_string,
};

/// Maximum number of lines per text.
pub(super) const MAX_LINES: usize = 3;

/// Maximum number of characters per text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preview {
    limit: usize,
}

impl Preview {
    /// Creates a preview for a terminal of this width; unlimited without a width.
    pub(super) fn new(width: Option<usize>) -> Self {
        // Factor 2 because some characters have zero width.
        let limit = width.map_or(usize::MAX, |width| width.saturating_mul(MAX_LINES * 2));
        Self { limit }
    }

    /// Creates a preview with at most `limit` characters per text.
    pub(super) fn of(limit: usize) -> Self {
        Self { limit }
    }

    /// Formats text on one line, without terminal control characters.
    pub(super) fn text(self, text: &str) -> String {
        shortened(text, self.limit).chars().map(sign).collect()
    }

    /// Formats a value; strings are quoted.
    pub(super) fn value(self, value: &Value) -> String {
        match value {
            value if value.is_unset() => "not set".into(),
            Value::String(text) => self.written(|out| self.write_string(text, out)),
            Value::Json(json) => self.json(json),
            Value::Object(object) => known_by(object)
                .map_or_else(|| self.json(&value.to_json()), |name| self.text(name)),
            Value::Collection(collection) => self.collection(&collection.items),
            scalar => self.written(|out| scalar.write_json(out)),
        }
    }

    fn collection(self, items: &[Value]) -> String {
        let mut out = String::from("[");
        for (index, item) in items.iter().enumerate() {
            if self.is_full(&out) {
                break;
            }
            out.push_str(if index > 0 { ", " } else { "" });
            out.push_str(&self.value(item));
        }
        out.push(']');
        self.text(&out)
    }

    /// Formats JSON with a space after commas and colons.
    pub(super) fn json(self, json: &Json) -> String {
        self.written(|out| self.write(json, out))
    }

    fn written(self, write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        self.text(&out)
    }

    fn is_full(self, out: &str) -> bool {
        // A character takes between one and four bytes.
        out.len() / 4 > self.limit
    }

    fn write(self, json: &Json, out: &mut String) {
        match json {
            Json::String(text) => self.write_string(text, out),
            Json::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if self.is_full(out) {
                        return;
                    }
                    out.push_str(if index > 0 { ", " } else { "" });
                    self.write(item, out);
                }
                out.push(']');
            }
            Json::Object(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if self.is_full(out) {
                        return;
                    }
                    out.push_str(if index > 0 { ", " } else { "" });
                    self.write_string(key, out);
                    out.push_str(": ");
                    self.write(value, out);
                }
                out.push('}');
            }
            scalar => scalar.write(out),
        }
    }

    /// Writes only the beginning of a long text, to avoid copying what is truncated
    /// later.
    fn write_string(self, text: &str, out: &mut String) {
        let start = beginning(text, self.limit);
        write_json_string(start, out);
        if start.len() < text.len() {
            out.push('…');
        }
    }
}

/// Returns the display name of an object: the name of a queue, user or prompt, the
/// dialled form of a phone number.
fn known_by(object: &Object) -> Option<&Text> {
    let text = |name: &str| match object.properties.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    };
    match object.kind {
        Kind::PhoneNumber => text("e164").or_else(|| text("raw")),
        Kind::Queue
        | Kind::Skill
        | Kind::LanguageSkill
        | Kind::Group
        | Kind::User
        | Kind::WrapupCode
        | Kind::Schedule
        | Kind::ScheduleGroup
        | Kind::EmergencyGroup
        | Kind::Prompt => text("name").or_else(|| text("id")),
        _ => None,
    }
}

/// Formats milliseconds as seconds: `10 s`, `0.35 s`.
pub(super) fn seconds(milliseconds: i64) -> String {
    let (whole, rest) = (milliseconds / 1000, milliseconds % 1000);
    if rest == 0 {
        return format!("{whole} s");
    }
    let rest = format!("{rest:03}");
    format!("{whole}.{} s", rest.trim_end_matches('0'))
}

/// Formats a count with its noun and thousands separators: `1 action`, `2,498 actions`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", thousands(number))
}

/// Formats a number with thousands separators.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Collection;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(1, "action"), "1 action");
        assert_eq!(count(999, "action"), "999 actions");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(seconds(0), "0 s");
        assert_eq!(seconds(350), "0.35 s");
        assert_eq!(seconds(61_000), "61 s");
    }

    #[test]
    fn objects_are_shown_by_what_people_call_them() {
        let object = |kind, properties: &[(&str, &str)]| {
            let properties =
                properties.iter().map(|(key, text)| ((*key).into(), Value::from(*text)));
            Value::Object(Object { kind, properties: properties.collect() }.into())
        };
        let queue = object(Kind::Queue, &[("id", "q-1"), ("name", "Sales")]);
        let nameless = object(Kind::Queue, &[("id", "q-2"), ("name", "")]);
        let number = object(Kind::PhoneNumber, &[("raw", "5"), ("e164", "+15557770100")]);
        let guest = object(Kind::ChatGuest, &[("id", "7")]);
        let preview = Preview::new(None);
        assert_eq!(preview.value(&queue), "Sales");
        assert_eq!(preview.value(&number), "+15557770100");
        assert_eq!(preview.value(&guest), "{\"id\": \"7\"}");
        let list = Collection { kind: Kind::Queue, items: vec![queue, nameless] };
        assert_eq!(preview.value(&Value::Collection(list.into())), "[Sales, q-2]");
        let hostile = object(Kind::User, &[("name", "\u{1b}[2J")]);
        assert_ne!(preview.value(&hostile), "\u{1b}[2J");
    }

    #[test]
    fn values_are_short_and_harmless() {
        let hostile = Value::from("\u{1b}[2J\u{9b}");
        assert_eq!(Preview::new(None).value(&hostile), "\"\\u001b[2J\u{fffd}\"");
        let preview = Preview::new(Some(2));
        assert_eq!(preview.value(&Value::from("a")), "\"a\"");
        let many = Json::parse("[1, {\"a\": \"b\"}, 3, 4, 5, 6]").unwrap();
        assert_eq!(Preview::new(None).json(&many), "[1, {\"a\": \"b\"}, 3, 4, 5, 6]");
        assert_eq!(preview.json(&many), "[1, {\"a\": \"b…");
    }
}
