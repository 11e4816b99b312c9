//! Coverage of draft flows, counted by hand.

use flowsim::analysis::coverage::Kind;
use flowsim::report::coverage::{render_summary, render_uncovered};

use super::stage::{Stage, count, node, shares};

/// The items to cover:
///
/// | kind | main | greet |
/// |---|---|---|
/// | nodes | Ask, Which, First, Second, Sorry, Bye, Lost: 7 | Hello, Done: 2 |
/// | paths | Ask 2, Which 3, First 2, Second 2, Sorry 1, Lost 1: 11 | Hello: 1 |
/// | conditions | Which: true, false: 2 | |
/// | error handlers | Sorry; Bye is the error target of Sorry alone, which cannot fail: 1 | |
/// | prompts | Ask, Sorry; what Lost says is made: 2 | Hello: 1 |
/// | flows | 1 | 1 |
/// | calls | First, Second: 2 | |
pub(crate) const FLOWS: &str = r#"
flows:
  - id: main
    name: Main
    type: inbound
    draft:
      startNode: Ask
      nodes:
        Ask:
          type: Gather
          properties: {promptText: Press a key., maxDigits: 1, validDigits: "12"}
          onComplete: {nextNode: Which}
          onError: {nextNode: Sorry}
        Which:
          type: If
          properties:
            conditions: [{expression: "{Ask.digits} == '1'", nextNode: First}]
            defaultNextNode: Second
        First:
          type: Flow
          properties: {flowId: greet}
          onComplete: {nextNode: Bye}
          onError: {nextNode: Sorry}
        Second:
          type: Flow
          properties: {flowId: greet}
          onComplete: {nextNode: Bye}
          onError: {nextNode: Sorry}
        Sorry:
          type: Say
          properties: {sayText: Sorry.}
          onComplete: {nextNode: Bye}
          onError: {nextNode: Bye}
        Bye: {type: End, properties: {endType: normal}}
        Lost:
          type: Say
          properties: {sayText: "Nobody hears {from}."}
          onComplete: {nextNode: Bye}
          onError: {nextNode: Bye}
  - id: greet
    name: Greet
    type: common
    draft:
      startNode: Hello
      nodes:
        Hello:
          type: Say
          properties: {sayText: Hello.}
          onComplete: {nextNode: Done}
          onError: {nextNode: Done}
        Done: {type: End, properties: {endType: normal}}
"#;

#[test]
fn a_flow_without_calls_is_not_covered() {
    let report = Stage::new(&[FLOWS]).count(&[]);
    let all = "nodes 0/9, paths 0/12, conditions 0/2, errorHandlers 0/1, prompts 0/3, \
               flows 0/2, calls 0/2";
    assert_eq!(shares(&report), all);
}

#[test]
fn calls_cover_the_items_that_they_reach() {
    let stage = Stage::new(&[FLOWS]);
    // Ask by next, Which by condition 1, First, in it Hello, Done; by next, Bye.
    let first = stage.call("main", &["1"]);
    // Ask by error, Sorry, Bye.
    let silent = stage.call("main", &["-"]);
    let report = stage.count(&[&first, &silent]);
    // Nodes: all except Second and Lost. Paths: Ask 2, Which 1, First 1, Hello 1, Sorry
    // 1.
    let covered = "nodes 7/9, paths 6/12, conditions 1/2, errorHandlers 1/1, \
                   prompts 3/3, flows 2/2, calls 1/2";
    assert_eq!(shares(&report), covered);
    assert_eq!(report.calls, 2);
    assert_eq!(node(&report, "Main", "Ask").count, 2);
    let of = |of: &str, name: &str| count(&report, "Main", of, name);
    assert_eq!([of("Ask", "next"), of("Ask", "error")], [1, 1]);
    assert_eq!([of("Which", "condition 1"), of("Which", "default")], [1, 0]);
    let outcomes = ["condition 1 true", "condition 1 false"];
    assert_eq!(outcomes.map(|outcome| of("Which", outcome)), [1, 0]);
    assert_eq!(of("Sorry", "error target"), 1);
    assert_eq!([of("First", "greet"), of("Second", "greet")], [1, 0]);
}

