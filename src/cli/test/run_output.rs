//! Output of a run while it runs: on the console and in reports.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::console::{Format, explained};
use super::timings::Timings;
use super::{Arguments, NoTests};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::report::{self, JsonStream, Reporter};
use crate::runner::{self, CaseResult, LoadedSuite, Outcome, RunEvent, Tally};

/// Forwards the events of a run to the console and the reports.
pub(super) struct RunOutput<'t> {
    reporters: Vec<Box<dyn Reporter + 't>>,
    /// One entry per reporter. A failing reporter does not stop the others. Even if the
    /// console's pipe is closed, the tests run on, because the exit code depends on them.
    failures: Vec<Option<io::Error>>,
    note: &'t mut dyn FnMut(&CaseResult),
    /// Filled only if `is_timingsd`.
    timings: Timings,
    is_timingsd: bool,
    began: Instant,
    has_bug: bool,
    has_broken: bool,
    /// Number of reporters that do not receive the end of a run without tests.
    silent_if_empty: usize,
    /// Whether the first reporter is a stream of events, which always has an end.
    streams: bool,
}

/// State of a finished run, in addition to its results.
pub(super) struct RunOutcome {
    /// Whether flowsim itself failed.
    has_bug: bool,
    /// Whether a test could not run because something does not load.
    has_broken: bool,
    /// Whether the console's reader is gone.
    pub(super) is_closed: bool,
    pub(super) timings: Timings,
}

impl RunOutcome {
    /// Returns the exit code for the tests alone, `None` if all is well. `is_broken` says
    /// that a scenario file does not load; a run that stopped early may not have reported
    /// it as a test.
    pub(super) fn exit(&self, tally: Tally, is_broken: bool) -> Option<Exit> {
        match () {
            () if self.has_bug => Some(Exit::Bug),
            () if self.has_broken || is_broken => Some(Exit::Input),
            () if tally.failed > 0 => Some(Exit::Failure),
            () => None,
        }
    }
}

impl<'t> RunOutput<'t> {
    pub(super) fn new(
        arguments: &Arguments,
        note: &'t mut dyn FnMut(&CaseResult),
    ) -> io::Result<Self> {
        arguments.coverage.begin()?;
        arguments.decisions.begin()?;
        arguments.values.begin()?;
        let reporters = reporters(arguments)?;
        // With `--no-tests fail`, no reporter receives an empty run. Otherwise the
        // reports state that the run is empty, and only the console stays silent.
        let fails = arguments.no_tests == NoTests::Fail;
        Ok(Self {
            silent_if_empty: match arguments.on_request {
                true => 0,
                false if fails => reporters.len(),
                false => 1,
            },
            streams: arguments.console.format == Format::Json,
            failures: reporters.iter().map(|_| None).collect(),
            reporters,
            note,
            timings: Timings::default(),
            is_timingsd: arguments.timings,
            began: runner::now(),
            has_bug: false,
            has_broken: false,
        })
    }

    pub(super) fn forward(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) {
        let mut silent = 0;
        match event {
            RunEvent::Finished(result) => {
                self.has_bug |= matches!(result.outcome, Outcome::Panicked(_));
                self.has_broken |= matches!(result.outcome, Outcome::Broken(_));
                (self.note)(result);
                if self.is_timingsd {
                    self.timings.add(result);
                }
            }
            RunEvent::Ended(ended) if ended.tally.total() == 0 => {
                silent = self.silent_if_empty;
            }
            _ => {}
        }
        let reporting_began = runner::now();
        let reporters = self.reporters.iter_mut().zip(&mut self.failures);
        for (index, (reporter, failure)) in reporters.enumerate() {
            let is_silent = index < silent && !(index == 0 && self.streams);
            if failure.is_none() && !is_silent {
                *failure = reporter.event(event, scene).err();
            }
        }
        if let RunEvent::Read { diagnostics, is_last: is_all, .. } = event {
            output::uncounted(diagnostics, scene.files);
            if *is_all {
                output::count(&scene.library.diagnostics);
            }
        }
        self.timings.reporting += reporting_began.elapsed();
    }

    pub(super) fn end(mut self) -> io::Result<RunOutcome> {
        self.timings.running = self.began.elapsed();
        let is_closed = is_closed(self.failures.into_iter().flatten())?;
        let Self { has_bug, has_broken, timings, .. } = self;
        Ok(RunOutcome { has_bug, has_broken, is_closed, timings })
    }
}

/// Returns whether the console's reader is gone; any other failure of a reporter is an
/// error.
fn is_closed(failures: impl Iterator<Item = io::Error>) -> io::Result<bool> {
    let is_closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    let (closed, failed): (Vec<_>, Vec<_>) = failures.partition(is_closed);
    failed.into_iter().next().map_or(Ok(!closed.is_empty()), Err)
}

/// Options of all reports.
pub(in crate::cli) fn options() -> report::Options {
    report::Options {
        explain: explained,
        times: true,
        step_summary: std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from),
    }
}

/// The console first, then the requested reports. Each of them can be written.
fn reporters<'e>(arguments: &Arguments) -> io::Result<Vec<Box<dyn Reporter + 'e>>> {
    let options = options();
    let is_aside = arguments.is_output_taken();
    let first: Box<dyn Reporter + 'e> = match arguments.console.format {
        _ if arguments.on_request => {
            Box::new(JsonStream::after_list(output::stream(false), options.clone()))
        }
        Format::Json => Box::new(JsonStream::new(output::stream(false), options.clone())),
        Format::Text => Box::new(arguments.console.console(options.clone(), is_aside)),
    };
    let mut reporters = vec![first];
    for spec in arguments.specs() {
        spec.begin()?;
        // GitHub reads annotations from both streams.
        let out = output::stream(is_aside);
        reporters.push(spec.reporter(&options, out));
    }
    Ok(reporters)
}
