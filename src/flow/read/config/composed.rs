//! Settings that Archy composes from several properties of the JSON.

use super::kinds;
use super::settings::bindings;
use super::values::{Expression, group, input, output, plain};
use crate::flow::Spanned;
use crate::flow::architect::{Setting, SettingName};
use crate::source::{Kind, Node, Span};
use crate::value::{Json, Text};

type Entries = Vec<(SettingName, Spanned<Setting>)>;

/// The properties that a composition consumes, and the function that composes the
/// settings.
type Compose = (&'static [&'static str], fn(&Node<'_>) -> Entries);

/// Returns the composition for a `__type`.
pub(super) fn of(class: &str) -> Option<Compose> {
    Some(match class {
        "AskForSlotAction" => (&["selectedSlot"], slot),
        "CallBotFlowAction" => (CALLED, |action| called(action, "botFlow")),
        "CallDigitalBotFlowAction" => (CALLED, |action| called(action, "digitalBotFlow")),
        "CallVoiceFlowAction" => (CALLED, |action| called(action, "voiceFlow")),
        "CallCommonModuleAction" => (CALLED, |action| called(action, "commonModule")),
        "CallTaskAction" => (&["taskName", "inputs", "outputs"], call_task),
        "CollectInputAction" => {
            (&["numberOfDigitsMin", "numberOfDigitsMax", "verification"], collect)
        }
        "DataAction" | "SecureAction" => (
            &["category", "actionName", "inputs", "outputs", "errorBindings"],
            data_action,
        ),
        "DataTableLookupAction" => {
            (&["datatableName", "outputs", "errorBindings"], lookup)
        }
        "EndTaskAction" => (&["pathName", "pathReference"], end_task),
        "EvaluateScheduleAction" => (SCHEDULE, schedule),
        "EvaluateScheduleGroupAction" => (POINT_IN_TIME, point_in_time),
        "GetAttributesAction" | "GetConversationDataAction" => {
            (&["variables"], |action| attributes(action, true))
        }
        // The cases of the loop are outputs.
        "LoopUntilAction" => (&["untilCases"], |_| Vec::new()),
        "HoldMusicAction" => (&["playForDuration", "duration"], hold_music),
        "SetAttributesAction" | "SetConversationDataAction" => {
            (&["variables"], |action| attributes(action, false))
        }
        "SwitchAction" => (&["cases", "switchStyle", "expression", "version"], switch),
        "TransferFlowAction" | "TransferFlowSecureAction" => {
            (&["flowName"], |action| name_of(action, "flowName", "targetFlow"))
        }
        "TransferPureMatchAction" => (&["queues", "skills", "inQueueFlowName"], transfer),
        "UpdateVariableAction" => (&["variables"], statements),
        _ => return None,
    })
}

const CALLED: &[&str] =
    &["flowName", "flowVersion", "flowLatestVersion", "inputs", "outputs"];

const POINT_IN_TIME: &[&str] = &["evaluateNow", "evaluationDateTime"];
const SCHEDULE: &[&str] = &[
    "evaluateEmergencyGroup",
    "schedule",
    "scheduleTimeZone",
    "emergencyGroup",
    "evaluateNow",
    "evaluationDateTime",
];

/// Composes `evaluate: {now: true}`, or a DateTime.
fn point_in_time(action: &Node<'_>) -> Entries {
    let is_true = |node: &&Node<'_>| node.kind == Kind::Boolean(true);
    let now = action.get("evaluateNow").filter(is_true).map(|node| ("now", plain(node)));
    let at = action.get("evaluationDateTime");
    let at = at.map(|node| ("evaluationDateTime", input(node)));
    let found = now.or(at).map(|(name, at)| (name.into(), at));
    found.map_or_else(Vec::new, |(name, at)| {
        vec![("evaluate".into(), group(at.span, [(name, at)]))]
    })
}

/// Composes `evaluationType: {schedule: {…}}`, or an emergency group.
fn schedule(action: &Node<'_>) -> Entries {
    let is_emergency = action.get("evaluateEmergencyGroup").map(|node| &node.kind);
    let (kind, mut entries) = match is_emergency {
        Some(Kind::Boolean(true)) => ("emergencyGroup", Vec::new()),
        _ => ("schedule", point_in_time(action)),
    };
    let names: &[&str] = match kind {
        "schedule" => &["schedule", "scheduleTimeZone"],
        _ => &["emergencyGroup"],
    };
    for name in names {
        entries.extend(action.get(name).map(|node| ((*name).into(), input(node))));
    }
    let chosen = group(action.span, [(kind.into(), group(action.span, entries))]);
    vec![("evaluationType".into(), chosen)]
}

/// Composes `name: {name: …}` from a property, if the property contains a string.
fn name_of(action: &Node<'_>, key: &str, name: &str) -> Entries {
    let Some(node) = action.get(key).filter(|node| node.as_str().is_some()) else {
        return Vec::new();
    };
    vec![(name.into(), group(node.span, [("name".into(), plain(node))]))]
}

/// Returns the string of a property as a setting with this name, if the property contains
/// one.
fn text_as(action: &Node<'_>, key: &str, name: &str) -> Entries {
    let found = action.get(key).filter(|node| node.as_str().is_some());
    found.map(|node| (name.into(), plain(node))).into_iter().collect()
}

/// Returns a word that Archy writes instead of a number or a missing property in the
/// JSON.
fn word(span: Span, name: &str, word: &str) -> (SettingName, Spanned<Setting>) {
    let value = Setting::Literal(Json::String(Text::from(word)));
    (name.into(), Spanned { value, span })
}

/// Returns the bindings in some properties, each under another name.
fn bound(action: &Node<'_>, names: [(&str, &str); 3]) -> Entries {
    let mut entries = Vec::new();
    for (key, name) in names {
        let read = if key == "inputs" { input } else { output };
        let found = action.get(key).and_then(|node| bindings(node, read));
        entries.extend(found.map(|group| (name.into(), group)));
    }
    entries
}

fn text<'d>(node: &'d Node<'_>, key: &str) -> &'d str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}

