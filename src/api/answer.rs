//! Answers to the questions of a session.

use std::time::Duration;

use super::error::Error;
use super::value::Value;
use crate::value::{Json, Text};
use crate::world::{self, ActionAnswer, Input, Question, QueueAnswer, Response};

/// An answer to a [`Question`](crate::Question).
///
/// | question | answers |
/// |---|---|
/// | `Input` | [`input`](Self::input), or a string: `"1".into()` |
/// | `Contact` | [`contact`](Self::contact), [`not_found`](Self::not_found) |
/// | `DataAction` | [`response`](Self::response) |
/// | `Webhook` | [`response`](Self::response), [`failed`](Self::failed) |
/// | `QueueStatistics` | [`statistics`](Self::statistics), [`not_found`](Self::not_found) |
/// | `Action` | [`action`](Self::action) |
/// | `Queue` | [`accepted`](Self::accepted), [`not_found`](Self::not_found), [`skill_mismatch`](Self::skill_mismatch) |
///
/// Every question but `Input` can be left open with [`unprepared`](Self::unprepared).
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an answer does nothing until a session gets it"]
pub struct Answer(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Input(String),
    Contact(Json),
    Response(Response),
    Failed(Text),
    Statistics(Json),
    Action(ActionAnswer),
    Accepted,
    NotFound,
    SkillMismatch,
    Unprepared,
}

impl Answer {
    /// The caller's input, in the notation of [`Call::input`](crate::Call::input).
    pub fn input(notation: impl Into<String>) -> Self {
        Self(Kind::Input(notation.into()))
    }

    /// A contact: an object with `id`, `name`, `email` and `attributes`.
    pub fn contact(contact: Value) -> Self {
        Self(Kind::Contact(contact.0))
    }

    /// The response of a data action or webhook: an HTTP status and a body.
    pub fn response(status: u16, body: Value) -> Self {
        Self(Kind::Response(Response { status, output: body.0, latency_ms: 0 }))
    }

    /// A webhook that gave no usable answer, for this reason.
    pub fn failed(reason: impl AsRef<str>) -> Self {
        Self(Kind::Failed(reason.as_ref().into()))
    }

    /// The statistics of a queue, an object.
    pub fn statistics(statistics: Value) -> Self {
        Self(Kind::Statistics(statistics.0))
    }

    /// The results of an action by name, on its success path.
    pub fn action<N: AsRef<str>>(outputs: impl IntoIterator<Item = (N, Value)>) -> Self {
        let outputs = outputs.into_iter();
        let outputs = outputs.map(|(name, value)| (name.as_ref().into(), value.0));
        let answer = ActionAnswer { outputs: outputs.collect(), ..Default::default() };
        Self(Kind::Action(answer))
    }

    /// The queue accepts the conversation.
    pub fn accepted() -> Self {
        Self(Kind::Accepted)
    }

    /// There is no such contact or queue.
    pub fn not_found() -> Self {
        Self(Kind::NotFound)
    }

    /// No agent of the queue has all the required skills. A draft flow then fails at this
    /// node; a call of an Architect flow waits in the queue.
    pub fn skill_mismatch() -> Self {
        Self(Kind::SkillMismatch)
    }

    /// No answer is prepared. A queue then accepts the conversation unchecked; other
    /// actions fail like those without a fixture.
    pub fn unprepared() -> Self {
        Self(Kind::Unprepared)
    }

    /// Sets the output path of an [`action`](Self::action), as named by Archy. Other
    /// answers stay the same.
    pub fn path(mut self, name: impl AsRef<str>) -> Self {
        if let Kind::Action(action) = &mut self.0 {
            action.path = Some(name.as_ref().into());
        }
        self
    }

    /// Sets the time that a [`response`](Self::response) or an [`action`](Self::action)
    /// takes on the virtual clock. Other answers stay the same.
    pub fn latency(mut self, latency: Duration) -> Self {
        let latency = i64::try_from(latency.as_millis()).unwrap_or(i64::MAX);
        match &mut self.0 {
            Kind::Response(response) => response.latency_ms = latency,
            Kind::Action(action) => action.latency_ms = latency,
            _ => {}
        }
        self
    }

