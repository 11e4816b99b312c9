//! Further messages of a conversation: a message flow continues in its current state, or
//! runs again after its end. An e-mail flow does so for each reply.
//!
//! *Source: Genesys' help on states (a message flow is in one state at a time,
//! ?p=112733), and on the messaging threading timeline
//! (articles/messaging-threading-timeline): after the flow has disconnected, a conversation
//! stays open for up to 72 hours, and a message in this time belongs to it. That the next
//! message runs the current state again is decided here; published flows have states that
//! end without a closing action. A reply to an e-mail belongs to its conversation for 30
//! days (faqs/how-does-genesys-cloud-thread-email-messages).*

use std::sync::Arc;

use super::bot::BotSession;
use super::conversation::Conversation;
use super::effect::Waiting;
use super::state::State;
use crate::expr::architect::{BUILT_INS, BuiltInId};
use crate::flow::architect::UnitKind;
use crate::flow::kinds::{End, FlowKind};
use crate::flow::{FlowId, NodeId, SequenceId, SymbolTable};
use crate::program::architect::Action;
use crate::program::{Program, StepAction};
use crate::trace::{EventKind, Status};
use crate::value::{Json, Object, Text, Value};
use crate::world::{Answer, Input, InputQuestion, Question};

/// The types of flows that messages and e-mails start.
const MESSAGE_FLOW: &str = "inboundShortMessage";
const EMAIL_FLOW: &str = "inboundEmail";

/// The time for which a conversation stays open after its flow has ended, in milliseconds:
/// the defaults of the threading timelines of messages and of e-mails.
const OPEN_MS: i64 = 72 * 60 * 60 * 1_000;
const EMAIL_OPEN_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

const EMAIL: BuiltInId = BuiltInId::of("Email.Message");
const MESSAGE: BuiltInId = BuiltInId::of("Message.Message");
const IS_NEW: BuiltInId = BuiltInId::of("Message.IsNewConversation");

/// Whether conversations that start in a flow have further messages. The flow runs again for
/// each of them.
pub(crate) fn has_further_messages(program: &Program, flow: FlowId) -> bool {
    let flow_type = &program.symbols.flow(flow).flow_type;
    [MESSAGE_FLOW, EMAIL_FLOW].iter().any(|it| flow_type.eq_ignore_ascii_case(it))
}

impl State {
    /// Marks the conversation of a message flow as new. The call may set another value.
    pub(super) fn begin_messages(&mut self, program: &Program) {
        if self.is_flow(program, MESSAGE_FLOW) {
            self.conversation.set(IS_NEW, Value::Boolean(true));
        }
    }

    /// Whether the call started in a flow of this type.
    fn is_flow(&self, program: &Program, flow_type: &str) -> bool {
        self.flow.is_some_and(|flow| {
            program.symbols.flow(flow).flow_type.eq_ignore_ascii_case(flow_type)
        })
    }

    /// Whether the session waits for the next message, and if so, whether the flow has
    /// ended.
    pub(super) fn awaits_message(&self) -> Option<bool> {
        match self.waiting {
            Some(Waiting::Message { stays }) => Some(!stays),
            _ => None,
        }
    }

    /// Ends the call, or waits for the next message. `stays` is whether the flow stays in
    /// its state. A conversation that was routed or transferred belongs to an agent or
    /// another flow, which gets the messages.
    pub(super) fn end_turn(&mut self, program: &Program, stays: bool) {
        if self.ends_state(program) && self.waits_in_queue(program) {
            self.unwind_to_flow();
            return self.end_first_task(program);
        }
        let is_left = || {
            let events = self.recorder.events.get(self.turn_first..).unwrap_or_default();
            let leaves = |kind: &EventKind| {
                matches!(kind, EventKind::Routed(_) | EventKind::Transferred(_))
            };
            events.iter().any(|event| leaves(&event.kind))
        };
        if self.takes_messages
            && self.conversation.fault.is_none()
            && self.flow.is_some_and(|flow| has_further_messages(program, flow))
            && !is_left()
        {
            let stays = stays || self.ends_state(program);
            self.waiting = Some(Waiting::Message { stays });
            return self.go_to(Some(self.node_of_step()));
        }
        self.finish_handled();
    }

