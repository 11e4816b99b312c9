//! `flowsim batch merge`

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::stream;
use crate::batch::Summary;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::Diagnostic;
use crate::source::{File, Files, read_json};

/// Merge summaries of `flowsim batch compare --summary` into one.
///
/// The merged summary of all parts of a batch equals the summary of the whole batch.
///
/// Exits with 0 if the summaries were merged, 3 if one does not load, 4 if there are none.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files with one summary per line; - is standard input, the default
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let standard = [PathBuf::from("-")];
    let paths = match arguments.files.as_slice() {
        [] => &standard[..],
        paths => paths,
    };
    let mut merged: Option<Summary> = None;
    for path in paths {
        let text = match text(path) {
            Ok(text) => text,
            Err(error) => return Ok(stream::unreadable(path, &error)),
        };
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            // The name shows the line, because the document is one line.
            let mut files = Files::new();
            let file = files.add(format!("{}, line {number}", path.display()), line);
            let summary = match summary(&file) {
                Ok(summary) => summary,
                Err(diagnostics) => {
                    output::diagnostics(&diagnostics, &files);
                    return Ok(Exit::Input);
                }
            };
            merged = Some(match merged {
                Some(merged) => merged.merged(summary),
                None => summary,
            });
        }
    }
    let Some(merged) = merged else {
        output::message("error", "no summaries found");
        return Ok(Exit::Nothing);
    };
    output::result(&(merged.to_json() + "\n"))?;
    Ok(Exit::Success)
}

fn text(path: &Path) -> io::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}

fn summary(file: &File) -> Result<Summary, Vec<Diagnostic>> {
    let document = read_json(file).map_err(|problem| vec![problem.into()])?;
    Summary::read(&document)
}
