//! `flowsim test`

mod coverage;
mod decisions;
mod outputs;
mod places;
mod requests;
mod run_output;
mod snapshots;
mod timings;
mod watch;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use self::places::Places;
use self::requests::Requests;
use self::run_output::RunOutput;
use super::exit::Exit;
use super::project::Project;
use super::{load, output};
use crate::diagnostic::visible::one_line;
use crate::diagnostic::{Severity, sort};
use crate::project::is_terraform_source;
use crate::report::{self, Console, ConsoleStyle, Listing, ReportSpec};
use crate::runner::{
    self, CasePosition, CaseResult, Library, LoadedSuite, Plan, ProjectContext, RunEvent,
};
use crate::source::Files;
use crate::suite::{Partition, PartitionKind, Selection};
use crate::value::Text;

/// Run the tests of scenario files.
///
/// Exits with 0 if all tests passed, 1 if a test failed, 2 if the arguments are invalid,
/// 3 if something does not load (a scenario file, flow, fixtures file or recording), even
/// if a test failed as well, 4 if no test was selected.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario files (*.test.yaml, *.test.yml, *.test.json), folders of them, the test
    /// at a line, or a row of its table: flows/ivr.test.yaml:12, flows/ivr.test.yaml:12:3
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Run tests whose name or file path contains PATTERN; repeatable, one match is
    /// enough
    #[arg(short = 'k', value_name = "PATTERN")]
    pattern: Vec<String>,

    /// Run tests with this tag; repeatable, one match is enough
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Number of tests run in parallel [default: number of cores]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// Run a share of the tests: hash:1/4 keeps each test in its share, slice:1/4 (or
    /// count:1/4) makes even shares
    #[arg(long, value_name = "KIND:N/M", value_parser = Partition::parse)]
    partition: Option<Partition>,

    /// Run a share of the tests, like --partition slice
    #[arg(long, value_name = "N/M", value_parser = shard, conflicts_with = "partition")]
    shard: Option<Partition>,

    #[arg(long, value_name = "KIND=FILE", value_parser = ReportSpec::parse, help = ReportSpec::help())]
    report: Vec<ReportSpec>,

    /// Write an HTML report into a folder, like --report html=DIR
    #[arg(long, value_name = "DIR")]
    html: Option<PathBuf>,

    #[command(flatten)]
    coverage: coverage::CoverageOptions,

    #[command(flatten)]
    decisions: decisions::DecisionOptions,

    #[command(flatten)]
    snapshots: snapshots::SnapshotOptions,

    /// Stop at the first failure
    #[arg(long, conflicts_with = "max_fail")]
    fail_fast: bool,

    /// Stop after N failures
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_fail: Option<u32>,

    /// End calls at a transfer to a queue instead of continuing in the in-queue flow
    #[arg(long)]
    stop_at_queue: bool,

    /// Run each test N times; differing results are a bug in flowsim
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    stress: u32,

    /// List the tests without running them, one per line
    #[arg(
        long,
        conflicts_with_all = [
            "report", "html", "coverage", "coverage_out", "coverage_min", "decisions", "update",
            "review", "delete_unreferenced"
        ]
    )]
    list: bool,

    /// Format of the list
    #[arg(
        long,
        value_enum,
        default_value_t = ListFormat::Text,
        value_name = "FORMAT",
        requires = "list"
    )]
    format: ListFormat,

    /// List the tests as JSON lines, then run those whose numbers are read from standard
    /// input, one per line, until it ends: for editors and test frameworks
    #[arg(
        long,
        conflicts_with_all = [
            "list", "review", "delete_unreferenced", "fail_fast", "max_fail"
        ]
    )]
    on_request: bool,

    /// Run the tests, wait for file changes, and rerun the affected tests, until Ctrl-C
    #[arg(
        long,
        conflicts_with_all = [
            "report", "html", "coverage", "coverage_out", "coverage_min", "decisions", "update",
            "review", "delete_unreferenced", "list", "on_request"
        ]
    )]
    watch: bool,

    /// Show on standard error where time is spent: loading, compiling, playing,
    /// reporting, the slowest tests and the most executed nodes
    #[arg(long)]
    timings: bool,

    /// Action if no test matches
    #[arg(long, value_enum, default_value_t = NoTests::Fail, value_name = "ACTION")]
    no_tests: NoTests,

    /// Console output for tests that pass
    #[arg(long, value_enum, default_value_t = Shown::Auto, value_name = "STYLE")]
    show: Shown,

    #[command(flatten)]
    deny: load::DenyOptions,

    /// The project of the scenario files.
    #[arg(skip)]
    project: Arc<ProjectContext>,

    /// The files of the project: the project file, and Terraform.
    #[arg(skip)]
    project_files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoTests {
    Pass,
    Warn,
    Fail,
}

