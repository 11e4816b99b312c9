//! Calls of bots and voice flows, which return to the flow that calls them.

use super::build::Compiler;
use super::{Action, Other};
use crate::flow::architect;
use crate::flow::{FlowId, VariableId};
use crate::value::Text;

/// A call of a bot or voice flow. The host may answer it; otherwise the flow runs if it is
/// loaded.
#[derive(Debug, Clone)]
pub struct CallFlow {
    /// The settings and results, for an answer of the host.
    pub other: Other,
    /// The called flow, if it is loaded.
    pub flow: Option<FlowId>,
    /// Variables of the called flow, and the indexes of their values among the settings.
    pub inputs: Box<[(usize, VariableId)]>,
    /// Pairs of a variable of the called flow and the caller's variable that receives its
    /// value.
    pub outputs: Box<[(VariableId, VariableId)]>,
    /// The caller's variable that receives the reason for which the flow ended.
    pub exit_reason: Option<VariableId>,
    /// The caller's variable that receives the last intent.
    pub intent: Option<VariableId>,
}

impl Compiler<'_> {
    /// Compiles a call of the flow that the setting with this name names.
    pub(super) fn call_flow(
        &mut self,
        action: &architect::Action,
        setting: &str,
    ) -> (Action, Vec<Text>) {
        let (mut other, names) = self.unsimulated(action);
        let flow = self.called_flow(action, setting);
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        if let Some(flow) = flow {
            for (index, (name, source)) in other.inputs.iter_mut().enumerate() {
                let Some(written) = self.call_input(action, name) else { continue };
                if let Some((id, holds)) = self.variable_of_flow(flow, name) {
                    *source = self.source(Some(written), holds);
                    inputs.push((index, id));
                }
            }
            for (name, own) in &other.outputs {
                let theirs = self.variable_of_flow(flow, name);
                outputs.extend(theirs.map(|(theirs, _)| (theirs, *own)));
            }
        }
        let call = CallFlow {
            flow,
            inputs: inputs.into(),
            outputs: outputs.into(),
            exit_reason: self.output(action, "exitReason"),
            intent: self.output(action, "intent"),
            other,
        };
        (Action::CallFlow(Box::new(call)), names)
    }

    /// Returns the value of an input of the called flow.
    fn call_input<'a>(
        &self,
        action: &'a architect::Action,
        name: &str,
    ) -> Option<&'a architect::Setting> {
        let inputs = action.settings.get("inputs")?.value.group()?;
        inputs.get(name).map(|written| &written.value)
    }
}
