//! Values with which two expressions differ that have the same form, apart from one operator
//! or constant.

use crate::expr::architect::code::Code;
use crate::expr::architect::evaluate::evaluate;
use crate::value::{Kind, Value};

use super::{Changed, Changes, has, set};

/// Whole numbers that are added to a result to get others.
const MORE: [i64; 4] = [1, -1, 100, 10_000];

/// Whether the values of two codes differ, or only one of them fails.
pub(super) fn differ(scope: &Changed<'_>, one: &Code, other: &Code) -> bool {
    match (evaluate(one, scope), evaluate(other, scope)) {
        (Ok(one), Ok(other)) => one != other,
        (one, other) => one.is_ok() != other.is_ok(),
    }
}

/// Returns changes of single variables after which two codes may differ. The recursion is as
/// deep as the nesting.
pub(super) fn candidates(one: &Code, other: &Code, scope: &Changed<'_>) -> Changes {
    let Some(place) = changed_part(one, other) else {
        return alternatives(one, other, scope);
    };
    let (part, changed) = (&one.parts()[place], &other.parts()[place]);
    let mut found = needed(one, place, scope);
    if !differ(scope, part, changed) {
        found.extend(candidates(part, changed, scope));
    }
    found.extend(alternatives(one, other, scope));
    found
}

/// Returns the place of the only part that differs. `None` if the codes differ themselves.
fn changed_part(one: &Code, other: &Code) -> Option<usize> {
    let is_same = match (one, other) {
        (Code::Call(one), Code::Call(other)) => {
            std::ptr::eq(one.overload, other.overload)
        }
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    };
    let (one, other) = (one.parts(), other.parts());
    if !is_same || one.len() != other.len() {
        return None;
    }
    let text = |code: &Code| format!("{code:?}");
    one.iter().zip(other).position(|(one, other)| text(one) != text(other))
}

/// Returns changes after which the value of a code depends on one of its parts.
fn needed(code: &Code, place: usize, scope: &Changed<'_>) -> Changes {
    let wanted = |part: &Code, truth: bool| {
        let truth = Value::Boolean(truth);
        match has(scope, part, &truth) {
            true => Changes::new(),
            false => super::candidates(part, &truth, scope),
        }
    };
    match code {
        Code::And(parts, _) => wanted(&parts[1 - place], true),
        Code::Or(parts, _) => wanted(&parts[1 - place], false),
        Code::Choice(parts) if place > 0 => wanted(&parts[0], place == 1),
        _ => Changes::new(),
    }
}

/// Returns changes that give one of the codes another value.
fn alternatives(one: &Code, other: &Code, scope: &Changed<'_>) -> Changes {
    let mut found = Changes::new();
    for code in [one, other] {
        for wanted in others(code, scope) {
            found.extend(super::candidates(code, &wanted, scope));
        }
        // Nothing can be computed from values that are not set.
        found.extend(set(code, scope));
    }
    found
}

/// Returns other values than the current one.
fn others(code: &Code, scope: &Changed<'_>) -> Vec<Value> {
    match evaluate(code, scope) {
        Ok(Value::Boolean(truth)) => vec![Value::Boolean(!truth)],
        Ok(Value::Integer(number)) => {
            let more = MORE.map(|more| number.saturating_add(more));
            more.map(Value::Integer).into()
        }
        Ok(value) if value.is_unset() && value.type_of().kind == Kind::Boolean => {
            vec![Value::Boolean(true)]
        }
        _ => Vec::new(),
    }
}
