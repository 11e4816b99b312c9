//! What the caller heard, against what is expected.

use super::history::History;
use super::matcher::{TextMatcher, quoted, similarity};
use super::mismatch::{Mismatch, Shown};
use crate::flow::Written;
use crate::value::Text;

/// Texts that have less in common are not worth showing side by side.
const MIN_LIKENESS: f64 = 0.5;

/// A text that was heard, and the step that said it.
type Heard<'h> = (usize, &'h Text);

/// Whether the caller heard these in this order, other texts between them allowed; the
/// mismatch of the first that is missing if not.
pub(super) fn check(
    history: History<'_>,
    wanted: &[Written<TextMatcher>],
) -> Option<Mismatch> {
    let heard: Vec<Heard<'_>> = history.said().collect();
    let found = found(wanted, &heard);
    let missing = found.iter().position(Option::is_none)?;
    let Written { value: matcher, span } = wanted.get(missing)?;
    let before = missing.checked_sub(1).and_then(|before| *found.get(before)?);
    let behind = found.get(missing..).into_iter().flatten().find_map(|found| *found);
    let begin = before.map_or(0, |at| at + 1);
    let said = heard.get(begin..behind.unwrap_or(heard.len())).unwrap_or_default();
    let before = before.and_then(|at| heard.get(at));
    let after =
        before.map_or(String::new(), |(_, text)| format!(" after {}", quoted(text)));
    let message =
        format!("expected the caller to hear {matcher}{after}, it was not said");
    let mut earlier = heard.iter().take(begin).filter(|(_, text)| matcher.fits(text));
    let earlier = earlier.next();
    let earlier = earlier.map(|(_, text)| format!("{} was said before", quoted(text)));
    let said: Vec<&Text> = said.iter().map(|(_, text)| *text).collect();
    let near = earlier.or_else(|| most_like(matcher, &said));
    // The way that the call took explains a text only if nothing like it was said, and
    // nothing that belongs behind it: from the last text as expected on it was another way.
    let decided = history.decision_before(history.steps.len());
    let decided = decided.filter(|step| {
        near.is_none() && behind.is_none() && before.is_none_or(|(said, _)| said <= step)
    });
    let shown = heard.iter().map(|(_, text)| (*text).clone()).collect();
    Some(
        Mismatch::new(*span, format!("prompts[{missing}]"), message)
            .between(lines(wanted, &found, &heard), Shown::Lines(shown))
            .at_step(decided)
            .because(near)
            .because(decided.map(|step| history.reason(step)).unwrap_or_default()),
    )
}

/// Of each text that is wanted, where it was heard: behind those that are wanted before it.
fn found(wanted: &[Written<TextMatcher>], heard: &[Heard<'_>]) -> Vec<Option<usize>> {
    let mut next = 0;
    let mut find = |matcher: &TextMatcher| {
        let mut left = heard.iter().enumerate().skip(next);
        let (at, _) = left.find(|(_, (_, text))| matcher.fits(text))?;
        next = at + 1;
        Some(at)
    };
    wanted.iter().map(|it| find(&it.value)).collect()
}

/// What is wanted, in the words that were heard where it was found: what is missing is all
/// that differs.
fn lines(
    wanted: &[Written<TextMatcher>],
    found: &[Option<usize>],
    heard: &[Heard<'_>],
) -> Shown {
    let line = |(it, at): (&Written<TextMatcher>, &Option<usize>)| {
        if let Some((_, text)) = at.and_then(|at| heard.get(at)) {
            return (*text).clone();
        }
        let line = line_of(&it.value);
        // One that was said elsewhere must not be taken for that one.
        let is_heard = heard.iter().any(|(_, text)| **text == line);
        if is_heard { it.value.to_string().into() } else { line }
    };
    Shown::Lines(wanted.iter().zip(found).map(line).collect())
}

/// A text that is expected, as a line beside texts that were heard.
pub(super) fn line_of(matcher: &TextMatcher) -> Text {
    match matcher {
        TextMatcher::Equals(text) => text.clone(),
        other => other.to_string().into(),
    }
}

/// The text that is most like the one that was expected.
pub(super) fn most_like(matcher: &TextMatcher, heard: &[&Text]) -> Option<String> {
    let wanted = matcher.text()?;
    if let TextMatcher::Contains(part) = matcher {
        let part = TextMatcher::Contains(part.to_lowercase());
        if let Some(text) = heard.iter().find(|text| part.fits(&text.to_lowercase())) {
            let text = quoted(text);
            return Some(format!("{text} has it, but for capital and small letters"));
        }
    }
    let alike = heard.iter().map(|text| (similarity(wanted, text), *text));
    let (likeness, text) = alike.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (likeness >= MIN_LIKENESS)
        .then(|| format!("most like it is {}: {likeness:.2}", quoted(text)))
}
