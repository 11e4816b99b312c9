//! Markdown page for GitHub and GitLab.

use std::fmt::Write;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::causes::Causes;
use super::output::ReportFile;
use super::properties::Properties;
use super::property_cases::{PropertyCase, PropertyResult};
use super::spec::{Destination, Format, Target};
use super::words::{
    counts, duration, explanation, name_of, place_of, plural, shown_path,
};
use super::{Options, Reporter};
use crate::diagnostic::visible::one_line;
use crate::runner::{CaseResult, Ended, LoadedSuite, Outcome, RunEvent, Tally, Untested};
use crate::source::Files;

/// First lines of pages: of a failed and of a successful run.
const TITLES: [&str; 2] = ["## ❌ flowsim test\n", "## ✅ flowsim test\n"];

/// Markdown page.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    target: Target::File,
    beginnings: &TITLES,
    needs_traces: false,
    reporter: |to: Destination<'_>, options| Box::new(Markdown::new(to.file, options)),
};

/// Writes the page to a file.
struct Markdown {
    file: ReportFile,
    page: Page,
}

impl Markdown {
    fn new(file: ReportFile, options: Options) -> Self {
        Self { file, page: Page::new(options, usize::MAX) }
    }
}

impl Reporter for Markdown {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                self.page.add(result, scene.files);
                Ok(())
            }
            RunEvent::Ended(Ended { tally, took, .. }) => {
                self.page.add_without_tests(scene.library.without_tests());
                self.file.write(&self.page.text(tally, took))
            }
        }
    }
}

/// Content of the page.
pub(super) struct Page {
    options: Options,
    /// Remaining bytes for the listed tests.
    room: usize,
    failures: String,
    expected: String,
    causes: Causes,
    skipped: String,
    properties: Properties,
    /// Number of tests omitted for lack of space.
    left_out: usize,
}

impl Page {
    pub(super) fn new(options: Options, room: usize) -> Self {
        Self {
            options,
            room,
            failures: String::new(),
            expected: String::new(),
            causes: Causes::default(),
            skipped: String::new(),
            properties: Properties::default(),
            left_out: 0,
        }
    }

    pub(super) fn add(&mut self, result: &CaseResult, files: &Files) {
        self.causes.add(result);
        self.properties.add(result);
        let (to, text) = match &result.outcome {
            Outcome::Passed => return,
            Outcome::ExpectedFailure { reason, .. } => {
                let reason = escaped(&one_line(reason));
                (&mut self.expected, format!("- {}: {reason}\n", title(result)))
            }
            Outcome::Skipped(reason) => {
                let reason = escaped(&one_line(reason));
                (&mut self.skipped, format!("- {}: {reason}\n", title(result)))
            }
            _ => (&mut self.failures, failure(result, &self.options, files)),
        };
        match self.room.checked_sub(text.len()) {
            Some(room) => {
                *to += &text;
                self.room = room;
            }
            None => self.left_out += 1,
        }
    }

    /// Adds the properties of scenario files without tests.
    pub(super) fn add_without_tests(&mut self, files: Vec<Untested>) {
        self.properties.add_without_tests(files);
    }

    pub(super) fn text(&mut self, tally: Tally, took: Duration) -> String {
        let is_well = tally.failed == 0 && tally.not_run == 0;
        let title = TITLES[usize::from(is_well)];
        let mut text = format!("{title}\n{}", counts(tally));
        if self.options.times {
            let _ = write!(text, ", in {}", duration(took));
        }
        text.push('\n');
        let mut causes = self.causes.shared().peekable();
        if causes.peek().is_some() {
            text.push_str("\n### Same cause\n");
        }
        for group in causes {
            let _ = write!(
                text,
                "\n{}: {}\n\n{}",
                group.count(),
                escaped(group.cause),
                block(group.places().trim_end())
            );
        }
        if !self.failures.is_empty() {
            let _ = write!(text, "\n### Failed\n{}", self.failures);
        }
        text += &self.properties_text();
        if !self.expected.is_empty() {
            let _ = write!(text, "\n### Failed as expected\n\n{}", self.expected);
        }
        if !self.skipped.is_empty() {
            let _ = write!(text, "\n### Skipped\n\n{}", self.skipped);
        }
        if self.left_out > 0 {
            let tests = plural(self.left_out, "test");
            let _ = write!(text, "\n{tests} more omitted for lack of space.\n");
        }
        text
    }

