//! Variations of known calls, for mutants that no known call detects: the call starts with
//! another value, or a number in a result of a data action is one larger or smaller.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::Call;
use crate::explore::Witness;
use crate::explore::analysed::Analysed;
use crate::explore::starts::Given;
use crate::flow::FlowId;
use crate::value::Json;

/// The largest number of variations of a call.
const MOST_VARIATIONS: usize = 100;

/// The values that calls may have when they start.
#[derive(Debug)]
pub(super) struct Variations {
    of_flows: BTreeMap<FlowId, Vec<Given>>,
    /// Whether the answers of the fixtures are the only ones.
    pub(super) is_fixed: bool,
}

impl Variations {
    /// Finds the values that the flows in which these calls start may read.
    pub(super) fn of(analysed: &Analysed<'_>, calls: &[Call], is_fixed: bool) -> Self {
        let givens = |call: &Call| {
            let reached = analysed.reached(call.flow());
            (call.flow(), analysed.origin(&reached).givens(is_fixed))
        };
        Self { of_flows: calls.iter().map(givens).collect(), is_fixed }
    }

    /// Returns the variations of a call that starts in a flow.
    pub(super) fn of_call(&self, start: FlowId, witness: &Witness) -> Vec<Witness> {
        let mut varied = if self.is_fixed { Vec::new() } else { answers(witness) };
        let givens = self.of_flows.get(&start).into_iter().flatten();
        varied.extend(givens.flat_map(|given| given.variations(witness)));
        varied.truncate(MOST_VARIATIONS);
        varied
    }

    /// Returns everything that decides the variations of calls that start in a flow, as text.
    pub(super) fn identity(&self, start: FlowId) -> String {
        format!("{} {:?}", self.is_fixed, self.of_flows.get(&start))
    }
}

/// Returns the variations of a call in which one whole number of a result of a data action
/// is one larger or smaller.
fn answers(witness: &Witness) -> Vec<Witness> {
    let mut found = Vec::new();
    for place in 0.. {
        for by in [1, -1] {
            let mut changed = witness.clone();
            let Some(Json::Object(document)) = &mut changed.fixtures else {
                return found;
            };
            let actions = Arc::make_mut(document).get_mut("dataActions");
            let mut left = place;
            if !actions.is_some_and(|it| add(it, false, &mut left, by)) {
                return found;
            }
            found.push(changed);
        }
    }
    found
}

/// Adds to the whole number at this place among those in outputs. Returns whether there is
/// one.
fn add(json: &mut Json, is_output: bool, place: &mut usize, by: i64) -> bool {
    match json {
        Json::Integer(number) if is_output && *place == 0 => {
            *number = number.saturating_add(by);
            true
        }
        Json::Integer(_) if is_output => {
            *place -= 1;
            false
        }
        Json::Array(items) => {
            let mut items = Arc::make_mut(items).iter_mut();
            items.any(|item| add(item, is_output, place, by))
        }
        Json::Object(members) => {
            let mut members = Arc::make_mut(members).iter_mut();
            members.any(|(name, value)| {
                add(value, is_output || &**name == "output", place, by)
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    #[test]
    fn numbers_of_results_are_varied_one_by_one() {
        let text = r#"{"actions": {"B": [{"output": {"n": 5}}]}, "dataActions": {"A": [{"status": 200, "output": {"n": 1, "l": [7], "s": "x"}}]}}"#;
        let file = Files::new().add("a.json", text);
        let fixtures = crate::flow::read::json(&read_json(&file).unwrap());
        let witness = Witness { fixtures: Some(fixtures), ..Witness::default() };
        let varied = answers(&witness).into_iter();
        let shown: Vec<String> =
            varied.map(|it| it.fixtures.unwrap().to_string()).collect();
        let with = |n: i64, l: i64| {
            let compact = text.replace(": ", ":").replace(", ", ",");
            compact
                .replace("\"n\":1", &format!("\"n\":{n}"))
                .replace("[7]", &format!("[{l}]"))
        };
        assert_eq!(shown, [with(2, 7), with(0, 7), with(1, 8), with(1, 6)]);
        assert_eq!(answers(&Witness::default()), []);
    }
}
