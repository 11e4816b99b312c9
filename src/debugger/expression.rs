//! Expressions and assignments that a person types.

use super::draft::DraftExpression;
use crate::engine::Session;
use crate::expr::architect::{Expression, Failure, Problem};
use crate::flow::{NodeId, VariableId};
use crate::program::Program;
use crate::program::architect::VisibleVariables;
use crate::value::{Json, Type, Value};

/// An expression of the language of its flow.
#[derive(Debug, Clone)]
pub(super) enum Compiled {
    Architect(Box<Expression>),
    Draft(DraftExpression),
}

impl Compiled {
    /// Evaluates the expression at a level of a session.
    pub(super) fn evaluate(
        &self,
        session: &Session,
        level: usize,
    ) -> Result<Value, String> {
        match self {
            Self::Architect(expression) => {
                let value = session.evaluate(level, expression);
                value.map_err(|failure| of_failure(&failure))
            }
            Self::Draft(expression) => expression.evaluate(session, level),
        }
    }
}

/// Evaluates an expression at a level of a session.
pub(super) fn evaluate(
    session: &Session,
    level: usize,
    text: &str,
) -> Result<Value, String> {
    let compiled = match session.names(level) {
        Some(mut names) => Compiled::Architect(compile(&mut names, text, None)?.into()),
        None => {
            let running = session.running();
            let flow = running.get(level).ok_or("no flow is running")?.flow;
            let parsed = DraftExpression::parse(text, session.program(), flow)?;
            Compiled::Draft(parsed)
        }
    };
    compiled.evaluate(session, level)
}

/// Returns the variable with this name and the value of an expression, converted to its
/// type.
pub(super) fn assignment(
    session: &Session,
    level: usize,
    name: &str,
    text: &str,
) -> Result<(VariableId, Value), String> {
    let Some(mut names) = session.names(level) else {
        let program = session.program();
        let values = session.flow_values(level);
        let mut ids = values.iter().map(|(id, _)| *id);
        let id = ids.find(|id| program.symbols.variable(*id) == name);
        let id = id.ok_or_else(|| unknown(name))?;
        let value = Json::parse(text).map_or_else(|_| Value::from(text), Value::from);
        return Ok((id, value));
    };
    let (id, holds) = names.named(name).ok_or_else(|| unknown(name))?;
    let expression = compile(&mut names, text, Some(holds))?;
    let value = session.evaluate(level, &expression);
    Ok((id, value.map_err(|failure| of_failure(&failure))?))
}

/// Compiles the condition of a breakpoint at a node.
pub(super) fn at_node(
    program: &Program,
    node: NodeId,
    text: &str,
    expected: Option<Type>,
) -> Result<Compiled, String> {
    let flow = program.steps[node.index()].flow;
    match VisibleVariables::of(program, flow, program.sequence_of(node)) {
        Some(mut names) => {
            let expression = compile(&mut names, text, expected)?;
            Ok(Compiled::Architect(expression.into()))
        }
        None => DraftExpression::parse(text, program, flow).map(Compiled::Draft),
    }
}

fn compile(
    names: &mut VisibleVariables,
    text: &str,
    expected: Option<Type>,
) -> Result<Expression, String> {
    Expression::compile(text, names, expected).map_err(|problems| {
        let texts = problems.iter().map(|Problem { message, help, .. }| {
            let help = help.as_ref().map(|help| format!(" ({help})"));
            format!("{message}{}", help.unwrap_or_default())
        });
        texts.collect::<Vec<_>>().join("; ")
    })
}

fn of_failure(failure: &Failure) -> String {
    format!("{}: {}", failure.code(), failure.message())
}

pub(super) fn unknown(name: &str) -> String {
    format!("there is no variable `{name}` here")
}
