//! Follows the value of a variable back through a call to the answer, or the value at the
//! start of the call, from which it comes.

use crate::expr::architect::{BUILT_INS, CLOCK, Changes};
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Action, AttributeList, Binding, CollectInput, CommonModule, Lookup, Source, Statement,
};
use crate::program::{Program, StepAction};
use crate::value::{DateTime, Json, Text, Value};
use crate::world::{ActionAnswer, Answer, Input, Response};

use crate::explore::classes::limit;
use crate::explore::external::begins;

use super::played::{Moment, Played};

/// The number of variables through which a value is followed.
pub(super) const MOST_COPIES: u32 = 24;

/// The number of alternatives that are followed at each place.
const MOST_ALTERNATIVES: usize = 3;

/// A change of an answer, of a value at the start of the call, or of its start time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edit {
    /// Another answer at this place of the script.
    Answer(usize, Answer),
    /// A value with which the call starts.
    Variable(u32, Json),
    /// An attribute with which the call starts.
    Attribute(Text, Text),
    /// The time at which the call starts.
    Start(DateTime),
}

/// Edits that are made together.
pub(super) type Edits = Vec<Edit>;

/// A call, followed backwards.
pub(super) struct Trail<'t> {
    pub(super) program: &'t Program,
    pub(super) played: &'t Played,
}

