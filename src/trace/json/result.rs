//! The `result` of a step, with each key at most once.

use std::borrow::Cow;
use std::ops::Range;

use super::members::Members;
use super::names::ValueName;
use super::{PartWriter, Separator, write_connection, write_failure, write_transfer};
use crate::flow::{EndType, NodeId};
use crate::trace::steps::Events;
use crate::trace::{
    Connection, EventKind, Failure, Field, PathTaken, Phrase, Routing, Step, Transfer,
};
use crate::value::{Json, Text, Value, write_json_string, write_json_string_after};

/// Keys that a field of an answer must not use: readers of a result rely on `error` to
/// detect a failed step.
const RESERVED: [&str; 3] = ["answer", "error", "cutOff"];

/// The parts after the entries of a result.
#[derive(Clone, Copy)]
pub(in crate::trace) struct Written {
    /// Whether the step has further entries: a request or notes.
    pub(in crate::trace) has_more: bool,
    /// Whether the brace after the last group of values is missing.
    pub(in crate::trace) is_open: bool,
}

/// Events of a step by kind. The engine records each kind at most once per step, except
/// for assignments and reads. If a kind occurs twice, the last one counts.
#[derive(Default)]
struct Outcome<'t> {
    has_condition: bool,
    /// Node and branch of an Architect action that evaluated conditions.
    branch: Option<(NodeId, Branch)>,
    /// The last prompt.
    said: Option<&'t Phrase>,
    /// The number of prompts.
    prompts: usize,
    heard: Option<&'t Text>,
    collected: Option<&'t Text>,
    answered: Option<&'t Json>,
    routed: Option<&'t Routing>,
    transferred: Option<&'t Transfer>,
    connected: Option<&'t Connection>,
    ended: Option<EndType>,
    failed: Option<&'t Failure>,
    is_cut_off: bool,
    has_read: bool,
    has_assigned: bool,
    has_passed: bool,
}

/// Branch of an Architect action that evaluated conditions.
#[derive(Clone, Copy)]
enum Branch {
    /// That of a decision, which has one condition.
    Decision,
    /// The output with this index of a switch or a Loop Until action.
    Case(u16),
}

impl Branch {
    fn of(step: &Step, events: &Events<'_>) -> Option<Self> {
        let PathTaken::Output(output) = step.path else { return None };
        events.iter().find_map(|fact| match fact {
            EventKind::Input(Field::Condition, _) => Some(Self::Decision),
            EventKind::Input(Field::Case(_), _) => Some(Self::Case(output)),
            _ => None,
        })
    }
}

impl<'t> Outcome<'t> {
    fn of(step: &Step, events: &Events<'t>) -> Self {
        let has_condition =
            matches!(step.path, PathTaken::Condition(_) | PathTaken::Default);
        let branch = Branch::of(step, events).map(|branch| (step.node, branch));
        let mut outcome = Self { has_condition, branch, ..Self::default() };
        for fact in events.iter() {
            match fact {
                EventKind::Prompted(phrase) => {
                    outcome.said = Some(phrase);
                    outcome.prompts += 1;
                }
                EventKind::CallerInput(text) => outcome.heard = Some(text),
                EventKind::Collected(digits) => outcome.collected = Some(digits),
                EventKind::Assigned(..) => outcome.has_assigned = true,
                EventKind::Read(..) => outcome.has_read = true,
                EventKind::Answered(answer) => outcome.answered = Some(answer),
                EventKind::Routed(routing) => outcome.routed = Some(routing),
                EventKind::Transferred(transfer) => outcome.transferred = Some(transfer),
                EventKind::Connected(it) => outcome.connected = Some(it),
                EventKind::Ended(end) => outcome.ended = Some(*end),
                EventKind::Failed(failure) => outcome.failed = Some(failure),
                EventKind::TimedOut => outcome.is_cut_off = true,
                EventKind::Input(..) | EventKind::Output(..) | EventKind::Entry(_) => {
                    outcome.has_passed = true;
                }
                EventKind::Requested(_)
                | EventKind::Missing(_)
                | EventKind::Unfilled(..)
                | EventKind::Noted(_)
                | EventKind::Warned(_)
                | EventKind::Played(_) => {}
            }
        }
        outcome
    }

