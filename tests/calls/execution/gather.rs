//! Collecting digits on the virtual clock.

use serde_json::{Value, json};

use super::support::*;

/// What came of one Gather: the digits or the error code, and the time it took.
fn collect(properties: Value, input: &str) -> (String, i64) {
    let stage = main_flow([
        node("It", "Gather", properties).to("Done").or("Failed"),
        set("Done", &[("digits", json!("{It.digits}"))]).to("Bye"),
        end("Failed"),
        end("Bye"),
    ]);
    assert!(stage.findings.is_empty(), "{:?}", stage.findings);
    let played = stage.press(&[input]);
    let outcome = match played.error_of("It") {
        "" => {
            let digits = played.variable("digits");
            assert_eq!(played.result("It")["digits"].to_string(), digits);
            digits.trim_matches('"').to_owned()
        }
        code => code.to_owned(),
    };
    (outcome, played.elapsed())
}

fn check(properties: &Value, cases: &[(&str, &str, i64)]) {
    for (input, outcome, elapsed) in cases {
        let found = collect(properties.clone(), input);
        assert_eq!(found, ((*outcome).to_owned(), *elapsed), "{input} with {properties}");
    }
}

#[test]
fn by_default_one_key_within_five_seconds() {
    check(
        &json!({}),
        &[
            ("1", "1", 0),
            ("-", "NO_INPUT", 5_000),
            ("1@4999", "1", 4_999),
            ("1@5000", "1", 5_000),
            ("1@5001", "NO_INPUT", 5_000),
        ],
    );
}

#[test]
fn the_first_key_must_come_within_the_timeout() {
    let properties =
        json!({"timeoutSeconds": 10, "interDigitTimeoutSeconds": 2, "maxDigits": 3});
    check(
        &properties,
        &[
            ("1@10000,2@0,3@0", "123", 10_000),
            ("1@10001,2@0,3@0", "NO_INPUT", 10_000),
            ("-", "NO_INPUT", 10_000),
        ],
    );
}

#[test]
fn each_next_key_must_come_within_the_inter_digit_timeout() {
    let properties =
        json!({"maxDigits": 4, "minDigits": 2, "interDigitTimeoutSeconds": 2});
    check(
        &properties,
        &[
            ("1@100,2@2000,3@2000,4@2000", "1234", 6_100),
            ("1@100,2@2000,3@2001,4@0", "12", 4_100),
            ("1@100,2@2001,3@0,4@0", "INTER_DIGIT_TIMEOUT", 2_100),
            ("12", "12", 2_000),
            ("1", "INTER_DIGIT_TIMEOUT", 2_000),
            ("1234", "1234", 0),
        ],
    );
}

#[test]
fn the_inter_digit_timeout_is_three_seconds_by_default() {
    check(&json!({"maxDigits": 2}), &[("1@10", "1", 3_010), ("1@0,2@3000", "12", 3_000)]);
}

#[test]
fn keys_beyond_max_digits_are_dropped() {
    let properties = json!({"maxDigits": 2});
    check(&properties, &[("12345", "12", 0), ("1@10,2@20,3@30", "12", 30)]);
    let stage = main_flow([
        gather("One", properties).to("Two").or("Bye"),
        gather("Two", json!({})).to("Bye").or("Bye"),
        end("Bye"),
    ]);
    let played = stage.press(&["123"]);
    assert_eq!(played.error_of("Two"), "NO_INPUT");
    assert_eq!(played.result("One"), &json!({"heard": "123", "digits": "12"}));
}

#[test]
fn the_terminating_key_ends_the_entry_and_does_not_belong_to_it() {
    let properties = json!({"maxDigits": 5, "minDigits": 2, "terminatingKey": "#"});
    check(
        &properties,
        &[
            ("12#", "12", 0),
            ("1@5,2@5,#@5", "12", 15),
            ("12#34", "12", 0),
            ("12345", "12345", 0),
            ("1#", "INTER_DIGIT_TIMEOUT", 0),
            ("#", "INTER_DIGIT_TIMEOUT", 0),
            ("12", "12", 3_000),
        ],
    );
}

#[test]
fn with_min_digits_zero_silence_and_the_bare_terminating_key_are_an_empty_entry() {
    let properties = json!({"maxDigits": 2, "minDigits": 0, "terminatingKey": "#"});
    check(&properties, &[("-", "", 5_000), ("#", "", 0), ("7", "7", 3_000)]);
}

