//! Comparison of aligned steps.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::align::{Row, align};
use super::cause::{CauseContext, cause};
use super::equal::{Equality, Leaves, is_close, twin};
use super::report::{Comparison, Difference, DifferenceKind, Ignored, Verdict};
use super::rules::Rules;
use super::unknown::{renamed, unchecked};
use crate::flow::kinds::{LookupKind, Operation, of_event, operation_of};
use crate::trace::observation::{
    Attribute, AttributeKind, Observation, ObservedStep, Place, Source,
};
use crate::value::{Json, Text};

/// Platform variables that change with every run.
pub(super) const VOLATILE: [&str; 4] =
    ["Call.ConversationId", "Flow.StartDateTimeUtc", "Flow.Version", "Interaction.Id"];

/// Compares a recorded call with the same call on local flows.
///
/// Only information known to both sides is compared; the rest is counted in
/// [`Comparison::ignored`]. The result depends only on the arguments.
pub fn compare(recorded: &Observation, local: &Observation, rules: &Rules) -> Comparison {
    let rows = align(&recorded.steps, &local.steps);
    let mut walk = Walk {
        recorded,
        local,
        rules,
        rows: &rows,
        found: Vec::new(),
        ignored: BTreeMap::new(),
        divergence: None,
    };
    walk.steps();
    walk.call();
    let Walk { found, ignored, divergence: parting, .. } = walk;
    let context = CauseContext {
        recorded,
        local,
        rules,
        rows: &rows,
        found: &found,
        divergence: parting,
    };
    let cause = cause(&context);
    let differences: Vec<Difference> =
        found.into_iter().map(|it| it.difference).collect();
    let ignored = ignored.into_iter();
    Comparison {
        schema: Comparison::SCHEMA,
        verdict: match differences.is_empty() {
            true => Verdict::Equal,
            false => Verdict::Different,
        },
        first_difference: differences.first().cloned(),
        path_diverges_at: parting.map(|row| number_of(&rows, row)),
        differences,
        ignored: ignored.map(|(reason, count)| Ignored { reason, count }).collect(),
        renamed: renamed(recorded, local, &rows),
        unchecked: unchecked(recorded, local, rules),
        cause,
    }
}

/// Returns the number of the recorded step at a row, or of the next one.
fn number_of(rows: &[Row], row: usize) -> usize {
    let before = rows.get(..row).unwrap_or(rows).iter();
    before.filter(|row| row.recorded.is_some()).count() + 1
}

/// A difference, with the data needed to find its cause.
pub(super) struct Found<'o> {
    pub(super) difference: Difference,
    /// Row of its step; `None` for the whole call.
    pub(super) row: Option<usize>,
    /// Complete values that contain the difference.
    pub(super) recorded: Option<&'o Json>,
    pub(super) local: Option<&'o Json>,
}

pub(super) struct Walk<'o, 'r> {
    pub(super) recorded: &'o Observation,
    pub(super) local: &'o Observation,
    pub(super) rules: &'r Rules,
    rows: &'r [Row],
    found: Vec<Found<'o>>,
    ignored: BTreeMap<String, usize>,
    /// First row whose step differs between the sides.
    divergence: Option<usize>,
}

/// A pair of steps, with a value that at least one of them has.
#[derive(Clone, Copy)]
struct Both<'o> {
    row: usize,
    at: (usize, usize),
    steps: (&'o ObservedStep, &'o ObservedStep),
    attributes: (Option<&'o Attribute>, Option<&'o Attribute>),
}

