//! Hash of a recorded call, by which equal calls are found.

use std::fmt::{self, Write};
use std::hash::Hasher;

use twox_hash::XxHash64;

use crate::program::Program;
use crate::recording::{Derived, Recording};
use crate::suite::Recorded;
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::{Text, Value};

/// Hash of everything that a recorded call met: the flow and its version, the start of the
/// call, inputs, answers, and the recorded steps. Calls with equal hashes have equal
/// verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallHash(u128);

impl fmt::Display for CallHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}

impl CallHash {
    /// Parses 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = Self(u128::from_str_radix(text, 16).ok()?);
        (hash.to_string() == text).then_some(hash)
    }

    /// Returns the hash of a call that is compared with the program. `are_times_compared`
    /// is whether the start times of steps are compared.
    pub(super) fn of(
        recording: &Recording,
        recorded: &Recorded<'_>,
        program: &Program,
        are_times_compared: bool,
    ) -> Self {
        let mut text = String::with_capacity(8 * 1024);
        let flow = &recording.flow;
        let is_redacted = !recording.redactions.is_empty();
        let parts = (&flow.id, &flow.name, &flow.version, is_redacted);
        // Writing into memory cannot fail.
        let _ = write!(text, "{parts:?}");
        let _ = entry(&recorded.derived, program, &mut text);
        let _ = steps(&recorded.observation, are_times_compared, &mut text);
        let half = |seed| {
            let mut hasher = XxHash64::with_seed(seed);
            hasher.write(text.as_bytes());
            u128::from(hasher.finish())
        };
        Self(half(0) << 64 | half(1))
    }
}

/// Writes the start of a call and its answers. The time of the call and fields of the
/// context are left out if no flow can read them.
fn entry(derived: &Derived, program: &Program, out: &mut String) -> fmt::Result {
    let Derived {
        flow,
        flow_name,
        node,
        context,
        variables,
        inputs,
        at,
        timeout_ms,
        language,
        fixtures,
        answers,
        lookups,
        ignores_schedules,
        is_silent_after_inputs,
        is_paced_by_prompts,
    } = derived;
    let is_draft = program.is_draft();
    let at = at.filter(|_| !is_draft);
    let is_read = |it: &&(Text, Value)| !is_draft || program.context(&it.0).is_some();
    let context: Vec<_> = context.iter().filter(is_read).collect();
    write!(out, "{:?}", (flow, flow_name, node, context, variables, inputs))?;
    write!(out, "{:?}", (at, timeout_ms, language, fixtures, answers, lookups))?;
    write!(out, "{:?}", (ignores_schedules, is_silent_after_inputs, is_paced_by_prompts))
}

/// Writes the recorded steps, without the times that are not compared.
fn steps(
    observation: &Observation,
    are_times_compared: bool,
    out: &mut String,
) -> fmt::Result {
    let Observation {
        source,
        flow,
        start,
        elapsed_ms,
        status,
        exit_reason,
        error,
        knows_error,
        variables,
        steps,
        known,
        knows_ends,
        is_truncated,
        unlogged,
    } = observation;
    let times = are_times_compared.then_some((start, elapsed_ms));
    write!(out, "{:?}", (source, flow, times, status, exit_reason, error, variables))?;
    write!(out, "{:?}", (known, knows_error, knows_ends, is_truncated, unlogged))?;
    for step in steps {
        if are_times_compared {
            write!(out, "{step:?}")?;
        } else {
            // Without its own time, a step is cheap to copy: its strings are shared.
            let step =
                ObservedStep { start_ms: step.start_ms.map(|_| 0), ..step.clone() };
            write!(out, "{step:?}")?;
        }
    }
    Ok(())
}
