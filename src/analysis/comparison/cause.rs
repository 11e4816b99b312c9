//! Causes of differences: from the point where the paths diverge back to its cause.

use super::align::Row;
use super::compare::Found;
use super::origin::Origin;
use super::report::{Cause, CauseKind, DifferenceKind, Link};
use super::rules::Rules;
use super::words::{capitalised, place, value_text};
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::{Json, Text};

/// Difference kinds that explain a step with no recorded path.
const EXPLAINING: [DifferenceKind; 6] = [
    DifferenceKind::Error,
    DifferenceKind::Operand,
    DifferenceKind::CallerInput,
    DifferenceKind::Answer,
    DifferenceKind::Input,
    DifferenceKind::End,
];

/// Inputs of the search for a cause.
pub(super) struct CauseContext<'c> {
    pub(super) recorded: &'c Observation,
    pub(super) local: &'c Observation,
    pub(super) rules: &'c Rules,
    pub(super) rows: &'c [Row],
    pub(super) found: &'c [Found<'c>],
    /// First row whose step differs between the sides.
    pub(super) divergence: Option<usize>,
}

/// Finds the cause of the point where the paths diverge, or else of the first difference.
pub(super) fn cause(context: &CauseContext<'_>) -> Option<Cause> {
    let first = context.found.first()?;
    let mut cause = match context.divergence {
        Some(row) => context.of_parting(row),
        None => context.of_value(first),
    };
    let symptoms = [DifferenceKind::Destination, DifferenceKind::Status];
    let mut found = context.found.iter();
    if let Some(symptom) = found.find(|it| symptoms.contains(&it.difference.kind)) {
        cause.chain.insert(0, context.link(symptom));
    }
    Some(cause)
}

impl<'c> CauseContext<'c> {
    /// Returns the steps of a row if both sides have one.
    pub(super) fn steps_at(
        &self,
        row: usize,
    ) -> Option<(&'c ObservedStep, &'c ObservedStep)> {
        let row = self.rows.get(row)?;
        Some((self.recorded.steps.get(row.recorded?)?, self.local.steps.get(row.local?)?))
    }

