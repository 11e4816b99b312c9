//! Architect's built-in constants: limits, formats, currencies, languages and regions.
//!
//! *Source: the containers among the types of Genesys' expression catalogue, and its
//! examples.*

use std::sync::Arc;

use crate::value::{
    DateTime, Duration, Kind, MAX_INTEGER, Object, Properties, Text, Value, dialing_code,
    properties_of,
};

use super::functions::currencies;

/// A constant: its value, its name in Architect's spelling, and the number of segments of
/// the name.
pub(super) type Constant = (Value, Text, usize);

/// Finds the constant at the beginning of a dotted name in lower case: `system.maxint`,
/// `format.date.longyear`, `system.currencies.usd`. Properties may follow it.
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

/// Finds a constant such as `System.Currencies.USD`, `System.Languages.enUS` or
/// `System.Regions.US`, or the names and numbers of `System.Conversation.Types`,
/// `System.Survey.Dispositions` and `System.DateTime.dayOfWeek`.
fn system(group: &str, name: &str) -> Option<(Value, Text)> {
    let capitals = name.to_ascii_uppercase();
    let (value, shown) = match (group, name) {
        ("currencies", _) if currencies::is_code(&capitals) => {
            let value = object(Kind::CurrencyCode, &[("code", &capitals)]);
            (value, format!("System.Currencies.{capitals}"))
        }
        ("languages", _) => language(name)?,
        ("regions", _) => {
            let code = dialing_code(&capitals)?;
            let properties = [("dialingCode", code), ("countryCode", &*capitals)];
            let value = object(Kind::Region, &properties);
            (value, format!("System.Regions.{capitals}"))
        }
        ("conversation", "types") => {
            (named(Kind::ConversationTypes), "System.Conversation.Types".into())
        }
        ("survey", "dispositions") => {
            (named(Kind::SurveyDispositions), "System.Survey.Dispositions".into())
        }
        ("datetime", "dayofweek") => {
            (numbered(Kind::DaysOfWeek), "System.DateTime.dayOfWeek".into())
        }
        _ => return None,
    };
    Some((value, shown.into()))
}

/// Parses `enUS` or `es`: a language with an optional country.
fn language(name: &str) -> Option<(Value, String)> {
    let is_word = name.chars().all(|character| character.is_ascii_alphabetic());
    let (language, region) = name.split_at_checked(2).filter(|_| is_word)?;
    let tag = match region.len() {
        0 => language.to_owned(),
        2 => format!("{language}-{region}"),
        _ => return None,
    };
    let shown = format!("System.Languages.{language}{}", region.to_ascii_uppercase());
    Some((object(Kind::LanguageTag, &[("tag", &tag)]), shown))
}

/// Builds an object in which each property holds its own name. Undocumented: the
/// catalogue says only that they are Strings.
fn named(kind: Kind) -> Value {
    let properties: Vec<(&str, &str)> =
        properties_of(kind).iter().map(|(name, _)| (*name, *name)).collect();
    object(kind, &properties)
}

/// Builds an object in which each property holds its position, counted from 1. Sunday is
/// 1, as for `DayOfWeek`.
fn numbered(kind: Kind) -> Value {
    let names = properties_of(kind).iter().map(|(name, _)| Text::from(*name));
    let properties = names.zip((1..).map(Value::Integer)).collect();
    Value::Object(Arc::new(Object { kind, properties }))
}

/// The beginning of a dotted name in lower case that names a group of constants, and the names
/// in this group, as far as they are few.
pub(super) fn group(segments: &[&str]) -> Option<(String, &'static [&'static str])> {
    match segments {
        ["system", group, _, ..] => {
            let shown = ["Currencies", "Languages", "Regions"]
                .iter()
                .find(|shown| shown.eq_ignore_ascii_case(group))?;
            Some((format!("System.{shown}"), &[]))
        }
        [group, family, _, ..] => {
            let (_, names, shown) = choices(group, family)?;
            Some((shown.to_owned(), names))
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
    let properties: Properties = properties
        .iter()
        .map(|(name, value)| (Text::from(*name), Value::from(*value)))
        .collect();
    Value::Object(Arc::new(Object { kind, properties }))
}

#[cfg(test)]
mod tests {
    use super::super::expression::canonical;
    use super::super::names::Declarations;
    use super::super::trial::assert_results;

    #[test]
    fn constants_have_values() {
        assert_results(&[
            ("System.MaxInt", "999999999999999"),
            ("System.Regions.US.dialingCode", "\"1\""),
            ("system.regions.nl.dialingcode", "\"31\""),
            ("System.Regions.JM.dialingCode", "\"1\""),
            ("System.Regions.GB.countryCode", "\"GB\""),
            ("System.Regions.GB[\"countryCode\"]", "\"GB\""),
            ("System.Regions.XX.dialingCode", "UNKNOWN_VARIABLE"),
            ("System.Regions.USA", "UNKNOWN_VARIABLE"),
            ("System.Regions.US.capital", "UNKNOWN_MEMBER"),
            ("System.Currencies.USD.code", "\"USD\""),
            ("System.Currencies.QQQ.code", "UNKNOWN_VARIABLE"),
            ("System.Languages.enUS.tag", "\"en-us\""),
            ("System.Languages.es.tag", "\"es\""),
            ("System.Languages.english", "UNKNOWN_VARIABLE"),
            ("System.Languages.\"é\"", "UNKNOWN_VARIABLE"),
            ("System.Languages.e", "UNKNOWN_VARIABLE"),
            ("System.Conversation.Types.call", "\"call\""),
            ("System.Conversation.Types.screenshare", "\"screenShare\""),
            ("System.Conversation.Types.fax", "UNKNOWN_MEMBER"),
            ("System.Survey.Dispositions.optOut", "\"optOut\""),
            ("System.DateTime.dayOfWeek.sunday", "1"),
            ("System.DateTime.dayOfWeek.saturday", "7"),
            (
                "DayOfWeek(MakeDateTime(2026, 1, 5)) == System.DateTime.dayOfWeek.monday",
                "true",
            ),
            ("IsSet(System.Conversation.Types)", "true"),
            ("System.DateTime", "UNKNOWN_VARIABLE"),
            ("System", "UNKNOWN_VARIABLE"),
        ]);
    }

    #[test]
    fn unknown_constants_have_suggestions() {
        for (text, message, help) in [
            (
                "Format.Date.longyeer",
                "`Format.Date` has no `longyeer`",
                "did you mean `longYear`?",
            ),
            (
                "Language.Quantity.x",
                "`Language.Quantity` has no `x`",
                "its constants are plural, singular",
            ),
            ("System.Currencies.ZZZ", "`System.Currencies` has no `ZZZ`", ""),
        ] {
            let problems = canonical(text, &mut Declarations::new(), None).unwrap_err();
            assert_eq!(problems[0].message, message);
            assert_eq!(problems[0].help.as_deref().unwrap_or_default(), help);
        }
    }

    #[test]
    fn constants_have_a_canonical_spelling() {
        for (text, written) in [
            ("system.regions.us.dialingCode", "System.Regions.US.dialingCode"),
            ("SYSTEM.LANGUAGES.ENUS", "System.Languages.enUS"),
            ("system.conversation.types", "System.Conversation.Types"),
            ("format.date.LONGYEAR", "Format.Date.longYear"),
        ] {
            let found = canonical(text, &mut Declarations::new(), None);
            assert_eq!(found.as_deref(), Ok(written));
        }
    }
}
