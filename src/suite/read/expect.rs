//! What is expected of a call.

use std::sync::Arc;

use super::matcher;
use super::table::Template;
use crate::diagnostic::{Code, Decoder, nearest};
use crate::flow::Written;
use crate::source::{Kind, Node, Span};
use crate::suite::scenario::{CallExpectation, Expectation, PathMatcher, RoutingMatcher};
use crate::trace::Status;
use crate::value::Text;

const KEYS: [&str; 9] = [
    "status",
    "error",
    "path",
    "variables",
    "routing",
    "prompts",
    "elapsedMs",
    "actions",
    "calls",
];

/// What every row of a table expects alike, read once: by the number of its key under
/// `expect`.
#[derive(Default)]
pub(super) struct Alike(Vec<Option<Expectations>>);

type Expectations = Vec<Arc<Written<Expectation>>>;

impl Alike {
    pub(super) fn of(template: &Template<'_>, decoder: &mut Decoder) -> Self {
        let expect = template.test().entries().iter().position(|it| it.key == "expect");
        let Some(at) = expect else { return Self::default() };
        let entries = template.test().entries()[at].value.entries();
        let read = entries.iter().enumerate().map(|(index, entry)| {
            let told = decoder.told();
            let is_alike = template.is_alike(&[at, index]);
            let read = is_alike.then(|| of_key(&entry.key, &entry.value, decoder))?;
            // What is wrong is told of the rows.
            (decoder.told() == told).then_some(read)
        });
        Self(read.collect())
    }

    fn known(&self, index: usize) -> Option<&Expectations> {
        self.0.get(index)?.as_ref()
    }
}

/// What stands under `expect`, and `error` and `calls` beside it.
pub(super) fn read(
    case: &Node<'_>,
    alike: &Alike,
    decoder: &mut Decoder,
) -> Expectations {
    let mut expectations = Vec::new();
    if let Some(error) = case.get("error") {
        expectations.extend(of_key("error", error, decoder));
    }
    if let Some(expect) = case.get("expect").filter(|node| !node.is_null())
        && decoder.object("`expect`", expect, &KEYS).is_some()
    {
        for (index, entry) in expect.entries().iter().enumerate() {
            match alike.known(index) {
                Some(known) => expectations.extend(known.iter().cloned()),
                None => expectations.extend(of_key(&entry.key, &entry.value, decoder)),
            }
        }
    }
    if let Some(node) = case.get("calls") {
        expectations.extend(of_key("calls", node, decoder));
    }
    expectations
}

fn of_key(key: &str, node: &Node<'_>, decoder: &mut Decoder) -> Expectations {
    let one = match key {
        "status" => status(node, decoder).map(Expectation::Status),
        "error" => error(node, decoder).map(Expectation::Error),
        "path" => path(node, decoder).map(Expectation::Path),
        "variables" => return variables(node, decoder),
        "routing" => routing(node, decoder),
        "prompts" => Some(Expectation::Prompts(prompts(node, decoder))),
        "elapsedMs" => matcher::range(node, decoder).map(Expectation::ElapsedMs),
        "actions" => matcher::range(node, decoder).map(Expectation::Actions),
        "calls" => {
            let calls = calls(node, decoder).into_iter();
            let expected =
                calls.map(|call| written(Expectation::Calls(call.value), call.span));
            return expected.collect();
        }
        _ => None,
    };
    one.into_iter().map(|value| written(value, node.span)).collect()
}

fn written(value: Expectation, span: Span) -> Arc<Written<Expectation>> {
    Arc::new(Written { value, span })
}

pub(super) fn status(node: &Node<'_>, decoder: &mut Decoder) -> Option<Status> {
    const STATUSES: [Status; 3] = [Status::Completed, Status::Error, Status::Timeout];
    let text = node.as_str().unwrap_or_default();
    let found = STATUSES.into_iter().find(|status| status.name() == text);
    if found.is_none() {
        let names = STATUSES.map(Status::name);
        let expected = format!("one of {}", names.join(", "));
        let message = format!("the status `{text}` is not known, expected {expected}");
        let near = nearest(text, names).map(|near| format!("did you mean `{near}`?"));
        decoder.wrong(node.span, message).help = near;
    }
    found
}

