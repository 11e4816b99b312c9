//! The times of steps.

use std::borrow::Cow;

use super::write_number;
use crate::trace::Step;

/// The path `next`, and the beginning of the result.
pub(super) const NEXT: &str = "\"next\",\"result\":{";

/// The last times that were written. Most steps take no time, so the following ones have
/// the same times.
pub(super) struct LastTimes {
    start_ms: i64,
    end_ms: i64,
    /// `,"startMs":…,"endMs":…,"path":` and [`NEXT`].
    text: Cow<'static, str>,
}

impl Default for LastTimes {
    /// The times of a step at the start of a call.
    #[inline]
    fn default() -> Self {
        let text = ",\"startMs\":0,\"endMs\":0,\"path\":\"next\",\"result\":{";
        Self { start_ms: 0, end_ms: 0, text: Cow::Borrowed(text) }
    }
}

impl LastTimes {
    /// Returns `,"startMs":…,"endMs":…,"path":`.
    #[inline]
    pub(super) fn of(&mut self, step: &Step) -> &str {
        let text = self.with_next(step);
        &text[..text.len() - NEXT.len()]
    }

    /// Returns `,"startMs":…,"endMs":…,"path":"next","result":{`.
    #[inline(always)]
    pub(super) fn with_next(&mut self, step: &Step) -> &str {
        if step.start_ms != self.start_ms || step.end_ms != self.end_ms {
            self.change(step);
        }
        &self.text
    }

    fn change(&mut self, step: &Step) {
        (self.start_ms, self.end_ms) = (step.start_ms, step.end_ms);
        let text = self.text.to_mut();
        text.clear();
        text.push_str(",\"startMs\":");
        write_number(step.start_ms, text);
        text.push_str(",\"endMs\":");
        write_number(step.end_ms, text);
        text.push_str(",\"path\":");
        text.push_str(NEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::NodeId;
    use crate::trace::PathTaken;

    #[test]
    fn each_step_has_its_own_times() {
        let step = |(start_ms, end_ms)| Step {
            node: NodeId(0),
            depth: 0,
            path: PathTaken::None,
            next: None,
            start_ms,
            end_ms,
        };
        let mut times = LastTimes::default();
        for (start, end) in [(0, 0), (0, 7), (7, 7), (7, 7), (7, 12_345), (0, 0)] {
            let step = step((start, end));
            let text = format!(",\"startMs\":{start},\"endMs\":{end},\"path\":");
            assert_eq!(times.of(&step), text);
            assert_eq!(times.with_next(&step), format!("{text}{NEXT}"));
        }
    }
}
