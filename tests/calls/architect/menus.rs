//! Menus: prompts, timeouts, and the targets of choices.

use flowsim::engine::{Call, Limits, Session};
use flowsim::trace::{Field, Status};
use flowsim::world::{Answer, Input, Question};

use super::support::{compile, run, stage};

/// A flow with two menus. `settings` are those of the first.
fn flow(settings: &str, choices: &str) -> String {
    format!(
        "inboundCall:
  name: F
  defaultLanguage: en-us
  startUpRef: /inboundCall/menus/menu[Main_1]
  menus:
    - menu:
        name: Main Menu
        refId: Main_1
        audio: {{tts: Sales 1 or help 2}}
{settings}
        choices:
{choices}
          - menuTask:
              name: Sales
              dtmf: digit_1
              speechRecTerms: {{en-us: {{terms: [{{lit: Sales}}, {{lit: Buy}}]}}}}
              task: {{actions: [{{playAudio: {{name: Selling, audio: {{tts: We sell}}}}}}]}}
          - menuJumpToMenu:
              name: Help
              dtmf: digit_2
              targetMenuRef: /inboundCall/menus/menu[Help_2]
              speechRecTerms: {{de-de: {{terms: [{{lit: Hilfe}}]}}}}
          - menuDisconnect: {{name: Bye, dtmf: digit_*, globalDtmf: true}}
    - menu:
        name: Help Menu
        refId: Help_2
        audio: {{tts: No help}}
        settingsMenu: {{listenForExtensionDialing: {{lit: false}}}}
        choices:
          - menuPreviousMenu: {{name: Back, dtmf: digit_9}}
          - menuRepeatMenu: {{name: Again, dtmf: digit_8}}
"
    )
}

fn plain() -> String {
    flow("", "")
}

#[test]
fn the_actions_of_a_choice_lead_back_to_the_menu() {
    let run = run(&plain(), "", &["1", "*"]);
    assert_eq!(run.path(), ["F", "Main Menu", "Selling", "Main Menu", "Bye"]);
    assert_eq!(run.prompts(), ["Sales 1 or help 2", "We sell", "Sales 1 or help 2"]);
    assert_eq!(run.output("Main Menu"), "Sales");
    assert_eq!(run.trace.status, Status::Completed);
}

#[test]
fn a_menu_is_repeated_and_then_the_call_ends() {
    let run = run(&plain(), "", &[]);
    assert_eq!(run.path(), ["F", "Main Menu"]);
    assert_eq!(run.prompts().len(), 3);
    let silent = [1, 2, 3].map(|round| format!("round {round} = no input"));
    assert_eq!(run.values(Field::Reason), silent);
    assert_eq!(run.trace.elapsed_ms, 30_000);
    assert_eq!(run.output("Main Menu"), "none");
    assert_eq!(run.trace.status, Status::Completed);
}

#[test]
fn settings_of_the_menu_override_those_of_the_flow() {
    let own = "        settingsMenu:
          repeatCount: {lit: 2}
          menuSelectionTimeout: {noValue: true}";
    let text = flow(own, "")
        + "  settingsMenu:
    repeatCount: {lit: 7}
    menuSelectionTimeout: {lit: {seconds: 4}}
";
    let run = run(&text, "", &[]);
    assert_eq!((run.prompts().len(), run.trace.elapsed_ms), (2, 8_000));
}

#[test]
fn a_menu_plays_at_least_once_and_at_most_ten_times() {
    for (count, played) in [("0", 1), ("-3", 1), ("99999999999", 10)] {
        let own = format!("        settingsMenu: {{repeatCount: {{lit: {count}}}}}");
        assert_eq!(run(&flow(&own, ""), "", &[]).prompts().len(), played, "{count}");
    }
}

#[test]
fn the_default_choice_is_taken_after_the_last_repeat() {
    let default = "        defaultChildMenuRef: './choices/menuDisconnect[Bye_7]'
        settingsMenu: {repeatCount: {lit: 1}}";
    let choice = "          - menuDisconnect: {name: Nobody, refId: Bye_7}";
    let run = run(&flow(default, choice), "", &["7"]);
    assert_eq!(run.path(), ["F", "Main Menu", "Nobody"]);
    assert_eq!(run.output("Main Menu"), "Nobody");
    assert_eq!(run.values(Field::Reason), ["round 1 = no match: 7"]);
}

