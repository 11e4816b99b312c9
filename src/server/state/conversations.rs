//! Conversations in the organisation: beginning, changing and ending them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::State;
use super::event::{Origin, subject_of};
use super::instance::{Beginning, Instance, with_values};
use super::moves::Start;
use crate::flow::FlowId;
use crate::flow::kinds::{IN_QUEUE_CALL, IN_QUEUE_EMAIL, IN_QUEUE_MESSAGE};
use crate::program::Program;
use crate::server::conversation::{Change, Changed, Queued, Target, Timeline};
use crate::server::notifications::Touched;
use crate::value::{Text, derived_id};
use crate::world::{Fixtures, Medium};

/// The name of the organisation's in-queue flow for calls. *Source: Genesys' help on the
/// behaviour of queues.*
const DEFAULT_FLOW: &str = "Default In-Queue Flow";

impl State {
    /// Begins a conversation in a queue.
    pub(super) fn begin_in_queue(&mut self, queued: Queued) {
        let id = Text::from(queued.id.as_str());
        let conversation = self.conversations.entry(id.clone()).or_default();
        conversation.queued = Some((self.clock, queued));
        self.review(&id);
    }

    /// Applies a change of a client to a conversation.
    pub(super) fn change_conversation(&mut self, id: &str, change: Change) {
        let id = Text::from(id);
        let Some(before) = Timeline::of(self, &id) else { return };
        if before.ended_at.is_some() && matches!(change, Change::HungUp) {
            return;
        }
        let leg = match &change {
            Change::Replaced { to: Target::Queue { queue, .. }, .. } => {
                self.begin_leg(&before, queue)
            }
            _ => None,
        };
        if let Change::Attributes { participant, attributes } = &change
            && before.customer().is_some_and(|it| it.id == *participant)
        {
            self.write_attributes(&before, attributes);
        }
        let moves = change.moves();
        let changed = Changed { at: self.clock, change, leg };
        let conversation = self.conversations.entry(id.clone()).or_default();
        conversation.add(changed);
        // A flow that the conversation has left does not run any more.
        let after = moves.then(|| Timeline::of(self, &id)).flatten();
        let is_running = after.and_then(|it| it.running);
        for of in moves.then(|| self.instances_of(&id)).into_iter().flatten() {
            if is_running.as_ref() != Some(&of) {
                self.with_instance(&of, |instance, around| instance.leave(around.now));
            }
        }
        self.review(&id);
    }

    /// The participant of an instance hangs up. An agent of the conversation is left
    /// alone.
    pub(super) fn disconnect(&mut self, id: &str) {
        let id = Text::from(id);
        for of in self.instances_of(&id) {
            if self.instances.get(&of).is_some_and(Instance::is_open) {
                self.with_instance(&of, Instance::disconnect);
            }
        }
        self.change_conversation(&id, Change::HungUp);
    }

    /// Returns the ids of the instances of a conversation.
    fn instances_of(&self, id: &Text) -> Vec<Text> {
        let known = self.conversations.get(id);
        let legs = known.into_iter().flat_map(|it| it.legs().cloned());
        std::iter::once(id.clone()).chain(legs).collect()
    }

    /// Writes attributes of the customer, which the current flow reads.
    fn write_attributes(&mut self, timeline: &Timeline, attributes: &Map<String, Value>) {
        let Some(current) = timeline.current.clone() else { return };
        self.with_instance(&current, |instance, _| {
            for (name, value) in attributes {
                instance.set_attribute(name, value.as_str().map(Text::from));
            }
        });
    }

