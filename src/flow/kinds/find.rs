//! Objects of the organisation, external contacts and journeys.

use super::operation::{By, LookupKind, Operation};
use super::setting::{
    SettingForm, SettingSpec, any, result_of, results_of, setting, value,
};
use super::spec::{ActionSpec, FOUND_OR_NOT, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// Starts the entry of an action that finds an object of the organisation.
const fn find(name: &'static str, kind: Kind, by: By) -> ActionSpec {
    action(name, Operation::Lookup(LookupKind::Object(kind, by))).outputs(FOUND_OR_NOT)
}

/// The setting with the variable that receives the object.
const fn found(kind: Kind) -> SettingSpec {
    result_of("findResult", kind)
}

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    find("findEmergencyGroup", Kind::EmergencyGroup, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::EmergencyGroup)),
        found(Kind::EmergencyGroup),
    ]),
    find("findGroup", Kind::Group, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::Group)),
        found(Kind::Group),
    ]),
    action("associateExternalContact", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("findKnowledgeBaseDocumentById", Operation::External).outputs(FOUND_OR_NOT),
    find("findLanguageSkill", Kind::LanguageSkill, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::LanguageSkill)),
        found(Kind::LanguageSkill),
    ]),
    find("findQueue", Kind::Queue, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::Queue)),
        found(Kind::Queue),
    ]),
    find("findQueueById", Kind::Queue, By::Id)
        .settings(&[value("findId", Kind::String), found(Kind::Queue)]),
    find("findSchedule", Kind::Schedule, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::Schedule)),
        found(Kind::Schedule),
    ]),
    find("findScheduleGroup", Kind::ScheduleGroup, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::ScheduleGroup)),
        found(Kind::ScheduleGroup),
    ]),
    find("findSkill", Kind::Skill, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::Skill)),
        found(Kind::Skill),
    ]),
    find("findSystemPrompt", Kind::Prompt, By::SystemPrompt)
        .settings(&[value("findName", Kind::String), found(Kind::Prompt)]),
    find("findUser", Kind::User, By::Name).settings(&[
        setting("findName", SettingForm::NameOf(Kind::User)),
        found(Kind::User),
    ]),
    find("findUserById", Kind::User, By::Id)
        .settings(&[value("findId", Kind::String), found(Kind::User)]),
    find("findUserPrompt", Kind::Prompt, By::UserPrompt).settings(&[
        setting("findName", SettingForm::NameOf(Kind::Prompt)),
        found(Kind::Prompt),
    ]),
    action("findUsersById", Operation::Lookup(LookupKind::Users))
        .outputs(&["found", "partiallyFound", "notFound"])
        .some_settings(&[any("findIds"), results_of("findResult", Kind::User)]),
    action("getAssignedCustomerIntents", Operation::External)
        .outputs(&["found", "notFound", "failure"]),
    action("getExternalContact", Operation::Lookup(LookupKind::Contact))
        .outputs(FOUND_OR_NOT)
        .settings(&[
            value("externalId", Kind::String),
            result_of("externalResult", Kind::ExternalContact),
        ]),
    action("getExternalOrganization", Operation::External)
        .outputs(FOUND_OR_NOT)
        .settings(&[
            value("externalId", Kind::String),
            result_of("externalResult", Kind::ExternalOrganization),
        ]),
    action("getJourneyOutcome", Operation::External).outputs(FOUND_OR_NOT),
    action("getJourneyOutcomeScoresBySession", Operation::External).outputs(FOUND_OR_NOT),
    action("getJourneySegment", Operation::External).outputs(FOUND_OR_NOT),
    action("getJourneySession", Operation::External).outputs(FOUND_OR_NOT),
    action("getJourneySessionsByExternalContact", Operation::External)
        .outputs(FOUND_OR_NOT),
    action("getJourneySessionDetails", Operation::External).outputs(FOUND_OR_NOT),
    action("getJourneySessionsByCustomer", Operation::External).outputs(FOUND_OR_NOT),
    action("promoteExternalContact", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("searchExternalContacts", Operation::Lookup(LookupKind::ContactSearch))
        .outputs(&["matchExact", "matchMultiple", "notFound"])
        .some_settings(&[
            any("searchTerm"),
            results_of("externalResults", Kind::ExternalContact),
        ]),
];
