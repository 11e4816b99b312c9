//! Coverage of Architect flows, counted by hand.

use flowsim::report::coverage::{render_summary, render_uncovered};

use super::stage::{Stage, count, node, shares};

/// The items to cover. The start of the flow, `Twice, next round` and the actions of
/// error handling are not nodes. The choice `Rounds` is not a node either, but its
/// actions are.
///
/// | kind | |
/// |---|---|
/// | nodes | Twice, Add, Ask Clock, Closing, Bye, Back, Open, Talk, Count, Hang up, Nothing: 11 |
/// | paths | Twice 2, Add 1, Ask Clock 1, Closing 1, Back 1, Open 2, Talk 1, Count 3, Nothing 1: 13 |
/// | conditions | Open 2, two cases of Count 4: 6 |
/// | error handlers | 1 |
/// | tasks | Close, Spare: 2 |
/// | menus | Main Menu, Help Menu: 2 |
/// | choices | Rounds, Closing, Bye, Back; Bye counts once although it works in both menus: 4 |
/// | prompts | Welcome, Choose, Help, We are open, Never, Something broke: 6 |
/// | flows | 1 |
/// | calls | Ask Clock: 1 |
pub(crate) const DESK: &str = "
inboundCall:
  name: Desk
  defaultLanguage: en-us
  startUpRef: /inboundCall/menus/menu[Main]
  initialGreeting: {tts: Welcome}
  settingsErrorHandling:
    errorHandling: {disconnect: {none: true}}
    preHandlingAudio: {tts: Something broke}
  variables:
    - integerVariable: {name: Flow.rounds, initialValue: {lit: 0}}
    - booleanVariable: {name: Flow.unset, initialValue: {noValue: true}}
  menus:
    - menu:
        name: Main Menu
        refId: Main
        audio: {tts: Choose}
        choices:
          - menuTask:
              name: Rounds
              dtmf: digit_1
              task:
                actions:
                  - loop:
                      name: Twice
                      currentIndex: {noValue: true}
                      loopCount: {lit: 2}
                      outputs:
                        loop:
                          actions:
                            - updateData:
                                name: Add
                                statements: [{integer: {variable: Flow.rounds, value: {exp: Flow.rounds + 1}}}]
                            - callCommonModule: {name: Ask Clock, commonModule: {Clock: {ver_latestPublished: {}}}}
          - menuJumpToTask: {name: Closing, dtmf: digit_2, targetTaskRef: '/inboundCall/tasks/task[Close]'}
          - menuDisconnect: {name: Bye, dtmf: digit_*, globalDtmf: true}
    - menu:
        name: Help Menu
        refId: Help
        audio: {tts: Help}
        choices:
          - menuPreviousMenu: {name: Back, dtmf: digit_9}
  tasks:
    - task:
        name: Close
        refId: Close
        actions:
          - decision:
              name: Open
              condition: {exp: Flow.rounds > 0}
              outputs:
                yes: {actions: [{playAudio: {name: Talk, audio: {tts: We are open}}}]}
                no:
                  actions:
                    - switch:
                        name: Count
                        evaluate:
                          firstTrue:
                            default: {actions: []}
                            cases:
                              - case: {value: {exp: Flow.rounds == 7}, actions: []}
                              - case: {value: {exp: ToInt(NOT_SET) < 1}, actions: []}
          - disconnect: {name: Hang up}
    - task:
        name: Spare
        refId: Spare
        actions:
          - playAudio: {name: Nothing, audio: {tts: Never}}
";

/// One node with one path and one prompt, in one task. It has no error handling, so
/// errors are passed to the caller.
pub(crate) const CLOCK: &str = "
commonModule:
  name: Clock
  defaultLanguage: en-us
  supportedLanguages: {en-us: {none: true}}
  startUpTaskActions:
    - playAudio: {name: Tick, audio: {tts: Tick}}
";

#[test]
fn a_flow_without_calls_is_not_covered() {
    let report = Stage::new(&[DESK, CLOCK]).count(&[]);
    let all = "nodes 0/12, paths 0/14, conditions 0/6, errorHandlers 0/1, tasks 0/3, \
               menus 0/2, choices 0/4, prompts 0/7, flows 0/2, calls 0/1";
    assert_eq!(shares(&report), all);
}

