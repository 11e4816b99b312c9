//! `flowsim test`

mod console;
mod coverage;
mod decisions;
mod last_failed;
mod outputs;
mod places;
mod requests;
mod run_output;
mod select;
mod snapshots;
mod timings;
mod values;
mod watch;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use clap::{Args, ValueEnum};

use self::console::{ConsoleOptions, Format};
use self::last_failed::LastFailed;
use self::places::Places;
use self::requests::Requests;
pub(super) use self::run_output::options as run_options;
use self::run_output::{RunOutcome, RunOutput};
use super::exit::Exit;
use super::numbers::whole;
use super::project::Project;
use super::{interrupt, load, output};
use crate::diagnostic::visible::one_line;
use crate::diagnostic::{Severity, sort};
use crate::report::{self, ReportSpec};
use crate::runner::{
    self, CasePosition, CaseResult, Covered, Ended, Library, LoadedSuite, Plan,
    ProjectContext, RunEvent, quoted,
};
use crate::source::Files;
use crate::suite::Selection;
use crate::terraform::is_terraform_source;
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

    #[command(flatten)]
    select: select::SelectOptions,

    /// Number of tests run in parallel [default: number of cores]
    #[arg(long, short, value_name = "N", value_parser = whole(1..=u16::MAX))]
    jobs: Option<u16>,

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
    values: values::ValueOptions,

    #[command(flatten)]
    snapshots: snapshots::SnapshotOptions,

    /// Stop at the first failure
    #[arg(long, conflicts_with = "max_fail")]
    fail_fast: bool,

    /// Stop after N failures
    #[arg(long, value_name = "N", value_parser = whole(1..=u32::MAX))]
    max_fail: Option<u32>,

    /// End calls at a transfer to a queue instead of continuing in the in-queue flow
    #[arg(long)]
    stop_at_queue: bool,

    /// Run each test N times; differing results are a bug in flowsim
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = whole(1..=1_000_000_u32)
    )]
    stress: u32,

    /// List the tests without running them, one per line
    #[arg(
        long,
        conflicts_with_all = [
            "quiet", "verbose",
            "report", "html", "coverage", "coverage_out", "coverage_min", "decisions",
            "values_out", "update",
            "review", "delete_unreferenced"
        ]
    )]
    list: bool,

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
            "report", "html", "coverage", "coverage_out", "coverage_min", "decisions",
            "values_out", "update",
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

    /// Run the tests that failed last; all tests if none is known to have failed
    #[arg(long, conflicts_with = "watch")]
    last_failed: bool,

    #[command(flatten)]
    console: ConsoleOptions,

    #[command(flatten)]
    deny: load::DenyOptions,

    /// The project of the scenario files.
    #[arg(skip)]
    project: Arc<ProjectContext>,

    /// The project file.
    #[arg(skip)]
    project_file: Option<PathBuf>,

    /// The files of the project: the project file, and Terraform.
    #[arg(skip)]
    project_files: Vec<PathBuf>,

    /// Flags that a command needs to run a test of this run again, each after a blank.
    #[arg(skip)]
    flags: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum NoTests {
    Pass,
    Warn,
    Fail,
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

/// Everything that is collected from the results of a run.
struct Collected<'a> {
    covered: Option<Covered>,
    log: decisions::Log<'a>,
    values: values::Values<'a>,
    last_failed: LastFailed,
}

impl Collected<'_> {
    fn add(&mut self, result: &CaseResult) {
        if let Some(covered) = &mut self.covered {
            covered.add(result);
        }
        self.log.add(result);
        self.values.add(result);
        self.last_failed.note(result);
    }
}

/// Runs the selected tests and writes everything that the arguments request.
fn run_selected(arguments: &Arguments, places: Places) -> io::Result<Exit> {
    let mut files = Files::new();
    let searched = places.paths.clone();
    let mut collected = Collected {
        covered: arguments.coverage.counter(),
        log: arguments.decisions.log(),
        values: arguments.values.collector(),
        last_failed: LastFailed::read(arguments.project_file.as_deref()),
    };
    let mut wanted = places.wanted(
        arguments.select.selection(arguments.project_file.as_deref()),
        &mut files,
    );
    if arguments.last_failed {
        wanted.selection.only = collected.last_failed.selected(&wanted.paths);
    }
    wanted.project = Arc::clone(&arguments.project);
    wanted.reads_all_first = arguments.console.format == Format::Json;
    let mut noted = |result: &CaseResult| collected.add(result);
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
    let scene = LoadedSuite { library: &library, files: &files };
    let exit = finish(arguments, collected, played, ended, &searched, scene)?;
    // The process ends: freeing the memory of a large suite would only take time.
    std::mem::forget((library, files));
    Ok(exit)
}

