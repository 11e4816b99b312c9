//! Scenario files as people write them: the lines of their tests, and the messages about
//! mistakes.

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

/// A folder with a scenario file for the shared flow, which starts with two lines.
fn suite_called(name: &str, rest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow");
    let head = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\n",
        shared.display()
    );
    fs::write(folder.path().join(name), head + rest).expect("the suite is written");
    folder
}

fn suite(rest: &str) -> tempfile::TempDir {
    suite_called("a.test.yaml", rest)
}

/// A folder with a scenario file of one test.
fn of_test(rest: &str) -> tempfile::TempDir {
    suite(&format!(
        "defaults: {{flow: Inbound_Flow_A}}\ntests:\n  - {{name: a, {rest}}}\n"
    ))
}

/// Returns the messages about a file, each without its prefix.
fn messages_about(folder: &tempfile::TempDir) -> Vec<String> {
    let (_, _, error) = flowsim(folder.path(), &[]);
    let heads = error.lines().filter(|line| {
        ["error[", "warning["].into_iter().any(|severity| line.starts_with(severity))
    });
    heads.map(|line| line.split_once(": ").map_or("", |it| it.1).to_owned()).collect()
}

/// Returns the names of the tests at a line, or of all tests.
fn listed(folder: &tempfile::TempDir, arguments: &[&str]) -> Vec<String> {
    let (code, out, error) = flowsim(folder.path(), &[&["--list"], arguments].concat());
    assert_eq!(code, Some(0), "{arguments:?}: {error}");
    out.lines()
        .map(|line| line.split_once(' ').map_or("", |it| it.1).to_owned())
        .collect()
}

const NAMES_IN_THE_MIDDLE: &str = "\
defaults: {flow: Inbound_Flow_A}
tests:
  - name: one
    input: ['1']
    tags: a
    expect: {status: completed}
  - tags: other
    name: 'two ${k}'
    each:
      - {k: a}
      - {k: b}
    input: ['1']
    expect: {status: completed}
  # what the third one is for

  - each: [{k: x}]
    name: 'three ${k}'
    expect: {status: completed}
    tags: [a,
      b]
";

#[test]
fn every_line_of_a_test_selects_it() {
    let folder = suite(NAMES_IN_THE_MIDDLE);
    let (one, two, three) = (&["one"][..], &["two a", "two b"][..], &["three x"][..]);
    for (lines, names) in [(5..=8, one), (9..=15, two), (16..=17, two), (18..=22, three)]
    {
        for line in lines {
            let found = listed(&folder, &[&format!("a.test.yaml:{line}")]);
            assert_eq!(found, names, "line {line}");
        }
    }
    assert_eq!(listed(&folder, &["a.test.yaml:9:2"]), ["two b"]);
    // A test is still identified by the line of its name.
    let (_, out, _) = flowsim(folder.path(), &["--list", "a.test.yaml:18"]);
    assert_eq!(out, "a.test.yaml:19:1 three x\n");
    let (code, _, error) = flowsim(folder.path(), &["a.test.yaml:18:2"]);
    assert_eq!(code, Some(2));
    let expected = "error: the test at a.test.yaml:18 has no row 2; its table has 1\n";
    assert_eq!(error, expected);
}

#[test]
fn a_line_before_the_first_test_is_an_error() {
    let folder = suite(NAMES_IN_THE_MIDDLE);
    for place in ["a.test.yaml:1", "a.test.yaml:4", "a.test.yaml:1:1"] {
        for more in [&[][..], &["--list"], &["--no-tests", "pass"]] {
            let (code, out, error) = flowsim(folder.path(), &[&[place], more].concat());
            assert_eq!((code, out.as_str()), (Some(2), ""), "{place}: {error}");
            let line = if place.ends_with('4') { 4 } else { 1 };
            let expected = format!(
                "error: no test at line {line} of a.test.yaml; the first test \
                 is at line 5\n"
            );
            assert_eq!(error, expected);
        }
    }
    let folder = suite("tests: []\n");
    let (code, _, error) = flowsim(folder.path(), &["a.test.yaml:3"]);
    assert_eq!(code, Some(2));
    let expected = "error: no test at line 3 of a.test.yaml; it has no tests\n";
    assert_eq!(error, expected);
}

