//! Calls that are answered step by step.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::answer::Answer;
use super::call::Resolved;
use super::error::Error;
use super::project::Project;
use super::question::Question;
use super::trace::{Trace, duration};
use super::value::Value;
use crate::engine;
use crate::world::{self, AnswerProgress, Input};

/// A call in progress. It stops at every request of the flow to the outside world.
///
/// A session is a value: clone it at a question to give both copies different answers.
///
/// ```
/// use flowsim::{Call, Project, Question, Status};
///
/// let project = Project::builder()
///     .flows("fixtures/shared-flow/flows")
///     .fixtures("fixtures/shared-flow/fixtures.yaml")
///     .load()?;
/// let mut session = project.session(&Call::new("Inbound_Flow_A"))?;
/// while let Some(question) = session.question() {
///     match question {
///         Question::Input { .. } => session.answer("1")?,
///         _ => session.answer_from_fixtures(),
///     }
/// }
/// assert_eq!(session.trace().status(), Status::Completed);
/// # Ok::<(), flowsim::Error>(())
/// ```
#[derive(Clone)]
pub struct Session {
    project: Project,
    session: engine::Session,
    progress: AnswerProgress,
    inputs: Arc<[Input]>,
    next_input: usize,
}

impl Session {
    pub(super) fn start(project: Project, call: Resolved) -> Self {
        let session = engine::Session::start(Arc::clone(project.program()), &call.call);
        let progress = AnswerProgress::default();
        Self { project, session, progress, inputs: call.inputs, next_input: 0 }
    }

    /// Returns the request that the call waits for, or `None` if the call is over.
    pub fn question(&self) -> Option<Question> {
        self.session.question().map(Question::of)
    }

    /// Answers the question, and continues to the next one or the end. A string is the
    /// caller's input.
    ///
    /// # Errors
    /// The answer does not fit the question, or the call is over. The session stays as it
    /// is.
    pub fn answer(&mut self, answer: impl Into<Answer>) -> Result<(), Error> {
        let answer = match self.session.question() {
            Some(question) => answer.into().to(&question)?,
            None => {
                return Err(Error::invalid("the call is over; no answer is requested"));
            }
        };
        self.session.resume(answer);
        Ok(())
    }

    /// Answers the question from the fixtures of the project. The caller's input is the
    /// next one of the [call](crate::Call::input), then silence. After the end this has
    /// no effect.
    pub fn answer_from_fixtures(&mut self) {
        let answer = match self.session.question() {
            None => return,
            Some(world::Question::Input(_)) => {
                let input = self.inputs.get(self.next_input).cloned();
                self.next_input += usize::from(input.is_some());
                world::Answer::Input(input.unwrap_or(Input::Silence))
            }
            Some(question) => {
                self.project.fixtures().answer(&question, &mut self.progress)
            }
        };
        self.session.resume(answer);
    }

    /// Answers from the fixtures until the flow requests the caller's input, and returns
    /// that question. Returns `None` if the call ends first.
    pub fn next_input(&mut self) -> Option<Question> {
        while let Some(question) = self.session.question() {
            if let world::Question::Input(_) = question {
                return Some(Question::of(question));
            }
            self.answer_from_fixtures();
        }
        None
    }

    /// Returns whether the call is over.
    pub fn is_over(&self) -> bool {
        self.session.progress() == engine::Progress::Finished
    }

    /// The time on the virtual clock since the start of the call.
    pub fn elapsed(&self) -> Duration {
        duration(self.session.clock_ms())
    }

    /// The prompts that the caller has heard so far, in order.
    pub fn prompts(&self) -> Vec<&str> {
        self.session.prompts().collect()
    }

    /// The current value of a variable of the first flow, or of a built-in variable of
    /// Architect. Returns `None` if there is no such variable.
    pub fn variable(&self, name: &str) -> Option<Value> {
        self.session.variable(name).map(Value::of)
    }

    /// Sets a variable of the first flow, or a built-in variable of Architect. After the
    /// end this has no effect.
    pub fn set_variable(&mut self, name: &str, value: impl Into<Value>) {
        self.session.set_variable(name, value.into().to_engine());
    }

    /// Returns the trace of the call. Before the end, it is the trace so far, as if the
    /// call were completed here.
    pub fn trace(&self) -> Trace {
        let trace = match self.session.trace_so_far() {
            Some(trace) => trace,
            None => {
                let mut session = self.session.clone();
                session.take_trace().expect("the trace of this session is never taken")
            }
        };
        let unused = self.inputs.len() - self.next_input;
        Trace::new(trace, self.project.compiled(), unused)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let question = self.question();
        formatter
            .debug_struct("Session")
            .field("question", &question)
            .finish_non_exhaustive()
    }
}
