//! Pairing of items between two versions: by key, by name and place, and by equal content
//! if only the name or place changed.

use std::hash::Hash;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use similar::DiffOp;

use super::outline::{Branch, Item, Link, Outcome, Outline, Source};
use crate::value::readable_differences;

type Map<K, V> = IndexMap<K, V, FxBuildHasher>;

/// Maximum distance at which a renamed action is searched for.
const MAX_GAP: usize = 64;

/// Items of each place, in order.
pub(super) type Children<'o> = Map<(usize, &'o Outcome), Vec<usize>>;

/// Paired items of both versions.
pub(super) struct Pairs<'o> {
    pub(super) old: &'o Outline,
    pub(super) new: &'o Outline,
    /// New item of each old item.
    pub(super) to_new: Vec<Option<usize>>,
    /// Old item of each new item.
    pub(super) to_old: Vec<Option<usize>>,
    pub(super) old_children: Children<'o>,
    pub(super) new_children: Children<'o>,
    /// For each new item, the old case of each of its cases.
    cases: Map<usize, Map<usize, usize>>,
}

impl<'o> Pairs<'o> {
    pub(super) fn new(old: &'o Outline, new: &'o Outline) -> Self {
        let mut pairs = Self {
            old,
            new,
            to_new: vec![None; old.items.len()],
            to_old: vec![None; new.items.len()],
            old_children: children(old),
            new_children: children(new),
            cases: Map::default(),
        };
        if new.source == Source::Draft {
            pairs.by_key();
            pairs.renamed_nodes();
        } else {
            pairs.by_key();
            pairs.units();
            pairs.sequences();
            pairs.moved_actions();
            pairs.sequences();
        }
        pairs
    }

    fn pair(&mut self, old: usize, new: usize) {
        self.to_new[old] = Some(new);
        self.to_old[new] = Some(old);
    }

    fn is_free(&self, old: usize, new: usize) -> bool {
        self.to_new[old].is_none() && self.to_old[new].is_none()
    }

    /// Returns whether the versions have different formats, so that one may omit
    /// properties of the other.
    pub(super) fn is_mixed(&self) -> bool {
        self.old.source != self.new.source
    }

    /// Pairs items with the same key; in Architect flows only if the kind is also the
    /// same.
    fn by_key(&mut self) {
        let is_draft = self.new.source == Source::Draft;
        self.unique(|_, item| {
            let kind = if is_draft { "" } else { &*item.kind };
            Some((item.key.as_deref()?, kind, item.place.is_some()))
        });
    }

    /// Pairs items whose key is unique in both versions.
    fn unique<K: Hash + Eq>(&mut self, key: impl Fn(&'o Outline, &'o Item) -> Option<K>) {
        let mut found: Map<K, [Found; 2]> = Map::default();
        for (side, outline) in [self.old, self.new].into_iter().enumerate() {
            let known = if side == 0 { &self.to_new } else { &self.to_old };
            for (index, item) in outline.items.iter().enumerate() {
                if known[index].is_none()
                    && let Some(key) = key(outline, item)
                {
                    found.entry(key).or_default()[side].add(index);
                }
            }
        }
        self.pair_found(found);
    }

    /// Pairs units: by name, then the start units, then by their whole content.
    fn units(&mut self) {
        self.unique(|_, item| {
            (item.place.is_none()).then(|| (item.kind.clone(), item.name.clone()))
        });
        let start = |outline: &Outline| {
            outline.links.iter().find(|way| way.label == "start").and_then(|way| way.to)
        };
        if let (Some(old), Some(new)) = (start(self.old), start(self.new))
            && self.is_free(old, new)
            && (self.is_mixed() || self.old.items[old].facts == self.new.items[new].facts)
            && self.old.items[old].kind == self.new.items[new].kind
        {
            self.pair(old, new);
        }
        let contents = [self.old, self.new].map(contents);
        self.unique(|outline, item| {
            let side = usize::from(std::ptr::eq(outline, self.new));
            item.place.is_none().then(|| contents[side].get(item.id.as_str()).cloned())?
        });
    }

