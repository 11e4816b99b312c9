//! Bots and voice flows that a loaded flow calls, and surveys.

use flowsim::trace::Field;

use super::support::{Run, indented, stage};

const CALL: &str = "- callBotFlow:
    name: Ask the bot
    inputText: {exp: Flow.words}
    exitReason: {var: Flow.reason}
    intent: {var: Flow.intent}
    botFlow:
      Helper:
        ver_latestPublished:
          inputs: {Slot.Amount: {exp: 40 + 2}}
          outputs: {Slot.Answer: {var: Flow.answer}}
- sendResponse: {name: After, messageBody: {exp: 'Append(\"left: \", Flow.reason)'}}";

fn main(actions: &str) -> String {
    format!(
        "inboundShortMessage:
  name: Main
  startUpRef: /inboundShortMessage/states/state[Start_1]
  variables:
    - stringVariable: {{name: Flow.words}}
    - stringVariable: {{name: Flow.reason}}
    - stringVariable: {{name: Flow.intent}}
    - stringVariable: {{name: Flow.answer}}
  states:
    - state:
        name: Start
        refId: Start_1
        actions:
{}",
        indented(actions, 10)
    )
}

fn bot(settings: &str, actions: &str) -> String {
    format!(
        "digitalBot:
  name: Helper
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - integerVariable: {{name: Slot.Amount, isInput: true}}
    - stringVariable: {{name: Slot.Answer, isOutput: true}}
    - stringVariable: {{name: Flow.unset}}
{}  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
{}  tasks:
    - task:
        name: Balance
        refId: Balance_2
        actions:
          - communicate: {{name: Tell, communication: {{lit: Five dollars}}}}
",
        indented(settings, 2),
        indented(actions, 10)
    )
}

const QUESTION: &str = "- communicate: {name: Know, communication: {exp: 'MakeCommunication(\"I know\", Slot.Amount)'}}
- askForSlot: {name: Ask, slot: {name: Answer}, question: {lit: What?}}";

fn call(settings: &str, actions: &str, inputs: &[&str]) -> Run {
    stage(main(CALL)).and(bot(settings, actions)).inputs(inputs).run()
}

/// *Source: Genesys' help on Call Bot Flow: inputs, outputs, and the exit reason.*
#[test]
fn a_loaded_bot_runs_with_its_inputs_and_outputs() {
    let run = call("", QUESTION, &["say:A lot"]);
    assert_eq!(run.prompts(), ["I know 42", "What?", "left: TriggeredByFlow"]);
    assert_eq!(run.variable("Flow.answer"), "\"A lot\"");
    assert_eq!(run.variable("Flow.reason"), "\"TriggeredByFlow\"");
    assert_eq!(run.variable("Flow.intent"), "null");
    assert_eq!((run.end(), run.codes()), ("completed".into(), vec![]));
    let path =
        ["Main", "Start", "Ask the bot", "Helper", "Start", "Know", "Ask", "After"];
    assert_eq!(run.path(), path);
    assert_eq!(run.output("Ask the bot"), "next");
}

/// *Source: Genesys' help on Call Bot Flow: the reasons for which a bot exits.*
#[test]
fn a_bot_reports_why_it_was_left() {
    let events = "settingsErrorHandling: {enableAgentEscalation: {lit: true}}
settingsUserInput: {noMatchesMax: {lit: 1}}";
    let reason = |actions: &str, inputs: &[&str]| {
        let run = call(events, actions, inputs);
        assert_eq!(run.end(), "completed", "{actions}");
        assert!(run.path().ends_with(&["After"]), "{actions}");
        run.variable("Flow.reason")
    };
    let number = "- askForSlot: {name: Ask, slot: {name: Amount}}";
    assert_eq!(reason(number, &["say:x", "say:y"]), "\"RecognitionFailure\"");
    assert_eq!(reason(number, &["say:an agent, please"]), "\"AgentRequestedByUser\"");
    let broken = "- communicate: {name: Broken, communication: {exp: 'ToCommunication(ToString(1/0))'}}";
    assert_eq!(reason(broken, &[]), "\"Error\"");
    assert_eq!(reason("- exitBotFlow: {name: Exit}", &[]), "\"TriggeredByFlow\"");
}

