//! Transfers of the conversation.

use super::support::{Run, call_flow, indented, stage};

const WORLD: &str = "
queues:
  - {id: q-1, name: Sales, agents: [{name: Ann, skills: [voice, german]}]}
  - {name: Care}
users: [{id: u-1, name: Ann, email: ann@example.com}]
groups: [{id: g-1, name: Front desk}]
";

const REST: &str = "
  preTransferAudio: {tts: One moment}
  failureTransferAudio: {tts: Sorry}
  failureOutputs:
    errorType: {var: Flow.type}
    errorMessage: {var: Flow.message}
  outputs:
    failure:
      actions:
        - playAudio: {name: Failed, audio: {tts: It failed}}
";

fn with(actions: &str) -> String {
    call_flow(&["string type", "string message", "queue queue"], actions)
}

fn flow(kind: &str, settings: &str) -> String {
    let settings = indented(settings, 6);
    let rest = indented(REST.trim_start_matches('\n'), 4);
    with(&format!(
        "- {kind}:\n      name: Transfer\n{settings}{rest}- playAudio: {{name: Behind, audio: {{tts: Behind}}}}"
    ))
}

fn failed(run: &Run) -> (&str, String, String) {
    assert_eq!(run.end(), "completed");
    assert_eq!(run.output("Transfer"), "failure");
    assert_eq!(run.routing().or(run.transfer()), None);
    let said = run.prompts();
    assert!(said.ends_with(&["Sorry", "It failed", "Behind"]), "{said:?}");
    let text = |name| serde_json::from_str(&run.variable(name)).expect("a text");
    (said[0], text("Flow.type"), text("Flow.message"))
}

#[test]
fn a_queue_takes_the_call_and_the_flow_ends() {
    let settings = "targetQueue: {lit: {name: Sales}}
priority: {exp: 2 + 3}
acdSkills: [{acdSkill: {skill: {lit: {name: Voice}}, value: {noValue: true}}}]
languageSkill: {lit: {name: German}}";
    let run = stage(flow("transferToAcd", settings)).world(WORLD).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["One moment"]);
    assert_eq!(run.routing().unwrap(), "Sales q-1 [Voice+German] Some(5)");
    let json = run.json();
    let (queue, priority) = (&json["routing"]["queueId"], &json["routing"]["priority"]);
    assert_eq!((queue.as_str(), priority.as_i64()), (Some("q-1"), Some(5)));
    assert_eq!(json.get("transfer"), None);
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_queue_without_an_id_gets_none() {
    let settings = "targetQueue: {lit: {name: Care}}\npriority: {noValue: true}";
    let run = stage(flow("transferToAcd", settings)).world(WORLD).run();
    assert_eq!(run.routing().unwrap(), "Care - [] None");
    let run = stage(flow("transferToAcd", settings)).run();
    assert_eq!(run.routing().unwrap(), "Care - [] None");
    assert_eq!(run.codes(), ["QUEUE_NOT_CHECKED"]);
}

#[test]
fn a_queue_found_by_an_expression_is_routed_to() {
    let settings = "targetQueue: {exp: FindQueue(\"sales\")}";
    let run = stage(flow("transferToAcd", settings)).world(WORLD).run();
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
}

#[test]
fn an_unknown_queue_is_a_failure_of_the_action() {
    let settings = "targetQueue: {lit: {name: Sale}}";
    let run = stage(flow("transferToAcd", settings)).world(WORLD).run();
    let message = "the fixtures have no queue `Sale`".to_owned();
    assert_eq!(failed(&run), ("One moment", "QUEUE_NOT_FOUND".into(), message));
    insta::assert_snapshot!(run.text());
}

#[test]
fn a_queue_that_is_not_set_fails_before_any_prompt() {
    for (target, named) in
        [("{exp: Flow.queue}", " (`Flow.queue`, never set)"), ("{noValue: true}", "")]
    {
        let settings = format!("targetQueue: {target}");
        let run = stage(flow("transferToAcd", &settings)).run();
        let (first, kind, message) = failed(&run);
        assert_eq!((first, kind.as_str()), ("Sorry", "NOT_SET_NOT_ALLOWED"));
        assert_eq!(message, format!("the target{named} is NOT_SET"));
    }
}

