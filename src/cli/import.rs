//! `flowsim import`

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::import_table::Table;
use super::redact::{self, Redaction};
use super::{load, output};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::program::Program;
use crate::recording::{self, Choice, Recording, Redactor, ambiguous, choose, replay};
use crate::source::{Files, find_files, relative, replace_file};
use crate::world::Fixtures;

/// Import saved platform responses as recordings.
///
/// Reads simulation responses, alone or as {request, response}; execution documents,
/// alone or in a list; HAR files; events of the topic v2.flow.execution.data.{flowId};
/// traces of draft flows; and files with one of these per line. Secrets are always removed.
///
/// Exits with 0 if everything was imported, 3 if something could not be imported, 4 if
/// there was nothing to import, 5 if a file cannot be written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Saved responses, or folders of them: `.json`, `.har`, `.ndjson` and `.jsonl`
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Output folder for the recordings; a name that ends in `.parquet` is a table of all
    /// recordings
    #[arg(long, value_name = "DIR", default_value = "recordings")]
    pub(super) out: PathBuf,

    /// Also write a scenario file and its fixtures for each recording
    #[arg(long)]
    pub(super) scenario: bool,

    /// Flow file or folder of the scenarios, used to look up names that recordings lack;
    /// repeatable
    #[arg(long, value_name = "PATH", requires = "scenario")]
    flows: Vec<PathBuf>,

    #[command(flatten)]
    sources: load::Sources,

    /// Replace phone numbers, consistently in all files
    #[arg(long)]
    redact_phone_numbers: bool,

    /// Replace names of people
    #[arg(long)]
    redact_names: bool,

    /// Replace email addresses
    #[arg(long)]
    redact_emails: bool,

    /// Replace the values of this variable, parameter or field; repeatable
    #[arg(long, value_name = "NAME")]
    redact_variable: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let mut writer = match Writer::new(arguments, &mut files) {
        Ok(writer) => writer,
        Err(exit) => return Ok(exit),
    };
    let mut count = 0;
    let mut listing = output::Listing::default();
    let (paths, mut is_wrong) =
        saved_answers(&arguments.files, "nothing to import", &mut files);
    for path in &paths {
        let imported = recording::import(path, &mut files);
        let mut problems = imported.diagnostics;
        for recording in &imported.recordings {
            count += 1;
            match writer.add(recording) {
                Ok(Ok(paths)) => listing.add(&paths)?,
                Ok(Err(problem)) => problems.push(problem),
                Err(error) => return Ok(unwritable(&arguments.out, &error)),
            }
        }
        sort(&mut problems);
        output::diagnostics(&problems, &files);
        is_wrong |= problems.iter().any(|it| it.severity == Severity::Error);
    }
    match writer.finish() {
        Ok(paths) => listing.add(&paths)?,
        Err(error) => return Ok(unwritable(&arguments.out, &error)),
    }
    Ok(match count {
        _ if is_wrong => Exit::Input,
        0 => Exit::Nothing,
        _ => Exit::Success,
    })
}

fn unwritable(folder: &Path, error: &io::Error) -> Exit {
    let text = format!("cannot write into {}: {error}", folder.display());
    output::message("error", &text);
    Exit::External
}

/// Returns whether a file of a folder may hold responses; explicitly named files are
/// always read. Fixtures that an earlier import wrote next to its recordings are
/// excluded.
fn is_saved_answer(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let endings = [".json", ".har", ".ndjson", ".jsonl"];
    endings.iter().any(|ending| name.ends_with(ending))
        && !name.ends_with(".fixtures.json")
}

/// Returns the files to import and whether some cannot be found. Reports that there are
/// none, with the beginning of the message.
pub(super) fn saved_answers(
    among: &[PathBuf],
    wanted: &str,
    files: &mut Files,
) -> (Vec<PathBuf>, bool) {
    let (paths, problems) = find_files(among, is_saved_answer, files);
    if paths.is_empty() && problems.is_empty() {
        let text = format!(
            "{wanted}: the folder contains no `.json`, `.har`, `.ndjson` or `.jsonl` file"
        );
        output::message("error", &text);
    }
    let problems: Vec<Diagnostic> = problems.into_iter().map(Diagnostic::from).collect();
    output::diagnostics(&problems, files);
    (paths, !problems.is_empty())
}

