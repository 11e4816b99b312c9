//! Fast paths of the evaluation: results that follow from values that exist already, without a
//! failure and without anything to free.

use std::cmp::Ordering;

use crate::value::{MAX_INTEGER, Value};

use super::code::{Call, Code, Shape};
use super::evaluate::Scope;

/// Returns a value that exists without computation: a constant or variable.
#[inline(always)]
pub(super) fn existing_value<'v, S: Scope + ?Sized>(
    code: &'v Code,
    scope: &'v S,
) -> Option<&'v Value> {
    match code {
        Code::Constant(value) => Some(value),
        Code::Variable(slot) => Some(scope.variable(*slot)),
        _ => None,
    }
}

/// Computes a Boolean. Returns `None` if that needs more than comparisons of existing values.
pub(super) fn boolean<S: Scope + ?Sized>(code: &Code, scope: &S) -> Option<bool> {
    match code {
        Code::And(sides, _) => Some(side(&sides[0], scope)? && side(&sides[1], scope)?),
        Code::Or(sides, _) => Some(side(&sides[0], scope)? || side(&sides[1], scope)?),
        Code::Not(operand, _) => boolean(operand, scope).map(|truth| !truth),
        Code::Call(call) => comparison(call, scope),
        _ => match existing_value(code, scope)? {
            Value::Boolean(truth) => Some(*truth),
            _ => None,
        },
    }
}

/// Computes one side of `and` or `or`. Most sides are comparisons.
#[inline(always)]
fn side<S: Scope + ?Sized>(code: &Code, scope: &S) -> Option<bool> {
    match code {
        Code::Call(call) => comparison(call, scope),
        other => boolean(other, scope),
    }
}

/// Compares two Integers, or two Strings that exist. Returns `None` for anything else.
// A copy in each caller is slower: together they need more registers than there are.
#[inline(never)]
pub(super) fn comparison<S: Scope + ?Sized>(call: &Call, scope: &S) -> Option<bool> {
    let shape = call.shape;
    let [one, two] = &*call.arguments else { return None };
    if shape == Shape::Any {
        return None;
    }
    if let Some(Value::String(left)) = existing_value(one, scope)
        && let Some(Value::String(right)) = existing_value(two, scope)
    {
        let is_equality = matches!(shape, Shape::Equal | Shape::NotEqual);
        return match left == right {
            true => Some(ordering_fits(shape, Ordering::Equal)),
            false if is_equality && !ignores_case(scope) => {
                Some(shape == Shape::NotEqual)
            }
            false => None,
        };
    }
    let (left, right) = (integer(one, scope)?, integer(two, scope)?);
    Some(ordering_fits(shape, left.cmp(&right)))
}

/// Computes an Integer from two that exist. Returns `None` if it is out of range, or the call
/// does something else.
#[inline]
pub(super) fn combined<S: Scope + ?Sized>(call: &Call, scope: &S) -> Option<i64> {
    let combine = call.combine?;
    let [one, two] = &*call.arguments else { return None };
    let (Value::Integer(left), Value::Integer(right)) =
        (existing_value(one, scope)?, existing_value(two, scope)?)
    else {
        return None;
    };
    let number = combine(*left, *right)?;
    (-MAX_INTEGER..=MAX_INTEGER).contains(&number).then_some(number)
}

/// Returns an Integer that exists, or that can be measured on a value that exists.
#[inline(always)]
fn integer<S: Scope + ?Sized>(code: &Code, scope: &S) -> Option<i64> {
    match code {
        Code::Call(call) => {
            let [argument] = &*call.arguments else { return None };
            call.overload.measure?(existing_value(argument, scope)?)
        }
        _ => match existing_value(code, scope)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        },
    }
}

#[inline(never)]
fn ignores_case<S: Scope + ?Sized>(scope: &S) -> bool {
    scope.environment().directory().policies().equality_ignores_case
}

#[inline(always)]
fn ordering_fits(shape: Shape, ordering: Ordering) -> bool {
    match shape {
        Shape::Less => ordering.is_lt(),
        Shape::LessOrEqual => ordering.is_le(),
        Shape::Greater => ordering.is_gt(),
        Shape::GreaterOrEqual => ordering.is_ge(),
        Shape::NotEqual => ordering.is_ne(),
        Shape::Equal | Shape::Any => ordering.is_eq(),
    }
}
