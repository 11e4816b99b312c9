//! Outlines of draft flows.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::outline::{Aspect, Branch, Item, Link, Outline, Property, Source, sorted};
use super::volatile::{is_volatile, lasting};
use crate::expr::draft::{Form, Reference, Template};
use crate::flow::{
    Action, Assignment, CallFlow, DataAction, Flow, Gather, GetExternalContact, Node,
    NotFound, PathKind, Route, Target, VariableType, Webhook,
};
use crate::value::{Json, Text};

/// Creates the outline of a flow. `called` returns the displayed name of a flow that is
/// called by id.
pub(super) fn outline(flow: &Flow, called: &dyn Fn(&str) -> Text) -> Outline {
    let mut facts = vec![Property::one("type", Aspect::Setting, &flow.flow_type)];
    if !flow.is_published {
        facts.push(Property::one("published", Aspect::Setting, false));
    }
    let mut volatile = Vec::new();
    others(&flow.other, &mut facts, &mut volatile);
    let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    volatile.push(("id".into(), text(&flow.id)));
    volatile.push(("version".into(), text(&flow.version)));
    let start = flow.start.as_ref().map(|start| way(flow, "start", start));
    Outline {
        facts,
        links: start.into_iter().collect(),
        items: flow.nodes.values().map(|node| item(flow, node, called)).collect(),
        volatile,
        source: Source::Draft,
    }
}

fn way(flow: &Flow, label: &str, target: &Target) -> Link {
    let to = flow.nodes.get_index_of(&target.node);
    Link { label: label.into(), to, shown: target.node.clone() }
}

fn item(flow: &Flow, node: &Node, called: &dyn Fn(&str) -> Text) -> Item {
    let mut facts = Vec::new();
    if let Action::CallFlow(call) = &node.action {
        of_call(call, called, &mut facts);
    }
    of_action(&node.action, &mut facts);
    let mut volatile = Vec::new();
    let properties = node.other_properties.iter();
    facts.extend(properties.map(|(name, value)| {
        let is_prompt = name.starts_with("say") || name.starts_with("prompt");
        let aspect = if is_prompt { Aspect::Prompt } else { Aspect::Setting };
        Property::one(name.to_string(), aspect, sorted(value))
    }));
    others(&node.other, &mut facts, &mut volatile);
    let ways = node.paths.iter().filter_map(|path| {
        let label = match path.kind {
            PathKind::Next => "next",
            PathKind::Error => "error",
            PathKind::Default => "default",
            PathKind::Condition(_) => return None,
        };
        Some(way(flow, label, &path.target))
    });
    Item {
        key: Some(node.id.clone()),
        id: node.id.clone(),
        name: node.name.clone(),
        kind: kind(node),
        place: None,
        facts,
        links: ways.collect(),
        branches: branches(flow, node),
        volatile,
    }
}

fn branches(flow: &Flow, node: &Node) -> Vec<Branch> {
    let Action::If(decision) = &node.action else { return Vec::new() };
    let mut targets: IndexMap<u16, &Target, FxBuildHasher> = IndexMap::default();
    for path in &node.paths {
        if let PathKind::Condition(number) = path.kind {
            targets.insert(number, &path.target);
        }
    }
    let conditions = decision.conditions.iter().zip(1..);
    let branches = conditions.map(|(condition, number)| Branch {
        condition: condition.value.1.to_string(),
        way: targets.get(&number).map(|target| way(flow, "", target)),
    });
    branches.collect()
}

/// Returns the canonical type; types have several names, and their case does not matter.
fn kind(node: &Node) -> Text {
    Text::from(match &node.action {
        Action::Say(_) => "Say",
        Action::Gather(_) => "Gather",
        Action::Set(_) => "Set",
        Action::If(_) => "If",
        Action::CallFlow(_) => "Flow",
        Action::Route(_) => "Route",
        Action::GetExternalContact(_) => "GetExternalContactAction",
        Action::DataAction(_) => "DataAction",
        Action::QueueStatistics(_) => "GetQueueStats",
        Action::Webhook(_) => "Webhook",
        Action::End(_) => "End",
        Action::Unknown => return node.node_type.clone(),
    })
}

