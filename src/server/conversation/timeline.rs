//! The participants of a conversation up to now, from its flows and the changes by
//! clients.
//!
//! A flow runs to its next request for input at once, also while a caller waits in a
//! queue. The wait takes time on the server's clock, however: an event of the flow counts as
//! soon as the clock has reached its time ([`Instance::time_of`]).

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::change::{Change, Changed, Queued, Target};
use super::participant::{InQueue, Message, Participant, Purpose};
use crate::flow::kinds::TransferKind;
use crate::server::state::State;
use crate::server::state::event::Origin;
use crate::server::state::instance::{Instance, Progress};
use crate::trace::{Connection, EventKind, Routing, Status, Transfer};
use crate::value::Text;

/// The participants of a conversation.
#[derive(Debug, Clone)]
pub(in crate::server) struct Timeline {
    pub(in crate::server) id: Text,
    pub(in crate::server) media: Text,
    /// In the order in which they joined; the customer is the first.
    pub(in crate::server) participants: Vec<Participant>,
    pub(in crate::server) started_at: i64,
    pub(in crate::server) ended_at: Option<i64>,
    /// A callback that waits for its time: the time from which it waits in its queue.
    pub(in crate::server) scheduled_at: Option<i64>,
    /// The server's clock at the next event that has not happened yet.
    pub(in crate::server) next_at: Option<i64>,
    /// The newest instance of the conversation.
    pub(in crate::server) current: Option<Text>,
    /// The instance whose flow the conversation has not left.
    pub(in crate::server) running: Option<Text>,
}

/// The events of a flow, and the number of those that have been applied.
struct Run<'s> {
    instance: &'s Instance,
    applied: usize,
}

struct Builder<'s> {
    state: &'s State,
    run: Option<Run<'s>>,
    timeline: Timeline,
    /// The queue of a callback that waits for its time.
    queued: Option<&'s Queued>,
    /// The time of the last event or change.
    reached: i64,
}

impl Timeline {
    /// Returns the participants of a conversation; `None` if there is no such
    /// conversation.
    pub(in crate::server) fn of(state: &State, id: &str) -> Option<Self> {
        let mut builder = Builder::begin(state, id)?;
        let known = state.conversations.get(id);
        for changed in known.iter().flat_map(|it| &it.changes) {
            builder.advance(changed.at);
            builder.reach(changed.at);
            builder.change(changed);
        }
        builder.advance(state.clock);
        builder.timeline.running = builder.run.map(|run| run.instance.id.clone());
        Some(builder.timeline)
    }

    /// Returns the customer.
    pub(in crate::server) fn customer(&self) -> Option<&Participant> {
        self.participants.first()
    }

    /// Returns the participant with an id.
    pub(in crate::server) fn participant(&self, id: &str) -> Option<&Participant> {
        self.participants.iter().find(|it| it.id == id)
    }

    /// Returns the queue in which the conversation waits.
    pub(in crate::server) fn waiting(&self) -> Option<&Participant> {
        self.participants
            .iter()
            .rev()
            .find(|it| it.purpose == Purpose::Acd && it.is_present())
    }

    /// Returns the agent, or another target of a transfer, who has answered.
    pub(in crate::server) fn answered(&self) -> Option<&Participant> {
        self.participants.iter().rev().find(|it| {
            let is_flow = it.purpose.is_flow();
            it.is_connected()
                && !is_flow
                && !matches!(it.purpose, Purpose::Customer | Purpose::Acd)
        })
    }

    /// Returns the state of the conversation, in the terms of the tutorials.
    pub(in crate::server) fn state(&self) -> &'static str {
        match () {
            () if self.ended_at.is_some() => "closed",
            () if self.scheduled_at.is_some() => "scheduled",
            () if self.waiting().is_some() => "queued",
            () => "connected",
        }
    }
}

