//! Searches of all calls of a flow.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use super::error::Error;
use super::project::Project;
use super::stop::Stop;
use super::trace::Compiled;
use crate::engine;
use crate::explore::{self as internal, DEFAULT_BUDGET, Options};
use crate::flow::FlowId;
use crate::report::exploration::{Additions, render_json, render_text};
use crate::source::Files;

/// Options of an exploration, those of `flowsim explore`.
#[derive(Debug, Clone)]
#[must_use = "options do nothing by themselves"]
pub struct ExploreOptions {
    flow: Option<String>,
    budget: u64,
    is_fixed: bool,
    paths: usize,
    jobs: usize,
    stop: Stop,
}

impl Default for ExploreOptions {
    fn default() -> Self {
        Self {
            flow: None,
            budget: DEFAULT_BUDGET,
            is_fixed: false,
            paths: 0,
            jobs: 0,
            stop: Stop::default(),
        }
    }
}

impl ExploreOptions {
    /// Sets the flow to start, by id, name, or name and type: `Main (workflow)`. The default is every flow that a call can
    /// start.
    pub fn flow(mut self, flow: impl Into<String>) -> Self {
        self.flow = Some(flow.into());
        self
    }

    /// Sets the maximum number of answered questions; the default is 100,000.
    pub fn budget(mut self, count: u64) -> Self {
        self.budget = count;
        self
    }

    /// Sets whether the answers of the fixtures are the only ones.
    pub fn fixed(mut self, is_fixed: bool) -> Self {
        self.is_fixed = is_fixed;
        self
    }

    /// Sets the number of complete calls to list.
    pub fn paths(mut self, count: usize) -> Self {
        self.paths = count;
        self
    }

    /// Sets the number of threads. The default, 0, is the number of cores.
    pub fn jobs(mut self, count: usize) -> Self {
        self.jobs = count;
        self
    }

    /// Sets a condition that ends the exploration with an error. It is called from time to
    /// time, on the thread that explores.
    pub fn stop_when(
        mut self,
        condition: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        self.stop = Stop::when(condition);
        self
    }
}

/// The result of searching all calls of a flow: a verdict about each action and output.
pub struct Exploration {
    exploration: internal::Exploration,
    compiled: Arc<Compiled>,
}

impl Project {
    /// Searches all calls like `flowsim explore`.
    ///
    /// # Errors
    /// The flow is unknown, every flow is called by another, or threads cannot be started.
    pub fn explore(&self, options: &ExploreOptions) -> Result<Exploration, Error> {
        let (program, flows) = (self.program(), self.explored_flows(options)?);
        let call =
            |flow| engine::Call::new(flow).in_organisation(Arc::clone(self.fixtures()));
        let calls: Vec<engine::Call> = flows.into_iter().map(call).collect();
        let own = Options {
            budget: options.budget,
            jobs: options.jobs,
            is_fixed: options.is_fixed,
            most_paths: options.paths,
        };
        let is_stopped = Cell::new(false);
        let watch = |_| {
            is_stopped.set(is_stopped.get() || options.stop.is_due());
            !is_stopped.get()
        };
        let explored =
            internal::explore_watched(program, &calls, self.fixtures(), own, &watch);
        let exploration = explored.map_err(|problem| {
            Error::system(format!("cannot start threads: {problem}"))
        })?;
        if is_stopped.get() {
            return Err(Stop::error());
        }
        Ok(Exploration { exploration, compiled: Arc::clone(self.compiled()) })
    }

    /// Returns the flows in which the calls start.
    fn explored_flows(&self, options: &ExploreOptions) -> Result<Vec<FlowId>, Error> {
        let program = self.program();
        if let Some(name) = &options.flow {
            let flow = engine::start::flow(program, name);
            return Ok(vec![flow.map_err(|problem| Error::of_call(vec![*problem]))?]);
        }
        let mut flows = program.entry_flows();
        if !options.is_fixed {
            flows.extend(internal::queued_flows(program, self.fixtures()));
        }
        if flows.is_empty() {
            let message = "every flow is called by another; name the flow to start";
            return Err(Error::invalid(message));
        }
        Ok(flows)
    }
}

impl Exploration {
    /// Returns whether every answer was tried in every state, so that every action and
    /// output is decided.
    pub fn is_complete(&self) -> bool {
        self.exploration.is_complete
    }

    /// Renders the verdicts like `flowsim explore`.
    pub fn to_text(&self) -> String {
        let symbols = &self.compiled.program.symbols;
        render_text(&self.exploration, &Additions::default(), symbols)
    }

    /// Returns the verdicts as `flowsim explore --format json` prints them.
    pub fn to_json(&self) -> String {
        let symbols = &self.compiled.program.symbols;
        // Without findings, no file is named.
        let files = Files::new();
        render_json(&self.exploration, &Additions::default(), symbols, &files)
    }
}

impl fmt::Debug for Exploration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}
