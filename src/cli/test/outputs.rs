//! Output files of a run, and protection of files that the run did not write.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::places::Places;
use super::{Arguments, Suites};
use crate::analysis::{decisions, values};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::report::{ReportSpec, coverage};
use crate::runner::{Dependencies, Plan};
use crate::suite::{self, Selection};

/// Number of bytes read from a file.
const MOST: u64 = 96;

/// Paths of streams. Several outputs may share a stream, whichever file it leads to.
const STREAMS: [&str; 4] = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];

/// Rejects a file that two outputs would be written to, and a file that this run reads:
/// existing output files are deleted when a run begins.
pub(super) fn refused(arguments: &Arguments) -> Option<Exit> {
    let paths = paths(arguments);
    let twice = twice(&paths)
        .map(|path| format!("two outputs would be written to {}", path.display()));
    let like_a_suite = || {
        let path = paths.iter().find(|path| suite::is_scenario_file(path))?.display();
        Some(format!("{path} would be read as a scenario file; name another file"))
    };
    let text = twice.or_else(|| {
        let path = read_by(arguments, &paths)?.display();
        Some(format!("this run reads {path} and cannot write to it; name another file"))
    });
    let text = text.or_else(like_a_suite)?;
    output::message("error", &text);
    Some(Exit::Usage)
}

fn paths(arguments: &Arguments) -> Vec<PathBuf> {
    let path = |spec: ReportSpec| spec.path().map(Path::to_owned);
    let reports = arguments.specs().filter_map(path);
    let (coverage, decisions) = (arguments.coverage.path(), arguments.decisions.path());
    let others = [coverage, decisions, arguments.values.path()];
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

/// Returns the first path that this run reads: a scenario file, or a file that one
/// depends on. Dependencies are known only after loading, so nothing is loaded if no file
/// is at risk.
fn read_by<'p>(arguments: &Arguments, paths: &'p [PathBuf]) -> Option<&'p PathBuf> {
    let mut at_risk = paths.iter().filter(|path| is_of_others(path)).peekable();
    at_risk.peek()?;
    let Suites { files, library, .. } = Suites::load(arguments);
    let plan = Plan::new(&library, &Selection::default(), &[], &files);
    let inputs = Dependencies::of(&plan, &files);
    let named = Places::of(&arguments.paths).paths;
    let project = arguments.project_files.iter();
    let project: BTreeSet<PathBuf> =
        project.flat_map(|file| Dependencies::resolved(file)).collect();
    let is_read = |path: &PathBuf| {
        let places = Dependencies::resolved(path);
        places.iter().any(|place| inputs.knows(place) || project.contains(place))
            || named.contains(path)
    };
    at_risk.find(|path| is_read(path))
}

/// Returns whether a file exists that does not look like the output of a run.
fn is_of_others(path: &Path) -> bool {
    if is_stream(path) || !fs::metadata(path).is_ok_and(|it| it.len() > 0) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    let mut start = Vec::new();
    file.take(MOST).read_to_end(&mut start).is_ok()
        && !is_ours(&String::from_utf8_lossy(&start))
}

/// Returns whether a file with this beginning was written by a run.
fn is_ours(start: &str) -> bool {
    ReportSpec::is_beginning(start)
        || coverage::is_beginning(start)
        || decisions::is_beginning(start)
        || values::is_beginning(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::coverage::{Report, render_json};
    use crate::analysis::decisions::{Decision, write_csv, write_line};
    use crate::value::Text;

    #[test]
    fn outputs_are_recognised_by_their_first_bytes() {
        let decision = Decision {
            timestamp: "2026-01-05T09:00:00.000Z".into(),
            flow_instance_id: "0b4e2a52-6f0d-5d3b-9d0f-6d1c0d6f7c11".into(),
            dtmf: Text::new(),
            queue_occupancy: None,
            routing_decision: Text::new(),
            state: Text::new(),
        };
        let (mut line, mut table) = (String::new(), String::new());
        write_line(&decision, &mut line);
        write_csv(&[decision], true, &mut table);
        for written in [line, table, render_json(&Report::default())] {
            assert!(is_ours(&written[..written.len().min(96)]), "{written}");
        }
        assert!(!is_ours("{\"timestamp\":\"2026-01-05\",\"level\":\"info\"}"));
        assert!(!is_ours("{\n  \"schema\": \"flowsim.coverages/1\""));
    }
}
