//! Recordings, each made again on local flows and compared with what was recorded: in
//! parallel, and told in order.
//!
//! A thread holds one recording at a time; what is kept is what the comparison came to.

mod stale;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::analysis::comparison::{Comparison, Rules};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::{self, RecordedFlow, Recording};
use crate::source::Files;
use crate::suite::Recorded;
use crate::trace::observation::Observation;
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
    let Some(recorded) = Recorded::of(recording, against.rules) else {
        return Judged::unreplayable(Recorded::NO_CALL, Text::default());
    };
    let recorded_end = recorded.observation.ending();
    let call = match recorded.derived.call(against.program) {
        Ok(call) => call,
        Err(problem) => {
            let judged = Judged::unreplayable(problem.message, recorded_end);
            return Judged { is_matched: false, ..judged };
        }
    };
    let remade = recorded.remake(&call, against.program, against.fixtures, &mut |_| {});
    let unused = remade.replayed.unused.iter().map(|it| it.node.clone());
    let unused = unused.filter(|_| remade.local.is_some()).collect();
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
    Judged { judgement, is_matched: true, unused }
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
