//! `flowsim.coverage/1` documents and lcov tracefiles.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]
#![expect(clippy::print_stderr, reason = "what is skipped has to be seen")]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use flowsim::analysis::coverage::{Kind, Report, read, render_json};
use flowsim::diagnostic::{Code, Style, render_text};
use flowsim::report::coverage::render_lcov;
use flowsim::source::{Files, read_document};

use super::architect::{CLOCK, DESK};
use super::draft::FLOWS;
use super::stage::{Stage, count, node, shares};

/// A call of main and two of Desk.
fn report() -> Report {
    let stage = Stage::new(&[FLOWS, DESK, CLOCK]);
    let traces = [
        stage.call("main", &["1"]),
        stage.call("Desk", &["1", "2"]),
        stage.call("Desk", &["2"]),
    ];
    stage.count(&[&traces[0], &traces[1], &traces[2]])
}

#[test]
fn the_document_reads_well() {
    let stage = Stage::new(&[FLOWS]);
    insta::assert_snapshot!(render_json(&stage.count(&[&stage.call("main", &["1"])])));
}

/// Returns the rendered problems of a document.
fn wrong(text: &str) -> String {
    let mut files = Files::new();
    let file = files.add("coverage.json", text);
    let (_, diagnostics) = read(&read_document(&file).unwrap());
    assert!(diagnostics.iter().all(|it| it.code == Code::INVALID_COVERAGE));
    render_text(&diagnostics, &files, Style::default())
}

