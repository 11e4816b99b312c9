//! Small documents, and the model and findings that result from them.

use proptest::prelude::*;

use super::{count_expressions, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Setting, UnitKind};
use crate::source::{FileId, Files, Span, read_json};
use crate::value::{Json, Kind, Type};

/// Builds an expression node: text, type, mode and tree.
fn node(text: &str, code: &str, mode: u8, config: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(
        "{{\"text\":{text},\"type\":\"{code}\",\"config\":{config},\
         \"uiMetaData\":{{\"mode\":{mode}}}}}"
    )
}

fn literal(text: &str, code: &str) -> String {
    node(text, code, 1, &format!("{{\"lit\":{{\"text\":\"{text}\"}}}}"))
}

fn reference(name: &str, code: &str, mode: u8) -> String {
    node(name, code, mode, &format!("{{\"ref\":{{\"text\":\"{name}\"}}}}"))
}

/// Builds a flow with one task of these actions; the first action has the id `a`.
fn flow(actions: &str) -> String {
    flow_of(&format!(
        "{{\"id\":\"t\",\"name\":\"Main\",\"__type\":\"Task\",\"startAction\":\"a\",\
         \"actionList\":[{actions}],\"paths\":[]}}"
    ))
}

fn flow_of(units: &str) -> String {
    format!(
        "{{\"name\":\"F\",\"type\":\"inboundcall\",\"initialSequence\":\"t\",\
         \"flowSequenceItemList\":[{units}]}}"
    )
}

fn load(text: &str) -> (ArchitectFlow, Vec<Diagnostic>) {
    let mut files = Files::new();
    let file = files.add("flow.json", text).clone();
    let mut diagnostics = Vec::new();
    let flow = read(&read_json(&file).unwrap(), &mut diagnostics).unwrap();
    (flow, diagnostics)
}

/// Reads a flow without findings.
fn fine(text: &str) -> ArchitectFlow {
    let (flow, diagnostics) = load(text);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    flow
}

/// Returns the first action of a task with these actions.
fn first(actions: &str) -> Action {
    fine(&flow(actions)).units[0].actions[0].clone()
}

/// Returns a setting by the names of the path to it.
fn at<'a>(action: &'a Action, path: &[&str]) -> &'a Setting {
    let mut settings = &action.settings;
    for (index, name) in path.iter().enumerate() {
        let found = settings.get(name);
        let found = &found.unwrap_or_else(|| panic!("no {name} in {settings:#?}")).value;
        if index + 1 == path.len() {
            return found;
        }
        settings = found.group().unwrap();
    }
    panic!("a path has names")
}

/// Kinds that no published export contains have the names and forms of Architect
/// Scripting.
#[test]
fn schedules_and_what_is_found_are_read() {
    let group = literal("Opening", "sgp");
    let reference = reference("Flow.open", "str_coll", 2);
    let action = first(&format!(
        "{{\"id\":\"a\",\"name\":\"Open?\",\"__type\":\"EvaluateScheduleGroupAction\",\
         \"scheduleGroup\":{group},\"inServiceSchedules\":{reference},\
         \"evaluateNow\":true}}"
    ));
    assert_eq!(action.kind.value, "evaluateScheduleGroup");
    assert_eq!(at(&action, &["evaluate", "now"]), &Setting::Literal(Json::Boolean(true)));
    let variable = Setting::Variable("Flow.open".into());
    assert_eq!(at(&action, &["inServiceSchedules"]), &variable);
    let schedule = literal("Weekdays", "sch");
    let action = first(&format!(
        "{{\"id\":\"a\",\"name\":\"Open?\",\"__type\":\"EvaluateScheduleAction\",\
         \"schedule\":{schedule},\"evaluateNow\":true}}"
    ));
    assert_eq!(action.kind.value, "evaluateSchedule");
    let path = ["evaluationType", "schedule", "schedule"];
    assert!(matches!(at(&action, &path), Setting::Literal(_)));
    let action = first(&format!(
        "{{\"id\":\"a\",\"name\":\"Find\",\"__type\":\"FindSkillAction\",\
         \"result\":{reference}}}"
    ));
    assert_eq!(action.kind.value, "findSkill");
    assert_eq!(at(&action, &["findResult"]), &variable);
}

