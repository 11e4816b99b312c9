//! `flowsim coverage merge`

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use flowsim::analysis::coverage::render_json;
use tempfile::TempDir;

use super::draft::FLOWS;
use super::stage::Stage;

/// A folder with the coverage of two parts of a suite: `one.json` and `two.json`.
fn parts() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(&[FLOWS]);
    for (name, key) in [("one.json", "1"), ("two.json", "2")] {
        let report = stage.count(&[&stage.call("main", &[key])]);
        fs::write(folder.path().join(name), render_json(&report)).unwrap();
    }
    folder
}

/// Runs `flowsim coverage merge`. Returns exit code, standard output and standard error.
fn merge(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("NO_COLOR", "1")
        .args(["coverage", "merge"])
        .args(arguments.split(' '))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn parts_of_a_suite_are_added() {
    let folder = parts();
    let (code, text, told) = merge(folder.path(), "one.json two.json");
    assert_eq!((code, told.as_str()), (0, ""));
    insta::assert_snapshot!(text);
    let other_way = merge(folder.path(), "two.json one.json --format text");
    assert_eq!(other_way, (0, text, String::new()));
}

#[test]
fn a_merged_report_can_be_merged_again() {
    let folder = parts();
    let (code, json, _) = merge(folder.path(), "one.json two.json --format json");
    assert_eq!(code, 0);
    let to_file = merge(folder.path(), "two.json one.json --format json --out all.json");
    assert_eq!(to_file, (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("all.json")).unwrap(), json);
    let (code, lcov, _) = merge(folder.path(), "all.json one.json --format lcov");
    assert_eq!(code, 0);
    // Three calls in total, the first of them twice. First is in line 19, Second in line
    // 24.
    for line in ["SF:flow1.yaml", "FNDA:3,Main", "DA:9,3", "DA:19,2", "DA:24,1"] {
        assert!(lcov.lines().any(|it| it == line), "{line}\n{lcov}");
    }
    let (code, xml, _) = merge(folder.path(), "all.json one.json --format cobertura");
    assert_eq!(code, 0);
    let line = "<line number=\"19\" hits=\"2\"";
    assert!(xml.starts_with("<?xml ") && xml.contains(line), "{xml}");
}

/// 7 of 9 nodes are 77 %. All conditions and calls are covered, and there are no tasks.
#[test]
fn less_than_the_minimum_is_a_failure() {
    let folder = parts();
    let with = |minimums: &str| {
        merge(folder.path(), &format!("one.json two.json --coverage-min {minimums}"))
    };
    let (code, text, told) = with("nodes=77,conditions=100,calls=100,tasks=100");
    assert_eq!((code, told.as_str()), (0, ""));
    let (code, short, told) = with("nodes=78,paths=100,flows=100");
    assert_eq!((code, short), (1, text));
    assert_eq!(
        told,
        "error: nodes: 77 % covered (7 of 9), expected at least 78 %\n\
         error: paths: 50 % covered (6 of 12), expected at least 100 %\n"
    );
    let (code, out, told) = with("nodse=78");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(told.contains("did you mean `nodes`?"), "{told}");
}

#[test]
fn reports_that_cannot_be_merged_are_reported() {
    let folder = parts();
    let changed = FLOWS.replace("Lost:", "Gone:");
    let other = render_json(&Stage::new(&[&changed]).count(&[]));
    fs::write(folder.path().join("other.json"), other).unwrap();
    let (code, out, told) = merge(folder.path(), "one.json other.json");
    assert_eq!((code, out.as_str()), (3, ""));
    insta::assert_snapshot!(told);
    fs::write(folder.path().join("broken.json"), "{\"schema\": 1").unwrap();
    for (file, code) in
        [("missing.json", "FILE_UNREADABLE"), ("broken.json", "JSON_SYNTAX")]
    {
        let (exit, out, told) = merge(folder.path(), &format!("one.json {file}"));
        assert_eq!((exit, out.as_str()), (3, ""));
        assert!(told.contains(code), "{told}");
    }
    let (code, _, told) = merge(folder.path(), "one.json --out one.json/all.json");
    assert_eq!(code, 5, "{told}");
    assert!(told.starts_with("error: cannot write one.json/all.json"), "{told}");
}

/// The table in the terminal and the page have the same counts of every kind.
#[test]
fn the_table_and_the_page_have_the_same_counts() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .args(["test", "fixtures/northlight-power", "fixtures/alder-clinic"])
        .args(["--coverage", "--html"])
        .arg(folder.path())
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    // The last line of the table, before the list of uncovered items.
    let is_counts = |line: &&str| line.starts_with(' ') && !line.contains("fixtures/");
    let counts =
        table.lines().rev().find(|it| is_counts(it) && it.contains('/')).unwrap();
    let counts: Vec<String> =
        counts.split_whitespace().map(|it| it.replace('/', " of ")).collect();
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let (_, start) = page.split_once("<template id=\"flows-start\">").unwrap();
    let (start, _) = start.split_once("</template>").unwrap();
    let of = start.split("<span class=\"of\">").skip(1);
    let of: Vec<&str> = of.filter_map(|it| Some(it.split_once('<')?.0)).collect();
    assert!(counts.len() > 5, "{table}");
    assert_eq!(of, counts);
}
