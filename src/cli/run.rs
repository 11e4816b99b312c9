//! `flowsim run`

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::interactive::Person;
use super::numbers::whole;
use super::{decisions, inputs, load, output};
use crate::analysis::decisions::of_trace;
use crate::analysis::values::SeenValues;
use crate::diagnostic::Diagnostic;
use crate::engine::{
    Call, DEFAULT_START, Limits, Request, Session, misspelt_context_field, play, start,
};
use crate::flow::FlowId;
use crate::flow::read::Loaded;
use crate::program::Program;
use crate::project::Settings;
use crate::report::scenario;
use crate::source::{Files, create_parent_folder, read_document};
use crate::trace::{
    JsonWriter, Status, TextStyle, TextView, Trace, execution, render_transcript,
    render_view, write_simulation,
};
use crate::value::{DateTime, Text, Value, derived_id};
use crate::world::{FixtureHost, Fixtures, Input};

/// Play one call and show what happened in it.
///
/// Exits with 0 if the call completed, 1 if it ended in error or timeout, 2 if the
/// arguments are invalid, 3 if something does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders; a folder loads every flow in it
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,

    /// Flow to start, by id or name, or by name and type, such as `Main (workflow)`, if
    /// flows of several types have the name; optional if exactly one flow is not called by
    /// another
    #[arg(long, value_name = "ID-OR-NAME", conflicts_with = "request")]
    flow: Option<String>,

    /// Dialled number, such as +15551234567: starts the flow of its IVR route, open or
    /// closed by its schedules
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["flow", "request"])]
    to: Option<String>,

    /// Node to start at
    #[arg(long, value_name = "ID", conflicts_with = "request")]
    node: Option<String>,

    /// Context field, such as from=+15551234567; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = inputs::plain, conflicts_with = "request")]
    context: Vec<(Text, Value)>,

    /// Context fields of the project file about which there is a warning
    #[arg(skip)]
    reported: Vec<String>,

    /// Variable to set before the first node; JSON values are typed, anything else is a
    /// string; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::typed)]
    var: Vec<(Text, Value)>,

    /// Caller's next input, one flag each, in order: 1, 1234#, - (silence), 7@900,3@200
    /// (key@milliseconds since the previous one), say:two words, hangup
    #[arg(
        long,
        value_name = "KEYS",
        value_parser = inputs::input,
        allow_hyphen_values = true,
        conflicts_with = "request"
    )]
    input: Vec<Input>,

    /// Fixtures file or folder; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Start of the virtual clock [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// End the call after N ms on the virtual clock
    #[arg(
        long,
        value_name = "N",
        value_parser = whole(0_i64..),
        allow_negative_numbers = true,
        conflicts_with = "request"
    )]
    timeout_ms: Option<i64>,

    /// Maximum number of actions in the call
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_actions,
        value_parser = whole(0..=Limits::MOST_ACTIONS),
        allow_negative_numbers = true
    )]
    max_actions: u32,

    /// Maximum nesting depth of flows
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_depth,
        value_parser = whole(0..=1000_u16),
        allow_negative_numbers = true
    )]
    max_depth: u16,

    #[command(flatten)]
    sources: load::Sources,

    #[command(flatten)]
    deny: load::DenyOptions,

    /// Random seed for expressions
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole(0_u64..))]
    seed: u64,

    /// Fail on unsimulated Architect actions that the fixtures do not answer
    #[arg(long)]
    strict: bool,

    /// End calls at a transfer to a queue instead of continuing in the in-queue flow
    #[arg(long)]
    stop_at_queue: bool,

    /// Simulation request `{flowId, context, nodeId, timeout, inputs}` to use instead of
    /// the flags
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,

    /// Read the caller's inputs from the terminal; print the played call as a scenario at
    /// the end
    #[arg(long, conflicts_with_all = ["input", "request"])]
    interactive: bool,

    /// Output format: a tree for the terminal, flowsim's JSON, a simulation response, or
    /// the execution document that Genesys Cloud would write (Architect flows only)
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    view: View,

    /// Append the decisions on the caller's keys to a file, for `flowsim heatmap`: CSV if
    /// its name ends in .csv, else one JSON object per line
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Write the values that variables had to a file, for `flowsim lsp`
    #[arg(long, value_name = "FILE")]
    values_out: Option<PathBuf>,
}

