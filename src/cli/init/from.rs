//! `flowsim init --from`: a project for an existing repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{make, shown};
use crate::analysis::{MissingEntry, missing_entries};
use crate::cli::exit::Exit;
use crate::cli::fixtures::document::{is_of_context, lines, sections, yaml};
use crate::cli::load::Organisation;
use crate::cli::project::environment;
use crate::cli::{load, output};
use crate::diagnostic::visible::one_line;
use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::architect::ArchitectFlow;
use crate::flow::check::forbids_running;
use crate::flow::read;
use crate::project::{FILE_NAME, Terraform};
use crate::source::{Files, plain, read_yaml, replace_own_file};
use crate::terraform::{Report, root_modules};

/// Name of the fixtures of a project.
const FIXTURES: &str = "fixtures.yaml";

/// Default folder of the project in the repository.
pub(super) const FOLDER: &str = "flowsim";

/// Maximum number of items of a kind that the report lists.
const LISTED: usize = 3;

/// Everything that was found in a repository.
struct Found {
    /// Folders with root modules.
    roots: Vec<PathBuf>,
    report: Report,
    organisation: Organisation,
    flows: read::Loaded,
    /// Files that contain only flows of other files, each with one of those.
    left_out: Vec<(PathBuf, PathBuf)>,
    /// Files of the flows.
    kept: Vec<PathBuf>,
}

/// Writes a project for a repository, or adds missing fixtures to it.
pub(super) fn run(repository: &Path, folder: &Path) -> io::Result<Exit> {
    let mut files = Files::new();
    if !repository.is_dir() {
        let text = format!("`{}` is not a folder", repository.display());
        output::message("error", &text);
        return Ok(Exit::Input);
    }
    let found = match find(repository, &mut files) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    if found.flows.architect.is_empty() && found.flows.flows.is_empty() {
        let text = format!("no flows in `{}`", repository.display());
        output::message("error", &text);
        return Ok(Exit::Nothing);
    }
    let path = folder.join(FIXTURES);
    let existing = if path.exists() { vec![path.clone()] } else { Vec::new() };
    let fixtures = match load::fixtures(&existing, &found.organisation, &mut files) {
        Ok(fixtures) => fixtures,
        Err(exit) => return Ok(exit),
    };
    let flows = &found.flows;
    let entries = missing_entries(&flows.flows, &flows.architect, &fixtures);
    let mut report = found.summary(repository);
    let written = write(folder, &found, &entries, &files, &mut report);
    if let Err((path, error)) = written {
        output::result(&report)?;
        output::message("error", &format!("cannot write `{}`: {error}", path.display()));
        return Ok(Exit::External);
    }
    report += &unknown(&found, &files);
    report += &next_steps(folder, &found);
    output::result(&report)?;
    Ok(Exit::Success)
}

fn find(repository: &Path, files: &mut Files) -> Result<Found, Exit> {
    let roots = root_modules(repository, files);
    let mut report = Report::default();
    let (mut organisation, mut of_files) = (Organisation::default(), Vec::new());
    if !roots.is_empty() {
        let terraform = Terraform::load(&roots, &[], &environment, files);
        let terraform = terraform.map_err(|diagnostics| {
            output::diagnostics(&diagnostics, files);
            Exit::Input
        })?;
        output::diagnostics(&terraform.unreadable, files);
        let (fixtures, document, _) = terraform.organisation(files);
        organisation = Organisation { fixtures, document };
        report = terraform.report;
        of_files = terraform.flows.into_iter().map(|it| (it.file, it.values)).collect();
    }
    let placeholders = read::Placeholders { of_files, ..read::Placeholders::default() };
    let mut flows = read::load_with(&[repository.to_owned()], &placeholders, files);
    let is_deployed = |path: &Path| {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        placeholders.of_files.iter().any(|(file, _)| *file == path)
    };
    let all: BTreeSet<PathBuf> =
        flows.architect.iter().map(|flow| file_of(flow, files)).collect();
    let copies = keep_one_of_each(&mut flows.architect, files, &is_deployed);
    let drafts = flows.flows.iter();
    let drafts = drafts.map(|flow| plain(files.get(flow.span.file).path()).to_owned());
    let kept: BTreeSet<PathBuf> =
        flows.architect.iter().map(|flow| file_of(flow, files)).collect();
    let of_copy = |path: &PathBuf| Some((path.clone(), copies.get(path)?.clone()));
    let left_out = all.difference(&kept).filter_map(of_copy).collect();
    let kept: BTreeSet<PathBuf> = kept.into_iter().chain(drafts).collect();
    let kept = kept.into_iter().collect();
    Ok(Found { roots, report, organisation, flows, left_out, kept })
}

