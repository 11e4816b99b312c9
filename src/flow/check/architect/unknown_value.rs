//! `UNKNOWN_VALUE`: a setting with a word that Architect does not know for it. It is an
//! error if the word is similar to a known one. Otherwise it is a warning, because
//! Genesys adds words.

use crate::diagnostic::{Code, Diagnostic, Severity, nearest};
use crate::flow::architect::{ArchitectFlow, Setting};
use crate::flow::check::report::{Report, names};
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::{ERROR_HANDLINGS, SettingForm};
use crate::flow::place::{self, Place};
use crate::flow::required_type::setting_at;
use crate::source::Span;
use crate::value::{Json, Text};

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
        check(None, name, name.span.unwrap_or(setting.span), ERROR_HANDLINGS);
    }
    let languages: Vec<&str> = flow.languages.iter().map(Text::as_str).collect();
    place::each(flow, &mut |place| {
        let Setting::Literal(Json::String(word)) = &place.setting.value else { return };
        if let Some(known) = words_at(place, &languages) {
            check(place.title(), word, place.setting.span, known);
        }
    });
}

/// Returns the possible words of a place, if they are known. A Set Language action has
/// the languages of the flow; one without a similar language is not reported, because
/// Genesys Cloud accepts it.
fn words_at<'w>(
    place: &Place<'_, '_>,
    languages: &'w [&'w str],
) -> Option<&'w [&'w str]> {
    if place.path == ["languageValue"] {
        let tag = place.setting.value.text()?;
        return nearest(tag, languages.iter().copied()).map(|_| languages);
    }
    match setting_at(place)?.form {
        SettingForm::Word(known) => Some(known),
        _ => None,
    }
}
