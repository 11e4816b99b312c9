//! Results of earlier runs, read from `flowsim.run/1`, so that every format can be written
//! from the files of several shards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;

use super::json::{NO_TESTS, SCHEMA};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::runner::{
    CaseId, CaseResult, Ended, Library, LoadedSuite, Outcome, Reported, RunEvent, Tally,
    Untested,
};
use crate::source::{File, Files, Span};
use crate::suite::{Mismatch, Shown};
use crate::value::Text;

/// Maximum line and column of a position. Later ones are shown at the first line or
/// column, so that a broken file cannot exhaust the memory.
const MAX_LINE: u32 = 1_000_000;
const MAX_COLUMN: u32 = 10_000;

/// Beginning of the command that runs a test again.
const COMMAND: &str = "flowsim test";

/// Results of earlier runs.
#[derive(Debug, Default)]
pub struct EarlierRuns {
    /// Results by file, line, row and name. A later result replaces an earlier one.
    results: IndexMap<Key, Finished>,
    found: usize,
    files: usize,
    not_run: usize,
    /// Number of tests of killed runs without a result.
    missing: usize,
    /// Number of tests of the current run without a result so far; 0 after its end.
    expected: usize,
    took: Duration,
    has_no_times: bool,
    /// Properties of files without tests, by file, with the number of the last run that
    /// has them.
    untested: IndexMap<String, (usize, Vec<Text>)>,
    /// Numbers of `started` and `ended` lines.
    started: usize,
    ended: usize,
}

/// File, line, row and name of a test. Without another test of this name in the file, the
/// line is 0: it may change between two runs.
type Key = (String, u32, Option<u32>, String);

#[derive(Deserialize)]
struct Head {
    schema: String,
    event: String,
}

#[derive(Deserialize)]
struct Started {
    selected: usize,
    found: usize,
    files: usize,
}

