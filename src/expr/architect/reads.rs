//! The variables and properties that an expression reads.

use crate::value::{Text, Value};

use super::code::{Code, Shape};
use super::evaluate::Scope;

/// Functions that test if a value is set.
const PRESENCE: [&str; 2] = ["IsSet", "IsNotSetOrEmpty"];

/// A variable, or a property of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The slot of the variable.
    pub slot: u32,
    /// The names of the property, of its property, and so on; empty for the variable.
    pub path: Box<[Text]>,
}

impl Read {
    /// Returns the name; `variables` are the names of the variables by slot.
    pub fn name(&self, variables: &[Text]) -> Text {
        let mut name = variables.get(self.slot as usize).cloned().unwrap_or_default();
        for property in &self.path {
            name = format!("{name}.{property}").into();
        }
        name
    }

    /// Returns the current value: NOT_SET if the variable or a property on the path is.
    pub fn value<S: Scope + ?Sized>(&self, scope: &S) -> Value {
        let mut value = scope.variable(self.slot).clone();
        for name in &self.path {
            match value.property(name) {
                Some(property) => value = property,
                None => return Value::NOT_SET,
            }
        }
        value
    }
}

impl Code {
    /// Visits the name of every property. The recursion is as deep as the expression's
    /// nesting.
    pub(super) fn each_property(&self, visit: &mut dyn FnMut(&Text)) {
        if let Self::Property(property) = self {
            visit(&property.name);
        }
        self.each_part(&mut |part| part.each_property(visit));
    }

    /// Visits every variable with the properties that follow it. The recursion is as deep
    /// as the expression's nesting.
    pub(super) fn each_read(&self, visit: &mut dyn FnMut(Read)) {
        match self.read() {
            Some(read) => visit(read),
            None => self.each_part(&mut |part| part.each_read(visit)),
        }
    }

    /// Whether the code tests if a variable has a value, or compares it with a constant. The
    /// recursion is as deep as the expression's nesting.
    pub(super) fn tests(&self, slot: u32) -> bool {
        let is_mentioned = |code: &Self| {
            let mut is_mentioned = false;
            code.each_variable(&mut |other| is_mentioned |= other == slot);
            is_mentioned
        };
        let is_test = match self {
            Self::Call(call) => match (&*call.arguments, call.shape) {
                ([one, two], Shape::Equal | Shape::NotEqual) => {
                    let has_constant =
                        [one, two].iter().any(|it| matches!(it, Self::Constant(_)));
                    has_constant && is_mentioned(self)
                }
                _ => PRESENCE.contains(&call.function.name) && is_mentioned(self),
            },
            _ => false,
        };
        let mut tests = is_test;
        self.each_part(&mut |part| tests |= part.tests(slot));
        tests
    }

    /// Returns the variable with its properties, if the code is nothing else.
    pub(super) fn read(&self) -> Option<Read> {
        let mut path = Vec::new();
        let mut code = self;
        loop {
            match code {
                Self::Variable(slot) => {
                    path.reverse();
                    return Some(Read { slot: *slot, path: path.into() });
                }
                Self::Property(property) => {
                    path.push(property.name.clone());
                    code = &property.base;
                }
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression::Expression;
    use super::super::names::Declarations;
    use crate::value::{Kind, Type};

    fn reads(text: &str) -> Vec<String> {
        let names = ["Flow.a", "Flow.b", "Flow.q"];
        let mut declarations = Declarations::new();
        for (name, kind) in names.iter().zip([Kind::Integer, Kind::Boolean, Kind::Queue])
        {
            declarations.declare(name, Type::one(kind));
        }
        let expression = Expression::compile(text, &mut declarations, None).unwrap();
        let shown = expression.reads().into_iter().map(|read| {
            let path = read.path.iter().map(|name| format!(".{name}"));
            format!("{}{}", names[read.slot as usize], path.collect::<String>())
        });
        shown.collect()
    }

    #[test]
    fn every_variable_is_read_once_with_its_properties() {
        assert_eq!(reads("Flow.b and Flow.a > 1 or Flow.a < 0"), ["Flow.b", "Flow.a"]);
        assert_eq!(reads("Flow.q.name == \"x\""), ["Flow.q.name"]);
        assert_eq!(
            reads("If(Flow.b, Length(ToString(Flow.a)), 2) == 1"),
            ["Flow.b", "Flow.a"]
        );
        assert_eq!(reads("1 == 2"), [""; 0]);
    }
}
