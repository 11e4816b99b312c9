//! Transfers: to a queue, a person, a number or another flow.

use super::build::Compiler;
use super::control::{grouped, name_in};
use super::{Action, Source};
use crate::flow::architect::{self, Setting, Settings};
use crate::flow::kinds::{ActionSpec, SECURE_CALL, TransferKind};
use crate::flow::{FlowId, VariableId};
use crate::value::{Kind, Text, Type, Value};

/// Transfers the conversation. Its only output is `failure` (0).
#[derive(Debug, Clone)]
pub struct Transfer {
    /// The target.
    pub target: Target,
    /// The audio before the transfer.
    pub before: Source,
    /// The audio after a failure.
    pub on_failure: Source,
    /// The setting that names the target, followed by all others that have a value.
    pub inputs: Box<[(Text, Source)]>,
    /// The time limit for the other side to answer, a Duration.
    pub connect_timeout: Source,
    /// The greeting of a voice mailbox.
    pub greeting: Source,
    /// Whether a failure disconnects the call instead of taking the output: in a secure
    /// flow. *Source: Genesys' help on Transfer to Flow.*
    pub disconnects_on_failure: bool,
    /// The variable that receives the kind of failure.
    pub error_type: Option<VariableId>,
    /// The variable that receives the error message.
    pub error_message: Option<VariableId>,
}

/// The target of a transfer.
#[derive(Debug, Clone)]
pub enum Target {
    /// The agents of a queue.
    Acd(Box<AcdTarget>),
    /// A user, a group, a number or a voice mailbox. The first input identifies it.
    Object(TransferKind),
    /// The flow with this name, and its id if it is loaded.
    Flow(TransferKind, Text, Option<FlowId>),
}

impl Transfer {
    /// Whether the target is a queue.
    pub fn is_to_queue(&self) -> bool {
        matches!(self.target, Target::Acd(_))
    }

    /// The flow that continues the conversation, if the action names one and it is loaded.
    pub fn flow(&self) -> Option<FlowId> {
        match &self.target {
            Target::Flow(_, _, flow) => *flow,
            Target::Acd(target) => target.in_queue_flow.flatten(),
            Target::Object(_) => None,
        }
    }
}

/// A queue, and requirements on its agents.
#[derive(Debug, Clone)]
pub struct AcdTarget {
    /// The queue.
    pub queue: Source,
    /// The priority, an Integer.
    pub priority: Source,
    /// The skills that an agent needs.
    pub skills: Box<[Source]>,
    /// Whether the agent also needs the skills that the conversation has, a Boolean.
    pub appends: Source,
    /// The language skill that an agent needs.
    pub language: Source,
    /// The flow's language skill for each of its languages, by tag, if the action sets
    /// none.
    pub default_languages: Box<[(Text, Source)]>,
    /// The in-queue flow that the action sets, by its id if it is loaded. `None` if the
    /// queue decides.
    pub in_queue_flow: Option<Option<FlowId>>,
}

/// Puts a callback into a queue and continues.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The settings that have a value, by name: `queue` and `callbackNumber` first.
    pub inputs: Box<[(Text, Source)]>,
}

