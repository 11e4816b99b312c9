//! Expressions and assignments that a person types.

use crate::engine::Session;
use crate::expr::architect::{Expression, Failure, Problem};
use crate::flow::{NodeId, VariableId};
use crate::program::Program;
use crate::program::architect::VisibleVariables;
use crate::value::{Json, Type, Value};

/// Evaluates an expression at a level of a session. In a draft flow, which has no
/// expressions, it is the name of a variable, with properties after dots.
pub(super) fn evaluate(
    session: &Session,
    level: usize,
    text: &str,
) -> Result<Value, String> {
    let Some(mut names) = session.names(level) else {
        return named(session, level, text);
    };
    let expression = compile(&mut names, text, None)?;
    session.evaluate(level, &expression).map_err(|failure| of_failure(&failure))
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
) -> Result<Expression, String> {
    let flow = program.steps[node.index()].flow;
    let names = VisibleVariables::of(program, flow, program.sequence_of(node));
    let mut names =
        names.ok_or("draft flows have no expressions; leave the condition out")?;
    compile(&mut names, text, expected)
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

fn unknown(name: &str) -> String {
    format!("there is no variable `{name}` here")
}

/// Finds a variable of a draft flow by its name, and a property of it.
fn named(session: &Session, level: usize, text: &str) -> Result<Value, String> {
    let program = session.program();
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let mut parts = text.split('.');
    let first = parts.next().unwrap_or_default();
    let values = session.flow_values(level);
    let mut found = values.iter().find(|(id, _)| program.symbols.variable(*id) == first);
    let value = found.take().map(|(_, value)| (*value).clone());
    let value = value.ok_or_else(|| unknown(first))?;
    Ok(parts.fold(value, |value, name| value.property(name).unwrap_or_default()))
}
