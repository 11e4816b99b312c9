//! `flowsim compare`

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::exit::Exit;
use super::{inputs, load, output};
use crate::analysis::comparison::{Pattern, Rules, Verdict};
use crate::diagnostic::Severity;
use crate::program::Program;
use crate::recording;
use crate::report::compare::{ComparisonReporter, Html, Json, Junit, Text};
use crate::runner::{Against, Compared, Stale, Summary, compare_all};
use crate::source::{Files, Replacement};
use crate::value::{DateTime, Duration};

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

    /// Report recordings that are older: 30d, 12h, 6mo
    #[arg(long, value_name = "AGE", value_parser = age)]
    max_age: Option<SignedDuration>,

    /// The time that --max-age counts back from [default: now]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time, requires = "max_age")]
    now: Option<DateTime>,

    /// Remove recordings that have had their time, of these kinds; repeatable
    #[arg(long, value_enum, value_name = "KIND")]
    prune: Vec<Prune>,

    /// How many recordings are compared at the same time [default: one a core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What differs, and what it comes to, for people
    Text,
    /// flowsim's JSON
    Json,
    /// JUnit's XML: a recording is a test case
    Junit,
    /// A page for browsers, with both sides beside each other
    Html,
}

/// Which recordings are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prune {
    /// Older than --max-age
    Old,
    /// Of flows that are not here
    Unmatched,
    /// Of another version of their flow, unless their call still goes as it went
    Version,
    /// With answers that nobody asks for any more
    Unused,
}

/// A time span; a day has 24 hours, a month 30 days.
fn age(text: &str) -> Result<SignedDuration, String> {
    let span: Span = text.parse().map_err(|_| "write it as in 30d, 12h or 6mo")?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30;
    let rest = span.years(0).months(0);
    let rest = rest.to_duration(SpanRelativeTo::days_are_24_hours());
    let rest = rest.map_err(|problem| problem.to_string())?;
    let age = rest + SignedDuration::from_hours(days * 24);
    if age.is_negative() { Err("an age is not negative".into()) } else { Ok(age) }
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
        oldest: oldest(arguments),
        keep_sides: arguments.format == Format::Html,
    };
    told(&paths, against, arguments)
}

/// Compares, and tells on standard output or in the file that is asked for.
fn told(
    paths: &[PathBuf],
    against: Against<'_>,
    arguments: &Arguments,
) -> io::Result<Exit> {
    let Some(path) = &arguments.out else {
        let out = BufWriter::new(io::stdout().lock());
        return compared(paths, against, arguments, out, output::result_has_color());
    };
    let written = Replacement::begin(path).and_then(|mut file| {
        let exit = compared(paths, against, arguments, BufWriter::new(&mut file), false)?;
        file.finish().map(|()| exit)
    });
    written.or_else(|error| {
        output::message("error", &format!("cannot write {}: {error}", path.display()));
        Ok(Exit::Outside)
    })
}

/// The time from which on recordings are wanted.
fn oldest(arguments: &Arguments) -> Option<DateTime> {
    let age = arguments.max_age?;
    let now = arguments.now.unwrap_or_else(now);
    let milliseconds = i64::try_from(age.as_millis()).ok()?;
    now.checked_sub(Duration::from_milliseconds(milliseconds)?)
}

/// The clock of the machine: the age of a recording is the one thing that depends on it, and
/// only if nobody says what time it is.
#[expect(clippy::disallowed_methods, reason = "see above")]
fn now() -> DateTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let now = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX);
    DateTime::parse(&now.to_string()).expect("jiff writes times that it reads")
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

/// Compares, and tells on `out`.
fn compared(
    paths: &[PathBuf],
    against: Against<'_>,
    arguments: &Arguments,
    out: impl Write,
    color: bool,
) -> io::Result<Exit> {
    let mut reporter = reporter(paths, arguments, out, color);
    let (mut summary, mut problem) = (Summary::default(), None);
    let mut pruned = 0;
    let ran = compare_all(paths, against, arguments.jobs, &mut |compared| {
        summary.add(&compared);
        tell_unreadable(&compared);
        if is_pruned(&compared, &arguments.prune) {
            pruned += usize::from(remove(&compared.path));
        }
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
    if pruned > 0 {
        let s = if pruned == 1 { " was" } else { "s were" };
        output::message("note", &format!("{pruned} recording{s} removed"));
    }
    Ok(exit(&summary))
}

/// Whether a recording is one of those that are to be removed. One of another version that
/// still goes as it went is worth keeping.
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
