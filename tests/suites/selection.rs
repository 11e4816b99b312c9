//! Selection of tests: filters, partitions, expected failures, and the tests that failed last.

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use flowsim::runner::{Library, Plan};
use flowsim::source::Files;
use flowsim::suite::{Partition, Selection, discover};
use proptest::prelude::*;

const TESTS: &str = r#"tests:
  - {name: fast one, tags: [night], input: ["1"], expect: {routing: {queueId: support}}}
  - {name: slow one, tags: [night, day], input: ["2"], expect: {routing: null}}
  - {name: "key ${key}", each: [{key: "1"}, {key: "2"}], input: ["${key}"], expect: {status: completed}}
"#;

/// Runs the command. Returns exit code, standard output and standard error.
fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").unwrap();
    let output = command.current_dir(folder).env_remove("CI").args(arguments).output();
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with a scenario file for the flows of the shared flow.
fn suite(tests: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\n",
        shared.display()
    );
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("tests/a.test.yaml"), head + tests).unwrap();
    folder
}

/// Returns the names of the tests that the arguments select.
fn listed(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let (_, out, _) = flowsim(folder, &[&["test", "--list"], arguments].concat());
    let names = out.lines().filter_map(|line| line.split_once(' '));
    names.map(|(_, name)| name.to_owned()).collect()
}

#[test]
fn filters_select_tests() {
    let folder = suite(TESTS);
    let selected = |arguments: &[&str]| listed(folder.path(), arguments);
    let filter = "tag(night) and not name(~SLOW)";
    assert_eq!(selected(&["--filter", filter]), ["fast one"]);
    assert_eq!(selected(&["-E", "tag(day) | name(key 2)"]), ["slow one", "key 2"]);
    assert_eq!(selected(&["-E", "file(#tests/*.yaml) & name(/^key/)"]).len(), 2);
    assert_eq!(selected(&["-E", "flow(Inbound_Flow_A)"]).len(), 4);
    // One of several filters is enough; all kinds of options must match.
    assert_eq!(selected(&["-E", "tag(day)", "-E", "tag(night)"]).len(), 2);
    assert_eq!(selected(&["-E", "name(~one)", "--tag", "day"]), ["slow one"]);
    assert_eq!(selected(&["-E", "all()", "-k", "KEY"]), ["key 1", "key 2"]);
}

#[test]
fn a_filter_that_selects_nothing_or_is_wrong_is_reported() {
    let folder = suite(TESTS);
    let (code, _, error) = flowsim(folder.path(), &["test", "-E", "tag(evening)"]);
    assert_eq!(code, Some(4), "{error}");
    let (code, _, error) = flowsim(folder.path(), &["test", "-E", "name(~a) tga(b)"]);
    assert_eq!(code, Some(2));
    let expected = "expected `and`, `or` or the end\n  name(~a) tga(b)\n           ^";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_project_file_has_a_filter_for_tests() {
    let folder = suite(TESTS);
    let project = "tests = [\"tests\"]\n[profile.nightly]\nfilter = \"tag(day)\"\n";
    fs::write(folder.path().join("flowsim.toml"), project).unwrap();
    assert_eq!(listed(folder.path(), &["--profile", "nightly"]), ["slow one"]);
    let given = ["--profile", "nightly", "-E", "name(~fast)"];
    assert_eq!(listed(folder.path(), &given), ["fast one"]);
}

#[test]
fn filters_select_recordings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let compare = |filter: &str| {
        let arguments = [
            "compare",
            "fixtures/compare/recordings",
            "--flows",
            "fixtures/order-status/flows",
            "--filter",
            filter,
        ];
        flowsim(root, &arguments)
    };
    let (code, out, error) = compare("file(#being-packed.recording.json)");
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("1 recording"), "{out}");
    let (code, _, error) = compare("none()");
    assert_eq!(code, Some(4));
    assert!(error.contains("no recording matches the filter"), "{error}");
    let (code, _, error) = compare("not tag(night)");
    assert_eq!(code, Some(2));
    assert!(error.contains("recordings have no tags"), "{error}");
}

const EXPECTED: &str = r#"tests:
  - {name: known mistake, expectFailure: "issue #7", input: ["1"], expect: {routing: {queueId: sales}}}
  - {name: repaired, expectFailure: once wrong, input: ["1"], expect: {routing: {queueId: support}}}
"#;

