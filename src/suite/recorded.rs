//! Recorded calls, made again and compared with what was recorded.

use std::borrow::Cow;
use std::sync::Arc;

use super::mismatch::Mismatch;
use super::play::Played;
use super::scenario::{Case, RecordedCall};
use crate::analysis::comparison::{
    Comparison, Rules, Verdict, compare, render_differences,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::recording::{
    Derived, Recording, Replayed, derive, is_replacement, replay_call,
};
use crate::trace::observation::{Observation, Source};
use crate::trace::{JsonWriter, Trace, execution, write_simulation};
use crate::value::{Json, Text};
use crate::world::Fixtures;

/// A recorded call with all that it takes to make it again.
#[derive(Debug, Clone)]
pub struct Recorded<'r> {
    /// The call as it was recorded.
    pub observation: Observation,
    /// How it began, and the world that it met.
    pub derived: Derived,
    /// What counts as different from it; what was redacted in it does not.
    pub rules: Cow<'r, Rules>,
}

/// A recorded call that was made again.
#[derive(Debug, Clone)]
pub struct Remade {
    /// What happened here; if something is missing, up to there.
    pub replayed: Replayed,
    /// The local call as it is compared; nothing if it could not be made to its end.
    pub local: Option<Observation>,
    /// What the comparison came to.
    pub comparison: Comparison,
}

impl<'r> Recorded<'r> {
    /// What is wrong with a recording of which there is no [`Recorded`].
    pub const NO_CALL: &'static str =
        "the recording holds no call: its response has no trace";

    /// The call of a recording; nothing if its response holds none.
    pub fn of(recording: &Recording, rules: &'r Rules) -> Option<Self> {
        let observation = recording.observation()?;
        let rules = match recording.redactions.is_empty() {
            true => Cow::Borrowed(rules),
            false => Cow::Owned(Rules { redacted: is_replacement, ..rules.clone() }),
        };
        Some(Self { observation, derived: derive(recording), rules })
    }

    /// Makes the call again and compares. `call` is the [derived](Derived::call) one,
    /// `fallback` answers what the recording cannot, and `at_end` sees the session when the
    /// call is over.
    pub fn remake(
        &self,
        call: &Call,
        program: &Arc<Program>,
        fallback: &Fixtures,
        at_end: &mut dyn FnMut(&Session),
    ) -> Remade {
        let replayed = replay_call(call, program, &self.derived, fallback, at_end);
        if let Some(missing) = &replayed.missing {
            let comparison = Comparison::unreplayable(missing.to_string());
            return Remade { replayed, local: None, comparison };
        }
        let local = observed(&replayed.trace, program, self.observation.source);
        let comparison = compare(&self.observation, &local, &self.rules);
        Remade { replayed, local: Some(local), comparison }
    }
}

/// The local call in the form that fits the recorded one: of one of Architect's flows, an
/// execution document or a simulation response, which tell of other steps.
fn observed(trace: &Trace, program: &Program, recorded: Source) -> Observation {
    let legend = &program.legend;
    if program.unit(trace.flow).architect.is_none() {
        return Observation::of_trace(trace, legend);
    }
    if recorded == Source::Simulation {
        let mut text = String::new();
        write_simulation(&JsonWriter::new(legend), trace, &mut text);
        let response = Json::parse(&text).ok();
        let observation = response.and_then(|it| Observation::of_simulation(&it));
        if let Some(observation) = observation {
            return observation;
        }
    }
    Observation::of_document(&execution::of_trace(trace, legend))
}

/// The recorded call of a case and how it is made. `recording` is the one that the case
/// names, read.
pub(super) fn prepare<'c>(
    case: &'c Case,
    named: &'c RecordedCall,
    recording: Option<&Recording>,
    program: &Program,
) -> Result<(Recorded<'c>, Call), Vec<Diagnostic>> {
    let wrong = |message: &str| {
        vec![Diagnostic::new(Code::INVALID_SCENARIO, message).at(named.span)]
    };
    let recording = recording.ok_or_else(|| wrong("the recording was not read"))?;
    let mut recorded =
        Recorded::of(recording, &named.rules).ok_or_else(|| wrong(Recorded::NO_CALL))?;
    let own = case.start.flow.as_ref();
    if let Some(flow) = own {
        stand_in(&flow.value, &mut recorded.derived, program);
    }
    let call = recorded.derived.call(program).map_err(|problem| {
        let span = own.map_or(named.span, |flow| flow.span);
        let mut problem = Diagnostic { code: Code::INVALID_SCENARIO, ..*problem };
        if own.is_none() {
            let near = problem.help.take().map_or_else(String::new, |near| near + " ");
            let advice = "say with `flow` which flow stands for the recorded one";
            problem.help = Some(format!("{near}{advice}"));
        }
        vec![problem.at(span)]
    })?;
    Ok((recorded, call))
}

/// Another flow stands for the one in which the call began. What that one was answered is
/// for whoever asks: it is here under another name, or not at all.
fn stand_in(flow: &Text, derived: &mut Derived, program: &Program) {
    let began = [derived.flow.take(), derived.flow_name.take()];
    for answer in &mut derived.answers {
        let is_other = |it: &Text| {
            program.flow(it).is_some() && !began.iter().flatten().any(|own| own == it)
        };
        answer.flow = answer.flow.take().filter(is_other);
    }
    derived.flow = Some(flow.clone());
}

/// What is not as it was recorded, if anything is not.
pub(super) fn check(case: &Case, played: &Played, program: &Program) -> Option<Mismatch> {
    let (named, comparison) = (case.recording.as_ref()?, played.comparison.as_ref()?);
    let cause = comparison.cause.as_ref().map(|cause| cause.text.as_str());
    let mismatch = |message: String| Mismatch::new(named.span, "recording", message);
    match comparison.verdict {
        Verdict::Equal => None,
        Verdict::Unreplayable => {
            let message = format!("unreplayable: {}", cause.unwrap_or_default());
            let asks = played.trace.steps.len().checked_sub(1);
            Some(mismatch(message).at_step(asks))
        }
        Verdict::Different => {
            let message = cause.unwrap_or("the call does not go as it was recorded");
            let text = render_differences(comparison);
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            Some(
                mismatch(message.to_owned())
                    .at_step(local_step(comparison, &played.trace, program))
                    .because(lines),
            )
        }
    }
}

/// The step of the trace where the first difference shows. The steps of an execution
/// document are others than those of the trace.
fn local_step(
    comparison: &Comparison,
    trace: &Trace,
    program: &Program,
) -> Option<usize> {
    let is_draft = program.unit(trace.flow).architect.is_none();
    let step = comparison.first_difference.as_ref()?.local_step?;
    step.checked_sub(1).filter(|_| is_draft)
}

impl Played {
    /// Whether the call came to its end; not if it was to be as recorded and the recording
    /// lacks something.
    pub fn is_whole(&self) -> bool {
        let comparison = self.comparison.as_ref();
        comparison.is_none_or(|it| it.verdict != Verdict::Unreplayable)
    }
}
