//! Flows and fixtures of a command line, loaded.

use std::path::PathBuf;

use super::exit::Exit;
use super::output;
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::flow::architect::ArchitectFlow;
use crate::flow::{Flow, check, read};
use crate::source::Files;
use crate::world::Fixtures;

/// Loads flows that can run. What forbids it is shown, and so is every other error that a
/// call may meet; warnings are for `flowsim check`. Architect's own flows do not run yet:
/// that is told if there are no others, or if one of them is `wanted`.
pub(super) fn flows(
    paths: &[PathBuf],
    wanted: Option<&str>,
    files: &mut Files,
) -> Result<Vec<Flow>, Exit> {
    let read::Loaded { flows, architect, mut diagnostics } = read::load(paths, files);
    let is_wanted = |flow: &&ArchitectFlow| match wanted {
        Some(name) => {
            let is_other = |flow: &Flow| &*flow.name == name || &**flow.key() == name;
            flow.name.value == name && !flows.iter().any(is_other) || flows.is_empty()
        }
        None => flows.is_empty(),
    };
    diagnostics.extend(architect.iter().filter(is_wanted).map(not_runnable));
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

fn not_runnable(flow: &ArchitectFlow) -> Diagnostic {
    let message = "flowsim checks flows of this dialect, but does not run them yet";
    Diagnostic::new(Code::NOT_RUNNABLE, message)
        .at(flow.name.span)
        .flow(&*flow.name.value)
        .help("`flowsim check` tells what is wrong with it")
}

/// Loads fixtures; any error in them is one too many.
pub(super) fn fixtures(paths: &[PathBuf], files: &mut Files) -> Result<Fixtures, Exit> {
    let (fixtures, mut diagnostics) = Fixtures::load(paths, files);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) { Err(Exit::Input) } else { Ok(fixtures) }
}
