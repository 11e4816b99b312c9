//! An Architect flow as JSON in the form of draft flows, which shows the result of
//! reading: every unit and action is a node, with its settings and targets.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::graph::Graph;
use crate::flow::architect::{
    Action, ArchitectFlow, Choice, Output, Setting, Settings, Unit, Variable,
};
use crate::flow::kinds::Operation;
use crate::source::nested;
use crate::value::{Json, JsonObject, Text};

/// Returns the JSON of a flow: `{id, name, type, …, draft: {startNode, nodes}}`.
///
/// Nodes have the same ids as in runs. They are in the order of the document: a unit,
/// then its actions, with the actions of outputs after the action that contains them.
/// Settings have Archy's form, such as `{exp: …}`. Literals have no wrapper unless they
/// are objects or lists. The JSON is for reading and cannot be run.
pub fn model(flow: &ArchitectFlow) -> Json {
    let graph = Graph::in_document_order(flow);
    let mut writer = Writer::new(flow, &graph);
    for unit in &flow.units {
        writer.unit(unit);
    }
    let start = flow.start.as_ref().and_then(|start| start.unit.as_ref());
    let start = start.and_then(|key| writer.unit_id(key));
    let languages = flow.languages.iter().cloned().map(Json::String);
    let variables = writer.variables(&flow.variables);
    let settings = writer.settings(&flow.settings);
    let draft = object([
        ("startNode", start.map_or(Json::Null, Json::String)),
        ("nodes", Json::Object(writer.nodes.into())),
    ]);
    let text = |text: &Option<Text>| text.clone().map_or(Json::Null, Json::String);
    without_nothing([
        ("id", text(&flow.id)),
        ("name", Json::String(flow.name.value.clone())),
        ("type", Json::String(flow.flow_type.clone())),
        ("version", text(&flow.version)),
        ("description", text(&flow.description)),
        ("division", text(&flow.division)),
        ("defaultLanguage", text(&flow.default_language)),
        ("languages", Json::array(languages)),
        ("variables", variables),
        ("settings", settings),
        ("draft", draft),
    ])
}

/// The data of a flow that the nodes need.
struct Writer<'f> {
    /// The id of each vertex of its graph; the task of a choice has none.
    ids: Vec<Option<Text>>,
    /// The vertex that is written next.
    vertex: usize,
    /// The vertices of units, by their keys.
    units: IndexMap<&'f str, usize>,
    /// The targets of each vertex, with their labels; the ordinary path has no label.
    ways: Vec<Vec<(&'f str, usize)>>,
    nodes: JsonObject,
}

/// Recurses with the nesting of the actions, and of the values in settings.
impl<'f> Writer<'f> {
    fn new(flow: &'f ArchitectFlow, graph: &'f Graph) -> Self {
        let mut ways = vec![Vec::new(); graph.vertices.len()];
        for arrow in graph.arrows.iter().filter(|arrow| !arrow.is_jump) {
            if let Some(ways) = ways.get_mut(arrow.from) {
                ways.push((arrow.label.as_str(), arrow.to));
            }
        }
        let firsts = graph.clusters.iter().map(|cluster| cluster.vertices.start);
        let units = flow.units.iter().map(|unit| unit.key.as_str()).zip(firsts).collect();
        let ids = graph.vertices.iter().map(|it| it.id.as_deref().map(Text::from));
        let ids = ids.collect();
        Self { ids, vertex: 0, units, ways, nodes: JsonObject::default() }
    }

    /// Returns the current vertex and its id, and advances to the next one.
    fn next(&mut self) -> (usize, Text) {
        let vertex = self.vertex;
        self.vertex += 1;
        (vertex, self.id(vertex).unwrap_or_default())
    }

    /// Returns the id of a vertex; for the task of a choice, the id of its first action.
    fn id(&self, vertex: usize) -> Option<Text> {
        match self.ids.get(vertex)? {
            Some(id) => Some(id.clone()),
            None => self.id(self.ways.get(vertex)?.first()?.1),
        }
    }

