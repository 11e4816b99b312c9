//! The effects of `settingsErrorHandling`: every event of
//! ArchEnums.EVENTS_FLOW_ERROR_HANDLING.

use flowsim::engine::Limits;

use super::support::{Run, stage};

/// Runs a flow of the given type whose first task or state fails, with this error
/// handling.
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
          - decision: {{name: Fails, condition: {{exp: 'ToInt(NOT_SET) < 1'}}}}
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
fn ending_the_flow_leaves_the_error() {
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
        assert_eq!(run.prompts(), ["An error"], "{handling}");
        assert!(last(&run).starts_with("Error Handling"), "{handling}");
    }
}

#[test]
fn a_queue_handles_the_error() {
    let run = failing("inboundCall", "{queue: {targetQueue: {lit: {name: Sales}}}}");
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["An error"]);
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
}

#[test]
fn a_queue_that_does_not_take_the_call_leaves_the_error() {
    let run = failing("inboundCall", "{queue: {targetQueue: {lit: {name: Sale}}}}");
    assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED");
    assert_eq!(run.routing(), None);
}

#[test]
fn a_user_defined_task_or_state_handles_the_error() {
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
    - decision: {{name: Fails, condition: {{exp: 'ToInt(NOT_SET) < 1'}}}}
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
fn a_module_without_error_handling_leaves_it_to_the_calling_flow() {
    let module = "commonModule:
  name: Helper
  defaultLanguage: en-us
  supportedLanguages: {en-us: {none: true}}
  startUpTaskActions:
    - decision: {name: Fails, condition: {exp: 'ToInt(NOT_SET) < 1'}}
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

/// A flow that never ends by itself, whose error handling continues with a task.
fn endless(rescue: &str) -> Run {
    let flow = format!(
        "inboundCall:
  name: Main
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  settingsErrorHandling:
    errorHandling: {{task: {{targetTaskRef: '/inboundCall/tasks/task[Rescue]'}}}}
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
          - playAudio: {{name: Again, audio: {{tts: Again}}}}
          - jumpToTask: {{name: Back, targetTaskRef: '/inboundCall/tasks/task[Start]'}}
    - task:
        name: Rescue
        refId: Rescue
        actions:
{rescue}"
    );
    let limits = Limits { max_actions: 100, ..Limits::default() };
    stage(flow).limits(limits).run()
}

/// *Source: Genesys' help on the limit of actions: the error handling runs, and a jump
/// there grants 1,000 more.*
#[test]
fn the_limit_of_actions_leads_to_the_error_handling() {
    let saved = endless("          - playAudio: {name: Sorry, audio: {tts: Sorry}}\n");
    assert_eq!((saved.end().as_str(), last(&saved)), ("completed", "Sorry"));
    assert!(saved.text().contains("ACTION_LIMIT_EXCEEDED"), "{}", saved.text());
    let actions = |run: &Run| run.trace.actions;
    assert_eq!(actions(&saved), 103);
    let lost = endless(
        "          - jumpToTask: {name: Loop, targetTaskRef: '/inboundCall/tasks/task[Start]'}\n",
    );
    assert_eq!(lost.end(), "error ACTION_LIMIT_EXCEEDED");
    assert_eq!(actions(&lost), 1_101);
}

/// *Source: Genesys' help on event handling: voicemail flows have the handling of calls,
/// bots are left.*
#[test]
fn a_flow_without_error_handling_ends_by_its_type() {
    for (flow_type, expected) in [
        ("inboundCall", "disconnect"),
        ("voicemail", "disconnect"),
        ("workflow", "endFlow"),
        ("voiceSurvey", "exitBotFlow"),
        ("bot", "exitBotFlow"),
    ] {
        let run = failing(flow_type, "{}");
        let step = run.trace.steps.last().expect("the flow began");
        let kind = &run.program.symbols.node(step.node).node_type;
        assert_eq!(kind, expected, "{flow_type}");
        assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED", "{flow_type}");
    }
}