    /// Returns the attributes of the customer.
    pub(in crate::server) fn attributes(&self, timeline: &Timeline) -> Vec<(Text, Text)> {
        let current = timeline.current.as_ref();
        if let Some(instance) = current.and_then(|it| self.instances.get(it)) {
            return instance.attributes();
        }
        let known = self.conversations.get(&timeline.id);
        let queued = known.and_then(|it| it.queued.as_ref());
        let given = queued.and_then(|(_, it)| it.context.get("participantData"));
        let given = given.and_then(Value::as_object).into_iter().flatten();
        let mut all: Vec<(Text, Text)> = given
            .map(|(name, value)| {
                let text =
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.as_str().into(), text.into())
            })
            .collect();
        let written = timeline.customer().into_iter().flat_map(|it| &it.attributes);
        for (name, value) in written {
            all.retain(|(known, _)| known != name);
            all.push((name.as_str().into(), value.as_str().into()));
        }
        all
    }

    /// Starts the in-queue flow of a queue for a conversation that is transferred there.
    /// Returns the id of its instance; `None` if no such flow is loaded.
    fn begin_leg(&mut self, timeline: &Timeline, queue: &str) -> Option<Text> {
        if self.organisation.stop_at_queue {
            return None;
        }
        let (program, fixtures) = (self.program(), self.fixtures());
        let flow = in_queue_flow(&program, &fixtures, queue, &timeline.media)?;
        let mut context = Map::new();
        context.insert("conversationId".into(), timeline.id.as_str().into());
        context.insert("queue".into(), queue.into());
        let customer = timeline.customer();
        if let Some(from) = customer.and_then(|it| it.address.as_ref()) {
            context.insert("from".into(), from.as_str().into());
        }
        let attributes = self.attributes(timeline).into_iter();
        let attributes: Map<String, Value> = attributes
            .map(|(name, value)| (name.to_string(), value.as_str().into()))
            .collect();
        context.insert("participantData".into(), attributes.into());
        let call = self.new_call(flow, &fixtures);
        let call = with_values(call, &program, &context, &Map::new());
        let count = self.instances_of(&timeline.id).len();
        let id = derived_id(&format!("Leg:{}:{count}", timeline.id));
        let flow = program.symbols.flow(flow).id.clone();
        let stored = self.flows.get(&flow).and_then(super::flow::StoredFlow::published);
        let beginning = Beginning {
            id,
            origin: Origin::Transfer,
            conversation: Some(timeline.id.clone()),
            version: stored.map_or(1, |it| it.number),
            flow,
            media: timeline.media.clone(),
            name: None,
            from: customer.and_then(|it| it.address.clone()),
            to: None,
            at: self.clock,
            fixtures,
            start: Arc::new(Start { call, context, variables: Map::new() }),
        };
        let instance = Instance::start(beginning, program, &self.around());
        Some(self.insert_instance(instance))
    }

    /// Adds an instance that has just started. Returns its id.
    pub(super) fn insert_instance(&mut self, instance: Instance) -> Text {
        let id = instance.id.clone();
        if instance.outgoing.is_some() {
            self.unsent.push(id.clone());
        }
        let has_ended = !instance.is_running();
        self.instances.insert(id.clone(), instance);
        self.touched.instances.insert(id.clone());
        self.note_progress(&id, has_ended);
        id
    }

    /// Records whether an instance runs, and when it has to be looked at again.
    /// `has_ended` is whether its flow has just ended.
    pub(super) fn note_progress(&mut self, id: &Text, has_ended: bool) {
        let Some(instance) = self.instances.get(id) else { return };
        let conversation = match instance.origin {
            Origin::Execution => None,
            Origin::Conversation => Some(id.clone()),
            Origin::Transfer => instance.conversation.clone(),
        };
        let (is_running, due) = (instance.is_running(), instance.due_at());
        if is_running {
            self.running.insert(id.clone());
            self.over.shift_remove(id);
        } else {
            self.running.remove(id);
        }
        if has_ended {
            // In a queue, the server's clock may still have to reach the end of the flow.
            match instance.ended_at(self.clock) {
                Some(_) => self.touched.instances.insert(id.clone()),
                None => self.ending.insert(id.clone()),
            };
            self.decided.over(id);
        }
        self.schedule.set(id, due);
        match conversation {
            Some(conversation) => self.review(&conversation),
            None if !is_running => {
                self.over.insert(id.clone());
            }
            None => {}
        }
    }

    /// Records whether a conversation is open, and when its next event is due.
    pub(super) fn review(&mut self, id: &Text) {
        self.touched.conversations.insert(id.clone());
        self.queued.change(id);
        self.note_ends(id);
        if self.running.contains(id) && !self.conversations.contains_key(id) {
            // While its only flow runs, a conversation is open.
            return;
        }
        let Some(timeline) = Timeline::of(self, id) else { return };
        let due = self.instances.get(id).and_then(Instance::due_at);
        let next = [due, timeline.next_at].into_iter().flatten().min();
        self.schedule.set(id, next);
        let is_running = self.running.contains(id);
        if timeline.ended_at.is_some() || is_running {
            self.open.remove(id);
        } else {
            self.open.insert(id.clone());
        }
        if timeline.ended_at.is_some() && !is_running {
            self.over.insert(id.clone());
        }
    }

    /// Records the flows of a conversation whose end the server's clock has reached.
    fn note_ends(&mut self, id: &Text) {
        if self.ending.is_empty() {
            return;
        }
        for of in self.instances_of(id) {
            let instance = self.instances.get(&of);
            let has_ended = instance.is_some_and(|it| it.ended_at(self.clock).is_some());
            if has_ended && self.ending.remove(&of) {
                self.touched.instances.insert(of);
            }
        }
    }

    /// Removes a conversation or an execution that is over.
    pub(super) fn remove_instance(&mut self, id: &Text) {
        for of in self.instances_of(id) {
            self.instances.shift_remove(&of);
            self.ending.remove(&of);
            self.decided.gone(&of);
            self.schedule.set(&of, None);
        }
        self.conversations.remove(id);
        self.queued.remove(id);
        if !self.branched.contains(id) {
            self.forget(&subject_of("instances", id));
        }
    }

    /// Starts the same call as that of an instance up to a question of the participant.
    pub(super) fn branch(&mut self, id: Text, from: &Text, question: usize) {
        let around = self.around();
        let source = self.instances.get(from);
        let Some(branch) = source.and_then(|it| it.branch(id, question, &around)) else {
            return;
        };
        self.branched.insert(from.clone());
        self.insert_instance(branch);
    }

    /// Runs the instances and reviews the conversations whose time has come.
    pub(super) fn advance_due(&mut self) {
        for id in self.schedule.take_due(self.clock) {
            if self.running.contains(&id) {
                self.with_instance(&id, Instance::advance);
            } else {
                self.review(&id);
            }
        }
    }

    /// Takes what has changed since the last notifications.
    pub(in crate::server) fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    /// Returns the number of open conversations whose flow has ended.
    pub(in crate::server) fn open_conversations(&self) -> usize {
        self.open.len()
    }

    /// Returns the ids of all conversations: those of flows, then those that began in a
    /// queue.
    pub(in crate::server) fn conversation_ids(&self) -> Vec<Text> {
        let of_flows = self.instances.values();
        let of_flows = of_flows.filter(|it| it.origin == Origin::Conversation);
        let queued = self.conversations.iter().filter(|(_, it)| it.queued.is_some());
        of_flows.map(|it| it.id.clone()).chain(queued.map(|(id, _)| id.clone())).collect()
    }
}

/// Returns the in-queue flow of a queue for a medium, if it is loaded.
fn in_queue_flow(
    program: &Program,
    fixtures: &Fixtures,
    queue: &str,
    media: &str,
) -> Option<FlowId> {
    let (medium, flow_type) = match media {
        "voice" => (Medium::Call, IN_QUEUE_CALL),
        "email" => (Medium::Email, IN_QUEUE_EMAIL),
        "message" => (Medium::Message, IN_QUEUE_MESSAGE),
        _ => return None,
    };
    match fixtures.in_queue_flow(queue, queue, medium) {
        Some(name) => program.in_queue_flow(name, flow_type),
        None if medium == Medium::Call => program.in_queue_flow(DEFAULT_FLOW, flow_type),
        None => None,
    }
}
