//! Pairs of calls, and the reports about them.

use flowsim::analysis::comparison::{CauseKind, Comparison, Rules, Verdict, compare};
use flowsim::report::comparison::render_text;
use insta::assert_snapshot;

use super::stage::{Stage, clinic, shared};

fn rules() -> Rules {
    Rules { caller_is_replayed: true, ..Rules::default() }
}

/// Replays a call that was recorded on the shared flow on a changed one.
fn replay(changes: &[(&str, &str)], keys: &[&str]) -> Comparison {
    compare(&shared(&[]).call(keys), &shared(changes).call(keys), &rules())
}

fn cause_text(comparison: &Comparison, kind: CauseKind) -> String {
    assert_eq!(comparison.verdict, Verdict::Different);
    let text = render_text(comparison, false);
    assert_eq!(comparison.cause.as_ref().unwrap().kind, kind, "\n{text}");
    text
}

#[test]
fn another_key_of_the_caller() {
    let flows = shared(&[]);
    let found = compare(&flows.call(&["1"]), &flows.call(&["2"]), &Rules::default());
    assert_snapshot!(cause_text(&found, CauseKind::CallerInput));
    assert_snapshot!("another_key_of_the_caller_json", found.to_json());
}

#[test]
fn silence_instead_of_a_key() {
    let flows = shared(&[]);
    let found = compare(&flows.call(&["1"]), &flows.call(&[]), &Rules::default());
    assert_snapshot!(cause_text(&found, CauseKind::CallerInput));
}

#[test]
fn a_shorter_timeout() {
    let change = [("\"timeoutSeconds\": 10", "\"timeoutSeconds\": 1")];
    assert_snapshot!(cause_text(&replay(&change, &["1@2000"]), CauseKind::Action));
}

#[test]
fn another_condition() {
    let change = [("{shared_module_result} == '1'", "{shared_module_result} == '2'")];
    assert_snapshot!(cause_text(&replay(&change, &["1"]), CauseKind::Condition));
}

#[test]
fn a_missing_fixture() {
    let orders = || Stage::changed("order-status", "Order_Status", &[]);
    let recorded = orders().call(&["100200#"]);
    let local = orders().without_fixtures().call(&["100200#"]);
    let found = compare(&recorded, &local, &rules());
    let text = cause_text(&found, CauseKind::Answer);
    assert!(text.contains("neither the recording nor the fixtures answer"), "{text}");
    assert!(!text.contains("was changed"), "{text}");
}

/// A call flow that looks up the caller and leads to a queue.
const LOOKUP: &str = "inboundCall:
  name: Lookup
  startUpRef: /inboundCall/tasks/task[T_1]
  tasks:
    - task:
        name: T
        refId: T_1
        actions:
          - dataTableLookup:
              name: Is it a VIP?
              lookupValue: {lit: '1'}
              dataTable: {Callers: {foundOutputs: {}}}
              outputs:
                found: {actions: [{playAudio: {name: VIP, audio: {tts: Welcome back}}}]}
                notFound: {actions: [{playAudio: {name: Other, audio: {tts: Welcome}}}]}
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: End}
";

/// Objects that only the organisation has are not changes of the flow.
#[test]
fn objects_that_are_absent_locally() {
    let queues = "queues: [Sales]";
    let table =
        "dataTables: [{name: Callers, key: Id, columns: {Vip: boolean}, rows: [ROW]}]";
    let world = |row: &str| format!("{queues}\n{}\n", table.replace("ROW", row));
    let call =
        |world: &str| Stage::written("Lookup", LOOKUP).with_fixtures(world).call(&[]);
    let recorded = call(&world("{Id: '1', Vip: true}"));
    for (local, told) in [
        (world("{Id: '2', Vip: true}"), "found a row of the data table"),
        (queues.to_owned(), "names a data table that is absent locally"),
        (world("{Id: '1', Vip: true}").replace("Sales", "Support"), "names a queue that"),
    ] {
        let found = compare(&recorded, &call(&local), &rules());
        let text = cause_text(&found, CauseKind::Answer);
        assert!(text.contains(told), "{told}:\n{text}");
        assert!(text.contains("absent locally") && !text.contains("changed"), "{text}");
    }
}

