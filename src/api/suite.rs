//! Suites of scenario files.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::suite_result::{CaseResult, SuiteResult};
use crate::diagnostic::{Diagnostic, Severity};
use crate::project::Settings;
use crate::runner::{
    self, CaseId, Library, Listed, Options, Plan, Planned, ProjectContext, RunEvent, run,
};
use crate::source::Files;
use crate::suite::{Filter, Selection, discover};
use crate::value::Text;

/// Scenario files with everything that they name. A clone is cheap.
///
/// ```
/// use flowsim::{Suite, SuiteOptions};
///
/// let suite = Suite::load(["examples/scenarios"])?;
/// let result = suite.run(&SuiteOptions::default())?;
/// assert!(result.is_success(), "{result}");
/// # Ok::<(), flowsim::Error>(())
/// ```
#[derive(Clone)]
pub struct Suite(Arc<Loaded>);

struct Loaded {
    library: Library,
    files: Arc<Files>,
    cases: Vec<Listing>,
}

/// A test, or a scenario file that does not load.
enum Listing {
    /// The test, by the indices of its file and of the case in it.
    Case { id: CaseId, file: usize, case: usize },
    /// The result of the file.
    File(Box<runner::CaseResult>),
}

impl Suite {
    /// Loads scenario files, and the flows, fixtures and recordings that they name. A
    /// path is a file, or a folder that is searched for files such as `calls.test.yaml`.
    ///
    /// A scenario file that does not load is a [case](Self::cases) that fails.
    ///
    /// # Errors
    /// A file or folder is missing or cannot be read.
    pub fn load<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        Self::load_in(Arc::default(), &paths, Files::new())
    }

    /// Loads the scenario files of a project file, `flowsim.toml`, with the flows, fixtures
    /// and Terraform of the project. The environment has no effect.
    ///
    /// # Errors
    /// The project file, or a file or folder that it names, cannot be read.
    pub fn of_project(file: impl AsRef<Path>) -> Result<Self, Error> {
        let mut files = Files::new();
        let no_environment = |_: &str| None;
        let file = Some(file.as_ref());
        let loaded = Settings::load(file, None, &no_environment, &mut files);
        let loaded = loaded.and_then(|settings| {
            let (context, _) =
                ProjectContext::load(&settings, &no_environment, &mut files)?;
            Ok((context, settings.paths("tests")))
        });
        match loaded {
            Ok((context, paths)) => Self::load_in(Arc::new(context), &paths, files),
            Err(problems) => Err(Error::load(problems, files)),
        }
    }

    fn load_in(
        project: Arc<ProjectContext>,
        paths: &[PathBuf],
        mut files: Files,
    ) -> Result<Self, Error> {
        let missing = paths.iter().filter(|path| !path.exists());
        let missing = missing.filter_map(|path| files.load(path).err());
        let mut problems: Vec<Diagnostic> = missing.map(Diagnostic::from).collect();
        let (paths, undiscovered) = discover(paths, &mut files);
        problems.extend(undiscovered);
        if problems.iter().any(|it| it.severity == Severity::Error) {
            return Err(Error::load(problems, files));
        }
        let library = Library::load_in(project, &paths, &mut files);
        let cases = listed(&library, &files);
        Ok(Self(Arc::new(Loaded { library, files: Arc::new(files), cases })))
    }

    /// The tests, in the order of files and lines.
    pub fn cases(&self) -> Vec<Case> {
        let count = self.0.cases.len();
        (0..count).map(|index| Case { suite: self.clone(), index }).collect()
    }

    /// Runs the tests in parallel. The result is the same with any number of threads.
    ///
    /// # Errors
    /// The threads cannot be created.
    pub fn run(&self, options: &SuiteOptions) -> Result<SuiteResult, Error> {
        let Loaded { library, files, .. } = &*self.0;
        let selection = options.selection();
        let plan = Plan::new(library, &selection, &[], files);
        self.play(&plan, options)
    }

    fn play(
        &self,
        plan: &Plan<'_>,
        options: &SuiteOptions,
    ) -> Result<SuiteResult, Error> {
        let mut results = Vec::new();
        let options = Options {
            jobs: options.jobs,
            max_failures: options.max_failures,
            stop_at_queue: options.stops_at_queue,
            ..Options::default()
        };
        let ended = run(plan, options, &mut |event| {
            if let RunEvent::Finished(result) = event {
                results.push(CaseResult::new((*result).clone(), &self.0.files));
            }
        });
        let ended = ended.map_err(|problem| {
            Error::system(format!("cannot start threads: {problem}"))
        })?;
        Ok(SuiteResult::new(results, ended.tally))
    }
}

/// Lists the tests and the files that do not load, in order.
fn listed(library: &Library, files: &Files) -> Vec<Listing> {
    let plan = Plan::new(library, &Selection::default(), &[], files);
    let files = library.suites.iter().enumerate();
    let mut places = files
        .flat_map(|(file, suite)| (0..suite.cases.len()).map(move |case| (file, case)));
    let listing = |listed: Listed<'_>| match listed {
        Listed::Case(planned) => {
            // The plan selects every case, in the order of the library.
            let (file, case) = places.next().expect("a planned case is in the library");
            Listing::Case { id: planned.id.clone(), file, case }
        }
        Listed::File(result) => Listing::File(Box::new(result.clone())),
    };
    plan.listed().into_iter().map(listing).collect()
}