impl<'o> Walk<'o, '_> {
    pub(super) fn ignore(&mut self, reason: impl Into<String>, count: usize) {
        if count > 0 {
            *self.ignored.entry(reason.into()).or_default() += count;
        }
    }

    /// Records a difference unless a rule ignores one of its pointers.
    pub(super) fn differ(
        &mut self,
        found: Found<'o>,
        other_pointer: Option<&str>,
    ) -> bool {
        let pointer = found.difference.pointer.as_str();
        let mut rules = self.rules.ignored.iter();
        let rule = rules.find(|rule| {
            rule.covers(pointer) || other_pointer.is_some_and(|other| rule.covers(other))
        });
        match rule {
            Some(rule) => self.ignore(format!("rule {}", rule.as_str()), 1),
            None => self.found.push(found),
        }
        rule.is_none()
    }

    fn steps(&mut self) {
        let rows = self.rows;
        let last =
            rows.iter().rposition(|row| row.recorded.is_some() && row.local.is_some());
        let mut moved_to = None;
        for (index, row) in rows.iter().enumerate() {
            let is_after = last.is_none_or(|last| index > last);
            match (row.recorded, row.local) {
                (Some(at), Some(other)) => {
                    // Steps that follow a moved step belong to the same block.
                    let is_next =
                        moved_to.is_some_and(|before: usize| before + 1 == other);
                    if row.is_moved && !is_next {
                        self.moved_step(index, at, other);
                    }
                    moved_to = row.is_moved.then_some(other);
                    self.pair(index, at, other);
                }
                (Some(at), None) => {
                    moved_to = None;
                    let is_cut = is_after && self.local.is_truncated;
                    self.unmatched(index, self.recorded, at, is_cut);
                }
                (None, Some(at)) => {
                    moved_to = None;
                    let is_cut = is_after && self.recorded.is_truncated;
                    self.unmatched(index, self.local, at, is_cut);
                }
                (None, None) => {}
            }
        }
    }

    /// Records a step that only one side has.
    fn unmatched(&mut self, row: usize, side: &'o Observation, at: usize, is_cut: bool) {
        let is_recorded = std::ptr::eq(side, self.recorded);
        let (other, reason) = match is_recorded {
            true => (self.local, "steps known only to the recording"),
            false => (self.recorded, "steps known only to the local run"),
        };
        let Some(step) = side.steps.get(at) else { return };
        if is_cut || !other.can_know(step) {
            self.ignore(reason, 1);
            return;
        }
        let label = Some(Json::String(step.label().into()));
        let kind = match is_recorded {
            true => DifferenceKind::MissingStep,
            false => DifferenceKind::InsertedStep,
        };
        let mut difference = of_step(kind, step, side.step_pointer(at));
        match is_recorded {
            true => (difference.step, difference.recorded) = (Some(at + 1), label),
            false => (difference.local_step, difference.local) = (Some(at + 1), label),
        }
        let found = Found { difference, row: Some(row), recorded: None, local: None };
        self.part(found, row, None);
    }

    fn moved_step(&mut self, row: usize, at: usize, other: usize) {
        let Some(step) = self.recorded.steps.get(at) else { return };
        let pointer = self.recorded.step_pointer(at);
        let mut difference = of_step(DifferenceKind::MovedStep, step, pointer);
        let number = |at: usize| i64::try_from(at + 1).ok().map(Json::Integer);
        (difference.step, difference.recorded) = (Some(at + 1), number(at));
        (difference.local_step, difference.local) = (Some(other + 1), number(other));
        let found = Found { difference, row: Some(row), recorded: None, local: None };
        let other = self.local.step_pointer(other);
        self.part(found, row, Some(&other));
    }

    fn part(&mut self, found: Found<'o>, row: usize, other: Option<&str>) {
        if self.differ(found, other) {
            self.divergence.get_or_insert(row);
        }
    }

    fn pair(&mut self, row: usize, at: usize, other: usize) {
        let steps = (self.recorded.steps.get(at), self.local.steps.get(other));
        let (Some(one), Some(two)) = steps else { return };
        let attributes = (None, None);
        let both = Both { row, at: (at, other), steps: (one, two), attributes };
        if !one.kind.eq_ignore_ascii_case(&two.kind) {
            let kinds = (Some(text(&one.kind)), Some(text(&two.kind)));
            self.step_differs(DifferenceKind::Type, both, kinds);
        }
        self.times(both);
        if one.attributes != two.attributes {
            self.attributes(both);
        }
        if let (Some(path), Some(local)) = (&one.path, &two.path)
            && path != local
            && (one.path_name.is_none() || one.path_name != two.path_name)
        {
            let shown = |step: &ObservedStep, path| {
                Some(text(step.path_name.as_ref().unwrap_or(path)))
            };
            let paths = (shown(one, path), shown(two, local));
            self.step_differs(DifferenceKind::Path, both, paths);
        }
    }

    fn times(&mut self, both: Both<'o>) {
        let (Some(one), Some(two)) = (both.steps.0.start_ms, both.steps.1.start_ms)
        else {
            return;
        };
        match self.rules.time_ms {
            _ if one == two => {}
            None => self.ignore("times", 1),
            Some(most) if is_close(one, two, most) => self.ignore("tolerated", 1),
            Some(_) => {
                let times = (Some(Json::Integer(one)), Some(Json::Integer(two)));
                self.step_differs(DifferenceKind::Time, both, times);
            }
        }
    }

    /// Records a difference of the steps themselves.
    fn step_differs(
        &mut self,
        kind: DifferenceKind,
        both: Both<'o>,
        (recorded, local): (Option<Json>, Option<Json>),
    ) {
        let key = match (kind, self.recorded.source) {
            (DifferenceKind::Path, Source::Document) => "/outputPathId",
            (DifferenceKind::Path, _) => "/path",
            (DifferenceKind::Type, Source::Document) => "",
            (DifferenceKind::Type, _) => "/nodeType",
            (_, Source::Document) => "/dateTime",
            _ => "/startMs",
        };
        let pointer = self.recorded.step_pointer(both.at.0) + key;
        let other = self.local.step_pointer(both.at.1) + key;
        let mut difference = of_step(kind, both.steps.0, pointer);
        (difference.step, difference.local_step) =
            (Some(both.at.0 + 1), Some(both.at.1 + 1));
        (difference.recorded, difference.local) = (recorded, local);
        let found =
            Found { difference, row: Some(both.row), recorded: None, local: None };
        self.differ(found, Some(&other));
    }

    fn attributes(&mut self, both: Both<'o>) {
        let (one, two) = both.steps;
        let (only_recorded, only_local) = (self.recorded.known, self.local.known);
        let is_same_shape = one.attributes.len() == two.attributes.len()
            && one
                .attributes
                .iter()
                .zip(&two.attributes)
                .all(|(a, b)| a.kind == b.kind && a.name == b.name);
        for aspect in AttributeKind::ALL {
            match (only_recorded.has(aspect), only_local.has(aspect)) {
                (true, true) if is_same_shape => {
                    let pairs = one.attributes.iter().zip(&two.attributes);
                    for (a, b) in pairs.filter(|(a, _)| a.kind == aspect) {
                        self.attribute(Both { attributes: (Some(a), Some(b)), ..both });
                    }
                }
                (true, true) => self.named(both, aspect),
                (true, false) => {
                    let count = one.of(aspect).count();
                    self.ignore("values known only to the recording", count);
                }
                (false, _) => {
                    let count = two.of(aspect).count();
                    self.ignore("values known only to the local run", count);
                }
            }
        }
    }

    /// Pairs values of one kind by name. If a name occurs repeatedly, the first is paired
    /// with the first, and so on.
    fn named(&mut self, both: Both<'o>, aspect: AttributeKind) {
        let mut others: FxHashMap<&str, Vec<&'o Attribute>> = FxHashMap::default();
        for attribute in both.steps.1.of(aspect) {
            others.entry(&attribute.name).or_default().push(attribute);
        }
        others.values_mut().for_each(|attributes| attributes.reverse());
        let mut left: Vec<&Attribute> = Vec::new();
        for attribute in both.steps.0.of(aspect) {
            let other = others.get_mut(attribute.name.as_str()).and_then(Vec::pop);
            match other {
                Some(_) => {
                    self.attribute(Both { attributes: (Some(attribute), other), ..both });
                }
                None => left.push(attribute),
            }
        }
        let mut rest: Vec<&Attribute> = Vec::new();
        for attribute in both.steps.1.of(aspect) {
            if let Some(waiting) = others.get_mut(attribute.name.as_str())
                && waiting.last().is_some_and(|last| std::ptr::eq(*last, attribute))
            {
                waiting.pop();
                rest.push(attribute);
            }
        }
        self.by_key(both, left, rest);
    }

    /// Pairs the attributes without a partner of the same name by their keys: a document
    /// without names has ids in their place.
    fn by_key(
        &mut self,
        both: Both<'o>,
        left: Vec<&'o Attribute>,
        mut rest: Vec<&'o Attribute>,
    ) {
        for attribute in left {
            let is_same = |other: &&Attribute| {
                attribute.key.is_some() && attribute.key == other.key
            };
            let other = rest.iter().position(is_same).map(|at| rest.remove(at));
            self.attribute(Both { attributes: (Some(attribute), other), ..both });
        }
        for attribute in rest {
            self.attribute(Both { attributes: (None, Some(attribute)), ..both });
        }
    }

    fn attribute(&mut self, both: Both<'o>) {
        let (one, two) = both.attributes;
        let Some(attribute) = one.or(two) else { return };
        if one.is_none() && !must_have(attribute, both.steps.0)
            || two.is_none() && !must_have(attribute, both.steps.1)
        {
            let reason = match one.is_some() {
                true => "values known only to the recording",
                false => "values known only to the local run",
            };
            return self.ignore(reason, 1);
        }
        let value = |attribute: Option<&'o Attribute>| {
            attribute.map(|attribute| attribute.value.as_ref())
        };
        let values = match (value(one), value(two)) {
            (Some(None), _) | (_, Some(None)) => {
                return self.ignore("hidden or redacted", 1);
            }
            (recorded, local) => (recorded.flatten(), local.flatten()),
        };
        if values.0 == values.1 || is_same_language(attribute, values) {
            return;
        }
        let is_variable =
            matches!(attribute.kind, AttributeKind::Start | AttributeKind::Set);
        if is_variable && VOLATILE.contains(&attribute.name.as_str()) {
            return self.ignore("ids and times of the run", 1);
        }
        // A queue is the same if its id or its name is.
        let has_both = self.recorded.source == Source::Document
            || attribute.kind == AttributeKind::Routing;
        if has_both && has_same_twin(&both) || is_id_of_name(&both) {
            return;
        }
        self.values(both, attribute, values);
    }

    /// Records the differences between two values of a step.
    fn values(
        &mut self,
        both: Both<'o>,
        attribute: &Attribute,
        (recorded, local): (Option<&'o Json>, Option<&'o Json>),
    ) {
        let is_lenient = matches!(
            attribute.kind,
            AttributeKind::Input | AttributeKind::Routing | AttributeKind::Error
        );
        for leaf in self.leaves(is_lenient, recorded, local).found {
            let pointer = |side: &Observation, at, attribute: Option<&Attribute>| {
                attribute.map(|it| side.facet_pointer(at, it) + &leaf.pointer)
            };
            let here = pointer(self.recorded, both.at.0, both.attributes.0);
            let there = pointer(self.local, both.at.1, both.attributes.1);
            let first = here.or_else(|| there.clone()).unwrap_or_default();
            let mut difference = of_step(kind_of(attribute.kind), both.steps.0, first);
            difference.name = attribute.name.to_string();
            difference.step = Some(both.at.0 + 1);
            difference.local_step = Some(both.at.1 + 1);
            difference.recorded = leaf.recorded.cloned();
            difference.local = leaf.local.cloned();
            let found = Found { difference, row: Some(both.row), recorded, local };
            self.differ(found, there.as_deref());
        }
    }

    pub(super) fn leaves(
        &mut self,
        is_lenient: bool,
        recorded: Option<&'o Json>,
        local: Option<&'o Json>,
    ) -> Leaves<'o> {
        let leaves = Leaves::default();
        let mut equality = Equality { rules: self.rules, is_lenient, leaves };
        equality.compare("", recorded, local);
        let leaves = equality.leaves;
        self.ignore("hidden or redacted", leaves.hidden);
        self.ignore("tolerated", leaves.tolerated);
        self.ignore("values reported by one side only", leaves.one_sided);
        leaves
    }
}

