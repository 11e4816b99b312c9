//! Control flow: decisions, loops, tasks, modules, ends.

use super::build::Compiler;
use super::source::Traced;
use super::{Action, Source};
use crate::flow::architect::{self, Setting, Settings, UnitReference, type_named};
use crate::flow::kinds::Operation;
use crate::flow::{FlowId, SequenceId, VariableId};
use crate::value::{Json, Kind, Text, Type};

/// Takes the output `yes` (0) or `no` (1).
#[derive(Debug, Clone)]
pub struct Decision {
    /// The condition, a Boolean.
    pub condition: Traced,
}

/// Takes the output of the first case that matches, or else the last output, `default`.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The value that the cases are compared with; without it, the cases are conditions.
    pub value: Option<Traced>,
    /// The cases, in order.
    pub cases: Box<[Traced]>,
}

/// An assignment to a variable.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The variable, or the name of an undeclared variable.
    pub variable: Result<VariableId, Text>,
    /// The value.
    pub value: Source,
}

/// Assignments that are executed in order. Each sees the effect of the previous ones.
pub type Statements = Box<[Statement]>;

/// A loop. Its output `loop` (0) leads to the actions of a round, and `default` (1) past
/// the last round.
#[derive(Debug, Clone)]
pub struct Loop {
    /// The number of rounds, an Integer, evaluated when the loop begins.
    pub count: Source,
    /// The conditions that end a Loop Until action, in order. Each has an output, from 2
    /// on. `None` for a loop with a number of rounds.
    pub until: Option<Box<[Traced]>>,
    /// The hidden variable that holds the number of rounds. The hidden variable after it
    /// holds the index of the current round, from 0.
    pub rounds: VariableId,
    /// The author's variable that receives the index of the round.
    pub index: Option<VariableId>,
}

/// A call of a task. Its outputs are the output paths of the task, by name.
#[derive(Debug, Clone)]
pub struct Call {
    /// The task, or the text of an unresolved reference.
    pub target: Result<SequenceId, Text>,
    /// Variables of the task and their values.
    pub inputs: Box<[(VariableId, Source)]>,
    /// Pairs of a variable of the task and the caller's variable that receives its value.
    pub outputs: Box<[(VariableId, VariableId)]>,
    /// The names of the output paths, in the order of the step's targets.
    pub paths: Box<[Text]>,
}

/// A call of a common module.
#[derive(Debug, Clone)]
pub struct CommonModule {
    /// The name of the module.
    pub name: Text,
    /// The module, if it is loaded.
    pub flow: Option<FlowId>,
    /// Input variables: name, id if the module is loaded, and value.
    pub inputs: Box<[(Text, Option<VariableId>, Source)]>,
    /// Output variables: name, id if the module is loaded, and the caller's variable that
    /// receives the value.
    pub outputs: Box<[(Text, Option<VariableId>, VariableId)]>,
}

/// A jump to another task, menu or state.
#[derive(Debug, Clone)]
pub struct Jump {
    /// The target, or the text of an unresolved reference.
    pub target: Result<SequenceId, Text>,
    /// Variables of the target and their values.
    pub inputs: Box<[(VariableId, Source)]>,
}

impl Call {
    /// Returns the output for a path by which the task ended: the one with its name, else
    /// `default`.
    pub fn output_of(&self, path: Option<&Text>) -> u16 {
        let named = |name: &str| {
            self.paths.iter().position(|path| path.eq_ignore_ascii_case(name))
        };
        let index = path.and_then(|path| named(path)).or_else(|| named("default"));
        index.and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX)
    }
}

