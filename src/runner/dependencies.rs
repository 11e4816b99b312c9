//! Dependencies of tests, which determine the tests that a change affects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::event::CasePlace;
use super::plan::{Plan, Planned};
use crate::engine::start;
use crate::flow::FlowId;
use crate::program::{FlowCalls, Program};
use crate::recording::derive;
use crate::source::{FileId, Files, read_document};
use crate::suite::is_scenario_file;
use crate::terraform::is_terraform_source;
use crate::world::Fixtures;

/// Dependencies of the tests of a plan: the scenario file, the files of flows that the
/// call can reach, the fixtures and the files that these name, the recording, and the
/// snapshot. A new file in a folder of flows or fixtures affects all tests that use the
/// folder.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    /// Files and folders, referred to by index; absolute, without `..`.
    paths: IndexSet<PathBuf>,
    /// All loaded files, including those that no test depends on.
    known: BTreeSet<PathBuf>,
    cases: Vec<(CasePlace, CaseDependencies)>,
    /// Files of the project, on which all tests depend.
    project: BTreeSet<PathBuf>,
}

/// Dependencies of a test, as indices of paths.
#[derive(Debug, Clone, Default)]
struct CaseDependencies {
    files: BTreeSet<usize>,
    /// Folders in which new files matter.
    folders: BTreeSet<usize>,
}

impl Dependencies {
    /// Finds the dependencies of tests. `files` are the files from which they were
    /// loaded.
    pub fn of(plan: &Plan<'_>, files: &Files) -> Self {
        let mut finder = Finder::new(files);
        for planned in &plan.cases {
            let needs = finder.needs(planned);
            finder.found.cases.push((planned.id.place(), needs));
        }
        finder.found
    }

    /// Makes all tests depend on the files of their project: its project file, and the
    /// Terraform files that it reads.
    pub fn add_project(&mut self, files: &[PathBuf]) {
        let resolved = files.iter().flat_map(|file| Self::resolved(file));
        self.project.extend(resolved);
        self.paths.extend(self.project.iter().cloned());
    }

    /// Adds files on which scenario files depend that do not load.
    pub fn add_files(&mut self, files: &[PathBuf]) {
        self.paths.extend(files.iter().flat_map(|file| Self::resolved(file)));
    }

    /// Returns whether a change of these paths affects the project. A new Terraform file
    /// next to a known one does.
    pub fn affects_project(&self, changed: &BTreeSet<PathBuf>) -> bool {
        let is_changed =
            |path: &PathBuf| path.ancestors().any(|above| changed.contains(above));
        self.project.iter().any(is_changed)
            || changed.iter().any(|path| self.is_new_terraform(path))
    }

    fn is_new_terraform(&self, path: &Path) -> bool {
        let is_sibling = |known: &PathBuf| {
            is_terraform_source(known) && known.parent() == path.parent()
        };
        is_terraform_source(path) && self.project.iter().any(is_sibling)
    }

    /// Returns the tests that a change of these paths affects. A path may be a deleted
    /// folder. Paths must come from [`Self::resolved`].
    pub fn affected(&self, changed: &BTreeSet<PathBuf>) -> BTreeSet<CasePlace> {
        if self.affects_project(changed) {
            return self.cases.iter().map(|(place, _)| place.clone()).collect();
        }
        let is_changed =
            |path: &PathBuf| path.ancestors().any(|above| changed.contains(above));
        let files: Vec<bool> = self.paths.iter().map(is_changed).collect();
        let new: Vec<&PathBuf> = changed.iter().filter(|it| self.is_new(it)).collect();
        let gets_new = |folder: &PathBuf| new.iter().any(|it| is_shown_in(folder, it));
        let folders: Vec<bool> = self.paths.iter().map(gets_new).collect();
        let is_set = |flags: &[bool], numbers: &BTreeSet<usize>| {
            numbers.iter().any(|number| flags.get(*number) == Some(&true))
        };
        let cases = self.cases.iter().filter(|(_, needs)| {
            is_set(&files, &needs.files) || is_set(&folders, &needs.folders)
        });
        cases.map(|(place, _)| place.clone()).collect()
    }

