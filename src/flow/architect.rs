//! The model of Architect flows, before compilation. Archy YAML and Architect's own JSON
//! have the same model, so that the same flow in both forms is equal here.
//!
//! A flow consists of units: tasks, menus, states. A unit runs its actions in order. An
//! action may have outputs, each with its own actions. When those are done, the flow
//! continues after the action. The kind and the settings of an action determine its
//! behaviour. Kinds and settings have the names that Archy YAML gives them. *Source:
//! exports of real flows, Archy's own schema.*

use std::fmt;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::kinds::{self, ActionSpec, FlowKind, Operation};
use super::model::Spanned;
pub use super::type_name::type_named;
use crate::source::{Span, nested};
use crate::value::{Json, Text, Type};

/// An Architect flow.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchitectFlow {
    /// The id, if the document has one. Archy YAML has none.
    pub id: Option<Text>,
    /// The name.
    pub name: Spanned<Text>,
    /// The type, as Archy writes it: `inboundCall`, `commonModule`, `workflow`…
    pub flow_type: Text,
    /// The version, if the document has one.
    pub version: Option<Text>,
    /// The key `description`.
    pub description: Option<Text>,
    /// The key `division`.
    pub division: Option<Text>,
    /// The IETF tag of `defaultLanguage`, as written.
    pub default_language: Option<Text>,
    /// The IETF tags of `supportedLanguages`, in order.
    pub languages: Vec<Text>,
    /// The unit that a call starts with.
    pub start: Option<UnitReference>,
    /// The flow's variables: `Flow.x`, `Common.x`, and the `State.x` that belong to the
    /// whole flow.
    pub variables: Vec<Variable>,
    /// Tasks, menus and states, in the order of the document.
    pub units: Vec<Unit>,
    /// All other settings: `initialGreeting`, `settingsErrorHandling`, `settingsMenu`…
    pub settings: Settings,
    /// The position of the flow.
    pub span: Span,
    /// Whether the flow is a module inside the export of a flow that calls it. A module
    /// that is loaded from a file of the same name replaces it.
    pub is_embedded: bool,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The id in an export.
    pub key: Option<Text>,
    /// The full name: `Flow.x`.
    pub name: Spanned<Text>,
    /// The type.
    pub value_type: Type,
    /// The initial value.
    pub initial: Option<Spanned<Setting>>,
    /// Whether a caller may set it.
    pub is_input: bool,
    /// Whether a caller receives its final value.
    pub is_output: bool,
}

/// A task, menu or state.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// The key: Archy's `refId` or the id in an export; the name if there is neither.
    pub key: Text,
    /// The name.
    pub name: Text,
    /// The kind of unit.
    pub kind: UnitKind,
    /// The unit's own variables: `Task.x`, `State.x`.
    pub variables: Vec<Variable>,
    /// The names of the outputs that a task declares (`outputPaths`).
    pub output_paths: Vec<Spanned<Text>>,
    /// The actions, in order. Empty for a menu.
    pub actions: Vec<Action>,
    /// The choices of a menu.
    pub choices: Vec<Choice>,
    /// All other settings: a menu's `audio`, `settingsMenu`…
    pub settings: Settings,
    /// The position of the unit.
    pub span: Span,
}

/// The kind of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A task, including the start-up task of a common module or an in-queue flow.
    Task,
    /// A menu.
    Menu,
    /// A state of a workflow, an e-mail or message flow.
    State,
    /// The start of a bot, from the list `bots` of digital and voice bots.
    Bot,
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The action of the choice. Its kind is `menuTask`, `menuDisconnect`,
    /// `menuTransferToAcd`… The only output of a `menuTask` is named `task`.
    pub action: Action,
    /// The key, from `dtmf`: `1`, `*`, `#`.
    pub digit: Option<Spanned<char>>,
    /// Whether the key works in every menu.
    pub is_global: bool,
    /// Whether the menu takes it if the caller chooses nothing.
    pub is_default: bool,
}

/// An action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The key: the id in an export or Archy's `refId`, if there is one.
    pub key: Option<Text>,
    /// The number that Architect shows for the action. Exports contain it, and Archy
    /// appends it to the `refId`.
    pub tracking_id: Option<i64>,
    /// The name; it is optional.
    pub name: Option<Text>,
    /// The kind, as Archy writes it: `playAudio`, `decision`. An unknown kind keeps the
    /// name that it has in the document.
    pub kind: Spanned<Text>,
    /// The settings, without `name` and outputs.
    pub settings: Settings,
    /// The outputs that the document contains, in its order.
    pub outputs: Vec<Output>,
    /// The position of the action.
    pub span: Span,
}

/// The actions that follow one outcome of an action. They may have outputs themselves,
/// thousands of levels deep: every function that visits them runs a level in
/// `source::nested`.
#[derive(Debug)]
pub struct Output {
    /// The id that an export gives to a case of an action, or to an output of a task.
    pub key: Option<Text>,
    /// The outcome: `yes`, `success`, `notFound`, `loop`, `default`. The cases of a
    /// switch are `case 1`, `case 2`…
    pub label: Text,
    /// For a case of a switch: the value to compare with, or the condition. For a case of
    /// a Loop Until action: the condition that ends the loop.
    pub value: Option<Spanned<Setting>>,
    /// The actions.
    pub actions: Vec<Action>,
    /// The position of the output.
    pub span: Span,
}