fn file_of(flow: &ArchitectFlow, files: &Files) -> PathBuf {
    plain(files.get(flow.span.file).path()).to_owned()
}

/// Keeps one flow of each type and name: that of Terraform, else the first one. Other
/// copies are often exports of the same flow. Returns the files of copies, each with the
/// file of its first flow that is kept.
fn keep_one_of_each(
    flows: &mut Vec<ArchitectFlow>,
    files: &Files,
    is_deployed: &dyn Fn(&Path) -> bool,
) -> BTreeMap<PathBuf, PathBuf> {
    flows.sort_by_key(|flow| !is_deployed(files.get(flow.span.file).path()));
    let mut seen: BTreeMap<(String, String), PathBuf> = BTreeMap::new();
    let mut copies = BTreeMap::new();
    flows.retain(|flow| {
        if flow.is_embedded {
            return true;
        }
        let file = file_of(flow, files);
        let key = (flow.flow_type.to_string(), flow.name.value.to_string());
        if let Some(first) = seen.get(&key) {
            copies.entry(file).or_insert_with(|| first.clone());
            return false;
        }
        seen.insert(key, file);
        true
    });
    copies
}

impl Found {
    /// Describes the flows and resources that were found.
    fn summary(&self, repository: &Path) -> String {
        let embedded =
            self.flows.architect.iter().filter(|flow| flow.is_embedded).count();
        let flows = self.flows.architect.len() + self.flows.flows.len() - embedded;
        let resources: usize = self.report.resources.values().sum();
        let mut out = format!(
            "found    {} in {}",
            counted(flows, "flow"),
            counted(self.kept.len(), "file"),
        );
        if !self.roots.is_empty() {
            let counts = self.report.counts();
            let words = counts.iter().map(|(count, words)| {
                counted(*count, words.strip_suffix('s').unwrap_or(words))
            });
            let words: Vec<String> = words.collect();
            let _ = write!(
                out,
                "\nread     {} of Terraform in {}: {}",
                counted(resources, "resource"),
                counted(self.report.files.len(), "file"),
                words.join(", ")
            );
        }
        out.push('\n');
        for (count, words, reason) in self.report.unused() {
            let what = match words.strip_suffix('s') {
                Some(one) if !words.contains('_') => counted(count, one),
                _ => format!("{count} {words}"),
            };
            let _ = writeln!(out, "not used {what}: {reason}");
        }
        for (copy, first) in self.left_out.iter().take(LISTED) {
            let [copy, first] = [copy, first]
                .map(|path| shown(path.strip_prefix(repository).unwrap_or(path)));
            let _ = writeln!(out, "left out {copy}: {first} has the same flow");
        }
        if self.left_out.len() > LISTED {
            let _ = writeln!(out, "         and {} more", self.left_out.len() - LISTED);
        }
        out
    }

