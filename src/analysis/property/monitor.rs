//! The automaton of a property.

use std::fmt::Write;
use std::sync::Arc;

use super::occurrence::{Now, Occurrence, Wanted};
use super::order::{Happening, Record};
use super::{Condition, Holder, Property, Rule, Within};
use crate::analysis::attributes::attribute_set;
use crate::analysis::coverage::Goals;
use crate::diagnostic::Code;
use crate::engine::Call;
use crate::flow::{FlowId, NodeId, VariableId};
use crate::program::Program;
use crate::trace::{EventKind, Trace};
use crate::value::Value;

/// A property, with the names resolved for calls that start in a flow.
#[derive(Debug)]
pub struct Monitor {
    property: Arc<Property>,
    program: Arc<Program>,
    goals: Goals,
    subject: Wanted,
    when: Option<Wanted>,
    after: Option<Wanted>,
    before: Option<Wanted>,
    conditions: Vec<(Condition, Vec<VariableId>)>,
}

/// The progress of a property in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whether each condition holds.
    conditions: Vec<bool>,
    /// The number of actions that started.
    started: u32,
    /// The number of waits for the moment that began.
    waits: u32,
    phase: Phase,
}

/// The state of the automaton.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// `after` has not happened.
    Waiting,
    /// The rule holds from here on.
    Active,
    /// The moment has to come. The start of the wait, and the number of actions that
    /// started since.
    Pending { since_ms: i64, actions: u32 },
    /// The rest of the call makes no difference.
    Kept,
    /// The property does not hold.
    Broken,
}

/// The effect of a part of a call on a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The property is not decided yet.
    Open,
    /// The rest of the call makes no difference. The step is the last one that did.
    Kept(usize),
    /// The property does not hold, because of this step.
    Broken(usize),
}

/// Values that a property observes, although the flow may not read them again.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Variables.
    pub variables: Vec<VariableId>,
    /// Names of attributes of the participant.
    pub attributes: Vec<crate::value::Text>,
    /// Whether the words of prompts are observed.
    pub prompts: bool,
}

impl Monitor {
    /// Compiles a property for calls that start in a flow.
    pub fn new(property: &Arc<Property>, program: &Arc<Program>, flow: FlowId) -> Self {
        let goals = Goals::of(program);
        let mut conditions = Vec::new();
        let mut wanted = |moment: &super::Moment| {
            let wanted = Wanted::of(moment, program, &goals, conditions.len());
            conditions.extend(moment.conditions.iter().map(|it| {
                let ids = match it.of {
                    Holder::Variable => variables(program, flow, &it.name.value),
                    Holder::Attribute => Vec::new(),
                };
                (it.clone(), ids)
            }));
            wanted
        };
        let (subject, when) = match &property.rule {
            Rule::Never(it) | Rule::Eventually(it) => (wanted(it), None),
            Rule::Always(it, when) => (wanted(it), when.as_ref().map(&mut wanted)),
        };
        let after = property.after.as_ref().map(&mut wanted);
        let before = property.before.as_ref().map(&mut wanted);
        let (property, program) = (Arc::clone(property), Arc::clone(program));
        Self { property, program, goals, subject, when, after, before, conditions }
    }

    /// The property.
    pub fn property(&self) -> &Arc<Property> {
        &self.property
    }

    /// Returns the progress before the first step. `built_ins` are the values of the
    /// built-in variables at the start, as a trace has them.
    pub fn begin(&self, call: &Call, built_ins: &[(VariableId, Value)]) -> Progress {
        let given = call.given_variables().iter().rev().chain(built_ins);
        let value = |(condition, ids): &(Condition, Vec<VariableId>)| match condition.of {
            Holder::Variable => {
                let mut given = given.clone();
                given.find(|(own, _)| ids.contains(own)).map(|(_, value)| value.clone())
            }
            Holder::Attribute => {
                let mut given = call.given_attributes().iter().rev();
                let own = given.find(|(name, _)| *name == condition.name.value);
                own.map(|(_, value)| Value::String(value.clone()))
            }
        };
        let holds = |it: &(Condition, Vec<VariableId>)| {
            it.0.matcher.matches(&value(it).unwrap_or_default())
        };
        let phase = match self.after {
            Some(_) => Phase::Waiting,
            None => self.triggered(0),
        };
        let conditions = self.conditions.iter().map(holds).collect();
        Progress { conditions, started: 0, waits: 0, phase }
    }

    /// Returns the step at which a finished call breaks the property.
    pub fn broken_by(&self, call: &Call, trace: &Trace) -> Option<usize> {
        let mut progress = self.begin(call, &trace.built_ins);
        match self.advance(&mut progress, &Record::of_trace(trace, &[])) {
            Seen::Broken(step) => Some(step),
            Seen::Open | Seen::Kept(_) => None,
        }
    }

