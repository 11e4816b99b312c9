//! Event of an action: its data, audio and path.

use super::super::audio::{Playback, object};
use super::super::event::Event;
use super::heard::{Heard, audio_of, turns_of};
use super::{Walk, kinds, values};
use crate::flow::NodeLabel;
use crate::flow::kinds::{Operation, operation_of};
use crate::trace::{PathTaken, Step};
use crate::value::{Json, Text};

/// A playback with an optional answer.
pub(super) struct Turn {
    pub(super) played: Playback,
    answer: Option<Text>,
}

impl Walk<'_> {
    pub(super) fn action(
        &mut self,
        index: usize,
        step: &Step,
        label: &NodeLabel,
    ) -> Event {
        let kind = label.node_type.as_str();
        let id = self.ids.node(step.node);
        let event = Event::action(kinds::event_name(kind), id, label.name.clone())
            .begin(self.time(step.start_ms))
            .run(self.ids.step(index));
        let event = match label.tracking_id {
            Some(number) => event.track(number),
            None => event,
        };
        let event = self.leave(event, step);
        let event = self.variables(event, index, kind);
        let event = self.data(event, index, step, kind);
        let event = self.speech(event, index, step, kind);
        self.target(event, index, step, kind)
    }

    fn variables(&mut self, event: Event, index: usize, kind: &str) -> Event {
        let set = self.assigned(index);
        match operation_of(kind) {
            Some(Operation::UpdateData) => event.assign(set),
            _ if set.is_empty() && !kinds::has_results(kind) => event,
            _ => event.output(set),
        }
    }

    fn speech(&self, event: Event, index: usize, step: &Step, kind: &str) -> Event {
        let Some((purpose, _)) = kinds::turn(kind) else {
            let all = audio_of(&self.facts[index], self.symbols);
            let plays = operation_of(kind) == Some(Operation::PlayAudio);
            if all.items.is_empty() && !plays {
                return event;
            }
            let time = self.time(step.start_ms);
            let can_barge_in = all.barge_in == Some(true);
            return event.play(&values::playback(all.items, can_barge_in, &time));
        };
        let turns = self.turns(index, step).into_iter().map(|turn| {
            let event = Event::turn(purpose, &turn.played);
            match turn.answer {
                Some(keys) => event.press(&keys, &self.time(step.end_ms)),
                None => event,
            }
        });
        event.nest(turns)
    }

    /// Returns the turns of a step that plays audio and may listen; at least one.
    pub(super) fn turns(&self, index: usize, step: &Step) -> Vec<Turn> {
        let mut heard = turns_of(&self.facts[index], self.symbols);
        if heard.is_empty() {
            heard.push(Heard::default());
        }
        let time = self.time(step.start_ms);
        let turn = |Heard { items, barge_in, answer }| {
            let can_barge_in = barge_in.unwrap_or(true);
            Turn { played: values::playback(items, can_barge_in, &time), answer }
        };
        heard.into_iter().map(turn).collect()
    }

    /// Adds the target of an action, or the path by which it ends a task.
    fn target(&mut self, event: Event, index: usize, step: &Step, kind: &str) -> Event {
        let key = match operation_of(kind) {
            Some(Operation::Jump(setting)) => setting.strip_suffix("Ref"),
            Some(Operation::EndTask) => return self.ending(event),
            _ => None,
        };
        let Some(key) = key else { return event };
        let event = event.with("queuedAudioFlushed", false.into());
        let begin =
            self.trace.steps.get(index + 1).filter(|it| Some(it.node) == step.next);
        let unit = begin.and_then(|begin| {
            let label = self.symbols.node(begin.node);
            Some((begin.node, kinds::unit(&label.node_type)?, label))
        });
        let Some((node, unit, label)) = unit else { return event };
        let [id, name] = unit.keys;
        let target = object([
            (id, Json::String(self.ids.node(node))),
            (name, Json::String(label.name.clone())),
        ]);
        event.with(key, target)
    }

    /// Adds the output path by which a called task ends; the first task
    /// of a flow has no such path. *Source: a real document for the latter.*
    fn ending(&mut self, event: Event) -> Event {
        let caller = self.level().caller.and_then(|caller| self.trace.steps.get(caller));
        let (mut id, mut name) = (Text::new(), Text::new());
        if let Some(caller) = caller
            && let PathTaken::Output(index) = caller.path
            && let Some(label) =
                self.symbols.node(caller.node).outputs.get(usize::from(index))
        {
            let taken = self.leave(Event::default(), caller);
            id = taken.output_path_id.unwrap_or_default();
            name = label.clone();
        }
        let path = object([
            ("outputPathId", Json::String(id)),
            ("outputPathName", Json::String(name)),
        ]);
        event.with("endingOutputPath", path)
    }
}
