//! Findings that keep Architect from publishing a flow.

use std::path::Path;

use flowsim::diagnostic::{Code, Diagnostic, Severity};
use flowsim::flow::check::check_architect;
use flowsim::flow::read::load_text;
use flowsim::source::Files;

fn findings(name: &str, text: &str) -> Vec<Diagnostic> {
    let mut files = Files::new();
    let file = files.add(Path::new(name), text);
    let loaded = load_text(&file, &[], &mut files);
    assert_eq!(loaded.diagnostics, [], "{text}");
    check_architect(&loaded.architect)
}

fn codes(text: &str) -> Vec<Code> {
    findings("flow.yaml", text).iter().map(|it| it.code).collect()
}

fn indented(text: &str, width: usize) -> String {
    text.lines().map(|line| format!("{:width$}{line}\n", "")).collect()
}

/// Builds a flow of a type with one task or state.
fn flow_of(flow_type: &str, unit: &str, actions: &str) -> String {
    format!(
        "{flow_type}:
  name: F
  startUpRef: ./{unit}s/{unit}[Main_1]
  {unit}s:
    - {unit}:
        name: Main
        refId: Main_1
        actions:
{}",
        indented(actions, 10)
    )
}

fn call(actions: &str) -> String {
    flow_of("inboundCall", "task", actions)
}

const SAY: &str = "- playAudio: {name: Say, audio: {tts: Hello}}";
const BYE: &str = "- disconnect: {name: Bye}";

/// Returns the node at which a path of the task is open.
fn open_at(actions: &str) -> String {
    let found = findings("flow.yaml", &call(actions));
    let found: Vec<_> = found.iter().filter(|it| it.code == Code::OPEN_PATH).collect();
    assert!(found.len() <= 1 && found.iter().all(|it| it.severity == Severity::Warning));
    found.first().and_then(|it| it.node.clone()).unwrap_or_default()
}

/// *Source: Genesys' help on the task editor (?p=8382): a task or state must have a
/// closing action.*
#[test]
fn every_path_of_a_task_needs_a_closing_action() {
    let outputs = |yes: &str, no: &str| {
        format!(
            "- decision:
    name: Open?
    condition: {{lit: true}}
    outputs:
      \"yes\": {{actions: [{yes}]}}
      \"no\": {{actions: [{no}]}}"
        )
    };
    let (say, bye) = (&SAY[2..], &BYE[2..]);
    assert_eq!(open_at(BYE), "");
    assert_eq!(open_at(SAY), "Say");
    assert_eq!(open_at(&format!("{SAY}\n{BYE}")), "");
    assert_eq!(open_at(&outputs(bye, bye)), "");
    assert_eq!(open_at(&outputs(bye, say)), "Say");
    assert_eq!(open_at(&outputs(bye, "")), "Open?");
    assert_eq!(open_at(&format!("{}\n{BYE}", outputs(bye, say))), "");
    for kind in ["loop", "loopUntil"] {
        let looped = format!(
            "- {kind}: {{name: L, loopCount: {{lit: 2}}, outputs: {{loop: {{actions: [{bye}]}}}}}}"
        );
        assert_eq!(open_at(&looped), "L");
    }
    // A state of a message flow waits for the next message.
    for (flow_type, expected) in [("inboundShortMessage", 0), ("workflow", 1)] {
        let found = codes(&flow_of(
            flow_type,
            "state",
            "- wait: {name: W, duration: {lit: {seconds: 1}}}",
        ));
        let open = found.iter().filter(|code| **code == Code::OPEN_PATH);
        assert_eq!(open.count(), expected, "{flow_type}");
    }
    // The start-up task of an in-queue flow repeats.
    let waiting =
        format!("inqueueCall:\n  name: F\n  startUpTaskActions:\n{}", indented(SAY, 4));
    assert_eq!(codes(&waiting), []);
}

