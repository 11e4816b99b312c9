//! Events of bots: recognition failures, agent escalation, errors; and confirmations.

use flowsim::trace::Field;
use flowsim::value::Json;

use super::support::{Run, exported, indented, run};

const HANDOVERS: &str = "errorHandling: {exit: {none: true}}
enableAgentEscalation: {lit: true}
errorEventHandover: {exp: 'ToCommunication(\"An error.\")'}
agentEscalationHandover: {exp: 'ToCommunication(\"An agent comes.\")'}
recognitionFailureEventHandover: {exp: 'ToCommunication(\"I give up.\")'}";

const CONFIRMED: &str =
    "agentEscalationConfirmation: {exp: 'ToCommunication(\"An agent?\")'}";

const AMOUNT: &str = "- askForSlot:
    name: Ask
    slot: {name: Amount}
    question: {lit: How much?}
- communicate: {name: Done, communication: {exp: 'MakeCommunication(\"It is\", Slot.Amount)'}}";

fn flow(events: &str, actions: &str) -> String {
    let (events, actions) = (indented(events, 4), indented(actions, 10));
    format!(
        "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - integerVariable: {{name: Slot.Amount}}
  settingsErrorHandling:
{events}  settingsUserInput:
    noMatchesMax: {{lit: 1}}
    noInputsMax: {{lit: 1}}
    confirmationRejectionsMax: {{lit: 1}}
    noMatchApology: {{lit: Sorry.}}
    noToConfirmationApology: {{lit: My mistake.}}
    confirmationNoInputApology: {{lit: Silence.}}
    confirmationNoMatchApology: {{lit: Yes or no.}}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
{actions}  tasks:
    - task:
        name: Help
        refId: Help_2
        actions:
          - communicate: {{name: Helping, communication: {{lit: Helping}}}}
          - askForSlot: {{name: Again, slot: {{name: Amount}}, question: {{lit: Again?}}}}
"
    )
}

fn play(events: &str, actions: &str, inputs: &[&str]) -> Run {
    run(&flow(events, actions), "", inputs)
}

/// *Source: Genesys' help on event handling.*
#[test]
fn a_recognition_failure_has_its_own_handover_and_handling() {
    let exit = play(HANDOVERS, AMOUNT, &["say:x", "say:y"]);
    assert_eq!(exit.prompts(), ["How much?", "Sorry.", "How much?", "I give up."]);
    assert_eq!((exit.end(), exit.codes()), ("completed".into(), vec!["NO_MATCH"]));
    assert_eq!(
        exit.values(Field::Inputs).last().unwrap(),
        "exitReason = RecognitionFailure"
    );
    let path = ["F", "Start", "Ask", "Recognition Failure", "Recognition Failure 2"];
    assert_eq!(exit.path(), path);
    let disconnect = "recognitionFailureEventHandling: {disconnect: {none: true}}";
    let hung_up = play(disconnect, AMOUNT, &[]);
    assert_eq!((hung_up.end(), hung_up.codes()), ("completed".into(), vec!["NO_INPUT"]));
    assert_eq!(hung_up.values(Field::Inputs), ["slot = Amount"]);
}

/// *Source: Genesys' help on event handling, in its note on jumps to reusable tasks.*
#[test]
fn the_second_recognition_failure_leaves_the_bot() {
    let jump = "recognitionFailureEventHandling:
  task: {targetTaskRef: '/digitalBot/tasks/task[Help_2]'}";
    let inputs = ["say:x", "say:y", "say:z", "say:z"];
    let twice = play(jump, AMOUNT, &inputs);
    assert_eq!(twice.prompts()[3..], ["Helping", "Again?", "Sorry.", "Again?"]);
    assert_eq!((twice.end(), twice.codes()), ("completed".into(), vec!["NO_MATCH"; 2]));
    let once = play(jump, AMOUNT, &["say:x", "say:y", "say:7"]);
    assert_eq!(
        (once.variable("Slot.Amount"), once.codes()),
        ("7".into(), vec!["NO_MATCH"])
    );
}

