//! A call that can be stepped forwards and backwards.
//!
//! A timeline holds one session and snapshots of its past. It goes back to a position from
//! the nearest earlier snapshot, by executing the same actions with the same answers. The
//! number of snapshots is bounded: when there are too many, every second one is dropped.
//!
//! A [position](Timeline::position) is a point between two moves of the session: the
//! execution of one node, or one answer. A user's answer or a new value of a variable at an
//! earlier position begins another [branch](Branch). The old one is kept.

mod branch;
mod scripted;
mod snapshots;

pub use branch::{Branch, BranchId, Change};
pub use scripted::Scripted;

use std::sync::Arc;

use crate::engine::{Call, Session};
use crate::flow::VariableId;
use crate::program::Program;
use crate::value::Value;
use crate::world::{Answer, Input, Question};
use snapshots::Snapshots;

/// Host of a timeline. It is part of the state of a call: going back restores it. The same
/// questions always get the same answers.
pub trait Respondent: Clone {
    /// Answers a question. Returns `None` if the user decides.
    fn answer(&mut self, session: &Session, question: &Question<'_>) -> Option<Answer>;

    /// Takes notice that the user decided instead.
    fn overrule(&mut self, question: &Question<'_>);
}

/// A call that can be stepped forwards and backwards.
#[derive(Debug, Clone)]
pub struct Timeline<R> {
    session: Session,
    respondent: R,
    position: u32,
    snapshots: Snapshots<R>,
    branch: Branch,
    /// The other branches, in the order of their ids.
    others: Vec<Branch>,
    /// The caller's inputs up to here, and the positions of their questions.
    inputs: Vec<(u32, Input)>,
}

impl<R: Respondent> Timeline<R> {
    /// Begins a call and stops before its first node.
    pub fn begin(program: Arc<Program>, call: &Call, respondent: R) -> Self {
        let mut session = Session::begin(program, call);
        let first = session.snapshot();
        Self {
            snapshots: Snapshots::new(first, respondent.clone()),
            session,
            respondent,
            position: 0,
            branch: Branch::first(),
            others: Vec::new(),
            inputs: Vec::new(),
        }
    }

    /// The session at the current position.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The number of moves since the beginning of the call.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// The caller's inputs up to here, in order.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = &Input> {
        self.inputs.iter().map(|(_, input)| input)
    }

    /// The current branch.
    pub fn branch(&self) -> &Branch {
        &self.branch
    }

    /// All branches, in the order in which they began.
    pub fn branches(&self) -> Vec<&Branch> {
        let mut all: Vec<&Branch> = self.others.iter().chain([&self.branch]).collect();
        all.sort_by_key(|branch| branch.id);
        all
    }

    /// Returns the answer that the next move gives to the current question: that of the
    /// branch, or of the respondent. Returns `None` if the user decides.
    pub fn known_answer(&self) -> Option<Answer> {
        let question = self.session.question()?;
        let chosen = self.branch.answer_at(self.position).cloned();
        chosen.or_else(|| self.respondent.clone().answer(&self.session, &question))
    }

    /// Moves on by one node or answer. Returns `false` if the call is over, or if the user
    /// must answer first.
    pub fn forward(&mut self) -> bool {
        if self.session.is_finished() {
            return false;
        }
        if let Some(question) = self.session.question() {
            let answer = match self.branch.answer_at(self.position) {
                Some(chosen) => {
                    self.respondent.overrule(&question);
                    chosen.clone()
                }
                None => match self.respondent.answer(&self.session, &question) {
                    Some(answer) => answer,
                    None => return false,
                },
            };
            if let Answer::Input(input) = &answer {
                self.inputs.push((self.position, input.clone()));
            }
            self.session.answer(answer);
        } else {
            self.session.step();
        }
        self.position += 1;
        self.branch.end = self.branch.end.max(self.position);
        if self.snapshots.is_due(self.position) {
            let taken = self.session.snapshot();
            self.snapshots.add(self.position, taken, self.respondent.clone());
        }
        self.apply_values();
        true
    }

    /// Goes to a position, or as near to it as the answers of this branch allow.
    pub fn go_to(&mut self, position: u32) {
        if position < self.position {
            self.restore(position);
        }
        while self.position < position && self.forward() {}
    }

    /// Goes back to the position before the step with this index.
    pub fn go_before_step(&mut self, step: usize) {
        if step < self.session.steps().len() {
            let position = self.snapshots.before_step(step);
            self.restore(position);
        }
        while self.session.steps().len() < step && self.forward() {}
        // The step before this one may still need an answer.
        while self.session.question().is_some() && self.forward() {}
    }

    /// Goes back to the last position before the event with this index.
    pub fn go_before_event(&mut self, event: usize) {
        if event >= self.session.events().len() {
            return;
        }
        let position = self.snapshots.before_event(event);
        self.restore(position);
        let mut before = self.position;
        while self.session.events().len() <= event {
            before = self.position;
            if !self.forward() {
                return;
            }
        }
        self.go_to(before);
    }

    /// Goes back to the last position at which the condition is true. If it never is,
    /// goes to the beginning of the call and returns `false`.
    pub fn go_back_to(&mut self, mut is_it: impl FnMut(&Self) -> bool) -> bool {
        let mut end = self.position;
        while let Some(begin) = end.checked_sub(1) {
            self.restore(begin);
            let first = self.position;
            let mut last = None;
            loop {
                if is_it(self) {
                    last = Some(self.position);
                }
                if self.position + 1 >= end || !self.forward() {
                    break;
                }
            }
            if let Some(found) = last {
                self.go_to(found);
                return true;
            }
            end = first;
        }
        self.restore(0);
        false
    }

    /// Gives the user's answer to the current question, and moves on. If this branch has
    /// another answer or continued from here already, this begins another branch. Returns
    /// `false` without a question.
    pub fn answer(&mut self, answer: Answer) -> bool {
        if self.session.question().is_none() {
            return false;
        }
        if self.branch.answer_at(self.position) != Some(&answer) {
            self.diverge();
            self.branch.changes.push((self.position, Change::Answer(answer)));
        }
        self.forward()
    }

    /// Sets a variable that is visible at a level, if the call is not over. If this branch
    /// continued from here already, this begins another branch. The value has the type of
    /// the variable.
    pub fn assign(&mut self, level: usize, variable: VariableId, value: Value) -> bool {
        if !self.session.assign(level, variable, value.clone()) {
            return false;
        }
        self.diverge();
        let change = Change::Value { level, variable, value };
        self.branch.changes.push((self.position, change));
        true
    }

    /// Continues on another branch, at its last position. Returns `false` if there is no
    /// such branch.
    pub fn switch(&mut self, id: BranchId) -> bool {
        let Some(index) = self.others.iter().position(|branch| branch.id == id) else {
            return id == self.branch.id;
        };
        let wanted = self.others.remove(index);
        let left = std::mem::replace(&mut self.branch, wanted);
        let common = left.common_with(&self.branch);
        self.others.push(left);
        self.others.sort_by_key(|branch| branch.id);
        self.restore(self.position.min(common));
        self.go_to(self.branch.end);
        true
    }

    /// Begins another branch if this one continued from the current position.
    fn diverge(&mut self) {
        if self.branch.end <= self.position
            && self.branch.answer_at(self.position).is_none()
        {
            return;
        }
        let next = self.others.iter().map(|branch| branch.id).chain([self.branch.id]);
        let next = BranchId(next.map(|id| id.0).max().unwrap_or_default() + 1);
        let new = self.branch.fork(next, self.position);
        self.others.push(std::mem::replace(&mut self.branch, new));
    }

    /// Goes to the last snapshot up to a position.
    fn restore(&mut self, position: u32) {
        let (position, snapshot, respondent) = self.snapshots.last_up_to(position);
        self.session.rewind(snapshot);
        self.respondent.clone_from(respondent);
        self.position = position;
        let end = self.inputs.partition_point(|(at, _)| *at < position);
        self.inputs.truncate(end);
        self.apply_values();
    }

    /// Sets the variables that the user set at the current position.
    fn apply_values(&mut self) {
        for change in self.branch.values_at(self.position) {
            if let Change::Value { level, variable, value } = change {
                self.session.assign(*level, *variable, value.clone());
            }
        }
    }
}