#[derive(Deserialize)]
struct PropertyLine {
    file: String,
    name: String,
    result: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct End {
    not_run: usize,
    took_ms: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finished {
    file: String,
    line: u32,
    name: String,
    row: Option<u32>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    outcome: String,
    took_ms: Option<f64>,
    command: String,
    reason: Option<String>,
    mismatches: Vec<Difference>,
    #[serde(default)]
    properties: Vec<String>,
    diagnostics: Vec<Finding>,
    explanation: Option<String>,
    /// The line itself.
    #[serde(skip)]
    text: String,
    /// Number of its run.
    #[serde(skip)]
    run: usize,
}

#[derive(Debug, Deserialize)]
struct Difference {
    line: u32,
    column: u32,
    subject: String,
    message: String,
    expected: Option<Showing>,
    found: Option<Showing>,
    seq: Option<u32>,
    cause: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Showing {
    Text(String),
    Lines(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct Finding {
    code: String,
    severity: String,
    message: String,
    help: Option<String>,
    flow: Option<String>,
    node: Option<String>,
}

impl EarlierRuns {
    /// Adds the results of a file.
    ///
    /// # Errors
    /// A line is not one of `flowsim.run/1`.
    pub fn add(&mut self, file: &File) -> Result<(), Vec<Diagnostic>> {
        let mistake = |number: u32, message: String| {
            let help = "write the file with `flowsim test --report json=FILE`";
            let place = file.line(number);
            vec![Diagnostic::new(Code::INVALID_RUN, message).at(place).help(help)]
        };
        for (number, line) in (1..).zip(file.text().lines()) {
            if !line.trim().is_empty() {
                self.add_line(line).map_err(|problem| mistake(number, problem))?;
            }
        }
        // The run of a killed process has no end.
        self.stop();
        match self.started {
            0 => Err(mistake(1, "the file has no run".into())),
            _ => Ok(()),
        }
    }

    /// Counts the tests of the current run that have no result.
    fn stop(&mut self) {
        self.missing += std::mem::take(&mut self.expected);
    }

    fn add_line(&mut self, line: &str) -> Result<(), String> {
        let unread =
            |error: serde_json::Error| format!("not a line of {SCHEMA}: {error}");
        let head: Head = serde_json::from_str(line).map_err(unread)?;
        if head.schema != SCHEMA {
            return Err(format!("the line is of `{}`, expected {SCHEMA}", head.schema));
        }
        match head.event.as_str() {
            "started" => {
                let run: Started = serde_json::from_str(line).map_err(unread)?;
                self.stop();
                self.expected = run.selected;
                // Shards of one suite find the same tests.
                self.found = self.found.max(run.found);
                self.files = self.files.max(run.files);
                self.started += 1;
            }
            "finished" => {
                let mut result: Finished = serde_json::from_str(line).map_err(unread)?;
                result.check()?;
                line.clone_into(&mut result.text);
                self.has_no_times |= result.took_ms.is_none();
                self.expected = self.expected.saturating_sub(1);
                result.run = self.started;
                self.results.insert(result.key(), result);
            }
            "ended" => {
                let run: End = serde_json::from_str(line).map_err(unread)?;
                self.not_run += run.not_run;
                self.expected = 0;
                // Shards run at the same time.
                self.took = self.took.max(duration(run.took_ms));
                self.has_no_times |= run.took_ms.is_none();
                self.ended += 1;
            }
            "property" => {
                self.add_property(serde_json::from_str(line).map_err(unread)?);
            }
            // Later versions may add events.
            _ => {}
        }
        Ok(())
    }

    /// Adds a property of a file without tests. Those of a later run replace those of an
    /// earlier one. The results of other files are those of their tests.
    fn add_property(&mut self, line: PropertyLine) {
        if line.result != NO_TESTS {
            return;
        }
        let (run, names) = self.untested.entry(line.file).or_default();
        if *run != self.started {
            (*run, *names) = (self.started, Vec::new());
        }
        names.push(line.name.into());
    }

    /// Returns the files without tests, unless a run has tests of them.
    fn without_tests(&self) -> Vec<Untested> {
        let has_tests = |file: &str| self.results.values().any(|it| it.file == file);
        let own = self.untested.iter().filter(|(file, _)| !has_tests(file));
        let mut files: Vec<Untested> = own
            .map(|(file, (_, names))| Untested {
                path: file.into(),
                properties: names.clone(),
            })
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }

    /// Returns whether every run has ended.
    pub fn is_complete(&self) -> bool {
        self.started == self.ended
    }

    /// Returns whether all runs have times.
    pub fn has_times(&self) -> bool {
        !self.has_no_times
    }

    /// Reports the results as one run, in the order of files and lines.
    ///
    /// # Errors
    /// Those of `report`.
    pub fn replay<E>(
        mut self,
        report: &mut dyn FnMut(&RunEvent<'_>, LoadedSuite<'_>) -> Result<(), E>,
    ) -> Result<Ended, E> {
        self.results.sort_by(|_, one, _, other| {
            let place = |it: &Finished| (Path::new(&it.file).to_owned(), it.line, it.row);
            place(one).cmp(&place(other))
        });
        let mut library = Library::default();
        library.untested = self.without_tests();
        let mut files = Files::new();
        let places = Places::of(self.results.values(), &mut files);
        let last_runs = self.last_runs();
        let results = self.results.values().map(|it| (it, it.result(&places)));
        // A file that did not load may load in a later run.
        let results = results.filter(|(it, result)| {
            !result.is_file_result || it.run >= last_runs[it.file.as_str()]
        });
        let results: Vec<CaseResult> = results.map(|(_, result)| result).collect();
        let mut tally = Tally::default();
        results.iter().for_each(|it| tally.add(&it.outcome));
        let found = self.found.max(results.len() + self.missing);
        tally.not_run = self.not_run.min(found - results.len() - self.missing);
        tally.not_run += self.missing;
        let ended = Ended { tally, found, files: self.files, took: self.took };
        let scene = LoadedSuite { library: &library, files: &files };
        let (selected, files) = (tally.total(), self.files);
        report(&RunEvent::Started, scene)?;
        let read =
            RunEvent::Read { diagnostics: &[], selected, found, files, is_last: true };
        report(&read, scene)?;
        for result in &results {
            report(&RunEvent::Finished(result), scene)?;
        }
        report(&RunEvent::Ended(ended), scene)?;
        Ok(ended)
    }

    /// Returns the number of the last run with a result of each file.
    fn last_runs(&self) -> BTreeMap<&str, usize> {
        let mut last = BTreeMap::new();
        for result in self.results.values() {
            let run = last.entry(result.file.as_str()).or_insert(0);
            *run = result.run.max(*run);
        }
        last
    }
}

fn duration(milliseconds: Option<f64>) -> Duration {
    let seconds = milliseconds.unwrap_or(0.0) / 1000.0;
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

impl Finished {
    fn key(&self) -> Key {
        let has_line = |title: &String| title.contains(&format!("(line {}", self.line));
        let is_shared = self.title.as_ref().is_some_and(has_line);
        let line = if is_shared { self.line } else { 0 };
        (self.file.clone(), line, self.row, self.name.clone())
    }

    /// Rejects outcomes and codes of other versions.
    fn check(&self) -> Result<(), String> {
        let outcomes =
            ["passed", "failed", "expectedFailure", "skipped", "broken", "panicked"];
        if !outcomes.contains(&&*self.outcome) {
            return Err(format!("unknown outcome `{}`", self.outcome));
        }
        let unknown =
            self.diagnostics.iter().find(|it| Code::from_name(&it.code).is_none());
        unknown.map_or(Ok(()), |it| {
            Err(format!("unknown code `{}`; a newer flowsim wrote the file", it.code))
        })
    }

    fn result(&self, places: &Places) -> CaseResult {
        let path: Arc<Path> = Path::new(&self.file).into();
        let name = Text::from(&self.name);
        let title = self.title.as_ref().map_or_else(|| name.clone(), Text::from);
        let span = places.span(&self.file, self.line, 1);
        let id = CaseId { file: path, name, title, row: self.row, span, line: self.line };
        let mut result = CaseResult {
            id,
            tags: self.tags.iter().map(Text::from).collect(),
            outcome: self.outcome(places),
            program: None,
            trace: None,
            snapshot: None,
            properties: self.properties.iter().map(Text::from).collect(),
            took: duration(self.took_ms),
            is_file_result: false,
            flags: Text::new(),
            reported: Some(Arc::new(Reported {
                explanation: self.explanation.clone().unwrap_or_default(),
                line: self.text.clone(),
            })),
        };
        let flags = self.flags_before(&result.command());
        // Only the command of a scenario file that does not load names no line.
        result.is_file_result = flags.is_none();
        let flags = flags.or_else(|| self.flags_before(&result.command()));
        result.flags = flags.unwrap_or_default().into();
        result
    }

    /// Returns the flags of the command if it is otherwise this one.
    fn flags_before(&self, without_flags: &str) -> Option<&str> {
        let place = without_flags.strip_prefix(COMMAND)?;
        self.command.strip_prefix(COMMAND)?.strip_suffix(place)
    }

    fn outcome(&self, places: &Places) -> Outcome {
        let reason = || self.reason.as_deref().unwrap_or_default().into();
        let mismatches = || {
            let all = self.mismatches.iter();
            all.map(|it| it.mismatch(&self.file, places)).collect()
        };
        match self.outcome.as_str() {
            "failed" => Outcome::Failed(mismatches()),
            "expectedFailure" => {
                Outcome::ExpectedFailure { reason: reason(), mismatches: mismatches() }
            }
            "skipped" => Outcome::Skipped(reason()),
            "broken" => {
                let all = self.diagnostics.iter();
                Outcome::Broken(all.filter_map(Finding::diagnostic).collect())
            }
            "panicked" => Outcome::Panicked(reason()),
            _ => Outcome::Passed,
        }
    }
}

impl Difference {
    fn mismatch(&self, file: &str, places: &Places) -> Mismatch {
        Mismatch {
            span: places.span(file, self.line, self.column),
            subject: Text::from(&self.subject),
            message: Text::from(&self.message),
            expected: Showing::shown(self.expected.as_ref()),
            found: Showing::shown(self.found.as_ref()),
            step: self.seq.and_then(|seq| seq.checked_sub(1)),
            cause: self.cause.iter().map(Text::from).collect(),
            comparison: None,
        }
    }
}

impl Showing {
    fn shown(showing: Option<&Self>) -> Shown {
        match showing {
            None => Shown::Nothing,
            Some(Self::Text(text)) => Shown::Text(text.into()),
            Some(Self::Lines(lines)) => {
                Shown::Lines(lines.iter().map(Text::from).collect())
            }
        }
    }
}

impl Finding {
    fn diagnostic(&self) -> Option<Diagnostic> {
        let code = Code::from_name(&self.code)?;
        let mut diagnostic = Diagnostic::new(code, self.message.clone());
        let all = [Severity::Error, Severity::Warning, Severity::Note];
        let severity = all.into_iter().find(|it| it.name() == self.severity);
        diagnostic.severity = severity.unwrap_or(Severity::Error);
        diagnostic.help.clone_from(&self.help);
        diagnostic.flow.clone_from(&self.flow);
        diagnostic.node.clone_from(&self.node);
        Some(diagnostic)
    }
}

/// Files of blanks in which the positions of the results exist: the scenario files may be
/// missing or have changed since.
struct Places {
    files: BTreeMap<String, Arc<File>>,
    starts: BTreeMap<String, Vec<u32>>,
}

impl Places {
    fn of<'f>(results: impl Iterator<Item = &'f Finished>, files: &mut Files) -> Self {
        let mut widths: BTreeMap<&str, BTreeMap<u32, u32>> = BTreeMap::new();
        for result in results {
            let lines = widths.entry(&result.file).or_default();
            let own = std::iter::once((result.line, 1));
            let all = own.chain(result.mismatches.iter().map(|it| (it.line, it.column)));
            for (line, column) in all {
                let width = lines.entry(line.clamp(1, MAX_LINE)).or_default();
                *width = (*width).max(column.min(MAX_COLUMN));
            }
        }
        let mut places = Self { files: BTreeMap::new(), starts: BTreeMap::new() };
        for (path, lines) in widths {
            let (mut text, mut starts) = (String::new(), Vec::new());
            let last = lines.last_key_value().map_or(1, |(line, _)| *line);
            for line in 1..=last {
                starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
                let width = lines.get(&line).copied().unwrap_or(0);
                text.extend(std::iter::repeat_n(' ', width as usize));
                text.push('\n');
            }
            places.files.insert(path.to_owned(), files.add(path, &text));
            places.starts.insert(path.to_owned(), starts);
        }
        places
    }

    fn span(&self, path: &str, line: u32, column: u32) -> Span {
        let index = line.clamp(1, MAX_LINE) as usize - 1;
        let (Some(file), Some(start)) =
            (self.files.get(path), self.starts.get(path).and_then(|it| it.get(index)))
        else {
            unreachable!("every position of a result is in its file")
        };
        let at = *start as usize + column.clamp(1, MAX_COLUMN) as usize - 1;
        Span::new(file.id(), at, at + 1)
    }
}
