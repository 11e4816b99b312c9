//! Scenario files with tests of an exploration. Below a line `# explored HASH` is a test
//! that flowsim may replace; the hash shows whether a person has edited it since.

use std::borrow::Cow;

use twox_hash::XxHash64;

use crate::report::scenario::line;
use crate::value::Json;

/// The beginning of the line above a test.
const MARK: &str = "  # explored ";

/// The key of the tests, and the same key of a file without tests.
const TESTS: [&str; 2] = ["tests:", "tests: []"];

/// The beginning of the line with the flow of all tests.
const FLOW: &str = "  flow: ";

/// A scenario file as text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct TestFile {
    parts: Vec<Part>,
    /// Whether new lines end with CRLF, as the others do.
    has_crlf: bool,
}

/// A part of a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// The lines, each with its line break.
    text: String,
    /// Whether it is an unedited test of an exploration.
    is_replaceable: bool,
}

impl TestFile {
    /// Splits the text of a scenario file.
    pub(super) fn parse(text: &str) -> Self {
        let mut file = Self { has_crlf: text.contains("\r\n"), ..Self::default() };
        let mut is_in_test = false;
        for line in text.split_inclusive('\n') {
            let is_mark = line.starts_with(MARK);
            if is_mark || is_in_test && !is_inside(line, file.lines_of_last()) {
                file.start();
                is_in_test = is_mark;
            }
            if file.parts.is_empty() {
                file.start();
            }
            if let Some(part) = file.parts.last_mut() {
                part.text.push_str(line);
            }
        }
        for part in &mut file.parts {
            part.is_replaceable = is_unchanged(&part.text);
        }
        file.replace_key(TESTS[1], TESTS[0]);
        file
    }

    /// Replaces the last line of the file.
    fn replace_key(&mut self, from: &str, to: &str) {
        let Some(last) = self.parts.last_mut() else { return };
        let text = last.text.trim_end();
        if text.lines().last() == Some(from) {
            let start = text.len() - from.len();
            last.text.replace_range(start..start + from.len(), to);
        }
    }

    /// Writes the name of a flow in front of the tests, unless the present one is known.
    pub(super) fn rename_flow(&mut self, is_known: impl Fn(&str) -> bool, name: &str) {
        let Some(header) = self.parts.first_mut().filter(|it| !it.is_replaceable) else {
            return;
        };
        let Some(found) = header.text.lines().find(|line| line.starts_with(FLOW)) else {
            return;
        };
        let written = serde_json::from_str::<String>(found[FLOW.len()..].trim());
        if written.is_ok_and(|it| !is_known(&it)) {
            let mut renamed = String::new();
            line(&mut renamed, "  ", "flow", &Json::String(name.into()));
            header.text = header.text.replacen(found, renamed.trim_end(), 1);
        }
    }

    fn start(&mut self) {
        self.parts.push(Part { text: String::new(), is_replaceable: false });
    }

    fn lines_of_last(&self) -> usize {
        self.parts.last().map_or(0, |part| part.text.lines().count())
    }

    /// Returns the lines of the tests that may be replaced, from 1.
    pub(super) fn replaceable(&self) -> Vec<u32> {
        let mut line = 1_u32;
        let mut found = Vec::new();
        for part in &self.parts {
            if part.is_replaceable {
                found.push(line + 1);
            }
            line += u32::try_from(part.text.lines().count()).unwrap_or(u32::MAX / 2);
        }
        found
    }

    /// Removes the replaceable tests at these lines.
    pub(super) fn remove(&mut self, lines: &[u32]) {
        let mut all = self.replaceable().into_iter();
        self.parts.retain(|part| {
            !part.is_replaceable || all.next().is_some_and(|line| !lines.contains(&line))
        });
    }

    /// Whether the file has a test that differs from this one in its name at most.
    pub(super) fn has(&self, test: &str) -> bool {
        let wanted = without_name(test);
        self.parts.iter().any(|part| without_name(&unix(&part.text)) == wanted)
    }

    /// Adds a test at the end.
    pub(super) fn add(&mut self, test: &str) {
        if let Some(last) = self.parts.last_mut().filter(|it| !it.text.ends_with('\n')) {
            last.text.push_str(if self.has_crlf { "\r\n" } else { "\n" });
        }
        let mut text = format!("{MARK}{}\n{test}", hash(test));
        if self.has_crlf {
            text = text.replace('\n', "\r\n");
        }
        self.parts.push(Part { text, is_replaceable: true });
    }

