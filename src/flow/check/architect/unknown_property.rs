//! `UNKNOWN_PROPERTY`: a setting that its flow, unit or action does not have, and a value
//! whose form does not exist.

use crate::diagnostic::{Code, Diagnostic, Severity, is_typo_of};
use crate::flow::architect::Setting;
use crate::flow::check::report::{Report, names};
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::{self, NameLookup, WRAPPERS};
use crate::flow::place::{Owner, Place};
use crate::flow::property::unknown;
use crate::source::Span;
use crate::value::{Json, Text};

pub(super) fn find(place: &Place<'_, '_>, spelling: &Spelling, report: &mut Report<'_>) {
    let Some(span) = place.name else { return };
    let (found, is_open) = match place.owner {
        Owner::Flow => (kinds::flow_name(place.path), kinds::is_open(place.path)),
        Owner::Unit => (kinds::unit_name(place.path), kinds::is_open(place.path)),
        Owner::Action(action) => {
            let Some(kind) = action.spec() else { return };
            (kind.name_at(place.path), kind.is_open)
        }
        Owner::Case(_) | Owner::Variable(_) => (NameLookup::InValue, false),
    };
    match found {
        NameLookup::Known => {}
        NameLookup::InValue => of_value(place, span, spelling, report),
        NameLookup::Unknown(known) => {
            of_settings(place, (span, is_open), &known, spelling, report);
        }
    }
}

/// Reports an unknown name. If the place may have other settings, a name is reported only
/// if it is certainly a misspelt known one, and as a warning.
fn of_settings(
    place: &Place<'_, '_>,
    (span, is_open): (Span, bool),
    known: &[Text],
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    let Some(name) = place.path.last() else { return };
    let near = spelling.nearest(name, known.len(), known.iter().map(Text::as_str));
    if is_open && !near.is_some_and(|near| is_typo_of(name, near)) {
        return;
    }
    report.add(Code::UNKNOWN_PROPERTY, |code| {
        let mut diagnostic = unknown(&owner(place), name, span, near);
        if is_open {
            diagnostic.severity = code.severity();
        }
        owned(place, diagnostic)
    });
}

/// Reports a key of a value that is not the key of a wrapper. Such a value is NOT_SET.
fn of_value(
    place: &Place<'_, '_>,
    span: Span,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    let Some(name) = place.path.last().filter(|name| !WRAPPERS.contains(name)) else {
        return;
    };
    report.add(Code::UNKNOWN_PROPERTY, |code| {
        let message = format!("a value has no form `{name}`");
        let near = spelling.nearest(name, WRAPPERS.len(), WRAPPERS.iter().copied());
        let help = match near {
            // In braces, a comma ends a string without quotes.
            None if place.setting.value == Setting::Literal(Json::Null) => {
                "put the text in quotes if it contains a comma".into()
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", names(WRAPPERS.iter().copied())),
        };
        let diagnostic = Diagnostic::new(code, message).at(span).help(help);
        owned(place, Diagnostic { severity: Severity::Error, ..diagnostic })
    });
}

/// Returns the subject of the message: the enclosing setting, or the owner.
fn owner(place: &Place<'_, '_>) -> String {
    match (place.path, place.owner, place.unit) {
        ([.., enclosing, _], ..) => format!("`{enclosing}`"),
        (_, Owner::Action(action), _) => format!("`{}`", action.kind.value),
        (_, Owner::Unit, Some(unit)) => format!("a {}", unit.kind.name()),
        _ => "a flow".into(),
    }
}

fn owned(place: &Place<'_, '_>, diagnostic: Diagnostic) -> Diagnostic {
    match place.title() {
        Some(title) => diagnostic.node(title),
        None => diagnostic,
    }
}
