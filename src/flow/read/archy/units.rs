//! Units: tasks, menus, states, bots, and the start-up task.

use super::actions;
use super::menus;
use super::reader::Reader;
use super::references::{identity, is_sub_menu};
use super::settings;
use super::variables;
use crate::diagnostic::nearest;
use crate::flow::architect::{Settings, Unit, UnitKind};
use crate::flow::kinds::{IN_QUEUE_CALL, UNIT_FIELDS};
use crate::flow::model::Spanned;
use crate::source::{Entry, Kind, Node};
use crate::value::Text;

/// The key of the start-up task, which has no name in a document.
pub(super) const START_UP: &str = "startUp";

/// The names that Architect gives to start-up tasks, by flow type. *Source: exports of
/// such flows, and execution documents of modules.*
const START_UP_NAMES: &[(&str, &str)] =
    &[("commonModule", "Common Module Task"), (IN_QUEUE_CALL, "In-Queue Task")];

/// The properties of a flow that contain one state.
pub(super) const STATES: &[&str] = &["startUpState", "periodicState"];

/// The lists of units, and the kinds of their items.
pub(super) const LISTS: &[(&str, &[(&str, UnitKind)])] = &[
    ("tasks", &[("task", UnitKind::Task), ("loopTask", UnitKind::Task)]),
    ("loopTasks", &[("loopTask", UnitKind::Task), ("task", UnitKind::Task)]),
    ("menus", &[("menu", UnitKind::Menu)]),
    ("states", &[("state", UnitKind::State), ("loopTask", UnitKind::Task)]),
    ("bots", &[("bot", UnitKind::Bot), ("botState", UnitKind::Bot)]),
];

/// Reads all units of a flow, in the order of the document.
pub(super) fn read(body: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    for entry in body.entries() {
        let property = &*entry.key;
        if let Some((_, kinds)) = LISTS.iter().find(|(list, _)| *list == property) {
            for item in reader.list(Some(&entry.value), property) {
                let Some((unit, entry)) = item_of(item, property, kinds, reader) else {
                    continue;
                };
                let key = unit.key.clone();
                units.push(unit);
                add_sub_menus(&key, entry, &mut units, reader);
            }
        } else if property == "startUpTaskActions" {
            units.push(start_up(entry, body, reader));
        } else if STATES.contains(&property) {
            let key = reader.places.property(property);
            units.push(unit(entry, UnitKind::State, key, reader));
        }
    }
    report_duplicates(&units, reader);
    units
}

/// Adds the menus among the choices of a menu. Recurses with the nesting of the menus,
/// which the reader of documents limits.
fn add_sub_menus(
    menu: &Text,
    entry: &Entry<'_>,
    units: &mut Vec<Unit>,
    reader: &mut Reader<'_>,
) {
    let choices = entry.value.get("choices").map_or(&[][..], Node::items);
    for choice in choices.iter().flat_map(Node::entries) {
        if let Some(key) = reader.places.sub_menu(menu, choice) {
            units.push(unit(choice, UnitKind::Menu, Some(key.clone()), reader));
            add_sub_menus(&key, choice, units, reader);
        }
    }
}

fn item_of<'n, 's>(
    item: &'n Node<'s>,
    property: &str,
    kinds: &[(&str, UnitKind)],
    reader: &mut Reader<'_>,
) -> Option<(Unit, &'n Entry<'s>)> {
    let expected = kinds.first().map_or("task", |(name, _)| name);
    let [entry] = item.entries() else {
        let message = format!(
            "an item of `{property}` must be an object with one key, `{expected}`"
        );
        reader.invalid(item.span, message, "");
        return None;
    };
    let known = kinds.iter().find(|(name, _)| *name == entry.key);
    if known.is_none() {
        let near = nearest(&entry.key, kinds.iter().map(|(name, _)| *name));
        let help =
            near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let message = format!(
            "an item of `{property}` must be a `{expected}`, found `{}`",
            entry.key
        );
        reader.invalid(entry.key_span, message, &help);
    }
    let kind = known.or(kinds.first()).map_or(UnitKind::Task, |(_, kind)| *kind);
    let identity = identity(&entry.value);
    if identity.is_none() {
        let message = format!("a `{}` needs a `name`", entry.key);
        reader.invalid(entry.key_span, message, "");
    }
    let key = identity.and_then(|identity| reader.places.unit(&entry.key, &identity));
    Some((unit(entry, kind, key, reader), entry))
}

fn unit(
    entry: &Entry<'_>,
    kind: UnitKind,
    key: Option<Text>,
    reader: &mut Reader<'_>,
) -> Unit {
    let body = &entry.value;
    let key = key.unwrap_or_else(|| Text::from(&*entry.key));
    reader.enter(&key);
    if !matches!(body.kind, Kind::Object(_)) {
        reader.wrong(&entry.key, "an object", body);
    }
    let name = reader.text_of(body, "name").map(|name| name.value);
    let of_a_choice = if is_sub_menu(entry) { menus::OF_A_CHOICE } else { &[] };
    let left_out = [UNIT_FIELDS, of_a_choice].concat();
    let unit = Unit {
        name: name.unwrap_or_else(|| key.clone()),
        kind,
        variables: variables::read(body.get("variables"), "variables", reader),
        output_paths: output_paths(body, reader),
        actions: actions::read(body.get("actions"), "actions", reader),
        choices: menus::read(body, reader),
        settings: settings::read(body, &left_out, reader),
        span: entry.key_span,
        key,
    };
    reader.leave();
    unit
}

/// Reads the start-up task of a common module or an in-queue flow.
fn start_up(entry: &Entry<'_>, body: &Node<'_>, reader: &mut Reader<'_>) -> Unit {
    let key = Text::from(START_UP);
    reader.enter(&key);
    let property = "startUpTaskVariables";
    let flow_type = reader.places.flow_type();
    let known = START_UP_NAMES.iter().find(|(kind, _)| *kind == flow_type);
    let unit = Unit {
        name: known.map_or(START_UP, |(_, name)| *name).into(),
        kind: UnitKind::Task,
        variables: variables::read(body.get(property), property, reader),
        output_paths: Vec::new(),
        actions: actions::read(Some(&entry.value), &entry.key, reader),
        choices: Vec::new(),
        settings: Settings::default(),
        span: entry.key_span,
        key,
    };
    reader.leave();
    unit
}

/// Reads `outputPaths: [{outputPath: {name: Done}}]`.
fn output_paths(body: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Spanned<Text>> {
    let mut paths = Vec::new();
    for item in reader.list(body.get("outputPaths"), "outputPaths") {
        let path = item.get("outputPath").unwrap_or(item);
        reader.known_keys(path, "an output path", &["name", "description", "refId"]);
        let name = match path.as_str() {
            Some(name) => Some(Spanned { value: Text::from(name), span: path.span }),
            None => reader.text_of(path, "name"),
        };
        match name {
            Some(name) => paths.push(name),
            None => {
                let message = "an item of `outputPaths` needs a `name`".into();
                let help = "write it as `- outputPath: {name: Done}`";
                reader.invalid(item.span, message, help);
            }
        }
    }
    paths
}

/// Reports units with the same key.
fn report_duplicates(units: &[Unit], reader: &mut Reader<'_>) {
    let mut known = indexmap::IndexMap::new();
    for unit in units {
        if known.insert(&unit.key, unit.span).is_some() {
            let message =
                format!("two units have the key `{}`; the first one counts", unit.key);
            reader.invalid(unit.span, message, "give one of them another `refId`");
        }
    }
}
