//! The form in which flows of both dialects are compared: items, and what is known of each.

use std::fmt::Write;

use crate::value::{Json, Text};

/// A flow, without what changes whenever it is saved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outline {
    /// What the flow says of itself and of all its items.
    pub(super) facts: Vec<Fact>,
    /// Where it starts.
    pub(super) ways: Vec<Way>,
    /// Nodes; units, each before its actions, and actions, each before those of its outputs.
    pub(super) items: Vec<Item>,
    /// What may differ without a difference.
    pub(super) volatile: Vec<(String, String)>,
    /// Where it comes from.
    pub(super) source: Source,
}

/// Where a flow comes from.
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
    /// What makes it certain that it is the same in another version.
    pub(super) key: Option<Text>,
    /// What it is called in a report.
    pub(super) id: Text,
    /// The name that its author gave it.
    pub(super) name: Option<Text>,
    /// Its type.
    pub(super) kind: Text,
    /// The item that it stands in and the outcome of that; none for nodes and units.
    pub(super) place: Option<(usize, Outcome)>,
    /// Its properties.
    pub(super) facts: Vec<Fact>,
    /// Where it leads by name.
    pub(super) ways: Vec<Way>,
    /// Its conditions, in order.
    pub(super) branches: Vec<Branch>,
    /// What may differ without a difference.
    pub(super) volatile: Vec<(String, String)>,
}

/// Which of the sequences in an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Outcome {
    /// Its own: what a unit does.
    Body,
    /// The output of this name.
    Output(Text),
    /// The case of this number, from 0.
    Branch(usize),
}

/// What a property is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// What is said.
    Prompt,
    /// Where conversations are routed to.
    Routing,
    /// What is decided by.
    Condition,
    /// Variables and what they are set to.
    Variable,
    /// Where a call goes on.
    Way,
    /// Anything else.
    Setting,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    /// As the document calls it; within other properties with theirs before it: `inputs.ani`.
    pub(super) name: String,
    pub(super) aspect: Aspect,
    pub(super) value: Shown,
}

/// A value in a notation that is the same for the same value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shown {
    One(String),
    List(Vec<String>),
}

/// A reference to another item.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    /// When it is taken.
    pub(super) label: String,
    /// The item; none if there is no such item.
    pub(super) to: Option<usize>,
    /// What the item is called.
    pub(super) shown: Text,
}

/// A condition, and where the call goes if it is the first that is true.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Branch {
    pub(super) condition: String,
    /// None where its actions stand in it.
    pub(super) way: Option<Way>,
}

impl Fact {
    pub(super) fn one(
        name: impl Into<String>,
        aspect: Aspect,
        value: impl ToString,
    ) -> Self {
        Self { name: name.into(), aspect, value: Shown::One(value.to_string()) }
    }

    pub(super) fn list(
        name: impl Into<String>,
        aspect: Aspect,
        values: impl IntoIterator<Item = String>,
    ) -> Self {
        let value = Shown::List(values.into_iter().collect());
        Self { name: name.into(), aspect, value }
    }
}

/// Compact JSON with its keys in order.
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
