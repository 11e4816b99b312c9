//! Outline: the common form in which flows of both dialects are compared.

use std::fmt::Write;

use crate::value::{Json, Text};

/// A flow without the values that change whenever it is saved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outline {
    /// Properties of the flow as a whole.
    pub(super) facts: Vec<Property>,
    /// Start of the flow.
    pub(super) links: Vec<Link>,
    /// Nodes, units and actions. A unit precedes its actions; an action precedes those of
    /// its outputs.
    pub(super) items: Vec<Item>,
    /// Volatile properties, which are not compared.
    pub(super) volatile: Vec<(String, String)>,
    /// Source of the flow.
    pub(super) source: Source,
}

/// The source of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A draft flow.
    Draft,
    /// Archy YAML.
    Archy,
    /// Architect's own JSON.
    Export,
}

/// A node, a unit or an action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Key that reliably identifies the item in another version.
    pub(super) key: Option<Text>,
    /// Name of the item in reports.
    pub(super) id: Text,
    /// Name that the author gave it.
    pub(super) name: Option<Text>,
    /// Type.
    pub(super) kind: Text,
    /// Containing item and its outcome; `None` for nodes and units.
    pub(super) place: Option<(usize, Outcome)>,
    /// Properties.
    pub(super) facts: Vec<Property>,
    /// Named paths.
    pub(super) links: Vec<Link>,
    /// Conditions, in order.
    pub(super) branches: Vec<Branch>,
    /// Volatile properties, which are not compared.
    pub(super) volatile: Vec<(String, String)>,
}

/// A sequence of actions in an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    /// Body of a unit.
    Body,
    /// Output with this name.
    Output(Text),
    /// Case with this index, from 0.
    Branch(usize),
}

/// The subject of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// Prompts.
    Prompt,
    /// Routing of conversations.
    Routing,
    /// Conditions of decisions.
    Condition,
    /// Variables and their values.
    Variable,
    /// Next step of a call.
    Path,
    /// Any other setting.
    Setting,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Property {
    /// Name in the document, after the names of the containing properties: `inputs.ani`.
    pub(super) name: String,
    pub(super) aspect: Aspect,
    pub(super) value: DisplayValue,
}

/// A value in canonical notation: equal values have equal text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DisplayValue {
    One(String),
    List(Vec<String>),
}

/// A reference to another item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// Name of the path.
    pub(super) label: String,
    /// Index of the item; `None` if it does not exist.
    pub(super) to: Option<usize>,
    /// Displayed name of the item.
    pub(super) shown: Text,
}

/// A condition, with the target of the path that is taken if it is the first true one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Branch {
    pub(super) condition: String,
    /// Target; `None` if the actions are nested in the condition.
    pub(super) way: Option<Link>,
}

impl Property {
    pub(super) fn one(
        name: impl Into<String>,
        aspect: Aspect,
        value: impl ToString,
    ) -> Self {
        Self { name: name.into(), aspect, value: DisplayValue::One(value.to_string()) }
    }

    pub(super) fn list(
        name: impl Into<String>,
        aspect: Aspect,
        values: impl IntoIterator<Item = String>,
    ) -> Self {
        let value = DisplayValue::List(values.into_iter().collect());
        Self { name: name.into(), aspect, value }
    }
}

/// Formats JSON compactly, with sorted keys.
pub(super) fn sorted(json: &Json) -> String {
    let mut out = String::new();
    write_sorted(json, &mut out);
    out
}

fn write_sorted(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                out.push(if index == 0 { '[' } else { ',' });
                write_sorted(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|one, other| one.0.cmp(other.0));
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                let _ = write!(out, "{}:", Json::String((*key).clone()));
                write_sorted(value, out);
            }
            out.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
        other => other.write(out),
    }
}
