//! Solving: finds values of variables with which expressions have wanted values.
//!
//! An expression is followed backwards from its wanted value to its variables, one operator
//! or function after the other; the other operands keep their values. `Flow.a * 60 > 90`
//! wants `Flow.a` to be 2, say. Each change is tried by evaluating the expressions again, so
//! several variables change one after the other if that is necessary.
//!
//! Every result is true, but not every value is found: without a result, other values may
//! exist.

mod compare;
mod difference;
mod inverse;
mod numbers;
mod text;

use std::collections::VecDeque;

use crate::value::{DateTime, Text, Type, Value, equal};

use super::code::Code;
use super::environment::{Directory, Environment};
use super::evaluate::{Scope, evaluate};
use super::expression::Expression;

/// The number of changed states of the variables that are tried.
const MOST_TRIALS: usize = 600;

/// The number of changes in a row.
const MOST_CHANGES: u32 = 8;

/// The number of results.
const MOST_SOLUTIONS: usize = 8;

/// The slot that represents the clock in changes. Its value is a DateTime.
pub const CLOCK: u32 = u32::MAX;

/// Variables, in the order of their slots, and their new values.
pub type Changes = Vec<(u32, Value)>;

/// Returns values of variables with which each expression has its wanted value, small changes
/// first. A wanted `false` includes NOT_SET. Returns an empty list if none is found.
pub fn solve(wanted: &[(&Expression, Value)], scope: &dyn Scope) -> Vec<Changes> {
    search(scope, &|changed| {
        let is_broken = |(expression, value): &&(&Expression, Value)| {
            expression.with(|code| !has(changed, code, value))
        };
        let broken = wanted.iter().find(is_broken);
        broken.map(|(expression, value)| {
            expression.with(|code| candidates(code, value, changed))
        })
    })
}

/// Returns values of variables with which two expressions have different values, small
/// changes first. The expressions have the same form, apart from one operator or constant.
/// Returns an empty list if none is found.
pub fn solve_difference(
    one: &Expression,
    other: &Expression,
    scope: &dyn Scope,
) -> Vec<Changes> {
    let search = |one: &Code, other: &Code| {
        search(scope, &|changed| {
            let is_solved = difference::differ(changed, one, other);
            (!is_solved).then(|| difference::candidates(one, other, changed))
        })
    };
    one.with(|one| other.with(|other| search(one, other)))
}

/// Changes one variable after the other until nothing more is wanted. `next` returns changes
/// that come nearer to what is wanted, or `None` if the variables have it.
fn search(
    scope: &dyn Scope,
    next: &dyn Fn(&Changed<'_>) -> Option<Changes>,
) -> Vec<Changes> {
    let mut found = Vec::new();
    let mut seen: Vec<Changes> = vec![Vec::new()];
    let mut open: VecDeque<(Changes, u32)> = VecDeque::from([(Vec::new(), 0)]);
    while let Some((changes, count)) = open.pop_front() {
        let Some(steps) = next(&Changed { scope, changes: &changes }) else {
            found.push(changes);
            if found.len() == MOST_SOLUTIONS {
                break;
            }
            continue;
        };
        if count == MOST_CHANGES {
            continue;
        }
        for (slot, value) in steps {
            let mut next = changes.clone();
            match next.binary_search_by_key(&slot, |(known, _)| *known) {
                Ok(place) => next[place].1 = value,
                Err(place) => next.insert(place, (slot, value)),
            }
            if seen.len() < MOST_TRIALS && !seen.contains(&next) {
                seen.push(next.clone());
                open.push_back((next, count + 1));
            }
        }
    }
    found
}

/// The values of a scope, some of them changed.
struct Changed<'s> {
    scope: &'s dyn Scope,
    changes: &'s [(u32, Value)],
}

impl Scope for Changed<'_> {
    fn variable(&self, slot: u32) -> &Value {
        let changed = self.changes.iter().find(|(known, _)| *known == slot);
        changed.map_or_else(|| self.scope.variable(slot), |(_, value)| value)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

impl Environment for Changed<'_> {
    fn directory(&self) -> &dyn Directory {
        self.scope.environment().directory()
    }

    fn now(&self) -> DateTime {
        match self.changes.iter().find(|(slot, _)| *slot == CLOCK) {
            Some((_, Value::DateTime(time))) => *time,
            _ => self.scope.environment().now(),
        }
    }

    fn random(&self) -> u64 {
        self.scope.environment().random()
    }
}

