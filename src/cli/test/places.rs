//! Paths of the command line: files, folders, and places in files.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::cli::exit::Exit;
use crate::cli::output;
use crate::runner::{CaseLines, CasePosition, RunRequest, near_to};
use crate::source::{File, Files};
use crate::suite::{self, Selection};

/// Parsed paths of the command line.
#[derive(Default)]
pub(super) struct Places {
    pub(super) paths: Vec<PathBuf>,
    places: Vec<CasePosition>,
    /// Problem of an argument that is neither a path nor a place.
    problem: Option<String>,
}

impl Places {
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let mut named = Self::default();
        for path in paths {
            match place_of(path) {
                Ok(Some(place)) => {
                    named.paths.push(place.file.clone());
                    named.places.push(place);
                }
                Ok(None) => named.paths.push(path.clone()),
                Err(problem) => {
                    named.problem.get_or_insert(problem);
                }
            }
        }
        named
    }

    /// Finds the scenario files and the tests that the places select.
    pub(super) fn wanted(self, selection: Selection, files: &mut Files) -> RunRequest {
        let (paths, diagnostics) = suite::discover(&self.paths, files);
        let mut places = self.places;
        for place in &mut places {
            place.file = as_found(&place.file, &paths);
        }
        RunRequest { paths, diagnostics, selection, places, ..RunRequest::default() }
    }

    /// Reports an invalid place, a path that does not exist, or a place that its file does
    /// not have.
    pub(super) fn beyond(&self) -> Option<Exit> {
        let problem = self.problem.clone();
        let absent = || self.paths.iter().find_map(|path| absent(path));
        let text = problem.or_else(absent).or_else(|| self.missing())?;
        output::message("error", &text);
        Some(Exit::Usage)
    }

    fn missing(&self) -> Option<String> {
        let (mut files, mut read) = (Files::new(), IndexMap::new());
        self.places.iter().find_map(|place| {
            let (file, cases) = read
                .entry(&place.file)
                .or_insert_with(|| {
                    let file = files.load(&place.file).ok()?;
                    let cases = CaseLines::read(&file);
                    Some((file, cases))
                })
                .as_ref()?;
            missing(place, file, cases.as_ref())
        })
    }
}

/// Returns a message if a path does not exist.
fn absent(path: &Path) -> Option<String> {
    if path.exists() {
        return None;
    }
    let near = near_to(path);
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Some(format!("there is no file or folder `{}`{near}", path.display()))
}

/// Returns the path under which a file was discovered; a folder may have led to it first.
fn as_found(file: &Path, found: &[PathBuf]) -> PathBuf {
    if found.iter().any(|other| other == file) {
        return file.to_owned();
    }
    let Ok(place) = file.canonicalize() else { return file.to_owned() };
    let is_it = |other: &&PathBuf| other.canonicalize().is_ok_and(|it| it == place);
    found.iter().find(is_it).map_or(file, |it| it).to_owned()
}

/// Returns a message if the file has no such line, no test at the line, or the test has
/// no such row.
fn missing(
    place: &CasePosition,
    file: &File,
    cases: Option<&CaseLines>,
) -> Option<String> {
    let (path, line) = (place.file.display(), place.line);
    let count = file.text().lines().count();
    if count == 0 {
        return None;
    }
    if !(1..=count).contains(&usize::try_from(line).ok()?) {
        return Some(format!("no line {line} in {path}; it has {count} lines"));
    }
    // Errors of a file that does not load are reported elsewhere.
    let cases = cases?;
    let Some(count) = cases.rows_at(line) else {
        let others = match cases.first() {
            Some(first) => format!("the first test is at line {first}"),
            None => "it has no tests".into(),
        };
        return Some(format!("no test at line {line} of {path}; {others}"));
    };
    let row = place.row?;
    if (1..=count).contains(&usize::try_from(row).ok()?) {
        return None;
    }
    let test = format!("the test at {path}:{line}");
    Some(match count {
        0 => format!("{test} has no row {row}: it has no `each` table"),
        _ => format!("{test} has no row {row}; its table has {count}"),
    })
}

/// Parses `flows/ivr.test.yaml:12` or `flows/ivr.test.yaml:12:3`, unless a file has that
/// whole name.
fn place_of(path: &Path) -> Result<Option<CasePosition>, String> {
    let Some(text) = path.to_str().filter(|_| !path.exists()) else { return Ok(None) };
    let splits = text.rmatch_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
    let of_a_file = splits.clone().find(|(file, _)| Path::new(file).exists());
    let Some((file, numbers)) = of_a_file else {
        // A missing file is reported when it is read.
        return Ok(splits.filter_map(|(file, numbers)| at(file, numbers)).next_back());
    };
    if Path::new(file).is_dir() {
        return Err(format!(
            "`{text}` names a line of a folder; name a line of a file, such as \
             {file}/ivr.test.yaml:12"
        ));
    }
    at(file, numbers).map(Some).ok_or_else(|| {
        format!(
            "`{text}` is not a place in {file}; write {file}:12 for the test at line 12, \
             {file}:12:3 for row 3 of its table"
        )
    })
}

/// Parses the part after the file name: a line, or a line and a row.
fn at(file: &str, numbers: &str) -> Option<CasePosition> {
    let (line, row) = match numbers.split_once(':') {
        Some((line, row)) => (line, Some(row.parse().ok()?)),
        None => (numbers, None),
    };
    Some(CasePosition { file: file.into(), line: line.parse().ok()?, row })
}