#[test]
fn the_audio_depends_on_why_the_menu_is_repeated() {
    let text = plain().replace(
        "{tts: Sales 1 or help 2}",
        "{exp: 'ToAudioTTS(If(Menu.LastCollectionNoInput, \"Speak up\", If(Menu.LastCollectionNoMatch, \"No such thing\", \"Choose\")))'}",
    );
    let run = run(&text, "", &["-", "5", "1", "*"]);
    assert_eq!(
        run.prompts(),
        ["Choose", "Speak up", "No such thing", "We sell", "Choose"]
    );
}

#[test]
fn a_late_key_counts_for_the_next_round() {
    let run = run(&plain(), "", &["*@12000"]);
    assert_eq!(run.path(), ["F", "Main Menu", "Bye"]);
    assert_eq!(run.values(Field::Reason), ["round 1 = no input"]);
    assert_eq!(run.trace.elapsed_ms, 12_000);
}

#[test]
fn speech_chooses_in_any_case_and_language() {
    for (words, output) in [("BUY", "Sales"), ("sales", "Sales"), (" hilfe ", "Help")] {
        let run = run(&plain(), "", &[&format!("say:{words}")]);
        assert_eq!(run.output("Main Menu"), output, "{words}");
    }
    let unknown = run(&plain(), "", &["say:weather", "*"]);
    assert_eq!(unknown.values(Field::Reason), ["round 1 = no match: weather"]);
}

#[test]
fn the_language_of_the_call_takes_precedence() {
    let choice = "          - menuDisconnect:
              name: German
              speechRecTerms: {de-de: {terms: [{lit: Sales}]}}";
    let english = run(&flow("", choice), "", &["say:sales"]);
    assert_eq!(english.output("Main Menu"), "Sales");
    let text =
        flow("", choice).replace("defaultLanguage: en-us", "defaultLanguage: de-de");
    assert_eq!(run(&text, "", &["say:sales"]).output("Main Menu"), "German");
}

#[test]
fn choices_lead_to_the_previous_menu_or_repeat_this_one() {
    let run = run(&plain(), "", &["2", "8", "9", "2", "9", "*"]);
    let there = ["F", "Main Menu", "Help", "Help Menu", "Again", "Help Menu", "Back"];
    let again = ["Main Menu", "Help", "Help Menu", "Back", "Main Menu", "Bye"];
    assert_eq!(run.path(), [&there[..], &again].concat());
}

#[test]
fn without_a_previous_menu_the_same_is_repeated() {
    let choice = "          - menuPreviousMenu: {name: Back, dtmf: digit_0}";
    let run = run(&flow("", choice), "", &["0", "*"]);
    assert_eq!(run.path(), ["F", "Main Menu", "Back", "Main Menu", "Bye"]);
}

#[test]
fn a_global_choice_works_in_every_menu_and_leads_back_to_it() {
    let choice = "          - menuTask:
              name: Hours
              dtmf: digit_5
              globalDtmf: true
              globalSpeechRecTerms: true
              speechRecTerms: {en-us: {terms: [{lit: hours}]}}
              task: {actions: [{playAudio: {name: Telling, audio: {tts: All day}}}]}";
    for input in ["5", "say:Hours"] {
        let run = run(&flow("", choice), "", &["2", input, "*"]);
        let path = ["F", "Main Menu", "Help", "Help Menu", "Telling", "Help Menu", "Bye"];
        assert_eq!(run.path(), path, "{input}");
        assert_eq!(run.output("Help Menu"), "Hours");
    }
    let own = flow("", choice).replace("dtmf: digit_9", "dtmf: digit_5");
    let run = run(&own, "", &["2", "5", "*"]);
    assert_eq!(run.output("Help Menu"), "Back", "own choices win");
}

#[test]
fn a_choice_that_is_not_global_works_in_its_menu_only() {
    let run = run(&plain(), "", &["2", "1", "*"]);
    assert_eq!(run.path(), ["F", "Main Menu", "Help", "Help Menu", "Bye"]);
    assert_eq!(run.values(Field::Reason), ["round 1 = no match: 1"]);
}

