//! Standard output and standard error.

use std::io::{self, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use super::exit::Exit;
use crate::diagnostic::{Diagnostic, Style, render_text, summary, visible};
use crate::source::{Files, replace_file};

/// Writes a result.
pub(super) fn result(result: &(impl AsRef<[u8]> + ?Sized)) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(result.as_ref())?;
    out.flush()
}

/// Writes a result to a file, or to standard output if none is named.
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
        return Ok(Exit::Outside);
    }
    Ok(Exit::Success)
}

/// Writes to standard error; if nobody can read it, there is nobody to tell.
pub(super) fn aside(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A message on standard error: `error: …`, `note: …`. It may quote other people's texts,
/// which a terminal must not obey.
pub(super) fn message(kind: &str, text: &str) {
    aside(&format!("{kind}: {}\n", visible::lines(text)));
}

/// Whether standard output takes colours.
pub(super) fn result_has_color() -> bool {
    !matches!(AutoStream::choice(&io::stdout()), ColorChoice::Never)
}

/// Whether a machine runs this that nobody watches: `CI` is set, to anything but nothing, `0`
/// or `false`.
pub(super) fn is_ci() -> bool {
    std::env::var_os("CI")
        .is_some_and(|it| !["", "0", "false"].iter().any(|no| it == *no))
}

/// How wide a terminal on standard output is; no limit elsewhere.
pub(super) fn result_width() -> Option<usize> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width))
}

/// Shows diagnostics and how many there are, on standard error.
pub(super) fn diagnostics(diagnostics: &[Diagnostic], files: &Files) {
    uncounted(diagnostics, files);
    count(diagnostics);
}

/// Shows diagnostics on standard error; there may be more to come.
pub(super) fn uncounted(diagnostics: &[Diagnostic], files: &Files) {
    if diagnostics.is_empty() {
        return;
    }
    let color = !matches!(AutoStream::choice(&io::stderr()), ColorChoice::Never);
    let width = terminal_size::terminal_size_of(io::stderr())
        .map_or(Style::default().width, |(width, _)| usize::from(width.0));
    aside(&render_text(diagnostics, files, Style { color, width }));
}

/// Tells on standard error how many there were, if any.
pub(super) fn count(diagnostics: &[Diagnostic]) {
    if let Some(summary) = summary(diagnostics) {
        aside(&format!("{summary}\n"));
    }
}

/// What several threads write to; whoever failed with it in hand left it whole.
#[cfg(feature = "live")]
pub(super) fn locked<T>(shared: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
