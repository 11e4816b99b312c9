//! Counting of traces.

use std::sync::Arc;

use super::catalogue::{Catalogue, Item, NodeItems};
use super::prompts::Constant;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::{Event, EventKind, Field, PathTaken, Phrase, Step, Trace};

/// Maximum count, which all JSON readers accept as an integer.
const MOST: u64 = i64::MAX as u64;

/// Coverage counts of one program. A clone shares everything except the counts.
#[derive(Debug, Clone)]
pub struct Coverage {
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) counts: Vec<u64>,
    pub(super) calls: u64,
}

/// Error for adding the counts of a different program. Counts of several programs are
/// merged as [`Report`](super::Report)s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherProgram;

impl Coverage {
    /// Creates empty counts. Only traces of this program or of a clone may be added.
    pub fn new(program: &Program) -> Self {
        let catalogue = Arc::new(Catalogue::of(program));
        let counts = vec![0; catalogue.items.len()];
        Self { catalogue, counts, calls: 0 }
    }

    /// Returns the number of counted calls.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Adds a call.
    pub fn add(&mut self, trace: &Trace) {
        self.calls = sum(self.calls, 1);
        let catalogue = Arc::clone(&self.catalogue);
        if let Some(flow) = catalogue.flows.get(trace.flow.index()) {
            self.hit(flow.item);
        }
        let mut before = None;
        for step in &trace.steps {
            let Some(items) = catalogue.nodes.get(step.node.index()) else { continue };
            self.hit(items.own);
            if let Some(before) = before {
                self.count_entry(&catalogue, before, step, items);
            }
            self.count_path(&catalogue, step, items);
            before = Some((step, items));
        }
        for event in &trace.events {
            self.count_event(&catalogue, trace, event);
        }
    }

    /// Adds other counts.
    ///
    /// # Errors
    /// The other counts are of a different program. Nothing is added in this case.
    pub fn merge(&mut self, other: &Self) -> Result<(), OtherProgram> {
        let is_same = Arc::ptr_eq(&self.catalogue, &other.catalogue)
            || self.catalogue == other.catalogue;
        if !is_same {
            return Err(OtherProgram);
        }
        self.calls = sum(self.calls, other.calls);
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = sum(*count, *more);
        }
        Ok(())
    }

    #[inline]
    fn hit(&mut self, item: Item) {
        // `NONE` is larger than any item.
        if let Some(count) = self.counts.get_mut(item as usize) {
            *count = sum(*count, 1);
        }
    }

    /// Counts the entry into a flow. It begins with the very next step after a call of it,
    /// a transfer to it, or a transfer to a queue whose in-queue flow it is.
    fn count_entry(
        &mut self,
        catalogue: &Catalogue,
        (before, caller): (&Step, &NodeItems),
        step: &Step,
        items: &NodeItems,
    ) {
        let mut entered = items.begins;
        if let Some((item, flow, start)) = caller.call
            && step.node == start
            && (step.depth > before.depth || items.begins.is_some())
        {
            self.hit(item);
            entered = Some(flow);
        }
        if let Some(flow) = entered.and_then(|flow| catalogue.flows.get(flow.index())) {
            self.hit(flow.item);
        }
    }

    /// Counts the path that a step took.
    fn count_path(&mut self, catalogue: &Catalogue, step: &Step, items: &NodeItems) {
        match step.path {
            PathTaken::None => {}
            PathTaken::Next => self.hit(items.next),
            PathTaken::Error => {
                self.hit(items.error);
                let handler = |node: NodeId| catalogue.nodes.get(node.index());
                if let Some(handler) = step.next.and_then(handler) {
                    self.hit(handler.handler);
                }
            }
            PathTaken::Condition(number) => {
                let index = number.wrapping_sub(1);
                if let Some(item) = way(catalogue, items, index) {
                    self.hit(item);
                }
                self.decided(items, index);
            }
            PathTaken::Default => {
                self.hit(items.default);
                self.decided(items, u16::MAX);
            }
            PathTaken::Output(index) => {
                let item = way(catalogue, items, index);
                self.hit(item.unwrap_or(items.next));
                self.decided(items, index);
            }
        }
    }

    /// Counts the condition with this index as true, and all earlier ones as false.
    fn decided(&mut self, items: &NodeItems, index: u16) {
        let (first, count) = items.conditions;
        for condition in 0..count.min(index) {
            self.hit(first + 2 * Item::from(condition) + 1);
        }
        if index < count {
            self.hit(first + 2 * Item::from(index));
        }
    }

    fn count_event(&mut self, catalogue: &Catalogue, trace: &Trace, event: &Event) {
        let is_of_interest = matches!(
            event.kind,
            EventKind::Prompted(_)
                | EventKind::Played(_)
                | EventKind::Input(Field::Case(_), _)
        );
        if !is_of_interest {
            return;
        }
        let Some(step) = trace.steps.get(event.step as usize) else { return };
        let Some(items) = catalogue.nodes.get(step.node.index()) else { return };
        if let EventKind::Input(Field::Case(number), _) = &event.kind {
            self.count_case(step, items, *number);
        }
        let run = items.prompts.start as usize..items.prompts.end as usize;
        for (item, constant) in catalogue.prompts.get(run).unwrap_or_default() {
            let is_it = match (constant, &event.kind) {
                (Constant::Only, EventKind::Prompted(Phrase::Constant(_))) => true,
                (Constant::Audio(audio), EventKind::Played(played)) => audio == played,
                (Constant::Words(words), EventKind::Prompted(Phrase::Made(said))) => {
                    words == said
                }
                _ => false,
            };
            if is_it {
                self.hit(*item);
            }
        }
    }

    /// Counts cases of a failed switch. It takes no path, but the cases before the last
    /// evaluated one were false.
    fn count_case(&mut self, step: &Step, items: &NodeItems, case: u16) {
        let (first, count) = items.conditions;
        if step.path == PathTaken::Error && (2..=count).contains(&case) {
            self.hit(first + 2 * (Item::from(case) - 2) + 1);
        }
    }
}

/// Returns the item of an output or condition of a node.
pub(super) fn way(catalogue: &Catalogue, items: &NodeItems, index: u16) -> Option<Item> {
    let place = items.outputs.start.checked_add(u32::from(index))?;
    let place = Some(place).filter(|place| *place < items.outputs.end)?;
    catalogue.outputs.get(place as usize).copied()
}

/// Returns the sum of two counts, limited to a number that every JSON reader accepts.
pub(crate) fn sum(one: u64, other: u64) -> u64 {
    one.saturating_add(other).min(MOST)
}
