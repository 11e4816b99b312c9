//! Where a value that differs came from: from the step that set it back to the answer, the
//! caller or the action that made it another one.
//!
//! Observations do not say what an assignment read. But what flowed from one value into
//! another is seen on both sides: if each side's value has that side's earlier value within
//! it, and the earlier ones differ too, the one comes from the other.

use std::cmp::Reverse;

use super::cause::Inquiry;
use super::compare::Found;
use super::report::{CauseKind, DifferenceKind, Link};
use super::text::{capitalised, place, shown, told};
use crate::trace::observation::{Aspect, ObservedStep};
use crate::value::{Json, Text};

/// How many values a chain goes back at most.
const MAX_LINKS: usize = 16;

/// Where a value came from, in words and links.
pub(super) struct Origin {
    pub(super) kind: CauseKind,
    /// The row of the step that made the value another one, if one did.
    pub(super) row: Option<usize>,
    /// Sentences, the first of which begins the story of the value.
    pub(super) text: String,
    pub(super) chain: Vec<Link>,
}

impl Origin {
    /// In the step of a row, with nothing that led there.
    pub(super) fn at(row: usize, kind: CauseKind, text: impl Into<String>) -> Self {
        Self { kind, row: Some(row), text: text.into(), chain: Vec::new() }
    }
}

