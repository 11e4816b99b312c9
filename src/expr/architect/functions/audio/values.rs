//! Implementations of the functions that speak anything but numbers.

use crate::build::MissingFeature;
use crate::diagnostic::Code;
use crate::value::spoken::{
    BooleanFormat, DateFormat, MoneyFormat, PhoneFormat, Spoken, TimeFormat, TimePart,
};
use crate::value::{Kind, Object, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::{blank, format_name, places, speak};

pub(super) fn boolean(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(truth) = arguments.optional(0, Arguments::boolean)? else {
        return Ok(blank());
    };
    let format = format_name(arguments.value(1), Kind::BoolFormat)
        .and_then(BooleanFormat::from_name)
        .unwrap_or(BooleanFormat::TrueFalse);
    Ok(speak(Spoken::Boolean { truth, format }))
}

/// *Source for NOT_SET: an example of Genesys' catalogue.*
pub(super) fn duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let duration = arguments.optional(0, Arguments::duration)?;
    Ok(duration.map_or(Value::NotSet(Type::one(Kind::Audio)), |duration| {
        speak(Spoken::Duration(duration))
    }))
}

pub(super) fn currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(currency) = arguments.optional(0, Arguments::currency)? else {
        return Ok(blank());
    };
    let format = match arguments.value(1) {
        Value::Integer(_) => MoneyFormat::Places(places(arguments, 1)?),
        format => format_name(format, Kind::CurrencyFormat)
            .and_then(MoneyFormat::from_name)
            .unwrap_or(MoneyFormat::MajorAndMinor),
    };
    Ok(speak(Spoken::Money { currency: currency.clone(), format }))
}

pub(super) fn date(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(moment) = arguments.optional(0, Arguments::datetime)? else {
        return Ok(blank());
    };
    let format = format_name(arguments.value(1), Kind::DateFormat)
        .and_then(DateFormat::from_name)
        .unwrap_or(DateFormat::LongYear);
    Ok(speak(Spoken::Date { date: moment.date(), format }))
}

pub(super) fn time(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(moment) = arguments.optional(0, Arguments::datetime)? else {
        return Ok(blank());
    };
    let format =
        format_name(arguments.value(1), Kind::TimeFormat).and_then(TimeFormat::from_name);
    Ok(speak(Spoken::Time { time: moment.time(), format }))
}

pub(super) fn datetime(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let moment = arguments.optional(0, Arguments::datetime)?;
    Ok(moment.map_or_else(blank, |moment| speak(Spoken::DateTime(moment))))
}

/// The catalogue allows a missing unit and does not explain it. Minutes are assumed, as
/// in announcements of waiting times.
pub(super) fn time_range(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (lower, upper) = (arguments.integer(0)?, arguments.integer(1)?);
    let unit = format_name(arguments.value(2), Kind::TimePart)
        .and_then(TimePart::from_name)
        .unwrap_or(TimePart::Minutes);
    Ok(speak(Spoken::TimeRange { lower, upper, unit }))
}

/// A number that is not global has no country code, so only its digits are read.
pub(super) fn phone_number(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Value::Object(number) = arguments.value(0) else { return Ok(blank()) };
    if number.properties.get("isTel") != Some(&Value::Boolean(true)) {
        return Ok(blank());
    }
    Ok(match property(number, "e164") {
        Some(e164) => {
            let spoken = Spoken::phone_number(e164, format_of(arguments, number)?);
            let missing = || {
                let feature = MissingFeature("phone");
                let message = format!("cannot read `{e164}` as it is dialled: {feature}");
                Failure::new(Code::CONVERSION_FAILED, message)
            };
            speak(spoken.ok_or_else(missing)?)
        }
        None => speak_digits(property(number, "uri").unwrap_or_default()),
    })
}

fn format_of(arguments: &Arguments<'_>, number: &Object) -> Result<PhoneFormat, Failure> {
    if let Some(name) = format_name(arguments.value(1), Kind::PhoneNumberFormat) {
        return Ok(PhoneFormat::from_name(name).unwrap_or(PhoneFormat::Global));
    }
    let here = arguments.optional_text(1)?;
    let is_here = here.is_some_and(|code| {
        property(number, "dialingCode") == Some(code.trim().trim_start_matches('+'))
    });
    Ok(if is_here { PhoneFormat::Local } else { PhoneFormat::Global })
}

pub(super) fn digits(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.optional_text(0)?;
    Ok(text.map_or_else(blank, |text| speak_digits(text)))
}

fn speak_digits(text: &str) -> Value {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() { blank() } else { speak(Spoken::PhoneNumber(digits.into())) }
}

fn property<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    match object.properties.get(name) {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    }
}
