//! Records the trace during a call.

use std::ops::Deref;

use crate::diagnostic::Code;
use crate::flow::NodeId;
use crate::trace::{Event, EventKind, PathTaken, Phrase, Step};
use crate::value::{EMPTY_STRING, Text, Value};

/// The steps and events so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Recorder {
    pub(super) steps: Vec<Step>,
    pub(super) events: Events,
}

impl Recorder {
    /// Clears the record and reserves the capacity that the previous call needed.
    pub(super) fn clear(&mut self, room: Capacity) {
        self.steps.clear();
        if self.steps.capacity() < room.steps {
            self.steps = Vec::with_capacity(room.steps);
        }
        self.events.clear(room.events);
    }

    #[inline]
    pub(super) fn begin(&mut self, node: NodeId, depth: u16, now: i64) -> u32 {
        // A call starts at most `max_actions` steps, which is a 32-bit number.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        let index = self.steps.len() as u32;
        let (path, next) = (PathTaken::None, None);
        self.steps.push(Step { node, depth, path, next, start_ms: now, end_ms: now });
        index
    }

    /// Records an event.
    #[inline(always)]
    pub(super) fn note(&mut self, step: u32, fact: impl FnOnce() -> EventKind) {
        self.events.note(step, fact);
    }

    /// Records an event with a copy of a value. Frequent kinds are written part by part, see
    /// [`Value::copy_from`].
    #[inline(always)]
    pub(super) fn note_copy(
        &mut self,
        step: u32,
        value: &Value,
        kind: impl Fn(Value) -> EventKind,
    ) {
        match value {
            Value::NotSet(holds) => self.note(step, || kind(Value::NotSet(*holds))),
            Value::Boolean(truth) => self.note(step, || kind(Value::Boolean(*truth))),
            Value::Integer(number) => self.note(step, || kind(Value::Integer(*number))),
            Value::String(text) => {
                self.note_text(step, text.clone(), kind(EMPTY_STRING));
            }
            other => self.note(step, || kind(other.clone())),
        }
    }

    /// Records an event with a string, which is empty in `empty`. The string comes to its
    /// place after the rest of the event: if both were moved together, the processor would
    /// wait for their writes before it could read them as one.
    #[inline(always)]
    pub(super) fn note_text(&mut self, step: u32, text: Text, empty: EventKind) {
        self.events.note(step, || empty);
        let place = self.events.last_string().expect("the event has a string");
        // An empty string owns nothing.
        std::mem::forget(std::mem::replace(place, text));
    }

    #[inline]
    pub(super) fn finish(
        &mut self,
        step: u32,
        path: PathTaken,
        next: Option<NodeId>,
        now: i64,
    ) {
        let step = &mut self.steps[step as usize];
        step.path = path;
        step.next = next;
        step.end_ms = now;
    }
}

/// The events so far. An event is built in a place that exists already: moving it to the
/// end of a vector would cost more than the rest of a step.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The events, and then empty places.
    places: Vec<Event>,
    count: usize,
}

/// An empty place. It owns nothing.
const EMPTY: Event = Event { step: 0, kind: EventKind::Noted(Code::QUEUE_NOT_CHECKED) };

/// The smallest number of places that are added.
const FEWEST_PLACES: usize = 4;

impl Events {
    /// Removes the events, and makes this number of places.
    fn clear(&mut self, places: usize) {
        self.count = 0;
        self.places.clear();
        self.places.resize_with(places, || EMPTY);
    }

    /// Removes the events after the first ones.
    pub(super) fn truncate(&mut self, count: usize) {
        self.places.truncate(count);
        self.count = self.count.min(count);
    }

    /// Takes the events.
    pub(super) fn take(&mut self) -> Vec<Event> {
        self.places.truncate(self.count);
        self.count = 0;
        std::mem::take(&mut self.places)
    }

    #[inline(always)]
    fn note(&mut self, step: u32, fact: impl FnOnce() -> EventKind) {
        let place = match self.places.get_mut(self.count) {
            Some(place) => place,
            None => self.grow(),
        };
        // Without `forget`, the place would be checked for something to free.
        std::mem::forget(std::mem::replace(place, Event { step, kind: fact() }));
        self.count += 1;
    }

    /// Returns the string of the last event, if it has one.
    #[inline(always)]
    fn last_string(&mut self) -> Option<&mut Text> {
        match &mut self.places[..self.count].last_mut()?.kind {
            EventKind::Collected(text)
            | EventKind::Prompted(Phrase::Made(text))
            | EventKind::Assigned(_, Value::String(text))
            | EventKind::Read(_, Value::String(text))
            | EventKind::Input(_, Value::String(text))
            | EventKind::Output(_, Value::String(text)) => Some(text),
            _ => None,
        }
    }

    #[cold]
    fn grow(&mut self) -> &mut Event {
        let places = self.count + self.count.max(FEWEST_PLACES);
        self.places.resize_with(places, || EMPTY);
        &mut self.places[self.count]
    }
}

impl Deref for Events {
    type Target = [Event];

    fn deref(&self) -> &[Event] {
        &self.places[..self.count]
    }
}

impl Clone for Events {
    fn clone(&self) -> Self {
        Self { places: self.to_vec(), count: self.count }
    }
}

impl PartialEq for Events {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// The number of steps and events that a trace had.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Capacity {
    pub(super) steps: usize,
    pub(super) events: usize,
}

impl PartialEq for Capacity {
    /// Always equal: the reserved capacity does not affect a call.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{ReferenceId, VariableId};

    fn steps(events: &[Event]) -> Vec<u32> {
        events.iter().map(|event| event.step).collect()
    }

    fn assigned(value: Value) -> EventKind {
        EventKind::Assigned(VariableId(5), value)
    }

    fn read(value: Value) -> EventKind {
        EventKind::Read(ReferenceId(6), value)
    }

    fn recorded(count: u32) -> Events {
        let mut events = Events::default();
        (0..count).for_each(|step| events.note(step, || EventKind::TimedOut));
        events
    }

    #[test]
    fn values_are_copied_to_events() {
        let long = "a string that is longer than a value";
        let values = ["", "1", long].map(Value::from).into_iter();
        for value in values.chain([Value::Integer(7), Value::NOT_SET]) {
            let mut recorder = Recorder::default();
            recorder.note_copy(3, &value, assigned);
            recorder.note_copy(3, &value, read);
            recorder.note_text(4, Text::from(long), EventKind::Collected(Text::new()));
            let kinds: Vec<EventKind> =
                recorder.events.take().into_iter().map(|event| event.kind).collect();
            let collected = EventKind::Collected(Text::from(long));
            assert_eq!(kinds, [assigned(value.clone()), read(value), collected]);
        }
    }

    #[test]
    fn empty_places_are_not_events() {
        let mut events = recorded(5);
        assert_eq!(steps(&events), [0, 1, 2, 3, 4]);
        assert_eq!(events, events.clone());
        events.truncate(3);
        assert_eq!(steps(&events), [0, 1, 2]);
        assert_ne!(events, recorded(4));
        events.note(7, || EventKind::TimedOut);
        assert_eq!(steps(&events), [0, 1, 2, 7]);
        assert_eq!(steps(&events.take()), [0, 1, 2, 7]);
        assert!(events.is_empty() && events.take().is_empty());
        events.clear(9);
        assert!(events.is_empty());
        events.note(8, || EventKind::TimedOut);
        assert_eq!(steps(&events.take()), [8]);
    }
}