    fn unit_id(&self, key: &str) -> Option<Text> {
        self.units.get(key).and_then(|vertex| self.id(*vertex))
    }

    /// Returns the target of a vertex under a label, if it is known.
    fn target(&self, vertex: usize, label: &str) -> Option<Json> {
        let ways = self.ways.get(vertex)?;
        let (_, to) = ways.iter().find(|(known, _)| *known == label)?;
        self.id(*to).map(Json::String)
    }

    fn on_complete(&self, vertex: usize) -> Json {
        let target = self.target(vertex, "");
        target.map_or(Json::Null, |target| object([("nextNode", target)]))
    }

    fn unit(&mut self, unit: &Unit) {
        let (vertex, id) = self.next();
        let paths = unit.output_paths.iter().map(|path| Json::String(path.value.clone()));
        let on_complete = match unit.choices.is_empty() {
            true => self.on_complete(vertex),
            false => Json::Null,
        };
        let node = without_nothing([
            ("id", Json::String(id.clone())),
            ("name", Json::String(unit.name.clone())),
            ("type", unit.kind.name().into()),
            ("key", Json::String(unit.key.clone())),
            ("variables", self.variables(&unit.variables)),
            ("outputPaths", Json::array(paths)),
            ("properties", self.settings(&unit.settings)),
            ("choices", self.choices(vertex, &unit.choices)),
            ("onComplete", on_complete),
        ]);
        self.nodes.insert(id, node);
        self.actions(&unit.actions);
        for choice in &unit.choices {
            if is_task(choice) {
                // The choice itself is described in its menu.
                self.vertex += 1;
                choice.action.outputs.iter().for_each(|it| self.actions(&it.actions));
            } else {
                self.action(&choice.action);
            }
        }
    }

