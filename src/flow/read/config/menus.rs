//! Menus and their choices.

use std::collections::BTreeMap;

use super::reader::{Reader, text_of};
use super::values::{OF_THE_EDITOR, group, settings};
use super::{kinds, sequence};
use crate::flow::Spanned;
use crate::flow::architect::{Choice, Output, Setting};
use crate::source::{Kind, Node};

/// Tasks that are part of a menu choice. The JSON lists them among the units, Archy
/// inside their choice. A task with its own variables, or with references from elsewhere,
/// stays a unit.
pub(super) struct Inlined<'d, 's> {
    tasks: BTreeMap<&'d str, &'d Node<'s>>,
}

impl<'d, 's> Inlined<'d, 's> {
    /// Finds the inlined tasks of a flow.
    pub(super) fn of(document: &'d Node<'s>, items: &'d [Node<'s>]) -> Self {
        let mut references = References::default();
        for item in items {
            references.count(item);
        }
        let start = document.get("initialSequence").and_then(Node::as_str);
        let is_inlined = |item: &&Node<'s>| {
            let is_task = item.get("__type").and_then(Node::as_str) == Some("Task");
            let id = item.get("id").and_then(Node::as_str).unwrap_or_default();
            let has_variables =
                item.get("variables").is_some_and(|list| !list.items().is_empty());
            let is_choice = references.counts.get(id) == Some(&(1, 1));
            is_task && is_choice && !has_variables && start != Some(id)
        };
        let tasks = items.iter().filter(is_inlined);
        let tasks = tasks.filter_map(|task| Some((task.get("id")?.as_str()?, task)));
        Self { tasks: tasks.collect() }
    }

    /// Returns the task with this id, if it is part of a choice.
    pub(super) fn task(&self, id: &str) -> Option<&'d Node<'s>> {
        self.tasks.get(id).copied()
    }
}

/// The number of references to each task, and the number of those from menu choices.
#[derive(Default)]
struct References<'d> {
    counts: BTreeMap<&'d str, (usize, usize)>,
}

impl<'d> References<'d> {
    fn count(&mut self, item: &'d Node<'_>) {
        let mut open = vec![item];
        while let Some(node) = open.pop() {
            if let Some(id) = node.get("taskReference").and_then(Node::as_str) {
                let class = node.get("__type").and_then(Node::as_str);
                let count = self.counts.entry(id).or_default();
                count.0 += 1;
                count.1 += usize::from(class == Some("TaskAction"));
            }
            let within = node.entries().iter().map(|entry| &entry.value);
            open.extend(within.chain(node.items()));
        }
    }
}

/// Reads the choices of a menu.
pub(super) fn choices(
    menu: &Node<'_>,
    inlined: &Inlined<'_, '_>,
    reader: &mut Reader<'_, '_>,
) -> Vec<Choice> {
    let items = menu.get("menuChoiceList").map_or(&[][..], Node::items);
    let default = menu.get("defaultMenuChoice").filter(|node| !node.is_null());
    let choices: Vec<Choice> =
        items.iter().filter_map(|item| choice(item, default, inlined, reader)).collect();
    if let Some(default) = default
        && default.as_str() != Some("")
        && !choices.iter().any(|choice| choice.is_default)
    {
        let id = default.as_str().unwrap_or_default();
        let message = format!("no choice of the menu has the id `{id}`");
        reader.dangling(default.span, message);
    }
    choices
}

fn choice(
    item: &Node<'_>,
    default: Option<&Node<'_>>,
    inlined: &Inlined<'_, '_>,
    reader: &mut Reader<'_, '_>,
) -> Option<Choice> {
    let Some(node) = item.get("action") else {
        let message = "a choice of a menu needs an `action`".into();
        reader.invalid(item.span, message, "export the flow again");
        return None;
    };
    let mut action = sequence::action(node, kinds::choice, reader);
    action.key = text_of(item, "id").or(action.key);
    action.name = text_of(item, "name").or(action.name);
    action.span = item.span;
    let task = node.get("taskReference").and_then(Node::as_str);
    if let Some(task) = task.and_then(|id| inlined.task(id)) {
        action.settings.entries.retain(|(name, _)| name.text != "targetTaskRef");
        action.outputs.push(Output {
            key: None,
            label: "task".into(),
            value: None,
            actions: sequence::read(task, reader),
            span: task.span,
        });
    }
    let known = ["id", "name", "action", "digit", "globalDigit"];
    let other = settings(item, &[&known[..], OF_THE_EDITOR].concat());
    action.settings.entries.extend(other.entries.into_iter().map(|(name, value)| {
        match name.as_str() {
            "globalSpeech" => ("globalSpeechRecTerms".into(), value),
            "speechRecTerms" => (name, terms(value)),
            _ => (name, value),
        }
    }));
    let id = item.get("id").and_then(Node::as_str);
    Some(Choice {
        action,
        digit: digit(item, reader),
        is_global: item
            .get("globalDigit")
            .is_some_and(|it| it.kind == Kind::Boolean(true)),
        is_default: id.is_some() && default.and_then(Node::as_str) == id,
    })
}

/// Converts the words of each language to Archy's form: `{en-us: {terms: […]}}`.
fn terms(mut written: Spanned<Setting>) -> Spanned<Setting> {
    if let Setting::Group(languages) = &mut written.value {
        for (_, words) in &mut languages.entries {
            if matches!(words.value, Setting::List(_)) {
                *words = group(words.span, [("terms".into(), words.clone())]);
            }
        }
    }
    written
}

/// Reads the key of a choice. *Observed are the numbers 1 to 9; `*` and `#` can only be
/// strings.*
fn digit(item: &Node<'_>, reader: &mut Reader<'_, '_>) -> Option<Spanned<char>> {
    let node = item.get("digit").filter(|node| !node.is_null())?;
    let text = match &node.kind {
        Kind::Number(text) | Kind::String(text) => &**text,
        _ => node.describe(),
    };
    let mut letters = text.strip_prefix("digit_").unwrap_or(text).chars();
    match (letters.next(), letters.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => {
            Some(Spanned { value: key, span: node.span })
        }
        (None, _) => None,
        _ => {
            let message = format!("the key of a choice must be one key, found {text}");
            reader.invalid(node.span, message, "keys are 0 to 9, `*` and `#`");
            None
        }
    }
}
