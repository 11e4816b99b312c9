//! Properties of calls.

use std::sync::Arc;

use super::{expect, matcher};
use crate::analysis::property::{
    Condition, Event, Holder, Moment, Properties, Property, Rule, Within,
};
use crate::diagnostic::Decoder;
use crate::flow::Spanned;
use crate::source::{Entry, Kind, Node};
use crate::value::Text;

const KEYS: [&str; 10] = [
    "name",
    "flow",
    "never",
    "always",
    "eventually",
    "when",
    "after",
    "before",
    "within",
    "includeHangUps",
];

const MOMENT_KEYS: [&str; 12] = [
    "action",
    "kind",
    "output",
    "prompts",
    "routing",
    "transfer",
    "calls",
    "status",
    "error",
    "variables",
    "participantData",
    "elapsedMs",
];

/// Keys of a moment that name an event.
const EVENT_KEYS: [&str; 7] =
    ["output", "prompts", "routing", "transfer", "calls", "status", "error"];

/// The largest number of seconds of `within`, 100 days.
const MOST_SECONDS: i64 = 8_640_000;

/// Reads the properties of a scenario file.
pub(super) fn read(document: &Node<'_>, decoder: &mut Decoder) -> Properties {
    let Some(list) = document.get("properties").filter(|node| !node.is_null()) else {
        return Properties::default();
    };
    let Kind::Array(items) = &list.kind else {
        decoder.unexpected("`properties`", list, "a list of properties");
        return Properties::default();
    };
    let mut properties: Vec<Arc<Property>> = Vec::new();
    for item in items {
        let Some(property) = property(item, decoder) else { continue };
        if properties.iter().any(|known| known.name == property.name) {
            let message = format!("two properties are named `{}`", property.name);
            let help = "give each property a unique name";
            decoder.warning(property.span, message, help);
        }
        properties.push(Arc::new(property));
    }
    properties.into()
}

fn property(node: &Node<'_>, decoder: &mut Decoder) -> Option<Property> {
    decoder.object("a property", node, &KEYS)?;
    let Some(name) = decoder.text(node, "name") else {
        decoder.error(node.span, "a property needs a `name`".into());
        return None;
    };
    // Everything is read before the rule, so that one run reports all mistakes.
    let [when, after, before] =
        ["when", "after", "before"].map(|key| moment(node, key, decoder));
    let within = within(node, decoder);
    let counts_hang_ups = truth(node.entry("includeHangUps"), decoder);
    let flow = spanned(node, "flow", decoder);
    let rule = rule(node, when.as_ref(), decoder)?;
    check_keys(node, &rule, decoder);
    let span = node.get("name").map_or(node.span, |name| name.span);
    Some(Property { name, span, flow, rule, after, before, within, counts_hang_ups })
}

/// Reports keys that have no meaning for the rule.
fn check_keys(node: &Node<'_>, rule: &Rule, decoder: &mut Decoder) {
    let is_liveness = matches!(rule, Rule::Eventually(_));
    for key in ["within", "includeHangUps"] {
        if let Some(entry) = node.entry(key).filter(|_| !is_liveness) {
            let message = format!("`{key}` requires `eventually`");
            decoder.error(entry.key_span, message);
        }
    }
    let when = node.entry("when").filter(|entry| !entry.value.is_null());
    let Some(when) = when else { return };
    if !matches!(rule, Rule::Always(..)) {
        decoder.error(when.key_span, "`when` requires `always`".into());
    } else if let Some(other) = node.entry("before").or(node.entry("after")) {
        let message = format!("`{}` cannot be used with `when`", other.key);
        decoder.error(other.key_span, message).help =
            Some("name the moments with `when` alone".into());
    }
}

/// Reads the one of `never`, `always` and `eventually` that a property has.
fn rule(node: &Node<'_>, when: Option<&Moment>, decoder: &mut Decoder) -> Option<Rule> {
    let given = ["never", "always", "eventually"].map(|key| node.entry(key));
    let mut given = given.into_iter().flatten();
    let (Some(entry), None) = (given.next(), given.next()) else {
        let message = "a property needs one of `never`, `always` and `eventually`";
        decoder.error(node.span, message.into());
        return None;
    };
    let subject = moment(node, &entry.key, decoder)?;
    match &*entry.key {
        "never" => Some(Rule::Never(subject)),
        "eventually" => Some(Rule::Eventually(subject)),
        _ if subject.is_state() => Some(Rule::Always(subject, when.cloned())),
        _ => {
            let message = "`always` needs conditions that last: `variables`, \
                           `participantData` or `elapsedMs`"
                .to_owned();
            decoder.error(entry.value.span, message).help =
                Some("write `eventually` for something that every call has".into());
            None
        }
    }
}

