//! Conditions under which a motion stops.

use std::cell::Cell;
use std::path::PathBuf;

use super::expression::{self, Compiled};
use crate::engine::Session;
use crate::flow::{NodeId, VariableId};
use crate::program::Program;
use crate::trace::{Event, EventKind};
use crate::value::{Kind, Type, Value};

/// The source of a breakpoint, which replaces all of its breakpoints at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A flow file.
    File(PathBuf),
    /// Names of actions.
    Names,
}

/// A breakpoint as a person writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Expression that must be true.
    pub condition: Option<String>,
    /// Rule about the number of executions, such as `3`, `>= 3` or `% 3`.
    pub hits: Option<String>,
    /// Message to print instead of stopping, with expressions in braces.
    pub log: Option<String>,
}

/// A breakpoint on an action.
#[derive(Debug, Clone)]
pub struct Breakpoint {
    /// Number.
    pub id: u32,
    /// Source of the breakpoint.
    pub owner: Owner,
    /// Nodes of the action.
    pub nodes: Vec<NodeId>,
    condition: Option<Compiled>,
    hits: Option<HitRule>,
    log: Option<Vec<Part>>,
    /// The number of executions among this number of steps.
    counted: Cell<(usize, usize)>,
}

/// A rule about the number of executions of an action, the current one included. The
/// number is that of this call, so it is smaller again after a step back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitRule {
    /// Exactly this number.
    Equal(usize),
    /// This number or more.
    AtLeast(usize),
    /// More than this number.
    MoreThan(usize),
    /// Less than this number.
    LessThan(usize),
    /// At most this number.
    AtMost(usize),
    /// Every multiple of this number.
    Every(usize),
}

impl HitRule {
    /// Parses `3`, `= 3`, `>= 3`, `> 3`, `< 3`, `<= 3` or `% 3`.
    ///
    /// # Errors
    /// The text is something else; the message says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.find(|it: char| it.is_ascii_digit()).unwrap_or(text.len());
        let (sign, number) = text.split_at(end);
        let expected =
            || format!("expected a number such as `3` or `>= 3`, found `{text}`");
        let number: usize = number.parse().map_err(|_| expected())?;
        match sign.trim() {
            "" | "=" | "==" | "===" => Ok(Self::Equal(number)),
            ">=" => Ok(Self::AtLeast(number)),
            ">" => Ok(Self::MoreThan(number)),
            "<" => Ok(Self::LessThan(number)),
            "<=" => Ok(Self::AtMost(number)),
            "%" if number > 0 => Ok(Self::Every(number)),
            _ => Err(expected()),
        }
    }

    /// Whether a number of executions fulfils the rule.
    pub fn accepts(self, count: usize) -> bool {
        match self {
            Self::Equal(number) => count == number,
            Self::AtLeast(number) => count >= number,
            Self::MoreThan(number) => count > number,
            Self::LessThan(number) => count < number,
            Self::AtMost(number) => count <= number,
            Self::Every(number) => count.is_multiple_of(number),
        }
    }
}

/// A part of a log message.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// An expression and its text.
    Expression(Compiled, String),
}

impl Breakpoint {
    /// Compiles a breakpoint.
    ///
    /// # Errors
    /// A condition, a rule or a message is invalid.
    pub(super) fn new(
        id: u32,
        owner: Owner,
        nodes: Vec<NodeId>,
        wish: &Wish,
        program: &Program,
    ) -> Result<Self, String> {
        let Some(node) = nodes.first().copied() else {
            return Err("no action is here".to_owned());
        };
        let boolean = Some(Type::one(Kind::Boolean));
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
        };
        let condition = text(&wish.condition)
            .map(|text| expression::at_node(program, node, &text, boolean));
        let hits = text(&wish.hits).map(|text| HitRule::parse(&text));
        let log = text(&wish.log).map(|text| parts(&text, program, node));
        Ok(Self {
            id,
            owner,
            nodes,
            condition: condition.transpose()?,
            hits: hits.transpose()?,
            log: log.transpose()?,
            counted: Cell::default(),
        })
    }

    /// Whether a motion always stops before the nodes.
    pub(super) fn is_plain(&self) -> bool {
        self.condition.is_none() && self.hits.is_none() && self.log.is_none()
    }

    /// Whether the breakpoint is before the next node, and its condition is true. An error
    /// in a condition counts as true, so that the person sees it.
    pub(super) fn is_hit(&self, session: &Session, node: NodeId) -> bool {
        if !self.nodes.contains(&node) {
            return false;
        }
        if let Some(condition) = &self.condition
            && let Ok(value) = condition.evaluate(session, 0)
            && value != Value::Boolean(true)
        {
            return false;
        }
        self.hits.is_none_or(|rule| rule.accepts(self.executions(session) + 1))
    }

    /// The number of executions so far. It counts on from the last time.
    fn executions(&self, session: &Session) -> usize {
        let (known, count) = self.counted.get();
        let new = session.steps().get(known..).unwrap_or_default().iter();
        let count = count + new.filter(|it| self.nodes.contains(&it.node)).count();
        self.counted.set((session.steps().len(), count));
        count
    }

    /// Forgets the number of executions, because the past of the call has changed.
    pub(super) fn recount(&self) {
        self.counted.set((0, 0));
    }

    /// Returns the message of a log point; `None` for other breakpoints.
    pub(super) fn message(&self, session: &Session) -> Option<String> {
        let parts = self.log.as_ref()?.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Expression(expression, text) => match expression.evaluate(session, 0) {
                Ok(value) if value.is_unset() => "NOT_SET".to_owned(),
                Ok(value) => value.to_string(),
                Err(problem) => format!("{{{text}: {problem}}}"),
            },
        });
        Some(parts.collect())
    }
}

/// Splits a log message at its expressions.
fn parts(text: &str, program: &Program, node: NodeId) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            return Err(format!("`}}` is missing after `{{` in `{text}`"));
        };
        parts.push(Part::Text(before.to_owned()));
        let expression = expression::at_node(program, node, inside, None)?;
        parts.push(Part::Expression(expression, inside.to_owned()));
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

/// Kinds of events at which a motion stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Errors of actions, also those that the flow handles.
    pub errors: bool,
    /// Errors that end the call.
    pub unhandled: bool,
    /// Prompts that the caller hears.
    pub prompts: bool,
}

impl Filters {
    pub(super) fn is_prompt(self, event: &Event) -> bool {
        self.prompts && matches!(event.kind, EventKind::Prompted(_))
    }

    pub(super) fn is_error(self, event: &Event) -> bool {
        self.errors && matches!(event.kind, EventKind::Failed(_))
    }
}

/// Returns the watched variable that an event sets.
pub(super) fn written(event: &Event, watched: &[VariableId]) -> Option<VariableId> {
    match &event.kind {
        EventKind::Assigned(variable, _) if watched.contains(variable) => Some(*variable),
        _ => None,
    }
}
