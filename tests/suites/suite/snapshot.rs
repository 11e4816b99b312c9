//! Snapshots: writing, comparing, reviewing and cleaning up.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use flowsim::diagnostic::Diagnostic;
use flowsim::report::explain;
use flowsim::runner::{CaseResult, Library, Options, Outcome, Plan, RunEvent, run};
use flowsim::source::Files;
use flowsim::suite::snapshot::{
    Reviewed, SnapshotMode, SnapshotState, delete, pending, review, unreferenced,
};
use flowsim::suite::{Mismatch, Selection};
use proptest::prelude::*;

use crate::laws::laws;

/// A folder with a scenario file that runs flows of `fixtures/`.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(name: &str, tests: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write(name, tests);
        project
    }

    /// Writes a scenario file for the flows of `fixtures/shared-flow`.
    fn write(&self, name: &str, tests: &str) {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
        let (flows, fixtures) = (fixtures.join("flows"), fixtures.join("fixtures.yaml"));
        let head = format!(
            "flows: [{flows:?}]\nfixtures: [{fixtures:?}]\ndefaults: {{flow: Inbound_Flow_A}}\n"
        );
        fs::write(self.path(name), head + tests).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Returns the files in the folder of snapshots.
    fn snapshots(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("snapshots")) else { return Vec::new() };
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn library(&self, names: &[&str]) -> Library {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        Library::load(&paths, &mut Files::new())
    }

    fn run(&self, names: &[&str], options: Options) -> Vec<CaseResult> {
        let mut files = Files::new();
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        let library = Library::load(&paths, &mut files);
        assert_eq!(library.diagnostics, []);
        let plan = Plan::new(&library, &Selection::default(), &[], &files);
        let mut results = Vec::new();
        let mut keep = |event: &RunEvent<'_>| {
            if let RunEvent::Finished(result) = event {
                results.push((*result).clone());
            }
        };
        run(&plan, options, &mut keep).unwrap();
        results
    }

    /// Runs `a.test.yaml`.
    fn play(&self, mode: SnapshotMode) -> Vec<CaseResult> {
        self.run(&["a.test.yaml"], Options { snapshots: mode, ..Options::default() })
    }

    fn wrong(&self, name: &str) -> Vec<Diagnostic> {
        self.library(&[name]).diagnostics
    }
}

fn state(result: &CaseResult) -> SnapshotState {
    result.snapshot.as_ref().unwrap().state
}

fn mismatches(result: &CaseResult) -> &[Mismatch] {
    match &result.outcome {
        Outcome::Failed(mismatches) => mismatches,
        other => panic!("{other:?}"),
    }
}

/// Renders the mismatches for people, without the folder of this run.
fn rendered(project: &Project, result: &CaseResult) -> String {
    let (trace, program) =
        (result.trace.as_ref().unwrap(), result.program.as_ref().unwrap());
    let mut files = Files::new();
    Library::load(&[project.path("a.test.yaml")], &mut files);
    let text = explain(mismatches(result), trace, program, &files);
    text.replace(&*project.folder.path().to_string_lossy(), "…")
}

const ONE: &str = "tests:\n  - {name: Press 1!, input: [\"1\"], snapshot: true}\n";

#[test]
fn a_snapshot_is_written_and_then_expected() {
    let project = Project::new("a.test.yaml", ONE);
    let results = project.play(SnapshotMode::Update);
    assert_eq!(results[0].outcome, Outcome::Passed);
    assert_eq!(state(&results[0]), SnapshotState::New);
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);
    insta::assert_snapshot!(project.read("snapshots/a__press-1.snap"));
    for mode in [SnapshotMode::Check, SnapshotMode::Pending, SnapshotMode::Update] {
        let results = project.play(mode);
        assert_eq!(results[0].outcome, Outcome::Passed);
        assert_eq!(state(&results[0]), SnapshotState::Unchanged);
    }
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);
    // Editors on Windows may add a byte order mark.
    let text = format!("\u{feff}{}", project.read("snapshots/a__press-1.snap"));
    fs::write(project.path("snapshots/a__press-1.snap"), text).unwrap();
    let results = project.play(SnapshotMode::Check);
    assert_eq!(state(&results[0]), SnapshotState::Unchanged);
}

