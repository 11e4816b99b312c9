//! Values for which finitely many examples are enough.
//!
//! If the flow uses a value only in tests that [`Observations`] know, such as comparisons
//! with constants, then the tests divide all values into classes: two values of one class
//! lead to the same call. One example of each class, tried in every combination, is a
//! proof. Copies of the value are followed; where it is used in another way, it has no
//! classes.

use std::collections::BTreeSet;

use crate::engine::Relevance;
use crate::expr::architect::{Expression, Observations};
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Action, AttributeList, Attributes, Change, Lookup, Source, Statement, Switch,
};
use crate::program::{Program, Step, StepAction};
use crate::value::{Kind, Type};

use super::external::begins;
use super::liveness::Liveness;
use super::memory::Repeats;
use super::starts::Origin;

/// Built-in variables on which only expressions depend.
const OF_EXPRESSIONS: [&str; 17] = [
    "Call.Ani",
    "Call.CalledAddress",
    "Call.CalledAddressOriginal",
    "Call.RemoteName",
    "Call.UUIData",
    "Call.ExternalTag",
    "Call.InvocationData",
    "Call.ExternalContactId",
    "Call.CustomerExternalOrganizationID",
    "Message.IsNewConversation",
    "Survey.CustomerContact",
    "Survey.CustomerOrganization",
    "Survey.Url",
    "Survey.ConversationType",
    "Survey.CustomerAddress",
    "Workitem.EventType",
    "Workitem.Workitem",
];

/// Whether only expressions depend on a built-in variable, and not the platform itself.
pub(super) fn is_of_expressions(name: &str) -> bool {
    OF_EXPRESSIONS.contains(&name)
}

/// A value that is followed through the reachable steps.
pub(super) struct Trail<'p> {
    program: &'p Program,
    liveness: &'p Liveness,
    repeats: &'p Repeats,
    is_near: &'p [bool],
    /// The variables that may hold the value.
    holders: BTreeSet<u32>,
    observations: Observations,
    /// Whether the value is used in another way.
    is_lost: bool,
}

impl<'p> Trail<'p> {
    pub(super) fn of(origin: &Origin<'p>, kind: Kind) -> Self {
        let Origin { program, liveness, repeats, is_near, ignores_case, .. } = *origin;
        Self {
            program,
            liveness,
            repeats,
            is_near,
            holders: BTreeSet::new(),
            observations: Observations::new(kind, ignores_case),
            is_lost: false,
        }
    }

    /// Returns what the flow observes about the values that these variables hold. Returns
    /// `None` if it uses them in another way.
    pub(super) fn observations(
        mut self,
        holders: BTreeSet<u32>,
        holds: Type,
    ) -> Option<Observations> {
        if holds == Type::one(Kind::Boolean) {
            return Some(self.observations);
        }
        if holds.is_collection {
            return None;
        }
        self.holders = holders;
        loop {
            let before = self.holders.len();
            self.follow();
            if self.is_lost {
                return None;
            }
            if self.holders.len() == before {
                break;
            }
        }
        // A property can observe more than the tests of the flow.
        let observed = &self.liveness.observed;
        let is_held = |variable: &VariableId| self.holders.contains(&variable.0);
        let is_observed = observed.prompts || observed.variables.iter().any(is_held);
        (!is_observed).then_some(self.observations)
    }

    /// Follows the value through every step once.
    fn follow(&mut self) {
        let program = self.program;
        for (index, step) in program.steps.iter().enumerate() {
            let node = NodeId::new(index);
            if self.is_near[node.index()] && !self.is_lost {
                for variable in begins(program, node, step) {
                    self.copied(variable.id, &variable.initial);
                }
                self.step(node, step);
            }
        }
    }

    fn step(&mut self, node: NodeId, step: &Step) {
        let StepAction::Architect(action) = &step.action else {
            self.is_lost = true;
            return;
        };
        match &**action {
            Action::PlayAudio(_) => {}
            Action::UpdateData(statements) => self.statements(node, statements),
            Action::CallTask(call) => {
                self.passed(&call.inputs);
                for (theirs, own) in &call.outputs {
                    if self.holders.contains(&theirs.0) {
                        self.hold(*own, self.observations.is_number_in(theirs.0));
                    }
                }
            }
            Action::CallCommonModule(module) => {
                let returned = module.outputs.iter().filter_map(|it| it.1);
                self.returned(returned);
                self.compared(action, &[]);
            }
            Action::CallFlow(call) => {
                self.returned(call.outputs.iter().map(|it| it.0));
                self.compared(action, &[]);
            }
            Action::Jump(jump) => self.passed(&jump.inputs),
            Action::Switch(switch) => self.switch(switch),
            Action::Attributes(attributes) => self.attributes(node, action, attributes),
            Action::Lookup(lookup) => self.lookup(node, action, lookup),
            Action::Transfer(_) if self.program.in_queue_flows.is_empty() => {
                self.tested(action, &[]);
            }
            Action::Menu(menu) => self.compared(action, &[&menu.audio]),
            Action::CollectInput(it) => {
                self.compared(action, &[&it.audio, &it.verification_audio]);
            }
            Action::Recorded(recorded)
                if matches!(recorded.change, Change::Nothing | Change::EndFlow) => {}
            action => self.compared(action, &[]),
        }
    }

