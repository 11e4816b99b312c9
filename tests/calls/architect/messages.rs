//! Messages to a participant, and the start of a digital conversation.

use flowsim::engine::Limits;

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
    assert_eq!(run.prompts(), ["Hello there 5", "ab", "We got it"]);
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
    assert_eq!(run.prompts(), ["Sorry"]);
}

#[test]
fn the_context_holds_the_message() {
    let actions = "- sendResponse:
    name: Echo
    messageBody: {exp: 'Message.Message.body + \" from \" + Message.Message.senderAddress'}";
    let run = stage(flow(actions))
        .context(&[("from", "ada@example.com"), ("message", "Hi")])
        .run();
    assert_eq!(run.prompts(), ["Hi from ada@example.com"]);
    let actions = "- sendResponse:
    name: Echo
    messageBody: {exp: 'Message.Message.targetAddresses[0]'}";
    let run = stage(flow(actions)).context(&[("to", "shop")]).run();
    assert_eq!(run.prompts(), ["shop"]);
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
    assert_eq!(run.prompts(), ["Order: Where? ada@example.com"]);
}

#[test]
fn a_state_changes_and_ends() {
    let changed = "- changeState: {name: Change, targetStateRef: '/inboundShortMessage/states/state[Next_1]'}
- sendResponse: {name: Never, messageBody: {lit: Never}}";
    assert_eq!(run(&flow(changed), "", &[]).prompts(), ["Bye"]);
    let ended = "- endState: {name: End}
- sendResponse: {name: Never, messageBody: {lit: Never}}";
    let run = run(&flow(ended), "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.path(), ["F", "S", "End"]);
}

const ECHO: &str = "- sendResponse:
    name: Echo
    messageBody: {exp: 'Append(Message.Message.body, \" \", ToString(Message.IsNewConversation), \" \", Flow.seen)'}
- updateData:
    name: Remember
    statements:
      - string: {variable: Flow.seen, value: {exp: Message.Message.body}}
- disconnect: {name: End}";

/// A message flow with a variable.
fn echo(actions: &str) -> String {
    let variable = "  variables:\n    - stringVariable: {name: Flow.seen, initialValue: {lit: none}}\n  states:";
    flow(actions).replacen("  states:", variable, 1)
}

/// Source: Genesys' help on the messaging threading timeline.
#[test]
fn the_flow_runs_again_for_the_next_message() {
    let stage = stage(echo(ECHO)).context(&[("message", "Hi"), ("from", "ada")]);
    let run = stage.inputs(&["say:my order", "12"]).run();
    assert_eq!(run.prompts(), ["Hi true none", "my order false none", "12 false none"]);
    assert_eq!(run.end(), "completed");
    let turn = ["F", "S", "Echo", "Remember", "End"];
    assert_eq!(run.path(), [turn, turn, turn].concat());
    assert_eq!(run.variable("Flow.seen"), "\"12\"");
}

/// Source: Genesys' help on the threading of e-mails.
#[test]
fn an_email_flow_runs_again_for_a_reply() {
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
              messageBody: {exp: 'Append(Email.Message.subject, \": \", Email.Message.body)'}
          - disconnect: {name: End}
";
    let stage = stage(text).context(&[("subject", "Order"), ("message", "Where?")]);
    let run = stage.inputs(&["say:Still nothing"]).run();
    assert_eq!(run.prompts(), ["Order: Where?", "Order: Still nothing"]);
    assert_eq!(run.end(), "completed");
}

/// Source: Genesys' help on states.
#[test]
fn the_flow_stays_in_its_state_for_the_next_message() {
    let open = "- sendResponse:
    name: Echo
    messageBody: {exp: 'Append(Message.Message.body, \" \", Flow.seen)'}
- updateData:
    name: Remember
    statements:
      - string: {variable: Flow.seen, value: {exp: Message.Message.body}}";
    for actions in [open.to_owned(), format!("{open}\n- endState: {{name: End}}")] {
        let stage = stage(echo(&actions)).context(&[("message", "Hi")]);
        let run = stage.inputs(&["say:my order"]).run();
        // The variables of the flow stay.
        assert_eq!(run.prompts(), ["Hi none", "my order Hi"], "{actions}");
        assert_eq!(run.path().iter().filter(|step| **step == "F").count(), 1);
        assert_eq!(run.path().iter().filter(|step| **step == "S").count(), 2);
        assert_eq!(run.end(), "completed");
    }
    let change = "- changeState: {name: Change, targetStateRef: '/inboundShortMessage/states/state[Next_1]'}";
    let run = run(&flow(change), "", &["say:a", "say:b"]);
    assert_eq!(
        run.path(),
        ["F", "S", "Change", "Next", "Bye", "Next", "Bye", "Next", "Bye"]
    );
}

#[test]
fn attributes_of_the_participant_last_for_the_conversation() {
    let actions = "- getParticipantData:
    name: Get
    attributes:
      - attribute: {name: {lit: first}, variable: Flow.seen}
- sendResponse: {name: Tell, messageBody: {exp: 'ToString(IsNotSetOrEmpty(Flow.seen))'}}
- setParticipantData:
    name: Set
    attributes:
      - attribute: {name: {lit: first}, value: {exp: Message.Message.body}}";
    let run = stage(echo(actions)).context(&[("message", "Hi")]).inputs(&["say:b"]).run();
    assert_eq!(run.prompts(), ["true", "false"]);
    assert_eq!(run.variable("Flow.seen"), "\"Hi\"");
}

#[test]
fn messages_to_a_queue_do_not_start_the_flow() {
    let actions = "- sendResponse: {name: One, messageBody: {lit: One}}
- transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
- disconnect: {name: End}";
    let run = stage(flow(actions)).world("queues: [Sales]").inputs(&["say:again"]).run();
    assert_eq!(run.prompts(), ["One"]);
    assert_eq!(run.path(), ["F", "S", "One", "Route"]);
}

#[test]
fn silence_and_leaving_end_the_conversation() {
    for input in ["-", "hangup"] {
        let stage = stage(echo(ECHO)).context(&[("message", "Hi")]);
        let run = stage.inputs(&[input, "say:late"]).run();
        assert_eq!(run.prompts().len(), 1, "{input}");
        assert_eq!(run.end(), "completed", "{input}");
    }
}

#[test]
fn a_bot_of_the_flow_gets_messages_before_the_flow_does() {
    let actions = "- callDigitalBotFlow:
    name: Ask the bot
    digitalBotFlow:
      Helper:
        ver_latestPublished: {inputs: {}, outputs: {}}
- disconnect: {name: End}";
    let bot = "digitalBot:
  name: Helper
  startUpRef: /digitalBot/bots/bot[Start_1]
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForSlot: {name: Ask, slot: {name: Colour}, question: {lit: Which colour?}}
          - communicate: {name: Tell, communication: {lit: Thanks}}
";
    let stage = stage(flow(actions)).and(bot).context(&[("message", "Hi")]);
    let run = stage.inputs(&["say:red", "say:again", "say:blue"]).run();
    let turn = ["Which colour?", "Thanks"];
    assert_eq!(run.prompts(), [turn, turn].concat());
}

/// The limits count from the message that starts the flow again.
#[test]
fn each_run_of_the_flow_has_its_own_limits() {
    let pause = "- wait: {name: Wait, duration: {lit: {hours: 50}}}
- disconnect: {name: End}";
    let run =
        stage(flow(pause)).context(&[("message", "a")]).inputs(&["say:b", "say:c"]).run();
    assert_eq!((run.end(), run.trace.elapsed_ms), ("completed".into(), 540_000_000));
    let actions = "- sendResponse: {name: One, messageBody: {lit: One}}
- sendResponse: {name: Two, messageBody: {lit: Two}}
- disconnect: {name: End}";
    let run = stage(flow(actions))
        .context(&[("message", "a")])
        .inputs(&["say:b", "say:c"])
        .limits(Limits { max_actions: 4, ..Limits::default() })
        .run();
    assert_eq!((run.end(), run.prompts().len()), ("completed".into(), 6));
}

/// A bot that gets the message as its first words does not repeat it.
#[test]
fn a_conversation_shows_each_message_once() {
    let bot = "digitalBot:
  name: Helper
  startUpRef: /digitalBot/bots/bot[B_1]
  bots:
    - bot:
        name: B
        refId: B_1
        actions:
          - waitForInput: {name: Ask, question: {lit: What?}}
          - communicate: {name: Reply, communication: {lit: Hello}}
";
    let caller = flow(
        "- callDigitalBotFlow:
    name: Call
    inputText: {exp: Message.Message.body}
    digitalBotFlow: {Helper: {ver_latestPublished: {}}}
- disconnect: {name: End}",
    );
    let run =
        stage(caller).and(bot).context(&[("message", "one")]).inputs(&["say:two"]).run();
    let said = run.conversation();
    for words in ["one", "two"] {
        assert_eq!(said.matches(words).count(), 1, "{said}");
    }
}