    /// Takes a part of a call.
    pub fn advance(&self, progress: &mut Progress, record: &Record<'_>) -> Seen {
        let mut seen = Seen::Open;
        let mut last = record.earlier.len().saturating_sub(1);
        let started = record.steps.get(last).filter(|_| !record.earlier.is_empty());
        let mut clock_ms = started.map_or(0, |step| step.start_ms);
        record.each(&self.program, &mut |happening| {
            if seen != Seen::Open {
                return;
            }
            match happening {
                Happening::Start(index, step) => {
                    (last, clock_ms) = (index, step.start_ms);
                }
                Happening::End(end) => clock_ms = end.elapsed_ms,
                Happening::Output(index, _) | Happening::Event(index, ..) => {
                    last = last.max(index);
                }
            }
            self.take(progress, happening, clock_ms);
            seen = match progress.phase {
                Phase::Kept => Seen::Kept(last),
                Phase::Broken => Seen::Broken(last),
                _ => Seen::Open,
            };
        });
        seen
    }

    fn take(&self, progress: &mut Progress, happening: Happening<'_>, clock_ms: i64) {
        match happening {
            Happening::Event(_, step, kind) => {
                self.assign(progress, step.node, kind);
                if matches!(kind, EventKind::Failed(failure) if is_limit(failure.code)) {
                    self.release(progress);
                }
            }
            Happening::Start(_, step)
                if !self.program.steps[step.node.index()].is_beginning() =>
            {
                self.count(progress, clock_ms);
                self.apply(progress, Occurrence::Check, clock_ms);
            }
            Happening::End(end) => {
                self.expire(progress, clock_ms);
                if end.error.is_some_and(is_limit) {
                    self.release(progress);
                }
                self.apply(progress, Occurrence::Check, clock_ms);
            }
            _ => {}
        }
        self.apply(progress, Occurrence::Happening(happening), clock_ms);
        if let Happening::End(end) = happening {
            let is_hung_up = end.error == Some(Code::CALLER_HUNG_UP);
            let is_over = !is_hung_up || self.property.counts_hang_ups;
            progress.phase = match progress.phase {
                Phase::Pending { .. } if is_over => Phase::Broken,
                Phase::Broken => Phase::Broken,
                _ => Phase::Kept,
            };
        }
    }

    /// Evaluates the conditions on a value that was set.
    fn assign(&self, progress: &mut Progress, node: NodeId, kind: &EventKind) {
        let conditions = self.conditions.iter().zip(&mut progress.conditions);
        match kind {
            EventKind::Assigned(variable, value) => {
                let own = conditions.filter(|((_, ids), _)| ids.contains(variable));
                own.for_each(|((it, _), holds)| *holds = it.matcher.matches(value));
            }
            kind => {
                let set = attribute_set(&self.program, node, kind);
                let Some((name, value)) = set else { return };
                let is_it =
                    |it: &Condition| it.of == Holder::Attribute && it.name.value == *name;
                let own = conditions.filter(|((it, _), _)| is_it(it));
                own.for_each(|((it, _), holds)| *holds = it.matcher.matches(&value));
            }
        }
    }

    /// Counts an action that starts.
    fn count(&self, progress: &mut Progress, clock_ms: i64) {
        progress.started = progress.started.saturating_add(1);
        let Phase::Pending { actions, .. } = &mut progress.phase else { return };
        *actions = actions.saturating_add(1);
        let Some(Within::Actions(most)) = self.property.within else {
            return self.expire(progress, clock_ms);
        };
        if *actions > most {
            progress.phase = Phase::Broken;
        }
    }

    /// Ends a wait that a limit of the simulation interrupts. A wait without `within` continues
    /// if at least half of the call's actions belong to it: the moment never comes. The
    /// limit is the simulation's, so it breaks nothing that had time left.
    fn release(&self, progress: &mut Progress) {
        if let Phase::Pending { actions, .. } = progress.phase
            && (self.property.within.is_some() || actions < progress.started.div_ceil(2))
        {
            progress.phase = self.ended();
        }
    }

    /// Breaks the property if the time is over.
    fn expire(&self, progress: &mut Progress, clock_ms: i64) {
        if let Phase::Pending { since_ms, .. } = progress.phase
            && let Some(Within::Milliseconds(most)) = self.property.within
            && clock_ms.saturating_sub(since_ms) > most
        {
            progress.phase = Phase::Broken;
        }
    }

    /// The phase in which the rule holds, from this time on.
    fn triggered(&self, since_ms: i64) -> Phase {
        match self.property.rule {
            Rule::Eventually(_) => Phase::Pending { since_ms, actions: 0 },
            Rule::Never(_) | Rule::Always(..) => Phase::Active,
        }
    }

    /// The phase after the moment has come, or does not have to come any more.
    fn ended(&self) -> Phase {
        match self.after {
            Some(_) => Phase::Waiting,
            None => Phase::Kept,
        }
    }

