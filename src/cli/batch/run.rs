//! `flowsim batch run`

use std::io;
use std::sync::Arc;

use clap::Args;

use super::stream::{self, Loaded};
use super::{StreamOptions, properties};
use crate::batch::{CallContext, CallField, CallWorker};
use crate::cli::exit::Exit;

/// Play the call of each row.
///
/// A row is a JSON object with the keys of a test: id, flow, node, context, variables,
/// input, at, timeoutMs, maxActions, seed, strict, stopAtQueue, fixtures. Each row yields
/// one row of output, in order; a row with mistakes yields `{"id", "error"}`.
///
/// Exits with 0 if all rows were handled, 1 with --fail-on-error if a row has mistakes, 3
/// if something does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    options: StreamOptions,

    /// Properties of the output, comma-separated
    #[arg(
        long,
        value_name = "NAME,…",
        value_delimiter = ',',
        default_values = CallField::DEFAULT.map(CallField::name),
        value_parser = properties(&CallField::ALL, CallField::name),
        hide_possible_values = true
    )]
    select: Vec<CallField>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let options = &arguments.options;
    let Loaded { program, fixtures, files } = match stream::load(options) {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let context = CallContext::new(program, fixtures, arguments.select.clone(), &files);
    let context = Arc::new(context);
    let properties = context.fields().iter().map(|it| (it.name(), it.column()));
    let properties: Vec<_> = properties.collect();
    let mut errors = 0;
    let worker = || CallWorker::new(&context);
    let done = |worker: CallWorker| errors += worker.errors;
    let broken_off = stream::process(options, Some(&properties), worker, done)?;
    Ok(broken_off.unwrap_or_else(|| options.exit(errors)))
}
