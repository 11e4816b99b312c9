//! `flowsim batch compare`

use std::io;
use std::sync::Arc;

use clap::Args;

use super::stream::{self, Loaded};
use super::{StreamOptions, properties};
use crate::analysis::comparison::{Pattern, Rules};
use crate::batch::{RecordingContext, RecordingWorker, Summary, VerdictField};
use crate::cli::compare::{pattern, rules, tolerance};
use crate::cli::exit::Exit;
use crate::cli::output;

/// Compare the recording of each row with local flows.
///
/// A row is a recording on one line. Each row yields one row of output, in order; a row
/// that is not a recording yields `{"id", "error"}`.
///
/// Exits with 0 if all rows were handled, 1 with --fail-on-error if a row is not a
/// recording, 3 if something does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    options: StreamOptions,

    /// Properties of the output, comma-separated
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        default_values = VerdictField::DEFAULT.map(VerdictField::name),
        value_parser = properties(&VerdictField::ALL, VerdictField::name),
        hide_possible_values = true,
        conflicts_with = "summary"
    )]
    select: Vec<VerdictField>,

    /// Exclude a place from the comparison: a JSON pointer in which * matches any key and
    /// ** any number of keys; repeatable
    #[arg(long, value_name = "POINTER", value_parser = pattern)]
    ignore: Vec<Pattern>,

    /// Allowed difference of times or numbers: timeMs=500, number=0.01; repeatable
    #[arg(long, value_name = "NAME=N", value_parser = tolerance)]
    tolerance: Vec<String>,

    /// Replay equal calls once, and count distinct calls in the summary
    #[arg(long)]
    distinct: bool,

    /// Write one row with the counts of all rows instead of a row for each
    #[arg(long)]
    summary: bool,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let options = &arguments.options;
    let loaded = match stream::load(options) {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let rules = rules(&arguments.ignore, &arguments.tolerance);
    let context = Arc::new(context(arguments, loaded, rules));
    let properties = context.fields().iter().map(|it| (it.name(), it.column()));
    let properties: Vec<_> = properties.collect();
    let properties = (!arguments.summary).then_some(properties.as_slice());
    let empty = || Summary::new(arguments.distinct && arguments.summary);
    let mut summary = empty();
    let worker = || RecordingWorker::new(&context);
    let done = |worker: RecordingWorker| {
        let so_far = std::mem::replace(&mut summary, empty());
        summary = so_far.merged(worker.summary());
    };
    if let Some(exit) = stream::process(options, properties, worker, done)? {
        return Ok(exit);
    }
    if arguments.summary {
        output::result(&(summary.to_json() + "\n"))?;
    }
    Ok(options.exit(summary.errors()))
}

fn context(arguments: &Arguments, loaded: Loaded, rules: Rules) -> RecordingContext {
    let Loaded { program, fixtures, .. } = loaded;
    RecordingContext::new(program, fixtures, rules, arguments.select.clone())
        .distinct(arguments.distinct)
        .summary(arguments.summary)
}