impl<'s> Builder<'s> {
    fn begin(state: &'s State, id: &str) -> Option<Self> {
        let of_flow = state.instances.get(id);
        let of_flow = of_flow.filter(|it| it.origin == Origin::Conversation);
        let queued = state.conversations.get(id).and_then(|it| it.queued.as_ref());
        let (media, started_at) = match (of_flow, queued) {
            (Some(instance), _) => (instance.media.clone(), instance.started_at),
            (None, Some((at, queued))) => (queued.media.as_str().into(), *at),
            (None, None) => return None,
        };
        let timeline = Timeline {
            id: id.into(),
            media,
            participants: Vec::with_capacity(4),
            started_at,
            ended_at: None,
            scheduled_at: None,
            next_at: None,
            current: None,
            running: None,
        };
        let mut builder =
            Self { state, run: None, timeline, queued: None, reached: started_at };
        let customer = builder.join(Purpose::Customer, started_at);
        if let Some(instance) = of_flow {
            (customer.name, customer.address) =
                (instance.name.clone(), instance.from.clone());
            builder.begin_flow(instance, started_at);
        } else if let Some((_, queued)) = queued {
            let text = |key: &str| queued.context.get(key)?.as_str().map(Text::from);
            (customer.name, customer.address) = (text("name"), text("from"));
            match queued.scheduled_at.filter(|at| *at > started_at) {
                Some(at) => {
                    builder.timeline.scheduled_at = Some(at);
                    builder.queued = Some(queued);
                }
                None => builder.begin_in_queue(queued, started_at),
            }
        }
        Some(builder)
    }

    fn begin_in_queue(&mut self, queued: &Queued, at: i64) {
        self.enter_queue(&queued.queue, queued.queue_name.as_deref(), at);
    }

    fn begin_flow(&mut self, instance: &'s Instance, at: i64) {
        let purpose = match self.timeline.media.as_str() {
            "message" | "chat" | "email" => Purpose::Workflow,
            _ => Purpose::Ivr,
        };
        let flow = self.state.flows.get(&instance.flow);
        let name = flow.map(|flow| flow.name.clone());
        self.join(purpose, at).name = name;
        self.follow(instance);
    }

    fn follow(&mut self, instance: &'s Instance) {
        self.timeline.current = Some(instance.id.clone());
        self.run = Some(Run { instance, applied: 0 });
    }

    /// Adds a participant.
    fn join(&mut self, purpose: Purpose, at: i64) -> &mut Participant {
        let all = &mut self.timeline.participants;
        let index = all.iter().filter(|it| it.purpose == purpose).count();
        all.push(Participant::new(&self.timeline.id, purpose, index, at));
        let last = all.len() - 1;
        &mut all[last]
    }

    /// Ends the participants who are not the customer.
    fn leave(&mut self, at: i64, reason: &'static str) {
        let others = self.timeline.participants.iter_mut().skip(1);
        others.for_each(|it| it.end(at, reason));
    }

    /// Ends the conversation. `first` left for this reason; the others are left.
    fn end(&mut self, at: i64, first: Option<&str>, reason: &'static str) {
        if self.timeline.ended_at.is_some() {
            return;
        }
        for participant in &mut self.timeline.participants {
            let is_first = first.is_some_and(|first| participant.id == first);
            participant.end(at, if is_first { reason } else { "peer" });
        }
        self.timeline.ended_at = Some(at);
        self.unschedule();
        self.run = None;
    }

    /// A callback enters its queue if its time has come.
    fn enter_scheduled(&mut self, now: i64) {
        self.timeline.next_at = self.timeline.scheduled_at;
        if let Some(at) = self.timeline.scheduled_at.filter(|at| *at <= now)
            && let Some(queued) = self.unschedule()
        {
            let at = self.reach(at);
            self.begin_in_queue(queued, at);
        }
    }