    /// Returns whether a file is unknown and may contain a flow or fixtures.
    fn is_new(&self, path: &Path) -> bool {
        !self.known.contains(path) && is_document(path)
    }

    /// Returns whether a path is a loaded file or a dependency of a test.
    pub fn knows(&self, path: &Path) -> bool {
        self.known.contains(path) || self.paths.contains(path)
    }

    /// Returns whether a change of a path can affect a test: the path is known, or it may
    /// be a new document.
    pub fn may_affect(&self, path: &Path) -> bool {
        self.knows(path)
            || is_document(path)
            || is_scenario_file(path)
            || self.is_new_terraform(path)
            || self.paths.iter().any(|known| known.starts_with(path))
    }

    /// Returns all files and folders that tests depend on.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }

    /// Returns the absolute path and, for a symbolic link, also its target. A missing
    /// file has the path that it would have.
    pub fn resolved(path: &Path) -> Vec<PathBuf> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut found = Vec::new();
        if let (Some(parent), Some(name)) = (path.parent(), path.file_name()) {
            let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
            found.push(parent.join(name));
        }
        match path.canonicalize() {
            Ok(target) if !found.contains(&target) => found.push(target),
            Err(_) if found.is_empty() => found.push(path),
            _ => {}
        }
        found
    }
}

/// Returns whether a file is below a folder without a hidden component in between.
fn is_shown_in(folder: &Path, file: &Path) -> bool {
    let is_hidden =
        |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    file.strip_prefix(folder).is_ok_and(|rest| !rest.components().any(is_hidden))
}

/// Returns whether a folder of flows or fixtures would include a file. Hidden files and
/// temporary files of editors are excluded.
fn is_document(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    !name.starts_with('.')
        && !is_scenario_file(path)
        && (["json", "yaml", "yml"].contains(&ending) || ending.starts_with("i3"))
}

/// Finds dependencies; those that tests share are found once.
struct Finder<'f> {
    files: &'f Files,
    /// Paths of all loaded files, by [`FileId`].
    places: Vec<(PathBuf, BTreeSet<usize>)>,
    programs: Vec<Outline>,
    fixtures: IndexMap<Vec<PathBuf>, CaseDependencies>,
    found: Dependencies,
}

/// Flows of a program with their files, and the calls between them.
struct Outline {
    program: Arc<Program>,
    files: BTreeMap<FlowId, BTreeSet<FileId>>,
    calls: FlowCalls,
    /// Files of all flows that the flow can reach.
    reached: BTreeMap<FlowId, BTreeSet<usize>>,
}

impl Outline {
    fn new(program: &Arc<Program>) -> Self {
        let mut files: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for node in &program.symbols.nodes {
            files.entry(node.flow).or_default().insert(node.span.file);
        }
        let (program, calls) = (Arc::clone(program), FlowCalls::of(program));
        Self { program, files, calls, reached: BTreeMap::new() }
    }
}

impl<'f> Finder<'f> {
    fn new(files: &'f Files) -> Self {
        let mut found = Dependencies::default();
        let mut places = Vec::new();
        for file in files.iter() {
            let resolved = Dependencies::resolved(file.path());
            found.known.extend(resolved.iter().cloned());
            let numbers = resolved.into_iter().map(|it| found.paths.insert_full(it).0);
            places.push((file.path().to_owned(), numbers.collect()));
        }
        let (programs, fixtures) = (Vec::new(), IndexMap::new());
        Self { files, places, programs, fixtures, found }
    }

