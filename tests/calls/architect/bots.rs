//! Bots that are run on their own: slots, choices, intents.

use flowsim::trace::Field;

use super::support::{indented, run};

fn flow(actions: &str) -> String {
    let actions = indented(actions, 10);
    format!(
        "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - integerVariable: {{name: Slot.Amount}}
    - booleanVariable: {{name: Flow.sure}}
    - stringVariable: {{name: Flow.choice}}
  settingsErrorHandling: {{errorHandling: {{exit: {{none: true}}}}}}
  settingsBotFlow:
    intentSettings:
      - intent: {{name: Account Balance, task: {{name: Balance}}}}
  settingsUserInput:
    noMatchesMax: {{lit: 2}}
    noInputsMax: {{lit: 2}}
    noInputsTimeout: {{lit: {{seconds: 5}}}}
    noMatchApology: {{exp: 'MakeCommunication(\"Sorry.\")'}}
    noInputApology: {{exp: 'MakeCommunication(\"Are you there?\")'}}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
{actions}  tasks:
    - task:
        name: Balance
        refId: Balance_2
        actions:
          - communicate: {{name: Tell, communication: {{lit: You have 5 dollars}}}}
"
    )
}

const SLOT: &str = "- askForSlot:
    name: Ask
    slot: {name: Amount}
    question: {exp: 'MakeCommunication(\"How much?\")'}
    noMatch: {exp: 'MakeCommunication(\"A number, please.\")'}
    outputs:
      default:
        actions:
          - communicate: {name: Echo, communication: {exp: 'MakeCommunication(\"You said\", Slot.Amount)'}}
      maxNoInputs:
        enabled: true
        actions:
          - communicate: {name: Silent, communication: {lit: Silent}}
      maxNoMatches:
        enabled: true
        actions:
          - communicate: {name: Unclear, communication: {lit: Unclear}}";

#[test]
fn a_slot_takes_what_the_participant_says() {
    let run = run(&flow(SLOT), "", &["say:25"]);
    assert_eq!(run.prompts(), ["How much?", "You said 25"]);
    assert_eq!(run.variable("Slot.Amount"), "25");
    assert_eq!(run.output("Ask"), "default");
    assert_eq!(run.codes(), Vec::<&str>::new());
}

#[test]
fn a_bot_asks_again_until_it_gives_up() {
    let unclear = run(&flow(SLOT), "", &["say:lots", "say:more", "say:x"]);
    let again = ["Sorry.", "A number, please."];
    let expected = [&["How much?"], &again[..], &again, &["Unclear"]].concat();
    assert_eq!(unclear.prompts(), expected);
    assert_eq!(unclear.output("Ask"), "maxNoMatches");
    let silent = run(&flow(SLOT), "", &[]);
    let again = ["Are you there?", "How much?"];
    let expected = [&["How much?"], &again[..], &again, &["Silent"]].concat();
    assert_eq!(silent.prompts(), expected);
    assert_eq!(silent.trace.elapsed_ms, 15_000);
    // Only consecutive failures count.
    let mixed = run(&flow(SLOT), "", &["say:lots", "-", "say:7"]);
    assert_eq!(mixed.variable("Slot.Amount"), "7");
}

#[test]
fn fixtures_answer_instead_of_the_participant() {
    let filled = run(&flow(SLOT), "actions: {Ask: {outputs: {answer: 9}}}", &[]);
    assert_eq!(filled.prompts(), ["How much?", "You said 9"]);
    let refused = run(&flow(SLOT), "actions: {Ask: {path: maxNoInputs}}", &[]);
    assert_eq!(refused.prompts(), ["How much?", "Silent"]);
}

/// *Source: Genesys' help on event handling: a recognition failure is a separate event.*
#[test]
fn giving_up_without_an_output_is_a_recognition_failure() {
    let bare = "- askForSlot: {name: Ask, slot: {name: Amount}}";
    let silent = run(&flow(bare), "", &[]);
    assert_eq!((silent.end(), silent.codes()), ("completed".into(), vec!["NO_INPUT"]));
    assert_eq!(
        silent.values(Field::Inputs).last().unwrap(),
        "exitReason = RecognitionFailure"
    );
    let unclear = run(&flow(bare), "", &["say:a", "say:b", "say:c"]);
    assert_eq!((unclear.end(), unclear.codes()), ("completed".into(), vec!["NO_MATCH"]));
    assert_eq!(run(&flow(bare), "", &["hangup"]).end(), "error CALLER_HUNG_UP");
}

#[test]
fn an_undeclared_slot_holds_a_string_and_is_cleared() {
    let actions = "- askForSlot: {name: Ask, slot: {name: City}}
- communicate: {name: One, communication: {exp: 'MakeCommunication(\"To\", Slot.City)'}}
- clearSlot: {name: Clear, slots: [{slot: {name: City}}]}
- decision:
    name: Gone?
    condition: {exp: IsNotSetOrEmpty(Slot.City)}";
    let run = run(&flow(actions), "", &["say:Rome"]);
    assert_eq!(run.prompts(), ["To Rome"]);
    assert_eq!(run.output("Gone?"), "yes");
    assert_eq!(run.variable("Slot.City"), "null");
}

const MENU: &str = "- digitalMenu:
    name: Menu
    question: {lit: What?}
    selection: {var: Flow.choice}
    outputs:
      maxNoInputs: {enabled: true, actions: [{exitBotFlow: {name: Exit}}]}
      paths:
        - path:
            name: Credit card
            actions:
              - communicate: {name: Card, communication: {lit: Card it is}}";

