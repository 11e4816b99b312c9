//! A flow as a short, stable text: one line for each unit, action and output.
//!
//! Each action is its kind and, in quotes, its id in runs, which is the author's name for
//! it. The id is the handle with which a reader requests the settings of the action.
//! Names are JSON strings, so that no name can look like a part of the outline.

use std::borrow::Cow;
use std::fmt::Write;

use indexmap::IndexMap;

use super::graph::{Arrow, Graph, Vertex};
use super::model::model;
use crate::diagnostic::visible::sign;
use crate::flow::architect::{
    Action, ArchitectFlow, Setting, Settings, StepId, Unit, step_ids,
};
use crate::flow::model::{Flow, Node, PathKind};
use crate::source::nested;
use crate::value::{Json, Text};

/// An outline, and the settings of each of its handles.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The lines.
    pub text: String,
    /// The settings of the flow and of each unit and action, by handle, in the order of the
    /// lines.
    pub details: IndexMap<Text, Json>,
}

impl Outline {
    /// Returns the outline of an Architect flow.
    pub fn of_architect(flow: &ArchitectFlow) -> Self {
        let mut writer = Writer::new(flow);
        writer.head(flow);
        for unit in &flow.units {
            writer.unit(unit);
        }
        let mut details = IndexMap::new();
        let model = model(flow);
        if let Json::Object(entries) = &model {
            // The variables and settings of the flow itself.
            let own = entries.iter().filter(|(key, _)| *key != "draft");
            let own = Json::object(own.map(|(key, it)| (key.clone(), it.clone())));
            details.insert(flow.name.value.clone(), own);
        }
        let nodes = member(&model, "draft").and_then(|draft| member(draft, "nodes"));
        if let Some(Json::Object(nodes)) = nodes {
            details.extend(nodes.iter().map(|(id, node)| (id.clone(), node.clone())));
        }
        Self { text: writer.text, details }
    }

    /// Returns the outline of a draft flow: its nodes with their targets.
    pub fn of_draft(flow: &Flow) -> Self {
        let graph = Graph::of_draft(flow);
        let mut text = format!("draft {}", quoted(&flow.name));
        if let Some(start) = &flow.start {
            let _ = write!(text, " start {}", quoted(&start.node));
        }
        text.push('\n');
        let mut details = IndexMap::new();
        let mut arrows: Vec<Vec<&Arrow>> = vec![Vec::new(); graph.vertices.len()];
        for arrow in &graph.arrows {
            arrows[arrow.from].push(arrow);
        }
        let vertices = graph.vertices.iter().zip(arrows);
        for (node, (vertex, arrows)) in flow.nodes.values().zip(vertices) {
            let _ = write!(text, "{} {}", word(&node.node_type), quoted(&node.id));
            for path in &node.paths {
                let target = quoted(&path.target.node);
                let _ = match path.kind {
                    PathKind::Next => write!(text, " -> {target}"),
                    PathKind::Error => write!(text, " error -> {target}"),
                    PathKind::Condition(number) => write!(text, " {number} -> {target}"),
                    PathKind::Default => write!(text, " default -> {target}"),
                };
            }
            text.push('\n');
            details.insert(node.id.clone(), draft_details(node, vertex, &arrows));
        }
        Self { text, details }
    }
}

/// Returns the name, the conditions and the further properties of a draft node.
fn draft_details(node: &Node, vertex: &Vertex, arrows: &[&Arrow]) -> Json {
    let conditions = arrows.iter().filter(|it| !it.condition.is_empty());
    let conditions = conditions
        .map(|it| (Text::from(it.label.as_str()), Json::from(it.condition.as_str())));
    let properties = node.other_properties.iter();
    Json::object([
        (Text::from("name"), Json::from(vertex.name.as_str())),
        (Text::from("type"), Json::String(node.node_type.clone())),
        (Text::from("conditions"), Json::object(conditions)),
        (
            Text::from("properties"),
            Json::object(properties.map(|(name, value)| (name.clone(), value.clone()))),
        ),
    ])
}

