//! Terms: what a string or a number becomes before an expression tests it.

use crate::value::{Kind, MAX_INTEGER, Value};

use super::super::code::{Call, Code};
use super::super::signature::Category;
use super::Observations;
use super::strings::{Case, Change, Check, Test};

/// The largest length that is counted.
const MOST_LENGTH: i128 = 4_000;

/// A string that is computed from a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) changes: Vec<Change>,
    /// Whether blanks at the end are dropped after the changes.
    pub(super) trims_end: bool,
}

/// Returns the changes that code makes to a variable.
pub(super) fn string(code: &Code, slot: u32) -> Option<Term> {
    let call = match code {
        Code::Variable(other) if *other == slot => {
            return Some(Term { changes: Vec::new(), trims_end: false });
        }
        Code::Call(call) => call,
        _ => return None,
    };
    let mut term = string(call.arguments.first()?, slot)?;
    let is_of_text = call.function.category == Category::Text;
    let change = match (call.function.name, &call.arguments[1..]) {
        ("ToString", []) => return Some(term),
        _ if !is_of_text => return None,
        ("Upper", []) => Change::Case(Case::Upper),
        ("Lower", []) => Change::Case(Case::Lower),
        ("LTrim", []) => Change::TrimStart,
        ("RTrim", []) => {
            term.trims_end = true;
            return Some(term);
        }
        ("Trim", []) => {
            term.changes.push(Change::TrimStart);
            term.trims_end = true;
            return Some(term);
        }
        ("Left", [count]) => Change::Keep(amount(count)?),
        ("Substring", [start, count]) => {
            term.changes.push(Change::Drop(amount(start)?));
            Change::Keep(amount(count)?)
        }
        _ => return None,
    };
    // A conversion of case neither adds nor removes blanks.
    if term.trims_end && !matches!(change, Change::Case(_)) {
        return None;
    }
    term.changes.push(change);
    Some(term)
}

/// Returns the string and the number of characters of `Right`.
pub(super) fn right(code: &Code, slot: u32) -> Option<(Term, u32)> {
    let Code::Call(call) = code else { return None };
    match &*call.arguments {
        [text, count] if call.function.name == "Right" => {
            Some((string(text, slot)?, amount(count)?))
        }
        _ => None,
    }
}

/// Returns a number of characters. A negative one fails.
fn amount(code: &Code) -> Option<u32> {
    match code {
        Code::Constant(Value::Integer(count)) => u32::try_from(*count).ok(),
        _ => None,
    }
}

/// A whole number that a variable has or that is measured on it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Variable,
    Length(Term),
    /// The number that the digits of a string write.
    Digits,
}

/// `factor * source + offset`; a constant has no source.
#[derive(Debug, Clone)]
struct Linear {
    source: Option<Source>,
    factor: i128,
    offset: i128,
}

impl Observations {
    /// Adds a comparison of two whole numbers that depend linearly on the variable.
    pub(super) fn add_linear(&mut self, sides: [&Code; 2], slot: u32) -> bool {
        let mut parts = Vec::new();
        let [Some(left), Some(right)] =
            sides.map(|side| self.linear(side, slot, &mut parts))
        else {
            return false;
        };
        let Some(difference) = left.combined(right, -1) else { return false };
        parts.push((difference, 0));
        let limits = [-i128::from(MAX_INTEGER), i128::from(MAX_INTEGER)];
        parts.into_iter().all(|(part, value)| {
            let values = if value == 0 { vec![0] } else { limits.to_vec() };
            values.into_iter().all(|value| self.add_root(&part, value))
        })
    }

    /// Adds where `ToInt` of the variable fails. Returns `false` if code is something else.
    pub(in crate::expr::architect) fn add_conversion(
        &mut self,
        code: &Code,
        slot: u32,
    ) -> bool {
        let is_text = self.kind == Kind::String && !self.is_number_in(slot);
        let is_conversion =
            matches!(code, Code::Call(call) if call.function.name == "ToInt");
        let mut parts = Vec::new();
        if !(is_text && is_conversion && self.linear(code, slot, &mut parts).is_some()) {
            return false;
        }
        let limits = [-i128::from(MAX_INTEGER), i128::from(MAX_INTEGER)];
        let mut roots =
            parts.iter().flat_map(|(part, _)| limits.map(|limit| (part, limit)));
        roots.all(|(part, limit)| self.add_root(part, limit))
    }

