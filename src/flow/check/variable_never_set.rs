//! `VARIABLE_NEVER_SET`: a reference to a variable that no loaded flow sets and no call
//! provides.

use super::loaded_flows::{Call, LoadedFlows};
use super::report::{Report, names};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::draft::Reference;
use crate::flow::action::Action;
use crate::flow::model::{Flow, Node};
use crate::flow::received::CONTEXT;
use crate::value::Text;

/// The outputs of a node that templates can read.
enum Outputs {
    /// Any fields, depending on the answer.
    Any,
    /// Only these fields.
    Fields(&'static [&'static str]),
}

pub(super) fn find(
    organisation: &LoadedFlows<'_>,
    index: usize,
    report: &mut Report<'_>,
) {
    let search = Search { organisation, index, flow: organisation.flow(index) };
    for node in search.flow.nodes.values() {
        node.action
            .each_reference(&mut |reference| search.follow(node, reference, report));
    }
    for call in &organisation.calls[index] {
        search.follow_outputs(call, report);
    }
}

struct Search<'o, 'f> {
    organisation: &'o LoadedFlows<'f>,
    index: usize,
    flow: &'f Flow,
}

impl Search<'_, '_> {
    /// Reports a reference without a target.
    fn follow(&self, node: &Node, reference: &Reference, report: &mut Report<'_>) {
        let [first, rest @ ..] = reference.segments.as_slice() else { return };
        if let (Some(field), Some(source)) = (rest.first(), self.flow.nodes.get(first)) {
            if let Outputs::Fields(fields) = outputs(&source.action)
                && !fields.contains(&field.as_str())
            {
                report.at(
                    Code::VARIABLE_NEVER_SET,
                    &node.id,
                    reference.span,
                    |diagnostic| no_output(source, field, fields, diagnostic),
                );
            }
        } else if !self.is_set(first, reference)
            && !self.organisation.shares_with_unknown[self.index]
        {
            report.at(Code::VARIABLE_NEVER_SET, &node.id, reference.span, |diagnostic| {
                let message = format!(
                    "no flow sets the variable `{}`",
                    written(&reference.segments)
                );
                let help = self.advice(first, rest);
                Diagnostic { message, ..diagnostic }.help(help)
            });
        }
    }

    /// Whether a variable is set. Its name may contain dots.
    fn is_set(&self, first: &Text, reference: &Reference) -> bool {
        let variables = &self.organisation.variables;
        variables.contains(first.as_str())
            || CONTEXT.contains(&first.as_str())
            || (reference.segments.len() > 1
                && variables.contains(written(&reference.segments).as_str()))
    }