/// The part of the call that `--format text` shows.
#[derive(Debug, Args)]
struct View {
    /// Show only the prompts and the caller's input
    #[arg(long, conflicts_with_all = ["depth", "only", "variables"])]
    transcript: bool,

    /// Show only steps that are nested at most N levels deep; 0 is the first flow without
    /// the tasks and flows that it calls
    #[arg(long, value_name = "N", value_parser = whole(0..=u16::MAX))]
    depth: Option<u16>,

    /// Show only the steps of this flow, by id, name, or name and type
    #[arg(long, value_name = "FLOW")]
    only: Option<String>,

    /// Show all variables at the end, also those that the call did not change
    #[arg(long)]
    variables: bool,
}

impl View {
    /// Returns the first flag that is given.
    fn given(&self) -> Option<&'static str> {
        let flags = [
            (self.transcript, "--transcript"),
            (self.depth.is_some(), "--depth"),
            (self.only.is_some(), "--only"),
            (self.variables, "--variables"),
        ];
        flags.into_iter().find(|(is_given, _)| *is_given).map(|(_, name)| name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Simulation,
    Execution,
}

/// A call that is ready to play, and the caller's inputs.
struct Prepared {
    flow: FlowId,
    call: Call,
    inputs: Vec<Input>,
}

pub(super) fn run(mut arguments: Arguments, settings: &Settings) -> io::Result<Exit> {
    arguments.reported = settings.warned_context();
    let mut files = Files::new();
    let (loaded, fixtures) = match loaded(&arguments, &mut files) {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(exit),
    };
    let fixtures = Arc::new(fixtures);
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let prepared = prepare(&mut arguments, &program, &fixtures, &mut files);
    let prepared = prepared.and_then(|it| has_format(&arguments, &program, it));
    let (prepared, view) =
        match prepared.and_then(|it| Ok((it, view(&arguments, &program)?))) {
            Ok(prepared) => prepared,
            Err(exit) => return Ok(exit),
        };
    let set = match interactive_values(&arguments, &mut files) {
        Ok(set) => set,
        Err(exit) => return Ok(exit),
    };
    if let Some(exit) = refused(&arguments, &files) {
        return Ok(exit);
    }
    let shown = Shown { arguments: &arguments, program: &program, files: &files, view };
    let mut session = Session::start(Arc::clone(&program), &prepared.call);
    let mut host = FixtureHost::new(&fixtures, &prepared.inputs);
    let trace = if arguments.interactive {
        shown.interactive(&prepared, (host, &mut session), &set)?
    } else {
        let trace = play(&mut session, &prepared.call, &mut host);
        shown.show(&trace)?;
        note_unused_inputs(host.unused_inputs().len());
        trace
    };
    output::diagnostics(&fixtures.contact_problems(), &files);
    write_files(&arguments, &program, &trace)
}

/// Refuses files to write that are inputs.
fn refused(arguments: &Arguments, files: &Files) -> Option<Exit> {
    let mut outputs = [&arguments.values_out, &arguments.decisions].into_iter().flatten();
    outputs.find_map(|path| output::refused_output(path, files))
}

/// Writes the files that are requested.
fn write_files(
    arguments: &Arguments,
    program: &Program,
    trace: &Trace,
) -> io::Result<Exit> {
    match write_values(arguments, program, trace)? {
        Exit::Success => Ok(log(arguments, program, trace)),
        failed => Ok(failed),
    }
}

/// Writes the values of the variables of a call, if they are requested.
fn write_values(
    arguments: &Arguments,
    program: &Program,
    trace: &Trace,
) -> io::Result<Exit> {
    let Some(path) = &arguments.values_out else { return Ok(Exit::Success) };
    create_parent_folder(path)?;
    let mut seen = SeenValues::default();
    seen.add(program, trace);
    output::result_to(Some(path), &seen.to_json())
}

/// Returns the values of placeholders for the scenario of an interactive call.
fn interactive_values(
    arguments: &Arguments,
    files: &mut Files,
) -> Result<Vec<(String, String)>, Exit> {
    if arguments.interactive { arguments.sources.values(files) } else { Ok(Vec::new()) }
}

/// Loads the flows and the fixtures.
fn loaded(arguments: &Arguments, files: &mut Files) -> Result<(Loaded, Fixtures), Exit> {
    let mut environment = arguments.sources.read(files)?;
    environment.placeholders.deny_unset = arguments.deny.denies_unset();
    let loaded = load::flows(&arguments.flows, &environment, files)?;
    let organisation = &environment.organisation;
    let fixtures = load::fixtures(&arguments.fixtures, organisation, files)?;
    Ok((loaded, fixtures))
}

/// Appends the call's decisions to the log, if there is one, and returns the exit code of
/// the call. The same call always gets the same id.
fn log(arguments: &Arguments, program: &Program, trace: &Trace) -> Exit {
    let is_success = trace.status == Status::Completed;
    let ended = if is_success { Exit::Success } else { Exit::Failure };
    let Some(path) = &arguments.decisions else { return ended };
    let mut seed = trace.start.to_string();
    JsonWriter::new(&program.symbols).write(trace, &mut seed);
    let instance = derived_id(&seed);
    match decisions::append(path, &of_trace(trace, &program.symbols, &instance)) {
        Exit::Success => ended,
        failed => failed,
    }
}

fn note_unused_inputs(count: usize) {
    match count {
        0 => {}
        1 => {
            output::message("note", "the last --input was never used");
        }
        _ => {
            let text = format!("the last {count} --input values were never used");
            output::message("note", &text);
        }
    }
}

/// Returns the start of the call in a scenario file.
fn start_of(
    arguments: &Arguments,
    flow: FlowId,
    set: &[(String, String)],
) -> scenario::Start {
    let is_limited = arguments.max_actions != Limits::default().max_actions;
    scenario::Start {
        flows: arguments.flows.clone(),
        fixtures: arguments.fixtures.clone(),
        set: set.to_vec(),
        flow,
        flow_name: None,
        node: arguments.node.clone(),
        context: arguments.context.clone(),
        variables: arguments.var.clone(),
        at: arguments.at,
        timeout_ms: arguments.timeout_ms,
        max_actions: is_limited.then_some(arguments.max_actions),
        seed: arguments.seed,
        is_strict: arguments.strict,
        stops_at_queue: arguments.stop_at_queue,
    }
}

/// The output of a call.
struct Shown<'s> {
    arguments: &'s Arguments,
    program: &'s Program,
    files: &'s Files,
    view: TextView,
}

