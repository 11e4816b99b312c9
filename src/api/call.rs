//! Descriptions of calls.

use std::sync::Arc;
use std::time::Duration;

use super::error::Error;
use super::project::Project;
use super::value::Value;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::engine::{self, Limits, context_problem, misspelt_context_field, start};
use crate::flow::FlowId;
use crate::program::Program;
use crate::source::{Files, read_json};
use crate::suite::{Case, read_call};
use crate::value::{DateTime, Text};
use crate::world::Input;

/// The largest nesting depth that can be set.
const MOST_DEPTH: u16 = 1000;

/// The parameters of a call. Names and values are checked when the call starts.
///
/// ```
/// use std::time::Duration;
///
/// use flowsim::Call;
///
/// let call = Call::new("Inbound_Flow_A")
///     .context("from", "+15551234567")
///     .input("1")
///     .at("2026-03-01T09:00:00Z")
///     .timeout(Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a description of a call does nothing by itself"]
pub struct Call {
    flow: Option<String>,
    node: Option<String>,
    context: Vec<(String, Value)>,
    variables: Vec<(String, Value)>,
    inputs: Vec<String>,
    at: Option<String>,
    timeout: Option<Duration>,
    max_actions: Option<u32>,
    max_depth: Option<u16>,
    seed: u64,
    is_strict: bool,
    stops_at_queue: bool,
}

/// A call with resolved names.
pub(super) struct Resolved {
    pub(super) call: engine::Call,
    pub(super) inputs: Arc<[Input]>,
}

impl Call {
    /// Creates a call to a flow, by id, name, or name and type: `Main (workflow)`.
    /// `Call::default()` calls the only flow that no other flow calls.
    pub fn new(flow: impl Into<String>) -> Self {
        Self { flow: Some(flow.into()), ..Self::default() }
    }

