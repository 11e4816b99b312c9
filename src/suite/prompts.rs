//! Checks of the prompts that the caller heard.

use super::history::History;
use super::mismatch::{Mismatch, Shown};
use super::targets;
use crate::analysis::matcher::{TextMatcher, quoted, similarity};
use crate::flow::Spanned;
use crate::value::Text;

/// Minimum similarity at which a prompt is suggested.
const MIN_LIKENESS: f64 = 0.5;

/// A prompt that the caller heard, and the step that played it.
type Heard<'h> = (usize, &'h Text);

/// Checks that the caller heard these prompts in this order; others may come between.
/// Returns the mismatch of the first missing one.
pub(super) fn check(
    history: History<'_>,
    wanted: &[Spanned<TextMatcher>],
) -> Option<Mismatch> {
    let heard: Vec<Heard<'_>> = history.prompts().collect();
    let found = found(wanted, &heard);
    let missing = found.iter().position(Option::is_none)?;
    let Spanned { value: matcher, span } = wanted.get(missing)?;
    let before = missing.checked_sub(1).and_then(|before| *found.get(before)?);
    let following = found.get(missing..).into_iter().flatten().find_map(|found| *found);
    let begin = before.map_or(0, |at| at + 1);
    let between = heard.get(begin..following.unwrap_or(heard.len())).unwrap_or_default();
    let before = before.and_then(|at| heard.get(at));
    let after =
        before.map_or(String::new(), |(_, text)| format!(" after {}", quoted(text)));
    let message =
        format!("expected the caller to hear {matcher}{after}, but it was not played");
    let gap = Gap {
        earlier: { heard.iter().take(begin) }
            .find(|(_, text)| matcher.matches(text))
            .map(|(_, text)| format!("{} was played before", quoted(text))),
        candidates: between.iter().map(|(_, text)| *text).collect(),
        from: before.map_or(0, |(played, _)| *played),
        is_followed: following.is_some(),
    };
    let (step, cause) = why(history, matcher, gap);
    let shown = heard.iter().map(|(_, text)| (*text).clone()).collect();
    Some(
        Mismatch::new(*span, format!("prompts[{missing}]"), message)
            .between(lines(wanted, &found, &heard), Shown::Lines(shown))
            .at_step(step)
            .because(cause),
    )
}

/// The place in a call where a prompt is missing.
struct Gap<'h> {
    /// The prompt, if it was played before.
    earlier: Option<String>,
    /// The prompts that were played instead.
    candidates: Vec<&'h Text>,
    /// Step of the last prompt that was as expected.
    from: usize,
    /// Whether a later expected prompt was played.
    is_followed: bool,
}

/// Explains a missing prompt: by the step that led elsewhere if a flow has its text, else
/// by the nearest prompt.
fn why(
    history: History<'_>,
    matcher: &TextMatcher,
    gap: Gap<'_>,
) -> (Option<usize>, Vec<Text>) {
    let nodes = targets::playing(history.program, matcher);
    let is_of_flow = nodes.contains(&true);
    let end = history.steps.len();
    let (step, cause) = if gap.earlier.is_some() || gap.is_followed && !is_of_flow {
        // The text of the flow differs, not the path of the call.
        (None, Vec::new())
    } else if is_of_flow {
        history.cause(end, Some((&nodes, gap.from)))
    } else if gap.candidates.is_empty() {
        history.cause(end, None)
    } else if most_like(matcher, &gap.candidates).is_none() {
        history.cause_of_failure()
    } else {
        (None, Vec::new())
    };
    let near = gap.earlier.or_else(|| match is_of_flow {
        true => None,
        false => nearest(matcher, &gap.candidates),
    });
    let mut lines: Vec<Text> = near.into_iter().map(Text::from).collect();
    // The step must follow the last prompt that was as expected.
    let step = step.filter(|step| gap.from <= *step);
    if step.is_some() {
        lines.extend(cause);
    }
    (step, lines)
}

/// Finds each expected prompt among those heard, after the ones expected before it.
fn found(wanted: &[Spanned<TextMatcher>], heard: &[Heard<'_>]) -> Vec<Option<usize>> {
    let mut next = 0;
    let mut find = |matcher: &TextMatcher| {
        let mut left = heard.iter().enumerate().skip(next);
        let (at, _) = left.find(|(_, (_, text))| matcher.matches(text))?;
        next = at + 1;
        Some(at)
    };
    wanted.iter().map(|it| find(&it.value)).collect()
}

/// Returns the expected lines, with the exact prompts where they were found. Only the
/// missing ones differ.
fn lines(
    wanted: &[Spanned<TextMatcher>],
    found: &[Option<usize>],
    heard: &[Heard<'_>],
) -> Shown {
    let line = |(it, at): (&Spanned<TextMatcher>, &Option<usize>)| {
        if let Some((_, text)) = at.and_then(|at| heard.get(at)) {
            return (*text).clone();
        }
        let line = line_of(&it.value);
        // A prompt that was played elsewhere must not look like a match.
        let is_heard = heard.iter().any(|(_, text)| **text == line);
        if is_heard { it.value.to_string().into() } else { line }
    };
    Shown::Lines(wanted.iter().zip(found).map(line).collect())
}

/// Formats an expected prompt as a line beside those that were heard.
pub(super) fn line_of(matcher: &TextMatcher) -> Text {
    match matcher {
        TextMatcher::Equals(text) => text.clone(),
        other => other.to_string().into(),
    }
}

/// Names the prompt that is most similar, and states that the flows have no such text.
pub(super) fn nearest(matcher: &TextMatcher, heard: &[&Text]) -> Option<String> {
    most_like(matcher, heard).or_else(|| {
        let wanted = matcher.text()?;
        let alike = heard.iter().map(|text| (similarity(wanted, text), *text));
        let (_, text) = alike.max_by(|left, right| left.0.total_cmp(&right.0))?;
        Some(format!("no action plays this text; the nearest prompt is {}", quoted(text)))
    })
}

/// Returns a hint about the most similar prompt.
fn most_like(matcher: &TextMatcher, heard: &[&Text]) -> Option<String> {
    let wanted = matcher.text()?;
    if let TextMatcher::Contains(part) = matcher {
        let part = TextMatcher::Contains(part.to_lowercase());
        if let Some(text) = heard.iter().find(|text| part.matches(&text.to_lowercase())) {
            let text = quoted(text);
            return Some(format!("{text} contains it except for letter case"));
        }
    }
    let alike = heard.iter().map(|text| (similarity(wanted, text), *text));
    let (likeness, text) = alike.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (likeness >= MIN_LIKENESS)
        .then(|| format!("the most similar is {} ({likeness:.2})", quoted(text)))
}