impl Trail<'_> {
    /// Returns edits after which the variables have these values before an action.
    pub(super) fn all(&self, at: usize, changes: &Changes, left: u32) -> Vec<Edits> {
        let mut found: Vec<Edits> = vec![Vec::new()];
        for (slot, value) in changes {
            let own = self.one(at, *slot, value, left);
            found = found
                .iter()
                .flat_map(|edits| own.iter().map(|more| [&**edits, &**more].concat()))
                .take(MOST_ALTERNATIVES * MOST_ALTERNATIVES)
                .collect();
        }
        found
    }

    /// Returns edits after which a variable has a value before an action. The recursion is
    /// limited by `left`.
    fn one(&self, at: usize, slot: u32, value: &Value, left: u32) -> Vec<Edits> {
        let Some(left) = left.checked_sub(1) else { return Vec::new() };
        if slot == CLOCK {
            return self.clock(at, value).into_iter().map(|edit| vec![edit]).collect();
        }
        for place in (0..at.min(self.played.moments.len())).rev() {
            let moment = &self.played.moments[place];
            match self.origin(place, moment, slot, value) {
                Origin::Elsewhere => {}
                Origin::Edit(edit) => {
                    return edit.into_iter().map(|it| vec![it]).collect();
                }
                Origin::Source(source) => return self.source(place, source, value, left),
                Origin::Inside(theirs) => {
                    return self.one(self.end_of(place), theirs, value, left);
                }
            }
        }
        self.built_in(slot, value).into_iter().map(|edit| vec![edit]).collect()
    }

    /// Returns edits after which a source has a value at an action.
    pub(super) fn source(
        &self,
        at: usize,
        source: &Source,
        value: &Value,
        left: u32,
    ) -> Vec<Edits> {
        let Source::Expression(expression) = source else { return Vec::new() };
        let session = &self.played.moments[at].before;
        let solutions = session.solve(0, &[(expression, value.clone())]);
        let solutions = solutions.iter().filter(|changes| !changes.is_empty());
        solutions
            .take(MOST_ALTERNATIVES)
            .flat_map(|changes| self.all(at, changes, left))
            .collect()
    }

    /// The place after the task, module or flow that an action calls.
    fn end_of(&self, place: usize) -> usize {
        let moments = &self.played.moments;
        let depth = moments[place].before.depth();
        let later = moments.iter().skip(place + 1);
        let inside = later.take_while(|moment| moment.before.depth() > depth);
        place + 1 + inside.count()
    }

    fn clock(&self, at: usize, value: &Value) -> Option<Edit> {
        let Value::DateTime(wanted) = value else { return None };
        let passed = self.played.moments.get(at)?.before.clock_ms();
        let start = wanted.milliseconds().checked_sub(passed)?;
        DateTime::from_milliseconds(start).map(Edit::Start)
    }

    /// A built-in variable that the platform sets.
    fn built_in(&self, slot: u32, value: &Value) -> Option<Edit> {
        let index = slot.checked_sub(self.program.built_in_first)?;
        let known = BUILT_INS.get(index as usize)?;
        let is_given =
            !known.name.starts_with("Menu.") && !known.name.starts_with("Flow.");
        is_given.then(|| Edit::Variable(slot, value.to_json()))
    }

    /// Returns what an action does to a variable.
    fn origin<'s>(
        &'s self,
        place: usize,
        moment: &'s Moment,
        slot: u32,
        value: &Value,
    ) -> Origin<'s> {
        let step = &self.program.steps[moment.node.index()];
        if let Some(begun) = self.begun(moment.node, slot, value) {
            return begun;
        }
        let StepAction::Architect(action) = &step.action else {
            return Origin::Elsewhere;
        };
        match &**action {
            Action::UpdateData(statements) => {
                let sets = |it: &&Statement| {
                    it.variable.as_ref().is_ok_and(|variable| variable.0 == slot)
                };
                let last = statements.iter().rev().find(sets);
                last.map_or(Origin::Elsewhere, |it| Origin::Source(&it.value))
            }
            Action::CallTask(call) => {
                match call.outputs.iter().find(|(_, own)| own.0 == slot) {
                    Some((theirs, _)) if self.is_over(place) => Origin::Inside(theirs.0),
                    _ => input(&call.inputs, slot),
                }
            }
            Action::CallCommonModule(module) => self.of_module(place, module, slot),
            Action::Jump(jump) => input(&jump.inputs, slot),
            Action::Attributes(attributes) => match &attributes.list {
                AttributeList::Get(list) => self.attribute(place, list, slot, value),
                AttributeList::Set(_) => Origin::Elsewhere,
            },
            action if self.program.may_set(moment.node, VariableId(slot)) => {
                Origin::Edit(self.answered(moment, action, slot, value))
            }
            _ => Origin::Elsewhere,
        }
    }

    fn of_module<'s>(
        &self,
        place: usize,
        module: &'s CommonModule,
        slot: u32,
    ) -> Origin<'s> {
        let output = module.outputs.iter().find(|(.., own)| own.0 == slot);
        match output.and_then(|(_, theirs, _)| *theirs) {
            Some(theirs) if self.is_over(place) => Origin::Inside(theirs.0),
            _ => {
                let mut inputs = module.inputs.iter();
                let own = inputs.find(|it| it.1.is_some_and(|it| it.0 == slot));
                own.map_or(Origin::Elsewhere, |it| Origin::Source(&it.2))
            }
        }
    }

    /// Whether the task that an action calls ends before the end of the call.
    fn is_over(&self, place: usize) -> bool {
        self.end_of(place) > place + 1
    }

    /// A variable that begins at a node: an input keeps the value that its caller gives.
    fn begun(&self, node: NodeId, slot: u32, value: &Value) -> Option<Origin<'_>> {
        let step = &self.program.steps[node.index()];
        let own = begins(self.program, node, step).iter().find(|it| it.id.0 == slot)?;
        let part = self.program.unit(step.flow).architect.as_deref();
        let is_of_flow = part.is_some_and(|part| part.begin == node);
        let is_start = self.played.moments.first().is_some_and(|it| it.node == node);
        Some(match (own.is_input, is_of_flow && is_start) {
            (true, true) => Origin::Edit(Some(Edit::Variable(slot, value.to_json()))),
            (true, false) => Origin::Elsewhere,
            (false, _) => Origin::Source(&own.initial),
        })
    }

    fn attribute<'s>(
        &'s self,
        at: usize,
        list: &'s [(Source, Option<VariableId>)],
        slot: u32,
        value: &Value,
    ) -> Origin<'s> {
        let own =
            list.iter().find(|(_, variable)| variable.is_some_and(|it| it.0 == slot));
        let Some((name, _)) = own else { return Origin::Elsewhere };
        let (Source::Constant(Value::String(name)), Value::String(text)) = (name, value)
        else {
            return Origin::Edit(None);
        };
        match self.set_before(at, name) {
            true => Origin::Edit(None),
            false => Origin::Edit(Some(Edit::Attribute(name.clone(), text.clone()))),
        }
    }

    /// Whether the flow itself sets an attribute before an action.
    fn set_before(&self, at: usize, name: &Text) -> bool {
        self.played.moments[..at].iter().any(|moment| {
            let StepAction::Architect(action) =
                &self.program.steps[moment.node.index()].action
            else {
                return false;
            };
            let Action::Attributes(attributes) = &**action else { return false };
            let AttributeList::Set(list) = &attributes.list else { return false };
            list.iter().any(|(set, _)| match set {
                Source::Constant(Value::String(set)) => set.eq_ignore_ascii_case(name),
                _ => true,
            })
        })
    }

    /// Returns another answer that gives the variable its value.
    fn answered(
        &self,
        moment: &Moment,
        action: &Action,
        slot: u32,
        value: &Value,
    ) -> Option<Edit> {
        let bound = |bindings: &[Binding]| {
            let is_own = |it: &&Binding| it.variable.is_some_and(|it| it.0 == slot);
            bindings.iter().find(is_own).map(|it| it.name.clone())
        };
        let last = *moment.answers.last()?;
        let known = self.played.script.get(last)?;
        let with_output = |name: Text| {
            let mut changed = match known {
                Answer::Action(answer) => answer.clone(),
                _ => ActionAnswer::default(),
            };
            changed.outputs.retain(|(known, _)| *known != name);
            changed.outputs.push((name, value.to_json()));
            Edit::Answer(last, Answer::Action(changed))
        };
        match action {
            Action::Lookup(Lookup::DataAction(call)) => {
                let response = answer_with(known, &call.failure, slot, value)
                    .or_else(|| success_with(known, bound(&call.success)?, value))?;
                Some(Edit::Answer(last, Answer::Response(response)))
            }
            Action::Lookup(Lookup::DataTable(table)) => {
                bound(&table.found).map(with_output)
            }
            Action::Other(other) => {
                let own = other.outputs.iter().find(|(_, it)| it.0 == slot);
                own.map(|(name, _)| with_output(name.clone()))
            }
            Action::CollectInput(collect) => self.entered(moment, collect, value),
            Action::Ask(_) => match value {
                Value::String(text) => {
                    Some(Edit::Answer(last, Answer::Input(Input::Speech(text.clone()))))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns another entry of digits. A shorter one than the question accepts is filled
    /// with the digit 1, so that a later change starts from an entry.
    fn entered(
        &self,
        moment: &Moment,
        collect: &CollectInput,
        value: &Value,
    ) -> Option<Edit> {
        let Value::String(text) = value else { return None };
        let is_input = |place: &&usize| {
            matches!(self.played.script.get(**place), Some(Answer::Input(_)))
        };
        // A confirmation follows the entry.
        let entry = *moment.answers.iter().find(is_input)?;
        if text.is_empty() || !text.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let least = limit(&collect.min).map_or(1, |it| it as usize);
        let digits = format!("{text:1<least$}");
        Some(Edit::Answer(entry, Answer::Input(Input::Keys(digits.into()))))
    }
}

/// The place from which a variable has its value.
enum Origin<'s> {
    /// Not this action.
    Elsewhere,
    /// A value that the flow computes.
    Source(&'s Source),
    /// A variable of the task, module or flow that the action calls.
    Inside(u32),
    /// An answer or a value at the start, with its change. `None` if no change is known.
    Edit(Option<Edit>),
}

/// Returns a failed response in which a result has a value; `None` if the response is not a
/// failure, or has no such result.
fn answer_with(
    known: &Answer,
    failure: &[Binding],
    slot: u32,
    value: &Value,
) -> Option<Response> {
    let Answer::Response(response) = known else { return None };
    let own = failure.iter().find(|it| it.variable.is_some_and(|it| it.0 == slot))?;
    let output = with_member(&response.output, own.name.clone(), value.to_json());
    (!response.is_success()).then(|| Response { output, ..response.clone() })
}

/// Returns a successful response in which a result has a value.
fn success_with(known: &Answer, name: Text, value: &Value) -> Option<Response> {
    let empty = Response { status: 200, output: Json::object([]), latency_ms: 0 };
    let response = match known {
        Answer::Response(response) if response.is_success() => response.clone(),
        _ => empty,
    };
    let output = with_member(&response.output, name, value.to_json());
    Some(Response { output, ..response })
}

/// A variable of a task, whose value the action that calls it gives.
fn input(inputs: &[(VariableId, Source)], slot: u32) -> Origin<'_> {
    let own = inputs.iter().find(|(variable, _)| variable.0 == slot);
    own.map_or(Origin::Elsewhere, |(_, source)| Origin::Source(source))
}

/// Returns a JSON object with another member.
pub(super) fn with_member(object: &Json, name: Text, member: Json) -> Json {
    let mut members = match object {
        Json::Object(members) => members.clone(),
        _ => std::sync::Arc::default(),
    };
    std::sync::Arc::make_mut(&mut members).insert(name, member);
    Json::Object(members)
}