#[test]
fn calls_cover_the_items_that_they_reach() {
    let stage = Stage::new(&[DESK, CLOCK]);
    // Rounds: Add and Clock twice. Back in the menu: Closing, where Open is true: Talk
    // and Hang up.
    let rounds = stage.call("Desk", &["1", "2"]);
    // Closing, where Open is false and the second case of Count compares NOT_SET: an error.
    let closing = stage.call("Desk", &["2"]);
    let report = stage.count(&[&rounds, &closing]);
    // Nodes: all except Bye, Back, Nothing. Paths: Twice 2, Add 1, Ask Clock 1, Closing
    // 1, Open 2, Talk 1, Tick 1. Conditions: both of Open. The error hides the outcome of the
    // first case of Count. Tasks: Close and that of the module. Prompts: all except Help and Never.
    let covered = "nodes 9/12, paths 9/14, conditions 2/6, errorHandlers 1/1, tasks 2/3, \
                   menus 1/2, choices 2/4, prompts 5/7, flows 2/2, calls 1/1";
    assert_eq!(shares(&report), covered);
    let of = |of: &str, name: &str| count(&report, "Desk", of, name);
    // The loop started once, had two rounds, and finished once.
    assert_eq!(node(&report, "Desk", "Twice").count, 1);
    assert_eq!([of("Twice", "loop"), of("Twice", "default")], [2, 1]);
    assert_eq!([of("Open", "yes"), of("Open", "no")], [1, 1]);
    let outcomes = ["condition 1 true", "condition 1 false", "condition 2 true"];
    assert_eq!(outcomes.map(|outcome| of("Count", outcome)), [0, 0, 0]);
    // The menu was played three times: twice in the first call.
    assert_eq!(node(&report, "Desk", "Main Menu").count, 3);
    assert_eq!([of("Main Menu", "Rounds"), of("Main Menu", "Closing")], [1, 2]);
    assert_eq!([of("Main Menu", "audio"), of("Desk", "initialGreeting")], [3, 2]);
    // The module was called twice, from one place.
    assert_eq!(of("Ask Clock", "Clock"), 2);
    let clock = report.flows.iter().find(|flow| flow.name == "Clock");
    assert_eq!(clock.map(|flow| flow.count), Some(2));
    assert_eq!(node(&report, "Desk", "Error Handling").count, 1);
    let text = format!("{}\n{}", render_summary(&report), render_uncovered(&report));
    insta::assert_snapshot!(text);
}

/// A choice that works in every menu is one choice, in whichever menu it is taken.
#[test]
fn a_choice_of_another_menu_is_that_choice() {
    let flow = DESK.replace("menu[Main]", "menu[Help]");
    let stage = Stage::new(&[&flow, CLOCK]);
    let report = stage.count(&[&stage.call("Desk", &["*"])]);
    assert_eq!(count(&report, "Desk", "Main Menu", "Bye"), 1);
    assert_eq!(node(&report, "Desk", "Main Menu").count, 0);
    assert_eq!(node(&report, "Desk", "Help Menu").count, 1);
    // Bye; Help Menu; its choice. Prompts: Welcome, Help.
    let covered = "nodes 1/12, paths 0/14, conditions 0/6, errorHandlers 0/1, tasks 0/3, \
                   menus 1/2, choices 1/4, prompts 2/7, flows 1/2, calls 0/1";
    assert_eq!(shares(&report), covered);
}

/// The outputs of an action count even if the document has no actions after them. An
/// error handling that the author did not write does not count.
#[test]
fn outputs_without_actions_are_paths_too() {
    let flow = "
inboundCall:
  name: Small
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
          - collectInput: {name: Digits, digits: {exact: {lit: 1}}, inputAudio: {tts: Digit}, verificationType: {none: true}}
          - callTask: {name: Deep, targetTaskRef: '/inboundCall/tasks/task[Deep]'}
          - disconnect: {name: End}
    - task:
        name: Deep
        refId: Deep
        outputPaths: [{outputPath: {name: Good}}]
        actions:
          - endTask: {name: Done, outputPath: {name: Good}}
";
    let stage = Stage::new(&[flow]);
    // Digits: success, failure. Deep: Good, default. End and Done have no paths.
    let all = "nodes 0/4, paths 0/4, tasks 0/2, prompts 0/1, flows 0/1";
    assert_eq!(shares(&stage.count(&[])), all);
    let report = stage.count(&[&stage.call("Small", &["7"])]);
    let covered = "nodes 4/4, paths 2/4, tasks 2/2, prompts 1/1, flows 1/1";
    assert_eq!(shares(&report), covered);
    assert_eq!(count(&report, "Small", "Digits", "success"), 1);
    assert_eq!(count(&report, "Small", "Deep", "Good"), 1);
}

