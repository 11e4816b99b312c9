//! Suites.

use std::fs;

use flowsim::{ErrorKind, Outcome, Suite, SuiteOptions};

use super::bundled;

/// A suite over the shared flow with one test that passes, one that fails, one that is
/// skipped, and a file that does not load.
fn mixed() -> (tempfile::TempDir, Suite) {
    let folder = tempfile::tempdir().unwrap();
    let shared = bundled("shared-flow");
    let text = format!(
        "flows: [{0}/flows]\nfixtures: [{0}/fixtures.yaml]\ntests:\n\
         - {{name: good, flow: Inbound_Flow_A, input: ['1'], tags: [smoke], expect: {{status: completed}}}}\n\
         - {{name: bad, flow: Inbound_Flow_A, input: ['1'], expect: {{status: error}}}}\n\
         - {{name: later, skip: not yet, flow: Inbound_Flow_A}}\n",
        shared.display()
    );
    fs::write(folder.path().join("a.test.yaml"), text).unwrap();
    fs::write(folder.path().join("b.test.yaml"), "tests: 3\n").unwrap();
    let suite = Suite::load([folder.path()]).unwrap();
    (folder, suite)
}

#[test]
fn results_explain_failures() {
    let (_folder, suite) = mixed();
    let result = suite.run(&SuiteOptions::default().jobs(2)).unwrap();
    let outcomes: Vec<_> = result.results().iter().map(|it| it.outcome()).collect();
    let expected = [Outcome::Passed, Outcome::Failed, Outcome::Skipped, Outcome::Broken];
    assert_eq!(outcomes, expected);
    assert_eq!((result.passed(), result.failed(), result.skipped()), (1, 2, 1));
    assert!(!result.is_success());
    let [bad, file] = result.failures().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((bad.name(), bad.line()), ("bad", 5));
    let explanation = bad.explanation();
    assert!(explanation.starts_with("status: "), "{explanation}");
    assert!(explanation.contains("a.test.yaml:5"), "{explanation}");
    assert_eq!(bad.trace().unwrap().path().len(), 9);
    assert!(file.explanation().starts_with("error[INVALID_SCENARIO]"), "{file}");
    assert!(file.file().ends_with("b.test.yaml") && file.trace().is_none());
    assert!(result.to_string().ends_with("1 passed, 2 failed, 1 skipped"));
}

#[test]
fn a_case_runs_alone() {
    let (_folder, suite) = mixed();
    let all = suite.run(&SuiteOptions::default()).unwrap();
    let cases = suite.cases();
    assert_eq!(cases.len(), 4);
    for (case, result) in cases.iter().zip(all.results()) {
        let alone = case.run().unwrap();
        assert_eq!((alone.name(), alone.outcome()), (case.name(), result.outcome()));
        assert_eq!(alone.explanation(), result.explanation());
    }
    assert_eq!(cases[0].tags().collect::<Vec<_>>(), ["smoke"]);
    assert_eq!((cases[2].skip(), cases[3].skip()), (Some("not yet"), None));
}

#[test]
fn options_select_tests_and_stop_the_run() {
    let (_folder, suite) = mixed();
    let names = |options: &SuiteOptions| {
        let result = suite.run(options).unwrap();
        let names = result.results().iter().map(|it| it.name().to_owned());
        (names.collect::<Vec<_>>(), result.not_run())
    };
    let loads = "the scenario file loads".to_owned();
    let options = SuiteOptions::default().tag("smoke");
    assert_eq!(names(&options), (vec!["good".to_owned(), loads.clone()], 0));
    let options = SuiteOptions::default().pattern("LATER");
    assert_eq!(names(&options), (vec!["later".to_owned(), loads], 0));
    let options = SuiteOptions::default().max_failures(1);
    assert_eq!(names(&options), (vec!["good".to_owned(), "bad".to_owned()], 2));
}

#[test]
fn a_missing_path_is_an_error() {
    let error = Suite::load(["no/such/folder"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}