#[test]
fn time_is_shown_with_the_step_that_took_it() {
    let tests = "tests:\n  - {name: slow, input: [\"7@1500\", null], snapshot: true}\n";
    let project = Project::new("a.test.yaml", tests);
    project.play(SnapshotMode::Update);
    insta::assert_snapshot!(project.read("snapshots/a__slow.snap"));
}

/// The flow of the example in `docs/snapshots.md`.
const SHOP: &str = r#"{"id": "shop", "name": "Shop", "type": "inbound", "draft": {
  "startNode": "Ask", "nodes": {
    "Ask": {"id": "Ask", "type": "Gather",
      "properties": {"promptText": "For the shop press 1.", "maxDigits": 1},
      "onComplete": {"nextNode": "Tier"}, "onError": {"nextNode": "Bye"}},
    "Tier": {"id": "Tier", "type": "Set",
      "properties": {"setVars": [{"key": "Tier",
        "value": {"type": "string", "value": "gold"}}]},
      "onComplete": {"nextNode": "Choose"}, "onError": {"nextNode": "Bye"}},
    "Choose": {"id": "Choose", "type": "If", "properties": {"defaultNextNode": "Bye",
      "conditions": [{"expression": "{Ask.digits} == '1'", "nextNode": "Agent"}]}},
    "Agent": {"id": "Agent", "type": "Route",
      "properties": {"queueId": "6a2f4c1e-5b7d-4e3a-9c80-1d2e3f405162"},
      "onComplete": {"nextNode": "Bye"}, "onError": {"nextNode": "Bye"}},
    "Bye": {"id": "Bye", "type": "End", "properties": {"endType": "normal"}}}}}"#;

#[test]
fn the_example_of_the_documentation_is_correct() {
    let project = Project { folder: tempfile::tempdir().unwrap() };
    fs::write(project.path("shop.json"), SHOP).unwrap();
    let queues = "queues: [{id: 6a2f4c1e-5b7d-4e3a-9c80-1d2e3f405162, name: Shop}]";
    fs::write(project.path("org.yaml"), queues).unwrap();
    let tests = "flows: [shop.json]\nfixtures: [org.yaml]\ntests:\n  - {name: press 1 reaches an agent, \
                 input: [\"1@1500\"], snapshot: true}\n";
    fs::write(project.path("shop.test.yaml"), tests).unwrap();
    let update = Options { snapshots: SnapshotMode::Update, ..Options::default() };
    let results = project.run(&["shop.test.yaml"], update);
    assert_eq!(results[0].outcome, Outcome::Passed);
    let text = project.read("snapshots/shop__press-1-reaches-an-agent.snap");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/snapshots.md");
    assert!(fs::read_to_string(page).unwrap().contains(&text), "{text}");
}

#[test]
fn a_check_writes_nothing() {
    let project = Project::new("a.test.yaml", ONE);
    let results = project.play(SnapshotMode::Check);
    assert_eq!(state(&results[0]), SnapshotState::New);
    assert!(rendered(&project, &results[0]).contains("there is no snapshot yet"));
    assert!(!project.path("snapshots").exists());

    project.play(SnapshotMode::Update);
    let before = project.read("snapshots/a__press-1.snap");
    project.write("a.test.yaml", &ONE.replace("[\"1\"]", "[\"2\"]"));
    let results = project.play(SnapshotMode::Check);
    assert_eq!(state(&results[0]), SnapshotState::Changed);
    insta::assert_snapshot!(rendered(&project, &results[0]));
    assert_eq!(project.read("snapshots/a__press-1.snap"), before);
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);
}

