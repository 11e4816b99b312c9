//! `flowsim compare`

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::exit::Exit;
use super::filter::FilterOption;
use super::numbers::whole;
use super::{inputs, load, output};
use crate::analysis::comparison::{Pattern, Rules, Verdict};
use crate::diagnostic::Severity;
use crate::program::Program;
use crate::recording;
use crate::report::comparison::{ComparisonReporter, Html, Json, Junit, Text};
use crate::runner::{CompareContext, Compared, Stale, Summary, compare_all};
use crate::source::{Files, Replacement};
use crate::value::{DateTime, Duration};

/// Replay recorded calls on local flows and report which callers would be treated
/// differently, at which step, and why.
///
/// Exits with 0 if all calls run as recorded, 1 if a call differs, 3 if something does
/// not load, 4 if there are no recordings, 5 if a recording lacks an answer that a flow
/// requests.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Recordings, or folders of recordings
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,

    /// Flow files or folders; repeatable
    #[arg(long, required = true, value_name = "PATH")]
    flows: Vec<PathBuf>,

    /// Fixtures file or folder, for answers that a recording lacks; repeatable, later
    /// ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    #[command(flatten)]
    filter: FilterOption,

    #[command(flatten)]
    sources: load::Sources,

    /// Exclude a place from the comparison: a JSON pointer in which * matches any key and
    /// ** any number of keys; repeatable
    #[arg(long, value_name = "POINTER", value_parser = pattern)]
    ignore: Vec<Pattern>,

    /// Allowed difference of times or numbers: timeMs=500, number=0.01; repeatable
    #[arg(long, value_name = "NAME=N", value_parser = tolerance)]
    tolerance: Vec<String>,

    /// Report recordings that are older than this: 30d, 12h, 6mo
    #[arg(long, value_name = "AGE", value_parser = age)]
    max_age: Option<SignedDuration>,

    /// Reference time for --max-age [default: now]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time, requires = "max_age")]
    now: Option<DateTime>,

    /// Delete stale recordings of this kind; repeatable
    #[arg(long, value_enum, value_name = "KIND")]
    prune: Vec<Prune>,

    /// Number of recordings compared in parallel [default: number of cores]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = whole(0_usize..)
    )]
    jobs: usize,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Differences and their outcome, for the terminal
    Text,
    /// flowsim's JSON
    Json,
    /// JUnit XML with one test case per recording
    Junit,
    /// HTML page that shows both sides next to each other
    Html,
}

/// Kinds of recordings that `--prune` deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prune {
    /// Older than --max-age
    Old,
    /// The flow is not among --flows
    Unmatched,
    /// The flow has another version, unless the call still runs as recorded
    Version,
    /// Some answers are no longer requested, and the call still runs as recorded
    Unused,
}

/// Parses a time span; a day has 24 hours, a month 30 days and a year 365 days.
fn age(text: &str) -> Result<SignedDuration, String> {
    let span: Span =
        text.parse().map_err(|_| "expected an age such as 30d, 12h or 6mo")?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30;
    let rest = span.years(0).months(0);
    let rest = rest.to_duration(SpanRelativeTo::days_are_24_hours());
    let rest = rest.map_err(|problem| problem.to_string())?;
    let age = rest + SignedDuration::from_hours(days * 24);
    if age.is_negative() {
        Err("expected an age that is not negative".into())
    } else {
        Ok(age)
    }
}

pub(super) fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::parse(text).map_err(|problem| problem.to_string())
}

/// Validates a tolerance while arguments are parsed, so that an invalid one is a usage
/// error. [`rules`] applies it.
pub(super) fn tolerance(text: &str) -> Result<String, String> {
    let tried = Rules::default().tolerate(text);
    tried.map(|()| text.to_owned()).map_err(|problem| problem.to_string())
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let paths = match found(arguments, &mut files) {
        Ok(paths) => paths,
        Err(exit) => return Ok(exit),
    };
    let environment = match arguments.sources.read(&mut files) {
        Ok(environment) => environment,
        Err(exit) => return Ok(exit),
    };
    let loaded = match load::flows(&arguments.flows, &environment, &mut files) {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let fixtures = match load::fixtures(
        &arguments.fixtures,
        &environment.organisation,
        &mut files,
    ) {
        Ok(fixtures) => fixtures,
        Err(exit) => return Ok(exit),
    };
    if let Some(path) = &arguments.out {
        let inputs = paths.iter().map(PathBuf::as_path);
        let inputs = inputs.chain(files.iter().map(|file| file.path()));
        if let Some(exit) = output::refused_input(path, inputs) {
            return Ok(exit);
        }
    }
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let rules = rules(&arguments.ignore, &arguments.tolerance);
    let against = CompareContext {
        program: &program,
        fixtures: &fixtures,
        rules: &rules,
        oldest: oldest(arguments),
        keep_sides: arguments.format == Format::Html,
    };
    compare_and_report(&paths, against, arguments)
}

/// Returns the recordings to compare.
fn found(arguments: &Arguments, files: &mut Files) -> Result<Vec<PathBuf>, Exit> {
    if let Some(exit) = arguments.filter.refused_for_recordings() {
        return Err(exit);
    }
    let (found, problems) = recording::discover(&arguments.recordings, files);
    output::diagnostics(&problems, files);
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(Exit::Input);
    }
    let count = found.len();
    let paths = arguments.filter.recordings(found);
    if paths.is_empty() {
        let text = match count {
            0 => "no recordings found; their names end in .recording.json".into(),
            _ => format!("no recording matches the filter ({count} found)"),
        };
        output::message("error", &text);
        return Err(Exit::Nothing);
    }
    Ok(paths)
}

