//! What `settingsErrorHandling` does: every event of ArchEnums.EVENTS_FLOW_ERROR_HANDLING.

use super::support::{Run, stage};

/// A flow of a type whose first task or state fails, with this error handling.
fn failing(flow_type: &str, handling: &str) -> Run {
    let (units, unit) = match flow_type {
        "workflow" | "surveyInvite" => ("states", "state"),
        _ => ("tasks", "task"),
    };
    let flow = format!(
        "{flow_type}:
  name: Main
  defaultLanguage: en-us
  startUpRef: /{flow_type}/{units}/{unit}[Start]
  settingsErrorHandling:
    errorHandling: {handling}
    preHandlingAudio: {{tts: An error}}
  {units}:
    - {unit}:
        name: Start
        refId: Start
        actions:
          - decision: {{name: Fails, condition: {{noValue: true}}}}
    - {unit}:
        name: Rescue
        refId: Rescue
        actions:
          - updateData: {{name: Rescued, statements: []}}
"
    );
    stage(flow).world("queues: [{id: q-1, name: Sales}]").run()
}

fn last(run: &Run) -> &str {
    run.path().last().copied().unwrap_or_default()
}

#[test]
fn what_ends_the_flow_leaves_the_error() {
    for (flow_type, handling) in [
        ("inboundCall", "{disconnect: {none: true}}"),
        ("inboundCall", "{unknown: {none: true}}"),
        ("workflow", "{endWorkflow: {none: true}}"),
        ("workflow", "{endFlow: {none: true}}"),
        ("workflow", "{continue: {none: true}}"),
        ("workflow", "{exit: {none: true}}"),
        ("surveyInvite", "{abortSend: {none: true}}"),
        ("surveyInvite", "{completeSend: {none: true}}"),
        ("workflow", "{endInQueueState: {none: true}}"),
    ] {
        let run = failing(flow_type, handling);
        assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED", "{handling}");
        assert_eq!(run.said(), ["An error"], "{handling}");
        assert!(last(&run).starts_with("Error Handling"), "{handling}");
    }
}

#[test]
fn a_queue_handles_the_error() {
    let run = failing("inboundCall", "{queue: {targetQueue: {lit: {name: Sales}}}}");
    assert_eq!(run.end(), "completed");
    assert_eq!(run.said(), ["An error"]);
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
}

#[test]
fn a_queue_that_does_not_take_the_call_leaves_the_error() {
    let run = failing("inboundCall", "{queue: {targetQueue: {lit: {name: Sale}}}}");
    assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED");
    assert_eq!(run.routing(), None);
}

#[test]
fn a_task_or_state_of_the_author_handles_the_error() {
    for (flow_type, handling) in [
        ("inboundCall", "{task: {targetTaskRef: '/inboundCall/tasks/task[Rescue]'}}"),
        ("inboundCall", "{task: {taskRef: '/inboundCall/tasks/task[Rescue]'}}"),
        ("workflow", "{state: {targetStateRef: '/workflow/states/state[Rescue]'}}"),
    ] {
        let run = failing(flow_type, handling);
        assert_eq!(run.end(), "completed", "{handling}");
        assert_eq!(last(&run), "Rescued", "{handling}");
    }
}

#[test]
fn an_error_in_a_queue_can_leave_the_caller_waiting() {
    let flow = |handling: &str| {
        format!(
            "inqueueCall:
  name: Wait
  defaultLanguage: en-us
  settingsErrorHandling:
    errorHandling: {handling}
  startUpTaskActions:
    - decision: {{name: Fails, condition: {{noValue: true}}}}
"
        )
    };
    let waits = stage(flow("{endInQueueState: {none: true}}"));
    let run = waits.context(&[("answerAfterMs", "25000")]).run();
    assert_eq!((run.end().as_str(), run.connected()), ("completed", Some(25_000)));
    let passes = run.path().iter().filter(|id| **id == "Fails").count();
    assert_eq!(passes, 3);
    let run = stage(flow("{disconnect: {none: true}}")).run();
    assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED");
    let run = stage(flow("{queue: {targetQueue: {lit: {name: Sales}}}}")).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().unwrap(), "Sales - [] None");
}

#[test]
fn a_module_without_error_handling_leaves_it_to_the_flow_that_called() {
    let module = "commonModule:
  name: Helper
  defaultLanguage: en-us
  supportedLanguages: {en-us: {none: true}}
  startUpTaskActions:
    - decision: {name: Fails, condition: {noValue: true}}
";
    let main = "inboundCall:
  name: Main
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  settingsErrorHandling:
    errorHandling: {queue: {targetQueue: {lit: {name: Sales}}}}
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
          - callCommonModule: {name: Ask, commonModule: {Helper: {ver_latestPublished: {}}}}
";
    let run = stage(main).and(module).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().unwrap(), "Sales - [] None");
}
