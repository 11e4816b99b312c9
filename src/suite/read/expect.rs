//! Expectations about a call.

use std::sync::Arc;

use super::matcher;
use super::table::Template;
use crate::diagnostic::{Code, Decoder, nearest};
use crate::flow::Spanned;
use crate::source::{Entry, Kind, Node, Span};
use crate::suite::scenario::{CallExpectation, Expectation, PathMatcher};
use crate::suite::{RoutingMatcher, ValueMatcher};
use crate::trace::Status;
use crate::value::Text;

/// A key of `expect`. A key needs all of this to exist at all.
struct Key {
    name: &'static str,
    /// JSON Schema of its values; it may refer to definitions of the scenario schema.
    schema: &'static str,
    /// Reads the values. The position of an expectation is that of its key, or that of the
    /// item in a list.
    read: fn(&Entry<'_>, &mut Decoder) -> Vec<Spanned<Expectation>>,
}

/// All keys of `expect`.
const KEYS: [Key; 11] = [
    Key {
        name: "status",
        schema: r##"{"description": "Final status of the call.", "$ref": "#/definitions/status"}"##,
        read: |entry, decoder| {
            one(entry, status(&entry.value, decoder).map(Expectation::Status))
        },
    },
    Key {
        name: "error",
        schema: r##"{"$ref": "#/definitions/error"}"##,
        read: |entry, decoder| {
            one(entry, error(&entry.value, decoder).map(Expectation::Error))
        },
    },
    Key {
        name: "path",
        schema: r##"{
            "description": "Executed nodes, by id or name: exactly these, or {contains}, {excludes}, {ends}.",
            "anyOf": [
                {"$ref": "#/definitions/placeholder"},
                {"$ref": "#/definitions/names"},
                {"$ref": "#/definitions/path"}
            ]
        }"##,
        read: |entry, decoder| {
            one(entry, path(&entry.value, decoder).map(Expectation::Path))
        },
    },
    Key {
        name: "variables",
        schema: r##"{
            "description": "Variables of the first flow at the end, by name; null is NOT_SET.",
            "$ref": "#/definitions/values"
        }"##,
        read: |entry, decoder| variables(&entry.value, decoder),
    },
    Key {
        name: "participantData",
        schema: r##"{
            "description": "Attributes of the participant at the end, by name; null is NOT_SET.",
            "$ref": "#/definitions/values"
        }"##,
        read: |entry, decoder| attributes(&entry.value, decoder),
    },
    Key {
        name: "routing",
        schema: r##"{
            "description": "Last routing of the call; null if it must not be routed.",
            "anyOf": [
                {"type": "null"},
                {"$ref": "#/definitions/placeholder"},
                {"$ref": "#/definitions/routing"}
            ]
        }"##,
        read: |entry, decoder| one(entry, routing(&entry.value, decoder)),
    },
    Key {
        name: "transfer",
        schema: r##"{
            "description": "Name, number or id of the last transfer other than to a queue; null if the call must not be transferred.",
            "$ref": "#/definitions/textOrNull"
        }"##,
        read: |entry, decoder| one(entry, transfer(&entry.value, decoder)),
    },
    Key {
        name: "prompts",
        schema: r##"{
            "description": "Prompts that the caller hears, in this order; others may come in between.",
            "anyOf": [
                {"$ref": "#/definitions/text"},
                {"type": "array", "items": {"$ref": "#/definitions/text"}}
            ]
        }"##,
        read: |entry, decoder| {
            one(entry, Some(Expectation::Prompts(prompts(entry, decoder))))
        },
    },
    Key {
        name: "elapsedMs",
        schema: r##"{
            "description": "Duration of the call on the virtual clock, in milliseconds.",
            "$ref": "#/definitions/range"
        }"##,
        read: |entry, decoder| {
            one(entry, matcher::range(&entry.value, decoder).map(Expectation::ElapsedMs))
        },
    },
    Key {
        name: "actions",
        schema: r##"{"description": "Number of started actions.", "$ref": "#/definitions/range"}"##,
        read: |entry, decoder| {
            one(entry, matcher::range(&entry.value, decoder).map(Expectation::Actions))
        },
    },
    Key {
        name: "calls",
        schema: r##"{"$ref": "#/definitions/calls"}"##,
        read: |entry, decoder| {
            let calls = calls(entry, decoder).into_iter();
            let expected = calls.map(|Spanned { value, span }| Spanned {
                value: Expectation::Calls(value),
                span,
            });
            expected.collect()
        },
    },
];

/// Returns the JSON Schema of each key of `expect`.
pub(crate) fn expectation_schemas() -> impl Iterator<Item = (&'static str, &'static str)>
{
    KEYS.into_iter().map(|key| (key.name, key.schema))
}

/// Expectations that all rows of a table share, read once. The index is that of the key
/// under `expect`.
#[derive(Default)]
pub(super) struct SharedExpectations(Vec<Option<Expectations>>);

