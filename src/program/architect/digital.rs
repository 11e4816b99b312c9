//! Messages to and questions for the participant of a digital conversation or of a bot
//! flow.

use super::build::Compiler;
use super::control::{known_outputs, listed, literal, outputs_of};
use super::retry::{
    Confirmation, MESSAGE, NO_INPUTS, NO_MATCH_OF_INTENT, NO_MATCHES, RetryPolicy, output,
};
use super::slot_type::SlotType;
use super::{Action, Source};
use crate::flow::architect::{self, ArchitectFlow, Setting, SettingName, Settings};
use crate::flow::kinds::QuestionKind;
use crate::flow::{SequenceId, Spanned, VariableId};
use crate::value::{Json, Kind, Text, Type, Value};

/// Sends a message to the participant.
#[derive(Debug, Clone)]
pub struct Send {
    /// The message.
    pub message: Source,
    /// The other settings that have a value, by name.
    pub inputs: Box<[(Text, Source)]>,
}

/// Asks the participant and continues according to the answer.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question, which the participant reads or hears, and the words after it.
    pub question: Box<[Source]>,
    /// The condition without which the question is left out, a Boolean.
    pub condition: Option<Source>,
    /// The settings that have a value, by name, for a fixture that answers instead of the
    /// participant.
    pub inputs: Box<[(Text, Source)]>,
    /// The expected kind of answer.
    pub wanted: ExpectedAnswer,
    /// The answers that the slot accepts. `None` if the language model does not restrict
    /// them.
    pub slot_type: Option<SlotType>,
    /// The variable that receives the answer.
    pub result: Option<VariableId>,
    /// The reaction to silence.
    pub no_input: RetryPolicy,
    /// The reaction to an answer that does not fit.
    pub no_match: RetryPolicy,
    /// The condition that a valid answer fulfils, a Boolean.
    pub validation: Option<Source>,
    /// The question whether an answer is right.
    pub confirmation: Confirmation,
    /// The time after which no answer counts as silence, in milliseconds.
    pub silence_ms: i64,
    /// The time after a key in which the next key belongs to the same answer, in
    /// milliseconds.
    pub inter_digit_ms: i64,
    /// The key that ends an answer by keys.
    pub terminator: Option<char>,
    /// The rounds of an Anything Else? Loop, which asks before each round.
    pub round: Option<Round>,
    /// The output of an answer that fits no other output. If the index is past the last
    /// output, the call continues after the action.
    pub success: u16,
}

/// The round that an Anything Else? Loop begins after the answer yes.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// Whether it is the first round.
    pub is_first: bool,
    /// The hidden variable that holds the index of the round, from 0.
    pub number: VariableId,
    /// The author's variable that receives the index.
    pub index: Option<VariableId>,
}

/// The expected kind of answer.
#[derive(Debug, Clone)]
pub enum ExpectedAnswer {
    /// A value of a type.
    Value(Type),
    /// Yes or no.
    Boolean,
    /// One of the outputs, by name.
    Choice,
    /// An intent, by name.
    Intent(Box<[Intent]>),
    /// An answer of a survey form, by its key or its words.
    Survey(Box<[SurveyAnswer]>),
}

/// An answer of a survey form.
#[derive(Debug, Clone)]
pub struct SurveyAnswer {
    /// The key, if it has one.
    pub key: Option<Text>,
    /// The words.
    pub text: Text,
}

/// An intent of a bot flow.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The name.
    pub name: Text,
    /// The task that serves the intent.
    pub task: Option<SequenceId>,
}

/// Default waiting times. *Source: the settings that Architect gives to a new bot.*
const PATIENCE_MS: i64 = 7_000;
const INTER_DIGIT_MS: i64 = 3_000;

