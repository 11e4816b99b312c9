//! `flowsim conformance`

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{import, output};
use crate::conformance::{Conformance, Document, FILES, Kit, Outcome, compare};
use crate::diagnostic::{Severity, sort};
use crate::recording;
use crate::report::conformance::{render_json, render_text};
use crate::source::{Files, create_parent_folder, replace_file};

/// Compare execution documents of the conformance kit with flowsim.
///
/// The kit has flows that show how Genesys Cloud behaves where its documentation is unclear.
/// Write it with --kit, publish its flows, make its calls, and download their execution
/// documents. The table shows which calls run differently here, and which policy of the
/// fixtures makes them equal.
///
/// Exits with 0 if all documents run as recorded, 1 if one differs, 3 if a document cannot
/// be read or belongs to no call, 4 if there are no documents, 5 if a file cannot be
/// written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Execution documents, or folders of them: `.json`, `.har`, `.ndjson` and `.jsonl`
    #[arg(required_unless_present = "kit", value_name = "FOLDER")]
    documents: Vec<PathBuf>,

    /// Write the kit into this folder: flows, calls, fixtures and instructions
    #[arg(long, value_name = "DIR", conflicts_with = "documents")]
    kit: Option<PathBuf>,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "kit")]
    format: Format,
}

/// The error of folders and files without execution documents.
const MISSING: &str = "no execution documents found";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Table for the terminal
    Text,
    /// flowsim's JSON
    Json,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if let Some(folder) = &arguments.kit {
        return write(folder);
    }
    let (documents, is_wrong) = documents(&arguments.documents);
    if documents.is_empty() {
        return Ok(if is_wrong { Exit::Input } else { Exit::Nothing });
    }
    let kit = Kit::load().expect("a test ensures that the kit loads");
    let conformance = compare(&kit, &documents);
    output::result(&match arguments.format {
        Format::Text => render_text(&conformance),
        Format::Json => render_json(&conformance),
    })?;
    Ok(exit(&conformance, is_wrong))
}

fn exit(conformance: &Conformance, is_wrong: bool) -> Exit {
    let differs = |outcome: &Outcome| matches!(outcome, Outcome::Different { .. });
    if is_wrong || !conformance.unmatched.is_empty() {
        Exit::Input
    } else if conformance.rows.iter().any(|row| differs(&row.outcome)) {
        Exit::Failure
    } else {
        Exit::Success
    }
}

/// Reads all documents. Returns whether some cannot be read.
fn documents(paths: &[PathBuf]) -> (Vec<Document>, bool) {
    let mut files = Files::new();
    let (paths, mut is_wrong) = import::saved_answers(paths, MISSING, &mut files);
    let has_files = !paths.is_empty();
    let mut documents = Vec::new();
    for path in paths {
        let mut imported = recording::import(&path, &mut files);
        sort(&mut imported.diagnostics);
        output::diagnostics(&imported.diagnostics, &files);
        is_wrong |= imported.diagnostics.iter().any(|it| it.severity == Severity::Error);
        let found = imported.recordings.into_iter();
        documents
            .extend(found.map(|recording| Document { path: path.clone(), recording }));
    }
    if has_files && documents.is_empty() && !is_wrong {
        output::message("error", MISSING);
    }
    (documents, is_wrong)
}

/// Writes the kit. Existing files of the kit are replaced.
fn write(folder: &Path) -> io::Result<Exit> {
    let mut written = String::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        let done = create_parent_folder(&path).and_then(|()| replace_file(&path, *text));
        if let Err(error) = done {
            let message = format!("cannot write {}: {error}", path.display());
            output::message("error", &message);
            return Ok(Exit::External);
        }
        written.push_str(&format!("{}\n", path.display()));
    }
    output::result(&written)?;
    Ok(Exit::Success)
}