/// Writes what a run has collected, and returns its exit code.
fn finish(
    arguments: &Arguments,
    mut collected: Collected<'_>,
    played: RunOutcome,
    ended: Ended,
    searched: &[PathBuf],
    LoadedSuite { library, files }: LoadedSuite<'_>,
) -> io::Result<Exit> {
    let is_broken = is_broken(library);
    let is_whole = ended.tally.total() == ended.found && !is_broken;
    let selects_nothing = ended.tally.total() == 0 && ended.found > 0;
    if arguments.last_failed && selects_nothing && arguments.select.is_empty() {
        collected.last_failed.forget();
    }
    if !arguments.on_request {
        collected.last_failed.write(is_whole && ended.tally.not_run == 0);
    }
    let is_unselected = ended.tally.total() == 0 && !arguments.on_request;
    if is_unselected && arguments.no_tests.is_failure(ended.found, library) {
        return Ok(Exit::Nothing);
    }
    let is_aside = arguments.is_output_taken();
    let of_coverage =
        arguments.coverage.show(collected.covered, library, files, is_aside)?;
    let of_files = match (of_coverage, collected.log.write(), collected.values.write()?) {
        (covered, Exit::Success, Exit::Success) => covered,
        (_, Exit::Success, failed) | (_, failed, _) => failed,
    };
    snapshots::show_notes(library, is_whole.then_some(searched));
    let of_tests = played.exit(ended.tally, is_broken);
    if arguments.timings {
        played.timings.show(library);
    }
    Ok(match interrupt::is_stopped() {
        true => Exit::Interrupted,
        false => of_tests.unwrap_or(of_files),
    })
}

/// Lists tests, or reviews or deletes snapshots.
fn without_running(arguments: &Arguments) -> io::Result<Exit> {
    if let Some(exit) = Places::of(&arguments.paths).beyond() {
        return Ok(exit);
    }
    let suites = Suites::load(arguments);
    output::diagnostics(&suites.library.diagnostics, &suites.files);
    let searched = Places::of(&arguments.paths).paths;
    let scene = LoadedSuite { library: &suites.library, files: &suites.files };
    if let Some(exit) = arguments.snapshots.instead(scene, &searched)? {
        return Ok(exit);
    }
    let plan = suites.plan(arguments);
    let is_broken = is_broken(&suites.library);
    list(&plan, &suites, arguments.console.format)?;
    Ok(match () {
        () if is_broken => Exit::Input,
        () if plan.cases.is_empty()
            && arguments.no_tests.is_failure(plan.found, &suites.library) =>
        {
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
        let mut selection = arguments.select.selection(arguments.project_file.as_deref());
        if arguments.last_failed {
            let paths: Vec<_> =
                self.library.suites.iter().map(|it| it.path.clone()).collect();
            let mut last_failed = LastFailed::read(arguments.project_file.as_deref());
            selection.only = last_failed.selected(&paths);
        }
        Plan::new(&self.library, &selection, &self.places, &self.files)
    }
}

fn list(plan: &Plan<'_>, suites: &Suites, format: Format) -> io::Result<()> {
    if format == Format::Json {
        let scene = LoadedSuite { library: &suites.library, files: &suites.files };
        let options = run_output::options();
        return output::result(&report::list_json(&plan.listed(), &options, scene)?);
    }
    let mut out = String::new();
    for planned in &plan.cases {
        let id = &planned.id;
        let (selector, name) = (one_line(&id.selector()), one_line(&id.title));
        out.push_str(&format!("{selector} {name}\n"));
    }
    output::result(&out)
}

impl NoTests {
    /// Reports that no test is selected. Returns whether that is a failure.
    fn is_failure(self, found: usize, library: &Library) -> bool {
        let text = match found {
            0 if library.suites.iter().any(|it| !it.properties.is_empty()) => {
                "no tests found, only properties; `flowsim explore --properties PATH` \
                 checks them for all calls"
                    .to_owned()
            }
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
        self.project_file.clone_from(&project.settings.file);
        let read = files.iter().map(|file| file.path().to_owned());
        let terraform = read.filter(|path| is_terraform_source(path));
        self.project_files =
            project.settings.file.iter().cloned().chain(terraform).collect();
        self.flags = self.repeated_flags(project.settings.profile.as_deref());
        Ok(())
    }

    /// Returns the flags that a command needs to run a test of this run again.
    fn repeated_flags(&self, profile: Option<&str>) -> &'static str {
        static FLAGS: OnceLock<String> = OnceLock::new();
        FLAGS.get_or_init(|| {
            let profile = profile.map(|name| format!(" --profile {}", quoted(name)));
            let stop = self.stop_at_queue.then_some(" --stop-at-queue");
            profile.unwrap_or_default() + stop.unwrap_or_default()
        })
    }

    /// Returns whether standard output has data for programs, so that text for people goes
    /// to standard error.
    fn is_output_taken(&self) -> bool {
        self.console.format == Format::Json || self.specs().any(|spec| spec.is_output())
    }

    /// Returns the reports in addition to the console.
    fn specs(&self) -> impl Iterator<Item = ReportSpec> {
        let html = self.html.iter().map(|folder| ReportSpec::html(folder));
        self.report.iter().cloned().chain(html)
    }

    fn options(&self) -> runner::Options {
        let most = self.max_fail.or(self.fail_fast.then_some(1));
        runner::Options {
            jobs: self.jobs.map_or(0, usize::from),
            max_failures: most.and_then(|most| usize::try_from(most).ok()),
            repeat: self.stress,
            stop_at_queue: self.stop_at_queue,
            flags: self.flags,
            snapshots: self.snapshots.mode(),
            drops_passed_traces: !self.needs_traces(),
            stop: None,
        }
    }

    /// Returns whether the traces of passed tests are needed.
    fn needs_traces(&self) -> bool {
        self.timings
            || self.on_request
            || self.specs().any(|spec| spec.needs_traces())
            || self.coverage.counter().is_some()
            || self.decisions.path().is_some()
            || self.values.path().is_some()
    }
}
