//! Instances of flows: conversations and executions.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value as Document};

use super::event::Origin;
use super::history;
use super::moves::{Move, Start};
use super::outgoing::{self, CallResult, Cause, Context, Outgoing};
use super::timing::Timing;
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::server::webhook::Webhook;
use crate::trace::{EventKind, Trace};
use crate::value::{DateTime, Json, Text, Value};
use crate::world::{
    Answer, AnswerProgress, Fixtures, Input, InputQuestion, Keystroke, Question,
};

/// Maximum number of inputs that an instance has not yet consumed.
pub(in crate::server) const MAX_PENDING: usize = 1_000;

/// A running or finished flow.
#[derive(Debug, Clone)]
pub(in crate::server) struct Instance {
    pub(in crate::server) id: Text,
    pub(in crate::server) origin: Origin,
    /// The conversation that was transferred into this flow.
    pub(in crate::server) conversation: Option<Text>,
    pub(in crate::server) flow: Text,
    /// The number of the flow's version, from 1.
    pub(in crate::server) version: u32,
    pub(in crate::server) media: Text,
    pub(in crate::server) name: Option<Text>,
    /// The address of the participant, and the one that they called or wrote to.
    pub(in crate::server) from: Option<Text>,
    pub(in crate::server) to: Option<Text>,
    /// The server's clock at the start, in milliseconds since 1970.
    pub(in crate::server) started_at: i64,
    pub(in crate::server) progress: Progress,
    pub(super) fixtures: Arc<Fixtures>,
    pub(super) replies: AnswerProgress,
    /// The start of the call.
    pub(in crate::server) start: Arc<Start>,
    /// The instance that this one branched from, and the number of the question.
    pub(in crate::server) branch_of: Option<(Text, usize)>,
    /// Everything that the session was given, in order.
    pub(super) moves: Vec<Move>,
    pub(super) pending: VecDeque<Input>,
    /// The webhook call that the instance waits for.
    pub(in crate::server) outgoing: Option<Outgoing>,
    /// Number of webhook calls so far.
    calls: u32,
    /// Time spent waiting for services that are notified of keys, in milliseconds. The
    /// clock of the flow does not run during that time.
    pub(super) held_ms: i64,
    /// Number of times that a message has continued the conversation after its flow ended.
    pub(in crate::server) continued: u32,
    /// The attributes of the participant at the end of the flow.
    pub(super) attributes: Vec<(Text, Text)>,
    /// The times of the flow's events on the server's clock.
    pub(super) timing: Timing,
}

/// The progress of an instance.
#[derive(Debug, Clone)]
pub(in crate::server) enum Progress {
    /// The instance waits for the participant or a webhook.
    Waiting(Box<Session>),
    /// The instance is over.
    Over {
        /// The trace.
        trace: Arc<Trace>,
        /// The program that the ids in the trace refer to.
        program: Arc<crate::program::Program>,
        /// Whether a request ended the instance before its flow was done.
        is_disconnected: bool,
        /// The session that handles a further message of the conversation.
        next: Option<Box<Session>>,
    },
}

/// The next step of an instance.
enum Next {
    Answer(Answer),
    /// Call a service first, and resume with its answer.
    Call(Cause, Webhook, Json),
}

/// The properties of an instance that do not change.
pub(in crate::server) struct Beginning {
    pub(in crate::server) id: Text,
    pub(in crate::server) origin: Origin,
    pub(in crate::server) conversation: Option<Text>,
    pub(in crate::server) flow: Text,
    pub(in crate::server) version: u32,
    pub(in crate::server) media: Text,
    pub(in crate::server) name: Option<Text>,
    pub(in crate::server) from: Option<Text>,
    pub(in crate::server) to: Option<Text>,
    pub(in crate::server) at: i64,
    pub(in crate::server) fixtures: Arc<Fixtures>,
    pub(in crate::server) start: Arc<Start>,
}

impl Instance {
    /// Starts a flow and runs it until it waits for the participant or is over.
    pub(in crate::server) fn start(
        beginning: Beginning,
        program: Arc<Program>,
        around: &Context,
    ) -> Self {
        let session = Session::start(program, &beginning.start.call);
        let mut instance = Self::waiting(beginning, session);
        instance.advance(around);
        instance
    }

