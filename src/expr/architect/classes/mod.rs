//! The classes into which expressions divide the values of a variable: two values of one
//! class have the same outcome in every expression.
//!
//! Expressions observe a value by tests with finitely many outcomes, such as
//! `Length(Flow.a) > 3` or `Contains(Upper(Flow.a), "GOLD")`. An expression that uses the
//! value in another way, as `Flow.a == Flow.b` does, has no classes.
//!
//! NOT_SET is a separate class. Strings that are larger than the limits of expressions
//! are left out.

mod numbers;
mod strings;
mod terms;

use std::collections::BTreeSet;

use crate::value::{DateTime, Decimal, Duration, Json, Kind, Text, Value};

use super::code::{Call, Code, Shape};
use super::signature::Category;

use strings::{Case, Check, Test};
use terms::Term;

/// Everything that expressions observe about one value.
#[derive(Debug, Clone)]
pub struct Observations {
    kind: Kind,
    /// Whether `==` ignores the case of strings in this organisation.
    ignores_case: bool,
    strings: Vec<Test>,
    /// Whole numbers at which an outcome may change.
    integers: BTreeSet<i64>,
    decimals: Vec<Decimal>,
    /// Milliseconds at which an outcome may change.
    times: BTreeSet<i64>,
    /// Whether a test applies only to strings of digits.
    needs_digits: bool,
    /// The variables that hold `ToInt` of the value, which is a string of digits.
    numbers: BTreeSet<u32>,
}

impl Observations {
    /// Returns no observations about values of a kind. `ignores_case` is the policy of the
    /// organisation for `==`.
    pub fn new(kind: Kind, ignores_case: bool) -> Self {
        Self {
            kind,
            ignores_case,
            strings: Vec::new(),
            integers: BTreeSet::new(),
            decimals: Vec::new(),
            times: BTreeSet::new(),
            needs_digits: false,
            numbers: BTreeSet::new(),
        }
    }

    /// Notes that a variable holds `ToInt` of the value.
    pub fn add_number_in(&mut self, slot: u32) {
        self.numbers.insert(slot);
    }

    /// Whether a variable holds `ToInt` of the value.
    pub fn is_number_in(&self, slot: u32) -> bool {
        self.numbers.contains(&slot)
    }

    /// Returns an example of each class, apart from NOT_SET. `other` is the example of its
    /// class if the values are Strings. Returns `None` if the values have no classes, or
    /// too many.
    pub fn examples(&self, other: &str) -> Option<Vec<Json>> {
        match self.kind {
            Kind::Boolean => Some(vec![Json::Boolean(true), Json::Boolean(false)]),
            Kind::String if !self.needs_digits => {
                let texts = strings::strings(&self.strings, other)?;
                Some(texts.into_iter().map(Json::String).collect())
            }
            Kind::Integer => Some(numbers::integers(&self.integers)),
            Kind::Decimal => numbers::decimals(&self.decimals),
            Kind::DateTime => {
                let near = numbers::near(&self.times);
                let times = near.into_iter().filter_map(DateTime::from_milliseconds);
                Some(times.map(|it| Json::String(it.to_string().into())).collect())
            }
            Kind::Duration => {
                let near = numbers::near(&self.times);
                let times = near.into_iter().filter_map(Duration::from_milliseconds);
                Some(times.map(|it| Json::String(it.to_string().into())).collect())
            }
            _ => None,
        }
    }

    /// The whole numbers at which an outcome may change, if the values are Integers. Each
    /// is a class, and so are the numbers between two of them.
    pub fn integers(&self) -> &BTreeSet<i64> {
        &self.integers
    }

    /// Returns an example of each class of entries: strings of digits with a length
    /// between two limits. Returns `None` if there are too many.
    pub fn entries(&self, min: u32, max: u32) -> Option<Vec<Text>> {
        strings::entries(&self.strings, min, max)
    }

