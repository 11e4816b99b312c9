//! Traces of calls.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::step::Step;
use super::value::Value;
use crate::program::Program;
use crate::source::Files;
use crate::trace::{
    self as internal, JsonNames, JsonWriter, Phrase, Status, TextStyle, execution,
    render_text, write_simulation,
};
use crate::value::Text;

/// Everything that happened in one call. A clone is cheap.
#[derive(Clone)]
pub struct Trace {
    trace: Arc<internal::Trace>,
    compiled: Arc<Compiled>,
    unused_inputs: usize,
}

/// A program, and the names for the JSON of its traces, which are serialized once.
pub(super) struct Compiled {
    pub(super) program: Arc<Program>,
    files: Option<Arc<Files>>,
    names: OnceLock<JsonNames>,
}

impl Compiled {
    /// `files` are those of the flows, if they are known.
    pub(super) fn new(program: Arc<Program>, files: Option<Arc<Files>>) -> Arc<Self> {
        Arc::new(Self { program, files, names: OnceLock::new() })
    }

    fn writer(&self) -> JsonWriter<'_> {
        let symbols = &self.program.symbols;
        let names = self.names.get_or_init(|| match &self.files {
            Some(files) => JsonNames::with_files(symbols, files),
            None => JsonNames::new(symbols),
        });
        JsonWriter::with(symbols, names)
    }
}

impl Trace {
    pub(super) fn new(
        trace: internal::Trace,
        compiled: &Arc<Compiled>,
        unused_inputs: usize,
    ) -> Self {
        let compiled = Arc::clone(compiled);
        Self { trace: Arc::new(trace), compiled, unused_inputs }
    }

    /// The final status.
    pub fn status(&self) -> Status {
        self.trace.status
    }

    /// The code of the error that ended the call, such as `DATA_ACTION_NOT_MOCKED`.
    pub fn error_code(&self) -> Option<&'static str> {
        self.trace.failure.as_ref().map(|failure| failure.code.name())
    }

    /// The message of the error that ended the call.
    pub fn error_message(&self) -> Option<&str> {
        self.trace.failure.as_ref().map(|failure| &*failure.message)
    }

    /// The name of the flow in which the call started.
    pub fn flow(&self) -> &str {
        &self.compiled.program.symbols.flow(self.trace.flow).name
    }

    /// The names of the executed nodes, in order.
    pub fn path(&self) -> Vec<&str> {
        self.steps().map(|step| step.name()).collect()
    }

    /// The executed nodes, in order.
    pub fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        let steps = self.trace.steps.iter().enumerate();
        steps.map(|(index, _)| Step::new(&self.trace, &self.compiled.program, index))
    }

    /// The prompts that the caller heard, in order.
    pub fn prompts(&self) -> Vec<&str> {
        let prompts = self.trace.prompts(&self.compiled.program.symbols);
        prompts.map(Text::as_str).collect()
    }

    /// The value of a variable at the end. Returns `None` if it has none.
    pub fn variable(&self, name: &str) -> Option<Value> {
        let value = self.trace.variable(&self.compiled.program.symbols, name);
        value.map(Value::of)
    }

    /// The names and values of the variables of the first flow at the end.
    pub fn variables(&self) -> Vec<(&str, Value)> {
        let symbols = &self.compiled.program.symbols;
        let own = self.trace.variables.iter();
        let own = own.map(|(id, value)| (symbols.variable(*id).as_str(), value));
        let other = self.trace.other_variables.iter();
        let other = other.map(|(name, value)| (name.as_str(), value));
        own.chain(other).map(|(name, value)| (name, Value::of(value))).collect()
    }

    /// The queue to which the conversation was routed last.
    pub fn routing(&self) -> Option<Routing<'_>> {
        let symbols = &self.compiled.program.symbols;
        let routing = self.trace.routing()?;
        let text = |phrase: &'_ Option<Phrase>| {
            phrase.as_ref().map(|phrase| phrase.text(symbols).to_string())
        };
        let (queue_id, queue_name) = (text(&routing.queue_id), text(&routing.queue_name));
        let connection = self.trace.connection();
        Some(Routing { queue_id, queue_name, routing, connection })
    }

    /// The last transfer to something other than a queue.
    pub fn transfer(&self) -> Option<Transfer<'_>> {
        self.trace.transfer().map(Transfer)
    }

    /// The duration on the virtual clock.
    pub fn elapsed(&self) -> Duration {
        duration(self.trace.elapsed_ms)
    }

    /// The number of inputs of the [call](crate::Call::input) that no flow requested.
    pub fn unused_inputs(&self) -> usize {
        self.unused_inputs
    }

    /// Renders the call as a tree, like `flowsim run`.
    pub fn to_text(&self) -> String {
        let symbols = &self.compiled.program.symbols;
        render_text(&self.trace, symbols, TextStyle::default())
    }

    /// Returns the call as `flowsim.trace/1`, on one line.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.compiled.writer().write(&self.trace, &mut out);
        out
    }

    /// Returns the call as the response of a simulation, on one line.
    pub fn to_simulation_json(&self) -> String {
        let mut out = String::new();
        write_simulation(&self.compiled.writer(), &self.trace, &mut out);
        out
    }

    /// Returns the execution document that Genesys Cloud would write. Returns `None` for
    /// a draft flow, which has none.
    pub fn to_execution_json(&self) -> Option<String> {
        let program = &self.compiled.program;
        program.unit(self.trace.flow).architect.as_ref()?;
        Some(execution::of_trace(&self.trace, &program.symbols).to_text())
    }
}

impl PartialEq for Trace {
    /// Whether the calls ran alike in the same project.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.compiled.program, &other.compiled.program)
            && self.trace == other.trace
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

/// Converts a time of the virtual clock.
pub(super) fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
}

/// A routing to a queue.
#[derive(Debug, Clone)]
pub struct Routing<'t> {
    queue_id: Option<String>,
    queue_name: Option<String>,
    routing: &'t internal::Routing,
    connection: Option<&'t internal::Connection>,
}

impl Routing<'_> {
    /// The id of the queue, if known.
    pub fn queue_id(&self) -> Option<&str> {
        self.queue_id.as_deref()
    }

    /// The name of the queue, if known.
    pub fn queue_name(&self) -> Option<&str> {
        self.queue_name.as_deref()
    }

    /// The skills that an agent needs.
    pub fn skills(&self) -> impl Iterator<Item = &str> {
        self.routing.skills.iter().map(Text::as_str)
    }

    /// The priority.
    pub fn priority(&self) -> Option<i64> {
        self.routing.priority
    }

    /// The time in the queue until an agent answered; `None` if no agent did.
    pub fn answered_after(&self) -> Option<Duration> {
        self.connection.map(|connection| duration(connection.waited_ms))
    }

    /// The name or id of the agent who answered, if known.
    pub fn agent(&self) -> Option<&str> {
        self.connection?.agent.as_deref()
    }
}

/// A transfer to something other than a queue.
#[derive(Debug, Clone, Copy)]
pub struct Transfer<'t>(&'t internal::Transfer);

impl Transfer<'_> {
    /// The kind of the target: `user`, `group`, `number`, `flow`, …
    pub fn kind(&self) -> &'static str {
        self.0.kind.name()
    }

    /// The id of the target, if known.
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// The name or number of the target.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}
