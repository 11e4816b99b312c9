//! `flowsim test`

mod coverage;
mod decisions;
mod places;
mod profile;
mod snapshots;
mod watch;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};

use self::places::Places;
use super::exit::Exit;
use super::output;
use crate::diagnostic::visible::one_line;
use crate::diagnostic::{Severity, sort};
use crate::report::{self, Console, ConsoleStyle, Listing, ReportSpec, Reporter};
use crate::runner::{self, CaseAt, CaseResult, Library, Outcome, Plan, RunEvent, Scene};
use crate::source::Files;
use crate::suite::{self, Partition, PartitionKind, Selection};
use crate::value::Text;

/// Run the tests of scenario files.
///
/// Exits with 0 if all passed, 1 if one failed, 2 if the command line makes no sense, 3 if a
/// scenario file does not load, 4 if no test was selected.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario files (*.test.yaml, *.test.yml, *.test.json), folders of them, the test at a
    /// line, or a row of its table: flows/ivr.test.yaml:12, flows/ivr.test.yaml:12:3
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Run tests with this in their name or the path of their file; repeatable, one is enough
    #[arg(short = 'k', value_name = "PATTERN")]
    pattern: Vec<String>,

    /// Run tests with this tag; repeatable, one is enough
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// How many tests run at the same time [default: as many as there are cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// Run a share of the tests: hash:1/4 keeps a test in its share, slice:1/4 (or count:1/4)
    /// is even
    #[arg(long, value_name = "KIND:N/M", value_parser = Partition::parse)]
    partition: Option<Partition>,

    /// Run a share of the tests, as --partition slice
    #[arg(long, value_name = "N/M", value_parser = shard, conflicts_with = "partition")]
    shard: Option<Partition>,

    /// Write a report besides that of the console: junit=FILE, tap=FILE, json=FILE,
    /// markdown=FILE, html=DIR, github; repeatable
    #[arg(long, value_name = "KIND=FILE", value_parser = ReportSpec::parse)]
    report: Vec<ReportSpec>,

    /// Write a page for browsers into a folder, as --report html=DIR
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,

    #[command(flatten)]
    coverage: coverage::Wanted,

    #[command(flatten)]
    decisions: decisions::Wanted,

    #[command(flatten)]
    snapshots: snapshots::Wanted,

    /// Stop at the first failure
    #[arg(long, conflicts_with = "max_fail")]
    fail_fast: bool,

    /// Stop after so many failures
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_fail: Option<u32>,

    /// Run each test so many times; a result that differs is a bug of flowsim
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    stress: u32,

    /// Only list the tests, one a line
    #[arg(long)]
    list: bool,

    /// Run, wait for changes of files, and run the tests again that depend on them, until
    /// Ctrl-C
    #[arg(
        long,
        conflicts_with_all = [
            "report", "coverage", "coverage_out", "coverage_min", "decisions", "update", "review",
            "delete_unreferenced", "list"
        ]
    )]
    watch: bool,

    /// Tell where the time goes: loading, compiling, playing, reporting, the slowest tests,
    /// the nodes that are executed most; on standard error
    #[arg(long)]
    profile: bool,

    /// What it means if no test is selected
    #[arg(long, value_enum, default_value_t = NoTests::Fail, value_name = "ACTION")]
    no_tests: NoTests,

    /// What the console shows of tests that pass
    #[arg(long, value_enum, default_value_t = Shown::Auto, value_name = "STYLE")]
    show: Shown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoTests {
    Pass,
    Warn,
    Fail,
}

/// How much the console tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// A line a test if there are few, else failures alone
    Auto,
    /// A line a test
    All,
    /// A dot a test
    Dots,
    /// Failures alone
    Failures,
}

/// How many of the slowest tests are named at the end, where tests are not told one by one.
const SLOWEST: usize = 3;

/// Up to so many tests have a line each unless the command line says otherwise.
const FEW: usize = 100;

fn shard(text: &str) -> Result<Partition, String> {
    Partition::of_share(PartitionKind::Slice, text)
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.watch { watch::run(arguments) } else { once(arguments) }
}