/// *Source: Genesys' help on the end of a task sequence (?p=6418): a transfer ends the
/// task only as part of its branch.*
#[test]
fn a_transfer_closes_its_path_if_its_failure_is_closed() {
    let (say, bye) = (&SAY[2..], &BYE[2..]);
    let transfer = |failure: &str| {
        format!(
            "- transferToNumber:
    name: Out
    targetNumber: {{lit: '+1555'}}
    outputs: {{failure: {{actions: [{failure}]}}}}"
        )
    };
    assert_eq!(open_at(&transfer(bye)), "");
    assert_eq!(open_at(&transfer(say)), "Say");
    assert_eq!(open_at(&transfer("")), "Out");
}

/// *Source: Genesys' help on built-in variables.*
#[test]
fn a_flow_has_the_variables_of_its_medium() {
    let in_type = |flow_type: &str, expression: &str| {
        let actions = format!(
            "- setParticipantData:
    name: Set
    attributes: [{{attribute: {{name: {{lit: a}}, value: {{exp: '{expression}'}}}}}}]
- disconnect: {{name: End}}"
        );
        let found = findings("flow.yaml", &flow_of(flow_type, "state", &actions));
        let found = found.into_iter().filter(|it| it.code == Code::UNAVAILABLE_VARIABLE);
        found.map(|it| it.message).collect::<Vec<_>>().join("; ")
    };
    let lacks = |kind: &str, name: &str| {
        format!("flows of type `{kind}` have no variable `{name}`")
    };
    for (flow_type, expression, expected) in [
        ("inboundShortMessage", "Message.Message.body", String::new()),
        ("inqueueShortMessage", "Message.ConversationId", String::new()),
        ("inboundEmail", "Email.Message.subject", String::new()),
        ("inboundShortMessage", "Call.Ani", lacks("inboundShortMessage", "Call.Ani")),
        (
            "inboundEmail",
            "Message.Message.body",
            lacks("inboundEmail", "Message.Message"),
        ),
        ("inboundEmail", "Flow.Version", String::new()),
        ("workflow", "Append(Call.Ani, Call.Ani)", lacks("workflow", "Call.Ani")),
        (
            "workflow",
            "ToString(Flow.WrapupCode.name)",
            lacks("workflow", "Flow.WrapupCode"),
        ),
    ] {
        assert_eq!(in_type(flow_type, expression), expected, "{flow_type} {expression}");
    }
    let call = call(
        "- playAudio: {name: Say, audio: {exp: 'ToAudioTTS(Call.Ani)'}}\n- disconnect: {name: End}",
    );
    assert_eq!(codes(&call), []);
}

/// *Source: Genesys' help on built-in variables.*
#[test]
fn a_call_flow_has_the_variables_of_its_type() {
    const OF_ONE_TYPE: [(&str, &str); 6] = [
        ("ToString(Call.PositionInQueue)", "inqueueCall"),
        ("ToString(Call.EstimatedWaitTime)", "inqueueCall"),
        ("Call.CurrentQueue.name", "inqueueCall"),
        ("ToString(Flow.HoldPrompt.name)", "inqueueCall"),
        ("Call.ContactId", "outboundCall"),
        ("Flow.InvocationData", "secureCall"),
    ];
    let in_type = |flow_type: &str, expression: &str| {
        let actions = format!(
            "- setParticipantData:
    name: Set
    attributes: [{{attribute: {{name: {{lit: a}}, value: {{exp: '{expression}'}}}}}}]
- disconnect: {{name: End}}"
        );
        let found = findings("flow.yaml", &flow_of(flow_type, "task", &actions));
        let found = found.into_iter().filter(|it| it.code == Code::UNAVAILABLE_VARIABLE);
        found.map(|it| it.help.unwrap_or_default()).collect::<Vec<_>>()
    };
    for (expression, own) in OF_ONE_TYPE {
        for flow_type in ["inboundCall", "inqueueCall", "outboundCall", "secureCall"] {
            let help = format!("only flows of type `{own}` have it");
            let expected = if flow_type == own { vec![] } else { vec![help] };
            assert_eq!(in_type(flow_type, expression), expected, "{flow_type}");
        }
        assert_eq!(in_type("commonModule", expression), [""; 0]);
    }
}

