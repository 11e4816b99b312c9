//! Messages and e-mails that wait in a queue.

use super::support::{Stage, indented, stage};

/// A message flow that routes the conversation to the queue Sales.
fn routed() -> String {
    "inboundShortMessage:
  name: Main
  startUpRef: /inboundShortMessage/states/state[S_1]
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - sendResponse: {name: Hello, messageBody: {lit: Hello}}
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: Behind}
"
    .to_owned()
}

/// An in-queue flow of this type, with these actions in its recurring state.
fn in_queue(flow_type: &str, name: &str, recurring: &str) -> String {
    format!(
        "{flow_type}:
  name: {name}
  startUpState:
    name: Starting
    refId: Starting_1
    actions:
      - sendResponse: {{name: Welcome, messageBody: {{lit: Please wait}}}}
      - endState: {{name: Started}}
  periodicState:
    name: Recurring
    refId: Recurring_2
    actions:
{}",
        indented(recurring, 6)
    )
}

const PATIENCE: &str =
    "- sendResponse: {name: Patience, messageBody: {lit: Still waiting}}
- endState: {name: Again}";

fn waiting(queue: &str) -> Stage {
    let flow = in_queue("inqueueShortMessage", "Lobby", PATIENCE);
    let world = format!("queues: [{{name: Sales, messageInQueueFlow: Lobby, {queue}}}]");
    stage(routed()).and(flow).world(&world)
}

/// Source: Genesys' help and community on in-queue e-mail and message flows. The time
/// between the runs is decided here.
#[test]
fn the_recurring_state_runs_until_an_agent_answers() {
    let run = waiting("answerAfterMs: 720000").run();
    assert_eq!(run.end(), "completed");
    let again = "Still waiting";
    assert_eq!(run.prompts(), ["Hello", "Please wait", again, again]);
    assert_eq!(run.connected(), Some(720_000));
    // Without a known time an agent answers after the start-up state.
    let run = waiting("agents: [{name: Ann}]").run();
    assert_eq!(run.prompts(), ["Hello", "Please wait"]);
    assert_eq!(run.connected(), Some(0));
}

#[test]
fn an_in_queue_flow_of_messages_lasts_72_hours() {
    let run = waiting("answerAfterMs: 86400000").run();
    assert_eq!(run.connected(), Some(86_400_000));
    let unattainable = "agents: [{name: Ann, skills: [Chess]}]";
    let route = "targetQueue: {lit: {name: Sales}}";
    let skills = "acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}}}]";
    let flow = routed().replace(route, &format!("{route}, {skills}"));
    let world = format!(
        "queues: [{{name: Sales, messageInQueueFlow: Lobby, {unattainable}}}]\nskills: [Voice]"
    );
    let lobby = in_queue("inqueueShortMessage", "Lobby", PATIENCE);
    let run = stage(flow).and(lobby).world(&world).run();
    assert_eq!(run.end(), "error QUEUE_WAIT_EXCEEDED");
    assert_eq!(run.trace.elapsed_ms, 72 * 3_600_000);
}

/// A queue has an in-queue flow for each medium.
#[test]
fn messages_and_emails_have_their_own_in_queue_flows() {
    let email = routed().replace("inboundShortMessage", "inboundEmail").replace(
        "sendResponse: {name: Hello, messageBody",
        "sendAutoReply: {name: Hello, messageBody",
    );
    let post = in_queue("inqueueEmail", "Post", PATIENCE)
        .replace("sendResponse", "sendAutoReply")
        .replace("Please wait", "We got your mail");
    let lobby = in_queue("inqueueShortMessage", "Lobby", PATIENCE);
    let entered = |flow: &str, keys: &str| {
        let world = format!("queues: [{{name: Sales{keys}}}]");
        let stage = stage(flow).and(post.as_str()).and(lobby.as_str()).world(&world);
        stage.run().prompts().last().copied().unwrap_or_default().to_owned()
    };
    let both = ", emailInQueueFlow: Post, messageInQueueFlow: Lobby";
    assert_eq!(entered(&email, both), "We got your mail");
    assert_eq!(entered(&routed(), both), "Please wait");
    // The flow for calls is not that for messages.
    assert_eq!(entered(&routed(), ", inQueueFlow: Lobby"), "Hello");
    assert_eq!(entered(&routed(), ""), "Hello");
}

#[test]
fn an_in_queue_flow_of_messages_may_leave_the_queue() {
    let leave = in_queue(
        "inqueueShortMessage",
        "Lobby",
        "- sendResponse: {name: Bye, messageBody: {lit: Bye}}\n- disconnect: {name: Leave}",
    );
    let world =
        "queues: [{name: Sales, messageInQueueFlow: Lobby, answerAfterMs: 900000}]";
    let run = stage(routed()).and(leave).world(world).inputs(&["say:later"]).run();
    assert_eq!(run.prompts(), ["Hello", "Please wait", "Bye"]);
    assert_eq!((run.end().as_str(), run.connected()), ("completed", None));
    assert_eq!(run.trace.elapsed_ms, 300_000);
}
