//! `WRONG_TYPE`: a result of an action whose type differs from the type of the variable
//! that receives it.

use super::scope::Scope;
use super::statement_type::differ;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::Setting;
use crate::flow::check::report::Report;
use crate::flow::kinds::{Operation, QuestionKind, SettingForm, SettingSpec};
use crate::flow::place::Place;
use crate::value::Type;

pub(super) fn find(
    place: &Place<'_, '_>,
    scope: &Scope<'_>,
    setting: Option<&SettingSpec>,
    report: &mut Report<'_>,
) {
    let Some(action) = place.action() else { return };
    let name = match &place.setting.value {
        Setting::Variable(name) => name.as_str(),
        other => other.text().unwrap_or_default(),
    };
    let found = match setting.map(|setting| setting.form) {
        Some(SettingForm::Result(gives)) => result(name, gives, scope),
        _ if action.operation() == Some(Operation::Ask(QuestionKind::Slot)) => {
            slot(place.path, name, scope)
        }
        _ => None,
    };
    let Some((message, help)) = found else { return };
    report.at(Code::WRONG_TYPE, action.title(), place.setting.span, |diagnostic| {
        Diagnostic { message, ..diagnostic }.help(help)
    });
}

fn result(name: &str, gives: Type, scope: &Scope<'_>) -> Option<(String, String)> {
    let holds = scope.declared(name).filter(|holds| differ(*holds, gives))?;
    let message = format!("`{name}` has the type {holds}, but the result is {gives}");
    Some((message, format!("use a variable of the type {gives}")))
}

/// Checks the slot of a question, which receives one value.
fn slot(path: &[&str], name: &str, scope: &Scope<'_>) -> Option<(String, String)> {
    if path.first() != Some(&"slot") || !matches!(path.last(), Some(&"slot" | &"name")) {
        return None;
    }
    let full = match name.contains('.') {
        true => name.to_owned(),
        false => format!("Slot.{name}"),
    };
    let holds = scope.declared(&full).filter(|holds| holds.is_collection)?;
    let message = format!("`{full}` has the type {holds}, but an answer is one value");
    Some((message, "use a slot that is not a collection".into()))
}
