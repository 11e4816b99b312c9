//! Settings: values in their wrappers, and groups and lists of values.

use indexmap::IndexMap;

use super::reader::{Reader, is_absent, plain_text};
use super::references::is_reference;
use crate::flow::architect::{Setting, SettingName, Settings};
use crate::flow::kinds::WRAPPERS;
use crate::flow::model::Spanned;
use crate::flow::read::{MAX_VALUE_DEPTH, json};
use crate::source::{Entry, Kind, Node, Span, nested};
use crate::value::{Json, Text};

/// Properties that always contain a reference.
const REFERENCES: &[&str] = &[
    "startUpRef",
    "targetTaskRef",
    "targetMenuRef",
    "targetStateRef",
    "defaultChildMenuRef",
];

/// Settings by name, while they are read, with the position of the name. The last value
/// of a repeated name counts. The hash is that of [`JsonObject`](crate::value::JsonObject).
pub(super) type Entries =
    IndexMap<Text, (Option<Span>, Spanned<Setting>), foldhash::fast::RandomState>;

/// Reads the settings of an object, except some names.
pub(super) fn read(
    body: &Node<'_>,
    left_out: &[&str],
    reader: &mut Reader<'_>,
) -> Settings {
    let mut entries = with_capacity(body.entries().len());
    for entry in body.entries() {
        if !left_out.contains(&&*entry.key) {
            add(entry, &mut entries, reader);
        }
    }
    finished(entries)
}

/// Creates a map for this number of settings.
pub(super) fn with_capacity(count: usize) -> Entries {
    Entries::with_capacity_and_hasher(count, foldhash::fast::RandomState::default())
}

pub(super) fn finished(entries: Entries) -> Settings {
    let named = |(text, (span, value))| (SettingName { text, span }, value);
    Settings { entries: entries.into_iter().map(named).collect() }
}

/// Adds a property of an object. The last one of doubled keys counts; they are reported
/// for the whole document.
pub(super) fn add(entry: &Entry<'_>, entries: &mut Entries, reader: &mut Reader<'_>) {
    let value = (Some(entry.key_span), named(&entry.key, &entry.value, reader));
    entries.insert(Text::from(&*entry.key), value);
}

/// Adds a setting whose value is a name that the document has as a key. The name of the
/// setting has a position if the document contains it.
pub(super) fn name_of(
    (setting, span): (&str, Option<Span>),
    named: &Entry<'_>,
    entries: &mut Entries,
) {
    let value = Setting::Literal(Json::String(Text::from(&*named.key)));
    let value = Spanned { value, span: named.key_span };
    entries.insert(Text::from(setting), (span, value));
}

/// Reads a setting whose form depends on its name.
fn named(name: &str, node: &Node<'_>, reader: &mut Reader<'_>) -> Spanned<Setting> {
    let Some(text) = node.as_str() else { return setting(node, reader) };
    let span = node.span;
    // The variable that receives a result, in `updateData` and `getParticipantData`.
    if name == "variable" {
        return Spanned { value: Setting::Variable(Text::from(text)), span };
    }
    if name.ends_with("Ref") && is_reference(text) {
        let value = Setting::Unit(reader.reference(text, span));
        return Spanned { value, span };
    }
    if REFERENCES.contains(&name) {
        let message = format!("`{name}` must be a reference, found `{text}`");
        let help =
            "write a reference to a unit, such as `/inboundCall/tasks/task[Main_10]`";
        reader.invalid(span, message, help);
    }
    setting(node, reader)
}

/// Reads a value. Its position is that of the content of its wrapper. The reader of
/// documents limits the nesting of values, except below keys for sequences of actions,
/// which have no meaning in a value.
pub(super) fn setting(node: &Node<'_>, reader: &mut Reader<'_>) -> Spanned<Setting> {
    if reader.depth > MAX_VALUE_DEPTH {
        let message = format!("the value is nested deeper than {MAX_VALUE_DEPTH} levels");
        reader.invalid(node.span, message, "simplify the value");
        return Spanned { value: Setting::NoValue, span: node.span };
    }
    reader.depth += 1;
    let setting = nested(|| setting_of(node, reader));
    reader.depth -= 1;
    setting
}

