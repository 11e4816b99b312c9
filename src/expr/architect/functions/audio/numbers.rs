//! Functions that speak numbers.

use crate::value::spoken::{LanguageContext, NumberFormat, Spoken};
use crate::value::{Kind, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Overload, Parameter, one, overload};
use super::{AUDIO, blank, format_name, places, speak};

const INTEGER: Parameter = one("integerToConvert", Kind::Integer).or_not_set();
const DECIMAL: Parameter = one("decimalToConvert", Kind::Decimal).or_not_set();
const FORMAT: Parameter = one("numberAudioFormat", Kind::NumberFormat);
const PLACES: Parameter = one("numberOfDecimalPlaces", Kind::Integer);
const CONTEXT: Parameter = one("languageContext", Kind::LanguageContext).repeated();

pub(super) const NUMBER: &[Overload] = &[
    overload(&[INTEGER], AUDIO, number),
    overload(&[INTEGER, CONTEXT], AUDIO, number),
    overload(&[INTEGER, FORMAT], AUDIO, number),
    overload(&[INTEGER, FORMAT, CONTEXT], AUDIO, number),
    overload(&[DECIMAL], AUDIO, number),
    overload(&[DECIMAL, CONTEXT], AUDIO, number),
    overload(&[DECIMAL, FORMAT], AUDIO, number),
    overload(&[DECIMAL, FORMAT, CONTEXT], AUDIO, number),
    overload(&[DECIMAL, PLACES], AUDIO, number),
    overload(&[DECIMAL, PLACES, CONTEXT], AUDIO, number),
    overload(&[DECIMAL, FORMAT, PLACES], AUDIO, number),
    overload(&[DECIMAL, FORMAT, PLACES, CONTEXT], AUDIO, number),
];

pub(super) const ORDINAL: &[Overload] = &[
    overload(&[INTEGER], AUDIO, ordinal),
    overload(&[INTEGER, CONTEXT], AUDIO, ordinal),
];

pub(super) const PERCENT: &[Overload] = &[
    overload(&[INTEGER], AUDIO, percent),
    overload(&[DECIMAL], AUDIO, percent),
    overload(&[DECIMAL, PLACES], AUDIO, percent),
];

/// The number is the first argument. The types of the other arguments determine their
/// meaning.
fn number(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(number) = arguments.optional(0, Arguments::number)? else {
        return Ok(blank());
    };
    let format = named(arguments, Kind::NumberFormat).find_map(NumberFormat::from_name);
    let format = format.unwrap_or(NumberFormat::AsNumber);
    let places = given_places(arguments)?;
    Ok(speak(Spoken::Number { number, format, places, context: context(arguments) }))
}

fn ordinal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(number) = arguments.optional(0, Arguments::integer)? else {
        return Ok(blank());
    };
    Ok(speak(Spoken::Ordinal { number, context: context(arguments) }))
}

fn percent(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(number) = arguments.optional(0, Arguments::number)? else {
        return Ok(blank());
    };
    Ok(speak(Spoken::Percent { number, places: given_places(arguments)? }))
}

fn given_places(arguments: &Arguments<'_>) -> Result<Option<u32>, Failure> {
    let is_number = |place: &usize| matches!(arguments.value(*place), Value::Integer(_));
    let found = (1..arguments.values().len()).find(is_number);
    found.map(|place| places(arguments, place)).transpose()
}

/// Unsupported grammar, such as `Language.Quantity`, has no effect.
fn context(arguments: &Arguments<'_>) -> Vec<LanguageContext> {
    named(arguments, Kind::LanguageContext)
        .filter_map(LanguageContext::from_name)
        .collect()
}

/// The names of the formats of a kind among the arguments.
fn named<'a>(
    arguments: &Arguments<'a>,
    kind: Kind,
) -> impl Iterator<Item = &'a str> + use<'a> {
    arguments.values().iter().filter_map(move |value| format_name(value, kind))
}