#[test]
fn an_unexpected_success_is_a_failure_and_an_expected_failure_a_success() {
    let folder = suite(EXPECTED);
    let reports =
        ["--report", "tap=a.tap", "--report", "junit=a.xml", "--report", "json=a.json"];
    let (code, out, error) = flowsim(folder.path(), &[&["test"], &reports[..]].concat());
    assert_eq!(code, Some(1), "{error}");
    assert!(out.contains("known mistake  failed as expected: issue #7"), "{out}");
    let message = "expectFailure: the test passes, but is expected to fail (once wrong); \
                   remove `expectFailure`";
    assert!(out.contains(message), "{out}");
    assert!(out.contains("2 tests: 1 failed, 1 failed as expected"), "{out}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(
        read("a.tap").contains("known mistake # TODO issue \\#7\n"),
        "{}",
        read("a.tap")
    );
    assert!(read("a.xml").contains("<skipped message=\"expected failure: issue #7\"/>"));
    let json = read("a.json");
    let line: serde_json::Value =
        serde_json::from_str(json.lines().nth(1).unwrap()).unwrap();
    assert_eq!(line["outcome"], "expectedFailure");
    assert_eq!(line["reason"], "issue #7");
    assert_eq!(line["mismatches"][0]["subject"], "routing.queueId");

    let (code, out, _) = flowsim(folder.path(), &["test", "-k", "known"]);
    assert_eq!(code, Some(0), "{out}");
}

#[test]
fn a_test_that_cannot_run_is_an_error_even_if_a_failure_is_expected() {
    let folder =
        suite("tests: [{name: a, flow: Nowhere, expectFailure: true, error: X}]\n");
    let (code, out, _) = flowsim(folder.path(), &["test"]);
    assert_eq!(code, Some(3), "{out}");
}

const ONE_FAILS: &str = r#"tests:
  - {name: passes, input: ["1"], expect: {routing: {queueId: support}}}
  - {name: fails, input: ["1"], expect: {routing: {queueId: sales}}}
  - {name: "key ${key}", each: [{key: "1"}, {key: "2"}], input: ["${key}"], expect: {routing: {queueId: support}}}
"#;

#[test]
fn the_tests_that_failed_last_run_again() {
    let folder = suite(ONE_FAILS);
    let file = folder.path().join("tests/a.test.yaml");
    let state = folder.path().join(".flowsim");
    let (_, out, error) =
        flowsim(folder.path(), &["test", "--last-failed", "-k", "passes"]);
    assert!(out.contains("1 test: 1 passed"), "{out}");
    assert!(error.contains("no failed tests are recorded; all tests run"), "{error}");
    assert!(!state.exists(), "a run without failures writes nothing");

    assert_eq!(flowsim(folder.path(), &["test"]).0, Some(1));
    assert_eq!(fs::read_to_string(state.join(".gitignore")).unwrap(), "*\n");
    assert_eq!(listed(folder.path(), &["--last-failed"]), ["fails", "key 2"]);
    // Lines move; a test that passes now is no longer a failed one.
    let text = fs::read_to_string(&file).unwrap();
    let text = text.replace("tests:", "\n\ntests:").replace("sales", "support");
    fs::write(&file, text).unwrap();
    let (code, out, _) = flowsim(folder.path(), &["test", "--last-failed"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("2 tests: 1 passed, 1 failed"), "{out}");
    assert_eq!(listed(folder.path(), &["--last-failed"]), ["key 2"]);
    // A run of other tests keeps it, from another folder too.
    let (code, ..) = flowsim(&folder.path().join("tests"), &["test", "-k", "passes"]);
    assert_eq!(code, Some(0));
    assert_eq!(listed(folder.path(), &["--last-failed"]), ["key 2"]);
    // A deleted test is forgotten by the next whole run.
    let text = fs::read_to_string(&file).unwrap().replace("{key: \"2\"}", "{key: \"1\"}");
    fs::write(&file, text).unwrap();
    assert_eq!(flowsim(folder.path(), &["test"]).0, Some(0));
    let state = fs::read_to_string(state.join("last-failed.json")).unwrap();
    assert!(state.contains("\"tests\": []"), "{state}");
}

#[test]
fn a_file_that_did_not_load_is_run_again_as_a_whole() {
    let folder = suite(TESTS);
    let file = folder.path().join("tests/a.test.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("tests:", "testz:")).unwrap();
    assert_eq!(flowsim(folder.path(), &["test"]).0, Some(3));
    fs::write(&file, text).unwrap();
    assert_eq!(listed(folder.path(), &["--last-failed"]).len(), 4);
}

/// Returns the names of the tests in a partition.
fn share(library: &Library, files: &Files, partition: &str) -> BTreeSet<String> {
    let partition = Partition::parse(partition).ok();
    assert!(partition.is_some());
    let selection = Selection { partition, ..Selection::default() };
    let plan = Plan::new(library, &selection, &[], files);
    plan.cases.iter().map(|planned| planned.id.name.to_string()).collect()
}

fn named<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let tests = names
        .into_iter()
        .map(|name| format!("  - {{name: {name}x, expect: {{status: completed}}}}\n"));
    format!("tests:\n{}", tests.collect::<String>())
}

proptest! {
    #[test]
    fn the_partitions_are_complete_and_disjoint(
        names in prop::collection::btree_set("[a-z]{1,8}", 1..20),
        shares in 1_u32..5,
        kind in prop::sample::select(vec!["hash", "slice"]),
    ) {
        let folder = suite(&named(&names));
        let mut files = Files::new();
        let (paths, _) = discover(&[folder.path().to_owned()], &mut files);
        let library = Library::load(&paths, &mut files);
        let whole = share(&library, &files, "hash:1/1");
        prop_assert_eq!(whole.len(), names.len());
        let mut union = BTreeSet::new();
        let mut count = 0;
        for number in 1..=shares {
            let of_share = share(&library, &files, &format!("{kind}:{number}/{shares}"));
            count += of_share.len();
            union.extend(of_share);
        }
        prop_assert_eq!(count, names.len());
        prop_assert_eq!(union, whole);
    }
}

#[test]
fn the_command_lists_the_tests_of_a_partition() {
    let names: Vec<String> = ('a'..='l').map(String::from).collect();
    let folder = suite(&named(&names));
    let mut files = Files::new();
    let (paths, _) = discover(&[folder.path().to_owned()], &mut files);
    let library = Library::load(&paths, &mut files);
    for partition in ["slice:1/3", "slice:3/3"] {
        let wanted = share(&library, &files, partition);
        assert_eq!(wanted.len(), 4, "{partition}");
        let listed = listed(folder.path(), &["--partition", partition]);
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), wanted, "{partition}");
    }
    // The hash of a test contains the path of its file, as the command line has it.
    let hashed = (1..=2).flat_map(|number| {
        listed(folder.path(), &["--partition", &format!("hash:{number}/2")])
    });
    let mut hashed: Vec<String> = hashed.collect();
    hashed.sort_unstable();
    let all: Vec<String> = names.iter().map(|name| format!("{name}x")).collect();
    assert_eq!(hashed, all);
}

