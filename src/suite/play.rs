//! Making the call of a case.

use std::path::Path;
use std::sync::Arc;

use super::recorded::{self, Recorded};
use super::scenario::{Case, Expectation, Flag};
use super::{Mismatch, askable, script};
use crate::analysis::comparison::Comparison;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, Limits, Session, start};
use crate::program::Program;
use crate::recording::Recording;
use crate::source::Span;
use crate::trace::Trace;
use crate::value::{Text, Value};
use crate::world::{Answer, Fixtures, Input, Question, Replies};

/// A case whose names are resolved: it can be played any number of times.
#[derive(Debug, Clone)]
pub struct Prepared<'c> {
    pub(super) case: &'c Case,
    call: Call,
    fixtures: Arc<Fixtures>,
    /// The case's own fixtures, if it matters which of their answers are used.
    own: Option<Fixtures>,
    /// Variables that are expected and that traces do not hold: those that Architect brings
    /// along.
    built_ins: Vec<Text>,
    /// The recorded call that it makes again.
    recorded: Option<Recorded<'c>>,
}

/// A case that was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// What happened.
    pub trace: Trace,
    /// The turns of the script that did not come about.
    pub script: Vec<Mismatch>,
    /// What the caller would have done, and nobody asked for.
    pub unused_inputs: Vec<Input>,
    /// The answers that the case's own fixtures prepare and nobody asked for; only found if
    /// the case [forbids](Flag::NoUnusedFixtures) them.
    pub unused_fixtures: Vec<Text>,
    /// How the call compares with the recorded one, if the case makes one again.
    pub comparison: Option<Comparison>,
    /// What is worth knowing of how the call was played.
    pub notes: Vec<Text>,
    /// What variables that Architect brings along hold at the end; only those that the case
    /// has expectations of.
    pub(super) built_ins: Vec<(Text, Value)>,
}

/// Resolves the names of a case: the flow, the node, the variables that it sets. `fixtures`
/// are those of the suite with those of the case laid over them, `recording` is the one that
/// the case names.
///
/// # Errors
/// Everything that does not exist or does not fit, at its place in the scenario file.
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
        None => (None, call(case, program)?),
    };
    let slips = askable::slips(case, program, fixtures);
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

/// The call that a case describes.
fn call(case: &Case, program: &Program) -> Result<Call, Vec<Diagnostic>> {
    let begin = &case.start;
    let flow = match &begin.flow {
        Some(name) => start::flow(program, &name.value).map_err(|it| at(*it, name.span)),
        None => start::only_entry(program)
            .map_err(|it| at(it.help("say which one with `flow`"), case.span)),
    };
    let flow = flow.map_err(|problem| vec![problem])?;
    with_start(Call::new(flow), case, program)
}

/// The call as the case begins it.
fn with_start(
    call: Call,
    case: &Case,
    program: &Program,
) -> Result<Call, Vec<Diagnostic>> {
    let (begin, flow, limits) = (&case.start, call.flow(), Limits::default());
    let mut problems = Vec::new();
    let mut call = call.seed(begin.seed).strict(begin.is_strict).limits(Limits {
        timeout_ms: begin.timeout_ms,
        max_actions: begin.max_actions.unwrap_or(limits.max_actions),
        ..limits
    });
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

/// What is wrong with a case, at its place.
fn at(problem: Diagnostic, span: Span) -> Diagnostic {
    Diagnostic { code: Code::INVALID_SCENARIO, ..problem }.at(span)
}

fn own_fixtures(case: &Case) -> Option<Fixtures> {
    let is_watched = |flag| {
        let mut expectations = case.expectations.iter().map(|written| &written.value);
        expectations.any(|it| matches!(it, Expectation::Flag(own) if *own == flag))
    };
    let node = case.fixtures.as_ref().filter(|_| is_watched(Flag::NoUnusedFixtures))?;
    // Whoever laid them over the others has told what is wrong with them.
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
    /// The call that is made, such as to start a session for this case and others of the same
    /// program.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// What the variables of Architect hold that are expected.
    fn built_ins_at_end(&self, session: &Session) -> Vec<(Text, Value)> {
        let value = |name: &Text| session.variable(name).cloned().unwrap_or_default();
        self.built_ins.iter().map(|name| (name.clone(), value(name))).collect()
    }
}

/// Makes the call of a case in a session of its program; the call that was made in it before
/// is forgotten.
pub fn play(case: &Prepared<'_>, session: &mut Session) -> Played {
    if let Some(recorded) = &case.recorded {
        return play_recorded(case, recorded, session.program());
    }
    session.restart(&case.call);
    let mut world = World::new(case);
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
    Played {
        trace,
        script,
        unused_inputs: world.inputs.to_vec(),
        unused_fixtures: world.unused_answers(),
        comparison: None,
        notes,
        built_ins,
    }
}

/// Makes a recorded call again. Who answers is the recording, and the fixtures of the case
/// where that cannot.
fn play_recorded(
    case: &Prepared<'_>,
    recorded: &Recorded<'_>,
    program: &Arc<Program>,
) -> Played {
    let mut built_ins = Vec::new();
    let remade = recorded.remake(&case.call, program, &case.fixtures, &mut |session| {
        built_ins = case.built_ins_at_end(session);
    });
    let unused = remade.replayed.unused.into_iter();
    let inputs = unused.filter_map(|it| match it.answer {
        Answer::Input(input) => Some(input),
        _ => None,
    });
    Played {
        trace: remade.replayed.trace,
        script: Vec::new(),
        unused_inputs: inputs.collect(),
        unused_fixtures: Vec::new(),
        comparison: Some(remade.comparison),
        notes: Vec::new(),
        built_ins,
    }
}

/// What answers the questions of a call.
pub(super) struct World<'p> {
    fixtures: &'p Fixtures,
    replies: Replies,
    own: Option<(&'p Fixtures, Replies)>,
    /// What the caller has not done yet.
    pub(super) inputs: &'p [Input],
}

impl<'p> World<'p> {
    fn new(case: &'p Prepared<'_>) -> Self {
        Self {
            fixtures: &case.fixtures,
            replies: Replies::default(),
            own: case.own.as_ref().map(|own| (own, Replies::default())),
            inputs: &case.case.inputs,
        }
    }

    /// Goes on until the flow listens to the caller; false if the call is over before.
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

    /// What the caller does next; silence when nothing is left.
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
