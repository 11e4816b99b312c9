//! Evaluation of compiled expressions.

use std::cmp::Ordering;

use crate::diagnostic::Code as DiagnosticCode;
use crate::value::Value;

use super::arguments::Arguments;
use super::code::{Call, Code, PropertyCode, Shape};
use super::failure::Failure;
use super::messages::{is_zero, refusal};
use super::prompts;
use super::surroundings::Surroundings;
use super::tree::Place;

/// What an expression is evaluated in.
pub trait Scope {
    /// The value of a variable.
    fn variable(&self, slot: u32) -> &Value;

    /// The organisation, the clock and chance.
    fn surroundings(&self) -> &dyn Surroundings;
}

/// The value of a piece of code.
pub(super) fn evaluate<S: Scope + ?Sized>(
    code: &Code,
    scope: &S,
) -> Result<Value, Failure> {
    match code {
        Code::Constant(value) => Ok(value.clone()),
        Code::Variable(slot) => Ok(scope.variable(*slot).clone()),
        Code::And(..) | Code::Or(..) | Code::Not(..) => {
            truth(code, scope).map(Value::Boolean)
        }
        Code::Choice(parts) => evaluate(chosen(parts, scope)?, scope),
        Code::Prompt { is_system, name } => {
            Ok(prompts::prompt(scope.surroundings().directory(), *is_system, name))
        }
        Code::Property(property) => read_property(property, scope),
        Code::Call(call) => evaluate_call(call, scope),
    }
}

/// The value of a piece of code without a copy, where there is one already.
#[inline(always)]
fn peek<'v, S: Scope + ?Sized>(
    code: &'v Code,
    scope: &'v S,
    made: &'v mut Value,
) -> Result<&'v Value, Failure> {
    match at_hand(code, scope) {
        Some(value) => Ok(value),
        None => {
            *made = evaluate(code, scope)?;
            Ok(made)
        }
    }
}

/// The value of a piece of code that gives a Boolean.
fn truth<S: Scope + ?Sized>(code: &Code, scope: &S) -> Result<bool, Failure> {
    match code {
        Code::And(sides, place) => Ok(side(&sides[0], scope, *place, "and")?
            && side(&sides[1], scope, *place, "and")?),
        Code::Or(sides, place) => Ok(side(&sides[0], scope, *place, "or")?
            || side(&sides[1], scope, *place, "or")?),
        Code::Not(operand, place) => {
            side(operand, scope, *place, "!").map(|truth| !truth)
        }
        Code::Call(call) if call.shape != Shape::Any => compare(call, scope),
        _ => Ok(truth_of(code, scope)?.unwrap_or(false)),
    }
}

/// An operand of `and`, `or`, `!`, none of which takes NOT_SET.
#[inline]
fn side<S: Scope + ?Sized>(
    code: &Code,
    scope: &S,
    place: Place,
    operator: &str,
) -> Result<bool, Failure> {
    match code {
        Code::And(..) | Code::Or(..) | Code::Not(..) => truth(code, scope),
        Code::Call(call) if call.shape != Shape::Any => compare(call, scope),
        _ => match truth_of(code, scope)? {
            Some(truth) => Ok(truth),
            None => Err(unset_side(place, operator)),
        },
    }
}

/// A Boolean that may be NOT_SET.
#[inline(never)]
fn truth_of<S: Scope + ?Sized>(code: &Code, scope: &S) -> Result<Option<bool>, Failure> {
    let mut made = Value::NOT_SET;
    Ok(match peek(code, scope, &mut made)? {
        Value::Boolean(truth) => Some(*truth),
        _ => None,
    })
}

#[cold]
fn unset_side(place: Place, operator: &str) -> Failure {
    let message = format!("an operand of `{operator}` is NOT_SET");
    Failure::new(DiagnosticCode::NOT_SET_NOT_ALLOWED, message).at(place)
}

/// The branch that a condition chooses; NOT_SET counts as false.
fn chosen<'c, S: Scope + ?Sized>(
    parts: &'c [Code; 3],
    scope: &S,
) -> Result<&'c Code, Failure> {
    let [condition, yes, no] = parts;
    Ok(if truth(condition, scope)? { yes } else { no })
}

fn evaluate_call<S: Scope + ?Sized>(call: &Call, scope: &S) -> Result<Value, Failure> {
    if call.shape != Shape::Any {
        return compare(call, scope).map(Value::Boolean);
    }
    let surroundings = scope.surroundings();
    match &*call.arguments {
        [] => invoke(call, &[], surroundings),
        [one] => {
            let mut made = Value::NOT_SET;
            invoke(call, &[peek(one, scope, &mut made)?], surroundings)
        }
        [one, two] => {
            let (mut first, mut second) = (Value::NOT_SET, Value::NOT_SET);
            let values = [peek(one, scope, &mut first)?, peek(two, scope, &mut second)?];
            invoke(call, &values, surroundings)
        }
        more => evaluate_many(call, more, scope),
    }
}

#[inline(never)]
fn evaluate_many<S: Scope + ?Sized>(
    call: &Call,
    arguments: &[Code],
    scope: &S,
) -> Result<Value, Failure> {
    let made: Vec<Option<Value>> = arguments
        .iter()
        .map(|code| match code {
            Code::Constant(_) | Code::Variable(_) => Ok(None),
            _ => evaluate(code, scope).map(Some),
        })
        .collect::<Result<_, _>>()?;
    let nothing = Value::NOT_SET;
    let values: Vec<&Value> = arguments
        .iter()
        .zip(&made)
        .map(|(code, made)| match (code, made) {
            (Code::Constant(value), _) | (_, Some(value)) => value,
            (Code::Variable(slot), _) => scope.variable(*slot),
            _ => &nothing,
        })
        .collect();
    invoke(call, &values, scope.surroundings())
}

