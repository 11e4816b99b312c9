//! Collects the findings of a flow, with the flow's name, and limits the number of
//! findings of each kind to a readable amount.

use crate::diagnostic::{Code, Diagnostic, Tally};
use crate::source::Span;

/// The findings of one flow, or those that concern several flows.
pub(super) struct Report<'r> {
    flow: Option<&'r str>,
    tally: Tally,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl<'r> Report<'r> {
    /// Creates a report for the findings of a flow, which users identify by this id or
    /// name.
    pub(super) fn on(flow: &'r str, diagnostics: &'r mut Vec<Diagnostic>) -> Self {
        Self { flow: Some(flow), tally: Tally::default(), diagnostics }
    }

    /// Creates a report for findings that concern several flows; each finding names its
    /// flow.
    pub(super) fn on_all(diagnostics: &'r mut Vec<Diagnostic>) -> Self {
        Self { flow: None, tally: Tally::default(), diagnostics }
    }

    /// Adds a finding. It is only built if it is reported.
    pub(super) fn add(&mut self, code: Code, write: impl FnOnce(Code) -> Diagnostic) {
        if !self.tally.wants(code, code.severity()) {
            return;
        }
        let mut diagnostic = write(code);
        if let Some(flow) = self.flow {
            diagnostic.flow = Some(flow.to_owned());
        }
        self.tally.add(diagnostic, self.diagnostics);
    }

    /// Adds a finding at a position in the node or action with this id or name.
    pub(super) fn at(
        &mut self,
        code: Code,
        node: &str,
        span: Span,
        write: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        self.add(code, |code| write(Diagnostic::new(code, "").at(span)).node(node));
    }

    /// Reports the number of findings that were left out.
    pub(super) fn finish(self) {
        self.tally.finish(self.diagnostics);
    }
}

/// Formats names for a sentence, `a`, `b` and `c`. Of many names, only the first ones and
/// the number of others are included.
pub(super) fn names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 6;
    let count = names.len();
    let shown = if count > SHOWN { SHOWN - 1 } else { count };
    let mut quoted: Vec<String> =
        names.take(shown).map(|name| format!("`{name}`")).collect();
    if count > shown {
        quoted.push(format!("{} more", count - shown));
    }
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        let all = ["a", "b", "c", "d", "e", "f", "g"];
        let list = |count: usize| names(all[..count].iter().copied());
        assert_eq!(list(1), "`a`");
        assert_eq!(list(3), "`a`, `b` and `c`");
        assert_eq!(list(6), "`a`, `b`, `c`, `d`, `e` and `f`");
        assert_eq!(list(7), "`a`, `b`, `c`, `d`, `e` and 2 more");
    }
}
