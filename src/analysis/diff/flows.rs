//! Pairing of flows between two versions.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::compare::compare;
use super::report::{Diff, FlowDiff, FlowName};
use super::{architect, draft};
use crate::flow::Flow;
use crate::flow::architect::ArchitectFlow;
use crate::flow::read::Loaded;
use crate::value::Text;

/// Compares two versions of flows.
///
/// Flows are paired by id, then by name. A flow is renamed if only its name differs, or
/// if each version has exactly one flow. Draft flows are never paired with Architect
/// flows.
pub fn diff(old: &Loaded, new: &Loaded) -> Diff {
    let mut diff = Diff {
        schema: "flowsim.diff/1",
        added_flows: Vec::new(),
        removed_flows: Vec::new(),
        flows: Vec::new(),
    };
    let drafts = drafts(&old.flows, &new.flows);
    take(drafts, &old.flows, &new.flows, of_draft, &mut diff);
    let compare = |old: &ArchitectFlow, new: &ArchitectFlow| {
        let mut names = architect::declarations([old, new]);
        let old_outline = architect::outline(old, &mut names);
        let new_outline = architect::outline(new, &mut names);
        compare(&old_outline, &new_outline, &old.name.value, of_architect(new))
    };
    let pairs = pairs(&old.architect, &new.architect, of_architect, |flow| &flow.id);
    let size = |flow: &ArchitectFlow| flow.units.len();
    let compared = compared(pairs, &old.architect, &new.architect, size, &compare);
    take(compared, &old.architect, &new.architect, of_architect, &mut diff);
    diff
}

/// Index pairs of old and new flows, with their differences.
type Compared = Vec<(usize, usize, FlowDiff)>;

fn drafts(old: &[Flow], new: &[Flow]) -> Compared {
    let pairs = pairs(old, new, of_draft, |flow| &flow.id);
    // A flow that is called by id is shown with its current name.
    let mut names: [IndexMap<&str, &Text, FxBuildHasher>; 2] = Default::default();
    for flow in new {
        names[1].insert(flow.key(), &flow.name);
    }
    for &(before, now) in &pairs {
        names[0].insert(old[before].key(), &new[now].name);
    }
    let outlines = |flow: &Flow, names: &IndexMap<&str, &Text, FxBuildHasher>| {
        draft::outline(flow, &|id| {
            names.get(id).map_or_else(|| id.into(), |name| (*name).clone())
        })
    };
    let compare = |old: &Flow, new: &Flow| {
        let (old_outline, new_outline) =
            (outlines(old, &names[0]), outlines(new, &names[1]));
        compare(&old_outline, &new_outline, &old.name, of_draft(new))
    };
    compared(pairs, old, new, |flow| flow.nodes.len(), &compare)
}

fn of_draft(flow: &Flow) -> FlowName {
    FlowName { name: flow.name.to_string(), flow_type: flow.flow_type.to_string() }
}

fn of_architect(flow: &ArchitectFlow) -> FlowName {
    FlowName { name: flow.name.value.to_string(), flow_type: flow.flow_type.to_string() }
}

/// Pairs flows by id, else by name, else as the only ones.
fn pairs<F>(
    old: &[F],
    new: &[F],
    name: fn(&F) -> FlowName,
    id: fn(&F) -> &Option<Text>,
) -> Vec<(usize, usize)> {
    if let ([_], [_]) = (old, new) {
        return vec![(0, 0)];
    }
    let mut pairs = Vec::new();
    let mut is_taken = vec![false; old.len()];
    let mut by = |key: &dyn Fn(&F) -> Option<Text>, pairs: &mut Vec<(usize, usize)>| {
        let mut known: IndexMap<Text, usize, FxBuildHasher> = IndexMap::default();
        for (index, flow) in old.iter().enumerate().filter(|(index, _)| !is_taken[*index])
        {
            if let Some(key) = key(flow) {
                known.entry(key).or_insert(index);
            }
        }
        let done: Vec<usize> = pairs.iter().map(|(_, new)| *new).collect();
        for (index, flow) in new.iter().enumerate() {
            let found = key(flow).and_then(|key| known.swap_remove(&key));
            if let Some(found) = found.filter(|_| done.binary_search(&index).is_err()) {
                is_taken[found] = true;
                pairs.push((found, index));
            }
        }
        pairs.sort_by_key(|(_, new)| *new);
    };
    by(&|flow| id(flow).clone(), &mut pairs);
    by(&|flow| Some(name(flow).name.into()), &mut pairs);
    pairs
}

/// Compares paired flows, and finds renamed flows among the others.
fn compared<F>(
    pairs: Vec<(usize, usize)>,
    old: &[F],
    new: &[F],
    size: fn(&F) -> usize,
    compare: &dyn Fn(&F, &F) -> FlowDiff,
) -> Compared {
    let mut compared = Compared::new();
    let mut free: Vec<usize> = (0..old.len()).collect();
    free.retain(|index| pairs.iter().all(|(old, _)| old != index));
    for index in 0..new.len() {
        if let Ok(at) = pairs.binary_search_by_key(&index, |(_, new)| *new) {
            let (before, now) = pairs[at];
            compared.push((before, now, compare(&old[before], &new[now])));
            continue;
        }
        let renamed = free.iter().filter(|at| size(&old[**at]) == size(&new[index]));
        let renamed = renamed.into_iter().find_map(|&at| {
            let mut diff = compare(&old[at], &new[index]);
            let old_name = diff.old_name.take();
            diff.is_empty().then_some((at, index, FlowDiff { old_name, ..diff }))
        });
        if let Some(renamed) = renamed {
            free.retain(|at| *at != renamed.0);
            compared.push(renamed);
        }
    }
    compared
}

/// Adds the changes of flows, and flows that only one version has.
fn take<F>(
    compared: Compared,
    old: &[F],
    new: &[F],
    name: fn(&F) -> FlowName,
    diff: &mut Diff,
) {
    let mut is_known = [vec![false; old.len()], vec![false; new.len()]];
    for (before, now, flow) in compared {
        is_known[0][before] = true;
        is_known[1][now] = true;
        if !flow.is_empty() || !flow.ignored.is_empty() {
            diff.flows.push(flow);
        }
    }
    let unknown = |flows: &[F], known: &[bool]| -> Vec<FlowName> {
        let flows = flows.iter().zip(known).filter(|(_, is_known)| !**is_known);
        flows.map(|(flow, _)| name(flow)).collect()
    };
    diff.removed_flows.extend(unknown(old, &is_known[0]));
    diff.added_flows.extend(unknown(new, &is_known[1]));
}