impl Action {
    /// Returns the conditions of a decision, switch or Loop Until action as text, each at
    /// the index of the output that it leads to. Outputs without a condition have an empty
    /// text, or none.
    pub(super) fn conditions(&self) -> Vec<Text> {
        match self {
            Self::Decision(decision) => vec![decision.condition.text()],
            Self::Switch(Switch { value: None, cases }) => {
                cases.iter().map(Traced::text).collect()
            }
            Self::Switch(Switch { value: Some(value), cases }) => {
                let value = value.text();
                let case = |case: &Traced| format!("{value} == {}", case.text()).into();
                cases.iter().map(case).collect()
            }
            Self::Loop(Loop { until: Some(until), .. })
            | Self::NextRound(Loop { until: Some(until), .. }) => {
                let none = [Text::default(), Text::default()];
                none.into_iter().chain(until.iter().map(Traced::text)).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Compiler<'_> {
    pub(super) fn decision(&mut self, action: &architect::Action) -> Action {
        let condition = action.settings.get("condition").map(|written| &written.value);
        let condition = self.traced(condition, Type::one(Kind::Boolean), &mut Vec::new());
        Action::Decision(Decision { condition })
    }

    pub(super) fn switch(&mut self, action: &architect::Action) -> (Action, Vec<Text>) {
        let compares = literal(&action.settings, "style") == Some("firstMatch");
        let holds = match literal(&action.settings, "type").filter(|_| compares) {
            Some(name) => type_named(name).unwrap_or(Type::ANY),
            None if compares => Type::ANY,
            None => Type::one(Kind::Boolean),
        };
        let mut known = Vec::new();
        let value = action.settings.get("value").map(|written| &written.value);
        let value = compares.then(|| self.traced(value, holds, &mut known));
        let (mut names, mut cases) = (Vec::new(), Vec::new());
        for output in action.outputs.iter().filter(|output| output.label != "default") {
            let value = output.value.as_ref().map(|value| &value.value);
            cases.push(self.traced(value, holds, &mut known));
            names.push(output.label.clone());
        }
        names.push("default".into());
        (Action::Switch(Switch { value, cases: cases.into() }), names)
    }

    pub(super) fn update_data(&mut self, action: &architect::Action) -> Action {
        let mut statements = Vec::new();
        for (kind, statement) in listed(&action.settings, "statements") {
            let Some(Setting::Variable(name)) =
                statement.get("variable").map(|written| &written.value)
            else {
                continue;
            };
            let variable = self.variable(name);
            let declared = variable.map(|(_, holds)| holds);
            let holds = declared.or_else(|| type_named(kind)).unwrap_or(Type::ANY);
            let value = statement.get("value").map(|written| &written.value);
            statements.push(Statement {
                variable: variable.map(|(id, _)| id).ok_or_else(|| name.clone()),
                value: self.source(value, holds),
            });
        }
        Action::UpdateData(statements.into())
    }

    /// Compiles the number of rounds and the cases of a loop. Returns the names of its
    /// outputs too.
    pub(super) fn rounds(&mut self, action: &architect::Action) -> (Loop, Vec<Text>) {
        let is_until = action.operation() == Some(Operation::LoopUntil);
        let mut names = known_outputs(action);
        let (mut until, mut known) = (Vec::new(), Vec::new());
        for case in action.outputs.iter().filter(|_| is_until) {
            if let Some(condition) = &case.value {
                let holds = Type::one(Kind::Boolean);
                until.push(self.traced(Some(&condition.value), holds, &mut known));
                names.push(case.label.clone());
            }
        }
        let count = if is_until { "maxLoopCount" } else { "loopCount" };
        let looped = Loop {
            count: self.setting(action, count, Type::one(Kind::Integer)),
            until: is_until.then(|| until.into()),
            rounds: self.hidden_pair(),
            index: self.output(action, "currentIndex"),
        };
        (looped, names)
    }

    pub(super) fn call_task(
        &mut self,
        action: &architect::Action,
    ) -> (Action, Vec<Text>) {
        let target = self.unit_of(action, "targetTaskRef");
        let mut paths =
            target.as_ref().map(|target| self.paths_of(*target)).unwrap_or_default();
        for output in &action.outputs {
            if !paths.iter().any(|path| path.eq_ignore_ascii_case(&output.label)) {
                paths.push(output.label.clone());
            }
        }
        if !paths.iter().any(|path| path.eq_ignore_ascii_case("default")) {
            paths.push("default".into());
        }
        let inputs = self.task_inputs(action, target.as_ref().ok());
        let outputs = self.task_outputs(action, target.as_ref().ok());
        let call = Call { target, inputs, outputs, paths: paths.clone().into() };
        (Action::CallTask(call), paths)
    }

    pub(super) fn jump(&mut self, action: &architect::Action, setting: &str) -> Action {
        let target = self.unit_of(action, setting);
        let inputs = self.task_inputs(action, target.as_ref().ok());
        Action::Jump(Jump { target, inputs })
    }

    /// Compiles `taskInputs: [{string: {name: Task.X, value: …}}]`.
    fn task_inputs(
        &mut self,
        action: &architect::Action,
        target: Option<&SequenceId>,
    ) -> Box<[(VariableId, Source)]> {
        let mut inputs = Vec::new();
        for (_, input) in listed(&action.settings, "taskInputs") {
            let variable =
                literal(input, "name").and_then(|name| self.variable_of(*target?, name));
            if let Some((id, holds)) = variable {
                let value = input.get("value").map(|written| &written.value);
                inputs.push((id, self.source(value, holds)));
            }
        }
        inputs.into()
    }

    fn task_outputs(
        &mut self,
        action: &architect::Action,
        target: Option<&SequenceId>,
    ) -> Box<[(VariableId, VariableId)]> {
        let mut outputs = Vec::new();
        for (_, output) in listed(&action.settings, "taskOutputs") {
            let theirs =
                literal(output, "name").and_then(|name| self.variable_of(*target?, name));
            let value = output.get("value").map(|written| &written.value);
            let own = value.and_then(|value| self.bound_variable(value));
            outputs.extend(theirs.zip(own).map(|((theirs, _), own)| (theirs, own)));
        }
        outputs.into()
    }

    pub(super) fn common_module(&mut self, action: &architect::Action) -> Action {
        let name: Text =
            literal(&action.settings, "commonModule").unwrap_or_default().into();
        let flow = self.module(&name);
        let mut inputs = Vec::new();
        for (name, setting) in grouped(&action.settings, "inputs") {
            let theirs = flow.and_then(|flow| self.variable_of_flow(flow, name));
            let holds = theirs.map_or(Type::ANY, |(_, holds)| holds);
            let value = self.source(Some(setting), holds);
            inputs.push((name.clone(), theirs.map(|(id, _)| id), value));
        }
        let mut outputs = Vec::new();
        for (name, setting) in grouped(&action.settings, "outputs") {
            let theirs = flow.and_then(|flow| self.variable_of_flow(flow, name));
            let own = self.bound_variable(setting);
            outputs.extend(own.map(|own| (name.clone(), theirs.map(|(id, _)| id), own)));
        }
        let (inputs, outputs) = (inputs.into(), outputs.into());
        Action::CallCommonModule(CommonModule { name, flow, inputs, outputs })
    }

    pub(super) fn end_task(&mut self, action: &architect::Action) -> Action {
        let name = name_in(&action.settings, "outputPath");
        Action::EndTask(name.map(Text::from))
    }

    fn unit_of(
        &self,
        action: &architect::Action,
        setting: &str,
    ) -> Result<SequenceId, Text> {
        let written = action.settings.get(setting).map(|written| &written.value);
        let Some(Setting::Unit(UnitReference { text, unit, .. })) = written else {
            return Err(Text::new());
        };
        unit.as_ref().and_then(|key| self.sequence_of(key)).ok_or_else(|| text.clone())
    }
}

/// Returns the known outputs of the action's kind, followed by further outputs in the
/// document.
pub(super) fn outputs_of(action: &architect::Action) -> Vec<Text> {
    let mut names = known_outputs(action);
    for output in &action.outputs {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(&output.label)) {
            names.push(output.label.clone());
        }
    }
    names
}

/// Returns the known outputs of the action's kind.
pub(super) fn known_outputs(action: &architect::Action) -> Vec<Text> {
    let outputs = action.spec().map_or(&[][..], |spec| spec.outputs);
    outputs.iter().map(|name| Text::from(*name)).collect()
}

/// Returns the string under a key.
pub(super) fn literal<'s>(settings: &'s Settings, name: &str) -> Option<&'s str> {
    match &settings.get(name)?.value {
        Setting::Literal(Json::String(text)) => Some(text),
        _ => None,
    }
}

