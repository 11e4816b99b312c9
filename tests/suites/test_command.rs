//! `flowsim test` from the user's perspective.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// Runs the command. Returns exit code, standard output and standard error.
fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").expect("the program is built");
    let output = command.current_dir(folder).arg("test").args(arguments).output();
    let output = output.expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns whether the string is a duration: `850 µs`, `12.3 ms`, `1.234 s`.
fn is_time(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_digit()) && text.ends_with('s')
}

/// Removes durations from output.
fn without_times(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once("  ") {
        Some((rest, time)) if is_time(time) => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A folder with a scenario file for the flows of the shared flow.
fn suite(tests: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = root().join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\n",
        shared.display()
    );
    fs::write(folder.path().join("a.test.yaml"), format!("{head}{tests}"))
        .expect("the suite is written");
    folder
}

const ONE_FAILS: &str = r#"tests:
  - {name: routed, tags: [smoke], input: ["1"], expect: {routing: {queueId: support}}}
  - {name: not routed, input: ["2"], expect: {routing: {queueId: sales}}}
  - {name: later, skip: not yet, expect: {status: completed}}
  - {name: "key ${key}", each: [{key: "1"}, {key: "2"}], input: ["${key}"], expect: {status: completed}}
"#;

#[test]
fn the_bundled_suite_passes() {
    let (code, out, error) = flowsim(root(), &["fixtures"]);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("\n89 tests: 89 passed"), "{out}");
}

#[test]
fn calls_stop_at_the_queue_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let power = root().join("fixtures/northlight-power");
    let text = format!(
        r#"flows: ['{0}/flows']
fixtures: ['{0}/fixtures.yaml']
defaults: {{context: {{answerAfterMs: 40000}}}}
tests:
  - {{name: answered, input: ["9", "3"], expect: {{routing: {{agent: Ola, answeredAfterMs: {{max: 40000}}}}}}}}
  - {{name: unanswered, input: ["9", "3"], expect: {{routing: {{agent: null, answeredAfterMs: null}}}}}}
"#,
        power.display()
    );
    fs::write(folder.path().join("a.test.yaml"), text).expect("the suite is written");
    let (code, out, _) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(1));
    let agent = r#"routing.agent: expected the agent to be none, found "Ola""#;
    let time = "expected the time until an agent answered to be none, found 40000 ms";
    assert!(out.contains(agent) && out.contains(time), "{out}");
    assert!(out.contains("2 tests: 1 passed, 1 failed"), "{out}");
    let (code, out, _) = flowsim(folder.path(), &["--stop-at-queue"]);
    assert_eq!(code, Some(1));
    let agent = r#"expected the agent to be "Ola", but no agent answered"#;
    assert!(out.contains(agent), "{out}");
    let time = "to be at most 40000 ms, but no agent answered";
    assert!(out.contains(time), "{out}");
}

#[test]
fn a_failure_explains_itself() {
    let folder = suite(ONE_FAILS);
    let (code, out, error) = flowsim(folder.path(), &["--jobs", "1"]);
    assert_eq!((code, error.as_str()), (Some(1), ""));
    insta::assert_snapshot!(without_times(&out));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = suite(ONE_FAILS);
    let (_, one, _) = flowsim(folder.path(), &["--jobs", "1"]);
    let (_, eight, _) = flowsim(folder.path(), &["--jobs", "8"]);
    assert_eq!(without_times(&one), without_times(&eight));
}