#[test]
fn a_pending_snapshot_stays_until_the_call_matches_again() {
    let project = Project::new("a.test.yaml", ONE);
    project.play(SnapshotMode::Update);
    let accepted = project.read("snapshots/a__press-1.snap");
    project.write("a.test.yaml", &ONE.replace("[\"1\"]", "[\"2\"]"));
    let results = project.play(SnapshotMode::Pending);
    assert_eq!(state(&results[0]), SnapshotState::Changed);
    assert!(rendered(&project, &results[0]).contains("flowsim test --review"));
    assert_eq!(project.read("snapshots/a__press-1.snap"), accepted);
    assert_eq!(project.snapshots(), ["a__press-1.snap", "a__press-1.snap.new"]);

    project.write("a.test.yaml", ONE);
    assert_eq!(project.play(SnapshotMode::Check)[0].outcome, Outcome::Passed);
    assert_eq!(project.snapshots().len(), 2, "a check removes nothing");
    assert_eq!(project.play(SnapshotMode::Pending)[0].outcome, Outcome::Passed);
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);
}

/// The advice to review would lead nowhere.
#[test]
fn a_pending_snapshot_that_cannot_be_written_is_reported() {
    let project = Project::new("a.test.yaml", ONE);
    project.write("snapshots", "a file in place of the folder");
    let results = project.play(SnapshotMode::Pending);
    let text = rendered(&project, &results[0]);
    assert!(
        text.contains(
            "cannot write the pending snapshot …/snapshots/a__press-1.snap.new: "
        ),
        "{text}"
    );
    assert!(!text.contains("--review"), "{text}");
}

#[test]
fn an_update_leaves_only_complete_files() {
    let project = Project::new("a.test.yaml", ONE);
    project.play(SnapshotMode::Pending);
    assert_eq!(project.snapshots(), ["a__press-1.snap.new"]);
    // The remains of a process that was killed between writing and renaming.
    let left = format!(".a__press-1.snap.{}.part", std::process::id());
    fs::write(project.path("snapshots").join(&left), "---\nscen").unwrap();
    project.play(SnapshotMode::Update);
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);

    fs::write(project.path("snapshots/.a__press-1.snap.1.part"), "---\nscen").unwrap();
    let library = project.library(&["a.test.yaml"]);
    let found = unreferenced(&library.suites, &[]);
    assert_eq!(found, [project.path("snapshots/.a__press-1.snap.1.part")]);
}

/// A directory in place of the file, which cannot be opened with any permissions.
#[test]
fn an_unreadable_or_unwritable_snapshot_fails_the_test() {
    let project = Project::new("a.test.yaml", ONE);
    fs::create_dir_all(project.path("snapshots/a__press-1.snap")).unwrap();
    for (mode, told) in
        [(SnapshotMode::Check, "cannot read"), (SnapshotMode::Update, "cannot write")]
    {
        let results = project.play(mode);
        let found = &mismatches(&results[0])[0];
        assert!(found.message.contains(told), "{found:?}");
        assert_eq!(found.subject.as_str(), "snapshot");
    }
    assert_eq!(project.snapshots(), ["a__press-1.snap"]);
}

#[test]
fn line_ends_of_another_system_are_not_differences() {
    let project = Project::new("a.test.yaml", ONE);
    project.play(SnapshotMode::Update);
    let text = project.read("snapshots/a__press-1.snap").replace('\n', "\r\n");
    fs::write(project.path("snapshots/a__press-1.snap"), text).unwrap();
    assert_eq!(project.play(SnapshotMode::Check)[0].outcome, Outcome::Passed);
}

#[test]
fn other_expectations_are_judged_in_addition_to_the_snapshot() {
    let tests = "tests:\n  - {name: x, input: [\"1\"], snapshot: true, \
                 expect: {status: timeout}}\n";
    let project = Project::new("a.test.yaml", tests);
    let results = project.play(SnapshotMode::Check);
    let subjects: Vec<_> =
        mismatches(&results[0]).iter().map(|it| it.subject.as_str()).collect();
    assert_eq!(subjects, ["status", "snapshot"]);
    let results = project.play(SnapshotMode::Update);
    assert_eq!(mismatches(&results[0]).len(), 1);
    assert_eq!(project.snapshots(), ["a__x.snap"]);
}