fn slot(action: &Node<'_>) -> Entries {
    name_of(action, "selectedSlot", "slot")
}

fn data_action(action: &Node<'_>) -> Entries {
    let names = [
        ("inputs", "inputs"),
        ("outputs", "successOutputs"),
        ("errorBindings", "failureOutputs"),
    ];
    let mut entries = action
        .get("category")
        .map_or_else(Vec::new, |category| text_as(category, "name", "category"));
    entries.extend(text_as(action, "actionName", "dataAction"));
    entries.extend(bound(action, names));
    entries
}

fn lookup(action: &Node<'_>) -> Entries {
    let names = [
        ("inputs", "inputs"),
        ("outputs", "foundOutputs"),
        ("errorBindings", "failureOutputs"),
    ];
    let mut entries = text_as(action, "datatableName", "dataTable");
    entries.extend(bound(action, names));
    entries
}

/// Composes a call of a common module or bot, by its name and version.
fn called(action: &Node<'_>, kind: &str) -> Entries {
    let names = [
        ("inputs", "inputs"),
        ("outputs", "outputs"),
        ("errorBindings", "failureOutputs"),
    ];
    let mut bindings = bound(action, names);
    bindings.retain(|(name, _)| name.text != "failureOutputs");
    let is_latest =
        action.get("flowLatestVersion").map(|node| node.kind == Kind::Boolean(true));
    let version = match text(action, "flowVersion") {
        version if is_latest == Some(false) && !version.is_empty() => {
            format!("ver_{version}")
        }
        _ => "ver_latestPublished".into(),
    };
    let mut entries = text_as(action, "flowName", kind);
    entries.push(word(action.span, "version", &version));
    entries.extend(bindings);
    entries
}

