//! The files that a run writes, and that they take nobody's place.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::places::Places;
use super::{Arguments, Suites};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::report::ReportSpec;
use crate::runner::{Dependencies, Plan};
use crate::suite::Selection;

/// What files begin with that runs wrote: reports, coverage, decisions.
const BEGINNINGS: [&str; 11] = [
    "<?xml ",
    "TAP version ",
    "<!doctype html>",
    "{\"schema\":\"flowsim.run/",
    "{\n  \"schema\": \"flowsim.coverage/",
    "## ✅ flowsim test\n",
    "## ❌ flowsim test\n",
    "TN:\nSF:",
    "SF:",
    "timestamp,flowInstanceId,dtmf,",
    "{\"timestamp\":",
];

/// Where streams are, which several may write to.
const STREAMS: [&str; 2] = ["/dev", "/proc"];

/// Tells of a file that two things would be written to, and of one that this run reads: the
/// old file goes when a run begins.
pub(super) fn refused(arguments: &Arguments) -> Option<Exit> {
    let paths = paths(arguments);
    let twice = twice(&paths).map(|path| {
        format!("two things would be written to {}; each needs a file", path.display())
    });
    let text = twice.or_else(|| {
        let path = read_by(arguments, &paths)?.display();
        Some(format!(
            "this run reads {path}, so it cannot write there; name another file"
        ))
    })?;
    output::message("error", &text);
    Some(Exit::Usage)
}

fn paths(arguments: &Arguments) -> Vec<PathBuf> {
    let reports = arguments.specs().filter_map(|spec: ReportSpec| spec.path());
    let others = [arguments.coverage.path(), arguments.decisions.path()];
    reports.chain(others.into_iter().flatten().cloned()).collect()
}

fn twice(paths: &[PathBuf]) -> Option<&PathBuf> {
    let mut seen = BTreeSet::new();
    paths.iter().filter(|path| !is_stream(path)).find(|path| {
        let places = Dependencies::resolved(path);
        let is_known = places.iter().any(|place| seen.contains(place));
        seen.extend(places);
        is_known
    })
}

fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| !it.is_file())
        || STREAMS.iter().any(|streams| path.starts_with(streams))
}

/// The first one that is a scenario file of this run, or that one of these leads to. What
/// leads where is known when all is loaded; where no file is at risk, nobody has to.
fn read_by<'p>(arguments: &Arguments, paths: &'p [PathBuf]) -> Option<&'p PathBuf> {
    let mut at_risk = paths.iter().filter(|path| is_of_others(path)).peekable();
    at_risk.peek()?;
    let Suites { files, library, .. } = Suites::load(&arguments.paths);
    let plan = Plan::new(&library, &Selection::default(), &[], &files);
    let inputs = Dependencies::of(&plan, &files);
    let named = Places::of(&arguments.paths).paths;
    let is_read = |path: &PathBuf| {
        let places = Dependencies::resolved(path);
        places.iter().any(|place| inputs.knows(place)) || named.contains(path)
    };
    at_risk.find(|path| is_read(path))
}

/// Whether a file is there that does not look as if a run had written it.
fn is_of_others(path: &Path) -> bool {
    if is_stream(path) || !fs::metadata(path).is_ok_and(|it| it.len() > 0) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    let longest = BEGINNINGS.iter().map(|beginning| beginning.len()).max();
    let most = longest.and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
    let mut start = Vec::new();
    let read = file.take(most).read_to_end(&mut start);
    read.is_ok() && !BEGINNINGS.iter().any(|it| start.starts_with(it.as_bytes()))
}
