//! Properties of a comparison that a batch can output.

use std::fmt::Display;

use super::digest::CallHash;
use super::row::quoted;
use crate::recording::Recording;
use crate::runner::{Judged, Judgement, Stale};
use crate::value::write_json_string;

/// A property of a comparison in a row of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictField {
    /// `equal`, `different` or `unreplayable`.
    Verdict,
    /// Name of the recorded flow, else its id.
    Flow,
    /// Version of the recorded flow.
    FlowVersion,
    /// End of the recorded call: the queue, or the way it ended.
    RecordedEnd,
    /// End of the local call; null if it cannot be replayed to its end.
    LocalEnd,
    /// Whether the call ends elsewhere.
    IsElsewhere,
    /// Node or action where the paths diverge, else that of the first difference.
    At,
    /// Cause of the differences, in a few sentences.
    Cause,
    /// Number of the recorded step, from 1, from which the steps differ.
    PathDivergesAt,
    /// Number of differences.
    Differences,
    /// Reasons why the recording may be outdated: `unmatched`, `version`, `unused`.
    Stale,
    /// Hash of the call; equal calls have equal hashes.
    Call,
    /// The whole comparison, as `flowsim compare --format json` prints it.
    Comparison,
}

impl VerdictField {
    /// All properties.
    pub const ALL: [Self; 13] = [
        Self::Verdict,
        Self::Flow,
        Self::FlowVersion,
        Self::RecordedEnd,
        Self::LocalEnd,
        Self::IsElsewhere,
        Self::At,
        Self::Cause,
        Self::PathDivergesAt,
        Self::Differences,
        Self::Stale,
        Self::Call,
        Self::Comparison,
    ];

    /// Properties that are written if none are chosen.
    pub const DEFAULT: [Self; 5] =
        [Self::Verdict, Self::RecordedEnd, Self::LocalEnd, Self::At, Self::Cause];

    /// Returns the key in a row.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Flow => "flow",
            Self::FlowVersion => "flowVersion",
            Self::RecordedEnd => "recordedEnd",
            Self::LocalEnd => "localEnd",
            Self::IsElsewhere => "isElsewhere",
            Self::At => "at",
            Self::Cause => "cause",
            Self::PathDivergesAt => "pathDivergesAt",
            Self::Differences => "differences",
            Self::Stale => "stale",
            Self::Call => "call",
            Self::Comparison => "comparison",
        }
    }

    /// Appends the value as JSON.
    pub(super) fn write(
        self,
        recording: &Recording,
        hash: Option<CallHash>,
        judged: &Judged,
        out: &mut String,
    ) {
        let Judged { judgement, stale } = judged;
        let Judgement { comparison, recorded_end, local_end, .. } = judgement;
        let flow = &recording.flow;
        match self {
            Self::Verdict => json(&comparison.verdict, out),
            Self::Flow => string(flow.name.as_ref().or(flow.id.as_ref()), out),
            Self::FlowVersion => string(flow.version.as_ref(), out),
            Self::RecordedEnd => string(Some(recorded_end), out),
            Self::LocalEnd => string(local_end.as_ref(), out),
            Self::IsElsewhere => plain(Some(judgement.is_elsewhere()), out),
            Self::At => string(judgement.place().as_ref(), out),
            Self::Cause => {
                let cause = comparison.cause.as_ref();
                string(cause.map(|cause| &cause.text), out);
            }
            Self::PathDivergesAt => plain(comparison.path_diverges_at, out),
            Self::Differences => plain(Some(comparison.differences.len()), out),
            Self::Stale => {
                let names: Vec<String> =
                    stale.iter().map(Stale::name).map(quoted).collect();
                plain(Some(format_args!("[{}]", names.join(","))), out);
            }
            Self::Call => string(hash.map(|it| it.to_string()).as_ref(), out),
            Self::Comparison => json(comparison, out),
        }
    }
}

fn string(text: Option<&impl AsRef<str>>, out: &mut String) {
    match text {
        Some(text) => write_json_string(text.as_ref(), out),
        None => out.push_str("null"),
    }
}

fn plain(value: Option<impl Display>, out: &mut String) {
    match value {
        Some(value) => out.push_str(&value.to_string()),
        None => out.push_str("null"),
    }
}

fn json(value: &impl serde::Serialize, out: &mut String) {
    // All keys are strings and no serialiser is fallible, so writing into memory cannot
    // fail.
    out.push_str(&serde_json::to_string(value).unwrap_or_default());
}
