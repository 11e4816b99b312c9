//! A large suite is loaded in parts while its tests run. This affects nothing but the
//! time.

use std::fs;
use std::path::{Path, PathBuf};

use flowsim::runner::{
    CaseResult, Ended, Library, Options, Outcome, Plan, RunEvent, RunRequest, run,
    run_files,
};
use flowsim::source::Files;
use flowsim::suite::{Partition, Selection, discover};
use tempfile::TempDir;

/// A suite with files of several kilobytes each, so that there are several parts. Some
/// files do not load, one has no tests, and the tests of every tenth file fail.
fn suite() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\n# {1}\ntests:\n",
        shared.display(),
        "x".repeat(8_000)
    );
    for file in 0..60 {
        let queue = if file % 10 == 7 { "sales" } else { "support" };
        let tests = match file {
            3 | 31 => "  - {name: not closed\n".into(),
            5 => "  []\n".into(),
            _ => (0..3)
                .map(|test| {
                    format!(
                        "  - {{name: \"{file}.{test}\", input: [\"1\"], \
                         expect: {{routing: {{queueId: {queue}}}}}}}\n"
                    )
                })
                .collect::<String>(),
        };
        let path = folder.path().join(format!("{file:02}.test.yaml"));
        fs::write(path, format!("{head}{tests}")).unwrap();
    }
    folder
}

/// The events of a run, without times.
#[derive(Debug, PartialEq)]
struct Told {
    results: Vec<(PathBuf, u32, String, &'static str)>,
    diagnostics: usize,
    ended: Option<Ended>,
    parts: usize,
}

impl Told {
    fn new() -> Self {
        Self { results: Vec::new(), diagnostics: 0, ended: None, parts: 0 }
    }

    fn hear(&mut self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started => assert_eq!(*self, Self::new()),
            RunEvent::Read { diagnostics, is_last: is_all, .. } => {
                self.diagnostics += diagnostics.len();
                self.parts += 1;
                assert!(self.ended.is_none() && (*is_all || self.parts < 60));
            }
            RunEvent::Finished(CaseResult { id, outcome, .. }) => {
                let name = id.name.to_string();
                self.results.push((id.file.to_path_buf(), id.line, name, outcome.name()));
            }
            RunEvent::Waiting => {}
            RunEvent::Ended(ended) => {
                self.ended = Some(Ended { took: Default::default(), ..*ended });
            }
        }
    }
}

/// Runs the suite in parts, and as one plan.
fn both(folder: &Path, selection: &Selection, options: Options) -> (Told, Told) {
    let mut files = Files::new();
    let (paths, diagnostics) = discover(&[folder.to_owned()], &mut files);
    let selection = selection.clone();
    let wanted = RunRequest { paths, diagnostics, selection, ..RunRequest::default() };
    let mut in_parts = Told::new();
    run_files(&wanted, options, &mut files, &mut |event, _| in_parts.hear(event))
        .unwrap();
    let mut files = Files::new();
    let library = Library::load(&wanted.paths, &mut files);
    let plan = Plan::new(&library, &wanted.selection, &[], &files);
    let mut whole = Told::new();
    run(&plan, options, &mut |event| whole.hear(event)).unwrap();
    (in_parts, whole)
}

#[test]
fn the_parts_together_are_the_suite() {
    let folder = suite();
    let shares = ["slice:1/2", "slice:2/2", "hash:2/2"];
    let partitions = shares.map(|share| Partition::parse(share).ok());
    assert!(partitions.iter().all(Option::is_some));
    for partition in partitions.into_iter().chain([None]) {
        for (jobs, max_failures) in [(1, None), (8, Some(4)), (2, Some(1))] {
            let options = Options { jobs, max_failures, repeat: 1, ..Options::default() };
            let selection = Selection { partition, ..Selection::default() };
            let (mut in_parts, whole) = both(folder.path(), &selection, options);
            assert!(in_parts.parts > 2, "{in_parts:?}");
            in_parts.parts = 1;
            assert_eq!(in_parts, whole, "{partition:?} {options:?}");
        }
    }
}

#[test]
fn the_results_of_a_run_are_in_the_order_of_the_files() {
    let folder = suite();
    let options = Options { jobs: 4, repeat: 1, ..Options::default() };
    let (in_parts, _) = both(folder.path(), &Selection::default(), options);
    let places: Vec<_> = in_parts.results.iter().map(|it| (&it.0, it.1)).collect();
    assert!(places.is_sorted(), "{places:?}");
    let count = |outcome| in_parts.results.iter().filter(|it| it.3 == outcome).count();
    assert_eq!((count("broken"), count("failed"), count("passed")), (2, 18, 153));
    let ended = in_parts.ended.unwrap();
    assert_eq!((ended.found, ended.files, ended.tally.not_run), (173, 60, 0));
}

/// The first tests are finished before the last files are loaded.
#[test]
fn a_large_suite_is_not_loaded_before_its_first_test_runs() {
    let folder = suite();
    let mut files = Files::new();
    let (paths, diagnostics) = discover(&[folder.path().to_owned()], &mut files);
    let count = paths.len();
    let wanted = RunRequest { paths, diagnostics, ..RunRequest::default() };
    let mut read = Vec::new();
    let options = Options { repeat: 1, ..Options::default() };
    run_files(&wanted, options, &mut files, &mut |event, scene| {
        if matches!(event, RunEvent::Finished(_)) {
            read.push(scene.files.iter().count());
        }
    })
    .unwrap();
    assert!(read[0] < count / 2, "{read:?}");
    assert!(read.last().unwrap() > &count, "{read:?}");
}

/// If the traces of passed tests are not needed, the results are the same without them.
#[test]
fn traces_of_passed_tests_may_be_dropped() {
    let folder = suite();
    let results = |forgets_passed| {
        let mut files = Files::new();
        let (paths, diagnostics) = discover(&[folder.path().to_owned()], &mut files);
        let wanted = RunRequest { paths, diagnostics, ..RunRequest::default() };
        let options = Options {
            repeat: 1,
            drops_passed_traces: forgets_passed,
            ..Options::default()
        };
        let mut results = Vec::new();
        run_files(&wanted, options, &mut files, &mut |event, _| {
            if let RunEvent::Finished(result) = event {
                let is_failed = result.outcome.name() == "failed";
                results.push((result.outcome.clone(), result.trace.is_some(), is_failed));
            }
        })
        .unwrap();
        results
    };
    let (kept, forgotten) = (results(false), results(true));
    let outcomes = |them: &[_]| -> Vec<_> {
        them.iter().map(|(outcome, ..): &(Outcome, bool, bool)| outcome.clone()).collect()
    };
    assert_eq!(outcomes(&kept), outcomes(&forgotten));
    let traces = |them: &[(Outcome, bool, bool)]| them.iter().filter(|it| it.1).count();
    assert_eq!((traces(&kept), traces(&forgotten)), (171, 18));
    assert!(forgotten.iter().all(|(_, has_trace, is_failed)| has_trace == is_failed));
}
