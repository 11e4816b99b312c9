//! Spoken values: numbers, dates, money… in words, as callers hear them.
//!
//! English is rendered completely, in the wording of the examples of Genesys' expression
//! catalogue. For every other language, the text describes the audio to play: `[number 5
//! in es-us, feminine]`. English words are in lower case except the names of days and
//! months, `AM` and `PM`. They contain no hyphens or commas.
//!
//! The implementation is custom. `num2words` 1.2.0, the only library for number words,
//! hyphenates, uses `minus`, and puts `and` into some numbers but not into others or into
//! ordinals, so nearly every word would have to be corrected.

pub(super) mod date;
mod duration;
mod format;
mod money;
mod number;
mod ordinal;
mod phone;
mod time;

pub use format::{
    BooleanFormat, DateFormat, LanguageContext, MoneyFormat, NumberFormat, PhoneFormat,
    TimeFormat, TimePart,
};

use super::{Currency, Date, DateTime, Duration, Number, Text, Time};

/// A value that is put into words during playback, in the current language of the call.
#[derive(Debug, Clone, PartialEq)]
pub enum Spoken {
    /// A number. A Decimal of a trillion or more is read digit by digit.
    Number {
        /// The number.
        number: Number,
        /// The format.
        format: NumberFormat,
        /// The number of digits read after the point. The rest is cut off, and missing
        /// ones are zeros. Without it, all digits of the number are read.
        places: Option<u32>,
        /// Grammatical properties of the counted things. Unused in English.
        context: Vec<LanguageContext>,
    },
    /// An ordinal number: `first`. Below 1 and above 999 it is read as a plain number.
    Ordinal {
        /// The number.
        number: i64,
        /// Grammatical properties of the counted things.
        context: Vec<LanguageContext>,
    },
    /// A percentage.
    Percent {
        /// The number: 5 is five percent.
        number: Number,
        /// Like in [`Spoken::Number`].
        places: Option<u32>,
    },
    /// An amount of money. It is silent if the amount is NOT_SET. Without a code, or with
    /// a code whose units have no known name, it is read as a decimal number and the
    /// code.
    Money {
        /// The amount.
        currency: Currency,
        /// The format.
        format: MoneyFormat,
    },
    /// A date, or a part of it.
    Date {
        /// The date.
        date: Date,
        /// The part to read.
        format: DateFormat,
    },
    /// A time of day, without its seconds.
    Time {
        /// The time.
        time: Time,
        /// The format. Without it the language's default is used, in English `two twenty
        /// two PM`.
        format: Option<TimeFormat>,
    },
    /// A time and its date.
    DateTime(DateTime),
    /// A duration, down to seconds.
    Duration(Duration),
    /// A telephone number: the digits, after `plus` if it starts with a plus sign. Other
    /// characters are silent. Create it with [`Spoken::phone_number`].
    PhoneNumber(Text),
    /// Yes or no.
    Boolean {
        /// The value.
        truth: bool,
        /// The words to use.
        format: BooleanFormat,
    },
    /// A range of units of time.
    TimeRange {
        /// One bound. The lower one is read first.
        lower: i64,
        /// The other bound. If both are equal, only one is read.
        upper: i64,
        /// The unit.
        unit: TimePart,
    },
}

impl Spoken {
    /// Creates a number in the default format.
    pub fn number(number: impl Into<Number>) -> Self {
        Self::Number {
            number: number.into(),
            format: NumberFormat::AsNumber,
            places: None,
            context: Vec::new(),
        }
    }

    /// Creates a telephone number from E.164 (`+13178723000`). It is read with its
    /// country code, or as dialled inside its country (`3178723000`, `0755551212`).
    /// Returns `None` for the second form outside the North American plan if this build
    /// lacks the feature `phone`.
    pub fn phone_number(e164: &str, format: PhoneFormat) -> Option<Self> {
        Some(Self::PhoneNumber(match format {
            PhoneFormat::Global => e164.into(),
            PhoneFormat::Local => phone::national_number(e164)?,
        }))
    }

    /// The spoken words in English (`en`, `en-us`, `en-gb`… in any case), or a
    /// description of the audio in any other language. Empty if the value is silent.
    pub fn render(&self, language: &str) -> String {
        if is_english(language) { self.in_english() } else { self.described(language) }
    }