    /// A variable gets a value.
    fn copied(&mut self, variable: VariableId, source: &Source) {
        if !self.mentions(source) {
            return;
        }
        match self.copy(source) {
            Some(is_number) => self.hold(variable, is_number),
            None => self.compare(source),
        }
    }

    /// A variable holds the value, or the number that its digits write.
    fn hold(&mut self, variable: VariableId, is_number: bool) {
        self.is_lost |= self.program.is_built_in(variable);
        self.holders.insert(variable.0);
        if is_number {
            self.observations.add_number_in(variable.0);
        }
    }

    /// Values of these variables continue in the flow that called this one.
    fn returned(&mut self, mut variables: impl Iterator<Item = VariableId>) {
        self.is_lost |= variables.any(|it| self.holders.contains(&it.0));
    }

    fn passed(&mut self, inputs: &[(VariableId, Source)]) {
        inputs.iter().for_each(|(variable, source)| self.copied(*variable, source));
    }

    /// A value that no later step reads is left out, as it is of states.
    fn statements(&mut self, node: NodeId, statements: &[Statement]) {
        for (place, Statement { variable, value }) in statements.iter().enumerate() {
            let Ok(variable) = variable else {
                self.compare(value);
                continue;
            };
            let later = &statements[place + 1..];
            let is_read = self.program.is_built_in(*variable)
                || self.liveness.is_read_after(node, *variable)
                || later.iter().any(|it| reads(&it.value, variable.0));
            if is_read {
                self.copied(*variable, value);
            }
        }
    }

    fn switch(&mut self, switch: &Switch) {
        if let Some(value) = &switch.value
            && self.mentions(&value.source)
        {
            for case in &switch.cases {
                self.is_lost |= !self.equals(&value.source, &case.source);
            }
            return;
        }
        switch.cases.iter().for_each(|case| self.compare(&case.source));
    }

    fn attributes(&mut self, node: NodeId, action: &Action, attributes: &Attributes) {
        match attributes.list {
            AttributeList::Set(_) if !self.liveness.reads_attributes_from(node) => {
                if let Some(owner) = &attributes.owner {
                    self.compare(&owner.conversation);
                    self.compare(&owner.participant);
                }
            }
            _ => self.compared(action, &[]),
        }
    }

    fn lookup(&mut self, node: NodeId, action: &Action, lookup: &Lookup) {
        match lookup {
            Lookup::DataAction(call) => {
                let inputs: Vec<&Source> =
                    match self.liveness.reads_inputs_of_data_actions() {
                        true => Vec::new(),
                        false => call.inputs.iter().map(|(_, source)| source).collect(),
                    };
                self.compared(action, &inputs);
            }
            Lookup::Object(_) | Lookup::Contact(_) | Lookup::DataTable(_)
                if !self.repeats.is_repeated(node) =>
            {
                self.tested(action, &[]);
            }
            _ => self.compared(action, &[]),
        }
    }

    /// An action whose outcome depends on whether its settings are set or empty, if all
    /// outcomes are tried.
    fn tested(&mut self, action: &Action, ignored: &[&Source]) {
        // Fixtures look at the values of settings.
        let is_fixed = self.liveness.reads_inputs_of_data_actions();
        action.each_source(&mut |source| {
            let is_ignored = ignored.iter().any(|it| std::ptr::eq(*it, source));
            match (is_ignored, is_fixed) {
                (true, _) => {}
                (false, true) => self.compare(source),
                (false, false) => self.observe(source, Expression::observe_presence),
            }
        });
    }

    /// An action whose effect depends on its settings, except some of them.
    fn compared(&mut self, action: &Action, ignored: &[&Source]) {
        action.each_source(&mut |source| {
            if !ignored.iter().any(|it| std::ptr::eq(*it, source)) {
                self.compare(source);
            }
        });
    }

    fn compare(&mut self, source: &Source) {
        self.observe(source, Expression::observe);
    }

    fn observe(
        &mut self,
        source: &Source,
        observe: fn(&Expression, u32, &mut Observations) -> bool,
    ) {
        let mut is_lost = false;
        source.each_expression(&mut |expression| {
            for slot in &self.holders {
                is_lost |= !observe(expression, *slot, &mut self.observations);
            }
        });
        self.is_lost |= is_lost;
    }

    /// Whether a comparison of an expression with a constant is a test of the value.
    fn equals(&mut self, source: &Source, case: &Source) -> bool {
        let (Source::Expression(expression), Source::Constant(constant)) = (source, case)
        else {
            return false;
        };
        let observations = &mut self.observations;
        let mut holders = self.holders.iter();
        holders.all(|slot| expression.observe_equality(constant, *slot, observations))
    }

    fn mentions(&self, source: &Source) -> bool {
        self.holders.iter().any(|slot| reads(source, *slot))
    }

    /// Whether a source is nothing but a variable that holds the value, or `ToInt` of it.
    /// Returns `None` for other sources, and otherwise whether the result is the number.
    fn copy(&mut self, source: &Source) -> Option<bool> {
        let Source::Expression(expression) = source else { return None };
        let variables = expression.variables();
        let [slot] = variables[..] else { return None };
        if !self.holders.contains(&slot) {
            return None;
        }
        if expression.is_variable() {
            return Some(self.observations.is_number_in(slot));
        }
        expression.observe_conversion(slot, &mut self.observations).then_some(true)
    }
}

fn reads(source: &Source, slot: u32) -> bool {
    let mut is_read = false;
    source.each_expression(&mut |it| is_read |= it.variables().contains(&slot));
    is_read
}
