//! Variants of an expression that differ in one constant or connective, for mutation
//! testing.

use crate::value::Value;

use super::code::Code;
use super::expression::Expression;
use super::stack::is_deep;

impl Expression {
    /// Returns variants with one change each, and the change in words: a whole number that
    /// is one larger or smaller, another string, the other Boolean, and `and` instead of
    /// `or`. A number next to a boundary has the same effect as another comparison. Long
    /// chains of operators have no variants.
    pub fn variants(&self) -> Vec<(String, Self)> {
        let mut variants = Vec::new();
        // Each variant is a whole expression.
        if is_deep(self.levels()) {
            return variants;
        }
        self.with(|whole| {
            for place in 0..size(whole) {
                for (words, code) in variants_at(whole, place) {
                    variants.push((words, self.with_code(code)));
                }
            }
        });
        variants
    }
}

/// The number of parts of the code.
fn size(code: &Code) -> usize {
    let mut count = 1;
    code.each_part(&mut |part| count += size(part));
    count
}

/// Returns the code with each change of the part with this number.
fn variants_at(code: &Code, place: usize) -> Vec<(String, Code)> {
    let mut changes = Vec::new();
    let mut whole = code.clone();
    let mut left = place;
    if let Some(part) = part(&mut whole, &mut left) {
        changes = changes_of(part);
    }
    let apply = |(words, changed): (String, Code)| {
        let mut whole = code.clone();
        let mut left = place;
        if let Some(part) = part(&mut whole, &mut left) {
            *part = changed;
        }
        (words, whole)
    };
    changes.into_iter().map(apply).collect()
}

/// Returns the part with this number, in the order of the text.
fn part<'c>(code: &'c mut Code, left: &mut usize) -> Option<&'c mut Code> {
    if *left == 0 {
        return Some(code);
    }
    *left -= 1;
    code.parts_mut().iter_mut().find_map(|it| part(it, left))
}

fn changes_of(code: &Code) -> Vec<(String, Code)> {
    let constant = |value: Value| Code::Constant(value);
    match code {
        Code::Constant(Value::Integer(number)) => [number + 1, number - 1]
            .into_iter()
            .map(|it| {
                (format!("`{it}` instead of `{number}`"), constant(Value::Integer(it)))
            })
            .collect(),
        Code::Constant(Value::String(text)) => {
            let words = format!("another string instead of `{text}`");
            vec![(words, constant(Value::String(format!("{text} (mutant)").into())))]
        }
        Code::Constant(Value::Boolean(truth)) => {
            let words = format!("`{}` instead of `{truth}`", !truth);
            vec![(words, constant(Value::Boolean(!truth)))]
        }
        Code::And(parts, place) => {
            vec![("`or` instead of `and`".into(), Code::Or(parts.clone(), *place))]
        }
        Code::Or(parts, place) => {
            vec![("`and` instead of `or`".into(), Code::And(parts.clone(), *place))]
        }
        _ => Vec::new(),
    }
}
