//! Everything that the session of an instance was given, and the same call again from its
//! start to an earlier question of the participant.

use std::sync::Arc;

use serde_json::{Map, Value as Document};

use super::instance::{Beginning, Instance, Progress};
use super::outgoing::Context;
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::value::{Text, Value};
use crate::world::{Answer, AnswerProgress, Input, Question};

/// The start of a call, and the fields of the request that started it.
#[derive(Debug)]
pub(in crate::server) struct Start {
    /// The call.
    pub(in crate::server) call: Call,
    /// The fields of the context, by name.
    pub(in crate::server) context: Map<String, Document>,
    /// The variables that were set before the first node, by name.
    pub(in crate::server) variables: Map<String, Document>,
}

/// Something that a session was given.
#[derive(Debug, Clone)]
pub(super) enum Move {
    /// The participant's input, and the node that listened.
    Input(Text, Input),
    /// The answer to any other question.
    Answer(Answer),
    /// A variable that a client wrote.
    Variable(Text, Value),
    /// An attribute of the participant that a client set; `None` removes it.
    Attribute(Text, Option<Text>),
    /// The time until a further message, in milliseconds.
    Pause(i64),
}

/// A call at one of its questions.
struct Replayed {
    session: Session,
    replies: AnswerProgress,
    /// The number of moves up to the question.
    moves: usize,
}

impl Instance {
    /// Returns the inputs of the participant in order, each with the node that listened.
    pub(in crate::server) fn inputs(&self) -> impl Iterator<Item = (&Text, &Input)> {
        self.moves.iter().filter_map(|one| match one {
            Move::Input(node, input) => Some((node, input)),
            _ => None,
        })
    }

    /// Returns `true` if clients wrote variables or attributes.
    pub(in crate::server) fn was_written_to(&self) -> bool {
        let is_write = |it: &Move| matches!(it, Move::Variable(..) | Move::Attribute(..));
        self.moves.iter().any(is_write)
    }

    /// Gives an answer to the session.
    pub(super) fn resume(&mut self, answer: Answer) {
        let Progress::Waiting(session) = &mut self.progress else { return };
        self.moves.push(match (&answer, session.question()) {
            (Answer::Input(input), Some(Question::Input(question))) => {
                Move::Input(question.node.into(), input.clone())
            }
            _ => Move::Answer(answer.clone()),
        });
        session.resume(answer);
    }

    /// Returns the same call at the participant's question with this number, from 0. It
    /// waits for another input there; `None` if it has no such question.
    pub(super) fn branch(
        &self,
        id: Text,
        question: usize,
        around: &Context,
    ) -> Option<Self> {
        let Replayed { session, replies, moves } = self.replayed(question)?;
        let beginning = Beginning {
            id,
            origin: self.origin,
            conversation: None,
            flow: self.flow.clone(),
            version: self.version,
            media: self.media.clone(),
            name: self.name.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            at: self.started_at,
            fixtures: Arc::clone(&self.fixtures),
            start: Arc::clone(&self.start),
        };
        let waits_since = self.started_at.saturating_add(session.clock_ms());
        let mut branch = Self::waiting(beginning, session);
        branch.branch_of = Some((self.id.clone(), question));
        branch.moves = self.moves.get(..moves)?.to_vec();
        branch.replies = replies;
        // The time for the input starts now.
        branch.held_ms = around.now.saturating_sub(waits_since).max(0);
        branch.advance(around);
        Some(branch)
    }

    fn replayed(&self, question: usize) -> Option<Replayed> {
        let mut session = Session::start(self.shared_program(), &self.start.call);
        let mut replies = AnswerProgress::default();
        let mut inputs = 0;
        for (index, one) in self.moves.iter().enumerate() {
            let is_input = matches!(one, Move::Input(..) | Move::Pause(_));
            if is_input && inputs == question {
                return Some(Replayed { session, replies, moves: index });
            }
            match one.clone() {
                Move::Input(_, input) => {
                    inputs += 1;
                    session.resume(Answer::Input(input));
                }
                Move::Answer(answer) => {
                    if let Some(question) = session.question() {
                        // Counts the answers of lists that were used.
                        drop(self.fixtures.answer(&question, &mut replies));
                    }
                    session.resume(answer);
                }
                Move::Variable(name, value) => session.set_variable(&name, value),
                Move::Attribute(name, value) => {
                    session.set_participant_data(&name, value);
                }
                Move::Pause(passed) => session.pass_time(passed),
            }
        }
        let waits = matches!(session.question(), Some(Question::Input(_)));
        let moves = self.moves.len();
        (waits && inputs == question).then_some(Replayed { session, replies, moves })
    }

    fn shared_program(&self) -> Arc<Program> {
        match &self.progress {
            Progress::Waiting(session) => Arc::clone(session.program()),
            Progress::Over { program, .. } => Arc::clone(program),
        }
    }
}
