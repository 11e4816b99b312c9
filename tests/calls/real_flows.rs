//! Real call flows and common modules from public repositories, called by several kinds
//! of callers. Every call ends, and with the same result every time.
//!
//! Only the files of the flows and the kinds of their actions are recorded here.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{JsonWriter, TextStyle, Trace, render_text};
use flowsim::value::Value;
use flowsim::world::{FixtureHost, Fixtures, Input};
use serde::Deserialize;

use crate::shared::shared;

#[derive(Deserialize)]
struct Listed {
    file: String,
    flow_type: String,
    template_vars: Option<Vec<String>>,
}

/// The inputs of callers, which are repeated.
const CALLERS: &[(&str, &[&str])] = &[
    ("silence", &["-"]),
    ("1", &["1"]),
    ("2 3", &["2", "3"]),
    ("* #", &["*", "#"]),
    ("hang up", &["hangup"]),
];

/// The types of flows with callers, in lower case.
const VOICE: &[&str] =
    &["inboundcall", "outboundcall", "inqueuecall", "securecall", "commonmodule"];

/// An hour, which is longer than a caller waits.
const LIMITS: Limits =
    Limits { max_actions: 200, max_depth: 8, timeout_ms: Some(3_600_000) };

#[test]
#[ignore = "needs ../shared/data"]
fn every_call_ends() {
    let folder = shared("flows");
    let mut text = String::new();
    for flow in &call_flows(&folder) {
        let program = compile(&folder, &[flow]);
        let kind = &program.symbols.flows[0].flow_type;
        writeln!(text, "{} {kind}", flow.file).unwrap();
        let lenient = outcomes(&program, false);
        let strict = outcomes(&program, true);
        write_outcomes(&mut text, "  ", &lenient);
        if strict == lenient {
            text.push_str("  strict: the same\n");
        } else {
            write_outcomes(&mut text, "  strict: ", &strict);
        }
    }
    insta::assert_snapshot!(text);
}

/// Every flow that routes a call to a queue continues in every in-queue flow, after the
/// same steps as without it.
#[test]
#[ignore = "needs ../shared/data"]
fn routed_calls_go_through_in_queue_flows() {
    let folder = shared("flows");
    let listed = call_flows(&folder);
    let is_waiting = |flow: &&Listed| flow.flow_type.to_lowercase() == "inqueuecall";
    let waiting: Vec<&Listed> = listed.iter().filter(is_waiting).collect();
    assert!(waiting.len() >= 3, "only {} in-queue flows are listed", waiting.len());
    let mut routed = 0;
    for (flow, waiting) in { listed.iter().filter(|flow| !is_waiting(flow)) }
        .flat_map(|flow| waiting.iter().map(move |waiting| (flow, *waiting)))
    {
        let program = compile(&folder, &[flow, waiting]);
        let name = &program.symbols.flows[1].name;
        let document = format!("organization: {{defaultInQueueFlow: {name:?}}}");
        let file = Files::new().add("fixtures.yaml", document);
        let (fixtures, problems) =
            Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""));
        assert_eq!(problems, []);
        for (caller, does) in CALLERS {
            let place = format!("{} and {}, {caller}", flow.file, waiting.file);
            let stopped = make_call(&program, does, (&fixtures, false, true));
            let whole = make_call(&program, does, (&fixtures, false, false));
            let steps = stopped.steps.len();
            let nodes = |trace: &Trace| -> Vec<_> {
                trace.steps.iter().take(steps).map(|step| step.node).collect()
            };
            assert_eq!(nodes(&whole), nodes(&stopped), "{place}");
            let next = whole.steps.get(steps).map(|step| {
                &program.symbols.flow(program.symbols.node(step.node).flow).name
            });
            assert_eq!(next.is_some(), stopped.routing().is_some(), "{place}");
            routed += usize::from(next == Some(name));
        }
    }
    assert!(routed > 50, "only {routed} calls were routed");
}