type Expectations = Vec<Arc<Spanned<Expectation>>>;

impl SharedExpectations {
    pub(super) fn of(template: &Template<'_>, decoder: &mut Decoder) -> Self {
        let expect = template.test().entries().iter().position(|it| it.key == "expect");
        let Some(at) = expect else { return Self::default() };
        let entries = template.test().entries()[at].value.entries();
        let read = entries.iter().enumerate().map(|(index, entry)| {
            let reported = decoder.diagnostic_count();
            let is_alike = template.is_alike(&[at, index]);
            let read = is_alike.then(|| of_key(entry, decoder))?;
            // Mistakes are reported by the rows.
            (decoder.diagnostic_count() == reported).then_some(read)
        });
        Self(read.collect())
    }

    fn known(&self, index: usize) -> Option<&Expectations> {
        self.0.get(index)?.as_ref()
    }
}

/// Reads `expect`, and `error` and `calls` next to it.
pub(super) fn read(
    case: &Node<'_>,
    alike: &SharedExpectations,
    decoder: &mut Decoder,
) -> Expectations {
    let mut expectations = Vec::new();
    if let Some(error) = case.entry("error") {
        expectations.extend(of_key(error, decoder));
    }
    if let Some(expect) = case.get("expect").filter(|node| !node.is_null())
        && decoder.object("`expect`", expect, &KEYS.map(|key| key.name)).is_some()
    {
        for (index, entry) in expect.entries().iter().enumerate() {
            match alike.known(index) {
                Some(known) => expectations.extend(known.iter().cloned()),
                None => expectations.extend(of_key(entry, decoder)),
            }
        }
    }
    if let Some(calls) = case.entry("calls") {
        expectations.extend(of_key(calls, decoder));
    }
    expectations
}

/// Reads one key.
fn of_key(entry: &Entry<'_>, decoder: &mut Decoder) -> Expectations {
    let key = KEYS.iter().find(|key| key.name == entry.key);
    let read = key.map(|key| (key.read)(entry, decoder)).unwrap_or_default();
    read.into_iter().map(Arc::new).collect()
}

/// Returns the only expectation of a key.
fn one(entry: &Entry<'_>, value: Option<Expectation>) -> Vec<Spanned<Expectation>> {
    value.into_iter().map(|value| Spanned { value, span: entry.key_span }).collect()
}

pub(super) fn status(node: &Node<'_>, decoder: &mut Decoder) -> Option<Status> {
    const STATUSES: [Status; 3] = [Status::Completed, Status::Error, Status::Timeout];
    let text = node.as_str().unwrap_or_default();
    let found = STATUSES.into_iter().find(|status| status.name() == text);
    if found.is_none() {
        let names = STATUSES.map(Status::name);
        let expected = format!("one of {}", names.join(", "));
        let message = format!("unknown status `{text}`, expected {expected}");
        let near = nearest(text, names).map(|near| format!("did you mean `{near}`?"));
        decoder.error(node.span, message).help = near;
    }
    found
}