/// *The form of the cases is that of other readers of exports.*
#[test]
fn alternate_audio_is_read_with_its_languages() {
    let speech = |text: &str| {
        node(
            &format!("AudioPlaybackOptions(ToAudioTTS(\"{text}\"), true)"),
            "aud",
            0,
            "{}",
        )
    };
    let unset = node("", "aud", 3, "{\"emp\":{}}");
    let play = |cases: &str| {
        let default = speech("Hello");
        first(&format!(
            "{{\"id\":\"a\",\"__type\":\"PlayAudioAction\",\
             \"prompts\":{{\"defaultAudio\":{default},\"cases\":[{cases}]}}}}"
        ))
    };
    let hello = Setting::Speech("Hello".into());
    let hola = speech("Hola");
    let action = play(&format!("{{\"langCode\":\"es-US\",\"audioExpression\":{hola}}}"));
    let Setting::Audio(audio) = at(&action, &["audio"]) else { panic!("{action:#?}") };
    assert_eq!(audio.default.value, hello);
    let [(language, alternate)] = audio.alternates.as_slice() else {
        panic!("{audio:#?}")
    };
    assert_eq!(
        (&**language, &alternate.value),
        ("es-US", &Setting::Speech("Hola".into()))
    );
    for cases in [
        String::new(),
        format!(
            "{{\"langCode\":\"es-US\",\"audioExpression\":{hola},\"disabled\":true}}"
        ),
        format!("{{\"langCode\":\"es-US\",\"audioExpression\":{unset}}}"),
        format!("{{\"langCode\":\"\",\"audioExpression\":{hola}}}, 5, {{}}"),
    ] {
        assert_eq!(at(&play(&cases), &["audio"]), &hello, "{cases}");
    }
}

/// Returns the outline of actions: kinds, and the outputs in brackets.
fn outline(actions: &[Action]) -> String {
    let one = |action: &Action| {
        let outputs = action
            .outputs
            .iter()
            .map(|output| format!(" [{}: {}]", output.label, outline(&output.actions)));
        format!("{}{}", action.kind.value, outputs.collect::<String>())
    };
    actions.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Returns the messages, each with the text at its position.
fn messages(text: &str) -> Vec<(String, String)> {
    let of = |span: Span| &text[span.start as usize..span.end as usize];
    let (_, diagnostics) = load(text);
    let one = |it: &Diagnostic| (it.message.clone(), of(it.labels[0].span).to_owned());
    diagnostics.iter().map(one).collect()
}

#[test]
fn references_become_a_tree() {
    let flow = fine(&flow(
        r#"{"id":"c","__type":"ExitLoopAction"},
           {"id":"a","__type":"LoopAction","nextAction":"d",
            "path":{"nextActionId":"b","outputId":"__LOOP__"}},
           {"id":"b","__type":"DecisionAction","nextAction":"e","paths":[
             {"outputId":"__YES__","label":"Yes","nextActionId":"c"},
             {"outputId":"__NO__","label":"No"}]},
           {"id":"d","__type":"CallTaskAction","paths":[
             {"outputId":"7a3f","label":"Sales","nextActionId":"f"}]},
           {"id":"e","__type":"NextLoopAction"},
           {"id":"f","__type":"DisconnectAction"}"#,
    ));
    assert_eq!(
        outline(&flow.units[0].actions),
        "loop [loop: decision [yes: loopExit], loopNext], callTask [Sales: disconnect]"
    );
    assert_eq!(flow.flow_type, "inboundCall");
    assert_eq!(flow.start.unwrap().unit.as_deref(), Some("t"));
}

#[test]
fn cases_keep_their_order_and_values() {
    let one = node("Task.a == 1", "bln", 0, "null");
    let action = first(&format!(
        r#"{{"id":"a","__type":"SwitchAction","switchStyle":0,"cases":[
             {{"referenceId":"r1","value":{one}}},{{"referenceId":"r2","value":{one}}}],
            "paths":[{{"outputId":"__DEFAULT__","nextActionId":"b"}},
                     {{"outputId":"r2","nextActionId":"c"}}]}},
           {{"id":"b","__type":"DisconnectAction"}},{{"id":"c","__type":"EndFlowAction"}}"#
    ));
    assert_eq!(
        outline(std::slice::from_ref(&action)),
        "switch [case 1: ] [case 2: endFlow] [default: disconnect]"
    );
    let boolean = Some(Type::one(Kind::Boolean));
    let value = Setting::Expression("Task.a == 1".into(), boolean);
    assert_eq!(action.outputs[0].value.as_ref().unwrap().value, value);
    let style = Setting::Literal(Json::String("firstTrue".into()));
    assert_eq!(at(&action, &["style"]), &style);
}

