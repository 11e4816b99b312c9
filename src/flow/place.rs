//! Every value that an author set in a flow, with its place.

use super::architect::{
    Action, ArchitectFlow, Output, Setting, Settings, Unit, Variable,
};
use super::model::Spanned;
use crate::source::{Span, nested};

/// The owner of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'f> {
    /// The flow.
    Flow,
    /// The unit.
    Unit,
    /// An action.
    Action(&'f Action),
    /// A case of a switch.
    Case(&'f Action),
    /// A variable, which owns its initial value.
    Variable(&'f Variable),
}

/// A value and its place in the flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'f, 'p> {
    /// The unit that contains it.
    pub(super) unit: Option<&'f Unit>,
    /// The owner.
    pub(super) owner: Owner<'f>,
    /// The names of the enclosing settings, outermost first, with its own name last.
    /// Lists have no names.
    pub(super) path: &'p [&'f str],
    /// The position of its name, if it has one and an author wrote it.
    pub(super) name: Option<Span>,
    /// The value.
    pub(super) setting: &'f Spanned<Setting>,
}

impl<'f> Place<'f, '_> {
    /// Returns the action that owns the value, if any.
    pub(super) fn action(&self) -> Option<&'f Action> {
        match self.owner {
            Owner::Action(action) | Owner::Case(action) => Some(action),
            Owner::Flow | Owner::Unit | Owner::Variable(_) => None,
        }
    }

    /// Returns the author's name for the owner: an action, a variable or a unit.
    pub(super) fn title(&self) -> Option<&'f str> {
        match (self.owner, self.unit) {
            (Owner::Action(action) | Owner::Case(action), _) => Some(action.title()),
            (Owner::Variable(variable), _) => Some(&variable.name.value),
            (Owner::Unit, Some(unit)) => Some(&unit.name),
            _ => None,
        }
    }
}

/// Calls `visit` on every value of a flow.
pub(super) fn each<'f>(flow: &'f ArchitectFlow, visit: &mut dyn FnMut(&Place<'f, '_>)) {
    let mut walk =
        Walk { unit: None, owner: Owner::Flow, path: Vec::new(), name: None, visit };
    walk.variables(&flow.variables);
    walk.settings(&flow.settings);
    for unit in &flow.units {
        of_unit(unit, walk.visit);
    }
}

/// Calls `visit` on every value of a unit.
pub(super) fn of_unit<'f>(unit: &'f Unit, visit: &mut dyn FnMut(&Place<'f, '_>)) {
    let mut walk = Walk {
        unit: Some(unit),
        owner: Owner::Unit,
        path: Vec::new(),
        name: None,
        visit,
    };
    walk.variables(&unit.variables);
    walk.settings(&unit.settings);
    walk.actions(&unit.actions);
    for choice in &unit.choices {
        walk.actions(std::slice::from_ref(&choice.action));
    }
}

/// Calls `visit` on every value of the flow outside its units.
pub(super) fn of_flow<'f>(
    flow: &'f ArchitectFlow,
    visit: &mut dyn FnMut(&Place<'f, '_>),
) {
    Walk { unit: None, owner: Owner::Flow, path: Vec::new(), name: None, visit }
        .settings(&flow.settings);
}

struct Walk<'f, 'v> {
    unit: Option<&'f Unit>,
    owner: Owner<'f>,
    path: Vec<&'f str>,
    /// The position of the name of the next value.
    name: Option<Span>,
    visit: &'v mut dyn FnMut(&Place<'f, '_>),
}

/// Recurses with the nesting of the actions, and of the values in settings.
impl<'f> Walk<'f, '_> {
    fn variables(&mut self, variables: &'f [Variable]) {
        let owner = self.owner;
        for variable in variables {
            self.owner = Owner::Variable(variable);
            if let Some(initial) = &variable.initial {
                self.setting(initial);
            }
        }
        self.owner = owner;
    }

    fn actions(&mut self, actions: &'f [Action]) {
        for action in actions {
            self.owner = Owner::Action(action);
            self.settings(&action.settings);
            for output in &action.outputs {
                self.output(action, output);
            }
        }
    }

    fn output(&mut self, action: &'f Action, output: &'f Output) {
        if let Some(value) = &output.value {
            self.owner = Owner::Case(action);
            self.setting(value);
        }
        nested(|| self.actions(&output.actions));
    }

    fn settings(&mut self, settings: &'f Settings) {
        for (name, setting) in &settings.entries {
            self.path.push(name);
            self.name = name.span;
            self.setting(setting);
            self.path.pop();
        }
    }

    fn setting(&mut self, setting: &'f Spanned<Setting>) {
        let (unit, owner, path) = (self.unit, self.owner, &self.path);
        let name = self.name.take();
        (self.visit)(&Place { unit, owner, path, name, setting });
        match &setting.value {
            Setting::List(items) => items.iter().for_each(|item| self.setting(item)),
            Setting::Group(settings) => self.settings(settings),
            Setting::Audio(audio) => {
                self.setting(&audio.default);
                audio.alternates.iter().for_each(|(_, audio)| self.setting(audio));
            }
            _ => {}
        }
    }
}