    /// Creates an instance with this session.
    pub(super) fn waiting(beginning: Beginning, session: Session) -> Self {
        Self {
            id: beginning.id,
            origin: beginning.origin,
            conversation: beginning.conversation,
            flow: beginning.flow,
            version: beginning.version,
            media: beginning.media,
            name: beginning.name,
            from: beginning.from,
            to: beginning.to,
            started_at: beginning.at,
            progress: Progress::Waiting(Box::new(session)),
            fixtures: beginning.fixtures,
            replies: AnswerProgress::default(),
            start: beginning.start,
            branch_of: None,
            moves: Vec::new(),
            pending: VecDeque::new(),
            outgoing: None,
            calls: 0,
            held_ms: 0,
            continued: 0,
            attributes: Vec::new(),
            // A transferred conversation is in its queue from the beginning.
            timing: Timing::new(beginning.origin == Origin::Transfer),
        }
    }

    /// Returns the id of the conversation in which the flow runs; `None` for an execution.
    pub(in crate::server) fn conversation_id(&self) -> Option<&str> {
        let own = (self.origin == Origin::Conversation).then_some(&*self.id);
        self.conversation.as_deref().or(own)
    }

    /// Returns `true` while the flow is running.
    pub(in crate::server) fn is_running(&self) -> bool {
        matches!(self.progress, Progress::Waiting(_))
    }

    /// Adds inputs of the participant, in order, one for each question.
    pub(in crate::server) fn give(&mut self, inputs: Vec<Input>, around: &Context) {
        self.advance(around);
        if self.takes_input(around.now) {
            self.begin_message(around.now);
        }
        self.pending.extend(inputs.into_iter().take(MAX_PENDING));
        self.advance(around);
    }

    /// Returns `true` if the instance handles further inputs: it is running, or a message
    /// continues its conversation.
    pub(in crate::server) fn takes_input(&self, now: i64) -> bool {
        self.is_running() || self.next_message(now).is_some()
    }

    /// Returns the session that handles a message after the end of the flow, while the
    /// conversation is still open.
    pub(in crate::server) fn next_message(&self, now: i64) -> Option<&Session> {
        let Progress::Over { next: Some(session), .. } = &self.progress else {
            return None;
        };
        let Some(Question::Input(question)) = session.question() else { return None };
        let late = now.saturating_sub(self.waits_since(session));
        (late < question.timeout_ms).then_some(session)
    }

    /// Continues the conversation at this time if it waits for a message.
    fn begin_message(&mut self, now: i64) {
        if let Progress::Over { next, .. } = &mut self.progress
            && let Some(session) = next.take()
        {
            self.progress = Progress::Waiting(session);
            self.continued += 1;
        }
        let began_at = self.began_at();
        if let Progress::Waiting(session) = &mut self.progress {
            let reached = began_at.saturating_add(session.clock_ms());
            let passed = now.saturating_sub(reached);
            session.pass_time(passed);
            self.moves.push(Move::Pause(passed));
        }
    }

    /// Returns the server's clock when the current wait began, in milliseconds since
    /// 1970.
    pub(in crate::server) fn waits_since(&self, session: &Session) -> i64 {
        self.began_at().saturating_add(session.clock_ms())
    }

    /// Returns the server's clock at which the current question times out; `None` if the
    /// instance waits for none.
    pub(in crate::server) fn due_at(&self) -> Option<i64> {
        let Progress::Waiting(session) = &self.progress else { return None };
        let Some(Question::Input(question)) = session.question() else { return None };
        let due = self.waits_since(session).saturating_add(question.timeout_ms);
        (self.outgoing.is_none() && due < i64::MAX).then_some(due)
    }

    /// Returns `true` if the flow runs, or waits for a further message.
    pub(in crate::server) fn is_open(&self) -> bool {
        self.is_running() || matches!(self.progress, Progress::Over { next: Some(_), .. })
    }

    /// Returns the number of inputs that can still be added.
    pub(in crate::server) fn free_inputs(&self) -> usize {
        MAX_PENDING.saturating_sub(self.pending.len())
    }

    /// Runs the instance until it waits for something that has not happened yet.
    pub(in crate::server) fn advance(&mut self, around: &Context) {
        if self.outgoing.is_some() {
            return;
        }
        self.run(around);
        self.note_times(around.now);
    }