#[test]
fn a_key_outside_valid_digits_is_no_match_at_once() {
    let properties = json!({"maxDigits": 3, "validDigits": "12*", "terminatingKey": "#"});
    check(
        &properties,
        &[
            ("1*2", "1*2", 0),
            ("3", "NO_MATCH", 0),
            ("1@100,3@200", "NO_MATCH", 300),
            ("12#", "12", 0),
            ("1239", "NO_MATCH", 0),
            ("1219", "121", 0),
        ],
    );
    check(&json!({"validDigits": ""}), &[("*", "*", 0), ("A", "A", 0)]);
}

#[test]
fn keys_are_digits_stars_hashes_and_letters() {
    check(&json!({"maxDigits": 16}), &[("0123456789*#ABCD", "0123456789*#ABCD", 0)]);
}

#[test]
fn digits_stay_text() {
    let stage = main_flow([
        gather("Ask", json!({"maxDigits": 3})).to("Keep").or("Bye"),
        set("Keep", &[("kept", json!("{Ask.digits}"))]).to("Bye"),
        end("Bye"),
    ]);
    assert_eq!(stage.press(&["007"]).variable("kept"), "\"007\"");
}

#[test]
fn speech_is_no_match() {
    let stage = only("Gather", json!({}));
    let played = stage.press(&["say:an agent please"]);
    assert_eq!(
        (played.path().as_str(), played.error_of("It"), played.elapsed()),
        ("It Failed", "NO_MATCH", 0)
    );
    assert_eq!(played.result("It")["heard"], "an agent please");
}

#[test]
fn a_caller_who_hangs_up_ends_the_conversation_and_nothing_handles_it() {
    let main = flow(
        "main",
        [
            call_flow("Call", json!({"flowId": "sub"})).to("After").or("After"),
            end("After"),
        ],
    );
    let sub = flow("sub", [gather("Ask", json!({})).to("Bye").or("Bye"), end("Bye")]);
    let stage = stage([main, sub]);
    let played = stage.press(&["hangup"]);
    assert_eq!(
        (played.path().as_str(), played.end().as_str()),
        ("Call Ask", "error CALLER_HUNG_UP at Ask")
    );
    assert_eq!(played.error_of("Ask"), "CALLER_HUNG_UP");
}

#[test]
fn the_prompt_is_said_first_and_costs_nothing() {
    let stage = main_flow([
        set("Know", &[("name", json!("Ada"))]).to("Ask"),
        gather("Ask", json!({"promptText": "{name}, press a key."})).to("Bye").or("Bye"),
        end("Bye"),
    ]);
    let played = stage.press(&["5"]);
    assert_eq!((played.prompts(), played.elapsed()), (vec!["Ada, press a key."], 0));
    assert_eq!(
        played.result("Ask"),
        &json!({"text": "Ada, press a key.", "digits": "5"})
    );
}

#[test]
fn timeouts_may_be_fractions_of_a_second_or_zero() {
    check(
        &json!({"timeoutSeconds": 0.25}),
        &[("-", "NO_INPUT", 250), ("1@250", "1", 250)],
    );
    check(
        &json!({"timeoutSeconds": 0}),
        &[("-", "NO_INPUT", 0), ("1", "1", 0), ("1@1", "NO_INPUT", 0)],
    );
}

#[test]
fn each_input_answers_one_gather_and_afterwards_there_is_silence() {
    let stage = main_flow([
        gather("A", json!({})).to("B").or("B"),
        gather("B", json!({})).to("C").or("C"),
        gather("C", json!({})).to("Bye").or("Bye"),
        end("Bye"),
    ]);
    let played = stage.press(&["1", "-"]);
    assert_eq!(
        (played.error_of("A"), played.error_of("B"), played.error_of("C")),
        ("", "NO_INPUT", "NO_INPUT")
    );
    assert_eq!(played.elapsed(), 10_000);
}

#[test]
fn properties_out_of_range_are_findings() {
    for properties in [
        json!({"maxDigits": 0}),
        json!({"minDigits": -1}),
        json!({"maxDigits": 1.5}),
        json!({"minDigits": 3, "maxDigits": 2}),
        json!({"timeoutSeconds": -1}),
        json!({"timeoutSeconds": "5"}),
        json!({"validDigits": "12x"}),
        json!({"terminatingKey": "##"}),
    ] {
        assert_eq!(
            only("Gather", properties.clone()).findings,
            ["INVALID_PROPERTY"],
            "{properties}"
        );
    }
}
