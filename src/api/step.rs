//! Steps of traces.

use std::fmt;
use std::time::Duration;

use super::trace::duration;
use crate::flow::NodeLabel;
use crate::program::Program;
use crate::trace::{self as internal, EventKind, PathTaken, Trace};

/// One executed node of a call.
#[derive(Clone, Copy)]
pub struct Step<'t> {
    trace: &'t Trace,
    program: &'t Program,
    index: usize,
}

impl<'t> Step<'t> {
    pub(super) fn new(trace: &'t Trace, program: &'t Program, index: usize) -> Self {
        Self { trace, program, index }
    }

    fn step(&self) -> &'t internal::Step {
        &self.trace.steps[self.index]
    }

    fn label(&self) -> &'t NodeLabel {
        self.program.symbols.node(self.step().node)
    }

    /// The id of the node.
    pub fn id(&self) -> &'t str {
        &self.label().id
    }

    /// The name of the node; the id if it has no name.
    pub fn name(&self) -> &'t str {
        &self.label().name
    }

    /// The type of the node as written, such as `Gather` or `transferToAcd`.
    pub fn node_type(&self) -> &'t str {
        &self.label().node_type
    }

    /// The name of the flow that contains the node.
    pub fn flow(&self) -> &'t str {
        &self.program.symbols.flow(self.label().flow).name
    }

    /// The nesting depth: 0 in the flow in which the call started.
    pub fn depth(&self) -> u16 {
        self.step().depth
    }

    /// The output that the call left by: `next`, `error`, `default`, the condition as
    /// written, or the name of an Architect action's output. Returns `None` if the flow
    /// ended or was cut off here.
    pub fn output(&self) -> Option<&'t str> {
        let label = self.label();
        match self.step().path {
            PathTaken::None => None,
            PathTaken::Next => Some("next"),
            PathTaken::Error => Some("error"),
            PathTaken::Default => Some("default"),
            PathTaken::Condition(number) => {
                let index = usize::from(number).checked_sub(1)?;
                label.conditions.get(index).map(|text| &**text)
            }
            PathTaken::Output(index) => {
                label.outputs.get(usize::from(index)).map(|text| &**text)
            }
        }
    }

    /// The code and message of the step's error, if it failed.
    pub fn error(&self) -> Option<(&'static str, &'t str)> {
        self.events().find_map(|event| match event {
            EventKind::Failed(failure) => Some((failure.code.name(), &*failure.message)),
            _ => None,
        })
    }

    /// The prompts that the caller heard in this step.
    pub fn prompts(&self) -> Vec<&'t str> {
        let symbols = &self.program.symbols;
        let prompts = self.events().filter_map(|event| match event {
            EventKind::Prompted(phrase) => Some(phrase.text(symbols).as_str()),
            _ => None,
        });
        prompts.collect()
    }

    fn events(&self) -> impl Iterator<Item = &'t EventKind> {
        self.trace.events_of(self.index)
    }

    /// The virtual time since the start of the call at which the step began.
    pub fn start(&self) -> Duration {
        duration(self.step().start_ms)
    }

    /// The virtual time since the start of the call at which the step ended.
    pub fn end(&self) -> Duration {
        duration(self.step().end_ms)
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Step").field(&self.name()).finish()
    }
}
