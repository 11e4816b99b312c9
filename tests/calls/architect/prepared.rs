//! Actions whose results the fixtures define.

use super::support::{fixtures, run, stage};

const BOT: &str = "inboundShortMessage:
  name: Orders
  startUpRef: /inboundShortMessage/states/state[Start_1]
  states:
    - state:
        name: Start
        refId: Start_1
        variables:
          - stringVariable: {name: State.intent}
          - integerVariable: {name: State.order}
        actions:
          - callBotFlow:
              name: Call Bot
              inputText: {lit: where is it}
              exitReason: {noValue: true}
              intent: {var: State.intent}
              botFlow:
                Bot:
                  ver_latestPublished:
                    inputs:
                      Slot.Order: {lit: '5'}
                    outputs:
                      Slot.Order: {var: State.order}
          - sendResponse:
              name: Tell
              messageBody: {exp: 'Append(ToString(State.intent), \" \", ToString(State.order))'}
          - callLexBot:
              name: Lex
              outputs:
                failure:
                  actions:
                    - sendResponse: {name: Sorry, messageBody: {lit: Sorry}}
";

fn flow() -> String {
    BOT.replace("\\\"", "\"")
}

#[test]
fn an_answer_for_the_name_of_an_action_overrides_one_for_its_kind() {
    let world = "actions:
  callBotFlow: {outputs: {intent: Wrong}}
  Call Bot: {path: success, outputs: {intent: Track, Slot.Order: 42}, latencyMs: 200}";
    let run = run(&flow(), world, &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["Track 42"]);
    assert_eq!(run.trace.elapsed_ms, 200);
    // The fixtures do not define the result of Lex.
    assert_eq!(run.codes(), ["ACTION_NOT_SIMULATED"]);
}

#[test]
fn an_answer_for_flow_and_name_overrides_both() {
    let world = "actions:
  Call Bot: {outputs: {intent: Wrong}}
  Orders/Call Bot: {outputs: {intent: Right, Slot.Order: 1}}
  callLexBot: {path: failure}";
    let run = run(&flow(), world, &[]);
    assert_eq!(run.prompts(), ["Right 1", "Sorry"]);
    assert_eq!(run.output("Lex"), "failure");
    assert_eq!(run.codes(), Vec::<&str>::new());
}

#[test]
fn conditions_test_the_inputs() {
    let world = "actions:
  Call Bot:
    - {when: {Slot.Order: '6'}, outputs: {intent: Wrong}}
    - {when: {Slot.Order: '5', inputText: where is it}, outputs: {intent: Five, Slot.Order: 5}}
    - {outputs: {intent: Any}}";
    assert_eq!(run(&flow(), world, &[]).prompts(), ["Five 5"]);
}

#[test]
fn answers_are_used_in_turn_and_the_last_is_repeated() {
    let text = "workflow:
  name: F
  startUpRef: /workflow/states/state[S_1]
  variables: [{stringVariable: {name: Flow.all, initialValue: {lit: ''}}}]
  states:
    - state:
        name: S
        refId: S_1
        variables: [{stringVariable: {name: State.x}}]
        actions:
          - loop:
              name: Loop
              currentIndex: {noValue: true}
              loopCount: {lit: 3}
              outputs:
                loop:
                  actions:
                    - detectIntent: {name: Detect, detectedIntent: {var: State.x}}
                    - updateData:
                        name: Add
                        statements: [{string: {variable: Flow.all, value: {exp: 'Flow.all + State.x'}}}]
";
    let world = "actions: {detectIntent: [{outputs: {detectedIntent: a}}, {outputs: {detectedIntent: b}}]}";
    assert_eq!(run(text, world, &[]).variable("Flow.all"), "\"abb\"");
}

#[test]
fn an_output_that_the_action_does_not_have_ends_the_run() {
    let run = run(&flow(), "actions: {Call Bot: {}, Lex: {path: timeout}}", &[]);
    assert_eq!(run.end(), "error UNKNOWN_OUTPUT");
    let message = run.trace.failure.as_ref().map(|failure| failure.message.to_string());
    let expected = "the answer takes the output `timeout`, but the action has `failure`";
    assert_eq!(message.as_deref(), Some(expected));
}

#[test]
fn a_result_that_does_not_fit_its_variable_is_an_error() {
    let run = run(&flow(), "actions: {Call Bot: {outputs: {Slot.Order: many}}}", &[]);
    assert_eq!(run.end(), "error WRONG_TYPE");
}

#[test]
fn a_strict_run_requires_every_answer() {
    let run = stage(flow()).strict().run();
    assert_eq!(run.end(), "error ACTION_NOT_SUPPORTED");
}

fn problems(yaml: &str) -> Vec<String> {
    fixtures(yaml).1.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn invalid_answers_of_actions_are_reported() {
    assert_eq!(
        problems("actions: {A: {path: x, outputs: {a: 1}, when: {b: 2}}}"),
        [""; 0]
    );
    assert_eq!(problems("actions: [{name: A, answers: [{path: x}]}]"), [""; 0]);
    insta::assert_snapshot!(
        problems(
            "actions:
  A: {status: 500}
  B: {outputs: 5}
  C: []
  D: {latencyMs: -1}"
        )
        .join("\n")
    );
    insta::assert_snapshot!(
        problems(
            "actions: [{path: x}, {name: A, path: x, answers: [{}]}, {id: 5, name: A}]"
        )
        .join("\n")
    );
}

#[test]
fn a_virtual_agent_succeeds_or_fails() {
    let agent = BOT.replace("callLexBot", "callAgenticVirtualAgent");
    let failed = run(&agent, "actions: {callAgenticVirtualAgent: {path: failure}}", &[]);
    assert_eq!(failed.output("Lex"), "failure");
    assert!(failed.prompts().contains(&"Sorry"));
    let succeeded = run(&agent, "actions: {Lex: {}}", &[]);
    assert_eq!(succeeded.output("Lex"), "success");
}
