//! `flowsim init`

mod from;
mod workflow;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use clap::Args;

use self::workflow::Workflow;
use super::exit::Exit;
use super::output;
use crate::diagnostic::visible;
use crate::source::replace_file;

/// Files of a new project, with their paths.
const FILES: [(&str, &str); 4] = [
    ("flows/bakery.yaml", include_str!("project/bakery.yaml")),
    ("fixtures.yaml", include_str!("project/fixtures.yaml")),
    ("tests/bakery.test.yaml", include_str!("project/bakery.test.yaml")),
    (".gitignore", include_str!("project/gitignore")),
];

/// Create a first project: a flow, fixtures, tests, and a CI job that runs them.
///
/// In a Git checkout, the CI job is created at its top. Existing files are kept.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Project folder; created if it does not exist [default: the working folder; with
    /// --from, `flowsim` in the repository]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,

    /// Create a project for the flows and the Terraform of an existing repository: the
    /// project file, and fixtures for everything that the flows name and nothing defines.
    /// If the project exists, only add what is missing
    #[arg(long, value_name = "REPOSITORY")]
    from: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if let Some(repository) = &arguments.from {
        let own = || crate::source::plain(&repository.join(from::FOLDER)).to_owned();
        return from::run(repository, &arguments.folder.clone().unwrap_or_else(own));
    }
    let mut report = String::new();
    let folder = arguments.folder.as_deref().unwrap_or(Path::new("."));
    let created = create(folder, &mut report);
    output::result(&report)?;
    match created {
        Ok(()) => Ok(Exit::Success),
        Err((path, error)) => {
            let message = format!("cannot write `{}`: {error}", path.display());
            output::message("error", &message);
            Ok(Exit::External)
        }
    }
}

/// Creates the project, and reports each file and what to do next.
fn create(folder: &Path, report: &mut String) -> Result<(), (PathBuf, io::Error)> {
    let mut write = |path: &Path, text: &str| {
        let is_new = make(path, text).map_err(|error| (path.to_owned(), error))?;
        let done = if is_new { "created " } else { "kept    " };
        let _ = writeln!(report, "{done} {}", shown(path));
        Ok(is_new)
    };
    for (name, text) in FILES {
        write(&folder.join(name), text)?;
    }
    let workflow = Workflow::of(folder);
    let is_new = write(&workflow.path, &workflow.text)?;
    *report += &next_steps(folder);
    if !workflow.in_checkout {
        *report += &outside_a_checkout(folder, &workflow);
    } else if !is_new {
        *report += &kept_workflow(&workflow);
    }
    Ok(())
}

fn next_steps(folder: &Path) -> String {
    let place = if is_current(folder) {
        "Try".into()
    } else {
        format!("Go to {} and try", shown(folder))
    };
    let commands = "flowsim check flows --fixtures fixtures.yaml\n  flowsim test";
    format!("\n{place}:\n  {commands}\n")
}

fn outside_a_checkout(folder: &Path, workflow: &Workflow) -> String {
    let project = if is_current(folder) { "this folder".into() } else { shown(folder) };
    format!(
        "\nGitHub runs {} only if {project} is the top of a repository.\nFor a project within \
         a repository, run `flowsim init` in a checkout of it.\n",
        shown(&workflow.path)
    )
}

/// Says how to run the project in an existing workflow, which is never changed.
fn kept_workflow(workflow: &Workflow) -> String {
    if fs::read_to_string(&workflow.path).is_ok_and(|text| text == workflow.text) {
        return String::new();
    }
    format!(
        "\nTo run this project on GitHub, add these steps to {}, unless it has them:\n{}",
        shown(&workflow.path),
        visible::lines(&workflow.steps)
    )
}

fn is_current(folder: &Path) -> bool {
    folder.components().all(|it| it == Component::CurDir)
}

/// Creates a file unless it exists; returns whether it was created.
fn make(path: &Path, text: &str) -> io::Result<bool> {
    // Links are kept too, also those that lead to a missing file.
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            replace_file(path, text).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Formats a path with forward slashes, safe for the terminal.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    visible::one_line(&path.to_string_lossy().replace('\\', "/")).to_string()
}
