//! Actions that flowsim does not simulate. The host provides their outcome.

use super::build::Compiler;
use super::control::outputs_of;
use super::{Action, Source};
use crate::flow::VariableId;
use crate::flow::architect::{self, Setting};
use crate::flow::kinds::SUCCESSES;
use crate::value::{Text, Type};

/// An action whose outcome the host provides.
#[derive(Debug, Clone)]
pub struct Other {
    /// The settings that have a value, by name.
    pub inputs: Box<[(Text, Source)]>,
    /// The results, by name, and the variables that receive them.
    pub outputs: Box<[(Text, VariableId)]>,
    /// The index of the output without an answer. An index past the last output means
    /// that the call continues after the action.
    pub success: u16,
}

impl Compiler<'_> {
    pub(super) fn other(&mut self, action: &architect::Action) -> (Action, Vec<Text>) {
        let (other, labels) = self.unsimulated(action);
        (Action::Other(other), labels)
    }

    /// Compiles the settings and results of an action for an answer of the host.
    pub(super) fn unsimulated(
        &mut self,
        action: &architect::Action,
    ) -> (Other, Vec<Text>) {
        let labels = outputs_of(action);
        let success = SUCCESSES
            .iter()
            .find_map(|name| labels.iter().position(|label| label == name))
            .unwrap_or(labels.len());
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for (name, setting) in &action.settings.entries {
            match &setting.value {
                Setting::Variable(variable) => {
                    outputs.extend(self.bound(name, variable));
                }
                Setting::Group(group) => {
                    for (name, setting) in &group.entries {
                        match &setting.value {
                            Setting::Variable(variable) => {
                                outputs.extend(self.bound(name, variable));
                            }
                            Setting::NoValue | Setting::Group(_) => {}
                            other => inputs.push((name.text.clone(), self.any(other))),
                        }
                    }
                }
                Setting::NoValue | Setting::List(_) => {}
                other => inputs.push((name.text.clone(), self.any(other))),
            }
        }
        let other = Other {
            inputs: inputs.into(),
            outputs: outputs.into(),
            success: u16::try_from(success).unwrap_or(u16::MAX),
        };
        (other, labels)
    }

    fn any(&mut self, setting: &Setting) -> Source {
        self.source(Some(setting), Type::ANY)
    }

    fn bound(&mut self, name: &Text, variable: &str) -> Option<(Text, VariableId)> {
        Some((name.clone(), self.variable(variable)?.0))
    }
}
