//! Actions as a tree. The JSON lists them flat, each with references to the actions that
//! follow.

use std::collections::BTreeMap;

use super::reader::{Reader, text_of};
use super::values::input;
use super::{kinds, settings};
use crate::flow::Spanned;
use crate::flow::architect::{Action, Output};
use crate::source::{Kind, Node, Span, nested};
use crate::value::Text;

/// The maximum nesting depth of outputs. Functions that walk the tree run each level in
/// [`nested`].
const MAX_NESTING: usize = 10_000;

/// The actions of one unit.
struct Sequence<'d, 's, 'r, 'u, 'a> {
    list: &'d [&'d Node<'s>],
    by_id: BTreeMap<&'d str, usize>,
    /// The position of the reference that placed each action in the tree.
    placed: Vec<Option<Span>>,
    reader: &'r mut Reader<'u, 'a>,
}

/// Reads the actions of a unit, beginning with its `startAction`. Every action has one
/// place in the tree. An action with several references, as in a cycle, has the place of
/// the first one.
pub(super) fn read(unit: &Node<'_>, reader: &mut Reader<'_, '_>) -> Vec<Action> {
    let list = all_actions(unit);
    let mut by_id = BTreeMap::new();
    for (index, action) in list.iter().enumerate() {
        match action.get("id").and_then(Node::as_str) {
            Some(id) => {
                if by_id.insert(id, index).is_some() {
                    let message = format!("two actions have the id `{id}`");
                    reader.invalid(action.span, message, "the last one counts");
                }
            }
            None => reader.invalid(
                action.span,
                format!("an action needs an `id`, a string; found {}", action.describe()),
                "",
            ),
        }
    }
    let placed = vec![None; list.len()];
    let mut sequence = Sequence { list: &list, by_id, placed, reader };
    let actions = match unit.get("startAction") {
        Some(start) => sequence.chain(start, 0),
        None => Vec::new(),
    };
    sequence.report_unreachable();
    actions
}

/// Returns the actions of a unit: those of its list, and those that are in the place of a
/// reference.
fn all_actions<'d, 's>(unit: &'d Node<'s>) -> Vec<&'d Node<'s>> {
    let mut actions: Vec<_> =
        unit.get("actionList").map_or(&[][..], Node::items).iter().collect();
    actions.extend(unit.get("startAction").filter(|it| is_embedded(it)));
    let mut next = 0;
    while let Some(action) = actions.get(next).copied() {
        next += 1;
        actions.extend(action.get("nextAction").filter(|it| is_embedded(it)));
        let paths = action.get("paths").map_or(&[][..], Node::items).iter();
        let targets =
            paths.chain(action.get("path")).filter_map(|path| path.get("nextActionId"));
        actions.extend(targets.filter(|it| is_embedded(it)));
    }
    actions
}

/// Whether an action is in the place of a reference to it.
fn is_embedded(reference: &Node<'_>) -> bool {
    matches!(reference.kind, Kind::Object(_))
}