impl Compiler<'_> {
    /// Compiles a transfer to a queue.
    pub(super) fn transfer_to_acd(&self, action: &architect::Action) -> Action {
        let (target, inputs) = self.acd(action);
        self.transfer_to(action, target, inputs)
    }

    /// Compiles a transfer to another target.
    pub(super) fn transfer(
        &self,
        action: &architect::Action,
        kind: TransferKind,
    ) -> Action {
        let (target, inputs) = match kind {
            TransferKind::User => self.to_object(action, kind, "targetUser", Kind::User),
            TransferKind::Group => {
                self.to_object(action, kind, "targetGroup", Kind::Group)
            }
            TransferKind::Number => {
                self.to_object(action, kind, "targetNumber", Kind::Any)
            }
            TransferKind::Voicemail => self.to_voicemail(action),
            TransferKind::Flow | TransferKind::SecureFlow => self.to_flow(action, kind),
        };
        self.transfer_to(action, target, inputs)
    }

    fn transfer_to(
        &self,
        action: &architect::Action,
        target: Target,
        inputs: Vec<(Text, Source)>,
    ) -> Action {
        let (_, mailbox) = mailbox(&action.settings);
        let greeting = mailbox.and_then(|mailbox| mailbox.get("voicemailGreeting"));
        let audio = Type::one(Kind::Audio);
        let transfer = Transfer {
            target,
            before: self.setting(action, "preTransferAudio", audio),
            on_failure: self.setting(action, "failureTransferAudio", audio),
            inputs: inputs.into(),
            connect_timeout: self.connect_timeout(action),
            greeting: self.source(greeting.map(|it| &it.value), audio),
            disconnects_on_failure: self.flow.flow_type == SECURE_CALL,
            error_type: self.failure_output(action, "errorType"),
            error_message: self.failure_output(action, "errorMessage"),
        };
        Action::Transfer(Box::new(transfer))
    }

    /// Compiles a transfer to a queue. Exports may list several `targetQueues`; the first
    /// is used.
    fn acd(&self, action: &architect::Action) -> (Target, Vec<(Text, Source)>) {
        let queue = match action.settings.get("targetQueues").map(|it| &it.value) {
            Some(Setting::List(queues)) => {
                let first = queues.first().map(|queue| &queue.value);
                self.source(first, Type::one(Kind::Queue))
            }
            _ => self.setting(action, "targetQueue", Type::one(Kind::Queue)),
        };
        let priority = self.setting(action, "priority", Type::one(Kind::Integer));
        let mut skills = Vec::new();
        for skill in skills_of(&action.settings) {
            skills.push(self.source(Some(skill), Type::one(Kind::Skill)));
        }
        let language = Type::one(Kind::LanguageSkill);
        let language = self.setting(action, "languageSkill", language);
        let mut inputs = Vec::new();
        for (name, holds) in [
            ("appendSkills", Type::one(Kind::Boolean)),
            ("directAgent", Type::one(Kind::User)),
            ("preferredAgents", Type::many(Kind::AgentScorePair)),
        ] {
            self.input(action, name, holds, &mut inputs);
        }
        self.flow_input(action, "overrideInQueueFlow", &mut inputs);
        let own_flow = name_in(&action.settings, "overrideInQueueFlow");
        let target = AcdTarget {
            queue,
            priority,
            skills: skills.into(),
            appends: self.setting(action, "appendSkills", Type::one(Kind::Boolean)),
            language,
            default_languages: self.default_language_skills(),
            in_queue_flow: own_flow.map(|name| self.in_queue_flow(name)),
        };
        (Target::Acd(Box::new(target)), inputs)
    }

    /// Compiles `supportedLanguages: {en-us: {defaultLanguageSkill: …}}`. *Source: Genesys'
    /// help on language skills.*
    fn default_language_skills(&self) -> Box<[(Text, Source)]> {
        let languages = grouped(&self.flow.settings, "supportedLanguages");
        let skill = |(tag, settings): (&Text, &Setting)| {
            let skill = settings.group()?.get("defaultLanguageSkill")?;
            let skill = self.source(Some(&skill.value), Type::one(Kind::LanguageSkill));
            (!skill.is_unset()).then(|| (tag.clone(), skill))
        };
        languages.filter_map(skill).collect()
    }

    fn to_object(
        &self,
        action: &architect::Action,
        to: TransferKind,
        name: &str,
        kind: Kind,
    ) -> (Target, Vec<(Text, Source)>) {
        let target = self.setting(action, name, Type::one(kind));
        let mut inputs = vec![(Text::from(name), target)];
        for name in ["allowVoicemailRollover", "alertOnTransfer", "releaseLinkTransfer"] {
            self.input(action, name, Type::one(Kind::Boolean), &mut inputs);
        }
        (Target::Object(to), inputs)
    }

    fn to_voicemail(&self, action: &architect::Action) -> (Target, Vec<(Text, Source)>) {
        let (name, mailbox) = mailbox(&action.settings);
        let kind = match name {
            "targetQueue" => Kind::Queue,
            "targetGroup" => Kind::Group,
            _ => Kind::User,
        };
        let setting = |name| mailbox.and_then(|it| it.get(name)).map(|it| &it.value);
        let target = self.source(setting(name), Type::one(kind));
        let mut inputs = vec![(Text::from(name), target)];
        for name in ["callbackNumber", "calleeName"] {
            let source = self.source(setting(name), Type::ANY);
            if !source.is_unset() {
                inputs.push((name.into(), source));
            }
        }
        (Target::Object(TransferKind::Voicemail), inputs)
    }

    fn to_flow(
        &self,
        action: &architect::Action,
        kind: TransferKind,
    ) -> (Target, Vec<(Text, Source)>) {
        let name =
            Text::from(name_in(&action.settings, "targetFlow").unwrap_or_default());
        let flow_type = match kind {
            TransferKind::SecureFlow => SECURE_CALL,
            _ => &self.flow.flow_type,
        };
        let flow = self.flow_of_type(&name, flow_type);
        let mut inputs = Vec::new();
        self.flow_input(action, "targetFlow", &mut inputs);
        self.input(action, "invocationData", Type::one(Kind::String), &mut inputs);
        (Target::Flow(kind, name, flow), inputs)
    }

    /// Adds a setting to the inputs if it has a value.
    fn input(
        &self,
        action: &architect::Action,
        name: &str,
        holds: Type,
        inputs: &mut Vec<(Text, Source)>,
    ) {
        let source = self.setting(action, name, holds);
        let is_none = match &source {
            Source::Constant(value) => value.is_unset() || holds.is_collection,
            _ => false,
        };
        if !is_none {
            inputs.push((name.into(), source));
        }
    }

    /// Adds the name of a flow to the inputs.
    fn flow_input(
        &self,
        action: &architect::Action,
        setting: &str,
        inputs: &mut Vec<(Text, Source)>,
    ) {
        if let Some(name) = name_in(&action.settings, setting) {
            inputs.push((setting.into(), Source::Constant(Value::from(name))));
        }
    }

    /// Compiles `connectTimeout` of the action, or else of `settingsActionDefaults`. A
    /// menu choice has the default of its action.
    fn connect_timeout(&self, action: &architect::Action) -> Source {
        let duration = Type::one(Kind::Duration);
        let own = self.setting(action, "connectTimeout", duration);
        if !own.is_unset() {
            return own;
        }
        let defaults = self.flow.settings.get("settingsActionDefaults");
        let kind = action.spec().map(ActionSpec::action_name).unwrap_or_default();
        let of_kind = defaults.and_then(|it| it.value.group()?.get(kind));
        let timeout = of_kind.and_then(|it| it.value.group()?.get("connectTimeout"));
        self.source(timeout.map(|it| &it.value), duration)
    }

    /// Returns the variable that receives a result of a failure.
    fn failure_output(
        &self,
        action: &architect::Action,
        name: &str,
    ) -> Option<VariableId> {
        let mut outputs = grouped(&action.settings, "failureOutputs");
        self.bound_variable(outputs.find(|(known, _)| *known == name)?.1)
    }

    pub(super) fn callback(&self, action: &architect::Action) -> Action {
        let queue = self.setting(action, "queue", Type::one(Kind::Queue));
        let number = self.setting(action, "callbackNumber", Type::ANY);
        let mut inputs = vec![("queue".into(), queue), ("callbackNumber".into(), number)];
        self.input(action, "calleeName", Type::one(Kind::String), &mut inputs);
        self.input(action, "priority", Type::one(Kind::Integer), &mut inputs);
        // The form is `{name of the script: {inputs: {…}}}`.
        for (script, body) in grouped(&action.settings, "callbackScript") {
            inputs.push((
                "callbackScript".into(),
                Source::Constant(Value::String(script.clone())),
            ));
            let Setting::Group(body) = body else { continue };
            for (name, value) in grouped(body, "inputs") {
                inputs.push((name.clone(), self.source(Some(value), Type::ANY)));
            }
        }
        Action::CreateCallback(Callback { inputs: inputs.into() })
    }
}

