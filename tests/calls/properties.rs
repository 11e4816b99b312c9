//! Properties of every flow, every call and every string, tested with random ones.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Limits, Session, play};
use flowsim::expr::draft::{
    Comparator, Condition, Operand, Part, Reference, Template, parse_condition,
    parse_template,
};
use flowsim::flow::{EndType, read};
use flowsim::program::{Program, StepAction};
use flowsim::source::{Files, Span, read_json, read_yaml};
use flowsim::trace::{EventKind, JsonWriter, PathTaken, Status, Trace, write_simulation};
use flowsim::value::{Number, Text, Value as Typed};
use flowsim::world::{FixtureHost, Fixtures, Host, Input};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::laws::laws;

const NODES: usize = 6;

/// The id of a node, or an id that no flow has.
fn target() -> impl Strategy<Value = String> {
    (0..=NODES).prop_map(|index| format!("N{index}"))
}

fn text() -> impl Strategy<Value = String> {
    const POOL: &[&str] = &[
        "plain",
        "",
        "{v0}",
        "{v1}{v2}",
        "a {v0} b",
        "{N0.digits}",
        "{N1.contact.name}",
        "{N2.n}",
        "{v1.a.0}",
        "{from}",
        "{missing}",
        "\\{v0} {",
        "{'odd name'.x}",
        "1",
        "0.50",
        "true",
    ];
    select(POOL).prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (text(), text()).prop_map(|(one, two)| json!({"a": [one, two], "b": null})),
        1 => Just(Value::Null),
    ]
}

fn operand() -> impl Strategy<Value = String> {
    const POOL: &[&str] = &[
        "{v0}",
        "{v1}",
        "{v1.a}",
        "{N0.digits}",
        "{N2.n}",
        "{missing}",
        "'1'",
        "1",
        "2.5",
        "true",
        "null",
        "''",
        "(1 == 1)",
    ];
    select(POOL).prop_map(str::to_owned)
}

fn expression() -> impl Strategy<Value = String> {
    let comparison = (operand(), select(&Comparator::ALL[..]), operand()).prop_map(
        |(left, comparator, right)| format!("{left} {} {right}", comparator.symbol()),
    );
    let leaf = prop_oneof![4 => comparison, 1 => operand()];
    leaf.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), select(&["and", "or", "&&", "||"][..]), inner, any::<bool>())
            .prop_map(|(left, joint, right, negated)| {
                let not = if negated { "not " } else { "" };
                format!("{not}({left}) {joint} {right}")
            })
    })
}

fn seconds() -> impl Strategy<Value = Value> {
    select(&[0.0, 0.5, 1.0, 4.0, 30.0][..]).prop_map(Value::from)
}

fn assignment() -> impl Strategy<Value = Value> {
    const TYPES: &[&str] =
        &["string", "integer", "decimal", "number", "boolean", "json", "increment"];
    (0..4_usize, select(TYPES), value())
        .prop_map(|(name, kind, value)| json!({"key": format!("v{name}"), "value": {"type": kind, "value": value}}))
}

fn gather_properties() -> impl Strategy<Value = Value> {
    (1..4_u32, 0..3_u32, seconds(), seconds(), select(&["", "123", "0*#"][..]), any::<bool>(), text()).prop_map(
        |(most, least, timeout, between, valid, terminated, prompt)| {
            json!({"maxDigits": most, "minDigits": least.min(most), "timeoutSeconds": timeout,
                "interDigitTimeoutSeconds": between, "validDigits": valid, "promptText": prompt,
                "terminatingKey": if terminated { "#" } else { "" }})
        },
    )
}

fn call_properties() -> impl Strategy<Value = Value> {
    let id = select(&["f0", "f1", "f2", "nobody"][..]);
    let name = prop::option::weighted(0.2, Just("Flow 1"));
    let inputs = prop::option::of(value().prop_map(|value| json!({"v0": value})));
    let outputs = prop::option::of(Just(json!({"v1": "v0", "v2": "v3"})));
    (id, name, prop::option::of(seconds()), inputs, outputs).prop_map(
        |(id, name, timeout, inputs, outputs)| {
            json!({"flowId": id, "flowName": name, "timeoutSeconds": timeout, "inputs": inputs,
                "outputs": outputs})
        },
    )
}

fn service_properties() -> impl Strategy<Value = Value> {
    (select(&["a", "b", "c"][..]), value(), prop::option::of(seconds()))
        .prop_map(|(id, value, timeout)| json!({"actionId": id, "webhookId": id, "queueId": id, "inputs": {"x": value.clone()},
            "body": {"x": value}, "timeoutSeconds": timeout}))
}

