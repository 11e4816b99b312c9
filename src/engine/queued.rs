//! A caller who waits in a queue: the requirements on the agent, and the end of the wait.

use std::sync::Arc;

use super::conversation::Conversation;
use super::state::State;
use crate::diagnostic::Code;
use crate::expr::architect::{BUILT_INS, BuiltInId};
use crate::flow::kinds::{IN_QUEUE_CALL, IN_QUEUE_EMAIL, IN_QUEUE_MESSAGE};
use crate::flow::{FlowId, NodeId, SequenceId};
use crate::program::Program;
use crate::trace::{Connection, EventKind, Failure, Phrase, Routing, Status};
use crate::value::{Duration, Kind, Text, Value};
use crate::world::{Medium, QueueWait, object_of_name};

/// The longest wait in a queue, in milliseconds: 59 days. *Source: Genesys' help on ACD
/// processing, articles/genesys-cloud-acd-processing.*
const LONGEST_WAIT_MS: i64 = 59 * 24 * 60 * 60 * 1_000;

/// The longest run of an in-queue flow for messages or e-mails, in milliseconds: 72 hours.
/// *Source: Genesys' community on in-queue e-mail flows.*
const LONGEST_DIGITAL_MS: i64 = 72 * 60 * 60 * 1_000;

/// The time between the runs of a recurring state, in milliseconds. *Decided here, after
/// third-party notes on in-queue e-mail flows; Genesys documents no time.*
const RECURRING_MS: i64 = 5 * 60 * 1_000;

/// The time added after a pass of an in-queue flow that took no time, in milliseconds.
/// *Source: Genesys' help on hold music, which is silent for this time instead of
/// looping.*
const IDLE_PASS_MS: i64 = 10_000;

/// The name of the organisation's in-queue flow for calls. *Source: Genesys' help on the
/// behaviour of queues, articles/set-behavior-and-thresholds-for-voice-and-chat-channels.*
pub const DEFAULT_IN_QUEUE_FLOW: &str = "Default In-Queue Flow";

const QUEUE: BuiltInId = BuiltInId::of("Call.CurrentQueue");
const ESTIMATE: BuiltInId = BuiltInId::of("Call.EstimatedWaitTime");
const POSITION: BuiltInId = BuiltInId::of("Call.PositionInQueue");

/// Times of the agent and of the caller, from the context of the call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Patience {
    /// Time until an agent answers, from entering a queue, in milliseconds.
    pub(super) answer_after_ms: Option<i64>,
    /// Time until the caller hangs up, from entering the first queue, in milliseconds.
    pub(super) abandon_after_ms: Option<i64>,
}

/// Requirements on the agent that actions set. A transfer to a queue uses those that it
/// does not set itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Requirements {
    pub(super) skills: Option<Vec<Text>>,
    pub(super) language: Option<Text>,
    pub(super) priority: Option<i64>,
}

/// A conversation's relation to queues.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Queueing {
    patience: Patience,
    /// The requirements that actions of the call have set.
    pub(super) required: Requirements,
    /// The wait in the current queue.
    wait: Option<Box<Wait>>,
    /// The time at which the caller entered the first queue, and whether the context of
    /// the call gives the estimated wait time and the position.
    first: Option<First>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct First {
    since_ms: i64,
    has_estimate: bool,
    has_position: bool,
}

/// A wait in a queue.
#[derive(Debug, Clone, PartialEq)]
struct Wait {
    routing: Routing,
    /// The language skill, which is the last of the skills.
    language: Option<Text>,
    since_ms: i64,
    /// The longest wait, in milliseconds.
    longest_ms: i64,
    /// The estimated waiting time on entering the queue, in milliseconds.
    estimated_ms: Option<i64>,
    /// The time at which the statistics of the queue change.
    changes_ms: Option<i64>,
    answer: AgentAnswer,
    /// The agent who answers, if known.
    agent: Option<Text>,
    /// The time at which the wait ends, whatever the in-queue flow does, and the reason.
    end: (i64, WaitEnd),
    /// The time at which the start-up task last began, and the number of actions then.
    pass: (i64, u32),
}

/// The time at which an agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AgentAnswer {
    /// At this time of the virtual clock.
    At(i64),
    /// Unknown: at the end of a pass of the in-queue flow.
    AfterPass,
    /// No agent has the skills.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WaitEnd {
    Answered,
    Abandoned,
    Expired,
}

