//! `flowsim explore --properties`: rules of scenario files, checked for all calls.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::Arguments;
use crate::analysis::property::Property;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::engine::Call;
use crate::explore::{Checked, Options, properties};
use crate::program::Program;
use crate::source::{Files, read_document};
use crate::suite::{ProjectDefaults, discover, of_flow, read};
use crate::world::Fixtures;

/// Properties with the calls that they are about.
pub(super) type Pairs = Vec<(Arc<Property>, Call)>;

/// Reads the properties of the given scenario files. The flows are those of the command
/// line, not those of the files. Returns `None` if no files are given.
pub(super) fn pairs(
    arguments: &Arguments,
    program: &Program,
    calls: &[Call],
) -> Result<Option<Pairs>, Exit> {
    if arguments.properties.is_empty() {
        return Ok(None);
    }
    let mut files = Files::new();
    let (found, mut problems) = read_all(&arguments.properties, &mut files);
    let mut pairs = Vec::new();
    for property in &found {
        let mut is_used = false;
        for call in calls {
            let (is_of_flow, own) = of_flow(property, program, call.flow());
            if is_of_flow && own.is_empty() {
                pairs.push((Arc::clone(property), call.clone()));
            }
            is_used |= is_of_flow;
            own.into_iter().for_each(|it| add(it, &mut problems));
        }
        if let Some(flow) = property.flow.as_ref().filter(|_| !is_used) {
            let message = format!("no call starts in the flow `{}`", flow.value);
            let problem = Diagnostic::new(Code::INVALID_SCENARIO, message).at(flow.span);
            let help = "name a flow in which calls start, or start it with --flow";
            add(problem.help(help), &mut problems);
        }
    }
    problems.retain(|it| it.severity == Severity::Error);
    if problems.is_empty() {
        return Ok(Some(pairs));
    }
    sort(&mut problems);
    output::diagnostics(&problems, &files);
    Err(Exit::Input)
}

/// Checks properties for all calls.
pub(super) fn check(
    pairs: &Pairs,
    program: &Arc<Program>,
    fixtures: &Fixtures,
    options: Options,
) -> io::Result<Vec<Checked>> {
    let checked = properties(program, pairs, fixtures, options);
    checked.map_err(|error| io::Error::other(error.to_string()))
}

/// Adds a problem, unless another one is at the same place.
fn add(problem: Diagnostic, problems: &mut Vec<Diagnostic>) {
    let span = |it: &Diagnostic| it.labels.first().map(|label| label.span);
    if !problems.iter().any(|known| span(known) == span(&problem)) {
        problems.push(problem);
    }
}

/// Reads the properties of scenario files.
fn read_all(
    paths: &[PathBuf],
    files: &mut Files,
) -> (Vec<Arc<Property>>, Vec<Diagnostic>) {
    let (found, mut problems) = discover(paths, files);
    let mut all: Vec<Arc<Property>> = Vec::new();
    // The flows of the command line replace those of the files.
    let flows = vec![PathBuf::from(".")];
    let project = ProjectDefaults { flows, ..ProjectDefaults::default() };
    for path in found {
        let document = match files.load(&path) {
            Ok(file) => read_document(&file).map(|document| {
                let (suite, own) = read(&document, file.path(), &project);
                problems.extend(own);
                all.extend(suite.properties.iter().cloned());
            }),
            Err(problem) => Err(problem),
        };
        if let Err(problem) = document {
            problems.push(problem.into());
        }
    }
    (all, problems)
}
