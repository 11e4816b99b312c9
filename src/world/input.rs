//! Caller input and its notation.
//!
//! | notation | meaning |
//! | --- | --- |
//! | `1`, `1234#` | these keys, all at once |
//! | `-` | silence |
//! | `7@900,3@200` | `7` after 900 ms, then `3` another 200 ms later |
//! | `say:two words` | speech |
//! | `hangup` | the caller hangs up |

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Kind, Node};
use crate::value::{Json, Text};

/// Input of a caller while a flow listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Silence.
    Silence,
    /// Keys that are pressed at the same time.
    Keys(Text),
    /// Keys with their times.
    Timed(Arc<[Keystroke]>),
    /// Spoken words.
    Speech(Text),
    /// The caller hangs up.
    HangUp,
}

const NOTATION: &str = "write keys (`1`, `1234#`), timed keys (`7@900,3@200`, each the given number of \
    milliseconds after the one before), `-` for silence, `say:two words`, or `hangup`";

/// One key press of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keystroke {
    /// The key: `0` to `9`, `*`, `#`, `A` to `D`.
    pub key: char,
    /// Milliseconds after the previous key, or after the start of listening.
    pub after_ms: u32,
}

impl Input {
    /// Parses the notation. Surrounding blanks are ignored, and `a` to `d` are the same
    /// as `A` to `D`.
    ///
    /// # Errors
    ///
    /// Returns a message with the reason if the text is invalid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(words) = text.strip_prefix("say:") {
            return match words.trim() {
                "" => Err("`say:` without words; write `-` for silence".into()),
                words => Ok(Self::Speech(words.into())),
            };
        }
        match text {
            "" => Err("the input is empty; write `-` for silence".into()),
            "-" => Ok(Self::Silence),
            _ if text.eq_ignore_ascii_case("hangup") => Ok(Self::HangUp),
            _ if text.contains(['@', ',']) => {
                let keys: Result<Vec<_>, _> = text.split(',').map(keystroke).collect();
                Ok(Self::Timed(keys?.into()))
            }
            _ => text
                .chars()
                .map(|c| key(c, text))
                .collect::<Result<_, _>>()
                .map(Self::Keys),
        }
    }

    /// Reads an input of a document: a string in the notation, a whole number for its
    /// digits, `null` for silence, or a list of `{digit, afterMs}`.
    ///
    /// # Errors
    ///
    /// Returns one diagnostic if the value is invalid. For a list, it reports all mistakes.
    #[expect(clippy::result_large_err, reason = "occurs once per document, not per step")]
    pub fn read(node: &Node<'_>) -> Result<Self, Diagnostic> {
        match &node.kind {
            Kind::Null => Ok(Self::Silence),
            Kind::String(text) | Kind::Number(text) => Self::parse(text)
                .map_err(|message| fault(message).at(node.span).help(NOTATION)),
            Kind::Array(items) => read_list(node, items),
            _ => {
                let message =
                    format!("an input is {}, expected a string", node.describe());
                Err(fault(message).at(node.span).help(NOTATION))
            }
        }
    }
}

impl Input {
    /// Returns the form used in documents; [`read`](Self::read) converts it back.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Silence => Json::Null,
            Self::Timed(keys) if !keys.is_empty() => {
                Json::array(keys.iter().map(|Keystroke { key, after_ms }| {
                    Json::object([
                        ("digit".into(), Json::String(key.to_string().into())),
                        ("afterMs".into(), Json::Integer(i64::from(*after_ms))),
                    ])
                }))
            }
            other => Json::String(other.to_string().into()),
        }
    }
}

impl fmt::Display for Input {
    /// Writes the notation; empty keys are written as silence.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(keys) if !keys.is_empty() => formatter.write_str(keys),
            Self::Timed(keys) if !keys.is_empty() => {
                for (index, Keystroke { key, after_ms }) in keys.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(formatter, "{comma}{key}@{after_ms}")?;
                }
                Ok(())
            }
            Self::Silence | Self::Keys(_) | Self::Timed(_) => formatter.write_str("-"),
            Self::Speech(words) => write!(formatter, "say:{words}"),
            Self::HangUp => formatter.write_str("hangup"),
        }
    }
}

fn keystroke(text: &str) -> Result<Keystroke, String> {
    let text = text.trim();
    let Some((pressed, after)) = text.split_once('@') else {
        return Err(format!("`{text}` has no time; expected a key as in `7@900`"));
    };
    let mut keys = pressed.trim().chars();
    let (Some(first), None) = (keys.next(), keys.next()) else {
        return Err(format!("`{text}` does not begin with one key; expected `7@900`"));
    };
    let after_ms = after.trim().parse().map_err(|_| {
        format!("`{after}` in `{text}` is not a whole number of milliseconds")
    })?;
    Ok(Keystroke { key: key(first, text)?, after_ms })
}

fn key(character: char, text: &str) -> Result<char, String> {
    match character.to_ascii_uppercase() {
        key @ ('0'..='9' | '*' | '#' | 'A'..='D') => Ok(key),
        _ => Err(format!(
            "`{}` in `{text}` is not a key; keys are 0-9, *, # and A-D",
            character.escape_debug()
        )),
    }
}