/// *Source: the cases of a Loop Until action have names in Genesys' Architect Scripting.*
#[test]
fn the_cases_of_a_loop_until_keep_their_names() {
    let one = node("Task.a == 1", "bln", 0, "null");
    let action = first(&format!(
        r#"{{"id":"a","__type":"LoopUntilAction","untilCases":[
             {{"referenceId":"r1","name":"Found","value":{one}}}],
            "paths":[{{"outputId":"__LOOP__","nextActionId":"b"}},
                     {{"outputId":"r1","label":"Found","nextActionId":"c"}}]}},
           {{"id":"b","__type":"NextLoopAction"}},{{"id":"c","__type":"EndFlowAction"}}"#
    ));
    assert_eq!(
        outline(std::slice::from_ref(&action)),
        "loopUntil [Found: endFlow] [loop: loopNext]"
    );
    assert!(action.outputs[0].value.is_some());
    assert!(action.settings.get("untilCases").is_none());
}

#[test]
fn cycles_are_reported_and_not_followed() {
    let text = flow(
        r#"{"id":"a","__type":"DisconnectAction","nextAction":"b"},
           {"id":"b","__type":"DecisionAction","nextAction":"a",
            "paths":[{"outputId":"__YES__","nextActionId":"b"}]}"#,
    );
    assert_eq!(outline(&load(&text).0.units[0].actions), "disconnect, decision");
    let place = |id: &str| {
        (format!("the action `{id}` is referenced more than once"), format!("\"{id}\""))
    };
    assert_eq!(messages(&text), [place("b"), place("a")]);
}

