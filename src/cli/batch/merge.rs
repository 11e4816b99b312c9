//! `flowsim batch merge`

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::stream;
use crate::batch::Summary;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Files, MAX_FILE_BYTES, read_json};

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
        let mut lines = match lines(path) {
            Ok(lines) => lines,
            Err(error) => return Ok(stream::unreadable(path, &error)),
        };
        for number in 1_u64.. {
            let line = match next_line(&mut lines, MAX_FILE_BYTES) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => return Ok(stream::unreadable(path, &error)),
            };
            // The name shows the line, because the document is one line.
            let name = format!("{}, line {number}", path.display());
            let mut files = Files::new();
            let summary = match summary(&name, &line, &mut files) {
                Ok(Some(summary)) => summary,
                Ok(None) => continue,
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

fn lines(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if stream::is_standard_input(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(std::fs::File::open(path)?)))
}

/// Reads a line with its line break, at most one byte beyond the limit. Returns `None` at
/// the end of the file.
fn next_line(lines: &mut dyn BufRead, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    lines.take(limit + 1).read_until(b'\n', &mut line)?;
    Ok((!line.is_empty()).then_some(line))
}

/// Reads the summary of a line; `None` if the line is blank.
fn summary(
    name: &str,
    line: &[u8],
    files: &mut Files,
) -> Result<Option<Summary>, Vec<Diagnostic>> {
    if line.len() as u64 > MAX_FILE_BYTES {
        let message = format!("the line is longer than {MAX_FILE_BYTES} bytes");
        return Err(vec![unreadable(Code::FILE_TOO_LARGE, message, name, files)]);
    }
    let Ok(line) = std::str::from_utf8(line) else {
        let message = "the line is not UTF-8 text".to_owned();
        return Err(vec![unreadable(Code::FILE_NOT_TEXT, message, name, files)]);
    };
    if line.trim().is_empty() {
        return Ok(None);
    }
    let file = files.add(name, line);
    let document = read_json(&file).map_err(|problem| vec![problem.into()])?;
    Summary::read(&document).map(Some)
}

fn unreadable(code: Code, message: String, name: &str, files: &mut Files) -> Diagnostic {
    Diagnostic::new(code, message).at(files.add(name, "").span())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_is_read_up_to_the_limit() {
        let mut endless = BufReader::new(io::repeat(b'1'));
        let line = next_line(&mut endless, 1_000).unwrap().unwrap();
        assert_eq!(line.len(), 1_001);
        let mut two = &b"a\n\nb"[..];
        let mut next = || next_line(&mut two, 1_000).unwrap();
        assert_eq!(next().as_deref(), Some(&b"a\n"[..]));
        assert_eq!(next().as_deref(), Some(&b"\n"[..]));
        assert_eq!((next().as_deref(), next()), (Some(&b"b"[..]), None));
    }

    #[test]
    fn the_line_that_cannot_be_read_is_named() {
        let mut files = Files::new();
        let problems = summary("a, line 7", b"{\xff}\n", &mut files).unwrap_err();
        assert_eq!(problems[0].code, Code::FILE_NOT_TEXT);
        let file = files.get(problems[0].labels[0].span.file);
        assert_eq!(file.path(), Path::new("a, line 7"));
        assert_eq!(summary("a", b" \n", &mut files).unwrap(), None);
    }
}