#[test]
fn an_empty_task_leads_back_until_the_limit() {
    let text = plain().replace(
        "{actions: [{playAudio: {name: Selling, audio: {tts: We sell}}}]}",
        "{actions: []}",
    );
    let back = run(&text, "", &["1", "*"]);
    assert_eq!(back.path(), ["F", "Main Menu", "Main Menu", "Bye"]);
    let limits = Limits { max_actions: 20, ..Limits::default() };
    let endless = stage(text.as_str()).inputs(&["1"; 50]).limits(limits).run();
    assert_eq!(endless.trace.status, Status::Error);
}

#[test]
fn several_digits_are_an_extension_if_a_user_has_it() {
    let users = "users: [{name: Ann, extension: '12'}, {name: Bob, extension: '1234'}]";
    for (input, user, elapsed_ms) in
        [("1234", "Bob", 0), ("12", "Ann", 1_000), ("1@500,2@1000", "Ann", 2_500)]
    {
        let run = run(&plain(), users, &[input]);
        assert_eq!(run.path(), ["F", "Main Menu"], "{input}");
        assert!(
            run.values(Field::User)[0].contains(user),
            "{input}: {:?}",
            run.values(Field::User)
        );
        assert_eq!(run.transfer().unwrap(), format!("user {user} -"), "{input}");
        assert_eq!(run.trace.elapsed_ms, elapsed_ms, "{input}");
    }
    let late = run(&plain(), users, &["1@0,2@1001,*@0"]);
    assert_eq!(late.output("Main Menu"), "Sales", "too late for an extension");
}

#[test]
fn digits_that_match_no_extension_are_separate_choices() {
    let run = run(&plain(), "", &["29*"]);
    let path = ["F", "Main Menu", "Help", "Help Menu", "Back", "Main Menu", "Bye"];
    assert_eq!(run.path(), path);
}

#[test]
fn a_menu_with_extension_dialling_waits_for_another_digit() {
    assert_eq!(run(&plain(), "", &["1", "*"]).trace.elapsed_ms, 1_000);
    let own = "        settingsMenu: {listenForExtensionDialing: {lit: false}}";
    let users = "users: [{name: Ann, extension: '12'}]";
    let run = run(&flow(own, ""), users, &["1", "*"]);
    assert_eq!(run.trace.elapsed_ms, 0);
}

/// `Sales` calls a task in which the caller enters another menu and leaves it again.
#[test]
fn after_a_called_task_the_caller_is_in_the_menu_that_called_it() {
    let text = plain()
        .replace(
            "{playAudio: {name: Selling, audio: {tts: We sell}}}",
            "{callTask: {name: Call, targetTaskRef: '/inboundCall/tasks/task[Deep_1]'}}",
        )
        .replace(
            "menuRepeatMenu: {name: Again, dtmf: digit_8}",
            "menuJumpToTask: {name: Out, dtmf: digit_8, targetTaskRef: '/inboundCall/tasks/task[Out_1]'}",
        )
        + "  tasks:
    - task:
        name: Deep
        refId: Deep_1
        actions:
          - jumpToMenu: {name: Jump, targetMenuRef: '/inboundCall/menus/menu[Help_2]'}
    - task: {name: Outside, refId: Out_1, actions: [{playAudio: {name: Away, audio: {tts: Away}}}]}
";
    let run = run(&text, "", &["1", "8", "*"]);
    let path = ["F", "Main Menu", "Call", "Deep", "Jump", "Help Menu", "Out", "Outside"];
    assert_eq!(run.path(), [&path[..], &["Away", "Main Menu", "Bye"]].concat());
}

#[test]
fn an_error_can_lead_to_a_menu() {
    let text = plain()
        .replace("{tts: We sell}", "{exp: 'ToAudioTTS(ToString(ToInt(\"x\")))'}")
        + "  settingsErrorHandling:
    errorHandling:
      menu: {targetMenuRef: '/inboundCall/menus/menu[Help_2]'}
";
    let run = run(&text, "", &["1", "9", "*"]);
    let path = ["F", "Main Menu", "Selling", "Error Handling", "Help Menu", "Back"];
    assert_eq!(run.path(), [&path[..], &["Main Menu", "Bye"]].concat());
    assert_eq!(run.trace.status, Status::Completed);
}

#[test]
fn hanging_up_ends_the_call() {
    let run = run(&plain(), "", &["hangup"]);
    assert_eq!(run.trace.status, Status::Error);
    assert_eq!(run.trace.failure.unwrap().code.to_string(), "CALLER_HUNG_UP");
}