fn setting_of(node: &Node<'_>, reader: &mut Reader<'_>) -> Spanned<Setting> {
    let value = match &node.kind {
        Kind::Array(items) => {
            Setting::List(items.iter().map(|item| setting(item, reader)).collect())
        }
        Kind::Object(_) => match wrapper(node, reader) {
            Some(entry) => {
                let value = wrapped(node, entry, reader);
                return Spanned { value, span: entry.value.span };
            }
            None => Setting::Group(read(node, &[], reader)),
        },
        _ => Setting::Literal(json(node)),
    };
    Spanned { value, span: node.span }
}

/// Whether an object is a value in a wrapper.
pub(super) fn is_wrapper(node: &Node<'_>) -> bool {
    matches!(node.entries(), [entry] if wraps(entry))
}

/// Whether an entry is a value in a wrapper. A `prompt` with a group is not: it is a
/// statement or an input of that type, `{prompt: {variable: Task.x, value: …}}`.
fn wraps(entry: &Entry<'_>) -> bool {
    let is_group = matches!(entry.value.kind, Kind::Object(_));
    WRAPPERS.contains(&&*entry.key) && !(entry.key == "prompt" && is_group)
}

/// Returns the only entry of a wrapper. Several wrappers in one object are reported; the
/// first one counts.
fn wrapper<'n, 's>(node: &'n Node<'s>, reader: &mut Reader<'_>) -> Option<&'n Entry<'s>> {
    let entries = node.entries();
    let (first, rest) = entries.split_first()?;
    if entries.iter().all(wraps) {
        if let Some(second) = rest.first() {
            let message = format!(
                "a value must have one form, found `{}` and `{}`",
                first.key, second.key
            );
            reader.invalid(second.key_span, message, "keep one of them");
        }
        return Some(first);
    }
    // Archy repeats the name of a schedule or emergency group next to the literal.
    let is_name = |entry: &&Entry<'_>| entry.key == "name" || entry.key == "lit";
    if entries.len() == 2 && entries.iter().filter(is_name).count() == 2 {
        let literal = entries.iter().find(|entry| entry.key == "lit")?;
        let (name, named) = (node.get("name")?, literal.value.get("name")?);
        let (one, other) = (name.as_str()?, named.as_str()?);
        if one != other {
            let message = format!("`name` is `{one}`, but `lit` names `{other}`");
            let help = "write the same name in both, or leave out `name`";
            reader.invalid(name.span, message, help);
        }
        return Some(literal);
    }
    None
}

fn wrapped(node: &Node<'_>, entry: &Entry<'_>, reader: &mut Reader<'_>) -> Setting {
    let content = &entry.value;
    match &*entry.key {
        "lit" if has_wrapper(content) => return setting(content, reader).value,
        "lit" => return Setting::Literal(json(content)),
        "noValue" | "none" if is_absent(node) => {}
        // A name that is spelt like a wrapper: an output `prompt: {var: …}`.
        _ if is_wrapper(content) => return Setting::Group(read(node, &[], reader)),
        "noValue" | "none" => reader.wrong(&entry.key, "`true`", content),
        _ => {}
    }
    let text = plain_text(content);
    match (&*entry.key, text) {
        ("noValue", _) => Setting::NoValue,
        ("none", _) => Setting::None,
        // Architect keeps an empty expression of a part that is switched off. *Source:
        // published flows.*
        ("exp", Some(text)) if text.trim().is_empty() => Setting::NoValue,
        ("exp", Some(text)) => Setting::Expression(text, None),
        ("var", Some(text)) => Setting::Variable(text),
        ("tts", Some(text)) => Setting::Speech(text),
        ("prompt", Some(text)) => Setting::Prompt(text),
        (name, _) => {
            reader.wrong(name, "a string", content);
            Setting::Literal(json(node))
        }
    }
}

/// Whether a literal contains values in wrappers at any depth: cards, buttons, survey
/// answers.
fn has_wrapper(node: &Node<'_>) -> bool {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        if is_wrapper(node) {
            return true;
        }
        open.extend(node.entries().iter().map(|entry| &entry.value).chain(node.items()));
    }
    false
}
