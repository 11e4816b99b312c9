//! Small documents, and the model and findings that result from them.

use std::sync::Arc;

use super::*;
use crate::flow::architect::{Action, Setting, Settings, UnitKind};
use crate::source::{File, Files, Span, read_yaml};
use crate::value::{Json, Kind as Holds, Type};

struct Outcome {
    file: Arc<File>,
    flow: Option<ArchitectFlow>,
    diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    fn flow(&self) -> &ArchitectFlow {
        self.flow.as_ref().unwrap()
    }

    /// The text at a position, without quotes.
    fn at(&self, span: Span) -> &str {
        self.file.text()[span.start as usize..span.end as usize].trim_matches('\'')
    }

    /// The code, position, message and help of each finding.
    fn findings(&self) -> Vec<String> {
        let line = |it: &Diagnostic| {
            let place = self.at(it.labels[0].span);
            let help = it.help.as_deref().unwrap_or("-");
            format!("{} at {place:?}: {} ({help})", it.code, it.message)
        };
        self.diagnostics.iter().map(line).collect()
    }
}

fn outcome(text: &str) -> Outcome {
    let mut files = Files::new();
    let file = files.add("<flow>", text);
    let mut diagnostics = Vec::new();
    let flow = {
        let document = read_yaml(&file).unwrap();
        read(&document, &mut diagnostics)
    };
    Outcome { file, flow, diagnostics }
}

/// Reads a flow without findings.
fn sound(text: &str) -> Outcome {
    let outcome = outcome(text);
    assert_eq!(outcome.findings(), Vec::<String>::new());
    outcome
}

/// Builds a task from actions, each given as YAML in flow style.
fn task(actions: &[&str]) -> String {
    let mut text = String::from("inboundCall:\n  name: F\n  tasks:\n  - task:\n");
    text += "      name: T\n      refId: T_1\n      actions:\n";
    for action in actions {
        text += &format!("      - {{{action}}}\n");
    }
    text
}

fn first_action(outcome: &Outcome) -> &Action {
    &outcome.flow().units[0].actions[0]
}

fn text(text: &str) -> Setting {
    Setting::Literal(Json::String(text.into()))
}

fn labels(action: &Action) -> Vec<&str> {
    action.outputs.iter().map(|output| &*output.label).collect()
}