#[test]
fn tests_on_the_same_line_are_selected_together() {
    let folder = suite(
        "tests: [{name: a, flow: Inbound_Flow_A}, {tags: x, name: b, flow: \
         Inbound_Flow_A}, {tags: y,\n  name: c, flow: Inbound_Flow_A}]\n",
    );
    assert_eq!(listed(&folder, &["a.test.yaml:3"]), ["a", "b"]);
    assert_eq!(listed(&folder, &["a.test.yaml:4"]), ["c"]);
}

#[test]
fn the_command_for_rerunning_a_test_accepts_a_name_with_a_dash() {
    let test = "defaults: {flow: Inbound_Flow_A}\n\
                tests:\n  - {name: a, expect: {path: [Nowhere]}}\n";
    let folder = suite_called("-dash.test.yaml", test);
    let (code, out, _) = flowsim(folder.path(), &["--", "-dash.test.yaml"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("\n    flowsim test ./-dash.test.yaml:5\n"), "{out}");
    let (code, out, error) = flowsim(folder.path(), &["./-dash.test.yaml:5"]);
    assert_eq!(code, Some(1), "{error}");
    assert!(out.contains("1 test: 1 failed"), "{out}");
}

#[test]
#[cfg(unix)]
fn a_list_has_one_line_per_test() {
    let test = "defaults: {flow: Inbound_Flow_A}\n\
                tests:\n  - {name: \"a\\nb\", expect: {status: completed}}\n";
    let folder = suite_called("new\nline.test.yaml", test);
    let (code, out, _) = flowsim(folder.path(), &["--list"]);
    assert_eq!((code, out.as_str()), (Some(0), "new␊line.test.yaml:5 a␊b\n"));
}

#[test]
fn a_mistake_in_the_defaults_is_reported_once() {
    let tests = "tests:\n  - {name: a, expect: {status: completed}}\n  \
                 - {name: b, expect: {status: completed}}\n";
    let folder = suite(&format!("defaults: {{flow: Inbound_Flow_A, inptu: x}}\n{tests}"));
    assert_eq!(messages_about(&folder), ["`defaults` has no key `inptu`"]);
    let folder = suite(&format!("defaults: {{flow: Inbound_Flow_A, input: x}}\n{tests}"));
    assert_eq!(messages_about(&folder), ["`defaults` has no key `input`"]);
    let folder =
        suite(&format!("defaults: {{flow: Inbound_Flow_A, seed: many}}\n{tests}"));
    let expected =
        format!("`seed` is a string, expected a whole number from 0 to {}", i64::MAX);
    assert_eq!(messages_about(&folder), [expected]);
}

#[test]
fn a_mistake_in_a_table_is_reported_once_and_hides_no_other() {
    let rows: Vec<String> = (0..200).map(|row| format!("{{k: {row}}}")).collect();
    let folder = suite(&format!(
        "defaults: {{flow: Inbound_Flow_A}}\ntests:\n  \
         - {{name: 'a ${{k}}', each: [{}], expect: {{statis: completed}}}}\n  \
         - {{name: b, expct: {{status: completed}}}}\n",
        rows.join(", ")
    ));
    assert_eq!(
        messages_about(&folder),
        ["`expect` has no key `statis`", "a test has no key `expct`"]
    );
}

#[test]
fn mistakes_that_depend_on_the_row_are_reported_for_each() {
    let folder = suite(
        "defaults: {flow: Inbound_Flow_A}\ntests:\n  - {name: 'a ${k}', each: [{k: x}, \
         {k: x}, {k: y}], expect: {status: '${k}'}}\n",
    );
    let known = "expected one of completed, error, timeout";
    let expected = [
        "two tests are named `a x`".to_owned(),
        format!("unknown status `x`, {known}"),
        format!("unknown status `y`, {known}"),
    ];
    assert_eq!(messages_about(&folder), expected);
}

#[test]
fn an_expectation_that_can_never_hold_is_an_error() {
    for rest in [
        "expect: {elapsedMs: {min: 5, max: 2}}",
        "expect: {actions: {min: 5, max: 2}}",
        "expect: {variables: {a: {min: 5, max: 2}}}",
        "calls: {name: a, times: {min: 5, max: 2}}",
    ] {
        let expected = "`min` is 5, which is greater than `max`, 2";
        assert_eq!(messages_about(&of_test(rest)), [expected], "{rest}");
    }
    assert_eq!(
        messages_about(&of_test("expect: {elapsedMs: {min: 10000, max: 10000}}")),
        [""; 0]
    );
}

#[test]
fn the_ends_of_a_range_of_values_may_have_a_fraction() {
    let of_range =
        |range: &str| of_test(&format!("expect: {{variables: {{a: {range}}}}}"));
    assert_eq!(messages_about(&of_range("{min: 120.4, max: 120.6}")), [""; 0]);
    assert_eq!(messages_about(&of_range("{min: 120, max: 120.6}")), [""; 0]);
    let greater = "`min` is 120.6, which is greater than `max`, 120.4";
    assert_eq!(messages_about(&of_range("{min: 120.6, max: 120.4}")), [greater]);
    let found = messages_about(&of_range("{min: 1, max: x}"));
    assert_eq!(found, ["`max` is a string, expected a number"]);
    // Milliseconds are whole, and an end that cannot be read is compared with nothing.
    let found = messages_about(&of_test("expect: {elapsedMs: {min: 120, max: 120.6}}"));
    let whole =
        "expected a whole number from -9223372036854775808 to 9223372036854775807";
    assert_eq!(found, [format!("`max` is 120.6, {whole}")]);
}

#[test]
fn an_expectation_that_always_holds_is_a_mistake() {
    for rest in [
        "expect: {prompts: []}",
        "expect: {path: {contains: []}}",
        "expect: {path: {excludes: []}}",
        "expect: {path: {ends: []}}",
        "expect: {elapsedMs: {}, actions: {min: null}}",
        "calls: []",
        "script: []",
    ] {
        assert_eq!(
            messages_about(&of_test(rest)),
            ["this test has no expectations"],
            "{rest}"
        );
    }
    // A call without executed nodes is a real expectation.
    assert_eq!(messages_about(&of_test("expect: {path: []}")), [""; 0]);
}

#[test]
fn a_script_excludes_inputs() {
    for script in ["[]", "[hangsUp]"] {
        let rest = format!("input: '1', script: {script}, expect: {{status: completed}}");
        let expected = "a test with a `script` cannot have an `input`";
        assert_eq!(messages_about(&of_test(&rest)), [expected], "{rest}");
    }
}

#[test]
fn a_caller_who_does_not_hang_up_is_a_mistake() {
    for (turn, expected) in [
        ("{hangsUp: false}", "`hangsUp` is false, expected true: the caller hangs up"),
        ("{hangsUp: later}", "`hangsUp` is a string, expected true: the caller hangs up"),
        (
            "{waits: false}",
            "`waits` is false, expected true: the caller is silent until time runs out",
        ),
    ] {
        let folder = of_test(&format!("script: [{turn}]"));
        assert_eq!(messages_about(&folder), [expected], "{turn}");
        let (code, _, error) = flowsim(folder.path(), &[]);
        assert_eq!(code, Some(3));
        assert!(
            error.contains("remove the turn if the caller does not do this"),
            "{error}"
        );
    }
    assert_eq!(messages_about(&of_test("script: [{hangsUp: null}]")), [""; 0]);
}

/// Runs a test with an expectation about something that is never called. Returns the
/// output.
fn never_called(example: &str, name: &str, more: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(example);
    let text = format!(
        "flows: ['{0}/flows']\nfixtures: ['{0}/fixtures.yaml']\ntests:\n  - {{name: a, \
         calls: [{{name: '{name}', times: 0}}]{more}}}\n",
        root.display()
    );
    fs::write(folder.path().join("a.test.yaml"), text).expect("the suite is written");
    flowsim(folder.path(), &[]).1
}

#[test]
fn a_misspelt_name_that_is_never_called_is_a_mistake() {
    let slip = "Get Archived Ordre";
    let message = format!("no call in the flows or fixtures is named `{slip}`");
    let script = ", script: [{calls: {name: Get Archived Ordre, times: {max: 1}}}]";
    for (name, more) in [(slip, ""), ("Get Order", script)] {
        let out = never_called("order-status", name, more);
        assert!(out.contains(&message), "{out}");
        assert!(out.contains("did you mean `Get Archived Order`?"), "{out}");
    }
    for (example, name, more) in [
        ("order-status", "Get Archived Order", ""),
        ("order-status", "https://hooks.parcel-post.example/status-calls", ""),
        // A name without a similar one may be excluded before it exists.
        ("order-status", "Refund", ""),
        // The fixtures define it, although the flow does not use it.
        ("order-status", slip, ", fixtures: {dataActions: {Get Archived Ordre: {}}}"),
        // It is unknown which contacts a call may look up.
        ("contact-lookup", slip, ""),
    ] {
        let out = never_called(example, name, more);
        assert!(out.contains("1 test: 1 passed"), "{name}: {out}");
    }
}

/// An action of Architect may be named by its id in the export, or by its name.
#[test]
fn a_data_action_of_an_export_is_called_by_its_id_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let flow = r#"{"name":"F","type":"inboundcall","initialSequence":"t",
        "flowSequenceItemList":[{"id":"t","name":"Main","__type":"Task","startAction":"a",
        "paths":[],"actionList":[{"id":"a","name":"Ask","__type":"DataAction",
        "category":{"name":"Shop"},"actionName":"Get Order","actionId":"custom_-_1",
        "inputs":[],"outputs":[],"errorBindings":[]}]}]}"#;
    fs::write(folder.path().join("flow.json"), flow).expect("the flow is written");
    for (call, code) in [
        ("Get Order", 0),
        ("custom_-_1", 0),
        ("{name: custom_-_1, times: 0}", 1),
        ("custom_-_2", 1),
    ] {
        let suite = format!(
            "flows: [flow.json]\ntests:\n  - {{name: a, calls: [{call}], \
             fixtures: {{dataActions: {{Get Order: {{}}}}}}}}\n"
        );
        fs::write(folder.path().join("a.test.yaml"), suite)
            .expect("the suite is written");
        let (exit, out, error) = flowsim(folder.path(), &[]);
        assert_eq!(exit, Some(code), "{call}: {out}{error}");
    }
}

