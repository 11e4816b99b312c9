//! `UNKNOWN_VALUE`: a setting with a word that Architect does not know for it. It is an
//! error if the word is similar to a known one. Otherwise it is a warning, because
//! Genesys adds words.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{ArchitectFlow, Setting};
use crate::flow::check::report::{Report, names};
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::{ERROR_HANDLINGS, words_of};
use crate::source::Span;
use crate::value::Json;

pub(super) fn find(flow: &ArchitectFlow, spelling: &Spelling, report: &mut Report<'_>) {
    let mut check = |node: Option<&str>, found: &str, span: Span, known: &[&str]| {
        if known.iter().any(|word| word.eq_ignore_ascii_case(found)) {
            return;
        }
        report.add(Code::UNKNOWN_VALUE, |code| {
            let message = format!("unknown value `{found}`");
            let near = spelling.nearest(found, known.len(), known.iter().copied());
            let (severity, help) = match near {
                Some(near) => (Severity::Error, format!("did you mean `{near}`?")),
                None => {
                    let known = names(known.iter().copied());
                    (Severity::Warning, format!("known values are {known}"))
                }
            };
            let diagnostic = Diagnostic::new(code, message).at(span).help(help);
            let diagnostic = Diagnostic { severity, ..diagnostic };
            match node {
                Some(node) => diagnostic.node(node),
                None => diagnostic,
            }
        });
    };
    let handling = flow.settings.get("settingsErrorHandling");
    let handling = handling.and_then(|it| it.value.group()?.get("errorHandling"));
    if let Some((name, setting)) =
        handling.and_then(|it| it.value.group()?.entries.first())
    {
        check(None, name, setting.span, ERROR_HANDLINGS);
    }
    flow.each_action(&mut |_, action| {
        for (name, setting) in &action.settings.entries {
            if let Setting::Literal(Json::String(word)) = &setting.value
                && let Some(known) = words_of(&action.kind.value, name)
            {
                check(Some(action.title()), word, setting.span, known);
            }
        }
    });
}
