//! The tasks of a flow, and the loaded common modules and bots, with the variables that
//! they declare.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, Variable};
use crate::flow::called_flow::called_module;
use crate::flow::kinds::{Operation, called_types, recognizes_input};
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

/// A common module, a bot or a voice flow.
pub(super) struct Module<'f> {
    pub(super) flow: &'f ArchitectFlow,
    pub(super) variables: Variables<'f>,
}

impl Module<'_> {
    /// Returns the name of its type for messages, and a short form.
    pub(super) fn words(&self) -> (&'static str, &'static str) {
        if self.flow.is_module() { ("common module", "module") } else { ("bot", "bot") }
    }

    /// Whether a variable may exist without a declaration, like the slots of a bot.
    pub(super) fn may_have(&self, name: &str) -> bool {
        let scope = name.split_once('.').map_or("", |(scope, _)| scope);
        !self.flow.is_module() && scope.eq_ignore_ascii_case("slot")
    }
}

/// The flows that other flows can call, by type and name, ignoring case.
pub(super) struct Modules<'f>(Index<(&'f str, Text), Module<'f>>);

impl<'f> Modules<'f> {
    pub(super) fn of(flows: &'f [ArchitectFlow]) -> Self {
        let mut modules = Index::default();
        let is_callable =
            |flow: &&ArchitectFlow| flow.is_module() || recognizes_input(&flow.flow_type);
        for flow in flows.iter().filter(is_callable) {
            let variables = Variables::of(&flow.variables);
            let key = (flow.flow_type.as_str(), flow.name.value.to_lowercase());
            modules.insert(key, Module { flow, variables });
        }
        Self(modules)
    }

    /// Returns the module or bot that an action calls, if it is loaded.
    pub(super) fn called(&self, action: &Action) -> Option<&Module<'f>> {
        let (types, name): (&[&str], _) = match action.operation()? {
            Operation::CallCommonModule => {
                (&["commonModule"], called_module(action)?.name)
            }
            Operation::CallFlow(setting) => {
                let name = action.settings.get(setting)?.value.text()?;
                (called_types(setting), name)
            }
            _ => return None,
        };
        let name = name.to_lowercase();
        types.iter().find_map(|flow_type| self.0.get(&(*flow_type, Text::from(&*name))))
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
