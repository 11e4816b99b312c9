//! `UNKNOWN_FLOW`: a call of a common module that is not loaded. It is a note, because a
//! flow may be checked without its modules. It is a warning if a module with a similar
//! name is loaded.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Setting};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::Operation;
use crate::flow::model::Spanned;
use crate::value::Json;

pub(super) fn find(
    flow: &ArchitectFlow,
    flows: &[ArchitectFlow],
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    let modules: Vec<&str> = flows
        .iter()
        .filter(|flow| flow.is_module())
        .map(|flow| flow.name.value.as_str())
        .collect();
    flow.each_action(&mut |_, action| {
        let Some((name, place)) = called(action) else { return };
        if modules.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return;
        }
        report.at(Code::UNKNOWN_FLOW, action.title(), place.span, |diagnostic| {
            let near = spelling.nearest(name, modules.len(), modules.iter().copied());
            let (severity, help) = match near {
                Some(near) => (Severity::Warning, format!("did you mean `{near}`?")),
                None => (Severity::Note, "pass its file too to check both".into()),
            };
            let message = format!("the common module `{name}` is not loaded");
            Diagnostic { message, severity, ..diagnostic }.help(help)
        });
    });
}

/// Returns the name of the common module that an action calls, and its position: a value,
/// or the key of a group of settings.
pub(super) fn called(action: &Action) -> Option<(&str, &Spanned<Setting>)> {
    if action.operation() != Some(Operation::CallCommonModule) {
        return None;
    }
    let place = action.settings.get("commonModule")?;
    match &place.value {
        Setting::Literal(Json::String(name)) => Some((name, place)),
        Setting::Group(modules) => {
            let (name, place) = modules.entries.first()?;
            Some((name, place))
        }
        _ => None,
    }
}