/// Adds the entries that are not part of the dialect.
fn others(
    entries: &IndexMap<Text, Json>,
    facts: &mut Vec<Property>,
    volatile: &mut Vec<(String, String)>,
) {
    for (name, value) in entries {
        if is_volatile(name) {
            volatile.push((name.to_string(), sorted(value)));
        } else {
            let lasting = sorted(&lasting(value));
            facts.push(Property::one(name.to_string(), Aspect::Setting, lasting));
        }
    }
}

fn of_action(action: &Action, facts: &mut Vec<Property>) {
    match action {
        Action::Say(say) => {
            facts.push(Property::one("sayText", Aspect::Prompt, &say.text));
        }
        Action::Gather(gather) => of_gather(gather, facts),
        Action::Set(set) => {
            let assignments = set.assignments.iter().map(assignment);
            facts.push(Property::list("setVars", Aspect::Variable, assignments));
        }
        Action::Route(route) => of_route(route, facts),
        Action::GetExternalContact(lookup) => of_lookup(lookup, facts),
        Action::DataAction(call) => of_data_action(call, facts),
        Action::QueueStatistics(statistics) => {
            facts.push(Property::one("queueId", Aspect::Setting, &statistics.queue_id));
        }
        Action::Webhook(webhook) => of_webhook(webhook, facts),
        Action::End(end) => {
            facts.push(Property::one("endType", Aspect::Setting, end.end_type.name()));
        }
        Action::If(_) | Action::CallFlow(_) | Action::Unknown => {}
    }
}

fn of_gather(gather: &Gather, facts: &mut Vec<Property>) {
    let mut setting = |name: &str, value: String| {
        facts.push(Property::one(name, Aspect::Setting, value));
    };
    setting("minDigits", gather.min_digits.to_string());
    setting("maxDigits", gather.max_digits.to_string());
    setting("timeoutSeconds", seconds(gather.timeout_ms));
    setting("interDigitTimeoutSeconds", seconds(gather.inter_digit_timeout_ms));
    if !gather.valid_digits.is_empty() {
        setting("validDigits", gather.valid_digits.to_string());
    }
    if let Some(key) = gather.terminating_key {
        setting("terminatingKey", key.to_string());
    }
    template("promptText", Aspect::Prompt, gather.prompt.as_ref(), facts);
}

fn template(
    name: &str,
    aspect: Aspect,
    template: Option<&Template<Reference>>,
    facts: &mut Vec<Property>,
) {
    facts.extend(template.map(|template| Property::one(name, aspect, template)));
}

fn text(name: &str, text: Option<&Text>, facts: &mut Vec<Property>) {
    facts.extend(text.map(|text| Property::one(name, Aspect::Setting, text)));
}

fn of_route(route: &Route, facts: &mut Vec<Property>) {
    template("queueId", Aspect::Routing, route.queue_id.as_ref(), facts);
    template("queueName", Aspect::Routing, route.queue_name.as_ref(), facts);
    if !route.skills.is_empty() {
        let skills = route.skills.iter().map(ToString::to_string);
        facts.push(Property::list("skillRequirements", Aspect::Routing, skills));
    }
    let priority = route.priority;
    facts.extend(priority.map(|it| Property::one("priority", Aspect::Routing, it)));
}

