//! Outcomes of actions that the organisation or another system decides: lookups, transfers,
//! messages, callbacks, bots that are not loaded, and actions that flowsim does not simulate.

use crate::engine::DEFAULT_START;
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{Action, Binding, Lookup, Source, Target};
use crate::program::{Step, StepAction};
use crate::value::{Json, Kind, Text};
use crate::world::{ActionAnswer, Answer, Organisation};

use super::domain::{Context, Domain};
use super::free::{Field, combinations};
use super::verdict::Gap;

/// The output of Create Callback in a fixtures document. The action itself has none; it
/// fails.
const FAILURE: &str = "failure";

/// Whether all outcomes of an action can be tried.
pub(super) fn has_free_outcome(step: &Step, organisation: &dyn Organisation) -> bool {
    let StepAction::Architect(action) = &step.action else { return false };
    match &**action {
        Action::Other(_) | Action::Transfer(_) | Action::CreateCallback(_) => true,
        Action::CallFlow(call) => call.flow.is_none(),
        // Only an action with an output for failures asks.
        Action::Send(_) => step.targets.len() > 1,
        Action::Lookup(lookup) => match lookup {
            Lookup::DataAction(_) | Lookup::Wait(_) => false,
            // The state of a schedule that the fixtures define depends on the time.
            Lookup::Schedule(schedule) => !is_known(organisation, &schedule.object),
            Lookup::ScheduleGroup(it) => {
                let is_free = |source: &Source| {
                    source.is_unset()
                        || matches!(source, Source::Named(..))
                            && !is_known(organisation, source)
                };
                is_free(&it.group) && is_free(&it.emergency)
            }
            _ => true,
        },
        _ => false,
    }
}

/// Whether the organisation decides when an object is active.
fn is_known(organisation: &dyn Organisation, source: &Source) -> bool {
    let Source::Named(kind, name) = source else { return false };
    let at = DEFAULT_START;
    match kind {
        Kind::Schedule => organisation.schedule_is_active(name, at, None).is_some(),
        Kind::ScheduleGroup => organisation.schedule_group_state(name, at).is_some(),
        Kind::EmergencyGroup => organisation.emergency_group_is_active(name).is_some(),
        _ => false,
    }
}

/// The results of an action: those of its first output, to which examples are given, and
/// the variables that receive any result.
#[derive(Default)]
struct Results {
    fields: Vec<Field>,
    variables: Vec<VariableId>,
    /// Whether the first output has results that the examples do not vary.
    is_cut: bool,
}

impl Context<'_> {
    /// Returns the outcomes of an action: each of its outputs, the first one with examples
    /// of its results.
    pub(super) fn outcomes(&self, node: NodeId) -> Domain {
        let StepAction::Architect(action) = &self.program.steps[node.index()].action
        else {
            return Domain::default();
        };
        let results = self.outcome_results(node, action);
        let labels = self.program.symbols.node(node).outputs.iter().cloned();
        let mut paths: Vec<Option<Text>> = labels.map(Some).collect();
        match &**action {
            Action::Lookup(Lookup::ScheduleGroup(it)) => {
                // Without a group it is closed; only an emergency group has emergencies.
                paths.retain(|path| match path.as_deref() {
                    Some("emergency") => !it.emergency.is_unset(),
                    Some("open" | "holiday") => !it.group.is_unset(),
                    _ => true,
                });
            }
            Action::Lookup(_) | Action::Send(_) => {}
            Action::CreateCallback(_) => paths = vec![None, Some(FAILURE.into())],
            _ => paths.insert(0, None),
        }
        let (bodies, is_whole) = combinations(&results.fields);
        let answer = |path: Option<Text>, outputs: Vec<(Text, Json)>| {
            Answer::Action(ActionAnswer { path, outputs, latency_ms: 0 })
        };
        let mut paths = paths.into_iter();
        let first = paths.next().flatten();
        let mut answers: Vec<Answer> =
            bodies.into_iter().map(|body| answer(first.clone(), body)).collect();
        let nothing = answer(first, Vec::new());
        if !answers.contains(&nothing) {
            answers.push(nothing);
        }
        answers.extend(paths.map(|path| answer(path, Vec::new())));
        let mut read = results.variables.into_iter();
        let is_read = read.any(|variable| self.is_read(node, Some(variable)));
        let is_cut = !is_whole || is_read || results.is_cut;
        Domain { answers, cut: is_cut.then_some(Gap::Results) }
    }

    fn outcome_results(&self, node: NodeId, action: &Action) -> Results {
        let other = match action {
            Action::Other(other) => other,
            Action::CallFlow(call) => &call.other,
            Action::Lookup(lookup) => return self.lookup_results(node, lookup),
            Action::Transfer(transfer) => {
                let errors = [transfer.error_type, transfer.error_message];
                // Whether a queue accepts the conversation may depend on its fixtures.
                let is_cut = matches!(transfer.target, Target::Acd(_))
                    && !self.program.in_queue_flows.is_empty();
                let variables = errors.into_iter().flatten().collect();
                return Results { variables, is_cut, ..Results::default() };
            }
            _ => return Results::default(),
        };
        let results = other.outputs.iter();
        let fields = results.map(|(name, variable)| self.result(node, name, *variable));
        let variables = other.outputs.iter().map(|(_, variable)| *variable).collect();
        Results { fields: fields.collect(), variables, is_cut: false }
    }

    fn lookup_results(&self, node: NodeId, lookup: &Lookup) -> Results {
        let contact = |name: &str, variable: Option<VariableId>| {
            let variable = variable.filter(|it| self.is_read(node, Some(*it)));
            let Some(variable) = variable else { return Results::default() };
            let mut field = self.field_of(node, &name.into(), variable);
            field.values.retain(Option::is_some);
            field.combined = field.values.len();
            Results { fields: vec![field], variables: vec![variable], is_cut: false }
        };
        let one = |variable: Option<VariableId>| Results {
            variables: variable.into_iter().collect(),
            ..Results::default()
        };
        match lookup {
            Lookup::DataTable(table) => {
                let field =
                    |it: &Binding| Some(self.result(node, &it.name, it.variable?));
                let fields = table.found.iter().filter_map(field);
                let fields: Vec<Field> = fields.collect();
                let is_cut = fields.iter().any(|field| !field.is_whole);
                let variables = table.failure.iter().filter_map(|it| it.variable);
                Results { fields, variables: variables.collect(), is_cut }
            }
            Lookup::Object(object) | Lookup::Users(object) => one(object.result),
            Lookup::Contact(it) => contact("externalResult", it.result),
            Lookup::ContactSearch(it) => one(it.result),
            Lookup::ScheduleGroup(group) => one(group.active),
            Lookup::DataAction(_) | Lookup::Schedule(_) | Lookup::Wait(_) => {
                Results::default()
            }
        }
    }
}
