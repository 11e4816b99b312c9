//! Content of snapshots.

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use indexmap::IndexSet;
use regex::{Captures, Regex};

use crate::diagnostic::visible::one_line;
use crate::flow::SymbolTable;
use crate::suite::scenario::{Case, Replacement, SuiteFile};
use crate::trace::{Trace, render_blocks};

/// Header key of the scenario file.
const SCENARIO: &str = "scenario: ";

/// Line above and below the header.
const RULE: &str = "---";

/// GUIDs, which differ between organisations and exports.
static GUID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b").ok()
});

/// Number of lines before the events of the call.
pub(super) const HEADER_LINES: usize = 6;

/// Renders a snapshot: a header that identifies the test, and the events of the call.
pub(super) fn render(
    suite: &SuiteFile,
    case: &Case,
    trace: &Trace,
    symbols: &SymbolTable,
) -> String {
    let flow = symbols.flow(trace.flow);
    let mut title = flow.name.to_string();
    if !flow.flow_type.is_empty() {
        title += &format!(" ({})", flow.flow_type);
    }
    let header: [String; HEADER_LINES] = [
        RULE.into(),
        format!("{SCENARIO}{}", scenario_name(&suite.path)),
        format!("test: {}", one_line(&case.name)),
        format!("flow: {}", one_line(&title)),
        format!("starts: {}", trace.start),
        RULE.into(),
    ];
    let mut out = String::new();
    let mut ids = IndexSet::new();
    let body = render_blocks(trace, symbols);
    let body = body.lines().map(|line| normalised(line, &suite.replacements, &mut ids));
    for line in header.into_iter().chain(body) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Returns the name of a scenario file as written in the header.
pub(super) fn scenario_name(path: &Path) -> String {
    one_line(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// Returns the name of the scenario file in a snapshot's header; `None` if the text is
/// not a flowsim snapshot.
pub(super) fn scenario_of(text: &str) -> Option<&str> {
    let mut lines = text.lines();
    let is_snapshot = lines.next() == Some(RULE);
    lines.next().filter(|_| is_snapshot)?.strip_prefix(SCENARIO)
}

/// Replaces the volatile parts of a line: the author's rules first, then GUIDs, which are
/// numbered in order of appearance.
fn normalised(line: &str, rules: &[Replacement], ids: &mut IndexSet<String>) -> String {
    let mut line = Cow::Borrowed(line);
    for rule in rules {
        if let Cow::Owned(replaced) = rule.matches.replace_all(&line, rule.with.as_str())
        {
            line = Cow::Owned(replaced);
        }
    }
    let Some(guid) = &*GUID else { return line.into_owned() };
    let number = |found: &Captures<'_>| {
        let (index, _) = ids.insert_full(found[0].to_ascii_lowercase());
        format!("<id {}>", index + 1)
    };
    guid.replace_all(&line, number).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "6f1cf3a0-1bd2-4b3c-9d0e-0123456789ab";
    const B: &str = "11111111-2222-3333-4444-555555555555";

    fn rule(matches: &str, with: &str) -> Replacement {
        Replacement { matches: Regex::new(matches).unwrap(), with: with.into() }
    }

    #[test]
    fn ids_are_numbered_in_order_of_appearance() {
        let mut ids = IndexSet::new();
        let line = format!("{A} {B} {} x{A}", A.to_uppercase());
        assert_eq!(
            normalised(&line, &[], &mut ids),
            format!("<id 1> <id 2> <id 1> x{A}")
        );
        assert_eq!(normalised(B, &[], &mut ids), "<id 2>");
    }

    #[test]
    fn rules_apply_first_and_in_sequence() {
        let rules = [
            rule(B, "the queue"),
            rule("ticket (\\d)\\d+", "ticket ${1}…"),
            rule("t", "T"),
        ];
        let line = format!("ticket 1234 for {B}, {A}");
        let line = normalised(&line, &rules, &mut IndexSet::new());
        assert_eq!(line, "TickeT 1… for The queue, <id 1>");
    }

    #[test]
    fn snapshots_are_known_by_their_header() {
        let text = "---\nscenario: a.test.yaml\ntest: x\n---\n";
        assert_eq!(scenario_of(text), Some("a.test.yaml"));
        assert_eq!(scenario_of(&text.replace('\n', "\r\n")), Some("a.test.yaml"));
        assert_eq!(scenario_of("---\nsource: src/lib.rs\n---\n"), None);
        assert_eq!(scenario_of("scenario: a.test.yaml"), None);
        assert_eq!(scenario_of(""), None);
    }
}
