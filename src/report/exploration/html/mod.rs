//! The page of an exploration: the drawn flows with their verdicts. A box or an arrow that
//! calls can reach is a link to its call.
//!
//! The links lead to parts of the page, so that it needs no script for them.

mod marks;

use std::io;

use indexmap::IndexMap;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::{Counts, by_flow, flags, reason, stated, summary};
use crate::explore::suite::SuiteCall;
use crate::explore::{Decided, Exploration, Verdict, Witness};
use crate::flow::write::Graph;
use crate::flow::{FlowId, SymbolTable};
use crate::report::graph::{Drawing, drawings};
use crate::report::page::Page;
use crate::trace::{TurnKind, conversation};
use crate::value::DateTime;
use marks::{Mark, Marks};

const PAGE: Page = Page {
    name: "flowsim explore",
    templates: &[("page.html", include_str!("page.html"))],
    style: &[include_str!("page.css")],
    script: &[],
    is_live: false,
};

/// The largest number of characters of a prompt, and of turns and steps of a call.
const MOST_TEXT: usize = 500;
const MOST_LINES: usize = 200;

/// A flow with its verdicts.
#[derive(Serialize)]
struct Flow {
    name: String,
    kind: String,
    counts: Counts,
    drawings: Vec<Drawing<Mark>>,
    rows: Vec<Row>,
}

/// A verdict about an action or an output.
#[derive(Serialize)]
struct Row {
    node: String,
    kind: String,
    output: String,
    mark: Mark,
    reason: String,
}

/// A call that leads somewhere.
#[derive(Serialize)]
struct Call {
    flow: String,
    /// The flags of `flowsim run` for it.
    flags: String,
    status: &'static str,
    turns: Vec<Turn>,
    /// The number of turns that are left out.
    more_turns: usize,
    steps: Vec<String>,
    more_steps: usize,
}

/// A turn of a conversation.
#[derive(Serialize)]
struct Turn {
    /// The class of its element.
    class: &'static str,
    /// Whether the text consists of keys.
    is_keys: bool,
    text: String,
}

/// Renders the verdicts as a page. `calls` are the calls of the reachable goals, and
/// `graphs` the flows in the order of the symbol table.
///
/// # Errors
/// Returns an error if the page cannot be rendered, which is a bug.
pub fn render_html(
    exploration: &Exploration,
    calls: &[SuiteCall],
    symbols: &SymbolTable,
    graphs: &[Graph],
) -> io::Result<String> {
    let numbers = Numbers::of(calls);
    let flows = by_flow(exploration, symbols);
    let flows = flows.iter().map(|(flow, goals)| {
        let graph = graphs.get(flow.index());
        Flow::of(*flow, goals, &numbers, symbols, graph)
    });
    let flows: Vec<Flow> = flows.collect();
    let calls: Vec<Call> = calls.iter().map(|call| Call::of(call, symbols)).collect();
    let content = context! {
        summary => summary(exploration),
        flows => Value::from(Serde(flows)),
        calls => Value::from(Serde(calls)),
    };
    PAGE.render(content).map(|(_, html)| html).map_err(io::Error::other)
}

/// The numbers of calls.
struct Numbers(IndexMap<String, usize>);

impl Numbers {
    fn of(calls: &[SuiteCall]) -> Self {
        let calls = calls.iter().enumerate();
        Self(
            calls
                .map(|(number, it)| (key((it.start, it.at), &it.witness), number))
                .collect(),
        )
    }

    fn of_goal(&self, goal: &Decided) -> Option<usize> {
        let Verdict::Reachable(witness) = &goal.verdict else { return None };
        self.0.get(&key((goal.start, goal.at), witness)).copied()
    }
}

fn key(start: (FlowId, Option<DateTime>), witness: &Witness) -> String {
    format!("{start:?} {witness:?}")
}

impl Flow {
    fn of(
        flow: FlowId,
        goals: &[&Decided],
        numbers: &Numbers,
        symbols: &SymbolTable,
        graph: Option<&Graph>,
    ) -> Self {
        let marks = Marks::of(goals, symbols, |goal| numbers.of_goal(goal));
        let drawings = graph.map(|graph| drawings(graph, &marks)).unwrap_or_default();
        let rows = stated(goals).map(|goal| {
            let node = symbols.node(goal.node);
            Row {
                node: node.name.to_string(),
                kind: node.node_type.to_string(),
                output: goal.output.as_deref().unwrap_or_default().to_owned(),
                mark: Mark::of(goal, numbers.of_goal(goal)),
                reason: reason(goal),
            }
        });
        let info = symbols.flow(flow);
        Self {
            name: symbols.flow_reference(flow).to_string(),
            kind: info.flow_type.to_string(),
            counts: Counts::of(goals),
            drawings: drawings.into_iter().filter(|it| it.count > 0).collect(),
            rows: rows.collect(),
        }
    }
}

impl Call {
    fn of(call: &SuiteCall, symbols: &SymbolTable) -> Self {
        let trace = &call.trace;
        let turns = conversation(trace, symbols, MOST_TEXT);
        let more_turns = turns.len().saturating_sub(MOST_LINES);
        let more_steps = trace.steps.len().saturating_sub(MOST_LINES);
        let turns = turns.into_iter().take(MOST_LINES).map(|turn| Turn {
            class: match turn.kind {
                TurnKind::Prompt => "flow",
                TurnKind::Pressed | TurnKind::Spoke => "caller",
                TurnKind::Handed => "middle way",
                TurnKind::Silence | TurnKind::Ended => "middle",
            },
            is_keys: turn.kind == TurnKind::Pressed,
            text: turn.text,
        });
        let steps = trace.steps.iter().take(MOST_LINES);
        let steps = steps.map(|step| symbols.node(step.node).name.to_string());
        Self {
            flow: symbols.flow_reference(call.start).to_string(),
            flags: flags(&call.witness, call.at),
            status: trace.status.name(),
            turns: turns.collect(),
            more_turns,
            steps: steps.collect(),
            more_steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::assert_is_closed;

    #[test]
    fn the_page_loads_nothing() {
        assert_is_closed(&PAGE);
    }
}
