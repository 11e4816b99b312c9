//! Comparison of two versions of a flow.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::outline::{
    Aspect, Branch, DisplayValue, Item, Link, Outcome, Outline, Property, Source,
};
use super::pair::{Children, Pairs, aligned, paired_branches};
use super::report::{
    Change, FlowDiff, FlowName, Ignored, MovedNode, NodeName, RenamedNode,
};
use super::volatile::{first_part, is_default, is_id, is_of_one_form, last};
use crate::value::Text;

/// Compares two outlines.
pub(super) fn compare(
    old: &Outline,
    new: &Outline,
    old_name: &Text,
    flow: FlowName,
) -> FlowDiff {
    let old_name = (*old_name != flow.name).then(|| old_name.to_string());
    let pairs = Pairs::new(old, new);
    let mut comparison = Comparison {
        diff: empty(flow, old_name),
        subject: Subject::default(),
        ignored: IndexMap::default(),
        pairs: &pairs,
    };
    comparison.volatile(&old.volatile, &new.volatile);
    comparison.facts(&old.facts, &new.facts);
    comparison.paths(&old.links, &new.links);
    comparison.items();
    comparison.moved();
    comparison.finish()
}

fn empty(flow: FlowName, old_name: Option<String>) -> FlowDiff {
    FlowDiff {
        flow,
        old_name,
        added_nodes: Vec::new(),
        removed_nodes: Vec::new(),
        renamed_nodes: Vec::new(),
        moved_nodes: Vec::new(),
        changed_prompts: Vec::new(),
        changed_routing: Vec::new(),
        changed_conditions: Vec::new(),
        rewired: Vec::new(),
        changed_variables: Vec::new(),
        changed_settings: Vec::new(),
        ignored: Vec::new(),
    }
}

/// Subject of the current changes; the flow itself if `node` is `None`.
#[derive(Default)]
struct Subject {
    node: Option<String>,
    node_type: String,
    /// Position in a report.
    order: usize,
}

struct Comparison<'p, 'o> {
    diff: FlowDiff,
    subject: Subject,
    ignored: IndexMap<String, usize, FxBuildHasher>,
    pairs: &'p Pairs<'o>,
}

impl Comparison<'_, '_> {
    fn finish(mut self) -> FlowDiff {
        let ignored = self.ignored.into_iter();
        let ignored = ignored.map(|(property, count)| Ignored { property, count });
        self.diff.ignored = ignored.collect();
        self.diff
    }

    fn ignore(&mut self, property: &str) {
        *self.ignored.entry(property.to_owned()).or_default() += 1;
    }

    fn change(
        &mut self,
        aspect: Aspect,
        property: &str,
        old: Option<String>,
        new: Option<String>,
    ) {
        let list = match aspect {
            Aspect::Prompt => &mut self.diff.changed_prompts,
            Aspect::Routing => &mut self.diff.changed_routing,
            Aspect::Condition => &mut self.diff.changed_conditions,
            Aspect::Variable => &mut self.diff.changed_variables,
            Aspect::Path => &mut self.diff.rewired,
            Aspect::Setting => &mut self.diff.changed_settings,
        };
        list.push(Change {
            node: self.subject.node.clone(),
            property: property.to_owned(),
            old,
            new,
            node_type: self.subject.node_type.clone(),
            order: self.subject.order,
        });
    }

    fn volatile(&mut self, old: &[(String, String)], new: &[(String, String)]) {
        for (name, value) in new {
            if old.iter().any(|(known, before)| known == name && before != value) {
                self.ignore(name);
            }
        }
        let has = |list: &[(String, String)], name: &str| {
            list.iter().any(|(known, _)| known == name)
        };
        for (name, _) in new.iter().filter(|(name, _)| !has(old, name)) {
            self.ignore(name);
        }
        for (name, _) in old.iter().filter(|(name, _)| !has(new, name)) {
            self.ignore(name);
        }
    }