/// A line selects tests even if their file is also selected by its folder.
#[test]
fn a_line_and_the_folder_of_its_file_can_be_combined() {
    let folder = suite(
        "defaults: {flow: Inbound_Flow_A}\ntests:\n  - {name: one, expect: {status: completed}}\n  \
         - {name: two, expect: {status: completed}}\n",
    );
    let absolute = folder.path().join("a.test.yaml:6").display().to_string();
    for place in ["a.test.yaml:6", "./a.test.yaml:6", &absolute] {
        assert_eq!(listed(&folder, &[".", place]), ["two"], "{place}");
        assert_eq!(listed(&folder, &[place]), ["two"], "{place}");
    }
}

/// A row with a missing name is one mistake, reported at its position and at the row.
#[test]
fn a_row_without_a_name_is_reported_with_the_row() {
    let folder = suite(
        "defaults: {flow: Inbound_Flow_A, context: {\"k${c}\": x}}\ntests:\n  - name: \"t ${k}\"\n    \
         each:\n      - {k: 1, c: a}\n      - {j: 2, c: b}\n      - {k: 3}\n    \
         input: [\"${k}\"]\n    context: {from: a}\n    expect: {actions: \"${k}\"}\n",
    );
    let (code, _, error) = flowsim(folder.path(), &[]);
    assert_eq!(code, Some(3));
    for (line, column) in [(3, 44), (5, 11), (10, 13), (12, 23)] {
        assert!(
            error.contains(&format!("a.test.yaml:{line}:{column}")),
            "{line}: {error}"
        );
    }
    assert!(
        error.contains("this row") && !error.contains("the input is empty"),
        "{error}"
    );
    assert!(error.ends_with("\n4 errors\n"), "{error}");
}