struct Writer<'f> {
    text: String,
    ids: std::vec::IntoIter<StepId>,
    /// The names of the units, by key.
    names: IndexMap<&'f str, &'f str>,
}

/// Recurses with the nesting of the actions.
impl<'f> Writer<'f> {
    fn new(flow: &'f ArchitectFlow) -> Self {
        let (ids, _) = step_ids(flow);
        let names = flow.units.iter().map(|it| (it.key.as_str(), it.name.as_str()));
        Self { text: String::new(), ids: ids.into_iter(), names: names.collect() }
    }

    fn head(&mut self, flow: &ArchitectFlow) {
        self.ids.next();
        let _ =
            write!(self.text, "{} {}", word(&flow.flow_type), quoted(&flow.name.value));
        let start = flow.start.as_ref().and_then(|it| it.unit.as_ref());
        if let Some(name) = start.and_then(|key| self.names.get(key.as_str())) {
            let _ = write!(self.text, " start {}", quoted(name));
        }
        self.text.push('\n');
    }

    fn unit(&mut self, unit: &'f Unit) {
        let id = self.id();
        let _ = write!(self.text, "{} {}", unit.kind.name(), quoted(&id));
        self.text.push('\n');
        self.actions(&unit.actions, 1);
        for choice in &unit.choices {
            let digit = choice.digit.as_ref().map(|it| it.value);
            let key = digit.map_or_else(|| "-".to_owned(), |it| it.to_string());
            let _ = write!(self.text, " {} ", word(&key));
            self.action(&choice.action, 1);
        }
    }

    /// Takes the id of the next part of the flow. The task of a choice has none.
    fn id(&mut self) -> Text {
        match self.ids.next() {
            Some(StepId::Flow(id) | StepId::Node(id)) => id,
            Some(StepId::NextRound(_)) => self.id(),
            Some(StepId::Choice) | None => Text::default(),
        }
    }

    fn actions(&mut self, actions: &'f [Action], depth: usize) {
        for action in actions {
            self.text.extend(std::iter::repeat_n(' ', depth));
            self.action(action, depth);
        }
    }

    /// Writes an action after its indentation.
    fn action(&mut self, action: &'f Action, depth: usize) {
        let id = self.id();
        self.text.push_str(&word(&action.kind.value));
        if !id.is_empty() && id != action.kind.value {
            let _ = write!(self.text, " {}", quoted(&id));
        }
        if let Some(target) = self.target(&action.settings) {
            let _ = write!(self.text, " -> {target}");
        }
        self.text.push('\n');
        for output in action.outputs.iter().filter(|it| !it.actions.is_empty()) {
            self.text.extend(std::iter::repeat_n(' ', depth));
            let _ = writeln!(self.text, "{}:", word(&output.label));
            nested(|| self.actions(&output.actions, depth + 1));
        }
    }

    /// Returns the name of the unit that an action calls or jumps to.
    fn target(&self, settings: &'f Settings) -> Option<String> {
        settings.entries.iter().find_map(|(_, setting)| match &setting.value {
            Setting::Unit(reference) => {
                let key = reference.unit.as_ref()?;
                self.names.get(key.as_str()).map(|name| quoted(name))
            }
            _ => None,
        })
    }
}

fn member<'j>(json: &'j Json, key: &str) -> Option<&'j Json> {
    let Json::Object(object) = json else { return None };
    object.get(key)
}

/// Returns the name as a JSON string.
/// Writes a JSON string in which characters that a terminal hides or interprets are escaped.
fn quoted(name: &str) -> String {
    let mut out = String::new();
    for character in Json::String(name.into()).to_string().chars() {
        if sign(character) == character {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Writes a word of the document as it is, or quoted if a terminal would hide or interpret
/// a part of it.
fn word(text: &str) -> Cow<'_, str> {
    match text.chars().all(|it| sign(it) == it) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(quoted(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        assert_eq!(word("case 1"), "case 1");
        assert_eq!(word("a\u{1b}[2J\nb"), r#""a\u001b[2J\nb""#);
        assert_eq!(quoted("é\u{9b}\u{202e}\u{e0001}"), r#""é\u009b\u202e\udb40\udc01""#);
    }
}
