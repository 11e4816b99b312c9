//! Runs scenario files as tests of `cargo test`, one test per scenario.
//!
//! To use this in another project, copy it to `tests/flows.rs`, add `flowsim` and
//! `libtest-mimic` as dev-dependencies, and add to `Cargo.toml`:
//!
//! ```toml
//! [[test]]
//! name = "flows"
//! harness = false
//! ```
//!
//! All options of `cargo test` work: `cargo test --test flows -- "press 1"` runs the
//! tests with these words in their names, and `--list` lists all tests.

use std::path::PathBuf;
use std::process::ExitCode;

use flowsim::diagnostic::{Diagnostic, Severity, Style, render_text};
use flowsim::report::explain;
use flowsim::runner::{CaseResult, Library, Options, Outcome, Plan, RunEvent, run};
use flowsim::source::Files;
use flowsim::suite::{Selection, discover};
use libtest_mimic::{Arguments, Failed, Trial};

/// The folder of scenario files, relative to the root of the package.
const SCENARIOS: &str = "examples/scenarios";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(SCENARIOS);
    // The tests need these values until the process ends, so they are leaked.
    let files: &mut Files = Box::leak(Box::default());
    let (paths, mut diagnostics) = discover(&[folder], files);
    let library: &Library = Box::leak(Box::new(Library::load(&paths, files)));
    diagnostics.extend(library.diagnostics.iter().cloned());
    let files: &Files = files;
    let mut trials = Vec::new();
    for planned in Plan::new(library, &Selection::default(), &[], files).cases {
        let is_skipped = planned.case.skip.is_some();
        let name = planned.id.title.to_string();
        let file = planned.id.file.file_name().unwrap_or_default().to_string_lossy();
        let plan =
            Plan { cases: vec![planned.clone()], found: 1, files: 1, ..Plan::default() };
        let trial = Trial::test(format!("{file}: {name}"), move || play(&plan, files));
        trials.push(trial.with_ignored_flag(is_skipped));
    }
    // A file that does not load contains no tests. Report it as a failed test.
    diagnostics.retain(|it| it.severity == Severity::Error);
    if !diagnostics.is_empty() {
        let rendered = rendered(&diagnostics, files);
        trials.push(Trial::test("scenario files load", move || Err(rendered.into())));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn play(plan: &Plan<'_>, files: &Files) -> Result<(), Failed> {
    let mut result = Ok(());
    let options = Options { jobs: 1, ..Options::default() };
    run(plan, options, &mut |event| {
        if let RunEvent::Finished(case) = event {
            result = verdict(case, files);
        }
    })?;
    result
}

fn verdict(case: &CaseResult, files: &Files) -> Result<(), Failed> {
    match (&case.outcome, &case.trace, &case.program) {
        (Outcome::Passed | Outcome::Skipped(_), ..) => Ok(()),
        (Outcome::Failed(mismatches), Some(trace), Some(program)) => {
            Err(explain(mismatches, trace, program, files).into())
        }
        (Outcome::Broken(diagnostics), ..) => Err(rendered(diagnostics, files).into()),
        (Outcome::Panicked(message), ..) => Err(message.as_str().into()),
        (Outcome::Failed(_), ..) => Err("the test failed".into()),
    }
}

fn rendered(diagnostics: &[Diagnostic], files: &Files) -> String {
    render_text(diagnostics, files, Style { color: false, ..Style::default() })
}
