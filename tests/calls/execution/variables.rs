//! Setting variables: types, increments, and who sees them.

use serde_json::{Value, json};

use super::support::*;

/// What the variable `v` is after one assignment of this type; or the error code.
fn set_to(kind: &str, value: Value) -> String {
    let stage = main_flow([
        set("It", &[(&format!("v:{kind}"), value)]).to("Done").or("Failed"),
        end("Done"),
        end("Failed"),
    ]);
    let played = stage.run();
    match played.error_of("It") {
        "" => played.variable("v"),
        code => code.to_owned(),
    }
}

#[test]
fn a_value_is_converted_to_the_type_of_the_variable() {
    for (kind, value, expected) in [
        ("string", json!("a"), "\"a\""),
        ("string", json!(12), "\"12\""),
        ("string", json!(2.50), "\"2.5\""),
        ("string", json!(true), "\"true\""),
        ("string", json!({"a": [1]}), "\"{\\\"a\\\":[1]}\""),
        ("integer", json!("12"), "12"),
        ("integer", json!(" 12 "), "12"),
        ("integer", json!(2.9), "2"),
        ("integer", json!(true), "1"),
        ("decimal", json!("2.50"), "2.5"),
        ("decimal", json!(2), "2.0"),
        ("number", json!("2"), "2"),
        ("number", json!("2.5"), "2.5"),
        ("boolean", json!("TRUE"), "true"),
        ("boolean", json!(0), "false"),
        ("boolean", json!("f"), "false"),
        ("json", json!("{\"a\": 1}"), "{\"a\":1}"),
        ("json", json!("plain"), "\"plain\""),
        ("json", json!([1, "two"]), "[1,\"two\"]"),
        ("String", json!(1), "\"1\""),
    ] {
        assert_eq!(set_to(kind, value.clone()), expected, "{kind} {value}");
    }
}

#[test]
fn what_cannot_be_converted_is_an_expression_error() {
    for (kind, value) in [
        ("integer", json!("abc")),
        ("decimal", json!("1,5")),
        ("number", json!("one")),
        ("integer", json!([1])),
        ("boolean", json!([true])),
        ("boolean", json!("maybe")),
        ("integer", json!("9999999999999999999")),
    ] {
        assert_eq!(set_to(kind, value.clone()), "EXPRESSION_ERROR", "{kind} {value}");
    }
}

#[test]
fn blank_text_and_null_leave_the_variable_unset() {
    for (kind, value) in [
        ("integer", json!("")),
        ("decimal", json!("  ")),
        ("number", json!("")),
        ("boolean", json!(" ")),
        ("boolean", Value::Null),
        ("string", Value::Null),
        ("json", Value::Null),
    ] {
        assert_eq!(set_to(kind, value.clone()), "unset", "{kind} {value}");
    }
}

