//! Names in properties that no flow has.

use super::{Event, Holder, Moment, Property};
use crate::analysis::coverage::{Goal, Goals};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::flow::{FlowId, Spanned};
use crate::program::{Program, StepAction};
use crate::value::Text;

/// Reports flows, actions, kinds, outputs, variables and services of a property that do not
/// exist in a program: such a property would say nothing. `flow` is the flow in which calls
/// start.
pub fn unknown_names(
    property: &Property,
    program: &Program,
    flow: FlowId,
) -> Vec<Diagnostic> {
    let names = Names { program, flow };
    let mut problems = Vec::new();
    for moment in property.moments() {
        names.of_moment(moment, &mut problems);
    }
    problems
}

struct Names<'p> {
    program: &'p Program,
    flow: FlowId,
}

impl Names<'_> {
    fn of_moment(&self, moment: &Moment, problems: &mut Vec<Diagnostic>) {
        let labels = &self.program.symbols.nodes;
        let of_nodes = || labels.iter().flat_map(|it| [&*it.id, &*it.name]);
        for name in &moment.actions {
            problems.extend(unknown("action", name, of_nodes()));
        }
        if let Some(kind) = &moment.kind {
            let kinds = labels.iter().map(|it| &*it.node_type);
            problems.extend(unknown("kind of actions", kind, kinds));
        }
        match &moment.event {
            Some(Event::Output(output)) => {
                let goals = Goals::of(self.program);
                let is_own = |goal: &Goal<'_>| {
                    let (label, names) = (&labels[goal.node.index()], &moment.actions);
                    names.is_empty() || names.iter().any(|it| label.is_called(&it.value))
                };
                let own = goals.all().filter(is_own).filter_map(|goal| goal.output);
                problems.extend(unknown("output", output, own));
            }
            Some(Event::Call(name)) if !self.may_be_computed() => {
                problems.extend(unknown("data action or service", name, self.services()));
            }
            _ => {}
        }
        for condition in &moment.conditions {
            let is_unknown = condition.of == Holder::Variable
                && self.program.variable(self.flow, &condition.name.value).is_none();
            if is_unknown {
                let known = self.program.symbols.variables.iter().map(|it| &**it);
                problems.extend(unknown("variable", &condition.name, known));
            }
        }
    }

    /// Whether a flow requests a service whose name is only known during the call.
    fn may_be_computed(&self) -> bool {
        self.program.steps.iter().any(|step| {
            matches!(
                step.action,
                StepAction::Webhook(_)
                    | StepAction::QueueStatistics(_)
                    | StepAction::GetExternalContact(_)
            )
        })
    }

    fn services(&self) -> impl Iterator<Item = &str> {
        let labels = self.program.symbols.nodes.iter();
        let steps = self.program.steps.iter().zip(labels);
        steps.flat_map(|(step, label)| {
            let own = [&label.name, &label.id, &label.node_type];
            let own = own.into_iter().filter(|_| step.is_external_call());
            step.service_names().chain(own).map(|it| &**it)
        })
    }
}

fn unknown<'n>(
    what: &str,
    name: &Spanned<Text>,
    known: impl Iterator<Item = &'n str>,
) -> Option<Diagnostic> {
    let known: Vec<&str> = known.filter(|it| !it.is_empty()).collect();
    if known.iter().any(|it| it.eq_ignore_ascii_case(&name.value)) {
        return None;
    }
    let message = format!("no loaded flow has the {what} `{}`", name.value);
    let problem = Diagnostic::new(Code::INVALID_SCENARIO, message).at(name.span);
    Some(match nearest(&name.value, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    })
}
