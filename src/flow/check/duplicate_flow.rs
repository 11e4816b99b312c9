//! `DUPLICATE_FLOW`: two loaded flows that a call cannot distinguish.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::ArchitectFlow;
use crate::flow::model::Flow;
use crate::source::Span;

/// Reports duplicate flows. Flows need different ids. A flow without an id is identified
/// by its name, which must then differ from the ids and names of all other flows. Two
/// flows with different ids may have the same name, like copies on the platform.
pub(super) fn find(flows: &[Flow], report: &mut Report<'_>) {
    let mut by_key: IndexMap<&str, usize, FxBuildHasher> = IndexMap::default();
    let mut by_name: IndexMap<&str, usize, FxBuildHasher> = IndexMap::default();
    let mut by_name_alone: IndexMap<&str, usize, FxBuildHasher> = IndexMap::default();
    for (index, flow) in flows.iter().enumerate() {
        let (key, name) = (flow.key().as_str(), flow.name.as_str());
        let namesakes = if flow.id.is_none() { &by_name } else { &by_name_alone };
        let earlier = by_key.get(key).or_else(|| namesakes.get(name)).copied();
        if let Some(earlier) = earlier {
            report
                .add(Code::DUPLICATE_FLOW, |code| duplicate(code, flow, &flows[earlier]));
        }
        by_key.entry(key).or_insert(index);
        by_name.entry(name).or_insert(index);
        if flow.id.is_none() {
            by_name_alone.entry(name).or_insert(index);
        }
    }
}

fn duplicate(code: Code, flow: &Flow, earlier: &Flow) -> Diagnostic {
    let is_by_id = flow.id.is_some() && earlier.id == flow.id;
    let message = match &flow.id {
        Some(id) if is_by_id => format!("two flows have the id `{id}`"),
        _ => {
            let shared = if flow.id.is_none() { &flow.name } else { &earlier.name };
            format!("two flows share the name `{shared}`, and at least one has no id")
        }
    };
    let diagnostic = Diagnostic::new(code, message)
        .label(beginning(flow), "this one")
        .label(beginning(earlier), "the first one")
        .help("give each flow a different id, or load only one of them")
        .flow(flow.key().as_str());
    // The key is the id, or else the name.
    let is_named = is_by_id || flow.id.is_none();
    if is_named { diagnostic.naming_flow() } else { diagnostic }
}

/// Reports duplicate Architect flows. A name is unique per type. A flow in Archy YAML,
/// which has no id, therefore duplicates the export that was made of it.
pub(super) fn find_architect(flows: &[ArchitectFlow], report: &mut Report<'_>) {
    let mut by_id: IndexMap<&str, usize, FxBuildHasher> = IndexMap::default();
    let mut by_name: IndexMap<(&str, &str), usize, FxBuildHasher> = IndexMap::default();
    let mut by_name_alone = by_name.clone();
    for (index, flow) in flows.iter().enumerate() {
        let name = (flow.flow_type.as_str(), flow.name.value.as_str());
        let namesakes = if flow.id.is_none() { &by_name } else { &by_name_alone };
        let same_id = flow.id.as_ref().and_then(|id| by_id.get(id.as_str()));
        if let Some(earlier) = same_id.or_else(|| namesakes.get(&name)).copied() {
            report.add(Code::DUPLICATE_FLOW, |code| {
                duplicate_architect(code, flow, &flows[earlier])
            });
        }
        by_name.entry(name).or_insert(index);
        match &flow.id {
            Some(id) => by_id.entry(id).or_insert(index),
            None => by_name_alone.entry(name).or_insert(index),
        };
    }
}

fn duplicate_architect(
    code: Code,
    flow: &ArchitectFlow,
    earlier: &ArchitectFlow,
) -> Diagnostic {
    let (name, flow_type) = (&flow.name.value, &flow.flow_type);
    let diagnostic = match &flow.id {
        Some(id) if earlier.id.as_ref() == Some(id) => {
            Diagnostic::new(code, format!("two flows have the id `{id}`"))
        }
        _ => {
            let message = format!(
                "two flows of the type `{flow_type}` share the name `{name}`, and at least \
                 one has no id"
            );
            Diagnostic::new(code, message).naming_flow()
        }
    };
    diagnostic
        .label(flow.name.span, "this one")
        .label(earlier.name.span, "the first one")
        .help("rename one, or load only one of them")
        .flow(name.as_str())
}

/// Returns the position of a flow's beginning. A mark over the whole flow would cover the
/// file.
fn beginning(flow: &Flow) -> Span {
    flow.span.part(0, 1)
}