    fn facts(&mut self, old: &[Property], new: &[Property]) {
        let [old, new] = [old, new].map(|facts| by_name(facts, |fact| &fact.name));
        for (name, fact) in &new {
            self.fact(old.get(name).copied(), Some(fact));
        }
        for (_, fact) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
            self.fact(Some(fact), None);
        }
    }

    fn fact(&mut self, old: Option<&Property>, new: Option<&Property>) {
        let (one, other) = (old.map(|it| &it.value), new.map(|it| &it.value));
        let Some(fact) = new.or(old).filter(|_| one != other) else { return };
        let is_one_sided = old.is_none() || new.is_none();
        let is_of_flow = self.subject.node.is_none();
        let is_of_one_form = self.pairs.is_mixed() && is_of_one_form(fact, is_of_flow);
        if self.is_architect() && is_id(fact) {
            return self.ignore(last(&fact.name));
        }
        if self.is_architect() && is_one_sided && is_default(fact) {
            return self.ignore(last(&fact.name));
        }
        if is_one_sided && is_of_one_form {
            let is_timeout = last(&fact.name) == "timeout";
            let name = if is_timeout { "timeout" } else { first_part(&fact.name) };
            return self.ignore(name);
        }
        match (one, other) {
            (Some(DisplayValue::List(old)), Some(DisplayValue::List(new))) => {
                for (before, now) in aligned(old, new) {
                    let (before, now) =
                        (before.map(|at| &old[at]), now.map(|at| &new[at]));
                    if before != now {
                        self.change(
                            fact.aspect,
                            &fact.name,
                            before.cloned(),
                            now.cloned(),
                        );
                    }
                }
            }
            _ => {
                let text = |shown: Option<&DisplayValue>| shown.map(DisplayValue::text);
                self.change(fact.aspect, &fact.name, text(one), text(other));
            }
        }
    }

    fn is_architect(&self) -> bool {
        self.pairs.new.source != Source::Draft
    }

    /// Returns whether two paths lead to the same item, which may be renamed.
    fn is_same_target(&self, old: &Link, new: &Link) -> bool {
        match (old.to, new.to) {
            (Some(old), Some(new)) => self.pairs.to_new[old] == Some(new),
            (None, None) => old.shown == new.shown,
            _ => false,
        }
    }

    fn paths(&mut self, old: &[Link], new: &[Link]) {
        let [old, new] = [old, new].map(|ways| by_name(ways, |way| &way.label));
        let shown = |way: &Link| Some(way.shown.to_string());
        for (label, way) in &new {
            let before = old.get(label).copied();
            if !before.is_some_and(|before| self.is_same_target(before, way)) {
                self.change(Aspect::Path, label, before.and_then(shown), shown(way));
            }
        }
        for (label, way) in old.iter().filter(|(label, _)| !new.contains_key(*label)) {
            self.change(Aspect::Path, label, shown(way), None);
        }
    }

    fn branches(&mut self, old: &[Branch], new: &[Branch]) {
        for (before, now) in paired_branches(old, new) {
            let number = now.or(before).map_or(0, |at| at + 1);
            let property = format!("condition {number}");
            let (before, now) = (before.map(|at| &old[at]), now.map(|at| &new[at]));
            let condition = |it: Option<&Branch>| it.map(|it| it.condition.clone());
            let (one, other) = (condition(before), condition(now));
            if one != other {
                self.change(Aspect::Condition, &property, one, other);
            }
            let way = |it: Option<&Branch>| it.and_then(|it| it.way.clone());
            let (one, other) = (way(before), way(now));
            let is_same = match (&one, &other) {
                (Some(one), Some(other)) => self.is_same_target(one, other),
                (None, None) => true,
                _ => false,
            };
            if !is_same {
                let shown = |way: Option<Link>| way.map(|way| way.shown.to_string());
                self.change(Aspect::Path, &property, shown(one), shown(other));
            }
        }
    }

    fn items(&mut self) {
        let pairs = self.pairs;
        for (index, item) in pairs.new.items.iter().enumerate() {
            let order = index + 1;
            let name = || node_name(pairs.new, &pairs.new_children, index, order);
            let Some(old) = pairs.to_old[index].map(|old| &pairs.old.items[old]) else {
                self.diff.added_nodes.push(name());
                continue;
            };
            self.subject = Subject {
                node: Some(item.id.to_string()),
                node_type: item.kind.to_string(),
                order,
            };
            if let Some(before) = self.old_name(old, item, index) {
                self.diff.renamed_nodes.push(RenamedNode { node: name(), old: before });
            }
            self.item(old, item);
        }
        let removed =
            (0..pairs.old.items.len()).filter(|old| pairs.to_new[*old].is_none());
        let end = pairs.new.items.len() + 1;
        self.diff.removed_nodes.extend(
            removed.map(|old| node_name(pairs.old, &pairs.old_children, old, end + old)),
        );
    }

    fn item(&mut self, old: &Item, new: &Item) {
        if old.kind != new.kind {
            let kinds = (old.kind.to_string(), new.kind.to_string());
            self.change(Aspect::Setting, "type", Some(kinds.0), Some(kinds.1));
        }
        // Unlike actions, nodes have a name in addition to their id.
        if !self.is_architect() && old.name != new.name {
            let text = |text: &Option<Text>| text.as_ref().map(ToString::to_string);
            self.change(Aspect::Setting, "name", text(&old.name), text(&new.name));
        }
        self.volatile(&old.volatile, &new.volatile);
        self.facts(&old.facts, &new.facts);
        self.branches(&old.branches, &new.branches);
        self.paths(&old.links, &new.links);
    }

    /// Returns the old name of an item if it was renamed. Exports name items that the
    /// author did not name.
    fn old_name(&mut self, old: &Item, new: &Item, index: usize) -> Option<String> {
        if !self.is_architect() {
            return (old.id != new.id).then(|| old.id.to_string());
        }
        if old.name == new.name {
            return None;
        }
        let start = |way: &&Link| way.label == "start" && way.to == Some(index);
        let is_start = self.pairs.new.links.iter().any(|way| start(&way));
        let is_unnamed = old.name.is_none() || new.name.is_none() || is_start;
        if self.pairs.is_mixed() && is_unnamed {
            self.ignore("name");
            return None;
        }
        Some(old.name.as_ref().unwrap_or(&old.kind).to_string())
    }

    /// Finds actions that are in another place, or that others have overtaken.
    fn moved(&mut self) {
        let pairs = self.pairs;
        for (&(within, outcome), new) in &pairs.new_children {
            let old_within = pairs.to_old[within];
            let old_outcome = pairs.old_outcome(within, outcome);
            let mut staying = Vec::new();
            for &index in new {
                let Some(old) = pairs.to_old[index] else { continue };
                let was = pairs.old.items[old].place.as_ref();
                let was = was.map(|(within, outcome)| (Some(*within), Some(outcome)));
                if was == Some((old_within, old_outcome.as_ref())) {
                    staying.push((old, index));
                } else {
                    self.add_moved(old, index);
                }
            }
            for (old, index) in overtaken(&staying) {
                self.add_moved(old, index);
            }
        }
        self.diff.moved_nodes.sort_by_key(|moved| moved.node.order);
    }

    fn add_moved(&mut self, old: usize, new: usize) {
        let pairs = self.pairs;
        let node = node_name(pairs.new, &pairs.new_children, new, new + 1);
        let old = place_of(pairs.old, &pairs.old_children, old).unwrap_or_default();
        self.diff.moved_nodes.push(MovedNode { node, old });
    }
}

