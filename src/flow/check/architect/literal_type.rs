//! `WRONG_TYPE`: a literal, text to speech or prompt that is not a value of the required
//! type; a result that is not assigned to a variable; and the name of a variable in the
//! place of a literal.

use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Severity, is_typo_of};
use crate::flow::architect::Setting;
use crate::flow::check::report::Report;
use crate::flow::kinds::{SettingForm, SettingSpec};
use crate::flow::literal::{names_object, problem};
use crate::flow::place::{Owner, Place};
use crate::value::{Json, Kind, Type};

/// Checks a value with its entry of the table of kinds and its required type.
pub(super) fn find(
    place: &Place<'_, '_>,
    scope: &Scope<'_>,
    (setting, needed): (Option<&SettingSpec>, Option<Type>),
    report: &mut Report<'_>,
) {
    let form = setting.map(|setting| setting.form);
    let found = match form {
        Some(SettingForm::Result(_)) => result(place),
        _ => variable(place, form, needed, scope)
            .or_else(|| object(place, setting, needed))
            .or_else(|| value(place, needed?)),
    };
    let Some((severity, message, help)) = found else { return };
    report.add(Code::WRONG_TYPE, |code| {
        let diagnostic = Diagnostic::new(code, message).at(place.setting.span).help(help);
        let diagnostic = Diagnostic { severity, ..diagnostic };
        match place.title() {
            Some(title) => diagnostic.node(title),
            None => diagnostic,
        }
    });
}

/// A severity, a message and help.
type Finding = (Severity, String, String);

/// Checks a setting with a result. Names in an export are not written by an author.
fn result(place: &Place<'_, '_>) -> Option<Finding> {
    place.name?;
    let written = match &place.setting.value {
        Setting::Literal(Json::String(text)) => text,
        Setting::Expression(text, _) => text,
        _ => return None,
    };
    let name = place.path.last()?;
    let message = format!("`{name}` receives a result and must be a variable");
    Some((Severity::Error, message, format!("write `{{var: {written}}}`")))
}

/// Checks for the name of a variable in the place of a literal: `{lit: Flow.x}`. In a
/// place for a string it may be intended.
fn variable(
    place: &Place<'_, '_>,
    form: Option<SettingForm>,
    needed: Option<Type>,
    scope: &Scope<'_>,
) -> Option<Finding> {
    let Setting::Literal(Json::String(text)) = &place.setting.value else { return None };
    let is_value = matches!(
        form,
        Some(SettingForm::Any | SettingForm::Value(_) | SettingForm::Statement)
    );
    let is_value = is_value || matches!(place.owner, Owner::Case(_) | Owner::Variable(_));
    scope.declared(text).filter(|_| is_value)?;
    let is_text = needed.is_none_or(|it| matches!(it.kind, Kind::String | Kind::Any));
    let severity = if is_text { Severity::Warning } else { Severity::Error };
    let message = format!("`{text}` is a variable, but is written as a literal");
    Some((severity, message, format!("write `{{exp: {text}}}`")))
}

/// Checks a literal that names an object of the organisation: `{lit: {name: Support}}`.
fn object(
    place: &Place<'_, '_>,
    setting: Option<&SettingSpec>,
    needed: Option<Type>,
) -> Option<Finding> {
    if setting.is_some_and(|setting| setting.form == SettingForm::Any) {
        return misspelt_name(place);
    }
    let of_setting = setting.and_then(SettingSpec::object);
    let kind = of_setting.or(needed.map(|needed| needed.kind))?;
    let Setting::Literal(Json::Object(literal)) = &place.setting.value else {
        return None;
    };
    let is_named = literal.get("name").is_some() || literal.get("id").is_some();
    if !names_object(kind) || is_named || literal.is_empty() {
        return None;
    }
    let message = format!("a literal {} needs the key `name`", kind.name());
    Some((Severity::Error, message, "write `{lit: {name: …}}`".into()))
}

/// Checks a literal of an unknown type whose only key is probably `name`. Inputs may be
/// any objects.
fn misspelt_name(place: &Place<'_, '_>) -> Option<Finding> {
    let Setting::Literal(Json::Object(literal)) = &place.setting.value else {
        return None;
    };
    let (only, value) = literal.iter().next().filter(|_| literal.len() == 1)?;
    let is_name = only == "name" || !matches!(value, Json::String(_));
    if is_name || place.path.contains(&"inputs") || !is_typo_of(only, "name") {
        return None;
    }
    let message = format!("a literal with the key `{only}` names nothing");
    Some((Severity::Error, message, "did you mean `name`?".into()))
}

/// Checks a value whose type is known.
fn value(place: &Place<'_, '_>, needed: Type) -> Option<Finding> {
    let literal = match &place.setting.value {
        Setting::Literal(literal) => literal,
        Setting::Speech(_) if !speaks(needed) => {
            return Some(other_form("text to speech", needed));
        }
        Setting::Prompt(_) if !speaks(needed) => {
            return Some(other_form("a prompt", needed));
        }
        _ => return None,
    };
    let is_number = matches!(literal, Json::Integer(_) | Json::Decimal(_));
    if needed == Type::one(Kind::Duration) && is_number && place.name.is_some() {
        let message = "a duration needs a unit, found a number".into();
        return Some((Severity::Error, message, "write `{lit: {seconds: 5}}`".into()));
    }
    let message = problem(literal, needed)?;
    let help = match (needed.kind, literal) {
        (Kind::Duration, _) if !needed.is_collection => {
            "write `{lit: {seconds: 5}}`, with `ms`, `seconds`, `minutes`, `hours` or `days`"
        }
        (_, Json::String(_)) => "write `{exp: …}` if the text is an expression",
        _ => "write a value of this type",
    };
    Some((Severity::Error, message, help.into()))
}

/// Whether a value of this type can be text to speech or a prompt.
fn speaks(needed: Type) -> bool {
    matches!(
        needed.kind,
        Kind::Any
            | Kind::Audio
            | Kind::Prompt
            | Kind::PromptOrAudio
            | Kind::String
            | Kind::Communication
    )
}

fn other_form(found: &str, needed: Type) -> Finding {
    let message = format!("expected a value of the type {needed}, found {found}");
    let help = "write the value as `{lit: …}` or `{exp: …}`";
    (Severity::Error, message, help.into())
}
