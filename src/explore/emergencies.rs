//! Emergencies that are tried: people switch an emergency group on and off at any time, so
//! each one that the flow evaluates is once in the other state than in the fixtures.

use std::sync::Arc;

use crate::engine::Call;
use crate::program::architect::{Action, Lookup, Source};
use crate::program::{Program, StepAction};
use crate::value::{Json, Kind, Text};
use crate::world::Fixtures;

use super::witness::Witness;

/// The largest number of emergency groups that are tried.
const MOST_GROUPS: usize = 8;

/// The section of emergency groups in a fixtures document.
const SECTION: &str = "emergencyGroups";

/// Fixtures in which an emergency group has its other state.
#[derive(Debug, Clone)]
pub(super) struct Emergency {
    /// The group and its state, as a fixtures document.
    document: Json,
    pub(super) fixtures: Arc<Fixtures>,
    /// Whether the group is active now.
    pub(super) is_active: bool,
}

impl Emergency {
    fn of(group: &Text, was_active: bool, fixtures: &Fixtures) -> Self {
        let is_active = !was_active;
        let state = Json::object([("enabled".into(), Json::Boolean(is_active))]);
        let groups = Json::object([(group.clone(), state)]);
        Self::with(Json::object([(SECTION.into(), groups)]), is_active, fixtures)
    }

    fn with(document: Json, is_active: bool, fixtures: &Fixtures) -> Self {
        let changed = Witness { fixtures: Some(document.clone()), ..Witness::default() };
        Self { document, fixtures: Arc::new(changed.over(fixtures)), is_active }
    }

    /// Returns the states of emergency groups that a known call has.
    pub(super) fn known(witness: &Witness, fixtures: &Fixtures) -> Option<Self> {
        let groups = witness.fixtures.as_ref()?.get(SECTION)?;
        let Json::Object(states) = groups else { return None };
        let on = Json::Boolean(true);
        let is_active = states.values().any(|state| state.get("enabled") == Some(&on));
        let document = Json::object([(SECTION.into(), groups.clone())]);
        Some(Self::with(document, is_active, fixtures))
    }

    /// Returns the call in the organisation with this state.
    pub(super) fn call(&self, call: &Call) -> Call {
        call.clone().in_organisation(Arc::clone(&self.fixtures))
    }

    /// Adds the state to the fixtures of a call that was found.
    pub(super) fn give(&self, witness: &mut Witness) {
        match (&mut witness.fixtures, &self.document) {
            (Some(Json::Object(all)), Json::Object(own)) => {
                let own = own.iter().map(|(name, value)| (name.clone(), value.clone()));
                Arc::make_mut(all).extend(own);
            }
            (fixtures, document) => *fixtures = Some(document.clone()),
        }
    }
}

/// Returns the fixtures with each emergency group in its other state, if they define it and
/// reachable steps evaluate it.
pub(super) fn emergencies(
    program: &Program,
    is_near: &[bool],
    fixtures: &Fixtures,
) -> Vec<Emergency> {
    let mut groups: Vec<&Text> = Vec::new();
    for (step, _) in program.steps.iter().zip(is_near).filter(|(_, is_near)| **is_near) {
        let StepAction::Architect(action) = &step.action else { continue };
        let source = match &**action {
            Action::Lookup(Lookup::Schedule(schedule)) => &schedule.object,
            Action::Lookup(Lookup::ScheduleGroup(group)) => &group.emergency,
            _ => continue,
        };
        if let Source::Named(Kind::EmergencyGroup, name) = source
            && !groups.contains(&name)
        {
            groups.push(name);
        }
    }
    let known = groups.into_iter().filter_map(|group| {
        let is_active = fixtures.emergency_group_is_active(group)?;
        Some(Emergency::of(group, is_active, fixtures))
    });
    known.take(MOST_GROUPS).collect()
}