#[test]
fn problems_of_a_document_are_reported() {
    let flow = r#"{"schema": "flowsim.coverage/1", "calls": -1, "flows": [
  {"id": "main", "name": 7, "type": "", "file": "", "line": 0, "count": 0, "nodes": []},
  {"id": "main", "name": "Main", "type": "", "file": "", "line": 1, "count": 0, "nodes": [
    {"id": "A", "kind": "node", "line": 1, "count": 0, "parts": []},
    {"id": "B", "kind": null, "line": 1, "cuont": 0, "parts": {}},
    []
  ]}
]}"#;
    let texts = ["[]", r#"{"schema": "flowsim.trace/1"}"#, flow];
    let told: Vec<String> = texts.iter().map(|text| wrong(text)).collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(wrong(r#"{"schema": "flowsim.coverage/1"}"#).contains("`flows` is missing"));
}

#[test]
fn counts_of_different_versions_of_a_flow_cannot_be_merged() {
    let counted = |flows: &[&str]| Stage::new(flows).count(&[]);
    let own = counted(&[FLOWS]);
    let changes = [
        ("Lost:\n", "Lust:\n", "the node `Lost`"),
        ("sayText: Sorry.", "sayText: Excuse us.", "the node `Sorry`"),
        ("name: Main", "name: Mane", "it is named `Main` in one and `Mane`"),
        ("sayText: Hello.", "sayText: \"{from}\"", "the node `Hello`"),
    ];
    for (before, after, found) in changes {
        let text = FLOWS.replace(before, after);
        assert_ne!(text, FLOWS);
        let other = counted(&[text.as_str()]);
        let mut merged = own.clone();
        let differences = merged.merge(other).unwrap_err();
        assert_eq!(differences[0].code, Code::COVERAGE_MISMATCH);
        assert!(differences[0].message.contains(found), "{}", differences[0].message);
        assert_eq!(merged, own, "nothing is added");
    }
}

/// Comments, positions and other loaded flows do not make a flow different.
#[test]
fn counts_of_moved_flows_can_be_merged() {
    let stage = Stage::new(&[DESK, CLOCK]);
    let mut whole = stage.count(&[&stage.call("Desk", &["1", "*"])]);
    // Alone, and three lines further down. A module that is not loaded is not reached.
    let moved = format!("# Moved\n#\n#\n{DESK}");
    let alone = Stage::new(&[&moved]);
    let alone = alone.count(&[&alone.call("Desk", &["1", "*"])]);
    let mut other_way = alone.clone();
    whole.merge(alone).unwrap();
    let again = stage.count(&[&stage.call("Desk", &["1", "*"])]);
    other_way.merge(again).unwrap();
    assert_eq!(whole, other_way);
    assert_eq!(whole.calls, 2);
    assert_eq!(node(&whole, "Desk", "Ask Clock").count, 4);
    assert_eq!(count(&whole, "Desk", "Ask Clock", "Clock"), 2);
    assert_eq!(node(&whole, "Desk", "Main Menu").line, 14);
    assert!(shares(&whole).ends_with("flows 2/2, calls 1/1"), "{}", shares(&whole));
}

#[test]
fn counts_stop_at_the_largest_portable_json_number() {
    let text =
        render_json(&report()).replace("\"calls\": 3", "\"calls\": 9223372036854775807");
    let mut files = Files::new();
    let file = files.add("coverage.json", text);
    let (mut much, diagnostics) = read(&read_document(&file).unwrap());
    assert_eq!(diagnostics, []);
    much.merge(much.clone()).unwrap();
    assert_eq!(much.calls, 9_223_372_036_854_775_807);
}

#[test]
fn the_tracefile_reads_well() {
    let stage = Stage::new(&[FLOWS]);
    insta::assert_snapshot!(render_lcov(&stage.count(&[&stage.call("main", &["1"])])));
}

/// The numbers of one file in a tracefile, as specified in `geninfo(1)`.
#[derive(Debug, Default, PartialEq)]
struct Record {
    lines: BTreeMap<u32, u64>,
    functions: BTreeMap<String, u64>,
    declared: BTreeMap<String, u32>,
    branches: BTreeMap<(u32, u32, u32), Option<u64>>,
    summaries: BTreeMap<String, usize>,
}

/// Parses a tracefile. Any invalid line fails the test.
fn records(text: &str) -> BTreeMap<String, Record> {
    let mut records = BTreeMap::new();
    let mut open: Option<(String, Record)> = None;
    for line in text.lines() {
        if line == "end_of_record" {
            let (path, record) = open.take().unwrap();
            assert!(records.insert(path, record).is_none(), "a file stands twice");
            continue;
        }
        match line.split_once(':').unwrap() {
            ("TN", name) => assert_eq!(name, ""),
            ("SF", path) => {
                assert!(open.is_none());
                open = Some((path.to_owned(), Record::default()));
            }
            (key, value) => open.as_mut().unwrap().1.add(key, value),
        }
    }
    assert!(open.is_none(), "the last file does not end");
    records
}

impl Record {
    fn add(&mut self, key: &str, value: &str) {
        let fields: Vec<&str> = value.split(',').collect();
        let number = |index: usize| fields[index].parse::<u32>().unwrap();
        let is_new = match (key, fields.len()) {
            ("DA", 2) => self.lines.insert(number(0), number(1).into()).is_none(),
            ("FN", 2) => self.declared.insert(fields[1].into(), number(0)).is_none(),
            ("FNDA", 2) => {
                let count = fields[0].parse().unwrap();
                self.declared.contains_key(fields[1])
                    && self.functions.insert(fields[1].into(), count).is_none()
            }
            ("BRDA", 4) => {
                let place = (number(0), number(1), number(2));
                let taken = (fields[3] != "-").then(|| number(3).into());
                self.branches.insert(place, taken).is_none()
            }
            ("FNF" | "FNH" | "LF" | "LH" | "BRF" | "BRH", 1) => {
                self.summaries.insert(key.into(), number(0) as usize).is_none()
            }
            _ => false,
        };
        assert!(is_new, "not of the form, or not the first: {key}:{value}");
    }

    /// Computes the expected summaries.
    fn counted(&self) -> BTreeMap<String, usize> {
        let hit = |counts: Vec<u64>| counts.iter().filter(|count| **count > 0).count();
        let lines: Vec<u64> = self.lines.values().copied().collect();
        let functions: Vec<u64> = self.functions.values().copied().collect();
        let branches = self.branches.values().map(|it| it.unwrap_or(0)).collect();
        let found = [
            ("BRF", self.branches.len()),
            ("BRH", hit(branches)),
            ("FNF", functions.len()),
            ("FNH", hit(functions)),
            ("LF", lines.len()),
            ("LH", hit(lines)),
        ];
        BTreeMap::from(found.map(|(name, count)| (name.to_owned(), count)))
    }
}

/// Adds up a summary over all files.
fn sum(records: &BTreeMap<String, Record>, key: &str) -> usize {
    records.values().map(|record| record.summaries[key]).sum()
}

#[test]
fn tracefiles_are_valid_and_have_the_numbers_of_the_report() {
    let report = report();
    let records = records(&render_lcov(&report));
    let files: Vec<&str> = records.keys().map(String::as_str).collect();
    assert_eq!(files, ["flow1.yaml", "flow2.yaml", "flow3.yaml"]);
    for record in records.values() {
        assert_eq!(record.summaries, record.counted());
    }
    // Branches are paths and choices.
    let (paths, choices) = (report.share(Kind::Paths), report.share(Kind::Choices));
    assert_eq!(sum(&records, "BRF"), paths.total + choices.total);
    assert_eq!(sum(&records, "BRH"), paths.covered + choices.covered);
    // Functions are tasks, menus, and flows without tasks and menus.
    let functions = &records["flow2.yaml"].functions;
    let names: Vec<(&str, u64)> =
        functions.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    let expected = [
        ("Desk/Close", 2),
        ("Desk/Help Menu", 0),
        ("Desk/Main Menu", 3),
        ("Desk/Spare", 0),
    ];
    assert_eq!(names, expected);
    assert_eq!(records["flow1.yaml"].functions["Main"], 1);
    assert_eq!(records["flow1.yaml"].declared["Main"], 9, "where Ask stands");
    // Line 64 contains the task Spare, which no call reached.
    assert_eq!(records["flow2.yaml"].lines.get(&64), Some(&0));
}

/// Names may contain characters that end a name in a tracefile.
#[test]
fn names_do_not_break_a_tracefile() {
    let flows = DESK
        .replace("name: Close", "name: \"Close, or\\nnot\"")
        .replace("name: Spare", "name: \"Close  or not\"");
    let text = render_lcov(&Stage::new(&[&flows, CLOCK]).count(&[]));
    let records = records(&text);
    let names: Vec<&str> =
        records["flow1.yaml"].functions.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "Desk/Close  or not",
            "Desk/Close  or not (2)",
            "Desk/Help Menu",
            "Desk/Main Menu"
        ]
    );
}

/// Tests the tools themselves if they are installed.
#[test]
fn lcov_reads_a_tracefile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.info");
    fs::write(&path, render_lcov(&report())).unwrap();
    let output = Command::new("lcov")
        .args(["--summary", "--rc", "lcov_branch_coverage=1"])
        .arg(&path)
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: lcov is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let records = records(&render_lcov(&report()));
    for (found, hit, what) in [("LF", "LH", "lines"), ("BRF", "BRH", "branches")] {
        let wanted =
            format!("({} of {} {what})", sum(&records, hit), sum(&records, found));
        assert!(said.contains(&wanted), "{wanted}\n{said}");
    }
}