/// *Source: Genesys' help, articles/genesys-cloud-acd-processing: the interaction waits in
/// the queue.*
#[test]
fn a_call_waits_for_skills_that_no_agent_has() {
    for skill in ["{skill: {lit: {name: Chess}}}", "{exp: 'ToSkill(\"Chess\")'}"] {
        let settings = format!(
            "targetQueue: {{lit: {{name: Sales}}}}\nacdSkills: [{{acdSkill: {skill}}}]"
        );
        let world = format!("{WORLD}skills: [{{name: Chess}}]");
        let run = stage(flow("transferToAcd", &settings)).world(&world).run();
        assert_eq!(run.end(), "completed", "{skill}");
        assert_eq!(run.routing().unwrap(), "Sales q-1 [Chess] None");
        assert_eq!(run.codes(), ["NO_AGENT_WITH_SKILLS"]);
        let fails = format!("{world}\npolicies: {{skillMismatch: fail}}");
        let run = stage(flow("transferToAcd", &settings)).world(&fails).run();
        let message = "no agent of queue `Sales` (q-1) has the skills `Chess`".to_owned();
        assert_eq!(failed(&run), ("One moment", "SKILL_MISMATCH".into(), message));
    }
}

/// *Source: Genesys' help on language skills.*
#[test]
fn the_language_skill_of_the_flow_applies_if_the_action_sets_none() {
    let stage_of = |own: &str| {
        let actions = format!(
            "- transferToAcd: {{name: To, targetQueue: {{lit: {{name: Sales}}}}, languageSkill: {own}}}"
        );
        let flow = call_flow(&[], &actions).replace(
            "  startUpRef",
            "  supportedLanguages:
    en-us: {defaultLanguageSkill: {lit: {name: English}}}
    nl-nl: {defaultLanguageSkill: {lit: {name: Dutch}}}
  startUpRef",
        );
        stage(flow)
    };
    let skills = |stage: super::support::Stage| {
        let routing = stage.run().routing().unwrap();
        routing.split('[').nth(1).unwrap().split(']').next().unwrap().to_owned()
    };
    assert_eq!(skills(stage_of("{noValue: true}")), "English");
    let dutch = [("language", "nl-nl")];
    assert_eq!(skills(stage_of("{noValue: true}").context(&dutch)), "Dutch");
    let french = [("language", "fr-fr")];
    assert_eq!(skills(stage_of("{noValue: true}").context(&french)), "");
    assert_eq!(skills(stage_of("{lit: {name: Polish}}")), "Polish");
}

/// *Source: Genesys' help on Transfer to Flow.*
#[test]
fn a_failure_in_a_secure_flow_disconnects_the_call() {
    let secure = call_flow(
        &[],
        "- transferToNumber:
    name: Out
    targetNumber: {lit: '+15551230000'}
    failureTransferAudio: {tts: Failed}
    outputs: {failure: {actions: [{playAudio: {name: Never, audio: {tts: Never}}}]}}
- playAudio: {name: Nor, audio: {tts: Nor}}",
    );
    let secure = secure.replace("inboundCall", "secureCall");
    let run = stage(secure).world("actions: {Out: {path: failure}}").run();
    assert_eq!((run.end().as_str(), run.prompts()), ("completed", vec!["Failed"]));
}

#[test]
fn a_priority_that_is_not_a_number_is_a_runtime_error() {
    let settings = "targetQueue: {lit: {name: Sales}}\npriority: {exp: '\"high\"'}";
    let run = stage(flow("transferToAcd", settings)).world(WORLD).run();
    assert_eq!(run.end(), "error CONVERSION_FAILED");
    assert_eq!(run.routing(), None);
}

#[test]
fn a_transfer_in_a_module_and_a_called_task_ends_the_whole_flow() {
    let module = "commonModule:
  name: Helper
  defaultLanguage: en-us
  supportedLanguages: {en-us: {none: true}}
  startUpTaskActions:
    - transferToAcd: {name: Inside, targetQueue: {lit: {name: Sales}}}
";
    let main = with(
        "- callCommonModule:
    name: Ask
    commonModule: {Helper: {ver_latestPublished: {}}}
- playAudio: {name: Behind, audio: {tts: Behind}}",
    );
    let run = stage(main).and(module).world(WORLD).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.routing().unwrap(), "Sales q-1 [] None");
    assert_eq!(run.prompts(), [""; 0]);
    assert_eq!(run.path().last(), Some(&"Inside"));
}

/// All transfers except those to queues: the settings, and the resulting entry in the
/// trace.
const OTHERS: [(&str, &str, &str); 7] = [
    ("transferToUser", "targetUser: {lit: {name: Ann}}", "user Ann -"),
    ("transferToGroup", "targetGroup: {lit: {name: Front desk}}", "group Front desk g-1"),
    ("transferToNumber", "targetNumber: {lit: '+15551234567'}", "number +15551234567 -"),
    ("transferToFlow", "targetFlow: {name: Other}", "flow Other -"),
    (
        "transferToFlowSecure",
        "targetFlow: {name: Pay}\ninvocationData: {lit: order 7}",
        "secureFlow Pay -",
    ),
    (
        "transferToVoicemail",
        "destination: {queue: {targetQueue: {lit: {name: Sales}}, callbackNumber: {exp: ToPhoneNumber(Call.Ani)}, voicemailGreeting: {tts: Speak now}}}",
        "voicemail Sales q-1",
    ),
    (
        "transferToVoicemail",
        "destination: {user: {targetUser: {lit: {name: ann@example.com}}}}",
        "voicemail Ann u-1",
    ),
];

