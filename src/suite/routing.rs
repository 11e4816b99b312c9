//! Checks of the routing of a call.

use super::history::History;
use super::mismatch::{Mismatch, Shown};
use super::reach::Nodes;
use super::targets;
use crate::analysis::matcher::{RoutingMatcher, TextMatcher, Wanted, quoted};
use crate::flow::Spanned;
use crate::source::Span;
use crate::trace::{EventKind, Phrase, Routing};
use crate::value::Text;

/// Checks the routing of a call. Returns a mismatch for each key that differs.
pub(super) fn check(
    history: History<'_>,
    found: Option<&Routing>,
    wanted: Option<&RoutingMatcher>,
    span: Span,
) -> Vec<Mismatch> {
    match (wanted, found) {
        (None, None) => Vec::new(),
        (None, Some(routing)) => {
            let queue = queue_of(history, routing);
            let message = format!(
                "expected the call not to be routed, but it was routed to {queue}"
            );
            let found = Shown::Text(queue.into());
            vec![wrong(history, "routing", message, Shown::Nothing, found, span, None)]
        }
        (Some(wanted), None) => vec![not_routed(history, wanted, span)],
        (Some(wanted), Some(routing)) => compare(history, routing, wanted),
    }
}

fn compare(
    history: History<'_>,
    routing: &Routing,
    wanted: &RoutingMatcher,
) -> Vec<Mismatch> {
    let symbols = &history.program.symbols;
    let text = |phrase: &'_ Option<Phrase>| {
        phrase.as_ref().map(|phrase| phrase.text(symbols).clone())
    };
    let id = (&wanted.queue_id, text(&routing.queue_id), "queueId");
    let name = (&wanted.queue_name, text(&routing.queue_name), "queueName");
    let queues = [id, name].into_iter().filter_map(|(wanted, found, key)| {
        let Spanned { value: wanted, span } = wanted.as_ref()?;
        if fits(wanted.as_ref(), found.as_ref()) {
            return None;
        }
        let expected = wanted.as_ref().map_or("unknown".into(), ToString::to_string);
        let found: Vec<&Text> = found.iter().collect();
        let nodes = wanted.as_ref().map(|wanted| nodes_of(history, wanted));
        Some(wrong_queue(history, key, &expected, &found, *span, nodes.as_ref()))
    });
    let skills = wanted.skills.as_ref();
    let priority = wanted.priority.as_ref();
    queues
        .chain(skills.and_then(|wanted| compare_skills(history, routing, wanted)))
        .chain(priority.and_then(|wanted| compare_priority(history, routing, wanted)))
        .chain(compare_answer(history, wanted))
        .collect()
}

fn fits(wanted: Option<&TextMatcher>, found: Option<&Text>) -> bool {
    match (wanted, found) {
        (None, None) => true,
        (Some(matcher), Some(found)) => matcher.matches(found),
        _ => false,
    }
}

fn compare_skills(
    history: History<'_>,
    routing: &Routing,
    Spanned { value: skills, span }: &Spanned<Vec<Text>>,
) -> Option<Mismatch> {
    let sorted = |skills: &[Text]| {
        let mut skills = skills.to_vec();
        skills.sort();
        skills
    };
    let (expected, found) = (sorted(skills), sorted(&routing.skills));
    if expected == found {
        return None;
    }
    let describe = |skills: &[Text]| match skills {
        [] => "no skills".to_owned(),
        _ => format!("the skills {}", skills.join(", ")),
    };
    let message = format!("expected {}, found {}", describe(&expected), describe(&found));
    let (expected, found) = (Shown::Lines(expected), Shown::Lines(found));
    Some(wrong(history, "routing.skills", message, expected, found, *span, None))
}

fn compare_priority(
    history: History<'_>,
    routing: &Routing,
    Spanned { value: expected, span }: &Spanned<Wanted<i64>>,
) -> Option<Mismatch> {
    if *expected == routing.priority {
        return None;
    }
    let describe = |priority: Wanted<i64>| match priority {
        Some(priority) => format!("the priority {priority}"),
        None => "no priority".into(),
    };
    let message =
        format!("expected {}, found {}", describe(*expected), describe(routing.priority));
    let shown = |priority: Wanted<i64>| {
        Shown::Text(priority.map_or("none".into(), |it| it.to_string().into()))
    };
    let (expected, found) = (shown(*expected), shown(routing.priority));
    Some(wrong(history, "routing.priority", message, expected, found, *span, None))
}

/// Compares the agent who answered in the queue, and the time until then.
fn compare_answer(history: History<'_>, wanted: &RoutingMatcher) -> Vec<Mismatch> {
    let mut events = history.events.iter().rev();
    let found = events.find_map(|event| match &event.kind {
        EventKind::Connected(connection) => Some(&**connection),
        _ => None,
    });
    let agent = found.and_then(|found| found.agent.as_ref());
    let after_ms = found.map(|found| found.waited_ms);
    let mut mismatches = Vec::new();
    if let Some(Spanned { value, span }) = &wanted.agent
        && !fits(value.as_ref(), agent)
    {
        let expected = value.as_ref().map(ToString::to_string);
        let found = agent.map(|agent| quoted(agent));
        let pair = (expected, found);
        mismatches.push(wrong_answer(history, "agent", "the agent", pair, *span));
    }
    if let Some(Spanned { value, span }) = &wanted.answered_after_ms {
        let is_right = match (value, after_ms) {
            (Some(range), Some(after_ms)) => range.contains(after_ms),
            (wanted, found) => wanted.is_none() && found.is_none(),
        };
        if !is_right {
            let milliseconds = |number: String| format!("{number} ms");
            let expected = value.map(|range| milliseconds(range.to_string()));
            let found = after_ms.map(|after_ms| milliseconds(after_ms.to_string()));
            let (key, what) = ("answeredAfterMs", "the time until an agent answered");
            mismatches.push(wrong_answer(history, key, what, (expected, found), *span));
        }
    }
    mismatches
}