fn names(settings: &Settings) -> Vec<&str> {
    settings.entries.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_flow_has_its_fields_and_settings() {
    let outcome = sound(concat!(
        "inboundCall:\n  name: Main\n  division: Home\n  defaultLanguage: en-us\n",
        "  supportedLanguages: {en-us: {none: true}, de-de: {none: true}}\n",
        "  startUpRef: ./tasks/task[T/[1]_9]\n  initialGreeting: {tts: Hello}\n",
        "  variables:\n  - stringVariable: {name: Flow.A, isInput: true}\n",
        "  tasks:\n  - task: {name: T, refId: 'T/[1]_9', actions: []}\n",
    ));
    let flow = outcome.flow();
    assert_eq!((&*flow.name.value, &*flow.flow_type), ("Main", "inboundCall"));
    assert_eq!(outcome.at(flow.name.span), "Main");
    assert_eq!(flow.division.as_deref(), Some("Home"));
    assert_eq!(flow.languages, ["en-us", "de-de"]);
    let start = flow.start.as_ref().unwrap();
    assert_eq!(start.unit.as_deref(), Some("T/[1]_9"));
    assert_eq!(outcome.at(start.span), "./tasks/task[T/[1]_9]");
    let greeting = flow.settings.get("initialGreeting").unwrap();
    assert_eq!(greeting.value, Setting::Speech("Hello".into()));
    assert_eq!(outcome.at(greeting.span), "Hello");
    assert_eq!(names(&flow.settings), ["supportedLanguages", "initialGreeting"]);
    assert!(flow.variables[0].is_input && !flow.variables[0].is_output);
}

#[test]
fn values_have_wrappers() {
    let outcome = sound(&task(&[
        "x: {a: {noValue: true}, b: {lit: 5}, c: {exp: 1 + 2}, \
         d: {var: Task.x}, e: {none: true}, f: {prompt: P.x}, g: plain, h: [{lit: 1}], \
         i: {lit: {seconds: 5}}, j: {lit: {name: Q}, name: Q}, k: {prompt: {var: Task.y}}, \
         l: {lit: [{lit: {label: {noValue: true}}}]}, m: {exp: 7}, variable: Flow.z}",
    ]));
    let settings = &first_action(&outcome).settings;
    let of = |name: &str| &settings.get(name).unwrap().value;
    assert_eq!(of("a"), &Setting::NoValue);
    assert_eq!(of("b"), &Setting::Literal(Json::from(crate::value::Number::Integer(5))));
    assert_eq!(of("c"), &Setting::Expression("1 + 2".into(), None));
    assert_eq!(outcome.at(settings.get("c").unwrap().span), "1 + 2");
    assert_eq!(of("d"), &Setting::Variable("Task.x".into()));
    assert_eq!(of("e"), &Setting::None);
    assert_eq!(of("f"), &Setting::Prompt("P.x".into()));
    assert_eq!(of("g"), &text("plain"));
    assert!(matches!(of("h"), Setting::List(items) if items.len() == 1));
    assert!(matches!(of("i"), Setting::Literal(Json::Object(_))));
    assert!(matches!(of("j"), Setting::Literal(Json::Object(_))));
    let Setting::Group(group) = of("k") else { panic!("{:?}", of("k")) };
    assert_eq!(group.get("prompt").unwrap().value, Setting::Variable("Task.y".into()));
    let Setting::List(cards) = of("l") else { panic!("{:?}", of("l")) };
    let card = cards[0].value.group().unwrap();
    assert_eq!(card.get("label").unwrap().value, Setting::NoValue);
    assert_eq!(of("m"), &Setting::Expression("7".into(), None));
    assert_eq!(of("variable"), &Setting::Variable("Flow.z".into()));
}

#[test]
fn outputs_with_actions_are_outcomes() {
    let outcome = sound(&task(&[
        "decision: {name: D, condition: {exp: 'true'}, outputs: {yes: {actions: [{disconnect: \
         {name: Bye}}]}, no: }}",
        "digitalMenu: {outputs: {maxNoInputs: {enabled: false}, paths: [{path: {name: Sales, \
         actions: [{disconnect: {none: true}}]}}]}}",
        "loop: {outputs: {loop: {actions: [{loopExit: {name: Out}}]}}}",
    ]));
    let actions = &outcome.flow().units[0].actions;
    assert_eq!(labels(&actions[0]), ["yes", "no"]);
    assert_eq!(actions[0].name.as_deref(), Some("D"));
    assert_eq!(actions[0].outputs[0].actions[0].name.as_deref(), Some("Bye"));
    assert_eq!(names(&actions[0].settings), ["condition"]);
    assert_eq!(labels(&actions[1]), ["Sales"]);
    assert_eq!(names(&actions[1].outputs[0].actions[0].settings), Vec::<&str>::new());
    let outputs = actions[1].settings.get("outputs").unwrap().value.group().unwrap();
    let off = outputs.get("maxNoInputs").unwrap().value.group().unwrap();
    assert_eq!(off.get("enabled").unwrap().value, Setting::Literal(Json::Boolean(false)));
    assert_eq!(labels(&actions[2]), ["loop"]);
}

#[test]
fn a_switch_has_its_cases_as_outputs() {
    let outcome = sound(&task(&[
        "switch: {name: S, evaluate: {firstTrue: {default: {actions: []}, cases: [{case: \
         {value: {exp: a}, actions: [{disconnect: {}}]}}, {case: {value: {exp: b}}}]}}}",
        "switch: {evaluate: {firstMatch: {string: {value: {exp: c}, cases: [{case: {value: \
         {lit: x}, actions: []}}]}}}}",
    ]));
    let actions = &outcome.flow().units[0].actions;
    assert_eq!(labels(&actions[0]), ["default", "case 1", "case 2"]);
    let value = actions[0].outputs[1].value.as_ref().unwrap();
    assert_eq!(value.value, Setting::Expression("a".into(), None));
    assert_eq!(actions[0].settings.get("style").unwrap().value, text("firstTrue"));
    assert_eq!(names(&actions[1].settings), ["style", "type", "value"]);
    assert_eq!(actions[1].settings.get("type").unwrap().value, text("string"));
    assert_eq!(actions[1].outputs[0].value.as_ref().unwrap().value, text("x"));
}

#[test]
fn names_in_keys_become_settings() {
    let outcome = sound(&task(&[
        "callData: {category: {Cat: {dataAction: {Get: {inputs: {a: {lit: 1}}, \
         successOutputs: {prompt: {var: Task.p}}}}}}, outputs: {success: {actions: []}}}",
        "callCommonModule: {commonModule: {Mod: {ver_latestPublished: {inputs: {Common.A: \
         {exp: b}}, outputs: {Common.C: {var: Flow.C}}}}}, outputs: {failure: {actions: []}}}",
        "callBotFlow: {botFlow: {Bot: {ver_latestPublished: {none: true}}}}",
        "dataTableLookup: {dataTable: {Table: {foundOutputs: {A: {var: Task.a}}}}}",
    ]));
    let actions = &outcome.flow().units[0].actions;
    let of = |index: usize, name: &str| actions[index].settings.get(name).unwrap();
    let call = ["category", "dataAction", "inputs", "successOutputs"];
    assert_eq!(names(&actions[0].settings), call);
    assert_eq!(outcome.at(of(0, "dataAction").span), "Get");
    assert_eq!(
        names(&actions[1].settings),
        ["commonModule", "version", "inputs", "outputs"]
    );
    assert_eq!(of(1, "version").value, text("ver_latestPublished"));
    assert_eq!(labels(&actions[1]), ["failure"]);
    assert_eq!(names(&actions[2].settings), ["botFlow", "version"]);
    assert_eq!(names(&actions[3].settings), ["dataTable", "foundOutputs"]);
}

#[test]
fn bindings_are_not_outcomes() {
    let outcome =
        sound(&task(&["x: {outputs: {Common.A: {var: Flow.A}, ok: {actions: []}}}"]));
    let action = first_action(&outcome);
    assert_eq!(labels(action), ["ok"]);
    let outputs = action.settings.get("outputs").unwrap().value.group().unwrap();
    assert_eq!(names(outputs), ["Common.A"]);
}

#[test]
fn menus_have_choices() {
    let outcome = sound(concat!(
        "inboundCall:\n  name: F\n  startUpRef: /inboundCall/menus/menu[M_1]\n  menus:\n",
        "  - menu:\n      name: M\n      refId: M_1\n      audio: {tts: Press}\n",
        "      defaultChildMenuRef: './choices/menuTask[Sales #1/_3]'\n      choices:\n",
        "      - menuDisconnect: {name: Bye, dtmf: digit_*, globalDtmf: true}\n",
        "      - menuTask:\n          name: Sales\n          refId: 'Sales #1/_3'\n",
        "          dtmf: digit_7\n          task: {actions: [{disconnect: {name: B}}]}\n",
        "      - menuJumpToTask: {name: J, targetTaskRef: '/inboundCall/menus/menu[M_1]'}\n",
    ));
    let menu = outcome.flow().unit("M_1").unwrap();
    assert_eq!(menu.kind, UnitKind::Menu);
    assert_eq!(names(&menu.settings), ["audio", "defaultChildMenuRef"]);
    let [bye, sales, jump] = menu.choices.as_slice() else { panic!() };
    assert_eq!(bye.digit.as_ref().map(|it| it.value), Some('*'));
    assert!(bye.is_global && !bye.is_default && names(&bye.action.settings).is_empty());
    assert!(sales.is_default && !sales.is_global);
    assert_eq!(labels(&sales.action), ["task"]);
    assert_eq!(sales.action.outputs[0].actions.len(), 1);
    assert_eq!(jump.digit, None);
    let target = &jump.action.settings.get("targetTaskRef").unwrap().value;
    assert!(matches!(target, Setting::Unit(unit) if unit.unit.as_deref() == Some("M_1")));
}

#[test]
fn a_start_up_task_is_a_unit() {
    let outcome = sound(concat!(
        "commonModule:\n  name: F\n  startUpTaskVariables:\n",
        "  - stringCollectionVariable: {name: Task.a, initialValue: {noValue: true}}\n",
        "  startUpTaskActions:\n  - disconnect: {name: Bye}\n",
    ));
    let flow = outcome.flow();
    let unit = flow.unit("startUp").unwrap();
    assert_eq!(flow.start.as_ref().unwrap().unit.as_deref(), Some("startUp"));
    assert_eq!((unit.variables.len(), unit.actions.len()), (1, 1));
    assert_eq!(unit.variables[0].value_type, Type::many(Holds::String));
    let initial = unit.variables[0].initial.as_ref().unwrap();
    assert_eq!(initial.value, Setting::NoValue);
}

#[test]
fn states_of_in_queue_flows_are_units() {
    let outcome = sound(concat!(
        "inqueueEmail:\n  name: F\n  startUpState: {name: S, refId: S_1, actions: []}\n",
        "  periodicState: {actions: [{changeState: {targetStateRef: '/inqueueEmail/startUpState'}},",
        " {changeState: {targetStateRef: '../state[S_1]'}}]}\n",
    ));
    let flow = outcome.flow();
    assert_eq!(flow.start.as_ref().unwrap().unit.as_deref(), Some("S_1"));
    let periodic = flow.unit("periodicState").unwrap();
    assert_eq!(periodic.kind, UnitKind::State);
    for action in &periodic.actions {
        let target = &action.settings.get("targetStateRef").unwrap().value;
        let Setting::Unit(target) = target else { panic!("{target:?}") };
        assert_eq!(target.unit.as_deref(), Some("S_1"));
    }
}

#[test]
fn every_kind_of_variable_is_known() {
    for (kind, expected) in [
        ("stringVariable", Type::one(Holds::String)),
        ("integer", Type::one(Holds::Integer)),
        ("integerCollectionVariable", Type::many(Holds::Integer)),
        ("boolean", Type::one(Holds::Boolean)),
        ("jsonVariable", Type::one(Holds::Json)),
        ("dateTimeVariable", Type::one(Holds::DateTime)),
        ("externalContactVariable", Type::one(Holds::ExternalContact)),
        ("agentScorePairCollectionVariable", Type::many(Holds::AgentScorePair)),
        ("userCollection", Type::many(Holds::User)),
    ] {
        assert_eq!(variables::type_of(kind), Some(expected), "{kind}");
    }
    assert_eq!(variables::type_of("anyVariable"), None);
    assert_eq!(variables::type_of("StringVariable"), None);
}

#[test]
fn invalid_variables_are_reported() {
    let outcome = outcome(concat!(
        "workflow:\n  name: F\n  variables:\n  - strngVariable: {name: Flow.A}\n",
        "  - stringVariable: {isInput: 5}\n  - integerVariable: {name: Flow.B, isInput: 5}\n",
        "  - Flow.C\n",
    ));
    assert_eq!(
        outcome.findings(),
        [
            "INVALID_PROPERTY at \"strngVariable\": unknown kind of variable \
             `strngVariable` (did you mean `stringVariable`?)",
            "INVALID_PROPERTY at \"stringVariable\": a `stringVariable` needs a `name`, such \
             as `Flow.x` (-)",
            "INVALID_PROPERTY at \"5\": `isInput` must be `true` or `false`, found a number (-)",
            "INVALID_PROPERTY at \"Flow.C\": an item of `variables` must be an object \
             with one key, the kind of variable (write it as `- stringVariable: {name: \
             Flow.x}`)",
        ]
    );
    let variables = &outcome.flow().variables;
    assert_eq!(variables.len(), 2);
    assert_eq!(variables[0].value_type, Type::ANY);
}

#[test]
fn dangling_references_are_reported() {
    let outcome = outcome(&task(&[
        "jumpToTask: {targetTaskRef: '/inboundCall/tasks/task[T_2]'}",
        "jumpToTask: {targetTaskRef: '/inboundCall/tasks/task[T]'}",
        "jumpToTask: {targetTaskRef: '/workflow/tasks/task[T_1]'}",
        "jumpToTask: {targetTaskRef: 'other.yaml#/inboundCall/tasks/task[X]'}",
        "jumpToTask: {targetTaskRef: T_1}",
        "jumpToTask: {otherRef: T_1}",
        "jumpToMenu: {targetMenuRef: './choices/menuTask[X]'}",
    ]));
    assert_eq!(
        outcome.findings(),
        [
            "DANGLING_REFERENCE at \"/inboundCall/tasks/task[T_2]\": no task `T_2` in \
             this flow (did you mean `task[T_1]`?)",
            "DANGLING_REFERENCE at \"/inboundCall/tasks/task[T]\": no task `T` in this \
             flow (use the refId of the unit with this name, `T_1`)",
            "DANGLING_REFERENCE at \"/workflow/tasks/task[T_1]\": \
             `/workflow/tasks/task[T_1]` does not belong to this flow (references \
             within this flow begin with `/inboundCall/`)",
            "INVALID_PROPERTY at \"T_1\": `targetTaskRef` must be a reference, found \
             `T_1` (write a reference to a unit, such as \
             `/inboundCall/tasks/task[Main_10]`)",
            "DANGLING_REFERENCE at \"./choices/menuTask[X]\": the menu has no choice \
             `menuTask[X]` (refer to a choice of the menu, by its refId or name)",
        ]
    );
    let external = &outcome.flow().units[0].actions[3];
    let target = &external.settings.get("targetTaskRef").unwrap().value;
    assert!(matches!(target, Setting::Unit(unit) if unit.unit.is_none()));
    assert_eq!(outcome.diagnostics[0].node.as_deref(), Some("T_1"));
    assert_eq!(outcome.diagnostics[0].flow.as_deref(), Some("F"));
}

#[test]
fn wrong_shapes_are_reported_and_the_rest_is_read() {
    let outcome = outcome(&task(&[
        "disconnect: 5",
        "a: {x: {lit: 1, exp: b}, y: {exp: [1]}, z: {noValue: 3}}",
        "a: {x: {lit: {name: Open}, name: Closed}}",
        "b: {outputs: {yes: 5}}",
        "switch: {evaluate: {firstTru: {cases: []}}}",
        "loopUntil: {untilCases: [{untilCase: {name: Found}}]}",
        "disconnect: {}, playAudio: {}",
    ]));
    assert_eq!(
        outcome.findings(),
        [
            "INVALID_PROPERTY at \"5\": `disconnect` must be an object, found a number (-)",
            "INVALID_PROPERTY at \"exp\": a value must have one form, found `lit` and \
             `exp` (keep one of them)",
            "INVALID_PROPERTY at \"[1]\": `exp` must be a string, found a list (-)",
            "INVALID_PROPERTY at \"3\": `noValue` must be `true`, found a number (-)",
            "INVALID_PROPERTY at \"Closed\": `name` is `Closed`, but `lit` names `Open` \
             (write the same name in both, or leave out `name`)",
            "INVALID_PROPERTY at \"5\": `yes` must be an object with `actions`, found a number \
             (-)",
            "INVALID_PROPERTY at \"firstTru\": unknown switch style `firstTru` (did \
             you mean `firstTrue`?)",
            "INVALID_PROPERTY at \"{untilCase: {name: Found}}\": a case of a Loop Until \
             action needs a `name` and a `value` (write it as `- untilCase: {name: Found, \
             value: {exp: …}}`)",
            "INVALID_PROPERTY at \"playAudio\": an action has one key, its kind; found \
             another key, `playAudio` (begin each action with a dash, and indent what \
             belongs to it)",
        ]
    );
    assert_eq!(outcome.flow().units[0].actions.len(), 8);
}

#[test]
fn wrong_units_and_choices_are_reported() {
    let outcome = outcome(concat!(
        "inboundCall:\n  name: F\n  tasks:\n  - task: {name: A}\n  - task: {name: A}\n",
        "  - tsk: {name: B}\n  - 7\n  menus:\n  - menu:\n      name: A\n      choices:\n",
        "      - menuTask: {name: C, dtmf: '1'}\n      - {}\n",
    ));
    assert_eq!(
        outcome.findings(),
        [
            "INVALID_PROPERTY at \"tsk\": an item of `tasks` must be a `task`, found `tsk` (did \
             you mean `task`?)",
            "INVALID_PROPERTY at \"7\": an item of `tasks` must be an object with one \
             key, `task` (-)",
            "INVALID_PROPERTY at \"1\": `dtmf` must be a key, found `1` (keys are `digit_0` to \
             `digit_9`, `digit_*` and `digit_#`)",
            "INVALID_PROPERTY at \"{}\": an item of `choices` must be an object with \
             one key, the kind of choice (write it as `- menuDisconnect: {name: \
             Goodbye, dtmf: digit_1}`)",
            "INVALID_PROPERTY at \"task\": two units have the key `A`; the first one \
             counts (give one of them another `refId`)",
        ]
    );
    let keys: Vec<&str> = outcome.flow().units.iter().map(|unit| &*unit.key).collect();
    assert_eq!(keys, ["A", "A", "B", "menu[A]"]);
}

#[test]
fn other_documents_are_not_flows() {
    for (text, finding) in [
        (
            "inboundCal: {name: F}",
            "NOT_A_FLOW at \"inboundCal\": unknown flow type `inboundCal` (did you \
             mean `inboundCall`?)",
        ),
        (
            "inboundCall: 5",
            "NOT_A_FLOW at \"5\": `inboundCall` must contain a flow, found a number (a \
             flow has at least a `name`)",
        ),
    ] {
        let outcome = outcome(text);
        assert_eq!(outcome.findings(), [finding]);
        assert_eq!(outcome.flow, None);
    }
    let outcome = outcome("{inboundCall: {}, workflow: {}}");
    assert!(outcome.findings()[0].contains("found an object with 2 keys"));
    let outcome = super::tests::outcome("inboundCall: {description: D}");
    assert_eq!(
        outcome.findings(),
        ["INVALID_PROPERTY at \"inboundCall\": a flow needs a `name`, a non-empty \
             string (-)"]
    );
}

#[test]
fn nesting_is_as_deep_as_documents_may_be() {
    let decisions = 24;
    let open = "{decision: {outputs: {yes: {actions: [";
    let text = format!(
        "{{workflow: {{name: F, states: [{{state: {{name: S, actions: [{}{}]}}}}]}}}}",
        open.repeat(decisions),
        "]}}}}".repeat(decisions)
    );
    let mut count = 0;
    sound(&text).flow().each_action(&mut |_, _| count += 1);
    assert_eq!(count, decisions);
    let (open, close) = ("{lit: ".repeat(120), "}".repeat(120));
    let outcome = sound(&format!("workflow: {{name: F, x: {open}5{close}}}"));
    assert!(matches!(outcome.flow().settings.entries[0].1.value, Setting::Literal(_)));
}

#[test]
fn only_the_first_of_many_wrong_variables_are_reported() {
    let variable = |number| format!("  - nope: {{name: Flow.A{number}}}\n");
    let variables: String = (0..500).map(variable).collect();
    let outcome = outcome(&format!("workflow:\n  name: F\n  variables:\n{variables}"));
    assert_eq!(outcome.diagnostics.len(), 101);
    assert_eq!(outcome.diagnostics[100].message, "400 more like this, starting here");
    assert_eq!(outcome.flow().variables.len(), 500);
}

#[test]
fn of_repeated_settings_the_last_one_counts() {
    let outcome = outcome(&task(&["wait: {duration: {lit: 1}, duration: {lit: 2}}"]));
    // The reader of the file warns about the repetition.
    assert!(outcome.findings().is_empty(), "{:?}", outcome.findings());
    let duration = first_action(&outcome).settings.get("duration").unwrap();
    assert_eq!(outcome.at(duration.span), "2");
}

#[test]
fn a_statement_of_type_prompt_is_not_a_wrapper() {
    let statement = "prompt: {variable: Task.p, value: {prompt: Prompt.Hello}}";
    let action = format!("updateData: {{statements: [{{{statement}}}]}}");
    let outcome = sound(&task(&[&action]));
    let action = first_action(&outcome);
    let Setting::List(statements) = &action.settings.get("statements").unwrap().value
    else {
        panic!("statements are a list");
    };
    let statement = statements[0].value.group().unwrap().get("prompt").unwrap();
    let statement = statement.value.group().unwrap();
    let of = |name| statement.get(name).unwrap().value.clone();
    assert_eq!(of("variable"), Setting::Variable("Task.p".into()));
    assert_eq!(of("value"), Setting::Prompt("Prompt.Hello".into()));
}