    /// Converts to the engine's answer to a question.
    pub(super) fn to(&self, question: &Question<'_>) -> Result<world::Answer, Error> {
        let answer = match &self.0 {
            Kind::Input(notation) if matches!(question, Question::Input(_)) => {
                let input = Input::parse(notation).map_err(Error::invalid)?;
                Some(world::Answer::Input(input))
            }
            Kind::NotFound => not_found(question),
            Kind::Unprepared => unprepared(question),
            kind => kind.prepared(question),
        };
        answer.ok_or_else(|| {
            let requested = subject(question);
            Error::invalid(format!(
                "the answer does not fit: the flow requests {requested}"
            ))
        })
    }
}

impl Kind {
    /// Returns the engine's answer with this content if it fits the question.
    fn prepared(&self, question: &Question<'_>) -> Option<world::Answer> {
        use world::{Answer, Question as Q};
        Some(match (self, question) {
            (Self::Contact(contact), Q::Contact { .. }) => {
                Answer::Contact(Some(complete(contact)))
            }
            (Self::Response(it), Q::DataAction { .. } | Q::Webhook { .. }) => {
                Answer::Response(it.clone())
            }
            (Self::Failed(reason), Q::Webhook { .. }) => Answer::Failed(reason.clone()),
            (Self::Statistics(it), Q::QueueStatistics { .. }) => {
                Answer::Statistics(Some(it.clone()))
            }
            (Self::Action(action), Q::Action { .. }) => Answer::Action(action.clone()),
            (Self::Accepted, Q::Queue { id, name, .. }) => {
                let text = |text: &Option<&str>| text.map(Text::from);
                let (id, name) = (text(id), text(name));
                Answer::Queue(QueueAnswer::Accepted { id, name })
            }
            (Self::SkillMismatch, Q::Queue { id, name, .. }) => {
                let text = |text: &Option<&str>| text.map(Text::from);
                let (id, name) = (text(id), text(name));
                Answer::Queue(QueueAnswer::SkillMismatch { id, name })
            }
            _ => return None,
        })
    }
}

/// The answer for an object that does not exist, if the question is about one.
fn not_found(question: &Question<'_>) -> Option<world::Answer> {
    use world::Answer;
    match question {
        Question::Contact { .. } => Some(Answer::Contact(None)),
        Question::QueueStatistics { .. } => Some(Answer::Statistics(None)),
        Question::Queue { .. } => Some(Answer::Queue(QueueAnswer::NotFound)),
        _ => None,
    }
}

/// The answer of a host without one. The caller's input always has one: silence.
fn unprepared(question: &Question<'_>) -> Option<world::Answer> {
    use world::Answer;
    match question {
        Question::Input(_) => None,
        Question::Queue { .. } => Some(Answer::Queue(QueueAnswer::Unchecked)),
        Question::QueueStatistics { .. } => Some(Answer::Statistics(None)),
        _ => Some(Answer::NotMocked),
    }
}

impl From<&str> for Answer {
    /// The caller's input.
    fn from(notation: &str) -> Self {
        Self::input(notation)
    }
}

impl From<String> for Answer {
    /// The caller's input.
    fn from(notation: String) -> Self {
        Self::input(notation)
    }
}

/// Adds the keys that every contact has.
fn complete(contact: &Json) -> Json {
    let key = |key: &str, missing: Json| {
        (Text::from(key), contact.get(key).cloned().unwrap_or(missing))
    };
    Json::object([
        key("id", Json::Null),
        key("name", Json::Null),
        key("email", Json::Null),
        key("attributes", Json::object([])),
    ])
}

fn subject(question: &Question<'_>) -> &'static str {
    match question {
        Question::Input(_) => "the caller's input",
        Question::Contact { .. } => "a contact",
        Question::DataAction { .. } => "the response of a data action",
        Question::Webhook { .. } => "the response of a webhook",
        Question::QueueStatistics { .. } => "the statistics of a queue",
        Question::Action { .. } => "the result of an action",
        Question::Queue { .. } => "the decision of a queue",
    }
}