pub(super) fn text(text: &Text) -> Json {
    Json::String(text.clone())
}

/// Returns whether two values are the same language: the case of a tag does not matter.
/// *Source: RFC 5646, section 2.1.1.*
fn is_same_language(
    attribute: &Attribute,
    values: (Option<&Json>, Option<&Json>),
) -> bool {
    const NAMES: [&str; 5] = [
        "languageTag",
        "language",
        "Call.Language",
        "Interaction.Language",
        "Message.Language",
    ];
    let (Some(Json::String(one)), Some(Json::String(two))) = values else { return false };
    NAMES.contains(&attribute.name.as_str()) && one.eq_ignore_ascii_case(two)
}

/// Creates a difference of a step, without values.
fn of_step(kind: DifferenceKind, step: &ObservedStep, pointer: String) -> Difference {
    Difference {
        kind,
        name: String::new(),
        step: None,
        local_step: None,
        node_id: step.id.as_ref().map(Text::to_string),
        node_name: Some(step.label().to_owned()),
        pointer,
        recorded: None,
        local: None,
    }
}

/// Returns whether a step that reports values of this kind would include this one.
fn must_have(attribute: &Attribute, step: &ObservedStep) -> bool {
    let mut same = step.of(attribute.kind);
    match attribute.kind {
        AttributeKind::Start
        | AttributeKind::Read
        | AttributeKind::Routing
        | AttributeKind::End => false,
        AttributeKind::Prompt
        | AttributeKind::Caller
        | AttributeKind::Set
        | AttributeKind::Error => true,
        AttributeKind::Answer => same.next().is_some(),
        AttributeKind::Input if is_sent(attribute, step) => same.next().is_some(),
        AttributeKind::Input | AttributeKind::Output => match &attribute.place {
            // A switch evaluates its cases only up to the first that is true.
            Place::Item(list, _) if list.ends_with("/cases") => false,
            Place::Item(list, _) => {
                same.any(|it| matches!(&it.place, Place::Item(other, _) if other == list))
            }
            Place::Member(_) => same.next().is_some(),
            _ => false,
        },
    }
}

