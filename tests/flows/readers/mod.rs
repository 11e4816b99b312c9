//! Loading and checking any file finishes soon and without a panic.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use flowsim::diagnostic::{Diagnostic, Style, render_text};
use flowsim::flow::architect::ArchitectFlow;
use flowsim::flow::check::{check, check_architect};
use flowsim::flow::read::{Loaded, config, load_text};
use flowsim::flow::write::model;
use flowsim::source::{Files, read_json};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::cpu_time::cpu_time;
use crate::laws::laws;

const ARCHY: [&str; 2] = [
    include_str!("../../../fixtures/architect/unknown_module.yaml"),
    include_str!("../../../fixtures/architect/unreachable.yaml"),
];
const CONFIG: &str = include_str!("front_desk.json");
const DRAFT: &str =
    include_str!("../../../fixtures/shared-flow/flows/shared_module.json");

/// Far more time than any small document needs, even while many tests run in parallel.
const SOON: Duration = Duration::from_secs(8);

/// Loads and checks a file, and renders its findings and its model.
fn load(path: &str, text: impl Into<String>) -> Loaded {
    let began = cpu_time();
    let mut files = Files::new();
    let file = files.add(path, text);
    let mut loaded = load_text(&file, &[], &mut files);
    loaded.diagnostics.extend(check(&loaded.flows));
    loaded.diagnostics.extend(check_architect(&loaded.architect));
    render_text(&loaded.diagnostics, &files, Style::default());
    for flow in &loaded.architect {
        model(flow);
    }
    let took = cpu_time() - began;
    assert!(took < SOON, "{path} took {took:?}");
    loaded
}

/// Returns the codes of diagnostics, without repetitions.
fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = diagnostics.iter().map(|it| it.code.name()).collect();
    codes.dedup();
    codes
}

/// Encodes JSON as an export.
fn export(json: &str) -> String {
    let everything = percent_encoding::NON_ALPHANUMERIC;
    BASE64_STANDARD
        .encode(percent_encoding::utf8_percent_encode(json, everything).to_string())
}

#[test]
fn the_original_documents_are_flows() {
    for text in ARCHY {
        assert_eq!(load("flow.yaml", text).architect.len(), 1);
    }
    for (path, text) in
        [("flow.json", CONFIG.to_owned()), ("flow.i3InboundFlow", export(CONFIG))]
    {
        let loaded = load(path, text);
        assert_eq!(codes(&loaded.diagnostics), [""; 0]);
        let [flow] = &loaded.architect[..] else { unreachable!("one flow") };
        let mut kinds = Vec::new();
        flow.each_action(&mut |_, action| kinds.push(action.kind.value.as_str()));
        assert_eq!(
            kinds,
            [
                "decision",
                "playAudio",
                "jumpToMenu",
                "disconnect",
                "menuTask",
                "menuDisconnect"
            ]
        );
    }
    assert_eq!(load("flow.json", DRAFT).flows.len(), 1);
}

