//! Tasks and states, and the variables of units and flows.

use super::menus::{self, Inlined};
use super::reader::{Reader, text_of};
use super::{kinds, sections, sequence, values};
use crate::flow::Spanned;
use crate::flow::architect::{Unit, UnitKind, Variable};
use crate::source::{Kind, Node};
use crate::value::{Text, Type};

/// Reads the units of a flow. Tasks inside menu choices are read with the choice.
pub(super) fn read(
    items: &[Node<'_>],
    inlined: &Inlined<'_, '_>,
    reader: &mut Reader<'_, '_>,
) -> Vec<Unit> {
    let mut units = Vec::new();
    for item in items {
        let id = item.get("id").and_then(Node::as_str);
        if id.is_some_and(|id| inlined.task(id).is_some()) {
            continue;
        }
        reader.enter(id.unwrap_or_default());
        units.extend(unit(item, inlined, reader));
        reader.leave();
    }
    units
}

fn unit(
    item: &Node<'_>,
    inlined: &Inlined<'_, '_>,
    reader: &mut Reader<'_, '_>,
) -> Option<Unit> {
    if !matches!(item.kind, Kind::Object(_)) {
        let message =
            format!("expected a task, menu or state, found {}", item.describe());
        reader.invalid(item.span, message, "");
        return None;
    }
    let kind = kind_of(item, reader);
    let key = key_of(item, reader);
    let choices = match kind {
        UnitKind::Menu => menus::choices(item, inlined, reader),
        _ => Vec::new(),
    };
    Some(Unit {
        name: text_of(item, "name").unwrap_or_else(|| key.clone()),
        key,
        kind,
        variables: variables(item, reader),
        output_paths: output_paths(item),
        actions: sequence::read(item, reader),
        choices,
        settings: sections::of_unit(item),
        span: item.span,
    })
}

fn kind_of(item: &Node<'_>, reader: &mut Reader<'_, '_>) -> UnitKind {
    let class = item.get("__type");
    match class.and_then(Node::as_str) {
        Some("Task" | "LoopTask" | "CommonModuleTask") => UnitKind::Task,
        Some("Menu") => UnitKind::Menu,
        Some("State") => UnitKind::State,
        Some("BotState") => UnitKind::Bot,
        name => {
            let span = class.map_or(item.span, |node| node.span);
            let found = name.unwrap_or("nothing");
            let message = format!("unknown kind of unit `{found}`; it is read as a task");
            let help =
                "units are Task, LoopTask, CommonModuleTask, Menu, State and BotState";
            reader.invalid(span, message, help);
            UnitKind::Task
        }
    }
}

fn key_of(item: &Node<'_>, reader: &mut Reader<'_, '_>) -> Text {
    let id = text_of(item, "id");
    if id.is_none() {
        let message = "a task, menu or state needs an `id`, a string".into();
        reader.invalid(item.span, message, "export the flow again");
    }
    id.or_else(|| text_of(item, "name")).unwrap_or_default()
}

/// Reads the outputs that a task declares, without the default output that every task
/// has.
fn output_paths(item: &Node<'_>) -> Vec<Spanned<Text>> {
    let paths = item.get("paths").map_or(&[][..], Node::items).iter();
    let declared = paths.filter(|path| {
        path.get("outputId").and_then(Node::as_str) != Some("__DEFAULT__")
    });
    let named = declared.filter_map(|path| {
        let label = path.get("label")?;
        Some(Spanned { value: Text::from(label.as_str()?), span: label.span })
    });
    named.collect()
}

/// Reads the variables of a flow or unit.
pub(super) fn variables(owner: &Node<'_>, reader: &mut Reader<'_, '_>) -> Vec<Variable> {
    let variables = owner.get("variables").map_or(&[][..], Node::items);
    variables.iter().filter_map(|node| variable(node, reader)).collect()
}

fn variable(node: &Node<'_>, reader: &mut Reader<'_, '_>) -> Option<Variable> {
    let name = node.get("name").and_then(|name| Some((name.as_str()?, name.span)));
    let Some((name, span)) = name.filter(|(name, _)| !name.is_empty()) else {
        let message = "a variable needs a `name`, a string".into();
        reader.invalid(node.span, message, "");
        return None;
    };
    let is = |key: &str| node.get(key).is_some_and(|it| it.kind == Kind::Boolean(true));
    let initial = node.get("initialValue");
    let holds = holds(node, is("isCollection"));
    if holds.is_none() {
        let class = node.get("__type");
        let found = class.and_then(Node::as_str).unwrap_or("nothing");
        let message = format!("unknown type `{found}` of the variable `{name}`");
        let place = class.map_or(node.span, |class| class.span);
        reader.warn(place, message, "its type is not checked");
    }
    Some(Variable {
        key: text_of(node, "id"),
        name: Spanned { value: Text::from(name), span },
        value_type: holds
            .unwrap_or(Type { is_collection: is("isCollection"), ..Type::ANY }),
        initial: initial.map(values::input),
        is_input: is("isInput"),
        is_output: is("isOutput"),
    })
}

/// Returns the type of a variable: from the type code of its initial value, or else from
/// its class. The code is preferred because some classes are only named "complex".
fn holds(node: &Node<'_>, is_collection: bool) -> Option<Type> {
    let code = node.get("initialValue").and_then(|value| value.get("type"));
    let by_code = code.and_then(Node::as_str).and_then(kinds::type_of);
    let class = node.get("__type").and_then(Node::as_str).unwrap_or_default();
    by_code.or_else(|| kinds::type_of_class(class, is_collection))
}