fn program(
    arguments: &Arguments,
    files: &mut Files,
) -> Result<Option<Arc<Program>>, Exit> {
    if arguments.flows.is_empty() {
        if arguments.scenario {
            let text = "the scenarios do not name their flows and will look for them next to \
                        themselves, `flows: [\".\"]`; name the flows with --flows PATH";
            output::message("warning", text);
        }
        return Ok(None);
    }
    let environment = arguments.sources.read(files)?;
    let loaded = load::flows(&arguments.flows, &environment, files)?;
    Ok(Some(Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))))
}

/// Writes recordings and their scenario files.
struct Writer<'a> {
    arguments: &'a Arguments,
    redactor: Redactor,
    program: Option<Arc<Program>>,
    /// Values of placeholders.
    set: Vec<(String, String)>,
    /// Names of the files that this command has written.
    written: BTreeSet<String>,
    /// The table, if the recordings are written into one.
    table: Option<Table>,
}

impl<'a> Writer<'a> {
    fn new(arguments: &'a Arguments, files: &mut Files) -> Result<Self, Exit> {
        let table = Table::of(arguments)?;
        let program = program(arguments, files)?;
        let redactor = redact::redactor(&Redaction {
            phone_numbers: arguments.redact_phone_numbers,
            names: arguments.redact_names,
            emails: arguments.redact_emails,
            variable: arguments.redact_variable.clone(),
        });
        let set = arguments.sources.values(files)?;
        let written = BTreeSet::new();
        Ok(Self { arguments, redactor, program, set, written, table })
    }

    /// Writes the table, if it has rows; returns its path on a line.
    fn finish(&self) -> io::Result<String> {
        match &self.table {
            Some(table) if !table.is_empty() => {
                table.save(&self.arguments.out)?;
                Ok(format!("{}\n", self.arguments.out.display()))
            }
            _ => Ok(String::new()),
        }
    }

    /// Writes a recording; returns the paths, one per line. A second call with the same id
    /// would replace the first one, and is an error unless both are the same call.
    fn add(&mut self, recording: &Recording) -> io::Result<Result<String, Diagnostic>> {
        let recording = self.redactor.redact(recording);
        if let Some(table) = &mut self.table {
            let added = table.add(recording);
            return Ok(added.map(|()| String::new()).map_err(|problem| *problem));
        }
        let name = recording.file_name();
        if !self.written.insert(name.clone()) {
            let path = self.arguments.out.join(name);
            let (first, _) = recording::load(&path, &mut Files::new());
            match first.map(|first| choose(&first, &recording)) {
                Some(Choice::First) => return Ok(Ok(String::new())),
                Some(Choice::Neither) => return Ok(Err(ambiguous(&recording))),
                Some(Choice::Second) | None => {}
            }
        }
        self.write(&recording).map(Ok)
    }

    fn write(&self, recording: &Recording) -> io::Result<String> {
        let out = &self.arguments.out;
        let path = recording::save(recording, &self.redactor, out)?;
        let mut paths = format!("{}\n", path.display());
        if !self.arguments.scenario {
            return Ok(paths);
        }
        let stem = recording.file_name();
        let stem = stem.trim_end_matches(".recording.json");
        let fixtures = format!("{stem}.fixtures.json");
        let derived = recording::derive(recording);
        let replayed = self.program.as_ref().and_then(|program| {
            let replayed = replay(program, &derived, &Fixtures::default()).ok()?;
            if let Some(missing) = &replayed.missing {
                output::message("warning", &format!("{}: {missing}", path.display()));
            }
            Some(replayed)
        });
        let flows = flows(self.arguments)?;
        let replayed = replayed.as_ref();
        let scenario = recording::scenario(
            recording,
            &derived,
            replayed,
            self.program.as_deref(),
            &flows,
            &self.set,
            &fixtures,
        );
        for (name, text) in [
            (format!("{stem}.test.yaml"), &scenario.text),
            (fixtures.clone(), &scenario.fixtures),
        ] {
            let path = out.join(name);
            replace_file(&path, text)?;
            paths.push_str(&format!("{}\n", path.display()));
        }
        Ok(paths)
    }
}

/// Returns the paths of the flows relative to the folder of the scenarios.
fn flows(arguments: &Arguments) -> io::Result<Vec<String>> {
    if arguments.flows.is_empty() {
        return Ok(vec![".".to_owned()]);
    }
    let relative = |path: &PathBuf| relative(path, &arguments.out);
    let paths = arguments.flows.iter().map(relative);
    Ok(paths.map(|it| it.to_string_lossy().into_owned()).collect())
}
