//! The types of Architect's values.

use std::fmt;

/// What a value is, apart from whether there is one of it or a collection.
///
/// *Source: `types` of Genesys' expression catalogue.*
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are Architect's own names")]
pub enum Kind {
    /// Not known before the run, as every variable of the draft dialect.
    Any,
    Boolean,
    Integer,
    Decimal,
    String,
    DateTime,
    Date,
    Time,
    Duration,
    Currency,
    Audio,
    Communication,
    Json,
    PhoneNumber,
    Prompt,
    Queue,
    User,
    Skill,
    LanguageSkill,
    Group,
    Schedule,
    ScheduleGroup,
    EmergencyGroup,
    WrapupCode,
    EmailAddress,
    ExternalContact,
    ExternalOrganization,
}

impl Kind {
    /// The name as Architect shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::Decimal => "Decimal",
            Self::String => "String",
            Self::DateTime => "DateTime",
            Self::Date => "Date",
            Self::Time => "Time",
            Self::Duration => "Duration",
            Self::Currency => "Currency",
            Self::Audio => "Audio",
            Self::Communication => "Communication",
            Self::Json => "JSON",
            Self::PhoneNumber => "PhoneNumber",
            Self::Prompt => "Prompt",
            Self::Queue => "Queue",
            Self::User => "User",
            Self::Skill => "Skill",
            Self::LanguageSkill => "LanguageSkill",
            Self::Group => "Group",
            Self::Schedule => "Schedule",
            Self::ScheduleGroup => "ScheduleGroup",
            Self::EmergencyGroup => "EmergencyGroup",
            Self::WrapupCode => "WrapupCode",
            Self::EmailAddress => "EmailAddress",
            Self::ExternalContact => "ExternalContact",
            Self::ExternalOrganization => "ExternalOrganization",
        }
    }
}

/// A [`Kind`], once or as a collection. Prints as `Integer`, `Integer[]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// What one value is.
    pub kind: Kind,
    /// Whether it is a collection of them.
    pub is_collection: bool,
}

impl Type {
    /// Not known before the run.
    pub const ANY: Self = Self::one(Kind::Any);

    /// A single value.
    pub const fn one(kind: Kind) -> Self {
        Self { kind, is_collection: false }
    }

    /// A collection.
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