    /// Walks the sequences of paired items, outer ones first, and pairs their contents.
    fn sequences(&mut self) {
        let places: Vec<(usize, &'o Outcome)> =
            self.new_children.keys().copied().collect();
        for (within, outcome) in places {
            let Some(old_within) = self.to_old[within] else { continue };
            self.pair_cases(old_within, within);
            let Some(old_outcome) = self.old_outcome(within, outcome) else { continue };
            let old = self.old_children.get(&(old_within, &old_outcome)).cloned();
            let new = self.new_children.get(&(within, outcome)).cloned();
            self.sequence(&old.unwrap_or_default(), &new.unwrap_or_default());
        }
    }

    /// Pairs cases of a switch by their conditions.
    fn pair_cases(&mut self, old: usize, new: usize) {
        let branches = &self.new.items[new].branches;
        if !branches.is_empty() && !self.cases.contains_key(&new) {
            let pairs = paired_branches(&self.old.items[old].branches, branches);
            let pairs = pairs.into_iter().filter_map(|(old, new)| Some((new?, old?)));
            self.cases.insert(new, pairs.collect());
        }
    }

    /// Returns the old outcome that corresponds to `outcome` of a new item.
    pub(super) fn old_outcome(&self, new: usize, outcome: &Outcome) -> Option<Outcome> {
        let Outcome::Branch(number) = outcome else { return Some(outcome.clone()) };
        self.cases.get(&new)?.get(number).copied().map(Outcome::Branch)
    }

    fn sequence(&mut self, old: &[usize], new: &[usize]) {
        self.by_name(old, new);
        let (olds, news) = self.tokens(old, new);
        for operation in readable_differences(&olds, &news) {
            let (_, of_old, of_new) = operation.as_tag_tuple();
            let (old, new) = (&old[of_old], &new[of_new]);
            if matches!(operation, DiffOp::Equal { .. }) {
                for (old, new) in old.iter().zip(new) {
                    if self.is_free(*old, *new) {
                        self.pair(*old, *new);
                    }
                }
            } else {
                self.gap(old, new);
            }
        }
    }

    /// Pairs actions in corresponding sequences if their kind and name are unique.
    fn by_name(&mut self, old: &[usize], new: &[usize]) {
        let mut found: Map<(&str, &str), [Found; 2]> = Map::default();
        let olds = old.iter().map(|&index| (0, index, &self.old.items[index]));
        let news = new.iter().map(|&index| (1, index, &self.new.items[index]));
        for (side, index, item) in olds.chain(news) {
            let known = if side == 0 { &self.to_new } else { &self.to_old };
            if let (None, Some(name)) = (known[index], &item.name) {
                found.entry((&item.kind, name)).or_default()[side].add(index);
            }
        }
        self.pair_found(found);
    }

    fn pair_found<K>(&mut self, found: Map<K, [Found; 2]>) {
        for sides in found.into_values() {
            if let [Found::One(old), Found::One(new)] = sides {
                self.pair(old, new);
            }
        }
    }

    /// Returns a number for each item. Paired items have a unique number; others share
    /// one per kind and name.
    fn tokens(&self, old: &[usize], new: &[usize]) -> (Vec<usize>, Vec<usize>) {
        let mut kinds: Map<(&str, Option<&str>), usize> = Map::default();
        let beyond = self.to_new.len() + self.to_old.len();
        let mut token = |item: &'o Item, pair: Option<usize>| match pair {
            Some(new) => new,
            None => {
                let next = beyond + kinds.len();
                *kinds.entry((&item.kind, item.name.as_deref())).or_insert(next)
            }
        };
        let olds =
            old.iter().map(|&index| token(&self.old.items[index], self.to_new[index]));
        let olds = olds.collect();
        let news = new.iter().map(|&index| {
            token(&self.new.items[index], self.to_old[index].map(|_| index))
        });
        (olds, news.collect())
    }

    /// Pairs renamed actions, which differ only by name, among the unpaired actions
    /// between two pairs. In Archy YAML, the name may be missing.
    fn gap(&mut self, old: &[usize], new: &[usize]) {
        let mut rest = new.iter();
        for &old in old {
            let mut ahead = rest.clone();
            let mut near = ahead.by_ref().take(MAX_GAP);
            let found =
                near.find(|&&new| self.is_free(old, new) && self.is_renamed(old, new));
            if let Some(&new) = found {
                self.pair(old, new);
                rest = ahead;
            }
        }
    }

    fn is_renamed(&self, old: usize, new: usize) -> bool {
        let (old, new) = (&self.old.items[old], &self.new.items[new]);
        let is_unnamed = self.is_mixed() && (old.name.is_none() || new.name.is_none());
        old.kind == new.kind && (is_unnamed || self.is_alike(old, new))
    }

    /// Returns whether two items have the same behaviour. Targets that are not paired yet
    /// are accepted.
    fn is_alike(&self, old: &Item, new: &Item) -> bool {
        let leads_alike = |old: &Link, new: &Link| {
            old.label == new.label
                && match (old.to, new.to) {
                    (Some(old), Some(new)) => {
                        self.to_new[old] == Some(new) || self.is_free(old, new)
                    }
                    (None, None) => old.shown == new.shown,
                    _ => false,
                }
        };
        let branches_alike = |old: &Branch, new: &Branch| {
            old.condition == new.condition
                && match (&old.way, &new.way) {
                    (Some(old), Some(new)) => leads_alike(old, new),
                    (None, None) => true,
                    _ => false,
                }
        };
        old.kind == new.kind
            && old.facts == new.facts
            && old.links.len() == new.links.len()
            && old.branches.len() == new.branches.len()
            && old.links.iter().zip(&new.links).all(|(old, new)| leads_alike(old, new))
            && old.branches.iter().zip(&new.branches).all(|(o, n)| branches_alike(o, n))
    }

