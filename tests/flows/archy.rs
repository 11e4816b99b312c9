//! Real flows in Archy YAML from public repositories. All of them are read without an
//! error and without losing any content.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]

use std::collections::BTreeMap;
use std::path::Path;

use flowsim::diagnostic::{Diagnostic, Severity, Style, render_text};
use flowsim::flow::architect::{ArchitectFlow, Setting, Settings};
use flowsim::flow::read::archy::{is_archy, read, substitute};
use flowsim::source::{Files, read_yaml};
use proptest::prelude::*;
use serde::Deserialize;

use crate::shared::shared;

#[derive(Deserialize)]
struct Listed {
    format: String,
    file: String,
    flow_type: String,
    flow_name: Option<String>,
    actions: BTreeMap<String, usize>,
    expressions: usize,
    menu_choices: BTreeMap<String, usize>,
    template_vars: Option<Vec<String>>,
}

fn listed(folder: &Path) -> Vec<Listed> {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let listed: Vec<Listed> = serde_json::from_str(&manifest).unwrap();
    let listed: Vec<Listed> =
        listed.into_iter().filter(|flow| flow.format == "archy-yaml").collect();
    assert!(listed.len() > 50, "only {} flows are listed", listed.len());
    listed
}

/// Returns a value for each placeholder that the list gives for a flow. The list contains
/// the names of flows with these values filled in.
fn values(listed: &Listed) -> Vec<(String, String)> {
    let names = listed.template_vars.iter().flatten();
    names.map(|name| (name.clone(), format!("TPL_{name}"))).collect()
}

fn load(folder: &Path, listed: &Listed) -> ArchitectFlow {
    let text = std::fs::read_to_string(folder.join(&listed.file)).unwrap();
    let (text, unset) = substitute(&text, &values(listed));
    assert!(unset.is_empty(), "{unset:?}");
    let mut files = Files::new();
    let file = files.add(listed.file.as_str(), text);
    let document = read_yaml(&file).unwrap();
    assert!(is_archy(&document), "{}", listed.file);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    let flow = read(&document, &mut diagnostics);
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
    assert_eq!(errors, 0, "{}", render_text(&diagnostics, &files, Style::default()));
    flow.unwrap()
}

#[test]
#[ignore = "needs ../shared/data"]
fn real_flows_are_read_and_no_action_is_lost() {
    let folder = shared("flows");
    for listed in listed(&folder) {
        let flow = load(&folder, &listed);
        assert_eq!(*flow.flow_type, listed.flow_type, "{}", listed.file);
        if let Some(name) = listed.flow_name {
            assert_eq!(*flow.name.value, name, "{}", listed.file);
        }
        let mut found = BTreeMap::new();
        flow.each_action(&mut |_, action| {
            *found.entry(action.kind.value.to_string()).or_insert(0) += 1;
        });
        // The list counts choices of menus separately from actions.
        let mut expected = listed.actions;
        expected.extend(listed.menu_choices);
        assert_eq!(found, expected, "{}", listed.file);
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn no_expression_of_real_flows_is_lost() {
    let folder = shared("flows");
    for listed in listed(&folder) {
        let flow = load(&folder, &listed);
        let mut found = expressions_of(&flow.settings);
        for unit in &flow.units {
            found += expressions_of(&unit.settings);
        }
        for variable in
            flow.variables.iter().chain(flow.units.iter().flat_map(|it| &it.variables))
        {
            found += variable.initial.as_ref().map_or(0, |it| expressions(&it.value));
        }
        flow.each_action(&mut |_, action| {
            found += expressions_of(&action.settings);
            let cases = action.outputs.iter().filter_map(|output| output.value.as_ref());
            found += cases.map(|it| expressions(&it.value)).sum::<usize>();
        });
        assert_eq!(found, listed.expressions, "{}", listed.file);
    }
}

fn expressions_of(settings: &Settings) -> usize {
    settings.entries.iter().map(|(_, setting)| expressions(&setting.value)).sum()
}

fn expressions(setting: &Setting) -> usize {
    match setting {
        Setting::Expression(..) => 1,
        Setting::List(items) => items.iter().map(|item| expressions(&item.value)).sum(),
        Setting::Group(settings) => expressions_of(settings),
        _ => 0,
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn every_reference_of_real_flows_leads_to_a_unit() {
    let folder = shared("flows");
    for listed in listed(&folder) {
        let flow = load(&folder, &listed);
        let start = flow.start.as_ref().expect("a start").unit.clone();
        assert!(start.is_some_and(|key| flow.unit(&key).is_some()), "{}", listed.file);
        flow.each_action(&mut |_, action| {
            for (name, setting) in &action.settings.entries {
                if name.ends_with("Ref") {
                    let Setting::Unit(reference) = &setting.value else {
                        panic!("{name} of {} is no reference", listed.file)
                    };
                    let key = reference.unit.as_deref().expect("a unit");
                    assert!(flow.unit(key).is_some(), "{key} in {}", listed.file);
                }
            }
        });
    }
}

/// The vocabulary of Archy documents.
const WORDS: &[&str] = &[
    "inboundCall",
    "name",
    "tasks",
    "task",
    "menus",
    "menu",
    "choices",
    "menuTask",
    "actions",
    "outputs",
    "paths",
    "path",
    "evaluate",
    "firstTrue",
    "firstMatch",
    "cases",
    "case",
    "value",
    "switch",
    "callData",
    "category",
    "dataAction",
    "commonModule",
    "lit",
    "exp",
    "var",
    "noValue",
    "none",
    "tts",
    "prompt",
    "startUpRef",
    "targetTaskRef",
    "dtmf",
    "digit_1",
    "variables",
    "stringVariable",
    "initialValue",
    "isInput",
    "refId",
    "supportedLanguages",
    "startUpTaskActions",
    "startUpState",
    "outputPaths",
    "true",
    "./choices/menuTask[a]",
    "/inboundCall/tasks/task[a]",
    "a#b",
    "é",
    "enabled",
];

/// Documents that resemble flows, so that the reader gets past the flow type.
fn flows() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(WORDS);
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("'{word}'")),
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("7".to_owned()),
    ];
    let node = leaf.prop_recursive(6, 64, 4, move |inner| {
        let entry = (proptest::sample::select(WORDS), inner.clone())
            .prop_map(|(key, value)| format!("'{key}': {value}"));
        prop_oneof![
            proptest::collection::vec(inner, 0..4)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            proptest::collection::vec(entry, 0..4)
                .prop_map(|entries| format!("{{{}}}", entries.join(", "))),
        ]
    });
    let property = (proptest::sample::select(WORDS), node)
        .prop_map(|(key, value)| format!("'{key}': {value}"));
    proptest::collection::vec(property, 0..6)
        .prop_map(|entries| format!("inboundCall: {{{}}}", entries.join(", ")))
}

/// Reads a document. Returns `None` if it is not YAML.
fn read_any(text: &str) -> Option<Option<ArchitectFlow>> {
    let mut files = Files::new();
    let file = files.add("<flow>", text);
    let document = read_yaml(&file).ok()?;
    Some(read(&document, &mut Vec::new()))
}

proptest! {
    #[test]
    fn no_input_makes_the_reader_panic(text in ".*") {
        read_any(&text);
        let _ = substitute(&text, &[]);
    }

    #[test]
    fn a_flow_of_any_content_is_read(text in flows()) {
        prop_assert!(read_any(&text).is_none_or(|flow| flow.is_some()));
    }
}
