//! The actions of nodes, by type.

use indexmap::IndexMap;

use super::document::{handler, target_of};
use super::properties::{Properties, Reader};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::expr::draft::{Condition, Form, Operand, Reference, Template};
use crate::flow::action::{
    Action, Assignment, CallFlow, DataAction, End, EndType, Gather, GetExternalContact,
    If, NotFound, QueueStatistics, Route, Say, Set, VariableType, Webhook, reference,
};
use crate::flow::model::{Path, PathKind, Spanned};
use crate::flow::read::json;
use crate::source::{Kind, Node as Document, Span};
use crate::value::{Json, Text};

/// The maximum number of conditions of one If node. They are searched one by one.
const MAX_CONDITIONS: usize = 10_000;

type Read = fn(&mut Properties<'_, '_, '_, '_>, &mut Vec<Path>) -> Action;

/// Every type with its alternative names. Case is ignored.
const TYPES: &[(&[&str], Read)] = &[
    (&["Say", "PlayPrompt", "PlayAudio"], |properties, _| say(properties)),
    (&["Gather", "Collect", "CollectInput"], |properties, _| gather(properties)),
    (&["Set", "SetVariable", "UpdateData"], |properties, _| set(properties)),
    (&["If", "Decision", "Condition"], decide),
    (
        &["Flow", "Subflow", "CallSubflow", "CallFlow", "CallCommonModule"],
        |properties, _| call_flow(properties),
    ),
    (&["Route", "TransferToQueue", "TransferToAcd", "Queue"], |properties, _| {
        route(properties)
    }),
    (&["GetExternalContactAction", "GetExternalContact"], |properties, _| {
        contact(properties)
    }),
    (&["DataAction", "CallDataAction"], |properties, _| data_action(properties)),
    (&["GetQueueStats", "QueueStats"], |properties, _| statistics(properties)),
    (&["Webhook", "CallWebhook"], |properties, _| webhook(properties)),
    (&["End", "Disconnect"], |properties, _| end(properties)),
];