/// Formats of `--list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// One line per test: file, line and name
    Text,
    /// `flowsim.run/1`, one JSON object per line
    Json,
}

/// Console output for tests that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// One line per test if there are few, else only failures
    Auto,
    /// One line per test
    All,
    /// One dot per test
    Dots,
    /// Only failures
    Failures,
}

/// Number of slowest tests that are listed at the end if tests are not listed one by one.
const SLOWEST: usize = 3;

/// Maximum number of tests for which `--show auto` prints one line each.
const FEW: usize = 100;

fn shard(text: &str) -> Result<Partition, String> {
    Partition::of_share(PartitionKind::Slice, text)
}

pub(super) fn run(mut arguments: Arguments, project: Project) -> io::Result<Exit> {
    if let Err(exit) = arguments.adopt(&project) {
        return Ok(exit);
    }
    if let Some(exit) = arguments.snapshots.forbidden() {
        return Ok(exit);
    }
    if arguments.watch { watch::run(arguments, project) } else { once(&arguments) }
}

fn once(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.list || arguments.snapshots.runs_no_tests() {
        return without_running(arguments);
    }
    let places = Places::of(&arguments.paths);
    if let Some(exit) = places.beyond().or_else(|| outputs::refused(arguments)) {
        return Ok(exit);
    }
    run_selected(arguments, places)
}

/// Runs the selected tests and writes everything that the arguments request.
fn run_selected(arguments: &Arguments, places: Places) -> io::Result<Exit> {
    let mut files = Files::new();
    let searched = places.paths.clone();
    let mut wanted = places.wanted(arguments.selection(), &mut files);
    wanted.project = Arc::clone(&arguments.project);
    let mut covered = arguments.coverage.counter();
    let mut log = arguments.decisions.log();
    let mut noted = |result: &CaseResult| {
        if let Some(covered) = &mut covered {
            covered.add(result);
        }
        log.add(result);
    };
    let mut run_output = RunOutput::new(arguments, &mut noted)?;
    let mut forward =
        |event: &RunEvent<'_>, scene: LoadedSuite<'_>| run_output.forward(event, scene);
    let mut requests = Requests::default();
    let result = requests.serve_or_run_all(arguments, &wanted, &mut files, &mut forward);
    let played = run_output.end()?;
    let (library, ended) = result?;
    if let Some(exit) = requests.refused {
        return Ok(exit);
    }
    if ended.tally.total() == 0 && arguments.is_failure_without_tests(ended.found) {
        return Ok(Exit::Nothing);
    }
    let of_files =
        match (arguments.coverage.show(covered, &library, &files)?, log.write()) {
            (covered, Exit::Success) => covered,
            (_, failed) => failed,
        };
    let is_broken = is_broken(&library);
    let of_tests = played.exit(ended.tally, is_broken);
    let is_whole = ended.tally.total() == ended.found && !is_broken;
    snapshots::show_notes(&library, is_whole.then_some(&searched));
    if arguments.timings {
        played.timings.show(&library);
    }
    // The process ends: freeing the memory of a large suite would only take time.
    std::mem::forget((library, files));
    Ok(of_tests.unwrap_or(of_files))
}

/// Lists tests, or reviews or deletes snapshots.
fn without_running(arguments: &Arguments) -> io::Result<Exit> {
    if let Some(exit) = Places::of(&arguments.paths).beyond() {
        return Ok(exit);
    }
    let suites = Suites::load(arguments);
    output::diagnostics(&suites.library.diagnostics, &suites.files);
    let searched = Places::of(&arguments.paths).paths;
    if let Some(exit) = arguments.snapshots.instead(&suites.library, &searched)? {
        return Ok(exit);
    }
    let plan = suites.plan(arguments);
    let is_broken = is_broken(&suites.library);
    list(&plan, &suites, arguments.format)?;
    Ok(match () {
        () if is_broken => Exit::Input,
        () if plan.cases.is_empty() && arguments.no_tests.is_failure(plan.found) => {
            Exit::Nothing
        }
        () => Exit::Success,
    })
}

