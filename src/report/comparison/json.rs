//! Comparisons as JSON: `flowsim.comparisons/1`, or `flowsim.comparison/1` for one
//! recording.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::ComparisonReporter;
use crate::analysis::comparison::Comparison;
use crate::diagnostic::{Finding, findings};
use crate::report::words::path_of;
use crate::runner::{About, Compared, Group, Stale, Summary};

/// Name and version of the format for several recordings.
const SCHEMA: &str = "flowsim.comparisons/1";

/// Writes a document, one recording at a time.
pub struct Json<W> {
    out: W,
    is_alone: bool,
    count: usize,
}

impl<W: Write> Json<W> {
    /// Creates a document of one recording (`is_alone`) or of several.
    pub fn new(out: W, is_alone: bool) -> Self {
        Self { out, is_alone, count: 0 }
    }
}

/// A recording in a document of several.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'c> {
    recording: String,
    id: Option<&'c str>,
    flow: Option<Flow<'c>>,
    recorded_at: Option<&'c str>,
    recorded_end: Option<&'c str>,
    local_end: Option<&'c str>,
    stale: Vec<StaleEntry<'c>>,
    comparison: Option<&'c Comparison>,
    findings: Vec<Finding<'c>>,
}

/// Reason why a recording is stale. Keys that do not belong to the reason are omitted.
#[derive(Serialize)]
struct StaleEntry<'c> {
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<&'c str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<&'c str>,
}

#[derive(Serialize)]
struct Flow<'c> {
    id: Option<&'c str>,
    name: Option<&'c str>,
    version: Option<&'c str>,
}

/// Summary of all recordings.
#[derive(Serialize)]
struct Total<'c> {
    total: usize,
    equal: usize,
    different: usize,
    unreplayable: usize,
    unreadable: usize,
    elsewhere: usize,
    stale: &'c BTreeMap<&'static str, usize>,
    unchecked: &'c BTreeMap<&'static str, usize>,
    groups: Vec<GroupEntry<'c>>,
}

#[derive(Serialize)]
struct GroupEntry<'c> {
    from: &'c str,
    to: Option<&'c str>,
    at: Option<&'c str>,
    count: usize,
    why: Option<&'c str>,
    example: String,
}

impl<W: Write> ComparisonReporter for Json<W> {
    fn compared(&mut self, compared: &Compared) -> io::Result<()> {
        if self.is_alone {
            return match &compared.result {
                Ok(it) => self.out.write_all(it.comparison.to_json().as_bytes()),
                // Reported on standard error, with its place.
                Err(_) => Ok(()),
            };
        }
        if self.count == 0 {
            write!(self.out, "{{\"schema\":\"{SCHEMA}\",\"recordings\":[")?;
        }
        let separator = if self.count == 0 { "\n" } else { ",\n" };
        self.out.write_all(separator.as_bytes())?;
        self.count += 1;
        serde_json::to_writer(&mut self.out, &entry(compared)).map_err(io::Error::from)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        if self.is_alone {
            return self.out.flush();
        }
        self.out.write_all(b"\n],\"summary\":")?;
        serde_json::to_writer(&mut self.out, &total(summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

fn entry(compared: &Compared) -> Entry<'_> {
    let about = compared.about.as_ref();
    let judgement = compared.result.as_ref().ok();
    let stale = about.map_or(&[] as &[_], |about| &about.stale);
    Entry {
        recording: path_of(&compared.path),
        id: about.map(|about| &*about.id),
        flow: about.map(flow),
        recorded_at: about.and_then(|about| about.recorded_at.as_deref()),
        recorded_end: judgement.map(|it| &*it.recorded_end),
        local_end: judgement.and_then(|it| it.local_end.as_deref()),
        stale: stale.iter().map(stale_entry).collect(),
        comparison: judgement.map(|it| &it.comparison),
        findings: match &compared.result {
            Ok(_) => Vec::new(),
            Err(problem) => findings(&problem.diagnostics, &problem.files).findings,
        },
    }
}

fn stale_entry(stale: &Stale) -> StaleEntry<'_> {
    let (recorded, local, nodes) = match stale {
        Stale::Old | Stale::Unmatched => (None, None, Vec::new()),
        Stale::Version { recorded, local } => (Some(&**recorded), Some(&**local), vec![]),
        Stale::Unused(nodes) => (None, None, nodes.iter().map(|node| &**node).collect()),
    };
    StaleEntry { reason: stale.name(), recorded, local, nodes }
}

fn flow(about: &About) -> Flow<'_> {
    let flow = &about.flow;
    Flow {
        id: flow.id.as_deref(),
        name: flow.name.as_deref(),
        version: flow.version.as_deref(),
    }
}

fn total(summary: &Summary) -> Total<'_> {
    Total {
        total: summary.total,
        equal: summary.equal,
        different: summary.different,
        unreplayable: summary.unreplayable,
        unreadable: summary.unreadable,
        elsewhere: summary.elsewhere(),
        stale: &summary.stale,
        unchecked: &summary.unchecked,
        groups: summary.groups().into_iter().map(group_entry).collect(),
    }
}

fn group_entry(group: &Group) -> GroupEntry<'_> {
    GroupEntry {
        from: &group.from,
        to: group.to.as_deref(),
        at: group.at.as_deref(),
        count: group.count,
        why: group.why.as_deref(),
        example: path_of(&group.example),
    }
}