#[test]
fn tests_are_selected_by_name_tag_and_line() {
    let folder = suite(ONE_FAILS);
    let listed = |arguments: &[&str]| {
        let (code, out, _) = flowsim(folder.path(), &[&["--list"], arguments].concat());
        assert_eq!(code, Some(0), "{arguments:?}");
        out.lines()
            .map(|line| line.split_once(' ').map_or("", |it| it.1).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["routed", "not routed", "later", "key 1", "key 2"]);
    assert_eq!(listed(&["-k", "ROUTED"]), ["routed", "not routed"]);
    assert_eq!(listed(&["--tag", "smoke"]), ["routed"]);
    assert_eq!(listed(&["a.test.yaml:6"]), ["not routed"]);
    assert_eq!(listed(&["a.test.yaml:8", "-k", "key 2"]), ["key 2"]);
}

#[test]
fn the_exit_code_shows_the_result() {
    let folder = suite(ONE_FAILS);
    let code = |arguments: &[&str]| flowsim(folder.path(), arguments).0;
    assert_eq!(code(&["--tag", "smoke"]), Some(0));
    assert_eq!(code(&[]), Some(1));
    assert_eq!(code(&["--jbos", "1"]), Some(2));
    assert_eq!(code(&["--report", "junti=x"]), Some(2));
    assert_eq!(code(&["no-such.test.yaml"]), Some(2));
    assert_eq!(code(&["-k", "nothing like this"]), Some(4));
    assert_eq!(code(&["-k", "nothing like this", "--no-tests", "warn"]), Some(0));
    assert_eq!(code(&["--tag", "smoke", "--coverage-min", "nodes=100"]), Some(1));
}

#[test]
fn a_misspelt_key_is_an_error_with_help() {
    let folder = suite("tests:\n  - {name: a, exepct: {status: completed}}\n");
    let (code, _, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    assert!(error.contains("INVALID_SCENARIO"), "{error}");
    assert!(error.contains("did you mean `expect`?"), "{error}");
}

#[test]
fn an_impossible_error_code_is_a_mistake() {
    let folder = suite("tests:\n  - {name: a, expect: {error: CALLER_HUNG_UPP}}\n");
    let (code, _, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    assert!(error.contains("unknown error code `CALLER_HUNG_UPP`"), "{error}");
    assert!(error.contains("did you mean `CALLER_HUNG_UP`?"), "{error}");
}

#[test]
fn a_duplicate_key_is_an_error_at_the_second_one() {
    let right = "expect: {status: completed}";
    for (tests, key, line) in [
        (
            format!(
                "tests:\n  - name: a\n    expect: {{path: [Nowhere]}}\n    {right}\n"
            ),
            "expect",
            7,
        ),
        (
            format!(
                "tests:\n  - {{name: a, {right}}}\ntests:\n  - {{name: b, {right}}}\n"
            ),
            "tests",
            6,
        ),
        (
            format!(
                "tests:\n  - {{name: a, variables: {{x: 1, y: 1, x: 2}}, {right}}}\n"
            ),
            "x",
            5,
        ),
        (format!("tests:\n  - {{name: a, each: [{{k: 1, k: 2}}], {right}}}\n"), "k", 5),
        (
            format!(
                "tests:\n  - {{name: a, fixtures: {{queues: [], queues: []}}, {right}}}\n"
            ),
            "queues",
            5,
        ),
    ] {
        let folder = suite(&tests);
        let (code, out, error) = flowsim(folder.path(), &[]);
        assert_eq!(code, Some(3), "{out}{error}");
        let told = format!("error[INVALID_SCENARIO]: duplicate key `{key}`\n");
        assert_eq!(error.matches(&told).count(), 1, "{error}");
        assert!(error.contains(&format!("a.test.yaml:{line}:")), "{error}");
    }
}

#[test]
fn a_duplicate_key_is_an_error_in_json_and_in_fixtures() {
    let folder = suite("tests:\n  - {name: a, expect: {status: completed}}\n");
    let shared = root().join("fixtures/shared-flow/flows");
    let json = format!(
        r#"{{"flows": {:?}, "fixtures": "org.json",
            "tests": [{{"name": "a", "expect": {{"status": "error", "status": "completed"}}}}]}}"#,
        shared.display().to_string()
    );
    fs::write(folder.path().join("b.test.json"), json).expect("written");
    let (code, _, error) = flowsim(folder.path(), &["b.test.json"]);
    assert_eq!(code, Some(3));
    assert!(error.contains("error[INVALID_SCENARIO]: duplicate key `status`"), "{error}");

    let org = r#"{"queues": [{"id": "a"}], "queues": [{"id": "b", "skills": [], "skills": []}]}"#;
    fs::write(folder.path().join("org.json"), org).expect("written");
    let suite = format!(
        "flows: {:?}\nfixtures: org.json\ntests:\n  - {{name: a, expect: {{status: completed}}}}\n",
        shared.display().to_string()
    );
    fs::write(folder.path().join("c.test.yaml"), suite).expect("written");
    let (_, out, _) = flowsim(folder.path(), &["c.test.yaml"]);
    for key in ["queues", "skills"] {
        let told = format!("error[INVALID_FIXTURES]: duplicate key `{key}`");
        assert!(out.contains(&told), "{out}");
    }
}

#[test]
fn the_reason_for_a_file_that_does_not_load_is_the_error() {
    let folder = suite("tests:\n  - {name: x, expect: {status: completd}}\n");
    let (code, out, error) = flowsim(folder.path(), &["--report", "junit=a.xml"]);
    assert_eq!(code, Some(3));
    let reason = "error[INVALID_SCENARIO]: unknown status `completd`";
    assert!(out.contains(reason), "{out}");
    assert!(!error.contains("has no expectations"), "{error}");
    // A warning that precedes the error.
    let tests = "tests:\n  - {name: x}\n  - {name: y, expect: {status: completd}}\n";
    let folder = suite(tests);
    let (_, _, error) = flowsim(folder.path(), &["--report", "junit=a.xml"]);
    assert!(error.contains("this test has no expectations"), "{error}");
    let report = fs::read_to_string(folder.path().join("a.xml")).expect("a report");
    assert!(report.contains(&format!("message=\"{reason}")), "{report}");
}

#[test]
fn a_run_stops_after_the_maximum_number_of_failures() {
    let folder = suite(ONE_FAILS);
    let (code, out, _) = flowsim(folder.path(), &["--fail-fast"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("1 failed") && out.contains("3 not run"), "{out}");
}

#[test]
fn a_missing_flow_is_reported_at_its_position() {
    let folder = suite("tests:\n  - {name: a, flow: Inbound_Flow_C, expect: {}}\n");
    let (code, out, _) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    assert!(out.contains("did you mean `Inbound_Flow_"), "{out}");
}

#[test]
fn repeated_calls_have_the_same_result() {
    let (code, out, _) = flowsim(root(), &["fixtures", "--stress", "20"]);
    assert_eq!(code, Some(0), "{out}");
}

/// A reader of a single report must not take the run for a success.
#[test]
fn a_scenario_file_that_does_not_load_is_an_error_in_every_report() {
    let folder = suite(ONE_FAILS);
    fs::write(folder.path().join("b.test.yaml"), "# a\nflows: [\n").expect("written");
    let summary = folder.path().join("summary.md");
    let mut command = Command::cargo_bin("flowsim").expect("the program is built");
    let command = command.current_dir(folder.path());
    let command = command.env("GITHUB_STEP_SUMMARY", &summary).args(["test", "--tag"]);
    let command = command.args(["smoke", "--html", ".", "--report", "junit=a.xml"]);
    let command = command.args(["--report", "tap=a.tap", "--report", "json=a.json"]);
    let output = command.args(["--report", "markdown=a.md", "--report", "github"]);
    let output = output.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
    let console = String::from_utf8(output.stdout).expect("text");
    insta::assert_snapshot!(without_times(&console));
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(error.matches("error[YAML_SYNTAX]").count(), 1, "{error}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
    for (name, expected) in [
        ("a.xml", r#"tests="2" failures="0" errors="1""#),
        ("a.xml", r#"<error message="error[YAML_SYNTAX]"#),
        ("a.tap", "not ok 2 - b.test.yaml: the scenario file loads\n"),
        ("a.tap", "\n    line: 2\n"),
        ("a.json", r#""event":"started","selected":2,"found":6,"files":2}"#),
        ("a.json", r#""file":"b.test.yaml","line":2,"#),
        ("a.json", r#""diagnostics":[{"code":"YAML_SYNTAX""#),
        ("a.json", r#""passed":1,"failed":1,"#),
        ("a.md", "## ❌ flowsim test\n\n2 tests: 1 passed, 1 failed"),
        ("a.md", "b.test.yaml:2:8"),
        ("summary.md", "## ❌ flowsim test\n\n2 tests: 1 passed, 1 failed"),
        ("index.html", "2 tests: 1 passed, 1 failed"),
    ] {
        let text = read(name);
        assert!(text.contains(expected), "{name} without {expected}:\n{text}");
    }
}

#[test]
fn a_scenario_file_that_does_not_load_counts_as_a_failure() {
    let folder = suite(ONE_FAILS);
    fs::write(folder.path().join("0.test.yaml"), "flows: [\n").expect("written");
    let (code, out, _) = flowsim(folder.path(), &["--fail-fast"]);
    assert_eq!(code, Some(3));
    assert!(out.contains("6 tests: 1 failed, 5 not run"), "{out}");
}

#[test]
fn a_report_that_cannot_be_written_is_reported_before_the_first_test() {
    let folder = suite(ONE_FAILS);
    fs::write(folder.path().join("afile"), "").expect("written");
    let mut wanted = vec!["html=afile", "junit=afile/a.xml", "markdown=."];
    if cfg!(target_os = "linux") {
        wanted.extend(["json=/proc/q/x.json", "tap=/proc/x.tap"]);
    }
    for report in wanted {
        let (code, out, error) = flowsim(folder.path(), &["--report", report]);
        assert_eq!((code, out.as_str()), (Some(5), ""), "{report}");
        assert!(error.starts_with("error: cannot write "), "{report}: {error}");
    }
}

#[test]
#[cfg(unix)]
fn a_report_on_standard_output_contains_the_log() {
    let folder = suite(ONE_FAILS);
    let path = folder.path().join("log");
    let program = assert_cmd::cargo::cargo_bin("flowsim");
    for is_added in [true, false] {
        fs::write(&path, "before\n").expect("written");
        let mut log = fs::OpenOptions::new();
        let log = log.write(true).append(is_added).truncate(!is_added).open(&path);
        let mut command = std::process::Command::new(&program);
        let command = command.args(["test", "--tag", "smoke", "--report"]);
        let command = command.arg("tap=/dev/stdout").current_dir(folder.path());
        let status = command.stdout(log.expect("it opens")).status();
        assert_eq!(status.expect("the program runs").code(), Some(0));
        let text = fs::read_to_string(&path).expect("the log");
        let before = if is_added { "before\n" } else { "" };
        let start = format!("{before}TAP version 14\n1..1\nok 1 - ");
        assert!(text.starts_with(&start), "{text}");
        assert_eq!(text.lines().count(), 3 + usize::from(is_added), "{text}");
    }
}

#[test]
fn a_line_that_the_file_does_not_have_is_an_error() {
    let folder = suite(ONE_FAILS);
    for line in ["999", "0"] {
        let place = format!("a.test.yaml:{line}");
        let (code, out, error) = flowsim(folder.path(), &[&place]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{line}");
        let expected = format!("error: no line {line} in a.test.yaml; it has 8 lines\n");
        assert_eq!(error, expected);
    }
}

#[test]
fn a_row_of_a_table_runs_alone() {
    let folder = suite(
        "tests:\n  - name: key ${key}\n    each: [{key: 1}, {key: 12}, {key: 15}]\n    \
         expect: {path: [Nowhere]}\n  - {name: other, expect: {status: completed}}\n",
    );
    let (_, out, _) = flowsim(folder.path(), &["-j", "1"]);
    for row in 1..=3 {
        let command = format!("\n    flowsim test a.test.yaml:5:{row}\n");
        assert!(out.contains(&command), "{out}");
    }
    let (code, out, _) = flowsim(folder.path(), &["a.test.yaml:5:1"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("key 1 "), "{out}");
    assert!(out.contains("1 test: 1 failed"), "{out}");
    let (_, out, _) =
        flowsim(folder.path(), &["a.test.yaml:6:3", "a.test.yaml:5:1", "--list"]);
    assert_eq!(out, "a.test.yaml:5:1 key 1\na.test.yaml:5:3 key 15\n");
    for (place, told) in [
        ("a.test.yaml:5:4", "the test at a.test.yaml:5 has no row 4; its table has 3"),
        ("a.test.yaml:5:0", "the test at a.test.yaml:5 has no row 0; its table has 3"),
        (
            "a.test.yaml:8:1",
            "the test at a.test.yaml:8 has no row 1: it has no `each` table",
        ),
        ("a.test.yaml:99:1", "no line 99 in a.test.yaml; it has 8 lines"),
    ] {
        for more in [&[][..], &["--list"]] {
            let (code, out, error) = flowsim(folder.path(), &[&[place], more].concat());
            assert_eq!((code, out.as_str()), (Some(2), ""), "{place}");
            assert_eq!(error, format!("error: {told}\n"));
        }
    }
}

#[test]
fn an_invalid_line_number_is_reported_with_the_correct_form() {
    let folder = suite(ONE_FAILS);
    fs::create_dir(folder.path().join("tests")).expect("a folder");
    for (place, told) in [
        ("tests:3", "names a line of a folder; name a line of a file"),
        ("tests:3:1", "names a line of a folder"),
        (
            "a.test.yaml:x",
            "is not a place in a.test.yaml; write a.test.yaml:12 for the test at line 12",
        ),
        ("a.test.yaml:", "is not a place in a.test.yaml"),
        ("a.test.yaml:5:", "is not a place in a.test.yaml"),
        ("a.test.yaml:5:1:2", "is not a place in a.test.yaml"),
        ("a.test.yaml:99999999999", "is not a place in a.test.yaml"),
    ] {
        let (code, out, error) = flowsim(folder.path(), &[place]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{place}: {error}");
        assert!(error.starts_with(&format!("error: `{place}` {told}")), "{error}");
    }
    let (code, _, error) = flowsim(folder.path(), &["gone.test.yaml:3:1"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("no file or folder `gone.test.yaml`"), "{error}");
}

#[test]
fn an_empty_selection_explains_how_to_allow_it() {
    let folder = suite("tests: [{name: a, expect: {status: completed}}]\n");
    let shares = ["hash:1/2", "hash:2/2"].map(|it| ["--partition", it]);
    let codes = shares.map(|share| flowsim(folder.path(), &share).0);
    let empty = shares[usize::from(codes[0] != Some(4))];
    let (code, _, error) = flowsim(folder.path(), &empty);
    assert_eq!(code, Some(4));
    assert!(
        error.contains("no test matches (1 found); pass `--no-tests pass`"),
        "{error}"
    );
    let allowed = [&empty[..], &["--no-tests", "pass"]].concat();
    assert_eq!(flowsim(folder.path(), &allowed).0, Some(0));
}

#[test]
fn missing_flows_and_fixtures_are_reported_where_they_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("bakery/flows")).expect("a folder");
    fs::create_dir_all(folder.path().join("sd")).expect("a folder");
    for (name, head) in [
        ("a", "flows:\n  - ../bakery/flos\n"),
        ("b", "flows: ../bakery\nfixtures: no/such.yaml\n"),
    ] {
        let text = format!("{head}tests: [{{name: {name}, expect: {{}}}}]\n");
        let path = folder.path().join(format!("sd/{name}.test.yaml"));
        fs::write(path, text).expect("written");
    }
    let draft = root().join("fixtures/shared-flow/flows");
    let flow = fs::read_dir(draft).expect("flows").next().expect("one").expect("one");
    fs::copy(flow.path(), folder.path().join("bakery/flows/a.json")).expect("copied");
    let (code, out, _) = flowsim(folder.path(), &["sd", "--jobs", "1"]);
    assert_eq!(code, Some(3));
    insta::assert_snapshot!(without_times(&out));
}

#[test]
fn a_profile_shows_the_durations_and_changes_nothing_else() {
    let folder = suite(ONE_FAILS);
    let (plain_code, plain, _) = flowsim(folder.path(), &["-j", "1"]);
    let (code, out, error) = flowsim(folder.path(), &["-j", "1", "--timings"]);
    assert_eq!((code, without_times(&out)), (plain_code, without_times(&plain)));
    // Times differ between runs.
    let lines: Vec<Vec<&str>> =
        error.lines().map(|line| line.split_whitespace().collect()).collect();
    for (wanted, of) in [
        ("loading", "scenario"),
        ("compiling", "flows"),
        ("playing", "5"),
        ("reporting", ""),
    ] {
        let found = lines.iter().any(|words| match words.as_slice() {
            [time, unit, phase, rest @ ..] => {
                is_time(&format!("{time} {unit}"))
                    && *phase == wanted
                    && rest.first().copied().unwrap_or_default().starts_with(of)
            }
            _ => false,
        });
        assert!(found, "{wanted}: {error}");
    }
    let slow = error.lines().filter(|line| line.contains("a.test.yaml:"));
    assert_eq!(slow.count(), 6, "five tests and the longest call: {error}");
    assert!(error.contains("Inbound_Flow_A / CallShared  Flow"), "{error}");
    let calls = lines.iter().find(|it| it.ends_with(&["CallShared", "Flow"]));
    assert_eq!(calls.map(|it| it[0]), Some("4"), "{error}");
    assert!(error.contains(" on average"), "{error}");
}

#[test]
fn a_profile_without_calls_has_no_empty_headings() {
    let folder =
        suite("tests:\n  - {name: later, skip: not yet, expect: {status: completed}}\n");
    let (_, _, error) = flowsim(folder.path(), &["--timings"]);
    assert!(error.contains("Slowest tests"), "{error}");
    assert!(!error.contains("Most executed nodes"), "{error}");
    assert!(!error.contains("Actions per call"), "{error}");
}

#[test]
fn a_scenario_file_that_is_named_twice_runs_once() {
    let folder = suite(ONE_FAILS);
    let (_, out, _) =
        flowsim(folder.path(), &["--list", "a.test.yaml", "./a.test.yaml", "."]);
    assert_eq!(out.lines().count(), 5, "{out}");
}

#[test]
fn a_silent_caller_is_reported() {
    for words in ["\"\"", "\" \"", "null", ""] {
        let folder = suite(&format!(
            "tests:\n  - {{name: mute, script: [{{says: {words}}}, {{ends: completed}}]}}\n"
        ));
        let (code, _, error) = flowsim(folder.path(), &[]);
        assert_eq!(code, Some(3), "{words}");
        assert!(error.contains("`says` is empty, expected words"), "{error}");
    }
}

#[test]
fn the_limit_on_actions_has_a_limit() {
    let test = |most: u64| {
        let folder = suite(&format!(
            "tests:\n  - {{name: a, maxActions: {most}, expect: {{status: completed}}}}\n"
        ));
        flowsim(folder.path(), &[])
    };
    assert_eq!(test(1_000_000).0, Some(0));
    let (code, _, error) = test(1_000_001);
    assert_eq!(code, Some(3));
    assert!(error.contains("maxActions"), "{error}");
}

#[test]
fn fractional_counts_are_a_warning_and_insufficient() {
    let folder = tempfile::tempdir().expect("a folder");
    for (version, second) in [("old", "Say"), ("new", "End")] {
        let flow = format!(
            r#"{{"id": "f", "name": "F", "type": "inbound", "draft": {{"startNode": "A", "nodes": {{
                "A": {{"type": "{second}", "properties": {{"sayText": "Hi"}}, "onComplete": {{"nextNode": "B"}}}},
                "B": {{"type": "End"}}}}}}}}"#
        );
        fs::write(folder.path().join(format!("{version}.json")), flow).expect("a flow");
        let suite = format!(
            "flows: {version}.json\ntests:\n  - {{name: a, expect: {{status: completed}}}}\n"
        );
        fs::write(folder.path().join(format!("{version}.test.yaml")), suite)
            .expect("a suite");
    }
    let (code, _, error) = flowsim(folder.path(), &["--coverage"]);
    assert_eq!(code, Some(0), "{error}");
    assert!(error.contains("warning[COVERAGE_MISMATCH]"), "{error}");
    let (code, _, _) = flowsim(folder.path(), &["--coverage-min", "nodes=0"]);
    assert_eq!(code, Some(1));
}

/// A mistyped path is a usage error, and nothing runs.
#[test]
fn a_path_that_does_not_exist_is_a_usage_error() {
    let folder = suite(ONE_FAILS);
    let (code, out, error) = flowsim(folder.path(), &["a.tset.yaml"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let expected =
        "error: there is no file or folder `a.tset.yaml`; did you mean `a.test.yaml`?\n";
    assert_eq!(error, expected);
}

/// GitHub drops a summary of more than 1 MiB, with everything that earlier commands wrote.
#[test]
fn the_step_summary_keeps_what_earlier_commands_wrote() {
    let folder = suite(ONE_FAILS);
    let summary = folder.path().join("summary.md");
    let earlier = "x".repeat(1024 * 1024 - 2000);
    fs::write(&summary, &earlier).expect("written");
    let mut command = Command::cargo_bin("flowsim").expect("the program is built");
    let command = command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", &summary);
    let output = command.args(["test", "--report", "github"]).output();
    assert_eq!(output.expect("the program runs").status.code(), Some(1));
    let text = fs::read_to_string(&summary).expect("read");
    assert!(text.len() < 1024 * 1024 && text.starts_with(&earlier), "{}", text.len());
    assert!(text.contains("1 failed"), "{}", &text[earlier.len()..]);
}
