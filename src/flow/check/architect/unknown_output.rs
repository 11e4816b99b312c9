//! `UNKNOWN_OUTPUT`: an output that a task does not declare, in a call of the task or at
//! its end; and an output that the kind of an action does not have.

use super::callee::Tasks;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Output, Setting, Unit, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::Operation;
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
    let mut check = |action: &Action, task: &Unit, name: &str, span: Span| {
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
    flow.each_action(&mut |unit, action| match action.operation() {
        Some(Operation::CallTask) => {
            let Some(task) = tasks.called(action) else { return };
            for output in &action.outputs {
                check(action, task.unit, &output.label, output.span);
            }
        }
        // A task in a choice of a menu declares its outputs there.
        Some(Operation::EndTask) if unit.kind == UnitKind::Task => {
            if let Some((name, span)) = taken(action) {
                check(action, unit, name, span);
            }
        }
        _ => {}
    });
}

/// Reports outputs that actions of this kind never take. It is an error if the name is
/// similar to a known output. Otherwise it is a warning, because Genesys adds outputs.
fn of_kind(action: &Action, spelling: &Spelling, report: &mut Report<'_>) {
    let kind = action.spec().filter(|it| !it.has_author_outputs());
    let Some(kind) = kind else { return };
    let known = || kind.outputs.iter().copied();
    let is_known =
        |output: &Output| known().any(|it| output.label.eq_ignore_ascii_case(it));
    // The outputs in an export were written by Architect.
    let unknown = action.outputs.iter().filter(|it| it.key.is_none() && !is_known(it));
    for output in unknown {
        let label = &output.label;
        report.at(Code::UNKNOWN_OUTPUT, action.title(), output.span, |diagnostic| {
            let message = format!("the action `{}` has no output `{label}`", kind.name);
            let (severity, help) =
                match spelling.nearest(label, kind.outputs.len(), known()) {
                    Some(near) => (Severity::Error, format!("did you mean `{near}`?")),
                    None => (Severity::Warning, never_run(kind.outputs)),
                };
            Diagnostic { message, severity, ..diagnostic }.help(help)
        });
    }
}

/// The largest number of outputs of a task that are named.
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
        [] => "this kind of action has no outputs".into(),
        names => format!("this kind of action has {}", names.join(", ")),
    };
    format!("remove it, because its actions are never run; {there}")
}

/// Returns the output that ends a task.
fn taken(action: &Action) -> Option<(&str, Span)> {
    let name = action.settings.get("outputPath")?.value.group()?.get("name")?;
    match &name.value {
        Setting::Literal(Json::String(text)) => Some((text, name.span)),
        _ => None,
    }
}
