//! `UNKNOWN_FLOW`: a call of a common module that is not loaded. It is a note, because a
//! flow may be checked without its modules. It is a warning if a module with a similar
//! name is loaded.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::ArchitectFlow;
use crate::flow::called_flow::{CalledFlow, called_module};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;

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
        let Some(CalledFlow { name, span, .. }) = called_module(action) else { return };
        if modules.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return;
        }
        report.at(Code::UNKNOWN_FLOW, action.title(), span, |diagnostic| {
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
