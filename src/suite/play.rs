//! Execution of test calls.

use std::path::Path;
use std::sync::Arc;

use super::recorded::{self, Recorded};
use super::scenario::{Case, Expectation, Forbidden};
use super::{Mismatch, callable_names, properties, script};
use crate::analysis::comparison::Comparison;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, DEFAULT_START, Limits, Session, start};
use crate::program::Program;
use crate::recording::Recording;
use crate::source::Span;
use crate::trace::Trace;
use crate::value::{Text, Value};
use crate::world::{Answer, AnswerProgress, Fixtures, Input, Question};

/// A case with resolved names. It can be played any number of times.
#[derive(Debug, Clone)]
pub struct Prepared<'c> {
    pub(super) case: &'c Case,
    call: Call,
    fixtures: Arc<Fixtures>,
    /// The case's own fixtures, if unused answers matter.
    own: Option<Fixtures>,
    /// Expected variables that are missing from traces: the built-in ones of Architect.
    built_ins: Vec<Text>,
    /// Recorded call that the case replays.
    recorded: Option<Recorded<'c>>,
}

/// The result of playing a case.
#[derive(Debug, Clone)]
pub struct Played {
    /// Trace of the call.
    pub trace: Trace,
    /// Mismatches of the script.
    pub script: Vec<Mismatch>,
    /// Properties that the call breaks.
    pub properties: Vec<Mismatch>,
    /// Caller input that was never used.
    pub unused_inputs: Vec<Input>,
    /// Unused answers in the case's own fixtures. Only collected if the case
    /// [forbids](Forbidden::NoUnusedFixtures) them.
    pub unused_fixtures: Vec<Text>,
    /// Comparison with the recorded call, if the case replays one.
    pub comparison: Option<Comparison>,
    /// Notes on how the call was played.
    pub notes: Vec<Text>,
    /// Attributes of the participant at the start.
    pub(super) given_attributes: Vec<(Text, Text)>,
    /// Final values of Architect's built-in variables; only those with an expectation.
    pub(super) built_ins: Vec<(Text, Value)>,
}

/// Resolves the names of a case: the flow, the node, and the variables that it sets.
/// `fixtures` are those of the suite merged with those of the case. `recording` is the
/// one that the case names.
///
/// # Errors
/// Everything that does not exist or does not fit, with its position in the scenario
/// file.
pub fn prepare<'c>(
    case: &'c Case,
    recording: Option<&Recording>,
    program: &Program,
    fixtures: &Arc<Fixtures>,
) -> Result<Prepared<'c>, Vec<Diagnostic>> {
    let (recorded, call) = match &case.recording {
        Some(named) => {
            let (recorded, call) = recorded::prepare(case, named, recording, program)?;
            (Some(recorded), call)
        }
        None => (None, call(case, program, fixtures)?),
    };
    let mut slips = callable_names::misspelt_names(case, program, fixtures);
    slips.extend(properties::problems(case, program, call.flow()));
    if !slips.is_empty() {
        return Err(slips);
    }
    let call = call.in_organisation(Arc::clone(fixtures));
    Ok(Prepared {
        case,
        built_ins: built_ins(case, program, &call),
        call,
        fixtures: Arc::clone(fixtures),
        own: own_fixtures(case),
        recorded,
    })
}

/// Creates the call that a case describes.
fn call(
    case: &Case,
    program: &Program,
    fixtures: &Fixtures,
) -> Result<Call, Vec<Diagnostic>> {
    let begin = &case.start;
    let number = start::dialled_number(&begin.context);
    let routed = number.as_deref().and_then(|number| {
        let time = begin.at.unwrap_or(DEFAULT_START);
        Some((number, fixtures.route(number, time)?))
    });
    let flow = match (&begin.flow, routed) {
        (Some(name), _) => {
            start::flow(program, &name.value).map_err(|it| at(*it, name.span))
        }
        (None, Some((number, routed))) => {
            start::dialled(program, number, routed).map_err(|it| at(*it, case.span))
        }
        (None, None) => start::only_entry(program)
            .map_err(|it| at(it.help("choose one with `flow`"), case.span)),
    };
    let flow = flow.map_err(|problem| vec![problem])?;
    with_start(Call::new(flow).takes_messages(true), case, program)
}

/// Applies the start of the case to the call.
fn with_start(
    call: Call,
    case: &Case,
    program: &Program,
) -> Result<Call, Vec<Diagnostic>> {
    let (begin, flow, limits) = (&case.start, call.flow(), Limits::default());
    let mut problems = Vec::new();
    let limits = Limits {
        timeout_ms: begin.timeout_ms,
        max_actions: begin.max_actions.unwrap_or(limits.max_actions),
        ..limits
    };
    let mut call = call
        .seed(begin.seed)
        .strict(begin.is_strict)
        .stop_at_queue(begin.stops_at_queue)
        .limits(limits);
    if let Some(name) = &begin.node {
        match start::node(program, flow, &name.value) {
            Ok(node) => call = call.at_node(node),
            Err(problem) => problems.push(at(*problem, name.span)),
        }
    }
    if let Some(time) = begin.at {
        call = call.at(time);
    }
    for (name, value) in &begin.context {
        call = call.context(program, name, value.clone());
    }
    for (name, value) in &begin.variables {
        match start::variable(program, flow, name, value) {
            Ok(()) => call = call.variable(program, name, value.clone()),
            Err(problem) => problems.push(at(*problem, case.span)),
        }
    }
    if problems.is_empty() { Ok(call) } else { Err(problems) }
}

