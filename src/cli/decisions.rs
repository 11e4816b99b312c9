//! Decision logs that runs write.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::exit::Exit;
use super::output;
use crate::analysis::decisions::{Decision, Form, write_csv, write_line};
use crate::source::{create_parent_folder, replace_file};

/// Replaces a decision log; the file is written completely or stays unchanged.
pub(super) fn replace(path: &Path, decisions: &[Decision]) -> Exit {
    exit_of(path, replace_file(path, &text(path, decisions, true)))
}

/// Appends to a decision log, or creates it.
pub(super) fn append(path: &Path, decisions: &[Decision]) -> Exit {
    exit_of(path, add(path, decisions))
}

fn add(path: &Path, decisions: &[Decision]) -> io::Result<()> {
    create_parent_folder(path)?;
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let is_empty = !file.metadata()?.is_file() || file.metadata()?.len() == 0;
    let mut added = String::new();
    // An interrupted process may have left a partial line; start on a new line.
    let mut last = [b'\n'];
    if !is_empty {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        added.push('\n');
    }
    added.push_str(&text(path, decisions, is_empty));
    // One write call, so that several processes can append to the same file.
    file.write_all(added.as_bytes())
}

fn text(path: &Path, decisions: &[Decision], is_new: bool) -> String {
    let mut text = String::new();
    match Form::of(path) {
        Form::Csv => write_csv(decisions, is_new, &mut text),
        Form::Ndjson => decisions.iter().for_each(|it| write_line(it, &mut text)),
    }
    text
}

fn exit_of(path: &Path, result: io::Result<()>) -> Exit {
    match result {
        Ok(()) => Exit::Success,
        Err(error) => {
            let path = path.display();
            output::message("error", &format!("cannot write {path}: {error}"));
            Exit::External
        }
    }
}
