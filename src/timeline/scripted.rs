//! Respondent with recorded answers, fixtures and a list of the caller's inputs.

use std::sync::Arc;

use super::Respondent;
use crate::engine::Session;
use crate::world::{Answer, AnswerProgress, Fixtures, Input, Question};

/// Answers with the answers of a recording, then from fixtures and with a list of the
/// caller's inputs. After the last input the user decides, and also as soon as the user has
/// decided once: the rest of the lists was meant for another course of the call.
#[derive(Debug, Clone)]
pub struct Scripted {
    fixtures: Arc<Fixtures>,
    replies: AnswerProgress,
    /// All answers of a recorded call, in order.
    recorded: Arc<[Answer]>,
    recorded_used: usize,
    inputs: Arc<[Input]>,
    used: usize,
}

impl Scripted {
    /// Creates the respondent of one call.
    pub fn new(fixtures: Arc<Fixtures>, inputs: impl Into<Arc<[Input]>>) -> Self {
        Self {
            fixtures,
            replies: AnswerProgress::default(),
            recorded: Arc::default(),
            recorded_used: 0,
            inputs: inputs.into(),
            used: 0,
        }
    }

    /// Adds the answers of a recorded call, in the order of its questions.
    #[must_use]
    pub fn recorded(self, answers: impl Into<Arc<[Answer]>>) -> Self {
        Self { recorded: answers.into(), ..self }
    }
}

impl Respondent for Scripted {
    fn answer(&mut self, _: &Session, question: &Question<'_>) -> Option<Answer> {
        if let Some(answer) = self.recorded.get(self.recorded_used) {
            self.recorded_used += 1;
            return Some(answer.clone());
        }
        if let Question::Input(_) = question {
            let input = self.inputs.get(self.used)?.clone();
            self.used += 1;
            return Some(Answer::Input(input));
        }
        Some(self.fixtures.answer(question, &mut self.replies))
    }

    fn overrule(&mut self, question: &Question<'_>) {
        self.recorded_used = self.recorded.len();
        match question {
            Question::Input(_) => self.used = self.inputs.len(),
            // The next answer of a list is the one after it.
            question => drop(self.fixtures.answer(question, &mut self.replies)),
        }
    }
}
