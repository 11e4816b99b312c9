//! Entries that fixtures need so that flows run: everything that the flows name and the
//! fixtures lack, with a value of the right type.

use indexmap::IndexMap;

use super::fixtures::findings;
use crate::diagnostic::Code;
use crate::engine::context_field;
use crate::expr::architect::Directory;
use crate::flow::architect::{Action, ArchitectFlow};
use crate::flow::kinds::SUCCESSES;
use crate::flow::{
    Dependency, DependencyKind, Flow, Received, attributes_read, built_ins_read,
    context_read, dependencies, needs_answer, received,
};
use crate::program::Program;
use crate::source::Span;
use crate::value::{Json, Kind, Text, Type};
use crate::world::{Fixtures, section_of};

/// Section of participant attributes. They belong to the context of a call, not to the
/// fixtures.
pub const ATTRIBUTES: &str = "participantData";

/// Section of the other fields of the context of a call, which fixtures do not have
/// either.
pub const CONTEXT: &str = "context";

/// Maximum depth of the results of a data action.
const MAX_DEPTH: usize = 16;

/// An entry that the fixtures lack.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingEntry {
    /// The section of the fixtures, or [`ATTRIBUTES`], or [`CONTEXT`].
    pub section: &'static str,
    /// The name.
    pub name: Text,
    /// The flow that names it first.
    pub flow: Text,
    /// The place where the flow names it.
    pub span: Span,
    /// A value with which the flow runs.
    pub value: Json,
}

/// Returns the entries that the fixtures lack, in the order of sections and then of the
/// flows. Each entry is listed once, at its first use.
pub fn missing_entries(
    drafts: &[Flow],
    flows: &[ArchitectFlow],
    fixtures: &Fixtures,
) -> Vec<MissingEntry> {
    let mut found = Found::default();
    for flow in flows {
        dependencies(flow, &mut |dependency| {
            found.add_dependency(&dependency, flow, fixtures);
        });
        flow.each_action(&mut |_, action| {
            if needs_answer(action, flows) {
                found.add_action(action, flow, fixtures);
            }
        });
        received(flow, &mut |result| found.add_result(&result, flow));
        for (name, span) in attributes_read(flow) {
            let value = Json::from(name.as_str());
            found.add(ATTRIBUTES, &name, flow.name.value.clone(), span, value);
        }
        for (name, span) in built_ins_read(flow) {
            if let Some(field) = context_field(&name) {
                found.add_field(&Text::from(field), &flow.name.value, span);
            }
        }
    }
    found.add_drafts(&Program::compile(drafts), fixtures);
    for flow in drafts {
        for (name, span) in context_read(flow) {
            found.add_field(&name, flow.key(), span);
        }
    }
    let order = |entry: &MissingEntry| {
        SECTIONS.iter().position(|section| *section == entry.section)
    };
    let mut entries: Vec<MissingEntry> = found.entries.into_values().collect();
    entries.sort_by_key(order);
    entries
}

/// Sections in the order of a fixtures document.
const SECTIONS: [&str; 17] = [
    "queues",
    "users",
    "groups",
    "skills",
    "languageSkills",
    "wrapupCodes",
    "schedules",
    "scheduleGroups",
    "emergencyGroups",
    "prompts",
    "systemPrompts",
    "dataTables",
    "dataActions",
    "webhooks",
    "actions",
    CONTEXT,
    ATTRIBUTES,
];

/// The entries by section and name, ignoring case.
#[derive(Default)]
struct Found {
    entries: IndexMap<(&'static str, String), MissingEntry>,
}

impl Found {
    fn add(
        &mut self,
        section: &'static str,
        name: &Text,
        flow: Text,
        span: Span,
        value: Json,
    ) {
        let entry = || MissingEntry { section, name: name.clone(), flow, span, value };
        self.entries.entry((section, name.to_lowercase().into())).or_insert_with(entry);
    }

