//! The variables and constants that Architect brings along.
//!
//! *Source: section 7 of our notes on the language, gathered from exports of real flows and
//! Genesys' help.*

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::value::{DateTime, Duration, Kind, MAX_INTEGER, Object, Text, Type, Value};

/// A variable that every flow of some type has.
#[derive(Debug)]
pub struct BuiltIn {
    /// The name as Architect writes it.
    pub name: &'static str,
    /// What it holds.
    pub holds: Type,
    /// The id that Architect's own documents use.
    pub id: &'static str,
}

const fn text(name: &'static str, id: &'static str) -> BuiltIn {
    one(name, Kind::String, id)
}

const fn one(name: &'static str, kind: Kind, id: &'static str) -> BuiltIn {
    BuiltIn { name, holds: Type::one(kind), id }
}

/// All of them.
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

/// The variable of this name, which is in lower case.
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

/// A constant: its value, its name as Architect writes it, and how many segments that is.
pub(super) type Constant = (Value, Text, usize);

/// The constant that a dotted name in lower case begins with: `system.maxint`,
/// `format.date.longyear`, `system.currencies.usd`.
pub(super) fn constant(segments: &[&str]) -> Option<Constant> {
    match segments {
        ["system", name, ..] if let Some((value, name)) = limit(name) => {
            Some((value, name.into(), 2))
        }
        ["system", group, name, ..] => {
            system(group, name).map(|(value, name)| (value, name, 3))
        }
        [group @ ("format" | "language"), family, name, ..] => {
            let (kind, names, shown) = choices(group, family)?;
            let name = names.iter().find(|choice| choice.eq_ignore_ascii_case(name))?;
            let value = object(kind, &[("name", name)]);
            Some((value, Text::from(format!("{shown}.{name}")), 3))
        }
        _ => None,
    }
}

fn limit(name: &str) -> Option<(Value, &'static str)> {
    Some(match name {
        "maxint" => (Value::Integer(MAX_INTEGER), "System.MaxInt"),
        "minint" => (Value::Integer(-MAX_INTEGER), "System.MinInt"),
        "maxdatetime" => (Value::DateTime(DateTime::MAX), "System.MaxDateTime"),
        "mindatetime" => (Value::DateTime(DateTime::MIN), "System.MinDateTime"),
        "maxduration" => (Value::Duration(Duration::MAX), "System.MaxDuration"),
        "minduration" => (Value::Duration(Duration::MIN), "System.MinDuration"),
        _ => return None,
    })
}

/// `System.Currencies.USD`, `System.Languages.enUS`.
fn system(group: &str, name: &str) -> Option<(Value, Text)> {
    let is_word = name.chars().all(|character| character.is_ascii_alphabetic());
    match group {
        "currencies" if is_word && name.len() == 3 => {
            let code = name.to_ascii_uppercase();
            let shown = format!("System.Currencies.{code}");
            Some((object(Kind::CurrencyCode, &[("code", &code)]), shown.into()))
        }
        "languages" if is_word && name.len() == 4 => {
            let (language, region) = name.split_at(2);
            let shown =
                format!("System.Languages.{language}{}", region.to_ascii_uppercase());
            let tag = format!("{language}-{region}");
            Some((object(Kind::LanguageTag, &[("tag", &tag)]), shown.into()))
        }
        _ => None,
    }
}

type Choices = (Kind, &'static [&'static str], &'static str);

/// The formats of a family. *Source: the catalogue's containers.*
fn choices(group: &str, family: &str) -> Option<Choices> {
    Some(match (group, family) {
        ("format", "date") => (Kind::DateFormat, DATES, "Format.Date"),
        ("format", "time") => {
            (Kind::TimeFormat, &["twentyFourHours", "twelveHours"], "Format.Time")
        }
        ("format", "bool") => (Kind::BoolFormat, &["playYesNo"], "Format.Bool"),
        ("format", "currency") => (Kind::CurrencyFormat, AMOUNTS, "Format.Currency"),
        ("format", "number") => (Kind::NumberFormat, &["playDigits"], "Format.Number"),
        ("format", "phonenumber") => {
            (Kind::PhoneNumberFormat, &["global", "local"], "Format.PhoneNumber")
        }
        ("format", "string") => (Kind::StringFormat, &["playChars"], "Format.String"),
        ("format", "timepart") => {
            (Kind::TimePart, &["days", "hours", "minutes", "seconds"], "Format.TimePart")
        }
        ("language", "quantity") => {
            (Kind::LanguageContext, &["plural", "singular"], "Language.Quantity")
        }
        ("language", "case") => (Kind::LanguageContext, CASES, "Language.Case"),
        ("language", "gender") => (Kind::LanguageContext, GENDERS, "Language.Gender"),
        _ => return None,
    })
}

const DATES: &[&str] = &[
    "longYear",
    "shortYear",
    "shortMonthAndDay",
    "dayOfWeekOnly",
    "dayOnly",
    "monthOnly",
    "shortYearOnly",
    "longYearOnly",
];
const AMOUNTS: &[&str] =
    &["asMinorUnits", "majorUnitsOnly", "minorUnitsOnly", "playDigits"];
const CASES: &[&str] = &["article", "accusative", "dative", "genitive", "nominative"];
const GENDERS: &[&str] = &["common", "feminine", "masculine", "neuter"];

fn object(kind: Kind, properties: &[(&str, &str)]) -> Value {
    let properties: IndexMap<Text, Value> = properties
        .iter()
        .map(|(name, value)| (Text::from(*name), Value::from(*value)))
        .collect();
    Value::Object(Arc::new(Object { kind, properties }))
}