    /// Returns the choices of a menu. The arrows to them are the last ones that begin at
    /// the menu, in the order of the choices.
    fn choices(&self, vertex: usize, choices: &[Choice]) -> Json {
        let ways = self.ways.get(vertex).map_or(&[][..], Vec::as_slice);
        let ways = ways.get(ways.len().saturating_sub(choices.len())..);
        let mut names = Names::default();
        let written =
            choices.iter().zip(ways.unwrap_or_default()).map(|(choice, (_, to))| {
                let name = choice.action.title();
                let properties = match is_task(choice) {
                    true => self.settings(&choice.action.settings),
                    false => Json::Null,
                };
                let digit = choice.digit.as_ref().map(|digit| digit.value.to_string());
                let flag = |is_set: bool| if is_set { true.into() } else { Json::Null };
                let way = without_nothing([
                    ("digit", digit.map_or(Json::Null, |digit| digit.as_str().into())),
                    ("isDefault", flag(choice.is_default)),
                    ("isGlobal", flag(choice.is_global)),
                    ("properties", properties),
                    ("nextNode", self.id(*to).map_or(Json::Null, Json::String)),
                ]);
                (names.free(name), way)
            });
        Json::object(written)
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            self.action(action);
        }
    }

    fn action(&mut self, action: &Action) {
        let (vertex, id) = self.next();
        let mut names = Names::default();
        let outputs = action.outputs.iter();
        let outputs = outputs.map(|it| (names.free(&it.label), self.output(vertex, it)));
        let outputs = Json::object(outputs.collect::<Vec<_>>());
        let text = |text: &Option<Text>| text.clone().map_or(Json::Null, Json::String);
        let node = without_nothing([
            ("id", Json::String(id.clone())),
            ("name", text(&action.name)),
            ("type", Json::String(action.kind.value.clone())),
            ("key", text(&action.key)),
            ("properties", self.settings(&action.settings)),
            ("outputs", outputs),
            ("onComplete", self.on_complete(vertex)),
        ]);
        self.nodes.insert(id, node);
        for output in &action.outputs {
            nested(|| self.actions(&output.actions));
        }
    }

    /// Returns the target of an output; null if the unit ends after it.
    fn output(&self, vertex: usize, output: &Output) -> Json {
        let target = self.target(vertex, &output.label).unwrap_or_default();
        let value = output.value.as_ref().map(|it| ("value", self.setting(&it.value)));
        object(value.into_iter().chain([("nextNode", target)]))
    }

    fn variables(&self, variables: &[Variable]) -> Json {
        let one = |variable: &Variable| {
            let initial = variable.initial.as_ref();
            let initial = initial.map(|it| ("initial", self.setting(&it.value)));
            let about = [
                ("name", Json::String(variable.name.value.clone())),
                ("type", Json::String(Text::from(variable.value_type.to_string()))),
                ("isInput", variable.is_input.into()),
                ("isOutput", variable.is_output.into()),
            ];
            object(about.into_iter().chain(initial))
        };
        Json::array(variables.iter().map(one))
    }

    fn settings(&self, settings: &Settings) -> Json {
        let mut object = JsonObject::default();
        for (name, setting) in &settings.entries {
            // The first value of a repeated name counts, as in lookups of the model.
            object
                .entry(name.text.clone())
                .or_insert_with(|| self.setting(&setting.value));
        }
        Json::Object(object.into())
    }

    fn setting(&self, setting: &Setting) -> Json {
        let wrapped =
            |wrapper, text: &Text| object([(wrapper, Json::String(text.clone()))]);
        match setting {
            Setting::NoValue => object([("noValue", true.into())]),
            Setting::None => object([("none", true.into())]),
            Setting::Literal(literal @ (Json::Array(_) | Json::Object(_))) => {
                object([("lit", literal.clone())])
            }
            Setting::Literal(literal) => literal.clone(),
            Setting::Expression(text, None) => wrapped("exp", text),
            Setting::Expression(text, Some(holds)) => object([
                ("exp", Json::String(text.clone())),
                ("type", Json::String(Text::from(holds.to_string()))),
            ]),
            Setting::Variable(name) => wrapped("var", name),
            Setting::Speech(text) => wrapped("tts", text),
            Setting::Prompt(name) => wrapped("prompt", name),
            Setting::Unit(reference) => {
                let node = reference.unit.as_ref().and_then(|key| self.unit_id(key));
                match node {
                    Some(node) => wrapped("node", &node),
                    None => wrapped("ref", &reference.text),
                }
            }
            Setting::List(items) => {
                Json::array(items.iter().map(|item| self.setting(&item.value)))
            }
            Setting::Audio(audio) => {
                let alternates = audio.alternates.iter().map(|(language, audio)| {
                    (language.clone(), self.setting(&audio.value))
                });
                object([
                    ("default", self.setting(&audio.default.value)),
                    ("alternates", Json::object(alternates)),
                ])
            }
            Setting::Group(settings) => self.settings(settings),
        }
    }
}

/// Whether a choice contains the task that it runs.
fn is_task(choice: &Choice) -> bool {
    choice.action.operation() == Some(Operation::ChoiceTask)
}

/// Generates unique names: a second `Main` becomes `Main (2)`.
#[derive(Default)]
struct Names(BTreeMap<Text, usize>);

impl Names {
    fn free(&mut self, name: &str) -> Text {
        let mut free = Text::from(name);
        let mut count = self.0.get(name).copied().unwrap_or_default();
        while self.0.contains_key(&free) {
            count += 1;
            free = Text::from(format!("{name} ({count})"));
        }
        self.0.insert(Text::from(name), count.max(1));
        self.0.insert(free.clone(), 1);
        free
    }
}

fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    Json::object(entries.into_iter().map(|(key, value)| (Text::from(key), value)))
}

/// Creates an object of the entries that are not empty.
fn without_nothing<'k>(entries: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    let is_something = |value: &Json| match value {
        Json::Null => false,
        Json::Array(items) => !items.is_empty(),
        Json::Object(entries) => !entries.is_empty(),
        _ => true,
    };
    object(entries.into_iter().filter(|(_, value)| is_something(value)))
}
