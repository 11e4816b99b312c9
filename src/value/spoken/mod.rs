//! Values as a caller hears them: numbers, dates, money… in words.
//!
//! English is rendered in full, in the wording of the examples of Genesys' expression
//! catalogue. For every other language the text says what would be played:
//! `[number 5 in es-us, feminine]`. English words are lower case except the names of days
//! and months, `AM` and `PM`; they have no hyphens and commas.
//!
//! By hand: `num2words` 1.2.0, the one library for number words, hyphenates, says `minus`,
//! puts `and` into some numbers and not into others, and leaves it out of ordinals, so that
//! nearly every word of it would have to be mended.

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

/// A value that is spoken when the caller hears it, in the language of that moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Spoken {
    /// A number. A Decimal of a trillion and more is read digit by digit.
    Number {
        /// The number.
        number: Number,
        /// How it is read.
        format: NumberFormat,
        /// How many digits after the point are read; the rest is cut off, missing ones are
        /// zeros. Without it those that the number has.
        places: Option<u32>,
        /// What the language must know about what is counted. English needs none of it.
        context: Vec<LanguageContext>,
    },
    /// The place in an order: `first`. Below 1 and above 999 it is read as a number.
    Ordinal {
        /// The place.
        number: i64,
        /// What the language must know about what is counted.
        context: Vec<LanguageContext>,
    },
    /// A number of percent.
    Percent {
        /// The number: 5 is five percent.
        number: Number,
        /// As for [`Spoken::Number`].
        places: Option<u32>,
    },
    /// An amount of money. Nothing is heard if the amount is NOT_SET; without a code, or with
    /// one whose units have no name here, it is read as a decimal number and the code.
    Money {
        /// The amount.
        currency: Currency,
        /// How it is read.
        format: MoneyFormat,
    },
    /// A day, or a part of it.
    Date {
        /// The day.
        date: Date,
        /// What of it is read.
        format: DateFormat,
    },
    /// A time of day, without its seconds.
    Time {
        /// The time.
        time: Time,
        /// How it is read; without it as the language does, in English `two twenty two PM`.
        format: Option<TimeFormat>,
    },
    /// A time and its day.
    DateTime(DateTime),
    /// A length of time, down to seconds.
    Duration(Duration),
    /// A telephone number: the digits, after `plus` if it starts with a plus sign. Other
    /// signs are not heard. [`Spoken::phone_number`] makes it.
    PhoneNumber(Text),
    /// Yes or no.
    Boolean {
        /// The value.
        truth: bool,
        /// In which words.
        format: BooleanFormat,
    },
    /// From so many to so many units of time.
    TimeRange {
        /// One end; the lower one is read first.
        lower: i64,
        /// The other end; if both are equal, only one is read.
        upper: i64,
        /// The unit.
        unit: TimePart,
    },
}

impl Spoken {
    /// A number as it is read by default.
    pub fn number(number: impl Into<Number>) -> Self {
        Self::Number {
            number: number.into(),
            format: NumberFormat::AsNumber,
            places: None,
            context: Vec::new(),
        }
    }

    /// A telephone number in E.164 (`+13178723000`), read with its country code or as it is
    /// dialled inside its country (`3178723000`, `0755551212`).
    /// Returns `None` for the second form outside the North American plan if this build lacks
    /// the feature `phone`.
    pub fn phone_number(e164: &str, format: PhoneFormat) -> Option<Self> {
        Some(Self::PhoneNumber(match format {
            PhoneFormat::Global => e164.into(),
            PhoneFormat::Local => phone::dialled_inside(e164)?,
        }))
    }

    /// What the caller hears: words in English (`en`, `en-us`, `en-gb`… in any case), what
    /// would be played in any other language. Empty if nothing is heard.
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

    /// What would be played, and what the language must know of it; nothing if nothing is heard.
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

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::PhoneNumber(number) => number.len(),
            Self::Money { currency, .. } => currency.code.as_ref().map_or(0, Text::len),
            Self::Number { context, .. } | Self::Ordinal { context, .. } => context.len(),
            _ => 0,
        }
    }
}

/// Whether a language tag is one of English.
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
