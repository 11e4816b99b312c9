//! `UNKNOWN_OUTPUT`: an output of a task that the task does not declare, where the task is
//! called and where it ends; and an output of an action that its kind does not have.

use super::callee::Tasks;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Output, Setting, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::kind_of;
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
    flow.each_action(&mut |_, action| of_kind(action, spelling, report));
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
                None => declare(declared()),
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

/// Outputs that actions of this kind never take. It is an error if one is almost an output
/// that there is; Genesys adds outputs, so that any other is a warning.
fn of_kind(action: &Action, spelling: &Spelling, report: &mut Report<'_>) {
    let kind = kind_of(&action.kind.value).filter(|it| !it.has_outputs_of_authors());
    let Some(kind) = kind else { return };
    let known = || kind.outputs.iter().copied();
    let is_known =
        |output: &Output| known().any(|it| output.label.eq_ignore_ascii_case(it));
    // What an export has, Architect has written.
    let unknown = action.outputs.iter().filter(|it| it.key.is_none() && !is_known(it));
    for output in unknown {
        let label = &output.label;
        report.at(Code::UNKNOWN_OUTPUT, action.title(), output.span, |diagnostic| {
            let message = format!("an action `{}` has no output `{label}`", kind.name);
            let (severity, help) =
                match spelling.nearest(label, kind.outputs.len(), known()) {
                    Some(near) => (Severity::Error, format!("did you mean `{near}`?")),
                    None => (Severity::Warning, never_run(kind.outputs)),
                };
            Diagnostic { message, severity, ..diagnostic }.help(help)
        });
    }
}

/// How many outputs of a task are named.
const MOST: usize = 10;

fn declare<'n>(declared: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<String> =
        declared.take(MOST).map(|name| format!("`{name}`")).collect();
    names.push(format!("`{DEFAULT}`"));
    format!("declare it in `outputPaths` of the task, which has {}", names.join(", "))
}

fn never_run(outputs: &[&str]) -> String {
    let names: Vec<String> = outputs.iter().map(|name| format!("`{name}`")).collect();
    let there = match names.as_slice() {
        [] => "such an action has none".into(),
        names => format!("such an action has {}", names.join(", ")),
    };
    format!("what stands there is never run; {there}")
}

/// The output that the end of a task takes.
fn taken(action: &Action) -> Option<(&str, Span)> {
    let name = action.settings.get("outputPath")?.value.group()?.get("name")?;
    match &name.value {
        Setting::Literal(Json::String(text)) => Some((text, name.span)),
        _ => None,
    }
}
