//! Flows as Architect has them, before they are compiled: one model for Archy YAML and for
//! Architect's own JSON, so that the same flow in both is the same here.
//!
//! A flow is made of units: tasks, menus, states. A unit runs actions in order; an action may
//! have outputs, each with actions of its own, and goes on behind itself when those are done.
//! What an action does is told by its kind and its settings. Kinds and settings have the names
//! that Archy YAML gives them. *Source: exports of real flows, Archy's own schema.*

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::model::Written;
use crate::source::Span;
use crate::value::{Json, Kind, Text, Type};

/// A flow of Architect.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchitectFlow {
    /// The id, if the document has one. Archy YAML has none.
    pub id: Option<Text>,
    /// The name.
    pub name: Written<Text>,
    /// The type as Archy writes it: `inboundCall`, `commonModule`, `workflow`…
    pub flow_type: Text,
    /// The version, if the document has one.
    pub version: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `division`
    pub division: Option<Text>,
    /// The IETF tag of `defaultLanguage`, as written.
    pub default_language: Option<Text>,
    /// The IETF tags of `supportedLanguages`, in order.
    pub languages: Vec<Text>,
    /// The unit that a call starts with.
    pub start: Option<UnitReference>,
    /// The flow's variables: `Flow.x`, `Common.x`, `State.x` that the whole flow has.
    pub variables: Vec<Variable>,
    /// Tasks, menus and states, in the order of the document.
    pub units: Vec<Unit>,
    /// Everything else: `initialGreeting`, `settingsErrorHandling`, `settingsMenu`…
    pub settings: Settings,
    /// Where the flow stands.
    pub span: Span,
    /// Whether it is a module within the export of a flow that calls it. One that is loaded
    /// by itself takes its place.
    pub is_embedded: bool,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The id that an export gives it.
    pub key: Option<Text>,
    /// The whole name: `Flow.x`.
    pub name: Written<Text>,
    /// What it holds.
    pub holds: Type,
    /// What it holds at first.
    pub initial: Option<Written<Setting>>,
    /// Whether a caller may give it.
    pub is_input: bool,
    /// Whether a caller gets it back.
    pub is_output: bool,
}

/// A task, menu or state.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// What it is known by: Archy's `refId`, the id of an export; the name where there is none.
    pub key: Text,
    /// The name.
    pub name: Text,
    /// What it is.
    pub kind: UnitKind,
    /// Its own variables: `Task.x`, `State.x`.
    pub variables: Vec<Variable>,
    /// The names of the outputs that a task declares (`outputPaths`).
    pub output_paths: Vec<Written<Text>>,
    /// What it does, in order. Empty for a menu.
    pub actions: Vec<Action>,
    /// The choices of a menu.
    pub choices: Vec<Choice>,
    /// Everything else: a menu's `audio`, `settingsMenu`…
    pub settings: Settings,
    /// Where it stands.
    pub span: Span,
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A task; the start-up task of a common module and an in-queue flow too.
    Task,
    /// A menu.
    Menu,
    /// A state of a workflow, an e-mail or message flow.
    State,
    /// A bot's start: what digital and voice bots have under `bots`.
    Bot,
}

/// A choice of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What it does when it is chosen: its kind is `menuTask`, `menuDisconnect`,
    /// `menuTransferToAcd`…, its one output of a `menuTask` is named `task`.
    pub action: Action,
    /// The key, from `dtmf`: `1`, `*`, `#`.
    pub digit: Option<Written<char>>,
    /// Whether the key works in every menu.
    pub is_global: bool,
    /// Whether the menu takes it when nothing is chosen.
    pub is_default: bool,
}

