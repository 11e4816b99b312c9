//! Explanations of the codes, for `flowsim explain` and `docs/diagnostics.md`.

use super::Code;

/// Formats the page of a code for a terminal, with indented examples instead of fenced
/// ones.
pub fn explain(code: Code) -> String {
    let (name, severity) = (code.name(), code.severity().name());
    let meaning = code.meaning();
    let advice = unfenced(code.advice());
    format!("{name} ({severity})\n\n{meaning}\n\nWhat to do\n\n{advice}")
}

/// Formats the pages of all codes as one Markdown document.
pub fn handbook() -> String {
    let mut text = String::from(INTRODUCTION);
    for code in Code::all() {
        let (name, severity) = (code.name(), code.severity().name());
        let (meaning, advice) = (code.meaning(), code.advice().trim_end());
        text += &format!("\n## {name}\n\n*{severity}* — {meaning}\n\n{advice}\n");
    }
    text
}

const INTRODUCTION: &str = "\
# Diagnostics

All diagnostics of flowsim, in the order in which a run meets them: while files are read, \
while flows are checked, while a call runs. Codes are stable, so scripts can rely on them.

- An *error* makes `flowsim check` fail; in a run it is the reason why a node failed.
- A *warning* is probably a mistake; `flowsim check --deny warnings` fails on it too.
- A *note* is information.

`flowsim explain CODE` prints one of these pages, `flowsim explain --all` the whole document.
";

/// Converts fenced examples in Markdown to indented ones.
pub(super) fn unfenced(markdown: &str) -> String {
    let mut is_example = false;
    let mut text = String::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_example = !is_example;
            continue;
        }
        if is_example && !line.is_empty() {
            text.push_str("    ");
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}