#[test]
fn a_table_without_expectations_is_reported_once() {
    let folder = suite(
        "defaults: {flow: Inbound_Flow_A}\ntests:\n  - name: \"t ${k}\"\n    each: [{k: 1}, {k: 2}]\n",
    );
    assert_eq!(messages_about(&folder), ["this test has no expectations"]);
}

/// `flows: .` names the folder of the scenario file, from wherever flowsim runs. The scenario
/// files in it are not flows.
#[test]
fn flows_may_be_the_folder_of_the_scenario_file() {
    let folder = tempfile::tempdir().unwrap();
    let bakery = include_str!("../../src/cli/init/project/bakery.yaml");
    fs::create_dir(folder.path().join("all")).unwrap();
    fs::write(folder.path().join("all/bakery.yaml"), bakery).unwrap();
    for (name, flows) in [("a", "."), ("b", "bakery.yaml"), ("c", "[.]")] {
        let text = format!(
            "flows: {flows}\ntests: [{{name: {name}, input: ['1'], expect: {{path: {{contains: []}}}}}}]\n"
        );
        fs::write(folder.path().join(format!("all/{name}.test.yaml")), text).unwrap();
    }
    for (place, path) in [("", "all"), ("all", "."), ("all", "a.test.yaml")] {
        let (code, out, _) = flowsim(&folder.path().join(place), &[path]);
        assert_eq!(code, Some(0), "{place} {path}: {out}");
    }
}
