//! Motions of the debugger: forwards and backwards, up to a stop.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::breakpoint::{Breakpoint, Filters, Owner, Wish, written};
use super::difference::Differing;
use super::launch::Target;
use super::reverse::is_stopping_place;
use super::{answer, expression};
use crate::engine::{Call, Session};
use crate::flow::{NodeId, VariableId};
use crate::program::Program;
use crate::report::scenario::{self, Start};
use crate::source::relative;
use crate::timeline::{BranchId, Scripted, Timeline};
use crate::trace::{Event, EventKind, Trace};
use crate::value::Value;
use crate::world::{Answer, Fixtures, Input, Question};

/// A motion of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// To the next or last action, at any level.
    Into,
    /// To the next or last action that is not in a called task or module.
    Over,
    /// To the caller of the task or module.
    Out,
    /// To the next or last stop.
    Continue,
}

/// The reason of a stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The motion is complete.
    Done,
    /// Breakpoints with these numbers are before the next action.
    Breakpoint(Vec<u32>),
    /// The caller must answer.
    Question,
    /// A watched variable was set, or is set by the next action.
    Variable(VariableId),
    /// An action failed, or the next action fails.
    Error,
    /// A prompt was played, or the next action plays one.
    Prompt,
    /// The next action is the first difference from the recording.
    Difference,
    /// The person wants to see the call.
    Paused,
    /// The call is over.
    End,
    /// Nothing is before this place.
    Begin,
}

/// Something that a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A prompt that the caller heard.
    Prompt(String),
    /// An input of the caller.
    Input(String),
    /// A message of a log point.
    Log(String),
}

/// A call that a person debugs.
#[derive(Debug, Clone)]
pub struct Debugger {
    pub(super) timeline: Timeline<Scripted>,
    pub(super) program: Arc<Program>,
    call: Call,
    fixtures: Arc<Fixtures>,
    start: Option<Start>,
    pub(super) difference: Option<Differing>,
    pub(super) breakpoints: Vec<Breakpoint>,
    next_id: u32,
    watched: Vec<VariableId>,
    filters: Filters,
    output: Vec<Output>,
    /// The motion that a question interrupted.
    pub(super) motion: Motion,
    /// The number of requests that want a motion to stop.
    interrupts: Arc<AtomicUsize>,
}

impl Debugger {
    /// Begins the call and stops before its first node.
    pub fn begin(target: Target) -> Self {
        let Target { program, call, respondent, fixtures, difference, start, .. } =
            target;
        Self {
            timeline: Timeline::begin(Arc::clone(&program), &call, respondent),
            program,
            call,
            fixtures,
            start,
            difference,
            breakpoints: Vec::new(),
            next_id: 1,
            watched: Vec::new(),
            filters: Filters::default(),
            output: Vec::new(),
            motion: Motion::Over,
            interrupts: Arc::default(),
        }
    }

    /// Sets the number of requests that want the call to stop. While it is not 0, motions
    /// forwards stop before the next action.
    #[must_use]
    pub fn interrupted_by(self, interrupts: Arc<AtomicUsize>) -> Self {
        Self { interrupts, ..self }
    }

    /// The timeline of the call.
    pub fn timeline(&self) -> &Timeline<Scripted> {
        &self.timeline
    }

    /// The compiled flows.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The call.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The organisation.
    pub fn fixtures(&self) -> &Fixtures {
        &self.fixtures
    }

    /// The first difference from the recording.
    pub fn difference(&self) -> Option<&Differing> {
        self.difference.as_ref()
    }

    /// The breakpoints, in the order of their numbers.
    pub fn breakpoints(&self) -> &[Breakpoint] {
        &self.breakpoints
    }

    /// Adds a breakpoint and returns its number.
    ///
    /// # Errors
    /// It has no action, or its condition, rule or message is invalid.
    pub fn add_breakpoint(
        &mut self,
        owner: Owner,
        nodes: Vec<NodeId>,
        wish: &Wish,
    ) -> Result<u32, String> {
        let id = self.next_id;
        let new = Breakpoint::new(id, owner, nodes, wish, &self.program)?;
        self.next_id += 1;
        self.breakpoints.push(new);
        Ok(id)
    }

    /// Keeps the breakpoints that a predicate accepts.
    pub fn retain_breakpoints(&mut self, is_kept: impl FnMut(&Breakpoint) -> bool) {
        self.breakpoints.retain(is_kept);
    }

    /// Removes everything at which motions stop but questions and the end.
    pub fn clear_stops(&mut self) {
        self.breakpoints.clear();
        self.watched.clear();
        self.filters = Filters::default();
        self.difference = None;
    }

