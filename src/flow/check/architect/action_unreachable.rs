//! `UNREACHABLE_NODE`: an action after one at which the flow never continues.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow};
use crate::flow::check::report::Report;
use crate::flow::kinds::{ActionSpec, Operation};
use crate::source::nested;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    for unit in &flow.units {
        in_list(&unit.actions, report);
        for choice in &unit.choices {
            in_list(std::slice::from_ref(&choice.action), report);
        }
    }
}

/// Checks a list of actions. Returns whether the flow never continues after it. Recurses
/// with the nesting of the actions.
fn in_list(actions: &[Action], report: &mut Report<'_>) -> bool {
    let mut last: Option<&Action> = None;
    let mut is_reported = false;
    for action in actions {
        if let Some(last) = last.filter(|_| !is_reported) {
            report.at(
                Code::UNREACHABLE_NODE,
                action.title(),
                action.kind.span,
                |diagnostic| {
                    let message = format!(
                        "`{}` is never run: the flow does not continue after `{}`",
                        action.title(),
                        last.title()
                    );
                    let help = "move it before that action, or delete it";
                    Diagnostic { message, ..diagnostic }.naming_node().help(help)
                },
            );
            is_reported = true;
        }
        let ends_here = is_final(action, report);
        if ends_here && last.is_none() {
            last = Some(action);
        }
    }
    last.is_some()
}

/// Whether the flow never continues after an action. This is true of an action all of
/// whose outputs end the flow. For a decision and a switch, all necessary outputs are
/// known.
fn is_final(action: &Action, report: &mut Report<'_>) -> bool {
    let mut are_final = true;
    for output in &action.outputs {
        are_final &= nested(|| in_list(&output.actions, report));
    }
    let has = |label: &str| action.outputs.iter().any(|output| output.label == label);
    match action.operation() {
        Some(Operation::Decision) => are_final && has("yes") && has("no"),
        Some(Operation::Switch) => are_final && has("default"),
        // Transfers are not included: the flow continues if a transfer fails.
        _ => action.spec().is_some_and(ActionSpec::ends),
    }
}
