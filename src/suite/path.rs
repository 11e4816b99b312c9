//! Checks of the path of a call.

use std::collections::BTreeSet;

use super::history::History;
use super::mismatch::{Mismatch, Shown};
use super::reach::required;
use super::scenario::PathMatcher;
use super::targets;
use crate::diagnostic::nearest;
use crate::flow::{NodeLabel, Spanned};
use crate::source::Span;
use crate::value::Text;

/// Number of steps shown before and after the step at which the path broke.
const AROUND: usize = 6;

/// Beginning of the cause of a path that differs.
pub(crate) const LEFT: &str = "left the expected path: ";

/// Checks the executed nodes.
pub(super) fn check(
    history: History<'_>,
    matcher: &PathMatcher,
    span: Span,
) -> Option<Mismatch> {
    match matcher {
        PathMatcher::Exact(wanted) => exact(history, wanted, span),
        PathMatcher::Ends(wanted) => ends(history, wanted),
        PathMatcher::Contains(wanted) => contains(history, wanted),
        PathMatcher::Excludes(unwanted) => excludes(history, unwanted),
    }
}

/// Returns the decisions that a test expects: those between two nodes that it expects one
/// after the other, and those without which the call could not reach an expected node.
pub(super) fn expected_decisions(
    history: History<'_>,
    matcher: &PathMatcher,
) -> BTreeSet<usize> {
    let count = history.steps.len();
    let is_next = |step: usize, name: &Spanned<Text>| is_at(history, step, &name.value);
    let between = |first: usize, same: usize| {
        let steps = first + 1..first + same;
        let led = |step: usize| [step.checked_sub(1), history.leading_to(step)];
        let led = steps.flat_map(led).flatten();
        led.filter(|step| *step >= first).collect()
    };
    match matcher {
        PathMatcher::Exact(wanted) => {
            let pairs = wanted.iter().enumerate();
            between(0, pairs.take_while(|(step, name)| is_next(*step, name)).count())
        }
        PathMatcher::Ends(wanted) => {
            let pairs = wanted.iter().rev().zip((0..count).rev());
            let same = pairs.take_while(|(name, step)| is_next(*step, name)).count();
            between(count - same, same)
        }
        PathMatcher::Contains(wanted) => {
            let mut next = 0;
            let found = wanted.iter().map_while(|name| {
                let step = (next..count).find(|step| is_next(*step, name))?;
                next = step + 1;
                let is_it = |label: &NodeLabel| label.is_called(&name.value);
                let nodes = targets::named(history.program, is_it);
                Some(required(history, &nodes, step).collect::<Vec<_>>())
            });
            found.flatten().collect()
        }
        PathMatcher::Excludes(_) => BTreeSet::new(),
    }
}

fn is_at(history: History<'_>, step: usize, name: &str) -> bool {
    history.label(step).is_some_and(|label| label.is_called(name))
}

/// Checks for exactly these nodes.
fn exact(history: History<'_>, wanted: &[Spanned<Text>], span: Span) -> Option<Mismatch> {
    let same = wanted.iter().enumerate();
    let same = same.take_while(|(step, name)| is_at(history, *step, &name.value)).count();
    if same == wanted.len() && same == history.steps.len() {
        return None;
    }
    let number = same + 1;
    let message = match (wanted.get(same), history.label(same)) {
        (Some(expected), found) => differs(&expected.value, same, found),
        (None, Some(found)) => {
            format!("expected the call to end, found `{}` at step {number}", found.id)
        }
        (None, None) => "the path differs".into(),
    };
    let from = history.leading_to(same);
    let reason = from.map(|from| left_at(history, from, same)).unwrap_or_default();
    Some(
        Mismatch::new(wanted.get(same).map_or(span, |it| it.span), "path", message)
            .between(lines_of(wanted), found(history, wanted, 0))
            .at_step(Some(same))
            .because(unknown(history, wanted.get(same..).unwrap_or_default()))
            .because(reason),
    )
}

fn differs(expected: &str, step: usize, found: Option<&NodeLabel>) -> String {
    let number = step + 1;
    match found {
        Some(found) => {
            format!("expected `{expected}` at step {number}, found `{}`", found.id)
        }
        None => format!("expected `{expected}` at step {number}, but the call had ended"),
    }
}

/// Explains why the path deviated at the step `left`, which led to the step `to`.
fn left_at(history: History<'_>, left: usize, to: usize) -> Vec<Text> {
    let mut lines = history.reason(left);
    if let Some(first) = lines.first_mut() {
        *first = match history.has_entered(left) && to == left + 1 {
            true => format!("{LEFT}{} called", history.place(left)),
            false => format!("{LEFT}{first}"),
        }
        .into();
    }
    lines
}

/// Checks that the path ends with these nodes.
fn ends(history: History<'_>, wanted: &[Spanned<Text>]) -> Option<Mismatch> {
    let count = history.steps.len();
    let same = wanted.iter().rev().zip((0..count).rev());
    let same = same.take_while(|(name, step)| is_at(history, *step, &name.value)).count();
    let missing = wanted.len().checked_sub(same + 1)?;
    let Spanned { value: expected, span } = wanted.get(missing)?;
    let message = match (count - same).checked_sub(1) {
        Some(step) => differs(expected, step, history.label(step)),
        None => format!("expected `{expected}`, but the path starts after it"),
    };
    // The steps from here on are as expected; the decision before them differs.
    let nodes = targets::named(history.program, |label| label.is_called(expected));
    let (_, cause) = history.cause(count - same, Some((&nodes, 0)));
    let first = count.saturating_sub(wanted.len());
    Some(
        Mismatch::new(*span, "path.ends", message)
            .between(lines_of(wanted), found(history, wanted, first))
            .at_step((count - same).checked_sub(1))
            .because(unknown(history, wanted.get(..=missing).unwrap_or_default()))
            .because(cause),
    )
}

