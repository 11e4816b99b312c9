//! Describes the events of a step.

use std::collections::BTreeSet;

use super::decision::is_decided;
use super::piece::{Ink, Piece};
use super::preview::{Preview, seconds};
use crate::diagnostic::Code;
use crate::flow::kinds::{Operation, TransferKind, operation_of};
use crate::flow::{EndType, FlowId, NodeId, SymbolTable, VariableId};
use crate::trace::json::diagnostic;
use crate::trace::{
    Connection, EventKind, Failure, Field, PathTaken, Phrase, Request, Routing, Step,
    Subject, Transfer,
};
use crate::value::{Json, Text, Value};

/// Describes events in words.
#[derive(Clone, Copy)]
pub(super) struct Describer<'t> {
    pub(super) symbols: &'t SymbolTable,
    pub(super) preview: Preview,
}

/// Continuation of the call after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuation {
    /// The next line shows it.
    Down,
    /// A node that this flow reached before.
    Back,
    /// The call ended before its next node.
    Unreached,
}

/// Context of a step.
#[derive(Clone, Copy)]
pub(super) struct StepContext<'t> {
    pub(super) onward: Continuation,
    /// First node of the flow or task that the step called, if it has steps.
    pub(super) called: Option<NodeId>,
    /// Whether that flow has ended; otherwise it is about to begin.
    pub(super) is_return: bool,
    /// Last failure that was shown.
    pub(super) known: Option<&'t Failure>,
}