fn wrong_answer(
    history: History<'_>,
    key: &str,
    what: &str,
    (expected, found): (Option<String>, Option<String>),
    span: Span,
) -> Mismatch {
    let is_answered = history.last(|it| matches!(it, EventKind::Connected(_))).is_some();
    let found = found.unwrap_or_else(|| match is_answered {
        true => "unknown".into(),
        false => "no agent answered".into(),
    });
    let expected = expected.unwrap_or_else(|| "none".into());
    let but = if is_answered { "found" } else { "but" };
    let message = format!("expected {what} to be {expected}, {but} {found}");
    let (expected, found) = (Shown::Text(expected.into()), Shown::Text(found.into()));
    wrong(history, &format!("routing.{key}"), message, expected, found, span, None)
}

/// Describes a wrong or missing queue. `found` has the known id and name.
pub(super) fn wrong_queue(
    history: History<'_>,
    key: &str,
    wanted: &str,
    found: &[&Text],
    span: Span,
    nodes: Option<&Nodes>,
) -> Mismatch {
    let names: Vec<String> = found.iter().map(|text| quoted(text)).collect();
    let is_routed = last_routed(history).is_some();
    let text = match (names.as_slice(), is_routed) {
        ([], true) => "unknown".into(),
        ([], false) => "the call was not routed".into(),
        (known, _) => known.join(", named "),
    };
    let found = match is_routed {
        true => format!("found {text}"),
        false => text.clone(),
    };
    let message = format!("expected the queue to be {wanted}, {found}");
    let (expected, found) = (Shown::Text(wanted.into()), Shown::Text(text.into()));
    wrong(history, &format!("routing.{key}"), message, expected, found, span, nodes)
}

fn not_routed(history: History<'_>, wanted: &RoutingMatcher, span: Span) -> Mismatch {
    let id = wanted.queue_id.as_ref().map(|queue| ("queueId", queue));
    let name = wanted.queue_name.as_ref().map(|queue| ("queueName", queue));
    if let Some((key, Spanned { value: Some(queue), span })) = id.or(name) {
        let nodes = nodes_of(history, queue);
        return wrong_queue(history, key, &queue.to_string(), &[], *span, Some(&nodes));
    }
    let message = "expected the call to be routed, but it was not";
    let nodes = targets::routing_anywhere(history.program);
    wrong(history, "routing", message, Shown::Nothing, Shown::Nothing, span, Some(&nodes))
}

/// Returns the nodes that route to a queue. If the flows do not name it, returns all that
/// route.
pub(super) fn nodes_of(history: History<'_>, queue: &TextMatcher) -> Nodes {
    let nodes = targets::routing(history.program, queue);
    match nodes.contains(&true) {
        true => nodes,
        false => targets::routing_anywhere(history.program),
    }
}

/// Adds the step that routed or failed, and the decision that led to it.
fn wrong(
    history: History<'_>,
    subject: &str,
    message: impl Into<Text>,
    expected: Shown,
    found: Shown,
    span: Span,
    nodes: Option<&Nodes>,
) -> Mismatch {
    let routed = last_routed(history);
    let place = routed.map(|step| format!("routed at {}", history.place(step)));
    let transfers = history.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Transferred(transfer) => Some((event.step as usize, &transfer.name)),
        _ => None,
    });
    let transferred = transfers.filter(|_| routed.is_none()).map(|(step, name)| {
        format!("transferred to {} at {}", quoted(name), history.place(step))
    });
    let end = routed.unwrap_or(history.steps.len());
    let (decided, lines) = match nodes.filter(|nodes| nodes.contains(&true)) {
        Some(nodes) => history.cause(end, Some((nodes, 0))),
        None => history.cause(end, None),
    };
    Mismatch::new(span, subject, message)
        .between(expected, found)
        .at_step(routed.or(decided).or_else(|| history.last_step()))
        .because(place)
        .because(transferred)
        .because(lines)
}

fn last_routed(history: History<'_>) -> Option<usize> {
    history.last(|fact| matches!(fact, EventKind::Routed(_))).map(|(_, step)| step)
}

/// Describes the routing to a matching queue, which is not a transfer.
pub(super) fn routed_to(history: History<'_>, wanted: &TextMatcher) -> Option<String> {
    history.events.iter().rev().find_map(|event| {
        let EventKind::Routed(routing) = &event.kind else { return None };
        let queues = [&routing.queue_name, &routing.queue_id].into_iter().flatten();
        let mut names = queues.map(|phrase| phrase.text(&history.program.symbols));
        let name = quoted(names.find(|name| wanted.matches(name))?);
        let place = history.place(event.step as usize);
        Some(format!("routed to the queue {name} at {place}: expect `routing` instead"))
    })
}

fn queue_of(history: History<'_>, routing: &Routing) -> String {
    let queue = routing.queue_id.as_ref().or(routing.queue_name.as_ref());
    let text = queue.map(|phrase| quoted(phrase.text(&history.program.symbols)));
    text.unwrap_or_else(|| "a queue without id and name".into())
}