impl Shown<'_> {
    /// Makes a call that a person answers, and prints it as a scenario at the end.
    fn interactive(
        &self,
        prepared: &Prepared,
        (host, session): (FixtureHost<'_>, &mut Session),
        set: &[(String, String)],
    ) -> io::Result<Trace> {
        let mut person = Person::new(host);
        let trace = person.play(session, &prepared.call, self.program)?;
        self.show(&trace)?;
        let start = start_of(self.arguments, prepared.flow, set);
        let inputs = person.inputs().iter();
        let played =
            scenario::of_call(&start, inputs, (&trace, true), &self.program.symbols);
        if self.arguments.format == Format::Text {
            output::result(&format!("\n{played}"))?;
        } else {
            output::aside(&played);
        }
        Ok(trace)
    }

    fn show(&self, trace: &Trace) -> io::Result<()> {
        let symbols = &self.program.symbols;
        let mut out = String::new();
        match self.arguments.format {
            Format::Text => {
                let style = TextStyle {
                    color: output::result_has_color(),
                    width: output::result_width(),
                };
                out = match self.arguments.view.transcript {
                    true => render_transcript(trace, symbols, style),
                    false => render_view(trace, symbols, style, self.view),
                };
            }
            Format::Json => self.writer().write(trace, &mut out),
            Format::Simulation => write_simulation(&self.writer(), trace, &mut out),
            Format::Execution => out = execution::of_trace(trace, symbols).to_text(),
        }
        if matches!(self.arguments.format, Format::Json | Format::Simulation) {
            out.push('\n');
        }
        output::result(&out)
    }

    fn writer(&self) -> JsonWriter<'_> {
        JsonWriter::with_files(&self.program.symbols, self.files)
    }
}

