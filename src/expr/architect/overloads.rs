//! Which overload of a function fits the arguments that are given.

use crate::value::{Kind, Type};

use super::casts;
use super::signature::{Function, Overload, Parameter};
use super::typed::Typed;

/// An overload that fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub(super) overload: &'static Overload,
    /// What `Any` stands for in this call.
    pub(super) common: Kind,
    cost: u32,
}

/// NOT_SET takes the type of the parameter; better one that allows it.
const NOT_SET_ALLOWED: u32 = 1;
const NOT_SET_REFUSED: u32 = 8;
/// A value is converted.
const CAST: u32 = 64;

/// The overload that needs the fewest conversions; the first of those that need as few.
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

/// Whether arguments of a function may be converted. Where a function gives not only audio or
/// communications, what is not meant to be heard must not become audio just because nothing
/// else fits: `5 + true` is a mistake.
fn converts(function: &Function, given: &[Typed]) -> bool {
    let is_audible = |kind: Kind| matches!(kind, Kind::Audio | Kind::Communication);
    let is_meant =
        |given: &Typed| is_audible(given.holds.kind) || given.holds.kind == Kind::Prompt;
    function.overloads.iter().all(|overload| is_audible(overload.returns.kind))
        || given.iter().any(is_meant)
}

/// The type that an argument must have in a call that fits.
pub(super) fn wanted(fit: &Fit, place: usize) -> Option<(&'static Parameter, Type)> {
    let parameter = parameter_at(fit.overload, place)?;
    let kind = if parameter.wanted.kind == Kind::Any {
        fit.common
    } else {
        parameter.wanted.kind
    };
    Some((parameter, Type { kind, ..parameter.wanted }))
}

/// What a call that fits gives.
pub(super) fn result(fit: &Fit) -> Type {
    let returns = fit.overload.returns;
    if returns.kind == Kind::Any { Type { kind: fit.common, ..returns } } else { returns }
}

/// Whether a function takes one argument of this type as it is.
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
    let mut fit = Fit { overload, common: Kind::NotSet, cost: 0 };
    for (place, given) in given.iter().map(|given| given.holds).enumerate() {
        let parameter = parameter_at(overload, place)?;
        fit.cost += match parameter.wanted.kind {
            _ if parameter.takes_everything => 0,
            Kind::Any => fit_any(&mut fit.common, parameter, given)?,
            _ => fit_kind(parameter, given)?,
        };
    }
    Some(fit)
}

/// What it costs to give a value to a parameter that takes any type; all such parameters of
/// a call take the same one. Audio is not among them, as in the catalogue.
fn fit_any(common: &mut Kind, parameter: &Parameter, given: Type) -> Option<u32> {
    if given == Type::ANY {
        return Some(0); // not understood, and told already
    }
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
    // An empty or unset collection of no particular type fits every one.
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