    /// Ends the wait of a callback for its time. Returns its queue.
    fn unschedule(&mut self) -> Option<&'s Queued> {
        self.timeline.scheduled_at = None;
        self.timeline.next_at = None;
        self.queued.take()
    }

    /// Applies the events of the current flow up to a time of the server's clock.
    fn advance(&mut self, now: i64) {
        self.enter_scheduled(now);
        let Some(mut run) = self.run.take() else { return };
        let instance = run.instance;
        let (_, events) = instance.history();
        while let Some(event) = events.get(run.applied) {
            let matters = matches!(
                event.kind,
                EventKind::Routed(_)
                    | EventKind::Connected(_)
                    | EventKind::Transferred(_)
            );
            if matters {
                let at = instance.time_of(run.applied);
                let at = match &event.kind {
                    EventKind::Connected(connection) => self.answer_time(at, connection),
                    _ => at,
                };
                if at > now {
                    self.timeline.next_at = Some(at);
                    self.run = Some(run);
                    return;
                }
                let at = self.reach(at);
                self.event(instance, &event.kind, at);
            }
            run.applied += 1;
        }
        match instance.ends_at() {
            Some(at) if at > now => {
                self.timeline.next_at = Some(at);
                self.run = Some(run);
            }
            Some(at) => {
                self.run = Some(run);
                let at = self.reach(at);
                self.flow_ended(instance, at);
            }
            None => self.run = Some(run),
        }
    }

    /// Returns the time of an event, which is not before that of an earlier one. The step
    /// of an event may have begun before a client changed the conversation.
    fn reach(&mut self, at: i64) -> i64 {
        self.reached = self.reached.max(at);
        self.reached
    }

    /// Returns the time at which an agent answers. The event belongs to the step that ran
    /// at that time, which may have begun earlier.
    fn answer_time(&self, at: i64, connection: &Connection) -> i64 {
        let waiting = self.timeline.waiting();
        waiting.map_or(at, |it| it.started_at.saturating_add(connection.waited_ms))
    }

    fn event(&mut self, instance: &Instance, kind: &EventKind, at: i64) {
        match kind {
            EventKind::Routed(routing) => self.routed(instance, routing, at),
            EventKind::Connected(connection) => {
                let queue = self.timeline.waiting().and_then(|it| it.queue.clone());
                self.leave(at, "transfer");
                let agent = self.join(Purpose::Agent, at);
                agent.name.clone_from(&connection.agent);
                agent.user.clone_from(&connection.agent);
                agent.queue = queue;
            }
            EventKind::Transferred(transfer) => self.transferred(transfer, at),
            _ => {}
        }
    }

    /// The flow routed the conversation to a queue, or changed the requirements on agents
    /// of the queue in which it waits.
    fn routed(&mut self, instance: &Instance, routing: &Routing, at: i64) {
        let symbols = &instance.program().symbols;
        let text = |phrase: &Option<crate::trace::Phrase>| {
            phrase.as_ref().map(|phrase| phrase.text(symbols).clone())
        };
        let queue =
            InQueue { id: text(&routing.queue_id), name: text(&routing.queue_name) };
        let all = &mut self.timeline.participants;
        let waiting =
            all.iter_mut().rev().find(|it| it.purpose == Purpose::Acd && it.is_present());
        let same = waiting.filter(|it| {
            queue.label().is_none() || it.queue.as_ref().is_some_and(|it| *it == queue)
        });
        let participant = match same {
            Some(same) => same,
            None => {
                self.leave(at, "transfer");
                let entered = self.join(Purpose::Acd, at);
                entered.name = queue.name.clone().or_else(|| queue.id.clone());
                entered.queue = Some(queue);
                entered
            }
        };
        participant.skills.clone_from(&routing.skills);
        participant.priority = routing.priority;
    }

    fn transferred(&mut self, transfer: &Transfer, at: i64) {
        let purpose = match transfer.kind {
            TransferKind::User => Purpose::Agent,
            TransferKind::Group => Purpose::Group,
            TransferKind::Number => Purpose::External,
            TransferKind::Voicemail => Purpose::Voicemail,
            TransferKind::Flow | TransferKind::SecureFlow => Purpose::Ivr,
        };
        self.leave(at, "transfer");
        let target = self.join(purpose, at);
        target.name = Some(transfer.name.clone());
        if purpose == Purpose::Agent {
            target.user = transfer.id.clone().or_else(|| Some(transfer.name.clone()));
        }
        if purpose == Purpose::External {
            target.address = Some(transfer.name.clone());
        }
    }

    /// The flow ended. The conversation stays open in a queue, and with the target of a
    /// transfer.
    fn flow_ended(&mut self, instance: &Instance, at: i64) {
        let Progress::Over { trace, .. } = &instance.progress else { return };
        let is_kept = |it: &Participant| {
            it.purpose != Purpose::Customer && !it.purpose.is_flow() && it.is_present()
        };
        let is_open = self.timeline.participants.iter().any(is_kept);
        if is_open
            && (trace.status == Status::Completed || self.timeline.answered().is_some())
        {
            return;
        }
        let has_hung_up = trace.failure.as_ref().is_some_and(|failure| {
            failure.code == crate::diagnostic::Code::CALLER_HUNG_UP
        });
        let customer = self.timeline.customer().map(|it| it.id.clone());
        let flow = self.timeline.participants.iter().rev().find(|it| it.is_present());
        let flow = flow.map(|it| it.id.clone());
        match () {
            () if has_hung_up => self.end(at, customer.as_deref(), "endpoint"),
            () if trace.failure.is_some() => self.end(at, flow.as_deref(), "error"),
            () => self.end(at, flow.as_deref(), "client"),
        }
    }

    fn change(&mut self, Changed { at, change, leg }: &'s Changed) {
        let at = *at;
        match change {
            Change::HungUp => {
                let customer = self.timeline.customer().map(|it| it.id.clone());
                self.end(at, customer.as_deref(), "endpoint");
            }
            Change::Attributes { participant, attributes } => {
                self.with(participant, |it| write(&mut it.attributes, attributes));
            }
            Change::Message { id, text } => {
                let (id, text) = (id.as_str().into(), text.as_str().into());
                if let Some(customer) = self.timeline.participants.first_mut() {
                    customer.messages.push(Message { id, text, at });
                }
            }
            Change::Settings { participant, settings } => self.with(participant, |it| {
                it.settings.extend(settings.clone());
                if let Some(is_held) = settings.get("held").and_then(Value::as_bool) {
                    it.hold(is_held, at);
                }
            }),
            Change::WrapUp { participant, wrapup } => {
                self.with(participant, |it| it.wrap_up(wrapup, at));
            }
            Change::Connected { participant } => self.answered(participant, at),
            Change::Disconnected { participant } => self.disconnected(participant, at),
            Change::Replaced { participant, to } => {
                self.replaced(participant, to, at);
                if let Some(leg) =
                    leg.as_ref().and_then(|leg| self.state.instances.get(leg))
                {
                    self.follow(leg);
                }
            }
            Change::Assigned { user } => self.alert(user, at),
        }
    }

    fn with(&mut self, id: &str, change: impl FnOnce(&mut Participant)) {
        let found = self.timeline.participants.iter_mut().find(|it| it.id == id);
        if let Some(participant) = found {
            change(participant);
        }
    }

    /// An agent who was alerted answers. The wait in the queue is over, and the other
    /// agents are no longer alerted.
    fn answered(&mut self, id: &str, at: i64) {
        for other in self.timeline.participants.iter_mut().skip(1) {
            if other.id == id {
                other.connected_at = Some(at);
            } else if other.purpose == Purpose::Acd {
                other.end(at, "transfer");
            } else if other.connected_at.is_none() {
                other.end(at, "peer");
            }
        }
        self.run = None;
    }

    /// A participant leaves. The conversation ends with the customer, and with the last of
    /// the others.
    fn disconnected(&mut self, id: &str, at: i64) {
        let is_customer = self.timeline.customer().is_some_and(|it| it.id == id);
        let rest = self.timeline.participants.iter().skip(1);
        let is_last = !rest.into_iter().any(|it| it.id != id && it.is_present());
        if is_customer || is_last {
            return self.end(at, Some(id), "client");
        }
        self.with(id, |it| it.end(at, "client"));
    }

    /// The conversation moves from a participant to a target.
    fn replaced(&mut self, id: &str, to: &Target, at: i64) {
        self.with(id, |it| it.end(at, "transfer"));
        let queue = self.timeline.participant(id).and_then(|it| it.queue.clone());
        let others = self.timeline.participants.iter_mut().skip(1);
        let of_flow =
            others.filter(|it| it.purpose == Purpose::Acd || it.purpose.is_flow());
        of_flow.for_each(|it| it.end(at, "transfer"));
        self.run = None;
        self.unschedule();
        match to {
            Target::Queue { queue, name } => {
                self.enter_queue(queue, name.as_deref(), at);
            }
            Target::User { user } => {
                self.alert(user, at);
                if let Some(agent) = self.timeline.participants.last_mut() {
                    agent.queue = agent.queue.take().or(queue);
                }
            }
            Target::External { address } => {
                let target = self.join(Purpose::External, at);
                target.name = Some(address.as_str().into());
                target.address = Some(address.as_str().into());
            }
            Target::Voicemail { owner } => {
                self.join(Purpose::Voicemail, at).name = Some(owner.as_str().into());
            }
        }
    }

    /// Adds a user who has not answered yet. The conversation waits in its queue meanwhile.
    fn alert(&mut self, user: &str, at: i64) {
        let queue = self.timeline.waiting().and_then(|it| it.queue.clone());
        let agent = self.join(Purpose::Agent, at);
        agent.connected_at = None;
        agent.name = Some(user.into());
        agent.user = Some(user.into());
        agent.queue = queue;
    }

    /// Adds a queue, with its name if that is known.
    fn enter_queue(&mut self, queue: &str, name: Option<&str>, at: i64) {
        let entered = self.join(Purpose::Acd, at);
        entered.name = Some(name.unwrap_or(queue).into());
        entered.queue = Some(InQueue { id: Some(queue.into()), name: None });
    }
}

/// Writes attributes; null removes one.
fn write(known: &mut IndexMap<String, String>, written: &Map<String, Value>) {
    for (name, value) in written {
        match value.as_str() {
            Some(value) => {
                known.insert(name.clone(), value.to_owned());
            }
            None => {
                known.shift_remove(name);
            }
        }
    }
}