/// Reads the action of a node and its unknown properties. Paths among the properties are
/// added to `paths`.
pub(super) fn read(
    node: &Document<'_>,
    span: Span,
    paths: &mut Vec<Path>,
    reader: &mut Reader<'_>,
) -> (Action, IndexMap<Text, Json>) {
    let written = node.get("type");
    let Some(name) = written.and_then(Document::as_str) else {
        let place = written.map_or(span, |node| node.span);
        reader.invalid(place, "a node needs a `type`, a string".into(), "");
        return (Action::Unknown, all_properties(node));
    };
    let is_named =
        |names: &&[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let Some((names, read)) = TYPES.iter().find(|(names, _)| is_named(names)) else {
        let known = TYPES.iter().flat_map(|(names, _)| names.iter().copied());
        let help = match nearest(name, known) {
            Some(name) => format!("did you mean `{name}`?"),
            None => {
                let first: Vec<&str> = TYPES.iter().map(|(names, _)| names[0]).collect();
                format!("the types are {}", first.join(", "))
            }
        };
        let message = format!("unknown node type `{name}`");
        let place = written.map_or(span, |node| node.span);
        reader.report(
            Diagnostic::new(Code::UNKNOWN_NODE_TYPE, message).at(place).help(help),
        );
        return (Action::Unknown, all_properties(node));
    };
    let mut properties = Properties::new(node, span, reader);
    let mut action = read(&mut properties, paths);
    let others = properties.finish();
    // A node of type Disconnect ends by disconnecting, unless it sets `endType`.
    if let Action::End(end) = &mut action
        && name.eq_ignore_ascii_case(names[1])
        && node
            .get("properties")
            .and_then(|properties| properties.get("endType"))
            .is_none()
    {
        end.end_type = EndType::Disconnect;
    }
    (action, others)
}

/// Returns all properties of a node of unknown type.
fn all_properties(node: &Document<'_>) -> IndexMap<Text, Json> {
    let entries = node.get("properties").map_or(&[][..], Document::entries);
    entries.iter().map(|entry| (Text::from(&*entry.key), json(&entry.value))).collect()
}

type Source<'p, 'd, 's, 'a, 'r> = &'p mut Properties<'d, 's, 'a, 'r>;

fn say(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let text = properties.phrase("sayText");
    properties.ignore(&["sayLanguage", "sayGender", "playBeepBeforeText"]);
    if text.is_none() {
        properties.missing(
            "a Say node needs a `sayText`",
            "add the text that the caller hears",
        );
    }
    Action::Say(Say { text: text.unwrap_or_else(|| Template::Text(Text::new())) })
}

fn gather(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let prompt = properties.phrase("promptText");
    properties.ignore(&["promptLanguage", "promptGender"]);
    let max_digits = properties.count("maxDigits", (1, 1000), 1);
    let min_digits = properties.count("minDigits", (0, 1000), 1);
    if min_digits > max_digits {
        let message =
            format!("`minDigits` is {min_digits}, more than `maxDigits`, {max_digits}");
        properties.missing(&message, "lower `minDigits` or raise `maxDigits`");
    }
    let timeout_ms = properties.seconds("timeoutSeconds").unwrap_or(5_000);
    let inter_digit_timeout_ms =
        properties.seconds("interDigitTimeoutSeconds").unwrap_or(3_000);
    let valid_digits = keys(properties, "validDigits");
    let terminating_key = keys(properties, "terminatingKey").and_then(|keys| {
        let mut characters = keys.value.chars();
        let first = characters.next();
        if characters.next().is_some() {
            let message = "`terminatingKey` must be a single key".into();
            properties.reader.invalid(keys.span, message, "");
        }
        first
    });
    Action::Gather(Box::new(Gather {
        prompt,
        min_digits: u32::try_from(min_digits).unwrap_or(1),
        max_digits: u32::try_from(max_digits).unwrap_or(1),
        timeout_ms,
        inter_digit_timeout_ms,
        valid_digits: valid_digits.map(|keys| keys.value).unwrap_or_default(),
        terminating_key,
    }))
}

fn keys(
    properties: Source<'_, '_, '_, '_, '_>,
    name: &'static str,
) -> Option<Spanned<Text>> {
    let keys = properties.text(name)?;
    let is_key = |c: char| matches!(c, '0'..='9' | '*' | '#' | 'A'..='D');
    if let Some(other) = keys.value.chars().find(|c| !is_key(*c)) {
        let message =
            format!("`{name}` must contain only telephone keys, found `{other}`");
        properties.reader.invalid(
            keys.span,
            message,
            "keys are 0 to 9, `*`, `#` and A to D",
        );
        return None;
    }
    Some(keys)
}

fn set(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let list = properties.get("setVars");
    let Some(list) = list.filter(|list| matches!(list.kind, Kind::Array(_))) else {
        let message =
            "a Set node needs `setVars`, a list of `{key, value: {type, value}}`";
        match list {
            Some(list) => properties.reader.invalid(list.span, message.into(), ""),
            None => properties.missing(message, ""),
        }
        return Action::Set(Set { assignments: Vec::new() });
    };
    let items = list.items().iter();
    let assignments =
        items.filter_map(|item| assignment(item, properties.reader)).collect();
    Action::Set(Set { assignments })
}

fn assignment(item: &Document<'_>, reader: &mut Reader<'_>) -> Option<Assignment> {
    let key = item.get("key").and_then(|key| Some((key.as_str()?, key.span)));
    let Some((name, span)) = key.filter(|(name, _)| !name.is_empty()) else {
        let message = "an item of `setVars` needs a `key`, the name of a variable".into();
        reader.invalid(item.span, message, "");
        return None;
    };
    let variable = Spanned { value: Text::from(name), span };
    let Some(value) = item.get("value") else {
        reader.invalid(item.span, format!("`{name}` has no `value`"), "");
        // The variable counts as set, so that its readers are not reported too.
        let (variable_type, value) =
            (VariableType::Unchanged, Form::Constant(Json::Null));
        return Some(Assignment { variable, variable_type, value });
    };
    // The form is `{type, value}`, or the value itself.
    let is_typed = matches!(value.kind, Kind::Object(_)) && value.get("value").is_some();
    let inner = if is_typed { value.get("value").unwrap_or(value) } else { value };
    let variable_type = match value.get("type").filter(|_| is_typed) {
        Some(node) => variable_type(node, reader),
        None => VariableType::Unchanged,
    };
    Some(Assignment { variable, variable_type, value: reader.form(inner) })
}

fn variable_type(node: &Document<'_>, reader: &mut Reader<'_>) -> VariableType {
    const TYPES: &[(&str, VariableType)] = &[
        ("string", VariableType::String),
        ("integer", VariableType::Integer),
        ("decimal", VariableType::Decimal),
        ("number", VariableType::Number),
        ("boolean", VariableType::Boolean),
        ("json", VariableType::Json),
        ("increment", VariableType::Increment),
    ];
    let name = node.as_str().unwrap_or_default();
    let known = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, variable_type)) = known {
        return *variable_type;
    }
    let names = TYPES.iter().map(|(name, _)| *name);
    let help = match nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the types are {}", names.collect::<Vec<_>>().join(", ")),
    };
    let message = match node.as_str() {
        Some(name) => format!("unknown variable type `{name}`"),
        None => format!(
            "the `type` of a variable must be a string, found {}",
            node.describe()
        ),
    };
    reader.invalid(node.span, message, &help);
    VariableType::Unchanged
}