impl Describer<'_> {
    /// Describes the events of a step. For a call to another flow, the events before that
    /// flow or after it.
    pub(super) fn describe(
        &self,
        step: &Step,
        facts: &[&EventKind],
        setting: StepContext<'_>,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.describe_decision(step, facts, &mut pieces);
        let is_call = setting.called.is_some() && !setting.is_return;
        if let (Some(first), true) = (setting.called, is_call) {
            pieces.push(Piece::new(Ink::Plain, format!("calls {}", self.called(first))));
        }
        for fact in facts.iter().filter(|fact| !is_redundant(fact, facts)) {
            pieces.extend(self.describe_fact(fact, step, facts));
        }
        if facts.iter().any(|fact| matches!(fact, EventKind::TimedOut)) {
            let text = match setting.is_return {
                true => "✗ cut off".into(),
                false => format!("✗ cut off after {}: time ran out", duration(step)),
            };
            pieces.push(Piece::new(Ink::Error, text));
        }
        pieces.extend(self.describe_silence(step, facts));
        pieces.extend(facts.iter().filter_map(|fact| match fact {
            EventKind::Failed(failure) => {
                Some(self.describe_failure(failure, facts, setting))
            }
            _ => None,
        }));
        // The return from a called flow shows where the call continues.
        if !is_call {
            pieces.extend(self.describe_way(step, setting.onward));
        }
        pieces.extend(self.notes(facts));
        pieces
    }

    fn describe_fact(
        &self,
        fact: &EventKind,
        step: &Step,
        facts: &[&EventKind],
    ) -> Option<Piece> {
        let plain = |text: String| Some(Piece::new(Ink::Plain, text));
        match fact {
            EventKind::Prompted(phrase) => {
                let prompt = self.preview.text(phrase.text(self.symbols));
                Some(Piece::quote(Ink::Speech, "", &prompt))
            }
            EventKind::CallerInput(_) | EventKind::Collected(_) if self.listens(step) => {
                self.describe_turn(fact, facts)
            }
            EventKind::CallerInput(text) => self.describe_heard(text, step, facts),
            EventKind::Collected(digits) => self.describe_collected(digits, step, facts),
            // Variables that start unset are not worth showing.
            EventKind::Assigned(_, value) if value.is_unset() && self.begins(step) => {
                None
            }
            EventKind::Assigned(variable, value) => {
                plain(self.describe_assigned(*variable, value))
            }
            EventKind::Requested(asked) => Some(self.describe_asked(asked)),
            EventKind::Answered(it) => plain(self.describe_answered(it, step, facts)),
            EventKind::Routed(_)
            | EventKind::Transferred(_)
            | EventKind::Connected(_) => {
                self.describe_handed_on(fact).map(|text| Piece::new(Ink::Path, text))
            }
            EventKind::Ended(end) => plain(describe_end(*end).into()),
            EventKind::Input(field, value) | EventKind::Output(field, value) => {
                self.describe_passed(*field, &field.name(), value)
            }
            EventKind::Entry(entry) => {
                self.describe_passed(entry.of, &entry.name, &entry.value)
            }
            EventKind::Read(..)
            | EventKind::Failed(_)
            | EventKind::Missing(_)
            | EventKind::Noted(_)
            | EventKind::Unfilled(..)
            | EventKind::Warned(_)
            | EventKind::Played(_)
            | EventKind::TimedOut => None,
        }
    }

    fn describe_assigned(&self, variable: VariableId, value: &Value) -> String {
        let name = self.preview.text(self.symbols.variable(variable));
        format!("{name} = {}", self.preview.value(value))
    }

    pub(super) fn describe_handed_on(&self, fact: &EventKind) -> Option<String> {
        Some(match fact {
            EventKind::Routed(routing) => format!("routed to {}", self.routing(routing)),
            EventKind::Transferred(transfer) => {
                format!("transferred to {}", self.transfer(transfer))
            }
            EventKind::Connected(connection) => {
                format!("answered {}", self.connection(connection))
            }
            _ => return None,
        })
    }

    /// Returns whether a step is the start of an Architect flow or task.
    fn begins(&self, step: &Step) -> bool {
        let label = self.symbols.node(step.node);
        matches!(&*label.node_type, "task" | "menu" | "state" | "bot")
            || self.begins_flow(step.node)
    }

    /// Returns whether an Architect flow begins with a node.
    pub(super) fn begins_flow(&self, node: NodeId) -> bool {
        let label = self.symbols.node(node);
        label.node_type == self.symbols.flow(label.flow).flow_type
    }

    pub(super) fn describe_value(&self, name: &str, value: &Value) -> Option<Piece> {
        let text = format!("{} = {}", self.preview.text(name), self.preview.value(value));
        Some(Piece::new(Ink::Plain, text))
    }

    fn describe_heard(
        &self,
        text: &Text,
        step: &Step,
        facts: &[&EventKind],
    ) -> Option<Piece> {
        if facts.iter().any(|fact| matches!(fact, EventKind::Collected(_))) {
            return None;
        }
        let text = self.preview.text(text);
        if is_keys(&text) {
            // A question of a bot may wait several times in one step.
            let kind = operation_of(&self.symbols.node(step.node).node_type);
            let asks = matches!(kind, Some(Operation::Ask(_)));
            let after = if asks { String::new() } else { after(step) };
            let text = format!("caller pressed {text}{after}");
            return Some(Piece::new(Ink::Caller, text));
        }
        Some(Piece::quote(Ink::Caller, "caller spoke ", &text))
    }

    fn describe_collected(
        &self,
        digits: &Text,
        step: &Step,
        facts: &[&EventKind],
    ) -> Option<Piece> {
        let pressed = facts.iter().find_map(|fact| match fact {
            EventKind::CallerInput(text) => Some(text),
            _ => None,
        });
        let shown = self.preview.text(digits);
        let text = match pressed {
            None if digits.is_empty() => format!("silence for {}", duration(step)),
            None => format!("caller pressed {shown}{}", after(step)),
            Some(pressed) => {
                let rest = pressed.strip_prefix(digits.as_str()).unwrap_or_default();
                let taken = if digits.is_empty() { "nothing" } else { &shown };
                format!(
                    "caller pressed {}{}: {taken} taken, {} left out",
                    self.preview.text(pressed),
                    after(step),
                    self.preview.text(rest)
                )
            }
        };
        Some(Piece::new(Ink::Caller, text))
    }

    /// Describes a silent caller. Silence leaves no fact but the failure.
    fn describe_silence(&self, step: &Step, facts: &[&EventKind]) -> Option<Piece> {
        let text = format!("silence for {}", duration(step));
        is_silence(facts).then(|| Piece::new(Ink::Caller, text))
    }

    fn describe_asked(&self, asked: &Request) -> Piece {
        let name = self.preview.text(&asked.name);
        let mut text = match asked.subject {
            Subject::Contact => format!("looks up {name}"),
            Subject::DataAction => format!("asks {name}"),
            Subject::QueueStatistics => format!("asks how busy {name} is"),
            Subject::Webhook => format!("posts to {name}"),
            // The previous piece names the called flow.
            Subject::Flow => "with".into(),
        };
        let is_empty = match &asked.inputs {
            Json::Null => true,
            Json::Object(entries) => entries.is_empty(),
            _ => false,
        };
        if !is_empty {
            text.push(' ');
            text.push_str(&self.preview.json(&asked.inputs));
        }
        Piece::new(Ink::Plain, text)
    }

    fn describe_answered(
        &self,
        answer: &Json,
        step: &Step,
        facts: &[&EventKind],
    ) -> String {
        let is_contact = facts.iter().any(
            |fact| matches!(fact, EventKind::Requested(asked) if asked.subject == Subject::Contact),
        );
        let after = after(step);
        match answer.get("contact") {
            Some(contact) if is_contact => {
                format!("found{after} {}", self.preview.json(contact))
            }
            None if is_contact => format!("not found{after}"),
            _ => format!("answered{after} {}", self.preview.json(answer)),
        }
    }

    fn describe_failure(
        &self,
        failure: &Failure,
        facts: &[&EventKind],
        setting: StepContext<'_>,
    ) -> Piece {
        let code = failure.code.name();
        let text = match setting.called {
            Some(first) if setting.known == Some(failure) => {
                format!("✗ {code}, which {} did not handle", self.called(first))
            }
            _ if is_silence(facts) => format!("✗ {code}"),
            _ => format!("✗ {code} {}", self.preview.text(&failure.message)),
        };
        Piece::new(Ink::Error, text)
    }

    /// Describes where the call continues, if the next line does not show it or an error
    /// leads there.
    fn describe_way(&self, step: &Step, onward: Continuation) -> Option<Piece> {
        let Some(next) = step.next else {
            let has_none = step.path == PathTaken::Error;
            return has_none.then(|| Piece::new(Ink::Error, "no error path"));
        };
        let next = self.node(next);
        let text = match onward {
            Continuation::Back => format!("↺ back to {next}"),
            Continuation::Unreached => format!("→ {next}, not reached"),
            Continuation::Down if step.path == PathTaken::Error => format!("→ {next}"),
            Continuation::Down => return None,
        };
        Some(Piece::new(Ink::Path, text))
    }

    /// Returns the notes of a step, each one once.
    fn notes(&self, facts: &[&EventKind]) -> Vec<Piece> {
        let mut shown = BTreeSet::new();
        let diagnostics = facts.iter().filter_map(|fact| diagnostic(fact, self.symbols));
        let new =
            diagnostics.filter(|(code, message)| shown.insert((*code, message.clone())));
        new.map(|(code, message)| {
            let text = format!("note: {} {}", code.name(), self.preview.text(&message));
            Piece::new(Ink::Note, text).apart()
        })
        .collect()
    }

    /// Formats the queue and the requirements for its agents.
    pub(super) fn routing(&self, routing: &Routing) -> String {
        let text = |phrase: &Phrase| self.preview.text(phrase.text(self.symbols));
        let id = routing.queue_id.as_ref().map(text);
        let name = routing.queue_name.as_ref().map(text);
        let mut text_of_routing = match (name, id) {
            (Some(name), Some(id)) if name != id => format!("{name} ({id})"),
            (name, id) => name.or(id).unwrap_or_default(),
        };
        if !routing.skills.is_empty() {
            let skills: Vec<_> =
                routing.skills.iter().map(|skill| self.preview.text(skill)).collect();
            let plural = if skills.len() == 1 { "" } else { "s" };
            text_of_routing += &format!(", skill{plural} {}", skills.join(", "));
        }
        if let Some(priority) = routing.priority {
            text_of_routing += &format!(", priority {priority}");
        }
        text_of_routing
    }

    /// Formats the answer of an agent to a waiting caller.
    pub(super) fn connection(&self, connection: &Connection) -> String {
        let agent = connection.agent.as_ref().map(|agent| self.preview.text(agent));
        let agent = agent.unwrap_or_else(|| "an agent".into());
        format!("by {agent} after {}", seconds(connection.waited_ms))
    }

    /// Formats the target of a transfer.
    pub(super) fn transfer(&self, transfer: &Transfer) -> String {
        let kind = match transfer.kind {
            TransferKind::SecureFlow => "secure flow",
            TransferKind::Voicemail => "the voicemail of",
            kind => kind.name(),
        };
        format!("{kind} {}", self.preview.text(&transfer.name))
    }

    /// Returns the name of the Architect task that begins with a node, else of its flow.
    fn called(&self, first: NodeId) -> String {
        let label = self.symbols.node(first);
        match &*label.node_type {
            "task" | "state" => self.preview.text(&label.name),
            _ => self.flow(label.flow),
        }
    }

    /// Returns the id of a node.
    pub(super) fn node(&self, node: NodeId) -> String {
        self.preview.text(&self.symbols.node(node).id)
    }

    /// Returns the name of a flow.
    pub(super) fn flow(&self, flow: FlowId) -> String {
        self.preview.text(&self.symbols.flow(flow).name)
    }
}

