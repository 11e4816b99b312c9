//! `UNAVAILABLE_ACTION`: `loopExit` or `loopNext` outside of a loop, and `endTask` outside
//! of a task.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::kinds::{LOOP_BODY, Operation};
use crate::source::nested;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    for unit in &flow.units {
        of_actions(&unit.actions, unit, false, report);
        for choice in &unit.choices {
            of_actions(std::slice::from_ref(&choice.action), unit, false, report);
        }
    }
}

fn of_actions(
    actions: &[Action],
    unit: &Unit,
    is_in_loop: bool,
    report: &mut Report<'_>,
) {
    for action in actions {
        let problem = match action.operation() {
            Some(Operation::LoopExit | Operation::LoopNext) if !is_in_loop => {
                Some(("a loop", "move it to the output `loop` of a loop"))
            }
            Some(Operation::EndTask) if unit.kind == UnitKind::State => {
                Some(("a task", "write `endState`, or move it to a task"))
            }
            _ => None,
        };
        if let Some((place, help)) = problem {
            let span = action.kind.span;
            report.at(Code::UNAVAILABLE_ACTION, action.title(), span, |diagnostic| {
                let message = format!("`{}` is outside of {place}", action.kind.value);
                Diagnostic { message, ..diagnostic }.help(help)
            });
        }
        let repeats = action.operation().is_some_and(Operation::repeats);
        for output in &action.outputs {
            let is_body = repeats && output.label.eq_ignore_ascii_case(LOOP_BODY);
            nested(|| of_actions(&output.actions, unit, is_in_loop || is_body, report));
        }
    }
}
