//! Properties of calls: rules about the order of events, such as "no call is routed before
//! the caller is authenticated".
//!
//! A [`Property`] is compiled to a [`Monitor`], a small automaton that reads a call part by
//! part. Its state, a [`Progress`], is a value: a search of calls can copy and compare it.
//! *Source: `docs/scenarios.md` describes the properties of scenario files.*

mod monitor;
mod names;
mod occurrence;
mod order;

use std::sync::Arc;

use super::matcher::{Range, RoutingMatcher, TextMatcher, ValueMatcher};
use crate::flow::Spanned;
use crate::source::Span;
use crate::trace::Status;
use crate::value::Text;

pub use monitor::{Monitor, Observed, Progress, Seen};
pub use names::unknown_names;
pub use order::{Ending, Record};

/// A rule that every call must keep.
#[derive(Debug, Clone)]
pub struct Property {
    /// The name in reports.
    pub name: Text,
    /// The position of the name.
    pub span: Span,
    /// The flow in which the calls start; `None` for calls of all flows.
    pub flow: Option<Spanned<Text>>,
    /// The rule.
    pub rule: Rule,
    /// The rule holds from the first such moment on.
    pub after: Option<Moment>,
    /// The rule holds up to the first such moment.
    pub before: Option<Moment>,
    /// The largest distance from `after`, or from the start of the call.
    pub within: Option<Within>,
    /// Whether [`Rule::Eventually`] applies to calls that the caller ends.
    pub counts_hang_ups: bool,
}

/// The kind of a property.
#[derive(Debug, Clone)]
pub enum Rule {
    /// No call has such a moment.
    Never(Moment),
    /// The conditions hold before every action and at the end, or only at the given
    /// moments.
    Always(Moment, Option<Moment>),
    /// Every call has such a moment.
    Eventually(Moment),
}

/// The largest distance between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// A number of actions.
    Actions(u32),
    /// A time on the virtual clock, in milliseconds, from the start of an action to the
    /// start of another.
    Milliseconds(i64),
}

/// A moment of a call. Everything that is given must hold at the same time.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// The action, by any of these ids or names.
    pub actions: Vec<Spanned<Text>>,
    /// The kind of the action.
    pub kind: Option<Spanned<Text>>,
    /// The event. `None` means that the action starts.
    pub event: Option<Event>,
    /// Values of variables and attributes.
    pub conditions: Vec<Condition>,
    /// The time since the start of the call, in milliseconds.
    pub elapsed_ms: Option<Range>,
}

/// An event in a call.
#[derive(Debug, Clone)]
pub enum Event {
    /// The action takes an output.
    Output(Spanned<Text>),
    /// The caller hears a prompt.
    Prompt(TextMatcher),
    /// The call is routed to a queue.
    Routing(Box<RoutingMatcher>),
    /// The call is transferred to something other than a queue.
    Transfer(TextMatcher),
    /// A data action, webhook or other external service is requested.
    Call(Spanned<Text>),
    /// The call ends with this status.
    Status(Status),
    /// The call ends with the error of this code.
    Error(Text),
}

/// A condition on a value.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The value.
    pub of: Holder,
    /// Its name.
    pub name: Spanned<Text>,
    /// The expected value.
    pub matcher: ValueMatcher,
}

/// The kinds of values that conditions read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A variable of the first flow of the call.
    Variable,
    /// An attribute of the participant.
    Attribute,
}

impl Moment {
    /// Whether the moment only has conditions, so that it may last.
    pub fn is_state(&self) -> bool {
        self.actions.is_empty() && self.kind.is_none() && self.event.is_none()
    }
}

impl Property {
    /// Returns all moments, the subject of the rule first.
    pub fn moments(&self) -> impl Iterator<Item = &Moment> {
        let (subject, when) = match &self.rule {
            Rule::Never(it) | Rule::Eventually(it) => (it, None),
            Rule::Always(it, when) => (it, when.as_ref()),
        };
        [Some(subject), when, self.after.as_ref(), self.before.as_ref()]
            .into_iter()
            .flatten()
    }

    /// Whether the time of answers may make a difference.
    pub fn is_timed(&self) -> bool {
        matches!(self.within, Some(Within::Milliseconds(_)))
            || self.moments().any(|moment| moment.elapsed_ms.is_some())
    }
}

/// Properties that several tests share.
pub type Properties = Arc<[Arc<Property>]>;
