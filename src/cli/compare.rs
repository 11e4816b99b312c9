//! `flowsim compare`

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::analysis::comparison::{Pattern, Rules};
use crate::diagnostic::Severity;
use crate::program::Program;
use crate::recording;
use crate::report::compare::{ComparisonReporter, Json, Junit, Text};
use crate::runner::{Against, Compared, Summary, compare_all};
use crate::source::Files;

/// Make recorded calls again on local flows and compare: who would be treated differently,
/// at which step, and why.
///
/// Exits with 0 if all calls go as they went, 1 if any does not, 3 if something does not
/// load, 4 if there are no recordings, 5 if a recording lacks what a flow asks.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Recordings, and folders of them
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,

    /// Files or folders of flows; repeatable
    #[arg(long, required = true, value_name = "PATH")]
    flows: Vec<PathBuf>,

    /// A fixtures document or a folder of them, for what a recording cannot answer;
    /// repeatable, later ones win
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    #[command(flatten)]
    placeholders: load::Placeholders,

    /// Do not compare what stands there: a JSON pointer in which * is any key and ** any
    /// number of them; repeatable
    #[arg(long, value_name = "POINTER", value_parser = pattern)]
    ignore: Vec<Pattern>,

    /// By how much times or numbers may differ: timeMs=500, number=0.01; repeatable
    #[arg(long, value_name = "NAME=N", value_parser = tolerance)]
    tolerance: Vec<String>,

    /// How many recordings are compared at the same time [default: one a core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What differs, and what it comes to, for people
    Text,
    /// flowsim's JSON
    Json,
    /// JUnit's XML: a recording is a test case
    Junit,
}

fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::parse(text).map_err(|problem| problem.to_string())
}

/// Tried here, so that a wrong one is wrong usage; taken by [`rules`].
fn tolerance(text: &str) -> Result<String, String> {
    let tried = Rules::default().tolerate(text);
    tried.map(|()| text.to_owned()).map_err(|problem| problem.to_string())
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let (paths, problems) = recording::discover(&arguments.recordings, &mut files);
    output::diagnostics(&problems, &files);
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return Ok(Exit::Input);
    }
    if paths.is_empty() {
        let found = "no recordings there; their names end in .recording.json";
        output::message("error", found);
        return Ok(Exit::Nothing);
    }
    let loaded = load::flows(&arguments.flows, &arguments.placeholders, &mut files);
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let fixtures = match load::fixtures(&arguments.fixtures, &mut files) {
        Ok(fixtures) => fixtures,
        Err(exit) => return Ok(exit),
    };
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let rules = rules(arguments);
    let against = Against {
        program: &program,
        fixtures: &fixtures,
        rules: &rules,
        keep_sides: false,
    };
    let is_alone = is_one_file(&arguments.recordings);
    let mut reporter = reporter(arguments.format, is_alone);
    compared(&paths, against, arguments.jobs, &mut *reporter)
}

/// The rules of the command line. The local caller does what the recorded one did.
fn rules(arguments: &Arguments) -> Rules {
    let mut rules = Rules {
        ignored: arguments.ignore.clone(),
        caller_is_replayed: true,
        ..Rules::default()
    };
    for tolerance in &arguments.tolerance {
        rules.tolerate(tolerance).expect("it was tried when it was read");
    }
    rules
}

/// Whether one recording is named, and not a folder that may hold one.
fn is_one_file(paths: &[PathBuf]) -> bool {
    matches!(paths, [path] if !Path::is_dir(path))
}

fn reporter(format: Format, is_alone: bool) -> Box<dyn ComparisonReporter> {
    let out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Text => Box::new(Text::new(out, output::result_has_color(), is_alone)),
        Format::Json => Box::new(Json::new(out, is_alone)),
        Format::Junit => Box::new(Junit::new(out)),
    }
}

fn compared(
    paths: &[PathBuf],
    against: Against<'_>,
    jobs: usize,
    reporter: &mut dyn ComparisonReporter,
) -> io::Result<Exit> {
    let (mut summary, mut problem) = (Summary::default(), None);
    let ran = compare_all(paths, against, jobs, &mut |compared| {
        summary.add(&compared);
        tell_unreadable(&compared);
        problem = reporter.compared(&compared).err();
        problem.is_none()
    });
    if let Err(error) = ran {
        output::message("error", &format!("cannot start the threads: {error}"));
        return Ok(Exit::Outside);
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    reporter.end(&summary)?;
    Ok(exit(&summary))
}

fn tell_unreadable(compared: &Compared) {
    if let Err(unreadable) = &compared.result {
        output::diagnostics(&unreadable.diagnostics, &unreadable.files);
    }
}

fn exit(summary: &Summary) -> Exit {
    match summary {
        Summary { unreadable: 1.., .. } => Exit::Input,
        Summary { different: 1.., .. } => Exit::Failure,
        Summary { unreplayable: 1.., .. } => Exit::Outside,
        _ => Exit::Success,
    }
}
