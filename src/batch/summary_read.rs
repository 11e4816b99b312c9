//! Reader of summaries.

use std::collections::BTreeMap;

use super::call_form::FORM;
use super::digest::CallHash;
use super::summary::{Counts, Group, Key, Summary};
use crate::diagnostic::{Code, Decoder, Diagnostic};
use crate::source::{Kind, Node};
use crate::value::Text;

const KEYS: [&str; 11] = [
    "schema",
    "rows",
    "equal",
    "different",
    "unreplayable",
    "errors",
    "elsewhere",
    "groups",
    "distinct",
    "callForm",
    "calls",
];

const GROUP_KEYS: [&str; 6] = ["from", "to", "at", "count", "cause", "example"];

impl Summary {
    /// Reads a summary.
    ///
    /// # Errors
    /// Returns all mistakes. Counts that contradict each other are a mistake, so that no
    /// merged count is wrong.
    pub fn read(document: &Node<'_>) -> Result<Self, Vec<Diagnostic>> {
        let mut decoder = Decoder::new(Code::INVALID_SUMMARY);
        let summary = read(document, &mut decoder);
        let diagnostics = decoder.into_diagnostics();
        match summary {
            Some(summary) if diagnostics.is_empty() => Ok(summary),
            _ => Err(diagnostics),
        }
    }
}

fn read(document: &Node<'_>, decoder: &mut Decoder) -> Option<Summary> {
    let schema = document.get("schema");
    if schema.and_then(Node::as_str) != Some(Summary::SCHEMA) {
        let expected = Summary::SCHEMA;
        let span = schema.unwrap_or(document).span;
        let message = format!("this is not a summary: its `schema` is not `{expected}`");
        decoder.error(span, message).help =
            Some("`flowsim batch compare --summary` writes summaries".into());
        return None;
    }
    decoder.object("a summary", document, &KEYS)?;
    decoder.unique_keys(document);
    let rows = count(document, "rows", decoder);
    let counts = Counts {
        equal: count(document, "equal", decoder)?,
        different: count(document, "different", decoder)?,
        unreplayable: count(document, "unreplayable", decoder)?,
        errors: count(document, "errors", decoder)?,
    };
    let groups = groups(document, decoder)?;
    let calls = match document.get("calls") {
        Some(calls) => {
            check_form(document, calls, decoder)?;
            Some(read_calls(calls, decoder)?)
        }
        None => None,
    };
    let summary = Summary { counts, groups, calls };
    check(&summary, rows?, document, decoder);
    Some(summary)
}

/// Reads a required count.
fn count(object: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<u64> {
    let Some(node) = object.get(key) else {
        decoder.error(object.span, format!("the count `{key}` is missing"));
        return None;
    };
    whole(&format!("`{key}`"), node, decoder)
}

fn whole(what: &str, node: &Node<'_>, decoder: &mut Decoder) -> Option<u64> {
    let number = match &node.kind {
        Kind::Number(text) => text.parse().ok(),
        _ => None,
    };
    if number.is_none() {
        decoder.unexpected(what, node, "a number that is whole and not negative");
    }
    number
}

fn groups(document: &Node<'_>, decoder: &mut Decoder) -> Option<BTreeMap<Key, Group>> {
    let list = document.get("groups");
    let Some(list) = list.filter(|it| matches!(it.kind, Kind::Array(_))) else {
        decoder.unexpected("`groups`", list.unwrap_or(document), "a list");
        return None;
    };
    let mut groups = BTreeMap::new();
    for node in list.items() {
        let (key, group) = group(node, decoder)?;
        if groups.insert(key, group).is_some() {
            decoder.error(node.span, "the group occurs twice".into());
        }
    }
    Some(groups)
}

fn group(node: &Node<'_>, decoder: &mut Decoder) -> Option<(Key, Group)> {
    decoder.object("a group", node, &GROUP_KEYS)?;
    let count = count(node, "count", decoder)?;
    let mut text = |key: &str| match node.get(key) {
        Some(Node { kind: Kind::String(text), .. }) => Some(Text::from(&**text)),
        None | Some(Node { kind: Kind::Null, .. }) => None,
        Some(other) => {
            decoder.unexpected(&format!("`{key}`"), other, "a string");
            None
        }
    };
    let (from, example) = (text("from"), text("example"));
    let (to, at, cause) = (text("to"), text("at"), text("cause"));
    let (Some(from), Some(example)) = (from, example) else {
        decoder.error(node.span, "a group needs `from` and `example`".into());
        return None;
    };
    Some((Key { from, to, at }, Group { count, example: (example, cause) }))
}

/// Checks that the hashes of calls can be compared with those of this version. The same call
/// would be counted twice otherwise.
fn check_form(
    document: &Node<'_>,
    calls: &Node<'_>,
    decoder: &mut Decoder,
) -> Option<()> {
    let form = document.get("callForm");
    let (span, message) = match form.map(|it| (it.span, it.as_str())) {
        Some((_, Some(FORM))) => return Some(()),
        Some((span, Some(other))) => (
            span,
            format!("the hashes of the calls have the form `{other}`, expected `{FORM}`"),
        ),
        Some((span, None)) => (span, format!("`callForm` is not `{FORM}`")),
        None => (
            calls.span,
            format!("the summary has `calls`, but no `callForm`, expected `{FORM}`"),
        ),
    };
    decoder.error(span, message).help = Some(
        "make all summaries with the same version of flowsim, or remove `distinct`, `callForm` and `calls`"
            .into(),
    );
    None
}

fn read_calls(node: &Node<'_>, decoder: &mut Decoder) -> Option<BTreeMap<CallHash, u64>> {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected("`calls`", node, "an object of hashes and counts");
        return None;
    }
    let mut calls = BTreeMap::new();
    for entry in node.entries() {
        let Some(hash) = CallHash::parse(&entry.key) else {
            let message = format!("`{}` is not the hash of a call", entry.key);
            decoder.error(entry.key_span, message);
            continue;
        };
        calls.insert(hash, whole("a count", &entry.value, decoder)?);
    }
    Some(calls)
}

