//! `flowsim report`

use std::io;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::exit::Exit;
use super::test::run_options;
use super::{coverage, output};
use crate::analysis::coverage::{Report, is_beginning};
use crate::diagnostic::Diagnostic;
use crate::report::{
    Console, ConsoleStyle, EarlierRuns, Listing, Options, ReportSpec, Reporter,
};
use crate::runner::{Ended, LoadedSuite, Outcome, RunEvent};
use crate::source::Files;

/// Merge reports of test runs.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Merge(Merge),
}

/// Merge the JSON reports of several runs, such as the shards of a suite, and write reports
/// in every format.
///
/// A test that is in several files has the result of the last one. Exits like `flowsim
/// test`: with 0 if all tests passed, 1 if a test failed or did not run, 3 if something did
/// not load, 4 if the files have no test.
#[derive(Debug, Args)]
struct Merge {
    /// Reports of `flowsim test --report json=FILE`; for the report `cobertura` also the
    /// files of `--coverage-out`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[arg(long, value_name = "KIND=FILE", value_parser = ReportSpec::parse, help = ReportSpec::help())]
    report: Vec<ReportSpec>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let Command::Merge(arguments) = &arguments.command;
    let (runs, covered) = match arguments.read() {
        Ok(read) => read,
        Err(exit) => return Ok(exit),
    };
    if let Some(path) = arguments.overwritten() {
        let path = path.display();
        output::message("error", &format!("{path} is read; name another file"));
        return Ok(Exit::Usage);
    }
    let is_complete = runs.is_complete();
    if !is_complete {
        let text = "a run has no end, because it was killed; its other tests are missing";
        output::message("warning", text);
    }
    let mut reporters = arguments.reporters(runs.has_times())?;
    if let Some(covered) = covered
        && let Some(exit) = arguments.write_coverage(&covered)?
    {
        return Ok(exit);
    }
    let (mut has_bug, mut has_broken) = (false, false);
    let ended = runs.replay(&mut |event: &RunEvent<'_>, scene: LoadedSuite<'_>| {
        if let RunEvent::Finished(result) = event {
            has_bug |= matches!(result.outcome, Outcome::Panicked(_));
            has_broken |= matches!(result.outcome, Outcome::Broken(_));
        }
        reporters.iter_mut().try_for_each(|it| it.event(event, scene))
    })?;
    let Ended { tally, .. } = ended;
    Ok(match () {
        () if has_bug => Exit::Bug,
        () if has_broken => Exit::Input,
        () if tally.failed + tally.not_run > 0 || !is_complete => Exit::Failure,
        () if tally.total() == 0 => Exit::Nothing,
        () => Exit::Success,
    })
}

impl Merge {
    /// Reads the reports, and the coverage if a file has any.
    fn read(&self) -> Result<(EarlierRuns, Option<Report>), Exit> {
        let mut files = Files::new();
        let mut runs = EarlierRuns::default();
        let mut covered: Option<Report> = None;
        for path in &self.files {
            let file =
                files.load(path).map_err(|problem| vec![Diagnostic::from(problem)]);
            let added = file.and_then(|file| match is_beginning(file.text()) {
                true => coverage::add(path, covered.get_or_insert_default(), &mut files),
                false => runs.add(&file),
            });
            if let Err(problems) = added {
                output::diagnostics(&problems, &files);
                return Err(Exit::Input);
            }
        }
        let of_calls = self.report.iter().find(|spec| spec.needs_calls());
        if let (Some(spec), None) = (of_calls, &covered) {
            let text = format!(
                "the report `{}` needs coverage; name the files of --coverage-out too",
                spec.name()
            );
            output::message("error", &text);
            return Err(Exit::Usage);
        }
        Ok((runs, covered))
    }

    /// Writes the reports of coverage. Returns an exit code if that failed.
    fn write_coverage(&self, covered: &Report) -> io::Result<Option<Exit>> {
        for spec in self.report.iter().filter(|spec| spec.needs_calls()) {
            let text = coverage::render(covered, coverage::Format::Cobertura)?;
            let path = spec.path().filter(|_| !spec.is_output());
            let exit = output::result_to(path, &text)?;
            if exit != Exit::Success {
                return Ok(Some(exit));
            }
        }
        Ok(None)
    }

    /// Returns a report that would replace a file that is read.
    fn overwritten(&self) -> Option<PathBuf> {
        let place = |path: &PathBuf| path.canonicalize().ok();
        let read: Vec<PathBuf> = self.files.iter().filter_map(place).collect();
        let written = self.report.iter().filter_map(ReportSpec::path);
        let mut written = written.map(std::path::Path::to_owned);
        written.find(|path| place(path).is_some_and(|it| read.contains(&it)))
    }

    /// The console first, then the requested reports.
    fn reporters<'e>(&self, times: bool) -> io::Result<Vec<Box<dyn Reporter + 'e>>> {
        let options = Options { times, ..run_options() };
        let is_aside = self.report.iter().any(ReportSpec::is_output);
        let out = || output::stream(is_aside);
        let color = match is_aside {
            true => output::aside_has_color(),
            false => output::result_has_color(),
        };
        let style = ConsoleStyle { listing: Listing::Failures, color, slowest: 0 };
        let mut reporters: Vec<Box<dyn Reporter + 'e>> =
            vec![Box::new(Console::new(out(), style, options.clone()))];
        for spec in self.report.iter().filter(|spec| !spec.needs_calls()).cloned() {
            spec.begin()?;
            reporters.push(spec.reporter(&options, out()));
        }
        Ok(reporters)
    }
}
