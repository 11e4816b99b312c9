//! Placeholders in text that is not yet parsed: `{{name}}`, and `${name}` if it has a
//! value.
//!
//! *Source: the substitution of `genesyscloud_flow` of CX as Code, and 17 real flows; all
//! of them use `{{name}}`. Templates that Genesys fills in itself also contain `${…}`, so
//! a `${…}` without a value stays as it is.*

/// The longest name of a placeholder, in bytes.
const MAX_NAME: usize = 200;

/// Replaces placeholders by their values, in keys too. Values are inserted unchanged and
/// must be valid YAML in their place. A `{{name}}` without a value becomes its own name.
///
/// Also returns the names of these placeholders, in the order of the text, each once.
pub fn substitute(text: &str, values: &[(String, String)]) -> (String, Vec<String>) {
    let mut result = String::with_capacity(text.len());
    let mut unset: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = next_placeholder(rest) {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(found) = placeholder(rest) else {
            // `{` and `$` are one byte long.
            result.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        let value = values.iter().find(|(name, _)| name == found.name);
        match value {
            Some((_, value)) => result.push_str(value),
            None if found.is_required => {
                result.push_str(found.name);
                if !unset.iter().any(|name| name == found.name) {
                    unset.push(found.name.to_owned());
                }
            }
            None => result.push_str(&rest[..found.length]),
        }
        rest = &rest[found.length..];
    }
    result.push_str(rest);
    (result, unset)
}

/// Returns the position of the next character that can begin a placeholder.
pub(in crate::flow::read) fn next_placeholder(text: &str) -> Option<usize> {
    memchr::memchr2(b'{', b'$', text.as_bytes())
}

struct Placeholder<'t> {
    name: &'t str,
    length: usize,
    is_required: bool,
}

/// Returns the placeholder at the start of the text.
fn placeholder(text: &str) -> Option<Placeholder<'_>> {
    let (inner, close, is_required) = match text.strip_prefix("{{") {
        Some(inner) => (inner, "}}", true),
        None => (text.strip_prefix("${")?, "}", false),
    };
    let is_part =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let head = inner.get(..MAX_NAME).unwrap_or(inner);
    let end = head.find(|c| !is_part(c))?;
    let name = inner[..end].trim_matches(' ');
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !name.contains(' ');
    (is_name && inner[end..].starts_with(close)).then(|| Placeholder {
        name,
        length: 2 + end + close.len(),
        is_required,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_placeholder_can_be_anywhere() {
        for before in [0, 1, 63, 64, 65, 500] {
            let text = "ä".repeat(before / 2) + &"a".repeat(before % 2);
            assert_eq!(next_placeholder(&text), None);
            for first in ["{", "$"] {
                let text = format!("{text}{first}{{");
                assert_eq!(next_placeholder(&text), Some(before));
            }
        }
    }

    fn values() -> Vec<(String, String)> {
        let pairs = [("queue", "Sales"), ("flow_name", "Main")];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn values_take_the_place_of_their_names() {
        let text = "inboundCall:\n  name: \"{{flow_name}}\"\n  {{ queue }}: ${queue}s\n";
        let expected = "inboundCall:\n  name: \"Main\"\n  Sales: Saless\n";
        assert_eq!(substitute(text, &values()), (expected.to_owned(), Vec::new()));
    }

    #[test]
    fn unset_placeholders_become_their_names_and_are_reported_once() {
        let (text, unset) = substitute("{{b}} {{a}} {{b}} {{queue}} ${c}", &values());
        assert_eq!(text, "b a b Sales ${c}");
        assert_eq!(unset, ["b", "a"]);
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "${input.name}",
            "{{a: b}, {c: d}}",
            "{{}}",
            "{{two words}}",
            "{{1}}",
            "{{open",
            "{ {queue}}",
            "ü{ü$ü",
            "{{queueü}}",
        ] {
            assert_eq!(substitute(text, &values()), (text.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn values_are_not_searched_again() {
        let values = [("a".to_owned(), "{{b}}".to_owned())];
        assert_eq!(substitute("{{{a}}}", &values).0, "{{{b}}}");
        assert_eq!(substitute("{{a}}", &values).0, "{{b}}");
    }
}
