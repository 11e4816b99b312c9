//! A compiled expression and its evaluation.

use std::{fmt, mem};

use crate::value::{Text, Type, Value};

use super::blame::{self, UnsetPart};
use super::canonical::print;
use super::check::check;
use super::classes::Observations;
use super::code::{self, Code};
use super::direct::boolean;
use super::evaluate::{Scope, evaluate, evaluate_into};
use super::failure::Failure;
use super::names::Names;
use super::parse::parse_with;
use super::problem::Problem;
use super::reads::Read;
use super::signature::Varying;
use super::stack::{is_deep, with_levels};
use super::tree::{Place, Tree};
use super::typed::Typed;

/// A compiled expression. Its evaluation is a pure function of its variables, the
/// organisation, the clock and the random number generator.
pub struct Expression {
    code: Code,
    holds: Type,
    text: Text,
    /// The number of levels of the code, without conversions.
    levels: u16,
}

impl Clone for Expression {
    fn clone(&self) -> Self {
        self.with_code(with_levels(self.levels, || self.code.clone()))
    }
}

impl Drop for Expression {
    fn drop(&mut self) {
        if is_deep(self.levels) {
            let code = mem::replace(&mut self.code, Code::Constant(Value::NOT_SET));
            with_levels(self.levels, || drop(code));
        }
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_levels(self.levels, || {
            formatter
                .debug_struct("Expression")
                .field("code", &self.code)
                .field("holds", &self.holds)
                .field("text", &self.text)
                .finish()
        })
    }
}

impl Expression {
    /// Parses, checks and compiles an expression.
    ///
    /// `expected` is the type that the context requires. The result is converted to it
    /// where Architect converts implicitly.
    ///
    /// # Errors
    /// Returns all errors in the text, in order.
    pub fn compile(
        text: &str,
        names: &mut dyn Names,
        expected: Option<Type>,
    ) -> Result<Self, Vec<Problem>> {
        parse_with(text, |parsed| {
            let (typed, levels) = typed(parsed, names, expected)?;
            let holds = typed.value_type;
            Ok(Self { code: code::compile(typed), holds, text: text.into(), levels })
        })
    }

    /// Parses and checks an expression, as [`Self::compile`] does, without compiling it.
    ///
    /// # Errors
    /// Returns all errors in the text, in order.
    pub fn check(
        text: &str,
        names: &mut dyn Names,
        expected: Option<Type>,
    ) -> Result<(), Vec<Problem>> {
        parse_with(text, |parsed| typed(parsed, names, expected).map(|_| ()))
    }

    /// Does work with the compiled code that may recurse over it.
    #[inline]
    pub(super) fn with<R>(&self, work: impl FnOnce(&Code) -> R) -> R {
        with_levels(self.levels, || work(&self.code))
    }

    /// The number of levels of the code, without conversions.
    pub(super) fn levels(&self) -> u16 {
        self.levels
    }

    /// Returns the expression with other code.
    pub(super) fn with_code(&self, code: Code) -> Self {
        Self { code, holds: self.holds, text: self.text.clone(), levels: self.levels }
    }

    /// The type of the result.
    pub fn result_type(&self) -> Type {
        self.holds
    }

    /// The source text.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The slots of the variables that it may read, without duplicates, in the order of
    /// the text.
    pub fn variables(&self) -> Vec<u32> {
        let mut slots = Vec::new();
        let mut add = |slot| {
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        };
        self.with(|code| code.each_variable(&mut add));
        slots
    }

    /// Whether its value depends on something that changes during a call.
    pub fn varies_with(&self, varying: Varying) -> bool {
        self.with(|code| code.varies_with(varying))
    }

    /// Whether its value may depend on objects of the organisation.
    pub fn reads_organisation(&self) -> bool {
        self.with(Code::reads_organisation)
    }

    /// Visits every constant in it, in the order of the text.
    pub fn each_constant(&self, visit: &mut dyn FnMut(&Value)) {
        self.with(|code| code.each_constant(visit));
    }

    /// The variables, and the properties of variables, that it may read, without
    /// duplicates, in the order of the text.
    pub fn reads(&self) -> Vec<Read> {
        let mut reads = Vec::new();
        let mut add = |read| {
            if !reads.contains(&read) {
                reads.push(read);
            }
        };
        self.with(|code| code.each_read(&mut add));
        reads
    }

    /// Whether it tests if a variable has a value, or compares it with a constant.
    pub fn tests(&self, slot: u32) -> bool {
        self.with(|code| code.tests(slot))
    }