#[test]
fn without_a_type_a_value_stays_what_it_is() {
    let stage = main_flow([
        set(
            "It",
            &[("n", json!(1)), ("s", json!("1")), ("b", json!(true)), ("l", json!([1]))],
        )
        .to("Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    for (name, value) in [("n", "1"), ("s", "\"1\""), ("b", "true"), ("l", "[1]")] {
        assert_eq!(played.variable(name), value);
    }
}

#[test]
fn an_unknown_variable_type_is_a_finding_and_changes_nothing() {
    let stage = main_flow([set("It", &[("v:integr", json!("5"))]).to("Bye"), end("Bye")]);
    assert_eq!(stage.findings, ["INVALID_PROPERTY"]);
    assert_eq!(stage.run().variable("v"), "\"5\"");
}

#[test]
fn later_assignments_see_earlier_ones() {
    let stage = main_flow([
        set("It", &[("a", json!("x")), ("b", json!("{a}y")), ("a", json!("{b}z"))])
            .to("Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    assert_eq!(
        (played.variable("a"), played.variable("b")),
        ("\"xyz\"".into(), "\"xy\"".into())
    );
}

#[test]
fn assignments_before_a_failing_one_stay() {
    let stage = main_flow([
        set("It", &[("a", json!(1)), ("b:integer", json!("no")), ("c", json!(3))])
            .or("Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    assert_eq!(
        (played.variable("a").as_str(), played.variable("c").as_str()),
        ("1", "unset")
    );
}

fn incremented(from: Option<&str>, by: Value) -> String {
    let stage = main_flow([
        set("Add", &[("n:increment", by)]).to("Done").or("Failed"),
        end("Done"),
        end("Failed"),
    ]);
    let call = stage.call();
    let played = match from {
        Some(value) => call.variable("n", value).run(),
        None => call.run(),
    };
    match played.error_of("Add") {
        "" => played.variable("n"),
        code => code.to_owned(),
    }
}

#[test]
fn an_increment_adds_and_unset_counts_as_zero() {
    for (from, by, sum) in [
        (None, json!(1), "1"),
        (Some("2"), json!(1), "3"),
        (Some("\"2\""), json!("3"), "5"),
        (Some("2"), json!(-5), "-3"),
        (Some("1.5"), json!(0.25), "1.75"),
        (Some("1"), json!(0.5), "1.5"),
        (Some("null"), json!(4), "4"),
        (Some("2"), json!(null), "2"),
        (Some("2"), json!("{nothing}"), "2"),
    ] {
        assert_eq!(incremented(from, by.clone()), sum, "{from:?} + {by}");
    }
}

#[test]
fn an_increment_of_or_by_what_is_no_number_is_an_expression_error() {
    for (from, by) in [
        (Some("\"two\""), json!(1)),
        (None, json!("one")),
        (Some("true"), json!(1)),
        (Some("[1]"), json!(1)),
        (Some("9223372036854775807"), json!(1)),
    ] {
        assert_eq!(incremented(from, by.clone()), "EXPRESSION_ERROR", "{from:?} + {by}");
    }
}

#[test]
fn an_increment_counts_the_turns_of_a_loop() {
    let stage = main_flow([
        set("Count", &[("n:increment", json!(1))]).to("Again"),
        decide("Again", &[("{n} < 3", "Count")], "Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    assert_eq!(played.path(), "Count Again Count Again Count Again Bye");
    assert_eq!(played.variable("n"), "3");
}

#[test]
fn templates_in_lists_and_objects_are_evaluated_and_keep_their_types() {
    let stage = main_flow([
        set(
            "It",
            &[
                ("n", json!(2)),
                (
                    "v:json",
                    json!({"n": "{n}", "text": "n={n}", "list": ["{n}", "{none}"]}),
                ),
            ],
        )
        .to("Bye"),
        end("Bye"),
    ]);
    let played = stage.run();
    let found: Value = serde_json::from_str(&played.variable("v")).unwrap();
    assert_eq!(found, json!({"n": 2, "text": "n=2", "list": [2, null]}));
}

#[test]
fn a_step_leaves_what_it_set() {
    let stage = main_flow([
        set("It", &[("a", json!(1)), ("b:string", json!(2))]).to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.run().result("It"), &json!({"variables": {"a": 1, "b": "2"}}));
}

/// `main` sets `v`, calls `sub` with these properties, and says what it sees.
fn calling(properties: Value) -> Stage {
    let main = flow(
        "main",
        [
            set("Before", &[("v", json!("mine")), ("own", json!("kept"))]).to("Call"),
            call_flow("Call", properties).to("Tell"),
            say("Tell", "v={v} own={own} got={got}").to("Bye"),
            end("Bye"),
        ],
    );
    let sub = flow(
        "sub",
        [
            say("Hear", "v={v} own={own} given={given}").to("Change"),
            set("Change", &[("v", json!("theirs")), ("result", json!(42))]).to("Bye"),
            end("Bye"),
        ],
    );
    stage([main, sub])
}

#[test]
fn variables_are_shared_with_a_called_flow() {
    let stage = calling(json!({"flowId": "sub"}));
    let played = stage.run();
    assert_eq!(played.prompts(), ["v=mine own=kept given=", "v=theirs own=kept got="]);
    assert_eq!(played.variable("result"), "42");
}

#[test]
fn with_inputs_or_outputs_a_called_flow_is_isolated() {
    let both = json!({"flowId": "sub", "inputs": {"given": "{v}!"}, "outputs": {"got": "result"}});
    let stage = calling(both);
    let played = stage.run();
    assert_eq!(played.prompts(), ["v= own= given=mine!", "v=mine own=kept got=42"]);
    assert_eq!(played.variable("result"), "unset");

    let stage = calling(json!({"flowId": "sub", "inputs": {}}));
    assert_eq!(stage.run().prompts(), ["v= own= given=", "v=mine own=kept got="]);
    let stage = calling(json!({"flowId": "sub", "outputs": {}}));
    assert_eq!(stage.run().prompts(), ["v= own= given=", "v=mine own=kept got="]);
}

#[test]
fn null_inputs_and_outputs_leave_a_call_shared() {
    let stage = calling(json!({"flowId": "sub", "inputs": null, "outputs": null}));
    assert_eq!(stage.run().prompts()[1], "v=theirs own=kept got=");
}

#[test]
fn inputs_keep_their_types() {
    let main = flow("main", [
        set("Before", &[("n", json!(7))]).to("Call"),
        call_flow("Call", json!({"flowId": "sub", "inputs": {"n": "{n}", "l": ["{n}"]}, "outputs": {"back": "sum"}}))
            .to("Bye"),
        end("Bye"),
    ]);
    let sub = flow(
        "sub",
        [set("Sum", &[("sum:json", json!(["{n}", "{l}"]))]).to("Bye"), end("Bye")],
    );
    assert_eq!(stage([main, sub]).run().variable("back"), "[7,[7]]");
}

#[test]
fn an_output_that_was_never_set_unsets_the_callers_variable() {
    let main = flow(
        "main",
        [
            set("Before", &[("got", json!("old"))]).to("Call"),
            call_flow("Call", json!({"flowId": "sub", "outputs": {"got": "never"}}))
                .to("Bye"),
            end("Bye"),
        ],
    );
    let stage = stage([main, flow("sub", [end("Bye")])]);
    assert_eq!(stage.run().variable("got"), "unset");
}

#[test]
fn an_isolated_call_of_the_same_flow_starts_afresh_each_time() {
    let main = flow(
        "main",
        [
            call_flow("One", json!({"flowId": "sub", "outputs": {"first": "n"}}))
                .to("Two"),
            call_flow("Two", json!({"flowId": "sub", "outputs": {"second": "n"}}))
                .to("Bye"),
            end("Bye"),
        ],
    );
    let sub =
        flow("sub", [set("Add", &[("n:increment", json!(1))]).to("Bye"), end("Bye")]);
    let stage = stage([main, sub]);
    let played = stage.run();
    assert_eq!(
        (played.variable("first"), played.variable("second")),
        ("1".into(), "1".into())
    );
}

#[test]
fn a_shared_call_within_an_isolated_one_shares_with_that_one_only() {
    let main = flow(
        "main",
        [
            set("Mine", &[("v", json!("main"))]).to("Call"),
            call_flow("Call", json!({"flowId": "middle", "outputs": {"got": "v"}}))
                .to("Bye"),
            end("Bye"),
        ],
    );
    let middle = flow(
        "middle",
        [call_flow("Call", json!({"flowId": "inner"})).to("Bye"), end("Bye")],
    );
    let inner =
        flow("inner", [set("Set", &[("v", json!("inner"))]).to("Bye"), end("Bye")]);
    let stage = stage([main, middle, inner]);
    let played = stage.run();
    assert_eq!(
        (played.variable("got"), played.variable("v")),
        ("\"inner\"".into(), "\"main\"".into())
    );
}

#[test]
fn a_flow_may_be_called_shared_here_and_isolated_there() {
    let main = flow(
        "main",
        [
            call_flow("Shared", json!({"flowId": "sub"})).to("Isolated"),
            call_flow("Isolated", json!({"flowId": "sub", "outputs": {"got": "n"}}))
                .to("Bye"),
            end("Bye"),
        ],
    );
    let sub =
        flow("sub", [set("Add", &[("n:increment", json!(1))]).to("Bye"), end("Bye")]);
    let stage = stage([main, sub]);
    let played = stage.run();
    assert_eq!((played.variable("n"), played.variable("got")), ("1".into(), "1".into()));
}

#[test]
fn variables_that_a_call_brings_are_there_at_the_first_node_and_at_the_end() {
    let stage = main_flow([say("Tell", "{tier}").to("Bye"), end("Bye")]);
    let played = stage.call().variable("tier", "\"gold\"").variable("unheard", "7").run();
    assert_eq!(played.prompts(), ["gold"]);
    assert_eq!(
        (played.variable("tier"), played.variable("unheard")),
        ("\"gold\"".into(), "7".into())
    );
}

#[test]
fn an_isolated_flow_still_sees_the_context() {
    let main = flow(
        "main",
        [call_flow("Call", json!({"flowId": "sub", "inputs": {}})).to("Bye"), end("Bye")],
    );
    let sub = flow("sub", [say("Tell", "{from}").to("Bye"), end("Bye")]);
    assert_eq!(stage([main, sub]).call().context("from", "+1").run().prompts(), ["+1"]);
}

#[test]
fn names_of_variables_are_told_apart_by_case() {
    let stage =
        main_flow([set("It", &[("a", json!(1)), ("A", json!(2))]).to("Bye"), end("Bye")]);
    let played = stage.run();
    assert_eq!((played.variable("a"), played.variable("A")), ("1".into(), "2".into()));
}