fn action() -> impl Strategy<Value = (&'static str, Value)> {
    let decide = prop::collection::vec((expression(), target()), 0..3).prop_flat_map(
        |conditions| {
            let items: Vec<Value> = conditions
            .into_iter()
            .map(|(expression, next)| json!({"expression": expression, "nextNode": next}))
            .collect();
            target().prop_map(
                move |next| json!({"conditions": items, "defaultNextNode": next}),
            )
        },
    );
    let set = prop::collection::vec(assignment(), 0..4)
        .prop_map(|items| json!({"setVars": items}));
    let queue = select(&["a", "b", "", "{v1}", "elsewhere"][..]);
    let route = (queue, prop::collection::vec(text(), 0..2)).prop_map(|(queue, skills)| {
        json!({"queueId": queue, "queueName": "a", "skillRequirements": skills})
    });
    let contact =
        (select(&["from", "v0", "N0.digits"][..]), select(&["null", "error"][..]))
            .prop_map(|(key, missing)| json!({"lookupKey": key, "onNotFound": missing}));
    let end = select(&["normal", "normal", "error", "disconnect"][..])
        .prop_map(|kind| json!({"endType": kind}));
    prop_oneof![
        text().prop_map(|text| ("Say", json!({"sayText": text}))),
        gather_properties().prop_map(|properties| ("Gather", properties)),
        set.prop_map(|properties| ("Set", properties)),
        decide.prop_map(|properties| ("If", properties)),
        call_properties().prop_map(|properties| ("Flow", properties)),
        route.prop_map(|properties| ("Route", properties)),
        contact.prop_map(|properties| ("GetExternalContactAction", properties)),
        service_properties().prop_map(|properties| ("DataAction", properties)),
        service_properties().prop_map(|properties| ("Webhook", properties)),
        service_properties().prop_map(|properties| ("GetQueueStats", properties)),
        end.prop_map(|properties| ("End", properties)),
    ]
}

fn node() -> impl Strategy<Value = Value> {
    (action(), prop::option::weighted(0.9, target()), prop::option::weighted(0.6, target())).prop_map(
        |((kind, properties), next, error)| {
            json!({"type": kind, "properties": properties, "onComplete": {"nextNode": next},
                "onError": {"nextNode": error}})
        },
    )
}

/// A document of three flows that may call each other.
fn document() -> impl Strategy<Value = String> {
    let flow = || prop::collection::vec(node(), NODES);
    let flows = [flow(), flow(), flow()];
    (flows, prop::bool::weighted(0.8)).prop_map(|(flows, is_published)| {
        let flows = flows.into_iter().enumerate().map(|(index, nodes)| {
            let ids = nodes.into_iter().enumerate();
            let nodes: serde_json::Map<String, Value> =
                ids.map(|(index, node)| (format!("N{index}"), node)).collect();
            json!({"id": format!("f{index}"), "name": format!("Flow {index}"), "type": "inbound", "published": index < 2 || is_published,
                "draft": {"startNode": "N0", "nodes": nodes}})
        });
        json!({"flows": flows.collect::<Vec<_>>()}).to_string()
    })
}

fn fixtures() -> impl Strategy<Value = String> {
    let answers = prop::collection::vec(
        (select(&[200, 404, 500][..]), 0..9_000_u32, any::<u8>()),
        1..3,
    );
    let queues =
        select(&["", "queues: [{id: a, agents: [{skills: [plain]}]}, {id: b}]"][..]);
    let contacts = select(
        &["", "contacts: [{id: '1', name: Ada, phone: '+15557770100'}, {id: plain}]"][..],
    );
    (answers, queues, contacts).prop_map(|(answers, queues, contacts)| {
        let answers: Vec<String> = answers
            .into_iter()
            .map(|(status, latency, n)| format!("{{status: {status}, latencyMs: {latency}, output: {{n: {n}}}}}"))
            .collect();
        let answers = answers.join(", ");
        format!("dataActions: {{a: [{answers}]}}\nwebhooks: {{a: [{answers}]}}\n{queues}\n{contacts}\n")
    })
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        6 => "[0-9*#A-D]{1,4}".prop_map(|keys| Input::Keys(keys.into())),
        2 => Just(Input::Silence),
        3 => ("[0-9#]", 0..6_000_u32, "[0-9#]", 0..6_000_u32)
            .prop_map(|(one, after, two, then)| Input::parse(&format!("{one}@{after},{two}@{then}")).expect("timed keys")),
        1 => Just(Input::Speech("an agent".into())),
        1 => Just(Input::HangUp),
    ]
}

