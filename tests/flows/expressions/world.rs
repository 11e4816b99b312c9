//! What expressions are evaluated in, and where the data of Genesys lies.

use flowsim::expr::architect::{
    Declarations, Directory, Expression, Scope, Surroundings, UnknownOrganization,
};
use flowsim::value::{DateTime, Type, Value};

/// Variables with their values; a fixed time; an organisation of which nothing is known.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) names: Declarations,
    pub(crate) values: Vec<Value>,
}

impl World {
    /// Declares a variable and gives it a value.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.names.declare(name, value.type_of());
        self.values.push(value);
        self
    }

    /// The value of an expression, or what is wrong with it.
    pub(crate) fn value(&mut self, text: &str) -> Result<Value, String> {
        let expression =
            Expression::compile(text, &mut self.names, None).map_err(|problems| {
                format!("{}: {}", problems[0].code, problems[0].message)
            })?;
        let new: Vec<Type> =
            self.names.iter().skip(self.values.len()).map(|(_, it)| it).collect();
        self.values.extend(new.into_iter().map(Value::unset));
        expression
            .evaluate(self)
            .map_err(|failure| format!("{}: {}", failure.code(), failure.message()))
    }
}

impl Scope for World {
    fn variable(&self, slot: u32) -> &Value {
        &self.values[slot as usize]
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self
    }
}

impl Surroundings for World {
    fn directory(&self) -> &dyn Directory {
        &UnknownOrganization
    }

    fn now(&self) -> DateTime {
        DateTime::parse("2026-01-05T09:00:00Z").unwrap()
    }

    fn random(&self) -> u64 {
        0
    }
}

/// A file of the shared data.
pub(crate) fn shared(name: &str) -> String {
    std::fs::read_to_string(crate::shared::shared("expressions").join(name)).unwrap()
}