impl Queueing {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, ..Self::default() }
    }

    /// The time at which the wait in the queue ends.
    pub(super) fn end_ms(&self) -> Option<i64> {
        self.wait.as_ref().map(|wait| wait.end.0)
    }

    /// Returns the skills of the conversation, except the language skill.
    pub(super) fn skills(&self) -> &[Text] {
        match &self.wait {
            Some(wait) => wait.skills(),
            None => self.required.skills.as_deref().unwrap_or_default(),
        }
    }

    /// The caller is no longer in a queue.
    pub(super) fn leave(&mut self) {
        self.wait = None;
    }
}

impl Wait {
    fn new(
        routing: Routing,
        language: Option<Text>,
        since_ms: i64,
        medium: Medium,
    ) -> Self {
        let is_call = medium == Medium::Call;
        Self {
            routing,
            language,
            since_ms,
            longest_ms: if is_call { LONGEST_WAIT_MS } else { LONGEST_DIGITAL_MS },
            estimated_ms: None,
            changes_ms: None,
            answer: AgentAnswer::AfterPass,
            agent: None,
            end: (i64::MAX, WaitEnd::Expired),
            pass: (since_ms, 0),
        }
    }

    fn skills(&self) -> &[Text] {
        let all = &self.routing.skills;
        let count = all.len().saturating_sub(usize::from(self.language.is_some()));
        &all[..count]
    }

    fn require(&mut self, changes: &Requirements) {
        let skills = changes.skills.as_deref().unwrap_or(self.skills()).to_vec();
        self.language = changes.language.clone().or(self.language.take());
        self.routing.skills = skills;
        self.routing.skills.extend(self.language.clone());
        self.routing.priority = changes.priority.or(self.routing.priority);
    }

    /// Sets the end of the wait. If several reasons apply at the same time, the agent
    /// answers.
    fn set_end(&mut self, abandoned_ms: Option<i64>) {
        let answered = match self.answer {
            AgentAnswer::At(time) => Some((time, WaitEnd::Answered)),
            AgentAnswer::AfterPass | AgentAnswer::Never => None,
        };
        let abandoned = abandoned_ms.map(|time| (time, WaitEnd::Abandoned));
        let expired = self.since_ms.saturating_add(self.longest_ms);
        let all = [answered, abandoned, Some((expired, WaitEnd::Expired))];
        let first = all.into_iter().flatten().min_by_key(|(time, _)| *time);
        self.end = first.unwrap_or(self.end);
    }
}

impl Conversation {
    /// Puts the caller into a queue, and sets the built-in variables about it. Values
    /// given by the call take precedence over the data of the queue in the fixtures.
    fn enter_queue(&mut self, wait: Wait, id: &str, name: &str) {
        let (estimate, position) = (self.get(ESTIMATE), self.get(POSITION));
        self.queueing.first.get_or_insert(First {
            since_ms: wait.since_ms,
            has_estimate: !estimate.is_unset(),
            has_position: !position.is_unset(),
        });
        self.set_queue(id, name);
        let now_ms = wait.since_ms;
        self.queueing.wait = Some(Box::new(wait));
        self.update_statistics(now_ms);
        let estimated_ms = match self.get(ESTIMATE) {
            Value::Duration(estimate) => Some(estimate.milliseconds().max(0)),
            _ => None,
        };
        if let Some(wait) = &mut self.queueing.wait {
            wait.estimated_ms = estimated_ms;
        }
        self.schedule_answer(now_ms);
    }

    /// Sets the built-in variables about the queue if its statistics have changed by now.
    pub(super) fn follow_statistics(&mut self, now_ms: i64) {
        let change = self.queueing.wait.as_ref().and_then(|wait| wait.changes_ms);
        if change.is_some_and(|change| change <= now_ms) {
            self.update_statistics(now_ms);
        }
    }

    fn update_statistics(&mut self, now_ms: i64) {
        let (Some(wait), Some(first)) = (&self.queueing.wait, self.queueing.first) else {
            return;
        };
        let since_ms = wait.since_ms;
        let known = self.queue_wait(&[], now_ms.saturating_sub(since_ms));
        if !first.has_estimate {
            let estimate = known.estimated_ms.and_then(Duration::from_milliseconds);
            self.set_or_unset(ESTIMATE, estimate.map(Value::Duration));
        }
        if !first.has_position {
            let position = known.waiting.map(|before| before.saturating_add(1));
            self.set_or_unset(POSITION, position.map(Value::Integer));
        }
        if let Some(wait) = &mut self.queueing.wait {
            let change = known.changes_after_ms;
            wait.changes_ms = change.map(|after| since_ms.saturating_add(after));
        }
    }

    fn set_or_unset(&mut self, variable: BuiltInId, value: Option<Value>) {
        let unset = || Value::unset(BUILT_INS[variable.index()].value_type);
        self.set(variable, value.unwrap_or_else(unset));
    }

