//! Values of a call for which finitely many examples are enough.
//!
//! If the flow uses a value only to compare it with constants, and to test whether it is set
//! or empty, then the constants divide all values into classes: two values of one class lead
//! to the same call. One example of each class, tried in every combination, is a proof.
//! Copies of the value are followed; where it is used in another way, it has no classes.

use std::collections::BTreeSet;

use crate::engine::Relevance;
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{
    Action, AttributeList, Attributes, Change, Lookup, Source, Statement, Switch,
};
use crate::program::{Program, Step, StepAction};
use crate::value::{Json, Kind, Text, Type, Value};

use super::external::begins;
use super::liveness::Liveness;
use super::memory::Repeats;

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

/// A string that equals no constant of a flow.
const OTHER: &str = "any other value";

/// A value that is followed through the reachable steps.
pub(super) struct Trail<'p> {
    program: &'p Program,
    liveness: &'p Liveness,
    repeats: &'p Repeats,
    is_near: &'p [bool],
    /// The variables that may hold the value.
    holders: BTreeSet<u32>,
    strings: BTreeSet<Text>,
    integers: BTreeSet<i64>,
    /// Whether the value is compared with something else.
    is_lost: bool,
}

impl<'p> Trail<'p> {
    pub(super) fn of(
        program: &'p Program,
        liveness: &'p Liveness,
        repeats: &'p Repeats,
        is_near: &'p [bool],
    ) -> Self {
        Self {
            program,
            liveness,
            repeats,
            is_near,
            holders: BTreeSet::new(),
            strings: BTreeSet::new(),
            integers: BTreeSet::new(),
            is_lost: false,
        }
    }

    /// Returns an example of each class of the values that these variables hold, apart from
    /// NOT_SET. Returns `None` if there are no classes, or too many.
    pub(super) fn classes(
        mut self,
        holders: BTreeSet<u32>,
        holds: Type,
    ) -> Option<Vec<Json>> {
        let whole = |values: &[Json]| Some(values.to_vec());
        let truths = [Json::Boolean(true), Json::Boolean(false)];
        if holds == Type::one(Kind::Boolean) {
            return whole(&truths);
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
        match (holds.kind, holds.is_collection) {
            (Kind::String, false) if self.integers.is_empty() => {
                let more = [Text::from(OTHER), Text::new()];
                let more = more.into_iter().filter(|it| !self.strings.contains(it));
                let all: Vec<Text> = self.strings.iter().cloned().chain(more).collect();
                Some(all.into_iter().map(Json::String).collect())
            }
            (Kind::Integer, false) if self.strings.is_empty() => {
                let near = |it: &i64| [it.saturating_sub(1), *it, it.saturating_add(1)];
                let mut near: BTreeSet<i64> =
                    self.integers.iter().flat_map(near).collect();
                near.insert(0);
                Some(near.into_iter().map(Json::Integer).collect())
            }
            _ => None,
        }
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
                        self.is_lost |= self.program.is_built_in(*own);
                        self.holders.insert(own.0);
                    }
                }
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
        match self.is_copy(source) {
            true => {
                self.is_lost |= self.program.is_built_in(variable);
                self.holders.insert(variable.0);
            }
            false => self.compare(source),
        }
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
            let is_copy = self.is_copy(&value.source);
            for case in &switch.cases {
                match &case.source {
                    Source::Constant(value) => self.add(value),
                    _ => self.is_lost = true,
                }
            }
            self.is_lost |= !is_copy;
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

    /// An action whose outcome depends on whether its settings are set or empty.
    fn tested(&mut self, action: &Action, ignored: &[&Source]) {
        action.each_source(&mut |source| {
            let is_ignored = ignored.iter().any(|it| std::ptr::eq(*it, source));
            if !is_ignored && !self.is_copy(source) {
                self.compare(source);
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
        let holders: Vec<u32> = self.holders.iter().copied().collect();
        let mut values: Vec<Value> = Vec::new();
        let mut is_lost = false;
        source.each_expression(&mut |expression| {
            for slot in &holders {
                let mut keep = |value: &Value| values.push(value.clone());
                is_lost |= !expression.only_compares(*slot, &mut keep);
            }
        });
        self.is_lost |= is_lost;
        values.iter().for_each(|value| self.add(value));
    }

    fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.strings.insert(text.clone());
            }
            Value::Integer(number) => {
                self.integers.insert(*number);
            }
            unset if unset.is_unset() => {}
            _ => self.is_lost = true,
        }
    }

    fn mentions(&self, source: &Source) -> bool {
        self.holders.iter().any(|slot| reads(source, *slot))
    }

    /// Whether a source is nothing but a variable that holds the value.
    fn is_copy(&self, source: &Source) -> bool {
        match source {
            Source::Expression(expression) => {
                let is_holder = |slot: &u32| self.holders.contains(slot);
                expression.is_variable() && expression.variables().iter().all(is_holder)
            }
            _ => false,
        }
    }
}

fn reads(source: &Source, slot: u32) -> bool {
    let mut is_read = false;
    source.each_expression(&mut |it| is_read |= it.variables().contains(&slot));
    is_read
}
