//! Policies of the fixtures, each with its default and its alternative.

use super::support::{call_flow, run};

const ERROR: &str = "policies: {notSetConditions: error}";

/// *Source: Genesys' Architect Scripting: a decision takes `no` unless its condition is
/// true.*
#[test]
fn a_condition_that_is_not_set_is_not_true() {
    let flow = call_flow(
        &["boolean unset"],
        "- decision: {name: Sure, condition: {exp: Flow.unset}}",
    );
    let by_default = run(&flow, "", &[]);
    assert_eq!((by_default.output("Sure"), by_default.end()), ("no", "completed".into()));
    assert_eq!(run(&flow, ERROR, &[]).end(), "error NOT_SET_NOT_ALLOWED");
}

/// *Source: Genesys' Architect Scripting: the default, if no case is true.*
#[test]
fn a_case_that_is_not_set_does_not_apply() {
    let flow = call_flow(
        &["boolean unset"],
        "- switch:
    name: Which
    evaluate:
      firstTrue:
        default: {actions: [{playAudio: {name: Default, audio: {tts: Default}}}]}
        cases:
          - case: {value: {exp: Flow.unset}, actions: [{playAudio: {name: One, audio: {tts: One}}}]}
          - case: {value: {exp: 1 == 1}, actions: [{playAudio: {name: Two, audio: {tts: Two}}}]}",
    );
    assert_eq!(run(&flow, "", &[]).prompts(), ["Two"]);
    assert_eq!(run(&flow, ERROR, &[]).end(), "error NOT_SET_NOT_ALLOWED");
}

/// *Source: Genesys' pages on bots: a bot gives up when the number of wrong answers
/// exceeds the maximum.*
#[test]
fn a_bot_gives_up_after_more_failures_than_its_maximum() {
    let flow = "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  settingsUserInput: {noMatchesMax: {lit: 1}}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForBoolean: {name: Sure, question: {lit: Sure?}}
";
    let twice = run(flow, "", &["say:what", "say:yes"]);
    assert_eq!((twice.prompts(), twice.output("Sure")), (vec!["Sure?"; 2], "yes"));
    let given_up = run(flow, "", &["say:what", "say:what"]);
    assert_eq!(given_up.codes(), ["NO_MATCH"]);
    let at_once = run(flow, "policies: {botMaximum: reached}", &["say:what", "say:yes"]);
    assert_eq!((at_once.prompts(), at_once.codes()), (vec!["Sure?"], vec!["NO_MATCH"]));
}

/// *Source: Genesys' help on the estimated wait time.*
#[test]
fn an_estimated_wait_below_a_minute_counts_as_one() {
    let flow = call_flow(
        &[],
        "- playEstimatedWaitTime: {name: E, estimatedWaitTime: {lit: {seconds: 20}}, roundingInterval: {lit: {seconds: 10}}, playbackMode: exact}",
    );
    let words = |world| run(&flow, world, &[]).prompts().join("");
    assert_eq!(words(""), "Your estimated wait time is 1 minute.");
    let exact = "policies: {shortWaits: exact}";
    assert_eq!(words(exact), "Your estimated wait time is 20 seconds.");
}

/// *Source: Genesys' help on Dial By Extension: the number of attempts before the call is
/// disconnected.*
#[test]
fn the_last_attempt_to_dial_an_extension_disconnects() {
    let flow = "inboundCall:
  name: F
  startUpRef: /inboundCall/menus/menu[Main_1]
  menus:
    - menu:
        name: Main
        refId: Main_1
        audio: {tts: Menu}
        choices:
          - menuDialByExtension:
              name: Dial
              dtmf: digit_1
              repromptAudio: {tts: Again}
              repromptCount: {lit: 1}
          - menuDisconnect: {name: Bye, dtmf: digit_9}
";
    let users = "users: [{name: Ann, extension: '101'}]\n";
    let inputs = ["1", "55#", "66#", "9"];
    let disconnected = run(flow, users, &inputs);
    assert_eq!(disconnected.path(), ["F", "Main", "Dial"]);
    assert_eq!(disconnected.prompts(), ["Menu", "Again"]);
    let world = format!("{users}policies: {{failedExtensions: return}}");
    let returned = run(flow, &world, &inputs);
    assert_eq!(returned.path(), ["F", "Main", "Dial", "Main", "Bye"]);
}