/// Returns the nodes of the path from a step on, called as in the expectation.
fn found(history: History<'_>, wanted: &[Spanned<Text>], first: usize) -> Shown {
    part(history, wanted, first..history.steps.len())
}

/// Returns the nodes of a part of the path.
fn part(
    history: History<'_>,
    wanted: &[Spanned<Text>],
    steps: std::ops::Range<usize>,
) -> Shown {
    let labels = steps.filter_map(|step| history.label(step));
    // The id comes first: `Orders 2` has the name of another step, `Orders`.
    let called = |label: &NodeLabel| {
        let names = [Some(&label.id), Some(&label.name), label.key.as_ref()];
        let is_wanted = |name: &&Text| wanted.iter().any(|it| it.value == **name);
        names.into_iter().flatten().find(is_wanted).unwrap_or(&label.id).clone()
    };
    Shown::Lines(labels.map(called).collect())
}

/// Checks for these nodes in this order, with others allowed between them.
fn contains(history: History<'_>, wanted: &[Spanned<Text>]) -> Option<Mismatch> {
    let mut next = 0;
    let mut before: Option<(usize, &Text)> = None;
    for name in wanted {
        let steps = next..history.steps.len();
        match steps.into_iter().find(|step| is_at(history, *step, &name.value)) {
            Some(step) => {
                next = step + 1;
                before = Some((step, &name.value));
            }
            None => {
                return Some(not_reached(history, wanted, name, before));
            }
        }
    }
    None
}

fn not_reached(
    history: History<'_>,
    wanted: &[Spanned<Text>],
    missing: &Spanned<Text>,
    before: Option<(usize, &Text)>,
) -> Mismatch {
    let name = &missing.value;
    let after = before.map_or(String::new(), |(step, name)| {
        format!(" after `{name}` (step {})", step + 1)
    });
    let message = format!("expected the path to reach `{name}`{after}, but it did not");
    let nodes = targets::named(history.program, |label| label.is_called(name));
    let from = before.map_or(0, |(step, _)| step);
    let end = history.steps.len();
    let (step, cause) = history.cause(end, Some((&nodes, from)));
    let broken = step.unwrap_or(end).max(from);
    let first = broken.saturating_sub(AROUND).max(from);
    let last = end.min(broken + AROUND);
    // The expected nodes of this part of the path: the one before it, and the missing one.
    let shown = before.filter(|(step, _)| *step >= first).map(|(_, name)| name);
    let expected = shown.into_iter().chain([name]).cloned().collect();
    Mismatch::new(missing.span, "path.contains", message)
        .between(Shown::Lines(expected), part(history, wanted, first..last))
        .at_step(step.or_else(|| history.last_step()))
        .because(unknown(history, std::slice::from_ref(missing)))
        .because(cause)
}

fn excludes(history: History<'_>, unwanted: &[Spanned<Text>]) -> Option<Mismatch> {
    let named_at =
        |step: usize| unwanted.iter().find(|it| is_at(history, step, &it.value));
    let reached = (0..history.steps.len()).find_map(|it| Some((it, named_at(it)?.span)));
    if let Some((step, span)) = reached {
        let name = history.label(step).map_or("", |label| &label.id);
        let message = format!(
            "expected the path not to reach `{name}`, but it did at step {}",
            step + 1
        );
        let led = history.decision_before(step).or_else(|| history.leading_to(step));
        return Some(
            Mismatch::new(span, "path.excludes", message)
                .at_step(Some(step))
                .because(led.map(|led| history.reason(led)).unwrap_or_default()),
        );
    }
    // An unknown name is never reached, so it is probably misspelt.
    let mistaken = unwanted.iter().find(|it| is_unknown(history, it))?;
    let message = "the path excludes a node that no loaded flow has";
    let mistakes = unknown(history, unwanted);
    Some(Mismatch::new(mistaken.span, "path.excludes", message).because(mistakes))
}

/// Returns the names as lines.
fn lines_of(names: &[Spanned<Text>]) -> Shown {
    Shown::Lines(names.iter().map(|name| name.value.clone()).collect())
}

/// Returns whether no node has the name.
fn is_unknown(history: History<'_>, name: &Spanned<Text>) -> bool {
    !history.program.symbols.nodes.iter().any(|label| label.is_called(&name.value))
}

/// Describes the names that no node has.
fn unknown(history: History<'_>, names: &[Spanned<Text>]) -> Vec<String> {
    let labels = &history.program.symbols.nodes;
    let describe = |Spanned { value: name, .. }: &Spanned<Text>| {
        let known = labels.iter().flat_map(|label| [&*label.id, &*label.name]);
        match nearest(name, known) {
            Some(near) => {
                format!("no loaded flow has a node `{name}`; did you mean `{near}`?")
            }
            None => format!("no loaded flow has a node `{name}`"),
        }
    };
    names.iter().filter(|name| is_unknown(history, name)).map(describe).collect()
}