/// Named settings, in the order of the document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// Names and values.
    pub entries: Vec<(SettingName, Spanned<Setting>)>,
}

/// The name of a setting.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingName {
    /// The name, as Archy writes it.
    pub text: Text,
    /// The position of the name, if an author wrote it. The names in an export are
    /// generated.
    pub span: Option<Span>,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// `{noValue: true}`: explicitly no value.
    NoValue,
    /// `{none: true}`: explicitly none.
    None,
    /// `{lit: …}`, or a plain value without a wrapper.
    Literal(Json),
    /// `{exp: …}`: the text of an expression, and the type that an export gives it.
    Expression(Text, Option<Type>),
    /// `{var: Task.x}`: the variable that receives a result.
    Variable(Text),
    /// `{tts: …}`: text to speech.
    Speech(Text),
    /// `{prompt: Prompt.x}`: a prompt.
    Prompt(Text),
    /// Audio that differs between languages. Only exports contain it.
    Audio(Box<AudioSequences>),
    /// `…Ref`: a reference to a unit.
    Unit(UnitReference),
    /// A list.
    List(Vec<Spanned<Setting>>),
    /// Nested settings.
    Group(Settings),
}

/// Audio with alternate sequences for single languages. *Source: `ArchAudio` of Genesys'
/// Architect Scripting; help on languages and data playback.*
#[derive(Debug, Clone, PartialEq)]
pub struct AudioSequences {
    /// The audio in every language without an alternate sequence.
    pub default: Spanned<Setting>,
    /// The audio in single languages, by IETF tag as written.
    pub alternates: Vec<(Text, Spanned<Setting>)>,
}

/// A reference to a unit of the same flow.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitReference {
    /// The reference as written: `/inboundCall/tasks/task[Main_10]`, or an id.
    pub text: Text,
    /// The key of the referenced unit, if it exists.
    pub unit: Option<Text>,
    /// The position of the reference.
    pub span: Span,
}

/// Generates readable ids for the actions of a flow: the name, followed by a number from
/// the second action with the same name on. Actions are processed in the order of the
/// document, so the ids are always the same.
#[derive(Debug, Default)]
pub struct ActionIds {
    seen: IndexMap<Text, usize, FxBuildHasher>,
}

impl ActionIds {
    /// Returns the id of the next action, which has this name.
    pub fn next(&mut self, name: &str) -> Text {
        loop {
            let count = self.seen.entry(name.into()).or_default();
            *count += 1;
            if *count == 1 {
                return name.into();
            }
            let id = Text::from(format!("{name} {count}"));
            if !self.seen.contains_key(&id) {
                self.seen.insert(id.clone(), 1);
                return id;
            }
        }
    }
}

/// The id of a part of a flow in runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepId {
    /// The id of the beginning of the flow.
    Flow(Text),
    /// The id of a unit or an action.
    Node(Text),
    /// The id of the further rounds of the preceding loop.
    NextRound(Text),
    /// The task of a choice, which has no id: choosing it is a step of the menu.
    Choice,
}

/// Returns the ids of all parts of a flow: its beginning, then each unit and its actions.
/// The actions of outputs follow the action that contains them. Also returns the
/// generator, for the ids of further steps.
pub fn step_ids(flow: &ArchitectFlow) -> (Vec<StepId>, ActionIds) {
    let mut ids = ActionIds::default();
    let mut steps = vec![StepId::Flow(ids.next(&flow.name.value))];
    for unit in &flow.units {
        steps.push(StepId::Node(ids.next(&unit.name)));
        unit.each_action(&mut |action| match action.operation() {
            Some(Operation::ChoiceTask) => steps.push(StepId::Choice),
            Some(operation) if operation.repeats() => {
                steps.push(StepId::Node(ids.next(action.title())));
                steps.push(StepId::NextRound(ids.next(&next_round(action))));
            }
            _ => steps.push(StepId::Node(ids.next(action.title()))),
        });
    }
    (steps, ids)
}

/// The type of the step that begins a further round of a loop. It follows the step of the
/// loop.
pub(crate) const NEXT_ROUND: &str = "nextRound";

/// Returns the name of the step that begins a further round of a loop.
pub fn next_round(action: &Action) -> String {
    format!("{}, next round", action.title())
}

/// Returns the variables of the tasks within the choices of a menu.
pub fn variables_of_choices(unit: &Unit) -> Vec<Variable> {
    let mut variables = Vec::new();
    for choice in &unit.choices {
        let task = choice.action.settings.get("task").and_then(|it| it.value.group());
        let declared = task.and_then(|task| task.get("variables"));
        let Some(Setting::List(items)) = declared.map(|it| &it.value) else { continue };
        let items = items.iter().filter_map(|item| item.value.group()?.entries.first());
        for (kind, body) in items {
            let Some(body) = body.value.group() else { continue };
            let Some(name) = body.get("name") else { continue };
            let Setting::Literal(Json::String(text)) = &name.value else { continue };
            let kind = kind.strip_suffix("Variable").unwrap_or(kind);
            variables.push(Variable {
                key: None,
                name: Spanned { value: text.clone(), span: name.span },
                value_type: type_named(kind).unwrap_or(Type::ANY),
                initial: body.get("initialValue").cloned(),
                is_input: false,
                is_output: false,
            });
        }
    }
    variables
}