/// Settings of a data action next to its inputs.
const SETTINGS: [&str; 4] = ["category", "dataAction", "integration", "timeout"];

/// Returns whether an input is a part of the request to a data action. All inputs of a
/// request are known together.
fn is_sent(attribute: &Attribute, step: &ObservedStep) -> bool {
    let operation = operation_of(&step.kind)
        .or_else(|| of_event(&step.kind).map(|kind| kind.operation));
    operation == Some(Operation::Lookup(LookupKind::DataAction))
        && !SETTINGS.contains(&attribute.name.as_str())
}

/// Returns whether the attribute is an id, and both sides have the name too: the name is
/// compared, because ids of fixtures are made up.
fn is_id_of_name(both: &Both<'_>) -> bool {
    let Some(attribute) = both.attributes.0.or(both.attributes.1) else { return false };
    let is_id = attribute.name.ends_with("Id") || attribute.name == "id";
    let Some(twin) = twin(&attribute.name).filter(|_| is_id) else { return false };
    let has_name = |step: &ObservedStep| {
        let mut all = step.of(attribute.kind).filter(|it| it.name == twin);
        all.any(|it| matches!(it.value, Some(Json::String(_))))
    };
    attribute.kind == AttributeKind::Routing
        && has_name(both.steps.0)
        && has_name(both.steps.1)
}

