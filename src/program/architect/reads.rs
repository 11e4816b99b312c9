//! The sources that an action evaluates, for analyses of programs.

use super::{
    Action, Ask, AttributeList, Attributes, Change, Local, LocalTask, Lookup, Other,
    Phrases, Recorded, RetryPolicy, Source, Target, Traced, Transfer,
};
use crate::expr::architect::Expression;
use crate::value::Text;

impl Source {
    /// Visits every expression of the source.
    pub fn each_expression<'s>(&'s self, visit: &mut dyn FnMut(&'s Expression)) {
        match self {
            Self::Constant(_) | Self::Named(..) | Self::Broken(_) => {}
            Self::Expression(expression) => visit(expression),
            Self::List(_, items) => {
                items.iter().for_each(|item| item.each_expression(visit));
            }
            Self::ByLanguage(values) => {
                values.default.each_expression(visit);
                for (_, source) in &values.alternates {
                    source.each_expression(visit);
                }
            }
        }
    }
}

type Visit<'v, 's> = &'v mut dyn FnMut(&'s Source);

fn named<'s>(sources: &'s [(Text, Source)], visit: Visit<'_, 's>) {
    sources.iter().for_each(|(_, source)| visit(source));
}

fn traced<'s>(values: impl Iterator<Item = &'s Traced>, visit: Visit<'_, 's>) {
    values.for_each(|value| visit(&value.source));
}

impl Action {
    /// Visits every source that the action evaluates.
    pub fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        match self {
            Self::BeginFlow(greeting) => greeting.iter().for_each(visit),
            Self::PlayAudio(source) | Self::SetWhisperAudio(source) => visit(source),
            Self::Decision(decision) => visit(&decision.condition.source),
            Self::Switch(switch) => {
                traced(switch.value.iter().chain(&switch.cases), visit);
            }
            Self::UpdateData(statements) => {
                statements.iter().for_each(|statement| visit(&statement.value));
            }
            Self::Loop(rounds) | Self::NextRound(rounds) => {
                visit(&rounds.count);
                traced(rounds.until.iter().flatten(), visit);
            }
            Self::CallTask(call) => call.inputs.iter().for_each(|(_, it)| visit(it)),
            Self::Jump(jump) => jump.inputs.iter().for_each(|(_, it)| visit(it)),
            Self::BeginSequence
            | Self::GoTo
            | Self::EndTask(_)
            | Self::ClearSlots(_)
            | Self::End(_)
            | Self::GoToMenu(_) => {}
            Self::CallCommonModule(_)
            | Self::CallFlow(_)
            | Self::Attributes(_)
            | Self::Recorded(_)
            | Self::Send(_)
            | Self::Ask(_)
            | Self::Lookup(_)
            | Self::Transfer(_)
            | Self::CreateCallback(_)
            | Self::Local(_)
            | Self::Other(_) => self.each_source_of_data(visit),
            Self::CollectInput(_)
            | Self::DialByExtension(_)
            | Self::Menu(_)
            | Self::HoldMusic(_)
            | Self::EstimatedWaitTime(_)
            | Self::PositionInQueue(_) => self.each_source_of_audio(visit),
        }
    }

    fn each_source_of_data<'s>(&'s self, visit: Visit<'_, 's>) {
        match self {
            Self::CallCommonModule(module) => {
                module.inputs.iter().for_each(|(_, _, source)| visit(source));
            }
            Self::CallFlow(call) => call.other.each_source(visit),
            Self::Attributes(attributes) => attributes.each_source(visit),
            Self::Recorded(recorded) => recorded.each_source(visit),
            Self::Send(send) => {
                visit(&send.message);
                named(&send.inputs, visit);
            }
            Self::Ask(ask) => ask.each_source(visit),
            Self::Lookup(lookup) => lookup.each_source(visit),
            Self::Transfer(transfer) => transfer.each_source(visit),
            Self::CreateCallback(callback) => named(&callback.inputs, visit),
            Self::Local(local) => local.each_source(visit),
            Self::Other(other) => other.each_source(visit),
            _ => {}
        }
    }

    fn each_source_of_audio<'s>(&'s self, visit: Visit<'_, 's>) {
        match self {
            Self::CollectInput(it) => {
                let sources = [&it.audio, &it.min, &it.max, &it.no_entry];
                sources.into_iter().for_each(&mut *visit);
                let sources = [&it.inter_digit, &it.just_star, &it.just_pound];
                sources.into_iter().for_each(&mut *visit);
                [&it.with_terminator, &it.verification_audio].into_iter().for_each(visit);
            }
            Self::DialByExtension(it) => {
                [&it.inter_digit, &it.audio, &it.repeats].into_iter().for_each(visit);
            }
            Self::Menu(it) => {
                let sources = [&it.audio, &it.repeats, &it.timeout];
                sources.into_iter().for_each(&mut *visit);
                [&it.dials, &it.dial_delay].into_iter().for_each(visit);
            }
            Self::HoldMusic(it) => {
                [&it.prompt, &it.fallback, &it.barge_in]
                    .into_iter()
                    .for_each(&mut *visit);
                it.duration.iter().for_each(visit);
            }
            Self::EstimatedWaitTime(it) => {
                [&it.estimate, &it.interval, &it.intervals].into_iter().for_each(visit);
            }
            Self::PositionInQueue(it) => visit(&it.position),
            _ => {}
        }
    }
}

