//! `flowsim eval`

mod answer;
mod environment;
mod variables;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::numbers::whole;
use super::{inputs, load, output};
use crate::expr::architect::MAX_LENGTH;
use crate::source::Files;
use crate::value::{DateTime, Type};
use answer::Answer;
use environment::EvalEnvironment;
use variables::Given;

/// Evaluate an Architect expression.
///
/// Prints `{"type": T, "value": V}`. Exits with 0 if the expression has a value, 1 if
/// evaluation fails for the given values, 3 if the expression is invalid; errors are
/// printed as `{"error": {"code", "message", "column"}}`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Expression, such as 'Upper(Flow.name)'
    #[arg(
        required_unless_present = "batch",
        conflicts_with = "batch",
        allow_hyphen_values = true,
        value_parser = expression
    )]
    expression: Option<String>,

    /// Variable, such as Flow.count=2 or Flow.due:DateTime=null; JSON values are typed,
    /// anything else is a string; TYPE overrides the inferred type; repeatable
    #[arg(long, value_name = "NAME[:TYPE]=VALUE", value_parser = variables::parse)]
    var: Vec<Given>,

    /// Fixtures file or folder, for lookups; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Time of the clock [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// Random seed
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole(0_u64..))]
    seed: u64,

    /// Expected type of the result; implicit conversions are those of Architect
    #[arg(long, value_name = "TYPE", value_parser = variables::parse_type)]
    expect: Option<Type>,

    /// Print the expression as Architect writes it back, fully parenthesised, instead of
    /// its value; unknown variables are allowed
    #[arg(long)]
    canonical: bool,

    /// Evaluate every line of a file (- for standard input); prints one JSON object per
    /// line
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let fixtures =
        match load::fixtures(&arguments.fixtures, &Default::default(), &mut files) {
            Ok(fixtures) => fixtures,
            Err(exit) => return Ok(exit),
        };
    let mut world = EvalEnvironment::new(fixtures, arguments.at, arguments.seed);
    for given in &arguments.var {
        if let Err(message) = world.give(given) {
            output::message("error", &message);
            return Ok(Exit::Usage);
        }
    }
    match &arguments.batch {
        Some(path) => batch(arguments, &mut world, path),
        None => single(arguments, &mut world),
    }
}

/// Rejects a misspelt flag as an expression; no expression begins with two hyphens.
fn expression(text: &str) -> Result<String, &'static str> {
    if text.starts_with("--") {
        Err("unknown flag; expressions never begin with --")
    } else {
        Ok(text.to_owned())
    }
}

fn single(arguments: &Arguments, world: &mut EvalEnvironment) -> io::Result<Exit> {
    let text = arguments.expression.as_deref().unwrap_or_default();
    let answer = answer(arguments, world, text);
    match &answer {
        Answer::Canonical(canonical) => output::result(&format!("{canonical}\n"))?,
        other => {
            output::result(&format!("{}\n", other.to_json()))?;
            answer.show(text);
        }
    }
    Ok(answer.exit())
}

fn answer(arguments: &Arguments, world: &mut EvalEnvironment, text: &str) -> Answer {
    if arguments.canonical {
        world.canonical(text, arguments.expect)
    } else {
        world.evaluate(text, arguments.expect)
    }
}

/// Evaluates one expression per line and prints one JSON object per line. A line that is
/// too long for an expression is not kept in memory.
fn batch(
    arguments: &Arguments,
    world: &mut EvalEnvironment,
    path: &PathBuf,
) -> io::Result<Exit> {
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        match std::fs::File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) => return Ok(unreadable(path, &error)),
        }
    };
    let mut lines = BufReader::new(input);
    let mut out = io::BufWriter::new(output::stream(false));
    let mut mark = BYTE_ORDER_MARK;
    loop {
        let line = match next_line(&mut lines) {
            Ok(Some(line)) => line,
            Ok(None) => break,
            Err(error) => {
                out.flush()?;
                return Ok(unreadable(path, &error));
            }
        };
        let line = line.strip_prefix(mark).unwrap_or(&line);
        mark = &[];
        let answer = match std::str::from_utf8(line) {
            Ok(text) => answer(arguments, world, text),
            // A truncated line may end within a character.
            Err(_) if line.len() > MAX_LENGTH => {
                answer(arguments, world, &String::from_utf8_lossy(line))
            }
            Err(error) => Answer::of_bytes(line, error.valid_up_to()),
        };
        writeln!(out, "{}", answer.to_json())?;
    }
    out.flush()?;
    Ok(Exit::Success)
}

/// Byte order mark that some editors put at the start of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fn unreadable(path: &std::path::Path, error: &io::Error) -> Exit {
    output::message("error", &format!("cannot read {}: {error}", path.display()));
    Exit::Input
}

/// Reads the next line without its line break. A line that is too long is cut just beyond
/// the limit, so that it is still recognized as too long.
fn next_line(lines: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let limit = MAX_LENGTH as u64 + 2;
    if lines.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else if line.len() as u64 == limit {
        skip_line(lines)?;
    }
    Ok(Some(line))
}

fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = lines.fill_buf()?;
        let found = available.iter().position(|byte| *byte == b'\n');
        let length = found.map_or(available.len(), |at| at + 1);
        lines.consume(length);
        if found.is_some() || length == 0 {
            return Ok(());
        }
    }
}
