//! Results of runs and explorations beside the flows: actions that calls cannot reach,
//! actions that the tests did not reach, and values that variables had. They are in the
//! folder `.flowsim` of the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{InlayHint, InlayHintLabel, Position, Range};

use super::seen::Seen;
use super::workspace::Workspace;
use crate::flow::architect::{Action, ArchitectFlow, StepId, step_ids};
use crate::source::{Files, Folder, Span};
use crate::value::{Json, derived_id};

/// The output of `flowsim explore --format json`.
const EXPLORATION: &str = ".flowsim/exploration.json";

/// The file of `flowsim test --coverage-out`.
const COVERAGE: &str = ".flowsim/coverage.json";

/// The file of `flowsim test --values-out`.
const VALUES: &str = ".flowsim/values.json";

/// The folder for the values of runs that the server starts: one file for each flow or
/// test, with those of its last run.
const OWN_VALUES: &str = ".flowsim/values";

/// The name of a flow, and the id of a unit or action in it.
pub(super) type Node = (String, String);

/// Returns the file for the values of a flow or test that the server runs.
pub(super) fn own_values(folder: &Path, run: &str) -> PathBuf {
    folder.join(OWN_VALUES).join(format!("{}.json", derived_id(run)))
}

/// Results of a workspace.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// Reasons why nodes cannot be reached.
    unreachable: BTreeMap<Node, String>,
    /// Numbers of calls of the tests that reached nodes.
    counts: BTreeMap<Node, i64>,
    seen: Seen,
}

impl Results {
    /// Reads the results in some folders. A file that is missing or has another form has
    /// none.
    pub(super) fn read(folders: &[PathBuf]) -> Self {
        let mut results = Self::default();
        for folder in folders {
            if let Some(document) = document(&folder.join(EXPLORATION)) {
                results.add_exploration(&document);
            }
            if let Some(document) = document(&folder.join(COVERAGE)) {
                results.add_coverage(&document);
            }
            let own = Folder::read(&folder.join(OWN_VALUES), is_json).files;
            for path in std::iter::once(folder.join(VALUES)).chain(own) {
                if let Some(document) = document(&path) {
                    results.seen.add(&document);
                }
            }
        }
        results
    }

    fn add_exploration(&mut self, document: &Json) {
        for node in items(document, "nodes") {
            if text(node, "verdict") != Some("unreachable") {
                continue;
            }
            let names = (text(node, "flow"), text(node, "nodeId"));
            if let (Some(flow), Some(id)) = names {
                let reason = text(node, "reason").unwrap_or("no call leads here");
                let node = (flow.to_owned(), id.to_owned());
                self.unreachable.insert(node, reason.to_owned());
            }
        }
    }

    fn add_coverage(&mut self, document: &Json) {
        for flow in items(document, "flows") {
            let Some(name) = text(flow, "name") else { continue };
            for node in items(flow, "nodes") {
                let Some(Json::Integer(count)) = node.get("count") else { continue };
                let Some(id) = text(node, "id") else { continue };
                self.counts.insert((name.to_owned(), id.to_owned()), *count);
            }
        }
    }

    /// The values of variables in runs.
    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Returns the remark about a node, if there is one.
    fn remark(&self, node: &Node) -> Option<String> {
        if let Some(reason) = self.unreachable.get(node) {
            return Some(format!("unreachable: {reason}"));
        }
        let count = self.counts.get(node)?;
        (*count == 0).then(|| "not reached by tests".to_owned())
    }
}

/// Returns a remark at the end of the line of each action that calls or tests do not reach.
pub(super) fn remarks(
    workspace: &Workspace,
    path: &Path,
    within: Range,
) -> Vec<InlayHint> {
    let Some(document) = workspace.text(path) else { return Vec::new() };
    let results = workspace.results();
    let mut hints = Vec::new();
    for flow in workspace.flows_of(path) {
        for node in nodes(flow) {
            let key = (flow.name.value.to_string(), node.id);
            let Some(remark) = results.remark(&key) else { continue };
            let (_, range) = workspace.range(node.span);
            let line = range.start.line;
            if within.start.line <= line && line <= within.end.line {
                let content = document.line(line as usize);
                let units = u32::try_from(content.encode_utf16().count());
                let character = units.unwrap_or(u32::MAX);
                hints.push(hint(Position { line, character }, remark));
            }
        }
    }
    hints
}

/// A unit or action of a flow.
pub(super) struct FlowNode<'f> {
    /// The id in runs.
    pub(super) id: String,
    /// The position of a unit, or of the kind of an action.
    pub(super) span: Span,
    /// The kind of unit or action.
    pub(super) kind: &'f str,
    /// `None` for a unit.
    pub(super) action: Option<&'f Action>,
}

/// Returns the units and actions of a flow.
pub(super) fn nodes(flow: &ArchitectFlow) -> Vec<FlowNode<'_>> {
    let (ids, _) = step_ids(flow);
    let is_own = |it: &StepId| matches!(it, StepId::Node(_) | StepId::Choice);
    let mut ids = ids.into_iter().filter(is_own);
    let mut nodes = Vec::new();
    for unit in &flow.units {
        let mut add = |span: Span, kind, action| {
            // The task of a choice has no id.
            if let Some(StepId::Node(id)) = ids.next() {
                nodes.push(FlowNode { id: id.to_string(), span, kind, action });
            }
        };
        add(unit.span, unit.kind.name(), None);
        unit.each_action(&mut |action| {
            add(action.kind.span, &action.kind.value, Some(action));
        });
    }
    nodes
}

fn hint(position: Position, remark: String) -> InlayHint {
    InlayHint {
        position,
        label: InlayHintLabel::String(remark),
        kind: None,
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}

fn document(path: &Path) -> Option<Json> {
    Json::parse(Files::new().load(path).ok()?.text()).ok()
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "json")
}

pub(super) fn items<'j>(json: &'j Json, key: &str) -> &'j [Json] {
    match json.get(key) {
        Some(Json::Array(items)) => items,
        _ => &[],
    }
}

pub(super) fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}