/// Converts a problem to a scenario error at its position.
fn at(problem: Diagnostic, span: Span) -> Diagnostic {
    Diagnostic { code: Code::INVALID_SCENARIO, ..problem }.at(span)
}

fn own_fixtures(case: &Case) -> Option<Fixtures> {
    let is_watched = |flag| {
        let mut expectations = case.expectations.iter().map(|written| &written.value);
        expectations.any(|it| matches!(it, Expectation::Forbidden(own) if *own == flag))
    };
    let node =
        case.fixtures.as_ref().filter(|_| is_watched(Forbidden::NoUnusedFixtures))?;
    // Problems in these fixtures are reported when they are merged with the others.
    Some(Fixtures::read(node, Path::new("")).0)
}

fn built_ins(case: &Case, program: &Program, call: &Call) -> Vec<Text> {
    let expected = case.expectations.iter().filter_map(|written| match &written.value {
        Expectation::Variable(name, _) => Some(name),
        _ => None,
    });
    let is_built_in = |name: &&Text| {
        let id = program.variable(call.flow(), name);
        id.is_some_and(|id| id.0 >= program.built_in_first)
    };
    expected.filter(is_built_in).cloned().collect()
}

impl Prepared<'_> {
    /// Returns the call, for example to start a session for this and other cases of the
    /// same program.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Makes the call end at a transfer to a queue.
    #[must_use]
    pub fn stopping_at_queue(mut self) -> Self {
        self.call = self.call.stop_at_queue(true);
        self
    }

    /// Returns the final values of the expected built-in variables.
    fn built_ins_at_end(&self, session: &Session) -> Vec<(Text, Value)> {
        let value = |name: &Text| session.variable(name).cloned().unwrap_or_default();
        self.built_ins.iter().map(|name| (name.clone(), value(name))).collect()
    }
}

/// Plays a case in a session of its program. The previous call of the session is
/// discarded.
pub fn play(case: &Prepared<'_>, session: &mut Session) -> Played {
    if let Some(recorded) = &case.recorded {
        return play_recorded(case, recorded, session.program());
    }
    session.restart(&case.call);
    let mut world = Answerer::new(case);
    let (mut script, mut notes) = (Vec::new(), Vec::new());
    if case.case.script.is_empty() {
        while world.runs_to_input(session) {
            let input = world.next_input();
            session.resume(Answer::Input(input));
        }
    } else {
        (script, notes) = script::play(&case.case.script, &mut world, session);
    }
    let built_ins = case.built_ins_at_end(session);
    let trace = session.take_trace().expect("a session without a question is over");
    let program = session.program();
    Played {
        given_attributes: case.call.given_attributes().to_vec(),
        properties: properties::check(case.case, &case.call, &trace, program),
        trace,
        script,
        unused_inputs: world.inputs.to_vec(),
        unused_fixtures: world.unused_answers(),
        comparison: None,
        notes,
        built_ins,
    }
}

/// Replays a recorded call. The recording answers first, then the fixtures of the case.
fn play_recorded(
    case: &Prepared<'_>,
    recorded: &Recorded<'_>,
    program: &Arc<Program>,
) -> Played {
    let mut built_ins = Vec::new();
    let remade = recorded.replay(&case.call, program, &case.fixtures, &mut |session| {
        built_ins = case.built_ins_at_end(session);
    });
    let unused = remade.replayed.unused.into_iter();
    let inputs = unused.filter_map(|it| match it.answer {
        Answer::Input(input) => Some(input),
        _ => None,
    });
    let trace = remade.replayed.trace;
    Played {
        given_attributes: case.call.given_attributes().to_vec(),
        properties: properties::check(case.case, &case.call, &trace, program),
        trace,
        script: Vec::new(),
        unused_inputs: inputs.collect(),
        unused_fixtures: Vec::new(),
        comparison: Some(remade.comparison),
        notes: Vec::new(),
        built_ins,
    }
}

/// Answers the questions of a call.
pub(super) struct Answerer<'p> {
    fixtures: &'p Fixtures,
    replies: AnswerProgress,
    own: Option<(&'p Fixtures, AnswerProgress)>,
    /// Remaining caller input.
    pub(super) inputs: &'p [Input],
}

impl<'p> Answerer<'p> {
    fn new(case: &'p Prepared<'_>) -> Self {
        Self {
            fixtures: &case.fixtures,
            replies: AnswerProgress::default(),
            own: case.own.as_ref().map(|own| (own, AnswerProgress::default())),
            inputs: &case.case.inputs,
        }
    }

    /// Runs until the flow waits for caller input. Returns `false` if the call ends
    /// first.
    pub(super) fn runs_to_input(&mut self, session: &mut Session) -> bool {
        while let Some(question) = session.question() {
            if let Question::Input(_) = question {
                return true;
            }
            if let Some((own, replies)) = &mut self.own {
                own.answer(&question, replies);
            }
            let answer = self.fixtures.answer(&question, &mut self.replies);
            session.resume(answer);
        }
        false
    }

    /// Returns the next caller input, or silence if none is left.
    pub(super) fn next_input(&mut self) -> Input {
        match self.inputs.split_first() {
            Some((next, rest)) => {
                self.inputs = rest;
                next.clone()
            }
            None => Input::Silence,
        }
    }

    fn unused_answers(&self) -> Vec<Text> {
        let own = self.own.as_ref();
        own.map(|(own, replies)| own.unused_answers(replies)).unwrap_or_default()
    }
}