/// Reads the code of an error.
pub(super) fn error(node: &Node<'_>, decoder: &mut Decoder) -> Option<Text> {
    let text = decoder.text_of("error", node)?;
    if Code::from_name(&text).is_some() {
        return Some(text);
    }
    let message = format!("unknown error code `{text}`");
    let help = match nearest(&text, Code::all().map(Code::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a code such as `NO_INPUT`; `flowsim explain` lists them".into(),
    };
    decoder.error(node.span, message).help = Some(help);
    None
}

fn path(node: &Node<'_>, decoder: &mut Decoder) -> Option<PathMatcher> {
    if let Kind::Array(_) = &node.kind {
        return Some(PathMatcher::Exact(names(node, decoder)));
    }
    decoder.object("`path`", node, &["contains", "excludes", "ends"])?;
    let [entry] = node.entries() else {
        let message = "`path` needs one of `contains`, `excludes` and `ends`".to_owned();
        decoder.error(node.span, message);
        return None;
    };
    let names = names(&entry.value, decoder);
    match &*entry.key {
        "contains" => Some(PathMatcher::Contains(names)),
        "excludes" => Some(PathMatcher::Excludes(names)),
        "ends" => Some(PathMatcher::Ends(names)),
        _ => None,
    }
}

/// Reads a list of node names, or a single one.
pub(super) fn names(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Spanned<Text>> {
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let written = |item: &Node<'_>| {
        let value = decoder.text_of("path", item)?;
        Some(Spanned { value, span: item.span })
    };
    items.iter().filter_map(written).collect()
}

fn variables(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Spanned<Expectation>> {
    named_values("`variables`", node, Expectation::Variable, decoder)
}

fn attributes(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Spanned<Expectation>> {
    named_values("`participantData`", node, Expectation::Attribute, decoder)
}

fn named_values(
    what: &str,
    node: &Node<'_>,
    of: fn(Text, ValueMatcher) -> Expectation,
    decoder: &mut Decoder,
) -> Vec<Spanned<Expectation>> {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected(what, node, "an object of names and values");
    }
    let mut expectations = Vec::new();
    for entry in node.entries() {
        if let Some(value) = matcher::value(&entry.value, decoder) {
            let name = Text::from(&*entry.key);
            let value = of(name, value);
            expectations.push(Spanned { value, span: entry.key_span });
        }
    }
    expectations
}

/// Reads an object, or `null` if the call must not be routed.
pub(super) fn routing(node: &Node<'_>, decoder: &mut Decoder) -> Option<Expectation> {
    if node.is_null() {
        return Some(Expectation::Routing(None));
    }
    let keys = ["queueId", "queueName", "skills", "priority", "agent", "answeredAfterMs"];
    decoder.object("`routing`", node, &keys)?;
    // An object with only `null` values means that the call is not routed. Rows of a
    // table need this form.
    let is_empty = |key: &&str| node.get(key).is_none_or(Node::is_null);
    // Without a key about the routing, the call is routed and no agent answers.
    let is_about_routing = |entry: &Entry<'_>| keys[..4].contains(&&*entry.key);
    if node.entries().iter().any(is_about_routing) && keys.iter().all(is_empty) {
        return Some(Expectation::Routing(None));
    }
    let mut routing = RoutingMatcher::default();
    for (key, place) in [
        ("queueId", &mut routing.queue_id),
        ("queueName", &mut routing.queue_name),
        ("agent", &mut routing.agent),
    ] {
        if let Some(Entry { key_span, value: node, .. }) = node.entry(key) {
            let value =
                if node.is_null() { None } else { Some(matcher::text(node, decoder)?) };
            *place = Some(Spanned { value, span: *key_span });
        }
    }
    if let Some(skills) = node.entry("skills") {
        let value = decoder.strings(node, "skills");
        routing.skills = Some(Spanned { value, span: skills.key_span });
    }
    if let Some(Entry { key_span, value: priority, .. }) = node.entry("priority") {
        let limits = i64::MIN..=i64::MAX;
        let value =
            (!priority.is_null()).then(|| decoder.whole(node, "priority", limits, 0));
        routing.priority = Some(Spanned { value, span: *key_span });
    }
    if let Some(Entry { key_span, value: node, .. }) = node.entry("answeredAfterMs") {
        let value =
            if node.is_null() { None } else { Some(matcher::range(node, decoder)?) };
        routing.answered_after_ms = Some(Spanned { value, span: *key_span });
    }
    Some(Expectation::Routing(Some(Box::new(routing))))
}

/// Reads a string matcher, or `null` if the call must not be transferred.
fn transfer(node: &Node<'_>, decoder: &mut Decoder) -> Option<Expectation> {
    match node.is_null() {
        true => Some(Expectation::Transfer(None)),
        false => matcher::text(node, decoder).map(Some).map(Expectation::Transfer),
    }
}

fn prompts(
    entry: &Entry<'_>,
    decoder: &mut Decoder,
) -> Vec<Spanned<crate::suite::TextMatcher>> {
    let mut prompts = Vec::new();
    for (item, span) in items(entry) {
        let matcher = matcher::text(item, decoder);
        prompts.extend(matcher.map(|value| Spanned { value, span }));
    }
    prompts
}

/// Returns the items of a list with their positions, or the single value with that of its
/// key.
fn items<'n, 's>(entry: &'n Entry<'s>) -> Vec<(&'n Node<'s>, Span)> {
    match &entry.value.kind {
        Kind::Array(items) => items.iter().map(|item| (item, item.span)).collect(),
        _ => vec![(&entry.value, entry.key_span)],
    }
}

/// Reads `calls: [Get Customer, {name: Get Order, with: {id: "7"}, times: 1}]`
pub(super) fn calls(
    entry: &Entry<'_>,
    decoder: &mut Decoder,
) -> Vec<Spanned<CallExpectation>> {
    let mut calls = Vec::new();
    for (item, span) in items(entry) {
        let call = call(item, decoder);
        calls.extend(call.map(|value| Spanned { value, span }));
    }
    calls
}

fn call(node: &Node<'_>, decoder: &mut Decoder) -> Option<CallExpectation> {
    if let Some(name) = node.as_str() {
        return Some(CallExpectation {
            name: name.into(),
            with: Vec::new(),
            times: None,
        });
    }
    decoder.object("a call", node, &["name", "with", "times"])?;
    let Some(name) = decoder.text(node, "name") else {
        decoder.error(node.span, "a call needs a `name`".into());
        return None;
    };
    let with = match node.get("with") {
        Some(with) => matcher::members("`with`", with, decoder)?,
        None => Vec::new(),
    };
    let times = match node.get("times") {
        Some(times) => Some(matcher::range(times, decoder)?),
        None => None,
    };
    Some(CallExpectation { name, with, times })
}