    fn run(&mut self, around: &Context) {
        while let Some(next) = self.next(around) {
            match next {
                Next::Answer(answer) => self.resume(answer),
                Next::Call(cause, webhook, body) => {
                    let Progress::Waiting(session) = &self.progress else { return };
                    self.calls += 1;
                    self.outgoing = Some(Outgoing {
                        number: self.calls,
                        cause,
                        webhook,
                        node: outgoing::node(session),
                        body,
                        asked_at: around.now,
                        is_sent: false,
                    });
                    return;
                }
            }
        }
        self.end();
    }

    /// Ends the instance if its flow has ended. The session is kept if a message may
    /// continue the conversation.
    fn end(&mut self) {
        let Progress::Waiting(session) = &mut self.progress else { return };
        let program = Arc::clone(session.program());
        let attributes =
            if session.status().is_some() || session.awaits_message().is_some() {
                history::copied(session)
            } else {
                Vec::new()
            };
        let (trace, next) = if session.awaits_message() == Some(true) {
            (session.trace_so_far(), Some(session.clone()))
        } else {
            (session.take_trace(), None)
        };
        if let Some(trace) = trace {
            let trace = Arc::new(trace);
            let is_disconnected = false;
            self.attributes = attributes;
            self.progress = Progress::Over { trace, program, is_disconnected, next };
            self.pending = VecDeque::new();
        }
    }

    /// Returns the next step; `None` if the instance is over or waits for something that
    /// has not happened yet.
    fn next(&mut self, around: &Context) -> Option<Next> {
        self.pass_time(around.now);
        let Progress::Waiting(session) = &self.progress else { return None };
        let question = session.question()?;
        let call = match &question {
            Question::Input(wanted) => {
                let late = around.now.saturating_sub(self.waits_since(session));
                let input = next_input(&mut self.pending, wanted, late)?;
                let names = (self.id.as_str(), self.flow.as_str());
                match outgoing::of_input(session, &input, names, &around.webhooks) {
                    Some((webhook, body)) => {
                        return Some(Next::Call(Cause::Collected(input), webhook, body));
                    }
                    None => return Some(Next::Answer(Answer::Input(input))),
                }
            }
            Question::Webhook { id, url, body, timeout_ms } => {
                let node = (*id, *url, *body);
                outgoing::of_node(session, node, &self.id, &around.webhooks)
                    .map(|call| (Cause::Node { timeout_ms: *timeout_ms }, call))
            }
            _ => None,
        };
        // A fixture for a webhook takes precedence over the service.
        let answer = self.fixtures.answer(&question, &mut self.replies);
        Some(match call {
            Some((cause, (webhook, body))) if answer == Answer::NotMocked => {
                Next::Call(cause, webhook, body)
            }
            _ => Next::Answer(answer),
        })
    }

    /// Advances the flow's clock to the server's if the next input has no timing.
    fn pass_time(&mut self, now: i64) {
        let is_timed =
            |it: &Input| matches!(it, Input::Keys(_) | Input::Timed(_) | Input::Silence);
        if self.pending.front().is_none_or(is_timed) {
            return;
        }
        let began_at = self.began_at();
        let Progress::Waiting(session) = &mut self.progress else { return };
        let late = now.saturating_sub(began_at.saturating_add(session.clock_ms()));
        if late > 0 && matches!(session.question(), Some(Question::Input(_))) {
            session.pass_time(late);
            self.moves.push(Move::Pause(late));
        }
    }

    /// Resumes the instance with the result of a webhook call.
    pub(in crate::server) fn called_back(
        &mut self,
        number: u32,
        result: CallResult,
        around: &Context,
    ) {
        if let Some(call) = self.outgoing.take_if(|call| call.number == number) {
            self.end_call(call, result, around.now);
            self.advance(around);
        }
    }

    fn end_call(&mut self, call: Outgoing, result: CallResult, now: i64) {
        let waited_ms = now.saturating_sub(call.asked_at);
        let answer = match call.cause {
            Cause::Collected(input) => Answer::Input(input),
            Cause::Node { timeout_ms } => result.into_answer(timeout_ms, waited_ms),
        };
        // Only the answer to a webhook node takes time on the flow's clock.
        if !matches!(answer, Answer::Response(_)) {
            self.held_ms = self.held_ms.saturating_add(waited_ms);
        }
        self.resume(answer);
    }

