//! The required type of a value, where it is certain. *Source: the table of kinds;
//! declarations of variables.*

use super::Spanned;
use super::architect::{Action, Setting, Variable, type_named};
use super::kinds::{self, SettingSpec};
use super::place::{Owner, Place};
use crate::value::{Json, Kind, Type};

/// Returns the type that a value must have, if it is known. `setting` is the
/// [entry](setting_at) of the table of kinds for it.
pub(super) fn required_type(
    place: &Place<'_, '_>,
    setting: Option<&SettingSpec>,
) -> Option<Type> {
    match place.owner {
        Owner::Variable(variable) => Some(of_variable(variable, place.setting)),
        Owner::Case(action) => of_case(action),
        Owner::Action(_) | Owner::Unit | Owner::Flow => setting?.holds(place.path),
    }
}

/// Returns the entry of the table of kinds for a value, if the table contains it.
pub(super) fn setting_at(place: &Place<'_, '_>) -> Option<&'static SettingSpec> {
    match place.owner {
        Owner::Action(action) => action.spec()?.setting(place.path),
        Owner::Unit => kinds::unit_setting(place.path),
        Owner::Flow => kinds::flow_setting(place.path),
        Owner::Case(_) | Owner::Variable(_) => None,
    }
}

/// Returns the type of an initial value, or of one of its items.
fn of_variable(variable: &Variable, setting: &Spanned<Setting>) -> Type {
    let is_whole = variable.initial.as_ref().is_some_and(|it| std::ptr::eq(it, setting));
    match is_whole {
        true => variable.value_type,
        false => Type::one(variable.value_type.kind),
    }
}

/// Returns the type of a case of a switch. A case is a condition, or is compared with the
/// switch's value, whose type is a setting of the switch.
fn of_case(action: &Action) -> Option<Type> {
    match literal(action, "style")? {
        "firstTrue" => Some(Type::one(Kind::Boolean)),
        _ => type_named(literal(action, "type")?),
    }
}

fn literal<'a>(action: &'a Action, name: &str) -> Option<&'a str> {
    match &action.settings.get(name)?.value {
        Setting::Literal(Json::String(text)) => Some(text),
        _ => None,
    }
}
