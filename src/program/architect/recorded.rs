//! Actions that do not lead anywhere: what they tell the platform is recorded.

use super::build::Compiler;
use super::control::{literal, outputs_of};
use super::{Action, Source};
use crate::expr::architect::BuiltInId;
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Json, Kind, Text, Type, Value};

/// An action whose settings are recorded, and what it changes besides.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its settings that have a value, by name.
    pub inputs: Box<[(Text, Source)]>,
    /// What it changes.
    pub change: Change,
}

/// What a recorded action changes.
#[derive(Debug, Clone)]
pub enum Change {
    /// Nothing that a flow could see. It takes the first of its outputs, `success`.
    Nothing,
    /// The language of the conversation.
    Language(Source),
    /// A variable that Architect brings along.
    BuiltIn(BuiltInId, Source),
    /// The flow is over.
    EndFlow,
}

const EXTERNAL_TAG: BuiltInId = BuiltInId::of("Call.ExternalTag");
const UUI_DATA: BuiltInId = BuiltInId::of("Call.UUIData");

impl Compiler<'_> {
    /// An action of which all that happens is that it is recorded.
    pub(super) fn recorded(&self, action: &architect::Action) -> (Action, Vec<Text>) {
        let text = |name| self.setting(action, name, Type::one(Kind::String));
        let change = match action.kind.value.as_str() {
            "setLanguage" if action.settings.get("languageValue").is_some() => {
                Change::Language(text("languageValue"))
            }
            "setLanguage" => Change::Language(text("language")),
            "setExternalTag" => Change::BuiltIn(EXTERNAL_TAG, text("externalTag")),
            "setUUIData" => Change::BuiltIn(UUI_DATA, text("uuiData")),
            "endFlow"
            | "endWorkflow"
            | "exitBotFlow"
            | "exitSurveyFlow"
            | "exitWorkitemFlow"
            | "abortSurveyInvite"
            | "completeSurveyInvite" => Change::EndFlow,
            _ => Change::Nothing,
        };
        let mut inputs = Vec::new();
        self.inputs_of(&action.settings, &mut inputs);
        let recorded = Recorded { inputs: inputs.into(), change };
        (Action::Recorded(recorded), outputs_of(action))
    }

    /// The settings that have a value, those within settings too. A choice of one of several
    /// forms, and the name of something that has settings of its own, are values as well:
    /// `{screenPopScript: {Sales: {inputs: {…}}}}` has the script `Sales`.
    pub(super) fn inputs_of(
        &self,
        settings: &Settings,
        inputs: &mut Vec<(Text, Source)>,
    ) {
        for (name, written) in &settings.entries {
            match &written.value {
                Setting::NoValue | Setting::None | Setting::Variable(_) => {}
                // Which outputs are switched on is no input.
                Setting::Group(_) if name == "outputs" => {}
                Setting::List(items)
                    if items.iter().any(|it| has_settings(&it.value)) => {}
                Setting::Group(group) => {
                    if let Some(called) = literal(group, "name") {
                        inputs.push((name.clone(), text(called)));
                    }
                    match group.entries.as_slice() {
                        [(form, body)] if has_settings(&body.value) => {
                            inputs.push((name.clone(), text(form)));
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
                    inputs.push((name.clone(), source));
                }
                other => inputs.push((name.clone(), self.source(Some(other), Type::ANY))),
            }
        }
    }
}

fn text(text: &str) -> Source {
    Source::Constant(Value::from(text))
}

/// Whether a setting is a group of others, as `{inputs: …}` is and `{lit: …}` is not.
fn has_settings(setting: &Setting) -> bool {
    matches!(setting, Setting::Group(_))
}