/// The ids of actions in Archy YAML are their names.
#[test]
fn a_renamed_action_of_archy_yaml_is_equal() {
    let world = "queues: [Sales]\ndataTables: [{name: Callers, key: Id, columns: {Vip: boolean}, rows: [{Id: '1'}]}]";
    let call = |text: &str| Stage::written("Lookup", text).with_fixtures(world).call(&[]);
    let renamed = LOOKUP.replace("name: VIP,", "name: Greet a VIP,");
    let found = compare(&call(LOOKUP), &call(&renamed), &rules());
    assert_eq!(found.verdict, Verdict::Equal, "{}", render_text(&found, false));
    let names = found.renamed.iter().map(|it| (it.recorded.as_str(), it.local.as_str()));
    assert_eq!(names.collect::<Vec<_>>(), [("VIP", "Greet a VIP")]);
    let other = renamed.replace("Welcome back", "Hello");
    let found = compare(&call(LOOKUP), &call(&other), &rules());
    assert_eq!(found.verdict, Verdict::Different);
}

#[test]
fn another_target() {
    let change = [("\"nextNode\": \"RouteToAgent\"", "\"nextNode\": \"PlayGoodbye\"")];
    assert_snapshot!(cause_text(&replay(&change, &["1"]), CauseKind::Target));
}

#[test]
fn another_queue() {
    let change = [("\"queueId\": \"support\"", "\"queueId\": \"sales\"")];
    let found = replay(&change, &["1"]);
    assert_eq!(found.path_diverges_at, None);
    assert_snapshot!(cause_text(&found, CauseKind::Action));
}

#[test]
fn another_prompt() {
    let change = [("Press 1 now.", "Please press 1.")];
    let found = replay(&change, &["1"]);
    assert_eq!(found.differences.len(), 1);
    assert_eq!(found.differences[0].pointer, "/steps/2/result/text");
    assert_snapshot!(cause_text(&found, CauseKind::Action));
}

#[test]
fn another_value() {
    let change = [("\"value\": \"{GatherInput.digits}\"", "\"value\": \"x\"")];
    assert_snapshot!(cause_text(&replay(&change, &["1"]), CauseKind::Action));
}

#[test]
fn a_step_that_is_left_out() {
    let change = [("\"nextNode\": \"GatherInput\"", "\"nextNode\": \"SetResult\"")];
    let found = replay(&change, &["1"]);
    assert_eq!(found.path_diverges_at, Some(3));
    assert_snapshot!(cause_text(&found, CauseKind::MissingStep));
}

#[test]
fn a_step_that_is_new() {
    let nodes = "\"CheckResult\": {\n        \"id\"";
    let new = "\"Note\": {\"id\": \"Note\", \"type\": \"Say\", \"properties\": \
               {\"sayText\": \"One moment.\"}, \"onComplete\": {\"nextNode\": \"CheckResult\"}, \
               \"onError\": {\"nextNode\": \"CheckResult\"}},\n      \"CheckResult\": {\n        \
               \"id\"";
    let change =
        [(nodes, new), ("\"nextNode\": \"CheckResult\",", "\"nextNode\": \"Note\",")];
    let found = replay(&change, &["1"]);
    assert_eq!(found.path_diverges_at, Some(6));
    assert_snapshot!(cause_text(&found, CauseKind::InsertedStep));
}

#[test]
fn another_key_in_a_menu_of_architect() {
    let flows = clinic(&[]);
    let (one, two) = (flows.document(&["1", "1", "1"]), flows.document(&["1", "2"]));
    assert_snapshot!(cause_text(
        &compare(&one, &two, &Rules::default()),
        CauseKind::CallerInput
    ));
}

#[test]
fn another_time_of_the_day() {
    let (day, night) = (clinic(&[]), clinic(&[]).at("2026-03-11T02:00:00Z"));
    let (one, two) = (day.document(&["1", "1", "1"]), night.document(&["1", "1", "1"]));
    assert_snapshot!(cause_text(
        &compare(&one, &two, &Rules::default()),
        CauseKind::Answer
    ));
}

#[test]
fn an_equal_call_is_reported_in_one_line() {
    let call = shared(&[]).call(&["1"]);
    let found = compare(&call, &call, &Rules::default());
    assert_eq!(render_text(&found, false), "equal\n");
    assert_eq!(found.cause, None);
}

#[test]
fn colours_only_repeat_the_words() {
    let found = replay(&[("Press 1 now.", "Please press 1.")], &["1"]);
    let colored = render_text(&found, true);
    assert!(colored.contains("\u{1b}["));
    assert_eq!(
        anstream::adapter::strip_str(&colored).to_string(),
        render_text(&found, false)
    );
}