impl Other {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        named(&self.inputs, visit);
    }
}

impl Local {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        self.other.each_source(visit);
        match &self.task {
            LocalTask::Silence { audio, duration, .. } => {
                audio.iter().chain([duration]).for_each(visit);
            }
            LocalTask::Encrypt(source, _) | LocalTask::Decrypt(source, _) => {
                visit(source);
            }
        }
    }
}

impl Attributes {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        if let Some(owner) = &self.owner {
            [&owner.conversation, &owner.participant].into_iter().for_each(&mut *visit);
        }
        match &self.list {
            AttributeList::Set(list) => {
                list.iter().flat_map(|(name, value)| [name, value]).for_each(visit);
            }
            AttributeList::Get(list) => list.iter().for_each(|(name, _)| visit(name)),
        }
    }
}

impl Recorded {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        named(&self.inputs, visit);
        match &self.change {
            Change::Nothing | Change::EndFlow => {}
            Change::Language(source)
            | Change::BuiltIn(_, source)
            | Change::Intent(source) => visit(source),
            Change::Requirements(changes) => {
                changes.skills.iter().flatten().for_each(&mut *visit);
                [&changes.language, &changes.priority].into_iter().for_each(visit);
            }
        }
    }
}

impl RetryPolicy {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        self.apologies.all().chain(self.reprompts.all()).for_each(visit);
    }
}

impl Ask {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        self.question.iter().chain(&self.condition).for_each(&mut *visit);
        named(&self.inputs, visit);
        for policy in [&self.no_input, &self.no_match, &self.confirmation.rejected] {
            policy.each_source(visit);
        }
        self.validation.iter().for_each(&mut *visit);
        let confirmation = &self.confirmation;
        [&confirmation.mode, &confirmation.question].into_iter().for_each(&mut *visit);
        confirmation.apologies.iter().flat_map(Phrases::all).for_each(visit);
    }
}

impl Lookup {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        match self {
            Self::DataAction(call) => {
                named(&call.inputs, visit);
                [&call.timeout, &call.prompt].into_iter().for_each(visit);
            }
            Self::DataTable(table) => visit(&table.key),
            Self::Object(lookup) | Self::Users(lookup) => visit(&lookup.key),
            Self::Contact(lookup) | Self::ContactSearch(lookup) => visit(&lookup.key),
            Self::Schedule(schedule) => {
                visit(&schedule.object);
                schedule.zone.iter().chain(&schedule.at).for_each(visit);
            }
            Self::ScheduleGroup(group) => {
                [&group.group, &group.emergency].into_iter().for_each(&mut *visit);
                group.at.iter().for_each(visit);
            }
            Self::Wait(wait) => [&wait.duration, &wait.trim].into_iter().for_each(visit),
        }
    }
}

impl Transfer {
    fn each_source<'s>(&'s self, visit: Visit<'_, 's>) {
        [&self.before, &self.on_failure].into_iter().for_each(&mut *visit);
        [&self.connect_timeout, &self.greeting].into_iter().for_each(&mut *visit);
        named(&self.inputs, visit);
        if let Target::Acd(acd) = &self.target {
            let sources = [&acd.queue, &acd.priority, &acd.appends, &acd.language];
            sources.into_iter().for_each(&mut *visit);
            acd.skills.iter().for_each(&mut *visit);
            acd.default_languages.iter().for_each(|(_, source)| visit(source));
        }
    }
}
