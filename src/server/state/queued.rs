//! The numbers of conversations that wait in queues, or talk to agents of queues. Only
//! conversations that have changed since the last count are examined again.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use super::event::Origin;
use super::schedule::Schedule;
use crate::server::conversation::Timeline;
use crate::server::conversation::participant::InQueue;
use crate::value::Text;

/// Number of changed conversations that a count examines at most. So no query has to examine
/// all conversations that were created before it.
const MAX_CHANGED: usize = 1_000;

/// The conversations of the server in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::server) struct QueueCount {
    /// Number of conversations that wait.
    pub(in crate::server) waiting: i64,
    /// Number of conversations that an agent has answered.
    pub(in crate::server) interacting: i64,
}

/// The place of a conversation: its queue, and whether it waits there.
type Place = (InQueue, bool);

/// The counts of all queues, and what they were counted from.
#[derive(Debug, Default)]
pub(super) struct Queued {
    places: BTreeMap<Text, Place>,
    counts: BTreeMap<InQueue, QueueCount>,
    /// The conversations that have changed since the last count.
    changed: BTreeSet<Text>,
    /// When conversations change without a request.
    times: Schedule,
}

impl Queued {
    /// Records that a conversation has changed.
    pub(super) fn change(&mut self, id: &Text) {
        if !self.changed.contains(id) {
            self.changed.insert(id.clone());
        }
    }

    /// Removes a conversation.
    pub(super) fn remove(&mut self, id: &Text) {
        self.changed.remove(id);
        self.times.set(id, None);
        self.put(id, None);
    }

    /// Sets the place of a conversation.
    fn put(&mut self, id: &Text, place: Option<Place>) {
        let before = match &place {
            Some(place) => self.places.insert(id.clone(), place.clone()),
            None => self.places.remove(id),
        };
        if let Some(before) = before {
            self.add(before, -1);
        }
        if let Some(place) = place {
            self.add(place, 1);
        }
    }

    fn add(&mut self, (queue, is_waiting): Place, number: i64) {
        let count = self.counts.entry(queue).or_default();
        match is_waiting {
            true => count.waiting += number,
            false => count.interacting += number,
        }
    }
}

impl State {
    /// Counts again if many conversations have changed since the last count.
    pub(in crate::server) fn count_many_changes(&mut self) {
        if self.queued.changed.len() >= MAX_CHANGED {
            self.queue_counts();
        }
    }

    /// Returns the numbers of conversations by the queue that they name.
    pub(in crate::server) fn queue_counts(&mut self) -> &BTreeMap<InQueue, QueueCount> {
        let mut changed = std::mem::take(&mut self.queued.changed);
        changed.extend(self.queued.times.take_due(self.clock));
        for id in changed {
            let timeline = self.may_be_queued(&id).then(|| Timeline::of(self, &id));
            let timeline = timeline.flatten();
            self.queued.times.set(&id, timeline.as_ref().and_then(|it| it.next_at));
            self.queued.put(&id, timeline.as_ref().and_then(place));
        }
        &self.queued.counts
    }

    /// Returns whether a conversation may be in a queue: its flow has ended, or its
    /// in-queue flow runs.
    fn may_be_queued(&self, id: &Text) -> bool {
        let has_queue = || {
            let instance = self.instances.get(id);
            instance.is_some_and(|it| {
                it.origin == Origin::Conversation && it.has_entered_queue()
            })
        };
        self.open.contains(id) || (self.running.contains(id) && has_queue())
    }
}

fn place(timeline: &Timeline) -> Option<Place> {
    if let Some(waiting) = timeline.waiting() {
        return Some((waiting.queue.clone()?, true));
    }
    Some((timeline.answered()?.queue.clone()?, false))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::server::conversation::Queued as Waiting;
    use crate::server::state::event::Event;
    use crate::server::state::tests::state;

    /// Without the bound, a query after 100,000 conversations examines all of them.
    #[test]
    fn a_count_examines_a_bounded_number_of_conversations() {
        let mut state = state();
        for number in 0..2 * MAX_CHANGED + 5 {
            let waiting = Waiting {
                id: format!("c{number}"),
                media: "voice".into(),
                queue: format!("q{}", number % 2),
                queue_name: None,
                context: Map::new(),
                scheduled_at: None,
                numbers: Vec::new(),
            };
            state.commit(Event::ConversationQueued(waiting)).unwrap();
            state.count_many_changes();
            assert!(state.queued.changed.len() < MAX_CHANGED, "{number}");
        }
        // Those after the last count are examined by the query.
        assert_eq!(state.queued.changed.len(), 5);
        state.commit(Event::Disconnected { id: "c0".into() }).unwrap();
        assert_eq!(state.queued.changed.len(), 6);
        let counts = state.queue_counts().values();
        let waiting: Vec<i64> = counts.map(|it| it.waiting).collect();
        assert_eq!(waiting, [1_002, 1_002]);
        assert!(state.queued.changed.is_empty());
    }
}
