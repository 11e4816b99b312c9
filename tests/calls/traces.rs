//! The output for a call: the text and both forms of JSON, for the same calls.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::trace::{
    Ink, JsonWriter, TextStyle, Trace, TurnKind, conversation, render_text, trace_lines,
    write_simulation,
};
use flowsim::value::{Json, Value};
use flowsim::world::{Answer, Host, Input, Question, QueueAnswer, Response};

/// A host that gives these answers in order. Afterwards the caller is silent, queues are
/// accepted, and nothing else is known.
struct Script(std::vec::IntoIter<Answer>);

impl Host for Script {
    fn answer(&mut self, question: &Question<'_>) -> Answer {
        self.0.next().unwrap_or(match question {
            Question::Input(_) => Answer::Input(Input::Silence),
            Question::Queue { .. } => Answer::Queue(QueueAnswer::Accepted {
                id: Some("support".into()),
                name: Some("Support".into()),
            }),
            _ => Answer::NotMocked,
        })
    }
}

/// A call of a flow in the fixtures.
struct Scene {
    program: Arc<Program>,
    call: Call,
    files: Files,
}

impl Scene {
    fn new(path: &str, flow: &str) -> Self {
        let path: PathBuf =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
        let mut files = Files::new();
        let loaded = load(&[path], &[], &mut files);
        assert_eq!(loaded.diagnostics, []);
        let program = Arc::new(Program::compile(&loaded.flows));
        let call = Call::new(program.flow(flow).unwrap());
        Self { program, call, files }
    }

    fn context(self, name: &str, value: &str) -> Self {
        let call = self.call.context(&self.program, name, Value::from(value));
        Self { call, ..self }
    }

    fn variable(self, name: &str, value: impl Into<Value>) -> Self {
        let call = self.call.variable(&self.program, name, value.into());
        Self { call, ..self }
    }

    fn limits(self, limits: Limits) -> Self {
        Self { call: self.call.limits(limits), ..self }
    }

    fn play(&self, answers: Vec<Answer>) -> Trace {
        let mut session = Session::start(Arc::clone(&self.program), &self.call);
        play(&mut session, &self.call, &mut Script(answers.into_iter()))
    }

    fn text(&self, trace: &Trace, width: Option<usize>) -> String {
        render_text(trace, &self.program.symbols, TextStyle { color: false, width })
    }

    fn json(&self, trace: &Trace) -> String {
        let mut out = String::new();
        JsonWriter::new(&self.program.symbols).write(trace, &mut out);
        out
    }

    /// Returns the JSON with the positions of the nodes, below the folder of the project.
    fn located_json(&self, trace: &Trace) -> String {
        let mut out = String::new();
        let writer = JsonWriter::with_files(&self.program.symbols, &self.files);
        writer.write(trace, &mut out);
        out.replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
    }

    fn simulation(&self, trace: &Trace) -> String {
        let mut out = String::new();
        write_simulation(&JsonWriter::new(&self.program.symbols), trace, &mut out);
        out
    }

    /// Checks the text and JSON of a call against snapshots.
    fn check(&self, name: &str, answers: Vec<Answer>) {
        let trace = self.play(answers);
        insta::assert_snapshot!(format!("{name}.text"), self.text(&trace, Some(100)));
        insta::assert_snapshot!(format!("{name}.json"), laid_out(&self.json(&trace)));
    }
}

fn pressed(keys: &str) -> Answer {
    Answer::Input(Input::parse(keys).unwrap())
}

fn response(status: u16, output: &str, latency_ms: i64) -> Answer {
    Answer::Response(Response {
        status,
        output: Json::parse(output).unwrap(),
        latency_ms,
    })
}

fn accepted(id: &str, name: &str) -> Answer {
    Answer::Queue(QueueAnswer::Accepted { id: Some(id.into()), name: Some(name.into()) })
}