impl Compiler<'_> {
    /// Compiles an action that sends the message in the setting with this name.
    pub(super) fn send(
        &self,
        action: &architect::Action,
        setting: &str,
    ) -> (Action, Vec<Text>) {
        let message = self.setting(action, setting, Type::ANY);
        let mut inputs = Vec::new();
        self.inputs_of(&without(&action.settings, &[setting]), &mut inputs);
        let send = Send { message, inputs: inputs.into() };
        (Action::Send(send), outputs_of(action))
    }

    /// Compiles a question to the participant.
    pub(super) fn ask(
        &self,
        action: &architect::Action,
        kind: QuestionKind,
    ) -> (Action, Vec<Text>) {
        let names = taken_outputs(action);
        let slot = slot_of(action).and_then(|name| self.variable(&name));
        let bound =
            ["askResult", "selection", "resultData", "intent", "surveyQuestionResult"];
        let bound = bound.iter().find_map(|name| self.output(action, name));
        let no_match = match kind {
            QuestionKind::Intent => NO_MATCH_OF_INTENT,
            _ => NO_MATCHES,
        };
        let mut inputs = Vec::new();
        self.inputs_of(&without(&action.settings, &TALK), &mut inputs);
        let ask = Ask {
            question: self.question(action, kind),
            condition: self.optional(action, "questionCondition"),
            inputs: inputs.into(),
            wanted: self.expected(action, kind, slot.map(|(_, holds)| holds)),
            slot_type: self.slot_type(action, kind),
            result: bound.or(slot.map(|(id, _)| id)),
            no_input: self.again(action, "noInput", output(action, &names, NO_INPUTS)),
            no_match: self.again(action, "noMatch", output(action, &names, no_match)),
            validation: self.optional(action, "customValidation"),
            confirmation: self.confirmation(action, &names),
            silence_ms: self.milliseconds("noInputsTimeout", PATIENCE_MS),
            inter_digit_ms: self.milliseconds("interDigitTimeout", INTER_DIGIT_MS),
            terminator: self.terminator(),
            round: None,
            success: success_of(kind),
        };
        (Action::Ask(Box::new(ask)), names)
    }

    /// Returns the expected kind of answer. `slot` is the type of the slot.
    fn expected(
        &self,
        action: &architect::Action,
        kind: QuestionKind,
        slot: Option<Type>,
    ) -> ExpectedAnswer {
        match kind {
            QuestionKind::Slot => ExpectedAnswer::Value(slot.unwrap_or(Type::ANY)),
            QuestionKind::Boolean | QuestionKind::AnythingElse => ExpectedAnswer::Boolean,
            QuestionKind::Choice => ExpectedAnswer::Choice,
            QuestionKind::Intent | QuestionKind::Words => {
                ExpectedAnswer::Intent(self.intents())
            }
            QuestionKind::Survey => self.survey_answers(action),
        }
    }

    fn slot_type(
        &self,
        action: &architect::Action,
        kind: QuestionKind,
    ) -> Option<SlotType> {
        let slot = slot_of(action).filter(|_| kind == QuestionKind::Slot)?;
        SlotType::of_slot(&self.flow.settings, &slot)
    }

    /// Compiles an Anything Else? Loop to the questions before its first and before each
    /// further round.
    pub(super) fn anything_else(
        &mut self,
        action: &architect::Action,
    ) -> ([Action; 2], Vec<Text>) {
        let number = self.hidden_pair();
        let index = self.output(action, "currentIndex");
        let ask = |is_first: bool| match self.ask(action, QuestionKind::AnythingElse).0 {
            Action::Ask(mut ask) => {
                ask.round = Some(Round { is_first, number, index });
                Action::Ask(ask)
            }
            other => other,
        };
        ([ask(true), ask(false)], known_outputs(action))
    }

    fn question(&self, action: &architect::Action, kind: QuestionKind) -> Box<[Source]> {
        let mut words = vec![self.setting(action, "question", MESSAGE)];
        if kind == QuestionKind::Survey {
            // The answers, as the participant hears them.
            words.push(self.setting(action, "answer", MESSAGE));
        }
        words.into()
    }

    /// Returns the answers of the survey question that an action names. They are part of
    /// `settingsVoiceSurvey`. A question without answers accepts every answer.
    fn survey_answers(&self, action: &architect::Action) -> ExpectedAnswer {
        let named = action.settings.get("surveyQuestion");
        let named = named.and_then(|it| match &it.value {
            Setting::Group(group) => text_of(&group.entries.first()?.1.value, "text"),
            setting => text_of(setting, "text"),
        });
        let survey = self.of_flow("settingsVoiceSurvey");
        let questions = survey.into_iter().flat_map(|it| listed(it, "surveyQuestions"));
        let is_named = |question: &&Settings| {
            let text = question.get("text").and_then(|text| text.value.text());
            text.is_some() && text == named
        };
        let question = questions.map(|(_, question)| question).find(is_named);
        let options = question.and_then(|it| match &it.get("answerOptions")?.value {
            Setting::List(options) => Some(options),
            _ => None,
        });
        let answers = options.into_iter().flatten().filter_map(|option| {
            let text = text_of(&option.value, "text")?.into();
            Some(SurveyAnswer {
                key: text_of(&option.value, "dtmf").map(Text::from),
                text,
            })
        });
        let answers: Box<[SurveyAnswer]> = answers.collect();
        if answers.is_empty() {
            return ExpectedAnswer::Value(Type::one(Kind::String));
        }
        ExpectedAnswer::Survey(answers)
    }

    /// Compiles a condition; `None` if it is not set.
    fn optional(&self, action: &architect::Action, name: &str) -> Option<Source> {
        let written = action.settings.get(name)?;
        let is_set = !matches!(written.value, Setting::NoValue | Setting::None);
        is_set.then(|| self.source(Some(&written.value), Type::one(Kind::Boolean)))
    }

    /// Compiles `clearSlot`: the variables that become NOT_SET.
    pub(super) fn clear_slots(&self, action: &architect::Action) -> Action {
        let slots = slots_of(action);
        let ids = slots.iter().filter_map(|name| Some(self.variable(name)?.0));
        Action::ClearSlots(ids.collect())
    }

    /// Returns the key of `dtmfTerminatingCharacter`. *Decided here: a flow without this
    /// setting has none.*
    fn terminator(&self) -> Option<char> {
        let settings = self.of_flow("settingsUserInput");
        let written = settings?.get("dtmfTerminatingCharacter")?;
        match self.source(Some(&written.value), Type::one(Kind::String)) {
            Source::Constant(Value::String(text)) => text.trim().chars().next(),
            _ => None,
        }
    }

    fn milliseconds(&self, name: &str, otherwise: i64) -> i64 {
        let settings = self.of_flow("settingsUserInput");
        let written = settings.and_then(|it| it.get(name));
        let holds = Type::one(Kind::Duration);
        let source = self.source(written.map(|written| &written.value), holds);
        match source {
            Source::Constant(Value::Duration(duration)) => duration.milliseconds(),
            _ => otherwise,
        }
    }

    /// Reads `intentSettings: [{intent: {name, task: {name}}}]`.
    fn intents(&self) -> Box<[Intent]> {
        let settings = self.of_flow("settingsBotFlow");
        let list = settings
            .into_iter()
            .flat_map(|it| listed(it, "intentSettings").map(|(_, intent)| intent));
        let intent = |intent: &Settings| {
            let task = intent.get("task").and_then(|task| task.value.group());
            let task = task.and_then(|task| self.sequence_named(literal(task, "name")?));
            Some(Intent { name: literal(intent, "name")?.into(), task })
        };
        list.filter_map(intent).collect()
    }

    pub(super) fn of_flow(&self, name: &str) -> Option<&Settings> {
        self.flow.settings.get(name)?.value.group()
    }
}

