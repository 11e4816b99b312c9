//! Answers that do not change during a call: an object of the organisation that was found
//! once is found again, and so is a contact or a row of a data table. The state of a
//! schedule stays the same as long as no time passes.

use std::fmt::Write;

use twox_hash::XxHash64;

use crate::engine::Session;
use crate::flow::NodeId;
use crate::program::architect::{Action, Lookup, Source};
use crate::program::{Program, StepAction};
use crate::world::{Answer, Question};

use super::graph::Graph;

/// The answers that a call got to questions that it may ask again.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(Vec<(u64, Answer)>);

/// The questions that calls may ask again.
#[derive(Debug, Clone)]
pub(super) struct Repeats {
    /// Whether a lookup of the same kind may follow each step.
    is_repeated: Vec<bool>,
    /// Whether such a lookup may follow each step, itself included.
    may_follow: Vec<bool>,
}

impl Repeats {
    /// Whether a later lookup may ask the question of this node again.
    pub(super) fn is_repeated(&self, node: NodeId) -> bool {
        self.is_repeated[node.index()]
    }

    pub(super) fn of(program: &Program, graph: &Graph) -> Self {
        let steps = program.steps.iter().enumerate();
        let lookups: Vec<(NodeId, String)> = steps
            .filter_map(|(index, step)| match &step.action {
                StepAction::Architect(action) => Some((index, family(action)?)),
                action => Some((index, service(action)?.to_owned())),
            })
            .map(|(index, family)| (NodeId::new(index), family))
            .collect();
        let mut is_repeated = vec![false; program.steps.len()];
        for (node, family) in &lookups {
            let later = graph.reach(graph.next[node.index()].iter().copied());
            is_repeated[node.index()] =
                lookups.iter().any(|(other, of)| of == family && later[other.index()]);
        }
        let distances = graph.distances(lookups.iter().map(|(node, _)| *node));
        let may_follow = distances.iter().map(|distance| *distance < u32::MAX).collect();
        Self { is_repeated, may_follow }
    }
}

/// Returns the kind of objects that a lookup looks up; `None` if a later lookup of the same
/// object may have another outcome.
fn family(action: &Action) -> Option<String> {
    let Action::Lookup(lookup) = action else { return None };
    Some(match lookup {
        Lookup::DataTable(table) => format!("table {}", table.table),
        Lookup::Object(object) => format!("object {:?} {:?}", object.kind, object.by),
        Lookup::Users(_) => "users".into(),
        Lookup::Contact(_) => "contact".into(),
        Lookup::ContactSearch(_) => "contacts".into(),
        Lookup::Schedule(it) if it.at.is_none() && it.zone.is_none() => {
            format!("schedule {:?}", it.kind)
        }
        Lookup::ScheduleGroup(group) if group.at.is_none() => match &group.emergency {
            Source::Named(_, emergency) => format!("group with {emergency}"),
            emergency if emergency.is_unset() => "group".into(),
            _ => return None,
        },
        Lookup::Schedule(_)
        | Lookup::ScheduleGroup(_)
        | Lookup::DataAction(_)
        | Lookup::Wait(_) => return None,
    })
}

/// Returns the kind of system that a draft node asks.
fn service(action: &StepAction) -> Option<&'static str> {
    match action {
        StepAction::GetExternalContact(_) => Some("external contact"),
        StepAction::QueueStatistics(_) => Some("statistics"),
        StepAction::Route(_) => Some("route"),
        _ => None,
    }
}

impl Memory {
    /// Leaves out the answers that contradict what the call got to this question before:
    /// another output, or another value of a result.
    pub(super) fn restrict(
        &self,
        repeats: &Repeats,
        session: &Session,
        answers: &mut Vec<Answer>,
    ) {
        if self.0.is_empty() {
            return;
        }
        let Some(key) = key(repeats, session, false) else { return };
        for (_, known) in self.0.iter().filter(|(other, _)| *other == key) {
            answers.retain(|answer| same_output(known, answer));
            // An answer has only one example of a result that no step reads.
            if answers.iter().any(|answer| agree(known, answer)) {
                answers.retain(|answer| agree(known, answer));
            }
        }
    }

    /// Keeps the answer to the question of a session, if it may be asked again.
    pub(super) fn keep(&mut self, repeats: &Repeats, session: &Session, answer: &Answer) {
        if let Some(key) = key(repeats, session, true) {
            self.0.push((key, answer.clone()));
        }
    }

    /// Writes the answers that later questions may recall.
    pub(super) fn write_key(&self, repeats: &Repeats, node: NodeId, out: &mut String) {
        if !self.0.is_empty() && repeats.may_follow[node.index()] {
            let _ = write!(out, ";{:?}", self.0);
        }
    }
}

fn same_output(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Action(one), Answer::Action(other)) => one.path == other.path,
        _ => true,
    }
}

/// Whether two answers about the same object may both be right.
fn agree(one: &Answer, other: &Answer) -> bool {
    let (one, other) = match (one, other) {
        (Answer::Action(one), Answer::Action(other)) => (one, other),
        (Answer::Contact(_) | Answer::Statistics(_) | Answer::Queue(_), other) => {
            return one == other;
        }
        _ => return true,
    };
    one.path == other.path
        && one.outputs.iter().all(|(name, value)| {
            let mut same = other.outputs.iter().filter(|(known, _)| known == name);
            same.all(|(_, known)| known == value)
        })
}

/// Returns the key of the question of a session. `is_new` leaves out questions that no later
/// lookup asks again.
fn key(repeats: &Repeats, session: &Session, is_new: bool) -> Option<u64> {
    let node = session.waiting_node()?;
    if is_new && !repeats.is_repeated[node.index()] {
        return None;
    }
    let text = match (&session.program().steps[node.index()].action, session.question()?)
    {
        (StepAction::Architect(action), Question::Action { inputs, .. }) => {
            let mut text = family(action)?;
            let _ = write!(text, "{inputs:?}");
            let clock = session.clock_ms();
            if let Action::Lookup(Lookup::Schedule(_) | Lookup::ScheduleGroup(_)) =
                &**action
            {
                let _ = write!(text, "@{clock}");
            }
            text
        }
        (StepAction::Architect(_), _) => return None,
        (action, question) => format!("{} {question:?}", service(action)?),
    };
    Some(XxHash64::oneshot(0, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Json;
    use crate::world::ActionAnswer;

    fn answer(path: &str, outputs: &[(&str, i64)]) -> Answer {
        let outputs = outputs.iter();
        let outputs = outputs.map(|(name, it)| ((*name).into(), Json::Integer(*it)));
        let path = Some(path.into());
        Answer::Action(ActionAnswer { path, outputs: outputs.collect(), latency_ms: 0 })
    }

    #[test]
    fn answers_about_one_object_agree() {
        let known = answer("found", &[("Queue", 1), ("Priority", 2)]);
        assert!(agree(&known, &answer("found", &[("Queue", 1)])));
        assert!(agree(&known, &answer("found", &[("Rate", 3)])));
        assert!(!agree(&known, &answer("found", &[("Queue", 2)])));
        assert!(!agree(&known, &answer("notFound", &[])));
    }
}