impl Action {
    /// Returns the id that an export gives to the output with this name.
    pub fn output_key(&self, label: &str) -> Option<&Text> {
        self.outputs.iter().find(|output| output.label == label)?.key.as_ref()
    }
}

impl Clone for Output {
    fn clone(&self) -> Self {
        Self {
            key: self.key.clone(),
            label: self.label.clone(),
            value: self.value.clone(),
            actions: nested(|| self.actions.clone()),
            span: self.span,
        }
    }
}

impl PartialEq for Output {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, &self.label, self.span) == (&other.key, &other.label, other.span)
            && self.value == other.value
            && nested(|| self.actions == other.actions)
    }
}

/// Drops the actions inside an output without recursion, because they may be nested
/// deep.
impl Drop for Output {
    fn drop(&mut self) {
        let mut open = std::mem::take(&mut self.actions);
        while let Some(mut action) = open.pop() {
            for output in &mut action.outputs {
                open.append(&mut output.actions);
            }
        }
    }
}

impl Unit {
    /// Calls `visit` on every action of the unit, including those of outputs and choices.
    /// An action is visited before the actions inside it.
    pub fn each_action<'f>(&'f self, visit: &mut dyn FnMut(&'f Action)) {
        each_action(&self.actions, self, &mut |_, action| visit(action));
        for choice in &self.choices {
            let choice = std::slice::from_ref(&choice.action);
            each_action(choice, self, &mut |_, action| visit(action));
        }
    }
}

impl Settings {
    /// Returns the setting with this name.
    pub fn get(&self, name: &str) -> Option<&Spanned<Setting>> {
        self.entries.iter().find(|(known, _)| known.text == name).map(|(_, value)| value)
    }
}

impl<T: Into<Text>> From<T> for SettingName {
    fn from(name: T) -> Self {
        Self { text: name.into(), span: None }
    }
}

impl PartialEq<str> for SettingName {
    fn eq(&self, name: &str) -> bool {
        self.text == name
    }
}

impl fmt::Display for SettingName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::ops::Deref for SettingName {
    type Target = Text;

    fn deref(&self) -> &Text {
        &self.text
    }
}

impl Action {
    /// The entry of its kind in the table of kinds; `None` for an unknown kind.
    pub(crate) fn spec(&self) -> Option<&'static ActionSpec> {
        kinds::named(&self.kind.value)
    }

    /// The operation that executes it; `None` for an unknown kind.
    pub(crate) fn operation(&self) -> Option<Operation> {
        self.spec().map(|spec| spec.operation)
    }

    /// The name of the action, or else its kind.
    pub fn title(&self) -> &str {
        self.name.as_ref().unwrap_or(&self.kind.value)
    }
}

impl Setting {
    /// Returns the string, if the setting is a plain string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Literal(Json::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the nested settings, if the setting is a group.
    pub fn group(&self) -> Option<&Settings> {
        match self {
            Self::Group(settings) => Some(settings),
            _ => None,
        }
    }
}

impl UnitKind {
    /// The name of the kind: `task`, `menu`, `state`, `bot`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Menu => "menu",
            Self::State => "state",
            Self::Bot => "bot",
        }
    }
}

impl ArchitectFlow {
    /// The kind of flow, which determines how it ends.
    pub fn flow_kind(&self) -> FlowKind {
        FlowKind::of(&self.flow_type)
    }

    /// Whether the flow is a common module.
    pub fn is_module(&self) -> bool {
        self.flow_kind() == FlowKind::CommonModule
    }

    /// Returns the unit with this key.
    pub fn unit(&self, key: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.key == key)
    }

    /// Calls `visit` on every action of the flow, including those of outputs and choices.
    /// An action is visited before the actions inside it.
    pub fn each_action<'f>(&'f self, visit: &mut dyn FnMut(&'f Unit, &'f Action)) {
        for unit in &self.units {
            unit.each_action(&mut |action| visit(unit, action));
        }
    }
}

/// Recurses with the nesting of the actions.
fn each_action<'f>(
    actions: &'f [Action],
    unit: &'f Unit,
    visit: &mut dyn FnMut(&'f Unit, &'f Action),
) {
    for action in actions {
        visit(unit, action);
        for output in &action.outputs {
            nested(|| each_action(&output.actions, unit, visit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_of_one_name_have_numbers() {
        let mut ids = ActionIds::default();
        let names = ["Say", "Say", "Say 2", "Say"].map(|name| ids.next(name));
        assert_eq!(names, ["Say", "Say 2", "Say 2 2", "Say 3"]);
    }
}