/// Composes the inputs of a task as a list, with each input under its type.
fn call_task(action: &Node<'_>) -> Entries {
    type Read = fn(&Node<'_>) -> Spanned<Setting>;
    let list = |key: &str, name: &str, read: Read| {
        let node = action.get(key).filter(|node| !node.items().is_empty())?;
        let items = node.items().iter().filter_map(|item| {
            let value = item.get("value")?;
            let kind = kinds::statement(Expression::of(value)?.code);
            let name = ("name".into(), plain(item.get("name")?));
            let entries = [name, ("value".into(), read(value))];
            Some(group(item.span, [(kind.into(), group(item.span, entries))]))
        });
        let list = Setting::List(items.collect());
        Some((name.into(), Spanned { value: list, span: node.span }))
    };
    let found =
        [list("inputs", "taskInputs", input), list("outputs", "taskOutputs", output)];
    found.into_iter().flatten().collect()
}

fn end_task(action: &Node<'_>) -> Entries {
    name_of(action, "pathName", "outputPath")
}

/// Composes the number of digits, as an exact number or a range.
fn collect(action: &Node<'_>) -> Entries {
    let mut entries = Vec::new();
    let least = action.get("numberOfDigitsMin").map(input);
    let most = action.get("numberOfDigitsMax").map(input);
    if let (Some(least), Some(most)) = (least, most) {
        let span = least.span;
        let digits = if least.value == most.value {
            group(span, [("exact".into(), most)])
        } else {
            let range = [("min".into(), least), ("max".into(), most)];
            group(span, [("range".into(), group(span, range))])
        };
        entries.push(("digits".into(), digits));
    }
    if let Some(node) = action.get("verification") {
        let verification = match &node.kind {
            Kind::Boolean(false) => Spanned {
                value: Setting::Literal(Json::String("none".into())),
                span: node.span,
            },
            _ => input(node),
        };
        entries.push(("verificationType".into(), verification));
    }
    entries
}

fn hold_music(action: &Node<'_>) -> Entries {
    let Some(node) = action.get("playForDuration") else { return Vec::new() };
    let style = if node.kind == Kind::Boolean(true) {
        action.get("duration").map(|node| ("duration".into(), input(node)))
    } else {
        let whole = Setting::Literal(Json::Boolean(true));
        Some(("entirePrompt".into(), Spanned { value: whole, span: node.span }))
    };
    vec![("playStyle".into(), group(node.span, style))]
}

/// Composes the list `[{expression, variable}]`, with each item under the type of its
/// variable.
fn statements(action: &Node<'_>) -> Entries {
    let Some(node) = action.get("variables") else { return Vec::new() };
    let statements = node.items().iter().filter_map(|item| {
        let variable = item.get("variable")?;
        let code = Expression::of(variable).map_or("any", |variable| variable.code);
        let mut entries = vec![("variable".into(), output(variable))];
        entries.extend(item.get("expression").map(|node| ("value".into(), input(node))));
        let statement = kinds::statement(code).into();
        Some(group(item.span, [(statement, group(item.span, entries))]))
    });
    let list = Setting::List(statements.collect());
    vec![("statements".into(), Spanned { value: list, span: node.span })]
}

/// Composes the list `[{expression, variable}]`, in which `variable` is the name of an
/// attribute.
fn attributes(action: &Node<'_>, is_read: bool) -> Entries {
    let Some(node) = action.get("variables") else { return Vec::new() };
    let attributes = node.items().iter().filter_map(|item| {
        let mut entries = vec![("name".into(), input(item.get("variable")?))];
        entries.extend(item.get("expression").map(|node| match is_read {
            true => ("variable".into(), output(node)),
            false => ("value".into(), input(node)),
        }));
        Some(group(item.span, [("attribute".into(), group(item.span, entries))]))
    });
    let list = Setting::List(attributes.collect());
    vec![("attributes".into(), Spanned { value: list, span: node.span })]
}

/// Composes the compared value of a switch. The cases are outputs.
fn switch(action: &Node<'_>) -> Entries {
    let expression = action.get("expression");
    let is_first_true = match action.get("switchStyle").map(|node| &node.kind) {
        Some(Kind::Number(style)) => style == "0",
        _ => true,
    };
    let Some(node) = expression.filter(|_| !is_first_true) else {
        return vec![word(action.span, "style", "firstTrue")];
    };
    let code = Expression::of(node).map_or("any", |expression| expression.code);
    vec![
        word(action.span, "style", "firstMatch"),
        word(node.span, "type", &kinds::statement(code)),
        ("value".into(), input(node)),
    ]
}

fn transfer(action: &Node<'_>) -> Entries {
    let mut entries = Vec::new();
    if let Some(queues) = action.get("queues") {
        match queues.items() {
            [] => {}
            [queue] => entries.push(("targetQueue".into(), input(queue))),
            _ => entries.push(("targetQueues".into(), input(queues))),
        }
    }
    if let Some(skills) = action.get("skills").filter(|node| !node.items().is_empty()) {
        let items = skills.items().iter().map(|item| {
            let skill = match Expression::of(item) {
                None => group(item.span, super::values::settings(item, &[]).entries),
                Some(_) => input(item),
            };
            group(item.span, [("acdSkill".into(), skill)])
        });
        let list = Setting::List(items.collect());
        entries.push(("acdSkills".into(), Spanned { value: list, span: skills.span }));
    }
    entries.extend(name_of(action, "inQueueFlowName", "overrideInQueueFlow"));
    entries
}
