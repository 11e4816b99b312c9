//! `MISSING_SETTING`: an action without a setting that Architect requires.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Setting};
use crate::flow::check::report::Report;
use crate::source::Span;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    flow.each_action(&mut |_, action| {
        let Some(kind) = action.spec() else { return };
        for names in kind.required() {
            if names.split('|').any(|name| is_set(action, name)) {
                continue;
            }
            let name = names.split('|').next().unwrap_or_default();
            let (title, span) = (action.title(), position(action, names));
            report.at(Code::MISSING_SETTING, title, span, |diagnostic| {
                let message = format!("`{title}` needs `{name}`, which has no value");
                Diagnostic { message, ..diagnostic }
                    .naming_node()
                    .help(format!("set `{name}`; Architect publishes no flow without it"))
            });
        }
    });
}

/// Returns the position of a setting without a value; of the action if it has none.
fn position(action: &Action, names: &str) -> Span {
    let mut written = action.settings.entries.iter();
    let found = written.find(|(name, _)| names.split('|').any(|it| *name == *it));
    found.and_then(|(name, _)| name.span).unwrap_or(action.kind.span)
}

/// Reports choices that a caller cannot take: without a key, words, or the default.
pub(super) fn find_choices(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let choices = flow.units.iter().flat_map(|unit| &unit.choices);
    for choice in choices {
        let action = &choice.action;
        let is_taken = choice.digit.is_some() || choice.is_default;
        if is_taken || is_set(action, "speechRecTerms") || action.spec().is_none() {
            continue;
        }
        let (title, span) = (action.title(), action.kind.span);
        report.at(Code::MISSING_SETTING, title, span, |diagnostic| {
            let message = format!("no key and no words lead to the choice `{title}`");
            let severity = Severity::Warning;
            Diagnostic { message, severity, ..diagnostic }
                .naming_node()
                .help("set `dtmf` or `speechRecTerms`, or remove the choice")
        });
    }
}

fn is_set(action: &Action, name: &str) -> bool {
    let setting = action.settings.get(name).map(|setting| &setting.value);
    setting.is_some_and(|it| !matches!(it, Setting::NoValue | Setting::None))
}
