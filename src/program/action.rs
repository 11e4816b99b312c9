//! Compiles the actions of nodes.

use indexmap::IndexSet;

use super::compile::Compiler;
use super::step::{
    AsciiSet, Assignment, Branch, CallFlow, Contact, DataAction, Gather, If, Isolation,
    Operand, Read, Route, Statistics, StepAction, Webhook,
};
use crate::diagnostic::Code;
use crate::expr::draft::{Form, Reference, Template};
use crate::flow::{self, Action, EndType, FlowId, Node, PathKind, VariableId};
use crate::value::Text;

impl Compiler<'_> {
    pub(super) fn action(&mut self, index: usize, node: &Node) -> StepAction {
        match &node.action {
            Action::Say(say) => StepAction::Say(self.speech(&say.text)),
            Action::Gather(gather) => {
                StepAction::Gather(Box::new(self.gather(index, gather)))
            }
            Action::Set(set) => StepAction::Set(self.assignments(&set.assignments)),
            Action::If(decision) => {
                StepAction::If(Box::new(self.decision(index, node, decision)))
            }
            Action::CallFlow(call) => {
                StepAction::CallFlow(Box::new(self.call(index, call)))
            }
            Action::Route(route) => StepAction::Route(Box::new(self.route(route))),
            Action::GetExternalContact(lookup) => {
                StepAction::GetExternalContact(Box::new(self.lookup(index, lookup)))
            }
            Action::DataAction(call) => {
                StepAction::DataAction(Box::new(self.data_action(index, call)))
            }
            Action::QueueStatistics(statistics) => {
                StepAction::QueueStatistics(Box::new(Statistics {
                    queue_id: self.speech(&statistics.queue_id),
                    response: self.response(index),
                }))
            }
            Action::Webhook(webhook) => {
                StepAction::Webhook(Box::new(self.webhook(index, webhook)))
            }
            Action::End(end) => StepAction::End(end.end_type),
            Action::Unknown => StepAction::End(EndType::Error),
        }
    }

    fn gather(&mut self, index: usize, gather: &flow::Gather) -> Gather {
        let allowed = &gather.valid_digits;
        let is_plain = |key: char| {
            (allowed.is_empty() || allowed.contains(key))
                && gather.terminating_key != Some(key)
        };
        Gather {
            prompt: gather.prompt.as_ref().map(|prompt| self.speech(prompt)),
            min_digits: gather.min_digits,
            max_digits: gather.max_digits,
            timeout_ms: gather.timeout_ms,
            inter_digit_timeout_ms: gather.inter_digit_timeout_ms,
            valid_digits: gather.valid_digits.clone(),
            terminating_key: gather.terminating_key,
            plain_keys: AsciiSet::of(is_plain),
            digits: self.output(index, "digits"),
        }
    }

    fn assignments(&mut self, items: &[flow::Assignment]) -> Box<[Assignment]> {
        items.iter().filter_map(|item| self.assignment(item)).collect()
    }

    fn assignment(&mut self, item: &flow::Assignment) -> Option<Assignment> {
        Some(Assignment {
            variable: self.layout.variable(&item.variable.value)?,
            variable_type: item.variable_type,
            value: self.form(&item.value),
        })
    }

    fn decision(&mut self, index: usize, node: &Node, decision: &flow::If) -> If {
        let mut seen: IndexSet<&[Text]> = IndexSet::new();
        let mut branches = Vec::with_capacity(decision.conditions.len());
        for (condition, number) in decision.conditions.iter().zip(1..=u16::MAX) {
            let condition = &condition.value.1;
            let mut first_read = Vec::new();
            condition.each_reference(&mut |reference| {
                if seen.insert(reference.segments.as_slice()) {
                    first_read.push(reference);
                }
            });
            let reads = first_read.into_iter().map(|reference| Read {
                operand: self.operand(reference),
                may_be_unset: condition.compares_with_null(reference),
            });
            branches.push(Branch {
                reads: reads.collect(),
                condition: condition.resolve(&mut |reference| self.operand(reference)),
                target: self.target(node, &PathKind::Condition(number)),
            });
        }
        If {
            branches: branches.into(),
            default: self.target(node, &PathKind::Default),
            condition: self.output(index, "condition"),
        }
    }

    fn call(&mut self, index: usize, call: &flow::CallFlow) -> CallFlow {
        let target = self.links.target(self.id.index(), index);
        let isolation = call.is_isolated().then(|| self.isolation(call, target));
        CallFlow { target, timeout_ms: call.timeout_ms, isolation }
    }

    fn isolation(
        &mut self,
        call: &flow::CallFlow,
        target: Result<FlowId, Code>,
    ) -> Isolation {
        let none = Isolation { inputs: Box::default(), outputs: Box::default() };
        let Ok(target) = target else { return none };
        let called = &self.layouts[self.of_flow[target.index()].index()];
        let input = |(name, value): &(flow::Spanned<Text>, Form<Reference>)| {
            Some((called.variable(&name.value)?, self.form(value)))
        };
        let inputs = call.inputs.iter().flatten().filter_map(input).collect();
        let variables = |own: &Text, theirs: &Text| -> Option<(VariableId, VariableId)> {
            Some((self.layout.variable(own)?, called.variable(theirs)?))
        };
        let outputs = call.outputs.iter().flatten();
        let outputs = outputs
            .filter_map(|(own, theirs)| variables(&own.value, &theirs.value))
            .collect();
        Isolation { inputs, outputs }
    }

    fn inputs(
        &mut self,
        inputs: &[(Text, Form<Reference>)],
    ) -> Box<[(Text, Form<Operand>)]> {
        inputs.iter().map(|(name, value)| (name.clone(), self.form(value))).collect()
    }

    fn route(&mut self, route: &flow::Route) -> Route {
        Route {
            queue_id: route.queue_id.as_ref().map(|text| self.speech(text)),
            queue_name: route.queue_name.as_ref().map(|text| self.speech(text)),
            skills: route.skills.iter().map(|text| self.speech(text)).collect(),
            priority: route.priority,
        }
    }

    fn lookup(&mut self, index: usize, lookup: &flow::GetExternalContact) -> Contact {
        Contact {
            key: match &lookup.lookup_value {
                Some(value) => self.template(value),
                None => Template::Whole(self.operand(&lookup.lookup_key)),
            },
            on_not_found: lookup.on_not_found,
            response: self.response(index),
        }
    }

    fn data_action(&mut self, index: usize, call: &flow::DataAction) -> DataAction {
        DataAction {
            action_id: call.action_id.clone(),
            action_name: call.action_name.clone(),
            inputs: self.inputs(&call.inputs),
            timeout_ms: call.timeout_ms,
            response: self.response(index),
        }
    }

    fn webhook(&mut self, index: usize, webhook: &flow::Webhook) -> Webhook {
        Webhook {
            webhook_id: webhook.webhook_id.clone(),
            url: webhook.url.as_ref().map(|url| self.speech(url)),
            body: self.form(&webhook.body),
            timeout_ms: webhook.timeout_ms,
            response: self.response(index),
        }
    }
}
