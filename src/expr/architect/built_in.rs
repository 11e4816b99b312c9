//! Architect's built-in variables.
//!
//! *Source: exports of real flows, and Genesys' help.*

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::value::{Kind, Type};

/// A variable that all flows of certain types have.
#[derive(Debug)]
pub struct BuiltIn {
    /// The name in Architect's spelling.
    pub name: &'static str,
    /// The type of its value.
    pub value_type: Type,
    /// The id in Architect's documents.
    pub id: &'static str,
}

const fn text(name: &'static str, id: &'static str) -> BuiltIn {
    one(name, Kind::String, id)
}

const fn one(name: &'static str, kind: Kind, id: &'static str) -> BuiltIn {
    BuiltIn { name, value_type: Type::one(kind), id }
}

/// All built-in variables.
pub const BUILT_INS: &[BuiltIn] = &[
    text("Call.Ani", "__CALL_ANI__"),
    text("Call.CalledAddress", "__CALL_DNIS__"),
    text("Call.CalledAddressOriginal", "__CALL_DNIS_ORIGINAL__"),
    text("Call.ConversationId", "__CALL_CONVERSATION_ID__"),
    text("Call.RemoteName", "__CALL_REMOTE_NAME__"),
    text("Call.UUIData", "__CALL_UUIDATA__"),
    text("Call.Language", "__INTERACTION_LANGUAGE__"),
    text("Call.ExternalTag", "__EXTERNAL_TAG__"),
    text("Call.InvocationData", "__CALL_INVOCATION_DATA__"),
    one("Call.CurrentQueue", Kind::Queue, "__CALL_CURRENT_QUEUE__"),
    one("Call.EstimatedWaitTime", Kind::Duration, "__CALL_ESTIMATED_WAIT_TIME__"),
    one("Call.PositionInQueue", Kind::Integer, "__CALL_POSITION_IN_QUEUE__"),
    one("Call.Contact", Kind::Contact, "__FLOW_CONTACT__"),
    text("Call.ContactId", "__CALL_CONTACT_ID__"),
    // The names are those of Genesys' help; the ids follow the pattern of all others.
    text("Call.ExternalContactId", "__CALL_EXTERNAL_CONTACT_ID__"),
    text(
        "Call.CustomerExternalOrganizationID",
        "__CALL_CUSTOMER_EXTERNAL_ORGANIZATION_ID__",
    ),
    one("Call.ContactList", Kind::ContactList, "__FLOW_CONTACT_LIST__"),
    one("Call.Campaign", Kind::Campaign, "__FLOW_CAMPAIGN__"),
    text("Interaction.Id", "__INTERACTION_ID__"),
    text("Interaction.Language", "__INTERACTION_LANGUAGE__"),
    one("Menu.LastCollectionNoInput", Kind::Boolean, "__MENU_LAST_COLLECTION_NO_INPUT__"),
    one("Menu.LastCollectionNoMatch", Kind::Boolean, "__MENU_LAST_COLLECTION_NO_MATCH__"),
    one("Flow.IsTest", Kind::Boolean, "__FLOW_IS_TEST__"),
    one("Flow.StartDateTimeUtc", Kind::DateTime, "__FLOW_START_TIME__"),
    text("Flow.Version", "__FLOW_VERSION__"),
    one("Flow.HoldPrompt", Kind::Prompt, "__FLOW_HOLD_PROMPT__"),
    one("Flow.WrapupCode", Kind::WrapupCode, "__FLOW_WRAPUP_CODE__"),
    text("Flow.InvocationData", "__FLOW_INVOCATION_DATA__"),
    one("Email.Message", Kind::Email, "__EMAIL_MESSAGE__"),
    text("Email.ConversationId", "__EMAIL_CONVERSATION_ID__"),
    text("Email.Language", "__EMAIL_LANGUAGE__"),
    one("Message.Message", Kind::ShortMessage, "__MESSAGE_MESSAGE__"),
    text("Message.ConversationId", "__MESSAGE_CONVERSATION_ID__"),
    one("Message.IsNewConversation", Kind::Boolean, "__MESSAGE_IS_NEW_CONVERSATION__"),
    text("Message.Language", "__MESSAGE_LANGUAGE__"),
    one("Chat.Guest", Kind::ChatGuest, "__CHAT_GUEST__"),
    text("Chat.ConversationId", "__CHAT_CONVERSATION_ID__"),
    one("Survey.CustomerContact", Kind::ExternalContact, "__SURVEY_CUSTOMER_CONTACT__"),
    one(
        "Survey.CustomerOrganization",
        Kind::ExternalOrganization,
        "__SURVEY_CUSTOMER_ORGANIZATION__",
    ),
    text("Survey.ConversationId", "__SURVEY_CONVERSATION_ID__"),
    text("Survey.Url", "__SURVEY_URL__"),
    text("Survey.ConversationType", "__SURVEY_CONVERSATION_TYPE__"),
    text("Survey.CustomerAddress", "__SURVEY_CUSTOMER_ADDRESS__"),
    one(
        "Survey.ConversationStartDateTimeUtc",
        Kind::DateTime,
        "__SURVEY_CONVERSATION_START_TIME__",
    ),
    one(
        "Survey.ConversationEndDateTimeUtc",
        Kind::DateTime,
        "__SURVEY_CONVERSATION_END_TIME__",
    ),
    one("Workitem.Workitem", Kind::Workitem, "__WORKITEM_WORKITEM__"),
    text("Workitem.EventType", "__EVENT_TYPE__"),
    text("Session.LastKnowledgeAnswer", "__SESSION_LAST_KNOWLEDGE_ANSWER__"),
];

/// The index of a built-in variable in [`BUILT_INS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInId(pub u32);

impl BuiltInId {
    /// Returns the variable of this name, in Architect's spelling. For use in constants,
    /// where an unknown name fails to compile.
    pub const fn of(name: &str) -> Self {
        let mut index = 0;
        while !is_same(BUILT_INS[index].name.as_bytes(), name.as_bytes()) {
            index += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "there are about fifty")]
        Self(index as u32)
    }

    /// Returns the variable at an index.
    #[inline]
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The index.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Compares byte strings, because `==` is not available in constants yet.
const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() && one[index] == other[index] {
        index += 1;
    }
    index == one.len() && index == other.len()
}

/// Finds the variable of this name, given in lower case.
pub(super) fn variable(lower_case: &str) -> Option<&'static BuiltIn> {
    static BY_NAME: OnceLock<FxHashMap<String, &'static BuiltIn>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        BUILT_INS
            .iter()
            .map(|built_in| (built_in.name.to_lowercase(), built_in))
            .collect()
    });
    by_name.get(lower_case).copied()
}

/// The names of all variables.
pub(super) fn names<'n>() -> impl Iterator<Item = &'n str> {
    BUILT_INS.iter().map(|built_in| built_in.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The engine keeps only values that were set. An empty collection is a value.
    #[test]
    fn all_of_them_can_be_not_set() {
        assert!(BUILT_INS.iter().all(|known| !known.value_type.is_collection));
    }
}