    /// Adds what code observes about a variable. Returns `false` if its value may depend
    /// on the variable in another way. The recursion is as deep as the expression's
    /// nesting.
    pub(super) fn add(&mut self, code: &Code, slot: u32) -> bool {
        match code {
            Code::Variable(other) => *other != slot,
            Code::Call(call) if mentions(code, slot) && self.add_call(call, slot) => true,
            _ => {
                let mut only = true;
                code.each_part(&mut |part| only &= self.add(part, slot));
                only
            }
        }
    }

    /// Adds whether code has a value.
    pub(super) fn add_presence(&mut self, code: &Code, slot: u32) -> bool {
        // Every String that is not blank is an address.
        if !self.is_number_in(slot)
            && let Code::Call(call) = code
            && call.function.name == "ToPhoneNumber"
            && self.kind == Kind::String
            && let [text] = &*call.arguments
            && let Some(Term { changes, .. }) = terms::string(text, slot)
        {
            return self.push(Test { changes, check: Check::Blank });
        }
        self.is_plain(code, slot) || self.add(code, slot)
    }

    /// Adds what the case of a switch observes about a variable. Cases do not ignore the
    /// case of strings.
    pub(super) fn add_equality(
        &mut self,
        code: &Code,
        constant: &Value,
        slot: u32,
    ) -> bool {
        if !mentions(code, slot) {
            return true;
        }
        let of_operator = std::mem::replace(&mut self.ignores_case, false);
        let sides = [code, &Code::Constant(constant.clone())];
        let is_test = self.add_comparison(sides, Shape::Equal, slot);
        self.ignores_case = of_operator;
        is_test
    }

    /// Adds a call that is a test of the variable. Returns `false` if it
    /// is another call.
    fn add_call(&mut self, call: &Call, slot: u32) -> bool {
        match &*call.arguments {
            [one] => match call.function.name {
                "IsSet" => self.is_plain(one, slot),
                "IsNotSetOrEmpty" => {
                    !self.is_number_in(slot) && self.add_emptiness(one, slot)
                }
                _ => false,
            },
            [one, two] if call.shape != Shape::Any => {
                self.add_comparison([one, two], call.shape, slot)
            }
            [one, two, rest @ ..] if call.function.category == Category::Text => {
                call.function.name == "Contains"
                    && !self.is_number_in(slot)
                    && self.add_contains(one, two, rest, slot)
            }
            _ => false,
        }
    }

    /// Whether code is nothing but the variable, or a part of it that has a value if the
    /// variable has one.
    fn is_plain(&self, code: &Code, slot: u32) -> bool {
        let is_text = self.kind == Kind::String && !self.is_number_in(slot);
        matches!(code, Code::Variable(other) if *other == slot)
            || is_text && terms::string(code, slot).is_some()
    }

    fn add_emptiness(&mut self, code: &Code, slot: u32) -> bool {
        if self.kind != Kind::String {
            let has_emptiness = matches!(
                self.kind,
                Kind::Boolean
                    | Kind::Integer
                    | Kind::Decimal
                    | Kind::DateTime
                    | Kind::Duration
            );
            return has_emptiness && self.is_plain(code, slot);
        }
        let Some(Term { changes, trims_end }) = terms::string(code, slot) else {
            return false;
        };
        let check = Check::Length { count: 0, trims_end };
        self.push(Test { changes, check })
    }

    fn add_comparison(&mut self, sides: [&Code; 2], shape: Shape, slot: u32) -> bool {
        if self.is_number_in(slot) {
            return self.add_linear(sides, slot);
        }
        let is_equality = matches!(shape, Shape::Equal | Shape::NotEqual);
        let [one, two] = sides;
        let (code, constant) = match (one, two) {
            (Code::Constant(value), code) | (code, Code::Constant(value)) => {
                (code, value)
            }
            _ => return self.add_linear(sides, slot),
        };
        match constant {
            // An operand that is NOT_SET is the same for all other values.
            unset if unset.is_unset() => is_equality && self.is_plain(code, slot),
            Value::String(text) if self.kind == Kind::String => {
                is_equality && self.add_text(code, text, slot)
            }
            Value::Boolean(_) => is_equality && self.is_plain(code, slot),
            Value::Integer(_) => {
                self.add_number(code, constant, slot) || self.add_linear(sides, slot)
            }
            constant => self.add_number(code, constant, slot),
        }
    }

