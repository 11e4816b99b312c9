//! Causes of differing steps if no earlier value differs.

use super::align::Row;
use super::cause::CauseContext;
use super::report::{Cause, CauseKind};
use super::words::{capitalised, place};
use crate::trace::observation::ObservedStep;

impl CauseContext<'_> {
    /// Returns the cause of steps that differ although no earlier value does: the flow
    /// was changed.
    pub(super) fn of_structure(&self, parting: usize, last: Option<usize>) -> Cause {
        let position = last.map_or_else(
            || "at the beginning".into(),
            |row| format!("after {}", place(self, row)),
        );
        let rest = self.rows.get(parting..).unwrap_or_default();
        let is_single = |row: &&Row| row.recorded.is_none() || row.local.is_none();
        let gap = rest.iter().take_while(is_single).count();
        let missing = rest.iter().take(gap).filter(|row| row.local.is_none()).count();
        let counts = (missing, gap - missing);
        let is_last = gap == rest.len();
        let has_chosen = self.has_chosen(last);
        let kind = match counts {
            (0, 0) => CauseKind::MovedStep,
            _ if self.has_timeout() && is_last => CauseKind::Timeout,
            (missing, new) if missing > 0 && new > 0 || has_chosen => CauseKind::Target,
            (0, _) => CauseKind::InsertedStep,
            _ => CauseKind::MissingStep,
        };
        let text = self.sentence_of_structure(kind, &position, parting, gap);
        let mut here = self.found.iter().filter(|found| found.row == Some(parting));
        let chain = here.next().map(|found| self.link(found)).into_iter().collect();
        let row = match kind {
            CauseKind::Target | CauseKind::Timeout => last,
            _ => Some(parting),
        };
        self.cause_at(row, kind, capitalised(&text), chain)
    }

    fn sentence_of_structure(
        &self,
        kind: CauseKind,
        position: &str,
        divergence: usize,
        gap: usize,
    ) -> String {
        let names = self.names(divergence, gap);
        match kind {
            CauseKind::MovedStep => {
                let name =
                    self.step_at(divergence).map(ObservedStep::label).unwrap_or_default();
                format!(
                    "`{name}` runs at another time locally: {position}, the order of the \
                     steps was changed."
                )
            }
            CauseKind::Timeout => {
                let side = match self.local.status.as_deref() {
                    Some("timeout") => "the local call",
                    _ => "the recorded call",
                };
                format!("{position}, {side} was cut off by its timeout.")
            }
            CauseKind::InsertedStep => format!(
                "{names} runs locally {position} but was not recorded: the flow was \
                 changed there."
            ),
            CauseKind::MissingStep => format!(
                "{names}, recorded {position}, does not run locally: the flow was changed there."
            ),
            _ => self.sentence_of_target(position, divergence),
        }
    }

    /// Returns whether a step chose between several paths, and took the same one on both
    /// sides.
    fn has_chosen(&self, row: Option<usize>) -> bool {
        let path = row.and_then(|row| self.steps_at(row)?.0.path.as_deref());
        path.is_some_and(|path| path != "next")
    }

    fn sentence_of_target(&self, position: &str, parting: usize) -> String {
        let (one, two) = self.next(parting);
        let name = |step: Option<&ObservedStep>| {
            step.map_or_else(|| "nothing".into(), |it| format!("`{}`", it.label()))
        };
        format!(
            "{position}, the recording continues with {}, and the local call with {}, \
             although nothing before differs: the target was changed.",
            name(one),
            name(two)
        )
    }

    /// Returns the names of up to three of the given number of rows.
    fn names(&self, row: usize, count: usize) -> String {
        let names: Vec<String> = (row..row + count.min(3))
            .filter_map(|row| Some(format!("`{}`", self.step_at(row)?.label())))
            .collect();
        match count.saturating_sub(3) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}
