//! Flows and fixtures of a command line, loaded.

use std::path::PathBuf;

use super::exit::Exit;
use super::output;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::flow::{Flow, check, read};
use crate::source::Files;
use crate::world::Fixtures;

/// Loads flows that can run. What forbids it is shown, and so is every other error that a
/// call may meet; warnings are for `flowsim check`.
pub(super) fn flows(paths: &[PathBuf], files: &mut Files) -> Result<Vec<Flow>, Exit> {
    let read::Loaded { flows, mut diagnostics, .. } = read::load(paths, files);
    diagnostics.extend(check::check(&flows));
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    if diagnostics.iter().any(check::forbids_running) {
        Err(Exit::Input)
    } else {
        Ok(flows)
    }
}

/// Loads fixtures; any error in them is one too many.
pub(super) fn fixtures(paths: &[PathBuf], files: &mut Files) -> Result<Fixtures, Exit> {
    let (fixtures, mut diagnostics) = Fixtures::load(paths, files);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) { Err(Exit::Input) } else { Ok(fixtures) }
}