fn within(node: &Node<'_>, decoder: &mut Decoder) -> Option<Within> {
    let entry = node.entry("within").filter(|entry| !entry.value.is_null())?;
    decoder.object("`within`", &entry.value, &["actions", "seconds"])?;
    let [limit] = entry.value.entries() else {
        let message = "`within` needs one of `actions` and `seconds`".to_owned();
        decoder.error(entry.value.span, message);
        return None;
    };
    match &*limit.key {
        "actions" => {
            let most = i64::from(crate::engine::Limits::MOST_ACTIONS);
            let count = decoder.whole(&entry.value, "actions", 0..=most, 0);
            u32::try_from(count).ok().map(Within::Actions)
        }
        _ => {
            let count = decoder.whole(&entry.value, "seconds", 0..=MOST_SECONDS, 0);
            Some(Within::Milliseconds(count * 1000))
        }
    }
}

fn truth(entry: Option<&Entry<'_>>, decoder: &mut Decoder) -> bool {
    match entry.map(|entry| (entry, &entry.value.kind)) {
        None | Some((_, Kind::Null)) => false,
        Some((_, Kind::Boolean(truth))) => *truth,
        Some((entry, _)) => {
            decoder.unexpected("`includeHangUps`", &entry.value, "true or false");
            false
        }
    }
}

/// Reads a moment: the name of an action, or an object.
fn moment(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<Moment> {
    let node = node.get(key).filter(|node| !node.is_null())?;
    if let Some(name) = node.as_str() {
        let actions = vec![Spanned { value: name.into(), span: node.span }];
        return Some(Moment { actions, ..Moment::default() });
    }
    let what = format!("`{key}`");
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected(&what, node, "the name of an action, or an object");
        return None;
    }
    decoder.object(&what, node, &MOMENT_KEYS)?;
    if node.entries().is_empty() {
        let message = format!("{what} needs a key, such as `action` or `routing`");
        decoder.error(node.span, message);
        return None;
    }
    let event = event(node, decoder)?;
    let mut conditions = Vec::new();
    for (key, of) in
        [("variables", Holder::Variable), ("participantData", Holder::Attribute)]
    {
        conditions.extend(self::conditions(node, key, of, decoder)?);
    }
    let elapsed_ms = match node.get("elapsedMs") {
        Some(range) => Some(matcher::range(range, decoder)?),
        None => None,
    };
    let actions = match node.get("action") {
        Some(names) => expect::names(names, decoder),
        None => Vec::new(),
    };
    let kind = spanned(node, "kind", decoder);
    Some(Moment { actions, kind, event, conditions, elapsed_ms })
}

/// Reads the event of a moment. Returns `None` after an error.
#[expect(clippy::option_option, reason = "a moment may have no event")]
fn event(node: &Node<'_>, decoder: &mut Decoder) -> Option<Option<Event>> {
    let mut given = EVENT_KEYS.iter().filter_map(|key| node.entry(key));
    let Some(entry) = given.next() else { return Some(None) };
    if let Some(other) = given.next() {
        let message = format!(
            "a moment has one event, but has `{}` and `{}`",
            entry.key, other.key
        );
        decoder.error(other.key_span, message).help =
            Some("write a property for each event".into());
        return None;
    }
    let value = &entry.value;
    let event = match &*entry.key {
        "output" => Event::Output(spanned(node, "output", decoder)?),
        "prompts" => Event::Prompt(matcher::text(value, decoder)?),
        "routing" => Event::Routing(routing(value, decoder)?),
        "transfer" => Event::Transfer(matcher::text(value, decoder)?),
        "calls" => Event::Call(spanned(node, "calls", decoder)?),
        "status" => Event::Status(expect::status(value, decoder)?),
        _ => Event::Error(expect::error(value, decoder)?),
    };
    Some(Some(event))
}

fn routing(
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> Option<Box<crate::suite::RoutingMatcher>> {
    let keys = ["queueId", "queueName", "skills", "priority"];
    if node.is_null() {
        decoder.unexpected("`routing`", node, "an object; `{}` is any queue");
        return None;
    }
    decoder.object("`routing` of a property", node, &keys)?;
    match expect::routing(node, decoder)? {
        crate::suite::Expectation::Routing(Some(routing)) => Some(routing),
        _ => {
            let message = "a property cannot expect a call without routing".to_owned();
            decoder.error(node.span, message).help =
                Some("write `never: {routing: {}}`".into());
            None
        }
    }
}

fn conditions(
    node: &Node<'_>,
    key: &str,
    of: Holder,
    decoder: &mut Decoder,
) -> Option<Vec<Condition>> {
    let Some(node) = node.get(key) else { return Some(Vec::new()) };
    if !matches!(node.kind, Kind::Object(_)) {
        let what = format!("`{key}`");
        decoder.unexpected(&what, node, "an object of names and values");
        return None;
    }
    let read = |entry: &Entry<'_>| {
        let name = Spanned { value: Text::from(&*entry.key), span: entry.key_span };
        Some(Condition { of, name, matcher: matcher::value(&entry.value, decoder)? })
    };
    node.entries().iter().map(read).collect()
}

fn spanned(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<Spanned<Text>> {
    let value = decoder.text(node, key)?;
    Some(Spanned { value, span: node.get(key)?.span })
}
