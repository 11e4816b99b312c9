//! Data that only one side has, and nodes that only have another name.

use super::align::Row;
use super::report::Renamed;
use super::rules::Rules;
use crate::trace::observation::{AttributeKind, Observation};

/// Returns the kinds of data that were not compared because one side does not have them,
/// in a fixed order.
pub(super) fn unchecked(
    recorded: &Observation,
    local: &Observation,
    rules: &Rules,
) -> Vec<&'static str> {
    let mut unchecked = Vec::new();
    let mut add = |is_unchecked: bool, name| {
        if is_unchecked {
            unchecked.push(name);
        }
    };
    let has_paths = |side: &Observation| side.steps.iter().any(|it| it.path.is_some());
    add(has_paths(recorded) != has_paths(local), "output paths");
    for kind in AttributeKind::ALL {
        let has = |side: &Observation| {
            side.steps.iter().any(|step| step.of(kind).next().is_some())
        };
        let is_hidden = recorded.known.has(kind) != local.known.has(kind);
        add(is_hidden && (has(recorded) || has(local)), name(kind));
    }
    add(has_silent_menus(recorded, local), "prompts of menus");
    add(recorded.is_truncated || local.is_truncated, "end of the call");
    add(recorded.variables.is_some() != local.variables.is_some(), "final variables");
    let knows_errors = recorded.knows_error && local.knows_error;
    add(recorded.status.is_some() != local.status.is_some(), "status");
    add(recorded.status.is_some() && !knows_errors, "error of the call");
    let has_times =
        |side: &Observation| side.steps.iter().any(|step| step.start_ms.is_some());
    let have_times = has_times(recorded) && has_times(local);
    // Without a tolerance, times are not compared on purpose.
    add(rules.time_ms.is_some() && !have_times, "times");
    unchecked
}

/// Returns whether a menu ran and a side does not show its prompts: documents do not
/// contain them.
fn has_silent_menus(recorded: &Observation, local: &Observation) -> bool {
    let knows = |side: &Observation| side.known.has(AttributeKind::Prompt);
    let is_silent = |side: &Observation| {
        let mut menus = side.steps.iter().filter(|step| step.kind == "startedMenu");
        menus.any(|menu| menu.of(AttributeKind::Prompt).next().is_none())
    };
    knows(recorded) && knows(local) && (is_silent(recorded) || is_silent(local))
}

fn name(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Start => "initial variables",
        AttributeKind::Read => "operands of conditions",
        AttributeKind::Input => "inputs of actions",
        AttributeKind::Prompt => "prompts",
        AttributeKind::Caller => "caller input",
        AttributeKind::Answer => "answers",
        AttributeKind::Output => "outputs of actions",
        AttributeKind::Set => "assigned variables",
        AttributeKind::Routing => "routing",
        AttributeKind::Error => "errors of actions",
        AttributeKind::End => "ends of flows",
    }
}

/// Returns the pairs of steps with different ids, each pair of ids once.
pub(super) fn renamed(
    recorded: &Observation,
    local: &Observation,
    rows: &[Row],
) -> Vec<Renamed> {
    let mut renamed: Vec<Renamed> = Vec::new();
    for row in rows {
        let (Some(one), Some(two)) = (row.recorded, row.local) else { continue };
        let (Some(one), Some(two)) = (recorded.steps.get(one), local.steps.get(two))
        else {
            continue;
        };
        if !row.is_renamed {
            continue;
        }
        let id = |id: &Option<crate::value::Text>| {
            id.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        let pair = Renamed { recorded: id(&one.id), local: id(&two.id) };
        if !renamed.contains(&pair) {
            renamed.push(pair);
        }
    }
    renamed
}
