//! Where a call starts, named by people: flows, nodes and variables by what they are called,
//! and what to say of a name that nothing has.

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::value::{Text, Value};

/// How many flows a diagnostic lists.
const MAX_LISTED: usize = 20;

/// The flow of this id or name.
///
/// # Errors
/// There is none.
pub fn flow(program: &Program, name: &str) -> Result<FlowId, Box<Diagnostic>> {
    program.flow(name).ok_or_else(|| {
        let labels = program.legend.flows.iter();
        let names = labels.flat_map(|label| [label.name.as_str(), label.id.as_str()]);
        unknown(Code::UNKNOWN_FLOW, "there is no flow", name, nearest(name, names))
    })
}

/// The flow that no other one calls. The diagnostic leaves it to the caller to say how a flow
/// is named.
///
/// # Errors
/// There is none, or there are several.
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
    let names = listed.iter().take(MAX_LISTED);
    let names: Vec<&str> = names.map(|flow| &*program.legend.flow(*flow).name).collect();
    let message = format!(
        "which flow is to start? There are {}: {}",
        listed.len(),
        names.join(", ")
    );
    Err(Box::new(Diagnostic::new(Code::UNKNOWN_FLOW, message)))
}

/// The node of a flow.
///
/// # Errors
/// The flow has none of this id.
pub fn node(
    program: &Program,
    flow: FlowId,
    name: &str,
) -> Result<NodeId, Box<Diagnostic>> {
    program.node(flow, name).ok_or_else(|| {
        let names = program.node_names(flow).map(Text::as_str);
        let what = format!("the flow `{}` has no node", program.legend.flow(flow).name);
        unknown(Code::DANGLING_REFERENCE, &what, name, nearest(name, names))
    })
}

/// Whether a call to a flow can bring a variable of this value. Flows of Architect declare
/// their variables and what they hold; those of other flows come into being when they are
/// set, and hold anything.
///
/// # Errors
/// A flow of Architect does not declare the variable, or it cannot hold the value.
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
        let what = format!("`{}` has no variable", program.legend.flow(flow).name);
        return Err(unknown(Code::UNKNOWN_VARIABLE, &what, name, near));
    };
    let Some(holds) = program.holds(flow, id) else { return Ok(()) };
    match Value::decode(&value.to_json(), holds) {
        Ok(_) => Ok(()),
        Err(problem) => {
            let message =
                format!("the variable `{name}` cannot hold the value: {problem}");
            let help = format!("it holds {holds}");
            Err(Box::new(Diagnostic::new(Code::WRONG_TYPE, message).help(help)))
        }
    }
}

fn unknown(code: Code, what: &str, name: &str, near: Option<&str>) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::new(code, format!("{what} called `{name}`"));
    let help = near.map(|near| format!("did you mean `{near}`?"));
    Box::new(Diagnostic { help, ..diagnostic })
}
