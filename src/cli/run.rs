//! `flowsim run`

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::interactive::Person;
use super::{decisions, inputs, load, output, scenario};
use crate::analysis::decisions::of_trace;
use crate::diagnostic::Diagnostic;
use crate::engine::{Call, Limits, Request, Session, play, start};
use crate::flow::FlowId;
use crate::program::Program;
use crate::source::{Files, read_document};
use crate::trace::{
    JsonWriter, Status, TextStyle, Trace, execution, render_text, write_simulation,
};
use crate::value::{DateTime, Text, Value, derived_id};
use crate::world::{FixtureHost, Fixtures, Input};

/// Make one call and show what happened in it.
///
/// Exits with 0 if the call completed, 1 if it ended in error or timeout, 2 if the command
/// line makes no sense, 3 if something does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files or folders of flows; a folder loads every flow in it
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,

    /// The flow to start, by id or name; may be left out if exactly one flow is called by
    /// no other
    #[arg(long, value_name = "ID-OR-NAME", conflicts_with = "request")]
    flow: Option<String>,

    /// Start at this node
    #[arg(long, value_name = "ID", conflicts_with = "request")]
    node: Option<String>,

    /// A context field, such as from=+15551234567; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = inputs::plain, conflicts_with = "request")]
    context: Vec<(Text, Value)>,

    /// A variable set before the first node; JSON values are typed, anything else is a
    /// string; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::typed)]
    var: Vec<(Text, Value)>,

    /// The caller's answer to the next question, one flag each, in order: 1, 1234#, -
    /// (silence), 7@900,3@200 (key@milliseconds after the one before), say:two words, hangup
    #[arg(
        long,
        value_name = "KEYS",
        value_parser = inputs::input,
        allow_hyphen_values = true,
        conflicts_with = "request"
    )]
    input: Vec<Input>,

    /// A fixtures document or a folder of them; repeatable, later ones win
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Where the virtual clock starts [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// End the call after so much time on the virtual clock
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i64).range(0..),
        allow_negative_numbers = true,
        conflicts_with = "request"
    )]
    timeout_ms: Option<i64>,

    /// End the call after so many actions
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_actions,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(Limits::MOST_ACTIONS)),
        allow_negative_numbers = true
    )]
    max_actions: u32,

    /// How many flows may be nested
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_depth,
        value_parser = clap::value_parser!(u16).range(0..=1000),
        allow_negative_numbers = true
    )]
    max_depth: u16,

    #[command(flatten)]
    placeholders: load::Placeholders,

    /// What chance begins with, for expressions that use it
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// An action of Architect for which the fixtures have no answer is an error
    #[arg(long)]
    strict: bool,

    /// A simulation request `{flowId, context, nodeId, timeout, inputs}` instead of the flags
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,

    /// Ask the person at the terminal what the caller does; at the end, print the scenario
    /// that was just played
    #[arg(long, conflicts_with_all = ["input", "request"])]
    interactive: bool,

    /// What to print: a tree for people, flowsim's JSON, a simulation response, or the
    /// execution document that Genesys Cloud would write, of Architect's flows only
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Add what came of the caller's keys to a file, for `flowsim heatmap`: a table if its
    /// name ends in .csv, else a JSON object a line
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Simulation,
    Execution,
}

/// A call that can be made, and the caller's answers.
struct Prepared {
    flow: FlowId,
    call: Call,
    inputs: Vec<Input>,
}

pub(super) fn run(mut arguments: Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let loaded = match load::flows(&arguments.flows, &arguments.placeholders, &mut files)
    {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let fixtures = match load::fixtures(&arguments.fixtures, &mut files) {
        Ok(fixtures) => fixtures,
        Err(exit) => return Ok(exit),
    };
    let fixtures = Arc::new(fixtures);
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let prepared = prepare(&mut arguments, &program, &fixtures, &mut files);
    let prepared = match prepared.and_then(|it| has_format(&arguments, &program, it)) {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    let mut session = Session::start(Arc::clone(&program), &prepared.call);
    let mut host = FixtureHost::new(&fixtures, &prepared.inputs);
    let trace = if arguments.interactive {
        let mut person = Person::new(host);
        let trace = person.play(&mut session, &prepared.call, &program)?;
        show(&arguments, &program, &trace)?;
        let played =
            scenario::of_call(&played(&arguments, &program, &prepared, &person), &trace);
        if arguments.format == Format::Text {
            output::result(&format!("\n{played}"))?;
        } else {
            output::aside(&played);
        }
        trace
    } else {
        let trace = play(&mut session, &prepared.call, &mut host);
        show(&arguments, &program, &trace)?;
        tell_unused(host.unused_inputs().len());
        trace
    };
    output::diagnostics(&fixtures.contact_problems(), &files);
    Ok(log(&arguments, &program, &trace))
}

/// Adds the decisions of the call to the log, if there is one, and tells how the call ended.
/// The same call has the same id again.
fn log(arguments: &Arguments, program: &Program, trace: &Trace) -> Exit {
    let is_success = trace.status == Status::Completed;
    let ended = if is_success { Exit::Success } else { Exit::Failure };
    let Some(path) = &arguments.decisions else { return ended };
    let mut seed = trace.start.to_string();
    JsonWriter::new(&program.legend).write(trace, &mut seed);
    let instance = derived_id(&seed);
    match decisions::append(path, &of_trace(trace, &program.legend, &instance)) {
        Exit::Success => ended,
        failed => failed,
    }
}

fn tell_unused(count: usize) {
    match count {
        0 => {}
        1 => {
            output::message(
                "note",
                "the last --input was not used: nothing asked for it",
            );
        }
        _ => {
            let text =
                format!("the last {count} --input were not used: nothing asked for them");
            output::message("note", &text);
        }
    }
}

fn played<'p>(
    arguments: &'p Arguments,
    program: &'p Program,
    prepared: &Prepared,
    person: &'p Person<'_>,
) -> scenario::Played<'p> {
    scenario::Played {
        program,
        flows: &arguments.flows,
        fixtures: &arguments.fixtures,
        flow: prepared.flow,
        node: arguments.node.as_deref(),
        context: &arguments.context,
        variables: &arguments.var,
        at: arguments.at,
        timeout_ms: arguments.timeout_ms,
        inputs: person.inputs(),
    }
}