    /// Adds a field of the context.
    fn add_field(&mut self, name: &Text, flow: &Text, span: Span) {
        let value = Json::from(example(name));
        self.add(CONTEXT, name, flow.clone(), span, value);
    }

    /// Adds an action that fixtures answer, under the name that only it has.
    fn add_action(&mut self, action: &Action, flow: &ArchitectFlow, fixtures: &Fixtures) {
        let (name, kind) = (action.title(), action.kind.value.as_str());
        let flow_name = &flow.name.value;
        if fixtures.knows_action(flow_name, kind, name) {
            return;
        }
        let of_kind = action.spec().map_or(&[][..], |spec| spec.outputs);
        let has = |path: &str| {
            of_kind.contains(&path) || action.outputs.iter().any(|it| it.label == path)
        };
        let path = SUCCESSES.iter().find(|path| has(path));
        let path = path.map(|path| ("path".into(), Json::from(*path)));
        let outputs = ("outputs".into(), Json::object([]));
        let value = Json::object(path.into_iter().chain([outputs]));
        let key = action_key(flow, action);
        self.add("actions", &key, flow_name.clone(), action.span, value);
    }

    fn add_dependency(
        &mut self,
        dependency: &Dependency<'_>,
        flow: &ArchitectFlow,
        fixtures: &Fixtures,
    ) {
        let Dependency { what, name, span, .. } = dependency;
        let has = |known: Vec<&str>| known.iter().any(|it| it.eq_ignore_ascii_case(name));
        match *what {
            DependencyKind::Object(kind) if !has(fixtures.object_names(kind)) => {
                if let Some(section) = section_of(kind) {
                    let value = object(kind, name);
                    self.add(section, name, flow.name.value.clone(), *span, value);
                }
            }
            DependencyKind::SystemPrompt if fixtures.system_prompt(name).is_none() => {
                let words = Json::from(name.as_str());
                let value = Json::object([("audio".into(), words)]);
                let flow = flow.name.value.clone();
                self.add("systemPrompts", name, flow, *span, value);
            }
            DependencyKind::DataAction(id)
                if !fixtures.knows_data_action(id, Some(name)) =>
            {
                let flow = flow.name.value.clone();
                self.add("dataActions", name, flow, *span, answer());
            }
            DependencyKind::DataTable if !has(fixtures.data_table_names().collect()) => {
                let flow = flow.name.value.clone();
                self.add("dataTables", name, flow, *span, Json::object([]));
            }
            _ => {}
        }
    }

    /// Adds a result to the entry of its data action, data table or other action.
    fn add_result(&mut self, result: &Received<'_>, flow: &ArchitectFlow) {
        let named = |setting: &str| {
            let setting = result.action.settings.get(setting)?;
            setting.value.text().map(str::to_lowercase)
        };
        let key = match (named("dataAction"), named("dataTable")) {
            (Some(name), _) => ("dataActions", name),
            (None, Some(name)) => ("dataTables", name),
            (None, None) => {
                ("actions", action_key(flow, result.action).to_lowercase().into())
            }
        };
        let Some(entry) = self.entries.get_mut(&key) else { return };
        if key.0 == "actions" {
            let value = skeleton(result.value_type, result.name);
            insert(&mut entry.value, &["outputs", result.name], value);
            return;
        }
        if key.0 == "dataTables" {
            let column = Json::from(column_type(result.value_type));
            insert(&mut entry.value, &["columns", result.name], column);
            return;
        }
        let mut path = vec!["output"];
        path.extend(result.name.split('.').take(MAX_DEPTH));
        let last = path.last().copied().unwrap_or_default();
        let value = skeleton(result.value_type, last);
        insert(&mut entry.value, &path, value);
    }

