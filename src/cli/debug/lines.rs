//! Lines of a flow file around an action.

use std::fmt::Write;

use crate::diagnostic::visible::one_line;
use crate::source::{Files, Span};
use crate::value::shortened;

/// The number of lines shown before and after the line of the action.
const AROUND: u32 = 2;

/// The largest number of characters of a line.
const MOST_CHARACTERS: usize = 110;

/// Returns the lines around a place, with its start underlined.
pub(super) fn around(span: Span, files: &Files) -> String {
    let file = files.get(span.file);
    let place = file.position(span.start);
    let last = file.position(u32::MAX).line;
    let first = place.line.saturating_sub(AROUND).max(1);
    let end = place.line.saturating_add(AROUND).min(last);
    let width = end.to_string().len();
    let path = one_line(&file.path().to_string_lossy());
    let mut out = format!(
        "{:width$}--> {path}:{}:{}\n{:width$} |\n",
        "", place.line, place.column, ""
    );
    for number in first..=end {
        let text = files.text(file.line(number));
        let text = one_line(&shortened(text, MOST_CHARACTERS)).replace('\t', " ");
        let _ = writeln!(out, "{number:width$} | {text}");
        if number == place.line {
            let before = " ".repeat((place.column as usize).saturating_sub(1));
            let length = marked(span, files).clamp(1, MOST_CHARACTERS);
            let marks = "^".repeat(length);
            if before.len() < MOST_CHARACTERS {
                let _ = writeln!(out, "{:width$} | {before}{marks}", "");
            }
        }
    }
    out
}

/// The number of marked characters on the first line of a place.
fn marked(span: Span, files: &Files) -> usize {
    let text = files.text(span);
    text.lines().next().unwrap_or_default().trim_end().chars().count()
}
