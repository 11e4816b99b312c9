//! Templates: references in texts.

use serde_json::{Value, json};

use super::support::*;

/// What `template` makes of the variables, as JSON, and what was missing.
fn expand(template: &str, variables: &[(&str, &str)]) -> (String, Vec<String>) {
    let stage =
        main_flow([set("It", &[("result", json!(template))]).to("Bye"), end("Bye")]);
    let mut call = stage.call();
    for (name, value) in variables {
        call = call.variable(name, value);
    }
    let played = call.run();
    (played.variable("result"), played.diagnostics())
}

fn value_of(template: &str, variables: &[(&str, &str)]) -> String {
    expand(template, variables).0
}

#[test]
fn one_whole_template_keeps_the_type_of_the_value() {
    for value in ["1", "1.5", "true", "\"text\"", "[1,2]", "{\"a\":{\"b\":null}}"] {
        assert_eq!(value_of("{v}", &[("v", value)]), value);
        assert_eq!(value_of("{ v }", &[("v", value)]), value);
    }
}

#[test]
fn inside_longer_text_a_value_is_printed() {
    for (value, printed) in [
        ("1", "1"),
        ("-0.50", "-0.5"),
        ("3.0", "3.0"),
        ("1e3", "1000.0"),
        ("true", "true"),
        ("\"a b\"", "a b"),
        ("[1, \"x\"]", "[1,\\\"x\\\"]"),
        ("{\"a\": 1}", "{\\\"a\\\":1}"),
    ] {
        assert_eq!(
            value_of("<{v}>", &[("v", value)]),
            format!("\"<{printed}>\""),
            "{value}"
        );
    }
}

#[test]
fn unset_prints_as_empty_text_with_a_diagnostic() {
    let (value, missing) = expand("<{nobody}>", &[]);
    assert_eq!(
        (value.as_str(), missing),
        ("\"<>\"", vec!["VARIABLE_NOT_FOUND at It".to_owned()])
    );
    let (value, missing) = expand("{nobody}", &[]);
    assert_eq!((value.as_str(), missing.len()), ("unset", 1));
    let (value, missing) = expand("<{empty}>", &[("empty", "\"\"")]);
    assert_eq!((value.as_str(), missing.len()), ("\"<>\"", 0));
}

#[test]
fn every_missing_reference_is_told() {
    assert_eq!(expand("{a} {b} {a}", &[]).1.len(), 3);
}

#[test]
fn a_variable_wins_over_a_context_field_which_stands_in_for_an_unset_one() {
    let stage = main_flow([
        say("First", "{from}").to("Change"),
        set("Change", &[("from", json!("mine"))]).to("Second"),
        say("Second", "{from}").to("Unset"),
        set("Unset", &[("from", Value::Null)]).to("Third"),
        say("Third", "{from}").to("Bye"),
        end("Bye"),
    ]);
    let played = stage.call().context("from", "+15557770100").run();
    assert_eq!(played.prompts(), ["+15557770100", "mine", "+15557770100"]);
}

#[test]
fn a_field_of_a_variable_is_read_at_any_depth() {
    let contact =
        r#"{"name": "Ada", "tags": ["x", "y"], "address": {"city": {"name": "London"}}}"#;
    let known = [("contact", contact)];
    assert_eq!(value_of("{contact.address.city.name}", &known), "\"London\"");
    assert_eq!(value_of("{contact.address.city}", &known), "{\"name\":\"London\"}");
    assert_eq!(value_of("{contact.tags.1}", &known), "\"y\"");
    assert_eq!(expand("{contact.address.street}", &known).1.len(), 1);
    assert_eq!(expand("{contact.name.first}", &known).1.len(), 1);
}

#[test]
fn an_output_of_a_node_is_read_by_the_nodes_id() {
    let stage = main_flow([
        node("Look", "GetExternalContact", json!({"lookupValue": "ada@example.com"}))
            .to("Tell"),
        say("Tell", "{Look.contact.name}, {Look.contact.attributes.tier}").to("Bye"),
        end("Bye"),
    ])
    .with("contacts: [{name: Ada, email: ada@example.com, attributes: {tier: gold}}]");
    assert_eq!(stage.run().prompts(), ["Ada, gold"]);
}

#[test]
fn an_output_belongs_to_the_frame_of_its_flow() {
    let main = flow(
        "main",
        [
            gather("Ask", json!({})).to("Call").or("Bye"),
            call_flow("Call", json!({"flowId": "sub"})).to("Tell"),
            say("Tell", "main {Ask.digits}").to("Bye"),
            end("Bye"),
        ],
    );
    let sub = flow(
        "sub",
        [
            say("Early", "sub {Ask.digits}").to("Ask"),
            gather("Ask", json!({})).to("Late").or("Bye"),
            say("Late", "sub {Ask.digits}").to("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main, sub]);
    let played = stage.press(&["1", "2"]);
    assert_eq!(played.prompts(), ["sub ", "sub 2", "main 1"]);
}

#[test]
fn a_node_that_runs_again_forgets_its_outputs() {
    let stage = main_flow([
        gather("Ask", json!({})).to("Again").or("Tell"),
        say("Again", "{Ask.digits}").to("Ask"),
        say("Tell", "then <{Ask.digits}>").to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.press(&["7"]).prompts(), ["7", "then <>"]);
}

#[test]
fn an_output_of_a_node_that_has_not_run_is_unset() {
    let stage = main_flow([
        say("Tell", "<{Ask.digits}>").to("Bye"),
        end("Bye"),
        gather("Ask", json!({})),
    ]);
    let played = stage.run();
    assert_eq!((played.last_prompt(), played.diagnostics().len()), ("<>", 1));
}

#[test]
fn a_node_wins_over_a_variable_of_the_same_name_where_a_field_follows() {
    let stage = main_flow([
        gather("Ask", json!({})).to("Set").or("Bye"),
        set("Set", &[("Ask", json!({"digits": "variable"}))]).to("Tell"),
        say("Tell", "{Ask.digits} {Ask}").to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.press(&["1"]).last_prompt(), "1 {\"digits\":\"variable\"}");
}

#[test]
fn a_variable_may_have_dots_in_its_name() {
    let stage = main_flow([
        set("It", &[("Customer.Tier", json!("gold"))]).to("Tell"),
        say("Tell", "{Customer.Tier}").to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.run().prompts(), ["gold"]);
}

#[test]
fn a_brace_that_no_name_follows_is_text_and_others_are_escaped() {
    assert_eq!(value_of("{\"a\": 1}", &[]), "\"{\\\"a\\\": 1}\"");
    assert_eq!(value_of("\\{a} {a}", &[("a", "1")]), "\"{a} 1\"");
    assert_eq!(value_of("{} { } }", &[]), "\"{} { } }\"");
}

#[test]
fn a_reference_that_is_not_closed_is_a_finding() {
    assert_eq!(
        main_flow([say("It", "Hello {name").to("Bye"), end("Bye")]).findings,
        ["EXPRESSION_SYNTAX"]
    );
}

#[test]
fn a_value_is_never_expanded_a_second_time() {
    assert_eq!(value_of("{a}!", &[("a", "\"{b}\""), ("b", "1")]), "\"{b}!\"");
}