/// Returns the part of the call to show.
fn view(arguments: &Arguments, program: &Program) -> Result<TextView, Exit> {
    let view = &arguments.view;
    if let Some(flag) = view.given().filter(|_| arguments.format != Format::Text) {
        output::message("error", &format!("{flag} is only for --format text"));
        return Err(Exit::Usage);
    }
    let flow = match &view.only {
        Some(name) => {
            Some(start::flow(program, name).map_err(|problem| usage(&problem))?)
        }
        None => None,
    };
    Ok(TextView { depth: view.depth, flow, all_variables: view.variables })
}

/// Refuses `--format execution` for flows other than Architect flows.
fn has_format(
    arguments: &Arguments,
    program: &Program,
    prepared: Prepared,
) -> Result<Prepared, Exit> {
    let is_architect = program.unit(prepared.flow).architect.is_some();
    if arguments.format != Format::Execution || is_architect {
        return Ok(prepared);
    }
    let name = &program.symbols.flow(prepared.flow).name;
    let text = format!(
        "only Architect flows have execution documents; `{name}` is a draft flow\n\n\
         use --format json"
    );
    output::message("error", &text);
    Err(Exit::Usage)
}

/// Builds a call from the command line or the request.
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
        if let Some(number) = &arguments.to {
            arguments.context.retain(|(name, _)| !name.eq_ignore_ascii_case("to"));
            arguments.context.push(("to".into(), Value::from(number.as_str())));
        }
        let flow = dialled_flow(program, arguments, fixtures)?;
        let node = arguments.node.as_deref();
        let call = Call::new(flow).limits(limits).takes_messages(true);
        let call = call.in_organisation(Arc::clone(fixtures));
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
    let mut call = call
        .seed(arguments.seed)
        .strict(arguments.strict)
        .stop_at_queue(arguments.stop_at_queue);
    for (name, value) in context {
        if program.context(name).is_none()
            && !arguments.reported.iter().any(|it| it.as_str() == name.as_str())
            && let Some(near) = misspelt_context_field(name)
        {
            let text =
                format!("unknown context field `{name}`\n\ndid you mean `{near}`?");
            output::message("warning", &text);
        }
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

/// Returns the flow of `--flow`, else that of the dialled number, else the only one that
/// can be the start.
fn dialled_flow(
    program: &Program,
    arguments: &Arguments,
    fixtures: &Fixtures,
) -> Result<FlowId, Exit> {
    let at = arguments.at.unwrap_or(DEFAULT_START);
    if arguments.flow.is_none()
        && let Some(number) = start::dialled_number(&arguments.context)
    {
        if let Some(routed) = fixtures.route(&number, at) {
            return start::dialled(program, &number, routed)
                .map_err(|problem| usage(&problem));
        }
        if arguments.to.is_some() {
            let text = format!(
                "no IVR route has the number {number}\n\nadd it to `ivrRoutes` of the \
                 fixtures, or to Terraform"
            );
            output::message("error", &text);
            return Err(Exit::Usage);
        }
    }
    start_flow(program, arguments.flow.as_deref())
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

/// Reports a usage error.
fn usage(problem: &Diagnostic) -> Exit {
    let help = problem.help.as_ref().map(|help| format!("\n\n{help}"));
    let message = format!("{}{}", problem.message, help.unwrap_or_default());
    output::message("error", &message);
    Exit::Usage
}