/// *Source: Genesys' help on common module flows.*
#[test]
fn an_action_must_be_available_in_the_flow_type() {
    let in_type = |flow_type: &str, actions: &str| {
        let found = findings("flow.yaml", &flow_of(flow_type, "state", actions));
        found.iter().filter(|it| it.code == Code::UNAVAILABLE_ACTION).count()
    };
    assert_eq!(in_type("workflow", "- endWorkflow: {name: E}"), 0);
    assert_eq!(in_type("workflow", SAY), 1);
    assert_eq!(in_type("inboundShortMessage", "- endWorkflow: {name: E}"), 1);
    assert_eq!(in_type("inboundEmail", "- sendAutoReply: {name: A}"), 0);
    assert_eq!(
        codes(&call("- sendAutoReply: {name: A}\n- disconnect: {name: B}")),
        [Code::UNAVAILABLE_ACTION]
    );
    let module = |types: &[&str]| {
        let types: Vec<String> =
            types.iter().map(|it| format!("{{flowType: {it}}}")).collect();
        codes(&format!(
            "commonModule:
  name: M
  settingsCommonModule: {{compatibleFlowTypes: [{}]}}
  startUpTaskActions:
{}    - endTask: {{name: E}}
",
            types.join(", "),
            indented(SAY, 4)
        ))
    };
    assert_eq!(module(&["inboundcall", "inqueuecall"]), []);
    assert_eq!(module(&["inboundcall", "workflow"]), [Code::UNAVAILABLE_ACTION]);
    assert_eq!(module(&[]), []);
}

/// *Source: Genesys' help on Switch.*
#[test]
fn a_switch_has_at_most_64_cases() {
    let with = |count: usize| {
        let case = "            - case: {value: {lit: true}, actions: []}\n";
        codes(&call(&format!(
            "- switch:
    name: S
    evaluate:
      firstTrue:
        default: {{actions: [{{disconnect: {{name: A}}}}]}}
        cases:
{}- disconnect: {{name: B}}",
            case.repeat(count)
        )))
    };
    assert_eq!(with(64), []);
    assert_eq!(with(65), [Code::LIMIT_EXCEEDED]);
}

/// *Source: the ranges of Architect Scripting; Genesys' help on menu settings and Collect
/// Input.*
#[test]
fn numbers_and_durations_have_ranges() {
    let menu = |setting: &str| {
        codes(&format!(
            "inboundCall:
  name: F
  startUpRef: ./menus/menu[Main_1]
  settingsMenu: {{{setting}}}
  menus:
    - menu: {{name: Main, refId: Main_1, audio: {{tts: Press 1}}, settingsMenu: {{{setting}}}, \
             choices: [{{menuDisconnect: {{name: Bye, dtmf: digit_1}}}}]}}
"
        ))
    };
    let twice = [Code::LIMIT_EXCEEDED; 2];
    for (value, expected) in [
        ("{lit: {seconds: 1}}", &[][..]),
        ("{lit: {minutes: 1}}", &[]),
        ("{lit: {ms: 999}}", &twice),
        ("{lit: {seconds: 61}}", &twice),
        ("{exp: 'MakeDuration(0, 0, 5, 0)'}", &[]),
        ("{noValue: true}", &[]),
    ] {
        assert_eq!(menu(&format!("menuSelectionTimeout: {value}")), expected, "{value}");
    }
    assert_eq!(menu("repeatCount: {lit: 0}"), []);
    assert_eq!(menu("repeatCount: {lit: 11}"), twice);
    let collect = |digits: &str| {
        codes(&call(&format!(
            "- collectInput: {{name: C, inputAudio: {{tts: a}}, digits: {digits}}}\n{BYE}"
        )))
    };
    assert_eq!(collect("{exact: {lit: 40}}"), []);
    assert_eq!(collect("{exact: {lit: 41}}"), [Code::LIMIT_EXCEEDED]);
    assert_eq!(
        collect("{range: {min: {lit: 0}, max: {lit: 4}}}"),
        [Code::LIMIT_EXCEEDED]
    );
}

