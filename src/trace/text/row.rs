//! Rows of the tree: steps, returns from flows, and folded steps.

use super::fold::Fold;
use super::piece::{Ink, Piece};
use super::preview::{count, thousands};
use super::story::{Continuation, Describer, StepContext};
use crate::flow::{FlowId, NodeId};
use crate::trace::steps::Events;
use crate::trace::{EventKind, Failure, PathTaken, Step};

/// One row; it may take several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Index of the step; `None` for a row that represents several steps.
    pub(super) step: Option<u32>,
    /// Flow of the step.
    pub(super) flow: FlowId,
    /// Nesting depth of the step.
    pub(super) depth: usize,
    /// Indentation: the nesting depth, and one more for a return.
    pub(super) level: usize,
    /// Start time in milliseconds since the start of the call; `None` for a summary row.
    pub(super) time_ms: Option<i64>,
    /// Duration in milliseconds; 0 for a call to another flow, whose steps show their own
    /// durations.
    pub(super) took_ms: i64,
    /// Id of the node, or a sign.
    pub(super) label: (Ink, String),
    /// Name of the node, if it differs from the id.
    pub(super) name: String,
    /// Type of the node.
    pub(super) node_type: String,
    /// Description of the events.
    pub(super) pieces: Vec<Piece>,
}

/// Converts steps to rows.
struct Rows<'s> {
    steps: &'s [(&'s Step, Events<'s>)],
    teller: &'s Describer<'s>,
    rows: Vec<Row>,
    /// Steps whose called flows are not yet finished.
    open: Vec<usize>,
    /// By node: the last visit of a flow that contains it, and the first step of the node
    /// in that visit.
    seen: Vec<(usize, usize)>,
    /// By depth: the number of the current visit.
    visits: Vec<usize>,
    /// Last failure that was shown.
    failure: Option<&'s Failure>,
}