fn decide(properties: &mut Properties<'_, '_, '_, '_>, paths: &mut Vec<Path>) -> Action {
    let mut conditions = Vec::new();
    let list = properties.get("conditions");
    if list.is_none_or(|list| !matches!(list.kind, Kind::Array(_))) {
        let message = "an If node needs `conditions`, a list of `{expression, nextNode}`";
        properties.missing(message, "");
    }
    let items = list.map_or(&[][..], |list| list.items());
    if let Some(beyond) = items.get(MAX_CONDITIONS) {
        let message = format!("an If node has at most {MAX_CONDITIONS} conditions");
        properties.reader.invalid(
            beyond.span,
            message,
            "split the node, and continue with `defaultNextNode` in another If node",
        );
    }
    for item in items.iter().take(MAX_CONDITIONS) {
        conditions.push(condition(item, properties.reader));
        let number = u16::try_from(conditions.len()).unwrap_or(u16::MAX);
        match item.get("nextNode").and_then(target_of) {
            Some(target) => {
                paths.push(Path { kind: PathKind::Condition(number), target });
            }
            None => {
                let message = "a condition needs a `nextNode`, the id of a node".into();
                properties.reader.invalid(item.span, message, "");
            }
        }
    }
    let default = properties.get("defaultNextNode");
    let default =
        default.and_then(|node| handler("defaultNextNode", node, properties.reader));
    if let Some(target) = default {
        paths.push(Path { kind: PathKind::Default, target });
    }
    Action::If(If { conditions })
}

/// Reads a condition. A condition that cannot be read is reported and is never true. Its
/// path is kept, so that its target is not reported as unreachable.
fn condition(
    item: &Document<'_>,
    reader: &mut Reader<'_>,
) -> Spanned<(Text, Condition<Reference>)> {
    let never = Condition::Holds(Operand::Null);
    let Some(expression) = item.get("expression") else {
        reader.invalid(item.span, "a condition needs an `expression`".into(), "");
        return Spanned { value: (Text::new(), never), span: item.span };
    };
    let Some(text) = expression.as_str() else {
        let message =
            format!("`expression` must be a string, found {}", expression.describe());
        reader.invalid(expression.span, message, "");
        return Spanned { value: (Text::new(), never), span: expression.span };
    };
    let condition = reader.condition(text, expression.span).unwrap_or(never);
    Spanned { value: (Text::from(text), condition), span: expression.span }
}

fn call_flow(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let flow_id = properties.text("flowId");
    let flow_name = properties.text("flowName");
    if flow_id.is_none() && flow_name.is_none() {
        let message = "a Flow node needs a `flowId` or a `flowName`";
        properties.missing(message, "name the flow to call");
    }
    let timeout_ms = properties.seconds("timeoutSeconds");
    let inputs = object(properties, "inputs").map(|object| {
        let form = |entry: &crate::source::Entry<'_>| {
            let name = Spanned { value: Text::from(&*entry.key), span: entry.key_span };
            (name, properties.reader.form(&entry.value))
        };
        object.entries().iter().map(form).collect()
    });
    let outputs = object(properties, "outputs").map(|object| {
        let mut outputs = Vec::new();
        for entry in object.entries() {
            let Some(name) = entry.value.as_str().filter(|name| !name.is_empty()) else {
                let message =
                    "an output must have the form `callerVariable: calledVariable`";
                properties.reader.invalid(entry.value.span, message.into(), "");
                continue;
            };
            let caller = Spanned { value: Text::from(&*entry.key), span: entry.key_span };
            let called = Spanned { value: Text::from(name), span: entry.value.span };
            outputs.push((caller, called));
        }
        outputs
    });
    Action::CallFlow(Box::new(CallFlow {
        flow_id,
        flow_name,
        timeout_ms,
        inputs,
        outputs,
    }))
}

fn object<'d, 's>(
    properties: &mut Properties<'d, 's, '_, '_>,
    name: &'static str,
) -> Option<&'d Document<'s>> {
    let node = properties.get(name)?;
    if matches!(node.kind, Kind::Object(_)) {
        return Some(node);
    }
    let message = format!("`{name}` must be an object, found {}", node.describe());
    properties.reader.invalid(node.span, message, "");
    None
}

