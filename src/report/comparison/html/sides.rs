//! Both sides of a comparison, aligned step by step.

use serde::Serialize;

use crate::analysis::comparison::{Difference, align};
use crate::diagnostic::visible::one_line;
use crate::trace::observation::{Attribute, Observation, ObservedStep};

/// Maximum number of rows.
const MOST_ROWS: usize = 1_000;

/// Maximum number of values per step.
const MOST_VALUES: usize = 30;

/// Maximum number of characters per value.
const MOST_TEXT: usize = 500;

/// A step of both sides, or of one side.
#[derive(Serialize)]
pub(super) struct Row {
    /// Kind of difference: empty, `different`, `missing`, `inserted` or `moved`.
    mark: &'static str,
    recorded: Option<Step>,
    local: Option<Step>,
}

/// A step of one side.
#[derive(Serialize)]
struct Step {
    /// Step number, counted from 1.
    number: usize,
    name: String,
    kind: String,
    time: Option<i64>,
    depth: u16,
    /// Events of the step, each with its kind: prompt, input, …
    lines: Vec<(&'static str, String)>,
}

/// Returns the rows of both sides, and for each difference the row that it belongs to.
pub(super) fn rows(
    recorded: &Observation,
    local: &Observation,
    differences: &[Difference],
) -> (Vec<Row>, Vec<Option<usize>>) {
    let aligned = align(&recorded.steps, &local.steps);
    let mut rows: Vec<Row> = aligned
        .iter()
        .take(MOST_ROWS)
        .map(|row| Row {
            mark: if row.is_moved { "moved" } else { "" },
            recorded: row.recorded.and_then(|at| step(recorded, at)),
            local: row.local.and_then(|at| step(local, at)),
        })
        .collect();
    let place = |difference: &Difference| {
        let is_it = |own: Option<usize>, step: Option<usize>| {
            step.is_some() && own.map(|at| at + 1) == step
        };
        aligned.iter().take(MOST_ROWS).position(|row| match difference.step {
            Some(_) => is_it(row.recorded, difference.step),
            None => is_it(row.local, difference.local_step),
        })
    };
    let places: Vec<Option<usize>> = differences.iter().map(place).collect();
    for row in places.iter().flatten() {
        if let Some(row) = rows.get_mut(*row).filter(|row| row.mark.is_empty()) {
            row.mark = match (&row.recorded, &row.local) {
                (Some(_), None) => "missing",
                (None, Some(_)) => "inserted",
                _ => "different",
            };
        }
    }
    (rows, places)
}

fn step(side: &Observation, at: usize) -> Option<Step> {
    let step = side.steps.get(at)?;
    let mut lines: Vec<(&'static str, String)> =
        step.attributes.iter().take(MOST_VALUES).map(line).collect();
    if let Some(request) = &step.request {
        lines.insert(0, ("requested", shortened(request)));
    }
    if let Some(path) = path_of_step(step) {
        lines.push(("path", path));
    }
    Some(Step {
        number: at + 1,
        name: one_line(step.label()),
        kind: one_line(&step.kind),
        time: step.start_ms,
        depth: step.depth.unwrap_or_default(),
        lines,
    })
}

fn path_of_step(step: &ObservedStep) -> Option<String> {
    step.path_name.as_ref().or(step.path.as_ref()).map(|path| shortened(path))
}

/// Formats a value of a step as one line.
fn line(attribute: &Attribute) -> (&'static str, String) {
    let value =
        attribute.value.as_ref().map_or_else(|| "hidden".into(), ToString::to_string);
    let text = match &*attribute.name {
        "" => value,
        name => format!("{name} = {value}"),
    };
    (attribute.kind.name(), shortened(&text))
}

/// Returns the beginning of the text on one line.
pub(super) fn shortened(text: &str) -> String {
    one_line(&crate::value::shortened(text, MOST_TEXT))
}
