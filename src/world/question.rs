//! The protocol between a session and whoever answers for the outside world.
//!
//! A session does no input or output of its own: it asks a [`Question`] and goes on with
//! the [`Answer`]. Fixtures, a recording, a person, the server and the explorer all answer
//! the same questions.

use crate::value::{Json, Text, Value};

use super::input::Input;

/// What a session wants to know from outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question<'q> {
    /// What does the caller do? Answered by [`Answer::Input`].
    Input(InputQuestion<'q>),
    /// Which external contact has this id, e-mail address or telephone number? Answered by
    /// [`Answer::Contact`], or by [`Answer::NotMocked`] if the contacts cannot be read.
    Contact {
        /// The lookup key.
        key: &'q str,
    },
    /// What does the data action answer? [`Answer::Response`] or [`Answer::NotMocked`].
    DataAction {
        /// Its id; wins over the name.
        id: Option<&'q str>,
        /// Its name.
        name: Option<&'q str>,
        /// What it is called with, in the order of the flow.
        inputs: &'q [(Text, Value)],
    },
    /// What does the webhook answer? [`Answer::Response`], [`Answer::Failed`] or
    /// [`Answer::NotMocked`].
    Webhook {
        /// Its id; wins over the address.
        id: Option<&'q str>,
        /// Its address.
        url: Option<&'q str>,
        /// What is posted to it.
        body: &'q Value,
        /// How long it may take, in milliseconds.
        timeout_ms: i64,
    },
    /// How busy is the queue? Answered by [`Answer::Statistics`].
    QueueStatistics {
        /// The queue's id, or its name.
        queue: &'q str,
    },
    /// What does an action do that flowsim does not simulate? [`Answer::Action`] or
    /// [`Answer::NotMocked`].
    Action {
        /// The name of the flow that it stands in.
        flow: &'q str,
        /// Its kind as Archy writes it: `callBotFlow`.
        kind: &'q str,
        /// Its name.
        name: &'q str,
        /// Its settings that have a value, in the order of the flow.
        inputs: &'q [(Text, Value)],
    },
    /// May the conversation be routed there? Answered by [`Answer::Queue`].
    Queue {
        /// The queue's id; wins over the name.
        id: Option<&'q str>,
        /// The queue's name.
        name: Option<&'q str>,
        /// The skills that an agent must have, all of them.
        skills: &'q [Text],
    },
}

/// What a flow expects when it listens to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputQuestion<'q> {
    /// The node that listens.
    pub node: &'q str,
    /// How many keys it needs.
    pub min_digits: u32,
    /// After how many keys it stops listening.
    pub max_digits: u32,
    /// How long it waits for the first key, in milliseconds.
    pub timeout_ms: i64,
    /// How long it waits for every further key, in milliseconds.
    pub inter_digit_timeout_ms: i64,
    /// The key that ends the input before `max_digits`.
    pub terminating_key: Option<char>,
    /// The keys that are allowed; empty for all of them.
    pub valid_digits: &'q str,
    /// What a menu offers; empty where it is no menu that listens.
    pub choices: &'q [Choice],
}

/// What a menu offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The key that chooses it, if one does.
    pub key: Option<char>,
    /// Its name.
    pub name: Text,
}

/// What the outside world answers. Which variant belongs to which question stands at
/// [`Question`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// What the caller did.
    Input(Input),
    /// The contact as `{id, name, email, attributes}`, every key present (`null`, or `{}`
    /// for attributes, where nothing is known); nothing if no contact has the key.
    Contact(Option<Json>),
    /// What a data action or webhook answered.
    Response(Response),
    /// A webhook was asked and gave no answer, or none that is of use; this is why.
    Failed(Text),
    /// Whoever answers has no answer prepared, or cannot read it.
    NotMocked,
    /// The queue's statistics; nothing if the queue is unknown.
    Statistics(Option<Json>),
    /// Whether the queue takes the conversation.
    Queue(QueueAnswer),
    /// What an action does that flowsim does not simulate.
    Action(ActionAnswer),
}

/// What comes of an action that flowsim does not simulate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActionAnswer {
    /// The output that it takes, as Archy names it; without it, the one for success.
    pub path: Option<Text>,
    /// Its results by name.
    pub outputs: Vec<(Text, Json)>,
    /// How long it takes, in milliseconds of the virtual clock.
    pub latency_ms: i64,
}

/// What a data action or webhook answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub output: Json,
    /// How long it took, in milliseconds of the virtual clock.
    pub latency_ms: i64,
}

/// Whether a queue takes the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueAnswer {
    /// It does; this is what it is known by.
    Accepted {
        /// The queue's id.
        id: Option<Text>,
        /// The queue's name.
        name: Option<Text>,
    },
    /// Nobody knows any queues, so it is taken on trust.
    Unchecked,
    /// Queues are known, but not this one.
    NotFound,
    /// No agent of the queue has all the required skills.
    SkillMismatch,
}

/// Whoever answers a session's questions.
pub trait Host {
    /// Answers one question. Every question of a run is asked once, in order.
    fn answer(&mut self, question: &Question<'_>) -> Answer;
}

/// One key that the caller presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keystroke {
    /// `0` to `9`, `*`, `#`, `A` to `D`.
    pub key: char,
    /// Milliseconds after the previous key, or after the start of listening.
    pub after_ms: u32,
}