    /// Returns whether a field of an answer with this name would conflict with a key of
    /// the result.
    fn takes(&self, key: &str) -> bool {
        match key {
            "condition" => self.has_condition || self.branch.is_some(),
            "operands" => self.has_read,
            "text" => self.said.is_some(),
            "texts" => self.prompts > 1,
            "inputs" | "outputs" => self.has_passed,
            "heard" => self.heard.is_some(),
            "digits" => self.collected.is_some(),
            "queueId" | "queueName" | "skills" | "priority" => self.routed.is_some(),
            "transfer" => self.transferred.is_some(),
            "answeredAfterMs" | "agent" => self.connected.is_some(),
            "variables" => self.has_assigned,
            "endType" => self.ended.is_some(),
            other => RESERVED.contains(&other),
        }
    }
}

impl PartWriter<'_> {
    /// Appends the entries of a step's `result`, after the condition of a decision, which is
    /// its first entry. Sets `routing` to the place of the members of a routing.
    pub(in crate::trace) fn write_result(
        &self,
        step: &Step,
        events: &Events<'_>,
        has_condition: bool,
        routing: &mut Range<usize>,
        out: &mut String,
    ) -> Written {
        // Actions with outputs have inputs too, which need the other order.
        let begin = out.len();
        let is_action = matches!(step.path, PathTaken::Output(_));
        if (!is_action || Order::of(events) == Order::Plain)
            && let Some(written) = self.write_facts(events, has_condition, routing, out)
        {
            return written;
        }
        out.truncate(begin);
        self.write_outcome(step, events, has_condition, routing, out);
        Written { has_more: true, is_open: false }
    }

    /// Writes the entries of a step whose facts are in the order of the entries. Returns `None`
    /// after a fact that is not in this order.
    fn write_facts(
        &self,
        events: &Events<'_>,
        has_condition: bool,
        routing: &mut Range<usize>,
        out: &mut String,
    ) -> Option<Written> {
        if events.late().next().is_some() {
            return None;
        }
        let mut fields = Fields { out, has_entries: has_condition, routing };
        let mut group = 0;
        let mut has_more = false;
        let mut last = (NOTE, 0);
        for fact in events.first() {
            let next @ (rank, _) = position(fact);
            if rank == NOTE {
                has_more = true;
                continue;
            }
            if rank == ANSWER || next <= last {
                return None;
            }
            last = next;
            self.write_in_order(fact, rank, &mut group, &mut fields);
        }
        Some(Written { has_more, is_open: group != 0 })
    }

    /// Writes a fact whose rank is not below that of the fact before it. `group` is the rank
    /// of the open object of values.
    fn write_in_order(
        &self,
        fact: &EventKind,
        rank: u8,
        group: &mut u8,
        fields: &mut Fields<'_>,
    ) {
        if *group != 0 && rank != *group {
            fields.out.push('}');
            *group = 0;
        }
        match fact {
            EventKind::Read(reference, value) => {
                let name = &self.names.references[reference.index()];
                fields.member(rank, group, name, value);
            }
            EventKind::Assigned(variable, value) => {
                let name = &self.names.variables[variable.index()];
                fields.member(rank, group, name, value);
            }
            other => self.write_fact(other, fields),
        }
    }

    fn write_fact(&self, fact: &EventKind, fields: &mut Fields<'_>) {
        match fact {
            EventKind::Prompted(phrase) => self.write_prompt(phrase, fields),
            EventKind::CallerInput(text) => fields.string(",\"heard\":\"", text),
            EventKind::Collected(digits) => fields.string(",\"digits\":\"", digits),
            EventKind::Routed(routing) => self.write_route(routing, fields),
            EventKind::Transferred(transfer) => fields.transfer(transfer),
            EventKind::Connected(connection) => fields.connected(connection),
            EventKind::Ended(EndType::Normal) => fields.key(",\"endType\":\"normal\""),
            EventKind::Ended(end) => fields.string(",\"endType\":\"", end.name()),
            EventKind::Failed(failure) => {
                fields.key(",\"error\":{");
                write_failure(failure, fields.out);
                fields.out.push('}');
            }
            EventKind::TimedOut => fields.key(",\"cutOff\":true"),
            _ => {}
        }
    }

    fn write_prompt(&self, phrase: &Phrase, fields: &mut Fields<'_>) {
        match phrase {
            Phrase::Constant(id) => fields.key(self.names.prompts[id.index()].with_key()),
            Phrase::Made(text) => fields.string(",\"text\":\"", text),
        }
    }

    fn write_route(&self, routing: &Routing, fields: &mut Fields<'_>) {
        const KEY: &str = ",\"queueId\":";
        fields.key(KEY);
        let begin = fields.out.len() - (KEY.len() - 1);
        self.write_routing(routing, fields.out);
        *fields.routing = begin..fields.out.len();
    }

    /// Writes the entries of a step whose facts are in any order, and the fields of an
    /// answer, which can have any name.
    fn write_outcome(
        &self,
        step: &Step,
        events: &Events<'_>,
        has_condition: bool,
        routing: &mut Range<usize>,
        out: &mut String,
    ) {
        let outcome = Outcome::of(step, events);
        let mut fields = Fields { out, has_entries: has_condition, routing };
        self.write_hearing(&outcome, events, &mut fields);
        if let Some(answer) = outcome.answered {
            write_answer(&outcome, answer, &mut fields);
        }
        if let Some(routing) = outcome.routed {
            self.write_route(routing, &mut fields);
        }
        if let Some(transfer) = outcome.transferred {
            fields.transfer(transfer);
        }
        if let Some(connection) = outcome.connected {
            fields.connected(connection);
        }
        if outcome.has_passed {
            write_passed(events, &mut fields);
        }
        if outcome.has_assigned {
            let assigned = events.iter().filter_map(|fact| match fact {
                EventKind::Assigned(variable, value) => Some((variable.index(), value)),
                _ => None,
            });
            fields.members(",\"variables\":{", &self.names.variables, assigned);
        }
        if let Some(end) = outcome.ended {
            fields.string(",\"endType\":\"", end.name());
        }
        if let Some(failure) = outcome.failed {
            fields.key(",\"error\":{");
            write_failure(failure, fields.out);
            fields.out.push('}');
        }
        if outcome.is_cut_off {
            fields.key(",\"cutOff\":true");
        }
    }

    /// Returns the condition of a decision, or of the case that was taken.
    fn condition_of(&self, node: NodeId, branch: Branch) -> Option<&Text> {
        let conditions = &self.symbols.node(node).conditions;
        match branch {
            Branch::Decision => conditions.first(),
            Branch::Case(output) => conditions.get(usize::from(output)),
        }
        .filter(|text| !text.is_empty())
    }

    /// Writes the condition of an Architect action, the prompts and the caller's input.
    fn write_hearing(
        &self,
        outcome: &Outcome<'_>,
        events: &Events<'_>,
        fields: &mut Fields<'_>,
    ) {
        if let Some((node, branch)) = outcome.branch {
            let condition = self.condition_of(node, branch);
            fields.string(",\"condition\":\"", condition.map_or("default", |text| text));
        }
        if outcome.has_read {
            let read = events.iter().filter_map(|fact| match fact {
                EventKind::Read(reference, value) => Some((reference.index(), value)),
                _ => None,
            });
            fields.members(",\"operands\":{", &self.names.references, read);
        }
        if let Some(phrase) = outcome.said {
            self.write_prompt(phrase, fields);
        }
        if outcome.prompts > 1 {
            fields.key(r#","texts":["#);
            let mut separator = Separator::default();
            for fact in events.iter() {
                if let EventKind::Prompted(phrase) = fact {
                    separator.before(fields.out);
                    self.write_phrase(phrase, fields.out);
                }
            }
            fields.out.push(']');
        }
        if let Some(text) = outcome.heard {
            fields.string(",\"heard\":\"", text);
        }
        if let Some(digits) = outcome.collected {
            fields.string(",\"digits\":\"", digits);
        }
    }
}

