//! `UNKNOWN_ACTION`: an action of an unknown kind. It is an error if the name is similar
//! to a known kind. Otherwise it is a warning, because Genesys adds kinds.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds;

pub(super) fn find(flow: &ArchitectFlow, spelling: &Spelling, report: &mut Report<'_>) {
    let choices = flow.units.iter().flat_map(|unit| &unit.choices);
    let choices: IndexSet<*const Action, FxBuildHasher> =
        choices.map(|choice| &raw const choice.action).collect();
    flow.each_action(&mut |_, action| {
        let kind = action.kind.value.as_str();
        let is_choice = choices.contains(&&raw const *action);
        let is_known = action.spec().is_some_and(|spec| spec.is_choice == is_choice);
        if is_known || is_of_export(kind) {
            return;
        }
        let what = if is_choice { "menu choice" } else { "action" };
        report.at(Code::UNKNOWN_ACTION, action.title(), action.kind.span, |diagnostic| {
            let message = format!("unknown kind of {what}, `{kind}`");
            let near = match is_choice {
                true => {
                    spelling.nearest(kind, kinds::choices().count(), kinds::choices())
                }
                false => {
                    spelling.nearest(kind, kinds::actions().count(), kinds::actions())
                }
            };
            let (severity, help) = match near {
                Some(near) => (Severity::Error, format!("did you mean `{near}`?")),
                None => (Severity::Warning, "check that Archy supports it".into()),
            };
            Diagnostic { message, severity, ..diagnostic }.help(help)
        });
    });
}

/// Whether the kind is a class of Architect's JSON, which is generated and therefore
/// never misspelt.
fn is_of_export(kind: &str) -> bool {
    kind.ends_with("Action") && kind.starts_with(|first: char| first.is_ascii_uppercase())
}