/// Returns the index of the output of an answer that fits no other output.
fn success_of(kind: QuestionKind) -> u16 {
    match kind {
        QuestionKind::Choice => u16::MAX,
        QuestionKind::AnythingElse => 1,
        _ => 0,
    }
}

/// Settings for the bot's prompts and display. They are not inputs of the action.
const TALK: [&str; 15] = [
    "question",
    "customizeNoInput",
    "customizeNoMatch",
    "noInput",
    "noInputs",
    "noMatch",
    "noMatches",
    "noInputReprompts",
    "noMatchReprompts",
    "confirmationQuestion",
    "continuationPrompt",
    "customValidation",
    "questionCondition",
    "answer",
    "chooser",
];

/// Returns the outputs that the action can take: without those that an author has to
/// switch on and has not.
fn taken_outputs(action: &architect::Action) -> Vec<Text> {
    let mut names = outputs_of(action);
    let limits = [NO_INPUTS, NO_MATCHES, NO_MATCH_OF_INTENT];
    let is_on = |name: &Text| action.outputs.iter().any(|it| it.label == *name);
    names.retain(|name| !limits.contains(&name.as_str()) || is_on(name));
    names
}

fn without(settings: &Settings, names: &[&str]) -> Settings {
    let is_other = |entry: &&(SettingName, _)| !names.contains(&entry.0.as_str());
    Settings { entries: settings.entries.iter().filter(is_other).cloned().collect() }
}

/// Returns the string under a key of a literal or of a group.
fn text_of<'s>(setting: &'s Setting, key: &str) -> Option<&'s str> {
    match setting {
        Setting::Literal(json) => match json.get(key)? {
            Json::String(text) => Some(text),
            _ => None,
        },
        Setting::Group(group) => group.get(key)?.value.text(),
        _ => None,
    }
}

fn slot_of(action: &architect::Action) -> Option<Text> {
    slots_of(action).into_iter().next()
}

/// Returns a variable for each slot that the actions of a flow name. Slots without a
/// declared variable hold strings.
pub(super) fn slot_variables(flow: &ArchitectFlow) -> Vec<architect::Variable> {
    let mut variables = Vec::new();
    flow.each_action(&mut |_, action| {
        let slots = slots_of(action).into_iter();
        variables.extend(slots.map(|name| architect::Variable {
            key: None,
            name: Spanned { value: name, span: action.span },
            value_type: Type::one(Kind::String),
            initial: None,
            is_input: true,
            is_output: true,
        }));
    });
    variables
}

/// Returns the slots that an action names, in `slot` or in `slots`.
fn slots_of(action: &architect::Action) -> Vec<Text> {
    let mut names = Vec::new();
    for (key, written) in &action.settings.entries {
        if matches!(key.as_str(), "slot" | "slots") {
            named(&written.value, &mut names);
        }
    }
    names
}

fn named(setting: &Setting, names: &mut Vec<Text>) {
    match setting {
        Setting::Literal(Json::String(name)) => names.push(slot(name)),
        Setting::Literal(json) => {
            if let Some(Json::String(name)) = json.get("name") {
                names.push(slot(name));
            }
        }
        Setting::Variable(name) => names.push(name.clone()),
        Setting::List(items) => items.iter().for_each(|item| named(&item.value, names)),
        Setting::Group(group) => match group.get("name") {
            Some(name) => named(&name.value, names),
            None => group.entries.iter().for_each(|(_, it)| named(&it.value, names)),
        },
        _ => {}
    }
}

fn slot(name: &str) -> Text {
    match name.split_once('.') {
        Some((scope, _)) if scope.eq_ignore_ascii_case("slot") => name.into(),
        _ => Text::from(format!("Slot.{name}")),
    }
}
