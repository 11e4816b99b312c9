//! Interactive review of pending snapshots.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use super::compare::remove;
use super::place::pending_path;
use crate::diagnostic::visible::one_line;
use crate::source::{Files, Span};
use crate::suite::difference::differing;
use crate::suite::scenario::SuiteFile;
use crate::value::Text;

/// Result of a review.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// Number of accepted snapshots.
    pub accepted: usize,
    /// Number of rejected snapshots; their files were deleted.
    pub rejected: usize,
    /// Number of snapshots left for a later review.
    pub skipped: usize,
}

/// Decision about a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
    AcceptAll,
    SkipAll,
}

/// A pending snapshot and its test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// File of the accepted snapshot.
    pub path: PathBuf,
    /// Scenario file of the test.
    pub file: PathBuf,
    /// Position of the test in it.
    pub span: Span,
    /// Name of the test.
    pub name: Text,
}

/// Explanation of the decisions.
const KEYS: &str = "a  accept: the pending version becomes the snapshot
r  reject: the pending version is deleted, and the snapshot stays as it is
s  skip: decide in a later review
A  accept this one and all that follow
";

/// Returns the snapshots of the tests that are pending, in test order.
pub fn pending(suites: &[SuiteFile]) -> Vec<Pending> {
    let of_suite = |suite: &SuiteFile| -> Vec<Pending> {
        let pending = suite.cases.iter().filter_map(|case| {
            let path = case.snapshot.as_ref().map(|it| it.path.clone())?;
            let (file, span, name) = (suite.path.clone(), case.span, case.name.clone());
            pending_path(&path).is_file().then_some(Pending { path, file, span, name })
        });
        pending.collect()
    };
    suites.iter().flat_map(of_suite).collect()
}

/// Shows the pending version of each snapshot and prompts for a decision. End of input
/// skips all remaining ones.
///
/// # Errors
/// A file cannot be read, renamed or removed, or the prompt fails. Decisions made before
/// remain in effect.
pub fn review(
    snapshots: &[Pending],
    files: &Files,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<Reviewed> {
    let mut reviewed = Reviewed::default();
    let mut for_all = None;
    if !snapshots.is_empty() {
        writeln!(output, "{KEYS}")?;
    }
    for (index, pending) in snapshots.iter().enumerate() {
        let path = &pending.path;
        let choice = match for_all {
            Some(choice) => choice,
            None => {
                let (number, count) = (index + 1, snapshots.len());
                let line = files.position(pending.span).line;
                let place = format!("{}:{line}", pending.file.display());
                let test = one_line(&format!("{place} {}", pending.name));
                writeln!(output, "{number} of {count}: {test}")?;
                writeln!(output, "    {}", one_line(&path.display().to_string()))?;
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

/// Shows the changes.
fn show(path: &Path, output: &mut impl Write) -> io::Result<()> {
    let pending = pending_path(path);
    let new = fs::read_to_string(&pending).map_err(|error| named(&pending, &error))?;
    // An unreadable snapshot is replaced like a missing one.
    let old = fs::read_to_string(path).unwrap_or_default();
    for line in differing(&lines(&old), &lines(&new)) {
        writeln!(output, "    {}", one_line(&line))?;
    }
    Ok(())
}

fn lines(text: &str) -> Vec<Text> {
    text.lines().map(Text::from).collect()
}

/// Asks until the answer is valid.
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
            other => {
                let answers = "answer a (accept), r (reject), s (skip) or A (accept all)";
                match one_line(other) {
                    empty if empty.is_empty() => writeln!(output, "{answers}")?,
                    other => writeln!(output, "unknown answer `{other}`; {answers}")?,
                }
            }
        }
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