    /// Returns the step of a row, the recorded one if there is one.
    pub(super) fn step_at(&self, row: usize) -> Option<&'c ObservedStep> {
        let row = self.rows.get(row)?;
        match (row.recorded, row.local) {
            (Some(at), _) => self.recorded.steps.get(at),
            (None, Some(at)) => self.local.steps.get(at),
            (None, None) => None,
        }
    }

    /// Returns the last row of an action's turns, or the row of the action itself.
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

    /// Returns the cause of a difference that belongs to no step.
    fn of_call(&self, found: &Found<'_>) -> Cause {
        let it = &found.difference;
        let text = format!(
            "{} is {} in the recording, and {} locally; no step known to both sides \
             differs.",
            subject(it.kind, &it.name),
            value_text(it.recorded.as_ref()),
            value_text(it.local.as_ref())
        );
        let kind = match it.kind {
            DifferenceKind::FinalVariable => CauseKind::Start,
            _ if self.has_timeout() => CauseKind::Timeout,
            _ => CauseKind::Action,
        };
        self.cause_at(None, kind, text, vec![self.link(found)])
    }

    /// Creates a cause located in the step of a row.
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

    /// Returns the cause of diverging paths.
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
        // A step without a recorded path: its other differences explain where it leads.
        let is_last = |found: &&Found<'_>| {
            found.row == Some(last) && EXPLAINING.contains(&found.difference.kind)
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
        // Rows that are not actions, such as the end of a menu, decide nothing.
        let is_action =
            |row: &usize| self.steps_at(*row).is_some_and(|it| it.0.is_action);
        let deciding = (0..=last).rev().find(is_action).unwrap_or(last);
        if let Some(origin) = self.outside(deciding) {
            let mut cause = self.cause_of(origin);
            cause.text = format!("{} {}", self.parted(last, parting), cause.text);
            return cause;
        }
        self.of_structure(parting, Some(last))
    }

    /// Returns the origin of a different path outside of the flow: an object that is absent
    /// locally, or the first external difference if a path is unknown.
    fn outside(&self, row: usize) -> Option<Origin> {
        self.absent(row).or_else(|| {
            let found = self.first_external(row).filter(|_| self.is_path_unknown(row))?;
            Some(self.origin_of(found, 16))
        })
    }

    /// Returns the cause of a menu choice. Documents show the choice by the next step,
    /// not by the key.
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

    /// Returns whether one side lacks the path that a step took.
    fn is_path_unknown(&self, row: usize) -> bool {
        self.steps_at(row).is_some_and(|(one, two)| {
            one.is_action && (one.path.is_none() || two.path.is_none())
        })
    }

    /// Returns the first external difference up to a row, or else the first difference of
    /// a variable.
    fn first_external(&self, row: usize) -> Option<&'c Found<'c>> {
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
            "The paths diverge after {}: {} follows in the recording, {} locally.",
            place(self, last),
            name(one),
            name(two)
        )
    }

    /// Returns the next step of each side from a row on.
    pub(super) fn next(
        &self,
        row: usize,
    ) -> (Option<&'c ObservedStep>, Option<&'c ObservedStep>) {
        let rest = || self.rows.get(row..).unwrap_or_default().iter();
        let recorded = rest().find_map(|row| row.recorded);
        // A step that moved to this position has its row elsewhere.
        let placed = (0..row).filter_map(|at| self.rows.get(at)?.local);
        let local = placed.max().map_or(0, |at| at + 1);
        (recorded.and_then(|at| self.recorded.steps.get(at)), self.local.steps.get(local))
    }

    /// Returns the cause at a step that took different paths.
    fn of_branch(&self, row: usize) -> Cause {
        let here = |kind: DifferenceKind| {
            self.found.iter().find(move |found| {
                found.row == Some(row) && found.difference.kind == kind
            })
        };
        let path = here(DifferenceKind::Path);
        let divergence = path.map_or_else(String::new, |found| {
            format!(
                "The paths diverge at {}: it took {} in the recording, and {} locally.",
                place(self, row),
                path_text(found.difference.recorded.as_ref()),
                path_text(found.difference.local.as_ref())
            )
        });
        let links: Vec<Link> = path.map(|found| self.link(found)).into_iter().collect();
        let reason = self.reason(row, &here);
        let text = match divergence.is_empty() {
            true => reason.text,
            false => format!("{divergence} {}", reason.text),
        };
        let chain = links.into_iter().chain(reason.chain).collect();
        self.cause_at(reason.row, reason.kind, text, chain)
    }

    /// Returns why a step took its path.
    fn reason<'f>(
        &self,
        row: usize,
        here: &impl Fn(DifferenceKind) -> Option<&'f Found<'f>>,
    ) -> Origin {
        if let Some(operand) = here(DifferenceKind::Operand) {
            return self.of_operand(operand, row);
        }
        if let Some(origin) = self.absent(row) {
            return origin;
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
        if let Some(text) = self.other_operands(row) {
            return Origin::at(row, CauseKind::Condition, text);
        }
        if self.has_same_operands(row) {
            let text = "Its conditions read the same values on both sides: the conditions \
                        were changed.";
            return Origin::at(row, CauseKind::Condition, text);
        }
        // The result of a decision or a switch is not its reason.
        let is_result = |found: &&Found<'_>| {
            let name = &found.difference.name;
            name == "condition" || name.starts_with("Case ")
        };
        match here(DifferenceKind::Input).filter(|it| !is_result(it)) {
            Some(found) => self.origin_of(found, 16),
            None => self.hidden_reason(row),
        }
    }

    /// Returns the first difference in caller input in the turns of an action.
    fn in_turns(&self, row: usize) -> Option<&Found<'c>> {
        let turns = row..=self.end_of_turns(row);
        self.found.iter().find(|found| {
            found.row.is_some_and(|at| turns.contains(&at))
                && found.difference.kind == DifferenceKind::CallerInput
        })
    }

    /// Returns why a step took its path if the step does not show the values it read.
    fn hidden_reason(&self, row: usize) -> Origin {
        let steps = self.steps_at(row);
        let asked =
            steps.and_then(|(one, two)| one.request.as_ref().or(two.request.as_ref()));
        if let Some(asked) = asked {
            let text = format!(
                "It sent the same request on both sides; {asked} answered differently."
            );
            return Origin::at(row, CauseKind::Answer, text);
        }
        match self.first_external(row) {
            Some(found) => {
                let origin = self.origin_of(found, 16);
                let text =
                    format!("This is the first value that differs: {}", origin.text);
                Origin { text, ..origin }
            }
            None => {
                let text = "No value known to both sides differs before it: the decision \
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
            value_text(it.recorded.as_ref()),
            value_text(it.local.as_ref()),
            origin.text
        );
        let chain = std::iter::once(self.link(found)).chain(origin.chain).collect();
        Origin { text, chain, ..origin }
    }
}

fn path_text(path: Option<&Json>) -> String {
    match path {
        Some(Json::String(path)) => format!("`{path}`"),
        other => value_text(other),
    }
}

fn subject(kind: DifferenceKind, name: &str) -> String {
    match kind {
        DifferenceKind::FinalVariable => format!("At the end `{name}`"),
        DifferenceKind::Destination => "The destination".into(),
        DifferenceKind::Status => "The status".into(),
        DifferenceKind::CallError => "The error".into(),
        DifferenceKind::Elapsed => "The length of the call in milliseconds".into(),
        _ => format!("`{name}`"),
    }
}