/// Compares and writes the report to standard output or to the file of `--out`.
fn compare_and_report(
    paths: &[PathBuf],
    against: CompareContext<'_>,
    arguments: &Arguments,
) -> io::Result<Exit> {
    let Some(path) = &arguments.out else {
        let out = BufWriter::new(output::stream(false));
        return compared(paths, against, arguments, out, output::result_has_color());
    };
    let written = Replacement::begin(path).and_then(|mut file| {
        let exit = compared(paths, against, arguments, BufWriter::new(&mut file), false)?;
        file.finish().map(|()| exit)
    });
    written.or_else(|error| {
        output::message("error", &format!("cannot write {}: {error}", path.display()));
        Ok(Exit::External)
    })
}

/// Returns the time before which recordings count as old.
fn oldest(arguments: &Arguments) -> Option<DateTime> {
    let age = arguments.max_age?;
    let now = arguments.now.unwrap_or_else(now);
    let milliseconds = i64::try_from(age.as_millis()).ok()?;
    now.checked_sub(Duration::from_milliseconds(milliseconds)?)
}

/// Returns the time of the system clock. Only the age of a recording depends on it, and
/// only without `--now`.
#[expect(clippy::disallowed_methods, reason = "only the age of recordings depends on it")]
fn now() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let now = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    DateTime::parse(&now.to_string()).expect("jiff writes times that it reads")
}

/// Builds the rules of the command line. The local caller repeats the inputs of the
/// recorded one.
pub(super) fn rules(ignored: &[Pattern], tolerances: &[String]) -> Rules {
    let mut rules =
        Rules { ignored: ignored.to_vec(), caller_is_replayed: true, ..Rules::default() };
    for tolerance in tolerances {
        rules.tolerate(tolerance).expect("validated during argument parsing");
    }
    rules
}

/// Returns whether the paths name exactly one recording file rather than a folder.
fn is_one_file(paths: &[PathBuf]) -> bool {
    matches!(paths, [path] if !Path::is_dir(path))
}

fn reporter<'w>(
    paths: &[PathBuf],
    arguments: &Arguments,
    out: impl Write + 'w,
    color: bool,
) -> Box<dyn ComparisonReporter + 'w> {
    let is_alone = is_one_file(&arguments.recordings);
    match arguments.format {
        Format::Text => Box::new(Text::new(out, color, is_alone, paths)),
        Format::Json => Box::new(Json::new(out, is_alone)),
        Format::Junit => Box::new(Junit::new(out)),
        Format::Html => Box::new(Html::new(out)),
    }
}

/// Compares and writes the report to `out`.
fn compared(
    paths: &[PathBuf],
    against: CompareContext<'_>,
    arguments: &Arguments,
    out: impl Write,
    color: bool,
) -> io::Result<Exit> {
    let mut reporter = reporter(paths, arguments, out, color);
    let (mut summary, mut problem) = (Summary::default(), None);
    let mut pruned = 0;
    let ran = compare_all(paths, against, arguments.jobs, &mut |compared| {
        summary.add(&compared);
        show_unreadable(&compared);
        if is_pruned(&compared, &arguments.prune) {
            pruned += usize::from(remove(&compared.path));
        }
        problem = reporter.compared(&compared).err();
        problem.is_none()
    });
    if let Err(error) = ran {
        output::message("error", &format!("cannot start the threads: {error}"));
        return Ok(Exit::External);
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    reporter.end(&summary)?;
    if pruned > 0 {
        let s = if pruned == 1 { " was" } else { "s were" };
        output::message("note", &format!("{pruned} recording{s} removed"));
    }
    Ok(exit(&summary))
}

/// Returns whether `--prune` deletes a recording. A recording of another flow version is
/// kept if its call still runs as recorded. A recording with unused answers is kept if its
/// call differs: a call that takes another path requests other answers.
fn is_pruned(compared: &Compared, prune: &[Prune]) -> bool {
    let (Some(about), Ok(judgement)) = (&compared.about, &compared.result) else {
        return false;
    };
    let is_equal = judgement.comparison.verdict == Verdict::Equal;
    about.stale.iter().any(|stale| {
        prune.contains(&match stale {
            Stale::Old => Prune::Old,
            Stale::Unmatched => Prune::Unmatched,
            Stale::Version { .. } if is_equal => return false,
            Stale::Version { .. } => Prune::Version,
            Stale::Unused(_) if !is_equal => return false,
            Stale::Unused(_) => Prune::Unused,
        })
    })
}

fn remove(path: &Path) -> bool {
    let removed = std::fs::remove_file(path);
    if let Err(error) = &removed {
        output::message("warning", &format!("cannot remove {}: {error}", path.display()));
    }
    removed.is_ok()
}

fn show_unreadable(compared: &Compared) {
    if let Err(unreadable) = &compared.result {
        output::diagnostics(&unreadable.diagnostics, &unreadable.files);
    }
}

fn exit(summary: &Summary) -> Exit {
    match summary {
        Summary { unreadable: 1.., .. } => Exit::Input,
        Summary { different: 1.., .. } => Exit::Failure,
        Summary { unreplayable: 1.., .. } => Exit::External,
        _ => Exit::Success,
    }
}
