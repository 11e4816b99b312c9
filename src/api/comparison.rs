//! Comparisons of recorded calls with local flows.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::Error;
use super::project::Project;
use super::stop::Stop;
use super::value::Value;
use crate::analysis::comparison::{self as internal, Pattern, Rules, Verdict};
use crate::diagnostic::Severity;
use crate::recording;
use crate::report::comparison::{render_text, subject};
use crate::runner::{CompareContext, Judgement, compare_all};
use crate::source::Files;

/// Options of a comparison. Values are checked when the comparison starts.
#[derive(Debug, Clone, Default)]
#[must_use = "options do nothing by themselves"]
pub struct CompareOptions {
    ignored: Vec<String>,
    time: Option<Duration>,
    number: Option<String>,
    jobs: usize,
    stop: Stop,
}

impl CompareOptions {
    /// Excludes a place: a JSON pointer in which `*` matches any key and `**` any number
    /// of keys.
    pub fn ignore(mut self, pointer: impl Into<String>) -> Self {
        self.ignored.push(pointer.into());
        self
    }

    /// Sets the allowed difference of times. Without it, start times and durations are
    /// not compared.
    pub fn time_tolerance(mut self, tolerance: Duration) -> Self {
        self.time = Some(tolerance);
        self
    }

    /// Sets the allowed difference of numbers, such as `0.01`.
    pub fn number_tolerance(mut self, tolerance: impl Into<String>) -> Self {
        self.number = Some(tolerance.into());
        self
    }

    /// Sets the number of recordings that are compared in parallel. The default, 0, is
    /// the number of cores.
    pub fn jobs(mut self, count: usize) -> Self {
        self.jobs = count;
        self
    }

    /// Sets a condition that ends the comparison of files with an error. It is called from
    /// time to time, on the thread that compares.
    pub fn stop_when(
        mut self,
        condition: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        self.stop = Stop::when(condition);
        self
    }

    pub(super) fn rules(&self) -> Result<Rules, Error> {
        let patterns = self.ignored.iter().map(|pointer| Pattern::parse(pointer));
        let ignored = patterns.collect::<Result<_, _>>().map_err(invalid)?;
        let mut rules = Rules { ignored, caller_is_replayed: true, ..Rules::default() };
        if let Some(time) = self.time {
            rules.tolerate(&format!("timeMs={}", time.as_millis())).map_err(invalid)?;
        }
        if let Some(number) = &self.number {
            rules.tolerate(&format!("number={number}")).map_err(invalid)?;
        }
        Ok(rules)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "used with `map_err`")]
fn invalid(rule: internal::InvalidRule) -> Error {
    Error::invalid(rule.to_string())
}

/// The result of comparing a recorded call with its replay on local flows.
#[derive(Debug, Clone)]
pub struct Comparison {
    recording: PathBuf,
    comparison: internal::Comparison,
    ends: (String, Option<String>),
}

impl Comparison {
    /// Compares the recordings of files and folders.
    pub(super) fn all(
        project: &Project,
        paths: &[PathBuf],
        options: &CompareOptions,
    ) -> Result<Vec<Self>, Error> {
        let rules = options.rules()?;
        let mut files = Files::new();
        let (paths, problems) = recording::discover(paths, &mut files);
        if problems.iter().any(|it| it.severity == Severity::Error) {
            return Err(Error::load(problems, files));
        }
        if paths.is_empty() {
            let message = "no recordings found; their names end in .recording.json";
            return Err(Error::invalid(message));
        }
        let context = CompareContext {
            program: project.program(),
            fixtures: project.fixtures(),
            rules: &rules,
            oldest: None,
            keep_sides: false,
        };
        let (mut all, mut failed) = (Vec::new(), None);
        let ran = compare_all(&paths, context, options.jobs, &mut |compared| {
            match compared.result {
                Ok(judgement) => all.push(Self::of(compared.path, judgement)),
                Err(it) => failed = Some(Error::load(it.diagnostics, it.files)),
            }
            if failed.is_none() && options.stop.is_due() {
                failed = Some(Stop::error());
            }
            failed.is_none()
        });
        ran.map_err(|problem| Error::system(format!("cannot start threads: {problem}")))?;
        failed.map_or(Ok(all), Err)
    }

    fn of(recording: PathBuf, judgement: Judgement) -> Self {
        let local_end = judgement.local_end.map(|end| end.to_string());
        let ends = (judgement.recorded_end.to_string(), local_end);
        Self { recording, comparison: judgement.comparison, ends }
    }

    /// The file of the recording.
    pub fn recording(&self) -> &Path {
        &self.recording
    }

    /// Whether the two calls are equal.
    pub fn verdict(&self) -> Verdict {
        self.comparison.verdict
    }

    /// The end of the recorded call: the queue, or the way it ended.
    pub fn recorded_end(&self) -> &str {
        &self.ends.0
    }

    /// The end of the local call. Returns `None` if the call could not be replayed.
    pub fn local_end(&self) -> Option<&str> {
        self.ends.1.as_deref()
    }

    /// The differences, in order of time; those of the whole call come last.
    pub fn differences(&self) -> impl Iterator<Item = Difference<'_>> {
        self.comparison.differences.iter().map(Difference)
    }

    /// The first of the differences.
    pub fn first_difference(&self) -> Option<Difference<'_>> {
        self.comparison.first_difference.as_ref().map(Difference)
    }

    /// The number of the recorded step, counted from 1, at which the paths diverge.
    pub fn path_diverges_at(&self) -> Option<usize> {
        self.comparison.path_diverges_at
    }

    /// The cause of the differences in a few sentences.
    pub fn cause(&self) -> Option<&str> {
        self.comparison.cause.as_ref().map(|cause| cause.text.as_str())
    }

    /// Renders the comparison like `flowsim compare`.
    pub fn to_text(&self) -> String {
        render_text(&self.comparison, false)
    }

    /// Returns the comparison as `flowsim.comparison/1`.
    pub fn to_json(&self) -> String {
        self.comparison.to_json()
    }
}

/// A difference between a recorded call and its replay. `Display` describes its subject.
#[derive(Debug, Clone, Copy)]
pub struct Difference<'c>(&'c internal::Difference);

impl<'c> Difference<'c> {
    /// The number of the recorded step, counted from 1. Returns `None` for a step that is
    /// only local, or for the whole call.
    pub fn step(&self) -> Option<usize> {
        self.0.step
    }

    /// The number of the local step.
    pub fn local_step(&self) -> Option<usize> {
        self.0.local_step
    }

    /// The name of the node or action, or else its id.
    pub fn node(&self) -> Option<&'c str> {
        self.0.node_name.as_deref().or(self.0.node_id.as_deref())
    }

    /// The name of the variable, input, operand or field; empty if it has none.
    pub fn name(&self) -> &'c str {
        &self.0.name
    }

    /// The recorded value, if there is one.
    pub fn recorded(&self) -> Option<Value> {
        self.0.recorded.clone().map(Value)
    }

    /// The local value, if there is one.
    pub fn local(&self) -> Option<Value> {
        self.0.local.clone().map(Value)
    }

    /// The JSON pointer into the recorded document, or into the local one for a value
    /// that is only local.
    pub fn pointer(&self) -> &'c str {
        &self.0.pointer
    }
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&subject(self.0))
    }
}
