//! Snapshots that wait for somebody to accept or reject them.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use super::compare::remove;
use super::place::pending_path;
use crate::diagnostic::visible::one_line;
use crate::suite::explain::differing;
use crate::suite::scenario::SuiteFile;
use crate::value::Text;

/// What came of a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// How many snapshots were accepted.
    pub accepted: usize,
    /// How many were rejected: they are gone.
    pub rejected: usize,
    /// How many were left as they are, to be reviewed another time.
    pub skipped: usize,
}

/// What to do with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
    AcceptAll,
    SkipAll,
}

/// The snapshots of the tests that wait for a review, in the order of the tests.
pub fn pending(suites: &[SuiteFile]) -> Vec<PathBuf> {
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    let paths = cases.filter_map(|case| case.snapshot.as_ref().map(|it| &it.path));
    paths.filter(|path| pending_path(path).is_file()).cloned().collect()
}

/// Shows what is pending for these snapshots, and asks what to do with each. The end of the
/// input skips all that are left.
///
/// # Errors
/// A file cannot be read, renamed or removed, or the person cannot be asked; what was
/// decided before stays.
pub fn review(
    snapshots: &[PathBuf],
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Reviewed> {
    let mut reviewed = Reviewed::default();
    let mut for_all = None;
    for (index, path) in snapshots.iter().enumerate() {
        let choice = match for_all {
            Some(choice) => choice,
            None => {
                writeln!(
                    output,
                    "{} of {}: {}",
                    index + 1,
                    snapshots.len(),
                    path.display()
                )?;
                show(path, output)?;
                ask(input, output)?
            }
        };
        if matches!(choice, Choice::AcceptAll | Choice::SkipAll) {
            for_all = Some(choice);
        }
        match choice {
            Choice::Accept | Choice::AcceptAll => {
                fs::rename(pending_path(path), path).map_err(|it| named(path, &it))?;
                reviewed.accepted += 1;
            }
            Choice::Reject => {
                let pending = pending_path(path);
                remove(&pending).map_err(|error| named(&pending, &error))?;
                reviewed.rejected += 1;
            }
            Choice::Skip | Choice::SkipAll => reviewed.skipped += 1,
        }
    }
    Ok(reviewed)
}

/// What would change.
fn show(path: &Path, output: &mut impl Write) -> io::Result<()> {
    let pending = pending_path(path);
    let new = fs::read_to_string(&pending).map_err(|error| named(&pending, &error))?;
    // One that cannot be read is replaced like one that is not there.
    let old = fs::read_to_string(path).unwrap_or_default();
    for line in differing(&lines(&old), &lines(&new)) {
        writeln!(output, "    {}", one_line(&line))?;
    }
    Ok(())
}

fn lines(text: &str) -> Vec<Text> {
    text.lines().map(Text::from).collect()
}

/// Asks until the answer is one.
fn ask(input: &mut impl BufRead, output: &mut impl Write) -> io::Result<Choice> {
    loop {
        write!(output, "[a]ccept, [r]eject, [s]kip, [A]ccept all: ")?;
        output.flush()?;
        let mut answer = String::new();
        if input.read_line(&mut answer)? == 0 {
            writeln!(output)?;
            return Ok(Choice::SkipAll);
        }
        match answer.trim() {
            "a" | "accept" => return Ok(Choice::Accept),
            "r" | "reject" => return Ok(Choice::Reject),
            "s" | "skip" => return Ok(Choice::Skip),
            "A" | "all" => return Ok(Choice::AcceptAll),
            _ => {}
        }
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
