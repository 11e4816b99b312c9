//! The actions of nodes, one file per family. An action either has an effect at once, or
//! it asks a question and has an effect after the answer.

mod architect;
mod data;
mod input;
mod routing;
mod service;
mod speech;
mod subflow;

use super::effect::{Effect, Waiting, not_waiting};
use super::messages;
use super::run::Progress;
use super::state::State;
use crate::flow::{NodeId, SymbolTable};
use crate::program::architect::{Action, Lookup};
use crate::program::{Gather, Program, Step, StepAction};
use crate::trace::EventKind;
use crate::value::{Text, Value};
use crate::world::{Answer, Question};
pub(super) use routing::question as queue_question;

/// Executes a node and applies its effect. `Waiting` means that the session has a question.
/// The effects of frequent actions are applied one by one, so that they stay in registers.
#[inline(always)]
pub(super) fn execute(
    state: &mut State,
    program: &Program,
    node: NodeId,
    step: &Step,
) -> Progress {
    let effect = match &step.action {
        StepAction::Say(speech) => {
            let effect = speech::say(state, step, speech);
            return state.settle(program, node, effect);
        }
        StepAction::Gather(gather) => {
            let effect = input::gather(state, gather);
            return state.settle(program, node, effect);
        }
        StepAction::If(decision) => {
            let effect = data::decide(state, step, decision);
            return state.settle(program, node, effect);
        }
        StepAction::End(end) => {
            state.note(|| EventKind::Ended(*end));
            return state.settle(program, node, Effect::End(*end));
        }
        StepAction::Set(assignments) => data::set(state, step, assignments),
        StepAction::CallFlow(call) => subflow::call(state, program, node, call),
        StepAction::Route(route) => routing::route(state, program, route),
        StepAction::GetExternalContact(contact) => service::contact(state, contact),
        StepAction::DataAction(call) => service::data_action(state, call),
        StepAction::QueueStatistics(statistics) => {
            routing::statistics(state, program, statistics)
        }
        StepAction::Webhook(webhook) => service::webhook(state, program, webhook),
        StepAction::Architect(action) => {
            let outcome = architect::execute(state, program, node, step, action);
            return state.settle_outcome(program, node, outcome);
        }
    };
    state.settle(program, node, effect)
}

/// Continues a node that collects digits with the answer.
#[inline(always)]
pub(super) fn gathered(
    state: &mut State,
    step: &Step,
    gather: &Gather,
    answer: &Answer,
) -> Effect {
    input::on_answer(state, step, gather, answer)
}

/// Continues a node with the answer to its question.
#[inline(always)]
pub(super) fn answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    waiting: Waiting,
    answer: Answer,
) -> Effect {
    match (&step.action, waiting) {
        (StepAction::GetExternalContact(contact), Waiting::Contact { key }) => {
            service::contact_found(state, step, contact, &key, answer)
        }
        (StepAction::DataAction(call), Waiting::DataAction { .. }) => {
            service::data_action_answered(state, step, call, answer)
        }
        (StepAction::Webhook(webhook), Waiting::Webhook(sent)) => {
            service::webhook_answered(state, step, webhook, sent.0.as_deref(), answer)
        }
        (StepAction::QueueStatistics(statistics), Waiting::QueueStatistics { queue }) => {
            routing::statistics_known(state, step, statistics, &queue, answer)
        }
        (StepAction::Route(_), Waiting::Queue(routing, _)) => {
            routing::routed(state, step, &program.symbols, routing, answer)
        }
        (StepAction::Architect(action), waiting) => {
            architect::answer(state, program, step, action, waiting, answer)
        }
        // No wildcard: an action that begins to wait does not compile without a handler.
        (
            StepAction::Gather(_)
            | StepAction::GetExternalContact(_)
            | StepAction::DataAction(_)
            | StepAction::Webhook(_)
            | StepAction::QueueStatistics(_)
            | StepAction::Route(_)
            | StepAction::Say(_)
            | StepAction::Set(_)
            | StepAction::If(_)
            | StepAction::CallFlow(_)
            | StepAction::End(_),
            _,
        ) => not_waiting(),
    }
}

/// Returns the question of a node that waits.
#[inline(always)]
pub(super) fn question<'q>(
    waiting: &'q Waiting,
    action: &'q StepAction,
    symbols: &'q SymbolTable,
    node: NodeId,
) -> Question<'q> {
    match waiting {
        Waiting::Input | Waiting::Reply(_) => input::question(action, symbols, node),
        Waiting::Contact { key } => {
            Question::Contact { key, is_search: action.searches_contacts() }
        }
        Waiting::DataAction { inputs } => data_action_question(action, inputs),
        Waiting::Webhook(sent) => {
            service::webhook_question(action, sent.0.as_deref(), &sent.1)
        }
        Waiting::QueueStatistics { queue } => Question::QueueStatistics { queue },
        Waiting::Queue(routing, _) => routing::question(routing, symbols),
        Waiting::Listen(listening) => {
            architect::listens(action, symbols, node, listening)
        }
        Waiting::Action { inputs } => architect::question(symbols, node, inputs),
        Waiting::Message { .. } => messages::question(symbols, node),
    }
}

fn data_action_question<'q>(
    action: &'q StepAction,
    inputs: &'q [(Text, Value)],
) -> Question<'q> {
    let (id, name) = match action {
        StepAction::DataAction(call) => (&call.action_id, &call.action_name),
        StepAction::Architect(action) => match &**action {
            Action::Lookup(Lookup::DataAction(call)) => (&call.id, &call.name),
            _ => (&None, &None),
        },
        _ => (&None, &None),
    };
    Question::DataAction { id: id.as_deref(), name: name.as_deref(), inputs }
}
