//! Actions: their kind, settings and outputs.

use super::outputs;
use super::reader::{Reader, is_absent};
use super::settings::{self, Entries, is_wrapper};
use crate::flow::architect::{Action, Output, Setting, Settings};
use crate::flow::kinds::ACTION_FIELDS;
use crate::flow::model::Spanned;
use crate::source::{Entry, Kind, Node, Span};
use crate::value::Text;

/// Properties whose only key is the name of an object, and the setting for the key below
/// that name, if there is one: `commonModule: {Greeting: {ver_latestPublished: {inputs:
/// …}}}`.
const NAMED_BY_KEY: &[(&str, Option<&str>)] = &[
    ("commonModule", Some("version")),
    ("botFlow", Some("version")),
    ("digitalBotFlow", Some("version")),
    ("voiceFlow", Some("version")),
    ("dataTable", None),
];

/// Reads a list of actions.
pub(super) fn read(
    node: Option<&Node<'_>>,
    property: &str,
    reader: &mut Reader<'_>,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for item in reader.list(node, property) {
        match item.entries() {
            [] => {
                let found = item.describe();
                let message = format!(
                    "an action must be an object with one key, its kind; found {found}"
                );
                let help = "write it as `- disconnect: {name: Goodbye}`";
                reader.invalid(item.span, message, help);
            }
            [entry] => actions.push(action(entry, &[], reader)),
            [_, second, ..] => {
                let message = format!(
                    "an action has one key, its kind; found another key, `{}`",
                    second.key
                );
                let help = "begin each action with a dash, and indent what belongs to it";
                reader.invalid(second.key_span, message, help);
                let entries = item.entries().iter();
                let each = entries.map(|entry| action(entry, &[], reader));
                actions.extend(each.collect::<Vec<_>>());
            }
        }
    }
    actions
}

/// Reads a menu choice as an action; its inline task becomes an output.
pub(super) fn choice(
    entry: &Entry<'_>,
    left_out: &[&str],
    reader: &mut Reader<'_>,
) -> Action {
    let mut choice = action(entry, left_out, reader);
    let mut properties = entry.value.entries().iter();
    if let Some(task) = properties.rfind(|property| property.key == "task") {
        let rest = outputs::outcome(task, &mut choice.outputs, reader);
        if !rest.entries.is_empty() {
            let value = Spanned { value: Setting::Group(rest), span: task.value.span };
            choice.settings.entries.push(("task".into(), value));
        }
    }
    choice
}

fn action(entry: &Entry<'_>, left_out: &[&str], reader: &mut Reader<'_>) -> Action {
    let body = &entry.value;
    let is_body = matches!(body.kind, Kind::Object(_)) && !is_absent(body);
    if !is_body && !is_absent(body) {
        reader.wrong(&entry.key, "an object", body);
    }
    let name = reader.text_of(body, "name").map(|name| name.value);
    let key = reader.text_of(body, "refId").map(|key| key.value);
    let mut entries = settings::with_capacity(body.entries().len());
    let mut outputs = Vec::new();
    for property in body.entries().iter().filter(|_| is_body) {
        let is_left_out = left_out.contains(&&*property.key);
        if !is_left_out && !ACTION_FIELDS.contains(&&*property.key) {
            add(&entry.key, property, &mut entries, &mut outputs, reader);
        }
    }
    if let Some(node) = body.get("outputs") {
        let rest = outputs::read(node, &mut outputs, reader);
        keep(rest, node.span, &mut entries);
    }
    Action {
        tracking_id: key.as_deref().and_then(tracking_id),
        key,
        name: name.filter(|name| !name.is_empty()),
        kind: Spanned { value: Text::from(&*entry.key), span: entry.key_span },
        settings: settings::finished(entries),
        outputs,
        span: entry.key_span,
    }
}

/// Returns the number that Architect shows: 12 for `Play Audio_12`.
fn tracking_id(reference: &str) -> Option<i64> {
    reference.rsplit_once('_')?.1.parse().ok().filter(|number| *number >= 0)
}

/// Keeps the remaining parts of the outputs as a setting, together with the bindings of a
/// called flow.
fn keep(rest: Settings, span: Span, entries: &mut Entries) {
    if rest.entries.is_empty() {
        return;
    }
    match entries.get_mut("outputs") {
        Some((_, Spanned { value: Setting::Group(group), .. })) => {
            group.entries.extend(rest.entries);
        }
        _ => {
            let value = Spanned { value: Setting::Group(rest), span };
            entries.insert(Text::from("outputs"), (None, value));
        }
    }
}

fn add(
    kind: &str,
    property: &Entry<'_>,
    entries: &mut Entries,
    outputs: &mut Vec<Output>,
    reader: &mut Reader<'_>,
) {
    let named = NAMED_BY_KEY.iter().find(|(name, _)| *name == property.key);
    if kind == "switch" && property.key == "evaluate" {
        outputs::switch(property, entries, outputs, reader);
    } else if kind == "loopUntil" && property.key == "untilCases" {
        outputs::until_cases(&property.value, outputs, reader);
    } else if let (Some((_, below)), [named]) = (named, property.value.entries())
        && !is_wrapper(&property.value)
    {
        let setting = (&*property.key, Some(property.key_span));
        settings::name_of(setting, named, entries);
        named_by_key(named, *below, entries, reader);
    } else if let Some((category, action)) = data_action(property) {
        settings::name_of(("category", None), category, entries);
        if let [named] = action.value.entries() {
            let setting = (&*action.key, Some(action.key_span));
            settings::name_of(setting, named, entries);
            inner(&named.value, entries, reader);
        }
    } else {
        settings::add(property, entries, reader);
    }
}

fn named_by_key(
    named: &Entry<'_>,
    below: Option<&str>,
    entries: &mut Entries,
    reader: &mut Reader<'_>,
) {
    match (below, named.value.entries()) {
        (Some(below), [version]) if !is_wrapper(&named.value) => {
            settings::name_of((below, None), version, entries);
            inner(&version.value, entries, reader);
        }
        _ => inner(&named.value, entries, reader),
    }
}

/// Returns the entries of the category and of the action in `category: {Genesys Cloud
/// Data Actions: {dataAction: {Get Queue: {inputs: …}}}}`.
fn data_action<'n, 's>(
    property: &'n Entry<'s>,
) -> Option<(&'n Entry<'s>, &'n Entry<'s>)> {
    if property.key != "category" || is_wrapper(&property.value) {
        return None;
    }
    let [category] = property.value.entries() else { return None };
    let [action] = category.value.entries() else { return None };
    let [_named] = action.value.entries() else { return None };
    Some((category, action))
}

/// Reads the settings below a name: `inputs`, `successOutputs`…
fn inner(node: &Node<'_>, entries: &mut Entries, reader: &mut Reader<'_>) {
    if is_absent(node) {
        return;
    }
    for entry in node.entries() {
        settings::add(entry, entries, reader);
    }
}