/// An action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// What it is known by: the id of an export, Archy's `refId`, if it has one.
    pub key: Option<Text>,
    /// The number that Architect shows beside it: an export says it, and Archy writes it at
    /// the end of a `refId`.
    pub tracking_id: Option<i64>,
    /// The name; an author need not give one.
    pub name: Option<Text>,
    /// The kind as Archy writes it: `playAudio`, `decision`. One that flowsim does not know
    /// keeps the name that the document has.
    pub kind: Written<Text>,
    /// Its settings, `name` and outputs left out.
    pub settings: Settings,
    /// Its outputs, in the order of the document; only those that the document has.
    pub outputs: Vec<Output>,
    /// Where it stands.
    pub span: Span,
}

/// Actions that follow one outcome of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The id that an export gives to a case of a switch, or to an output of a task.
    pub key: Option<Text>,
    /// Which outcome: `yes`, `success`, `notFound`, `loop`, `default`; the cases of a switch
    /// are `case 1`, `case 2`…
    pub label: Text,
    /// For a case of a switch: what it is compared with, or the condition.
    pub value: Option<Written<Setting>>,
    /// What is done.
    pub actions: Vec<Action>,
    /// Where it stands.
    pub span: Span,
}

/// To what a conversation is handed on, other than the agents of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A telephone number or SIP address.
    Number,
    /// A flow.
    Flow,
    /// A flow in which nothing is recorded.
    SecureFlow,
    /// The voice mailbox of a queue, user or group.
    Voicemail,
}

impl TransferKind {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Number => "number",
            Self::Flow => "flow",
            Self::SecureFlow => "secureFlow",
            Self::Voicemail => "voicemail",
        }
    }
}

/// Named settings, in the order of the document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// Name and value.
    pub entries: Vec<(Text, Written<Setting>)>,
}

/// A value that an author sets.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// `{noValue: true}`: explicitly nothing.
    NoValue,
    /// `{none: true}`
    None,
    /// `{lit: …}`, or a plain value that stands without a wrapper.
    Literal(Json),
    /// `{exp: …}`: an expression's text, and the type that an export says it has.
    Expression(Text, Option<Type>),
    /// `{var: Task.x}`: the variable that takes a result.
    Variable(Text),
    /// `{tts: …}`: text to speech.
    Speech(Text),
    /// `{prompt: Prompt.x}`
    Prompt(Text),
    /// `…Ref`: a unit.
    Unit(UnitReference),
    /// A list.
    List(Vec<Written<Setting>>),
    /// Settings within settings.
    Group(Settings),
}

/// A reference to a unit of the same flow.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitReference {
    /// As written: `/inboundCall/tasks/task[Main_10]`, or an id.
    pub text: Text,
    /// The key of the unit that it means, if there is one.
    pub unit: Option<Text>,
    /// Where it stands.
    pub span: Span,
}

/// Gives the actions of a flow ids that people can read and type: the name, and a number
/// behind it from the second of a name on. In the order of the document they are always the
/// same.
#[derive(Debug, Default)]
pub struct ActionIds {
    seen: IndexMap<Text, usize, FxBuildHasher>,
}

impl ActionIds {
    /// The id of the next action, which has this name.
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

/// The id that a part of a flow has in runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepId {
    /// Of the beginning of the flow.
    Flow(Text),
    /// Of a unit or an action.
    Node(Text),
    /// Of the further rounds of the loop before it.
    NextRound(Text),
    /// The task of a choice has none: choosing it is a step of the menu.
    Choice,
}

/// The ids of all parts of a flow: its beginning, then each unit and its actions, those of
/// outputs behind the action that has them. And what gives ids to whatever comes behind.
pub fn step_ids(flow: &ArchitectFlow) -> (Vec<StepId>, ActionIds) {
    let mut ids = ActionIds::default();
    let mut steps = vec![StepId::Flow(ids.next(&flow.name.value))];
    for unit in &flow.units {
        steps.push(StepId::Node(ids.next(&unit.name)));
        unit.each_action(&mut |action| match action.kind.value.as_str() {
            "menuTask" => steps.push(StepId::Choice),
            "loop" => {
                steps.push(StepId::Node(ids.next(action.title())));
                steps.push(StepId::NextRound(ids.next(&next_round(action))));
            }
            _ => steps.push(StepId::Node(ids.next(action.title()))),
        });
    }
    (steps, ids)
}

