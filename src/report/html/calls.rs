//! Calls of a run for the script of the page. Content that several calls share is stored
//! once: strings, trace lines, conversation turns and whole calls.

use indexmap::IndexSet;
use serde::Serialize;

use crate::runner::CaseResult;
use crate::trace::{Ink, TraceLine, TraceLines, TurnKind, conversation, trace_lines};

/// Maximum number of characters per string.
const MOST_TEXT: usize = 2_000;

/// Maximum number of lines per trace, and of turns per conversation.
const MOST_LINES: usize = 1_000;

/// Maximum number of variables.
const MOST_VARIABLES: usize = 500;

/// Placeholder for a missing time or step.
const NONE: i64 = -1;

/// All calls. The numbers in the lists are indices into the other lists.
#[derive(Debug, Default, Serialize)]
pub(super) struct Calls {
    texts: IndexSet<String>,
    lines: IndexSet<Line>,
    turns: IndexSet<(u8, usize)>,
    calls: IndexSet<Call>,
}

/// A trace line: level, label, name and type, then pairs of an ink number and text for
/// what happened.
type Line = Vec<usize>;

/// A call.
#[derive(Debug, PartialEq, Eq, Hash, Serialize)]
struct Call {
    flow: usize,
    status: &'static str,
    reason: Option<usize>,
    start: String,
    elapsed: i64,
    actions: u32,
    /// Four numbers per line: line index, start time, duration, step number.
    lines: Vec<i64>,
    /// Number of omitted lines.
    more: usize,
    /// Two numbers per turn: turn index and time.
    turns: Vec<i64>,
    more_turns: usize,
    /// Two numbers per variable: name and value.
    variables: Vec<usize>,
}

impl Calls {
    /// Adds the call of a test and returns its index; `None` if there was no call.
    pub(super) fn add(&mut self, result: &CaseResult) -> Option<usize> {
        let trace = result.trace.as_ref()?;
        let symbols = &result.program.as_ref()?.symbols;
        let shown = trace_lines(trace, symbols, MOST_TEXT);
        let turns = conversation(trace, symbols, MOST_TEXT);
        let TraceLines { lines, reason, variables } = shown;
        let more = lines.len().saturating_sub(MOST_LINES);
        let more_turns = turns.len().saturating_sub(MOST_LINES);
        let mut call = Call {
            flow: self.text(&symbols.flow_reference(trace.flow)),
            status: trace.status.name(),
            reason: reason.map(|reason| self.text(&reason)),
            start: trace.start.to_string(),
            elapsed: trace.elapsed_ms,
            actions: trace.actions,
            lines: Vec::with_capacity(lines.len().min(MOST_LINES) * 4),
            more,
            turns: Vec::with_capacity(turns.len().min(MOST_LINES) * 2),
            more_turns,
            variables: Vec::new(),
        };
        for line in lines.iter().take(MOST_LINES) {
            let step = line.step.map_or(NONE, i64::from);
            let time = line.time_ms.unwrap_or(NONE);
            call.lines.extend([self.line(line), time, line.took_ms, step]);
        }
        for turn in turns.iter().take(MOST_LINES) {
            let text = self.text(&turn.text);
            let place = self.turns.insert_full((number_of(turn.kind), text)).0;
            call.turns.extend([whole(place), turn.time_ms.unwrap_or(NONE)]);
        }
        for (name, value) in variables.iter().take(MOST_VARIABLES) {
            call.variables.extend([self.text(name), self.text(value)]);
        }
        Some(self.calls.insert_full(call).0)
    }

    fn line(&mut self, line: &TraceLine) -> i64 {
        let mut parts = vec![line.level];
        for text in [&line.label, &line.name, &line.node_type] {
            parts.push(self.text(text));
        }
        for (ink, text) in &line.pieces {
            parts.extend([number_of_ink(*ink), self.text(text)]);
        }
        whole(self.lines.insert_full(parts).0)
    }

    fn text(&mut self, text: &str) -> usize {
        match self.texts.get_index_of(text) {
            Some(place) => place,
            None => self.texts.insert_full(text.to_owned()).0,
        }
    }
}

fn whole(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// Must match `KINDS` in the script.
fn number_of(kind: TurnKind) -> u8 {
    match kind {
        TurnKind::Prompt => 0,
        TurnKind::Pressed => 1,
        TurnKind::Spoke => 2,
        TurnKind::Silence => 3,
        TurnKind::Handed => 4,
        TurnKind::Ended => 5,
    }
}

/// Must match the ink classes of the page style.
fn number_of_ink(ink: Ink) -> usize {
    match ink {
        Ink::Plain | Ink::Faint | Ink::Name | Ink::Success => 0,
        Ink::Speech => 1,
        Ink::Caller => 2,
        Ink::Path => 3,
        Ink::Note => 4,
        Ink::Error => 5,
    }
}