/// A change of a document.
#[derive(Debug, Clone)]
enum Change {
    /// A byte is replaced.
    Byte(Index, u8),
    /// The document is cut off.
    End(Index),
    /// A line is repeated.
    Repeat(Index),
    /// Two lines are exchanged.
    Lines(Index, Index),
    /// The keys of two lines are exchanged, and their values kept.
    Keys(Index, Index),
    /// A line is replaced with a copy of another one.
    Copy(Index, Index),
    /// A fragment is inserted.
    Insert(Index, &'static str),
}

/// Fragments that have a meaning in some format.
const PIECES: &[&str] = &[
    "{{x}}", "${x}", "{", "}", "[", "]", "&a ", "*a", "- ", ": ", "\"", "'", "\\", "\n",
    "\t", "#", "|\n", "null", "~", "\u{feff}", "é", "\0", "%", "lit: ", "exp: ",
    "!!str ", "/", "../", "1e999999",
];

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    prop_oneof![
        3 => (place(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => place().prop_map(Change::End),
        2 => place().prop_map(Change::Repeat),
        3 => (place(), place()).prop_map(|(one, other)| Change::Lines(one, other)),
        3 => (place(), place()).prop_map(|(one, other)| Change::Keys(one, other)),
        2 => (place(), place()).prop_map(|(one, other)| Change::Copy(one, other)),
        3 => (place(), select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
    ]
}

fn changed(text: &str, change: &Change) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let count = lines.len();
    match change {
        _ if bytes.is_empty() => return String::new(),
        Change::Byte(at, byte) => *at.get_mut(&mut bytes) = *byte,
        Change::End(at) => bytes.truncate(at.index(bytes.len())),
        Change::Insert(at, piece) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
        Change::Repeat(at) => lines.insert(at.index(count), at.get(&lines).clone()),
        Change::Lines(one, other) => lines.swap(one.index(count), other.index(count)),
        Change::Copy(one, other) => lines[one.index(count)] = other.get(&lines).clone(),
        Change::Keys(one, other) => {
            let (one, other) = (one.index(count), other.index(count));
            if let (Some((a, x)), Some((b, y))) =
                (lines[one].split_once(':'), lines[other].split_once(':'))
            {
                let indented = |line: &str, key: &str| {
                    let text = line.trim_start();
                    format!("{}{}", &line[..line.len() - text.len()], key.trim_start())
                };
                let (first, second) = (
                    format!("{}:{x}", indented(a, b)),
                    format!("{}:{y}", indented(b, a)),
                );
                (lines[one], lines[other]) = (first, second);
            }
        }
    }
    match change {
        Change::Byte(..) | Change::End(_) | Change::Insert(..) => {
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => lines.join("\n"),
    }
}

/// One of these documents after some changes.
fn mutant(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    (select(texts), prop::collection::vec(change(), 1..8)).prop_map(|(text, changes)| {
        changes.iter().fold(text.to_owned(), |text, it| changed(&text, it))
    })
}

/// Reads any document with the reader of Architect's JSON.
fn read_config(text: &str) -> Vec<ArchitectFlow> {
    let file = Files::new().add("flow.json", text);
    let Ok(document) = read_json(&file) else { return Vec::new() };
    let mut diagnostics = Vec::new();
    let documents = std::iter::once(&document).chain(config::embedded(&document));
    documents.filter_map(|it| config::read(it, &mut diagnostics)).collect()
}

laws! {
    times 3;

    #[test]
    fn changed_archy_yaml_is_read_or_refused(text in mutant(&ARCHY)) {
        let loaded = load("flow.yaml", text);
        prop_assert!(!loaded.architect.is_empty() || !loaded.diagnostics.is_empty());
    }

    #[test]
    fn changed_architect_json_is_read_or_refused(text in mutant(&[CONFIG])) {
        let is_read = !read_config(&text).is_empty();
        let loaded = load("flow.json", text);
        prop_assert!(!loaded.diagnostics.is_empty() || is_read);
    }

    #[test]
    fn changed_exports_are_read_or_refused(
        json in mutant(&[CONFIG]),
        change in prop::option::of(change()),
    ) {
        let export = export(&json);
        let text = change.map_or(export.clone(), |it| changed(&export, &it));
        let loaded = load("flow.i3InboundFlow", text);
        prop_assert!(!loaded.architect.is_empty() || !loaded.diagnostics.is_empty());
    }

    #[test]
    fn changed_draft_flows_are_read_or_refused(text in mutant(&[DRAFT])) {
        let loaded = load("flow.json", text);
        prop_assert!(!loaded.flows.is_empty() || !loaded.diagnostics.is_empty());
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        path in select(&["flow.yaml", "flow.json", "flow.i3InboundFlow"][..]),
    ) {
        let loaded = load(path, String::from_utf8_lossy(&bytes));
        prop_assert!(!loaded.diagnostics.is_empty());
    }
}

#[test]
fn deep_nesting_is_refused_in_every_notation() {
    for depth in [200, 100_000] {
        let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let flow = format!("{{\"flowSequenceItemList\": {json}}}");
        for (path, text) in [
            ("flow.json", flow.clone()),
            ("flow.i3InboundFlow", export(&flow)),
            ("flow.yaml", format!("inboundCall:\n  tasks: {json}\n")),
            (
                "flow.yaml",
                format!("inboundCall:\n  tasks:\n    {}\n", "- ".repeat(depth)),
            ),
        ] {
            let loaded = load(path, text);
            assert!(loaded.architect.is_empty(), "{path} {depth}");
            assert_eq!(codes(&loaded.diagnostics), ["FILE_TOO_LARGE"], "{path} {depth}");
        }
    }
}

#[test]
fn a_flow_of_aliases_of_aliases_is_refused() {
    let mut text = String::from("inboundCall:\n  a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 8].join(", ");
        text.push_str(&format!("  a{level}: &a{level} [{aliases}]\n"));
    }
    let loaded = load("flow.yaml", text);
    assert!(loaded.architect.is_empty());
    assert_eq!(codes(&loaded.diagnostics), ["FILE_TOO_LARGE"]);
}

/// Concatenates `count` items, each built from its number.
fn many(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

/// Number of items with which a quadratic algorithm would take minutes.
const COUNT: usize = 10_000;

#[test]
fn large_archy_yaml_takes_linear_time() {
    let task = |number| {
        format!(
            "    - task:\n        name: T{number}\n        actions:\n          - jumpToTask:\n              \
             targetTaskRef: /inboundCall/tasks/task[T{}]\n",
            number + 1
        )
    };
    let archy = format!("inboundCall:\n  name: F\n  tasks:\n{}", many(COUNT, task));
    assert_eq!(load("tasks.yaml", archy).architect[0].units.len(), COUNT);

    let key = |number| format!("k{number}: {{lit: {number}}}, ");
    let line = format!("inboundCall: {{name: Ünïcode, {}}}", many(COUNT, key));
    assert_eq!(load("line.yaml", line).architect[0].settings.entries.len(), COUNT);

    let choice = |number| {
        format!(
            "          - menuDisconnect:\n              name: C{number}\n              dtmf: digit_1\n"
        )
    };
    let menu = format!(
        "inboundCall:\n  name: F\n  menus:\n    - menu:\n        name: M\n        choices:\n{}",
        many(COUNT, choice)
    );
    assert_eq!(load("menu.yaml", menu).architect[0].units[0].choices.len(), COUNT);
}

#[test]
fn large_architect_json_takes_linear_time() {
    let action = |number: usize| {
        format!(
            "{{\"id\":\"{number}\",\"__type\":\"CallTaskAction\",\"taskReference\":\"x{number}\",\"nextAction\":\"{}\"}},",
            number + 1
        )
    };
    let config = format!(
        "{{\"name\":\"F\",\"type\":\"inboundcall\",\"initialSequence\":\"t\",\"flowSequenceItemList\":[{{\"id\":\"t\",\
         \"__type\":\"Task\",\"startAction\":\"0\",\"actionList\":[{}{{\"id\":\"{COUNT}\",\"__type\":\"DisconnectAction\"}}]}}]}}",
        many(COUNT, action)
    );
    let loaded = load("chain.i3InboundFlow", export(&config));
    assert_eq!(loaded.architect[0].units[0].actions.len(), COUNT + 1);

    let unit = |number| {
        format!("{{\"id\":\"{number}\",\"__type\":\"Task\",\"startAction\":\"no\"}},")
    };
    let config = format!(
        "{{\"name\":\"F\",\"type\":\"inboundcall\",\"initialSequence\":\"t\",\"flowSequenceItemList\":[{}null]}}",
        many(COUNT, unit)
    );
    assert!(load("units.json", config).architect[0].units.len() >= COUNT);
}