    /// Adds queues, data actions and webhooks of draft flows.
    fn add_drafts(&mut self, program: &Program, fixtures: &Fixtures) {
        for finding in findings(program, fixtures, true) {
            let (section, value) = match finding.code {
                Code::QUEUE_NOT_FOUND => ("queues", None),
                Code::DATA_ACTION_NOT_MOCKED => ("dataActions", Some(answer())),
                _ => ("webhooks", Some(Json::object([("status".into(), 200.into())]))),
            };
            let name = finding.message.split('`').nth(1).unwrap_or_default();
            let Some(label) = finding.labels.first() else { continue };
            let (name, span) = (Text::from(name), label.span);
            let flow = finding.flow.clone().unwrap_or_default();
            // A draft flow names a queue by its id or its name.
            let queue = || {
                let text = || Json::from(name.as_str());
                Json::object([("id".into(), text()), ("name".into(), text())])
            };
            let value = value.unwrap_or_else(queue);
            let key = (section, name.to_lowercase().into());
            let entry = MissingEntry { section, name, flow: flow.into(), span, value };
            self.entries.entry(key).or_insert(entry);
        }
    }
}

/// Returns the name of one action of one flow in the fixtures.
fn action_key(flow: &ArchitectFlow, action: &Action) -> Text {
    format!("{}/{}", flow.name.value, action.title()).into()
}

/// Returns an example of a field of the context.
fn example(field: &str) -> &str {
    match field {
        "from" | "ani" | "caller_id" | "callerId" => "+15551234567",
        "to" | "dnis" => "+15557654321",
        "language" => "en-us",
        "positionInQueue" => "1",
        "estimatedWaitMs" => "60000",
        "message" => "Hello",
        other => other,
    }
}

fn answer() -> Json {
    Json::object([("output".into(), Json::object([]))])
}

/// Returns an object of the organisation with which a flow runs: schedules are always
/// active, so that groups are open.
fn object(kind: Kind, name: &Text) -> Json {
    let text = |text: &str| Json::from(text);
    match kind {
        Kind::Queue => Json::object([("name".into(), text(name))]),
        Kind::User if name.contains('@') => Json::object([
            ("name".into(), text(name.split('@').next().unwrap_or(name))),
            ("email".into(), text(name)),
        ]),
        Kind::User => Json::object([("name".into(), text(name))]),
        Kind::Prompt => Json::object([("tts".into(), text(name))]),
        Kind::Schedule => Json::object([
            ("start".into(), text("2026-01-01T00:00")),
            ("end".into(), text("2026-01-02T00:00")),
            ("rrule".into(), text("FREQ=DAILY")),
        ]),
        Kind::EmergencyGroup => Json::object([("enabled".into(), Json::Boolean(false))]),
        _ => Json::Null,
    }
}

fn column_type(value_type: Type) -> &'static str {
    match value_type.kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::Decimal => "number",
        _ => "string",
    }
}

/// Returns a value of a type; a string is its own name.
fn skeleton(value_type: Type, name: &str) -> Json {
    let one = match value_type.kind {
        Kind::Boolean => Json::Boolean(true),
        Kind::Integer | Kind::Decimal => Json::Integer(1),
        Kind::DateTime => Json::from("2026-01-05T09:00:00Z"),
        Kind::Duration => Json::from("PT1M"),
        Kind::Json => Json::object([]),
        _ => Json::from(name),
    };
    if value_type.is_collection { Json::array([one]) } else { one }
}

/// Inserts a value at a path, unless there is one.
fn insert(into: &mut Json, path: &[&str], value: Json) {
    let Some((first, rest)) = path.split_first() else { return };
    if !matches!(into, Json::Object(_)) {
        *into = Json::object([]);
    }
    let Json::Object(members) = into else { return };
    let members = std::sync::Arc::make_mut(members);
    if rest.is_empty() {
        members.entry(Text::from(*first)).or_insert(value);
        return;
    }
    let inner = members.entry(Text::from(*first)).or_insert_with(|| Json::object([]));
    insert(inner, rest, value);
}