/// Formats JSON with one line for every entry of the outermost object and every item of
/// its lists.
fn laid_out(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).unwrap();
    let mut out = String::new();
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let mut wraps = Vec::new();
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        let is_quote = character == '"' && !is_escaped;
        is_escaped = character == '\\' && in_string && !is_escaped;
        in_string ^= is_quote;
        if in_string || is_quote {
            out.push(character);
            continue;
        }
        if matches!(character, '{' | '[') {
            let is_empty = matches!(characters.peek(), Some('}' | ']'));
            wraps.push(!is_empty && (depth == 0 || depth == 1 && character == '['));
            depth += 1;
        }
        let wraps_here = wraps.last() == Some(&true);
        if matches!(character, '}' | ']') {
            depth -= 1;
            wraps.pop();
            if wraps_here {
                out.push_str(&format!("\n{}", "  ".repeat(depth)));
            }
        }
        out.push(character);
        match character {
            '{' | '[' | ',' if wraps_here => {
                out.push_str(&format!("\n{}", "  ".repeat(depth)));
            }
            ',' | ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

#[test]
fn the_shared_flow() {
    let scene = Scene::new("shared-flow/flows", "Inbound_Flow_A");
    scene.check(
        "shared_flow_key_1",
        vec![pressed("1@900"), accepted("support", "Support")],
    );
    scene.check("shared_flow_key_2", vec![pressed("2")]);
    scene.check("shared_flow_silence", vec![]);
}

const FOUND: &str = r#"{"reference": "K7PQ2M", "seats": 2, "passengers": [{"name": "Ada", "age": 36}, {"name": "Bo", "age": 41}], "note": "window, if possible; vegetarian"}"#;

#[test]
fn services() {
    let scene =
        Scene::new("traces/booking.json", "Booking").context("from", "+15551230001");
    let busy = || {
        Answer::Statistics(Some(
            Json::parse(r#"{"waiting": 4, "occupancy": 0.9}"#).unwrap(),
        ))
    };
    let answers = vec![
        response(200, FOUND, 350),
        busy(),
        response(202, r#"{"accepted": true}"#, 40),
        accepted("rebooking", "Rebooking"),
    ];
    scene.check("services_answer", answers);
    scene.check("data_action_timeout", vec![response(200, FOUND, 2_500)]);
    let failed = r#"{"error": "no such table", "retry": false}"#;
    scene.check("data_action_failed", vec![response(500, failed, 120)]);
    scene.check("webhook_not_mocked", vec![response(200, FOUND, 0), busy()]);
    let answers = vec![response(200, r#"{"reference": "X", "seats": "many"}"#, 0)];
    scene.check("conversion_failed_unhandled", answers);
}

#[test]
fn contacts() {
    let scene = Scene::new("traces/contact.json", "Contact_Lookup")
        .context("from", "+15557770100")
        .variable("open", "yes");
    let ada = r#"{"id": "c-1", "name": "Ada 日本語", "email": null, "attributes": {"tier": "silver"}}"#;
    let found = Answer::Contact(Some(Json::parse(ada).unwrap()));
    scene.check("contact_found", vec![found, Answer::Queue(QueueAnswer::Unchecked)]);
    scene.check("contact_not_found", vec![Answer::Contact(None)]);
    let scene = Scene::new("traces/contact.json", "Contact_Lookup");
    scene.check("lookup_key_missing", vec![]);
}

#[test]
fn isolated_calls() {
    let scene = Scene::new("traces/isolated.json", "Main").variable("season", "high");
    let rate = |latency| response(200, r#"{"rate": 90}"#, latency);
    scene.check("isolated_call", vec![pressed("2#"), rate(200)]);
    scene.check("flow_deadline", vec![pressed("12"), rate(30_000)]);
    let limits = Limits { timeout_ms: Some(8_000), ..Limits::default() };
    scene.limits(limits).check("call_deadline", vec![pressed("123"), rate(30_000)]);
    let scene = Scene::new("traces/isolated.json", "Main");
    scene.check("error_comes_up_from_below", vec![pressed("1"), Answer::NotMocked]);
}

#[test]
fn loops_and_ends() {
    let scene = Scene::new("traces/menu.json", "Menu").variable("rounds", 3);
    scene.check(
        "caller_tries_again",
        vec![
            pressed("7"),
            Answer::Input(Input::Speech("sales".into())),
            pressed("-"),
            pressed("2"),
        ],
    );
    scene.check("caller_hangs_up", vec![pressed("7"), pressed("hangup")]);
    scene.check(
        "error_unhandled",
        vec![pressed("1"), Answer::Queue(QueueAnswer::Accepted { id: None, name: None })],
    );
    scene.check(
        "queue_not_found",
        vec![pressed("1"), Answer::Queue(QueueAnswer::NotFound)],
    );
}

#[test]
fn the_action_limit() {
    let scene = Scene::new("traces/menu.json", "Menu").variable("rounds", 1_000_000);
    let trace = scene.play(vec![pressed("2")]);
    insta::assert_snapshot!("action_limit.text", scene.text(&trace, Some(100)));
    assert_eq!(trace.steps.len(), 10_000);
    let limits = Limits { max_actions: 7, ..Limits::default() };
    scene.limits(limits).check("small_action_limit", vec![pressed("2")]);
}

#[test]
fn identical_repeated_steps_are_counted() {
    let scene = Scene::new("traces/menu.json", "Menu");
    let trace = scene.play(vec![pressed("7"); 40]);
    let text = scene.text(&trace, Some(100));
    assert!(text.contains("the same 2 steps 37 more times\n"), "{text}");
    let few = scene.text(&scene.play(vec![pressed("7"); 5]), None);
    assert_eq!(few.matches("Please try again.").count(), 5 + 3, "{few}");
}

#[test]
fn colours_emphasize_prompts() {
    let scene = Scene::new("traces/isolated.json", "Main");
    let trace = scene.play(vec![pressed("1"), Answer::NotMocked]);
    let style = TextStyle { color: true, width: Some(100) };
    let text = render_text(&trace, &scene.program.symbols, style);
    insta::assert_snapshot!("colors", text.replace('\u{1b}', "␛"));
}

#[test]
fn narrow_and_unlimited_screens() {
    let scene =
        Scene::new("traces/booking.json", "Booking").context("from", "+15551230001");
    let failed = r#"{"error": "no such table", "retry": false}"#;
    let trace = scene.play(vec![response(500, failed, 120)]);
    insta::assert_snapshot!("narrow", scene.text(&trace, Some(60)));
    insta::assert_snapshot!("very_narrow", scene.text(&trace, Some(1)));
    insta::assert_snapshot!("endless", scene.text(&trace, None));
}

#[test]
fn a_simulation_response() {
    let scene = Scene::new("shared-flow/flows", "Inbound_Flow_A");
    let silent = scene.play(vec![]);
    insta::assert_snapshot!("simulation", laid_out(&scene.simulation(&silent)));
}

/// Strings, variables and names that could control a terminal or imitate others.
#[test]
fn hostile_strings_are_escaped() {
    let scene = Scene::new("traces/contact.json", "Contact_Lookup")
        .context("from", "\u{1b}]0;owned\u{7}")
        .variable("tier", "\u{202e}dlog\r\n\u{9b}2J");
    let trace = scene.play(vec![Answer::Contact(None)]);
    insta::assert_snapshot!("hostile", scene.text(&trace, Some(100)));
}

/// The examples in the documentation are real output.
#[test]
fn the_handbook_shows_real_output() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trace.md");
    let handbook = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let scene = Scene::new("shared-flow/flows", "Inbound_Flow_A");
    let trace = scene.play(vec![pressed("1@900"), accepted("support", "Support")]);
    let silent = scene.play(vec![]);
    for example in [
        scene.text(&trace, Some(100)),
        laid_out(&scene.located_json(&trace)),
        laid_out(&scene.simulation(&silent)),
    ] {
        let block = format!("\n{}\n```\n", example.trim_end());
        assert!(
            handbook.contains(&block),
            "docs/trace.md has no such example:\n{example}"
        );
    }
}

#[test]
fn a_conversation_contains_prompts_and_inputs() {
    let scene = Scene::new("traces/menu.json", "Menu");
    let trace = scene.play(vec![Answer::Input(Input::Silence), pressed("1@800")]);
    let turns = conversation(&trace, &scene.program.symbols, 12);
    let turns: Vec<_> = { turns.iter() }
        .map(|turn| (turn.kind, turn.text.as_str(), turn.time_ms))
        .take(5)
        .collect();
    assert_eq!(
        turns,
        [
            (TurnKind::Prompt, "Press 1 for …", Some(0)),
            (TurnKind::Silence, "silence for 10 s", Some(10_000)),
            (TurnKind::Prompt, "Please try a…", Some(10_000)),
            (TurnKind::Prompt, "Press 1 for …", Some(10_000)),
            (TurnKind::Pressed, "1", Some(10_800)),
        ]
    );
}

#[test]
fn a_trace_is_available_in_parts() {
    let scene = Scene::new("traces/menu.json", "Menu");
    let trace = scene.play(vec![pressed("1@800")]);
    let told = trace_lines(&trace, &scene.program.symbols, 100);
    let first = &told.lines[0];
    assert_eq!(
        (first.step, first.level, first.time_ms, first.took_ms),
        (Some(0), 0, Some(0), 800)
    );
    assert_eq!((first.label.as_str(), first.node_type.as_str()), ("Choose", "Gather"));
    assert_eq!(
        first.pieces[0],
        (Ink::Speech, "“Press 1 for sales, 2 for service.”".into())
    );
    assert_eq!(first.pieces[1], (Ink::Caller, "caller pressed 1 after 0.8 s".into()));
    assert!(told.lines.iter().any(|line| line.level == 1), "the called flow");
    // Every step has its line, in order.
    let steps: Vec<u32> = told.lines.iter().filter_map(|line| line.step).collect();
    assert!(steps.iter().copied().eq(0..u32::try_from(trace.steps.len()).unwrap()));
}