impl Inquiry<'_> {
    /// Where an operand or variable of this name came from that differs at a row.
    pub(super) fn origin_of_name(
        &self,
        name: &str,
        values: (Option<&Json>, Option<&Json>),
        before: usize,
    ) -> Origin {
        let set = self.last_set(name, before);
        match set {
            Some(found) => self.origin_of(found, MAX_LINKS),
            None => {
                let text = format!(
                    "The call began with another `{name}`: {} in the recording, {} locally.",
                    told(values.0),
                    told(values.1)
                );
                Origin { kind: CauseKind::Start, row: None, text, chain: Vec::new() }
            }
        }
    }

    /// The last difference before a row that gave a value to this name: an assignment, or
    /// for `Node.field` what came of that node.
    fn last_set(&self, name: &str, before: usize) -> Option<&Found<'_>> {
        let earlier = |kind: &[DifferenceKind]| {
            let kinds = kind.to_vec();
            self.found.iter().rev().filter(move |found| {
                self.time(found).is_some_and(|(row, ..)| row < before)
                    && kinds.contains(&found.difference.kind)
            })
        };
        let (head, rest) = name.split_once('.').unwrap_or((name, ""));
        let sets =
            [DifferenceKind::Variable, DifferenceKind::Output, DifferenceKind::Start];
        let set = earlier(&sets).find(|found| found.difference.name == name);
        let set =
            set.or_else(|| earlier(&sets).find(|found| found.difference.name == head));
        set.or_else(|| {
            let results = [DifferenceKind::CallerInput, DifferenceKind::Answer];
            let of_node = |found: &&Found<'_>| {
                let is_node = found.difference.node_id.as_deref() == Some(head);
                let field = rest.split('.').next().unwrap_or_default();
                let is_field = found.difference.kind == DifferenceKind::CallerInput
                    || found.difference.name == field;
                is_node && is_field
            };
            earlier(&results).find(of_node)
        })
    }

    /// Where a difference came from.
    pub(super) fn origin_of(&self, found: &Found<'_>, most: usize) -> Origin {
        let own = self.sentence_of_value(found);
        let link = self.link(found);
        if let Some(root) = self.outside(found) {
            let sentence = self.sentence_of_outside(root);
            let kind = self.kind_of_outside(root);
            if std::ptr::eq(root, found) {
                return Origin { kind, row: root.row, text: sentence, chain: vec![link] };
            }
            let chain = vec![link, self.link(root)];
            let text = format!("{own} {sentence}");
            return Origin { kind, row: root.row, text, chain };
        }
        if found.difference.kind == DifferenceKind::Start && found.row == Some(0) {
            let kind = CauseKind::Start;
            return Origin { kind, row: found.row, text: own, chain: vec![link] };
        }
        if let Some(source) = self.source_of(found).filter(|_| most > 0) {
            let origin = self.origin_of(source, most - 1);
            let chain = std::iter::once(link).chain(origin.chain).collect();
            return Origin { text: format!("{own} {}", origin.text), chain, ..origin };
        }
        let (kind, end) = match self.asked_by(found) {
            Some(asked) => (CauseKind::Answer, format!("It was answered by {asked}.")),
            None => {
                let end = "Nothing that both sides know before it differs: the action was \
                           changed.";
                (CauseKind::Action, end.into())
            }
        };
        let text = format!("{own} {end}");
        Origin { kind, row: found.row, text, chain: vec![link] }
    }

    /// Whom the step asked whose result differs.
    fn asked_by(&self, found: &Found<'_>) -> Option<&Text> {
        let is_answer = matches!(
            found.difference.kind,
            DifferenceKind::Answer | DifferenceKind::Output | DifferenceKind::Variable
        );
        let (one, two) = self.steps_at(found.row.filter(|_| is_answer)?)?;
        one.asked.as_ref().or(two.asked.as_ref())
    }

    /// When a difference came to be: the results of a step that runs others come after all
    /// that happens within it, though its event stands before.
    fn time(&self, found: &Found<'_>) -> Option<(usize, bool, Reverse<usize>)> {
        let row = found.row?;
        let is_result = matches!(
            found.difference.kind,
            DifferenceKind::Variable | DifferenceKind::Output | DifferenceKind::Answer
        );
        let end = if is_result { self.end_of_inner(row) } else { row };
        Some((end, is_result, Reverse(row)))
    }

    /// The last row of what runs within a step, or its own.
    fn end_of_inner(&self, row: usize) -> usize {
        let depth = |row: usize| self.step_at(row).and_then(|step| step.depth);
        let own = depth(row);
        let is_inner = |at: &usize| own.is_some() && depth(*at) > own;
        (row + 1..self.rows.len()).take_while(is_inner).last().unwrap_or(row)
    }

    /// What came from outside in the same step, or in the turns within it.
    fn outside(&self, found: &Found<'_>) -> Option<&Found<'_>> {
        let row = found.row?;
        let end = self.end_of_turns(row);
        let is_outside = |other: &&Found<'_>| {
            let is_own = other.row.is_some_and(|at| (row..=end).contains(&at));
            is_own
                && matches!(
                    other.difference.kind,
                    DifferenceKind::CallerInput | DifferenceKind::Answer
                )
        };
        if found.difference.kind == DifferenceKind::Input {
            return None;
        }
        let root = self.found.iter().find(is_outside)?;
        // An answer that follows from another question is not the root.
        let has_other_question = self.found.iter().any(|other| {
            other.row == root.row && other.difference.kind == DifferenceKind::Input
        });
        let is_answer = root.difference.kind == DifferenceKind::Answer;
        (!(is_answer && has_other_question)).then_some(root)
    }

    /// An earlier difference that flowed into this one, or another input of the same step.
    fn source_of(&self, found: &Found<'_>) -> Option<&Found<'_>> {
        let row = found.row?;
        let given = [DifferenceKind::Input, DifferenceKind::Start];
        let is_result = !given.contains(&found.difference.kind)
            && found.difference.kind != DifferenceKind::Operand;
        if is_result {
            let input = self.found.iter().find(|other| {
                other.row == Some(row) && other.difference.kind == DifferenceKind::Input
            });
            if input.is_some() {
                return input;
            }
        }
        let whole = (found.recorded, found.local);
        let time = self.time(found);
        let sources = self.found.iter().filter(|other| {
            let is_earlier = other.row.is_some() && self.time(other) < time;
            let kind = other.difference.kind;
            let is_value = matches!(
                kind,
                DifferenceKind::Variable
                    | DifferenceKind::Output
                    | DifferenceKind::Answer
                    | DifferenceKind::CallerInput
                    | DifferenceKind::Start
            );
            let part = (&other.difference.recorded, &other.difference.local);
            is_earlier
                && is_value
                && holds(whole.0, part.0.as_ref())
                && holds(whole.1, part.1.as_ref())
        });
        sources.max_by_key(|other| self.time(other))
    }

    fn sentence_of_value(&self, found: &Found<'_>) -> String {
        let it = &found.difference;
        let place = self.place_of(found);
        let (recorded, local) = (told(it.recorded.as_ref()), told(it.local.as_ref()));
        match it.kind {
            DifferenceKind::Prompt => {
                format!(
                    "{place} said {recorded} in the recording, and says {local} locally."
                )
            }
            DifferenceKind::Variable | DifferenceKind::Output => format!(
                "{place} gave `{}` the value {recorded} in the recording, and {local} locally.",
                it.name
            ),
            DifferenceKind::Start => format!(
                "{place} began with `{}` = {recorded} in the recording, and {local} locally.",
                it.name
            ),
            DifferenceKind::Operand => format!(
                "{place} read `{}` = {recorded} in the recording, and {local} locally.",
                it.name
            ),
            DifferenceKind::Error => match (&it.recorded, &it.local) {
                (_, None) => {
                    format!("{place} failed with {recorded} in the recording only.")
                }
                (None, _) => format!("{place} fails with {local}, locally only."),
                _ => format!(
                    "{place} failed with {recorded} in the recording, and {local} locally."
                ),
            },
            _ => format!(
                "{place} has `{}` = {recorded} in the recording, and {local} locally.",
                it.name
            ),
        }
    }

    fn sentence_of_outside(&self, found: &Found<'_>) -> String {
        let it = &found.difference;
        let place = self.place_of(found);
        let (recorded, local) = (told(it.recorded.as_ref()), told(it.local.as_ref()));
        if it.kind == DifferenceKind::Answer {
            let steps = found.row.and_then(|row| self.steps_at(row));
            let asked =
                steps.and_then(|(one, two)| one.asked.as_ref().or(two.asked.as_ref()));
            let who =
                asked.map_or_else(|| "the outside world".into(), |asked| asked.clone());
            return format!(
                "{place} asked {who}, which answered `{}` = {recorded} in the recording, and {local} \
                 locally.",
                it.name
            );
        }
        let taken = |value: Option<&Json>| match value {
            Some(value) => shown(value),
            None => "nothing".into(),
        };
        let (recorded, local) = (taken(it.recorded.as_ref()), taken(it.local.as_ref()));
        let entered = format!(
            "{place} took {recorded} from the caller in the recording, and {local} locally."
        );
        match self.rules.caller_is_replayed {
            true => format!(
                "{entered} The caller does the same on both sides: how the action listens was \
                 changed, or when."
            ),
            false => entered,
        }
    }

    fn kind_of_outside(&self, found: &Found<'_>) -> CauseKind {
        match found.difference.kind {
            DifferenceKind::Answer => CauseKind::Answer,
            _ if self.rules.caller_is_replayed => CauseKind::Action,
            _ => CauseKind::CallerInput,
        }
    }

    fn place_of(&self, found: &Found<'_>) -> String {
        found.row.map_or_else(|| "The call".into(), |row| capitalised(&place(self, row)))
    }

    pub(super) fn link(&self, found: &Found<'_>) -> Link {
        let it = &found.difference;
        Link {
            what: it.kind,
            step: it.step.or(it.local_step),
            node_id: it.node_id.clone(),
            name: it.name.clone(),
            recorded: it.recorded.clone(),
            local: it.local.clone(),
        }
    }

    /// Whether both sides tell what a condition read at a row, and it is the same.
    pub(super) fn has_same_operands(&self, row: usize) -> bool {
        let has = |step: &ObservedStep| step.of(Aspect::Read).next().is_some();
        let differs = self.found.iter().any(|found| {
            found.row == Some(row) && found.difference.kind == DifferenceKind::Operand
        });
        !differs && self.steps_at(row).is_some_and(|(one, two)| has(one) && has(two))
    }
}

/// Whether a value has another within it: it is the same, or its text contains it.
fn holds(whole: Option<&Json>, part: Option<&Json>) -> bool {
    match (whole, part) {
        (Some(Json::String(whole)), Some(Json::String(part))) => {
            whole == part || !part.is_empty() && whole.contains(part.as_str())
        }
        (
            Some(Json::String(whole)),
            Some(part @ (Json::Integer(_) | Json::Decimal(_))),
        ) => whole.contains(&part.to_string()),
        (None | Some(Json::Null), None | Some(Json::Null)) => true,
        (one, two) => one == two,
    }
}