    /// Pairs nodes with another id that have the same behaviour and are reached from the
    /// same place.
    fn renamed_nodes(&mut self) {
        let (old, new) = (self.old, self.new);
        let mut pending: Vec<(usize, usize)> = Vec::new();
        self.follow(&old.links, &new.links, &mut pending);
        let known = self.to_new.iter().enumerate();
        let known = known.filter_map(|(old, new)| Some((old, (*new)?)));
        pending.extend(known.collect::<Vec<_>>());
        pending.reverse();
        while let Some((one, other)) = pending.pop() {
            let (one, other) = (&old.items[one], &new.items[other]);
            self.follow(&one.links, &other.links, &mut pending);
            for (before, now) in paired_branches(&one.branches, &other.branches) {
                if let (Some(before), Some(now)) = (before, now) {
                    let (one, other) = (&one.branches[before], &other.branches[now]);
                    self.follow(one.way.as_slice(), other.way.as_slice(), &mut pending);
                }
            }
        }
    }

    /// Pairs the targets of two lists of paths if they are renamed.
    fn follow(&mut self, old: &[Link], new: &[Link], pending: &mut Vec<(usize, usize)>) {
        for way in old {
            let same = new.iter().find(|it| it.label == way.label);
            if let (Some(old), Some(new)) = (way.to, same.and_then(|way| way.to))
                && self.is_free(old, new)
                && self.is_alike(&self.old.items[old], &self.new.items[new])
            {
                self.pair(old, new);
                pending.push((old, new));
            }
        }
    }

    /// Pairs actions that moved from one place to another without changes.
    fn moved_actions(&mut self) {
        self.unique(|_, item| {
            let is_distinctive = item.name.is_some() || !item.facts.is_empty();
            (item.place.is_some() && is_distinctive).then(|| summary(item))
        });
    }
}

/// Number of items found with a key.
#[derive(Default)]
enum Found {
    #[default]
    None,
    One(usize),
    Several,
}

impl Found {
    fn add(&mut self, index: usize) {
        *self = match self {
            Self::None => Self::One(index),
            _ => Self::Several,
        };
    }
}

fn children(outline: &Outline) -> Children<'_> {
    let mut children = Children::default();
    for (index, item) in outline.items.iter().enumerate() {
        if let Some((within, outcome)) = &item.place {
            children.entry((*within, outcome)).or_default().push(index);
        }
    }
    children
}

/// Returns a string that identifies the content of an item.
fn summary(item: &Item) -> String {
    let paths: Vec<_> = item.links.iter().map(|way| (&way.label, &way.shown)).collect();
    let (kind, name, facts) = (&item.kind, &item.name, &item.facts);
    format!("{kind} {name:?} {facts:?} {paths:?} {:?}", item.branches)
}

/// Returns a string with the content of each unit and its actions, by unit name.
fn contents(outline: &Outline) -> Map<&str, String> {
    let mut contents: Map<&str, String> = Map::default();
    let mut unit = None;
    for item in &outline.items {
        if item.place.is_none() {
            unit = Some(item.id.as_str());
        } else if let Some(unit) = unit {
            let text = contents.entry(unit).or_default();
            text.push_str(&summary(item));
            text.push_str(&format!(
                "{:?}\n",
                item.place.as_ref().map(|(_, outcome)| outcome)
            ));
        }
    }
    contents
}

/// Pairs the conditions of both versions: equal ones, and replaced ones, preferably with
/// the same target.
pub(super) fn paired_branches(
    old: &[Branch],
    new: &[Branch],
) -> Vec<(Option<usize>, Option<usize>)> {
    let conditions = |branches: &[Branch]| -> Vec<String> {
        branches.iter().map(|branch| branch.condition.clone()).collect()
    };
    let targets = |branches: &[Branch]| -> Vec<String> {
        let ways = branches.iter().map(|branch| branch.way.as_ref());
        ways.map(|way| way.map(|way| way.shown.to_string()).unwrap_or_default()).collect()
    };
    let mut pairs = Vec::new();
    let (olds, news) = (conditions(old), conditions(new));
    for operation in readable_differences(&olds, &news) {
        let (_, of_old, of_new) = operation.as_tag_tuple();
        if matches!(operation, DiffOp::Equal { .. }) {
            pairs.extend(of_old.zip(of_new).map(|(old, new)| (Some(old), Some(new))));
            continue;
        }
        let (first_old, first_new) = (of_old.start, of_new.start);
        let replaced = aligned(&targets(&old[of_old]), &targets(&new[of_new]));
        pairs.extend(replaced.into_iter().map(|(old, new)| {
            (old.map(|at| at + first_old), new.map(|at| at + first_new))
        }));
    }
    pairs
}

/// Pairs the items of two lists: equal ones, and replaced ones.
pub(super) fn aligned(
    old: &[String],
    new: &[String],
) -> Vec<(Option<usize>, Option<usize>)> {
    let mut pairs = Vec::new();
    for operation in readable_differences(old, new) {
        let (_, old, new) = operation.as_tag_tuple();
        let count = old.len().max(new.len());
        let at = |range: &std::ops::Range<usize>, offset: usize| {
            Some(range.start + offset).filter(|index| range.contains(index))
        };
        pairs.extend((0..count).map(|offset| (at(&old, offset), at(&new, offset))));
    }
    pairs
}