fn show(arguments: &Arguments, program: &Program, trace: &Trace) -> io::Result<()> {
    let legend = &program.legend;
    let mut out = String::new();
    match arguments.format {
        Format::Text => {
            let style = TextStyle {
                color: output::result_has_color(),
                width: output::result_width(),
            };
            out = render_text(trace, legend, style);
        }
        Format::Json => JsonWriter::new(legend).write(trace, &mut out),
        Format::Simulation => write_simulation(&JsonWriter::new(legend), trace, &mut out),
        Format::Execution => out = execution::of_trace(trace, legend).to_text(),
    }
    if matches!(arguments.format, Format::Json | Format::Simulation) {
        out.push('\n');
    }
    output::result(&out)
}

/// Refuses the form that only calls of Architect's flows have for any other.
fn has_format(
    arguments: &Arguments,
    program: &Program,
    prepared: Prepared,
) -> Result<Prepared, Exit> {
    let is_architect = program.unit(prepared.flow).architect.is_some();
    if arguments.format != Format::Execution || is_architect {
        return Ok(prepared);
    }
    let name = &program.legend.flow(prepared.flow).name;
    let text = format!(
        "only flows of Architect have execution documents, and `{name}` is none\n\n\
         use --format json"
    );
    output::message("error", &text);
    Err(Exit::Usage)
}

/// Turns the command line, or the request, into a call.
fn prepare(
    arguments: &mut Arguments,
    program: &Program,
    fixtures: &Arc<Fixtures>,
    files: &mut Files,
) -> Result<Prepared, Exit> {
    let limits = Limits {
        max_actions: arguments.max_actions,
        max_depth: arguments.max_depth,
        timeout_ms: arguments.timeout_ms,
    };
    let Some(path) = &arguments.request else {
        let flow = start_flow(program, arguments.flow.as_deref())?;
        let node = arguments.node.as_deref();
        let call = Call::new(flow).limits(limits).in_organisation(Arc::clone(fixtures));
        let call = at_node(call, program, flow, node)?;
        let call = with_values(call, program, arguments, &arguments.context)?;
        return Ok(Prepared { flow, call, inputs: std::mem::take(&mut arguments.input) });
    };
    let request = read_request(path, files)?;
    let flow = start_flow(program, Some(&request.flow)).map_err(|_| Exit::Input)?;
    let limits = Limits { timeout_ms: Some(request.timeout_ms), ..limits };
    let call = Call::new(flow).limits(limits).in_organisation(Arc::clone(fixtures));
    let call =
        at_node(call, program, flow, request.node.as_deref()).map_err(|_| Exit::Input)?;
    let call = with_values(call, program, arguments, &request.context)?;
    Ok(Prepared { flow, call, inputs: request.inputs })
}

fn with_values(
    call: Call,
    program: &Program,
    arguments: &Arguments,
    context: &[(Text, Value)],
) -> Result<Call, Exit> {
    let mut call = call.seed(arguments.seed).strict(arguments.strict);
    for (name, value) in context {
        call = call.context(program, name, value.clone());
    }
    for (name, value) in &arguments.var {
        start::variable(program, call.flow(), name, value)
            .map_err(|problem| usage(&problem))?;
        call = call.variable(program, name, value.clone());
    }
    Ok(match arguments.at {
        Some(start) => call.at(start),
        None => call,
    })
}

fn read_request(path: &Path, files: &mut Files) -> Result<Request, Exit> {
    let read =
        files.load(path).map_err(|problem| vec![problem.into()]).and_then(|file| {
            let document =
                read_document(&file).map_err(|problem| vec![problem.into()])?;
            Request::read(&document)
        });
    read.map_err(|problems| {
        output::diagnostics(&problems, files);
        Exit::Input
    })
}

fn start_flow(program: &Program, name: Option<&str>) -> Result<FlowId, Exit> {
    let found = match name {
        Some(name) => start::flow(program, name),
        None => start::only_entry(program)
            .map_err(|problem| Box::new(problem.help("name one with --flow ID-OR-NAME"))),
    };
    found.map_err(|problem| usage(&problem))
}

fn at_node(
    call: Call,
    program: &Program,
    flow: FlowId,
    node: Option<&str>,
) -> Result<Call, Exit> {
    let Some(name) = node else { return Ok(call) };
    let node = start::node(program, flow, name).map_err(|problem| usage(&problem))?;
    Ok(call.at_node(node))
}

/// Tells what is wrong with the command line.
fn usage(problem: &Diagnostic) -> Exit {
    let help = problem.help.as_ref().map(|help| format!("\n\n{help}"));
    let message = format!("{}{}", problem.message, help.unwrap_or_default());
    output::message("error", &message);
    Exit::Usage
}
