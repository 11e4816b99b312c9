//! Limits the diagnostics of each kind and counts the rest. A document of ten megabytes
//! can contain a million errors.

use super::{Code, Diagnostic, Severity};

/// The maximum number of diagnostics of one kind, per flow or for all fixtures.
pub(crate) const MAX_FINDINGS: usize = 100;

/// Counts diagnostics by code and severity.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<Count>,
}

#[derive(Debug)]
struct Count {
    code: Code,
    severity: Severity,
    found: usize,
    /// The first diagnostic beyond the limit. It becomes the line with the count.
    rest: Option<Diagnostic>,
}

impl Tally {
    /// Whether another diagnostic of this kind would be kept. If not, it is counted here
    /// and need not be created.
    pub(crate) fn wants(&mut self, code: Code, severity: Severity) -> bool {
        let count = self.count(code, severity);
        let is_wanted = count.found <= MAX_FINDINGS;
        if !is_wanted {
            count.found += 1;
        }
        is_wanted
    }

    /// Adds a diagnostic. Beyond the limit of its kind, it is only counted.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic, kept: &mut Vec<Diagnostic>) {
        let count = self.count(diagnostic.code, diagnostic.severity);
        count.found += 1;
        if count.found <= MAX_FINDINGS {
            kept.push(diagnostic);
        } else if count.rest.is_none() {
            count.rest = Some(diagnostic);
        }
    }

    /// Adds the numbers of omitted diagnostics.
    pub(crate) fn finish(self, kept: &mut Vec<Diagnostic>) {
        for Count { found, rest, .. } in self.counts {
            let Some(mut rest) = rest else { continue };
            let more = found - MAX_FINDINGS;
            if more > 1 {
                rest.message = format!("{more} more like this, starting here");
                rest.labels.truncate(1);
                rest.labels.iter_mut().for_each(|label| label.text.clear());
                rest.help = Some("fix the first ones, then check again".into());
                rest.node = None;
            }
            kept.push(rest);
        }
    }

    fn count(&mut self, code: Code, severity: Severity) -> &mut Count {
        let is_it = |it: &Count| it.code == code && it.severity == severity;
        let index = self.counts.iter().position(is_it).unwrap_or_else(|| {
            self.counts.push(Count { code, severity, found: 0, rest: None });
            self.counts.len() - 1
        });
        &mut self.counts[index]
    }
}

/// The diagnostics of one document, with a limit for each kind.
#[derive(Debug, Default)]
pub(crate) struct Limited {
    tally: Tally,
    kept: Vec<Diagnostic>,
}

impl Limited {
    /// Adds a diagnostic. Beyond the limit of its kind, it is only counted.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.tally.add(diagnostic, &mut self.kept);
    }

    /// Returns whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns the diagnostics, with the numbers of omitted ones.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.tally.finish(&mut self.kept);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(count: usize) -> Vec<Diagnostic> {
        let (mut tally, mut kept) = (Tally::default(), Vec::new());
        for number in 0..count {
            let diagnostic = Diagnostic::new(Code::NOT_A_FLOW, number.to_string());
            if tally.wants(diagnostic.code, diagnostic.severity) {
                tally.add(diagnostic, &mut kept);
            }
        }
        let other = Diagnostic::new(Code::NO_FLOWS, "another kind");
        tally.add(other, &mut kept);
        tally.finish(&mut kept);
        kept
    }

    #[test]
    fn the_rest_of_many_is_counted() {
        let kept = kept(MAX_FINDINGS + 7);
        assert_eq!(kept.len(), MAX_FINDINGS + 2);
        assert_eq!(kept[MAX_FINDINGS].message, "another kind");
        let last = &kept[MAX_FINDINGS + 1];
        assert_eq!(last.message, "7 more like this, starting here");
    }

    #[test]
    fn one_too_many_is_shown_instead_of_counted() {
        let kept = kept(MAX_FINDINGS + 1);
        assert_eq!(kept[MAX_FINDINGS + 1].message, MAX_FINDINGS.to_string());
        assert_eq!(super::tests::kept(3).len(), 4);
    }

    #[test]
    fn many_warnings_do_not_hide_errors() {
        let (mut tally, mut kept) = (Tally::default(), Vec::new());
        for _ in 0..200 {
            let warning = Diagnostic::new(Code::INVALID_PROPERTY, "");
            let warning = Diagnostic { severity: Severity::Warning, ..warning };
            tally.add(warning, &mut kept);
        }
        tally.add(Diagnostic::new(Code::INVALID_PROPERTY, ""), &mut kept);
        assert_eq!(kept.last().map(|it| it.severity), Some(Severity::Error));
    }
}