/// Everything that a call depends on.
#[derive(Debug, Clone)]
struct Case {
    flows: String,
    fixtures: String,
    inputs: Vec<Input>,
    timeout_ms: Option<i64>,
}

fn case() -> impl Strategy<Value = Case> {
    let timeout = prop::option::weighted(0.3, 0..40_000_i64);
    (document(), fixtures(), prop::collection::vec(input(), 0..8), timeout).prop_map(
        |(flows, fixtures, inputs, timeout_ms)| Case {
            flows,
            fixtures,
            inputs,
            timeout_ms,
        },
    )
}

const MAX_ACTIONS: u32 = 120;
const MAX_DEPTH: u16 = 4;

fn compile(flows: &str) -> Arc<Program> {
    let file = Files::new().add("flows.json", flows);
    let flows = read::read(&read_json(&file).expect("JSON"), &mut Vec::new());
    Arc::new(Program::compile(&flows))
}

fn call_of(case: &Case, program: &Program) -> Call {
    let limits = Limits {
        max_actions: MAX_ACTIONS,
        max_depth: MAX_DEPTH,
        timeout_ms: case.timeout_ms,
    };
    Call::new(program.flow("f0").expect("a flow"))
        .limits(limits)
        .context(program, "from", Typed::from("+15557770100"))
        .variable(program, "v1", Typed::from("1"))
}

fn world_of(case: &Case) -> Fixtures {
    let file = Files::new().add("fixtures.yaml", case.fixtures.as_str());
    let (fixtures, diagnostics) =
        Fixtures::read(&read_yaml(&file).expect("YAML"), Path::new(""));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    fixtures
}

fn json_of(program: &Program, trace: &Trace) -> (String, String) {
    let writer = JsonWriter::new(&program.symbols);
    let (mut text, mut simulation) = (String::new(), String::new());
    writer.write(trace, &mut text);
    write_simulation(&writer, trace, &mut simulation);
    (text, simulation)
}

/// Runs a session to its end.
fn finish(mut session: Session, mut host: FixtureHost<'_>) -> Trace {
    while let Some(question) = session.question() {
        let answer = host.answer(&question);
        session.resume(answer);
    }
    session.take_trace().expect("the call is over")
}

fn check_trace(case: &Case, program: &Program, trace: &Trace) {
    assert!(trace.actions as usize >= trace.steps.len());
    assert!(
        trace.actions <= MAX_ACTIONS + 1 && trace.steps.len() <= MAX_ACTIONS as usize
    );
    assert_eq!(trace.status == Status::Completed, trace.failure.is_none());
    assert_eq!(trace.failure.is_none(), trace.failed_at.is_none());
    if let Some(limit) = case.timeout_ms {
        assert!(trace.elapsed_ms <= limit);
    }
    let mut clock = 0;
    for step in &trace.steps {
        assert!(
            clock <= step.start_ms
                && step.start_ms <= step.end_ms
                && step.end_ms <= trace.elapsed_ms
        );
        assert!(step.depth <= MAX_DEPTH);
        clock = step.start_ms;
    }
    for (index, pair) in trace.steps.windows(2).enumerate() {
        check_pair(program, trace, index, &pair[0], &pair[1]);
    }
    assert!(trace.events.iter().all(|event| (event.step as usize) < trace.steps.len()));
}

/// Each step is followed by the step that it names.
fn check_pair(
    program: &Program,
    trace: &Trace,
    index: usize,
    step: &flowsim::trace::Step,
    follower: &flowsim::trace::Step,
) {
    let compiled = &program.steps[step.node.index()];
    if matches!(compiled.action, StepAction::CallFlow(_)) && follower.depth > step.depth {
        assert_eq!(follower.depth, step.depth + 1);
        return;
    }
    match step.next {
        Some(next) if step.path != PathTaken::None => {
            // A call to a flow without a start node returns immediately.
            assert_eq!(follower.node, next);
            assert_eq!(follower.depth, step.depth);
        }
        // The flow was left: by its end, an error, or a deadline.
        _ => assert!(follower.depth < step.depth),
    }
    let ended = trace
        .events_of(index)
        .any(|fact| matches!(fact, EventKind::Ended(EndType::Disconnect)));
    assert!(!ended, "nothing follows a disconnect");
}