#[expect(clippy::result_large_err, reason = "occurs once per document, not per step")]
fn read_list(node: &Node<'_>, items: &[Node<'_>]) -> Result<Input, Diagnostic> {
    if items.is_empty() {
        let message = "an input is an empty list, expected keys";
        return Err(fault(message).at(node.span).help("write `null` for silence"));
    }
    let mut keys = Vec::with_capacity(items.len());
    let mut wrong: Option<Diagnostic> = None;
    for item in items {
        match read_keystroke(item) {
            Ok(keystroke) => keys.push(keystroke),
            Err((at, message)) => {
                wrong = Some(match wrong {
                    None => fault(message).at(at.span),
                    Some(first) => first.label(at.span, message),
                });
            }
        }
    }
    match wrong {
        None => Ok(Input::Timed(Arc::from(keys))),
        Some(wrong) => {
            Err(wrong.help("write each key as `{digit: \"7\", afterMs: 900}`"))
        }
    }
}

type Fault<'n, 's> = (&'n Node<'s>, String);

fn read_keystroke<'n, 's>(item: &'n Node<'s>) -> Result<Keystroke, Fault<'n, 's>> {
    if !matches!(item.kind, Kind::Object(_)) {
        return Err((item, format!("a key is {}, expected an object", item.describe())));
    }
    let known = |name: &str| matches!(name, "digit" | "afterMs");
    if let Some(entry) = item.entries().iter().find(|entry| !known(&entry.key)) {
        let message =
            format!("unknown `{}` in a key; expected `digit` and `afterMs`", entry.key);
        return Err((&entry.value, message));
    }
    let pressed = match item.get("digit") {
        None => return Err((item, "a key has no `digit`".into())),
        Some(digit) => match &digit.kind {
            Kind::String(text) | Kind::Number(text) if text.chars().count() == 1 => {
                text.chars().map(|c| key(c, text)).collect::<Result<Vec<_>, _>>()
            }
            _ => Err("`digit` is not a string with one key".into()),
        }
        .map_err(|message| (digit, message))?,
    };
    let after_ms = match item.get("afterMs") {
        None => 0,
        Some(after) => match &after.kind {
            Kind::Number(text) => text.parse().ok(),
            _ => None,
        }
        .ok_or_else(|| {
            (after, "`afterMs` is not a whole number of milliseconds".to_owned())
        })?,
    };
    Ok(Keystroke { key: pressed[0], after_ms })
}

fn fault(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::INVALID_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{Files, read_yaml};

    fn timed(keys: &[(char, u32)]) -> Input {
        let keys = keys.iter().map(|&(key, after_ms)| Keystroke { key, after_ms });
        Input::Timed(keys.collect())
    }

    #[test]
    fn the_notation_of_every_form() {
        let keys = |text: &str| Input::Keys(text.into());
        for (text, input) in [
            ("1", keys("1")),
            ("1234#", keys("1234#")),
            (" *a ", keys("*A")),
            ("-", Input::Silence),
            ("7@900,3@200", timed(&[('7', 900), ('3', 200)])),
            ("7@0", timed(&[('7', 0)])),
            ("say:two words", Input::Speech("two words".into())),
            ("hangup", Input::HangUp),
        ] {
            assert_eq!(Input::parse(text), Ok(input), "{text}");
        }
    }

    #[test]
    fn errors_name_the_problem() {
        for (text, part) in [
            ("", "silence"),
            ("12x4", "`x`"),
            ("7@900,3", "`3` has no time"),
            ("77@1", "one key"),
            ("7@-1", "`-1`"),
            ("7@99999999999", "milliseconds"),
            (",", "no time"),
            ("say:", "without words"),
            ("5\n6", "\\n"),
        ] {
            let message = Input::parse(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    fn read(text: &str) -> Result<Input, Box<Diagnostic>> {
        let mut files = Files::new();
        let file = files.add("a.yaml", format!("input: {text}\n"));
        Input::read(read_yaml(&file).unwrap().get("input").unwrap()).map_err(Box::new)
    }

    #[test]
    fn documents_have_strings_numbers_null_and_lists() {
        assert_eq!(read("'1#'"), Ok(Input::Keys("1#".into())));
        assert_eq!(read("42"), Ok(Input::Keys("42".into())));
        assert_eq!(read("007"), Ok(Input::Keys("007".into())));
        assert_eq!(read("null"), Ok(Input::Silence));
        let list = "[{digit: 7, afterMs: 900}, {digit: '#'}]";
        assert_eq!(read(list), Ok(timed(&[('7', 900), ('#', 0)])));
    }

    #[test]
    fn every_fault_of_a_list_has_its_place() {
        for (text, faults) in [
            ("[]", 1),
            ("[1]", 1),
            (
                "[{digit: x}, {afterMs: 1}, {digit: 1, afterMs: -1}, {digit: 1, after: 1}]",
                4,
            ),
            ("{digit: 1}", 1),
            ("true", 1),
        ] {
            let diagnostic = read(text).unwrap_err();
            assert_eq!(diagnostic.labels.len(), faults, "{text}: {diagnostic:?}");
            assert!(diagnostic.help.is_some());
        }
    }

    fn any_input() -> impl Strategy<Value = Input> {
        let key = || {
            proptest::char::ranges(
                vec!['0'..='9', '#'..='#', '*'..='*', 'A'..='D'].into(),
            )
        };
        prop_oneof![
            Just(Input::Silence),
            Just(Input::HangUp),
            proptest::collection::vec(key(), 1..9)
                .prop_map(|keys| Input::Keys(keys.into_iter().collect())),
            proptest::collection::vec((key(), any::<u32>()), 1..9)
                .prop_map(|keys| timed(&keys)),
            "[^\\s]+( [^\\s]+){0,3}".prop_map(|words| Input::Speech(words.into())),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(input in any_input()) {
            prop_assert_eq!(Input::parse(&input.to_string()), Ok(input));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            if let Ok(input) = Input::parse(&text) {
                prop_assert_eq!(Input::parse(&input.to_string()), Ok(input));
            }
        }
    }
}