#[test]
fn every_other_transfer_ends_the_call_and_records_its_target() {
    for (kind, settings, expected) in OTHERS {
        let run = stage(flow(kind, settings))
            .world(WORLD)
            .context(&[("from", "+15557770100")])
            .run();
        assert_eq!(run.end(), "completed", "{kind}");
        assert_eq!(run.transfer().as_deref(), Some(expected), "{kind}");
        assert_eq!(run.prompts()[0], "One moment", "{kind}");
        assert!(!run.prompts().contains(&"Behind"), "{kind}");
        let json = run.json();
        let (kind, name) = (&json["transfer"]["kind"], &json["transfer"]["name"]);
        let told = format!("{} {}", kind.as_str().unwrap(), name.as_str().unwrap());
        assert!(expected.starts_with(&told), "{told}");
        assert!(json["routing"].is_null());
    }
}

#[test]
fn fixtures_make_a_transfer_fail() {
    for (kind, settings, _) in OTHERS {
        let answer = format!("actions: {{{kind}: {{path: failure}}}}");
        let run = stage(flow(kind, settings)).world(&answer).run();
        assert_eq!(
            failed(&run),
            ("One moment", "TRANSFER_FAILED".into(), "the transfer failed".into()),
            "{kind}"
        );
        let answer = format!(
            "actions: {{{kind}: {{path: failure, latencyMs: 700, outputs: {{errorType: busy, errorMessage: 486 Busy Here}}}}}}"
        );
        let run = stage(flow(kind, settings)).world(&answer).run();
        let (_, kind, message) = failed(&run);
        assert_eq!((kind.as_str(), message.as_str()), ("busy", "486 Busy Here"));
        assert_eq!(run.trace.elapsed_ms, 700);
    }
}

#[test]
fn transfers_to_targets_missing_in_the_fixtures_fail() {
    for (kind, settings, code) in [
        ("transferToUser", "targetUser: {lit: {name: Bob}}", "USER_NOT_FOUND"),
        ("transferToGroup", "targetGroup: {lit: {name: Back}}", "GROUP_NOT_FOUND"),
        (
            "transferToVoicemail",
            "destination: {queue: {targetQueue: {lit: {name: Sale}}}}",
            "QUEUE_NOT_FOUND",
        ),
    ] {
        let run = stage(flow(kind, settings)).world(WORLD).run();
        assert_eq!(failed(&run).1, code);
        // Where the fixtures list no targets of the kind, every target is accepted.
        let run = stage(flow(kind, settings)).run();
        assert_eq!(run.end(), "completed");
        assert!(run.transfer().is_some(), "{kind}");
        // A prepared answer takes precedence.
        let told = format!("actions: {{{kind}: {{}}}}");
        let run = stage(flow(kind, settings)).world(WORLD).world(&told).run();
        assert!(run.transfer().is_some(), "{kind}");
    }
}

#[test]
fn a_number_that_is_not_set_is_a_failure() {
    let run = stage(flow("transferToNumber", "targetNumber: {exp: Flow.type}")).run();
    assert_eq!(
        failed(&run),
        (
            "Sorry",
            "NOT_SET_NOT_ALLOWED".into(),
            "the target (`Flow.type`, never set) is NOT_SET".into()
        )
    );
}

#[test]
fn a_transfer_without_an_answer_times_out() {
    let settings =
        "targetNumber: {lit: '+15551234567'}\nconnectTimeout: {lit: {seconds: 15}}";
    let late = "actions: {transferToNumber: {latencyMs: 20000}}";
    let run = stage(flow("transferToNumber", settings)).world(late).run();
    assert_eq!(failed(&run).1, "CONNECT_TIMEOUT");
    assert_eq!(run.trace.elapsed_ms, 15_000);
}

/// *Source: Genesys' help on default action settings.*
#[test]
fn a_choice_takes_the_default_time_limit_of_its_action() {
    let desk = |own: &str| {
        format!(
            "inboundCall:
  name: F
  defaultLanguage: en-us
  startUpRef: /inboundCall/menus/menu[M]
  settingsActionDefaults:
    transferToNumber: {{connectTimeout: {{lit: {{seconds: 20}}}}}}
  menus:
    - menu:
        name: M
        refId: M
        audio: {{tts: Menu}}
        settingsMenu: {{listenForExtensionDialing: {{lit: false}}}}
        choices:
          - menuTransferToNumber:
              name: Call
              dtmf: digit_1
              targetNumber: {{lit: '+4930123456'}}
              connectTimeout: {own}
          - menuDisconnect: {{name: Bye, dtmf: digit_9}}
"
        )
    };
    let late = "actions: {Call: {latencyMs: 25000}}";
    for (own, elapsed_ms, target) in [
        ("{noValue: true}", 20_000, None),
        ("{lit: {seconds: 30}}", 25_000, Some("number +4930123456 -")),
    ] {
        let run = stage(desk(own)).world(late).inputs(&["1", "9"]).run();
        assert_eq!(run.trace.elapsed_ms, elapsed_ms, "{own}");
        assert_eq!(run.transfer().as_deref(), target, "{own}");
    }
}