/// *Source: Genesys' help on the actions.*
#[test]
fn an_action_needs_its_required_settings() {
    let with = |action: &str| codes(&call(&format!("- {action}\n{BYE}")));
    for (action, expected) in [
        ("decision: {name: D, condition: {lit: true}}", &[][..]),
        ("decision: {name: D, condition: {noValue: true}}", &[Code::MISSING_SETTING]),
        ("decision: {name: D, condition: {exp: ''}}", &[Code::MISSING_SETTING]),
        ("decision: {name: D}", &[Code::MISSING_SETTING]),
        ("transferToAcd: {name: T, targetQueue: {exp: 'FindQueue(\"x\")'}}", &[]),
        (
            "transferToAcd: {name: T, targetQueue: {noValue: true}}",
            &[Code::MISSING_SETTING],
        ),
        ("dataTableLookup: {name: L, dataTable: {T: {}}}", &[Code::MISSING_SETTING]),
        ("findUser: {name: F, findName: {lit: Ada}}", &[]),
        ("findUser: {name: F}", &[Code::MISSING_SETTING]),
        ("findUsersById: {name: F, findIds: {noValue: true}}", &[Code::MISSING_SETTING]),
        ("searchExternalContacts: {name: S}", &[Code::MISSING_SETTING]),
    ] {
        assert_eq!(with(action), expected, "{action}");
    }
    let unset = r#"{"text": "", "type": "que", "config": {"emp": {}}, "uiMetaData": {"mode": 3}}"#;
    let export = |queues: &str| {
        let text = format!(
            r#"{{"name": "F", "type": "inboundcall", "initialSequence": "t", "flowSequenceItemList": [
              {{"id": "t", "name": "Main", "__type": "Task", "startAction": "a", "actionList": [
                {{"id": "a", "__type": "TransferPureMatchAction", "queues": [{queues}], "nextAction": "b"}},
                {{"id": "b", "__type": "DisconnectAction"}}]}}]}}"#
        );
        findings("flow.json", &text).iter().map(|it| it.code).collect::<Vec<_>>()
    };
    assert_eq!(export(unset), [Code::MISSING_SETTING]);
    assert_eq!(export(""), [Code::MISSING_SETTING]);
    assert_eq!(export(&format!("{unset}, {unset}")), []);
}

/// *Source: the enumerations of Architect Scripting.*
#[test]
fn a_setting_has_one_of_its_values() {
    let collect = |word: &str| {
        let text = call(&format!(
            "- collectInput: {{name: C, digits: {{exact: {{lit: 1}}}}, verificationType: {word}}}\n{BYE}"
        ));
        let found = findings("flow.yaml", &text);
        found.iter().map(|it| (it.code, it.severity)).collect::<Vec<_>>()
    };
    assert_eq!(collect("none"), []);
    assert_eq!(collect("numeric"), []);
    assert_eq!(collect("numerc"), [(Code::UNKNOWN_VALUE, Severity::Error)]);
    assert_eq!(collect("byVoice"), [(Code::UNKNOWN_VALUE, Severity::Warning)]);
    for (action, right, wrong) in [
        ("playEstimatedWaitTime", "playbackMode: lessThan", "playbackMode: lesThan"),
        ("playPositionInQueue", "playbackMode: ordinal", "playbackMode: ordnal"),
        (
            "setFlowOutcome",
            "flowOutcomeValue: {lit: SUCCESS}",
            "flowOutcomeValue: {lit: SUCESS}",
        ),
        ("setUUIData", "mode: transfer", "mode: transfr"),
    ] {
        let with = |setting: &str| {
            codes(&call(&format!("- {action}: {{name: A, {setting}}}\n{BYE}")))
        };
        assert_eq!(with(right), [], "{right}");
        assert_eq!(with(wrong), [Code::UNKNOWN_VALUE], "{wrong}");
    }
    let handling = |word: &str| {
        let section = format!(
            "  settingsErrorHandling: {{errorHandling: {{{word}: {{none: true}}}}}}\n  tasks:"
        );
        codes(&call(BYE).replace("  tasks:", &section))
    };
    assert_eq!(handling("disconnect"), []);
    assert_eq!(handling("disconect"), [Code::UNKNOWN_VALUE]);
}