/// Returns the skills of `acdSkills: [{acdSkill: {skill: …}}]`. Archy also accepts the
/// value itself in place of `{skill: …}`.
fn skills_of(settings: &Settings) -> Vec<&Setting> {
    let Some(Setting::List(items)) = settings.get("acdSkills").map(|it| &it.value) else {
        return Vec::new();
    };
    items.iter().filter_map(|item| skill_of(&item.value)).collect()
}

pub(super) fn skill_of(item: &Setting) -> Option<&Setting> {
    let (_, body) = item.group()?.entries.first()?;
    match &body.value {
        Setting::Group(group) => group.get("skill").map(|skill| &skill.value),
        value => Some(value),
    }
}

/// Returns the setting that names the owner of the voice mailbox, and the group of
/// settings that contains it.
fn mailbox(settings: &Settings) -> (&'static str, Option<&Settings>) {
    const OWNERS: [(&str, &str); 3] =
        [("queue", "targetQueue"), ("user", "targetUser"), ("group", "targetGroup")];
    let destination = settings.get("destination").and_then(|it| it.value.group());
    for (owner, setting) in OWNERS {
        if let Some(inside) = destination.and_then(|it| it.get(owner)?.value.group()) {
            return (setting, Some(inside));
        }
    }
    // Exports have no `destination` around these settings.
    let is_set = |setting: &str| {
        settings.get(setting).is_some_and(|it| it.value != Setting::NoValue)
    };
    let owner = OWNERS.iter().find(|(_, setting)| is_set(setting));
    (owner.map_or("targetUser", |(_, setting)| setting), Some(settings))
}