    /// Reports variables that a call returns although no flow sets them.
    fn follow_outputs(&self, call: &Call<'_>, report: &mut Report<'_>) {
        let Some(callee) = call.callee.flow() else { return };
        if self.organisation.shares_with_unknown[callee] {
            return;
        }
        let variables = &self.organisation.variables;
        for (_, theirs) in call.call.outputs.iter().flatten() {
            if variables.contains(theirs.value.as_str()) {
                continue;
            }
            let node = &self.flow.nodes[call.node];
            report.at(Code::VARIABLE_NEVER_SET, &node.id, theirs.span, |diagnostic| {
                let message = format!("no flow sets the variable `{}`", theirs.value);
                let names = variables.iter().copied();
                let near = self.organisation.spelling.nearest(
                    &theirs.value,
                    variables.len(),
                    names,
                );
                let called = &self.organisation.flow(callee).name;
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("set it in the called flow, `{called}`"),
                };
                Diagnostic { message, ..diagnostic }.help(help)
            });
        }
    }

    /// Returns a suggestion for a name and the fields after it.
    fn advice(&self, first: &Text, fields: &[Text]) -> String {
        if fields.is_empty()
            && let Some(node) = self.flow.nodes.get(first)
        {
            return match outputs(&node.action) {
                Outputs::Fields([]) => {
                    format!("`{first}` is a node without outputs")
                }
                Outputs::Fields([field, ..]) => {
                    format!("`{first}` is a node; its output is `{{{first}.{field}}}`")
                }
                Outputs::Any => {
                    format!("`{first}` is a node; read a field of its answer")
                }
            };
        }
        if let Some(flow) = fields.first().and_then(|_| self.flow_with_node(first)) {
            return format!(
                "`{first}` is a node of the flow `{}`; copy its output to a variable there",
                flow.name
            );
        }
        if let Some(near) = self.near(first, !fields.is_empty()) {
            let rest: String = fields.iter().map(|field| format!(".{field}")).collect();
            return format!("did you mean `{near}{rest}`?");
        }
        if let Some(node) = self.node_with_output(first) {
            let rest: String = fields.iter().map(|field| format!(".{field}")).collect();
            return format!("did you mean the output `{node}.{first}{rest}`?");
        }
        "set it in a Set node or in the inputs of a call, or pass it with `--var` or \
         `--context`"
            .into()
    }

    /// Returns another flow that has a node with this id.
    fn flow_with_node(&self, id: &Text) -> Option<&Flow> {
        let graphs = &self.organisation.graphs;
        let is_affordable = self.organisation.spelling.pay(graphs.len());
        let mut flows = graphs.iter().map(|graph| graph.flow).filter(|_| is_affordable);
        flows.find(|flow| flow.nodes.contains_key(id))
    }

    /// Returns the nearest variable, context field or, if fields follow the name, node.
    fn near(&self, name: &str, has_fields: bool) -> Option<&str> {
        let LoadedFlows { variables, spelling, .. } = self.organisation;
        let nodes = self.flow.nodes.keys().filter(|_| has_fields).map(|id| id.as_str());
        let count = variables.len() + CONTEXT.len() + self.flow.nodes.len();
        let names = variables.iter().copied().chain(CONTEXT).chain(nodes);
        spelling.nearest(name, count, names)
    }

    /// Returns the first node that has this output among a fixed set of outputs.
    fn node_with_output(&self, field: &str) -> Option<&Text> {
        let has = |node: &&Node| match outputs(&node.action) {
            Outputs::Fields(fields) => fields.contains(&field),
            Outputs::Any => false,
        };
        let is_affordable = self.organisation.spelling.pay(self.flow.nodes.len());
        let mut nodes = self.flow.nodes.values().filter(|_| is_affordable);
        nodes.find(has).map(|node| &node.id)
    }
}

fn outputs(action: &Action) -> Outputs {
    match action {
        Action::Gather(_) => Outputs::Fields(&["digits"]),
        Action::GetExternalContact(_) => Outputs::Fields(&["contact"]),
        Action::If(_) => Outputs::Fields(&["condition"]),
        Action::DataAction(_)
        | Action::QueueStatistics(_)
        | Action::Webhook(_)
        | Action::Unknown => Outputs::Any,
        Action::Say(_)
        | Action::Set(_)
        | Action::CallFlow(_)
        | Action::Route(_)
        | Action::End(_) => Outputs::Fields(&[]),
    }
}

fn no_output(
    source: &Node,
    field: &Text,
    fields: &[&'static str],
    diagnostic: Diagnostic,
) -> Diagnostic {
    let id = &source.id;
    let message = format!("the node `{id}` has no output `{field}`");
    let help = match (fields, &source.action) {
        ([], Action::Set(_)) => {
            "refer to the variables of a Set node by name only".to_owned()
        }
        ([], _) => format!("a node of type {} has no outputs", source.node_type),
        ([only], _) => format!("its output is `{id}.{only}`"),
        _ => format!("its outputs are {}", names(fields.iter().copied())),
    };
    Diagnostic { message, ..diagnostic }.help(help)
}

/// Returns a reference as written, without braces.
fn written(segments: &[Text]) -> String {
    segments.join(".")
}