fn is_silence(facts: &[&EventKind]) -> bool {
    let is_heard = facts.iter().any(|fact| matches!(fact, EventKind::CallerInput(_)));
    !is_heard
        && facts.iter().any(|fact| {
            matches!(fact, EventKind::Failed(failure) if failure.code == Code::NO_INPUT)
        })
}

/// Returns whether another fact shows the same: the variable that receives a result, or
/// the name of a data table whose id this is.
fn is_redundant(fact: &EventKind, facts: &[&EventKind]) -> bool {
    let result = match fact {
        EventKind::Input(Field::DataTableId, _) => return true,
        EventKind::Input(field, value) => return is_decided(*field, value, facts),
        // The names of attributes are not in the variables.
        EventKind::Entry(entry) if entry.of == Field::AttributesGot => return false,
        EventKind::Output(_, value) => value,
        EventKind::Entry(entry) if entry.of.is_output() => &entry.value,
        _ => return false,
    };
    facts
        .iter()
        .any(|fact| matches!(fact, EventKind::Assigned(_, value) if value == result))
}

pub(super) fn is_keys(text: &str) -> bool {
    text.chars().all(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D'))
}

fn duration(step: &Step) -> String {
    seconds(step.end_ms.saturating_sub(step.start_ms))
}

/// Formats the duration of the step, if it is not zero.
fn after(step: &Step) -> String {
    if step.end_ms > step.start_ms {
        format!(" after {}", duration(step))
    } else {
        String::new()
    }
}

fn describe_end(end: EndType) -> &'static str {
    match end {
        EndType::Normal => "ends the flow",
        EndType::Error => "ends the flow in error",
        EndType::Disconnect => "ends the call",
    }
}