impl Sequence<'_, '_, '_, '_, '_> {
    /// Reads the referenced action and the actions that follow it.
    fn chain(&mut self, first: &Node<'_>, depth: usize) -> Vec<Action> {
        let mut actions = Vec::new();
        if depth > MAX_NESTING {
            let message = format!("outputs are nested deeper than {MAX_NESTING} levels");
            self.reader.invalid(
                first.span,
                message,
                "move some of the actions to another task",
            );
            return actions;
        }
        let list = self.list;
        let mut next = self.place(first);
        while let Some(index) = next {
            let node = list[index];
            actions.push(nested(|| self.action(node, depth)));
            next = node.get("nextAction").and_then(|reference| self.place(reference));
        }
        actions
    }

    /// Places the referenced action in the tree, unless it already has a place.
    fn place(&mut self, reference: &Node<'_>) -> Option<usize> {
        let id = match &reference.kind {
            Kind::Null => return None,
            Kind::String(id) if id.is_empty() => return None,
            Kind::String(id) => &**id,
            // An action without an id is reported where the actions are collected.
            Kind::Object(_) => reference.get("id")?.as_str()?,
            _ => {
                let found = reference.describe();
                let message =
                    format!("a reference to an action must be its id, found {found}");
                self.reader.invalid(reference.span, message, "");
                return None;
            }
        };
        let Some(&index) = self.by_id.get(id) else {
            let message = format!("no action of this unit has the id `{id}`");
            self.reader.dangling(reference.span, message);
            return None;
        };
        let place = &mut self.placed[index];
        if let Some(first) = place {
            let message = format!("the action `{id}` is referenced more than once");
            let first = *first;
            let diagnostic = crate::diagnostic::Diagnostic::new(
                crate::diagnostic::Code::INVALID_PROPERTY,
                message,
            );
            self.reader.report(
                diagnostic.at(reference.span).label(first, "first reference").help(
                    "an action can have only one reference; use a loop to return to it",
                ),
            );
            return None;
        }
        *place = Some(reference.span);
        Some(index)
    }

    fn action(&mut self, node: &Node<'_>, depth: usize) -> Action {
        let key = text_of(node, "id");
        self.reader.enter(key.as_deref().unwrap_or_default());
        let mut action = action(node, kinds::action, self.reader);
        action.outputs = self.outputs(node, depth);
        self.reader.leave();
        action
    }

    fn outputs(&mut self, node: &Node<'_>, depth: usize) -> Vec<Output> {
        let paths = node.get("paths").map_or(&[][..], Node::items);
        let until = node.get("untilCases");
        let cases = until.or_else(|| node.get("cases")).map_or(&[][..], Node::items);
        let id = |node: &'_ Node<'_>, key: &str| text_of(node, key).unwrap_or_default();
        let mut by_case = BTreeMap::new();
        for (index, path) in paths.iter().enumerate() {
            by_case.insert(id(path, "outputId"), index);
        }
        let mut outputs = Vec::new();
        let mut is_case = vec![false; paths.len()];
        for (index, case) in cases.iter().enumerate() {
            let path = by_case.get(&id(case, "referenceId")).copied();
            let target = path.and_then(|path| {
                is_case[path] = true;
                paths[path].get("nextActionId")
            });
            outputs.push(Output {
                key: text_of(case, "referenceId"),
                label: until
                    .and_then(|_| text_of(case, "name"))
                    .unwrap_or_else(|| Text::from(format!("case {}", index + 1))),
                value: case.get("value").map(input),
                actions: target.map_or_else(Vec::new, |it| self.chain(it, depth + 1)),
                span: case.span,
            });
        }
        let others = paths.iter().zip(&is_case).filter(|(_, is_case)| !**is_case);
        for path in others.map(|(path, _)| path).chain(node.get("path")) {
            outputs.extend(self.output(path, depth));
        }
        outputs
    }

    /// Returns the output of a path, if the path leads to actions.
    fn output(&mut self, path: &Node<'_>, depth: usize) -> Option<Output> {
        let target = path.get("nextActionId")?;
        let id = text_of(path, "outputId").unwrap_or_default();
        // A path of a called task has an id; its label is its name.
        let label = kinds::output(&id).or_else(|| text_of(path, "label")).unwrap_or(id);
        let actions = self.chain(target, depth + 1);
        (!actions.is_empty()).then_some(Output {
            key: text_of(path, "outputId"),
            label,
            value: None,
            actions,
            span: path.span,
        })
    }

    fn report_unreachable(&mut self) {
        let list = self.list;
        for (&id, &index) in &self.by_id {
            if self.placed[index].is_none() {
                let message = format!("the action `{id}` is unreachable");
                let help = "connect it in Architect or delete it; flowsim ignores it";
                self.reader.warn(list[index].span, message, help);
            }
        }
    }
}

/// Reads an action without its outputs.
pub(super) fn action(
    node: &Node<'_>,
    kind: fn(&str) -> Text,
    reader: &mut Reader<'_, '_>,
) -> Action {
    let class = node.get("__type").filter(|class| class.as_str().is_some());
    if class.is_none() {
        let message = "an action needs a `__type`, a string".into();
        reader.invalid(node.span, message, "export the flow again");
    }
    let name = class.and_then(Node::as_str).unwrap_or_default();
    Action {
        key: text_of(node, "id"),
        tracking_id: tracking_id(node),
        name: text_of(node, "name"),
        kind: Spanned { value: kind(name), span: class.map_or(node.span, |it| it.span) },
        settings: settings::read(node, name, reader),
        outputs: Vec::new(),
        span: node.span,
    }
}

fn tracking_id(node: &Node<'_>) -> Option<i64> {
    match &node.get("trackingId")?.kind {
        Kind::Number(number) => number.parse().ok(),
        _ => None,
    }
}