    /// Sets the queue in which the caller waits, found by its id or its name.
    fn set_queue(&mut self, id: &str, name: &str) {
        let organisation = Arc::clone(&self.organisation.0);
        let found = organisation.by_id(Kind::Queue, id);
        let found = found.or_else(|| organisation.by_id(Kind::Queue, name));
        let found = found.or_else(|| organisation.by_name(Kind::Queue, name));
        let label = if name.is_empty() { id } else { name };
        if let Some(queue) = found {
            self.set(QUEUE, queue);
        } else if !label.is_empty() {
            self.set(QUEUE, object_of_name(Kind::Queue, &label.into()));
        }
    }

    /// Returns how long callers with these skills wait in the current queue.
    fn queue_wait(&self, skills: &[Text], waited_ms: i64) -> QueueWait {
        let queue = self.get(QUEUE);
        let (id, name) = (text_of(queue, "id"), text_of(queue, "name"));
        self.organisation.0.queue_wait([&id, &name], skills, waited_ms)
    }

    /// Decides when an agent answers the waiting caller, from now on.
    fn schedule_answer(&mut self, now_ms: i64) {
        let Some(mut wait) = self.queueing.wait.take() else { return };
        let known = self.queue_wait(&wait.routing.skills, 0);
        let estimated_ms = wait.estimated_ms;
        let patience = self.queueing.patience;
        let after = patience.answer_after_ms.or(known.answer_after_ms);
        wait.answer = match after.or(estimated_ms.filter(|_| !known.has_no_agent)) {
            Some(after) => {
                AgentAnswer::At(wait.since_ms.saturating_add(after).max(now_ms))
            }
            None if known.has_no_agent => AgentAnswer::Never,
            None => AgentAnswer::AfterPass,
        };
        wait.agent = known.agent;
        let first_ms = self.queueing.first.map_or(wait.since_ms, |first| first.since_ms);
        let abandoned = patience.abandon_after_ms;
        wait.set_end(abandoned.map(|after| first_ms.saturating_add(after).max(now_ms)));
        self.queueing.wait = Some(wait);
    }
}

fn text_of(value: &Value, property: &str) -> Text {
    match value.property(property) {
        Some(Value::String(text)) => text,
        _ => Text::new(),
    }
}

impl State {
    /// Begins the wait of a call that starts in an in-queue flow, in the queue that the
    /// context names.
    pub(super) fn begin_in_queue(&mut self, program: &Program) {
        let given = self.conversation.get(QUEUE);
        let (id, name) = match given {
            Value::String(name) => (Text::new(), name.clone()),
            object => (text_of(object, "id"), text_of(object, "name")),
        };
        let medium = self.medium(program).map_or(Medium::Call, |(medium, _)| medium);
        let wait = Wait::new(Routing::default(), None, self.clock_ms, medium);
        self.conversation.enter_queue(wait, &id, &name);
    }

    /// Routes the conversation to a queue, and enters its in-queue flow if it is loaded.
    /// Returns the first step of that flow. `language` is the language skill, which is
    /// the last of the skills.
    pub(super) fn enter_queue(
        &mut self,
        program: &Program,
        routing: Box<Routing>,
        language: Option<Text>,
        own_flow: Option<Option<FlowId>>,
    ) -> Option<NodeId> {
        let text = |phrase: &Option<Phrase>| {
            let text = phrase.as_ref().map(|phrase| phrase.text(&program.symbols));
            text.cloned().unwrap_or_default()
        };
        let (id, name) = (text(&routing.queue_id), text(&routing.queue_name));
        let flow = match own_flow {
            Some(flow) => flow.filter(|_| self.may_wait(program)),
            None => self.in_queue_flow(program, &id, &name),
        };
        let medium = self.medium(program).map_or(Medium::Call, |(medium, _)| medium);
        let entered =
            flow.and_then(|it| Some((it, program.unit(it).architect.as_deref()?)));
        let Some((flow, part)) = entered else {
            self.note(|| EventKind::Routed(routing));
            return None;
        };
        let wait = Wait::new(Routing::clone(&routing), language, self.clock_ms, medium);
        self.note(|| EventKind::Routed(routing));
        self.replace_flow(program, flow, part);
        self.conversation.enter_queue(wait, &id, &name);
        Some(part.begin)
    }

    /// Whether a transfer to a queue continues in an in-queue flow.
    fn may_wait(&self, program: &Program) -> bool {
        !self.stops_at_queue && self.medium(program).is_some()
    }

