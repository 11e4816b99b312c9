//! Both sides of a comparison, step beside step.

use serde::Serialize;

use crate::analysis::comparison::{Difference, align};
use crate::diagnostic::visible::one_line;
use crate::trace::observation::{Aspect, Facet, Observation, ObservedStep};

/// How many rows are kept.
const MOST_ROWS: usize = 1_000;

/// How many values of a step.
const MOST_VALUES: usize = 30;

/// How many characters of a text.
const MOST_TEXT: usize = 500;

/// The same step of both sides, or a step of one.
#[derive(Serialize)]
pub(super) struct Row {
    /// Whether it differs, and how: ``, `different`, `missing`, `inserted`, `moved`.
    mark: &'static str,
    recorded: Option<Step>,
    local: Option<Step>,
}

/// A step of one side.
#[derive(Serialize)]
struct Step {
    /// Counted from 1.
    number: usize,
    name: String,
    kind: String,
    time: Option<i64>,
    depth: u16,
    /// What happened, each with what it is: said, pressed, …
    lines: Vec<(&'static str, String)>,
}

/// The rows of both sides, and for each difference the row that it belongs to.
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
        step.facets.iter().take(MOST_VALUES).map(line).collect();
    if let Some(asked) = &step.asked {
        lines.insert(0, ("asked", shortened(asked)));
    }
    if let Some(path) = way(step) {
        lines.push(("way", path));
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

fn way(step: &ObservedStep) -> Option<String> {
    step.path_name.as_ref().or(step.path.as_ref()).map(|path| shortened(path))
}

/// A value of a step, a line.
fn line(facet: &Facet) -> (&'static str, String) {
    let what = match facet.aspect {
        Aspect::Start => "begins with",
        Aspect::Read => "read",
        Aspect::Input => "input",
        Aspect::Heard => "said",
        Aspect::Caller => "caller",
        Aspect::Answer => "answer",
        Aspect::Output => "output",
        Aspect::Set => "set",
        Aspect::Routing => "routing",
        Aspect::Error => "error",
        Aspect::End => "end",
    };
    let value = facet.value.as_ref().map_or_else(|| "hidden".into(), ToString::to_string);
    let text = match &*facet.name {
        "" => value,
        name => format!("{name} = {value}"),
    };
    (what, shortened(&text))
}

/// The beginning, on one line.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}…", one_line(&text[..end])),
        None => one_line(text),
    }
}