#[test]
fn a_flow_that_two_nodes_call_is_counted_by_caller_too() {
    let stage = Stage::new(&[FLOWS]);
    let traces = ["1", "2", "2"].map(|key| stage.call("main", &[key]));
    let report = stage.count(&[&traces[0], &traces[1], &traces[2]]);
    // Second was called: all calls, and the result `false` with the path `default`.
    let covered = "nodes 7/9, paths 6/12, conditions 2/2, errorHandlers 0/1, \
                   prompts 2/3, flows 2/2, calls 2/2";
    assert_eq!(shares(&report), covered);
    assert_eq!(count(&report, "Main", "First", "greet"), 1);
    assert_eq!(count(&report, "Main", "Second", "greet"), 2);
    let greet = report.flows.iter().find(|flow| flow.id == "greet");
    assert_eq!(greet.map(|flow| flow.count), Some(3));
    assert_eq!(node(&report, "Greet", "Hello").count, 3);
    assert_eq!(count(&report, "Greet", "Hello", "sayText"), 3);
}

#[test]
fn a_flow_that_starts_the_call_is_not_called_by_a_node() {
    let stage = Stage::new(&[FLOWS]);
    let report = stage.count(&[&stage.call("greet", &[])]);
    // Hello and Done, one path, one prompt.
    let covered = "nodes 2/9, paths 1/12, conditions 0/2, errorHandlers 0/1, \
                   prompts 1/3, flows 1/2, calls 0/2";
    assert_eq!(shares(&report), covered);
}

/// Conditions before the one that is true were false; those after it were not evaluated.
#[test]
fn conditions_are_evaluated_in_order() {
    let flow = r#"
id: main
name: Main
type: inbound
draft:
  startNode: Which
  nodes:
    Which:
      type: If
      properties:
        conditions:
          - {expression: "{key} == '1'", nextNode: End}
          - {expression: "{key} == null", nextNode: End}
          - {expression: "{key} == '3'", nextNode: End}
        defaultNextNode: End
    End: {type: End, properties: {endType: normal}}
"#;
    let stage = Stage::new(&[flow]);
    let report = stage.count(&[&stage.call("main", &[])]);
    let outcomes = node(&report, "Main", "Which").parts.iter();
    let outcomes = outcomes.filter(|part| part.kind == Kind::Conditions);
    let counts: Vec<u64> = outcomes.map(|part| part.count).collect();
    assert_eq!(counts, [0, 1, 1, 0, 0, 0], "true and false of each");
    assert_eq!(shares(&report), "nodes 2/2, paths 1/5, conditions 2/6, flows 1/1");
}

/// Every round of a cycle counts, and coverage never exceeds the total.
#[test]
fn cycles_count_every_time_and_cover_once() {
    let flow = r#"
id: main
name: Main
type: inbound
draft:
  startNode: Ask
  nodes:
    Ask:
      type: Gather
      properties: {promptText: Press 1., maxDigits: 1, validDigits: "1"}
      onComplete: {nextNode: End}
      onError: {nextNode: Ask}
    End: {type: End, properties: {endType: normal}}
"#;
    let stage = Stage::new(&[flow]);
    let report = stage.count(&[&stage.call("main", &["-", "-", "1"])]);
    let covered = "nodes 2/2, paths 2/2, errorHandlers 1/1, prompts 1/1, flows 1/1";
    assert_eq!(shares(&report), covered);
    assert_eq!(node(&report, "Main", "Ask").count, 3);
    assert_eq!(count(&report, "Main", "Ask", "error"), 2);
    assert_eq!(count(&report, "Main", "Ask", "error target"), 2);
    assert_eq!(count(&report, "Main", "Ask", "promptText"), 3);
    assert_eq!(render_uncovered(&report), "");
}

/// A call that fails at the nesting limit does not enter the flow.
#[test]
fn a_flow_that_could_not_be_called_is_not_covered() {
    let flow = r#"
id: main
name: Main
type: inbound
draft:
  startNode: Again
  nodes:
    Again:
      type: Flow
      properties: {flowId: main}
      onComplete: {nextNode: End}
      onError: {nextNode: End}
    End: {type: End, properties: {endType: normal}}
"#;
    let stage = Stage::new(&[flow]);
    let report = stage.count(&[&stage.call("main", &[])]);
    // 33 frames: the last call fails, as the limit is 32 nested flows.
    assert_eq!(node(&report, "Main", "Again").count, 33);
    assert_eq!(count(&report, "Main", "Again", "main"), 32);
    assert_eq!(report.flows[0].count, 33);
    assert_eq!(count(&report, "Main", "Again", "error"), 1);
}

#[test]
fn a_summary_reads_well() {
    let stage = Stage::new(&[FLOWS]);
    let report = stage.count(&[&stage.call("main", &["1"]), &stage.call("main", &["-"])]);
    let text = format!("{}\n{}", render_summary(&report), render_uncovered(&report));
    insta::assert_snapshot!(text);
    let nothing = stage.count(&[]);
    let text = format!("{}\n{}", render_summary(&nothing), render_uncovered(&nothing));
    insta::assert_snapshot!("nothing_is_covered", text);
}