#[test]
fn dangling_references_are_reported() {
    let text = flow(
        r#"{"id":"a","__type":"TransferTaskAction","taskReference":"x","nextAction":"y"},
           {"id":"z","__type":"EndFlowAction"}"#,
    );
    let expected = [
        ("no task, menu or state has the id `x`", "\"x\""),
        ("no action of this unit has the id `y`", "\"y\""),
        ("the action `z` is unreachable", r#"{"id":"z","__type":"EndFlowAction"}"#),
    ];
    assert_eq!(messages(&text), expected.map(|(what, at)| (what.into(), at.into())));
    let (flow, diagnostics) = load(&text);
    let Setting::Unit(unit) = at(&flow.units[0].actions[0], &["targetTaskRef"]) else {
        panic!("{flow:#?}")
    };
    assert_eq!((unit.text.as_str(), unit.unit.as_ref()), ("x", None));
    assert_eq!(diagnostics[2].severity, Severity::Warning);
}

#[test]
fn nesting_is_bounded() {
    let actions: Vec<String> = (0..11_000)
        .map(|number| {
            let id = if number == 0 { "a".into() } else { number.to_string() };
            format!(
                "{{\"id\":\"{id}\",\"__type\":\"DecisionAction\",\"paths\":\
                 [{{\"outputId\":\"__YES__\",\"nextActionId\":\"{}\"}}]}}",
                number + 1
            )
        })
        .collect();
    let messages = messages(&flow(&actions.join(",")));
    assert_eq!(messages[0].0, "outputs are nested deeper than 10000 levels");
    assert_eq!(messages[0].1, "\"10001\"");
}

#[test]
fn audio_of_one_text_is_speech() {
    let value = |text: &str| {
        let node = node(text, "aud", 0, "null");
        at(&first(&format!(r#"{{"id":"a","__type":"New","value":{node}}}"#)), &["value"])
            .clone()
    };
    let spoken = r#"AudioPlaybackOptions(ToAudioTTS("Say \"hello\"."), true)"#;
    assert_eq!(value(spoken), Setting::Speech("Say \"hello\".".into()));
    for other in [
        r#"AudioPlaybackOptions(ToAudioTTS("Hello"), false)"#,
        r#"AudioPlaybackOptions(ToAudioTTS("Hello"), Flow.on)"#,
        r#"AudioPlaybackOptions(ToAudioTTS("Hello", "en-us"), true)"#,
        r#"AudioPlaybackOptions(ToAudioTTS(Flow.text), true)"#,
        r#"AudioPlaybackOptions(ToAudioBlank(100), true)"#,
        r#"ToAudioTTS("Hello")"#,
        r#"Append(AudioPlaybackOptions(ToAudioTTS("Hello"), true), Flow.more)"#,
    ] {
        let audio = Some(Type::one(Kind::Audio));
        assert_eq!(value(other), Setting::Expression(other.into(), audio));
    }
}

#[test]
fn values_are_what_their_author_entered() {
    let value = |node: String| {
        let action = first(&format!(r#"{{"id":"a","__type":"New","value":{node}}}"#));
        assert_eq!(action.kind.value, "New");
        at(&action, &["value"]).clone()
    };
    let emp = "{\"emp\":{}}";
    assert_eq!(value(node("", "str", 3, emp)), Setting::NoValue);
    assert_eq!(value(literal("", "str")), Setting::Literal(Json::String("".into())));
    assert_eq!(value(literal("", "int")), Setting::NoValue);
    assert_eq!(value(literal("12", "int")), Setting::Literal(Json::Integer(12)));
    assert_eq!(value(literal("True", "bln")), Setting::Literal(Json::Boolean(true)));
    assert_eq!(value(node("", "str", 1, emp)), Setting::Literal(Json::String("".into())));
    let strings = Some(Type::many(Kind::String));
    let expression = Setting::Expression("Task.a".into(), strings);
    assert_eq!(value(reference("Task.a", "str_coll", 0)), expression);
    let named = |name: &str| {
        Setting::Literal(Json::object([("name".into(), Json::String(name.into()))]))
    };
    let of = |code, id: &str| {
        let leaf = format!("{{\"lit\":{{\"text\":\"x\",\"val\":\"{id}\"}}}}");
        value(node("x", code, 1, &leaf))
    };
    assert_eq!(of("que", "51ba"), named("x"));
    assert_eq!(of("pmt", "__x__"), named("PromptSystem.x"));
    assert_eq!(of("pmt", "51ba"), named("Prompt.x"));
}

#[test]
fn durations_are_those_of_archy() {
    let read = |text: &str| {
        let wait = literal(text, "dur");
        let action = format!(r#"{{"id":"a","__type":"WaitAction","duration":{wait}}}"#);
        at(&first(&action), &["duration"]).clone()
    };
    let parts =
        [("hours".into(), Json::Integer(2)), ("seconds".into(), Json::Integer(5))];
    assert_eq!(read("P0D2H0M5S0F"), Setting::Literal(Json::object(parts)));
    for text in ["P0D0H0M0S0F", "P1D", "PxD0H0M5S0F", "P0D0H0M5S0Fx"] {
        assert_eq!(read(text), Setting::Literal(Json::String(text.into())));
    }
}

#[test]
fn settings_have_the_names_of_archy() {
    let (text, task) = (literal("x", "str"), reference("Task.a", "str", 2));
    let action = first(&format!(
        r#"{{"id":"a","__type":"DataAction","category":{{"name":"Cat"}},"actionName":"Get",
            "inputs":[{{"name":"in","value":{text}}}],
            "outputs":[{{"name":"out","value":{task}}}],"errorBindings":[],
            "timeout":{text},"trackingId":3}}"#
    ));
    let x = Setting::Literal(Json::String("x".into()));
    assert_eq!(at(&action, &["inputs", "in"]), &x);
    let variable = Setting::Variable("Task.a".into());
    assert_eq!(at(&action, &["successOutputs", "out"]), &variable);
    let names: Vec<&str> =
        action.settings.entries.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, ["category", "dataAction", "inputs", "successOutputs", "timeout"]);

    let action = first(&format!(
        r#"{{"id":"a","__type":"UpdateVariableAction","variables":[
            {{"expression":{text},"variable":{task}}}]}}"#
    ));
    let Setting::List(items) = at(&action, &["statements"]) else {
        panic!("{action:#?}")
    };
    let statement = items[0].value.group().unwrap().get("string").unwrap();
    let statement = statement.value.group().unwrap();
    assert_eq!(statement.get("variable").unwrap().value, variable);
    assert_eq!(statement.get("value").unwrap().value, x);

    let action = first(&format!(
        r#"{{"id":"a","__type":"FindQueueAction","findName":{text},"result":{task}}}"#
    ));
    assert_eq!(at(&action, &["findName"]), &x);
    assert_eq!(at(&action, &["findResult"]), &variable);

    let (one, two) = (literal("1", "int"), literal("2", "int"));
    let collect = |most: &str| {
        first(&format!(
            r#"{{"id":"a","__type":"CollectInputAction","numberOfDigitsMin":{one},
                "numberOfDigitsMax":{most},"verification":false}}"#
        ))
    };
    let number = |it| Setting::Literal(Json::Integer(it));
    assert_eq!(at(&collect(&one), &["digits", "exact"]), &number(1));
    assert_eq!(at(&collect(&two), &["digits", "range", "max"]), &number(2));
}