    /// Hangs up, and answers all further questions with a hang-up. No more services are
    /// called.
    pub(in crate::server) fn disconnect(&mut self, around: &Context) {
        let without_webhooks = &Context { now: around.now, webhooks: Arc::default() };
        if let Some(call) = self.outgoing.take() {
            let reason = "the participant hung up".to_owned();
            self.end_call(call, CallResult::Failed { reason }, around.now);
        }
        self.advance(without_webhooks);
        self.pending.clear();
        // Each hang-up answers one question. The action limit ends a flow that keeps
        // asking.
        while self.is_running() {
            self.pending.push_back(Input::HangUp);
            self.advance(without_webhooks);
        }
        if let Progress::Over { is_disconnected, next, .. } = &mut self.progress {
            *is_disconnected = true;
            *next = None;
        }
        self.timing.hang_up(around.now);
    }

    /// Writes variables of the flow that the instance started in. Returns `false` if the
    /// instance is over.
    pub(in crate::server) fn write(&mut self, variables: &Map<String, Document>) -> bool {
        let Progress::Waiting(session) = &mut self.progress else { return false };
        for (name, value) in variables {
            let value = value_of(value);
            session.set_variable(name, value.clone());
            self.moves.push(Move::Variable(name.as_str().into(), value));
        }
        true
    }

    /// Returns the id and the name of the queue that the conversation was routed to.
    pub(in crate::server) fn queue(&self) -> Option<(Option<Text>, Option<Text>)> {
        let (routing, symbols) = match &self.progress {
            Progress::Over { trace, program, .. } => (trace.routing(), &program.symbols),
            Progress::Waiting(session) => {
                let routed = |event: &crate::trace::Event| match &event.kind {
                    EventKind::Routed(routing) => Some(Arc::new((**routing).clone())),
                    _ => None,
                };
                let found = session.events().iter().rev().find_map(routed)?;
                let symbols = &session.program().symbols;
                return Some(names(&found, symbols));
            }
        };
        routing.map(|routing| names(routing, symbols))
    }
}

fn names(
    routing: &crate::trace::Routing,
    symbols: &crate::flow::SymbolTable,
) -> (Option<Text>, Option<Text>) {
    let text = |phrase: &Option<crate::trace::Phrase>| {
        phrase.as_ref().map(|phrase| phrase.text(symbols).clone())
    };
    (text(&routing.queue_id), text(&routing.queue_name))
}

/// Returns the next input of the participant; `None` while the question is open. `late`
/// is the time for which the question has been waiting.
fn next_input(
    pending: &mut VecDeque<Input>,
    wanted: &InputQuestion<'_>,
    late: i64,
) -> Option<Input> {
    match pending.pop_front() {
        Some(input) => Some(after(input, late)),
        None => (late >= wanted.timeout_ms).then_some(Input::Silence),
    }
}

/// Delays keys by the given number of milliseconds. Other inputs have no timing.
fn after(input: Input, late: i64) -> Input {
    let Ok(late) = u32::try_from(late) else { return input };
    if late == 0 {
        return input;
    }
    let timed = |first: u32, rest: Vec<Keystroke>| {
        let mut keys = rest;
        if let Some(key) = keys.first_mut() {
            key.after_ms = key.after_ms.saturating_add(first);
        }
        Input::Timed(keys.into())
    };
    match input {
        Input::Keys(keys) => {
            let keys = keys.chars().map(|key| Keystroke { key, after_ms: 0 });
            timed(late, keys.collect())
        }
        Input::Timed(keys) => timed(late, keys.to_vec()),
        other => other,
    }
}

/// Converts a value of a request to a flow value.
pub(in crate::server) fn value_of(document: &Document) -> Value {
    match document {
        Document::Null => Value::NOT_SET,
        other => Value::from(Json::from(other)),
    }
}

/// Adds the context fields and variables of a request to a call.
pub(in crate::server) fn with_values(
    mut call: Call,
    program: &crate::program::Program,
    context: &Map<String, Document>,
    variables: &Map<String, Document>,
) -> Call {
    for (name, value) in context {
        call = call.context(program, name, value_of(value));
    }
    for (name, value) in variables {
        call = call.variable(program, name, value_of(value));
    }
    call
}

/// Formats a time as the platform does, always with milliseconds:
/// `2026-01-05T09:00:00.000Z`.
pub(in crate::server) fn moment(milliseconds: i64) -> Document {
    DateTime::from_milliseconds(milliseconds).map_or(Document::Null, |moment| {
        let mut text = String::new();
        moment.write(&mut text);
        if !text.contains('.') {
            text.insert_str(text.len() - 1, ".000");
        }
        Document::from(text)
    })
}
