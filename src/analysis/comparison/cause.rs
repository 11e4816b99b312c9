//! Why two sides differ: from where their ways part back to what decided it.

use super::align::Row;
use super::compare::Found;
use super::origin::Origin;
use super::report::{Cause, CauseKind, DifferenceKind, Link};
use super::rules::Rules;
use super::text::{capitalised, place, told};
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::{Json, Text};

/// What tells of a step without a way where it leads.
const TELLING: [DifferenceKind; 6] = [
    DifferenceKind::Error,
    DifferenceKind::Operand,
    DifferenceKind::CallerInput,
    DifferenceKind::Answer,
    DifferenceKind::Input,
    DifferenceKind::End,
];

/// What there is to find a cause from.
pub(super) struct Inquiry<'c> {
    pub(super) recorded: &'c Observation,
    pub(super) local: &'c Observation,
    pub(super) rules: &'c Rules,
    pub(super) rows: &'c [Row],
    pub(super) found: &'c [Found<'c>],
    /// The first row whose step is not the same on both sides.
    pub(super) parting: Option<usize>,
}

/// The cause of the first difference that matters: of where the ways part, else of the
/// first of all.
pub(super) fn cause(inquiry: &Inquiry<'_>) -> Option<Cause> {
    let first = inquiry.found.first()?;
    let mut cause = match inquiry.parting {
        Some(row) => inquiry.of_parting(row),
        None => inquiry.of_value(first),
    };
    let symptoms = [DifferenceKind::Destination, DifferenceKind::Status];
    let mut found = inquiry.found.iter();
    if let Some(symptom) = found.find(|it| symptoms.contains(&it.difference.kind)) {
        cause.chain.insert(0, inquiry.link(symptom));
    }
    Some(cause)
}

impl<'c> Inquiry<'c> {
    /// The steps of a row, if both sides have it.
    pub(super) fn steps_at(
        &self,
        row: usize,
    ) -> Option<(&'c ObservedStep, &'c ObservedStep)> {
        let row = self.rows.get(row)?;
        Some((self.recorded.steps.get(row.recorded?)?, self.local.steps.get(row.local?)?))
    }

