//! A call played action by action: the values before each action, and the answers in it.

use std::sync::Arc;

use crate::engine::Session;
use crate::flow::NodeId;
use crate::world::{Answer, FixtureHost, Host, Question};

use crate::explore::transition::World;
use crate::explore::witness::Witness;

/// The largest number of actions that are played.
const MOST_ACTIONS: usize = 2_000;

/// An action of a call.
pub(super) struct Moment {
    pub(super) node: NodeId,
    /// The call before the action.
    pub(super) before: Session,
    /// The answers that it got and that may be others, by their numbers in the script.
    pub(super) answers: Vec<usize>,
}

/// A call.
pub(super) struct Played {
    pub(super) moments: Vec<Moment>,
    /// The answers to questions that have several answers, in order.
    pub(super) script: Vec<Answer>,
}

impl Played {
    /// Plays a known call.
    pub(super) fn witness(world: &World<'_>, witness: &Witness) -> Self {
        let fixtures = witness.over(world.fixtures);
        let mut host = FixtureHost::new(&fixtures, &witness.inputs);
        Self::of(world, &mut |question, _| host.answer(question))
    }

    /// Plays the call with these answers. Further questions are answered as by the fixtures,
    /// and with silence.
    pub(super) fn script(world: &World<'_>, script: &[Answer]) -> Self {
        let mut script = script.iter();
        let mut host = FixtureHost::new(world.fixtures, &[]);
        Self::of(world, &mut |question, is_free| {
            let next = if is_free { script.next() } else { None };
            next.cloned().unwrap_or_else(|| host.answer(question))
        })
    }

    fn of(
        world: &World<'_>,
        answer: &mut dyn FnMut(&Question<'_>, bool) -> Answer,
    ) -> Self {
        let mut session = Session::begin(Arc::clone(world.program), world.call);
        let mut played = Self { moments: Vec::new(), script: Vec::new() };
        loop {
            if let Some(node) = session.next_node() {
                if played.moments.len() == MOST_ACTIONS {
                    break;
                }
                session.forget_history(world.call.max_actions());
                let (before, answers) = (session.clone(), Vec::new());
                played.moments.push(Moment { node, before, answers });
                session.step();
                continue;
            }
            let Some(question) = session.question() else { break };
            let is_free = world.context.is_free(&session);
            let answer = answer(&question, is_free);
            if is_free {
                if let Some(moment) = played.moments.last_mut() {
                    moment.answers.push(played.script.len());
                }
                played.script.push(answer.clone());
            }
            session.answer(answer);
        }
        played
    }
}