    /// Adds lines in front of the tests.
    pub(super) fn begin(&mut self, text: String) {
        self.parts.insert(0, Part { text, is_replaceable: false });
    }

    /// The number of tests that may be replaced.
    pub(super) fn count(&self) -> usize {
        self.parts.iter().filter(|part| part.is_replaceable).count()
    }

    /// Returns the text of the file as it is saved. A file without tests can be read too.
    pub(super) fn saved(&self) -> String {
        let mut file = self.clone();
        file.replace_key(TESTS[0], TESTS[1]);
        file.text()
    }

    /// Returns the text of the file with its tests.
    pub(super) fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

/// Whether a line belongs to the test above it, which has this number of lines.
fn is_inside(line: &str, lines: usize) -> bool {
    lines == 1 || line.starts_with("    ")
}

/// Whether the text is a test with the hash in the line above it. The line breaks may be
/// those of another system.
fn is_unchanged(text: &str) -> bool {
    let text = unix(text);
    let marked = text.strip_prefix(MARK).and_then(|rest| rest.split_once('\n'));
    marked.is_some_and(|(written, test)| written == hash(test))
}

/// Returns the text with LF line breaks.
pub(super) fn unix(text: &str) -> Cow<'_, str> {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").into(),
        false => text.into(),
    }
}

fn hash(test: &str) -> String {
    format!("{:08x}", XxHash64::oneshot(0, test.as_bytes()) >> 32)
}

/// Returns the lines of a test below its name.
fn without_name(test: &str) -> Option<&str> {
    let start = test.find("- name: ")?;
    test[start..].split_once('\n').map(|(_, rest)| rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "  - name: \"1\"\n    input: [\"1\"]\n";
    const TWO: &str =
        "  - name: \"2\"\n    input: [\"2\"]\n    expect:\n      path: []\n";

    fn file() -> TestFile {
        let mut file =
            TestFile::parse("flows: .\ntests:\n  - name: own\n    input: \"3\"");
        file.add(ONE);
        file.add(TWO);
        file
    }

    #[test]
    fn written_tests_are_recognised() {
        let file = file();
        assert_eq!(TestFile::parse(&file.text()), file);
        assert_eq!(file.replaceable(), [6, 9]);
        assert_eq!(file.count(), 2);
    }

    #[test]
    fn an_edited_test_stays() {
        let text = file().text().replace("input: [\"1\"]", "input: [\"1\", null]");
        let mut file = TestFile::parse(&text);
        assert_eq!(file.replaceable(), [9]);
        file.remove(&[6, 9]);
        assert_eq!(file.text(), text[..text.rfind(MARK).unwrap()]);
    }

    #[test]
    fn tests_with_other_line_breaks_are_recognised() {
        let text = file().text().replace('\n', "\r\n");
        let mut file = TestFile::parse(&text);
        assert_eq!(file.replaceable(), [6, 9]);
        assert!(file.has(ONE));
        file.remove(&[6, 9]);
        assert_eq!(file.text(), text[..text.find(MARK).unwrap()]);
        file.add(ONE);
        file.add(TWO);
        assert_eq!(file.text(), text);
    }

    #[test]
    fn a_file_without_tests_can_be_read_and_extended() {
        let header = "flows: .\ndefaults:\n  flow: \"Old\"\n  at: null\ntests:\n";
        let mut file = TestFile::parse(&format!("{header}\n"));
        assert_eq!(file.saved(), header.replace("tests:", "tests: []") + "\n");
        let mut again = TestFile::parse(&file.saved());
        assert_eq!(again, file);
        again.add(ONE);
        assert!(again.saved().contains("tests:\n\n  # explored "), "{}", again.saved());
        file.rename_flow(|name| name == "Old", "New");
        assert!(file.text().contains("flow: \"Old\"\n"));
        file.rename_flow(|_| false, "a \"new\" one");
        assert!(
            file.text().contains("  flow: \"a \\\"new\\\" one\"\n  at"),
            "{}",
            file.text()
        );
    }

    #[test]
    fn a_test_that_a_person_adds_below_is_separate() {
        let own = "  - name: mine\n    input: \"4\"\n";
        let mut file = TestFile::parse(&format!("{}{own}\n# end\n", file().text()));
        assert_eq!(file.replaceable(), [6, 9]);
        file.remove(&[6, 9]);
        let expected = "flows: .\ntests:\n  - name: own\n    input: \"3\"\n";
        assert_eq!(file.text(), format!("{expected}{own}\n# end\n"));
    }
}
