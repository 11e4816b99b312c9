//! Host that answers a run from fixtures and a list of inputs.

use super::fixtures::{AnswerProgress, Fixtures};
use super::input::Input;
use super::question::{Answer, Host, Question};

/// Host that answers input questions with a list of inputs, then silence, and all others
/// with fixtures.
#[derive(Debug, Clone)]
pub struct FixtureHost<'a> {
    fixtures: &'a Fixtures,
    replies: AnswerProgress,
    inputs: &'a [Input],
    next: usize,
}

impl<'a> FixtureHost<'a> {
    /// Creates a host for one call.
    pub fn new(fixtures: &'a Fixtures, inputs: &'a [Input]) -> Self {
        Self { fixtures, replies: AnswerProgress::default(), inputs, next: 0 }
    }

    /// Resets the host for the next call with its inputs; cheap.
    pub fn restart(&mut self, inputs: &'a [Input]) {
        self.replies.clear();
        self.inputs = inputs;
        self.next = 0;
    }

    /// Returns the inputs that were not yet requested.
    pub fn unused_inputs(&self) -> &'a [Input] {
        &self.inputs[self.next..]
    }
}

impl Host for FixtureHost<'_> {
    fn answer(&mut self, question: &Question<'_>) -> Answer {
        if let Question::Input(_) = question {
            let Some(input) = self.inputs.get(self.next) else {
                return Answer::Input(Input::Silence);
            };
            self.next += 1;
            return Answer::Input(input.clone());
        }
        self.fixtures.answer(question, &mut self.replies)
    }
}
