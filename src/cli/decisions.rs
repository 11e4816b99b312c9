//! Logs of decisions that runs write.

use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::exit::Exit;
use super::output;
use crate::analysis::decisions::{Decision, Form, write_csv, write_line};
use crate::source::{make_folder_of, replace_file};

/// Writes a log anew, whole or not at all.
pub(super) fn replace(path: &Path, decisions: &[Decision]) -> Exit {
    told(path, replace_file(path, &text(path, decisions, true)))
}

/// Adds to a log, or begins one.
pub(super) fn append(path: &Path, decisions: &[Decision]) -> Exit {
    told(path, add(path, decisions))
}

fn add(path: &Path, decisions: &[Decision]) -> io::Result<()> {
    make_folder_of(path)?;
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let is_empty = !file.metadata()?.is_file() || file.metadata()?.len() == 0;
    let mut added = String::new();
    // A program that was ended may have left half a line; ours begins on its own.
    let mut last = [b'\n'];
    if !is_empty {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        added.push('\n');
    }
    added.push_str(&text(path, decisions, is_empty));
    // In one piece, so that several programs may add to one file.
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

fn told(path: &Path, result: io::Result<()>) -> Exit {
    match result {
        Ok(()) => Exit::Success,
        Err(error) => {
            let path = path.display();
            output::message("error", &format!("cannot write {path}: {error}"));
            Exit::Outside
        }
    }
}
