//! `flowsim test`: amount and format of the output, and Ctrl-C.

#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

const TESTS: &str = r#"tests:
  - {name: passes, tags: [smoke], input: ["1"], expect: {routing: {queueId: support}}}
  - {name: fails, input: ["1"], expect: {routing: {queueId: sales}}}
"#;

fn command(folder: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command =
        std::process::Command::new(assert_cmd::cargo::cargo_bin!("flowsim"));
    command.current_dir(folder).env_remove("CI").arg("test").args(arguments);
    command
}

/// Runs the command. Returns exit code, standard output and standard error.
fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(folder, arguments).output().unwrap();
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
    fs::write(folder.path().join("a.test.yaml"), head + tests).unwrap();
    folder
}

/// Parses JSON lines. Returns the event of each.
fn events(text: &str) -> Vec<(String, Value)> {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["event"].as_str().unwrap().to_owned(), line)).collect()
}

#[test]
fn quiet_shows_failures_and_counts() {
    let folder = suite(TESTS);
    let (code, out, _) = flowsim(folder.path(), &["-q", "-k", "passes"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("1 test: 1 passed, 1 not selected"), "{out}");
    assert_eq!(out.lines().count(), 1, "{out}");
    let (_, out, _) = flowsim(folder.path(), &["--quiet"]);
    assert!(out.contains("found \"support\"") && !out.contains("  passes"), "{out}");
}

#[test]
fn verbose_shows_the_whole_call_of_a_failed_test() {
    let folder = suite(TESTS);
    let (_, out, _) = flowsim(folder.path(), &["--verbose", "--report", "tap=a.tap"]);
    assert!(out.contains("✓ a.test.yaml:5  passes"), "{out}");
    let call = "CallShared";
    assert!(out.contains(call) && out.contains("✓ completed after"), "{out}");
    assert_eq!(out.matches(call).count(), 1, "{out}");
    // Reports are the same as without.
    let report = fs::read_to_string(folder.path().join("a.tap")).unwrap();
    assert!(!report.contains("completed after"), "{report}");
    let (code, _, error) = flowsim(folder.path(), &["-q", "-v"]);
    assert_eq!(code, Some(2), "{error}");
}

#[test]
fn the_events_of_a_run_are_the_only_output() {
    let folder = suite(TESTS);
    let (code, out, error) =
        flowsim(folder.path(), &["--format", "json", "--coverage", "--report", "github"]);
    assert_eq!(code, Some(1));
    let events = events(&out);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["started", "finished", "finished", "ended"]);
    assert_eq!(events[0].1["selected"], 2);
    assert_eq!(events[0].1["files"], 1);
    assert_eq!(events[1].1["tags"][0], "smoke");
    assert_eq!(events[2].1["title"], "fails");
    assert!(
        error.contains("::error file=a.test.yaml") && error.contains("nodes"),
        "{error}"
    );

    let (code, out, _) = flowsim(folder.path(), &["--format", "json", "-k", "neither"]);
    assert_eq!(code, Some(4));
    assert_eq!(out.lines().count(), 2, "a stream without tests has an end: {out}");
}

#[test]
#[cfg(unix)]
fn a_report_on_standard_output_is_alone_there() {
    let folder = suite(TESTS);
    for path in ["json=/dev/stdout", "json=-"] {
        let (code, out, error) = flowsim(folder.path(), &["--report", path]);
        assert_eq!(code, Some(1));
        assert_eq!(events(&out).len(), 4);
        assert!(error.contains("2 tests: 1 passed, 1 failed"), "{error}");
    }
}

#[test]
fn lists_have_selectors_of_rows() {
    let folder = suite(
        "tests: [{name: 'key ${key}', each: [{key: '1'}, {key: '2'}], input: '${key}', \
         expect: {status: completed}}]\n",
    );
    let (_, out, _) = flowsim(folder.path(), &["--list"]);
    assert_eq!(out, "a.test.yaml:4:1 key 1\na.test.yaml:4:2 key 2\n");
    let (_, out, _) = flowsim(folder.path(), &["--list", "--format", "json"]);
    let selector = events(&out)[2].1["selector"].as_str().unwrap().to_owned();
    let (_, out, _) = flowsim(folder.path(), &[&selector, "--list"]);
    assert_eq!(out, "a.test.yaml:4:2 key 2\n");
}

/// Waits until a process handles Ctrl-C. *Source: proc_pid_status(5); SIGINT is 2.*
#[cfg(unix)]
pub(crate) fn wait_for_handler(process: u32) {
    let status = format!("/proc/{process}/status");
    let caught = || {
        let text = fs::read_to_string(&status).ok()?;
        let signals = text.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        u64::from_str_radix(signals.trim(), 16).ok()
    };
    // A system without this file has two seconds.
    for _ in 0..if cfg!(target_os = "linux") { 6_000 } else { 200 } {
        if caught().is_some_and(|signals| signals & (1 << 1) != 0) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_has_a_summary_and_reports() {
    let folder = suite(TESTS);
    let mut slow =
        command(folder.path(), &["--stress", "1000000", "--report", "json=a.json"]);
    let child = slow.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_handler(child.id());
    // Some calls are made before the signal.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let signal = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(signal.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, error) = (text(output.stdout), text(output.stderr));
    assert_eq!(output.status.code(), Some(130), "{error}");
    assert!(error.contains("stopping; press Ctrl-C again"), "{error}");
    assert!(out.contains("2 tests: "), "{out}");
    let report = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert_eq!(events(&report).last().unwrap().0, "ended");
}
