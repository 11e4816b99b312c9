//! The tracefile, as the tools read it that it is for.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]
#![expect(clippy::print_stderr, reason = "what is skipped has to be seen")]

use std::fs;
use std::path::Path;
use std::process::Command;

use flowsim::analysis::coverage::{Kind, Report, read};
use flowsim::source::{Files, read_json};

/// What the bundled suites cover, as JSON and as a tracefile in `folder`.
fn of_bundled_suites(folder: &Path) -> Report {
    let write = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let command = command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let command = command.args(["test", "fixtures", "--coverage-out"]);
        let output = command.arg(folder.join(name)).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    write("run.json");
    write("run.info");
    let text = fs::read_to_string(folder.join("run.json")).unwrap();
    let file = Files::new().add("run.json", &*text);
    read(&read_json(&file).unwrap()).0
}

/// What a tool prints; nothing if it is not there.
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let mut command = Command::new(program);
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    let Ok(output) = command.arg(folder.join("run.info")).output() else {
        eprintln!("skipped: no {program}");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = text + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {text}");
    Some(text)
}

/// `12 of 34`, of several kinds together.
fn covered(report: &Report, kinds: &[Kind]) -> String {
    let shares = kinds.iter().map(|kind| report.share(*kind));
    let (covered, total) = shares.fold((0, 0), |(covered, total), share| {
        (covered + share.covered, total + share.total)
    });
    format!("({covered} of {total} ")
}

#[test]
fn lcov_counts_what_flowsim_counts() {
    let folder = tempfile::tempdir().unwrap();
    let report = of_bundled_suites(folder.path());
    let arguments = ["--rc", "lcov_branch_coverage=1", "--summary"];
    let Some(said) = said("lcov", &arguments, folder.path()) else { return };
    let line = |what: &str| said.lines().find(|it| it.contains(what)).unwrap_or(&said);
    let ways = covered(&report, &[Kind::Paths, Kind::Choices]);
    assert!(line("branches").contains(&ways), "{ways}: {said}");
    let drafts = report.flows.iter().filter(|flow| flow.flow_type == "inbound").count();
    let named = report.share(Kind::Tasks).total + report.share(Kind::Menus).total;
    let functions = format!("of {} functions", drafts + named);
    assert!(line("functions").contains(&functions), "{functions}: {said}");
}

#[test]
fn genhtml_shows_it_beside_the_flows() {
    let folder = tempfile::tempdir().unwrap();
    let report = of_bundled_suites(folder.path());
    let pages = folder.path().join("pages");
    let out = pages.to_string_lossy().into_owned();
    let arguments =
        ["--branch-coverage", "--no-prefix", "--quiet", "--output-directory", &out];
    if said("genhtml", &arguments, folder.path()).is_none() {
        return;
    }
    assert!(pages.join("index.html").is_file());
    for flow in &report.flows {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&*flow.file);
        let page = format!("{}{}.gcov.html", pages.display(), file.display());
        let text = fs::read_to_string(&page).unwrap_or_else(|it| panic!("{page}: {it}"));
        assert_eq!(text.contains("lineCov"), flow.count > 0, "{page}");
    }
}
