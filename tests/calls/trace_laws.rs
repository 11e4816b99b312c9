//! Properties of every trace, whatever it contains.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use flowsim::diagnostic::Code;
use flowsim::flow::{
    EndType, FlowId, FlowLabel, NodeId, NodeLabel, ReferenceId, SymbolTable, TextId,
    VariableId,
};
use flowsim::source::{Files, Kind, Node, read_json};
use flowsim::trace::{
    Connection, Event, EventKind, Failure, JsonWriter, PathTaken, Phrase, Request,
    Routing, Status, Step, Subject, TextStyle, Trace, execution, render_text,
    write_simulation,
};
use flowsim::value::{
    Collection, Currency, DateTime, Decimal, Duration, Json, Kind as ValueKind, Text,
    Value,
};
use indexmap::IndexMap;
use proptest::prelude::*;

/// Number of nodes, variables, strings and references in the symbol table.
const NAMES: u32 = 5;

/// Builds a symbol table of two flows with these names and strings.
fn symbol_table(names: &[String]) -> SymbolTable {
    let name = |index: usize| Text::from(names[index % names.len()].as_str());
    let flow = |index: usize| FlowLabel {
        id: name(index),
        name: name(index + 1),
        flow_type: name(index + 2),
        version: (index > 0).then(|| name(index)),
    };
    let span = Files::new().add("flow.json", "").span();
    let node = |index: usize| NodeLabel {
        flow: FlowId::new(index % 2),
        id: name(index),
        name: name(index / 2),
        node_type: name(index + 3),
        span,
        conditions: vec![name(index); index],
        outputs: vec![name(index); index],
        output_keys: Vec::new(),
        key: None,
        tracking_id: None,
    };
    // Variables and references have unique names, as in every program.
    let own = |index: usize| Text::from(format!("{index}{}", name(index)));
    let count = NAMES as usize;
    SymbolTable {
        flows: (0..2).map(flow).collect(),
        nodes: (0..count).map(node).collect(),
        variables: (0..count).map(own).collect(),
        variable_keys: IndexMap::default(),
        strings: (0..count).map(name).collect(),
        references: (0..count).map(own).collect(),
    }
}

/// Strings with everything that is difficult for JSON and terminals.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,12}",
        "[a-z\"\\\\\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{202e}日é😀\u{301}]{0,12}",
        "[a-z ,]{90,200}",
        any::<String>(),
        Just("error".to_owned()),
        Just("variables".to_owned()),
    ]
}

fn short() -> impl Strategy<Value = Text> {
    text().prop_map(Text::from)
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Boolean),
        any::<i64>().prop_map(Json::Integer),
        Just(Json::Decimal(Decimal::parse("-12.50").unwrap())),
        short().prop_map(Json::String),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| Json::Array(items.into())),
            prop::collection::vec((short(), inner), 0..4).prop_map(Json::object),
        ]
    })
}

fn value() -> impl Strategy<Value = Value> {
    let currency =
        Currency { amount: Decimal::parse("4.5"), code: Some("U\u{1b}D".into()) };
    let items = vec![Value::from(1), Value::NOT_SET, Value::from("a\u{7}")];
    let collection = Collection { kind: ValueKind::Any, items };
    prop_oneof![
        Just(Value::NOT_SET),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::Integer),
        Just(Value::Decimal(Decimal::parse("1e30").unwrap())),
        short().prop_map(Value::String),
        Just(Value::DateTime(DateTime::MAX)),
        Just(Value::Duration(Duration::MAX)),
        json().prop_map(Value::Json),
        Just(Value::Currency(currency.into())),
        Just(Value::Collection(collection.into())),
    ]
}

fn code() -> impl Strategy<Value = Code> {
    prop::sample::select(Code::all().collect::<Vec<_>>())
}

fn failure() -> impl Strategy<Value = Box<Failure>> {
    (code(), short()).prop_map(|(code, message)| Failure::new(code, message))
}

fn phrase() -> impl Strategy<Value = Phrase> {
    prop_oneof![
        (0..NAMES).prop_map(|id| Phrase::Constant(TextId(id))),
        short().prop_map(Phrase::Made),
    ]
}

fn connection() -> impl Strategy<Value = Box<Connection>> {
    (0..i64::MAX, prop::option::of(short()))
        .prop_map(|(waited_ms, agent)| Box::new(Connection { waited_ms, agent }))
}

fn routing() -> impl Strategy<Value = Box<Routing>> {
    let phrase = || prop::option::of(phrase());
    let skills = prop::collection::vec(short(), 0..3);
    (phrase(), phrase(), skills, any::<Option<i64>>()).prop_map(
        |(queue_id, queue_name, skills, priority)| {
            Box::new(Routing { queue_id, queue_name, skills, priority })
        },
    )
}

fn asked() -> impl Strategy<Value = Box<Request>> {
    let subject = prop::sample::select(vec![
        Subject::Contact,
        Subject::DataAction,
        Subject::QueueStatistics,
        Subject::Webhook,
    ]);
    (subject, short(), json())
        .prop_map(|(subject, name, inputs)| Box::new(Request { subject, name, inputs }))
}

