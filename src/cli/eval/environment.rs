//! Evaluation environment of command-line expressions.

use crate::engine::DEFAULT_START;
use crate::expr::architect::{
    BUILT_INS, Declarations, Directory, Environment, Expression, Names, RandomNumbers,
    Scope, Segment, Variable, canonical,
};
use crate::value::{DateTime, Text, Type, Value};
use crate::world::{Fixtures, with_objects};

use super::answer::Answer;
use super::variables::Given;

/// Variables, organisation, clock and random number generator.
pub(super) struct EvalEnvironment {
    names: Declarations,
    values: Vec<Value>,
    fixtures: Fixtures,
    now: DateTime,
    chance: RandomNumbers,
}

impl EvalEnvironment {
    pub(super) fn new(fixtures: Fixtures, at: Option<DateTime>, seed: u64) -> Self {
        let now = at.unwrap_or(DEFAULT_START);
        let chance = RandomNumbers::from_seed(seed);
        let mut world = Self {
            names: Declarations::new(),
            values: Vec::new(),
            fixtures,
            now,
            chance,
        };
        let language = Value::String(world.fixtures.default_language());
        for (name, value) in [
            ("Flow.StartDateTimeUtc", Value::DateTime(now)),
            ("Flow.IsTest", Value::Boolean(true)),
            ("Call.Language", language.clone()),
            ("Interaction.Language", language),
        ] {
            world.set(name, value.type_of(), value);
        }
        world
    }

    /// Sets a variable to a value of the command line.
    ///
    /// # Errors
    /// The value has another type, or the name is that of a constant. The message has an
    /// empty line before the help.
    pub(super) fn give(&mut self, given: &Given) -> Result<(), String> {
        let same = |name: &str| name.eq_ignore_ascii_case(&given.name);
        let built_in = BUILT_INS.iter().find(|built_in| same(built_in.name));
        given.require_variable(built_in)?;
        let (holds, value) = given.typed(built_in.map(|built_in| built_in.value_type))?;
        let value = with_objects(&self.fixtures, value);
        self.set(&given.name, holds, value);
        Ok(())
    }

    fn set(&mut self, name: &str, holds: Type, value: Value) {
        let slot = self.names.declare(name, holds) as usize;
        self.fill();
        self.values[slot] = value;
    }

    /// Adds slots for built-in variables; each takes a slot when it is first named.
    fn fill(&mut self) {
        let known = self.values.len();
        let new = self.names.iter().skip(known).map(|(_, holds)| Value::unset(holds));
        self.values.extend(new);
    }

    pub(super) fn evaluate(&mut self, text: &str, expected: Option<Type>) -> Answer {
        match Expression::compile(text, &mut self.names, expected) {
            Ok(expression) => {
                self.fill();
                match expression.evaluate(self) {
                    Ok(value) => Answer::of_value(
                        expression.result_type(),
                        value,
                        &self.language(),
                    ),
                    Err(failure) => Answer::of_failure(text, &failure),
                }
            }
            Err(problems) => Answer::of_problems(text, problems),
        }
    }

    /// Returns the language for spoken values: that of the call, else the flow's.
    fn language(&self) -> Text {
        let of_call = self.names.get("Call.Language");
        match of_call.map(|(slot, _)| self.variable(slot)) {
            Some(Value::String(language)) => language.clone(),
            _ => self.fixtures.default_language(),
        }
    }

    /// Returns the expression as Architect writes it back; unknown variables have any
    /// type.
    pub(super) fn canonical(&mut self, text: &str, expected: Option<Type>) -> Answer {
        match canonical(text, &mut Lenient(&mut self.names), expected) {
            Ok(canonical) => Answer::Canonical(canonical),
            Err(problems) => Answer::of_problems(text, problems),
        }
    }
}

impl Scope for EvalEnvironment {
    fn variable(&self, slot: u32) -> &Value {
        self.values.get(slot as usize).unwrap_or(&Value::NOT_SET)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

impl Environment for EvalEnvironment {
    fn directory(&self) -> &dyn Directory {
        &self.fixtures
    }

    fn now(&self) -> DateTime {
        self.now
    }

    fn random(&self) -> u64 {
        self.chance.next()
    }
}

/// Accepts every scoped name as a variable: `Flow.x`, `Task.x`.
struct Lenient<'n>(&'n mut Declarations);

const SCOPES: [&str; 5] = ["flow", "task", "state", "slot", "session"];

impl Names for Lenient<'_> {
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<Variable> {
        if let Some(known) = self.0.variable(name) {
            return Some(known);
        }
        let [scope, rest, ..] = name else { return None };
        if !SCOPES.iter().any(|known| scope.text.eq_ignore_ascii_case(known)) {
            return None;
        }
        let name = Text::from(format!("{}.{}", scope.text, rest.text));
        Some(Variable { slot: u32::MAX, value_type: Type::ANY, name, length: 2 })
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        self.0.suggestion(name)
    }
}