/// *Source: Genesys' help on event handling. The words for an agent are decided here.*
#[test]
fn a_participant_who_requests_an_agent_is_handed_over() {
    let asked = play(HANDOVERS, AMOUNT, &["say:I want to speak to an AGENT!"]);
    assert_eq!(asked.prompts(), ["How much?", "An agent comes."]);
    assert_eq!(
        asked.values(Field::Inputs).last().unwrap(),
        "exitReason = AgentRequestedByUser"
    );
    assert_eq!((asked.end(), asked.codes()), ("completed".into(), vec![]));
    let off =
        play("enableAgentEscalation: {lit: false}", AMOUNT, &["say:agent", "say:7"]);
    assert_eq!(off.prompts()[1..], ["Sorry.", "How much?", "It is 7"]);
    let none =
        play("errorHandling: {exit: {none: true}}", AMOUNT, &["say:agent", "say:7"]);
    assert_eq!(none.prompts()[1..], ["Sorry.", "How much?", "It is 7"]);
}

/// *Source: Genesys' help on event handling.*
#[test]
fn the_wish_for_an_agent_is_confirmed() {
    let events = format!("{HANDOVERS}\n{CONFIRMED}");
    let yes = play(&events, AMOUNT, &["say:agent", "say:yes"]);
    assert_eq!(yes.prompts(), ["How much?", "An agent?", "An agent comes."]);
    let no = play(&events, AMOUNT, &["say:agent", "say:no", "say:7"]);
    assert_eq!(no.prompts(), ["How much?", "An agent?", "How much?", "It is 7"]);
    let unclear = play(&events, AMOUNT, &["say:agent", "say:maybe", "1"]);
    let expected =
        ["How much?", "An agent?", "Yes or no.", "An agent?", "An agent comes."];
    assert_eq!(unclear.prompts(), expected);
    let silent = play(&events, AMOUNT, &["say:agent"]);
    let expected = ["How much?", "An agent?", "Silence.", "An agent?", "I give up."];
    assert_eq!(silent.prompts(), expected);
}

#[test]
fn fixtures_can_cause_the_events_of_a_bot() {
    let flow = flow(HANDOVERS, AMOUNT);
    let failed = run(&flow, "actions: {Ask: {path: recognitionFailure}}", &[]);
    assert_eq!(failed.prompts(), ["How much?", "I give up."]);
    let agent = run(&flow, "actions: {Ask: {path: agentEscalation}}", &[]);
    assert_eq!(agent.prompts(), ["How much?", "An agent comes."]);
}

/// *Source: Genesys' help on event handling.*
#[test]
fn an_error_of_a_bot_says_its_handover() {
    let broken = "- communicate: {name: Broken, communication: {exp: 'ToCommunication(ToString(1/0))'}}";
    let run = play(HANDOVERS, broken, &[]);
    assert_eq!(run.prompts(), ["An error."]);
    assert_eq!(run.end(), "error DIVISION_BY_ZERO");
    assert_eq!(run.values(Field::Inputs).last().unwrap(), "exitReason = Error");
}

fn confirmed(mode: &str) -> String {
    format!(
        "- askForSlot:
    name: Ask
    slot: {{name: Amount}}
    question: {{lit: How much?}}
    customValidation: {{exp: Slot.Amount < 100}}
    confirmationMode: {mode}
    confirmationQuestion: {{exp: 'MakeCommunication(\"Really\", Slot.Amount)'}}
- communicate: {{name: Done, communication: {{exp: 'MakeCommunication(\"It is\", Slot.Amount)'}}}}"
    )
}

/// *Source: Genesys' Architect Scripting, on `confirmationMode`, the apologies and
/// `confirmationRejectionsMax`.*
#[test]
fn a_slot_is_confirmed_if_its_mode_says_so() {
    let always = confirmed("{lit: always}");
    let yes = play(HANDOVERS, &always, &["say:25", "say:yes"]);
    assert_eq!(yes.prompts(), ["How much?", "Really 25", "It is 25"]);
    let no = play(HANDOVERS, &always, &["say:25", "say:no", "say:30", "say:yes"]);
    let expected =
        ["How much?", "Really 25", "My mistake.", "How much?", "Really 30", "It is 30"];
    assert_eq!(no.prompts(), expected);
    let twice = play(HANDOVERS, &always, &["say:25", "say:no", "say:30", "say:no"]);
    assert_eq!(twice.prompts().last(), Some(&"I give up."));
    assert_eq!(twice.variable("Slot.Amount"), "null");
    let unclear = play(HANDOVERS, &always, &["say:25", "say:hm", "say:yes"]);
    let expected = ["How much?", "Really 25", "Yes or no.", "Really 25", "It is 25"];
    assert_eq!(unclear.prompts(), expected);
    let never = play(HANDOVERS, &confirmed("{lit: never}"), &["say:25"]);
    assert_eq!(never.prompts(), ["How much?", "It is 25"]);
}

