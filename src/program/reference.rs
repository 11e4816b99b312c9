//! References of draft flows that are not part of a flow, such as those that a person
//! types in a debugger.

use super::{ContextId, OutputId, Program};
use crate::flow::{FlowId, VariableId};
use crate::value::Text;

/// The thing that a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referent {
    /// A variable; while it is not set, the context field with the same name. At least one
    /// of the two exists.
    Variable(Option<VariableId>, Option<ContextId>),
    /// An output of a node of the flow.
    Output(OutputId),
}

impl Program {
    /// Returns the thing that a reference names in a draft flow, and the number of its
    /// segments that identify it. `None` if there is no such variable, or if no template of
    /// the flow reads the output: then a call does not keep it.
    pub fn referent(&self, flow: FlowId, segments: &[Text]) -> Option<(Referent, usize)> {
        let [first, others @ ..] = segments else { return None };
        if let (Some(node), [field, ..]) = (self.node(flow, first), others) {
            let outputs = &self.unit(flow).outputs;
            let slot = outputs.iter().position(|(of, name)| *of == node && name == field);
            let slot = u32::try_from(slot?).ok()?;
            return Some((Referent::Output(OutputId(slot)), 2));
        }
        let joined = Text::from(segments.join("."));
        let is_joined = self.variable(flow, &joined).is_some();
        let (name, depth) =
            if is_joined { (&joined, segments.len()) } else { (first, 1) };
        let (variable, context) = (self.variable(flow, name), self.context(name));
        let exists = variable.is_some() || context.is_some();
        exists.then_some((Referent::Variable(variable, context), depth))
    }
}
