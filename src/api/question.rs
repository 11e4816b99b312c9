//! Questions of a session.

use std::time::Duration;

use super::trace::duration;
use super::value::Value;
use crate::value::{self, Text};
use crate::world::{self, InputQuestion};

/// A request of a flow to the outside world. [`Answer`](crate::Answer) lists the answers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Question {
    /// The caller's input.
    #[non_exhaustive]
    Input {
        /// The listening node.
        node: String,
        /// Minimum number of keys.
        min_digits: u32,
        /// Number of keys after which the flow stops listening; 0 if it listens only for
        /// speech.
        max_digits: u32,
        /// Time limit for the first key.
        timeout: Duration,
        /// Key that ends the input earlier.
        terminating_key: Option<char>,
        /// Choices of a menu; empty if the node is not a menu.
        choices: Vec<Choice>,
    },
    /// The external contact with an id, e-mail address or phone number.
    #[non_exhaustive]
    Contact {
        /// Lookup key.
        key: String,
    },
    /// The response of a data action.
    #[non_exhaustive]
    DataAction {
        /// Id.
        id: Option<String>,
        /// Name.
        name: Option<String>,
        /// Inputs, in the order of the flow.
        inputs: Vec<(String, Value)>,
    },
    /// The response of a webhook.
    #[non_exhaustive]
    Webhook {
        /// Id.
        id: Option<String>,
        /// Address.
        url: Option<String>,
        /// Body of the request.
        body: Value,
        /// Time limit.
        timeout: Duration,
    },
    /// The statistics of a queue.
    #[non_exhaustive]
    QueueStatistics {
        /// Id or name of the queue.
        queue: String,
    },
    /// The result of an action that flowsim does not simulate, such as a bot.
    #[non_exhaustive]
    Action {
        /// Name of the flow that contains the action.
        flow: String,
        /// Kind in Archy's notation, such as `callBotFlow`.
        kind: String,
        /// Name.
        name: String,
        /// Settings that have a value, in the order of the flow.
        inputs: Vec<(String, Value)>,
    },
    /// Whether a queue accepts the conversation.
    #[non_exhaustive]
    Queue {
        /// Id of the queue.
        id: Option<String>,
        /// Name of the queue.
        name: Option<String>,
        /// Skills that an agent must have, all of them.
        skills: Vec<String>,
    },
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// Key of the choice, if it has one.
    pub key: Option<char>,
    /// Name.
    pub name: String,
}

impl Question {
    /// Converts a question of the engine.
    pub(super) fn of(question: world::Question<'_>) -> Self {
        use world::Question as Engine;
        let text = |text: Option<&str>| text.map(str::to_owned);
        match question {
            Engine::Input(input) => Self::of_input(&input),
            Engine::Contact { key, .. } => Self::Contact { key: key.to_owned() },
            Engine::DataAction { id, name, inputs } => {
                Self::DataAction { id: text(id), name: text(name), inputs: named(inputs) }
            }
            Engine::Webhook { id, url, body, timeout_ms } => Self::Webhook {
                id: text(id),
                url: text(url),
                body: Value::of(body),
                timeout: duration(timeout_ms),
            },
            Engine::QueueStatistics { queue } => {
                Self::QueueStatistics { queue: queue.to_owned() }
            }
            Engine::Action { flow, kind, name, inputs } => Self::Action {
                flow: flow.to_owned(),
                kind: kind.to_owned(),
                name: name.to_owned(),
                inputs: named(inputs),
            },
            Engine::Queue { id, name, skills } => Self::Queue {
                id: text(id),
                name: text(name),
                skills: skills.iter().map(Text::to_string).collect(),
            },
        }
    }

    fn of_input(input: &InputQuestion<'_>) -> Self {
        let choices = input.choices.iter();
        let choices = choices.map(|it| Choice { key: it.key, name: it.name.to_string() });
        Self::Input {
            node: input.node.to_owned(),
            min_digits: input.min_digits,
            max_digits: input.max_digits,
            timeout: duration(input.timeout_ms),
            terminating_key: input.terminating_key,
            choices: choices.collect(),
        }
    }
}

fn named(inputs: &[(Text, value::Value)]) -> Vec<(String, Value)> {
    inputs.iter().map(|(name, value)| (name.to_string(), Value::of(value))).collect()
}
