//! The names that a scenario file or fixtures may use: those of flows, and those of entries
//! of fixtures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lsp_types::{CompletionItemKind, Range};

use super::name::Named;
use crate::diagnostic::Code;
use crate::flow::architect::ArchitectFlow;
use crate::flow::kinds::{self, Support};
use crate::flow::{Action, Dependency, DependencyKind, Flow, dependencies};
use crate::lsp::results::{FlowNode, nodes};
use crate::lsp::workspace::Workspace;
use crate::source::Span;
use crate::value::Text;
use crate::world::section_of;

/// A name that a document may use.
#[derive(Debug, Clone)]
pub(in crate::lsp) struct Known {
    pub(in crate::lsp) name: String,
    /// The thing that has the name, in words.
    pub(in crate::lsp) detail: String,
    pub(in crate::lsp) place: Option<Place>,
}

/// The place of a definition, or else of a use.
#[derive(Debug, Clone)]
pub(in crate::lsp) enum Place {
    Flow(Span),
    Document(PathBuf, Range),
}

impl Known {
    fn new(name: &str, detail: String, place: Option<Place>) -> Self {
        Self { name: name.to_owned(), detail, place }
    }
}

/// The icon of a name in editors.
pub(super) fn icon(named: Named) -> CompletionItemKind {
    match named {
        Named::Flow => CompletionItemKind::MODULE,
        Named::Action => CompletionItemKind::FUNCTION,
        Named::Kind => CompletionItemKind::CLASS,
        Named::Output | Named::Error => CompletionItemKind::ENUM_MEMBER,
        Named::Variable => CompletionItemKind::VARIABLE,
        Named::Object(_) | Named::Request => CompletionItemKind::REFERENCE,
        Named::File => CompletionItemKind::FILE,
    }
}

/// The flows and fixtures that a document is about.
pub(in crate::lsp) struct Names<'w> {
    workspace: &'w Workspace,
    flows: Vec<&'w ArchitectFlow>,
    drafts: Vec<&'w Flow>,
    path: &'w Path,
}

impl<'w> Names<'w> {
    /// A scenario file that names flows is about these flows, if they are loaded; all other
    /// documents are about all flows.
    pub(in crate::lsp) fn of(workspace: &'w Workspace, path: &'w Path) -> Self {
        let named = workspace.outline(path).map(|it| it.flows.as_slice());
        let named = named.unwrap_or_default();
        let is_named = |span: Span| {
            let path = workspace.path_of(span);
            named.iter().any(|it| path.starts_with(it))
        };
        let flows: Vec<_> = workspace.flows().filter(|it| is_named(it.span)).collect();
        let drafts: Vec<_> = workspace.drafts().filter(|it| is_named(it.span)).collect();
        if flows.is_empty() && drafts.is_empty() {
            let flows = workspace.flows().collect();
            return Self { workspace, flows, drafts: workspace.drafts().collect(), path };
        }
        Self { workspace, flows, drafts, path }
    }

    /// Returns the names of some things, each once for every place. `owner` is the action
    /// whose outputs are wanted.
    pub(in crate::lsp) fn all(&self, named: Named, owner: Option<&str>) -> Vec<Known> {
        match named {
            Named::Flow => self.flow_names(),
            Named::Action => self.actions(),
            Named::Kind => {
                let kinds = kinds::actions();
                kinds.map(|it| Known::new(it, "kind of action".into(), None)).collect()
            }
            Named::Output => self.outputs(owner),
            Named::Variable => self.variables(),
            Named::Object(section) => self.objects(section),
            Named::Request => {
                let sections = ["dataActions", "webhooks", "actions"];
                sections.iter().flat_map(|section| self.objects(section)).collect()
            }
            Named::Error => {
                let code =
                    |it: Code| Known::new(it.name(), it.meaning().to_owned(), None);
                Code::all().map(code).collect()
            }
            Named::File => Vec::new(),
        }
    }

    fn flow_names(&self) -> Vec<Known> {
        let mut all = Vec::new();
        for flow in &self.flows {
            let place = Some(Place::Flow(flow.name.span));
            all.push(Known::new(&flow.name.value, flow.flow_type.to_string(), place));
        }
        for flow in &self.drafts {
            let place = Some(Place::Flow(flow.span));
            let names = BTreeSet::from([flow.key(), &flow.name]);
            let known = |it: &Text| Known::new(it, "draft flow".into(), place.clone());
            all.extend(names.into_iter().map(known));
        }
        all
    }

    fn actions(&self) -> Vec<Known> {
        let mut all = Vec::new();
        for flow in &self.flows {
            let name = &flow.name.value;
            let place = Some(Place::Flow(flow.name.span));
            all.push(Known::new(name, flow.flow_type.to_string(), place));
            for node in nodes(flow) {
                let detail = format!("{} of `{name}`", node.kind);
                all.push(Known::new(&node.id, detail, Some(Place::Flow(node.span))));
            }
        }
        for flow in &self.drafts {
            for node in flow.nodes.values() {
                let detail = format!("{} of `{}`", node.node_type, flow.name);
                let place = Some(Place::Flow(node.span));
                all.push(Known::new(&node.id, detail.clone(), place.clone()));
                let other = node.name.as_ref().filter(|name| **name != node.id);
                all.extend(other.map(|name| Known::new(name, detail, place)));
            }
        }
        all
    }