/// *Source: Genesys' help on common module flows.*
#[test]
fn a_common_module_is_called_from_a_compatible_flow_type() {
    let found = |types: &str| {
        let module = format!(
            "commonModule:
  name: Greet
  settingsCommonModule: {{compatibleFlowTypes: [{types}]}}
  startUpTaskActions: [{{endTask: {{name: E}}}}]
"
        );
        let calls = "- callCommonModule: {name: C, commonModule: {Greet: {ver_latestPublished: {none: true}}}}";
        let mut files = Files::new();
        let texts = [call(&format!("{calls}\n{BYE}")), module];
        let flows = texts.iter().flat_map(|text| {
            let file = files.add(Path::new("flow.yaml"), text.as_str());
            load_text(&file, &[], &mut files).architect
        });
        let flows: Vec<_> = flows.collect();
        let codes = check_architect(&flows).into_iter().map(|it| (it.code, it.message));
        codes.collect::<Vec<_>>()
    };
    let expected = "the common module `Greet` is compatible with `outboundCall`, not with `inboundCall`";
    assert_eq!(
        found("{flowType: outboundcall}"),
        [(Code::UNAVAILABLE_ACTION, expected.into())]
    );
    assert_eq!(found("{flowType: outboundcall}, {flowType: inboundcall}"), []);
    assert_eq!(found("{flowType: outboundcall}, {flowType: {lit: brandnew}}"), []);
    assert_eq!(found(""), []);
}

#[test]
fn a_jump_names_a_unit_of_its_kind() {
    let jump = |kind: &str, setting: &str, unit: &str| {
        let target = format!("/inboundCall/{unit}s/{unit}[M_1]");
        let text = format!(
            "inboundCall:
  name: F
  startUpRef: /inboundCall/tasks/task[Main_1]
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions: [{{{kind}: {{name: Go, {setting}: '{target}'}}}}]
    - task: {{name: T, refId: M_1, actions: [{{disconnect: {{name: D}}}}]}}
  menus:
    - menu:
        name: M
        refId: M_1
        audio: {{tts: Choose}}
        choices: [{{menuDisconnect: {{name: Bye, dtmf: digit_1}}}}]
"
        );
        let found = findings("flow.yaml", &text);
        let of_jump = found.iter().filter(|it| it.code == Code::INVALID_PROPERTY);
        of_jump.map(|it| it.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(jump("jumpToTask", "targetTaskRef", "task"), [""; 0]);
    assert_eq!(jump("jumpToMenu", "targetMenuRef", "menu"), [""; 0]);
    assert_eq!(
        jump("jumpToMenu", "targetMenuRef", "task"),
        ["`targetMenuRef` names the task `T`, not a menu"]
    );
    assert_eq!(
        jump("callTask", "targetTaskRef", "menu"),
        ["`targetTaskRef` names the menu `M`, not a task"]
    );
}

#[test]
fn a_range_of_digits_has_a_number_in_it() {
    let collect = |range: &str| {
        codes(&call(&format!(
            "- collectInput: {{name: C, inputData: {{var: Flow.x}}, digits: {{range: {range}}}, inputAudio: {{tts: Enter}}}}\n{BYE}"
        )))
    };
    let is_limit = |codes: &[Code]| codes.contains(&Code::LIMIT_EXCEEDED);
    assert!(!is_limit(&collect("{min: 3, max: 3}")));
    assert!(is_limit(&collect("{min: 5, max: 3}")));
    assert!(!is_limit(&collect("{min: {exp: '2 + 3'}, max: 3}")));
}

/// *Source: Genesys' help on the validation of expressions.*
#[test]
fn a_literal_currency_code_is_checked() {
    let say = |amount: &str| {
        codes(&call(&format!(
            "- playAudio: {{name: P, audio: {{exp: 'ToAudioCurrency({amount})'}}}}\n{BYE}"
        )))
    };
    assert_eq!(say("MakeCurrency(5.25, \"USD\")"), []);
    assert_eq!(say("MakeCurrency(5.25, \"USD123\")"), [Code::CONVERSION_FAILED]);
    assert_eq!(say("MakeCurrency(5.25, NOT_SET)"), []);
}
