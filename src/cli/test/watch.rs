//! `flowsim test --watch`: reruns the affected tests after each change.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use super::places::Places;
use super::run_output::RunOutput;
use super::{Arguments, Suites, snapshots};
use crate::cli::Command;
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::project::Project;
use crate::diagnostic::visible;
use crate::runner::{self, CasePlace, CaseResult, Dependencies, LoadedSuite, Plan};
use crate::source::Folder;
use crate::value::Text;

/// Quiet period before tests run: editors and version control write several files in a
/// row.
const QUIET: Duration = Duration::from_millis(100);

/// Number of changes after which tests run even if more follow.
const MAX_CHANGES: usize = 10_000;

/// Maximum number of changed files that are named.
const MAX_NAMED: usize = 3;

/// Runs all tests, and then the tests that each change affects, until interrupted.
pub(super) fn run(arguments: Arguments, project: Project) -> io::Result<Exit> {
    if let Some(exit) = Places::of(&arguments.paths).beyond() {
        return Ok(exit);
    }
    match rounds(arguments, project) {
        Ok(exit) => exit,
        Err(error) => {
            let text = format!("cannot watch files: {error}");
            output::message("error", &text);
            Ok(Exit::External)
        }
    }
}

fn rounds(
    mut arguments: Arguments,
    mut project: Project,
) -> notify::Result<io::Result<Exit>> {
    let mut before = Dependencies::default();
    let mut changed: Option<BTreeSet<PathBuf>> = None;
    let mut earlier: Option<Watcher> = None;
    let mut failing = Failing::default();
    let mut place_names = PlaceNames::default();
    loop {
        // Each round has its own watcher, created before the files are read and before
        // the earlier watcher is dropped. No change is missed, and folders that were
        // deleted and recreated are watched again.
        let places = Places::of(&arguments.paths).paths;
        let mut watcher = Watcher::new()?;
        watcher.watch(places.iter().map(PathBuf::as_path).chain(before.paths()))?;
        if let (Some(earlier), Some(changed)) = (earlier.take(), &mut changed) {
            let rest = earlier.rest(&before);
            reload(&rest, &before, &mut arguments, &mut project);
            changed.extend(rest);
        }
        let (suites, dependencies) = load(&arguments, &mut watcher)?;
        let mut plan = suites.plan(&arguments);
        failing.keep(&plan);
        let has_news = match &changed {
            Some(changed) => {
                narrow(&mut plan, changed, [&before, &dependencies], &suites)
            }
            None => true,
        };
        place_names.keep(&suites);
        if has_news {
            match round(&arguments, &suites, &plan, &mut failing) {
                Ok(false) => {}
                Ok(true) => return Ok(Ok(Exit::Success)),
                Err(error) => return Ok(Err(error)),
            }
        }
        if changed.is_none() {
            say("waiting for changes; press Ctrl-C to stop");
        }
        let now = watcher.changes(&dependencies)?;
        reload(&now, &dependencies, &mut arguments, &mut project);
        changed = Some(now);
        (before, earlier) = (dependencies, Some(watcher));
    }
}

/// Reads the project again if a change affects it. One that does not load is reported, and
/// the earlier one stays.
fn reload(
    changed: &BTreeSet<PathBuf>,
    known: &Dependencies,
    arguments: &mut Arguments,
    project: &mut Project,
) {
    if !known.affects_project(changed) {
        return;
    }
    let parsed = crate::cli::parse(project.arguments.clone());
    let read = parsed.and_then(|(parsed, project)| match parsed.command {
        Some(Command::Test(mut arguments)) => {
            arguments.adopt(&project)?;
            Ok(Some((arguments, project)))
        }
        _ => Ok(None),
    });
    match read {
        Ok(Some(read)) => (*arguments, *project) = read,
        Ok(None) => {}
        Err(_) => {
            let text = "the project does not load; its earlier settings are used";
            say(text);
        }
    }
}

/// Loads everything, and loads again if a file was not yet watched while it was read.
fn load(
    arguments: &Arguments,
    watcher: &mut Watcher,
) -> notify::Result<(Suites, Dependencies)> {
    let once = || {
        let suites = Suites::load(arguments);
        let mut dependencies = Dependencies::of(&suites.plan(arguments), &suites.files);
        dependencies.add_project(&arguments.project_files);
        dependencies.add_files(&suites.library.tables_of_broken);
        (suites, dependencies)
    };
    let loaded = once();
    if watcher.watch(loaded.1.paths())? { Ok(once()) } else { Ok(loaded) }
}

