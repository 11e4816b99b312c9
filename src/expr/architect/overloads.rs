//! Overload resolution: selects the overload of a function that fits the given arguments.

use crate::value::{Kind, Type};

use super::casts;
use super::signature::{Function, Overload, Parameter};
use super::typed::{Typed, TypedForm};

/// A fitting overload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) overload: &'static Overload,
    /// The kind that `Any` represents in this call.
    pub(super) common: Kind,
    /// Whether an argument for `Any` has an unknown type.
    is_unknown: bool,
    cost: u32,
}

/// The cost of giving NOT_SET the type of the parameter. Parameters that allow NOT_SET
/// are preferred.
const NOT_SET_ALLOWED: u32 = 1;
const NOT_SET_REFUSED: u32 = 8;
/// The cost of converting a value.
const CAST: u32 = 64;

/// Returns the overload that needs the fewest conversions, or the first of several.
pub(super) fn resolve(function: &'static Function, given: &[Typed]) -> Option<Fit> {
    let mut best: Option<Fit> = None;
    for overload in function.overloads {
        if let Some(fit) = fit(overload, given)
            && (fit.cost < CAST || converts(function, given))
            && best.is_none_or(|best| fit.cost < best.cost)
        {
            best = Some(fit);
            if fit.cost == 0 {
                break;
            }
        }
    }
    best
}

/// Whether the arguments of a function may be converted. Unless all results of a function
/// are Audio or Communication, other values must not become Audio just because nothing
/// else fits: `5 + true` is an error.
fn converts(function: &Function, given: &[Typed]) -> bool {
    let is_audible = |kind: Kind| matches!(kind, Kind::Audio | Kind::Communication);
    let is_audio_argument = |given: &Typed| {
        is_audible(given.value_type.kind) || given.value_type.kind == Kind::Prompt
    };
    function.overloads.iter().all(|overload| is_audible(overload.returns.kind))
        || given.iter().any(is_audio_argument)
}

/// The type that an argument must have in a fitting call.
pub(super) fn wanted(fit: &Fit, place: usize) -> Option<(&'static Parameter, Type)> {
    let parameter = parameter_at(fit.overload, place)?;
    let kind = if parameter.wanted.kind == Kind::Any {
        fit.common
    } else {
        parameter.wanted.kind
    };
    Some((parameter, Type { kind, ..parameter.wanted }))
}

/// The type of the result of a fitting call.
pub(super) fn result(fit: &Fit) -> Type {
    let returns = fit.overload.returns;
    match returns.kind {
        Kind::Any if fit.is_unknown && fit.common == Kind::NotSet => Type::ANY,
        Kind::Any => Type { kind: fit.common, ..returns },
        _ => returns,
    }
}

/// Whether a function takes arguments of these types without conversion.
pub(super) fn accepts(function: &'static Function, given: &[Type]) -> bool {
    let typed = |given: &Type| Typed::new(TypedForm::Unknown, *given, (0, 0));
    let given: Vec<Typed> = given.iter().map(typed).collect();
    resolve(function, &given).is_some_and(|fit| fit.cost < NOT_SET_REFUSED)
}

/// Whether a function takes one argument of this type without conversion.
pub(super) fn takes(function: &Function, given: Type) -> bool {
    function.overloads.iter().any(|overload| match overload.parameters {
        [only] if only.wanted.kind == Kind::Any => {
            only.wanted.is_collection == given.is_collection && given.kind != Kind::Audio
        }
        [only] => only.wanted == given,
        _ => false,
    })
}

fn parameter_at(overload: &'static Overload, place: usize) -> Option<&'static Parameter> {
    let last = overload.parameters.last().filter(|last| last.is_repeatable);
    overload.parameters.get(place).or(last)
}

fn fit(overload: &'static Overload, given: &[Typed]) -> Option<Fit> {
    let parameters = overload.parameters;
    let is_repeatable = parameters.last().is_some_and(|last| last.is_repeatable);
    if given.len() < parameters.len() || given.len() > parameters.len() && !is_repeatable
    {
        return None;
    }
    let mut fit = Fit { overload, common: Kind::NotSet, is_unknown: false, cost: 0 };
    for (place, given) in given.iter().map(|given| given.value_type).enumerate() {
        let parameter = parameter_at(overload, place)?;
        fit.cost += match parameter.wanted.kind {
            _ if parameter.accepts_any_value => 0,
            Kind::Any if given == Type::ANY => {
                fit.is_unknown = true;
                0
            }
            Kind::Any => fit_any(&mut fit.common, parameter, given)?,
            _ => fit_kind(parameter, given)?,
        };
    }
    Some(fit)
}

/// The cost of passing a value to an `Any` parameter. All `Any` parameters of a call take
/// the same type. Audio is excluded, as in the catalogue.
fn fit_any(common: &mut Kind, parameter: &Parameter, given: Type) -> Option<u32> {
    if given.kind == Kind::NotSet
        && !given.is_collection
        && !parameter.wanted.is_collection
    {
        return Some(not_set(parameter));
    }
    let is_shape = given.is_collection == parameter.wanted.is_collection;
    if !is_shape || given.kind == Kind::Audio {
        return None;
    }
    if *common == Kind::NotSet || given.kind == Kind::NotSet {
        if *common == Kind::NotSet {
            *common = given.kind;
        }
        return Some(0);
    }
    (*common == given.kind).then_some(0)
}

fn fit_kind(parameter: &Parameter, given: Type) -> Option<u32> {
    let wanted = parameter.wanted;
    if given == wanted || given == Type::ANY {
        return Some(0);
    }
    if given == Type::one(Kind::NotSet) && !wanted.is_collection {
        return Some(not_set(parameter));
    }
    // An empty or unset collection without an item type fits every collection.
    if given.kind == Kind::NotSet && given.is_collection && wanted.is_collection {
        return Some(0);
    }
    if wanted == Type::one(Kind::PromptOrAudio) {
        let is_either =
            matches!(given.kind, Kind::Prompt | Kind::Audio) && !given.is_collection;
        return if is_either {
            Some(0)
        } else {
            casts::cast(given, Type::one(Kind::Audio)).map(|_| CAST)
        };
    }
    casts::cast(given, wanted).map(|_| CAST)
}

fn not_set(parameter: &Parameter) -> u32 {
    match parameter {
        Parameter { wanted, .. } if wanted.kind == Kind::NotSet => 0,
        Parameter { allows_not_set: true, .. } => NOT_SET_ALLOWED,
        _ => NOT_SET_REFUSED,
    }
}
