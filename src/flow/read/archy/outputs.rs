//! Outputs: the actions that follow the outcomes of an action.

use super::actions;
use super::reader::{Reader, is_absent};
use super::settings::{self, Entries, is_wrapper};
use crate::diagnostic::nearest;
use crate::flow::architect::{Output, Setting, Settings};
use crate::flow::kinds::LOOP_BODY;
use crate::flow::model::Spanned;
use crate::flow::property::unknown;
use crate::flow::type_name::{type_named, type_names};
use crate::source::{Entry, Kind, Node, Span, nested};
use crate::value::Text;

/// The keys of an output.
const OF_OUTPUT: &[&str] = &["actions", "enabled"];

/// The styles of a switch.
const STYLES: &[&str] = &["firstTrue", "firstMatch"];

/// Reads `outputs`: `{yes: {actions: […]}}`, and the `paths` of a digital menu. The
/// actions of a known case are added to the case. Returns
/// the remaining settings, such as `{Common.X: {var: Flow.X}}` and `enabled`.
pub(super) fn read(
    node: &Node<'_>,
    outputs: &mut Vec<Output>,
    reader: &mut Reader<'_>,
) -> Settings {
    let mut rest = Entries::default();
    if !matches!(node.kind, Kind::Object(_)) && !is_absent(node) {
        reader.wrong("outputs", "an object with one key per output", node);
    }
    if is_absent(node) {
        return Settings::default();
    }
    for entry in node.entries() {
        if is_wrapper(&entry.value) {
            settings::add(entry, &mut rest, reader);
        } else if entry.key == "paths" && matches!(entry.value.kind, Kind::Array(_)) {
            for item in entry.value.items() {
                path(item, outputs, &mut rest, reader);
            }
        } else {
            let within = outcome(entry, outputs, reader);
            keep(&entry.key, within, entry.value.span, &mut rest);
        }
    }
    settings::finished(rest)
}

/// Reads one outcome. A disabled outcome without actions is left out. Returns the
/// remaining settings.
pub(super) fn outcome(
    entry: &Entry<'_>,
    outputs: &mut Vec<Output>,
    reader: &mut Reader<'_>,
) -> Settings {
    let node = &entry.value;
    if !matches!(node.kind, Kind::Object(_) | Kind::Null) {
        reader.wrong(&entry.key, "an object with `actions`", node);
    }
    let is_off = node.get("enabled").is_some_and(|it| it.kind == Kind::Boolean(false));
    let has_actions = node.get("actions").is_some_and(|it| !it.items().is_empty());
    if !is_off || has_actions {
        let label = (&*entry.key, entry.key_span);
        add(output(label, None, node, reader), outputs);
    }
    settings::read(node, &["actions"], reader)
}

/// Adds an output. If a case of the action has its name, the case gets its actions, unless
/// every loop has an output of this name.
fn add(mut new: Output, outputs: &mut Vec<Output>) {
    let is_own = matches!(new.label.as_str(), LOOP_BODY | "default");
    let is_case = |known: &&mut Output| {
        !is_own && known.value.is_some() && known.label == new.label
    };
    match outputs.iter_mut().find(is_case) {
        Some(case) => case.actions.append(&mut new.actions),
        None => outputs.push(new),
    }
}

fn output(
    label: (&str, Span),
    value: Option<Spanned<Setting>>,
    node: &Node<'_>,
    reader: &mut Reader<'_>,
) -> Output {
    Output {
        key: None,
        label: Text::from(label.0),
        value,
        actions: nested(|| actions::read(node.get("actions"), "actions", reader)),
        span: label.1,
    }
}

fn keep(label: &str, within: Settings, span: Span, rest: &mut Entries) {
    if !within.entries.is_empty() {
        let value = Spanned { value: Setting::Group(within), span };
        rest.insert(Text::from(label), (None, value));
    }
}

/// Reads a path of a digital menu: `{path: {name: Sales, actions: […]}}`.
fn path(
    item: &Node<'_>,
    outputs: &mut Vec<Output>,
    rest: &mut Entries,
    reader: &mut Reader<'_>,
) {
    let body = item.get("path").unwrap_or(item);
    let Some(name) = reader.text_of(body, "name") else {
        let message = "an item of `paths` needs a `name`".into();
        reader.invalid(item.span, message, "write it as `- path: {name: Sales}`");
        return;
    };
    add(output((&name.value, name.span), None, body, reader), outputs);
    let within = settings::read(body, &["name", "actions"], reader);
    keep(&name.value, within, body.span, rest);
}