/// The code of an error.
fn error(node: &Node<'_>, decoder: &mut Decoder) -> Option<Text> {
    let text = decoder.text_of("error", node)?;
    if Code::from_name(&text).is_some() {
        return Some(text);
    }
    let message = format!("no error is called `{text}`");
    let help = match nearest(&text, Code::all().map(Code::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a code such as `NO_INPUT`; `flowsim explain` lists them".into(),
    };
    decoder.wrong(node.span, message).help = Some(help);
    None
}

fn path(node: &Node<'_>, decoder: &mut Decoder) -> Option<PathMatcher> {
    if let Kind::Array(_) = &node.kind {
        return Some(PathMatcher::Exact(names(node, decoder)));
    }
    decoder.object("`path`", node, &["contains", "excludes", "ends"])?;
    let [entry] = node.entries() else {
        let message = "`path` needs one of `contains`, `excludes` and `ends`".to_owned();
        decoder.wrong(node.span, message);
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

/// A list of the names of nodes, or one name.
fn names(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Text> {
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| decoder.text_of("path", item)).collect()
}

fn variables(node: &Node<'_>, decoder: &mut Decoder) -> Expectations {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected("`variables`", node, "an object of names and values");
    }
    let mut expectations = Vec::new();
    for entry in node.entries() {
        if let Some(value) = matcher::value(&entry.value, decoder) {
            let name = Text::from(&*entry.key);
            let value = Expectation::Variable(name, value);
            expectations.push(written(value, entry.value.span));
        }
    }
    expectations
}

/// `null` where the call must not be routed, or an object.
fn routing(node: &Node<'_>, decoder: &mut Decoder) -> Option<Expectation> {
    if node.is_null() {
        return Some(Expectation::Routing(None));
    }
    let keys = ["queueId", "queueName", "skills", "priority"];
    decoder.object("`routing`", node, &keys)?;
    // `{queueId: null}` alone says that there is no routing, as a row of a table needs it.
    let is_empty = |key: &&str| node.get(key).is_none_or(Node::is_null);
    if !node.entries().is_empty() && keys.iter().all(is_empty) {
        return Some(Expectation::Routing(None));
    }
    let mut routing = RoutingMatcher::default();
    for (key, place) in
        [("queueId", &mut routing.queue_id), ("queueName", &mut routing.queue_name)]
    {
        if let Some(node) = node.get(key) {
            let wanted =
                if node.is_null() { None } else { Some(matcher::text(node, decoder)?) };
            *place = Some(wanted);
        }
    }
    if node.get("skills").is_some() {
        routing.skills = Some(decoder.texts(node, "skills"));
    }
    if let Some(priority) = node.get("priority") {
        let limits = i64::MIN..=i64::MAX;
        let wanted =
            (!priority.is_null()).then(|| decoder.whole(node, "priority", limits, 0));
        routing.priority = Some(wanted);
    }
    Some(Expectation::Routing(Some(Box::new(routing))))
}

fn prompts(
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> Vec<Written<crate::suite::TextMatcher>> {
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut prompts = Vec::new();
    for item in items {
        let matcher = matcher::text(item, decoder);
        prompts.extend(matcher.map(|value| Written { value, span: item.span }));
    }
    prompts
}

/// `calls: [Get Customer, {name: Get Order, with: {id: "7"}, times: 1}]`
pub(super) fn calls(
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> Vec<Written<CallExpectation>> {
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut calls = Vec::new();
    for item in items {
        let call = call(item, decoder);
        calls.extend(call.map(|value| Written { value, span: item.span }));
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
        decoder.wrong(node.span, "a call needs a `name`".into());
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
