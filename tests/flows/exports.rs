//! Exports of real flows, and the messages about broken exports.

#![expect(clippy::unwrap_used, reason = "an export that cannot be read fails the test")]
#![expect(clippy::print_stderr, reason = "what is skipped or counted has to be seen")]

use std::collections::BTreeMap;
use std::process::Command;

use flowsim::diagnostic::{Diagnostic, Severity};
use flowsim::flow::architect::ArchitectFlow;
use flowsim::flow::read::config::{count_expressions, decode, embedded, read};
use flowsim::flow::{Dependency, DependencyKind, dependencies};
use flowsim::source::{Files, read_json};
use flowsim::value::Kind;
use serde_json::Value as Json;

use crate::shared::shared;

/// A decoded export of the shared data, and its description in the manifest.
struct Export {
    name: String,
    json: String,
    actions: BTreeMap<String, usize>,
}

#[test]
#[ignore = "needs ../shared/data"]
fn exports_load_without_errors() {
    let mut count = 0;
    for export in exports() {
        let (flows, diagnostics, _) = load(&export.json);
        assert!(!flows.is_empty(), "{}", export.name);
        let wrong: Vec<_> =
            diagnostics.iter().filter(|it| it.severity > Severity::Note).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", export.name);
        count += 1;
    }
    eprintln!("{count} exports load without a word");
}

/// Every action that the manifest counts is in the tree exactly once. The manifest also
/// counts units and variables, which are not actions.
#[test]
#[ignore = "needs ../shared/data"]
fn exports_keep_all_their_actions() {
    let mut total = 0;
    for Export { name, json, actions: mut expected } in exports() {
        let mut classes = BTreeMap::new();
        collect_classes(&serde_json::from_str(&json).unwrap(), &mut classes);
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for flow in &load(&json).0 {
            flow.each_action(&mut |_, action| {
                let class = &classes[action.key.as_ref().unwrap().as_str()];
                *found.entry(class.clone()).or_default() += 1;
            });
        }
        expected.retain(|class, _| class.ends_with("Action"));
        assert_eq!(found, expected, "{name}");
        total += found.values().sum::<usize>();
    }
    eprintln!("{total} actions of real flows are in their trees");
}

#[test]
#[ignore = "needs ../shared/data"]
fn expressions_equal_their_trees() {
    let mut total = 0;
    for export in exports() {
        let (_, diagnostics, count) = load(&export.json);
        let wrong: Vec<_> = diagnostics
            .iter()
            .filter(|it| it.code.name() == "EXPRESSION_MISMATCH")
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", export.name);
        total += count;
    }
    eprintln!("{total} expressions of real flows mean what their trees say");
}

/// Architect writes into each export a list of everything that it depends on in its
/// organisation.
#[test]
#[ignore = "needs ../shared/data"]
fn the_dependencies_of_a_flow_are_those_in_its_manifest() {
    let mut total = 0;
    for Export { name, json, .. } in exports() {
        let manifest = &serde_json::from_str::<Json>(&json).unwrap()["manifest"];
        let mut expected: Vec<(&str, String)> = Vec::new();
        for (family, _) in FAMILIES {
            let listed = manifest[family].as_array().into_iter().flatten();
            expected.extend(
                listed.map(|it| (family, it["name"].as_str().unwrap().to_owned())),
            );
        }
        let (mut found, mut system_prompts) = (Vec::new(), Vec::new());
        let mut add = |it: Dependency<'_>| {
            let what = match it.what {
                DependencyKind::Column(_) => return,
                DependencyKind::SystemPrompt => {
                    system_prompts.push(it.name.to_string());
                    return;
                }
                DependencyKind::DataAction(_) => DependencyKind::DataAction(None),
                other => other,
            };
            let family = FAMILIES.iter().find(|(_, needed)| *needed == what);
            found.push((
                family.map_or("other", |(family, _)| *family),
                it.name.to_string(),
            ));
        };
        // The modules in an export are also in its manifest.
        load(&json).0.iter().for_each(|flow| dependencies(flow, &mut add));
        for names in [&mut expected, &mut found] {
            names.sort();
            names.dedup();
        }
        assert_eq!(found, expected, "{name}");
        // A manifest lacks the system prompts of the flow's default settings.
        for prompt in manifest["systemPrompt"].as_array().into_iter().flatten() {
            let prompt = prompt["name"].as_str().unwrap();
            assert!(system_prompts.iter().any(|it| it == prompt), "{name}: {prompt}");
        }
        total += found.len();
    }
    eprintln!("{total} things of organisations are in the manifests of real flows");
}