/// Whether code has a value. A wanted `false` includes NOT_SET.
fn has(scope: &Changed<'_>, code: &Code, wanted: &Value) -> bool {
    match evaluate(code, scope) {
        Ok(value) if value.is_unset() => {
            wanted.is_unset() || *wanted == Value::Boolean(false)
        }
        Ok(value) => !wanted.is_unset() && equal(&value, wanted),
        Err(_) => false,
    }
}

/// Returns the value of code; `None` if it is NOT_SET or fails.
fn value(scope: &Changed<'_>, code: &Code) -> Option<Value> {
    evaluate(code, scope).ok().filter(|value| !value.is_unset())
}

/// Returns changes of single variables that may give code a value. The recursion is as deep as
/// the expression's nesting.
fn candidates(code: &Code, wanted: &Value, scope: &Changed<'_>) -> Changes {
    let opposite = || Value::Boolean(*wanted != Value::Boolean(true));
    let is_true = *wanted == Value::Boolean(true);
    match code {
        Code::Constant(_) | Code::Prompt { .. } => Vec::new(),
        Code::Variable(slot) => vec![(*slot, wanted.clone())],
        Code::Not(part, _) => candidates(part, &opposite(), scope),
        // One operand after the other becomes true, or any of them false.
        Code::And(parts, _) | Code::Or(parts, _) => {
            let all_needed = is_true == matches!(code, Code::And(..));
            let broken = parts.iter().filter(|part| !has(scope, part, wanted));
            let count = if all_needed { 1 } else { parts.len() };
            broken.take(count).flat_map(|part| candidates(part, wanted, scope)).collect()
        }
        Code::Choice(parts) => choice(parts, wanted, scope),
        Code::Property(property) => {
            inverse::property(&property.base, &property.name, wanted, scope)
        }
        Code::Call(call) => {
            let mut found = inverse::call(call, wanted, scope);
            // Nothing can be computed from values that are not set.
            found.extend(call.arguments.iter().flat_map(|part| set(part, scope)));
            found
        }
    }
}

/// Changes the chosen value, or chooses the other one.
fn choice(parts: &[Code; 3], wanted: &Value, scope: &Changed<'_>) -> Changes {
    let [condition, yes, no] = parts;
    let is_yes = has(scope, condition, &Value::Boolean(true));
    let (chosen, other) = if is_yes { (yes, no) } else { (no, yes) };
    let mut found = candidates(chosen, wanted, scope);
    let flipped = candidates(condition, &Value::Boolean(!is_yes), scope);
    match has(scope, other, wanted) {
        true => found.splice(0..0, flipped).for_each(drop),
        false => found.extend(flipped),
    }
    found
}

/// Returns values for the variables of code that are not set.
fn set(code: &Code, scope: &Changed<'_>) -> Changes {
    let mut found = Changes::new();
    code.each_variable(&mut |slot| {
        let current = scope.variable(slot);
        let is_known = found.iter().any(|(known, _)| *known == slot);
        if current.is_unset()
            && !is_known
            && let Some(value) = plain(current.type_of())
        {
            found.push((slot, value));
        }
    });
    found
}

/// Returns a plain value of a type.
fn plain(holds: Type) -> Option<Value> {
    use crate::value::{Decimal, Duration, Json, Kind};
    if holds.is_collection {
        return None;
    }
    Some(match holds.kind {
        Kind::Boolean => true.into(),
        Kind::Integer => 1.into(),
        Kind::Decimal => Value::Decimal(Decimal::from(1)),
        Kind::String => Value::String("1".into()),
        Kind::DateTime => Value::DateTime(DateTime::parse("2026-01-05T09:00:00Z")?),
        Kind::Duration => Value::Duration(Duration::from_milliseconds(60_000)?),
        Kind::Json => Value::Json(Json::object([])),
        _ => return None,
    })
}

/// Returns the text of a value that is a String.
fn string(value: &Value) -> Option<&Text> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the type that code has now.
fn type_of(code: &Code, scope: &Changed<'_>) -> Type {
    match code {
        Code::Variable(slot) => scope.variable(*slot).type_of(),
        Code::Constant(value) => value.type_of(),
        Code::Property(property) => property.value_type,
        Code::Call(call) => call.result,
        Code::Choice(parts) => type_of(&parts[1], scope),
        Code::And(..) | Code::Or(..) | Code::Not(..) => {
            Type::one(crate::value::Kind::Boolean)
        }
        Code::Prompt { .. } => Type::ANY,
    }
}

#[cfg(test)]
mod tests;
