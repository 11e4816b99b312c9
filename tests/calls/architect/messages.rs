//! Messages to a participant, and what begins a digital conversation.

use super::support::{indented, run, stage};

fn flow(actions: &str) -> String {
    let actions = indented(actions, 10);
    format!(
        "inboundShortMessage:
  name: F
  startUpRef: /inboundShortMessage/states/state[S_1]
  states:
    - state:
        name: S
        refId: S_1
        actions:
{actions}    - state:
        name: Next
        refId: Next_1
        actions:
          - sendResponse: {{name: Bye, messageBody: {{lit: Bye}}}}
"
    )
}

#[test]
fn a_participant_reads_messages() {
    let actions = "- communicate:
    name: One
    communication: {exp: 'MakeCommunication(\"Hello\", \"there\", 5)'}
- sendResponse:
    name: Two
    messageBody: {exp: 'Append(\"a\", \"b\")'}
    messageBodyStyle: {lit: notice}
- sendAutoReply:
    name: Three
    messageBody: {lit: We got it}
    replyMode: replyToSender";
    let run = run(&flow(actions), "", &[]);
    assert_eq!(run.said(), ["Hello there 5", "ab", "We got it"]);
    assert_eq!(run.output("Two"), "success");
    assert_eq!(
        run.entries(),
        ["> inputs messageBodyStyle = notice", "> inputs replyMode = replyToSender"]
    );
    assert_eq!(run.codes(), Vec::<&str>::new());
}

#[test]
fn an_empty_message_is_not_sent() {
    let actions = "- sendResponse:
    name: Empty
    messageBody: {noValue: true}
    outputs:
      failure:
        actions:
          - communicate: {name: Sorry, communication: {lit: Sorry}}";
    let run = run(&flow(actions), "", &[]);
    assert_eq!(run.output("Empty"), "failure");
    assert_eq!(run.said(), ["Sorry"]);
}

#[test]
fn the_context_holds_the_message() {
    let actions = "- sendResponse:
    name: Echo
    messageBody: {exp: 'Message.Message.body + \" from \" + Message.Message.senderAddress'}";
    let run = stage(flow(actions))
        .context(&[("from", "ada@example.com"), ("message", "Hi")])
        .run();
    assert_eq!(run.said(), ["Hi from ada@example.com"]);
}

#[test]
fn an_email_has_its_subject_and_sender() {
    let text = "inboundEmail:
  name: F
  startUpRef: /inboundEmail/states/state[S_1]
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - sendAutoReply:
              name: Echo
              messageBody: {exp: 'Append(Email.Message.subject, \": \", Email.Message.body, \" \", Email.Message.from.id)'}
";
    let run = stage(text)
        .context(&[
            ("subject", "Order"),
            ("message", "Where?"),
            ("from", "ada@example.com"),
        ])
        .run();
    assert_eq!(run.said(), ["Order: Where? ada@example.com"]);
}

#[test]
fn a_state_changes_and_ends() {
    let changed = "- changeState: {name: Change, targetStateRef: '/inboundShortMessage/states/state[Next_1]'}
- sendResponse: {name: Never, messageBody: {lit: Never}}";
    assert_eq!(run(&flow(changed), "", &[]).said(), ["Bye"]);
    let ended = "- endState: {name: End}
- sendResponse: {name: Never, messageBody: {lit: Never}}";
    let run = run(&flow(ended), "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.path(), ["F", "S", "End"]);
}