    /// The step of a row, the recorded one if there is one.
    pub(super) fn step_at(&self, row: usize) -> Option<&'c ObservedStep> {
        let row = self.rows.get(row)?;
        match (row.recorded, row.local) {
            (Some(at), _) => self.recorded.steps.get(at),
            (None, Some(at)) => self.local.steps.get(at),
            (None, None) => None,
        }
    }

    /// The last row of the turns of an action, or the action's own.
    pub(super) fn end_of_turns(&self, row: usize) -> usize {
        let is_turn =
            |at: &usize| self.step_at(*at).is_some_and(|step| step.kind == "turn");
        (row + 1..self.rows.len()).take_while(is_turn).last().unwrap_or(row)
    }

    fn of_value(&self, found: &Found<'_>) -> Cause {
        match found.row {
            Some(row) if found.difference.kind == DifferenceKind::Path => {
                self.of_branch(row)
            }
            Some(_) => self.cause_of(self.origin_of(found, 16)),
            None => self.of_call(found),
        }
    }

    /// Of a difference that no step tells of.
    fn of_call(&self, found: &Found<'_>) -> Cause {
        let it = &found.difference;
        let text = format!(
            "{} is {} in the recording, and {} locally; no step that both sides know of \
             differs.",
            what(it.kind, &it.name),
            told(it.recorded.as_ref()),
            told(it.local.as_ref())
        );
        let kind = match it.kind {
            DifferenceKind::FinalVariable => CauseKind::Start,
            _ if self.has_timeout() => CauseKind::Timeout,
            _ => CauseKind::Action,
        };
        self.cause_at(None, kind, text, vec![self.link(found)])
    }

    /// A cause that lies in the step of a row.
    pub(super) fn cause_at(
        &self,
        row: Option<usize>,
        kind: CauseKind,
        text: String,
        chain: Vec<Link>,
    ) -> Cause {
        let step = row.and_then(|row| self.step_at(row));
        let node_id = step.and_then(|step| step.id.as_ref()).map(Text::to_string);
        let node_name = step.and_then(|step| step.name.as_ref()).map(Text::to_string);
        Cause { kind, node_id, node_name, text, chain }
    }

    fn cause_of(&self, origin: Origin) -> Cause {
        let text = capitalised(&origin.text);
        self.cause_at(origin.row, origin.kind, text, origin.chain)
    }

    pub(super) fn has_timeout(&self) -> bool {
        let is_timeout = |side: &Observation| side.status.as_deref() == Some("timeout");
        is_timeout(self.recorded) != is_timeout(self.local)
    }

    /// Of where the ways part.
    fn of_parting(&self, parting: usize) -> Cause {
        let before = |found: &&Found<'_>| found.row.is_some_and(|row| row < parting);
        let earlier = || self.found.iter().rev().filter(before);
        let branch =
            earlier().find(|found| found.difference.kind == DifferenceKind::Path);
        if let Some(row) = branch.and_then(|found| found.row) {
            return self.of_branch(row);
        }
        let Some(last) = (0..parting).rev().find(|row| self.steps_at(*row).is_some())
        else {
            return self.of_structure(parting, None);
        };
        // A step without a way: where it leads follows from what differs in it.
        let is_last = |found: &&Found<'_>| {
            found.row == Some(last) && TELLING.contains(&found.difference.kind)
        };
        if let Some(found) = self.found.iter().find(is_last) {
            let mut cause = match found.difference.kind {
                DifferenceKind::Operand => self.of_branch(last),
                _ => self.cause_of(self.origin_of(found, 16)),
            };
            let parted = self.parted(last, parting);
            cause.text = format!("{parted} {}", cause.text);
            return cause;
        }
        if let Some(cause) = self.of_menu(last, parting) {
            return cause;
        }
        // What only ends, such as a menu, decides nothing.
        let decides = |row: &usize| self.steps_at(*row).is_some_and(|it| it.0.is_action);
        let deciding = (0..=last).rev().find(decides).unwrap_or(last);
        if self.is_way_unknown(deciding)
            && let Some(found) = self.first_outside(deciding)
        {
            let mut cause = self.cause_of(self.origin_of(found, 16));
            cause.text = format!("{} {}", self.parted(last, parting), cause.text);
            return cause;
        }
        self.of_structure(parting, Some(last))
    }

    /// Of a menu: documents tell the choice by the step that follows, not the key.
    fn of_menu(&self, last: usize, parting: usize) -> Option<Cause> {
        let menu = self.step_at(last).filter(|step| step.kind == "startedMenu")?;
        let (one, two) = self.next(parting);
        let choice = |step: Option<&ObservedStep>| match step {
            Some(step) if step.kind.starts_with("menu") => format!("`{}`", step.label()),
            _ => "nothing".into(),
        };
        let chosen = format!(
            "In the menu `{}` the caller chose {} in the recording, and {} locally.",
            menu.label(),
            choice(one),
            choice(two)
        );
        let (kind, text) = match self.rules.caller_is_replayed {
            true => {
                let end = "The caller does the same on both sides: the menu was changed.";
                (CauseKind::Action, format!("{chosen} {end}"))
            }
            false => (CauseKind::CallerInput, chosen),
        };
        let mut here = self.found.iter().filter(|found| found.row == Some(parting));
        let chain = here.next().map(|found| self.link(found)).into_iter().collect();
        Some(self.cause_at(Some(last), kind, text, chain))
    }

    /// Whether one of the sides does not say which way a step took, although it goes on.
    fn is_way_unknown(&self, row: usize) -> bool {
        self.steps_at(row).is_some_and(|(one, two)| {
            one.is_action && (one.path.is_none() || two.path.is_none())
        })
    }

    /// The first difference up to a row that came from outside, else the first that gave a
    /// value to a variable.
    fn first_outside(&self, row: usize) -> Option<&'c Found<'c>> {
        let before = |found: &&'c Found<'c>| found.row.is_some_and(|at| at <= row);
        let of = |kinds: &'static [DifferenceKind]| {
            let mut all = self.found.iter().filter(before);
            all.find(|found| kinds.contains(&found.difference.kind))
        };
        of(&[DifferenceKind::CallerInput, DifferenceKind::Answer])
            .or_else(|| of(&[DifferenceKind::Variable, DifferenceKind::Start]))
    }

    fn parted(&self, last: usize, parting: usize) -> String {
        let (one, two) = self.next(parting);
        let name = |step: Option<&ObservedStep>| {
            step.map_or_else(|| "nothing".into(), |step| format!("`{}`", step.label()))
        };
        format!(
            "The ways part behind {}: {} follows in the recording, {} locally.",
            place(self, last),
            name(one),
            name(two)
        )
    }

    /// The next step of each side from a row on.
    pub(super) fn next(
        &self,
        row: usize,
    ) -> (Option<&'c ObservedStep>, Option<&'c ObservedStep>) {
        let rest = || self.rows.get(row..).unwrap_or_default().iter();
        let recorded = rest().find_map(|row| row.recorded);
        // A step that has moved here is placed elsewhere.
        let placed = (0..row).filter_map(|at| self.rows.get(at)?.local);
        let local = placed.max().map_or(0, |at| at + 1);
        (recorded.and_then(|at| self.recorded.steps.get(at)), self.local.steps.get(local))
    }

    /// Of a step that took another way on each side.
    fn of_branch(&self, row: usize) -> Cause {
        let here = |kind: DifferenceKind| {
            self.found.iter().find(move |found| {
                found.row == Some(row) && found.difference.kind == kind
            })
        };
        let path = here(DifferenceKind::Path);
        let way = path.map_or_else(String::new, |found| {
            format!(
                "The ways part at {}: it took {} in the recording, and {} locally.",
                place(self, row),
                way_of(found.difference.recorded.as_ref()),
                way_of(found.difference.local.as_ref())
            )
        });
        let links: Vec<Link> = path.map(|found| self.link(found)).into_iter().collect();
        let reason = self.reason(row, &here);
        let text = match way.is_empty() {
            true => reason.text,
            false => format!("{way} {}", reason.text),
        };
        let chain = links.into_iter().chain(reason.chain).collect();
        self.cause_at(reason.row, reason.kind, text, chain)
    }

    /// Why a step took its way.
    fn reason<'f>(
        &self,
        row: usize,
        here: &impl Fn(DifferenceKind) -> Option<&'f Found<'f>>,
    ) -> Origin {
        if let Some(operand) = here(DifferenceKind::Operand) {
            return self.of_operand(operand, row);
        }
        let own = [
            DifferenceKind::Error,
            DifferenceKind::CallerInput,
            DifferenceKind::Answer,
            DifferenceKind::Variable,
        ];
        if let Some(found) = own.into_iter().find_map(here) {
            return self.origin_of(found, 16);
        }
        if let Some(found) = self.in_turns(row) {
            return self.origin_of(found, 16);
        }
        if self.has_same_operands(row) {
            let text =
                "Its conditions read the same values on both sides: they were changed.";
            return Origin::at(row, CauseKind::Condition, text);
        }
        // What a decision or a switch came to is no reason of it.
        let is_result = |found: &&Found<'_>| {
            let name = &found.difference.name;
            name == "condition" || name.starts_with("Case ")
        };
        match here(DifferenceKind::Input).filter(|it| !is_result(it)) {
            Some(found) => self.origin_of(found, 16),
            None => self.hidden_reason(row),
        }
    }

    /// What the caller did in the turns of an action, if it differs.
    fn in_turns(&self, row: usize) -> Option<&Found<'c>> {
        let turns = row..=self.end_of_turns(row);
        self.found.iter().find(|found| {
            found.row.is_some_and(|at| turns.contains(&at))
                && found.difference.kind == DifferenceKind::CallerInput
        })
    }

    /// Why a step took its way that does not say what it read.
    fn hidden_reason(&self, row: usize) -> Origin {
        let steps = self.steps_at(row);
        let asked =
            steps.and_then(|(one, two)| one.asked.as_ref().or(two.asked.as_ref()));
        if let Some(asked) = asked {
            let text =
                format!("It asked the same on both sides; {asked} answered otherwise.");
            return Origin::at(row, CauseKind::Answer, text);
        }
        match self.first_outside(row) {
            Some(found) => {
                let origin = self.origin_of(found, 16);
                let text =
                    format!("This is the first value that differs: {}", origin.text);
                Origin { text, ..origin }
            }
            None => {
                let text = "Nothing that both sides know differs before it: what decides here \
                            was changed.";
                Origin::at(row, CauseKind::Condition, text)
            }
        }
    }

    fn of_operand(&self, found: &Found<'_>, row: usize) -> Origin {
        let it = &found.difference;
        let origin = self.origin_of_name(&it.name, (found.recorded, found.local), row);
        let text = format!(
            "`{}` was {} in the recording, and is {} locally. {}",
            it.name,
            told(it.recorded.as_ref()),
            told(it.local.as_ref()),
            origin.text
        );
        let chain = std::iter::once(self.link(found)).chain(origin.chain).collect();
        Origin { text, chain, ..origin }
    }
}

fn way_of(path: Option<&Json>) -> String {
    match path {
        Some(Json::String(path)) => format!("`{path}`"),
        other => told(other),
    }
}

fn what(kind: DifferenceKind, name: &str) -> String {
    match kind {
        DifferenceKind::FinalVariable => format!("At the end `{name}`"),
        DifferenceKind::Destination => "The destination".into(),
        DifferenceKind::Status => "The status".into(),
        DifferenceKind::CallError => "The error".into(),
        DifferenceKind::Elapsed => "The length of the call in milliseconds".into(),
        _ => format!("`{name}`"),
    }
}
