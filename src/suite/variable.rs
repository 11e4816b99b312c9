//! Checks of variable values.

use super::history::{History, shown};
use super::mismatch::{Mismatch, Shown};
use super::play::Played;
use super::targets;
use crate::analysis::matcher::{TextMatcher, ValueMatcher};
use crate::diagnostic::nearest;
use crate::flow::{FlowId, NodeLabel, SequenceId, VariableId};
use crate::program::Program;
use crate::source::Span;
use crate::value::{Json, Text, Value};

/// Returns the value of a variable of the first flow at the end of the call.
pub(super) fn at_end<'p>(
    program: &Program,
    played: &'p Played,
    name: &str,
) -> Option<&'p Value> {
    let trace = &played.trace;
    let id = program.variable(trace.flow, name);
    let known = trace.variables.iter().find(|(own, _)| Some(*own) == id);
    let built_in = || played.built_ins.iter().find(|(own, _)| own == name);
    let other = || trace.other_variables.iter().find(|(own, _)| own == name);
    let known = known.map(|(_, value)| value);
    known.or_else(|| Some(&built_in().or_else(other)?.1))
}

/// Checks that a variable has the expected value. `value` is that of the first flow, if it
/// has one. An unknown variable matches no expectation, not even NOT_SET, because its name
/// is misspelt.
pub(super) fn check(
    history: History<'_>,
    name: &str,
    value: Option<&Value>,
    wanted: &ValueMatcher,
    span: Span,
) -> Option<Mismatch> {
    let is_own = value.is_some() || own_variable(history, name).is_some();
    let other = if is_own { None } else { other_variable(history, name) };
    let is_unknown = !is_own && other.is_none() && !history.steps.is_empty();
    // A flow that was left has no variables any more: these are the last values.
    let last = || Some(history.assigned(other?, history.events.len())?.1);
    let value = value.or_else(last).unwrap_or(&Value::NOT_SET);
    if wanted.matches(value) && !is_unknown {
        return None;
    }
    let output = is_unknown.then(|| output_named(history, name)).flatten();
    let found = match (is_unknown, output) {
        (true, Some(_)) => "it is not a variable".into(),
        (true, None) => "no such variable".into(),
        (false, _) => format!("it is {}", shown(value)),
    };
    let message = format!("expected `{name}` to be {wanted}, {found}");
    let expected = expected(wanted);
    let subject = format!("variables.{name}");
    if let Some(node) = output {
        let mismatch = Mismatch::new(span, subject, message);
        return Some(mismatch.between(expected, Shown::Nothing).because([
            format!(
                "`{name}` is an output of the node `{node}`, which only the flow can read"
            ),
            "expect a variable that stores it, or the `path` that it leads to".into(),
        ]));
    }
    let (step, cause) = origin(history, name, value);
    Some(
        Mismatch::new(span, subject, message)
            .between(expected, Shown::json(&value.to_json()))
            .at_step(step)
            .because(other_type(wanted, value))
            .because(cause),
    )
}

fn expected(wanted: &ValueMatcher) -> Shown {
    match wanted {
        ValueMatcher::Equals(json) => Shown::json(json),
        ValueMatcher::Text(TextMatcher::Equals(text)) => {
            Shown::json(&Json::String(text.clone()))
        }
        other => Shown::Text(other.to_string().into()),
    }
}

fn own_variable(history: History<'_>, name: &str) -> Option<VariableId> {
    let first = history.compiled(history.steps.first()?.node).flow;
    history.program.variable(first, name)
}

/// Returns the variable with this name of the last flow or task of the call that has one.
fn other_variable(history: History<'_>, name: &str) -> Option<VariableId> {
    let program = history.program;
    let mut nodes = history.steps.iter().rev().map(|step| step.node);
    nodes.find_map(|node| {
        let sequence = program.sequence_of(node);
        let of_task = sequence.and_then(|it| of_sequence(program, it, name));
        of_task.or_else(|| of_flow(program, history.compiled(node).flow, name))
    })
}

fn of_flow(program: &Program, of: FlowId, name: &str) -> Option<VariableId> {
    program.variable(of, name).filter(|id| !program.is_built_in(*id))
}

fn of_sequence(program: &Program, of: SequenceId, name: &str) -> Option<VariableId> {
    let mut ids = program.sequence(of).variables.list.iter().map(|it| it.id);
    let is_it = |id: &VariableId| {
        !name.is_empty() && program.symbols.variable(*id).eq_ignore_ascii_case(name)
    };
    ids.find(is_it)
}

