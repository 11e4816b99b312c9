//! `flowsim init`

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::visible;

/// Files of a new project, with their paths.
const FILES: [(&str, &str); 4] = [
    ("flows/bakery.yaml", include_str!("project/bakery.yaml")),
    ("fixtures.yaml", include_str!("project/fixtures.yaml")),
    ("tests/bakery.test.yaml", include_str!("project/bakery.test.yaml")),
    (".github/workflows/flows.yml", include_str!("project/flows.yml")),
];

/// Create a first project: a flow, fixtures, tests, and a CI job that runs them.
///
/// Existing files are kept.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Project folder; created if it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let folder = &arguments.folder;
    let mut report = String::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        let done = match make(&path, text) {
            Ok(true) => "created ",
            Ok(false) => "kept    ",
            Err(error) => {
                output::result(&report)?;
                let message = format!("cannot write `{}`: {error}", path.display());
                output::message("error", &message);
                return Ok(Exit::External);
            }
        };
        let _ = writeln!(report, "{done} {}", shown(&path));
    }
    report.push('\n');
    if folder != Path::new(".") {
        let _ = writeln!(report, "Go to {} and try:", shown(folder));
    } else {
        report.push_str("Try:\n");
    }
    report.push_str("  flowsim check flows --fixtures fixtures.yaml\n  flowsim test\n");
    output::result(&report)?;
    Ok(Exit::Success)
}

/// Creates a file unless it exists; returns whether it was created.
fn make(path: &Path, text: &str) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match File::create_new(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Formats a path with forward slashes, safe for the terminal.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    visible::one_line(&path.to_string_lossy().replace('\\', "/")).to_string()
}