/// A flow that takes over the call counts as called.
#[test]
fn a_flow_that_takes_over_was_called() {
    let flow = |name: &str, other: &str| {
        format!(
            "
inboundCall:
  name: {name}
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
          - transferToFlow:
              name: Over
              targetFlow: {{name: {other}}}
              preTransferAudio: {{tts: Wait}}
              failureTransferAudio: {{tts: Nobody there}}
"
        )
    };
    let stage = Stage::new(&[&flow("One", "Two"), &flow("Two", "Nowhere")]);
    // One calls Two; Two hands over to a flow that is not loaded, which does not count as
    // a call.
    let report = stage.count(&[&stage.call("One", &[])]);
    let covered = "nodes 2/2, paths 0/2, tasks 2/2, prompts 2/4, flows 2/2, calls 1/1";
    assert_eq!(shares(&report), covered);
    assert_eq!(count(&report, "One", "Over", "preTransferAudio"), 1);
    assert_eq!(count(&report, "One", "Over", "failureTransferAudio"), 0);
}

/// The in-queue flow of a queue is decided during the call, so that there is no place
/// of the call to count, but the flow was entered.
#[test]
fn an_in_queue_flow_that_calls_entered_is_covered() {
    let flow = "
inboundCall:
  name: Desk
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
          - transferToAcd: {name: Over, targetQueue: {lit: {name: Q}}}
";
    let waiting = "
inqueueCall:
  name: Default In-Queue Flow
  defaultLanguage: en-us
  startUpTaskActions:
    - holdMusic: {name: Music, playStyle: {entirePrompt: true}}
";
    let stage = Stage::new(&[flow, waiting]);
    let desk = stage.call("Desk", &[]);
    let report = stage.count(&[&desk, &desk]);
    assert_eq!(shares(&report), "nodes 2/2, paths 1/2, tasks 2/2, flows 2/2");
    let counts: Vec<_> = report.flows.iter().map(|flow| flow.count).collect();
    assert_eq!(counts, [2, 2]);
}

/// The questions of a bot and its replies after misunderstandings are separate prompts.
#[test]
fn prompts_of_a_bot_are_identified_by_their_words() {
    let flow = "
digitalBot:
  name: Bot
  startUpRef: /digitalBot/bots/bot[Start]
  variables:
    - integerVariable: {name: Slot.Amount}
  settingsErrorHandling: {errorHandling: {exit: {none: true}}}
  bots:
    - bot:
        name: Start
        refId: Start
        actions:
          - askForSlot:
              name: Ask
              slot: {name: Amount}
              question: {exp: 'MakeCommunication(\"How much?\")'}
              noMatch: {exp: 'MakeCommunication(\"A number, please.\")'}
          - communicate: {name: Thanks, communication: {exp: 'MakeCommunication(\"Thank you.\")'}}
";
    let stage = Stage::new(&[flow]);
    let report = stage.count(&[&stage.call("Bot", &["say:many", "say:7"])]);
    let said = ["question", "noMatch 1"].map(|name| count(&report, "Bot", "Ask", name));
    // The words after a misunderstanding take the place of the question.
    assert_eq!(said, [1, 1]);
    assert_eq!(count(&report, "Bot", "Thanks", "message"), 1);
    let never = stage.count(&[&stage.call("Bot", &["say:7"])]);
    assert_eq!(count(&never, "Bot", "Ask", "noMatch 1"), 0);
}

/// The in-queue flow that a transfer names is a call of its action.
#[test]
fn a_transfer_calls_the_in_queue_flow_that_it_names() {
    let transfer = "
inboundCall:
  name: Line
  startUpRef: /inboundCall/tasks/task[T]
  tasks:
    - task:
        name: T
        refId: T
        actions:
          - transferToAcd: {name: Queue, targetQueue: {lit: {name: Sales}}, overrideInQueueFlow: {name: Lobby}}
";
    let lobby = "
inqueueCall:
  name: Lobby
  startUpTaskActions:
    - holdMusic: {name: Music, prompt: {lit: {name: PromptSystem.on_hold_music}}, bargeInEnabled: {lit: false}, playStyle: {duration: {lit: {seconds: 20}}}}
    - disconnect: {name: Bye}
";
    let stage = Stage::new(&[transfer, lobby]);
    let report = stage.count(&[&stage.call("Line", &[])]);
    assert!(shares(&report).ends_with("flows 2/2, calls 1/1"), "{}", shares(&report));
}