    /// Returns the files and folders for `flows` of the project file.
    fn flow_paths(&self) -> Vec<PathBuf> {
        if !self.left_out.is_empty() {
            return self.kept.clone();
        }
        let parent = |path: &PathBuf| path.parent().unwrap_or(Path::new("")).to_owned();
        let folders: BTreeSet<PathBuf> = self.kept.iter().map(parent).collect();
        let is_top = |folder: &&PathBuf| {
            !folders.iter().any(|other| other != *folder && folder.starts_with(other))
        };
        folders.iter().filter(is_top).cloned().collect()
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// Writes the project file and the fixtures. Existing files are kept; missing entries are
/// added to existing fixtures.
fn write(
    folder: &Path,
    found: &Found,
    entries: &[MissingEntry],
    files: &Files,
    report: &mut String,
) -> Result<(), (PathBuf, io::Error)> {
    let project = folder.join(FILE_NAME);
    let text = project_file(folder, found);
    let is_new = make(&project, &text).map_err(|error| (project.clone(), error))?;
    let done = if is_new { "created " } else { "kept    " };
    let _ = writeln!(report, "{done} {}", shown(&project));
    let path = folder.join(FIXTURES);
    let failed = |error| (path.clone(), error);
    let (done, left) = if path.exists() {
        let existing = fs::read_to_string(&path).map_err(failed)?;
        let (text, left) = added(&existing, entries, files);
        let is_changed = text != existing;
        if is_changed {
            replace_own_file(folder, &path, &text).map_err(failed)?;
        }
        (if is_changed { "added to" } else { "kept    " }, left)
    } else {
        make(&path, &fixtures_file(entries, files)).map_err(failed)?;
        ("created ", Vec::new())
    };
    let contents = contents(entries, &left);
    let _ = writeln!(report, "{done} {}{contents}", shown(&path));
    for section in left {
        let text = format!(
            "         `{section}` is written in another form: add the entries that \
             `flowsim fixtures missing` prints"
        );
        let _ = writeln!(report, "{text}");
    }
    Ok(())
}

/// Lists the numbers of written entries by section. Fields of the context of a call are
/// at most a comment, and sections of another form are left as they are.
fn contents(entries: &[MissingEntry], left: &[&str]) -> String {
    let is_written = |section: &&str| !is_of_context(section) && !left.contains(section);
    let written = sections(entries).into_iter().filter(is_written);
    let counts = written.map(|section| {
        let count = entries.iter().filter(|entry| entry.section == section).count();
        format!("{count} in {section}")
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) }
}

fn fixtures_file(entries: &[MissingEntry], files: &Files) -> String {
    let head = "# Everything that the flows name and Terraform does not define, with the place \
                of its\n# first use. The values let the flows run; change them to yours. Run \
                `flowsim init --from`\n# again to add entries for new flows.\n";
    // A document needs a key.
    let is_empty = entries.iter().all(|it| is_of_context(it.section));
    let empty = if is_empty { "queues:\n" } else { "" };
    format!("{head}{empty}{}", yaml(entries, files))
}

fn project_file(folder: &Path, found: &Found) -> String {
    let list = |paths: &[PathBuf]| {
        let paths = paths.iter().map(|path| relative(path, folder));
        let quoted = paths.map(|path| format!("{path:?}"));
        quoted.collect::<Vec<_>>().join(", ")
    };
    let mut text = format!(
        "# The project of flowsim; `flowsim config` shows its settings.\nflows = [{}]\n\
         fixtures = [\"{FIXTURES}\"]\n",
        list(&found.flow_paths())
    );
    if !found.roots.is_empty() {
        let _ = writeln!(text, "terraform = [{}]", list(&found.roots));
    }
    text + "tests = [\".\"]\n"
}

/// Returns a path relative to the folder of the project, wherever both are.
fn relative(path: &Path, folder: &Path) -> String {
    let absolute = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        std::path::absolute(path).map_or_else(|_| path.to_owned(), |it| normal(&it))
    };
    let (path, folder) = (absolute(path), absolute(folder));
    let pairs = path.components().zip(folder.components());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    // Paths that share nothing but the root stay absolute.
    let text: PathBuf = match path.components().nth(shared.min(1)) {
        Some(_) if shared < 2 => path,
        _ => {
            let up = folder.components().skip(shared).map(|_| Component::ParentDir);
            up.chain(path.components().skip(shared)).collect()
        }
    };
    let text = text.to_string_lossy().replace('\\', "/");
    if text.is_empty() { ".".into() } else { text }
}

/// Removes `.` and `..` from an absolute path.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// Adds entries to a fixtures document: to the end of their sections, or in new sections.
/// Also returns the sections that have another form.
fn added(
    existing: &str,
    entries: &[MissingEntry],
    files: &Files,
) -> (String, Vec<&'static str>) {
    let (mut text, mut left) = (existing.to_owned(), Vec::new());
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for section in sections(entries) {
        let new = lines(section, entries, files);
        let candidate = match place_in(&text, section) {
            None if is_of_context(section) => continue,
            None => Some(format!("{text}{section}:\n{new}")),
            Some(place) => place.map(|at| format!("{}{new}{}", &text[..at], &text[at..])),
        };
        let is_valid = |text: &String| {
            let file = Files::new().add(FIXTURES, text.as_str());
            read_yaml(&file).is_ok_and(|document| document.repeated_keys().is_empty())
        };
        match candidate.filter(is_valid) {
            Some(candidate) => text = candidate,
            None => left.push(section),
        }
    }
    if left.is_empty() && text.trim_end() == existing.trim_end() {
        return (existing.to_owned(), left);
    }
    (text, left)
}

/// Returns the end of a section in block form. `None` if there is no such section, and
/// `Some(None)` if it is written in one line.
fn place_in(text: &str, section: &str) -> Option<Option<usize>> {
    let head = format!("{section}:");
    let mut start = 0;
    let mut lines = text.split_inclusive('\n');
    let rest = loop {
        let line = lines.next()?;
        start += line.len();
        if let Some(rest) = line.strip_prefix(&head) {
            break rest;
        }
    };
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return Some(None);
    }
    let mut end = start;
    for line in lines {
        if !line.starts_with([' ', '\n', '\r']) && !line.starts_with("- ") {
            break;
        }
        start += line.len();
        if !line.trim().is_empty() {
            end = start;
        }
    }
    Some(Some(end))
}