    /// Reads a call from JSON with the keys of a row of `flowsim batch run`, such as
    /// `{"flow": "Main", "input": ["1"]}`. `id` has no effect.
    ///
    /// # Errors
    /// The document is not such a call, or it has `fixtures`, which belong to the project.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut files = Files::new();
        let file = files.add("call", text);
        let read = match read_json(&file) {
            Ok(document) => read_call(&document),
            Err(problem) => Err(vec![problem.into()]),
        };
        match read {
            Ok(case) => Self::of_case(case),
            Err(mistakes) => Err(Error::document(mistakes, files)),
        }
    }

    fn of_case(case: Case) -> Result<Self, Error> {
        if case.fixtures.is_some() {
            let message = "`fixtures` of a call are read only in batches; add them to the \
                           project";
            return Err(Error::invalid(message));
        }
        let start = case.start;
        let values = |named: Vec<(Text, crate::value::Value)>| {
            named.iter().map(|(name, it)| (name.to_string(), Value::of(it))).collect()
        };
        let timeout = start.timeout_ms.and_then(|it| u64::try_from(it).ok());
        Ok(Self {
            flow: start.flow.map(|it| it.value.to_string()),
            node: start.node.map(|it| it.value.to_string()),
            context: values(start.context),
            variables: values(start.variables),
            inputs: case.inputs.iter().map(Input::to_string).collect(),
            at: start.at.map(|it| it.to_string()),
            timeout: timeout.map(Duration::from_millis),
            max_actions: start.max_actions,
            max_depth: None,
            seed: start.seed,
            is_strict: start.is_strict,
            stops_at_queue: start.stops_at_queue,
        })
    }

    /// Starts at this node instead of the first node.
    pub fn node(mut self, id: impl Into<String>) -> Self {
        self.node = Some(id.into());
        self
    }

    /// Adds a context field, such as `from`.
    pub fn context(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.context.push((name.into(), value.into()));
        self
    }

    /// Sets a variable before the first node.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Adds the caller's next input: `1234#` for keys, `-` for silence, `7@900,3@200`
    /// for keys with the milliseconds before each, `say:two words` for speech, `hangup`.
    pub fn input(mut self, notation: impl Into<String>) -> Self {
        self.inputs.push(notation.into());
        self
    }

    /// Adds several inputs.
    pub fn inputs<I: Into<String>>(self, all: impl IntoIterator<Item = I>) -> Self {
        all.into_iter().fold(self, Self::input)
    }

    /// Sets the start of the virtual clock, such as `2026-01-05T09:00:00Z`, the default.
    pub fn at(mut self, date_time: impl Into<String>) -> Self {
        self.at = Some(date_time.into());
        self
    }

    /// Sets the time after which the call ends, on the virtual clock.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the maximum number of actions; the default is 10,000.
    pub fn max_actions(mut self, count: u32) -> Self {
        self.max_actions = Some(count);
        self
    }

    /// Sets the maximum nesting depth of flows; the default is 32.
    pub fn max_depth(mut self, depth: u16) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// Sets the random seed for expressions; the default is 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets strict mode: a missing fixture is an error instead of a note.
    pub fn strict(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self
    }

    /// Sets whether a transfer to a queue ends the call, even if an in-queue flow is
    /// loaded.
    pub fn stop_at_queue(mut self, stops: bool) -> Self {
        self.stops_at_queue = stops;
        self
    }

    /// Resolves all names and reports every problem.
    pub(super) fn resolve(&self, project: &Project) -> Result<Resolved, Error> {
        let program = project.program();
        let flow = self.resolve_flow(program).map_err(|it| Error::of_call(vec![*it]))?;
        let mut problems = Vec::new();
        let call = engine::Call::new(flow)
            .limits(self.limits(&mut problems))
            .seed(self.seed)
            .strict(self.is_strict)
            .stop_at_queue(self.stops_at_queue)
            .takes_messages(true)
            .in_organisation(Arc::clone(project.fixtures()));
        let call = self.with_start(call, program, &mut problems);
        let call = self.with_values(call, program, &mut problems);
        let mut inputs = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            match Input::parse(input) {
                Ok(input) => inputs.push(input),
                Err(message) => problems.push(invalid(message)),
            }
        }
        if problems.is_empty() {
            Ok(Resolved { call, inputs: inputs.into() })
        } else {
            Err(Error::of_call(problems))
        }
    }

    /// Returns warnings about context fields that are probably misspelt.
    pub(super) fn warnings(&self, program: &Program) -> Vec<Diagnostic> {
        let fields = self.context.iter().map(|(name, _)| name);
        let misspelt = fields.filter(|name| program.context(name).is_none());
        let warning = |name: &String| {
            let near = misspelt_context_field(name)?;
            let message = format!("unknown context field `{name}`");
            let warning = invalid(message).help(format!("did you mean `{near}`?"));
            Some(Diagnostic { severity: Severity::Warning, ..warning })
        };
        misspelt.filter_map(warning).collect()
    }

    fn resolve_flow(&self, program: &Program) -> Result<FlowId, Box<Diagnostic>> {
        match &self.flow {
            Some(name) => start::flow(program, name),
            None => start::only_entry(program),
        }
    }

    fn limits(&self, problems: &mut Vec<Diagnostic>) -> Limits {
        let default = Limits::default();
        let milliseconds = |time: Duration| i64::try_from(time.as_millis());
        let limits = Limits {
            max_actions: self.max_actions.unwrap_or(default.max_actions),
            max_depth: self.max_depth.unwrap_or(default.max_depth),
            timeout_ms: self.timeout.map(|it| milliseconds(it).unwrap_or(i64::MAX)),
        };
        if limits.max_actions > Limits::MOST_ACTIONS {
            let most = Limits::MOST_ACTIONS;
            problems
                .push(invalid(format!("the maximum number of actions exceeds {most}")));
        }
        if limits.max_depth > MOST_DEPTH {
            let message = format!("the maximum nesting depth exceeds {MOST_DEPTH}");
            problems.push(invalid(message));
        }
        limits
    }

    fn with_start(
        &self,
        mut call: engine::Call,
        program: &Program,
        problems: &mut Vec<Diagnostic>,
    ) -> engine::Call {
        if let Some(name) = &self.node {
            match start::node(program, call.flow(), name) {
                Ok(node) => call = call.at_node(node),
                Err(problem) => problems.push(*problem),
            }
        }
        let Some(text) = &self.at else { return call };
        match DateTime::parse(text) {
            Some(start) => call.at(start),
            None => {
                let help = "write a date and time between the years 1800 and 2200, such \
                            as 2026-01-05T09:00:00Z";
                let message = format!("`{text}` is not a date and time");
                problems.push(invalid(message).help(help));
                call
            }
        }
    }

    fn with_values(
        &self,
        mut call: engine::Call,
        program: &Program,
        problems: &mut Vec<Diagnostic>,
    ) -> engine::Call {
        for (name, value) in &self.context {
            let value = value.to_engine();
            problems.extend(context_problem(name, &value).map(invalid));
            call = call.context(program, name, value);
        }
        for (name, value) in &self.variables {
            let value = value.to_engine();
            match start::variable(program, call.flow(), name, &value) {
                Ok(()) => call = call.variable(program, name, value),
                Err(problem) => problems.push(*problem),
            }
        }
        call
    }
}

fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::INVALID_REQUEST, message)
}
