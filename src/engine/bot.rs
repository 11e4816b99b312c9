//! State of a session with a bot. It begins when the bot begins.

use crate::value::Text;

/// State of a session with a bot.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct BotSession {
    /// Words that answer the first question, which is then not asked.
    pub(super) first_words: Option<Text>,
    /// The last intent.
    pub(super) intent: Option<Text>,
    /// The reason for which the bot ends, if an action gave one.
    pub(super) exit_reason: Option<Text>,
    /// The number of times that the bot gave up understanding the participant.
    pub(super) recognition_failures: u32,
}
