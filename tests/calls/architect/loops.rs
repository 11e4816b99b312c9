//! Loop Until actions: rounds, cases, and the actions that belong to the loop.

use super::support::{call_flow, run};

/// Builds a flow with a Loop Until action. Its body counts the rounds in `Flow.n` and then
/// runs `body`.
fn until(settings: &str, body: &str) -> String {
    let actions = format!(
        "- loopUntil:
    name: Until
    currentIndex: {{var: Flow.i}}
{settings}
    outputs:
      loop:
        actions:
          - updateData: {{name: Count, statements: [{{integer: {{variable: Flow.n, value: {{exp: Flow.n + 1}}}}}}]}}
{body}      Found:
        actions:
          - playAudio: {{name: Found, audio: {{tts: Found}}}}
- playAudio: {{name: After, audio: {{tts: After}}}}"
    );
    let count = "integer n, initialValue: {lit: 0}";
    call_flow(&["integer i", count, "integer most", "boolean unset"], &actions)
}

const FOUND: &str = "    maxLoopCount: {lit: 5}
    untilCases:
      - untilCase: {name: Never, value: {lit: false}}
      - untilCase: {name: Found, value: {exp: Flow.n == 3}}";

/// *Source: Genesys' help on Loop Until: the index starts at 0, and the loop ends if a
/// case is true.*
#[test]
fn a_loop_until_ends_at_the_first_case_that_is_true() {
    let run = run(&until(FOUND, ""), "", &[]);
    assert_eq!(run.variable("Flow.n"), "3");
    assert_eq!(run.variable("Flow.i"), "2");
    assert_eq!(run.prompts(), ["Found", "After"]);
    assert_eq!(run.output("Until"), "loop");
    assert_eq!(run.codes(), Vec::<&str>::new());
}

/// *Source: Genesys' help on Loop Until: a maximum of up to 99 rounds.*
#[test]
fn a_loop_until_has_at_most_99_rounds() {
    let rounds = |most: &str| {
        let case =
            "    untilCases: [{untilCase: {name: Found, value: {exp: Flow.unset}}}]";
        let run = run(&until(&format!("{most}\n{case}"), ""), "", &[]);
        assert_eq!(run.prompts(), ["After"], "{most}");
        run.variable("Flow.n")
    };
    assert_eq!(rounds("    maxLoopCount: {lit: 2}"), "2");
    assert_eq!(rounds("    maxLoopCount: {lit: 0}"), "0");
    assert_eq!(rounds("    maxLoopCount: {exp: Flow.most}"), "99");
    assert_eq!(rounds("    maxLoopCount: {exp: 100 + 1}"), "99");
    assert_eq!(rounds(""), "99");
}

/// *Source: Genesys' help on Loop Until.*
#[test]
fn next_loop_and_exit_loop_belong_to_the_innermost_loop() {
    let next = "          - loopNext: {name: Next}\n";
    assert_eq!(run(&until(FOUND, next), "", &[]).variable("Flow.n"), "3");
    let exit = "          - loopExit: {name: Exit}\n";
    let left = run(&until(FOUND, exit), "", &[]);
    assert_eq!((left.variable("Flow.n"), left.prompts()), ("1".into(), vec!["After"]));
    // In the actions of a case, they belong to the enclosing loop.
    let nested = call_flow(
        &["integer n, initialValue: {lit: 0}"],
        "- loop:
    name: Outer
    loopCount: {lit: 3}
    outputs:
      loop:
        actions:
          - loopUntil:
              name: Inner
              untilCases:
                - untilCase:
                    name: Done
                    value: {exp: 1 == 1}
                    actions: [{loopNext: {name: Next}}]
              outputs:
                loop:
                  actions:
                    - updateData: {name: Count, statements: [{integer: {variable: Flow.n, value: {exp: Flow.n + 1}}}]}
          - playAudio: {name: Skipped, audio: {tts: Skipped}}",
    );
    let nested = run(&nested, "", &[]);
    assert_eq!((nested.variable("Flow.n"), nested.prompts()), ("3".into(), vec![]));
}

/// *Source: execution documents, in which the cases are part of every further round. That
/// the cases are not evaluated before the first round has a policy.*
#[test]
fn cases_are_evaluated_after_each_round() {
    let at_once = "    untilCases: [{untilCase: {name: Found, value: {exp: 1 == 1}}}]";
    let by_default = run(&until(at_once, ""), "", &[]);
    assert_eq!(by_default.variable("Flow.n"), "1");
    assert_eq!(by_default.prompts(), ["Found", "After"]);
    let first = run(&until(at_once, ""), "policies: {untilCases: before-round}", &[]);
    assert_eq!(first.variable("Flow.n"), "0");
    assert_eq!(first.output("Until"), "Found");
    assert_eq!(first.prompts(), ["Found", "After"]);
}

#[test]
fn a_case_that_cannot_be_computed_is_a_runtime_error() {
    let broken = "    untilCases: [{untilCase: {name: Found, value: {exp: 1 / (Flow.n - 2) == 1}}}]";
    let run = run(&until(broken, ""), "", &[]);
    assert_eq!(
        (run.variable("Flow.n"), run.end()),
        ("2".into(), "error DIVISION_BY_ZERO".into())
    );
}

/// Names of cases are free: they may be those of other outputs, or repeated.
#[test]
fn a_case_may_have_the_name_of_another_output() {
    let flow = call_flow(
        &["integer n, initialValue: {lit: 0}"],
        "- loopUntil:
    name: Until
    untilCases:
      - untilCase: {name: Default, value: {lit: false}, actions: [{playAudio: {name: A, audio: {tts: A}}}]}
      - untilCase: {name: Loop, value: {exp: Flow.n == 2}, actions: [{playAudio: {name: B, audio: {tts: B}}}]}
      - untilCase: {name: loop, value: {lit: true}, actions: [{playAudio: {name: C, audio: {tts: C}}}]}
    outputs:
      loop:
        actions:
          - updateData: {name: Count, statements: [{integer: {variable: Flow.n, value: {exp: Flow.n + 2}}}]}
- playAudio: {name: After, audio: {tts: After}}",
    );
    let run = run(&flow, "", &[]);
    assert_eq!((run.prompts(), run.variable("Flow.n")), (vec!["B", "After"], "2".into()));
}
