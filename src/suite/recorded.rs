//! Replay of recorded calls, and comparison with the recording.

use std::borrow::Cow;
use std::sync::Arc;

use super::mismatch::Mismatch;
use super::play::Played;
use super::scenario::{Case, RecordedCall};
use crate::analysis::comparison::{Comparison, Rules, Verdict, compare};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, Session};
use crate::program::Program;
use crate::recording::{
    Derived, Recording, Replayed, derive_from, is_replacement, replay_call,
};
use crate::trace::observation::{Observation, Source};
use crate::trace::{JsonWriter, Trace, execution, write_simulation};
use crate::value::{Json, Text};
use crate::world::Fixtures;

/// A recorded call with everything that its replay needs.
#[derive(Debug, Clone)]
pub struct Recorded<'r> {
    /// The recorded call, without the exchanges of its steps, which `derived` has.
    pub observation: Observation,
    /// Start of the call and answers of its environment, derived from the recording.
    pub derived: Derived,
    /// Comparison rules; redacted values are never differences.
    pub rules: Cow<'r, Rules>,
}

/// A replayed call.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Result of the replay; it stops where the recording lacks an answer.
    pub replayed: Replayed,
    /// Local call in the form used for the comparison; `None` if the replay was
    /// incomplete.
    pub local: Option<Observation>,
    /// Result of the comparison.
    pub comparison: Comparison,
}

impl<'r> Recorded<'r> {
    /// Message for a recording without a call.
    pub const NO_CALL: &'static str =
        "the recording holds no call: its response has no trace";

    /// Returns the call of a recording; `None` if its response contains none.
    pub fn of(recording: &Recording, rules: &'r Rules) -> Option<Self> {
        Some(Self::of_call(recording, recording.observation()?, rules))
    }

    /// Returns the call of a recording whose response was already read.
    pub fn of_call(
        recording: &Recording,
        mut observation: Observation,
        rules: &'r Rules,
    ) -> Self {
        let derived = derive_from(recording, Some(&mut observation));
        let rules = match recording.redactions.is_empty() {
            true => Cow::Borrowed(rules),
            false => Cow::Owned(Rules { redacted: is_replacement, ..rules.clone() }),
        };
        Self { observation, derived, rules }
    }

    /// Replays the call and compares it with the recording. `call` is the
    /// [derived](Derived::call) one. `fallback` answers what the recording cannot.
    /// `at_end` receives the session when the call is over.
    pub fn replay(
        &self,
        call: &Call,
        program: &Arc<Program>,
        fallback: &Fixtures,
        at_end: &mut dyn FnMut(&Session),
    ) -> Replay {
        let replayed = replay_call(call, program, &self.derived, fallback, at_end);
        if let Some(missing) = &replayed.missing {
            let comparison = Comparison::unreplayable(missing.to_string());
            return Replay { replayed, local: None, comparison };
        }
        let local = observed(&replayed.trace, program, self.observation.source);
        let comparison = compare(&self.observation, &local, &self.rules);
        Replay { replayed, local: Some(local), comparison }
    }
}

/// Converts the local call to the form of the recorded one. For an Architect flow this is
/// an execution document or a simulation response, whose steps differ.
fn observed(trace: &Trace, program: &Program, recorded: Source) -> Observation {
    let symbols = &program.symbols;
    if program.unit(trace.flow).architect.is_none() {
        return Observation::of_trace(trace, symbols);
    }
    if recorded == Source::Simulation {
        let mut text = String::new();
        write_simulation(&JsonWriter::new(symbols), trace, &mut text);
        let response = Json::parse(&text).ok();
        let observation = response.and_then(|it| Observation::of_simulation(&it));
        if let Some(observation) = observation {
            return observation;
        }
    }
    Observation::of_document(&execution::of_trace(trace, symbols))
}

/// Prepares the recorded call of a case. `recording` is the parsed file that the case
/// names.
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
        replace_flow(&flow.value, &mut recorded.derived, program);
    }
    let call = recorded.derived.call(program).map_err(|problem| {
        let span = own.map_or(named.span, |flow| flow.span);
        let mut problem = Diagnostic { code: Code::INVALID_SCENARIO, ..*problem };
        if own.is_none() {
            let near = problem.help.take().map_or_else(String::new, |near| near + " ");
            let advice = "set `flow` to the flow that replaces the recorded one";
            problem.help = Some(format!("{near}{advice}"));
        }
        vec![problem.at(span)]
    })?;
    Ok((recorded, call))
}

/// Replaces the flow in which the call began. Answers to the original flow become
/// available to every flow, because the original may be missing or renamed here.
fn replace_flow(flow: &Text, derived: &mut Derived, program: &Program) {
    let began = [derived.flow.take(), derived.flow_name.take()];
    for answer in &mut derived.answers {
        let is_other = |it: &Text| {
            program.flow(it).is_some() && !began.iter().flatten().any(|own| own == it)
        };
        answer.flow = answer.flow.take().filter(is_other);
    }
    derived.flow = Some(flow.clone());
}

/// Returns the mismatch between the call and its recording.
pub(super) fn check(case: &Case, played: &Played, program: &Program) -> Option<Mismatch> {
    let (named, comparison) = (case.recording.as_ref()?, played.comparison.as_ref()?);
    let cause = comparison.cause.as_ref().map(|cause| cause.text.as_str());
    let mismatch = |message: String| Mismatch::new(named.span, "recording", message);
    match comparison.verdict {
        Verdict::Equal => None,
        Verdict::Unreplayable => {
            let message = format!("unreplayable: {}", cause.unwrap_or_default());
            let last = played.trace.steps.len().checked_sub(1);
            Some(mismatch(message).at_step(last))
        }
        Verdict::Different => {
            let message = cause.unwrap_or("the call differs from the recording");
            let step = local_step(comparison, &played.trace, program);
            Some(Mismatch {
                comparison: Some(Box::new(comparison.clone())),
                ..mismatch(message.to_owned()).at_step(step)
            })
        }
    }
}

/// Returns the trace step of the first difference. Steps of an execution document do not
/// correspond to those of the trace, so the result is `None` for Architect flows.
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
    /// Returns whether the call ran to its end. A replay does not if the recording lacks
    /// an answer.
    pub fn is_whole(&self) -> bool {
        let comparison = self.comparison.as_ref();
        comparison.is_none_or(|it| it.verdict != Verdict::Unreplayable)
    }
}