    /// Whether an in-queue flow is running.
    fn waits_in_queue(&self, program: &Program) -> bool {
        let part = program.unit(self.frame().flow).architect.as_deref();
        part.is_some_and(|part| part.nature == FlowKind::InQueue)
    }

    /// Whether the last step ended its state and not the flow.
    fn ends_state(&self, program: &Program) -> bool {
        let action = &program.steps[self.node_of_step().index()].action;
        let StepAction::Architect(action) = action else { return false };
        matches!(**action, Action::End(End::State))
    }

    /// Handles a message: in the current state if the flow stays in it, else from the start
    /// of the flow. Without a message the conversation is over.
    pub(super) fn next_message(
        &mut self,
        program: &Program,
        answer: Answer,
        stays: bool,
    ) {
        let words: Text = match answer {
            Answer::Input(Input::Speech(words) | Input::Keys(words)) => words,
            Answer::Input(Input::Timed(keys)) => {
                keys.iter().map(|stroke| stroke.key).collect()
            }
            _ => Text::new(),
        };
        let flow = self.flow;
        let part = flow.and_then(|flow| program.unit(flow).architect.as_deref());
        let (Some(flow), Some(part), false) = (flow, part, words.trim().is_empty())
        else {
            return self.finish(Status::Completed, None);
        };
        self.turn_first = self.recorder.events.len();
        let holder = if self.is_flow(program, EMAIL_FLOW) { EMAIL } else { MESSAGE };
        self.conversation.begin_turn(holder, &words);
        self.unwind_to_flow();
        let is_state = |it: &SequenceId| program.sequence(*it).kind == UnitKind::State;
        let state = self.frame().sequence.filter(|it| stays && is_state(it));
        let begin = if let Some(state) = state {
            self.go_to_task(program, state)
        } else {
            let deadline = self.frames.first().and_then(|first| first.deadline);
            self.leave_flows();
            self.slots.values.clear();
            self.turn_began = (self.clock_ms, self.actions);
            self.limit_was_handled = false;
            self.push_flow(program, flow, part, None, deadline);
            part.begin
        };
        self.go_to(Some(begin));
    }
}

/// Returns the request for the next message, at the last node of the flow.
pub(super) fn question(symbols: &SymbolTable, node: NodeId) -> Question<'_> {
    let flow = symbols.flow(symbols.node(node).flow);
    let is_email = flow.flow_type.eq_ignore_ascii_case(EMAIL_FLOW);
    Question::Input(InputQuestion {
        node: &flow.name,
        min_digits: 0,
        max_digits: 0,
        timeout_ms: if is_email { EMAIL_OPEN_MS } else { OPEN_MS },
        inter_digit_timeout_ms: 0,
        terminating_key: None,
        valid_digits: "",
        choices: &[],
    })
}

impl Conversation {
    /// Sets the message that the flow handles now, in the variable that holds it.
    fn begin_turn(&mut self, holder: BuiltInId, words: &Text) {
        let body = Text::from(words.trim());
        let message = if let Value::Object(message) = self.get(holder) {
            let mut message = Object::clone(message);
            message.properties.insert("body".into(), Value::String(body));
            Value::Object(Arc::new(message))
        } else {
            let json = Json::object([("body".into(), Json::String(body))]);
            let holds = BUILT_INS[holder.index()].value_type;
            Value::decode(&json, holds).unwrap_or(Value::NotSet(holds))
        };
        self.set(holder, message);
        if holder == MESSAGE {
            self.set(IS_NEW, Value::Boolean(false));
        }
        self.keys.clear();
        self.menus.clear();
        self.bot = BotSession::default();
        self.message = Some(words.clone());
    }
}