    /// Sets the events at which motions stop.
    pub fn set_filters(&mut self, filters: Filters) {
        self.filters = filters;
    }

    /// The events at which motions stop.
    pub fn filters(&self) -> Filters {
        self.filters
    }

    /// Sets the variables at whose changes motions stop.
    pub fn set_watched(&mut self, watched: Vec<VariableId>) {
        self.watched = watched;
    }

    /// Variables at whose changes motions stop.
    pub fn watched(&self) -> &[VariableId] {
        &self.watched
    }

    /// Takes the prompts, inputs and messages since the last time.
    pub fn take_output(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.output)
    }

    /// Returns the reason why the call does not continue by itself, if there is one.
    pub fn halted(&self) -> Option<Stop> {
        if self.timeline.session().is_finished() {
            return Some(Stop::End);
        }
        let is_asking = self.caller_is_asked() && self.timeline.known_answer().is_none();
        is_asking.then_some(Stop::Question)
    }

    /// Starts the call, up to its first stop. In a draft flow, nothing is before the first
    /// action.
    pub fn start(&mut self, stops_on_entry: bool) -> Stop {
        if let Some(halted) = self.halted() {
            return halted;
        }
        if let Some(stop) = self.stop_before_next() {
            return stop;
        }
        match stops_on_entry {
            true if self.is_stopping_place() => Stop::Done,
            true => self.forward(Motion::Into),
            false => self.forward(Motion::Continue),
        }
    }

    /// Moves forwards up to a stop.
    pub fn forward(&mut self, motion: Motion) -> Stop {
        self.motion = motion;
        let depth = self.timeline.session().depth();
        loop {
            if let Some(halted) = self.halted() {
                return halted;
            }
            if let Some(stop) = self.advance() {
                return stop;
            }
            let now = self.timeline.session().depth();
            let is_there = match motion {
                Motion::Into => true,
                Motion::Over => now <= depth,
                Motion::Out => now < depth,
                Motion::Continue => false,
            };
            if is_there && self.is_stopping_place() {
                return Stop::Done;
            }
            let is_interrupted = self.interrupts.load(Ordering::Relaxed) > 0;
            if is_interrupted && self.is_stopping_place() {
                return Stop::Paused;
            }
        }
    }

    /// Moves on by one node or answer. Returns the reason of a stop.
    fn advance(&mut self) -> Option<Stop> {
        let session = self.timeline.session();
        let (events, inputs) = (session.events().len(), self.timeline.inputs().len());
        if !self.timeline.forward() {
            return self.halted();
        }
        self.note_output(events, inputs);
        let session = self.timeline.session();
        let new = session.events().get(events..).unwrap_or_default();
        self.stop_of_events(new)
            .or_else(|| {
                let is_ended = session.is_finished();
                let failed = is_ended && self.filters.unhandled && has_failed(session);
                failed.then_some(Stop::Error)
            })
            .or_else(|| self.stop_before_next())
    }

    fn note_output(&mut self, events: usize, inputs: usize) {
        let inputs = self.timeline.inputs().skip(inputs);
        let mut new: Vec<Output> =
            inputs.map(|input| Output::Input(input.to_string())).collect();
        let session = self.timeline.session();
        let events = session.events().get(events..).unwrap_or_default();
        new.extend(events.iter().filter_map(|event| match &event.kind {
            EventKind::Prompted(phrase) => {
                Some(Output::Prompt(phrase.text(&self.program.symbols).to_string()))
            }
            _ => None,
        }));
        self.output.extend(new);
    }

    pub(super) fn stop_of_events(&self, events: &[Event]) -> Option<Stop> {
        events.iter().find_map(|event| {
            if let Some(variable) = written(event, &self.watched) {
                return Some(Stop::Variable(variable));
            }
            if self.filters.is_error(event) {
                return Some(Stop::Error);
            }
            self.filters.is_prompt(event).then_some(Stop::Prompt)
        })
    }

    /// Returns the reason to stop before the next action; prints messages of log points.
    fn stop_before_next(&mut self) -> Option<Stop> {
        let session = self.timeline.session();
        let node = session.next_node()?;
        let differing = self.difference.as_ref().map(|it| it.step);
        if differing == Some(session.steps().len()) {
            return Some(Stop::Difference);
        }
        let mut ids = Vec::new();
        for breakpoint in &self.breakpoints {
            if breakpoint.is_hit(session, node) {
                match breakpoint.message(session) {
                    Some(message) => self.output.push(Output::Log(message)),
                    None => ids.push(breakpoint.id),
                }
            }
        }
        (!ids.is_empty()).then_some(Stop::Breakpoint(ids))
    }

    /// Whether the caller is asked.
    fn caller_is_asked(&self) -> bool {
        matches!(self.timeline.session().question(), Some(Question::Input(_)))
    }

    /// Whether a step stops here: before an action, or while the caller is asked.
    pub(super) fn is_stopping_place(&self) -> bool {
        is_stopping_place(self.timeline.session(), &self.program)
    }

    /// Gives the answer of the caller, and continues the motion that the question
    /// interrupted. Returns `None` if the caller is not asked.
    pub fn answer(&mut self, input: Input) -> Option<Stop> {
        if !self.caller_is_asked() {
            return None;
        }
        let session = self.timeline.session();
        let (events, inputs) = (session.events().len(), self.timeline.inputs().len());
        self.breakpoints.iter().for_each(Breakpoint::recount);
        self.timeline.answer(Answer::Input(input));
        self.note_output(events, inputs);
        let session = self.timeline.session();
        let new = session.events().get(events..).unwrap_or_default();
        let stop = self.stop_of_events(new).or_else(|| self.stop_before_next());
        if stop.is_some() {
            return stop;
        }
        Some(match self.motion {
            Motion::Continue => self.forward(Motion::Continue),
            _ if self.is_stopping_place() => Stop::Done,
            motion => self.forward(motion),
        })
    }

    /// Parses an answer of the caller. Returns `None` if the caller is not asked, or if
    /// the text is not an answer.
    pub fn input(&self, text: &str) -> Option<Input> {
        match self.timeline.session().question() {
            Some(Question::Input(question)) => answer::parse(text, &question),
            _ => None,
        }
    }

    /// Evaluates an expression at a level.
    ///
    /// # Errors
    /// The expression is invalid, or has no value here; the message says why.
    pub fn evaluate(&self, level: usize, text: &str) -> Result<Value, String> {
        expression::evaluate(self.timeline.session(), level, text)
    }

    /// Returns the variable with this name that is visible at a level.
    pub fn variable(&self, level: usize, name: &str) -> Option<VariableId> {
        let session = self.timeline.session();
        match session.names(level) {
            Some(names) => names.named(name).map(|(id, _)| id),
            None => {
                let values = session.flow_values(level);
                let symbols = &self.program.symbols;
                let mut ids = values.into_iter().map(|(id, _)| id);
                ids.find(|id| symbols.variable(*id) == name)
            }
        }
    }

    /// Sets a variable to the value of an expression, and returns the value.
    ///
    /// # Errors
    /// There is no such variable, or it cannot have the value; the message says why.
    pub fn assign(
        &mut self,
        level: usize,
        name: &str,
        text: &str,
    ) -> Result<Value, String> {
        let session = self.timeline.session();
        let (id, value) = expression::assignment(session, level, name, text)?;
        match self.timeline.assign(level, id, value.clone()) {
            true => Ok(value),
            false => Err("the call is over".to_owned()),
        }
    }

    /// Continues on another branch of the call. Returns `false` if there is no such
    /// branch.
    pub fn switch(&mut self, branch: BranchId) -> bool {
        self.breakpoints.iter().for_each(Breakpoint::recount);
        self.timeline.switch(branch)
    }

    /// Goes to the beginning of the call; the branches stay.
    pub fn restart(&mut self) {
        self.breakpoints.iter().for_each(Breakpoint::recount);
        self.timeline.go_to(0);
        self.output.clear();
    }

    /// The trace of the call up to here.
    pub fn trace(&self) -> Option<Trace> {
        let session = self.timeline.session();
        session.trace_so_far().or_else(|| session.clone().take_trace())
    }

    /// Whether the call can be written as a scenario file: a recording cannot.
    pub fn has_scenario(&self) -> bool {
        self.start.is_some()
    }

    /// Returns the call up to here as a scenario file; `None` for a recording. Its paths
    /// are relative to the folder, if one is given.
    pub fn scenario(&self, folder: Option<&Path>) -> Option<String> {
        let (mut start, trace) = (self.start.clone()?, self.trace()?);
        if let Some(folder) = folder {
            for path in start.flows.iter_mut().chain(&mut start.fixtures) {
                *path = relative(path, folder);
            }
        }
        let inputs = self.timeline.inputs();
        let trace = (&trace, self.timeline.session().is_finished());
        let mut text = scenario::of_call(&start, inputs, trace, &self.program.symbols);
        let changes = self.timeline.branch().changes().iter();
        if changes.filter(|(_, change)| !change.is_answer()).count() > 0 {
            text.push_str(
                "# Variables were set during the call; a test cannot do this.\n",
            );
        }
        Some(text)
    }
}

fn has_failed(session: &Session) -> bool {
    session.status().is_some_and(|status| status != crate::trace::Status::Completed)
}