    /// Returns the linear form of code. Adds the parts whose value may exceed the limits of
    /// numbers to `parts`, with the mark 1.
    fn linear(
        &self,
        code: &Code,
        slot: u32,
        parts: &mut Vec<(Linear, i128)>,
    ) -> Option<Linear> {
        let of = |source| Linear { source: Some(source), factor: 1, offset: 0 };
        let call = match code {
            Code::Constant(Value::Integer(number)) => {
                return Some(Linear {
                    source: None,
                    factor: 0,
                    offset: (*number).into(),
                });
            }
            Code::Variable(other) => {
                return (*other == slot).then(|| self.number(slot).map(of)).flatten();
            }
            Code::Call(call) => call,
            _ => return None,
        };
        match (call.function.name, &*call.arguments) {
            ("Length", [text])
                if self.kind == Kind::String && !self.is_number_in(slot) =>
            {
                Some(of(Source::Length(string(text, slot)?)))
            }
            ("ToInt", [Code::Variable(other)]) if *other == slot => {
                let source = match self.kind {
                    Kind::String => Source::Digits,
                    Kind::Integer => Source::Variable,
                    _ => return None,
                };
                let number = of(source);
                parts.push((number.clone(), 1));
                Some(number)
            }
            _ if call.function.category != Category::Operators => None,
            _ => {
                let sum = self.arithmetic(call, slot, parts)?;
                parts.push((sum.clone(), 1));
                Some(sum)
            }
        }
    }

    /// Returns the whole number that a variable holds.
    fn number(&self, slot: u32) -> Option<Source> {
        match self.kind {
            Kind::Integer => Some(Source::Variable),
            _ => self.is_number_in(slot).then_some(Source::Digits),
        }
    }

    fn arithmetic(
        &self,
        call: &Call,
        slot: u32,
        parts: &mut Vec<(Linear, i128)>,
    ) -> Option<Linear> {
        let mut of = |code: &Code| self.linear(code, slot, parts);
        match (call.function.name, &*call.arguments) {
            ("-", [one]) => of(one)?.scaled(-1),
            ("+", [one, two]) => of(one)?.combined(of(two)?, 1),
            ("-", [one, two]) => of(one)?.combined(of(two)?, -1),
            ("*", [one, two]) => {
                let (one, two) = (of(one)?, of(two)?);
                match (&one.source, &two.source) {
                    (_, None) => one.scaled(two.offset),
                    (None, _) => two.scaled(one.offset),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Adds the place at which a linear form has a value.
    fn add_root(&mut self, form: &Linear, value: i128) -> bool {
        let Some(source) = &form.source else { return true };
        if form.factor == 0 {
            return true;
        }
        let Some(distance) = value.checked_sub(form.offset) else { return false };
        let one = distance.div_euclid(form.factor);
        // A negative factor rounds up, a positive one down.
        let near = match distance.rem_euclid(form.factor) {
            0 => vec![one],
            _ => vec![one, one + form.factor.signum()],
        };
        near.into_iter().all(|number| self.add_threshold(source, number))
    }

    /// Adds a comparison of a source with a number.
    fn add_threshold(&mut self, source: &Source, number: i128) -> bool {
        match source {
            Source::Variable => {
                self.integers.extend(i64::try_from(number).ok());
                true
            }
            // No string is so long.
            Source::Length(_) if !(0..=1 << 40).contains(&number) => true,
            Source::Length(_) if number > MOST_LENGTH => false,
            Source::Length(Term { changes, trims_end }) => {
                let Ok(count) = u32::try_from(number) else { return false };
                let check = Check::Length { count, trims_end: *trims_end };
                self.push(Test { changes: changes.clone(), check })
            }
            Source::Digits if number < 0 => true,
            Source::Digits => {
                let digits = number.to_string();
                let digits = digits.trim_start_matches('0').chars().collect();
                self.push(Test { changes: Vec::new(), check: Check::Number(digits) })
            }
        }
    }
}

impl Linear {
    fn scaled(self, by: i128) -> Option<Self> {
        let (factor, offset) =
            (self.factor.checked_mul(by)?, self.offset.checked_mul(by)?);
        Some(Self { factor, offset, ..self })
    }

    /// Returns `self + sign * other`.
    fn combined(self, other: Self, sign: i128) -> Option<Self> {
        let source = match (self.source, other.source) {
            (Some(one), Some(two)) if one != two => return None,
            (one, two) => one.or(two),
        };
        let factor = self.factor.checked_add(other.factor.checked_mul(sign)?)?;
        let offset = self.offset.checked_add(other.offset.checked_mul(sign)?)?;
        Some(Self { source, factor, offset })
    }
}
