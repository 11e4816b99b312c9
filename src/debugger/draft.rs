//! Expressions of draft flows that a person types: conditions, literals, and references
//! with or without braces.

use std::borrow::Cow;

use super::expression::unknown;
use crate::engine::Session;
use crate::expr::draft::{
    Condition, Operand, Reference, Scope, Template, parse_condition, parse_template,
};
use crate::flow::FlowId;
use crate::program::Program;
use crate::source::{FileId, Span};
use crate::value::Value;

/// An expression of a draft flow.
#[derive(Debug, Clone)]
pub(super) enum DraftExpression {
    /// `{round}` or `round`: it keeps the type of the value.
    Reference(Reference),
    Literal(Value),
    /// True or false.
    Condition(Condition<Reference>),
}

impl DraftExpression {
    /// Parses an expression with the names of a flow.
    pub(super) fn parse(
        text: &str,
        program: &Program,
        flow: FlowId,
    ) -> Result<Self, String> {
        let parsed = match parse_condition(text, place(text)) {
            Ok(Condition::Holds(Operand::Reference(reference))) => {
                Self::Reference(reference)
            }
            Ok(Condition::Holds(Operand::Literal(value))) => Self::Literal(value),
            Ok(Condition::Holds(Operand::Null)) => Self::Literal(Value::NOT_SET),
            Ok(condition) => Self::Condition(condition),
            Err(problem) => match bare(text) {
                Some(reference) => Self::Reference(reference),
                None => {
                    let help = problem.help.map(|help| format!(" ({help})"));
                    return Err(problem.message + &help.unwrap_or_default());
                }
            },
        };
        let mut missing = None;
        parsed.each_reference(&mut |reference| {
            if program.referent(flow, &reference.segments).is_none() {
                missing.get_or_insert_with(|| reference.segments.join("."));
            }
        });
        missing.map_or(Ok(parsed), |name| Err(unknown(&name)))
    }

    fn each_reference<'e>(&'e self, visit: &mut dyn FnMut(&'e Reference)) {
        match self {
            Self::Reference(reference) => visit(reference),
            Self::Literal(_) => {}
            Self::Condition(condition) => condition.each_reference(visit),
        }
    }

    /// Evaluates the expression at a level of a session.
    pub(super) fn evaluate(
        &self,
        session: &Session,
        level: usize,
    ) -> Result<Value, String> {
        let names = Names { session, level };
        match self {
            Self::Reference(reference) => Ok(names.read(reference).into_owned()),
            Self::Literal(value) => Ok(value.clone()),
            Self::Condition(condition) => {
                let value = condition.evaluate(&names);
                value.map(Value::Boolean).map_err(|problem| problem.message)
            }
        }
    }
}

/// The values at a level of a session.
struct Names<'s> {
    session: &'s Session,
    level: usize,
}

impl Scope<Reference> for Names<'_> {
    fn read(&self, reference: &Reference) -> Cow<'_, Value> {
        let value = self.session.referenced(self.level, &reference.segments);
        Cow::Owned(value.unwrap_or(Value::NOT_SET))
    }

    fn peek(&self, _: &Reference) -> Option<&Value> {
        None
    }
}

/// Returns the reference of a name without braces, with properties after dots.
fn bare(text: &str) -> Option<Reference> {
    let text = text.trim();
    if text.contains(['{', '}']) {
        return None;
    }
    let text = format!("{{{text}}}");
    match parse_template(&text, place(&text)) {
        Ok(Template::Whole(reference)) => Some(reference),
        _ => None,
    }
}

/// The place of an expression that is not in a file. Nothing reads it: messages quote it.
fn place(text: &str) -> Span {
    Span::new(FileId(0), 0, text.len())
}
