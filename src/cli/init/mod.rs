//! `flowsim init`

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::visible;

/// What a first project holds, by the path in it.
const FILES: [(&str, &str); 4] = [
    ("flows/bakery.yaml", include_str!("project/bakery.yaml")),
    ("fixtures.yaml", include_str!("project/fixtures.yaml")),
    ("tests/bakery.test.yaml", include_str!("project/bakery.test.yaml")),
    (".github/workflows/flows.yml", include_str!("project/flows.yml")),
];

/// Make a first project: a flow, fixtures, tests, and a CI job that runs them.
///
/// A file that is there already is left as it is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let folder = &arguments.folder;
    let mut told = String::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        let done = match make(&path, text) {
            Ok(true) => "made ",
            Ok(false) => "kept ",
            Err(error) => {
                output::result(&told)?;
                let message = format!("cannot write `{}`: {error}", path.display());
                output::message("error", &message);
                return Ok(Exit::Outside);
            }
        };
        let _ = writeln!(told, "{done} {}", shown(&path));
    }
    told.push('\n');
    if folder != Path::new(".") {
        let _ = writeln!(told, "Go to {} and try:", shown(folder));
    } else {
        told.push_str("Try:\n");
    }
    told.push_str("  flowsim check flows --fixtures fixtures.yaml\n  flowsim test\n");
    output::result(&told)?;
    Ok(Exit::Success)
}

/// Writes a file that is not there; whether it was not.
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

/// A path with forward slashes, safe for the terminal.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    visible::one_line(&path.to_string_lossy().replace('\\', "/")).to_string()
}