    /// Adds a comparison of the variable itself with a constant.
    fn add_number(&mut self, code: &Code, constant: &Value, slot: u32) -> bool {
        let is_variable = matches!(code, Code::Variable(other) if *other == slot);
        match (self.kind, constant) {
            _ if !is_variable => return false,
            (Kind::Decimal, Value::Decimal(number)) => self.decimals.push(number.clone()),
            (Kind::Decimal, Value::Integer(number)) => {
                self.decimals.push(Decimal::from(*number));
            }
            (Kind::Integer, Value::Decimal(number)) => {
                let both = [number.floor().truncate(), number.ceil().truncate()];
                self.integers.extend(both.into_iter().flatten());
            }
            (Kind::DateTime, Value::DateTime(time)) => {
                self.times.insert(time.milliseconds());
            }
            (Kind::Duration, Value::Duration(time)) => {
                self.times.insert(time.milliseconds());
            }
            _ => return false,
        }
        true
    }

    /// Adds `code == text`.
    fn add_text(&mut self, code: &Code, text: &str, slot: u32) -> bool {
        let text: Vec<char> = text.chars().collect();
        if let Some((term, count)) = terms::right(code, slot) {
            return self.add_end(term, count, text);
        }
        let Some(Term { changes, trims_end }) = terms::string(code, slot) else {
            return false;
        };
        let test = Test { changes, check: Check::Equals { text, trims_end } };
        match self.ignores_case {
            true => self.push(test.ignoring_case(Case::Lower)),
            false => self.push(test),
        }
    }

    /// Adds `Right(term, count) == text`.
    fn add_end(&mut self, term: Term, count: u32, text: Vec<char>) -> bool {
        let Term { changes, trims_end: false } = term else { return false };
        if self.ignores_case {
            return false;
        }
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let check = match length.cmp(&count) {
            std::cmp::Ordering::Equal => Check::EndsWith(text),
            // A shorter string is the whole one; a longer one never is the end.
            _ => Check::Equals { text, trims_end: false },
        };
        self.push(Test { changes, check })
    }

    fn add_contains(
        &mut self,
        code: &Code,
        wanted: &Code,
        rest: &[Code],
        slot: u32,
    ) -> bool {
        let ignores_case = match rest {
            [] => false,
            [Code::Constant(Value::Boolean(ignores_case))] => *ignores_case,
            _ => return false,
        };
        let Code::Constant(Value::String(wanted)) = wanted else { return false };
        let Some(Term { changes, trims_end }) = terms::string(code, slot) else {
            return false;
        };
        if trims_end && wanted.ends_with(super::functions::text::BLANKS) {
            return false;
        }
        let test = Test { changes, check: Check::Contains(wanted.chars().collect()) };
        match ignores_case {
            true => self.push(test.ignoring_case(Case::Fold)),
            false => self.push(test),
        }
    }

    /// Adds a test of strings. Returns `false` if it is not supported.
    fn push(&mut self, test: Test) -> bool {
        if test.cases().count() > 1 {
            return false;
        }
        self.needs_digits |= matches!(test.check, Check::Number(_));
        if !self.strings.contains(&test) {
            self.strings.push(test);
        }
        true
    }
}

fn mentions(code: &Code, slot: u32) -> bool {
    let mut is_mentioned = false;
    code.each_variable(&mut |other| is_mentioned |= other == slot);
    is_mentioned
}

#[cfg(test)]
mod tests;