/// *Source: Genesys' Architect Scripting: a value whose validation is not true is
/// invalid.*
#[test]
fn a_slot_that_its_validation_rejects_does_not_match() {
    let run = play(HANDOVERS, &confirmed("{lit: never}"), &["say:100", "say:99"]);
    assert_eq!(run.prompts(), ["How much?", "Sorry.", "How much?", "It is 99"]);
}

/// A bot as Architect exports it, with these keys of `errorHandling`.
fn exported_bot(handlings: &str) -> String {
    let text = |text: &str| format!("[{}]", exported(&format!("\"{text}\""), "com"));
    format!(
        "{{\"name\":\"F\",\"type\":\"digitalbot\",\"defaultLanguage\":\"en-US\",
\"initialSequence\":\"b\",\"variables\":[],
\"userInputSettings\":{{\"noMatchApologies\":{},\"confirmationNoMatchApologies\":{}}},
\"errorHandling\":{{\"recognitionEventHandover\":{},{handlings}}},
\"flowSequenceItemList\":[{{\"id\":\"b\",\"name\":\"Start\",\"__type\":\"BotState\",\"startAction\":\"a0\",
\"actionList\":[{{\"id\":\"a0\",\"name\":\"Ask\",\"__type\":\"AskForSlotAction\",\"selectedSlot\":\"Email\",
\"question\":{}}}]}}],
\"nluMetaData\":{{\"rawNlu\":{}}}}}",
        text("Sorry."),
        text("Yes or no."),
        exported("\"I give up.\"", "com"),
        exported("\"Your e-mail?\"", "com"),
        Json::String(EMAIL_MODEL.into()),
    )
}

const EMAIL_MODEL: &str = r#"{"entities": [{"name": "Email", "type": "EmailType"}],
"entityTypes": [{"name": "EmailType", "mechanism":
{"type": "Regex", "restricted": true, "items": [{"value": "[a-z]+@[a-z.]+"}]}}]}"#;

/// *Source: the keys of an export.*
#[test]
fn an_exported_bot_has_its_handlings_and_apologies() {
    let inputs = ["say:x"; 4];
    let exit = run(&exported_bot("\"recognitionHandlingType\":\"Exit\""), "", &inputs);
    let expected = [
        "Your e-mail?",
        "Sorry.",
        "Your e-mail?",
        "Sorry.",
        "Your e-mail?",
        "Sorry.",
        "Your e-mail?",
        "I give up.",
    ];
    assert_eq!(exit.prompts(), expected);
    let reason = "exitReason = RecognitionFailure";
    assert_eq!(exit.values(Field::Inputs).last().unwrap(), reason);
    let disconnect = "\"recognitionHandlingType\":\"Disconnect\",
\"subsequentRecognitionFailuresHandlingType\":\"Exit\"";
    let disconnected = run(&exported_bot(disconnect), "", &inputs);
    assert!(!disconnected.values(Field::Inputs).contains(&reason.to_owned()));
    let path = ["F", "Start", "Ask", "Recognition Failure", "Recognition Failure 2"];
    assert_eq!(disconnected.path(), path);
}

#[test]
fn a_restricted_slot_accepts_only_the_answers_of_its_type() {
    let bot = exported_bot("\"handlingType\":\"Exit\"");
    let run = run(&bot, "", &["say:hi", "say:Ann@example.com"]);
    assert_eq!(run.prompts(), ["Your e-mail?", "Sorry.", "Your e-mail?"]);
    assert_eq!(run.end(), "completed");
}

/// The second failure has its own handling if the flow sets one.
#[test]
fn subsequent_recognition_failures_have_their_handling() {
    let events = "recognitionFailureEventHandling:
  task: {targetTaskRef: '/digitalBot/tasks/task[Help_2]'}
subsequentRecognitionFailuresHandling: {disconnect: {none: true}}";
    let twice = play(events, AMOUNT, &["say:x", "say:y", "say:z", "say:z"]);
    assert_eq!(*twice.path().last().unwrap(), "Recognition Failure Again");
}