    /// The outputs of the actions with a name or kind; without one, of all actions.
    fn outputs(&self, owner: Option<&str>) -> Vec<Known> {
        // Fixtures may name an action with its flow: `Orders/Find`.
        let owner = owner.map(|it| it.rsplit('/').next().unwrap_or(it));
        let nodes: Vec<FlowNode<'_>> =
            self.flows.iter().flat_map(|it| nodes(it)).collect();
        let is_owner = |node: &&FlowNode<'_>| {
            owner.is_none_or(|owner| {
                let title = node.action.map(|action| action.title());
                node.id == owner || title == Some(owner) || node.kind == owner
            })
        };
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        let mut add = |name: &str, of: &str, place: Option<Place>| {
            if seen.insert(name.to_owned()) {
                all.push(Known::new(name, format!("output of `{of}`"), place));
            }
        };
        for action in nodes.iter().filter(is_owner).filter_map(|node| node.action) {
            for output in &action.outputs {
                add(&output.label, action.title(), Some(Place::Flow(output.span)));
            }
            for name in action.spec().map(|it| it.outputs).unwrap_or_default() {
                add(name, action.title(), Some(Place::Flow(action.kind.span)));
            }
        }
        if let Some(kind) = owner.and_then(kinds::named) {
            kind.outputs.iter().for_each(|name| add(name, kind.name, None));
        }
        all
    }

    fn variables(&self) -> Vec<Known> {
        let mut all = Vec::new();
        for flow in &self.flows {
            for variable in &flow.variables {
                let detail = format!("{} of `{}`", variable.value_type, flow.name.value);
                let place = Some(Place::Flow(variable.name.span));
                all.push(Known::new(&variable.name.value, detail, place));
            }
        }
        for flow in &self.drafts {
            for node in flow.nodes.values() {
                let Action::Set(set) = &node.action else { continue };
                for assignment in &set.assignments {
                    let detail = format!("set by `{}` of `{}`", node.id, flow.name);
                    let name = &assignment.variable;
                    let place = Some(Place::Flow(name.span));
                    all.push(Known::new(&name.value, detail, place));
                }
            }
        }
        all
    }

    /// The entries of a section, then the names that flows use.
    fn objects(&self, section: &str) -> Vec<Known> {
        let mut all = Vec::new();
        for (path, entries) in self.workspace.entries_for(self.path) {
            for entry in entries.iter().filter(|it| it.section == section) {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let line = entry.range.start.line + 1;
                let detail = format!("`{section}` of `{file}`, line {line}");
                let place = Some(Place::Document(path.to_owned(), entry.range));
                all.push(Known::new(&entry.name, detail, place));
            }
        }
        for flow in &self.flows {
            let used = format!("used by `{}`", flow.name.value);
            dependencies(flow, &mut |dependency| {
                if section_of_dependency(&dependency) == Some(section) {
                    let place = Some(Place::Flow(dependency.span));
                    all.push(Known::new(&dependency.name, used.clone(), place));
                }
            });
            if section == "actions" {
                all.extend(answered(flow, &used));
            }
        }
        all.extend(self.drafts.iter().flat_map(|flow| of_draft(flow, section)));
        all
    }
}

/// Returns the section of fixtures with an object.
pub(in crate::lsp) fn section_of_dependency(
    dependency: &Dependency<'_>,
) -> Option<&'static str> {
    match dependency.what {
        DependencyKind::Object(kind) => section_of(kind),
        DependencyKind::SystemPrompt => Some("systemPrompts"),
        DependencyKind::DataAction(_) => Some("dataActions"),
        DependencyKind::DataTable => Some("dataTables"),
        DependencyKind::Column(_) => None,
    }
}

/// Returns the actions that fixtures may answer.
fn answered(flow: &ArchitectFlow, used: &str) -> Vec<Known> {
    let is_answered = |node: &FlowNode<'_>| {
        let operation = node.action.and_then(|action| action.operation());
        operation.is_some_and(|it| !matches!(it.support(), Support::Runs | Support::Ends))
    };
    let found = nodes(flow).into_iter().filter(is_answered);
    found
        .map(|node| {
            let detail = format!("{} {used}", node.kind);
            Known::new(&node.id, detail, Some(Place::Flow(node.span)))
        })
        .collect()
}

/// Returns the objects of a section that a draft flow names.
fn of_draft(flow: &Flow, section: &str) -> Vec<Known> {
    let mut all = Vec::new();
    for node in flow.nodes.values() {
        let names: Vec<Option<&str>> = match (&node.action, section) {
            (Action::DataAction(call), "dataActions") => {
                vec![call.action_name.as_deref(), call.action_id.as_deref()]
            }
            (Action::Webhook(webhook), "webhooks") => {
                let url = webhook.url.as_ref().and_then(|it| it.as_constant());
                vec![webhook.webhook_id.as_deref(), url.map(|it| it.as_str())]
            }
            (Action::Route(route), "queues") => {
                let of = [&route.queue_name, &route.queue_id];
                let constant = of.map(|it| it.as_ref().and_then(|it| it.as_constant()));
                constant.map(|it| it.map(|it| it.as_str())).to_vec()
            }
            _ => Vec::new(),
        };
        for name in names.into_iter().flatten() {
            let detail = format!("used by `{}` of `{}`", node.id, flow.name);
            all.push(Known::new(name, detail, Some(Place::Flow(node.span))));
        }
    }
    all
}
