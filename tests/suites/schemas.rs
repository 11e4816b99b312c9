//! The schemas that `flowsim schema` prints match the documents that flowsim reads and
//! prints, key by key.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::yaml_blocks::yaml_blocks;
use flowsim::diagnostic::{Diagnostic, Severity};
use flowsim::engine::Request;
use flowsim::flow::read::json;
use flowsim::recording::Recording;
use flowsim::source::{Files, read_document, read_yaml};
use flowsim::suite;
use flowsim::world::Fixtures;
use jsonschema::Validator;
use serde_json::Value;

/// A key that does not exist anywhere.
const UNKNOWN: &str = "qqqqqqqqqq";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn flowsim(arguments: &str) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let arguments = arguments.split(' ').map(|it| it.replace("%20", " "));
    command.current_dir(root()).args(arguments).output().unwrap().stdout
}

fn schema(document: &str) -> Value {
    serde_json::from_slice(&flowsim(&format!("schema {document}"))).unwrap()
}

/// Returns the validators of the documents that flowsim reads.
fn validators() -> BTreeMap<Reader, Validator> {
    let readers = Reader::ALL;
    readers.map(|reader| (reader, validator(&reader.schema()))).into()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::validator_for(schema).unwrap()
}

fn errors_of(validator: &Validator, value: &Value) -> Vec<String> {
    let told = |error: jsonschema::ValidationError<'_>| {
        format!("{}: {error}", error.instance_path())
    };
    validator.iter_errors(value).map(told).collect()
}

/// Parses a document as JSON.
fn value(text: &str) -> Value {
    let mut files = Files::new();
    let file = files.add("document.yaml", text);
    let node = read_yaml(&file).unwrap();
    serde_json::from_str(&json(&node).to_string()).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    Scenario,
    Fixtures,
    Request,
    Recording,
}

impl Reader {
    const ALL: [Self; 4] =
        [Self::Scenario, Self::Fixtures, Self::Request, Self::Recording];

    fn schema(self) -> Value {
        schema(match self {
            Self::Scenario => "scenario",
            Self::Fixtures => "fixtures",
            Self::Request => "request",
            Self::Recording => "recording",
        })
    }

    /// Returns the findings of flowsim about a document.
    fn read(self, text: &str) -> Vec<Diagnostic> {
        let mut files = Files::new();
        let file = files.add("document.yaml", text);
        let node = read_yaml(&file).unwrap();
        match self {
            Self::Scenario => {
                suite::read(&node, Path::new("document.yaml"), &Default::default()).1
            }
            Self::Fixtures => Fixtures::read(&node, Path::new("")).1,
            Self::Request => Request::read(&node).err().unwrap_or_default(),
            Self::Recording => Recording::read(&node).1,
        }
    }

    /// Returns everything that flowsim knows of a document after reading it.
    fn content(self, text: &str) -> String {
        let mut files = Files::new();
        let file = files.add("document.yaml", text);
        let node = read_yaml(&file).unwrap();
        match self {
            Self::Scenario => {
                format!(
                    "{:?}",
                    suite::read(&node, Path::new("document.yaml"), &Default::default())
                )
            }
            Self::Fixtures => format!("{:?}", Fixtures::read(&node, Path::new(""))),
            Self::Request => format!("{:?}", Request::read(&node)),
            Self::Recording => format!("{:?}", Recording::read(&node)),
        }
    }

    fn errors(self, text: &str) -> Vec<String> {
        let diagnostics = self.read(text).into_iter();
        let errors = diagnostics.filter(|it| it.severity == Severity::Error);
        errors.map(|it| it.message).collect()
    }
}

#[test]
fn schemas_are_valid_schemas() {
    for name in [
        "scenario",
        "fixtures",
        "request",
        "call",
        "recording",
        "trace",
        "findings",
        "run",
        "coverage",
        "heatmap",
        "diff",
        "comparison",
        "comparisons",
        "batch",
        "conformance",
        "exploration",
    ] {
        let schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        validator(&schema);
    }
}