laws! {
    times 2;

    #[test]
    fn every_call_ends_within_its_limits_and_is_deterministic(case in case()) {
        let (program, fixtures) = (compile(&case.flows), world_of(&case));
        let call = call_of(&case, &program);
        let mut host = FixtureHost::new(&fixtures, &case.inputs);
        let mut session = Session::start(Arc::clone(&program), &call);
        let first = play(&mut session, &call, &mut host);
        check_trace(&case, &program, &first);
        host.restart(&case.inputs);
        prop_assert_eq!(&play(&mut session, &call, &mut host), &first);

        let again = compile(&case.flows);
        let new = finish(Session::start(Arc::clone(&again), &call_of(&case, &again)), FixtureHost::new(&fixtures, &case.inputs));
        prop_assert_eq!(json_of(&again, &new), json_of(&program, &first));
    }

    #[test]
    fn a_trace_is_json_whose_results_are_objects(case in case()) {
        let (program, fixtures) = (compile(&case.flows), world_of(&case));
        let session = Session::start(Arc::clone(&program), &call_of(&case, &program));
        let trace = finish(session, FixtureHost::new(&fixtures, &case.inputs));
        let (text, simulation) = json_of(&program, &trace);
        for (text, key) in [(text, "steps"), (simulation, "trace")] {
            let json: Value = serde_json::from_str(&text).unwrap();
            let steps = json[key].as_array().unwrap();
            prop_assert_eq!(steps.len(), trace.steps.len());
            prop_assert!(steps.iter().all(|step| step["result"].is_object()));
        }
    }

    #[test]
    fn a_session_cloned_at_any_question_continues_like_the_original(case in case()) {
        let (program, fixtures) = (compile(&case.flows), world_of(&case));
        let mut session = Session::start(Arc::clone(&program), &call_of(&case, &program));
        let mut host = FixtureHost::new(&fixtures, &case.inputs);
        let mut forks = Vec::new();
        while session.question().is_some() {
            let (mut copy, mut its_host) = (session.clone(), host.clone());
            prop_assert!(copy == session);
            let answer = host.answer(&session.question().unwrap());
            session.resume(answer);
            let answer = its_host.answer(&copy.question().unwrap());
            copy.resume(answer);
            prop_assert!(copy == session);
            forks.push((copy, its_host));
        }
        let trace = session.take_trace().unwrap();
        for (fork, its_host) in forks {
            prop_assert_eq!(&finish(fork, its_host), &trace);
        }
    }
}

/// A property that is tested only with calls of one kind means little.
#[test]
fn random_calls_cause_every_error_of_a_run() {
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    let known = "ACTION_LIMIT_EXCEEDED CALLER_HUNG_UP CONTACT_NOT_FOUND DATA_ACTION_FAILED \
        DATA_ACTION_NOT_MOCKED DATA_ACTION_TIMEOUT EXPRESSION_ERROR FLOW_AMBIGUOUS FLOW_DEPTH_EXCEEDED \
        FLOW_ENDED_IN_ERROR FLOW_NOT_FOUND FLOW_NOT_PUBLISHED FLOW_TIMEOUT INTER_DIGIT_TIMEOUT LOOKUP_KEY_MISSING \
        NO_INPUT NO_MATCH QUEUE_NOT_FOUND SIMULATION_TIMEOUT SKILL_MISMATCH WEBHOOK_FAILED \
        WEBHOOK_NOT_MOCKED WEBHOOK_TIMEOUT";
    let count = known.split(' ').count();
    for _ in 0..12 * ProptestConfig::default().cases {
        if met.len() >= count {
            break;
        }
        let case = case().new_tree(&mut runner).unwrap().current();
        let (program, fixtures) = (compile(&case.flows), world_of(&case));
        let session = Session::start(Arc::clone(&program), &call_of(&case, &program));
        let trace = finish(session, FixtureHost::new(&fixtures, &case.inputs));
        let of_steps = trace.events.iter().filter_map(|event| match &event.kind {
            EventKind::Failed(failure) => Some(failure.code.name()),
            _ => None,
        });
        met.extend(of_steps);
        met.extend(trace.failure.iter().map(|failure| failure.code.name()));
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>().join(" "), known);
}

// Templates and conditions: the printed form parses to the same tree.

fn span() -> Span {
    Files::new().add("a.json", "").span()
}

fn name() -> impl Strategy<Value = Text> {
    prop_oneof![
        4 => "[A-Za-z_][A-Za-z0-9_-]{0,6}",
        1 => "[ -~\n\t\r\\\\'{}.é😀]{0,6}",
    ]
    .prop_map(Text::from)
}

fn reference() -> impl Strategy<Value = Reference> {
    prop::collection::vec(name(), 1..4)
        .prop_map(|segments| Reference { segments, span: span() })
}