/// The names of the kinds of dependencies in manifests.
const FAMILIES: [(&str, DependencyKind<'static>); 10] = [
    ("queue", DependencyKind::Object(Kind::Queue)),
    ("user", DependencyKind::Object(Kind::User)),
    ("userPrompt", DependencyKind::Object(Kind::Prompt)),
    ("acdSkill", DependencyKind::Object(Kind::Skill)),
    ("acdWrapupCode", DependencyKind::Object(Kind::WrapupCode)),
    ("schedule", DependencyKind::Object(Kind::Schedule)),
    ("scheduleGroup", DependencyKind::Object(Kind::ScheduleGroup)),
    ("emergencyGroup", DependencyKind::Object(Kind::EmergencyGroup)),
    ("dataAction", DependencyKind::DataAction(None)),
    ("dataTable", DependencyKind::DataTable),
];

#[test]
fn an_export_is_converted() {
    // `{"name":"é","digits":1.5}`, percent-encoded and in base64.
    let export =
        "JTdCJTIybmFtZSUyMiUzQSUyMiVDMyVBOSUyMiUyQyUyMmRpZ2l0cyUyMiUzQTEuNSU3RA==\n";
    let expected = "{\n  \"name\": \"é\",\n  \"digits\": 1.5\n}\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.i3WorkFlow"), export).unwrap();
    let run = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        command.current_dir(folder.path()).args(line.split(' ')).output().unwrap()
    };
    let output = run("convert a.i3WorkFlow");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert_eq!(output.status.code(), Some(0));

    assert_eq!(run("convert a.i3WorkFlow --out b.json").status.code(), Some(0));
    let written = std::fs::read_to_string(folder.path().join("b.json")).unwrap();
    assert_eq!(written, expected);

    let output = run("convert b.json");
    assert_eq!(output.status.code(), Some(3));
    let message = "error: b.json: the export is not base64: found `{` at character 1\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), message);
    let below_a_file = "convert a.i3WorkFlow --out b.json/c.json";
    assert_eq!(run(below_a_file).status.code(), Some(5));
    let mut left = std::fs::read_dir(folder.path()).unwrap();
    assert!(left.all(|it| !it.unwrap().file_name().to_string_lossy().ends_with("part")));
}

/// Collects the `__type` of actions by their ids. The action of a choice in a menu has
/// the type of the choice.
fn collect_classes(node: &Json, classes: &mut BTreeMap<String, String>) {
    let mut add = |id: &Json, class: &Json| {
        if let (Some(id), Some(class)) = (id.as_str(), class.as_str()) {
            classes.insert(id.to_owned(), class.to_owned());
        }
    };
    add(&node["id"], &node["__type"]);
    add(&node["id"], &node["action"]["__type"]);
    let entries = node.as_object().into_iter().flatten().map(|(_, value)| value);
    for value in entries.chain(node.as_array().into_iter().flatten()) {
        collect_classes(value, classes);
    }
}

/// Returns the flow of a document and its modules, the findings, and the number of
/// expressions that could be compared.
fn load(json: &str) -> (Vec<ArchitectFlow>, Vec<Diagnostic>, usize) {
    let mut files = Files::new();
    let file = files.add("export.json", json).clone();
    let document = read_json(&file).unwrap();
    let mut diagnostics = Vec::new();
    let mut flows: Vec<_> = read(&document, &mut diagnostics).into_iter().collect();
    flows.extend(embedded(&document).filter_map(|it| read(it, &mut diagnostics)));
    let count = embedded(&document).chain([&document]).map(count_expressions).sum();
    (flows, diagnostics, count)
}

/// Returns all exports of the shared data.
fn exports() -> Vec<Export> {
    let folder = shared("flows");
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let entries: Vec<Json> = serde_json::from_str(&manifest).unwrap();
    let exports = entries.iter().filter(|entry| entry["format"] == "i3");
    exports
        .map(|entry| {
            let name = entry["file"].as_str().unwrap();
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            Export {
                name: name.to_owned(),
                json: decode(&text).unwrap(),
                actions: serde_json::from_value(entry["actions"].clone()).unwrap(),
            }
        })
        .collect()
}
