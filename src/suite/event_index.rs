//! The events of each step of a call, found without reading all events again.

use std::cell::OnceCell;

use crate::trace::Event;

/// Positions of the events of each step, made when they are needed for the first time.
///
/// Events are not sorted by step: a call to another flow can have some after those of that
/// flow.
#[derive(Default)]
pub(super) struct EventIndex(OnceCell<Positions>);

struct Positions {
    /// For each step, where its part of `events` starts; and the end.
    starts: Vec<u32>,
    /// Positions of events, sorted by step and in order within a step.
    events: Vec<u32>,
}

impl EventIndex {
    /// Returns the positions of the events of a step, in order. `events` are always the
    /// same.
    pub(super) fn of_step(&self, events: &[Event], step: usize) -> &[u32] {
        let positions = self.0.get_or_init(|| Positions::of(events));
        let bounds = positions.starts.get(step).zip(positions.starts.get(step + 1));
        let part = bounds.map(|(start, end)| *start as usize..*end as usize);
        part.and_then(|part| positions.events.get(part)).unwrap_or_default()
    }
}

impl Positions {
    fn of(events: &[Event]) -> Self {
        let steps = events.iter().map(|event| event.step as usize + 1).max().unwrap_or(0);
        let mut starts = vec![0; steps + 1];
        for event in events {
            starts[event.step as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut sorted: Vec<u32> = (0..sum).collect();
        sorted.sort_by_key(|position| events[*position as usize].step);
        Self { starts, events: sorted }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trace::EventKind;

    proptest! {
        #[test]
        fn every_step_has_its_events_in_order(owners in prop::collection::vec(0..6_u32, 0..40)) {
            let events = owners.iter().map(|step| Event { step: *step, kind: EventKind::TimedOut });
            let events: Vec<Event> = events.collect();
            let index = EventIndex::default();
            for step in 0..8 {
                let expected = owners.iter().zip(0..).filter(|(owner, _)| **owner == step);
                let expected: Vec<u32> = expected.map(|(_, position)| position).collect();
                prop_assert_eq!(index.of_step(&events, step as usize), expected);
            }
        }
    }
}