fn any_text() -> impl Strategy<Value = Text> {
    prop_oneof![3 => "[a-z {}\\\\'\".]{0,8}", 1 => "\\PC{0,8}", 1 => "[\n\t\r\u{0}-\u{1f}]{0,3}"].prop_map(Text::from)
}

fn template() -> impl Strategy<Value = Template<Reference>> {
    let part = prop_oneof![
        any_text().prop_map(Part::Text),
        reference().prop_map(Part::Reference)
    ];
    prop::collection::vec(part, 0..5).prop_map(normal)
}

/// Returns the form that the parser produces: adjacent strings joined, none of them
/// empty, in the simplest form of three.
fn normal(parts: Vec<Part<Reference>>) -> Template<Reference> {
    let mut joined: Vec<Part<Reference>> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
            (_, Part::Text(text)) if text.is_empty() => {}
            (_, part) => joined.push(part),
        }
    }
    match joined.as_slice() {
        [] => Template::Text(Text::new()),
        [Part::Text(text)] => Template::Text(text.clone()),
        [Part::Reference(reference)] => Template::Whole(reference.clone()),
        _ => Template::Mixed(joined.into()),
    }
}

fn literal() -> impl Strategy<Value = Operand<Reference>> {
    prop_oneof![
        reference().prop_map(Operand::Reference),
        any_text().prop_map(|text| Operand::Literal(Typed::String(text))),
        any::<i64>().prop_map(|number| Operand::Literal(Typed::Integer(number))),
        "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,12}".prop_map(|text| {
            let number = Number::parse_json(&text).expect("a number");
            Operand::Literal(Typed::Decimal(number.to_decimal()))
        }),
        any::<bool>().prop_map(|value| Operand::Literal(Typed::Boolean(value))),
        Just(Operand::Null),
    ]
}

fn condition() -> impl Strategy<Value = Condition<Reference>> {
    let comparator = || select(&Comparator::ALL[..]);
    let leaf = prop_oneof![
        (comparator(), literal(), literal())
            .prop_map(|(c, left, right)| Condition::Compare(c, left, right)),
        literal().prop_map(Condition::Holds),
    ];
    leaf.prop_recursive(5, 24, 3, move |inner| {
        let members = || prop::collection::vec(inner.clone(), 2..4);
        let group =
            inner.clone().prop_map(|condition| Operand::Group(Box::new(condition)));
        prop_oneof![
            members().prop_map(|members| Condition::Any(members.into())),
            members().prop_map(|members| Condition::All(members.into())),
            inner.clone().prop_map(|condition| Condition::Not(Box::new(condition))),
            (select(&Comparator::ALL[..]), group, literal())
                .prop_map(|(c, left, right)| Condition::Compare(c, left, right)),
        ]
    })
}

/// Fragments of conditions and templates.
const PIECES: &[&str] = &[
    "{",
    "}",
    "{a}",
    "{a.b}",
    "{'x y'.c}",
    "'",
    "\"",
    "'text'",
    "\\",
    "\\{",
    "(",
    ")",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    "!",
    "not",
    "not ",
    "and",
    " and ",
    "or",
    "||",
    "&&",
    "contains",
    "startswith ",
    "endswith",
    " ",
    "1",
    "-",
    "2.50",
    "007",
    "99999999999999999999",
    "true",
    "FALSE",
    "null",
    "a",
    ".",
    ",",
    "é",
    "\n",
    "=",
    "&",
];

/// Fragments in any order.
fn fragments() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat())
}

laws! {
    times 8;

    #[test]
    fn a_printed_template_parses_to_the_same(template in template()) {
        let text = template.to_string();
        prop_assert_eq!(parse_template(&text, span()), Ok(template), "{}", text);
    }

    #[test]
    fn a_printed_condition_parses_to_the_same(condition in condition()) {
        let text = condition.to_string();
        prop_assert_eq!(parse_condition(&text, span()), Ok(condition), "{}", text);
    }

    #[test]
    fn printing_and_parsing_preserve_every_condition(text in prop_oneof![fragments(), expression()]) {
        if let Ok(template) = parse_template(&text, span()) {
            prop_assert_eq!(parse_template(&template.to_string(), span()), Ok(template));
        }
        if let Ok(condition) = parse_condition(&text, span()) {
            prop_assert_eq!(parse_condition(&condition.to_string(), span()), Ok(condition));
        }
    }

    #[test]
    fn no_input_makes_a_parser_panic(text in prop_oneof!["\\PC{0,40}", "[(){}'\"!= ]{0,40}"]) {
        let _ = (parse_template(&text, span()), parse_condition(&text, span()));
    }
}