/// Keeps the tests that a change affects, and prints a message. Returns whether there is
/// anything to report.
fn narrow(
    plan: &mut Plan<'_>,
    changed: &BTreeSet<PathBuf>,
    dependencies: [&Dependencies; 2],
    suites: &Suites,
) -> bool {
    // Earlier dependencies count too: a change may have removed one.
    let concerned: BTreeSet<_> =
        dependencies.iter().flat_map(|them| them.affected(changed)).collect();
    let all = plan.cases.len() + plan.broken.len();
    plan.cases.retain(|planned| concerned.contains(&planned.id.place()));
    let is_known = |path: &&PathBuf| dependencies.iter().any(|them| them.knows(path));
    let mut named: Vec<&PathBuf> = changed.iter().filter(is_known).collect();
    if named.is_empty() && concerned.is_empty() && suites.library.diagnostics.is_empty() {
        return false;
    }
    if named.is_empty() {
        named.extend(changed);
    }
    let count = plan.cases.len() + plan.broken.len();
    if io::stdout().is_terminal() && count > 0 {
        // A closed terminal is noticed at the next write.
        let _ = output::result("\x1b[2J\x1b[H");
    }
    let run = if count == 1 { "runs" } else { "run" };
    let text = format!("{} changed; {count} of {all} tests {run} again", listed(&named));
    say(&text);
    true
}

/// Prints a message on one line. Names of files may have line breaks.
fn say(text: &str) {
    output::message("watch", &visible::one_line(text));
}

/// `a.yaml, b.yaml and 4 more files`
fn listed(paths: &[&PathBuf]) -> String {
    let folder = std::env::current_dir().and_then(|it| it.canonicalize());
    let short = |path: &&PathBuf| {
        let inside = folder.as_ref().ok().and_then(|it| path.strip_prefix(it).ok());
        inside.unwrap_or(path).display().to_string()
    };
    let names: Vec<String> = paths.iter().take(MAX_NAMED).map(short).collect();
    let more = match paths.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        1 => " and 1 more file".into(),
        more => format!(" and {more} more files"),
    };
    names.join(", ") + &more
}

/// Tests that failed in their last run, with the commands that run each alone.
#[derive(Default)]
struct Failing(BTreeMap<CasePlace, String>);

impl Failing {
    /// Forgets deleted tests.
    fn keep(&mut self, plan: &Plan<'_>) {
        let there: BTreeSet<_> = plan.cases.iter().map(|it| it.id.place()).collect();
        self.0.retain(|place, _| there.contains(place));
    }

    fn note(&mut self, result: &CaseResult) {
        if result.outcome.is_failure() {
            self.0.insert(result.id.place(), result.command());
        } else {
            self.0.remove(&result.id.place());
        }
    }

    /// Lists failing tests that did not run in this round: a passing round must not look
    /// like a passing suite.
    fn show_others(&self, plan: &Plan<'_>) {
        let broken = plan.broken.iter().map(|it| it.result.id.place());
        let ran = plan.cases.iter().map(|it| it.id.place()).chain(broken);
        let ran: BTreeSet<_> = ran.collect();
        let others = self.0.iter().filter(|(place, _)| !ran.contains(place));
        let commands: Vec<&str> = others.map(|(_, command)| command.as_str()).collect();
        let Some(first) = commands.first() else { return };
        let (tests, fail, each) = match commands.len() {
            1 => ("1 test".into(), "fails", ""),
            count => (format!("{count} tests"), "fail", ", the first"),
        };
        let text = format!("{tests} that did not run now still {fail}{each}: {first}");
        say(&text);
    }
}

/// Names of the tests at the places of the command line when they were last read, by the
/// index of the place.
#[derive(Default)]
struct PlaceNames(BTreeMap<usize, BTreeSet<Text>>);

impl PlaceNames {
    /// Reports places that now hold other tests: inserting lines above a test moves it
    /// away from its line.
    fn keep(&mut self, suites: &Suites) {
        for (number, place) in suites.places.iter().enumerate() {
            // The tests of a file that does not load are unknown.
            if !suites.library.suites.iter().any(|it| it.path == place.file) {
                continue;
            }
            let now = suites.names_at(place);
            let before = self.0.insert(number, now.clone()).unwrap_or_default();
            let Some(lost) = before.first().filter(|_| before.is_disjoint(&now)) else {
                continue;
            };
            let at = format!("{}:{}", place.file.display(), place.line);
            let text = match now.first() {
                Some(name) => {
                    format!("{at} is now the test `{name}`; before it was `{lost}`")
                }
                None => format!("{at} is no longer a test; before it was `{lost}`"),
            };
            say(&text);
        }
    }
}