const OTHER: &str = "inboundCall:
  name: Other
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[T]
  variables:
    - stringVariable: {name: Flow.who, initialValue: {lit: other}}
  tasks:
    - task:
        name: T
        refId: T
        actions:
          - playAudio: {name: Hello, audio: {exp: 'ToAudioTTS(Append(\"I am \", Flow.who))'}}
";

#[test]
fn a_loaded_flow_takes_over_the_call() {
    let run = stage(flow("transferToFlow", "targetFlow: {name: Other}")).and(OTHER).run();
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["One moment", "I am other"]);
    assert_eq!(run.path(), ["F", "Main", "Transfer", "Other", "T", "Hello"]);
    assert!(run.trace.steps.iter().all(|step| step.depth == 0));
    assert_eq!(run.transfer().unwrap(), "flow Other -");
    insta::assert_snapshot!(run.text());
}

#[test]
fn flows_that_transfer_a_call_back_and_forth_end_at_the_limit() {
    let again = with("- transferToFlow: {name: Again, targetFlow: {name: F}}");
    let run = stage(again).run();
    assert_eq!(run.end(), "error ACTION_LIMIT_EXCEEDED");
}

#[test]
fn a_secure_flow_gets_the_invocation_data() {
    let secure = "secureCall:
  name: Pay
  defaultLanguage: en-us
  startUpRef: /secureCall/tasks/task[T]
  tasks:
    - task:
        name: T
        refId: T
        actions:
          - playAudio: {name: Hello, audio: {exp: ToAudioTTS(Flow.InvocationData)}}
";
    let settings = "targetFlow: {name: Pay}\ninvocationData: {lit: order 7}";
    let run = stage(flow("transferToFlowSecure", settings)).and(secure).run();
    assert_eq!(run.prompts(), ["One moment", "order 7"]);
}

#[test]
fn in_strict_mode_a_flow_that_is_not_loaded_is_a_failure() {
    let settings = "targetFlow: {name: Gone}";
    let run = stage(flow("transferToFlow", settings)).strict().run();
    assert_eq!(failed(&run).1, "FLOW_NOT_FOUND");
}

#[test]
fn a_callback_is_created_and_the_flow_continues() {
    let callback = |number: &str| {
        with(&format!(
            "- createCallback:
    name: Callback
    queue: {{lit: {{name: Sales}}}}
    callbackNumber: {number}
    calleeName: {{lit: Ada}}
    callbackScript: {{My Script: {{inputs: {{Account: {{lit: '7'}}}}}}}}
- playAudio: {{name: Behind, audio: {{tts: Behind}}}}"
        ))
    };
    let number = "{exp: ToPhoneNumber(\"+15557770100\")}";
    let run = stage(callback(number)).world(WORLD).run();
    assert_eq!((run.end().as_str(), run.prompts()), ("completed", vec!["Behind"]));
    insta::assert_snapshot!(run.text());
    let run = stage(callback("{exp: Flow.type}")).world(WORLD).run();
    assert_eq!(run.end(), "error NOT_SET_NOT_ALLOWED");
    let run =
        stage(callback(number)).world("actions: {createCallback: {path: failure}}").run();
    assert_eq!(run.end(), "error ACTION_FAILED");
    let unknown = "queues: [{name: Care}]";
    let run = stage(callback(number)).world(unknown).run();
    assert_eq!(run.end(), "error QUEUE_NOT_FOUND");
}

#[test]
fn agent_prompts_are_not_heard_by_the_caller() {
    let run = stage(with(
        "- setWhisperAudio:
    name: Whisper
    whisperAudio: {tts: A caller for sales}
    outputs: {success: {actions: [{playAudio: {name: Set, audio: {tts: Set}}}]}}",
    ))
    .run();
    assert_eq!(run.prompts(), ["Set"]);
    assert_eq!(run.output("Whisper"), "success");
}

#[test]
fn an_agent_can_receive_the_caller_again() {
    let back = "- returnToAgent: {name: Back}
- playAudio: {name: Never, audio: {tts: Never}}";
    let run = stage(with(back)).run();
    assert_eq!(
        (run.end().as_str(), run.path()),
        ("completed", vec!["F", "Main", "Back"])
    );
    assert_eq!((run.codes(), run.routing().or(run.transfer())), (vec![], None));
}
