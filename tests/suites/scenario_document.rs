//! The examples in `docs/scenarios.md` are run.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::copy;
use super::yaml_blocks::yaml_blocks;
use flowsim::diagnostic::{Style, render_text};
use flowsim::report::explain;
use flowsim::runner::{CaseResult, Library, Options, Outcome, Plan, RunEvent, run};
use flowsim::source::Files;
use flowsim::suite::{Selection, discover};

#[test]
fn the_examples_of_the_document_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for example in ["shared-flow", "order-status", "northlight-power"] {
        copy(&root.join("fixtures").join(example), &folder.path().join(example));
    }
    let tests = folder.path().join("shared-flow/tests");
    fs::create_dir(&tests).unwrap();
    let blocks = yaml_blocks(&root.join("docs/scenarios.md"));
    for (line, text) in &blocks {
        fs::write(tests.join(format!("line{line:03}.test.yaml")), text).unwrap();
    }
    let told = played(&[tests]);
    assert_eq!(told.iter().filter(|(_, it)| it.is_empty()).count(), 24, "{told:#?}");
    let wrong: Vec<_> = told.iter().filter(|(_, it)| !it.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_example_that_runs_under_cargo_test_has_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let told = played(&[root.join("examples/scenarios")]);
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|(_, problem)| problem.is_empty()), "{told:#?}");
}

/// Returns the tests by name, with the problems of each.
fn played(paths: &[PathBuf]) -> Vec<(String, String)> {
    let mut files = Files::new();
    let (paths, diagnostics) = discover(paths, &mut files);
    let library = Library::load(&paths, &mut files);
    let style = Style { color: false, ..Style::default() };
    let problems = [diagnostics, library.diagnostics.clone()].concat();
    assert!(problems.is_empty(), "{}", render_text(&problems, &files, style));
    let plan = Plan::new(&library, &Selection::default(), &[], &files);
    let mut told = Vec::new();
    run(&plan, Options::default(), &mut |event| {
        if let RunEvent::Finished(result) = event {
            told.push((result.id.name.to_string(), problem(result, &files)));
        }
    })
    .unwrap();
    told
}

fn problem(result: &CaseResult, files: &Files) -> String {
    match &result.outcome {
        Outcome::Passed | Outcome::ExpectedFailure { .. } => String::new(),
        Outcome::Failed(mismatches) => {
            let (trace, program) = (result.trace.as_ref(), result.program.as_ref());
            explain(mismatches, trace.unwrap(), program.unwrap(), files)
        }
        Outcome::Broken(diagnostics) => {
            let style = Style { color: false, ..Style::default() };
            render_text(diagnostics, files, style)
        }
        other => format!("{other:?}"),
    }
}
