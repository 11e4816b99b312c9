//! Creation of report files, and the targets of annotations.

use std::fs;
use std::path::Path;

use flowsim::report::{Options, ReportSpec};
use flowsim::runner::{Library, LoadedSuite, RunEvent};

use super::events::{files, options, results, send, send_one};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_report_exists_only_after_the_run_has_ended() {
    for kind in ["junit", "tap", "json", "markdown", "cobertura"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/report");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, "of an earlier run").unwrap();
        let spec = ReportSpec::parse(&format!("{kind}={}", path.display())).unwrap();
        assert_eq!(spec.path(), Some(&*path));
        let mut reporter = spec.reporter(&options(true), Box::new(std::io::sink()));
        send_one(&mut *reporter, &RunEvent::Started);
        for result in &results() {
            send_one(&mut *reporter, &RunEvent::Finished(result));
        }
        assert_eq!(names(path.parent().unwrap()), [""; 0], "{kind}");
        send(&mut *reporter, &[], 0);
        assert_eq!(names(path.parent().unwrap()), ["report"], "{kind}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_reported_before_tests_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/junit.xml");
    let spec = ReportSpec::parse(&format!("junit={}", path.display())).unwrap();
    let mut reporter = spec.reporter(&options(true), Box::new(std::io::sink()));
    let (library, files) = (Library::default(), files());
    let scene = LoadedSuite { library: &library, files: &files };
    let error = reporter.event(&RunEvent::Started, scene).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write {}: ", path.display())), "{error}");
}

#[test]
fn github_gets_annotations_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "# of another program\n\n").unwrap();
    let options = Options { step_summary: Some(summary.clone()), ..options(false) };
    let mut written = Vec::new();
    let mut reporter =
        ReportSpec::parse("github").unwrap().reporter(&options, Box::new(&mut written));
    send(&mut *reporter, &results(), 0);
    drop(reporter);
    let annotations = String::from_utf8(written).unwrap();
    insta::assert_snapshot!(annotations);
    for line in annotations.lines() {
        assert!(line.starts_with("::error file=suites/"), "{line}");
        assert_eq!(line.matches("::error file").count(), 1, "{line}");
    }
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.starts_with("# of another program\n\n## ❌ flowsim test\n"));
    assert!(summary.contains("#### the flow is gone"), "{summary}");
}