    fn needs(&mut self, planned: &Planned<'_>) -> CaseDependencies {
        let suite = planned.suite;
        let mut needs = self.fixtures(&suite.fixtures);
        needs.files.extend(self.numbers(&suite.path));
        for table in &suite.tables {
            needs.files.extend(self.numbers(table));
        }
        let folders: Vec<_> =
            suite.flows.iter().flat_map(|path| self.numbers(path)).collect();
        needs.folders.extend(&folders);
        let flows = self.flows(planned);
        needs.files.extend(flows.unwrap_or_else(|| self.loaded_from(&suite.flows)));
        // A named file is a dependency even if it does not exist yet.
        let is_file = |path: &&PathBuf| !path.is_dir();
        for path in suite.flows.iter().filter(is_file).filter(|it| !it.exists()) {
            needs.files.extend(self.numbers(path));
        }
        if let Some(snapshot) = &planned.case.snapshot {
            needs.files.extend(self.numbers(&snapshot.path));
        }
        if let Some(recording) = &planned.case.recording {
            needs.files.extend(self.numbers(&recording.path));
        }
        if let Some(own) = &planned.case.fixtures {
            let base = suite.path.parent().unwrap_or(Path::new(""));
            for path in Fixtures::files_named(own, base) {
                needs.files.extend(self.numbers(&path));
            }
        }
        needs
    }

    /// Returns the files of the flows that the call can reach. Returns `None` if the call
    /// cannot be made, because any file may be the reason.
    fn flows(&mut self, planned: &Planned<'_>) -> Option<BTreeSet<usize>> {
        let program = planned.program.as_ref().ok()?;
        let flow = match (&planned.case.start.flow, &planned.recording) {
            (Some(name), _) => start::flow(program, &name.value).ok()?,
            (None, Some(Ok(recording))) => derive(recording).entry(program).ok()?,
            (None, Some(Err(_))) => return None,
            (None, None) => start::only_entry(program).ok()?,
        };
        let known = self.programs.iter().position(|it| Arc::ptr_eq(&it.program, program));
        let index = known.unwrap_or_else(|| {
            self.programs.push(Outline::new(program));
            self.programs.len() - 1
        });
        let outline = self.programs.get_mut(index)?;
        if let Some(files) = outline.reached.get(&flow) {
            return Some(files.clone());
        }
        let mut numbers = BTreeSet::new();
        for reached in outline.calls.reached(flow) {
            // The files of a flow without nodes are unknown.
            for file in outline.files.get(&reached)? {
                numbers.extend(&self.places.get(file.0 as usize)?.1);
            }
        }
        outline.reached.insert(flow, numbers.clone());
        Some(numbers)
    }

    /// Returns the fixture files of a scenario file, and the files that these name.
    fn fixtures(&mut self, paths: &Vec<PathBuf>) -> CaseDependencies {
        if let Some(needs) = self.fixtures.get(paths) {
            return needs.clone();
        }
        let mut needs = CaseDependencies::default();
        let mut named = Vec::new();
        for path in paths {
            if path.is_dir() {
                needs.folders.extend(self.numbers(path));
            } else {
                needs.files.extend(self.numbers(path));
            }
        }
        for file in self.files.iter() {
            let path = file.path();
            let is_named = paths.iter().any(|it| it == path);
            let is_below = paths.iter().any(|it| path.starts_with(it));
            if !is_below || (!is_named && is_scenario_file(path)) {
                continue;
            }
            let document = read_document(file);
            if let Ok(document) = &document {
                if !is_named && !Fixtures::are_in(document) {
                    continue;
                }
                let base = path.parent().unwrap_or(Path::new(""));
                named.extend(Fixtures::files_named(document, base));
            }
            named.push(path.to_owned());
        }
        for path in named {
            needs.files.extend(self.numbers(&path));
        }
        self.fixtures.insert(paths.clone(), needs.clone());
        needs
    }