fn route(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let queue_id = properties.phrase("queueId");
    let queue_name = properties.phrase("queueName");
    if queue_id.is_none() && queue_name.is_none() {
        properties
            .missing("a Route node needs a `queueId` or a `queueName`", "name the queue");
    }
    let mut skills = Vec::new();
    let list = properties.get("skillRequirements");
    if let Some(list) = list.filter(|list| !matches!(list.kind, Kind::Array(_))) {
        let found = list.describe();
        let message = format!("`skillRequirements` must be a list, found {found}");
        properties.reader.invalid(list.span, message, "write `[\"spanish\"]`");
    }
    for item in list.map_or(&[][..], |list| list.items()) {
        let named = item.get("name").or_else(|| item.get("id")).unwrap_or(item);
        match named.as_str() {
            Some(text) => skills.push(properties.reader.template(text, named.span)),
            None => {
                let message = "a skill must be a name, or an object with a `name`".into();
                properties.reader.invalid(item.span, message, "");
            }
        }
    }
    let has_priority = properties.get("priority").is_some();
    let priority = properties.count("priority", (-25_000_000, 25_000_000), 0);
    let priority = has_priority.then_some(priority);
    Action::Route(Box::new(Route { queue_id, queue_name, skills, priority }))
}

fn contact(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let key = properties.text("lookupKey");
    let lookup_key = match &key {
        // Both `from` and `{from}` name the field.
        Some(key) => {
            let name = key.value.trim_start_matches('{').trim_end_matches('}');
            reference(name, key.span)
        }
        None => reference("from", properties.span),
    };
    let lookup_value = properties.phrase("lookupValue");
    let on_not_found = match properties.text("onNotFound") {
        None => NotFound::Null,
        Some(text) if text.value.eq_ignore_ascii_case("null") => NotFound::Null,
        Some(text) if text.value.eq_ignore_ascii_case("error") => NotFound::Error,
        Some(text) => {
            let message =
                format!("`onNotFound` must be `null` or `error`, found `{}`", text.value);
            properties.reader.invalid(text.span, message, "");
            NotFound::Null
        }
    };
    let lookup = GetExternalContact { lookup_key, lookup_value, on_not_found };
    Action::GetExternalContact(Box::new(lookup))
}

fn data_action(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let action_id = properties.text("actionId").map(|text| text.value);
    let action_name = properties.text("actionName").map(|text| text.value);
    if action_id.is_none() && action_name.is_none() {
        let message = "a DataAction node needs an `actionId` or an `actionName`";
        properties.missing(message, "name the data action");
    }
    let inputs = object(properties, "inputs").map_or(&[][..], |object| object.entries());
    let inputs = inputs
        .iter()
        .map(|entry| (Text::from(&*entry.key), properties.reader.form(&entry.value)));
    let inputs = inputs.collect();
    let timeout_ms = properties.seconds("timeoutSeconds").unwrap_or(5_000);
    Action::DataAction(Box::new(DataAction {
        action_id,
        action_name,
        inputs,
        timeout_ms,
    }))
}

fn statistics(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let queue_id = properties.phrase("queueId");
    if queue_id.is_none() {
        properties.missing("a GetQueueStats node needs a `queueId`", "name the queue");
    }
    let queue_id = queue_id.unwrap_or_else(|| Template::Text(Text::new()));
    Action::QueueStatistics(QueueStatistics { queue_id })
}

fn webhook(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    let webhook_id = properties.text("webhookId").map(|text| text.value);
    let url = properties.phrase("url");
    if webhook_id.is_none() && url.is_none() {
        properties
            .missing("a Webhook node needs a `webhookId` or a `url`", "name the webhook");
    }
    let body: Form<Reference> = match properties.get("body") {
        Some(body) => properties.reader.form(body),
        None => Form::Constant(Json::Null),
    };
    let timeout_ms = properties.seconds("timeoutSeconds").unwrap_or(5_000);
    Action::Webhook(Box::new(Webhook { webhook_id, url, body, timeout_ms }))
}

fn end(properties: Source<'_, '_, '_, '_, '_>) -> Action {
    const TYPES: [EndType; 3] = [EndType::Normal, EndType::Error, EndType::Disconnect];
    let Some(text) = properties.text("endType") else {
        return Action::End(End { end_type: EndType::Normal });
    };
    let known =
        TYPES.into_iter().find(|known| known.name().eq_ignore_ascii_case(&text.value));
    let Some(end_type) = known else {
        let names = TYPES.map(EndType::name);
        let help = match nearest(&text.value, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the types are {}", names.join(", ")),
        };
        let message = format!("unknown `endType` `{}`", text.value);
        properties.reader.invalid(text.span, message, &help);
        return Action::End(End { end_type: EndType::Normal });
    };
    Action::End(End { end_type })
}