#[test]
fn a_digital_menu_is_answered_by_the_name_of_a_path() {
    let chosen = run(&flow(MENU), "", &["say:credit CARD"]);
    assert_eq!(chosen.prompts(), ["What?", "Card it is"]);
    assert_eq!(chosen.variable("Flow.choice"), "\"Credit card\"");
    let prepared = run(&flow(MENU), "actions: {Menu: {path: Credit card}}", &[]);
    assert_eq!(prepared.prompts(), ["What?", "Card it is"]);
    let silent = run(&flow(MENU), "", &[]);
    assert_eq!(silent.path().last(), Some(&"Exit"));
    assert_eq!(silent.entries(), ["< reason silence = PT5S"; 3]);
    // The name of an output is not a choice.
    let other = run(&flow(MENU), "", &["say:maxNoInputs", "say:x", "say:y"]);
    assert_eq!(other.codes(), ["NO_MATCH"]);
}

#[test]
fn a_yes_no_question() {
    let ask = "- askForBoolean:
    name: Sure?
    question: {lit: Are you sure?}
    askResult: {var: Flow.sure}
    outputs:
      'no': {actions: [{communicate: {name: Never mind, communication: {lit: Never mind}}}]}";
    let yes = run(&flow(ask), "", &["say:Yes!"]);
    assert_eq!(yes.variable("Flow.sure"), "true");
    assert_eq!(yes.output("Sure?"), "yes");
    let no = run(&flow(ask), "", &["2"]);
    assert_eq!(no.prompts(), ["Are you sure?", "Never mind"]);
    let prepared = run(&flow(ask), "actions: {Sure?: {outputs: {answer: false}}}", &[]);
    assert_eq!(prepared.output("Sure?"), "no");
    assert_eq!(prepared.variable("Flow.sure"), "false");
}

const INTENT: &str = "- askForIntent:
    name: What
    question: {lit: What can I do?}
    outputs:
      noIntent:
        actions:
          - communicate: {name: Unclear, communication: {lit: Unclear}}
- communicate: {name: Behind, communication: {lit: Behind}}";

#[test]
fn an_intent_leads_to_its_task() {
    let spoken = run(&flow(INTENT), "", &["say:account balance"]);
    assert_eq!(spoken.prompts(), ["What can I do?", "You have 5 dollars"]);
    let world = "actions: {What: {outputs: {intent: Account Balance}}}";
    let prepared = run(&flow(INTENT), world, &[]);
    assert_eq!(prepared.prompts(), ["What can I do?", "You have 5 dollars"]);
    let unknown = run(&flow(INTENT), "", &["say:x", "say:y", "say:z"]);
    assert_eq!(unknown.output("What"), "noIntent");
}

#[test]
fn waiting_for_input_leads_to_the_task_of_an_intent_too() {
    let wait = "- waitForInput: {name: Wait, question: {lit: Well?}}";
    let run = run(&flow(wait), "", &["say:Account Balance"]);
    assert_eq!(run.prompts(), ["Well?", "You have 5 dollars"]);
}

const MORE: &str = "- loopAnythingElse:
    name: More
    currentIndex: {var: Flow.round}
    question: {lit: Anything else?}
    noMatch: {lit: Yes or no?}
    outputs:
      loop:
        actions:
          - communicate: {name: Help, communication: {exp: 'Append(\"Round \", ToString(Flow.round))'}}
          - decision:
              name: Enough
              condition: {exp: Flow.round == 2}
              outputs:
                \"yes\":
                  actions:
                    - loopExit: {name: Leave}
- communicate: {name: Bye, communication: {lit: Bye}}";

/// A bot that counts the rounds of a loop.
fn more() -> String {
    let round = "    - integerVariable: {name: Flow.round}\n    - stringVariable";
    flow(MORE).replacen("    - stringVariable", round, 1)
}

/// *Source: Genesys' Architect Scripting, on the Ask For Next Intent action; that it asks
/// before each round is decided here.*
#[test]
fn an_anything_else_loop_asks_before_each_round() {
    let no = run(&more(), "", &["say:no"]);
    assert_eq!(no.prompts(), ["Anything else?", "Bye"]);
    assert_eq!(no.output("More"), "default");
    let answers = ["say:yes", "say:well", "1", "say:No."];
    let twice = run(&more(), "", &answers);
    let (asked, unclear) = ("Anything else?", ["Sorry.", "Yes or no?"]);
    let first = [asked, "Round 0", asked];
    let expected = [&first[..], &unclear, &["Round 1", asked, "Bye"]].concat();
    assert_eq!(twice.prompts(), expected);
    assert_eq!(twice.variable("Flow.round"), "1");
    let left = run(&more(), "", &["1", "1", "1", "1"]);
    assert_eq!(left.prompts().last(), Some(&"Bye"));
    assert_eq!(left.variable("Flow.round"), "2");
}

#[test]
fn fixtures_answer_an_anything_else_loop() {
    let world = "actions:
  More:
    - {path: loop}
    - {outputs: {answer: true}}
    - {path: default}";
    let answered = run(&more(), world, &[]);
    let prompts = answered.prompts();
    let rounds: Vec<&str> =
        prompts.into_iter().filter(|it| it.starts_with("Round")).collect();
    assert_eq!(rounds, ["Round 0", "Round 1"]);
    assert_eq!(answered.codes(), Vec::<&str>::new());
}