fn call_flows(folder: &Path) -> Vec<Listed> {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let mut listed: Vec<Listed> = serde_json::from_str(&manifest).unwrap();
    listed.retain(|flow| VOICE.contains(&&*flow.flow_type.to_lowercase()));
    assert!(listed.len() > 30, "only {} call flows are listed", listed.len());
    listed
}

/// The results of calls, each with the callers who had it.
type Outcomes = Vec<(String, Vec<&'static str>)>;

fn write_outcomes(text: &mut String, before: &str, outcomes: &Outcomes) {
    for (outcome, callers) in outcomes {
        writeln!(text, "{before}{}: {outcome}", callers.join(", ")).unwrap();
    }
}

/// Compiles flows together, the first one first.
fn compile(folder: &Path, flows: &[&Listed]) -> Arc<Program> {
    let names = flows.iter().flat_map(|flow| flow.template_vars.iter().flatten());
    let values: Vec<(String, String)> =
        names.map(|name| (name.clone(), format!("TPL_{name}"))).collect();
    let paths: Vec<PathBuf> = flows.iter().map(|flow| folder.join(&flow.file)).collect();
    let loaded = load(&paths, &values, &mut Files::new());
    assert_eq!(loaded.architect.len(), flows.len(), "{paths:?}");
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

/// Makes the calls, each of them twice.
fn outcomes(program: &Arc<Program>, is_strict: bool) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for (name, does) in CALLERS {
        let how = (&Fixtures::default(), is_strict, false);
        let trace = make_call(program, does, how);
        assert_eq!(trace, make_call(program, does, how), "{name}");
        let outcome = summary(&trace, program);
        match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, callers)) => callers.push(name),
            None => outcomes.push((outcome, vec![name])),
        }
    }
    outcomes
}

fn make_call(
    program: &Arc<Program>,
    does: &[&str],
    (fixtures, is_strict, stops_at_queue): (&Fixtures, bool, bool),
) -> Trace {
    let call = Call::new(program.flow(&program.symbols.flows[0].id).unwrap());
    let call = call.strict(is_strict).stop_at_queue(stops_at_queue).limits(LIMITS);
    let call = call.in_organisation(Arc::new(fixtures.clone()));
    let call = call.context(program, "from", Value::from("tel:+15557770100"));
    let call = call.context(program, "to", Value::from("tel:+15557770200"));
    let id = Value::from("7f0c6a1e-3f5b-4d59-9d0a-0a7d1c2b3e4f");
    let call = call.context(program, "conversationId", id);
    let does = does.iter().map(|text| Input::parse(text).unwrap());
    let inputs: Vec<Input> = does.cycle().take(100).collect();
    let mut session = Session::start(Arc::clone(program), &call);
    play(&mut session, &call, &mut FixtureHost::new(fixtures, &inputs))
}

/// Summarizes the call in one line. Both output formats must be able to write it.
fn summary(trace: &Trace, program: &Program) -> String {
    let symbols = &program.symbols;
    let mut json = String::new();
    JsonWriter::new(symbols).write(trace, &mut json);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    let text = render_text(trace, symbols, TextStyle { color: true, width: Some(80) });
    assert!(text.lines().count() > trace.steps.len().min(20));
    let mut told = trace.status.name().to_owned();
    if let Some(failure) = &trace.failure {
        write!(told, " {}", failure.code).unwrap();
    }
    let last = trace.steps.last().map_or("nothing", |step| {
        let label = symbols.node(step.node);
        &label.node_type
    });
    let prompts = trace.prompts(symbols).count();
    let seconds = trace.elapsed_ms / 1000;
    write!(told, ", {} actions, {last} last, {prompts} prompts", trace.actions).unwrap();
    write!(told, ", {seconds} s").unwrap();
    if trace.routing().is_some() {
        told.push_str(", routed to a queue");
    }
    if let Some(transfer) = trace.transfer() {
        write!(told, ", transferred to {}", transfer.kind.name()).unwrap();
    }
    told
}