const TABLE: &str = "tests:\n  - name: \"key ${key}\"\n    input: [\"${key}\"]\n    \
                     snapshot: true\n    each: [{key: 1}, {key: 2}, {key: 3}, {key: 4}]\n";

#[test]
fn any_number_of_threads_writes_the_same_files() {
    let mut written = Vec::new();
    for jobs in [1, 4] {
        let project = Project::new("a.test.yaml", TABLE);
        let options =
            Options { jobs, snapshots: SnapshotMode::Update, ..Options::default() };
        project.run(&["a.test.yaml"], options);
        let names = project.snapshots();
        assert_eq!(names.len(), 4);
        let texts = names.iter().map(|name| project.read(&format!("snapshots/{name}")));
        written.push((names.clone(), texts.collect::<Vec<_>>()));
    }
    assert_eq!(written[0], written[1]);
}

#[test]
fn a_stopped_run_writes_only_the_snapshots_of_reported_tests() {
    let tests =
        TABLE.replace("snapshot: true", "snapshot: true\n    error: SIMULATION_TIMEOUT");
    for jobs in [1, 4] {
        let project = Project::new("a.test.yaml", &tests);
        let options = Options {
            jobs,
            max_failures: Some(2),
            snapshots: SnapshotMode::Update,
            ..Options::default()
        };
        assert_eq!(project.run(&["a.test.yaml"], options).len(), 2);
        assert_eq!(project.snapshots(), ["a__key-1.snap", "a__key-2.snap"]);
    }
}

#[test]
fn two_tests_cannot_write_to_the_same_file() {
    let named = TABLE.replace("snapshot: true", "snapshot: the call");
    let project = Project::new("a.test.yaml", &named);
    let wrong = project.wrong("a.test.yaml");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(wrong[0].message, "two tests have the snapshot `the call`");
    assert!(wrong[0].help.as_ref().unwrap().contains("${key}"));

    let tests = "tests:\n  - {name: a, snapshot: One}\n  - {name: b, snapshot: one!}\n";
    project.write("a.test.yaml", tests);
    project.play(SnapshotMode::Update);
    let names = project.snapshots();
    assert_eq!(names.len(), 2);
    assert!(names.iter().all(|name| name.starts_with("a__one-")), "{names:?}");
}

#[test]
fn user_defined_volatile_values_are_replaced() {
    let rules = "snapshots:\n  replace:\n    - {matches: \"[Pp]ress (\\\\d)\", with: \"key ${1}\"}\n    \
                 - {matches: \" +after .*\", with: \"\"}\n";
    let project = Project::new("a.test.yaml", &format!("{rules}{ONE}"));
    project.play(SnapshotMode::Update);
    let text = project.read("snapshots/a__press-1.snap");
    assert!(!text.contains(" after "), "{text}");
    assert!(!text.contains("ress 1 "), "{text}");
    assert!(text.contains("completed\n"), "{text}");
}

#[test]
fn a_wrong_comparison_is_reported_once() {
    let project = Project::new("a.test.yaml", ONE);
    for (prompt, told) in [
        ("{matches: \"((\"}", "invalid regular expression `((`"),
        ("{contains: [1]}", "`contains` is a list, expected a string"),
        ("{similar: [1]}", "`similar` is a list, expected a string"),
        (
            "{contains: \" \"}",
            "a string matcher needs `contains`, `matches` or `similar`",
        ),
        ("{matches: }", "a string matcher needs `contains`, `matches` or `similar`"),
        ("{}", "a string matcher needs `contains`, `matches` or `similar`"),
    ] {
        let text = format!("tests:\n  - name: a\n    expect: {{prompts: [{prompt}]}}\n");
        project.write("a.test.yaml", &text);
        let wrong = project.wrong("a.test.yaml");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].message.starts_with(told), "{}", wrong[0].message);
    }
}