/// Names the flow or task that has a variable, of those that the call did not enter.
fn owner(program: &Program, name: &str) -> Option<String> {
    let mut sequences = (0..program.sequences.len()).map(SequenceId::new);
    let task = sequences.find(|it| of_sequence(program, *it, name).is_some());
    let mut flows = (0..program.symbols.flows.len()).map(FlowId::new);
    let flow = flows.find(|it| of_flow(program, *it, name).is_some());
    let flow = flow.map(|it| format!("the flow `{}`", program.symbols.flow(it).name));
    flow.or_else(|| Some(format!("the task `{}`", program.sequence(task?).name)))
}

/// Returns the node of the first flow that has the output, as `GetOrder` has
/// `GetOrder.state`. Architect actions have no outputs: they set variables.
fn output_named<'h>(history: History<'h>, name: &str) -> Option<&'h Text> {
    let flow = history.compiled(history.steps.first()?.node).flow;
    let (node, _) = name.split_once('.')?;
    let is_it = |label: &&NodeLabel| label.flow == flow && label.id == node;
    let mut labels = history.program.symbols.nodes.iter();
    let label = labels.find(is_it)?;
    history.program.unit(flow).architect.is_none().then_some(&label.id)
}

/// Returns the step that set a variable, and why; or why no step did.
fn origin(history: History<'_>, name: &str, value: &Value) -> (Option<usize>, Vec<Text>) {
    let id = own_variable(history, name).or_else(|| other_variable(history, name));
    let Some(id) = id else {
        return (None, unknown(history, name).into_iter().collect());
    };
    let assigned = history.assigned(id, history.events.len());
    let assigned = assigned.filter(|(_, set)| *set == value).map(|(event, _)| event);
    if let Some(event) = assigned.filter(|event| history.is_initial(*event)) {
        let (step, cause) = not_set(history, id);
        let lines = history.set_at(id, event).into_iter().chain(cause);
        return (step, lines.collect());
    }
    let step = assigned.and_then(|event| history.events.get(event));
    let step = step.map(|event| event.step as usize);
    let mut lines = match assigned {
        Some(event) => history.set_at(id, event),
        None if value.is_unset() => {
            let (step, cause) = not_set(history, id);
            let lines = ["no step set it".into()].into_iter().chain(cause);
            return (step, lines.collect());
        }
        None => {
            return (
                history.last_step(),
                vec!["it was set at the start of the call".into()],
            );
        }
    };
    lines.extend(history.cause(step.unwrap_or(history.steps.len()), None).1);
    (step.or_else(|| history.last_step()), lines)
}

/// Explains that the call has no variable with this name.
fn unknown(history: History<'_>, name: &str) -> Option<Text> {
    let program = history.program;
    if let Some(owner) = owner(program, name) {
        let message =
            format!("`{name}` is a variable of {owner}, which the call did not enter");
        return Some(message.into());
    }
    let suggestion = nearest(name, names_of_call(history))
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    Some(format!("no loaded flow has a variable `{name}`{suggestion}").into())
}

/// Returns the names of the variables of the flows and tasks that the call entered, in this
/// order.
fn names_of_call(history: History<'_>) -> Vec<&str> {
    let program = history.program;
    let (mut flows, mut sequences) = (Vec::new(), Vec::new());
    for step in history.steps {
        let flow = history.compiled(step.node).flow;
        if !flows.contains(&flow) {
            flows.push(flow);
        }
        let sequence = program.sequence_of(step.node);
        sequences.extend(sequence.filter(|it| !sequences.contains(it)));
    }
    let of_flows = flows.into_iter().flat_map(|flow| program.variable_names(flow));
    let of_tasks =
        sequences.into_iter().flat_map(|it| &program.sequence(it).variables.list);
    let of_tasks = of_tasks.map(|it| program.symbols.variable(it.id).as_str());
    of_flows.chain(of_tasks).collect()
}

/// Explains why no step set a variable.
fn not_set(history: History<'_>, id: VariableId) -> (Option<usize>, Vec<Text>) {
    let nodes = targets::setting(history.program, id);
    let (step, cause) = history.cause(history.steps.len(), Some((&nodes, 0)));
    (step.or_else(|| history.last_step()), cause)
}

/// Explains values that differ only in type, such as `1` and `"1"`.
fn other_type(wanted: &ValueMatcher, found: &Value) -> Option<&'static str> {
    let ValueMatcher::Equals(wanted) = wanted else { return None };
    let found = found.to_json();
    let bare = |json: &Json| match json {
        Json::String(text) => text.to_string(),
        other => other.to_string(),
    };
    let is_string = |json: &Json| matches!(json, Json::String(_));
    (is_string(wanted) != is_string(&found) && bare(wanted) == bare(&found))
        .then_some("one of them is a string (in quotes), the other is not")
}
