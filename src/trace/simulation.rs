//! Traces as responses of the lookup tutorial's simulation endpoint.

use std::ops::Range;

use super::event::{Step, Trace};
use super::json::{JsonWriter, PartWriter, write_condition, write_number, write_path};
use super::steps::{Events, Grouped};

/// Appends `{"status", "trace": [{nodeId, nodeName, nodeType, result, output, …}]}` on
/// one line. `result` is always an object; `output` repeats it because clients read
/// either.
pub fn write_simulation(writer: &JsonWriter<'_>, trace: &Trace, out: &mut String) {
    let writer = writer.parts();
    out.push_str("{\"status\":\"");
    out.push_str(trace.status.name());
    out.push_str("\",\"error\":");
    writer.write_call_failure(trace, out);
    out.push_str(",\"elapsedMs\":");
    write_number(trace.elapsed_ms, out);
    out.push_str(",\"trace\":[");
    let mut routing = 0..0;
    Grouped::new(trace).each(|index, step, events| {
        write_step(writer, step, index, events, &mut routing, out);
    });
    out.push_str("],\"routing\":");
    writer.write_last_routing(trace, out);
    out.push_str(",\"variables\":{");
    writer.write_variables(trace, out);
    out.push_str("}}");
}

fn write_step(
    writer: PartWriter<'_>,
    step: &Step,
    index: usize,
    events: &Events<'_>,
    routing: &mut Range<usize>,
    out: &mut String,
) {
    out.push_str(if index == 0 { "{\"sequence\":" } else { ",{\"sequence\":" });
    write_number(i64::try_from(index + 1).unwrap_or(i64::MAX), out);
    out.push(',');
    writer.write_names(step, out);
    out.push_str(",\"result\":{");
    let begin = out.len();
    let has_condition = write_condition(step.path, out);
    if writer.write_result(step, events, has_condition, routing, out).is_open {
        out.push('}');
    }
    let result = begin..out.len();
    out.push_str("},\"output\":{");
    out.extend_from_within(result);
    out.push_str("},\"path\":");
    write_path(step.path, out);
    out.push_str(",\"next\":");
    writer.write_node_id(step.next, out);
    out.push('}');
}