#[test]
fn wrong_rules_are_reported() {
    let project = Project::new("a.test.yaml", ONE);
    for (rules, told) in [
        ("{replace: [{matches: \"(\", with: x}]}", "invalid regular expression `(`"),
        ("{replace: [{matches: x}]}", "a replacement needs `matches` and `with`"),
        (
            "{replace: [{matches: \"\", with: x}]}",
            "a replacement needs `matches` and `with`",
        ),
        ("{replace: [{matches: x, with: [1]}]}", "`with` is a list, expected a string"),
        ("{replace: 1}", "`replace` is a number, expected a list"),
        ("{replaces: []}", "`snapshots` has no key `replaces`"),
        ("[]", "`snapshots` is a list, expected an object"),
    ] {
        project.write("a.test.yaml", &format!("snapshots: {rules}\n{ONE}"));
        let wrong = project.wrong("a.test.yaml");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].message.starts_with(told), "{}", wrong[0].message);
    }
}

#[test]
fn snapshots_without_a_test_are_found_and_deleted() {
    let project = Project::new("a.test.yaml", TABLE);
    project.write("b.test.yaml", ONE);
    project.write("gone.test.yaml", ONE);
    let names = ["a.test.yaml", "b.test.yaml", "gone.test.yaml"];
    let update = Options { snapshots: SnapshotMode::Update, ..Options::default() };
    project.run(&names, update);
    fs::remove_file(project.path("gone.test.yaml")).unwrap();
    // Snapshots of other programs and other files are left alone.
    let other = "---\nsource: a.rs\n---\nx\n";
    fs::write(project.path("snapshots/a__other.snap"), other).unwrap();
    fs::write(project.path("snapshots/notes.txt"), "---\nscenario: a.test.yaml\n")
        .unwrap();
    project.write("a.test.yaml", &TABLE.replace("{key: 2}, ", ""));
    project.write("b.test.yaml", &ONE.replace("snapshot: true", "skip: later"));

    let library = project.library(&["a.test.yaml"]);
    let found = unreferenced(&library.suites, &[]);
    let expected = ["snapshots/a__key-2.snap", "snapshots/gone__press-1.snap"];
    assert_eq!(found, expected.map(|name| project.path(name)));
    let library = project.library(&["a.test.yaml", "b.test.yaml"]);
    let found = unreferenced(&library.suites, &[]);
    assert_eq!(found.len(), 3);
    delete(&found).unwrap();
    assert_eq!(unreferenced(&library.suites, &[]), [] as [PathBuf; 0]);
    let left = ["key-1.snap", "key-3.snap", "key-4.snap", "other.snap"];
    let mut left: Vec<_> = left.iter().map(|name| format!("a__{name}")).collect();
    left.push("notes.txt".into());
    assert_eq!(project.snapshots(), left);
}

#[test]
fn an_empty_folder_of_snapshots_is_deleted_too() {
    let project = Project::new("a.test.yaml", ONE);
    project.play(SnapshotMode::Update);
    project.write("a.test.yaml", &ONE.replace("snapshot: true", "skip: later"));
    delete(&unreferenced(&project.library(&["a.test.yaml"]).suites, &[])).unwrap();
    assert!(!project.path("snapshots").exists());
}

/// Reviews four pending snapshots with these answers. The first snapshot replaces an
/// accepted one.
fn reviewed(answers: &str) -> (Project, Reviewed, String) {
    let project = Project::new("a.test.yaml", TABLE);
    project.play(SnapshotMode::Pending);
    let first = project.path("snapshots/a__key-1.snap");
    let old = project.read("snapshots/a__key-1.snap.new");
    fs::write(&first, old.replace("completed", "error")).unwrap();
    let mut files = Files::new();
    let library = Library::load(&[project.path("a.test.yaml")], &mut files);
    let waiting = pending(&library.suites);
    assert_eq!(waiting.len(), 4);
    let mut shown = Vec::new();
    let input = &mut Cursor::new(answers);
    let reviewed = review(&waiting, &files, input, &mut shown).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    let shown = shown.replace(&*project.folder.path().to_string_lossy(), "…");
    (project, reviewed, shown)
}