/// What the step is called that begins a further round of a loop.
pub fn next_round(action: &Action) -> String {
    format!("{}, next round", action.title())
}

/// The type that Archy names so: `string`, `dateTime`, `stringCollection`.
pub fn type_named(name: &str) -> Option<Type> {
    let single = name.strip_suffix("Collection");
    let wanted = single.unwrap_or(name);
    let kind = Kind::ALL.iter().find(|kind| kind.name().eq_ignore_ascii_case(wanted))?;
    Some(Type { kind: *kind, is_collection: single.is_some() })
}

/// The variables of the tasks within the choices of a menu, taken together.
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
                name: Written { value: text.clone(), span: name.span },
                holds: type_named(kind).unwrap_or(Type::ANY),
                initial: body.get("initialValue").cloned(),
                is_input: false,
                is_output: false,
            });
        }
    }
    variables
}

impl Action {
    /// The id that an export gives to the output of this name.
    pub fn output_key(&self, label: &str) -> Option<&Text> {
        self.outputs.iter().find(|output| output.label == label)?.key.as_ref()
    }
}

impl Unit {
    /// Calls `visit` on every action of the unit, those of outputs and choices too, before
    /// what is inside it.
    pub fn each_action<'f>(&'f self, visit: &mut dyn FnMut(&'f Action)) {
        each_action(&self.actions, self, &mut |_, action| visit(action));
        for choice in &self.choices {
            let choice = std::slice::from_ref(&choice.action);
            each_action(choice, self, &mut |_, action| visit(action));
        }
    }
}

impl Settings {
    /// The setting of this name.
    pub fn get(&self, name: &str) -> Option<&Written<Setting>> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl Action {
    /// What an author knows it by: the name, or the kind.
    pub fn title(&self) -> &str {
        self.name.as_ref().unwrap_or(&self.kind.value)
    }
}

impl Setting {
    /// The text, if it is a plain one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Literal(Json::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The settings within, if it is a group.
    pub fn group(&self) -> Option<&Settings> {
        match self {
            Self::Group(settings) => Some(settings),
            _ => None,
        }
    }
}

impl UnitKind {
    /// What it is called: `task`, `menu`, `state`, `bot`.
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
    /// The unit of this key.
    pub fn unit(&self, key: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.key == key)
    }

    /// Calls `visit` on every action of the flow, those of outputs and choices too, before
    /// what is inside it.
    pub fn each_action<'f>(&'f self, visit: &mut dyn FnMut(&'f Unit, &'f Action)) {
        for unit in &self.units {
            unit.each_action(&mut |action| visit(unit, action));
        }
    }
}

/// As deep as the document is nested, which is bounded when it is read.
fn each_action<'f>(
    actions: &'f [Action],
    unit: &'f Unit,
    visit: &mut dyn FnMut(&'f Unit, &'f Action),
) {
    for action in actions {
        visit(unit, action);
        for output in &action.outputs {
            each_action(&output.actions, unit, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archy_names_types_in_its_own_way() {
        assert_eq!(type_named("dateTime"), Some(Type::one(Kind::DateTime)));
        assert_eq!(type_named("stringCollection"), Some(Type::many(Kind::String)));
        assert_eq!(type_named("json"), Some(Type::one(Kind::Json)));
        assert_eq!(type_named("wrench"), None);
    }

    #[test]
    fn actions_of_one_name_have_numbers() {
        let mut ids = ActionIds::default();
        let names = ["Say", "Say", "Say 2", "Say"].map(|name| ids.next(name));
        assert_eq!(names, ["Say", "Say 2", "Say 2 2", "Say 3"]);
    }
}