/// Reports counts that contradict each other.
fn check(summary: &Summary, rows: u64, document: &Node<'_>, decoder: &mut Decoder) {
    let Summary { counts, groups, calls } = summary;
    let grouped = sum(groups.values().map(|it| it.count));
    let called = sum(calls.iter().flat_map(|it| it.values().copied()));
    let distinct = document.get("distinct").map(|_| count(document, "distinct", decoder));
    let is_right = counts.rows() == Some(rows)
        && grouped == counts.different.checked_add(counts.unreplayable)
        && called.is_some_and(|it| it <= rows - counts.errors.min(rows))
        && distinct.flatten()
            == calls.as_ref().and_then(|it| u64::try_from(it.len()).ok());
    if !is_right {
        let message = "the counts of the summary contradict each other".to_owned();
        decoder.error(document.span, message).help =
            Some("use the summary as it was written, or make it again".into());
    }
}

fn sum(mut counts: impl Iterator<Item = u64>) -> Option<u64> {
    counts.try_fold(0, u64::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    const SUMMARY: &str = r#"{"schema":"flowsim.batch/1","rows":7,"equal":3,"different":2,"unreplayable":1,"errors":1,"elsewhere":2,"groups":[{"from":"sales","to":" support","at":"Menu","count":2,"cause":"the target changed","example":"a"},{"from":"","to":null,"at":null,"count":1,"cause":null,"example":"b"}],"distinct":2,"callForm":"flowsim.call/1","calls":{"00000000000000000000000000000001":5,"0123456789abcdef0123456789abcdef":1}}"#;

    fn read(text: &str) -> Result<Summary, Vec<String>> {
        let mut files = Files::new();
        let file = files.add("row", text);
        Summary::read(&read_json(&file).unwrap()).map_err(|mistakes| {
            let found = mistakes.into_iter().map(|it| {
                let column = files.position(it.labels[0].span).column;
                format!("{column}: {}", it.message)
            });
            found.collect()
        })
    }

    #[test]
    fn a_written_summary_reads_back_the_same() {
        assert_eq!(read(SUMMARY).unwrap().to_json(), SUMMARY);
        for is_distinct in [true, false] {
            let empty = Summary::new(is_distinct);
            assert_eq!(read(&empty.to_json()), Ok(empty));
        }
    }

    #[test]
    fn a_summary_with_wrong_counts_is_refused() {
        let contradict = ["1: the counts of the summary contradict each other"];
        for (old, new) in [
            ("\"rows\":7", "\"rows\":8"),
            ("\"count\":2", "\"count\":3"),
            ("\"distinct\":2", "\"distinct\":1"),
            (":5,\"0123", ":6,\"0123"),
            ("\"equal\":3", "\"equal\":18446744073709551615"),
        ] {
            let wrong = SUMMARY.replace(old, new);
            assert_ne!(wrong, SUMMARY, "{old}");
            assert_eq!(read(&wrong).unwrap_err(), contradict, "{new}");
        }
    }

    /// Other versions hash other bytes, so that their calls cannot be compared.
    #[test]
    fn hashes_of_another_form_are_refused() {
        let form = "\"callForm\":\"flowsim.call/1\",";
        assert!(SUMMARY.contains(form));
        let mistakes = ["", "\"callForm\":\"flowsim.call/2\",", "\"callForm\":1,"]
            .map(|other| read(&SUMMARY.replace(form, other)).unwrap_err().join("; "));
        insta::assert_snapshot!(mistakes.join("\n"));
        let (without, _) = SUMMARY.split_once(",\"distinct\"").unwrap();
        assert!(read(&format!("{without}}}")).is_ok(), "the other counts can be merged");
    }

    #[test]
    fn mistakes_have_their_places() {
        let wrong = [
            SUMMARY.replace("batch/1", "batch/2"),
            SUMMARY.replace("\"equal\":3,", ""),
            SUMMARY.replace("\"equal\":3", "\"equal\":-3"),
            SUMMARY.replace("\"from\":\"sales\",", ""),
            SUMMARY.replace("\"groups\":[", "\"groups\":[4,"),
            SUMMARY.replace("00000001\"", "1\""),
            SUMMARY.replace("elsewhere", "elsewere"),
            "[]".to_owned(),
        ];
        let mistakes: Vec<String> =
            wrong.iter().flat_map(|it| read(it).unwrap_err()).collect();
        insta::assert_snapshot!(mistakes.join("\n"));
    }
}