#[test]
fn menus_hold_the_tasks_of_their_choices() {
    let text = flow_of(
        r##"{"id":"t","__type":"Menu","defaultMenuChoice":"c2","menuChoiceList":[
             {"id":"c1","name":"Sales","digit":1,"action":
               {"id":"x","__type":"TaskAction","taskReference":"u"}},
             {"id":"c2","digit":"#","globalDigit":true,"action":
               {"id":"y","__type":"DisconnectAction"}}]},
           {"id":"u","__type":"Task","startAction":"a","actionList":
             [{"id":"a","__type":"EndFlowAction"}]}"##,
    );
    let flow = fine(&text);
    assert_eq!(flow.units.len(), 1);
    assert_eq!(flow.units[0].kind, UnitKind::Menu);
    let [one, two] = &flow.units[0].choices[..] else { panic!("{flow:#?}") };
    let line = outline(std::slice::from_ref(&one.action));
    assert_eq!(line, "menuTask [task: endFlow]");
    assert_eq!(one.digit.as_ref().unwrap().value, '1');
    assert!(!one.is_default && !one.is_global && two.is_default && two.is_global);
    assert_eq!(two.action.kind.value, "menuDisconnect");
    assert_eq!(two.digit.as_ref().unwrap().value, '#');

    // A task that is also referenced from elsewhere stays a unit.
    let text =
        text.replace("EndFlowAction\"", "TransferTaskAction\",\"taskReference\":\"u\"");
    let flow = fine(&text);
    assert_eq!(flow.units.len(), 2);
    assert!(matches!(
        at(&flow.units[0].choices[0].action, &["targetTaskRef"]),
        Setting::Unit(unit) if unit.unit.as_deref() == Some("u")
    ));
}

#[test]
fn missing_keys_of_a_flow_are_reported() {
    let messages = messages("{\"type\":7,\"flowSequenceItemList\":{}}");
    let expected = [
        ("a flow needs `name`, a string; found nothing", ""),
        ("a flow needs `type`, a string; found a number", "7"),
        ("a flow needs `initialSequence`, a string; found nothing", ""),
        ("`flowSequenceItemList` must be a list, found an object", "{}"),
    ];
    assert_eq!(messages.len(), expected.len());
    for ((what, at), (message, place)) in messages.iter().zip(expected) {
        assert_eq!(what, message);
        assert!(place.is_empty() || at == place, "{at}");
    }
}

