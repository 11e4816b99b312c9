//! Origins of differing values: from the step that set a value back to the answer, caller
//! or action that changed it.
//!
//! Observations do not show which values an assignment read. Data flow is inferred: if
//! each side's value contains that side's earlier value, and the earlier values differ
//! too, the later value comes from the earlier one.

use std::cmp::Reverse;

use super::cause::CauseContext;
use super::compare::Found;
use super::report::{CauseKind, DifferenceKind, Link};
use super::words::{capitalised, place, shown, value_text};
use crate::trace::observation::{AttributeKind, ObservedStep};
use crate::value::{Json, Text};

/// Maximum length of a chain.
const MAX_LINKS: usize = 16;

/// Origin of a value, as text and links.
pub(super) struct Origin {
    pub(super) kind: CauseKind,
    /// Row of the step that changed the value, if there is one.
    pub(super) row: Option<usize>,
    /// Sentences in the order from the difference to the origin.
    pub(super) text: String,
    pub(super) chain: Vec<Link>,
}

impl Origin {
    /// Creates an origin in the step of a row, without a chain.
    pub(super) fn at(row: usize, kind: CauseKind, text: impl Into<String>) -> Self {
        Self { kind, row: Some(row), text: text.into(), chain: Vec::new() }
    }
}

impl CauseContext<'_> {
    /// Finds the origin of an operand or variable that differs at a row.
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
                    "The call began with a different `{name}`: {} in the recording, {} locally.",
                    value_text(values.0),
                    value_text(values.1)
                );
                Origin { kind: CauseKind::Start, row: None, text, chain: Vec::new() }
            }
        }
    }

    /// Finds the last difference before a row that set this name: an assignment, or for
    /// `Node.field` a result of that node.
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

    /// Finds the origin of a difference.
    pub(super) fn origin_of(&self, found: &Found<'_>, most: usize) -> Origin {
        let own = self.sentence_of_value(found);
        let link = self.link(found);
        if let Some(origin) = found.row.and_then(|row| self.absent(row)) {
            return Origin { chain: vec![link], ..origin };
        }
        if let Some(root) = self.external(found) {
            let sentence = self.sentence_of_external(root);
            let kind = self.kind_of_external(root);
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
        let (kind, end) = match self.service_of(found) {
            Some(asked) => (CauseKind::Answer, format!("It was answered by {asked}.")),
            None => {
                let end = "No value known to both sides differs before it: the action was \
                           changed.";
                (CauseKind::Action, end.into())
            }
        };
        let text = format!("{own} {end}");
        Origin { kind, row: found.row, text, chain: vec![link] }
    }

    /// Returns the service that answered the step whose result differs.
    fn service_of(&self, found: &Found<'_>) -> Option<&Text> {
        let is_answer = matches!(
            found.difference.kind,
            DifferenceKind::Answer | DifferenceKind::Output | DifferenceKind::Variable
        );
        let (one, two) = self.steps_at(found.row.filter(|_| is_answer)?)?;
        one.request.as_ref().or(two.request.as_ref())
    }

    /// Returns a sort key for the time of a difference. Results of a step that runs
    /// others come after everything within it, although its event comes first.
    fn time(&self, found: &Found<'_>) -> Option<(usize, bool, Reverse<usize>)> {
        let row = found.row?;
        let is_result = matches!(
            found.difference.kind,
            DifferenceKind::Variable | DifferenceKind::Output | DifferenceKind::Answer
        );
        let end = if is_result { self.end_of_inner(row) } else { row };
        Some((end, is_result, Reverse(row)))
    }

    /// Returns the last row that runs within a step, or the row of the step itself.
    fn end_of_inner(&self, row: usize) -> usize {
        let depth = |row: usize| self.step_at(row).and_then(|step| step.depth);
        let own = depth(row);
        let is_inner = |at: &usize| own.is_some() && depth(*at) > own;
        (row + 1..self.rows.len()).take_while(is_inner).last().unwrap_or(row)
    }

    /// Returns the external difference in the same step, or in the turns within it.
    fn external(&self, found: &Found<'_>) -> Option<&Found<'_>> {
        let row = found.row?;
        let end = self.end_of_turns(row);
        let is_external = |other: &&Found<'_>| {
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
        let root = self.found.iter().find(is_external)?;
        // A different answer to a different request is not the root cause.
        let has_other_request = self.found.iter().any(|other| {
            other.row == root.row && other.difference.kind == DifferenceKind::Input
        });
        let is_answer = root.difference.kind == DifferenceKind::Answer;
        (!(is_answer && has_other_request)).then_some(root)
    }

    /// Returns the difference that led to this one: another input of the same step, or an
    /// earlier difference whose value this one contains.
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
                && contains(whole.0, part.0.as_ref())
                && contains(whole.1, part.1.as_ref())
        });
        sources.max_by_key(|other| self.time(other))
    }

    fn sentence_of_value(&self, found: &Found<'_>) -> String {
        let it = &found.difference;
        let place = self.place_of(found);
        let (recorded, local) =
            (value_text(it.recorded.as_ref()), value_text(it.local.as_ref()));
        match it.kind {
            DifferenceKind::Prompt => {
                format!(
                    "{place} played {recorded} in the recording, and plays {local} locally."
                )
            }
            DifferenceKind::Variable | DifferenceKind::Output => format!(
                "{place} set `{}` to {recorded} in the recording, and to {local} locally.",
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
                (None, _) => format!("{place} fails with {local} locally only."),
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

    fn sentence_of_external(&self, found: &Found<'_>) -> String {
        let it = &found.difference;
        let place = self.place_of(found);
        let (recorded, local) =
            (value_text(it.recorded.as_ref()), value_text(it.local.as_ref()));
        if it.kind == DifferenceKind::Answer {
            let steps = found.row.and_then(|row| self.steps_at(row));
            let asked = steps
                .and_then(|(one, two)| one.request.as_ref().or(two.request.as_ref()));
            let service =
                asked.map_or_else(|| "an external service".into(), |asked| asked.clone());
            return format!(
                "{place} called {service}, which answered `{}` = {recorded} in the recording, and {local} \
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
            "{place} received {recorded} from the caller in the recording, and {local} locally."
        );
        match self.rules.caller_is_replayed {
            true => format!(
                "{entered} The caller does the same on both sides: the action's input \
                 settings or its timing were changed."
            ),
            false => entered,
        }
    }

    fn kind_of_external(&self, found: &Found<'_>) -> CauseKind {
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

    /// Returns the sentence for a condition that reads other variables than the recorded
    /// one. Equal values of the same condition are always read in the same way.
    pub(super) fn other_operands(&self, row: usize) -> Option<String> {
        let (one, two) = self.steps_at(row)?;
        let names = |step: &ObservedStep| -> Vec<String> {
            let mut names: Vec<String> = Vec::new();
            for read in step.of(AttributeKind::Read) {
                let name = format!("`{}`", read.name);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            names
        };
        let (recorded, local) = (names(one), names(two));
        let is_within =
            |names: &[String], all: &[String]| names.iter().all(|it| all.contains(it));
        let is_same = is_within(&recorded, &local) && is_within(&local, &recorded);
        (!is_same && !recorded.is_empty() && !local.is_empty()).then(|| {
            format!(
                "It read {} in the recording, and reads {} locally: the variable of the \
                 condition was changed.",
                recorded.join(", "),
                local.join(", ")
            )
        })
    }

    /// Returns whether both sides report the operands of a condition at a row, and they
    /// are equal.
    pub(super) fn has_same_operands(&self, row: usize) -> bool {
        let has = |step: &ObservedStep| step.of(AttributeKind::Read).next().is_some();
        let differs = self.found.iter().any(|found| {
            found.row == Some(row) && found.difference.kind == DifferenceKind::Operand
        });
        !differs && self.steps_at(row).is_some_and(|(one, two)| has(one) && has(two))
    }
}

/// Returns whether a value equals another, or is a string that contains it.
fn contains(whole: Option<&Json>, part: Option<&Json>) -> bool {
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
