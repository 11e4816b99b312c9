//! `FLOW_CALL_CYCLE`: flows that call each other in a cycle.

use super::loaded_flows::{Call, LoadedFlows};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::link::Callee;

/// The largest number of flows of a cycle that are named.
const MAX_NAMED: usize = 8;

/// The state of a flow in the search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Never,
    /// On the current path, at this distance from the first flow.
    Open(usize),
    Done,
}

/// Searches the calls depth first, and reports every call back to a flow on the current
/// path. Every cycle has such a call.
pub(super) fn find(organisation: &LoadedFlows<'_>, report: &mut Report<'_>) {
    let calls = distinct_calls(organisation);
    let mut visits = vec![Visit::Never; calls.len()];
    // The flows of the path, each with the index of its next call.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for first in 0..visits.len() {
        if visits[first] == Visit::Never {
            visits[first] = Visit::Open(0);
            path.push((first, 0));
        }
        while let Some((flow, next)) = path.last_mut() {
            let Some((callee, call)) = calls[*flow].get(*next).copied() else {
                visits[*flow] = Visit::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match visits[callee] {
                Visit::Never => {
                    visits[callee] = Visit::Open(path.len());
                    path.push((callee, 0));
                }
                Visit::Open(depth) => report.add(Code::FLOW_CALL_CYCLE, |code| {
                    diagnostic(code, organisation, &path[depth..], call)
                }),
                Visit::Done => {}
            }
        }
    }
}

/// Returns the valid calls of each flow; of several calls to the same flow only the
/// first.
fn distinct_calls<'o, 'f>(
    organisation: &'o LoadedFlows<'f>,
) -> Vec<Vec<(usize, &'o Call<'f>)>> {
    let mut called_by = vec![None; organisation.calls.len()];
    let flows = organisation.calls.iter().enumerate();
    let distinct = flows.map(|(flow, calls)| {
        let calls = calls.iter().filter_map(|call| match call.callee {
            Callee::Flow(callee) => Some((callee, call)),
            _ => None,
        });
        let is_first = |(callee, _): &(usize, &Call<'_>)| {
            called_by[*callee].replace(flow) != Some(flow)
        };
        calls.filter(is_first).collect()
    });
    distinct.collect()
}

fn diagnostic(
    code: Code,
    organisation: &LoadedFlows<'_>,
    circle: &[(usize, usize)],
    call: &Call<'_>,
) -> Diagnostic {
    let name = |index: usize| &organisation.flow(circle[index].0).name;
    let last = circle.len() - 1;
    let message = if circle.len() == 1 {
        format!("the flow `{}` calls itself", name(0))
    } else {
        let shown = (0..circle.len()).filter(|index| {
            circle.len() <= MAX_NAMED || *index < MAX_NAMED - 1 || *index == last
        });
        let mut ring = String::new();
        for index in shown {
            if index == last && circle.len() > MAX_NAMED {
                ring.push_str(&format!("{} more → ", circle.len() - MAX_NAMED));
            }
            ring.push_str(&format!("`{}` → ", name(index)));
        }
        format!("flows call each other in a cycle: {ring}`{}`", name(0))
    };
    let flow = organisation.flow(circle[last].0);
    let node = &flow.nodes[call.node];
    let written = call.call.flow_id.as_ref().or(call.call.flow_name.as_ref());
    let place = written.map_or(node.span, |name| name.span);
    let diagnostic = Diagnostic::new(code, message)
        .label(place, "this call closes the cycle")
        .help(
            "let one of these flows end instead, or repeat with a loop inside one flow; \
             endless calls fail at the limit of nested flows",
        )
        .flow(flow.key().as_str())
        .node(node.id.as_str());
    // The message has names; the flow is known by its id if it has one.
    if flow.id.is_none() { diagnostic.naming_flow() } else { diagnostic }
}
