//! Our tables of functions and operators compared with Genesys' own catalogue, if
//! available.

use flowsim::expr::architect::{Function, Overload, Parameter, functions, operators};
use flowsim::value::{Kind, Type};
use serde_json::Value as Json;

use super::world::shared;

/// The differences, each with its reason.
const DIFFERENCES: &[(&str, &str)] = &[
    // An example in the catalogue itself passes NOT_SET and gets NOT_SET.
    ("ToPhoneNumber", "phn(str)"),
    // As above.
    ("ToLanguageSkill", "lac(lac)"),
    // Without a literal the type of the property is unknown; JSON has its own overloads.
    ("[", "any(str, any)"),
];

#[test]
#[ignore = "needs ../shared/data"]
fn functions_and_operators_are_those_of_the_catalogue() {
    let text = shared("catalog.json");
    let catalogue: Json = serde_json::from_str(&text).unwrap();
    let (mut overloads, mut entries) = (0, 0);
    let mut differences = Vec::new();
    let theirs = catalogue["functions"].as_array().unwrap().iter();
    for entry in theirs.chain(catalogue["operators"].as_array().unwrap()) {
        entries += 1;
        let name = entry["name"].as_str().unwrap();
        for overload in entry["overloads"].as_array().unwrap() {
            overloads += 1;
            // The dot is not one of our operators; properties are part of the types.
            if name == "." {
                continue;
            }
            let expected = expected(overload);
            let ours = candidates(name);
            if !ours.iter().any(|function| has(function, &expected)) {
                let found: Vec<String> = ours
                    .iter()
                    .flat_map(|function| function.overloads)
                    .map(written)
                    .collect();
                let line = format!(
                    "{name} {expected}\n    ours: {}",
                    found.join("\n          ")
                );
                if !DIFFERENCES.contains(&(name, expected.as_str())) {
                    differences.push(line);
                }
            }
        }
    }
    eprintln!("{entries} functions and operators, {overloads} overloads");
    assert_eq!((entries, overloads), (120, 349));
    assert!(differences.is_empty(), "{}\n{}", differences.len(), differences.join("\n"));
}

/// Negation and subtraction share a symbol.
fn candidates(name: &str) -> Vec<&'static Function> {
    functions().chain(operators()).filter(|function| function.name == name).collect()
}

fn has(function: &Function, expected: &str) -> bool {
    function.overloads.iter().any(|overload| written(overload) == expected)
}

/// Formats an overload with everything that is compared: `str(str?, int 0..9)`.
fn written(overload: &Overload) -> String {
    let parameters: Vec<String> = overload.parameters.iter().map(parameter).collect();
    format!("{}({})", type_code(overload.returns), parameters.join(", "))
}

fn parameter(parameter: &Parameter) -> String {
    let mut text = type_code(parameter.wanted);
    let is_one = !parameter.wanted.is_collection;
    if parameter.allows_not_set && is_one {
        text.push('?');
    }
    if parameter.is_repeatable {
        text.push('*');
    }
    if parameter.must_be_literal {
        text.push_str(" literal");
    }
    if parameter.refuses_zero {
        text.push_str(" not zero");
    }
    match parameter.range {
        Some((least, i64::MAX)) => text.push_str(&format!(" {least}..")),
        Some((least, most)) => text.push_str(&format!(" {least}..{most}")),
        None => {}
    }
    text
}

fn type_code(holds: Type) -> String {
    format!("{}{}", holds.kind.code(), if holds.is_collection { "[]" } else { "" })
}

fn expected(overload: &Json) -> String {
    let parameters: Vec<String> =
        overload["params"].as_array().unwrap().iter().map(expected_parameter).collect();
    format!("{}({})", expected_type(&overload["returns"]), parameters.join(", "))
}

fn expected_type(node: &Json) -> String {
    let code = node["type"].as_str().unwrap();
    assert!(Kind::ALL.iter().any(|kind| kind.code() == code), "{code}");
    format!("{code}{}", if node["isArray"] == true { "[]" } else { "" })
}

fn expected_parameter(node: &Json) -> String {
    let mut text = expected_type(node);
    let is = |key: &str| node[key] == true;
    // A collection is never NOT_SET, so permitting it has no meaning.
    if is("allowNotSet") && !is("isArray") {
        text.push('?');
    }
    if is("repeatable") {
        text.push('*');
    }
    if is("mustBeLiteral") {
        text.push_str(" literal");
    }
    if is("disallowZero") {
        text.push_str(" not zero");
    }
    match (node["min"].as_str(), node["max"].as_str()) {
        (Some(least), Some(most)) => text.push_str(&format!(" {least}..{most}")),
        (Some(least), None) => text.push_str(&format!(" {least}..")),
        _ => {}
    }
    text
}
