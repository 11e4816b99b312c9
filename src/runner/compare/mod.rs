//! Recordings, each made again on local flows and compared with what was recorded: in
//! parallel, and told in order.
//!
//! A thread holds one recording at a time; what is kept is what the comparison came to.

mod stale;
mod summary;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::analysis::comparison::{Comparison, Rules, compare};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::{self, RecordedFlow, Recording, Replayed, derive, replay};
use crate::source::Files;
use crate::trace::observation::Observation;
use crate::trace::{Trace, execution};
use crate::value::{DateTime, Text};
use crate::world::Fixtures;

pub use stale::Stale;
pub use summary::{Group, Summary};

/// How many recordings are handed to the threads at once. Their results wait until all of
/// them are there, so that they can be told in order.
const BATCH: usize = 256;

/// Against what recordings are compared, and how.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The local flows.
    pub program: &'a Arc<Program>,
    /// What answers where a recording cannot.
    pub fixtures: &'a Fixtures,
    /// What counts as different.
    pub rules: &'a Rules,
    /// The time from which on recordings are wanted; older ones are [stale](Stale).
    pub oldest: Option<DateTime>,
    /// Whether both sides are kept, to be shown beside each other.
    pub keep_sides: bool,
}

/// A recording that was compared, or why it could not be.
#[derive(Debug)]
pub struct Compared {
    /// Its file.
    pub path: PathBuf,
    /// What it is of; nothing if it could not be read.
    pub about: Option<About>,
    /// What came of it.
    pub result: Result<Judgement, Unreadable>,
}

/// What a recording is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its id.
    pub id: Text,
    /// The flow that the call began in.
    pub flow: RecordedFlow,
    /// When the call was made, if that is known.
    pub recorded_at: Option<Text>,
    /// Why it may have had its time.
    pub stale: Vec<Stale>,
}

/// What came of a comparison.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The comparison.
    pub comparison: Comparison,
    /// Where the recorded call came to its end: the queue, or how it ended.
    pub recorded_end: Text,
    /// The same of the local call; nothing if it could not be made.
    pub local_end: Option<Text>,
    /// Both sides, the recorded one first, if they are [kept](Against::keep_sides).
    pub sides: Option<Box<(Observation, Observation)>>,
}

/// Why a recording cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// The file that they are about.
    pub files: Files,
}

/// Compares recordings, `jobs` at the same time; 0 is as many as the machine has cores. Each
/// is told to `tell`, in their order, until it wants no more.
///
/// # Errors
/// The threads cannot be made.
pub fn compare_all(
    paths: &[PathBuf],
    against: Against<'_>,
    jobs: usize,
    tell: &mut dyn FnMut(Compared) -> bool,
) -> Result<(), rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build()?;
    for batch in paths.chunks(BATCH) {
        let compared: Vec<Compared> = pool.install(|| {
            batch.par_iter().with_max_len(1).map(|path| one(path, against)).collect()
        });
        for one in compared {
            if !tell(one) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn one(path: &Path, against: Against<'_>) -> Compared {
    let mut files = Files::new();
    let (recording, mut diagnostics) = recording::load(path, &mut files);
    let Some(recording) = recording else {
        diagnostics.retain(|it| it.severity == Severity::Error);
        let result = Err(Unreadable { diagnostics, files });
        return Compared { path: path.to_owned(), about: None, result };
    };
    let mut judged = judge(&recording, against);
    let mut stale = stale::of(&recording, judged.is_matched, against);
    judged.unused.dedup();
    if !judged.unused.is_empty() {
        stale.push(Stale::Unused(judged.unused));
    }
    let Recording { id, flow, recorded_at, .. } = recording;
    let about = Some(About { id, flow, recorded_at, stale });
    Compared { path: path.to_owned(), about, result: Ok(judged.judgement) }
}

/// A judgement, and what shows whether the recording has had its time.
struct Judged {
    judgement: Judgement,
    /// Whether there is a local flow that the call can begin in.
    is_matched: bool,
    /// The nodes of the recorded answers that nobody asked for.
    unused: Vec<Text>,
}

/// Makes a recorded call again and compares.
fn judge(recording: &Recording, against: Against<'_>) -> Judged {
    let Some(recorded) = recording.observation() else {
        let lacks = "the recording holds no call: its response has no trace";
        return Judged::unreplayable(lacks, Text::default());
    };
    let end = recorded.ending();
    match replay(against.program, &derive(recording), against.fixtures) {
        Err(problem) => {
            Judged { is_matched: false, ..Judged::unreplayable(problem.message, end) }
        }
        Ok(Replayed { missing: Some(missing), .. }) => {
            Judged::unreplayable(missing.to_string(), end)
        }
        Ok(replayed) => {
            let local = observed(&replayed.trace, against.program);
            let judgement = Judgement {
                comparison: compare(&recorded, &local, &rules(recording, against)),
                recorded_end: end,
                local_end: Some(local.ending()),
                sides: against.keep_sides.then(|| Box::new((recorded, local))),
            };
            let unused = replayed.unused.iter().map(|it| it.node.clone()).collect();
            Judged { judgement, is_matched: true, unused }
        }
    }
}

impl Judged {
    /// Of a call that could not be made to its end, because of what it lacks.
    fn unreplayable(lacks: impl Into<String>, recorded_end: Text) -> Self {
        let judgement = Judgement {
            comparison: Comparison::unreplayable(lacks),
            recorded_end,
            local_end: None,
            sides: None,
        };
        Self { judgement, is_matched: true, unused: Vec::new() }
    }
}

/// What was redacted in a recording is not compared.
fn rules<'a>(recording: &Recording, against: Against<'a>) -> Cow<'a, Rules> {
    match recording.redactions.is_empty() {
        true => Cow::Borrowed(against.rules),
        false => {
            let redacted = recording::is_replacement;
            Cow::Owned(Rules { redacted, ..against.rules.clone() })
        }
    }
}

/// The local call in the form that fits what the platform tells of its flow.
fn observed(trace: &Trace, program: &Program) -> Observation {
    if program.unit(trace.flow).architect.is_some() {
        Observation::of_document(&execution::of_trace(trace, &program.legend))
    } else {
        Observation::of_trace(trace, &program.legend)
    }
}