impl DisplayValue {
    fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::List(items) => items.join(", "),
        }
    }
}

/// Indexes items by name; the first of repeated names counts.
fn by_name<'t, T>(items: &'t [T], name: fn(&T) -> &String) -> ByName<'t, T> {
    let mut by_name = ByName::default();
    for item in items {
        by_name.entry(name(item).as_str()).or_insert(item);
    }
    by_name
}

type ByName<'t, T> = IndexMap<&'t str, &'t T, FxBuildHasher>;

/// Returns the items that are not on the longest subsequence with unchanged order. The
/// given items are in the new order.
fn overtaken(items: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `ends` has the item with the smallest old index that ends a subsequence of each
    // length. `before` has the preceding item of each item on its subsequence.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(items.len());
    for (index, (old, _)) in items.iter().enumerate() {
        let length = ends.partition_point(|&end| items[end].0 < *old);
        before.push(length.checked_sub(1).map(|at| ends[at]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut stays = vec![false; items.len()];
    let mut next = ends.last().copied();
    while let Some(index) = next {
        stays[index] = true;
        next = before[index];
    }
    let moved = items.iter().zip(stays).filter(|(_, stays)| !stays);
    moved.map(|(item, _)| *item).collect()
}

fn node_name(
    outline: &Outline,
    children: &Children<'_>,
    index: usize,
    order: usize,
) -> NodeName {
    let item = &outline.items[index];
    NodeName {
        node: item.id.to_string(),
        name: item.name.as_ref().map(ToString::to_string),
        node_type: item.kind.to_string(),
        place: place_of(outline, children, index),
        order,
    }
}

/// Describes the place of an action: `Main, after Greeting`, `Ask, yes, first`.
fn place_of(outline: &Outline, children: &Children<'_>, index: usize) -> Option<String> {
    let (within, outcome) = outline.items[index].place.as_ref()?;
    let container = &outline.items[*within];
    let mut place = match outcome {
        Outcome::Body => container.id.to_string(),
        Outcome::Output(label) => format!("{}, {label}", container.id),
        Outcome::Branch(number) => format!("{}, case {}", container.id, number + 1),
    };
    let siblings = children.get(&(*within, outcome)).map_or(&[][..], Vec::as_slice);
    let position = siblings.binary_search(&index).unwrap_or_default();
    let previous = position.checked_sub(1).and_then(|at| siblings.get(at));
    place.push_str(&match previous {
        Some(previous) => format!(", after {}", outline.items[*previous].id),
        None => ", first".into(),
    });
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_items_are_overtaken() {
        let pairs = |old: &[usize]| -> Vec<(usize, usize)> {
            old.iter().copied().zip(0..).collect()
        };
        assert_eq!(overtaken(&pairs(&[0, 1, 2])), []);
        assert_eq!(overtaken(&pairs(&[1, 2, 3, 0])), [(0, 3)]);
        assert_eq!(overtaken(&pairs(&[3, 0, 1, 2])), [(3, 0)]);
    }
}
