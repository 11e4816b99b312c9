//! Genesys' own trees of real flows: every text parses, and is written back as Architect
//! writes it.

use std::collections::BTreeMap;

use flowsim::expr::architect::{BUILT_INS, Declarations, canonical, parse};
use flowsim::value::{Kind, Type};
use serde_json::Value as Json;

use super::world::shared;

/// The one text whose operands have no parentheses, as all others have; its export is older.
const OTHERWISE: &str =
    "Task.LookupResult == \"insert\" or Task.LookupResult == \"update\"";

#[test]
#[ignore = "needs ../shared/data"]
fn the_texts_of_real_flows_parse() {
    let text = shared("asts.jsonl");
    for case in cases(&text) {
        let expression = case["text"].as_str().unwrap();
        if let Err(problem) = parse(expression) {
            panic!("{}\n{expression}", problem.message);
        }
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn the_texts_of_real_flows_are_written_back_as_architect_does() {
    let text = shared("asts.jsonl");
    let mut differences = Vec::new();
    let mut total = 0;
    for case in cases(&text) {
        total += 1;
        let expression = case["text"].as_str().unwrap();
        let expected_text = root(&case)["text"].as_str().unwrap().to_owned();
        let found = written(&case);
        if found.as_ref() != Ok(&expected_text) && expression != OTHERWISE {
            differences.push(format!(
                "{expression}\n    type     {}\n    expected {expected_text}\n    found    {found:?}",
                case["type"]
            ));
        }
    }
    let same = total - differences.len() - 1;
    eprintln!("{same} of {total} texts are written back as Architect does");
    assert!(differences.is_empty(), "{same} of {total}\n{}", differences.join("\n"));
}

fn written(case: &Json) -> Result<String, String> {
    let mut names = Declarations::new();
    let mut references = BTreeMap::new();
    collect(&case["config"], &mut references);
    for (name, code) in references {
        if !BUILT_INS.iter().any(|built_in| built_in.name == name) {
            names.declare(&name, type_of(&code));
        }
    }
    let expected = type_of(case["type"].as_str().unwrap());
    canonical(case["text"].as_str().unwrap(), &mut names, Some(expected))
        .map_err(|problems| format!("{}: {}", problems[0].code, problems[0].message))
}

fn cases(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The one node that the root object holds under its operator's name.
fn root(case: &Json) -> &Json {
    case["config"].as_object().unwrap().values().next().unwrap()
}

/// The variables of a tree with the codes of their types.
fn collect(node: &Json, references: &mut BTreeMap<String, String>) {
    for (kind, node) in node.as_object().into_iter().flatten() {
        if kind == "ref" {
            let text = |key: &str| node[key].as_str().unwrap().to_owned();
            references.insert(text("text"), text("type"));
        }
        for operand in node["operands"].as_array().into_iter().flatten() {
            collect(operand, references);
        }
    }
}

fn type_of(code: &str) -> Type {
    let (single, is_collection) = match code.strip_suffix("_coll") {
        Some(single) => (single, true),
        None => (code, false),
    };
    let kind = Kind::ALL.iter().copied().find(|kind| kind.code() == single);
    Type { kind: kind.unwrap_or_else(|| panic!("unknown type {code}")), is_collection }
}
