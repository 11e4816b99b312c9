//! Conditions: typed operands compared.

use serde_json::json;

use super::support::*;

/// `yes`, `no`, or the code of the error.
fn judge(condition: &str, variables: &[(&str, &str)]) -> String {
    let it = decide("It", &[(condition, "Yes")], "No").or("Failed");
    let stage = main_flow([it, end("Yes"), end("No"), end("Failed")]);
    assert!(stage.findings.is_empty(), "{condition}: {:?}", stage.findings);
    let mut call = stage.call();
    for (name, value) in variables {
        call = call.variable(name, value);
    }
    let played = call.run();
    match played.path().as_str() {
        "It Yes" => "yes".into(),
        "It No" => "no".into(),
        _ => played.error_of("It").into(),
    }
}

fn all(expected: &str, variables: &[(&str, &str)], conditions: &[&str]) {
    for condition in conditions {
        assert_eq!(
            judge(condition, variables),
            expected,
            "{condition} with {variables:?}"
        );
    }
}

#[test]
fn strings_compare_exactly() {
    let known = [("s", "\"Gold\"")];
    all(
        "yes",
        &known,
        &[
            "{s} == 'Gold'",
            "{s} == \"Gold\"",
            "{s} != 'gold'",
            "{s} < 'Silver'",
            "'b' > 'a'",
        ],
    );
    all("no", &known, &["{s} == 'gold'", "{s} == 'Gold '", "'1' == '1.0'", "'10' > '9'"]);
}

#[test]
fn numbers_compare_by_value() {
    let known = [("n", "5"), ("d", "2.50"), ("m", "-3")];
    all(
        "yes",
        &known,
        &[
            "{n} == 5",
            "{n} == 5.0",
            "{d} == 2.5",
            "{n} > {d}",
            "{m} < 0",
            "{n} >= 5",
            "{n} <= 5",
            "10 > 9",
        ],
    );
    all("no", &known, &["{n} != 5", "{n} < 5", "{n} > 5", "{m} >= 0"]);
}

#[test]
fn a_string_that_is_a_number_meets_a_number_by_value() {
    let known = [("digits", "\"1\""), ("zeros", "\"007\"")];
    all(
        "yes",
        &known,
        &[
            "'1' == 1",
            "{digits} == 1",
            "1 == '1.0'",
            "{zeros} == 7",
            "{zeros} > 6",
            "{digits} < 10",
        ],
    );
    all("no", &known, &["'one' == 1", "'' == 0", "'one' < 1", "'one' > 1"]);
}

#[test]
fn booleans_meet_the_words_for_them_but_no_numbers() {
    let known = [("t", "true"), ("word", "\"TRUE\"")];
    all(
        "yes",
        &known,
        &[
            "{t} == true",
            "{t} == 'true'",
            "{word} == true",
            "true != false",
            "{t}",
            "{word}",
        ],
    );
    all("no", &known, &["{t} == 1", "{t} == false", "not {t}", "false"]);
}