    fn in_english(&self) -> String {
        match self {
            Self::Number { number, format, places, .. } => {
                number::words(number, *format, *places)
            }
            Self::Ordinal { number, .. } => ordinal::words(*number),
            Self::Percent { number, places } => {
                let number = number::words(number, NumberFormat::AsNumber, *places);
                format!("{number} percent")
            }
            Self::Money { currency, format } => money::words(currency, *format),
            Self::Date { date, format } => date::words(*date, *format),
            Self::Time { time, format } => time::words(*time, *format),
            Self::DateTime(moment) => {
                let time = time::words(moment.time(), None);
                format!("{time} {}", date::words(moment.date(), DateFormat::LongYear))
            }
            Self::Duration(duration) => duration::words(*duration),
            Self::PhoneNumber(number) => phone::words(number),
            Self::Boolean { truth, format } => boolean_words(*truth, *format).into(),
            Self::TimeRange { lower, upper, unit } => {
                duration::range_words(*lower, *upper, *unit)
            }
        }
    }

    /// `[number 5 in es-us, feminine]`
    fn described(&self, language: &str) -> String {
        let Some((what, details)) = self.description() else { return String::new() };
        let details: String =
            details.iter().map(|detail| format!(", {detail}")).collect();
        format!("[{what} in {language}{details}]")
    }

    /// The description of the audio, and the grammatical details for the language.
    /// Returns `None` if the value is silent.
    fn description(&self) -> Option<(String, Vec<String>)> {
        Some(match self {
            Self::Number { number, format, places, context } => {
                let mut details = context_names(context);
                details.extend(format.detail());
                details.extend(places.map(places_detail));
                (format!("number {}", number::digits_of(number)), details)
            }
            Self::Ordinal { number, context } => {
                (format!("ordinal {number}"), context_names(context))
            }
            Self::Percent { number, places } => {
                let details = places.map(places_detail).into_iter().collect();
                (format!("percent {}", number::digits_of(number)), details)
            }
            Self::Money { currency, format } => {
                let amount = currency.amount_text()?;
                let code = currency.code.as_deref().unwrap_or("without code");
                (format!("money {amount} {code}"), format.detail())
            }
            Self::Date { date, format } => {
                (format!("date {date}"), vec![format.name().into()])
            }
            Self::Time { time, format } => {
                let details = format.map(|format| format.name().into());
                (format!("time {time}"), details.into_iter().collect())
            }
            Self::DateTime(moment) => (format!("date and time {moment}"), Vec::new()),
            Self::Duration(duration) => (format!("duration {duration}"), Vec::new()),
            Self::PhoneNumber(number) => (format!("phone number {number}"), Vec::new()),
            Self::Boolean { truth, format } => {
                (format!("boolean {}", boolean_words(*truth, *format)), Vec::new())
            }
            Self::TimeRange { lower, upper, unit } => {
                let (lower, upper) = (lower.min(upper), lower.max(upper));
                (format!("range {lower} to {upper} {}", unit.name()), Vec::new())
            }
        })
    }

    /// The approximate size in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::PhoneNumber(number) => number.len(),
            Self::Money { currency, .. } => currency.code.as_ref().map_or(0, Text::len),
            Self::Number { context, .. } | Self::Ordinal { context, .. } => context.len(),
            _ => 0,
        }
    }
}

/// Whether a language tag denotes English.
fn is_english(language: &str) -> bool {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    primary.trim().eq_ignore_ascii_case("en")
}

fn boolean_words(truth: bool, format: BooleanFormat) -> &'static str {
    match (format, truth) {
        (BooleanFormat::TrueFalse, true) => "true",
        (BooleanFormat::TrueFalse, false) => "false",
        (BooleanFormat::YesNo, true) => "yes",
        (BooleanFormat::YesNo, false) => "no",
    }
}

fn context_names(context: &[LanguageContext]) -> Vec<String> {
    context.iter().map(|context| context.name().into()).collect()
}

fn places_detail(places: u32) -> String {
    format!("{places} places")
}

#[cfg(test)]
mod examples;