/// The shares of two checkouts contain every test once, however the files are named.
#[test]
fn a_share_does_not_depend_on_the_place_of_the_checkout() {
    let names: String = (0..20)
        .map(|it| format!("  - {{name: t{it}, expect: {{status: completed}}}}\n"))
        .collect();
    let folders = [(); 2].map(|()| suite(&format!("tests:\n{names}")));
    let whole: BTreeSet<String> = listed(folders[0].path(), &[]).into_iter().collect();
    for place in ["tests", ".", "./tests", "../NAME/tests", "PLACE/tests"] {
        let share = |folder: &tempfile::TempDir, share: &str| {
            let name = folder.path().file_name().unwrap().to_str().unwrap();
            let place = place.replace("NAME", name);
            let place = place.replace("PLACE", folder.path().to_str().unwrap());
            listed(folder.path(), &[&place, "--partition", share])
        };
        let first = share(&folders[0], "hash:1/2");
        let second = share(&folders[1], "hash:2/2");
        assert_eq!(first, share(&folders[0], "hash:1/2"));
        assert_eq!(first.len() + second.len(), whole.len(), "{place}");
        assert_eq!(first.into_iter().chain(second).collect::<BTreeSet<_>>(), whole);
    }
}

/// Failed tests that were renamed do not make all further runs empty.
#[test]
fn failed_tests_that_do_not_exist_any_more_are_forgotten() {
    let folder = suite(
        "tests:\n  - {name: old, input: [\"2\"], expect: {routing: {queueId: x}}}\n",
    );
    let last_failed = ["test", "--last-failed"];
    assert_eq!(flowsim(folder.path(), &["test"]).0, Some(1));
    let path = folder.path().join("tests/a.test.yaml");
    let renamed = fs::read_to_string(&path).unwrap().replace("old", "new");
    fs::write(&path, renamed).unwrap();
    // Filters that select nothing say nothing about the tests.
    let filtered = flowsim(folder.path(), &[&last_failed[..], &["-k", "none"]].concat());
    assert_eq!(filtered.0, Some(4));
    let (code, _, err) = flowsim(folder.path(), &last_failed);
    assert_eq!(code, Some(4));
    assert!(err.contains("do not exist any more"), "{err}");
    let (code, out, _) = flowsim(folder.path(), &last_failed);
    assert_eq!(code, Some(1), "{out}");
}
