//! The operands that draft nodes read, for analyses of programs.

use super::step::{Operand, Speech, StepAction};

type Visit<'v, 's> = &'v mut dyn FnMut(&'s Operand);

impl Speech {
    fn each_operand<'s>(&'s self, visit: Visit<'_, 's>) {
        if let Self::Template(template) = self {
            template.each_reference(visit);
        }
    }
}

impl StepAction {
    /// Visits every operand that a draft node reads. An Architect action has none; it
    /// has sources.
    pub fn each_operand<'s>(&'s self, visit: Visit<'_, 's>) {
        match self {
            Self::Say(speech) => speech.each_operand(visit),
            Self::Gather(gather) => {
                gather.prompt.iter().for_each(|it| it.each_operand(visit));
            }
            Self::Set(assignments) => {
                assignments.iter().for_each(|it| it.value.each_reference(visit));
            }
            Self::If(decision) => {
                for branch in &decision.branches {
                    branch.condition.each_reference(visit);
                    branch.reads.iter().for_each(|read| visit(&read.operand));
                }
            }
            Self::CallFlow(call) => {
                let inputs = call.isolation.iter().flat_map(|it| &it.inputs);
                inputs.for_each(|(_, form)| form.each_reference(visit));
            }
            Self::Route(route) => {
                let names = route.queue_id.iter().chain(&route.queue_name);
                names.chain(&route.skills).for_each(|it| it.each_operand(visit));
            }
            Self::GetExternalContact(contact) => contact.key.each_reference(visit),
            Self::DataAction(call) => {
                call.inputs.iter().for_each(|(_, form)| form.each_reference(visit));
            }
            Self::QueueStatistics(statistics) => statistics.queue_id.each_operand(visit),
            Self::Webhook(webhook) => {
                webhook.url.iter().for_each(|it| it.each_operand(visit));
                webhook.body.each_reference(visit);
            }
            Self::End(_) | Self::Architect(_) => {}
        }
    }
}