#[test]
fn an_unknown_document_is_a_usage_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let output = command.args(["schema", "flow"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

/// Returns the fixtures and scenario files of the repository, from files and documents.
fn bundled() -> Vec<(Reader, String, String)> {
    let mut bundled = Vec::new();
    for path in
        files_below(&["fixtures", "examples", "src/cli/init"].map(|it| root().join(it)))
    {
        let name = path.to_string_lossy().replace('\\', "/");
        let reader = match () {
            () if name.ends_with(".test.yaml") => Reader::Scenario,
            () if name.ends_with("fixtures.yaml") => Reader::Fixtures,
            () if name.ends_with("/request.json") => Reader::Request,
            () => continue,
        };
        bundled.push((reader, name, fs::read_to_string(&path).unwrap()));
    }
    for (document, reader) in
        [("docs/scenarios.md", Reader::Scenario), ("docs/fixtures.md", Reader::Fixtures)]
    {
        for (line, text) in yaml_blocks(&root().join(document)) {
            bundled.push((reader, format!("{document}:{line}"), text));
        }
    }
    bundled
}

#[test]
fn documents_of_the_repository_are_valid() {
    let bundled = bundled();
    let mut counts: BTreeMap<Reader, usize> = BTreeMap::new();
    let validators = validators();
    for (reader, name, text) in &bundled {
        *counts.entry(*reader).or_default() += 1;
        assert_eq!(
            errors_of(&validators[reader], &value(text)),
            [] as [&str; 0],
            "{name}"
        );
    }
    let least = |reader, count| assert!(counts[&reader] >= count, "{counts:?}");
    least(Reader::Scenario, 9);
    least(Reader::Fixtures, 20);
    least(Reader::Request, 1);
}

/// Builds a scenario file with a test that contains this in addition to its name.
fn test(rest: &str) -> String {
    format!("{{flows: f, tests: [{{name: n, {rest}}}]}}")
}

/// The places of an unknown key, `?`, and the schema object for each place.
#[expect(clippy::too_many_lines, reason = "a list")]
fn places() -> Vec<(Reader, &'static str, String)> {
    use Reader::{Fixtures, Recording, Request, Scenario};
    let scenario = [
        ("", "{flows: f, tests: [], ?}"),
        ("defaults", "{flows: f, tests: [], defaults: {?}}"),
        ("test", "{flows: f, tests: [{name: n, ?}]}"),
        ("snapshots", "{flows: f, tests: [], snapshots: {?}}"),
        ("replacement", "{flows: f, tests: [], snapshots: {replace: [{?}]}}"),
        ("property", "{flows: f, properties: [{name: n, ?}]}"),
        ("momentOfCall", "{flows: f, properties: [{name: n, never: {?}}]}"),
    ];
    let tests = [
        ("expect", "expect: {?}"),
        ("path", "expect: {path: {contains: [], ?}}"),
        ("routing", "expect: {routing: {?}}"),
        ("call", "calls: {name: c, ?}"),
        ("minMax", "expect: {actions: {?}}"),
        ("textMatcher", "expect: {prompts: {contains: a, ?}}"),
        ("keystroke", "input: [[{digit: 1, ?}]]"),
        ("oneTurn", "script: [{?}]"),
        ("tolerances", "recording: r, compare: {?}"),
    ];
    let fixtures = [
        ("fixtures", "{?}"),
        ("contact", "{contacts: [{id: a, ?}]}"),
        ("contactsFile", "{contacts: {file: a.csv, ?}}"),
        ("queue", "{queues: {a: {?}}}"),
        ("agent", "{queues: {a: {agents: [{?}]}}}"),
        ("stub", "{stubs: {'GET /a': {?}}}"),
        ("response", "{dataActions: {a: {?}}}"),
        ("dataAction", "{dataActions: [{name: a, ?}]}"),
        ("webhook", "{webhooks: [{url: a, ?}]}"),
        ("outcome", "{actions: {a: {?}}}"),
        ("otherAction", "{actions: [{name: a, ?}]}"),
        ("dataTable", "{dataTables: {a: {?}}}"),
        ("column", "{dataTables: {a: {columns: {b: {type: string, ?}}}}}"),
        ("named", "{skills: {a: {?}}}"),
        ("schedule", "{schedules: {a: {?}}}"),
        ("scheduleGroup", "{scheduleGroups: {a: {?}}}"),
        ("scheduleReference", "{scheduleGroups: {a: {openSchedules: [{id: b, ?}]}}}"),
        ("emergencyGroup", "{emergencyGroups: {a: {?}}}"),
        ("ivrRoute", "{ivrRoutes: {a: {?}}}"),
        ("prompt", "{prompts: {a: {?}}}"),
        ("languages", "{languages: {default: a, ?}}"),
        ("detectedLanguage", "{detectedLanguages: [{text: a, language: b, ?}]}"),
        ("policies", "{policies: {?}}"),
        ("user", "{users: {a: {?}}}"),
    ];
    let request =
        [("", "{flowId: f, ?}"), ("keystroke", "{flowId: f, inputs: [[{digit: 1, ?}]]}")];
    let recording = [
        ("", "?"),
        ("source", "source: {?}"),
        ("flow", "flow: {?}"),
        ("redaction", "redactions: [{kind: name, count: 1, ?}]"),
    ];
    let recording = recording.map(|(name, rest)| (Recording, name, recorded(rest)));
    let places = scenario.map(|(name, text)| (Scenario, name, text.to_owned()));
    let tests = tests.map(|(name, rest)| (Scenario, name, test(rest)));
    let fixtures = fixtures.map(|(name, text)| (Fixtures, name, text.to_owned()));
    let request = request.map(|(name, text)| (Request, name, text.to_owned()));
    places
        .into_iter()
        .chain(tests)
        .chain(fixtures)
        .chain(request)
        .chain(recording)
        .collect()
}

/// Builds a recording that also contains this.
fn recorded(rest: &str) -> String {
    format!(
        "{{schema: flowsim.recording/1, kind: execution, id: a, response: {{}}, {rest}}}"
    )
}

/// Returns the schema object for a place; the schema itself has no name.
fn object<'s>(schema: &'s Value, name: &str) -> &'s Value {
    if name.is_empty() { schema } else { &schema["definitions"][name] }
}

