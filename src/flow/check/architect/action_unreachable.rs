//! `UNREACHABLE_NODE`: an action behind one that never goes on.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow};
use crate::flow::check::report::Report;
use crate::flow::kinds::{Fate, kind_of};

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    for unit in &flow.units {
        in_list(&unit.actions, report);
        for choice in &unit.choices {
            in_list(std::slice::from_ref(&choice.action), report);
        }
    }
}

/// Looks through a list of actions, and says whether it never goes on behind its end. As
/// deep as the document is nested, which is bounded when it is read.
fn in_list(actions: &[Action], report: &mut Report<'_>) -> bool {
    let mut last: Option<&Action> = None;
    let mut is_told = false;
    for action in actions {
        if let Some(last) = last.filter(|_| !is_told) {
            report.at(
                Code::UNREACHABLE_NODE,
                action.title(),
                action.kind.span,
                |diagnostic| {
                    let message = format!(
                        "`{}` is never run: `{}` before it does not go on",
                        action.title(),
                        last.title()
                    );
                    let help = "move it before that action, or delete it";
                    Diagnostic { message, ..diagnostic }.help(help)
                },
            );
            is_told = true;
        }
        let never_goes_on = is_final(action, report);
        if never_goes_on && last.is_none() {
            last = Some(action);
        }
    }
    last.is_some()
}

/// Whether an action never goes on. One with outputs does not if none of them does; of a
/// decision and a switch it is known which outputs they have to have.
fn is_final(action: &Action, report: &mut Report<'_>) -> bool {
    let mut are_final = true;
    for output in &action.outputs {
        are_final &= in_list(&output.actions, report);
    }
    let has = |label: &str| action.outputs.iter().any(|output| output.label == label);
    match action.kind.value.as_str() {
        "decision" => are_final && has("yes") && has("no"),
        "switch" => are_final && has("default"),
        // A transfer is not among them: the flow goes on when it fails.
        kind => kind_of(kind).is_some_and(|kind| kind.fate == Fate::Ends),
    }
}
