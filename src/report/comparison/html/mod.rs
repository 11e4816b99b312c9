//! Comparisons as a self-contained HTML page: the differences with their counts, and both
//! sides of each recording that differs.

mod sides;

use std::io::{self, Write};

use minijinja::{Error, context};
use serde::Serialize;

use super::ComparisonReporter;
use super::differences::subject;
use super::text::{headline, stale};
use crate::analysis::comparison::{Comparison, Difference, Verdict};
use crate::diagnostic::visible::one_line;
use crate::report::page::{Page, embedded};
use crate::report::words::path_of;
use crate::runner::{Compared, Judgement, Summary};
use sides::{Row, rows, shortened};

const PAGE: Page = Page {
    name: "flowsim compare",
    templates: &[("page.html", include_str!("page.html"))],
    style: &[include_str!("page.css")],
    script: &[include_str!("page.js")],
    is_live: false,
};

/// Maximum number of differing recordings with both sides on the page; the others are
/// only listed.
const MOST_SIDES: usize = 500;

/// Maximum number of differences per recording.
const MOST_DIFFERENCES: usize = 200;

/// Collects the content of the page.
pub struct Html<W> {
    out: W,
    recordings: Vec<Entry>,
    shown: usize,
}

/// A recording. Fields that do not apply are omitted.
#[derive(Serialize)]
struct Entry {
    path: String,
    verdict: &'static str,
    flow: String,
    ends: String,
    /// Key shared by all calls of a group.
    group: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stale: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<DifferenceEntry>,
    /// Number of omitted differences.
    more: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row>>,
    /// Index of the first row that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<usize>,
}

/// A difference.
#[derive(Serialize)]
struct DifferenceEntry {
    what: String,
    recorded: Option<String>,
    local: Option<String>,
    pointer: String,
    /// Index of its row; `None` if it concerns the whole call.
    row: Option<usize>,
}

/// Recordings with the same difference.
#[derive(Serialize)]
struct GroupEntry {
    name: String,
    at: Option<String>,
    why: Option<String>,
    count: usize,
}

impl<W: Write> Html<W> {
    /// Creates a reporter that writes the page at the end.
    pub fn new(out: W) -> Self {
        Self { out, recordings: Vec::new(), shown: 0 }
    }

    fn page(&self, summary: &Summary) -> Result<String, Error> {
        let groups = summary.groups().into_iter().map(|group| GroupEntry {
            name: one_line(&ends(&group.from, group.to.as_deref())),
            at: group.at.as_ref().map(|at| one_line(at)),
            why: group.why.as_ref().map(|why| shortened(why)),
            count: group.count,
        });
        let groups: Vec<GroupEntry> = groups.collect();
        let differing = summary.different + summary.unreplayable;
        let content = context! {
            headline => headline(summary),
            stale => (!summary.stale.is_empty()).then(|| stale(summary)),
            total => summary.total,
            left_out => differing.saturating_sub(MOST_SIDES),
            most => MOST_SIDES,
            groups => embedded(&groups)?,
            recordings => embedded(&self.recordings)?,
        };
        PAGE.render(content).map(|(_, html)| html)
    }
}

impl<W: Write> ComparisonReporter for Html<W> {
    fn compared(&mut self, compared: &Compared) -> io::Result<()> {
        let about = compared.about.as_ref();
        let flow = about.and_then(|it| it.flow.name.as_ref().or(it.flow.id.as_ref()));
        let mut entry = Entry {
            path: one_line(&path_of(&compared.path)),
            verdict: "unreadable",
            flow: flow.map(|flow| one_line(flow)).unwrap_or_default(),
            ends: String::new(),
            group: String::new(),
            why: None,
            stale: about.iter().flat_map(|it| &it.stale).map(|it| it.name()).collect(),
            differences: Vec::new(),
            more: 0,
            ignored: Vec::new(),
            rows: None,
            first: None,
        };
        match &compared.result {
            Ok(judgement) => self.judged(&mut entry, judgement),
            Err(problem) => {
                let message =
                    problem.diagnostics.first().map(|it| shortened(&it.message));
                entry.why = message;
            }
        }
        self.recordings.push(entry);
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let page = self.page(summary).map_err(io::Error::other)?;
        self.out.write_all(page.as_bytes())?;
        self.out.flush()
    }
}

impl<W> Html<W> {
    fn judged(&mut self, entry: &mut Entry, judgement: &Judgement) {
        let comparison = &judgement.comparison;
        let (from, to) = (&judgement.recorded_end, judgement.local_end.as_deref());
        entry.ends = one_line(&ends(from, to));
        entry.verdict = match comparison.verdict {
            Verdict::Equal => {
                entry.ends = one_line(from);
                return entry.verdict = "equal";
            }
            Verdict::Different => "different",
            Verdict::Unreplayable => "unreplayable",
        };
        let at = judgement.place().unwrap_or_default();
        entry.group = format!("{}|{}", entry.ends, one_line(&at));
        entry.why = comparison.cause.as_ref().map(|cause| shortened(&cause.text));
        self.shown += 1;
        if self.shown > MOST_SIDES {
            return;
        }
        let (rows, places) = match &judgement.sides {
            Some(sides) => rows(&sides.0, &sides.1, &comparison.differences),
            None => (Vec::new(), Vec::new()),
        };
        // The row of the first difference that has one.
        entry.first = places.iter().flatten().next().copied();
        entry.rows = Some(rows);
        differences(entry, comparison, &places);
    }
}

fn differences(entry: &mut Entry, comparison: &Comparison, places: &[Option<usize>]) {
    let all = &comparison.differences;
    let entry_of = |(difference, row): (&Difference, &Option<usize>)| DifferenceEntry {
        what: one_line(&subject(difference)),
        recorded: difference.recorded.as_ref().map(|it| shortened(&it.to_string())),
        local: difference.local.as_ref().map(|it| shortened(&it.to_string())),
        pointer: one_line(&difference.pointer),
        row: *row,
    };
    entry.differences =
        all.iter().zip(places).take(MOST_DIFFERENCES).map(entry_of).collect();
    entry.more = all.len().saturating_sub(MOST_DIFFERENCES);
    let ignored = comparison.ignored.iter();
    entry.ignored = ignored.map(|it| format!("{} ({})", it.reason, it.count)).collect();
}

/// Describes how the end of the call changed.
fn ends(from: &str, to: Option<&str>) -> String {
    match to {
        None => format!("{from} → ?"),
        Some(to) if to == from => format!("{from}, as before"),
        Some(to) => format!("{from} → {to}"),
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
