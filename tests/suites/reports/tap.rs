//! TAP 14, checked with `prove` and against the specification.

use std::path::Path;
use std::process::Command;

use flowsim::source::{Files, read_yaml};

use super::events::{self, HOSTILE, explain, report, results, with_properties, write};

#[test]
fn every_test_is_a_line() {
    let text = report("tap", &results(), 0);
    insta::assert_snapshot!(text);
    assert!(text.starts_with("TAP version 14\n1..7\n"));
    let points: Vec<_> = text
        .lines()
        .filter(|it| it.starts_with("ok ") || it.starts_with("not ok "))
        .collect();
    assert_eq!(points.len(), 7);
    let skipped = points.iter().filter(|it| it.contains(" # SKIP ")).count();
    assert_eq!(skipped, 1, "a name became a directive");
}

#[test]
fn details_are_yaml() {
    let text = report("tap", &results(), 0);
    let blocks: Vec<_> = text.split("  ---\n").skip(1).collect();
    assert_eq!(blocks.len(), 4);
    let failures = results().into_iter().filter(|it| it.outcome.is_failure());
    for (block, result) in blocks.iter().zip(failures) {
        let (block, _) = block.split_once("\n  ...\n").unwrap();
        let lines = block.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
        let yaml = lines.map(|line| format!("{line}\n")).collect::<String>();
        let mut files = Files::new();
        let file = files.add("details.yaml", yaml);
        let node = read_yaml(&file).unwrap();
        let text = |key| node.get(key).unwrap().as_str().unwrap().to_owned();
        assert_eq!(text("severity"), result.outcome.name());
        assert_eq!(text("command"), result.command());
        let is_plain = !result.id.name.contains(HOSTILE) && result.id.line != 12;
        if is_plain {
            assert_eq!(
                text("explanation").trim_end(),
                explain(&result, &events::files()).trim_end()
            );
        }
    }
}

#[test]
fn a_run_that_was_stopped_bails_out() {
    let text = report("tap", &results()[..1], 4);
    assert!(text.starts_with("TAP version 14\n1..5\nok 1 - "), "{text}");
    assert!(text.ends_with("\nBail out! the run stopped: 4 tests not run\n"), "{text}");
    let text = report("tap", &[], 0);
    assert_eq!(text, "TAP version 14\n1..0 # SKIP no tests were selected\n");
}

/// Returns the output of `prove` and its verdict. The one in Perl 5.36 knows only version
/// 13, which differs only in the number for everything that we write.
fn proved(path: &Path) -> Option<(String, bool)> {
    let proved = prove(path, "cat")?;
    if proved.0.contains("don't know about versions later than 13") {
        eprintln!("note: this prove knows TAP 13 only, and is asked about that");
        return prove(path, "sed 1s/14/13/");
    }
    Some(proved)
}

fn prove(path: &Path, print: &str) -> Option<(String, bool)> {
    let mut command = Command::new("prove");
    let Ok(output) = command.args(["--exec", print]).arg(path).output() else {
        eprintln!("skipped: no prove");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    Some((text + &errors, output.status.success()))
}

#[test]
fn prove_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.tap");
    write("tap", &path, &results(), 0);
    let Some((said, is_content)) = proved(&path) else { return };
    assert!(!is_content);
    assert!(said.contains("Failed tests:  2, 5-7"), "{said}");
    assert!(said.contains("Failed 4/7 subtests"), "{said}");
    assert!(!said.contains("Parse errors"), "{said}");

    let passed: Vec<_> =
        results().into_iter().filter(|it| !it.outcome.is_failure()).collect();
    write("tap", &path, &passed, 0);
    let (said, is_content) = proved(&path).unwrap();
    assert!(is_content && said.contains("Result: PASS"), "{said}");

    write("tap", &path, &passed, 1);
    let (said, is_content) = proved(&path).unwrap();
    assert!(!is_content && said.contains("the run stopped"), "{said}");
}

/// Each property of a scenario file is a test point after the tests of the file.
#[test]
fn every_property_of_a_file_is_a_line() {
    let text = report("tap", &with_properties(), 0);
    assert!(text.starts_with("TAP version 14\n1..8\n"), "{text}");
    let (_, properties) = text.split_once("ok 4 - ").unwrap();
    insta::assert_snapshot!(format!("ok 4 - {properties}"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.tap");
    std::fs::write(&path, &text).unwrap();
    if let Some((output, is_passed)) = proved(&path) {
        assert!(!is_passed, "{output}");
        assert!(output.contains("Failed tests:  2-3, 5"), "{output}");
    }
}
