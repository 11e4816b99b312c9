//! `UNKNOWN_OUTPUT`: an output of a task that the task does not declare, where the task is
//! called and where it ends.

use super::title;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::source::Span;
use crate::value::Json;

/// The output that every task has.
const DEFAULT: &str = "default";

pub(super) fn find(flow: &ArchitectFlow, spelling: &Spelling, report: &mut Report<'_>) {
    let mut tell = |action: &Action, task: &Unit, name: &str, span: Span| {
        let declared = || task.output_paths.iter().map(|output| output.value.as_str());
        if name.eq_ignore_ascii_case(DEFAULT)
            || declared().any(|known| known.eq_ignore_ascii_case(name))
        {
            return;
        }
        report.at(Code::UNKNOWN_OUTPUT, title(action), span, |diagnostic| {
            let message = format!("the task `{}` has no output `{name}`", task.name);
            let near = spelling.nearest(name, task.output_paths.len(), declared());
            Diagnostic { message, ..diagnostic }.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare it in `outputPaths` of the task".into(),
            })
        });
    };
    flow.each_action(&mut |unit, action| match action.kind.value.as_str() {
        "callTask" => {
            let Some(task) = called(flow, action) else { return };
            for output in &action.outputs {
                tell(action, task, &output.label, output.span);
            }
        }
        // A task within a choice of a menu declares its outputs there.
        "endTask" if unit.kind == UnitKind::Task => {
            if let Some((name, span)) = taken(action) {
                tell(action, unit, name, span);
            }
        }
        _ => {}
    });
}

/// The task that an action calls.
fn called<'f>(flow: &'f ArchitectFlow, action: &Action) -> Option<&'f Unit> {
    match &action.settings.get("targetTaskRef")?.value {
        Setting::Unit(reference) => flow.unit(reference.unit.as_deref()?),
        _ => None,
    }
}

/// The output that the end of a task takes.
fn taken(action: &Action) -> Option<(&str, Span)> {
    let name = action.settings.get("outputPath")?.value.group()?.get("name")?;
    match &name.value {
        Setting::Literal(Json::String(text)) => Some((text, name.span)),
        _ => None,
    }
}
