//! Expressions that use a variable only in comparisons with constants.

use crate::value::Value;

use super::code::{Call, Code};
use super::signature::Category;

impl Code {
    /// Visits the constants with which the code compares a variable. Returns `false` if the
    /// value of the code may depend on the variable in another way than by these
    /// comparisons, and by whether it is set or empty. The recursion is as deep as the
    /// expression's nesting.
    pub(super) fn only_compares(&self, slot: u32, visit: &mut dyn FnMut(&Value)) -> bool {
        match self {
            Self::Variable(other) => *other != slot,
            Self::Call(call) => call.only_compares(slot, visit),
            _ => {
                let mut only = true;
                self.each_part(&mut |part| only &= part.only_compares(slot, visit));
                only
            }
        }
    }

    fn is_variable(&self, slot: u32) -> bool {
        matches!(self, Self::Variable(other) if *other == slot)
    }
}

impl Call {
    fn only_compares(&self, slot: u32, visit: &mut dyn FnMut(&Value)) -> bool {
        match &*self.arguments {
            [one] if one.is_variable(slot) => {
                matches!(self.function.name, "IsSet" | "IsNotSetOrEmpty")
            }
            [one, Code::Constant(value)] | [Code::Constant(value), one]
                if one.is_variable(slot) =>
            {
                visit(value);
                self.function.category == Category::Operators
                    && matches!(self.function.name, "==" | "!=" | "<" | "<=" | ">" | ">=")
            }
            arguments => {
                let mut only = true;
                for argument in arguments {
                    only &= argument.only_compares(slot, visit);
                }
                only
            }
        }
    }
}