fn once(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.list || arguments.snapshots.runs_no_tests() {
        return without_running(arguments);
    }
    let places = Places::of(&arguments.paths);
    if let Some(exit) = places.beyond() {
        return Ok(exit);
    }
    let mut files = Files::new();
    let wanted = places.wanted(arguments.selection(), &mut files);
    let mut covered = arguments.coverage.counter();
    let mut log = arguments.decisions.log();
    let mut noted = |result: &CaseResult| {
        if let Some(covered) = &mut covered {
            covered.add(result);
        }
        log.add(result);
    };
    let mut telling = Telling::new(arguments, &mut noted)?;
    let mut tell = |event: &RunEvent<'_>, scene: Scene<'_>| telling.tell(event, scene);
    let result = runner::run_files(&wanted, arguments.options(), &mut files, &mut tell);
    let played = telling.end()?;
    let (library, ended) = result.map_err(io::Error::other)?;
    let is_broken = is_broken(&library);
    if ended.tally.total() == 0 {
        return Ok(nothing_selected(arguments, ended.found));
    }
    let covered = arguments.coverage.tell(covered, &library, &files)?;
    let logged = log.tell();
    snapshots::tell(&library, ended.tally.total() == ended.found && !is_broken);
    if arguments.profile {
        played.profile.tell(&library);
    }
    // The program ends: giving back the memory of a large suite part by part only takes time.
    std::mem::forget((library, files));
    Ok(match () {
        () if played.has_bug => Exit::Bug,
        () if is_broken => Exit::Input,
        () if ended.tally.failed > 0 => Exit::Failure,
        () if logged != Exit::Success => logged,
        () => covered,
    })
}

/// Lists tests, or looks after snapshots.
fn without_running(arguments: &Arguments) -> io::Result<Exit> {
    if let Some(exit) = Places::of(&arguments.paths).beyond() {
        return Ok(exit);
    }
    let suites = Suites::load(&arguments.paths);
    output::diagnostics(&suites.library.diagnostics, &suites.files);
    if let Some(exit) = arguments.snapshots.instead(&suites.library)? {
        return Ok(exit);
    }
    let plan = suites.plan(arguments);
    let is_broken = is_broken(&suites.library);
    list(&plan)?;
    Ok(match () {
        () if is_broken => Exit::Input,
        () if plan.cases.is_empty() => nothing_selected(arguments, plan.found),
        () => Exit::Success,
    })
}

/// Whether a scenario file does not load.
fn is_broken(library: &Library) -> bool {
    library.diagnostics.iter().any(|it| it.severity == Severity::Error)
}

/// Everything that the paths of a command line lead to.
struct Suites {
    files: Files,
    library: Library,
    places: Vec<CaseAt>,
}

impl Suites {
    fn load(paths: &[PathBuf]) -> Self {
        let mut files = Files::new();
        let wanted = Places::of(paths).wanted(Selection::default(), &mut files);
        let mut library = Library::load(&wanted.paths, &mut files);
        library.diagnostics.extend(wanted.diagnostics);
        sort(&mut library.diagnostics);
        Self { files, library, places: wanted.places }
    }

    fn plan(&self, arguments: &Arguments) -> Plan<'_> {
        Plan::new(&self.library, &arguments.selection(), &self.places, &self.files)
    }
}

/// Tells of a run.
struct Telling<'t> {
    reporters: Vec<Box<dyn Reporter + 't>>,
    /// A report that cannot be written does not keep the others from being written. Whoever
    /// closes the pipe of the console still wants the exit code.
    failures: Vec<Option<io::Error>>,
    note: &'t mut dyn FnMut(&CaseResult),
    /// Filled if it is wanted.
    profile: profile::Profile,
    is_profiled: bool,
    began: Instant,
    has_bug: bool,
}

/// What is to be known of a run besides its results.
struct Told {
    /// Whether flowsim itself failed.
    has_bug: bool,
    /// Whether nobody reads the console any more.
    is_closed: bool,
    profile: profile::Profile,
}

impl<'t> Telling<'t> {
    fn new(
        arguments: &Arguments,
        note: &'t mut dyn FnMut(&CaseResult),
    ) -> io::Result<Self> {
        let reporters = reporters(arguments)?;
        Ok(Self {
            failures: reporters.iter().map(|_| None).collect(),
            reporters,
            note,
            profile: profile::Profile::default(),
            is_profiled: arguments.profile,
            began: runner::now(),
            has_bug: false,
        })
    }

    fn tell(&mut self, event: &RunEvent<'_>, scene: Scene<'_>) {
        match event {
            RunEvent::Finished(result) => {
                self.has_bug |= matches!(result.outcome, Outcome::Panicked(_));
                (self.note)(result);
                if self.is_profiled {
                    self.profile.add(result);
                }
            }
            // Nothing ran of which there could be a report.
            RunEvent::Ended(ended) if ended.tally.total() == 0 => return,
            _ => {}
        }
        let told = runner::now();
        for (reporter, failure) in self.reporters.iter_mut().zip(&mut self.failures) {
            if failure.is_none() {
                *failure = reporter.event(event, scene).err();
            }
        }
        if let RunEvent::Read { diagnostics, .. } = event {
            output::diagnostics(diagnostics, scene.files);
        }
        self.profile.reporting += told.elapsed();
    }