#[test]
fn a_review_accepts_rejects_and_skips() {
    let (project, came, shown) = reviewed("what?\na\nr\nskip\naccept");
    assert_eq!(came, Reviewed { accepted: 2, rejected: 1, skipped: 1 });
    let left = ["a__key-1.snap", "a__key-3.snap.new", "a__key-4.snap"];
    assert_eq!(project.snapshots(), left);
    assert!(!project.read("snapshots/a__key-1.snap").contains("error after"));
    let answers = "unknown answer `what?`; answer a (accept), r (reject), s (skip) or";
    assert!(shown.contains(answers), "{shown}");
    let first = shown.split("2 of 4").next().unwrap();
    insta::assert_snapshot!(first);
}

#[test]
fn a_review_accepts_all_remaining_snapshots() {
    let (project, came, shown) = reviewed("r\nA\n");
    assert_eq!(came, Reviewed { accepted: 3, rejected: 1, skipped: 0 });
    assert_eq!(project.snapshots().len(), 4);
    let rejected = project.read("snapshots/a__key-1.snap");
    assert!(rejected.contains("error after"), "the old one stays");
    assert!(!shown.contains("3 of 4"), "nobody is asked any more");
}

#[test]
fn a_review_without_answers_changes_nothing() {
    let (project, came, shown) = reviewed("a\n");
    assert_eq!(came, Reviewed { accepted: 1, rejected: 0, skipped: 3 });
    assert!(shown.ends_with("[A]ccept all: \n"), "{shown}");
    assert_eq!(project.snapshots().len(), 4);
    assert_eq!(pending(&project.library(&["a.test.yaml"]).suites).len(), 3);
}

#[test]
fn ids_are_numbered_and_paths_of_the_machine_are_replaced() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parcel-line");
    let tests = "tests:\n  - name: the whole call\n    snapshot: true\n    flow: Parcel line\n    \
                 variables: {Call.Ani: \"+15551230000\", Call.CalledAddress: \"+15557770100\"}\n    \
                 input: [\"1#\", \"2#\"]\n";
    let head = format!(
        "flows: [{:?}]\nfixtures: [{:?}]\n",
        root.join("flows"),
        root.join("fixtures.yaml")
    );
    let project = Project { folder: tempfile::tempdir().unwrap() };
    fs::write(project.path("a.test.yaml"), head + tests).unwrap();
    project.play(SnapshotMode::Update);
    let text = project.read("snapshots/a__the-whole-call.snap");
    let told = "routed to: Parcel desk (<id 1>), skill Parcels, priority 0\n";
    assert!(text.contains(told), "{text}");
    assert!(!text.contains("6a2f4c1e-5b7d"), "{text}");
    assert_is_clean(&text, &project);
}

fn assert_is_clean(text: &str, project: &Project) {
    for place in [project.folder.path(), Path::new(env!("CARGO_MANIFEST_DIR"))] {
        assert!(!text.contains(&*place.to_string_lossy()), "{text}");
    }
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text}");
}

laws! {
    part 2;

    /// With all inputs and names of tests, the snapshot is the same in every run and in
    /// every folder.
    #[test]
    fn snapshots_are_the_same_everywhere(
        name in "\\PC{1,40}",
        inputs in proptest::collection::vec("[0-9#*]{1,4}|say:[a-z ]{0,8}[a-z]", 0..4),
    ) {
        let name = if name.trim().is_empty() { "x" } else { name.trim() };
        let name = serde_json::to_string(&name).unwrap();
        let inputs = serde_json::to_string(&inputs).unwrap();
        let tests = format!(
            "tests:\n  - {{name: {name}, snapshot: call, input: {inputs}}}\n"
        );
        let mut texts = Vec::new();
        for _ in 0..2 {
            let project = Project::new("a.test.yaml", &tests);
            project.play(SnapshotMode::Update);
            let results = project.play(SnapshotMode::Check);
            prop_assert_eq!(&results[0].outcome, &Outcome::Passed);
            let text = project.read("snapshots/a__call.snap");
            assert_is_clean(&text, &project);
            texts.push(text);
        }
        prop_assert_eq!(&texts[0], &texts[1]);
    }
}