/// Returns the rows of a trace, without the folded steps.
pub(super) fn rows(
    steps: &[(&Step, Events<'_>)],
    folds: &[Fold],
    teller: &Describer<'_>,
) -> Vec<Row> {
    let node_count =
        steps.iter().map(|(step, _)| step.node.index() + 1).max().unwrap_or(0);
    let mut rows = Rows {
        steps,
        teller,
        rows: Vec::with_capacity(steps.len()),
        open: Vec::new(),
        seen: vec![(0, 0); node_count],
        visits: Vec::new(),
        failure: None,
    };
    let mut at = 0;
    for fold in folds {
        (at..fold.start).for_each(|index| rows.add_step(index));
        rows.add_fold(fold);
        at = fold.end;
    }
    (at..steps.len()).for_each(|index| rows.add_step(index));
    rows.close(steps.len());
    rows.rows
}

impl<'s> Rows<'s> {
    fn add_step(&mut self, index: usize) {
        self.close(index);
        let (step, events) = &self.steps[index];
        self.visit(index);
        let called = self.called(index);
        let facts: Vec<&'s EventKind> = match called {
            Some(_) => events.first().collect(),
            None => events.iter().collect(),
        };
        let onward = self.onward(index, index + 1);
        let setting = StepContext { onward, called, is_return: false, known: None };
        let label = self.teller.symbols.node(step.node);
        let preview = self.teller.preview;
        self.rows.push(Row {
            step: u32::try_from(index).ok(),
            flow: label.flow,
            depth: usize::from(step.depth),
            level: usize::from(step.depth),
            time_ms: Some(step.start_ms),
            took_ms: match called {
                Some(_) => 0,
                None => step.end_ms.saturating_sub(step.start_ms),
            },
            label: (Ink::Name, preview.text(&label.id)),
            name: if label.name == label.id {
                String::new()
            } else {
                preview.text(&label.name)
            },
            node_type: preview.text(&label.node_type),
            pieces: self.teller.describe(step, &facts, setting),
        });
        self.remember_failure(&facts);
        if called.is_some() {
            self.open.push(index);
        }
    }

    /// Adds the returns from flows that end before a step.
    fn close(&mut self, index: usize) {
        let depth = self.steps.get(index).map(|(step, _)| step.depth);
        while let Some(&caller) = self.open.last() {
            if depth.is_some_and(|depth| depth > self.steps[caller].0.depth) {
                break;
            }
            self.open.pop();
            self.add_return(caller, index);
        }
    }

    /// Adds the end of a called flow, if there is anything to show.
    fn add_return(&mut self, caller: usize, index: usize) {
        let (step, events) = &self.steps[caller];
        let facts: Vec<&'s EventKind> = events.late().collect();
        let onward = self.onward(caller, index);
        if facts.is_empty() && onward == Continuation::Down {
            return;
        }
        let called = self.called(caller);
        let setting =
            StepContext { onward, called, is_return: true, known: self.failure };
        self.rows.push(Row {
            step: None,
            flow: self.teller.symbols.node(step.node).flow,
            depth: usize::from(step.depth),
            level: usize::from(step.depth) + 1,
            time_ms: Some(step.end_ms),
            took_ms: 0,
            label: (Ink::Faint, format!("← {}", self.teller.node(step.node))),
            name: String::new(),
            node_type: String::new(),
            pieces: self.teller.describe(step, &facts, setting),
        });
        self.remember_failure(&facts);
    }

    fn add_fold(&mut self, fold: &Fold) {
        self.close(fold.start);
        let steps = if fold.period == 1 {
            "the same step".into()
        } else {
            format!("the same {}", count(fold.period, "step"))
        };
        let times = thousands((fold.end - fold.start) / fold.period);
        let values = if fold.is_exact { "" } else { ", with other values" };
        let first = self.steps[fold.start].0;
        self.rows.push(Row {
            step: None,
            flow: self.teller.symbols.node(first.node).flow,
            depth: usize::from(first.depth),
            level: usize::from(first.depth),
            time_ms: None,
            took_ms: 0,
            label: (Ink::Faint, "⋮".into()),
            name: String::new(),
            node_type: String::new(),
            pieces: vec![Piece::new(
                Ink::Note,
                format!("{steps} {times} more times{values}"),
            )],
        });
    }

    /// Returns the first node of the flow or task that a step called, if it has steps.
    fn called(&self, index: usize) -> Option<NodeId> {
        let (next, _) = self.steps.get(index + 1)?;
        (next.depth > self.steps[index].0.depth).then_some(next.node)
    }

    fn visit(&mut self, index: usize) {
        let step = self.steps[index].0;
        let depth = usize::from(step.depth);
        // No path leads to the start of a flow, or to a restart of its start-up task.
        let is_new = index.checked_sub(1).is_none_or(|before| {
            let before = self.steps[before].0;
            before.depth < step.depth
                || before.depth == step.depth && before.next != Some(step.node)
        });
        if is_new || depth >= self.visits.len() {
            self.visits.resize(depth, 0);
            self.visits.push(index + 1);
        }
        let seen = &mut self.seen[step.node.index()];
        if seen.0 != self.visits[depth] {
            *seen = (self.visits[depth], index);
        }
    }

    /// Returns whether the path from a step leads back: to a node that this visit reached
    /// before the step's node.
    fn leads_back(&self, step: &Step, next: NodeId) -> bool {
        let (visit, first) = self.seen[step.node.index()];
        self.seen[next.index()].0 == visit && self.seen[next.index()].1 <= first
    }

    /// Returns how the call continues after a step; its flow is next seen at `following`.
    fn onward(&self, index: usize, following: usize) -> Continuation {
        let step = self.steps[index].0;
        let Some(next) = step.next else { return Continuation::Down };
        // An error in an Architect task is handled outside of the task, and a transfer to
        // another flow leaves the task.
        let leaves = step.path == PathTaken::Error || self.teller.begins_flow(next);
        let is_reached = self.steps.get(following).is_some_and(|(other, _)| {
            other.node == next
                && (other.depth == step.depth || leaves && other.depth < step.depth)
        });
        match is_reached {
            false => Continuation::Unreached,
            true if self.leads_back(step, next) => Continuation::Back,
            true => Continuation::Down,
        }
    }

    fn remember_failure(&mut self, facts: &[&'s EventKind]) {
        for fact in facts {
            if let EventKind::Failed(failure) = fact {
                self.failure = Some(failure);
            }
        }
    }
}
