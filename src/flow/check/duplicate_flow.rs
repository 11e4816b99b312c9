//! `DUPLICATE_FLOW`: two loaded flows that a call cannot tell apart.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::model::Flow;
use crate::source::Span;

/// Flows need different ids. A flow without an id is known by its name, which then must be
/// neither the id nor the name of another flow. Two flows that have different ids may have
/// the same name, as copies on the platform do.
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
    let message = match &flow.id {
        Some(id) if earlier.id.as_ref() == Some(id) => {
            format!("two flows have the id `{id}`")
        }
        _ => {
            let shared = if flow.id.is_none() { &flow.name } else { &earlier.name };
            format!("two flows are known as `{shared}`, and not both have an id")
        }
    };
    Diagnostic::new(code, message)
        .label(beginning(flow), "this one")
        .label(beginning(earlier), "the first one")
        .help("give each an id of its own, or load only one of them")
        .flow(flow.key().as_str())
}

/// Where a flow begins; a mark over all of it would be a mark over the file.
fn beginning(flow: &Flow) -> Span {
    flow.span.part(0, 1)
}
