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

use std::path::Path;
use std::process::ExitCode;

use flowsim::{Case, Error, Suite};
use libtest_mimic::{Arguments, Trial};

/// The folder of scenario files, relative to the root of the package.
const SCENARIOS: &str = "examples/scenarios";

fn main() -> Result<ExitCode, Error> {
    let suite = Suite::load([Path::new(env!("CARGO_MANIFEST_DIR")).join(SCENARIOS)])?;
    let trials = suite.cases().into_iter().map(trial).collect();
    Ok(libtest_mimic::run(&Arguments::from_args(), trials).exit_code())
}

fn trial(case: Case) -> Trial {
    let file = case.file().file_name().unwrap_or_default().to_string_lossy();
    let name = format!("{file}: {}", case.name());
    let is_skipped = case.skip().is_some();
    let play = move || {
        let result = case.run()?;
        if result.outcome().is_failure() {
            Err(result.explanation().into())
        } else {
            Ok(())
        }
    };
    Trial::test(name, play).with_ignored_flag(is_skipped)
}