/// Whether an expression has the same meaning as a tree, given as `op(operand, …)` in JSON.
fn agrees(text: &str, config: &str) -> bool {
    let node = node(text, "str", 0, config);
    let text = flow(&format!(r#"{{"id":"a","__type":"New","value":{node}}}"#));
    let (_, diagnostics) = load(&text);
    let mismatches =
        diagnostics.iter().filter(|it| it.code.name() == "EXPRESSION_MISMATCH");
    let found = mismatches.map(|it| it.labels[0].span).next();
    if let Some(Span { file: FileId(0), start, .. }) = found {
        assert!(text[start as usize..].starts_with('"'));
    }
    found.is_none()
}

#[test]
fn expressions_are_compared_with_their_trees() {
    let (a, b) = (r#"{"ref":{"text":"Task.a"}}"#, r#"{"lit":{"text":"2"}}"#);
    let op = |name: &str, operands: &[&str]| {
        format!("{{\"{name}\":{{\"operands\":[{}]}}}}", operands.join(","))
    };
    assert!(agrees("task.A + 2", &op("+", &[a, b])));
    assert!(!agrees("Task.a - 2", &op("+", &[a, b])));
    assert!(!agrees("2 + Task.a", &op("+", &[a, b])));
    assert!(!agrees("Task.a + 3", &op("+", &[a, b])));
    assert!(!agrees("Task.b + 2", &op("+", &[a, b])));
    assert!(!agrees("Task.a +", &op("+", &[a, b])));
    assert!(agrees("if(Task.a, 2, 2)", &op("If", &[a, b, b])));
    assert!(!agrees("If(Task.a, 2)", &op("If", &[a, b, b])));
    assert!(agrees("Task.a + 2", &op("+", &[a, &op("ToString", &[b])])));
    assert!(!agrees("Task.a + ToString(2)", &op("+", &[a, b])));
    assert!(!agrees("ToInt(2)", &op("ToString", &[b])));
    assert!(agrees("-2 + Task.a", &op("+", &[r#"{"lit":{"text":"-2"}}"#, a])));
    assert!(agrees(
        "Task.a[2].c",
        &op(".", &[r#"{"lit":{"text":"c"}}"#, &op("[", &[b, a])])
    ));
    assert!(agrees("Task.a ? 2 : NOT_SET", &op("?", &[a, b, r#"{"nul":{}}"#])));
    // The tree names the constants of a format after their family.
    let format = |name: &str| {
        let name = format!(r#"{{"lit":{{"text":"{name}"}}}}"#);
        op(".", &[&name, r#"{"sysref":{"text":"Format.String"}}"#])
    };
    assert!(agrees("Format.String.playChars", &format("stringPlayChars")));
    assert!(!agrees("Format.String.playChars", &format("datePlayChars")));
    assert!(!agrees("Format.String.playChars", &format("stringPlay")));
    // Evaluated from left to right, like all operators of the same rank.
    assert!(agrees("Task.a - 2 - 2", &op("-", &[&op("-", &[a, b]), b])));
    assert!(!agrees("Task.a - 2 - 2", &op("-", &[a, &op("-", &[b, b])])));
}

#[test]
fn literals_are_compared_with_their_trees() {
    let (value, other) =
        (literal("a +", "str"), node("a", "str", 1, "{\"lit\":{\"text\":\"b\"}}"));
    let text = flow(&format!(r#"{{"id":"a","__type":"New","a":{value},"b":{other}}}"#));
    let message = "the text of an expression differs from the literal in its tree";
    assert_eq!(messages(&text), [(message.to_owned(), "\"a\"".to_owned())]);
    assert!(agrees("\"2\"", "{\"lit\":{\"text\":\"2\"}}"));
    assert!(!agrees("2 + 2", "{\"lit\":{\"text\":\"2\"}}"));
}

#[test]
fn literals_are_not_counted() {
    let mut files = Files::new();
    let list = [literal("a +", "str"), reference("Task.a", "str", 2)].join(",");
    let file = files.add("flow.json", format!("[{list}]")).clone();
    assert_eq!(count_expressions(&read_json(&file).unwrap()), 1);
}

/// Keys that this reader looks for.
const KEYS: &str = "\
    flowSequenceItemList id name __type actionList startAction nextAction paths path \
    nextActionId outputId cases referenceId menuChoiceList action digit taskReference \
    variables variable expression text type config lit + operands uiMetaData mode items \
    queues skills inputs outputs value category prompts defaultAudio commonModules \
    initialSequence errorHandling handlingType";

/// Values for these keys.
const WORDS: &str = "\
    a b t Task Menu DataAction SwitchAction LoopAction LoopUntilAction untilCases \
    UpdateVariableAction \
    TransferPureMatchAction TaskAction StringVariable str int __YES__ Queue \
    CollectInputAction";

/// Generates any JSON of these words.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let key = proptest::sample::select(KEYS.split(' ').collect::<Vec<_>>());
    let words = WORDS.split(' ').chain(["", "Task.a + 1"]);
    let text = proptest::sample::select(words.collect::<Vec<_>>());
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i16>().prop_map(Into::into),
        text.prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        let object = proptest::collection::vec((key.clone(), inner.clone()), 0..8);
        prop_oneof![
            proptest::collection::vec(inner, 0..5).prop_map(Into::into),
            object.prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, it)| (key.to_owned(), it));
                serde_json::Value::Object(entries.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_panics(unit in any_json(), action in any_json(), more in any_json()) {
        let text = serde_json::json!({
            "flowSequenceItemList": [unit, {
                "id": "t", "__type": "Task", "startAction": "a", "paths": more,
                "actionList": [action, {"id": "a", "nextAction": "b", "paths": [more]}],
            }],
            "variables": more, "errorHandling": more, "initialSequence": action,
        });
        let mut files = Files::new();
        let file = files.add("flow.json", text.to_string()).clone();
        let mut diagnostics = Vec::new();
        prop_assert!(read(&read_json(&file).unwrap(), &mut diagnostics).is_some());
        let bare = files.add("bare.json", unit.to_string()).clone();
        if let Ok(document) = read_json(&bare) {
            read(&document, &mut diagnostics);
        }
    }
}
