//! Branches of a timeline: the decisions of the user, by position.

use crate::flow::VariableId;
use crate::value::Value;
use crate::world::Answer;

/// Number of a branch; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// One course of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The id.
    pub id: BranchId,
    /// The branch and position at which it began; `None` for the first.
    pub from: Option<(BranchId, u32)>,
    /// The last position that it reached.
    pub end: u32,
    /// The decisions of the user, in the order of their positions.
    pub(super) changes: Vec<(u32, Change)>,
}

/// A decision of the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An answer to the question of the session.
    Answer(Answer),
    /// The value of a variable that is visible at a level.
    Value {
        /// Level of the running flow or task.
        level: usize,
        /// The variable.
        variable: VariableId,
        /// The value.
        value: Value,
    },
}

impl Change {
    /// Whether it is an answer.
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Answer(_))
    }
}

impl Branch {
    /// Returns the branch that a timeline begins with.
    pub(super) fn first() -> Self {
        Self { id: BranchId(1), from: None, end: 0, changes: Vec::new() }
    }

    /// The decisions of the user and their positions, in order.
    pub fn changes(&self) -> &[(u32, Change)] {
        &self.changes
    }

    /// The user's answer at a position.
    pub(super) fn answer_at(&self, position: u32) -> Option<&Answer> {
        self.at(position).iter().find_map(|(_, change)| match change {
            Change::Answer(answer) => Some(answer),
            Change::Value { .. } => None,
        })
    }

    /// The user's values at a position, in order.
    pub(super) fn values_at(&self, position: u32) -> impl Iterator<Item = &Change> {
        let all = self.at(position).iter().map(|(_, change)| change);
        all.filter(|change| matches!(change, Change::Value { .. }))
    }

    fn at(&self, position: u32) -> &[(u32, Change)] {
        let first = self.changes.partition_point(|(at, _)| *at < position);
        let end = self.changes.partition_point(|(at, _)| *at <= position);
        &self.changes[first..end]
    }

    /// Returns a branch that has the decisions up to a position, without its answer.
    pub(super) fn fork(&self, id: BranchId, position: u32) -> Self {
        let is_kept = |(at, change): &&(u32, Change)| {
            *at < position || (*at == position && matches!(change, Change::Value { .. }))
        };
        Self {
            id,
            from: Some((self.id, position)),
            end: position,
            changes: self.changes.iter().filter(is_kept).cloned().collect(),
        }
    }

    /// Returns the last position up to which both branches are equal, before the decisions
    /// of that position.
    pub(super) fn common_with(&self, other: &Self) -> u32 {
        let mut pairs = self.changes.iter().zip(&other.changes);
        let differs = pairs.find(|(own, others)| own != others);
        let decided = differs.map(|(own, others)| own.0.min(others.0));
        // One has all decisions of the other, and more.
        let count = self.changes.len().min(other.changes.len());
        let longer = [self, other].into_iter().find_map(|it| it.changes.get(count));
        let decided = decided.or(longer.map(|(at, _)| *at));
        decided.unwrap_or(u32::MAX)
    }
}