fn fact() -> impl Strategy<Value = EventKind> {
    let end =
        prop::sample::select(vec![EndType::Normal, EndType::Error, EndType::Disconnect]);
    prop_oneof![
        phrase().prop_map(EventKind::Prompted),
        short().prop_map(EventKind::CallerInput),
        short().prop_map(EventKind::Collected),
        (0..NAMES, value())
            .prop_map(|(id, value)| EventKind::Assigned(VariableId(id), value)),
        (0..NAMES, value())
            .prop_map(|(id, value)| EventKind::Read(ReferenceId(id), value)),
        asked().prop_map(EventKind::Requested),
        json().prop_map(EventKind::Answered),
        routing().prop_map(EventKind::Routed),
        connection().prop_map(EventKind::Connected),
        end.prop_map(EventKind::Ended),
        failure().prop_map(EventKind::Failed),
        (0..NAMES).prop_map(|id| EventKind::Missing(ReferenceId(id))),
        code().prop_map(EventKind::Noted),
        Just(EventKind::TimedOut),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let path = prop_oneof![
        Just(PathTaken::None),
        Just(PathTaken::Next),
        Just(PathTaken::Error),
        (0_u16..4).prop_map(PathTaken::Condition),
        Just(PathTaken::Default),
    ];
    let next = prop::option::of((0..NAMES).prop_map(NodeId));
    (0..NAMES, 0_u16..12, path, next, 0_i64..10_000_000, 0_i64..100_000).prop_map(
        |(node, depth, path, next, start_ms, took)| Step {
            node: NodeId(node),
            depth,
            path,
            next,
            start_ms,
            end_ms: start_ms + took,
        },
    )
}

prop_compose! {
    fn trace()(
        status in prop::sample::select(vec![Status::Completed, Status::Error, Status::Timeout]),
        failure in prop::option::of(failure()),
        failed_at in prop::option::of((0..NAMES).prop_map(NodeId)),
        elapsed_ms in 0_i64..100_000_000,
        actions in any::<u32>(),
        steps in prop::collection::vec(step(), 0..8),
        events in prop::collection::vec((0_u32..8, fact()), 0..24),
        variable in value(),
        other in ("[A-Z]{1,9}", value()),
    ) -> Trace {
        Trace {
            flow: FlowId(0),
            status,
            failure,
            failed_at,
            start: DateTime::MIN,
            elapsed_ms,
            actions,
            steps,
            events: events.into_iter().map(|(step, kind)| Event { step, kind }).collect(),
            variables: vec![(VariableId(1), variable)],
            built_ins: Vec::new(),
            other_variables: vec![(other.0.into(), other.1)],
        }
    }
}

fn symbol_tables() -> impl Strategy<Value = SymbolTable> {
    prop::collection::vec(text(), 1..6).prop_map(|names| symbol_table(&names))
}

/// Fails if the text is not JSON or an object has a duplicate key.
fn check_json(text: &str) {
    serde_json::from_str::<serde_json::Value>(text).unwrap();
    let file = Files::new().add("trace.json", text);
    check_keys(&read_json(&file).unwrap());
}

fn check_keys(node: &Node<'_>) {
    let entries = node.entries();
    for (index, entry) in entries.iter().enumerate() {
        let is_new = entries[..index].iter().all(|before| before.key != entry.key);
        assert!(is_new, "`{}` comes twice", entry.key);
        check_keys(&entry.value);
    }
    if let Kind::Array(items) = &node.kind {
        items.iter().for_each(check_keys);
    }
}

fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

proptest! {
    #[test]
    fn traces_are_json_without_duplicate_keys(trace in trace(), symbols in symbol_tables()) {
        let writer = JsonWriter::new(&symbols);
        let (mut own, mut simulation) = (String::new(), String::new());
        writer.write(&trace, &mut own);
        write_simulation(&writer, &trace, &mut simulation);
        check_json(&own);
        check_json(&simulation);
        let begins = own.starts_with("{\"schema\":\"flowsim.trace/1\",");
        prop_assert!(begins, "the schema comes first");
        prop_assert!(!own.contains('\n') && !simulation.contains('\n'));
    }

    #[test]
    fn execution_documents_are_read_back_unchanged(trace in trace(), symbols in symbol_tables()) {
        let text = execution::of_trace(&trace, &symbols).to_text();
        check_json(&text);
        let mut diagnostics = Vec::new();
        let file = Files::new().add("run.json", text.as_str());
        let read = execution::read(&read_json(&file).unwrap(), &mut diagnostics).unwrap();
        prop_assert_eq!(diagnostics, []);
        prop_assert_eq!(read.to_text(), text);
    }

    #[test]
    fn rendered_traces_fit_the_screen_and_cannot_control_it(
        trace in trace(),
        symbols in symbol_tables(),
        columns in 80_usize..200,
    ) {
        let style = TextStyle { color: false, width: Some(columns) };
        let text = render_text(&trace, &symbols, style);
        for line in text.lines() {
            let is_harmless = line.chars().all(|c| !c.is_control() && !matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}'));
            prop_assert!(is_harmless, "{line:?}");
            prop_assert!(width(line) <= columns, "{} columns of {columns}: {line}", width(line));
            prop_assert!(!line.ends_with(' '), "{line:?}");
        }
    }

    #[test]
    fn colours_do_not_change_the_text(trace in trace(), symbols in symbol_tables(), columns in prop::option::of(30_usize..120)) {
        let plain = render_text(&trace, &symbols, TextStyle { color: false, width: columns });
        let colored = render_text(&trace, &symbols, TextStyle { color: true, width: columns });
        let stripped = anstream::adapter::strip_str(&colored).to_string();
        prop_assert_eq!(stripped, plain);
    }

    #[test]
    fn an_unlimited_line_is_not_wrapped(trace in trace(), symbols in symbol_tables()) {
        let text = render_text(&trace, &symbols, TextStyle::default());
        let steps = text.lines().filter(|line| line.contains('.')).count();
        prop_assert!(steps >= trace.steps.len());
        for event in trace.events.iter().filter(|event| (event.step as usize) < trace.steps.len()) {
            if let EventKind::Failed(failure) = &event.kind {
                prop_assert!(text.contains(failure.code.name()));
            }
        }
    }
}