/// A repetition replaces the question also without an apology. Each failure has the next
/// message.
#[test]
fn each_failure_has_the_next_apology_and_reprompt() {
    let bot = |settings: &str, own: &str| {
        format!(
            "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables: [{{integerVariable: {{name: Slot.Amount}}}}]
  settingsUserInput: {{{settings}}}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForSlot: {{name: Ask, slot: {{name: Amount}}, question: {{lit: How much?}}, {own}}}
"
        )
    };
    let heard = |settings, own| {
        let run = run(&bot(settings, own), "", &["say:x", "say:x", "say:x", "say:5"]);
        run.prompts().into_iter().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let own = "noMatch: {lit: A number.}";
    assert_eq!(heard("", own), ["How much?", "A number.", "A number.", "A number."]);
    let apologies = "noMatchApologies: [{lit: Sorry.}, {lit: Again.}]";
    let reprompts =
        "customizeNoMatch: {lit: true}, noMatchReprompts: [{lit: One.}, {lit: Two.}]";
    let expected = ["How much?", "Sorry.", "One.", "Again.", "Two.", "Again.", "Two."];
    assert_eq!(heard(apologies, reprompts), expected);
    let off = reprompts.replace("true", "false");
    assert_eq!(heard("", &off), ["How much?"; 4]);
}

/// Keys arrive at their times, and the terminating key ends an entry.
#[test]
fn a_voice_bot_hears_keys_at_their_times() {
    let bot = "bot:
  name: F
  startUpRef: /bot/bots/bot[Start_1]
  variables: [{integerVariable: {name: Slot.Amount}}]
  settingsUserInput:
    noInputsTimeout: {lit: {seconds: 4}}
    dtmfTerminatingCharacter: {lit: '#'}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForSlot: {name: Ask, slot: {name: Amount}, question: {lit: How much?}}
";
    let ended = run(bot, "", &["12#"]);
    assert_eq!(
        (ended.variable("Slot.Amount"), ended.trace.elapsed_ms / 1_000),
        ("12".into(), 0)
    );
    let late = run(bot, "", &["5@5000"]);
    assert_eq!(late.prompts(), ["How much?", "How much?"]);
    assert_eq!(
        (late.variable("Slot.Amount"), late.trace.elapsed_ms / 1_000),
        ("5".into(), 5)
    );
    let paused = run(bot, "", &["1@1000,2@3500"]);
    assert_eq!(
        (paused.variable("Slot.Amount"), paused.trace.elapsed_ms / 1_000),
        ("1".into(), 4)
    );
    let text = run(bot, "", &["-", "12#"]).text();
    assert!(text.contains("silence for 4 s") && text.contains("pressed 12"), "{text}");
    assert!(!text.contains("pressed 12 after"), "{text}");
}

#[test]
fn a_phone_number_slot_is_answered_by_words_and_keys() {
    let bot = "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables: [{phoneNumberVariable: {name: Slot.Phone}}]
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - askForSlot: {name: Ask, slot: {name: Phone}, question: {lit: Which?}}
          - communicate: {name: Done, communication: {exp: ToString(Slot.Phone)}}
";
    for (input, uri) in [
        ("say:+13178723000", "tel:+13178723000"),
        ("say:tel:+13178723000", "tel:+13178723000"),
        ("3178723000", "tel:3178723000"),
    ] {
        assert_eq!(run(bot, "", &[input]).prompts(), ["Which?", uri], "{input}");
    }
    assert_eq!(run(bot, "", &["say:hi", "say:1"]).prompts()[1..], ["Which?", "tel:1"]);
}

/// A switched off output is not an output of the action.
#[test]
fn fixtures_take_only_outputs_and_events_that_are_switched_on() {
    let flow = flow("errorHandling: {exit: {none: true}}", AMOUNT);
    for (path, reason) in
        [("maxNoMatches", "switch it on"), ("agentEscalation", "enableAgentEscalation")]
    {
        let run = run(&flow, &format!("actions: {{Ask: {{path: {path}}}}}"), &[]);
        assert_eq!(run.end(), "error UNKNOWN_OUTPUT");
        let failure = run.trace.failure.as_ref().unwrap();
        assert!(failure.message.contains(reason), "{}", failure.message);
    }
}