/// Runs tests. Returns whether the console's reader is gone.
fn round(
    arguments: &Arguments,
    suites: &Suites,
    plan: &Plan<'_>,
    failing: &mut Failing,
) -> io::Result<bool> {
    let Suites { library, files, .. } = suites;
    if plan.cases.is_empty() && plan.broken.is_empty() {
        output::diagnostics(plan.diagnostics, files);
        return Ok(false);
    }
    let mut note = |result: &CaseResult| failing.note(result);
    let mut run_output = RunOutput::new(arguments, &mut note)?;
    let scene = LoadedSuite { library, files };
    let options = arguments.options();
    let result =
        runner::run(plan, options, &mut |event| run_output.forward(event, scene));
    let played = run_output.end()?;
    result.map_err(io::Error::other)?;
    if arguments.timings {
        played.timings.show(library);
    }
    snapshots::show_notes(library, None);
    failing.show_others(plan);
    Ok(played.is_closed)
}

/// Watched files and folders.
struct Watcher {
    watcher: RecommendedWatcher,
    events: Receiver<notify::Result<notify::Event>>,
    /// Folders that are watched recursively.
    trees: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl Watcher {
    fn new() -> notify::Result<Self> {
        let (sender, events) = channel();
        let watcher = notify::recommended_watcher(move |event| {
            // Sending fails if the watcher is about to be dropped.
            let _ = sender.send(event);
        })?;
        let (trees, folders) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self { watcher, events, trees, folders })
    }

    /// Watches folders recursively, and files through their folders, because an editor
    /// may replace a file. For a missing path, watches its nearest existing parent
    /// folder. Returns whether anything new is watched.
    fn watch<'p>(
        &mut self,
        paths: impl Iterator<Item = &'p Path>,
    ) -> notify::Result<bool> {
        let (mut trees, mut folders) = (BTreeSet::new(), BTreeSet::new());
        for path in paths.flat_map(Dependencies::resolved) {
            if path.is_dir() {
                trees.insert(path);
            } else if let Some(above) = path.ancestors().skip(1).find(|it| it.is_dir()) {
                folders.insert(above.to_owned());
            }
        }
        let mut is_new = false;
        for tree in trees {
            if !self.has(&tree) {
                self.watcher.watch(&tree, RecursiveMode::Recursive)?;
                is_new = self.trees.insert(tree);
            }
        }
        for folder in folders {
            if !self.has(&folder) && !self.folders.contains(&folder) {
                self.watcher.watch(&folder, RecursiveMode::NonRecursive)?;
                is_new = self.folders.insert(folder);
            }
        }
        Ok(is_new)
    }

    fn has(&self, folder: &Path) -> bool {
        folder.ancestors().any(|above| self.trees.contains(above))
    }

    /// Waits for changes, and then until nothing changes for a moment.
    fn changes(&self, known: &Dependencies) -> notify::Result<BTreeSet<PathBuf>> {
        let mut changed = BTreeSet::new();
        while changed.is_empty() {
            let gone = |_| notify::Error::generic("the file watcher stopped");
            changed.extend(paths_of(self.events.recv().map_err(gone)?, known));
        }
        for _ in 0..MAX_CHANGES {
            let Ok(event) = self.events.recv_timeout(QUIET) else { break };
            changed.extend(paths_of(event, known));
        }
        Ok(changed)
    }

    /// Returns the changes up to now.
    fn rest(self, known: &Dependencies) -> BTreeSet<PathBuf> {
        self.events.try_iter().flat_map(|event| paths_of(event, known)).collect()
    }
}

/// Returns the changed files of an event that tests may depend on.
fn paths_of(
    event: notify::Result<notify::Event>,
    known: &Dependencies,
) -> BTreeSet<PathBuf> {
    let event = match event {
        Ok(event) if event.need_rescan() => {
            return known.paths().map(Path::to_owned).collect();
        }
        Ok(event) => event,
        // Events were missed: assume that every file changed.
        Err(_) => return known.paths().map(Path::to_owned).collect(),
    };
    if matches!(event.kind, EventKind::Access(_)) {
        return BTreeSet::new();
    }
    let is_of_contents = matches!(
        event.kind,
        EventKind::Modify(
            ModifyKind::Data(_) | ModifyKind::Metadata(_) | ModifyKind::Any
        )
    );
    let mut paths = BTreeSet::new();
    for path in event.paths {
        if !path.is_dir() {
            paths.insert(path);
        } else if !is_of_contents {
            // A folder that appeared with its contents.
            paths.extend(Folder::read(&path, |_| true).files);
        }
    }
    let places = paths.iter().flat_map(|path| Dependencies::resolved(path));
    places.filter(|place| known.may_affect(place)).collect()
}