    /// Returns all files loaded from the given paths, except scenario files.
    fn loaded_from(&self, paths: &[PathBuf]) -> BTreeSet<usize> {
        let is_below = |path: &Path| paths.iter().any(|it| path.starts_with(it));
        let loaded = self.places.iter().filter(|(path, _)| {
            is_below(path) && (!is_scenario_file(path) || paths.contains(path))
        });
        loaded.flat_map(|(_, numbers)| numbers.iter().copied()).collect()
    }

    /// Returns the indices of a path; a symbolic link has two.
    fn numbers(&mut self, path: &Path) -> BTreeSet<usize> {
        let resolved = Dependencies::resolved(path).into_iter();
        resolved.map(|it| self.found.paths.insert_full(it).0).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::runner::Library;
    use crate::suite::{Selection, discover};

    const FLOWS: [(&str, &str); 5] = [
        (
            "flows/main.json",
            r#"{"id": "main", "name": "Main", "type": "inbound", "draft": {"startNode": "Call", "nodes": {"Call": {"type": "Flow", "properties": {"flowName": "Module"}, "onComplete": {"nextNode": "End"}}, "End": {"type": "End"}}}}"#,
        ),
        (
            "flows/deep/module.json",
            r#"{"id": "module", "name": "Module", "type": "module", "published": true, "draft": {"startNode": "End", "nodes": {"End": {"type": "End"}}}}"#,
        ),
        (
            "flows/other.json",
            r#"{"id": "other", "name": "Other", "type": "inbound", "draft": {"startNode": "End", "nodes": {"End": {"type": "End"}}}}"#,
        ),
        ("flows/notes.json", r#"{"note": "no flow"}"#),
        ("flows/org.yaml", "contacts: {file: ../data/people.csv}\n"),
    ];

    const OTHERS: [(&str, &str); 3] = [
        ("data/people.csv", "id,phone\n1,+15557770100\n"),
        (
            "a.test.yaml",
            "flows: flows\nfixtures: [flows, late.yaml]\ntests:\n  - {name: main, flow: Main, snapshot: true}\n  - {name: other, flow: Other, expect: {status: completed}}\n",
        ),
        (
            "b.test.yaml",
            "flows: flows/other.json\ntests:\n  - {name: alone, expect: {status: completed}}\n  - {name: own, fixtures: {contacts: {file: data/own.csv}}, expect: {status: completed}}\n",
        ),
    ];

    fn write(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in FLOWS.into_iter().chain(OTHERS) {
            write(folder.path(), path, text);
        }
        folder
    }

    fn dependencies(folder: &Path) -> Dependencies {
        let mut files = Files::new();
        let (paths, _) = discover(&[folder.to_owned()], &mut files);
        let library = Library::load(&paths, &mut files);
        let plan = Plan::new(&library, &Selection::default(), &[], &files);
        Dependencies::of(&plan, &files)
    }

    fn names(dependencies: &Dependencies, folder: &Path, changed: &str) -> Vec<String> {
        let changed = Dependencies::resolved(&folder.join(changed)).into_iter().collect();
        let concerned = dependencies.affected(&changed);
        concerned.iter().map(|place| place.name.to_string()).collect()
    }

    #[test]
    fn a_change_affects_its_dependents() {
        let folder = folder();
        let dependencies = dependencies(folder.path());
        for (changed, expected) in [
            ("flows/main.json", &["main"][..]),
            ("flows/deep/module.json", &["main"]),
            ("flows/other.json", &["other", "alone", "own"]),
            ("flows/notes.json", &[]),
            ("flows/org.yaml", &["main", "other"]),
            ("data/people.csv", &["main", "other"]),
            ("data/own.csv", &["own"]),
            ("data/else.csv", &[]),
            ("late.yaml", &["main", "other"]),
            ("a.test.yaml", &["main", "other"]),
            ("b.test.yaml", &["alone", "own"]),
            ("c.test.yaml", &[]),
            ("snapshots/a__main.snap", &["main"]),
            ("snapshots/a__main.snap.new", &[]),
            ("flows/new.json", &["main", "other"]),
            ("flows/deep/new.i3InboundFlow", &["main", "other"]),
            ("flows/.hidden.json", &[]),
            ("flows/.git/new.json", &[]),
            ("flows/4913", &[]),
            ("flows/main.json~", &[]),
            ("flows/new.test.yaml", &[]),
            ("new.json", &[]),
            ("flows/deep", &["main"]),
            ("flows", &["main", "other", "alone", "own"]),
        ] {
            assert_eq!(
                names(&dependencies, folder.path(), changed),
                expected,
                "{changed}"
            );
        }
    }

    #[test]
    fn an_in_queue_flow_affects_calls_that_enter_a_queue() {
        let folder = tempfile::tempdir().unwrap();
        let flow = |name: &str, kind: &str, action: &str| {
            let text = format!(
                "{kind}:\n  name: {name}\n  startUpTaskActions:\n    - {action}\n"
            );
            write(folder.path(), &format!("flows/{name}.yaml"), &text);
        };
        let transfer = "transferToAcd: {name: To, targetQueue: {lit: {name: Sales}}}";
        let music = "playAudio: {name: Music, audio: {tts: la la la}}";
        flow("main", "inboundCall", transfer);
        flow("other", "inboundCall", music);
        flow("waiting", "inqueueCall", music);
        let test = |name: &str| {
            format!("  - {{name: {name}, flow: {name}, expect: {{status: completed}}}}\n")
        };
        let text = format!("flows: flows\ntests:\n{}{}", test("main"), test("other"));
        write(folder.path(), "a.test.yaml", &text);
        let dependencies = dependencies(folder.path());
        assert_eq!(names(&dependencies, folder.path(), "flows/waiting.yaml"), ["main"]);
    }

    #[test]
    fn a_recording_affects_its_tests() {
        let folder = folder();
        let test = |name: &str| format!("recording: records/{name}.recording.json");
        let (there, later) = (test("there"), test("later"));
        let text = format!(
            "flows: flows\ntests:\n  - {{name: recorded, {there}}}\n  - {{name: missing, {later}}}\n"
        );
        write(folder.path(), "c.test.yaml", &text);
        let recording = r#"{"schema": "flowsim.recording/1", "kind": "simulation", "id": "a", "flow": {"name": "Main"}, "response": {"status": "completed", "trace": []}}"#;
        write(folder.path(), "records/there.recording.json", recording);
        let dependencies = dependencies(folder.path());
        for (changed, expected) in [
            ("records/there.recording.json", &["recorded"][..]),
            ("records/later.recording.json", &["missing"]),
            ("records/else.recording.json", &[]),
            ("records", &["recorded", "missing"]),
            ("flows/deep/module.json", &["main", "recorded", "missing"]),
            ("flows/notes.json", &["missing"]),
        ] {
            assert_eq!(
                names(&dependencies, folder.path(), changed),
                expected,
                "{changed}"
            );
        }
    }

    #[test]
    fn any_file_may_prevent_flows_from_loading() {
        let folder = folder();
        write(folder.path(), "flows/other.json", "{");
        let dependencies = dependencies(folder.path());
        let all = ["main", "other"];
        assert_eq!(names(&dependencies, folder.path(), "flows/notes.json"), all);
        assert_eq!(names(&dependencies, folder.path(), "flows/main.json"), all);
        let own = ["main", "other", "alone", "own"];
        assert_eq!(names(&dependencies, folder.path(), "flows/other.json"), own);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_affected_by_its_target() {
        let folder = folder();
        fs::rename(
            folder.path().join("flows/main.json"),
            folder.path().join("data/m.json"),
        )
        .unwrap();
        std::os::unix::fs::symlink(
            "../data/m.json",
            folder.path().join("flows/main.json"),
        )
        .unwrap();
        let dependencies = dependencies(folder.path());
        for changed in ["flows/main.json", "data/m.json"] {
            assert_eq!(names(&dependencies, folder.path(), changed), ["main"]);
        }
    }
}
