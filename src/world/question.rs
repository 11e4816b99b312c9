//! Protocol between a session and the host that answers for the outside world.
//!
//! A session does no input or output itself: it asks a [`Question`] and continues with
//! the [`Answer`]. Fixtures, a recording, a person, the server and the explorer all
//! answer the same questions.

use crate::value::{Json, Text, Value};

use super::input::Input;

/// A question of a session to the outside world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question<'q> {
    /// Requests the caller's input. Answered by [`Answer::Input`].
    Input(InputQuestion<'q>),
    /// Requests the external contact with an id, email address or phone number. Answered
    /// by [`Answer::Contact`], or by [`Answer::NotMocked`] if the contacts cannot be
    /// read.
    Contact {
        /// Lookup key.
        key: &'q str,
        /// Whether several contacts may be found, which [`Answer::Contacts`] returns.
        is_search: bool,
    },
    /// Requests the answer of a data action: [`Answer::Response`] or
    /// [`Answer::NotMocked`].
    DataAction {
        /// Id; overrides the name.
        id: Option<&'q str>,
        /// Name.
        name: Option<&'q str>,
        /// Inputs, in the order of the flow.
        inputs: &'q [(Text, Value)],
    },
    /// Requests the answer of a webhook: [`Answer::Response`], [`Answer::Failed`] or
    /// [`Answer::NotMocked`].
    Webhook {
        /// Id; overrides the address.
        id: Option<&'q str>,
        /// Address.
        url: Option<&'q str>,
        /// Body to post.
        body: &'q Value,
        /// Timeout, in milliseconds.
        timeout_ms: i64,
    },
    /// Requests the statistics of a queue. Answered by [`Answer::Statistics`].
    QueueStatistics {
        /// Id or name of the queue.
        queue: &'q str,
    },
    /// Requests the result of an unsimulated action: [`Answer::Action`] or
    /// [`Answer::NotMocked`].
    Action {
        /// Name of the flow that contains the action.
        flow: &'q str,
        /// Kind in Archy's notation: `callBotFlow`.
        kind: &'q str,
        /// Name.
        name: &'q str,
        /// Settings that have a value, in the order of the flow.
        inputs: &'q [(Text, Value)],
    },
    /// Requests whether a queue accepts the conversation. Answered by [`Answer::Queue`].
    Queue {
        /// Id of the queue; overrides the name.
        id: Option<&'q str>,
        /// Name of the queue.
        name: Option<&'q str>,
        /// Skills that an agent must have, all of them.
        skills: &'q [Text],
    },
}

/// Input that a flow expects while it listens to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputQuestion<'q> {
    /// Listening node.
    pub node: &'q str,
    /// Minimum number of keys.
    pub min_digits: u32,
    /// Number of keys after which the flow stops listening.
    pub max_digits: u32,
    /// Timeout for the first key, in milliseconds.
    pub timeout_ms: i64,
    /// Timeout for each further key, in milliseconds.
    pub inter_digit_timeout_ms: i64,
    /// Key that ends the input before `max_digits`.
    pub terminating_key: Option<char>,
    /// Allowed keys; empty if all are allowed.
    pub valid_digits: &'q str,
    /// Choices of a menu; empty if the node is not a menu.
    pub choices: &'q [Choice],
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Key of the choice, if it has one.
    pub key: Option<char>,
    /// Name.
    pub name: Text,
}

/// An answer of the outside world. [`Question`] lists the answers to each question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Input of the caller.
    Input(Input),
    /// The contact as `{id, name, email, attributes}` with every key present (`null`, or
    /// `{}` for attributes, if unknown); `None` if no contact has the key.
    Contact(Option<Json>),
    /// The contacts that a search found, each in the same form.
    Contacts(Vec<Json>),
    /// Response of a data action or webhook.
    Response(Response),
    /// A webhook gave no usable answer, for this reason.
    Failed(Text),
    /// The host has no prepared answer, or cannot read it.
    NotMocked,
    /// Statistics of the queue; `None` if the queue is unknown.
    Statistics(Option<Json>),
    /// Whether the queue accepts the conversation.
    Queue(QueueAnswer),
    /// Result of an unsimulated action.
    Action(ActionAnswer),
}

/// Result of an unsimulated action.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActionAnswer {
    /// Output path as named by Archy; `None` for the success path.
    pub path: Option<Text>,
    /// Results by name.
    pub outputs: Vec<(Text, Json)>,
    /// Duration, in milliseconds of the virtual clock.
    pub latency_ms: i64,
}

/// Response of a data action or webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub output: Json,
    /// Duration, in milliseconds of the virtual clock.
    pub latency_ms: i64,
}

impl Response {
    /// Returns whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns whether the response takes longer than this time, in milliseconds.
    pub fn is_later_than(&self, timeout_ms: i64) -> bool {
        self.latency_ms > timeout_ms
    }
}

/// Decision of a queue about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueAnswer {
    /// The queue accepts the conversation.
    Accepted {
        /// Id of the queue.
        id: Option<Text>,
        /// Name of the queue.
        name: Option<Text>,
    },
    /// No queues are known, so the queue is accepted without a check.
    Unchecked,
    /// Queues are known, but not this one.
    NotFound,
    /// No agent of the queue has all the required skills.
    SkillMismatch {
        /// Id of the queue.
        id: Option<Text>,
        /// Name of the queue.
        name: Option<Text>,
    },
}

/// Host that answers a session's questions.
pub trait Host {
    /// Answers one question. Each question of a run is asked once, in order.
    fn answer(&mut self, question: &Question<'_>) -> Answer;
}
