//! `UNKNOWN_OUTPUT`: an output of a task that the task does not declare, where the task is
//! called and where it ends.

use super::callee::Tasks;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::source::Span;
use crate::value::Json;

/// The output that every task has.
const DEFAULT: &str = "default";

pub(super) fn find(
    flow: &ArchitectFlow,
    tasks: &Tasks<'_>,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    let mut tell = |action: &Action, task: &Unit, name: &str, span: Span| {
        let declared = || task.output_paths.iter().map(|output| output.value.as_str());
        if name.eq_ignore_ascii_case(DEFAULT)
            || declared().any(|known| known.eq_ignore_ascii_case(name))
        {
            return;
        }
        report.at(Code::UNKNOWN_OUTPUT, action.title(), span, |diagnostic| {
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
            let Some(task) = tasks.called(action) else { return };
            for output in &action.outputs {
                tell(action, task.unit, &output.label, output.span);
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

/// The output that the end of a task takes.
fn taken(action: &Action) -> Option<(&str, Span)> {
    let name = action.settings.get("outputPath")?.value.group()?.get("name")?;
    match &name.value {
        Setting::Literal(Json::String(text)) => Some((text, name.span)),
        _ => None,
    }
}
