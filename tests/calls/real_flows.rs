//! Real call flows and common modules, from public repositories, each called by callers of
//! a few kinds: every call comes to an end, and the same one every time.
//!
//! Of the flows only their files and the kinds of their actions are written down here.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::Files;
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

/// What callers do, again and again.
const CALLERS: &[(&str, &[&str])] = &[
    ("silence", &["-"]),
    ("1", &["1"]),
    ("2 3", &["2", "3"]),
    ("* #", &["*", "#"]),
    ("hang up", &["hangup"]),
];

/// The types of flows that callers meet, in small letters.
const VOICE: &[&str] =
    &["inboundcall", "outboundcall", "inqueuecall", "securecall", "commonmodule"];

/// An hour, which is longer than a caller waits.
const LIMITS: Limits =
    Limits { max_actions: 200, max_depth: 8, timeout_ms: Some(3_600_000) };

#[test]
#[ignore = "needs ../shared/data"]
fn every_call_comes_to_an_end() {
    let folder = shared("flows");
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let mut listed: Vec<Listed> = serde_json::from_str(&manifest).unwrap();
    listed.retain(|flow| VOICE.contains(&&*flow.flow_type.to_lowercase()));
    assert!(listed.len() > 30, "only {} call flows are listed", listed.len());
    let mut text = String::new();
    for flow in &listed {
        let program = compile(&folder, flow);
        let kind = &program.legend.flows[0].flow_type;
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

/// What came of calls, each with the callers who had it so.
type Outcomes = Vec<(String, Vec<&'static str>)>;

fn write_outcomes(text: &mut String, before: &str, outcomes: &Outcomes) {
    for (outcome, callers) in outcomes {
        writeln!(text, "{before}{}: {outcome}", callers.join(", ")).unwrap();
    }
}

fn compile(folder: &Path, flow: &Listed) -> Arc<Program> {
    let names = flow.template_vars.iter().flatten();
    let values: Vec<(String, String)> =
        names.map(|name| (name.clone(), format!("TPL_{name}"))).collect();
    let path: PathBuf = folder.join(&flow.file);
    let loaded = load(&[path], &values, &mut Files::new());
    assert_eq!(loaded.architect.len(), 1, "{}", flow.file);
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

/// Makes the calls, each of them twice.
fn outcomes(program: &Arc<Program>, is_strict: bool) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for (name, does) in CALLERS {
        let trace = make_call(program, does, is_strict);
        assert_eq!(trace, make_call(program, does, is_strict), "{name}");
        let outcome = told(&trace, program);
        match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, callers)) => callers.push(name),
            None => outcomes.push((outcome, vec![name])),
        }
    }
    outcomes
}

fn make_call(program: &Arc<Program>, does: &[&str], is_strict: bool) -> Trace {
    let call = Call::new(program.flow(&program.legend.flows[0].id).unwrap());
    let call = call.strict(is_strict).limits(LIMITS);
    let call = call.context(program, "from", Value::from("tel:+15557770100"));
    let call = call.context(program, "to", Value::from("tel:+15557770200"));
    let id = Value::from("7f0c6a1e-3f5b-4d59-9d0a-0a7d1c2b3e4f");
    let call = call.context(program, "conversationId", id);
    let does = does.iter().map(|text| Input::parse(text).unwrap());
    let inputs: Vec<Input> = does.cycle().take(100).collect();
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(program), &call);
    play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs))
}

/// The call in a line; both ways to write it down have to bear it.
fn told(trace: &Trace, program: &Program) -> String {
    let legend = &program.legend;
    let mut json = String::new();
    JsonWriter::new(legend).write(trace, &mut json);
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    let text = render_text(trace, legend, TextStyle { color: true, width: Some(80) });
    assert!(text.lines().count() > trace.steps.len().min(20));
    let mut told = trace.status.name().to_owned();
    if let Some(failure) = &trace.failure {
        write!(told, " {}", failure.code).unwrap();
    }
    let last = trace.steps.last().map_or("nothing", |step| {
        let label = legend.node(step.node);
        &label.node_type
    });
    let prompts = trace.prompts(legend).count();
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