/// Returns the keys that flowsim lists in its message about an unknown key.
fn known_keys(reader: Reader, text: &str) -> BTreeSet<String> {
    let told = reader.read(text);
    let problem = told.iter().find(|it| it.message.contains(UNKNOWN));
    let problem = problem.unwrap_or_else(|| panic!("{text}: {told:?}"));
    let help = problem.help.as_deref().unwrap_or_default();
    let listed = |list: &str| list.split(", ").map(str::to_owned).collect();
    if let Some(list) = help.strip_prefix("turns are ") {
        return listed(list);
    }
    if let Some(list) = help.strip_prefix("its keys are ") {
        return listed(list);
    }
    let list = problem.message.split_once("; expected ").map_or(help, |(_, list)| list);
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_keys_are_those_that_flowsim_accepts() {
    let mut seen: BTreeSet<(Reader, &str)> = BTreeSet::new();
    let readers = Reader::ALL;
    let schemas = BTreeMap::from(readers.map(|reader| (reader, reader.schema())));
    for (reader, name, place) in places() {
        let known = known_keys(reader, &place.replace('?', &format!("{UNKNOWN}: 1")));
        let object = object(&schemas[&reader], name);
        let keys = object["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(known, keys, "{reader:?} {name}");
        assert_eq!(object["additionalProperties"], Value::Bool(false), "{name}");
        seen.insert((reader, name));
    }
    // Every object with fixed keys has been tested.
    for (reader, schema) in schemas {
        for (name, definition) in schema["definitions"].as_object().unwrap() {
            let is_fixed = definition["additionalProperties"] == Value::Bool(false);
            let is_seen = seen.contains(&(reader, name.as_str()))
                || seen.contains(&(Reader::Fixtures, name.as_str()));
            assert!(!is_fixed || is_seen, "{reader:?} {name}");
        }
    }
}

/// Values of equal length, so that positions after them are equal.
const VALUES: [&str; 6] = [
    "\"abcdefghi\"",
    "77777777777",
    "77         ",
    "[777777777]",
    "{a: [77,7]}",
    "[{b: 'c'}] ",
];

/// Keys without a meaning for flowsim: objects of the Platform API can be copied into
/// fixtures as they are.
const COPIED: [&str; 13] = [
    "createdBy",
    "createdByApp",
    "dateCreated",
    "dateModified",
    "description",
    "division",
    "emergencyCallFlows",
    "modifiedBy",
    "modifiedByApp",
    "name",
    "selfUri",
    "state",
    "version",
];

/// Objects that can be copied.
const COPIES: [&str; 4] =
    ["schedule", "scheduleGroup", "scheduleReference", "emergencyGroup"];

/// Further places of some objects. Some keys have a meaning only next to others.
fn further_places() -> Vec<(Reader, &'static str, String)> {
    use Reader::{Request, Scenario};
    let replacement =
        |rest: &str| format!("{{flows: f, tests: [], snapshots: {{replace: [{rest}]}}}}");
    vec![
        (Scenario, "defaults", "{flows: f, tests: [{name: n}], defaults: {?}}".into()),
        (
            Scenario,
            "defaults",
            "{flows: f, tests: [{name: n, recording: r}], defaults: {?}}".into(),
        ),
        (Scenario, "test", test("recording: r, ?")),
        (Scenario, "replacement", replacement("{matches: a, ?}")),
        (Scenario, "replacement", replacement("{with: a, ?}")),
        (Scenario, "path", test("expect: {path: {?}}")),
        (Scenario, "textMatcher", test("expect: {prompts: {?}}")),
        (Scenario, "textMatcher", test("expect: {prompts: {similar: a, ?}}")),
        (Scenario, "keystroke", test("input: [[{digit: '1', ?}]]")),
        (Request, "keystroke", "{flowId: f, inputs: [[{digit: '1', ?}]]}".into()),
    ]
}

/// Returns whether the object of the unknown key has this key already.
fn is_given(place: &str, key: &str) -> bool {
    let (before, _) = place.split_once('?').unwrap();
    let mut depth = 0;
    let start = before.char_indices().rev().find(|(_, character)| {
        match character {
            '}' => depth += 1,
            '{' => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    let own = &before[start.map_or(0, |(at, _)| at + 1)..];
    own.split([',', ' ']).any(|word| word == format!("{key}:"))
}

/// A key that is listed but not read has no effect, whatever its value is.
#[test]
fn every_listed_key_is_read() {
    let further = further_places();
    let is_without_meaning = |reader: Reader, name: &str, key: &str| match reader {
        Reader::Scenario => (name, key) == ("", "$schema"),
        Reader::Fixtures => COPIES.contains(&name) && COPIED.contains(&key),
        Reader::Request | Reader::Recording => false,
    };
    for (reader, name, place) in places() {
        for key in known_keys(reader, &place.replace('?', &format!("{UNKNOWN}: 1"))) {
            let is_it = |it: &&(Reader, &str, String)| (it.0, it.1) == (reader, name);
            let further = further.iter().filter(is_it).map(|(.., place)| place);
            let is_read = std::iter::once(&place).chain(further).any(|place| {
                let contents = VALUES.map(|value| {
                    reader.content(&place.replace('?', &format!("{key}: {value}")))
                });
                contents.iter().any(|content| *content != contents[0])
            });
            let is_free =
                is_given(&place, &key) || is_without_meaning(reader, name, &key);
            assert!(is_read || is_free, "{reader:?} {name}: `{key}` is never read");
        }
    }
}

/// Documents that both flowsim and the schema refuse, each with one mistake.
const WRONG: &[(Reader, &[&str])] = &[
    (
        Reader::Scenario,
        &[
            "[]",
            "{flows: f}",
            "{flows: [], tests: []}",
            "{flows: f, tests: {}}",
            "{flows: f, tests: [{}]}",
            "{flows: f, tests: [{name: ''}]}",
            "{flows: f, tests: [], set: 3}",
            "{flows: f, tests: [], snapshots: {replace: {}}}",
            "{flows: f, tests: [], snapshots: {replace: [{matches: a}]}}",
            "{flows: f, tests: [], defaults: {input: ['1']}}",
            "{flows: f, tests: [], defaults: {recording: r}}",
        ],
    ),
    (
        Reader::Fixtures,
        &[
            "3",
            "{queues: 3}",
            "{queues: [{agents: []}]}",
            "{queues: {a: {statistics: {waiting: -1}}}}",
            "{queues: {a: {answerAfterMs: 86400001}}}",
            "{defaultCountry: Germany}",
            "{contacts: [{name: Ada}]}",
            "{contacts: {file: contacts.doc}}",
            "{dataActions: {a: []}}",
            "{dataActions: {a: {status: 99}}}",
            "{dataActions: {a: {latencyMs: -1}}}",
            "{dataActions: [{status: 200}]}",
            "{dataActions: [{name: a, answers: [{}], status: 200}]}",
            "{webhooks: [{name: a}]}",
            "{actions: [{path: success}]}",
            "{actions: {a: {outputs: [1]}}}",
            "{dataTables: {a: {columns: {b: text}}}}",
            "{dataTables: {a: {columns: {b: {default: 1}}}}}",
            "{dataTables: {a: {rows: 3}}}",
            "{skills: [{}]}",
            "{schedules: {a: {start: 9, end: 10}}}",
            "{emergencyGroups: {a: {enabled: 'yes'}}}",
            "{prompts: {a: {duration: soon}}}",
            "{prompts: {a: {tts: [Hello]}}}",
            "{languages: []}",
            "{languages: [en us]}",
            "{detectedLanguages: [{text: a}]}",
            "{detectedLanguages: [{text: a, contains: b, language: en}]}",
            "{exchangeRates: {USD: {EUR: 0}}}",
            "{exchangeRates: {dollar: {EUR: 1}}}",
            "{policies: {missingItems: ignore}}",
            "{users: [{email: a}]}",
        ],
    ),
    (
        Reader::Request,
        &[
            "{}",
            "{flowId: 3}",
            "{flowId: f, timeout: -1}",
            "{flowId: f, context: []}",
            "{flowId: f, inputs: {}}",
            "{flowId: f, inputs: ['1x']}",
            "{flowId: f, inputs: [[]]}",
            "{flowId: f, inputs: [[{afterMs: 3}]]}",
        ],
    ),
    (
        Reader::Recording,
        &[
            "3",
            "{}",
            "{schema: flowsim.recording/2, kind: execution, id: a, response: {}}",
            "{schema: flowsim.recording/1, kind: call, id: a, response: {}}",
            "{schema: flowsim.recording/1, kind: execution, response: {}}",
            "{schema: flowsim.recording/1, kind: execution, id: a}",
            "{schema: flowsim.recording/1, kind: execution, id: a, response: []}",
            "{schema: flowsim.recording/1, kind: execution, id: a, response: {}, request: 3}",
            "{schema: flowsim.recording/1, kind: execution, id: a, response: {}, redactions: [{}]}",
        ],
    ),
];

/// The same for tests, without their names.
const WRONG_TESTS: &[&str] = &[
    "flow: [a]",
    "at: 5",
    "context: a",
    "timeoutMs: -1",
    "timeoutMs: 1.5",
    "maxActions: many",
    "strict: maybe",
    "tags: {a: b}",
    "fixtures: org.yaml",
    "fixtures: {queues: 3}",
    "unusedFixtures: no",
    "skip: 3",
    "snapshot: 3",
    "snapshot: ' '",
    "input: [1x]",
    "input: [-1]",
    "input: [[]]",
    "input: [['1']]",
    "input: [[{digit: '12'}]]",
    "input: ['7@a']",
    "input: ['say:']",
    "input: ['1'], script: [hangsUp]",
    "input: ['1'], script: []",
    "script: {}",
    "script: [hears]",
    "script: [{hears: a, presses: '1'}]",
    "script: [{ends: done}]",
    "script: [{waits: false}]",
    "script: [{hangsUp: false}]",
    "script: [{hangsUp: 1}]",
    "script: [{variable: 3}]",
    "each: []",
    "each: [1]",
    "each: {}",
    "expect: []",
    "expect: {status: done}",
    "expect: {path: A}",
    "expect: {path: {}}",
    "expect: {path: {contains: [A], ends: [B]}}",
    "expect: {variables: [1]}",
    "expect: {variables: {a: {isSet: 3}}}",
    "expect: {variables: {a: {members: 3}}}",
    "expect: {variables: {a: {min: low}}}",
    "expect: {routing: support}",
    "expect: {routing: {priority: high}}",
    "expect: {prompts: {}}",
    "expect: {prompts: {contains: a, matches: b}}",
    "expect: {prompts: {contains: a, min: 0.5}}",
    "expect: {prompts: {similar: a, min: 2}}",
    "expect: {prompts: [null]}",
    "expect: {elapsedMs: 1.5}",
    "expect: {actions: {min: few}}",
    "expect: {diagnostics: forbid}",
    "calls: null",
    "calls: [{with: {a: 1}}]",
    "calls: [{name: a, with: 3}]",
    "calls: [{name: a, times: often}]",
    "recording: null",
    "recording: ' '",
    "recording: [r]",
    "recording: r, input: '1'",
    "recording: r, script: [hangsUp]",
    "recording: r, node: A",
    "recording: r, context: {a: 1}",
    "recording: r, variables: {a: 1}",
    "recording: r, at: 2026-01-05T09:00:00Z",
    "recording: r, timeoutMs: 1",
    "recording: r, maxActions: 1",
    "recording: r, seed: 1",
    "recording: r, strict: true",
    "recording: r, unusedFixtures: forbid",
    "recording: r, compare: []",
    "recording: r, compare: {ignore: trace}",
    "recording: r, compare: {ignore: [1]}",
    "recording: r, compare: {timeMs: -1}",
    "recording: r, compare: {timeMs: 1.5}",
    "recording: r, compare: {number: '1'}",
    "recording: r, compare: {number: -0.1}",
    "compare: {timeMs: 1}",
];

/// Valid tests in the less common forms.
const RIGHT_TESTS: &[&str] = &[
    "flow: null, node: null, context: null, variables: null, at: null, timeoutMs: null, \
     maxActions: null, seed: null, strict: null, fixtures: null, tags: null, \
     unusedFixtures: null, unusedInputs: null, diagnostics: null, skip: null, \
     script: null, expect: null, snapshot: null, error: null, each: null",
    "skip: true",
    "skip: later, snapshot: two",
    "input: null",
    "input: 12",
    "input: [1, '#', null, '-', '7@900, 3@200', 'say:hello you', HangUp, [{digit: 7}]]",
    "script: [{hears: 3}, {presses: null}, {says: hello}, {waits: null}, hangsUp]",
    "script: [{variable: {a: {isSet: false}}}, {calls: a}, {routed: {matches: a}}]",
    "script: null, input: '1'",
    "calls: a, error: NO_INPUT",
    "calls: {name: 3, with: {a: {min: 1}}, times: {max: 3}}",
    "expect: {path: [A, 1], prompts: a, routing: {}, elapsedMs: {}, actions: 5}",
    "expect: {path: {ends: A}, routing: null, variables: {a: {b: 1}, c: [1]}}",
    "expect: {routing: {queueId: null, skills: [a], priority: null}}",
    "expect: {variables: {a: {members: {b: {similar: c}}}, d: {min: 0.5, e: 1}}}",
    "expect: {variables: {a: {min: 0.5, max: 1.25}, b: {max: null}}}",
    "each: [{a: 1}], timeoutMs: '${a}', input: '${a}', expect: {actions: {min: '${a}'}}",
    "each: [{a: 1}], fixtures: {dataActions: {b: {latencyMs: '${a}', status: 200}}}",
    "recording: r, flow: F, fixtures: {queues: []}, unusedInputs: forbid, snapshot: true",
    "recording: r, input: null, script: null, node: null, compare: null",
    "recording: r, compare: {ignore: /a/*, timeMs: 0, number: 0.01}",
    "recording: r, compare: {ignore: [/a, '/**/b'], timeMs: null, number: null}",
    "each: [{a: 1}], recording: '${a}.json', compare: {timeMs: '${a}'}",
    "compare: null",
];

#[test]
fn refused_documents_do_not_fit_the_schema() {
    let tests = WRONG_TESTS.iter().map(|rest| (Reader::Scenario, test(rest)));
    let others = WRONG.iter().flat_map(|(reader, texts)| {
        texts.iter().map(|text| (*reader, (*text).to_owned()))
    });
    let validators = validators();
    let mut problems = Vec::new();
    for (reader, text) in tests.chain(others) {
        // The fixtures of a test are read when it runs.
        let is_refused = text.contains("queues: 3") || !reader.errors(&text).is_empty();
        if !is_refused {
            problems.push(format!("flowsim takes {text}"));
        }
        if errors_of(&validators[&reader], &value(&text)).is_empty() {
            problems.push(format!("the schema takes {text}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn accepted_documents_fit_the_schema() {
    let validators = validators();
    let mut problems = Vec::new();
    for rest in RIGHT_TESTS {
        let text = test(rest);
        let of_schema = errors_of(&validators[&Reader::Scenario], &value(&text));
        for problem in Reader::Scenario.errors(&text).into_iter().chain(of_schema) {
            problems.push(format!("{text}: {problem}"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Changes the schema to forbid additional keys, as all keys that are printed today are
/// known.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") {
                members.insert("additionalProperties".into(), Value::Bool(false));
            }
            members.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

#[test]
fn printed_documents_fit_the_schema() {
    let calls = [
        "shared-flow/flows --flow Inbound_Flow_A --fixtures fixtures/shared-flow --input 1",
        "shared-flow/flows --flow Inbound_Flow_A --max-actions 3",
        "order-status/flows --fixtures fixtures/order-status/fixtures.yaml --input 100400#",
        "contact-lookup/flows --fixtures fixtures/contact-lookup/fixtures.yaml",
        "payment-journey/flows --fixtures fixtures/payment-journey/fixtures.yaml --input 1",
        "parcel-line/flows --flow Parcel%20line --fixtures fixtures/parcel-line/fixtures.yaml",
    ];
    let trace = closed_validator("trace");
    for call in calls {
        let printed = flowsim(&format!("run fixtures/{call} --format json"));
        let printed: Value = serde_json::from_slice(&printed).expect(call);
        assert_eq!(errors_of(&trace, &printed), [] as [&str; 0], "{call}");
    }
    let findings = closed_validator("findings");
    let printed = flowsim("check fixtures/broken --format json");
    let printed: Value = serde_json::from_slice(&printed).unwrap();
    assert!(printed["findings"].as_array().unwrap().len() > 20);
    assert_eq!(errors_of(&findings, &printed), [] as [&str; 0]);
    assert!(!trace.is_valid(&printed) && !findings.is_valid(&Value::Null));
}

#[test]
fn heat_maps_fit_the_schema() {
    let heatmap = closed_validator("heatmap");
    let recordings = "fixtures/compare/recordings fixtures/order-status/recordings";
    let flows = "--flows fixtures/order-status/flows";
    let printed = flowsim(&format!("heatmap {recordings} {flows} --format json"));
    let printed: Value = serde_json::from_slice(&printed).unwrap();
    assert!(
        printed["decisions"].as_u64() > Some(3) && printed["calls"].as_u64() > Some(3)
    );
    assert_eq!(errors_of(&heatmap, &printed), [] as [&str; 0]);
    assert!(!heatmap.is_valid(&Value::Null));
}

/// Returns the validator of a printed document, which knows every key.
fn closed_validator(document: &str) -> Validator {
    let mut schema = schema(document);
    closed(&mut schema);
    validator(&schema)
}

/// Recordings that are equal, that differ, that cannot be replayed to the end, that are
/// stale in every respect, and that cannot be read.
#[test]
fn comparisons_fit_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let versioned = "{\"schema\": \"flowsim.recording/1\", \"kind\": \"simulation\", \"id\": \"a\", \
         \"recordedAt\": \"2020-01-01T00:00:00Z\", \"flow\": {\"id\": \"f\", \"version\": \"1\"}, \
         \"response\": {\"status\": \"completed\", \"trace\": []}}";
    let flow = "{\"id\": \"f\", \"name\": \"F\", \"type\": \"inbound\", \"version\": \"2\", \"draft\": \
         {\"startNode\": \"End\", \"nodes\": {\"End\": {\"id\": \"End\", \"type\": \"End\"}}}}";
    for (name, text) in [
        ("a.recording.json", versioned),
        ("b.recording.json", "{"),
        ("c.recording.json", &versioned.replace("\"f\"", "\"g\"")),
        ("flow.json", flow),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let folder = folder.path().to_string_lossy().into_owned();
    let recordings = "fixtures/compare/recordings";
    let more = format!("compare {folder} {recordings} --max-age 30d");
    let flows = format!("--flows fixtures/compare/flows --flows {folder}/flow.json");
    let printed = flowsim(&format!("{more} {flows} --format json"));
    let several: Value = serde_json::from_slice(&printed).unwrap();
    let validator = closed_validator("comparisons");
    assert_eq!(errors_of(&validator, &several), [] as [&str; 0]);
    let text = several.to_string();
    for seen in ["old", "unmatched", "version", "unused"] {
        assert!(text.contains(&format!("\"reason\":\"{seen}\"")), "{seen}: {text}");
    }
    for seen in ["equal", "different", "unreplayable", "unreadable"] {
        assert!(several["summary"][seen].as_u64().unwrap() > 0, "{seen}");
    }
}

#[test]
fn the_conformance_table_fits_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["run", "fixtures/conformance/flows", "--format", "execution"])
        .args(["--flow", "flowsim probe 01 NOT_SET conditions", "--input", "01"])
        .output()
        .unwrap();
    let document = String::from_utf8(run.stdout).unwrap();
    let altered = document.replace("Decision: no.", "Decision: yes.");
    fs::write(folder.path().join("a.json"), altered).unwrap();
    let other = document.replace("flowsim probe 01", "Main line");
    fs::write(folder.path().join("b.json"), other).unwrap();
    let folder = folder.path().to_string_lossy().into_owned();
    let printed = flowsim(&format!("conformance {folder} --format json"));
    let table: Value = serde_json::from_slice(&printed).unwrap();
    assert_eq!(errors_of(&closed_validator("conformance"), &table), [] as [&str; 0]);
    let summary = &table["summary"];
    assert_eq!((&summary["different"], &summary["unmatched"]), (&1.into(), &1.into()));
}

#[test]
fn an_exploration_fits_the_schema() {
    let flows = "fixtures/alder-clinic/flows --fixtures fixtures/alder-clinic";
    let line = format!("explore {flows} --paths 2 --budget 400 --format json");
    let printed: Value = serde_json::from_slice(&flowsim(&line)).unwrap();
    assert_eq!(errors_of(&closed_validator("exploration"), &printed), [] as [&str; 0]);
    assert_eq!(printed["paths"].as_array().unwrap().len(), 2);
}

#[test]
fn rows_of_a_batch_fit_the_schema() {
    let call = validator(&schema("call"));
    for (row, is_valid) in [
        (r#"{"id": 7, "flow": "Main", "input": ["1", null], "timeoutMs": 5}"#, true),
        (
            r#"{"id": "a", "context": {"from": "+1"}, "fixtures": {"queues": ["a"]}}"#,
            true,
        ),
        (r#"{"id": [], "flow": "Main"}"#, false),
        (r#"{"flw": "Main"}"#, false),
        (r#"{"input": ["x"]}"#, false),
    ] {
        let row = value(row);
        assert_eq!(call.is_valid(&row), is_valid, "{row}: {:?}", errors_of(&call, &row));
    }
}

/// The rows of output of a command, for these rows of input. All must fit the schema.
fn rows_of_a_batch(command: &str, rows: &str) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    fs::write(&path, rows).unwrap();
    let validator = validator(&schema("batch"));
    let printed = flowsim(&format!("batch {command} {}", path.display()));
    let printed = String::from_utf8(printed).unwrap();
    for line in printed.lines() {
        let row = serde_json::from_str(line).unwrap();
        assert_eq!(errors_of(&validator, &row), [] as [&str; 0], "{line}");
    }
    for wrong in
        [r#"{"id": 1, "status": "done"}"#, r#"{"error": {}}"#, r#"{"schema": "a"}"#]
    {
        assert!(!validator.is_valid(&value(wrong)), "{wrong}");
    }
    printed.lines().count()
}

#[test]
fn calls_of_a_batch_fit_the_schema() {
    let rows = "{\"id\":1,\"flow\":\"Inbound_Flow_A\",\"input\":\"1\"}\n\
                {\"id\":2,\"a\":1,\"b\":2}\n{\"flow\":\"Inbound_Flow_A\",\"maxActions\":1}\n";
    let run = "run --flows fixtures/shared-flow/flows";
    let all = "status,failure,flow,queueId,queueName,skills,priority,transfer,path,\
               nodeIds,prompts,variables,elapsedMs,actions,unusedInputs,trace";
    assert_eq!(rows_of_a_batch(run, rows), 3);
    assert_eq!(rows_of_a_batch(&format!("{run} --select {all}"), rows), 3);
}

#[test]
fn comparisons_of_a_batch_fit_the_schema() {
    let recorded = fs::read_dir(root().join("fixtures/compare/recordings")).unwrap();
    let recorded = recorded.map(|it| fs::read_to_string(it.unwrap().path()).unwrap());
    let lines = recorded.map(|it| value(&it).to_string() + "\n").collect::<String>();
    let rows = lines + "{}\n";
    let compare = "compare --flows fixtures/compare/flows";
    let all = "verdict,flow,flowVersion,recordedEnd,localEnd,isElsewhere,at,cause,\
               pathDivergesAt,differences,stale,call,comparison";
    assert_eq!(rows_of_a_batch(compare, &rows), 10);
    assert_eq!(rows_of_a_batch(&format!("{compare} --select {all}"), &rows), 10);
    assert_eq!(rows_of_a_batch(&format!("{compare} --summary --distinct"), &rows), 1);
}

#[test]
fn a_single_comparison_fits_the_schema() {
    let recordings = "fixtures/compare/recordings";
    let flows = "--flows fixtures/compare/flows";
    let several = flowsim(&format!("compare {recordings} {flows} --format json"));
    let several: Value = serde_json::from_slice(&several).unwrap();
    let validator = closed_validator("comparison");
    for (name, verdict) in [
        ("hangs-up", "equal"),
        ("being-packed", "different"),
        ("says-nothing", "different"),
        ("shop-too-slow", "unreplayable"),
    ] {
        let one = format!("compare {recordings}/{name}.recording.json {flows}");
        let one =
            serde_json::from_slice(&flowsim(&format!("{one} --format json"))).unwrap();
        assert_eq!(errors_of(&validator, &one), [] as [&str; 0], "{name}");
        assert_eq!(one["verdict"], verdict);
        assert!(!validator.is_valid(&several));
    }
}

/// Runs tests. Returns the lines of the report and the coverage document.
fn tested(arguments: &str) -> (Vec<Value>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (run, coverage) = (folder.path().join("run"), folder.path().join("coverage"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let command = command.current_dir(root()).arg("test").args(arguments.split(' '));
    let mut report = OsString::from("json=");
    report.push(&run);
    command.arg("--report").arg(report).arg("--coverage-out").arg(&coverage);
    let code = command.output().unwrap().status.code();
    assert!(code.is_some_and(|code| [0, 1, 3].contains(&code)), "{code:?}");
    let lines = fs::read_to_string(run).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
    let coverage = fs::read_to_string(coverage).unwrap();
    (lines.collect(), serde_json::from_str(&coverage).unwrap())
}

/// A scenario file whose tests have every possible outcome.
const OUTCOMES: &str = "flows: [FOLDER/flows]
fixtures: [FOLDER/fixtures.yaml]
defaults: {flow: Inbound_Flow_A}
tests:
  - {name: passed, input: '1', expect: {routing: {queueId: support}}}
  - {name: failed, input: '1', expect: {routing: null, path: [A], elapsedMs: {min: 3}}}
  - {name: skipped, skip: not yet}
  - {name: broken, flow: Inbound_Flow_C, expect: {}}
";

#[test]
fn reports_of_tests_fit_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let outcomes = folder.path().join("outcomes.test.yaml");
    let shared = root().join("fixtures/shared-flow");
    let text = OUTCOMES.replace("FOLDER", &shared.to_string_lossy());
    fs::write(&outcomes, text).unwrap();
    let (run, coverage) = (closed_validator("run"), closed_validator("coverage"));
    let outcomes = outcomes.to_string_lossy().into_owned();
    for (suite, names) in [
        ("fixtures", vec!["passed"]),
        (&outcomes, vec!["passed", "failed", "skipped", "broken"]),
    ] {
        let (mut lines, mut document) = tested(suite);
        let mut seen: Vec<&str> =
            lines.iter().filter_map(|line| line["outcome"].as_str()).collect();
        seen.dedup();
        assert_eq!(seen, names);
        for line in &lines {
            assert_eq!(errors_of(&run, line), [] as [&str; 0], "{line}");
        }
        assert!(document["calls"].as_u64().is_some_and(|calls| calls > 0));
        assert_eq!(errors_of(&coverage, &document), [] as [&str; 0], "{suite}");
        // With an additional key, neither fits.
        lines[1][UNKNOWN] = 1.into();
        assert!(!run.is_valid(&lines[1]));
        document["flows"][0]["nodes"][0][UNKNOWN] = 1.into();
        assert!(!coverage.is_valid(&document));
    }
}

#[test]
fn diffs_fit_the_schema() {
    let validator = closed_validator("diff");
    let between = |versions: &str| -> Value {
        let printed = flowsim(&format!("diff {versions} --format json"));
        serde_json::from_slice(&printed).expect(versions)
    };
    let mut seen = BTreeSet::new();
    for versions in [
        "fixtures/diff/old fixtures/diff/new",
        "fixtures/diff/new fixtures/diff/old",
        "fixtures/order-status/flows fixtures/shared-flow/flows",
    ] {
        let document = between(versions);
        assert_eq!(errors_of(&validator, &document), [] as [&str; 0], "{versions}");
        for flow in document["flows"].as_array().unwrap() {
            let lists = flow.as_object().unwrap().iter();
            let full =
                lists.filter(|(_, it)| it.as_array().is_some_and(|it| !it.is_empty()));
            seen.extend(full.map(|(key, _)| key.clone()));
        }
    }
    // No list is valid just because it is empty.
    let lists = [
        "addedNodes",
        "changedConditions",
        "changedPrompts",
        "changedRouting",
        "changedSettings",
        "changedVariables",
        "ignored",
        "movedNodes",
        "removedNodes",
        "renamedNodes",
        "rewired",
    ];
    assert_eq!(seen.iter().collect::<Vec<_>>(), lists);
    let mut document = between("fixtures/diff/old fixtures/diff/new");
    document["flows"][0]["ignored"] =
        serde_json::json!([{"property": "id", "count": 1, "why": ""}]);
    assert!(!validator.is_valid(&document));
}

/// A file is recognized by its name, whatever schema it names.
#[test]
fn a_scenario_file_may_name_its_schema() {
    let text = r#"{"$schema": "scenario.schema.json", "flows": "f", "tests": []}"#;
    let mut files = Files::new();
    let file = files.add("calls.test.json", text);
    let node = read_document(&file).unwrap();
    let (_, diagnostics) =
        suite::read(&node, Path::new("calls.test.json"), &Default::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(validator(&schema("scenario")).is_valid(&value(text)));
}

fn files_below(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(files_below(&[path]));
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