/// *Source: Genesys' help on Disconnect.*
#[test]
fn a_bot_that_disconnects_ends_the_interaction() {
    let run = call("", "- disconnect: {name: Bye}", &[]);
    assert_eq!((run.path().last(), run.end()), (Some(&"Bye"), "completed".into()));
}

const INTENTS: &str = "settingsBotFlow:
  intentSettings:
    - intent: {name: Account Balance, task: {name: Balance}}";

/// *Source: Genesys' help on Call Bot Flow: the input text is the utterance for the first
/// Ask action of the bot.*
#[test]
fn the_input_text_answers_the_first_question() {
    let words = "- updateData: {name: Set, statements: [{string: {variable: Flow.words, value: {lit: account balance}}}]}";
    let flow = main(&format!("{words}\n{CALL}"));
    let ask = "- askForIntent: {name: What, question: {lit: What can I do?}}";
    let run = stage(flow).and(bot(INTENTS, ask)).run();
    assert_eq!(run.prompts(), ["Five dollars", "left: TriggeredByFlow"]);
    assert_eq!(run.variable("Flow.intent"), "\"Account Balance\"");
    let without = call(INTENTS, ask, &["say:Account Balance"]);
    assert_eq!(without.prompts()[0], "What can I do?");
    assert_eq!(without.variable("Flow.intent"), "\"Account Balance\"");
}

#[test]
fn the_active_intent_is_the_intent_of_a_bot() {
    let set = "- setIntent: {name: Set, intent: {lit: Refund}}";
    assert_eq!(call("", set, &[]).variable("Flow.intent"), "\"Refund\"");
    let clear = format!("{set}\n- clearActiveIntent: {{name: Clear}}");
    assert_eq!(call("", &clear, &[]).variable("Flow.intent"), "null");
}

#[test]
fn fixtures_answer_before_a_loaded_bot() {
    let world = "actions: {callBotFlow: {outputs: {exitReason: Error, Slot.Answer: no}}}";
    let run = stage(main(CALL)).and(bot("", QUESTION)).world(world).run();
    assert_eq!(run.prompts(), ["left: Error"]);
    assert_eq!(run.variable("Flow.answer"), "\"no\"");
    // A bot that is not loaded is answered by fixtures as before.
    let alone = stage(main(CALL)).run();
    assert_eq!(alone.codes(), ["ACTION_NOT_SIMULATED"]);
    let strict = stage(main(CALL)).strict().run();
    assert_eq!(strict.end(), "error ACTION_NOT_SUPPORTED");
    let strict =
        stage(main(CALL)).and(bot("", QUESTION)).inputs(&["say:x"]).strict().run();
    assert_eq!(strict.end(), "completed");
}

/// Each kind finds its flow, and never a flow of another type with the same name.
#[test]
fn digital_bots_and_voice_flows_are_called_too() {
    let digital = CALL.replace("callBotFlow", "callDigitalBotFlow");
    let digital = digital.replace("botFlow:", "digitalBotFlow:");
    let run = stage(main(&digital)).and(bot("", QUESTION)).inputs(&["say:x"]).run();
    assert_eq!(run.variable("Flow.answer"), "\"x\"");
    let voice = "- callVoiceFlow: {name: V, exitReason: {var: Flow.reason}, voiceFlow: {Spoken: {ver_latestPublished: {none: true}}}}";
    let spoken = "voice:
  name: Spoken
  startUpRef: /voice/tasks/task[T_1]
  tasks:
    - task:
        name: T
        refId: T_1
        actions: [{playAudio: {name: Speak, audio: {tts: Hello}}}]
";
    let run = stage(main(voice)).and(spoken).run();
    assert_eq!(run.prompts(), ["Hello"]);
    assert_eq!(run.variable("Flow.reason"), "\"TriggeredByFlow\"");
    let same_name = main(&CALL.replace("Helper:", "Main:"));
    assert_eq!(stage(same_name).run().codes(), ["ACTION_NOT_SIMULATED"]);
}