/// Writes the inputs and outputs of an Architect action, by name.
fn write_passed(events: &Events<'_>, fields: &mut Fields<'_>) {
    let (mut inputs, mut outputs) = (Members::default(), Members::default());
    for fact in events.iter() {
        match fact {
            EventKind::Input(field, value) => inputs.add(field.name(), value),
            EventKind::Output(field, value) => outputs.add(field.name(), value),
            EventKind::Entry(entry) => {
                let values =
                    if entry.of.is_output() { &mut outputs } else { &mut inputs };
                values.add(Cow::Borrowed(entry.name.as_str()), &entry.value);
            }
            _ => {}
        }
    }
    let write = |name: &Cow<'_, str>, value: &Value, out: &mut String| {
        write_json_string(name, out);
        match value {
            Value::String(text) => write_json_string_after(":\"", text, out),
            other => {
                out.push(':');
                other.write_json(out);
            }
        }
    };
    for (key, values) in [(",\"inputs\":{", inputs), (",\"outputs\":{", outputs)] {
        if !values.is_empty() {
            fields.key(key);
            values.write(fields.out, write);
        }
    }
}

/// Order of the facts of a step.
#[derive(PartialEq)]
enum Order {
    /// The facts are in the order of the entries, without repetition. This holds for
    /// nearly all steps.
    Plain,
    /// The facts must be sorted first.
    Any,
}

