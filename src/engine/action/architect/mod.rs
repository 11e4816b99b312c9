//! Architect's actions, one file per family.

mod attributes;
mod called_flow;
mod collect;
mod control;
mod dial;
mod digital;
mod listen;
mod local;
mod lookups;
mod menu;
mod other;
mod outcome;
mod queue;
mod recorded;
mod reply;
mod speech;
mod transfer;
mod values;

pub(super) use listen::question as listens;
use outcome::Outcome;

use crate::engine::effect::{Effect, Waiting, not_waiting};
use crate::engine::state::State;
use crate::flow::architect::NEXT_ROUND;
use crate::flow::{NodeId, SymbolTable};
use crate::program::architect::Action;
use crate::program::{Program, Step};
use crate::trace::PathTaken;
use crate::value::{Text, Value};
use crate::world::{Answer, Question};

/// Executes an action.
#[inline(always)]
pub(super) fn execute(
    state: &mut State,
    program: &Program,
    node: NodeId,
    step: &Step,
    action: &Action,
) -> Outcome {
    match action {
        Action::BeginFlow(greeting) => {
            control::begin_flow(state, program, step, greeting.as_ref())
        }
        Action::BeginSequence => Ok(control::begin_sequence(state, program, step)),
        Action::PlayAudio(audio) => speech::play(state, program, step, audio),
        Action::Decision(decision) => control::decide(state, program, step, decision),
        Action::Switch(switch) => control::switch(state, program, step, switch),
        Action::UpdateData(it) => control::update_data(state, program, step, it),
        Action::Loop(rounds) => control::begin_loop(state, program, step, rounds),
        Action::NextRound(rounds) => control::next_round(state, program, step, rounds),
        Action::CallTask(call) => control::call_task(state, program, node, call),
        Action::CallCommonModule(module) => {
            control::call_module(state, program, node, step, module)
        }
        Action::CallFlow(call) => other::ask(state, program, &call.other),
        Action::Jump(jump) => control::jump(state, program, jump),
        Action::GoTo => Ok(Effect::Go(PathTaken::Next, step.next)),
        Action::EndTask(path) => Ok(Effect::EndTask(path.clone())),
        Action::Attributes(it) => attributes::execute(state, program, step, it),
        Action::Recorded(recorded) => recorded::execute(state, program, step, recorded),
        Action::Send(send) => digital::begin_sending(state, program, step, send),
        Action::Ask(ask) => digital::ask(state, program, step, ask),
        Action::ClearSlots(slots) => digital::clear(state, program, step, slots),
        Action::End(_) => Ok(Effect::EndCall),
        Action::Lookup(lookup) => lookups::begin(state, program, step, lookup, true),
        Action::CollectInput(collect) => collect::begin(state, program, step, collect),
        Action::DialByExtension(dial) => dial::begin(state, program, step, dial),
        Action::Menu(menu) => menu::enter(state, program, step, menu),
        Action::GoToMenu(way) => menu::go_to(state, program, *way),
        Action::Transfer(it) => transfer::begin(state, program, step, it, true),
        Action::CreateCallback(it) => queue::create_callback(state, program, it),
        Action::SetWhisperAudio(audio) => queue::whisper(state, program, step, audio),
        Action::HoldMusic(music) => queue::hold_music(state, program, step, music),
        Action::EstimatedWaitTime(it) => queue::estimated_wait(state, program, step, it),
        Action::PositionInQueue(it) => queue::position(state, program, step, it),
        Action::Local(local) => other::ask(state, program, &local.other),
        Action::Other(other) => other::ask(state, program, other),
    }
}

/// Continues an action with the answer to its question.
pub(super) fn answer(
    state: &mut State,
    program: &Program,
    step: &Step,
    action: &Action,
    waiting: Waiting,
    answer: Answer,
) -> Effect {
    let outcome = match (action, waiting) {
        (Action::Other(other), Waiting::Action { .. }) => {
            other::answered(state, program, step, other, answer)
        }
        (Action::CallFlow(call), Waiting::Action { inputs }) => {
            called_flow::answered(state, program, step, call, inputs, answer)
        }
        (Action::Local(local), Waiting::Action { .. }) => {
            local::answered(state, program, step, local, answer)
        }
        (Action::Lookup(lookup), waiting) => {
            lookups::answered(state, program, step, lookup, waiting, answer)
        }
        (Action::CollectInput(collect), Waiting::Listen(listening)) => {
            collect::on_answer(state, program, step, collect, listening, answer)
        }
        (Action::DialByExtension(dial), waiting) => {
            dial::resume(state, program, step, dial, waiting, answer)
        }
        (Action::Menu(menu), Waiting::Listen(listening)) => {
            menu::on_answer(state, program, step, menu, listening, answer)
        }
        (Action::Transfer(transfer), waiting) => {
            transfer::resume(state, program, step, transfer, waiting, answer)
        }
        (Action::Send(send), Waiting::Action { .. }) => {
            digital::sent(state, program, step, send, answer)
        }
        (Action::CreateCallback(_), Waiting::Action { inputs }) => {
            queue::callback_created(state, step, &inputs, answer)
        }
        (Action::Ask(ask), waiting) => {
            digital::resume(state, program, step, ask, waiting, answer)
        }
        (action, _) => return without_handler(action),
    };
    outcome.unwrap_or_else(Effect::Fail)
}

/// Panics, because an action got the answer to a question that it does not ask. An action
/// of a new kind does not compile before it is listed here or has a handler above.
#[cold]
fn without_handler(action: &Action) -> Effect {
    match action {
        Action::Other(_)
        | Action::Local(_)
        | Action::Lookup(_)
        | Action::CollectInput(_)
        | Action::DialByExtension(_)
        | Action::Menu(_)
        | Action::Transfer(_)
        | Action::CreateCallback(_)
        | Action::Ask(_)
        | Action::BeginFlow(_)
        | Action::BeginSequence
        | Action::PlayAudio(_)
        | Action::Decision(_)
        | Action::Switch(_)
        | Action::UpdateData(_)
        | Action::Loop(_)
        | Action::NextRound(_)
        | Action::CallTask(_)
        | Action::CallCommonModule(_)
        | Action::CallFlow(_)
        | Action::Jump(_)
        | Action::GoTo
        | Action::EndTask(_)
        | Action::Attributes(_)
        | Action::Recorded(_)
        | Action::Send(_)
        | Action::ClearSlots(_)
        | Action::End(_)
        | Action::GoToMenu(_)
        | Action::SetWhisperAudio(_)
        | Action::HoldMusic(_)
        | Action::EstimatedWaitTime(_)
        | Action::PositionInQueue(_) => not_waiting(),
    }
}

pub(super) fn question<'q>(
    symbols: &'q SymbolTable,
    node: NodeId,
    inputs: &'q [(Text, Value)],
) -> Question<'q> {
    let own = symbols.node(node);
    let looped = node.index().checked_sub(1).filter(|_| own.node_type == NEXT_ROUND);
    // The question before a further round is that of its loop.
    let label = looped.map_or(own, |index| symbols.node(NodeId::new(index)));
    let flow = &symbols.flow(label.flow).name;
    Question::Action { flow, kind: &label.node_type, name: &label.name, inputs }
}