/// Returns whether a scenario file does not load.
fn is_broken(library: &Library) -> bool {
    library.diagnostics.iter().any(|it| it.severity == Severity::Error)
}

/// Everything that the paths of a command line lead to.
struct Suites {
    files: Files,
    library: Library,
    places: Vec<CasePosition>,
}

impl Suites {
    fn load(arguments: &Arguments) -> Self {
        let mut files = Files::new();
        let wanted =
            Places::of(&arguments.paths).wanted(Selection::default(), &mut files);
        let project = Arc::clone(&arguments.project);
        let mut library = Library::load_in(project, &wanted.paths, &mut files);
        library.diagnostics.extend(wanted.diagnostics);
        sort(&mut library.diagnostics);
        Self { files, library, places: wanted.places }
    }

    /// Returns the names of the tests at a place.
    fn names_at(&self, place: &CasePosition) -> BTreeSet<Text> {
        let (everything, places) = (Selection::default(), std::slice::from_ref(place));
        let plan = Plan::new(&self.library, &everything, places, &self.files);
        let there = plan.cases.iter().filter(|it| *it.id.file == *place.file);
        there.map(|planned| planned.id.name.clone()).collect()
    }

    fn plan(&self, arguments: &Arguments) -> Plan<'_> {
        Plan::new(&self.library, &arguments.selection(), &self.places, &self.files)
    }
}

fn list(plan: &Plan<'_>, suites: &Suites, format: ListFormat) -> io::Result<()> {
    if format == ListFormat::Json {
        let scene = LoadedSuite { library: &suites.library, files: &suites.files };
        let options = run_output::options();
        return output::result(&report::list_json(&plan.listed(), &options, scene)?);
    }
    let mut out = String::new();
    for planned in &plan.cases {
        let id = &planned.id;
        let (file, name) = (one_line(&id.file.to_string_lossy()), one_line(&id.title));
        out.push_str(&format!("{file}:{} {name}\n", id.line));
    }
    output::result(&out)
}

impl NoTests {
    /// Reports that no test is selected. Returns whether that is a failure.
    fn is_failure(self, found: usize) -> bool {
        let text = match found {
            0 => "no tests found; scenario files end in .test.yaml, .test.yml or \
                  .test.json"
                .to_owned(),
            count => format!(
                "no test matches ({count} found); pass `--no-tests pass` if a share or \
                 selection may be empty"
            ),
        };
        match self {
            Self::Pass => {}
            Self::Warn => output::message("warning", &text),
            Self::Fail => output::message("error", &text),
        }
        self == Self::Fail
    }
}

impl Arguments {
    /// Adds what a project gives to its scenario files.
    fn adopt(&mut self, project: &Project) -> Result<(), Exit> {
        let mut files = Files::new();
        let mut context = project.context(&mut files)?;
        context.placeholders.deny_unset = self.deny.denies_unset();
        self.project = Arc::new(context);
        let read = files.iter().map(|file| file.path().to_owned());
        let terraform = read.filter(|path| is_terraform_source(path));
        self.project_files =
            project.settings.file.iter().cloned().chain(terraform).collect();
        Ok(())
    }

    /// Reports that no test was run. Returns whether that is a failure.
    fn is_failure_without_tests(&self, found: usize) -> bool {
        !self.on_request && self.no_tests.is_failure(found)
    }

    fn selection(&self) -> Selection {
        let texts = |texts: &[String]| texts.iter().map(Text::from).collect();
        Selection {
            patterns: texts(&self.pattern),
            tags: texts(&self.tag),
            partition: self.partition.or(self.shard),
        }
    }

    /// Returns the reports in addition to the console.
    fn specs(&self) -> impl Iterator<Item = ReportSpec> {
        let html = self.html.iter().map(|folder| ReportSpec::html(folder));
        self.report.iter().cloned().chain(html)
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
        let is_watched = io::stderr().is_terminal() && !output::is_ci();
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
            stop_at_queue: self.stop_at_queue,
            snapshots: self.snapshots.mode(),
            drops_passed_traces: !self.needs_traces(),
        }
    }

    /// Returns whether the traces of passed tests are needed.
    fn needs_traces(&self) -> bool {
        self.timings
            || self.on_request
            || self.specs().any(|spec| spec.needs_traces())
            || self.coverage.counter().is_some()
            || self.decisions.path().is_some()
    }
}
