//! `OPEN_PATH`: a path of a task or state that ends without a closing action. *Source:
//! Genesys' help on the task editor: a task or state must have a closing action.*

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::kinds::{FlowKind, Operation};
use crate::source::nested;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    for unit in flow.units.iter().filter(|unit| needs_end(flow, unit)) {
        let Some(last) = open_end(&unit.actions) else { continue };
        let (name, span) = (last.title(), last.kind.span);
        report.at(Code::OPEN_PATH, name, span, |diagnostic| {
            let kind = unit.kind.name();
            let message = format!(
                "the {kind} `{}` can end here without a closing action",
                unit.name
            );
            let help = match (unit.kind, flow.flow_kind()) {
                (UnitKind::State, _) => {
                    "end the path with `changeState` or an end of the flow"
                }
                (_, FlowKind::Call | FlowKind::InQueue) => {
                    "end the path with `disconnect`, `endTask`, a jump or a transfer"
                }
                _ => "end the path with `endTask`, a jump or an end of the flow",
            };
            Diagnostic { message, ..diagnostic }.help(help)
        });
    }
}

/// The type of flows whose states may be open: the state then waits for the next message.
/// *Source: published flows.*
const MESSAGES: &str = "inboundShortMessage";

/// Whether Architect requires a closing action. The start-up task of an in-queue flow
/// repeats, and a unit without actions is not complete yet.
fn needs_end(flow: &ArchitectFlow, unit: &Unit) -> bool {
    let is_start = || {
        let start = flow.start.as_ref().and_then(|start| start.unit.as_ref());
        start == Some(&unit.key)
    };
    let repeats = flow.flow_kind() == FlowKind::InQueue && is_start();
    let waits =
        unit.kind == UnitKind::State && flow.flow_type.eq_ignore_ascii_case(MESSAGES);
    matches!(unit.kind, UnitKind::Task | UnitKind::State)
        && !unit.actions.is_empty()
        && !repeats
        && !waits
}

/// Outputs of questions that an author switches on.
const OPTIONAL: [&str; 4] = ["knowledge", "maxNoInputs", "maxNoMatches", "noIntent"];

/// Returns the last action of the first path that ends without a closing action; `None`
/// if every path is closed.
fn open_end(actions: &[Action]) -> Option<&Action> {
    let mut open = None;
    for action in actions {
        open = Some(nested(|| open_end_of(action))?);
    }
    open
}

/// Returns the last action of a path through an action that continues after the action.
fn open_end_of(action: &Action) -> Option<&Action> {
    let kind = action.spec()?;
    if kind.ends() {
        return None;
    }
    let all_outputs: &[&str] = match action.operation() {
        Some(Operation::Switch) => &["default"],
        Some(Operation::CallTask) => return Some(action),
        // A loop continues after its last round, whatever its body does.
        _ if kind.outputs.contains(&"loop") => return Some(action),
        _ => kind.outputs,
    };
    let written = |label: &str| {
        action.outputs.iter().any(|output| output.label.eq_ignore_ascii_case(label))
    };
    // An output of a question that is not switched on is never taken.
    let is_optional = |label: &str| {
        matches!(action.operation(), Some(Operation::Ask(_))) && OPTIONAL.contains(&label)
    };
    let mut taken = all_outputs.iter().filter(|label| !is_optional(label));
    if action.outputs.is_empty()
        || all_outputs.is_empty()
        || !taken.all(|label| written(label))
    {
        return Some(action);
    }
    action.outputs.iter().find_map(|output| match output.actions.as_slice() {
        [] => Some(action),
        actions => open_end(actions),
    })
}
