//! Comparison of whole calls: destination, status, final variables and duration.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::compare::{Found, VOLATILE, Walk, text};
use super::equal::is_close;
use super::report::{Difference, DifferenceKind};
use crate::trace::observation::{
    AttributeKind, Observation, ObservedError, Source, escaped,
};
use crate::value::{Json, Text};

impl<'o> Walk<'o, '_> {
    /// Compares the whole call.
    pub(super) fn call(&mut self) {
        let (one, two) = (self.recorded, self.local);
        let (from, to) = destinations(one, two);
        let is_routing_known = one.known.has(AttributeKind::Routing)
            && two.known.has(AttributeKind::Routing);
        // The call continued after the last step of a document that ends early.
        let is_cut = one.is_truncated || two.is_truncated;
        self.ignore("end of the call", usize::from(is_cut));
        if is_routing_known && !is_cut && from != to {
            let is_hidden = |name: &Text| (self.rules.redacted)(name);
            match from.iter().chain(&to).any(is_hidden) {
                true => self.ignore("hidden or redacted", 1),
                false => self.destination(from, to),
            }
        }
        if let (Some(status), Some(local)) = (&one.status, &two.status) {
            self.text(DifferenceKind::Status, "/status", Some(status), Some(local));
            let code = |side: &'o Observation| {
                side.error.as_ref().and_then(ObservedError::label)
            };
            match one.knows_error && two.knows_error {
                true => {
                    let codes = (code(one), code(two));
                    self.text(DifferenceKind::CallError, "/error/code", codes.0, codes.1);
                }
                false => self.ignore("error of the call", 1),
            }
        }
        self.final_variables();
        self.elapsed(one, two);
    }

    fn elapsed(&mut self, one: &Observation, two: &Observation) {
        if let (Some(elapsed), Some(local)) = (one.elapsed_ms, two.elapsed_ms) {
            match self.rules.time_ms {
                _ if elapsed == local => {}
                None => self.ignore("times", 1),
                Some(most) if is_close(elapsed, local, most) => {
                    self.ignore("tolerated", 1);
                }
                Some(_) => {
                    let values = (Some(elapsed.into()), Some(local.into()));
                    let pointer = match one.source {
                        Source::Document => "/flow/endDateTime",
                        _ => "/elapsedMs",
                    };
                    self.of_call(DifferenceKind::Elapsed, "", pointer.into(), values);
                }
            }
        }
    }

    fn destination(&mut self, from: Option<Text>, to: Option<Text>) {
        let (one, two) = (self.recorded.destination(), self.local.destination());
        let pointer = match (one, two) {
            (Some((at, _)), _) => self.recorded.step_pointer(at),
            (None, Some((at, _))) => self.local.step_pointer(at),
            (None, None) => String::new(),
        };
        let values = (from.as_ref().map(text), to.as_ref().map(text));
        self.of_call(DifferenceKind::Destination, "", pointer, values);
    }

    fn text(
        &mut self,
        kind: DifferenceKind,
        pointer: &str,
        one: Option<&Text>,
        two: Option<&Text>,
    ) {
        if one != two {
            self.of_call(kind, "", pointer.into(), (one.map(text), two.map(text)));
        }
    }

    fn final_variables(&mut self) {
        let (Some(recorded), Some(local)) =
            (&self.recorded.variables, &self.local.variables)
        else {
            return;
        };
        if recorded == local {
            return;
        }
        // Recorded and local value of a name.
        type Sides<'o> = (Option<&'o Option<Json>>, Option<&'o Option<Json>>);
        let mut all: IndexMap<&Text, Sides<'o>, FxBuildHasher> = IndexMap::default();
        for (name, value) in recorded {
            all.entry(name).or_default().0 = Some(value);
        }
        for (name, value) in local {
            all.entry(name).or_default().1 = Some(value);
        }
        for (name, (one, two)) in all {
            if matches!((one, two), (Some(None), _) | (_, Some(None))) {
                self.ignore("hidden or redacted", 1);
            } else if VOLATILE.contains(&name.as_str()) {
                self.ignore("ids and times of the run", 1);
            } else {
                let value =
                    |side: Option<&'o Option<Json>>| side.and_then(Option::as_ref);
                self.final_variable(name, value(one), value(two));
            }
        }
    }

    fn final_variable(
        &mut self,
        name: &Text,
        one: Option<&'o Json>,
        two: Option<&'o Json>,
    ) {
        for leaf in self.leaves(false, one, two).found {
            let pointer = format!("/variables/{}{}", escaped(name), leaf.pointer);
            let values = (leaf.recorded.cloned(), leaf.local.cloned());
            self.of_call(DifferenceKind::FinalVariable, name, pointer, values);
        }
    }

    fn of_call(
        &mut self,
        kind: DifferenceKind,
        name: &str,
        pointer: String,
        (recorded, local): (Option<Json>, Option<Json>),
    ) {
        let difference = Difference {
            kind,
            name: name.into(),
            step: None,
            local_step: None,
            node_id: None,
            node_name: None,
            pointer,
            recorded,
            local,
        };
        let found = Found { difference, row: None, recorded: None, local: None };
        self.differ(found, None);
    }
}

/// Returns the destinations of both sides in comparable form: the names of queues, or the
/// ids if one side has no name.
fn destinations(one: &Observation, two: &Observation) -> (Option<Text>, Option<Text>) {
    if one.destination().is_some() && two.destination().is_some() {
        let (from, to) = one.endings(two);
        return (Some(from), Some(to));
    }
    let name = |side: &Observation| side.destination().map(|(_, name)| name.clone());
    (name(one), name(two))
}