    /// Returns the medium of the conversation, and the type of its in-queue flows; `None`
    /// if it has none.
    fn medium(&self, program: &Program) -> Option<(Medium, &'static str)> {
        let flow = self.frames.first()?.flow;
        let flow_type = program.unit(flow).architect.as_ref()?.in_queue_type?;
        let medium = match flow_type {
            IN_QUEUE_EMAIL => Medium::Email,
            IN_QUEUE_MESSAGE => Medium::Message,
            _ => Medium::Call,
        };
        Some((medium, flow_type))
    }

    /// Returns the in-queue flow of a queue, or else of the organisation, if it is loaded.
    fn in_queue_flow(
        &mut self,
        program: &Program,
        id: &str,
        name: &str,
    ) -> Option<FlowId> {
        let (medium, flow_type) = self.medium(program)?;
        if self.stops_at_queue {
            return None;
        }
        let organisation = &self.conversation.organisation.0;
        let Some(written) = organisation.in_queue_flow(id, name, medium) else {
            let of_calls = || program.in_queue_flow(DEFAULT_IN_QUEUE_FLOW, IN_QUEUE_CALL);
            return (medium == Medium::Call).then(of_calls).flatten();
        };
        let found = program.in_queue_flow(written, flow_type);
        if found.is_none() {
            self.note(|| EventKind::Noted(Code::IN_QUEUE_FLOW_NOT_LOADED));
        }
        found
    }

    /// Changes the requirements of the conversation on agents. A waiting caller is routed
    /// anew.
    pub(super) fn require(&mut self, changes: Requirements) {
        let queueing = &mut self.conversation.queueing;
        let changed = queueing.wait.as_mut().map(|wait| {
            wait.require(&changes);
            wait.routing.clone()
        });
        let required = &mut queueing.required;
        required.skills = changes.skills.or(required.skills.take());
        required.language = changes.language.or(required.language.take());
        required.priority = changes.priority.or(required.priority);
        if let Some(routing) = changed {
            self.note(|| EventKind::Routed(Box::new(routing)));
            self.conversation.schedule_answer(self.clock_ms);
        }
    }

    /// Begins the start-up task of an in-queue flow again, or its recurring state, unless an
    /// agent answers now.
    pub(super) fn repeat_pass(
        &mut self,
        program: &Program,
        start: SequenceId,
        is_recurring: bool,
    ) {
        let Some(wait) = &self.conversation.queueing.wait else {
            return self.finish_handled();
        };
        let (answer, (began_ms, actions)) = (wait.answer, wait.pass);
        if answer == AgentAnswer::AfterPass {
            return self.connect();
        }
        self.conversation.fault = None;
        // A pass must take time, or the start-up task would loop without end. If nothing
        // can change, the remaining time passes at once.
        let is_idle = actions == self.actions && answer == AgentAnswer::Never;
        let pause = match () {
            () if is_idle => i64::MAX,
            () if is_recurring => RECURRING_MS,
            () => IDLE_PASS_MS,
        };
        if (is_recurring || began_ms == self.clock_ms)
            && let Some(frame) = self.wait(pause)
        {
            return self.cut_off(program, self.node_of_step(), frame);
        }
        if let Some(wait) = &mut self.conversation.queueing.wait {
            wait.pass = (self.clock_ms, self.actions);
        }
        let begin = self.go_to_task(program, start);
        self.go_to(Some(begin));
    }

    /// Ends the wait at its time: an agent answers, the caller hangs up, or the wait
    /// lasted too long.
    pub(super) fn end_wait(&mut self, node: NodeId) {
        let wait = self.conversation.queueing.wait.as_ref();
        let end = wait.map(|wait| (wait.end.1, wait.longest_ms));
        let failure = match end {
            None | Some((WaitEnd::Answered, _)) => return self.connect(),
            Some((WaitEnd::Abandoned, _)) => {
                let message = "the caller hung up while waiting in the queue";
                Failure::new(Code::CALLER_HUNG_UP, message)
            }
            Some((WaitEnd::Expired, longest_ms)) => {
                let longest =
                    if longest_ms == LONGEST_WAIT_MS { "59 days" } else { "72 hours" };
                let message = format!("no agent answered within {longest}");
                Failure::new(Code::QUEUE_WAIT_EXCEEDED, message)
            }
        };
        self.note(|| EventKind::Failed(failure.clone()));
        self.finish(Status::Error, Some((failure, node)));
    }

    /// An agent answers: the in-queue flow ends.
    fn connect(&mut self) {
        let wait = self.conversation.queueing.wait.take();
        let since_ms = wait.as_ref().map_or(0, |wait| wait.since_ms);
        let connection = Connection {
            waited_ms: self.clock_ms.saturating_sub(since_ms),
            agent: wait.and_then(|wait| wait.agent),
        };
        self.note(|| EventKind::Connected(Box::new(connection)));
        self.conversation.fault = None;
        self.finish_handled();
    }
}
