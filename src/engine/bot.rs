//! State of a session with a bot. It begins when the bot begins.

use crate::diagnostic::Code;
use crate::trace::Failure;
use crate::value::Text;

/// Limits of participant data in one session: executions of Set Participant Data,
/// attributes, and characters of a value. *Source: Genesys' help on Set Participant Data.*
const MOST_EXECUTIONS: u32 = 50;
const MOST_ATTRIBUTES: usize = 50;
const MOST_CHARACTERS: usize = 256;

/// State of a session with a bot.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct BotSession {
    /// Words that answer the first question. The question is not asked.
    pub(super) first_words: Option<Text>,
    /// The last intent.
    pub(super) intent: Option<Text>,
    /// The reason for which the bot ends, if an action gave one.
    pub(super) exit_reason: Option<Text>,
    /// The number of times that the bot gave up understanding the participant.
    pub(super) recognition_failures: u32,
    /// The number of executions of Set Participant Data.
    executions: u32,
    /// The attributes that the bot set, each once.
    attributes: Vec<Text>,
}

impl BotSession {
    /// Begins a session. The words answer the first question.
    pub(super) fn begin(first_words: Option<Text>) -> Self {
        Self { first_words, ..Self::default() }
    }

    /// Counts an execution of Set Participant Data.
    pub(super) fn count_execution(&mut self) -> Result<(), Box<Failure>> {
        self.executions += 1;
        if self.executions <= MOST_EXECUTIONS {
            return Ok(());
        }
        Err(exceeded(&format!("sets participant data more than {MOST_EXECUTIONS} times")))
    }

    /// Counts an attribute that the bot sets. Setting it again does not count. *Decided
    /// here.*
    pub(super) fn count_attribute(
        &mut self,
        name: &Text,
        value: &str,
    ) -> Result<(), Box<Failure>> {
        if value.chars().count() > MOST_CHARACTERS {
            let what = format!("sets `{name}` to more than {MOST_CHARACTERS} characters");
            return Err(exceeded(&what));
        }
        if !self.attributes.contains(name) {
            if self.attributes.len() >= MOST_ATTRIBUTES {
                let what = format!("sets more than {MOST_ATTRIBUTES} attributes");
                return Err(exceeded(&what));
            }
            self.attributes.push(name.clone());
        }
        Ok(())
    }
}

fn exceeded(what: &str) -> Box<Failure> {
    Failure::new(Code::PARTICIPANT_DATA_LIMIT, format!("the bot {what}"))
}