    fn end(mut self) -> io::Result<Told> {
        self.profile.running = self.began.elapsed();
        let is_closed = is_closed(self.failures.into_iter().flatten())?;
        Ok(Told { has_bug: self.has_bug, is_closed, profile: self.profile })
    }
}

/// Whether nobody reads the console any more; all else that reports failed with is an error.
fn is_closed(failures: impl Iterator<Item = io::Error>) -> io::Result<bool> {
    let is_closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    let (closed, failed): (Vec<_>, Vec<_>) = failures.partition(is_closed);
    failed.into_iter().next().map_or(Ok(!closed.is_empty()), Err)
}

/// The console first, then the reports that are asked for, which can all be written.
fn reporters<'e>(arguments: &Arguments) -> io::Result<Vec<Box<dyn Reporter + 'e>>> {
    let options = report::Options {
        explain: explained,
        times: true,
        step_summary: std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from),
    };
    let mut reporters: Vec<Box<dyn Reporter + 'e>> =
        vec![Box::new(arguments.console(options.clone()))];
    let html = arguments.html.iter().cloned().map(ReportSpec::Html);
    for spec in arguments.report.iter().cloned().chain(html) {
        spec.begin()?;
        reporters.push(spec.reporter(&options, Box::new(io::stdout())));
    }
    Ok(reporters)
}

/// Why a test failed or could not be run.
fn explained(result: &CaseResult, files: &Files) -> String {
    match (&result.outcome, &result.trace, &result.program) {
        (Outcome::Failed(mismatches), Some(trace), Some(program)) => {
            suite::explain(mismatches, trace, program, files)
        }
        (Outcome::Broken(diagnostics), ..) => {
            let style = crate::diagnostic::Style { color: false, ..Default::default() };
            crate::diagnostic::render_text(diagnostics, files, style)
        }
        _ => String::new(),
    }
}

fn list(plan: &Plan<'_>) -> io::Result<()> {
    let mut out = String::new();
    for planned in &plan.cases {
        let id = &planned.id;
        let (file, name) = (one_line(&id.file.to_string_lossy()), one_line(&id.title));
        out.push_str(&format!("{file}:{} {name}\n", id.line));
    }
    output::result(&out)
}

fn nothing_selected(arguments: &Arguments, found: usize) -> Exit {
    let text = match found {
        0 => "there are no tests; scenario files end in .test.yaml, .test.yml or .test.json"
            .to_owned(),
        count => format!(
            "none of {count} tests is selected; `--no-tests pass` is for a share or a \
             selection that may be empty"
        ),
    };
    match arguments.no_tests {
        NoTests::Pass => Exit::Success,
        NoTests::Warn => {
            output::message("warning", &text);
            Exit::Success
        }
        NoTests::Fail => {
            output::message("error", &text);
            Exit::Nothing
        }
    }
}

impl Arguments {
    fn selection(&self) -> Selection {
        let texts = |texts: &[String]| texts.iter().map(Text::from).collect();
        Selection {
            patterns: texts(&self.pattern),
            tags: texts(&self.tag),
            partition: self.partition.or(self.shard),
        }
    }

    fn console<'e>(&self, options: report::Options) -> Console<'e> {
        let listing = match self.show {
            Shown::All => Listing::Each,
            Shown::Dots => Listing::Dots,
            Shown::Auto => Listing::Auto { most: FEW },
            Shown::Failures => Listing::Failures,
        };
        let color = output::result_has_color();
        let slowest = if listing == Listing::Each { 0 } else { SLOWEST };
        let style = ConsoleStyle { listing, color, slowest };
        let console = Console::new(Box::new(io::stdout()), style, options);
        let is_watched = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        match terminal_size::terminal_size_of(io::stderr()).filter(|_| is_watched) {
            Some((width, _)) => {
                console.progress(Box::new(io::stderr()), usize::from(width.0))
            }
            None => console,
        }
    }

    fn options(&self) -> runner::Options {
        let most = self.max_fail.or(self.fail_fast.then_some(1));
        runner::Options {
            jobs: self.jobs.map_or(0, usize::from),
            max_failures: most.and_then(|most| usize::try_from(most).ok()),
            repeat: self.stress,
            snapshots: self.snapshots.mode(),
            forgets_passed: !self.needs_traces(),
        }
    }

    /// Whether somebody wants to know what happened in calls that went as expected.
    fn needs_traces(&self) -> bool {
        self.profile
            || self.html.is_some()
            || self.report.iter().any(ReportSpec::needs_traces)
            || self.coverage.counter().is_some()
            || self.decisions.is_wanted()
    }
}