/// Reads `evaluate` of a switch. Its cases become outputs, and the rest becomes settings:
/// `style` and, if a value is compared with the cases, `type` and `value`.
pub(super) fn switch(
    evaluate: &Entry<'_>,
    entries: &mut Entries,
    outputs: &mut Vec<Output>,
    reader: &mut Reader<'_>,
) {
    let style = match evaluate.value.entries() {
        [style] if STYLES.contains(&&*style.key) => style,
        [style] => {
            let near = nearest(&style.key, STYLES.iter().copied());
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("unknown switch style `{}`", style.key);
            let help =
                help.unwrap_or_else(|| "styles are `firstTrue`, `firstMatch`".into());
            return reader.invalid(style.key_span, message, &help);
        }
        _ => {
            let message = "`evaluate` must have one key, the style of the switch".into();
            let help = "styles are `firstTrue` and `firstMatch`";
            return reader.invalid(evaluate.value.span, message, help);
        }
    };
    settings::name_of(("style", None), style, entries);
    let mut body = &style.value;
    if style.key == "firstMatch" {
        let [compared] = body.entries() else {
            let message =
                "`firstMatch` must have one key, the type of the compared values";
            let help = "write it as `firstMatch: {string: {value: …, cases: […]}}`";
            return reader.invalid(body.span, message.into(), help);
        };
        known_type(compared, reader);
        settings::name_of(("type", None), compared, entries);
        body = &compared.value;
    }
    for entry in body.entries() {
        match &*entry.key {
            "cases" => cases(&entry.value, outputs, reader),
            "default" => {
                let label = ("default", entry.key_span);
                reader.known_keys(&entry.value, "`default`", OF_OUTPUT);
                outputs.push(output(label, None, &entry.value, reader));
            }
            _ => settings::add(entry, entries, reader),
        }
    }
}

/// Reports an unknown type of the compared values.
fn known_type(compared: &Entry<'_>, reader: &mut Reader<'_>) {
    if type_named(&compared.key).is_some() {
        return;
    }
    let names: Vec<String> = type_names().collect();
    let near = nearest(&compared.key, names.iter().map(String::as_str));
    reader.report(unknown("`firstMatch`", &compared.key, compared.key_span, near));
}

/// Reads the cases of a Loop Until action: `untilCases: [{untilCase: {name: Found, value:
/// …, actions: […]}}]`. *Source: Genesys' Architect Scripting, in which a case has a name,
/// a value, and an output of this name. That the list has the form of a digital menu's
/// paths is decided here.*
pub(super) fn until_cases(
    node: &Node<'_>,
    outputs: &mut Vec<Output>,
    reader: &mut Reader<'_>,
) {
    for item in reader.list(Some(node), "untilCases") {
        let case = item.get("untilCase").or_else(|| item.get("case")).unwrap_or(item);
        reader.known_keys(case, "a case", &["name", "value", "condition", "actions"]);
        let condition = case.get("value").or_else(|| case.get("condition"));
        let value = condition.map(|value| settings::setting(value, reader));
        match reader.text_of(case, "name") {
            Some(name) if value.is_some() => {
                outputs.push(output((&name.value, name.span), value, case, reader));
            }
            _ => {
                let message =
                    "a case of a Loop Until action needs a `name` and a `value`";
                let help = "write it as `- untilCase: {name: Found, value: {exp: …}}`";
                reader.invalid(item.span, message.into(), help);
            }
        }
    }
}

fn cases(node: &Node<'_>, outputs: &mut Vec<Output>, reader: &mut Reader<'_>) {
    for (index, item) in reader.list(Some(node), "cases").iter().enumerate() {
        let case = item.get("case").unwrap_or(item);
        reader.known_keys(case, "a case", &["name", "value", "actions"]);
        let value = case.get("value").map(|value| settings::setting(value, reader));
        if value.is_none() {
            let message = "a case of a switch needs a `value`".into();
            let help = "write it as `- case: {value: …, actions: […]}`";
            reader.invalid(item.span, message, help);
        }
        let place = item.entries().first().map_or(item.span, |entry| entry.key_span);
        let label = format!("case {}", index + 1);
        outputs.push(output((&label, place), value, case, reader));
    }
}
