//! An expression from text to value.

use crate::value::{Text, Type, Value};

use super::canonical::print;
use super::check::check;
use super::code::{self, Code};
use super::evaluate::{Scope, evaluate};
use super::failure::Failure;
use super::names::Names;
use super::parse::parse;
use super::problem::Problem;

/// A compiled expression. Evaluating it is a pure function of its variables, the organisation,
/// the clock and chance.
#[derive(Debug, Clone)]
pub struct Expression {
    code: Code,
    holds: Type,
    text: Text,
}

impl Expression {
    /// Parses, checks and compiles an expression.
    ///
    /// `expected` is the type that its place needs: the result is converted to it where
    /// Architect does that by itself.
    ///
    /// # Errors
    /// Everything that is wrong with the text, in its order.
    pub fn compile(
        text: &str,
        names: &mut dyn Names,
        expected: Option<Type>,
    ) -> Result<Self, Vec<Problem>> {
        let tree = parse(text).map_err(|problem| vec![problem])?;
        let typed = check(&tree, names, expected)?;
        let holds = typed.holds;
        Ok(Self { code: code::compile(typed), holds, text: text.into() })
    }

    /// The type of the result.
    pub fn result_type(&self) -> Type {
        self.holds
    }

    /// The text that it was compiled from.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The slots of the variables that it may read, each once, in their order in the text.
    pub fn variables(&self) -> Vec<u32> {
        let mut slots = Vec::new();
        self.code.each_variable(&mut |slot| {
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        });
        slots
    }

    /// The value, if it does not depend on anything.
    pub fn constant(&self) -> Option<&Value> {
        match &self.code {
            Code::Constant(value) => Some(value),
            _ => None,
        }
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> &Code {
        &self.code
    }

    /// The value.
    ///
    /// # Errors
    /// The values at hand do not allow one; the failure says which and where.
    pub fn evaluate<S: Scope + ?Sized>(&self, scope: &S) -> Result<Value, Failure> {
        evaluate(&self.code, scope)
    }
}

/// The expression as Architect writes it back.
///
/// # Errors
/// Everything that is wrong with the text, in its order.
pub fn canonical(
    text: &str,
    names: &mut dyn Names,
    expected: Option<Type>,
) -> Result<String, Vec<Problem>> {
    let tree = parse(text).map_err(|problem| vec![problem])?;
    Ok(print(&check(&tree, names, expected)?))
}
