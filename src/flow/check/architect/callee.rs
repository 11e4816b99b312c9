//! The tasks of a flow and the loaded common modules, with the variables that they
//! declare.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::unknown_module;
use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, Variable};
use crate::flow::place::Place;
use crate::value::{Text, Type};

type Index<K, V> = IndexMap<K, V, FxBuildHasher>;

/// Variables by name, ignoring case.
pub(super) struct Variables<'f>(Index<Text, &'f Variable>);

impl<'f> Variables<'f> {
    fn of(variables: &'f [Variable]) -> Self {
        let named = variables.iter().map(|it| (it.name.value.to_lowercase(), it));
        Self(named.collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&'f Variable> {
        self.0.get(name.to_lowercase().as_str()).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'f Variable> {
        self.0.values().copied()
    }
}

/// A common module.
pub(super) struct Module<'f> {
    pub(super) flow: &'f ArchitectFlow,
    pub(super) variables: Variables<'f>,
}

/// The common modules among flows, by name, ignoring case.
pub(super) struct Modules<'f>(Index<Text, Module<'f>>);

impl<'f> Modules<'f> {
    pub(super) fn of(flows: &'f [ArchitectFlow]) -> Self {
        let modules = flows.iter().filter(|flow| flow.is_module());
        let module = |flow: &'f ArchitectFlow| {
            let variables = Variables::of(&flow.variables);
            (flow.name.value.to_lowercase(), Module { flow, variables })
        };
        Self(modules.map(module).collect())
    }

    /// Returns the module that an action calls, if it is loaded.
    pub(super) fn called(&self, action: &Action) -> Option<&Module<'f>> {
        let (name, _) = unknown_module::called(action)?;
        self.0.get(name.to_lowercase().as_str())
    }

    /// Returns the type of the module input that receives the value at a place, if the
    /// module is loaded.
    pub(super) fn required_type(&self, place: &Place<'_, '_>) -> Option<Type> {
        let (["inputs", name], Some(action)) = (place.path, place.action()) else {
            return None;
        };
        self.called(action)?.variables.get(name).map(|variable| variable.value_type)
    }
}

/// A task.
pub(super) struct Task<'f> {
    pub(super) unit: &'f Unit,
    pub(super) variables: Variables<'f>,
}

/// The units of a flow by key.
pub(super) struct Tasks<'f>(Index<&'f str, Task<'f>>);

impl<'f> Tasks<'f> {
    pub(super) fn of(flow: &'f ArchitectFlow) -> Self {
        let mut tasks = Index::default();
        for unit in &flow.units {
            // Of units with the same key, the first one counts.
            tasks.entry(unit.key.as_str()).or_insert_with(|| {
                let variables = Variables::of(&unit.variables);
                Task { unit, variables }
            });
        }
        Self(tasks)
    }

    /// Returns the task that an action calls.
    pub(super) fn called(&self, action: &Action) -> Option<&Task<'f>> {
        match &action.settings.get("targetTaskRef")?.value {
            Setting::Unit(reference) => self.0.get(reference.unit.as_deref()?),
            _ => None,
        }
    }
}