/// Returns the name that a setting refers to: `{name: Sales}`, or just the name.
pub(super) fn name_in<'s>(settings: &'s Settings, name: &str) -> Option<&'s str> {
    match &settings.get(name)?.value {
        Setting::Group(group) => literal(group, "name"),
        Setting::Literal(Json::String(name)) => Some(name),
        Setting::Literal(json) => match json.get("name") {
            Some(Json::String(name)) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the settings inside a setting, by name.
pub(super) fn grouped<'s>(
    settings: &'s Settings,
    name: &str,
) -> impl Iterator<Item = (&'s Text, &'s Setting)> + use<'s> {
    let group = settings.get(name).and_then(|written| written.value.group());
    let entries = group.map_or(&[][..], |group| group.entries.as_slice());
    entries.iter().map(|(name, written)| (&name.text, &written.value))
}

/// Returns the items of a list in which each item is a group under one key: `[{string:
/// {…}}, {integer: {…}}]`.
pub(super) fn listed<'s>(
    settings: &'s Settings,
    name: &str,
) -> impl Iterator<Item = (&'s Text, &'s Settings)> + use<'s> {
    let items = match settings.get(name).map(|written| &written.value) {
        Some(Setting::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| {
        let (key, body) = item.value.group()?.entries.first()?;
        Some((&key.text, body.value.group()?))
    })
}
