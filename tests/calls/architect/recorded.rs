//! Actions that report something to the platform.

use super::support::{call_flow, run};

fn flow(actions: &str) -> String {
    call_flow(&["string x"], actions)
}

#[test]
fn settings_are_recorded_by_name() {
    let actions = "- setScreenPop:
    name: Pop
    screenPopScript:
      Sales:
        inputs:
          Question: {exp: '\"W\" + \"hy\"'}
          Order: {noValue: true}
- setPostFlow:
    name: After
    actionType:
      voiceSurveyFlow:
        targetFlow:
          Survey:
            ver_latestPublished: {none: true}
        invocationData: {noValue: true}
    target: {lit: caller}
- setFlowOutcome:
    name: Outcome
    flowOutcome: {name: Sold}
    flowOutcomeValue: {lit: SUCCESS}
- setWhisperAudio: {name: Whisper, whisperAudio: {tts: VIP}}
- enableParticipantRecord: {name: Record}";
    let run = run(&flow(actions), "", &[]);
    assert_eq!(run.end(), "completed");
    insta::assert_snapshot!(run.entries().join("\n"), @r"
    > inputs screenPopScript = Sales
    > inputs Question = Why
    > inputs actionType = voiceSurveyFlow
    > inputs targetFlow = Survey
    > inputs target = caller
    > inputs flowOutcome = Sold
    > inputs flowOutcomeValue = SUCCESS
    > inputs whisperAudio = VIP
    ");
    assert_eq!(run.output("Whisper"), "success");
    assert_eq!(run.codes(), Vec::<&str>::new());
    insta::assert_snapshot!("recorded", run.text());
}

#[test]
fn a_value_that_cannot_be_computed_is_a_runtime_error() {
    let actions = "- setFlowOutcome:
    name: Outcome
    flowOutcomeValue: {exp: 'ToString(ToInt(\"x\"))'}";
    assert!(run(&flow(actions), "", &[]).end().starts_with("error"));
}

const GREET: &str = "- playAudio: {name: Greet, audio: {exp: 'ToAudio(Prompt.Hello)'}}";
const HELLO: &str =
    "prompts: {Hello: {tts: {en-us: Hello, es-us: Hola}}}\nlanguages: [en-us, es-us]";

#[test]
fn prompts_speak_the_language_that_was_set() {
    let actions = format!(
        "{GREET}
- setLanguage: {{name: Language, languageValue: {{lit: es-us}}, language: es-us}}
{GREET}
- updateData:
    name: Look
    statements: [{{string: {{variable: Flow.x, value: {{exp: Call.Language}}}}}}]"
    );
    let run = run(&flow(&actions), HELLO, &[]);
    assert_eq!(run.prompts(), ["Hello", "Hola"]);
    assert_eq!(run.variable("Flow.x"), "\"es-us\"");
}

#[test]
fn a_prompt_missing_in_the_language_is_played_in_the_default_one() {
    let actions =
        format!("- setLanguage: {{name: L, languageValue: {{lit: fr-fr}}}}\n{GREET}");
    assert_eq!(run(&flow(&actions), HELLO, &[]).prompts(), ["Hello"]);
}

#[test]
fn a_language_that_is_not_set_is_a_runtime_error() {
    let actions = "- setLanguage: {name: Language, languageValue: {noValue: true}}";
    assert_eq!(run(&flow(actions), "", &[]).end(), "error NOT_SET_NOT_ALLOWED");
}

#[test]
fn the_variables_of_the_call_take_tags_and_data() {
    let actions = "- setExternalTag: {name: Tag, externalTag: {lit: t-1}}
- setUUIData: {name: Data, uuiData: {lit: abc}}
- updateData:
    name: Look
    statements: [{string: {variable: Flow.x, value: {exp: 'Call.ExternalTag + Call.UUIData'}}}]";
    let run = run(&flow(actions), "", &[]);
    assert_eq!(run.variable("Flow.x"), "\"t-1abc\"");
}

#[test]
fn a_workflow_ends_with_a_reason() {
    let text = "workflow:
  name: F
  startUpRef: /workflow/states/state[S_1]
  states:
    - state:
        name: S
        refId: S_1
        actions:
          - endWorkflow: {name: End, exitReason: {lit: Canceled}}
          - endWorkflow: {name: Never, exitReason: {noValue: true}}
";
    let run = run(text, "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.path(), ["F", "S", "End"]);
    assert_eq!(run.entries(), ["> inputs exitReason = Canceled"]);
}

#[test]
fn an_e_mail_flow_ends_when_the_e_mail_is_complete() {
    let text = "emailSend:
  name: F
  startUpRef: /emailSend/tasks/task[T_1]
  tasks:
    - task:
        name: T
        refId: T_1
        actions:
          - setParticipantData: {name: Note, attributes: []}
          - completeSend: {name: Send, subject: {lit: Your order}}
          - setParticipantData: {name: Never, attributes: []}
";
    let run = run(text, "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.path(), ["F", "T", "Note", "Send"]);
    assert_eq!(run.entries(), ["> inputs subject = Your order"]);
}

const SOLD: &str = "wrapupCodes: {Sold: {id: w-1}, Busy: {id: w-2}}";

/// An outbound call that reads its wrap-up code before and after these actions.
fn outbound(settings: &str, actions: &str) -> String {
    let read = |into: &str| {
        format!(
            "- updateData: {{name: Read, statements: [{{string: {{variable: Flow.{into}, \
             value: {{exp: 'Flow.WrapupCode.name'}}}}}}]}}\n"
        )
    };
    let flow = call_flow(&["string x", "string y"], "");
    let actions = format!("{}{actions}\n{}", read("x"), read("y"));
    let flow = flow.replace("inboundCall", "outboundCall");
    let flow = flow.replace("  variables:", &format!("  {settings}\n  variables:"));
    format!("{}\n{}", flow.trim_end(), super::support::indented(&actions, 10))
}

/// *Source: Genesys' help on built-in variables, and the setting of an outbound call flow.*
#[test]
fn the_wrap_up_code_is_the_default_until_an_action_sets_another() {
    let settings = "settingsOutboundCall: {wrapupCode: {lit: {name: Busy}}}";
    let set = "- setWrapupCode: {name: Set, wrapupCode: {lit: {name: Sold}}}";
    let run = run(&outbound(settings, set), SOLD, &[]);
    let read = ["Flow.x", "Flow.y"].map(|name| run.variable(name));
    assert_eq!(read, ["\"Busy\"", "\"Sold\""]);
    assert!(run.text().contains("Flow.WrapupCode = Sold"), "{}", run.text());
}
