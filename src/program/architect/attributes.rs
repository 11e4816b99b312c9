//! Participant attributes.

use super::build::Compiler;
use super::control::{listed, outputs_of};
use super::{Action, Source};
use crate::flow::VariableId;
use crate::flow::architect::{self, Settings};
use crate::value::{Kind, Text, Type};

/// Sets or reads participant attributes.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// The participant that owns the attributes; `None` for the participant of the run.
    pub owner: Option<Owner>,
    /// The attributes.
    pub list: AttributeList,
}

/// A participant of a conversation.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The id of the conversation.
    pub conversation: Source,
    /// The id of the participant; NOT_SET means the customer.
    pub participant: Source,
}

/// Attributes to set or to read.
#[derive(Debug, Clone)]
pub enum AttributeList {
    /// Names and values.
    Set(Box<[(Source, Source)]>),
    /// Names, and the variables that receive the values.
    Get(Box<[(Source, Option<VariableId>)]>),
}

const TEXT: Type = Type::one(Kind::String);

impl Compiler<'_> {
    /// Compiles an action that sets attributes, of this conversation or of another one.
    pub(super) fn set_attributes(
        &self,
        action: &architect::Action,
        is_of_any: bool,
    ) -> (Action, Vec<Text>) {
        let items = listed(&action.settings, "attributes").map(|(_, item)| item);
        let set = items.map(|item| (self.of(item, "name"), self.of(item, "value")));
        let list = AttributeList::Set(set.collect());
        let owner = self.owner(action, is_of_any);
        (Action::Attributes(Attributes { owner, list }), outputs_of(action))
    }

    /// Compiles an action that reads attributes, of this conversation or of another one.
    pub(super) fn get_attributes(
        &self,
        action: &architect::Action,
        is_of_any: bool,
    ) -> (Action, Vec<Text>) {
        let items = listed(&action.settings, "attributes").map(|(_, item)| item);
        let get = items.map(|item| {
            let variable = item.get("variable");
            let variable = variable.and_then(|it| self.bound_variable(&it.value));
            (self.of(item, "name"), variable)
        });
        let list = AttributeList::Get(get.collect());
        let owner = self.owner(action, is_of_any);
        (Action::Attributes(Attributes { owner, list }), outputs_of(action))
    }

    fn owner(&self, action: &architect::Action, is_of_any: bool) -> Option<Owner> {
        is_of_any.then(|| Owner {
            conversation: self.setting(action, "conversationId", TEXT),
            participant: self.setting(action, "participantId", TEXT),
        })
    }

    fn of(&self, item: &Settings, name: &str) -> Source {
        self.source(item.get(name).map(|written| &written.value), TEXT)
    }
}
