//! Actions that do not affect the flow's path: their settings are recorded.

use super::build::Compiler;
use super::control::{literal, outputs_of};
use super::transfer::skill_of;
use super::{Action, Source};
use crate::expr::architect::{BUILT_INS, BuiltInId};
use crate::flow::architect::{self, Setting, Settings};
use crate::flow::kinds::SideEffect;
use crate::value::{Json, Kind, Text, Type, Value};

/// An action whose settings are recorded, with its side effect.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The settings that have a value, by name.
    pub inputs: Box<[(Text, Source)]>,
    /// The side effect.
    pub change: Change,
}

/// The side effect of a recorded action.
#[derive(Debug, Clone)]
pub enum Change {
    /// No effect that a flow could observe. The action takes its first output, `success`.
    Nothing,
    /// Sets the language of the conversation.
    Language(Source),
    /// Sets a built-in variable of Architect.
    BuiltIn(BuiltInId, Source),
    /// Sets the active intent of the bot.
    Intent(Source),
    /// Changes the requirements of the conversation on agents.
    Requirements(Box<Requirements>),
    /// Ends the flow.
    EndFlow,
}

/// New requirements of a conversation on agents.
#[derive(Debug, Clone)]
pub struct Requirements {
    /// The skills, which replace those of the conversation; `None` if they stay.
    pub skills: Option<Box<[Source]>>,
    /// The language skill; NOT_SET if it stays.
    pub language: Source,
    /// The priority, an Integer; NOT_SET if it stays.
    pub priority: Source,
}

impl Compiler<'_> {
    /// Compiles an action whose settings are recorded.
    pub(super) fn recorded(
        &self,
        action: &architect::Action,
        effect: SideEffect,
    ) -> (Action, Vec<Text>) {
        let text = |name| self.setting(action, name, Type::one(Kind::String));
        let change = match effect {
            SideEffect::Nothing => Change::Nothing,
            SideEffect::Language => {
                let is_value = action.settings.get("languageValue").is_some();
                Change::Language(text(if is_value {
                    "languageValue"
                } else {
                    "language"
                }))
            }
            SideEffect::BuiltIn(id, setting) => {
                let holds = BUILT_INS[id.index()].value_type;
                Change::BuiltIn(id, self.setting(action, setting, holds))
            }
            SideEffect::Intent => Change::Intent(text("intent")),
            SideEffect::Requirements => {
                Change::Requirements(Box::new(self.requirements(action)))
            }
            SideEffect::EndFlow => Change::EndFlow,
        };
        let mut inputs = Vec::new();
        self.inputs_of(&action.settings, &mut inputs);
        let recorded = Recorded { inputs: inputs.into(), change };
        (Action::Recorded(recorded), outputs_of(action))
    }

    /// Compiles new requirements. Settings of workitems have shorter names.
    fn requirements(&self, action: &architect::Action) -> Requirements {
        let given = |names: [&str; 2]| {
            names.iter().find_map(|name| action.settings.get(name)).map(|it| &it.value)
        };
        let one = |setting: &Setting, kind| self.source(Some(setting), Type::one(kind));
        let skills = given(["acdSkills", "skills"]).and_then(|skills| match skills {
            Setting::NoValue | Setting::None => None,
            Setting::List(items) => {
                let items = items.iter().map(|item| &item.value);
                let skill = |item| one(skill_of(item).unwrap_or(item), Kind::Skill);
                Some(items.map(skill).collect())
            }
            list => Some(Box::from([self.source(Some(list), Type::many(Kind::Skill))])),
        });
        let language = Type::one(Kind::LanguageSkill);
        let priority = Type::one(Kind::Integer);
        Requirements {
            skills,
            language: self.source(given(["languageSkill", "language"]), language),
            priority: self.setting(action, "priority", priority),
        }
    }

    /// Collects the settings that have a value, including nested settings. The choice
    /// between several forms counts as a value, and so does the name of an object with
    /// settings: `{screenPopScript: {Sales: {inputs: {…}}}}` has the script `Sales`.
    pub(super) fn inputs_of(
        &self,
        settings: &Settings,
        inputs: &mut Vec<(Text, Source)>,
    ) {
        for (name, written) in &settings.entries {
            match &written.value {
                Setting::NoValue | Setting::None | Setting::Variable(_) => {}
                // The enabled outputs are not an input.
                Setting::Group(_) if name.text == "outputs" => {}
                Setting::List(items)
                    if items.iter().any(|it| has_settings(&it.value)) => {}
                Setting::Group(group) => {
                    if let Some(called) = literal(group, "name") {
                        inputs.push((name.text.clone(), text(called)));
                    }
                    match group.entries.as_slice() {
                        [(form, body)] if has_settings(&body.value) => {
                            inputs.push((name.text.clone(), text(form)));
                            let within = body.value.group();
                            within.into_iter().for_each(|it| self.inputs_of(it, inputs));
                        }
                        _ if literal(group, "name").is_none() => {
                            self.inputs_of(group, inputs);
                        }
                        _ => {}
                    }
                }
                Setting::Literal(json @ Json::Object(_)) => {
                    let source = match json.get("name") {
                        Some(Json::String(called)) => text(called),
                        _ => self.source(Some(&written.value), Type::ANY),
                    };
                    inputs.push((name.text.clone(), source));
                }
                other => {
                    inputs.push((name.text.clone(), self.source(Some(other), Type::ANY)));
                }
            }
        }
    }
}

fn text(text: &str) -> Source {
    Source::Constant(Value::from(text))
}

/// Whether a setting is a group of settings, like `{inputs: …}` and unlike `{lit: …}`.
fn has_settings(setting: &Setting) -> bool {
    matches!(setting, Setting::Group(_))
}