/// Lists values that are not known, and files that do not load.
fn unknown(found: &Found, files: &Files) -> String {
    let mut out = String::new();
    let unknowns = &found.report.unknowns;
    if !unknowns.is_empty() {
        let _ =
            writeln!(out, "unknown  {} of Terraform:", counted(unknowns.len(), "value"));
    }
    for unknown in unknowns.iter().take(LISTED) {
        let place = format!("{}:{}", shown(&unknown.place.file), unknown.place.line);
        let line = format!("{place} {}: {}", unknown.address, unknown.reason);
        let _ = writeln!(out, "         {}", one_line(&line));
    }
    if unknowns.len() > LISTED {
        let _ = writeln!(out, "         and {} more", unknowns.len() - LISTED);
    }
    let is_serious = |it: &&Diagnostic| {
        it.severity == Severity::Error && forbids_running(it) && !it.labels.is_empty()
    };
    let broken: Vec<&Diagnostic> =
        found.flows.diagnostics.iter().filter(is_serious).collect();
    for problem in broken.iter().take(LISTED) {
        let span = problem.labels[0].span;
        let path = shown(files.get(span.file).path());
        let line = format!("{path}:{}: {}", files.position(span).line, problem.message);
        let _ = writeln!(out, "broken   {}", one_line(&line));
    }
    if broken.len() > LISTED {
        let _ = writeln!(out, "         and {} more", broken.len() - LISTED);
    }
    out
}

fn next_steps(folder: &Path, found: &Found) -> String {
    let mut flows = found.flows.architect.iter();
    let first = flows
        .clone()
        .find(|flow| flow.flow_type == "inboundCall")
        .or_else(|| flows.next())
        .map(|flow| flow.name.value.to_string());
    let first = first.or_else(|| found.flows.flows.first().map(|it| it.name.to_string()));
    let name = one_line(&first.unwrap_or_default()).to_string();
    let place = shown(folder);
    let change = match place.as_str() {
        "" => String::new(),
        _ if place.contains([' ', '\'', '(', ')', '&', '$']) => {
            format!("  cd {place:?}\n")
        }
        _ => format!("  cd {place}\n"),
    };
    format!("\nTry:\n{change}  flowsim check\n  flowsim run --flow \"{name}\"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::Json;

    fn entry(
        section: &'static str,
        name: &str,
        file: crate::source::FileId,
    ) -> MissingEntry {
        let value = match section {
            "queues" => Json::object([("name".into(), Json::from(name))]),
            _ => Json::Null,
        };
        let span = Span::new(file, 0, 0);
        MissingEntry { section, name: name.into(), flow: "F".into(), span, value }
    }

    #[test]
    fn entries_are_added_to_their_sections() {
        let mut files = Files::new();
        let file = files.add("f.yaml", "").id();
        let entries = [
            entry("queues", "New", file),
            entry("skills", "Billing", file),
            entry("prompts", "Hello", file),
        ];
        let existing = "# mine\nqueues:  # all\n  - {name: Old}\n\nprompts: {Bye: }\n";
        let (text, left) = added(existing, &entries, &files);
        assert_eq!(
            text,
            "# mine\nqueues:  # all\n  - {name: Old}\n  - {name: \"New\"}  # f.yaml:1\n\n\
             prompts: {Bye: }\nskills:\n  \"Billing\":  # f.yaml:1\n"
        );
        assert_eq!(left, ["prompts"]);
        assert_eq!(added(existing, &[], &files), (existing.to_owned(), Vec::new()));
    }

    #[test]
    fn paths_are_relative_to_the_project() {
        let path =
            |path: &str, folder: &str| relative(Path::new(path), Path::new(folder));
        assert_eq!(path("repo/flows/a.yaml", "repo/flowsim"), "../flows/a.yaml");
        assert_eq!(path("repo", "repo"), ".");
        assert_eq!(path("repo/flows", "repo/a/b"), "../../flows");
        assert_eq!(path("repo/flows", "out"), "../repo/flows");
    }
}
