//! Resolves the flow, node and variables that a user names as the start of a call, and
//! reports unknown names.

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::value::{Text, Value};
use crate::world::RoutedCall;

/// The largest number of flows that a diagnostic lists.
const MAX_LISTED: usize = 20;

/// Returns the flow with this id, name, or name and type: `Main (workflow)`.
///
/// # Errors
/// There is no such flow, or there are several.
pub fn flow(program: &Program, name: &str) -> Result<FlowId, Box<Diagnostic>> {
    flow_among(program, name, &program.flows_named(name))
}

fn flow_among(
    program: &Program,
    name: &str,
    found: &[FlowId],
) -> Result<FlowId, Box<Diagnostic>> {
    match found {
        [only] => Ok(*only),
        [] => {
            let labels = program.symbols.flows.iter();
            let names = labels.flat_map(|label| [label.name.as_str(), label.id.as_str()]);
            let near = nearest(name, names);
            Err(unknown(Code::UNKNOWN_FLOW, "there is no flow", name, near))
        }
        several => {
            let message = format!("{} flows are called `{name}`", several.len());
            let help = format!("name one of them: {}", listed(program, several));
            Err(Box::new(Diagnostic::new(Code::UNKNOWN_FLOW, message).help(help)))
        }
    }
}

/// Returns the references of flows, as far as a diagnostic lists them.
fn listed(program: &Program, flows: &[FlowId]) -> String {
    let names = flows.iter().take(MAX_LISTED);
    let names: Vec<Text> = names.map(|it| program.symbols.flow_reference(*it)).collect();
    let more = flows.len().saturating_sub(MAX_LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", names.join(", "))
}

/// Returns the flows with an id or name that have a type. Returns all flows with this id
/// or name if none has the type.
fn of_type(program: &Program, name: &str, flow_type: &str) -> Vec<FlowId> {
    let found = program.flows_named(name);
    let is_it = |flow: &&FlowId| {
        program.symbols.flow(**flow).flow_type.eq_ignore_ascii_case(flow_type)
    };
    let of_type: Vec<FlowId> = found.iter().filter(is_it).copied().collect();
    if of_type.is_empty() { found } else { of_type }
}

/// Returns the flow with an id or name. The type decides between several.
///
/// # Errors
/// There is no such flow, or there are several of this type.
pub fn flow_of_type(
    program: &Program,
    name: &str,
    flow_type: Option<&str>,
) -> Result<FlowId, Box<Diagnostic>> {
    match flow_type {
        Some(flow_type) => flow_among(program, name, &of_type(program, name, flow_type)),
        None => flow(program, name),
    }
}

/// Returns the dialled number of a context: `to` or `dnis`.
pub fn dialled_number(context: &[(Text, Value)]) -> Option<String> {
    let is_number =
        |name: &str| ["to", "dnis"].iter().any(|it| name.eq_ignore_ascii_case(it));
    let found = context.iter().rev().find(|(name, _)| is_number(name));
    match &found?.1 {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// Returns the flow that a dialled number starts.
///
/// # Errors
/// The route has no flow for this time, or the flow is not loaded.
pub fn dialled(
    program: &Program,
    number: &str,
    routed: RoutedCall<'_>,
) -> Result<FlowId, Box<Diagnostic>> {
    let RoutedCall { route, flow: name, state } = routed;
    let Some(name) = name else {
        let state = format!("{state:?}").to_lowercase();
        let message = format!(
            "the IVR route `{route}` of {number} has no flow for its state `{state}`"
        );
        return Err(Box::new(Diagnostic::new(Code::UNKNOWN_FLOW, message)));
    };
    // An IVR route starts inbound call flows.
    flow_of_type(program, name, Some("inboundCall"))
}

/// Returns the only flow that no other flow calls. The caller of this function adds help
/// on how to choose a flow.
///
/// # Errors
/// There is no such flow, or there are several.
pub fn only_entry(program: &Program) -> Result<FlowId, Box<Diagnostic>> {
    let entries = program.entry_flows();
    if let [only] = entries.as_slice() {
        return Ok(*only);
    }
    let listed = if entries.is_empty() {
        (0..program.units.len()).map(FlowId::new).collect()
    } else {
        entries
    };
    let names = self::listed(program, &listed);
    let message = format!("no flow given to start; there are {}: {names}", listed.len());
    Err(Box::new(Diagnostic::new(Code::UNKNOWN_FLOW, message)))
}

/// Returns the node of a flow.
///
/// # Errors
/// The flow has no node with this id.
pub fn node(
    program: &Program,
    flow: FlowId,
    name: &str,
) -> Result<NodeId, Box<Diagnostic>> {
    program.node(flow, name).ok_or_else(|| {
        let names = program.node_names(flow).map(Text::as_str);
        let what = format!("the flow `{}` has no node", program.symbols.flow(flow).name);
        unknown(Code::DANGLING_REFERENCE, &what, name, nearest(name, names))
    })
}

/// Checks whether a call to a flow can set a variable to this value. Architect flows
/// declare their variables and the types. Variables of other flows are created when they
/// are set, and hold values of any type.
///
/// # Errors
/// An Architect flow does not declare the variable, or the variable cannot hold the
/// value.
pub fn variable(
    program: &Program,
    flow: FlowId,
    name: &str,
    value: &Value,
) -> Result<(), Box<Diagnostic>> {
    if program.unit(flow).architect.is_none() {
        return Ok(());
    }
    let Some(id) = program.variable(flow, name) else {
        let near = nearest(name, program.variable_names(flow));
        let what = format!("`{}` has no variable", program.symbols.flow(flow).name);
        return Err(unknown(Code::UNKNOWN_VARIABLE, &what, name, near));
    };
    let Some(holds) = program.value_type(flow, id) else { return Ok(()) };
    match Value::decode_given(&value.to_json(), holds) {
        Ok(_) => Ok(()),
        Err(problem) => {
            let message = format!("`{name}` has the type {holds}: {problem}");
            let help = "give a value of this type";
            Err(Box::new(Diagnostic::new(Code::WRONG_TYPE, message).help(help)))
        }
    }
}

fn unknown(code: Code, what: &str, name: &str, near: Option<&str>) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::new(code, format!("{what} called `{name}`"));
    let help = near.map(|near| format!("did you mean `{near}`?"));
    Box::new(Diagnostic { help, ..diagnostic })
}