    /// Formats the properties, as far as there is space.
    fn properties_text(&mut self) -> String {
        let all = self.properties.take();
        let mut text = String::new();
        let mut left_out = 0;
        for line in all.iter().map(|(path, case)| property(path, case)) {
            match self.room.checked_sub(line.len()) {
                Some(room) => {
                    text += &line;
                    self.room = room;
                }
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            let more = plural(left_out, "line");
            let _ = writeln!(text, "- {more} more omitted for lack of space");
        }
        if text.is_empty() { text } else { format!("\n### Properties\n\n{text}") }
    }
}

/// Formats a property with its result.
fn property(path: &Path, case: &PropertyCase) -> String {
    let name =
        format!("{} · {}", escaped(&one_line(&case.name)), escaped(&shown_path(path)));
    match &case.result {
        PropertyResult::Kept => format!("- {name}: kept\n"),
        PropertyResult::NotChecked(why) => {
            format!("- {name}: not checked: {}\n", escaped(why))
        }
        PropertyResult::Broken(broken) => format!(
            "- {name}: **broken** by {}: {}\n",
            escaped(&broken.test),
            escaped(&broken.message)
        ),
    }
}

fn failure(result: &CaseResult, options: &Options, files: &Files) -> String {
    let kind = match &result.outcome {
        Outcome::Failed(_) => String::new(),
        other => format!(" ({})", other.name()),
    };
    let text = explanation(result, options.explain, files);
    let command = one_line(&result.command());
    format!(
        "\n#### {}{kind}\n\n{}\nRun only this test:\n\n{}",
        title(result),
        block(&text),
        block(&command)
    )
}

/// Formats name and place.
fn title(result: &CaseResult) -> String {
    let (name, place) = (name_of(&result.id), place_of(&result.id));
    format!("{} · {}", escaped(&name), escaped(&place))
}

/// Formats a code block with a fence that the text cannot close.
fn block(text: &str) -> String {
    let runs = text.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    format!("{fence}text\n{text}\n{fence}\n")
}

/// Escapes Markdown syntax.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // A backslash does not prevent GitHub from linking these.
            '@' => escaped.push_str("&#64;"),
            '#' => escaped.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '!'
            | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(line: u32) -> CaseResult {
        CaseResult::sample(line, Outcome::Skipped("c".into()))
    }

    #[test]
    fn omitted_tests_are_counted() {
        let options =
            Options { explain: |_, _| String::new(), times: false, step_summary: None };
        let mut page = Page::new(options, "- b · a:1: c\n".len() * 2);
        (1..=5).for_each(|line| page.add(&skipped(line), &Files::new()));
        let text = page.text(Tally { skipped: 5, ..Tally::default() }, Duration::ZERO);
        assert_eq!(text.matches("- b · a:").count(), 2, "{text}");
        assert!(text.ends_with("\n3 tests more omitted for lack of space.\n"), "{text}");
    }

    #[test]
    fn a_block_ends_where_we_end_it() {
        assert_eq!(block("a"), "```text\na\n```\n");
        assert_eq!(block("a\n```\nb"), "````text\na\n```\nb\n````\n");
        assert_eq!(block("``"), "```text\n``\n```\n");
    }

    #[test]
    fn a_name_is_nothing_but_text() {
        let hostile = "a*b* <img> [x](y) `c` @all #1 a|b &amp; \\";
        assert_eq!(
            escaped(hostile),
            "a\\*b\\* \\<img\\> \\[x\\](y) \\`c\\` &#64;all &#35;1 a\\|b \\&amp; \\\\"
        );
    }
}