#[test]
fn an_operand_is_never_spliced_into_the_expression() {
    let known = [("s", r#""' or '1' == '1""#), ("n", "\"1 or true\"")];
    all("no", &known, &["{s} == 'x'", "{n} == 2"]);
    all("yes", &known, &[r"{s} == '\' or \'1\' == \'1'", "{n} == '1 or true'"]);
}

#[test]
fn unset_equals_only_null_and_every_other_comparison_with_it_is_false() {
    all(
        "yes",
        &[("a", "null")],
        &["{a} == null", "null == {a}", "{b} == null", "null == null"],
    );
    all(
        "no",
        &[],
        &[
            "{a} == ''",
            "{a} == 0",
            "{a} == false",
            "{a} == {b}",
            "{a} != 'x'",
            "{a} != {b}",
            "{a} != null",
            "{a} < 1",
            "{a} > 1",
            "{a} <= null",
            "{a} contains ''",
            "'' startswith {a}",
            "{a}",
        ],
    );
    all("yes", &[("a", "\"\"")], &["{a} != null", "{a} == ''"]);
    all("yes", &[], &["not {a}", "not {a} == 'x'"]);
}

#[test]
fn a_condition_that_reads_an_unset_value_says_so_once() {
    let stage =
        main_flow([decide("It", &[("{a} == 1 or {a} == 2", "Bye")], "Bye"), end("Bye")]);
    assert_eq!(stage.run().diagnostics(), ["VARIABLE_NOT_FOUND at It"]);
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_both() {
    all(
        "yes",
        &[],
        &[
            "true or false and false",
            "true || false && false",
            "not false and true",
            "!false && true",
            "not (true and false)",
            "not false or true",
            "not not true",
            "(true or false) and true",
            "!(1 == 2)",
            "1 != 2",
            "not 1 == 2",
        ],
    );
    all(
        "no",
        &[],
        &[
            "(true or false) and false",
            "not true or false",
            "not (true or false)",
            "true AND False",
            "NOT true",
        ],
    );
}

#[test]
fn or_stops_at_the_first_truth_and_and_at_the_first_untruth() {
    let known = [("word", "\"maybe\"")];
    all("yes", &known, &["true or {word}"]);
    all("no", &known, &["false and {word}"]);
    all("EXPRESSION_ERROR", &known, &["false or {word}", "true and {word}"]);
}

#[test]
fn contains_startswith_and_endswith_look_into_texts() {
    let known = [("s", "\"Gold Card\""), ("n", "1234")];
    all(
        "yes",
        &known,
        &[
            "{s} contains 'ld C'",
            "{s} startswith 'Gold'",
            "{s} endswith 'Card'",
            "{s} contains ''",
            "{n} contains 23",
            "{n} startswith '12'",
            "{s} CONTAINS 'Card'",
            "'x' startswith 'x'",
        ],
    );
    all(
        "no",
        &known,
        &["{s} contains 'gold'", "{s} startswith 'Card'", "{s} endswith 'Gold'"],
    );
}

#[test]
fn contains_looks_for_an_item_of_a_list() {
    let known = [("list", "[\"gold\", 2, [3]]")];
    all(
        "yes",
        &known,
        &["{list} contains 'gold'", "{list} contains 2", "{list} contains '2'"],
    );
    all("no", &known, &["{list} contains 'gol'", "{list} contains 3"]);
}

#[test]
fn fields_and_items_are_operands_too() {
    let known = [("c", r#"{"tier": "gold", "open": 2, "vip": true, "none": null}"#)];
    all(
        "yes",
        &known,
        &[
            "{c.tier} == 'gold'",
            "{c.open} >= 2",
            "{c.vip}",
            "{c.none} == null",
            "{c.other} == null",
        ],
    );
    all("yes", &[("a", "[1,2]"), ("b", "[1,2]")], &["{a} == {b}"]);
}

#[test]
fn what_stands_by_itself_must_be_true_or_false() {
    for value in ["\"maybe\"", "1", "[true]", "{}"] {
        assert_eq!(judge("{v}", &[("v", value)]), "EXPRESSION_ERROR", "{value}");
    }
}

#[test]
fn an_expression_error_names_the_node_and_ends_the_flow_without_a_handler() {
    let stage = main_flow([decide("It", &[("{v}", "Bye")], "Bye"), end("Bye")]);
    let played = stage.call().variable("v", "\"maybe\"").run();
    assert_eq!(played.end(), "error EXPRESSION_ERROR at It");
}

#[test]
fn groups_can_be_compared() {
    all(
        "yes",
        &[],
        &["(1 == 1) == true", "(1 == 2) == (3 == 4)", "(1 == 1) != (1 == 2)"],
    );
}

#[test]
fn numbers_are_written_with_or_without_fraction_and_sign() {
    all(
        "yes",
        &[("n", "-2.5")],
        &["{n} == -2.5", "{n} == -2.50", "{n} < -2", "0 > -1", "0.1 == 0.10"],
    );
}

#[test]
fn a_number_of_a_call_is_compared_to_the_last_digit() {
    all("yes", &[("n", "0.1")], &["{n} == 0.1"]);
    all("no", &[("n", "0.1")], &["{n} == 0.1000000000000000000001"]);
}

#[test]
fn the_first_true_condition_wins() {
    let stage = main_flow([
        decide("It", &[("{n} > 1", "A"), ("{n} > 2", "B")], "C"),
        end("A"),
        end("B"),
        end("C"),
    ]);
    assert_eq!(stage.call().variable("n", "5").run().path(), "It A");
    assert_eq!(stage.call().variable("n", "0").run().path(), "It C");
}

#[test]
fn a_condition_that_cannot_be_parsed_is_a_finding_and_is_left_out() {
    for condition in [
        "{a} = 1",
        "{a} ==",
        "",
        "a == 1",
        "{a} == 'x",
        "(1 == 1",
        "{a} == 1 {b}",
        "== 1",
    ] {
        let stage = main_flow([decide("It", &[(condition, "Bye")], "Bye"), end("Bye")]);
        assert_eq!(stage.findings, ["EXPRESSION_SYNTAX"], "{condition}");
        assert_eq!(stage.run().step("It")["path"], "default");
    }
}

#[test]
fn deep_parentheses_are_refused_not_followed() {
    let deep = format!("{}true{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(
        main_flow([decide("It", &[(&deep, "Bye")], "Bye"), end("Bye")]).findings,
        ["EXPRESSION_SYNTAX"]
    );
    assert_eq!(judge(&format!("{}true", "!".repeat(5_000)), &[]), "yes");
    assert_eq!(judge(&format!("{}true{}", "(".repeat(60), ")".repeat(60)), &[]), "yes");
}

#[test]
fn a_long_condition_is_no_trouble() {
    let long = vec!["{n} == 1"; 2_000].join(" or ");
    assert_eq!(judge(&long, &[("n", "2")]), "no");
    let known = json!(1).to_string();
    assert_eq!(judge(&long, &[("n", &known)]), "yes");
}

#[test]
fn what_is_unset_is_told_unless_the_condition_asks_for_it() {
    let told = |condition: &str| {
        let it = decide("It", &[(condition, "End")], "End");
        let stage = main_flow([it, end("End")]);
        stage.run().diagnostics()
    };
    assert_eq!(told("{a} == '1'"), ["VARIABLE_NOT_FOUND at It"]);
    assert_eq!(told("{a} == null"), [""; 0]);
    assert_eq!(told("not (null != {a} and {b} == '1')"), ["VARIABLE_NOT_FOUND at It"]);
}
