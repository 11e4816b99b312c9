//! What each code means and what to do about it, for `flowsim explain` and for
//! `docs/diagnostics.md`.

use super::Code;

/// The page on a code, for a terminal: its examples are indented instead of fenced.
pub fn explain(code: Code) -> String {
    let (name, severity) = (code.name(), code.severity().name());
    let meaning = code.meaning();
    let advice = unfenced(code.advice());
    format!("{name} ({severity})\n\n{meaning}\n\nWhat to do\n\n{advice}")
}

/// The pages on all codes as one Markdown document.
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

What flowsim may say, in the order in which a call meets it: while files are read, while \
flows are checked, while a call runs. Codes are stable: scripts may rely on them.

- An *error* makes `flowsim check` fail; in a run it is what a node failed with.
- A *warning* is probably a mistake; `flowsim check --deny warnings` fails on it too.
- A *note* is worth knowing.

`flowsim explain CODE` prints one of these pages, `flowsim explain --all` this document.
";

/// Markdown with its examples indented instead of fenced.
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