/// Rank of facts without an entry in the result.
const NOTE: u8 = 0;
/// Rank of values that conditions read.
const READ: u8 = 1;
/// Rank of variables that were set.
const ASSIGNED: u8 = 6;
/// Rank of facts that belong to an answer.
const ANSWER: u8 = u8::MAX;

fn rank(fact: &EventKind) -> u8 {
    match fact {
        EventKind::Missing(_)
        | EventKind::Unfilled(..)
        | EventKind::Noted(_)
        | EventKind::Warned(_)
        | EventKind::Played(_) => NOTE,
        EventKind::Read(..) => READ,
        EventKind::Prompted(_) => 2,
        EventKind::CallerInput(_) => 3,
        EventKind::Collected(_) => 4,
        EventKind::Routed(_) | EventKind::Transferred(_) | EventKind::Connected(_) => 5,
        EventKind::Assigned(..) => ASSIGNED,
        EventKind::Ended(_) => 7,
        EventKind::Failed(_) => 8,
        EventKind::TimedOut => 9,
        EventKind::Requested(_)
        | EventKind::Answered(_)
        | EventKind::Input(..)
        | EventKind::Output(..)
        | EventKind::Entry(_) => ANSWER,
    }
}

impl Order {
    fn of(events: &Events<'_>) -> Self {
        if events.late().next().is_some() {
            return Self::Any;
        }
        let mut last = (NOTE, 0);
        for fact in events.first() {
            let next = position(fact);
            if next.0 == NOTE {
                continue;
            }
            if next.0 == ANSWER || next <= last {
                return Self::Any;
            }
            last = next;
        }
        Self::Plain
    }
}

/// Position of a fact among the entries: its rank, and the number of its name in a group.
#[inline]
fn position(fact: &EventKind) -> (u8, u32) {
    match fact {
        EventKind::Read(reference, _) => (READ, reference.0),
        EventKind::Assigned(variable, _) => (ASSIGNED, variable.0),
        other => (rank(other), 0),
    }
}

/// Writes the fields of an answer. If a field's name is already in use, the whole answer
/// is repeated under `answer`.
fn write_answer(outcome: &Outcome<'_>, answer: &Json, fields: &mut Fields<'_>) {
    let Json::Object(entries) = answer else {
        fields.key(",\"value\":");
        answer.write(fields.out);
        return;
    };
    let mut is_complete = true;
    for (key, value) in entries.iter() {
        if outcome.takes(key) {
            is_complete = false;
            continue;
        }
        fields.string(",\"", key);
        fields.out.push(':');
        value.write(fields.out);
    }
    if !is_complete {
        fields.key(",\"answer\":");
        answer.write(fields.out);
    }
}

/// Writer for the entries of an object. Keys begin with a comma, which is left out before
/// the first entry; a part with a comma is written faster than both separately.
struct Fields<'o> {
    out: &'o mut String,
    has_entries: bool,
    /// Place of the members of a routing in `out`.
    routing: &'o mut Range<usize>,
}

impl Fields<'_> {
    #[inline]
    fn key(&mut self, key: &str) {
        let key = self.without_first_comma(key);
        self.out.push_str(key);
    }

    #[inline]
    fn without_first_comma<'k>(&mut self, key: &'k str) -> &'k str {
        let skipped = usize::from(!self.has_entries);
        self.has_entries = true;
        &key[skipped..]
    }

    /// Writes a member of the group object with this rank; the first member opens the
    /// object.
    fn member(&mut self, rank: u8, group: &mut u8, name: &ValueName, value: &Value) {
        if *group == 0 {
            *group = rank;
            name.write_first(self.has_entries, value, self.out);
            self.has_entries = true;
        } else {
            self.out.push(',');
            name.write(value, self.out);
        }
    }

    fn transfer(&mut self, transfer: &Transfer) {
        self.key(",\"transfer\":");
        write_transfer(transfer, self.out);
    }

    fn connected(&mut self, connection: &Connection) {
        self.key(",");
        write_connection(connection, self.out);
    }

    /// Writes a string. The key ends with the opening quote.
    #[inline]
    fn string(&mut self, key: &str, text: &str) {
        let key = self.without_first_comma(key);
        write_json_string_after(key, text, self.out);
    }

    /// Writes an object of values by name; the last value of a duplicate name counts.
    fn members<'v>(
        &mut self,
        key: &str,
        names: &[ValueName],
        values: impl Iterator<Item = (usize, &'v Value)>,
    ) {
        let mut members = Members::default();
        values.for_each(|(name, value)| members.add(name, value));
        self.key(key);
        members.write(self.out, |name, value, out| names[*name].write(value, out));
    }
}