    fn apply(&self, progress: &mut Progress, occurrence: Occurrence<'_>, clock_ms: i64) {
        let Self { program, goals, .. } = self;
        let conditions = &progress.conditions;
        let now = Now { program, goals, conditions, clock_ms };
        let is_now = |wanted: &Option<Wanted>| {
            wanted.as_ref().is_some_and(|wanted| wanted.is_now(occurrence, now))
        };
        let ended = self.ended();
        let was_pending = matches!(progress.phase, Phase::Pending { .. });
        progress.phase = match progress.phase {
            Phase::Waiting if is_now(&self.after) => self.triggered(clock_ms),
            Phase::Active if self.is_broken(occurrence, now) => Phase::Broken,
            Phase::Active if is_now(&self.before) => ended,
            Phase::Pending { .. } if self.subject.is_now(occurrence, now) => ended,
            Phase::Pending { .. } if is_now(&self.before) => Phase::Broken,
            phase => phase,
        };
        if !was_pending && matches!(progress.phase, Phase::Pending { .. }) {
            progress.waits = progress.waits.saturating_add(1);
        }
    }

    fn is_broken(&self, occurrence: Occurrence<'_>, now: Now<'_>) -> bool {
        match (&self.property.rule, &self.when) {
            (Rule::Always(..), Some(when)) => {
                when.is_now(occurrence, now) && !self.subject.holds(now)
            }
            (Rule::Always(..), None) => {
                matches!(occurrence, Occurrence::Check) && !self.subject.holds(now)
            }
            _ => self.subject.is_now(occurrence, now),
        }
    }

    /// Whether a step of this node may break the property.
    pub fn may_break_at(&self, node: NodeId) -> bool {
        match &self.property.rule {
            Rule::Never(_) => self.subject.may_be_at(&self.program, node),
            Rule::Always(..) => {
                self.when.as_ref().is_none_or(|it| it.may_be_at(&self.program, node))
            }
            Rule::Eventually(_) => true,
        }
    }

    /// The values that the property observes.
    pub fn observed(&self) -> Observed {
        let all = [Some(&self.subject), self.when.as_ref()].into_iter();
        let mut all = all.chain([self.after.as_ref(), self.before.as_ref()]).flatten();
        let attributes =
            self.conditions.iter().filter(|(it, _)| it.of == Holder::Attribute);
        Observed {
            variables: self.conditions.iter().flat_map(|(_, ids)| ids.clone()).collect(),
            attributes: attributes.map(|(it, _)| it.name.value.clone()).collect(),
            prompts: all.any(Wanted::is_prompt),
        }
    }

    /// The number of the wait for the moment, if the moment still has to come.
    pub fn wait_of(&self, progress: &Progress) -> Option<u32> {
        matches!(progress.phase, Phase::Pending { .. }).then_some(progress.waits)
    }

    /// Writes the key of the progress at this time: calls with the same key and the same
    /// future keep or break the property alike.
    pub fn write_key(&self, progress: &Progress, clock_ms: i64, out: &mut String) {
        let bits = progress.conditions.iter();
        out.extend(bits.map(|holds| if *holds { '1' } else { '0' }));
        let _ = match progress.phase {
            Phase::Waiting => write!(out, "w"),
            Phase::Active => write!(out, "a"),
            Phase::Pending { since_ms, actions } => match self.property.within {
                Some(Within::Milliseconds(_)) => {
                    write!(out, "p{}", clock_ms.saturating_sub(since_ms))
                }
                Some(Within::Actions(_)) => write!(out, "p{actions}"),
                None => write!(out, "p"),
            },
            Phase::Kept => write!(out, "k"),
            Phase::Broken => write!(out, "b"),
        };
        let all = [Some(&self.subject), self.when.as_ref()].into_iter();
        let all = all.chain([self.after.as_ref(), self.before.as_ref()]).flatten();
        let last = all.map(Wanted::last_ms).max().unwrap_or_default();
        let _ = write!(out, "@{}", clock_ms.min(last));
    }
}

/// Returns the variable of the first flow with this name. If it has none, returns those of
/// all other flows and tasks: the last of them that the call sets counts.
fn variables(program: &Program, flow: FlowId, name: &str) -> Vec<VariableId> {
    if let Some(own) = program.variable(flow, name) {
        return vec![own];
    }
    let names = program.symbols.variables.iter().enumerate();
    let same = names.filter(|(_, it)| !it.is_empty() && it.eq_ignore_ascii_case(name));
    same.filter_map(|(index, _)| u32::try_from(index).ok().map(VariableId)).collect()
}

/// Whether a limit of the simulation ends the call.
fn is_limit(code: Code) -> bool {
    matches!(code, Code::ACTION_LIMIT_EXCEEDED | Code::CALL_TOO_LARGE)
}