    /// The constant strings in it, in the order of the text.
    pub fn strings(&self) -> Vec<Text> {
        let mut strings = Vec::new();
        self.with(|code| code.each_string(&mut |text| strings.push(text.clone())));
        strings
    }

    /// Whether it is nothing but a variable or a property of one.
    pub fn is_read(&self) -> bool {
        self.with(|code| code.read().is_some())
    }

    /// Visits the name of every property that it reads.
    pub fn each_property(&self, visit: &mut dyn FnMut(&Text)) {
        self.with(|code| code.each_property(visit));
    }

    /// Whether it is nothing but a variable.
    pub fn is_variable(&self) -> bool {
        matches!(self.code, Code::Variable(_))
    }

    /// Adds everything that it observes about a variable. Returns whether its value
    /// depends on the variable only by these observations, and by whether the variable is
    /// set.
    pub fn observe(&self, slot: u32, observations: &mut Observations) -> bool {
        self.with(|code| observations.add(code, slot))
    }

    /// Whether it is `ToInt` of a variable that holds a string. Adds for which strings that
    /// fails.
    pub fn observe_conversion(&self, slot: u32, observations: &mut Observations) -> bool {
        self.with(|code| observations.add_conversion(code, slot))
    }

    /// Adds what the presence of its value observes about a variable, as
    /// [`Self::observe`] does.
    pub fn observe_presence(&self, slot: u32, observations: &mut Observations) -> bool {
        self.with(|code| observations.add_presence(code, slot))
    }

    /// Adds what the case of a switch, a constant, observes about a variable, as
    /// [`Self::observe`] does.
    pub fn observe_equality(
        &self,
        constant: &Value,
        slot: u32,
        observations: &mut Observations,
    ) -> bool {
        self.with(|code| observations.add_equality(code, constant, slot))
    }

    /// Returns the parts of the text that are NOT_SET and caused a failure at this place.
    pub fn unset_parts<S: Scope + ?Sized>(
        &self,
        place: Place,
        scope: &S,
    ) -> Vec<UnsetPart> {
        self.with(|code| blame::unset_parts(code, &self.text, place, scope))
    }

    /// The value, if it is constant.
    pub fn constant(&self) -> Option<&Value> {
        match &self.code {
            Code::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Evaluates the expression.
    ///
    /// # Errors
    /// Fails if the current values do not allow a result. The failure names the reason
    /// and the place.
    pub fn evaluate<S: Scope + ?Sized>(&self, scope: &S) -> Result<Value, Failure> {
        self.with(|code| evaluate(code, scope))
    }

    /// Returns its value if that is a Boolean that follows from comparisons of constants and
    /// variables.
    #[inline]
    pub fn boolean<S: Scope + ?Sized>(&self, scope: &S) -> Option<bool> {
        if is_deep(self.levels) {
            return self.with(|code| boolean(code, scope));
        }
        boolean(&self.code, scope)
    }

    /// Evaluates the expression, and puts its value in a place.
    ///
    /// # Errors
    /// Fails as [`Self::evaluate`] does. The place is not changed then.
    #[inline]
    pub fn evaluate_into<S: Scope + ?Sized>(
        &self,
        scope: &S,
        place: &mut Value,
    ) -> Result<(), Failure> {
        if is_deep(self.levels) {
            return self.evaluate_deep(scope, place);
        }
        evaluate_into(&self.code, scope, place)
    }

    /// Evaluates an expression with many levels. It is separate, so that the evaluation of
    /// others is part of the function that needs the value.
    #[cold]
    #[inline(never)]
    fn evaluate_deep<S: Scope + ?Sized>(
        &self,
        scope: &S,
        place: &mut Value,
    ) -> Result<(), Failure> {
        *place = self.evaluate(scope)?;
        Ok(())
    }
}

/// Checks a tree. Returns its number of levels, too.
fn typed(
    parsed: Result<Tree<'_>, Problem>,
    names: &mut dyn Names,
    expected: Option<Type>,
) -> Result<(Typed, u16), Vec<Problem>> {
    let tree = parsed.map_err(|problem| vec![problem])?;
    Ok((check(&tree, names, expected)?, tree.depth))
}

/// Formats the expression as Architect writes it.
///
/// # Errors
/// Returns all errors in the text, in order.
pub fn canonical(
    text: &str,
    names: &mut dyn Names,
    expected: Option<Type>,
) -> Result<String, Vec<Problem>> {
    parse_with(text, |parsed| Ok(print(&typed(parsed, names, expected)?.0)))
}