/// Returns whether only one half of an id and name differs.
fn has_same_twin(both: &Both<'_>) -> bool {
    let Some(attribute) = both.attributes.0.filter(|_| both.attributes.1.is_some())
    else {
        return false;
    };
    let Some(twin) = twin(&attribute.name) else { return false };
    let value = |step: &ObservedStep| {
        let mut all = step.attributes.iter();
        let found = all.find(|it| it.kind == attribute.kind && it.name == twin);
        found.and_then(|it| it.value.clone()).filter(|value| *value != Json::Null)
    };
    let found = value(both.steps.0);
    found.is_some() && found == value(both.steps.1)
}

fn kind_of(aspect: AttributeKind) -> DifferenceKind {
    match aspect {
        AttributeKind::Start => DifferenceKind::Start,
        AttributeKind::Read => DifferenceKind::Operand,
        AttributeKind::Input => DifferenceKind::Input,
        AttributeKind::Prompt => DifferenceKind::Prompt,
        AttributeKind::Caller => DifferenceKind::CallerInput,
        AttributeKind::Answer => DifferenceKind::Answer,
        AttributeKind::Output => DifferenceKind::Output,
        AttributeKind::Set => DifferenceKind::Variable,
        AttributeKind::Routing => DifferenceKind::Routing,
        AttributeKind::Error => DifferenceKind::Error,
        AttributeKind::End => DifferenceKind::End,
    }
}
