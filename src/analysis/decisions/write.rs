//! Writer of decisions: JSON lines, CSV rows, and Elasticsearch bulk requests.

use std::path::Path;

use super::Decision;
use crate::value::{derived_id, write_json_string};

/// Keys of a document and columns of a table, in order.
pub(super) const HEADER: [&str; 6] = [
    "timestamp",
    "flowInstanceId",
    "dtmf",
    "queue_occupancy",
    "routing_decision",
    "state",
];

/// The format of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON object per line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

impl Form {
    /// Returns the format for a file name: `.csv` files are tables.
    pub fn of(path: &Path) -> Self {
        let is_table = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_table { Self::Csv } else { Self::Ndjson }
    }
}

/// Returns whether a file that starts like this is a log of decisions.
pub fn is_beginning(start: &str) -> bool {
    let [timestamp, instance, dtmf, ..] = HEADER;
    let object = start.strip_prefix(&format!("{{\"{timestamp}\":\""));
    let continues = format!("\",\"{instance}\":\"");
    object.is_some_and(|rest| rest.contains(&continues))
        || start.starts_with(&format!("{timestamp},{instance},{dtmf},"))
}

/// Appends the document as JSON, and a line break.
pub fn write_line(decision: &Decision, out: &mut String) {
    write_object(decision, out);
    out.push('\n');
}

fn write_object(decision: &Decision, out: &mut String) {
    let occupancy = decision.queue_occupancy.map(|number| number.to_string());
    let [timestamp, instance, dtmf, queue_occupancy, routing_decision, state] = HEADER;
    for (before, key, text) in [
        ('{', timestamp, Some(&decision.timestamp)),
        (',', instance, Some(&decision.flow_instance_id)),
        (',', dtmf, Some(&decision.dtmf)),
        (',', queue_occupancy, None),
        (',', routing_decision, Some(&decision.routing_decision)),
        (',', state, Some(&decision.state)),
    ] {
        out.push(before);
        write_json_string(key, out);
        out.push(':');
        match text {
            Some(text) => write_json_string(text, out),
            None => out.push_str(occupancy.as_deref().unwrap_or("null")),
        }
    }
    out.push('}');
}

/// Appends rows, after the header if `with_header` is set.
pub fn write_csv(decisions: &[Decision], with_header: bool, out: &mut String) {
    let mut rows = csv::Writer::from_writer(Vec::new());
    // Writing to a vector cannot fail, and all rows have the same length.
    if with_header {
        let _ = rows.write_record(HEADER);
    }
    for decision in decisions {
        let occupancy = decision.queue_occupancy.map(|number| number.to_string());
        let _ = rows.write_record([
            decision.timestamp.as_str(),
            &decision.flow_instance_id,
            &decision.dtmf,
            occupancy.as_deref().unwrap_or_default(),
            &decision.routing_decision,
            &decision.state,
        ]);
    }
    let rows = rows.into_inner().unwrap_or_default();
    out.push_str(&String::from_utf8_lossy(&rows));
}

/// Returns the body of a `_bulk` request to an Elasticsearch-compatible store. `first` is
/// the number of the first document in its log. The ids are derived from numbers and
/// documents, so that repeating a request changes nothing.
pub fn bulk(decisions: &[Decision], first: u64, index: &str) -> String {
    let mut out = String::new();
    for (number, decision) in (first..).zip(decisions) {
        let mut object = String::new();
        write_object(decision, &mut object);
        out.push_str("{\"index\":{\"_index\":");
        write_json_string(index, &mut out);
        out.push_str(",\"_id\":");
        write_json_string(&derived_id(&format!("{number} {object}")), &mut out);
        out.push_str("}}\n");
        out.push_str(&object);
        out.push('\n');
    }
    out
}