/// A choice of a menu calls a bot, and the caller is in the menu again afterwards.
#[test]
fn a_bot_that_a_menu_calls_returns_to_the_menu() {
    let call = "inboundCall:
  name: Main
  startUpRef: /inboundCall/menus/menu[Menu_1]
  menus:
    - menu:
        name: Menu
        refId: Menu_1
        audio: {tts: Press 1 or 2}
        choices:
          - menuTask:
              name: Bot
              dtmf: digit_1
              task:
                actions:
                  - callBotFlow: {name: Call, botFlow: {Helper: {ver_latestPublished: {none: true}}}}
                  - playAudio: {name: After, audio: {tts: After}}
          - menuDisconnect: {name: Bye, dtmf: digit_2}
";
    let exit = "- exitBotFlow: {name: Exit}";
    for actions in [QUESTION, exit] {
        let inputs: &[&str] =
            if actions == exit { &["1", "2"] } else { &["1", "say:x", "2"] };
        let run = stage(call).and(bot("", actions)).inputs(inputs).run();
        let path = run.path();
        assert_eq!(path.last(), Some(&"Bye"), "{path:?}");
        assert_eq!(path.iter().filter(|id| **id == "Menu").count(), 2, "{path:?}");
        assert!(run.prompts().contains(&"After"), "{actions}");
    }
}

const SURVEY: &str = "voiceSurvey:
  name: F
  startUpRef: /voiceSurvey/tasks/task[T_1]
  variables:
    - stringVariable: {name: Flow.answer}
    - booleanVariable: {name: Flow.asks, initialValue: {lit: false}}
  settingsVoiceSurvey:
    surveyQuestions:
      - surveyQuestion: {text: Another?, answerOptions: {lit: [{lit: {dtmf: {lit: '1'}, text: {lit: Wrong}}}]}}
      - surveyQuestion:
          text: Were we nice?
          answerOptions:
            lit:
              - lit: {dtmf: {lit: '1'}, text: {lit: 'Yes, very'}}
              - lit: {dtmf: {lit: '2'}, text: {lit: 'No'}}
  settingsUserInput: {noMatchesMax: {lit: 1}}
  tasks:
    - task:
        name: T
        refId: T_1
        actions:
          - askSurveyQuestion:
              name: Nice
              surveyQuestion: {Our form: {lit: {text: Were we nice?}}}
              surveyQuestionResult: {var: Flow.answer}
              question: {lit: Were we nice?}
              answer: {lit: Press 1 for yes and 2 for no.}
              noMatch: {lit: Pardon?}
          - askSurveyQuestion:
              name: Skipped
              questionCondition: {exp: Flow.asks}
              question: {lit: Skipped?}
";

/// *Source: Genesys' help on Ask Survey Question; published voice surveys.*
#[test]
fn a_survey_question_is_answered_by_key_or_words() {
    let answer = |inputs: &[&str]| {
        let run = stage(SURVEY).inputs(inputs).run();
        assert_eq!(run.codes(), Vec::<&str>::new());
        run
    };
    let key = answer(&["2"]);
    assert_eq!(key.prompts(), ["Were we nice?", "Press 1 for yes and 2 for no."]);
    assert_eq!(key.variable("Flow.answer"), "\"No\"");
    assert_eq!(key.values(Field::Outputs), ["answer = No"]);
    assert_eq!(answer(&["say:yes, VERY"]).variable("Flow.answer"), "\"Yes, very\"");
    let again = answer(&["3", "1"]);
    // The message replaces the question.
    assert_eq!(again.prompts()[2..], ["Pardon?"]);
    assert_eq!(again.variable("Flow.answer"), "\"Yes, very\"");
    let given_up = stage(SURVEY).inputs(&["3", "3"]).run();
    assert_eq!(
        (given_up.end(), given_up.codes()),
        ("completed".into(), vec!["NO_MATCH"])
    );
    let prepared = "actions: {Nice: {outputs: {answer: 'No'}}}";
    assert_eq!(stage(SURVEY).world(prepared).run().variable("Flow.answer"), "\"No\"");
}
