//! The types of Architect's values.

use std::fmt;

macro_rules! kinds {
    ($($name:ident $shown:literal $code:literal $meaning:literal)*) => {
        /// The kind of a value, regardless of whether it is a single value or a
        /// collection.
        ///
        /// *Source: `types` of Genesys' expression catalogue, and the types of newer flows.*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $meaning] $name,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name that Architect shows.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $shown),* }
            }

            /// The short code in Architect's documents: `str`, `int`…
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }
    };
}

/// The kinds of objects that are looked up by name in the organisation. Prompts are looked up
/// among those of users and of the system.
pub(crate) const NAMED_OBJECTS: [Kind; 9] = [
    Kind::Queue,
    Kind::User,
    Kind::Skill,
    Kind::LanguageSkill,
    Kind::Group,
    Kind::Schedule,
    Kind::ScheduleGroup,
    Kind::EmergencyGroup,
    Kind::WrapupCode,
];

kinds! {
    Any "Any" "any" "Unknown before the run, like every variable of the draft dialect; in a signature, any type."
    NotSet "NOT_SET" "nts" "The kind of `NOT_SET` until its type is known."
    PromptOrAudio "Prompt or Audio" "apa" "In a signature: a Prompt or Audio."
    Boolean "Boolean" "bln" "Boolean"
    Integer "Integer" "int" "Integer"
    Decimal "Decimal" "dec" "Decimal"
    String "String" "str" "String"
    DateTime "DateTime" "dtm" "DateTime"
    Date "Date" "dat" "Date"
    Time "Time" "tim" "Time"
    Duration "Duration" "dur" "Duration"
    Currency "Currency" "cur" "Currency"
    Audio "Audio" "aud" "Audio"
    Communication "Communication" "com" "Communication"
    Json "JSON" "jsn" "JSON"
    PhoneNumber "PhoneNumber" "phn" "PhoneNumber"
    Prompt "Prompt" "pmt" "Prompt"
    Queue "Queue" "que" "Queue"
    User "User" "usr" "User"
    Skill "Skill" "skl" "Skill"
    LanguageSkill "LanguageSkill" "lac" "LanguageSkill"
    Group "Group" "grp" "Group"
    Schedule "Schedule" "sch" "Schedule"
    ScheduleGroup "ScheduleGroup" "scg" "ScheduleGroup"
    EmergencyGroup "EmergencyGroup" "emg" "EmergencyGroup"
    WrapupCode "WrapupCode" "wrc" "WrapupCode"
    EmailAddress "EmailAddress" "cpx_email_address" "EmailAddress"
    ExternalContact "ExternalContact" "cpx_external_contact" "ExternalContact"
    ExternalOrganization "ExternalOrganization" "cpx_external_organization" "ExternalOrganization"
    Email "Email" "cpx_email" "Email"
    EmailAttachment "EmailAttachment" "cpx_email_attachment" "EmailAttachment"
    ExternalAddress "ExternalAddress" "cpx_external_address" "ExternalAddress"
    ExternalFacebookInfo "ExternalFacebookInfo" "cpx_external_facebook_info" "ExternalFacebookInfo"
    ExternalFacebookId "ExternalFacebookId" "cpx_external_facebook_id" "ExternalFacebookId"
    ExternalLineInfo "ExternalLineInfo" "cpx_external_line_info" "ExternalLineInfo"
    ExternalLineId "ExternalLineId" "cpx_external_line_id" "ExternalLineId"
    ExternalTwitterInfo "ExternalTwitterInfo" "cpx_external_twitter_info" "ExternalTwitterInfo"
    ExternalPhoneNumber "ExternalPhoneNumber" "cpx_external_phone_number" "ExternalPhoneNumber"
    ShortMessage "ShortMessage" "cpx_short_message" "ShortMessage"
    CurrencyCode "CurrencyCode" "cre" "CurrencyCode"
    LanguageTag "LanguageTag" "lge" "LanguageTag"
    Region "Region" "rge" "Region"
    ConversationTypes "ConversationTypes" "cte" "The names of the types of conversations."
    SurveyDispositions "SurveyDispositions" "sde" "The names of the outcomes of surveys."
    DaysOfWeek "DaysOfWeek" "dwc" "The numbers of the days of the week."
    TimePart "TimePart" "tpf" "TimePart"
    DateFormat "DateFormat" "daf" "DateFormat"
    TimeFormat "TimeFormat" "tif" "TimeFormat"
    BoolFormat "BoolFormat" "bof" "BoolFormat"
    CurrencyFormat "CurrencyFormat" "cuf" "CurrencyFormat"
    NumberFormat "NumberFormat" "nuf" "NumberFormat"
    PhoneNumberFormat "PhoneNumberFormat" "phf" "PhoneNumberFormat"
    LanguageContext "LanguageContext" "lne" "LanguageContext"
    StringFormat "StringFormat" "stf" "StringFormat"
    ContactList "ContactList" "cnl" "ContactList"
    Campaign "Campaign" "cam" "Campaign"
    Contact "Contact" "con" "Contact"
    ChatGuest "ChatGuest" "cpx_chat_guest" "ChatGuest"
    KeyValuePair "KeyValuePair" "cpx_string_key_value_pair" "KeyValuePair"
    Timeslot "Timeslot" "tsl" "Timeslot"
    AgentScorePair "AgentScorePair" "cpx_agent_score_pair" "AgentScorePair"
    Workitem "Workitem" "cpx_workitem" "Workitem"
    WorktypeStatus "WorktypeStatus" "cpx_worktype_status" "WorktypeStatus"
}

/// A [`Kind`], single or as a collection. Prints as `Integer`, `Integer[]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// The kind of one value.
    pub kind: Kind,
    /// Whether it is a collection of such values.
    pub is_collection: bool,
}

impl Type {
    /// Unknown before the run.
    pub const ANY: Self = Self::one(Kind::Any);

    /// The type of a single value.
    pub const fn one(kind: Kind) -> Self {
        Self { kind, is_collection: false }
    }

    /// The type of a collection.
    pub const fn many(kind: Kind) -> Self {
        Self { kind, is_collection: true }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = if self.is_collection { "[]" } else { "" };
        write!(formatter, "{}{suffix}", self.kind.name())
    }
}