/// A comparison. Integers, and strings that are at hand, have a way of their own.
#[inline]
fn compare<S: Scope + ?Sized>(call: &Call, scope: &S) -> Result<bool, Failure> {
    let [one, two] = &*call.arguments else { return Ok(false) };
    if let (Some(left), Some(right)) = (integer(one, scope), integer(two, scope)) {
        return Ok(is_so(call.shape, left.cmp(&right)));
    }
    if let (Some(left), Some(right)) = (at_hand(one, scope), at_hand(two, scope)) {
        return compare_values(call, left, right, scope);
    }
    compare_computed(call, one, two, scope)
}

#[inline(never)]
fn compare_computed<S: Scope + ?Sized>(
    call: &Call,
    one: &Code,
    two: &Code,
    scope: &S,
) -> Result<bool, Failure> {
    let (mut first, mut second) = (Value::NOT_SET, Value::NOT_SET);
    let left = peek(one, scope, &mut first)?;
    let right = peek(two, scope, &mut second)?;
    compare_values(call, left, right, scope)
}

#[inline]
fn compare_values<S: Scope + ?Sized>(
    call: &Call,
    left: &Value,
    right: &Value,
    scope: &S,
) -> Result<bool, Failure> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => {
            return Ok(is_so(call.shape, left.cmp(right)));
        }
        (Value::String(left), Value::String(right)) if left == right => {
            return Ok(is_so(call.shape, Ordering::Equal));
        }
        _ => {}
    }
    let value = invoke(call, &[left, right], scope.surroundings())?;
    Ok(matches!(value, Value::Boolean(true)))
}

/// A value that need not be computed.
#[inline(always)]
fn at_hand<'v, S: Scope + ?Sized>(code: &'v Code, scope: &'v S) -> Option<&'v Value> {
    match code {
        Code::Constant(value) => Some(value),
        Code::Variable(slot) => Some(scope.variable(*slot)),
        _ => None,
    }
}

/// An Integer that is at hand, or measured of a value that is.
#[inline(always)]
fn integer<S: Scope + ?Sized>(code: &Code, scope: &S) -> Option<i64> {
    match code {
        Code::Constant(Value::Integer(number)) => Some(*number),
        Code::Variable(slot) => match scope.variable(*slot) {
            Value::Integer(number) => Some(*number),
            _ => None,
        },
        Code::Call(call) => {
            let [argument] = &*call.arguments else { return None };
            call.overload.measure?(at_hand(argument, scope)?)
        }
        _ => None,
    }
}

#[inline(always)]
fn is_so(shape: Shape, ordering: Ordering) -> bool {
    match shape {
        Shape::Less => ordering.is_lt(),
        Shape::LessOrEqual => ordering.is_le(),
        Shape::Greater => ordering.is_gt(),
        Shape::GreaterOrEqual => ordering.is_ge(),
        Shape::NotEqual => ordering.is_ne(),
        Shape::Equal | Shape::Any => ordering.is_eq(),
    }
}

/// Calls the function with values that are checked first.
pub(super) fn invoke(
    call: &Call,
    values: &[&Value],
    surroundings: &dyn Surroundings,
) -> Result<Value, Failure> {
    let arguments = Arguments {
        values,
        surroundings,
        function: call.function,
        overload: call.overload,
        result: call.result,
    };
    if call.refuses_not_set || call.has_limits {
        verify(call, &arguments)?;
    }
    (call.evaluate)(&arguments).map_err(|failure| failure.at(call.place))
}

/// Refuses what the parameters refuse.
#[inline]
fn verify(call: &Call, arguments: &Arguments<'_>) -> Result<(), Failure> {
    let parameters = call.overload.parameters;
    let last = parameters.len().saturating_sub(1);
    for (index, value) in arguments.values.iter().enumerate() {
        let Some(parameter) = parameters.get(index.min(last)) else { break };
        if matches!(value, Value::NotSet(_)) {
            if !parameter.allows_not_set {
                return Err(unset(call, arguments, parameter.name));
            }
        } else if call.has_limits
            && (parameter.range.is_some() || parameter.refuses_zero)
            && let Some(message) = refusal(parameter, value)
        {
            return Err(refused(call, arguments, &message, is_zero(value)));
        }
    }
    Ok(())
}

#[cold]
fn unset(call: &Call, arguments: &Arguments<'_>, name: &str) -> Failure {
    let message = format!("{name} is NOT_SET");
    arguments.fail(DiagnosticCode::NOT_SET_NOT_ALLOWED, &message).at(call.place)
}

#[cold]
fn refused(
    call: &Call,
    arguments: &Arguments<'_>,
    message: &str,
    is_zero: bool,
) -> Failure {
    let is_division = is_zero && matches!(call.function.name, "/" | "%");
    let code = match is_division {
        true => DiagnosticCode::DIVISION_BY_ZERO,
        false => DiagnosticCode::OUT_OF_RANGE,
    };
    arguments.fail(code, message).at(call.place)
}

/// A property. One of NOT_SET, or one that is not there, is NOT_SET of its type; a collection
/// that is not there is empty.
fn read_property<S: Scope + ?Sized>(
    property: &PropertyCode,
    scope: &S,
) -> Result<Value, Failure> {
    let mut made = Value::NOT_SET;
    let base = peek(&property.base, scope, &mut made)?;
    let found = base.property(&property.name);
    Ok(found.unwrap_or_else(|| absent(property)))
}

#[cold]
fn absent(property: &PropertyCode) -> Value {
    let holds = property.holds;
    Value::unset(holds)
}
