//! Comparison of recordings with local flows: each recording is replayed. Replays run in
//! parallel, and results are reported in order.
//!
//! A thread holds one recording at a time. Only the comparison result is kept.

mod stale;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::analysis::comparison::{Comparison, Rules};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::{
    self, CallRecording, RecordedAnswer, RecordedFlow, Recording, Subject,
};
use crate::source::Files;
use crate::suite::Recorded;
use crate::threads;
use crate::trace::observation::Observation;
use crate::value::{DateTime, Text};
use crate::world::Fixtures;

pub use stale::Stale;
pub use summary::{Group, Summary};

/// Number of recordings handed to the threads at once. The results of a batch are
/// reported in order when it is complete.
const BATCH: usize = 256;

/// Inputs of a comparison, shared by all recordings.
#[derive(Debug, Clone, Copy)]
pub struct CompareContext<'a> {
    /// Local flows.
    pub program: &'a Arc<Program>,
    /// Fixtures that answer what a recording cannot.
    pub fixtures: &'a Fixtures,
    /// Rules of what counts as a difference.
    pub rules: &'a Rules,
    /// Time before which recordings are [stale](Stale).
    pub oldest: Option<DateTime>,
    /// Whether both sides are kept, to be shown next to each other.
    pub keep_sides: bool,
}

/// A recording with its comparison, or the reason why it could not be compared.
#[derive(Debug)]
pub struct Compared {
    /// File of the recording.
    pub path: PathBuf,
    /// Metadata of the recording; `None` if it could not be read.
    pub about: Option<About>,
    /// Result of the comparison.
    pub result: Result<Judgement, Unreadable>,
}

/// Metadata of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Id of the recording.
    pub id: Text,
    /// Flow in which the call began.
    pub flow: RecordedFlow,
    /// Time of the call, if known.
    pub recorded_at: Option<Text>,
    /// Reasons why the recording may be outdated.
    pub stale: Vec<Stale>,
}

/// Result of a comparison.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The comparison.
    pub comparison: Comparison,
    /// End of the recorded call: the queue, or the way it ended.
    pub recorded_end: Text,
    /// End of the local call; `None` if it could not be replayed.
    pub local_end: Option<Text>,
    /// Both sides, the recorded one first, if they are [kept](CompareContext::keep_sides).
    pub sides: Option<Box<(Observation, Observation)>>,
}

/// The reason why a recording cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// Errors of the recording.
    pub diagnostics: Vec<Diagnostic>,
    /// Files that the diagnostics refer to.
    pub files: Files,
}

/// Compares recordings, `jobs` at a time; 0 means one per core. Calls `report` with each
/// result in order, until it returns `false`.
///
/// # Errors
/// The thread pool cannot be created.
pub fn compare_all(
    paths: &[PathBuf],
    against: CompareContext<'_>,
    jobs: usize,
    report: &mut dyn FnMut(Compared) -> bool,
) -> Result<(), rayon::ThreadPoolBuildError> {
    let pool = threads::pool(jobs, paths.len())?;
    for batch in paths.chunks(BATCH) {
        let compared: Vec<Compared> = pool.install(|| {
            batch.par_iter().with_max_len(1).map(|path| one(path, against)).collect()
        });
        for one in compared {
            if !report(one) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn one(path: &Path, against: CompareContext<'_>) -> Compared {
    let mut files = Files::new();
    let (recording, mut diagnostics) = recording::load_call(path, &mut files);
    let Some(CallRecording { recording, observation }) = recording else {
        diagnostics.retain(|it| it.severity == Severity::Error);
        let result = Err(Unreadable { diagnostics, files });
        return Compared { path: path.to_owned(), about: None, result };
    };
    let Judged { judgement, stale } = match observation {
        Some(call) => {
            let recorded = Recorded::of_call(&recording, call, against.rules);
            judge(&recording, recorded, against)
        }
        None => Judged::without_call(&recording, against),
    };
    let Recording { id, flow, recorded_at, .. } = recording;
    let about = Some(About { id, flow, recorded_at, stale });
    Compared { path: path.to_owned(), about, result: Ok(judgement) }
}

/// A judgement, and indications that the recording is outdated.
#[derive(Debug)]
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
    /// Reasons why the recording may be outdated.
    pub stale: Vec<Stale>,
}

/// Replays a recorded call and compares it with the recording.
pub fn judge(
    recording: &Recording,
    recorded: Recorded<'_>,
    against: CompareContext<'_>,
) -> Judged {
    let stale = |is_matched| stale::of(recording, is_matched, against);
    let recorded_end = recorded.observation.ending();
    let call = match recorded.derived.call(against.program) {
        Ok(call) => call,
        Err(problem) => {
            let judgement = Judgement::unreplayable(problem.message, recorded_end);
            return Judged { judgement, stale: stale(false) };
        }
    };
    let remade = recorded.replay(&call, against.program, against.fixtures, &mut |_| {});
    // A request may contain more input than the recorded call used.
    let is_of_request =
        |it: &RecordedAnswer| it.about == Subject::Input && it.node.is_empty();
    let unused = remade.replayed.unused.iter().filter(|it| !is_of_request(it));
    let unused = unused.map(|it| it.node.clone());
    let mut unused: Vec<Text> = unused.filter(|_| remade.local.is_some()).collect();
    unused.dedup();
    let mut stale = stale(true);
    if !unused.is_empty() {
        stale.push(Stale::Unused(unused));
    }
    let (recorded_end, local_end) = match &remade.local {
        Some(local) => {
            let (recorded, local) = recorded.observation.endings(local);
            (recorded, Some(local))
        }
        None => (recorded_end, None),
    };
    let local = remade.local.filter(|_| against.keep_sides);
    let judgement = Judgement {
        comparison: remade.comparison,
        recorded_end,
        local_end,
        sides: local.map(|local| Box::new((recorded.observation, local))),
    };
    Judged { judgement, stale }
}

impl Judged {
    /// Creates the result of a recording that holds no call.
    pub fn without_call(recording: &Recording, against: CompareContext<'_>) -> Self {
        let judgement = Judgement::unreplayable(Recorded::NO_CALL, Text::default());
        Self { judgement, stale: stale::of(recording, true, against) }
    }
}

impl Judgement {
    /// Creates the result of a call that could not be replayed to its end. `lacks` is the
    /// reason.
    fn unreplayable(lacks: impl Into<String>, recorded_end: Text) -> Self {
        Self {
            comparison: Comparison::unreplayable(lacks),
            recorded_end,
            local_end: None,
            sides: None,
        }
    }
}