#[test]
fn a_setting_of_the_wrong_type_is_a_runtime_error() {
    let own = "        settingsMenu: {repeatCount: {exp: 'ToInt(\"x\")'}}";
    let run = run(&flow(own, ""), "", &["1"]);
    assert_eq!(run.trace.status, Status::Error);
}

#[test]
fn the_call_is_cut_off_while_a_menu_waits() {
    let limits = Limits { timeout_ms: Some(5_000), ..Limits::default() };
    let run = stage(plain()).inputs(&[]).limits(limits).run();
    assert_eq!((run.trace.status, run.trace.elapsed_ms), (Status::Timeout, 5_000));
}

#[test]
fn a_question_lists_the_choices() {
    let program = compile(&plain());
    let flow = program.flow("F").unwrap();
    let mut session = Session::start(program, &Call::new(flow));
    let Some(Question::Input(question)) = session.question() else { panic!() };
    assert_eq!((question.node, question.valid_digits), ("Main Menu", "12*"));
    assert_eq!((question.timeout_ms, question.max_digits), (10_000, 1));
    let offered = question.choices.iter().map(|choice| (choice.key, &*choice.name));
    let expected = [(Some('1'), "Sales"), (Some('2'), "Help"), (Some('*'), "Bye")];
    assert_eq!(offered.collect::<Vec<_>>(), expected);
    session.resume(Answer::Input(Input::Keys("*".into())));
    assert_eq!(session.question(), None);
}

#[test]
fn a_menu_reads_well() {
    let run = run(&plain(), "", &["-", "7", "1", "say:hilfe", "9", "*"]);
    insta::assert_snapshot!(run.text());
    insta::assert_snapshot!("a_menu_as_a_conversation", run.conversation());
}

/// Two menus, each with a submenu of the same name.
const NESTED: &str = "inboundCall:
  name: F
  defaultLanguage: en-us
  startUpRef: /inboundCall/menus/menu[A_1]
  menus:
    - menu:
        name: A
        refId: A_1
        audio: {tts: A}
        defaultChildMenuRef: ./choices/menuSubMenu[More]
        settingsMenu: {repeatCount: {lit: 1}}
        choices:
          - menuSubMenu:
              name: More
              dtmf: digit_1
              speechRecTerms: {en-us: {terms: [{lit: more}]}}
              audio: {tts: More of A}
              defaultChildMenuRef: ./choices/menuPreviousMenu[Up]
              settingsMenu: {repeatCount: {lit: 2}}
              choices:
                - menuPreviousMenu: {name: Up, dtmf: digit_*}
                - menuJumpToMenu: {name: Over, dtmf: digit_2, targetMenuRef: '/inboundCall/menus/menu[B]/choices/menuSubMenu[More]'}
                - menuSubMenu:
                    name: Even more
                    dtmf: digit_3
                    audio: {tts: Deep down}
                    choices:
                      - menuDisconnect: {name: Bye, dtmf: digit_1}
    - menu:
        name: B
        audio: {tts: B}
        choices:
          - menuSubMenu:
              name: More
              dtmf: digit_1
              audio: {tts: More of B}
              choices:
                - menuDisconnect: {name: End, dtmf: digit_9}
";

#[test]
fn a_menu_can_be_among_the_choices_of_another() {
    let down = run(NESTED, "", &["1", "3", "1"]);
    assert_eq!(down.prompts(), ["A", "More of A", "Deep down"]);
    assert_eq!(down.path().last(), Some(&"Bye"));
    let back = run(NESTED, "", &["say:more", "*", "1", "3", "1"]);
    assert_eq!(back.prompts(), ["A", "More of A", "A", "More of A", "Deep down"]);
    let over = run(NESTED, "", &["1", "2", "9"]);
    assert_eq!(over.prompts(), ["A", "More of A", "More of B"]);
    assert_eq!(over.path().last(), Some(&"End"));
}

#[test]
fn a_submenu_can_be_the_default_and_has_its_own_settings() {
    let run = run(NESTED, "", &["-", "-", "-", "1", "3", "1"]);
    assert_eq!(run.output("A"), "More");
    let said = ["A", "More of A", "More of A", "A", "More of A", "Deep down"];
    assert_eq!(run.prompts(), said);
}
