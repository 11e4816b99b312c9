//! Standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

use super::exit::Exit;
use super::screen::Screen;
use crate::diagnostic::{Diagnostic, Style, render_text, summary, visible};
use crate::project::FILE_NAME;
use crate::runner::Dependencies;
use crate::source::{Files, replace_file};

/// Writes a result.
pub(super) fn result(result: &(impl AsRef<[u8]> + ?Sized)) -> io::Result<()> {
    let mut out = Screen::standard();
    out.write_all(result.as_ref())?;
    out.flush()
}

/// A list of results that is written while a command changes files.
///
/// The command must not stop half-way because the reader of the list has closed the pipe,
/// as `head` does. The rest of the list is then dropped.
#[derive(Debug, Default)]
pub(super) struct Listing {
    is_closed: bool,
}

impl Listing {
    /// Writes a part of the list.
    pub(super) fn add(&mut self, part: &str) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        match result(part) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            written => written,
        }
    }
}

/// Writes a result to a file, or to standard output if no file is given.
pub(super) fn result_to(
    path: Option<&Path>,
    content: &(impl AsRef<[u8]> + ?Sized),
) -> io::Result<Exit> {
    let Some(path) = path else {
        result(content)?;
        return Ok(Exit::Success);
    };
    if let Err(error) = replace_file(path, content) {
        message("error", &format!("cannot write {}: {error}", path.display()));
        return Ok(Exit::External);
    }
    Ok(Exit::Success)
}

/// Refuses to write to a file that the command has read. A command checks its outputs
/// before it begins to work.
pub(super) fn refused_output(path: &Path, files: &Files) -> Option<Exit> {
    refused_input(path, files.iter().map(|file| file.path()))
}

/// Refuses to write to a file that is one of the inputs, or a project file.
pub(super) fn refused_input<'p>(
    path: &Path,
    mut inputs: impl Iterator<Item = &'p Path>,
) -> Option<Exit> {
    let places = Dependencies::resolved(path);
    let is_same =
        |input: &Path| Dependencies::resolved(input).iter().any(|it| places.contains(it));
    let is_project = path.file_name().is_some_and(|name| name == FILE_NAME);
    if !path.is_file() || !(is_project || inputs.any(is_same)) {
        return None;
    }
    let path = path.display();
    let text = format!("this run reads {path} and cannot write to it; name another file");
    message("error", &text);
    Some(Exit::Usage)
}

/// Returns standard output, or standard error if standard output has data for programs.
pub(super) fn stream(is_aside: bool) -> Box<dyn Write> {
    if is_aside { Box::new(io::stderr()) } else { Box::new(Screen::standard()) }
}

/// Writes to standard error. A failure to write is ignored: it could not be reported.
pub(super) fn aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes a message to standard error: `error: …`, `note: …`. Control characters in
/// quoted text are escaped for the terminal.
pub(super) fn message(kind: &str, text: &str) {
    aside(&format!("{kind}: {}\n", visible::lines(text)));
}

/// Colours of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// Colours if the output is a terminal
    Auto,
    /// Colours everywhere
    Always,
    /// No colours
    Never,
}

/// Sets the colours of all output. Without a choice, the environment decides.
pub(super) fn set_color(color: Option<Color>) {
    match color {
        None => {}
        Some(Color::Auto) => ColorChoice::Auto.write_global(),
        Some(Color::Always) => ColorChoice::AlwaysAnsi.write_global(),
        Some(Color::Never) => ColorChoice::Never.write_global(),
    }
}

/// Returns whether standard output supports colours.
pub(super) fn result_has_color() -> bool {
    !matches!(AutoStream::choice(&io::stdout()), ColorChoice::Never)
        && (!is_unforced() || io::stdout().is_terminal())
}

/// Returns whether standard error supports colours.
pub(super) fn aside_has_color() -> bool {
    !matches!(AutoStream::choice(&io::stderr()), ColorChoice::Never)
        && (!is_unforced() || io::stderr().is_terminal())
}

/// Whether `CLICOLOR_FORCE=0` says that nothing forces colours. `anstream` takes any value
/// for a yes.
fn is_unforced() -> bool {
    std::env::var_os("CLICOLOR_FORCE").is_some_and(|it| it == "0")
        && ColorChoice::global() == ColorChoice::Auto
}

/// Returns whether a person watches standard error on a terminal that can overwrite its
/// lines.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal() && can_overwrite() && !is_ci()
}

/// Returns whether the terminal can move its cursor; `TERM=dumb` cannot.
pub(super) fn can_overwrite() -> bool {
    std::env::var_os("TERM").is_none_or(|it| it != "dumb")
}

/// Returns whether the program runs unattended: `CI` is set to anything but an empty
/// string, `0` or `false`.
pub(super) fn is_ci() -> bool {
    std::env::var_os("CI")
        .is_some_and(|it| !["", "0", "false"].iter().any(|no| it == *no))
}

/// Returns the width of the terminal on standard output; `None` if it is not a terminal.
pub(super) fn result_width() -> Option<usize> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width))
}

/// Shows diagnostics and their count on standard error.
pub(super) fn diagnostics(diagnostics: &[Diagnostic], files: &Files) {
    uncounted(diagnostics, files);
    count(diagnostics);
}

/// Shows diagnostics on standard error without their count, because more may follow.
pub(super) fn uncounted(diagnostics: &[Diagnostic], files: &Files) {
    if diagnostics.is_empty() {
        return;
    }
    let color = aside_has_color();
    let width = terminal_size::terminal_size_of(io::stderr())
        .map_or(Style::default().width, |(width, _)| usize::from(width.0));
    aside(&render_text(diagnostics, files, Style { color, width }));
}

/// Writes the number of diagnostics to standard error, if there are any.
pub(super) fn count(diagnostics: &[Diagnostic]) {
    if let Some(summary) = summary(diagnostics) {
        aside(&format!("{summary}\n"));
    }
}

/// Locks a value that several threads write to. A poisoned lock is used anyway: the value
/// is always left complete.
#[cfg(feature = "live")]
pub(super) fn locked<T>(shared: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