fn of_call(call: &CallFlow, called: &dyn Fn(&str) -> Text, facts: &mut Vec<Property>) {
    let id = call.flow_id.as_ref().map(|id| called(&id.value));
    text("flowId", id.as_ref(), facts);
    text("flowName", call.flow_name.as_ref().map(|name| &name.value), facts);
    let timeout = call.timeout_ms.map(seconds);
    facts.extend(timeout.map(|it| Property::one("timeoutSeconds", Aspect::Setting, it)));
    if let Some(inputs) = &call.inputs {
        let inputs = inputs
            .iter()
            .map(|(name, value)| format!("{} = {}", name.value, form(value)));
        facts.push(Property::list("inputs", Aspect::Variable, inputs));
    }
    if let Some(outputs) = &call.outputs {
        let outputs =
            outputs.iter().map(|(own, its)| format!("{} = {}", own.value, its.value));
        facts.push(Property::list("outputs", Aspect::Variable, outputs));
    }
    // Lists that are present but empty also mean isolation.
    if call.is_isolated() {
        facts.push(Property::one("isolated variables", Aspect::Variable, true));
    }
}

fn of_lookup(lookup: &GetExternalContact, facts: &mut Vec<Property>) {
    facts.push(Property::one("lookupKey", Aspect::Setting, &lookup.lookup_key));
    template("lookupValue", Aspect::Setting, lookup.lookup_value.as_ref(), facts);
    let not_found = match lookup.on_not_found {
        NotFound::Null => "null",
        NotFound::Error => "error",
    };
    facts.push(Property::one("onNotFound", Aspect::Setting, not_found));
}

fn of_data_action(call: &DataAction, facts: &mut Vec<Property>) {
    text("actionId", call.action_id.as_ref(), facts);
    text("actionName", call.action_name.as_ref(), facts);
    for (name, value) in &call.inputs {
        facts.push(Property::one(format!("inputs.{name}"), Aspect::Setting, form(value)));
    }
    facts.push(Property::one(
        "timeoutSeconds",
        Aspect::Setting,
        seconds(call.timeout_ms),
    ));
}

fn of_webhook(webhook: &Webhook, facts: &mut Vec<Property>) {
    text("webhookId", webhook.webhook_id.as_ref(), facts);
    template("url", Aspect::Setting, webhook.url.as_ref(), facts);
    facts.push(Property::one("body", Aspect::Setting, form(&webhook.body)));
    facts.push(Property::one(
        "timeoutSeconds",
        Aspect::Setting,
        seconds(webhook.timeout_ms),
    ));
}

/// Formats an assignment: `count = 1 (increment)`.
fn assignment(assignment: &Assignment) -> String {
    let holds = match assignment.variable_type {
        VariableType::Unchanged => "",
        VariableType::String => " (string)",
        VariableType::Integer => " (integer)",
        VariableType::Decimal => " (decimal)",
        VariableType::Number => " (number)",
        VariableType::Boolean => " (boolean)",
        VariableType::Json => " (json)",
        VariableType::Increment => " (increment)",
    };
    format!("{} = {}{holds}", assignment.variable.value, form(&assignment.value))
}

/// Formats a value as JSON with templates, its keys in order.
fn form(form: &Form<Reference>) -> String {
    sorted(&json(form))
}

/// Converts a form to JSON. The recursion is limited by the nesting depth, which is bounded
/// when the document is read.
fn json(form: &Form<Reference>) -> Json {
    match form {
        // Formatted as a template, in which literal braces are escaped.
        Form::Constant(Json::String(text)) => {
            let template = Template::<Reference>::Text(text.clone());
            Json::String(Text::from(template.to_string()))
        }
        Form::Constant(json) => json.clone(),
        Form::Template(template) => Json::String(Text::from(template.to_string())),
        Form::Array(items) => Json::array(items.iter().map(json)),
        Form::Object(entries) => {
            Json::object(entries.iter().map(|(key, value)| (key.clone(), json(value))))
        }
    }
}

/// Formats milliseconds as seconds, as authors write them.
fn seconds(milliseconds: i64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_the_digits_that_count() {
        let shown = [0, 5_000, 2_500, 10, 100_000].map(seconds);
        assert_eq!(shown, ["0", "5", "2.5", "0.01", "100"]);
    }
}