impl fmt::Debug for Suite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.cases.len();
        formatter.debug_struct("Suite").field("cases", &count).finish_non_exhaustive()
    }
}

/// Options of a run.
#[derive(Debug, Clone, Default)]
#[must_use = "options do nothing by themselves"]
pub struct SuiteOptions {
    patterns: Vec<Text>,
    tags: Vec<Text>,
    filters: Vec<Filter>,
    jobs: usize,
    max_failures: Option<usize>,
    stops_at_queue: bool,
}

impl SuiteOptions {
    /// Selects the tests with this string in their name or the path of their file. With
    /// several strings, one must match.
    pub fn pattern(mut self, pattern: impl AsRef<str>) -> Self {
        self.patterns.push(pattern.as_ref().into());
        self
    }

    /// Selects the tests with this tag. With several tags, the test needs one.
    pub fn tag(mut self, tag: impl AsRef<str>) -> Self {
        self.tags.push(tag.as_ref().into());
        self
    }

    /// Selects the tests that a [filter](https://github.com/flowsim/flowsim/blob/main/docs/filter.md)
    /// accepts, such as `tag(night) and not name(~slow)`. With several filters, all must
    /// accept the test.
    ///
    /// # Errors
    /// The text is not a filter.
    pub fn filter(mut self, filter: impl AsRef<str>) -> Result<Self, Error> {
        self.filters.push(Filter::parse(filter.as_ref()).map_err(Error::invalid)?);
        Ok(self)
    }

    /// Sets the number of parallel tests. The default, 0, is the number of cores.
    pub fn jobs(mut self, count: usize) -> Self {
        self.jobs = count;
        self
    }

    /// Stops the run after this number of failures.
    pub fn max_failures(mut self, count: usize) -> Self {
        self.max_failures = Some(count);
        self
    }

    /// Sets whether a transfer to a queue ends every call, even if an in-queue flow is
    /// loaded.
    pub fn stop_at_queue(mut self, stops: bool) -> Self {
        self.stops_at_queue = stops;
        self
    }

    fn selection(&self) -> Selection {
        let mut filters = self.filters.clone();
        if !self.patterns.is_empty() {
            filters.push(Filter::of_patterns(&self.patterns));
        }
        if !self.tags.is_empty() {
            filters.push(Filter::of_tags(&self.tags));
        }
        Selection { filters, ..Selection::default() }
    }
}

/// A test of a suite, or a scenario file that does not load.
#[derive(Clone)]
pub struct Case {
    suite: Suite,
    index: usize,
}

impl Case {
    fn listing(&self) -> &Listing {
        &self.suite.0.cases[self.index]
    }

    fn id(&self) -> &CaseId {
        match self.listing() {
            Listing::Case { id, .. } => id,
            Listing::File(result) => &result.id,
        }
    }

    fn case(&self) -> Option<&crate::suite::Case> {
        match self.listing() {
            Listing::Case { file, case, .. } => {
                Some(&self.suite.0.library.suites[*file].cases[*case])
            }
            Listing::File(_) => None,
        }
    }

    /// The name, with the row or line if another test of the file has the same name.
    pub fn name(&self) -> &str {
        let CaseId { title, .. } = self.id();
        title
    }

    /// The scenario file.
    pub fn file(&self) -> &Path {
        &self.id().file
    }

    /// The line of the test in the file, counted from 1.
    pub fn line(&self) -> u32 {
        self.id().line
    }

    /// The tags.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.case().into_iter().flat_map(|case| case.tags.iter().map(Text::as_str))
    }

    /// The reason why the test is skipped.
    pub fn skip(&self) -> Option<&str> {
        self.case()?.skip.as_deref()
    }

    /// Runs this test alone.
    ///
    /// # Errors
    /// A thread cannot be created.
    pub fn run(&self) -> Result<CaseResult, Error> {
        let Loaded { library, files, cases } = &*self.suite.0;
        let (id, file, case) = match &cases[self.index] {
            Listing::Case { id, file, case } => (id, *file, *case),
            Listing::File(result) => {
                return Ok(CaseResult::new((**result).clone(), files));
            }
        };
        let suite = &library.suites[file];
        let case = &suite.cases[case];
        let planned = Planned {
            id: id.clone(),
            case,
            suite,
            program: library.program(suite, files),
            fixtures: library.fixtures(suite, files),
            recording: library.recording(case),
        };
        let plan = Plan { cases: vec![planned], found: 1, files: 1, ..Plan::default() };
        let result = self.suite.play(&plan, &SuiteOptions::default().jobs(1))?;
        Ok(result.into_first().expect("a plan of one test has one result"))
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file().display(), self.line(), self.name())
    }
}
