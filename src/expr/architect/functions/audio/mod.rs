//! Functions that create Audio, which callers hear.

mod numbers;
mod values;

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::spoken::Spoken;
use crate::value::{Audio, AudioSegment, Kind, Text, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, one, overload};
use super::text::require_length;
use values::*;

const AUDIO: Type = Type::one(Kind::Audio);

pub(super) const PLAYBACK: &[Function] = &[Function {
    name: "AudioPlaybackOptions",
    category: Category::Audio,
    summary: "Sets whether the caller may interrupt Audio, and whether it plays immediately instead of after the queued Audio.",
    example: ("AudioPlaybackOptions(ToAudioNumber(5), false)", r#""five""#),
    overloads: &[
        overload(
            &[one("audio", Kind::PromptOrAudio), one("bargeIn", Kind::Boolean).literal()],
            AUDIO,
            playback_options,
        ),
        overload(
            &[
                one("audio", Kind::PromptOrAudio),
                one("bargeIn", Kind::Boolean).literal(),
                one("flushNow", Kind::Boolean).literal(),
            ],
            AUDIO,
            playback_options,
        ),
    ],
}];

/// The functions that create Audio. In the catalogue they belong to the conversions.
pub(super) const CASTS: &[Function] = &[
    Function {
        name: "ToAudio",
        category: Category::Cast,
        summary: "Converts a Prompt to Audio. The literal NOT_SET is silent.",
        example: ("ToAudio(Prompt.Welcome)", r#""[prompt Welcome]""#),
        overloads: &[
            overload(&[one("promptToConvert", Kind::Prompt)], AUDIO, prompt),
            // Newer than the catalogue: a published flow has it as its greeting.
            overload(&[one("nullValue", Kind::NotSet).or_not_set()], AUDIO, prompt),
        ],
    },
    Function {
        name: "ToAudioTTS",
        category: Category::Cast,
        summary: "Converts a String to speech, in the language of the flow or another, or letter by letter. NOT_SET is silent.",
        example: (r#"ToAudioTTS("Hello", Format.String.playChars)"#, r#""H e l l o""#),
        overloads: &[
            overload(&[one("text", Kind::String).or_not_set()], AUDIO, speech),
            overload(
                &[
                    one("text", Kind::String).or_not_set(),
                    one("IETFLanguageTag", Kind::String).literal(),
                ],
                AUDIO,
                speech_in_language,
            ),
            overload(
                &[
                    one("text", Kind::String).or_not_set(),
                    one("stringAudioFormat", Kind::StringFormat),
                ],
                AUDIO,
                spelt_speech,
            ),
        ],
    },
    Function {
        name: "ToAudioBlank",
        category: Category::Cast,
        summary: "Creates silence of the given number of milliseconds, at most ten seconds.",
        example: ("ToAudioBlank(500)", r#""[silence 500 ms]""#),
        overloads: &[overload(
            &[one("lengthMs", Kind::Integer).within(0, 10_000).literal()],
            AUDIO,
            silence,
        )],
    },
    Function {
        name: "ToAudioBool",
        category: Category::Cast,
        summary: "Converts a Boolean to Audio: `true` or `false`, `yes` or `no`. NOT_SET is silent.",
        example: ("ToAudioBool(5 == 5, Format.Bool.playYesNo)", r#""yes""#),
        overloads: &[
            overload(&[one("boolToConvert", Kind::Boolean).or_not_set()], AUDIO, boolean),
            overload(
                &[
                    one("boolToConvert", Kind::Boolean).or_not_set(),
                    one("boolAudioFormat", Kind::BoolFormat),
                ],
                AUDIO,
                boolean,
            ),
        ],
    },
    Function {
        name: "ToAudioDuration",
        category: Category::Cast,
        summary: "Converts a Duration to Audio, down to seconds. NOT_SET stays NOT_SET.",
        example: (
            "ToAudioDuration(MakeDuration(0, 1, 30, 0))",
            r#""one hour thirty minutes""#,
        ),
        overloads: &[overload(
            &[one("durationToConvert", Kind::Duration).or_not_set()],
            AUDIO,
            duration,
        )],
    },
    Function {
        name: "ToAudioPhoneNumber",
        category: Category::Cast,
        summary: "Converts a telephone number to Audio. It is read with the country code, or, depending on the format or dialling code, as dialled inside its country. The digits of a String are read one by one. NOT_SET and SIP addresses are silent.",
        example: (
            r#"ToAudioPhoneNumber("812.555.1234")"#,
            r#""eight one two five five five one two three four""#,
        ),
        overloads: &[
            overload(
                &[one("phoneNumberToConvert", Kind::PhoneNumber).or_not_set()],
                AUDIO,
                phone_number,
            ),
            overload(
                &[
                    one("phoneNumberToConvert", Kind::PhoneNumber).or_not_set(),
                    one("phoneNumberFormat", Kind::PhoneNumberFormat),
                ],
                AUDIO,
                phone_number,
            ),
            overload(
                &[
                    one("phoneNumberToConvert", Kind::PhoneNumber).or_not_set(),
                    one("dialingCode", Kind::String).or_not_set(),
                ],
                AUDIO,
                phone_number,
            ),
            overload(&[one("stringToConvert", Kind::String).or_not_set()], AUDIO, digits),
        ],
    },
    Function {
        name: "ToAudioCurrency",
        category: Category::Cast,
        summary: "Converts an amount of money to Audio: in major and minor units, in one of them, in digits, or with the given number of decimal places. NOT_SET is silent.",
        example: (
            r#"ToAudioCurrency(ToCurrency("1.23|USD"))"#,
            r#""one dollar and twenty three cents""#,
        ),
        overloads: &[
            overload(
                &[one("currencyToConvert", Kind::Currency).or_not_set()],
                AUDIO,
                currency,
            ),
            overload(
                &[
                    one("currencyToConvert", Kind::Currency).or_not_set(),
                    one("currencyAudioFormat", Kind::CurrencyFormat),
                ],
                AUDIO,
                currency,
            ),
            overload(
                &[
                    one("currencyToConvert", Kind::Currency).or_not_set(),
                    one("numberOfDecimalPlaces", Kind::Integer),
                ],
                AUDIO,
                currency,
            ),
        ],
    },
    Function {
        name: "ToAudioPercent",
        category: Category::Cast,
        summary: "Converts a percentage to Audio. NOT_SET is silent.",
        example: (
            "ToAudioPercent(123.17, 1)",
            r#""one hundred twenty three point one percent""#,
        ),
        overloads: numbers::PERCENT,
    },
    Function {
        name: "ToAudioDate",
        category: Category::Cast,
        summary: "Converts the date of a DateTime, or a part of the date, to Audio. NOT_SET is silent.",
        example: (
            "ToAudioDate(MakeDateTime(2014, 4, 7), Format.Date.monthOnly)",
            r#""April""#,
        ),
        overloads: &[
            overload(
                &[one("dateTimeToConvert", Kind::DateTime).or_not_set()],
                AUDIO,
                date,
            ),
            overload(
                &[
                    one("dateTimeToConvert", Kind::DateTime).or_not_set(),
                    one("dateAudioFormat", Kind::DateFormat),
                ],
                AUDIO,
                date,
            ),
        ],
    },
    Function {
        name: "ToAudioDateTime",
        category: Category::Cast,
        summary: "Converts a DateTime to Audio: the time, then the date. NOT_SET is silent.",
        example: (
            "ToAudioDateTime(MakeDateTime(1989, 11, 30))",
            r#""twelve AM Thursday November thirtieth nineteen hundred eighty nine""#,
        ),
        overloads: &[overload(
            &[one("dateTimeToConvert", Kind::DateTime).or_not_set()],
            AUDIO,
            datetime,
        )],
    },
    Function {
        name: "ToAudioTime",
        category: Category::Cast,
        summary: "Converts the time of a DateTime to Audio, with twelve or twenty-four hours. NOT_SET is silent.",
        example: (
            "ToAudioTime(MakeDateTime(2014, 4, 7, 14, 22, 11), Format.Time.twentyFourHours)",
            r#""fourteen twenty two""#,
        ),
        overloads: &[
            overload(
                &[one("dateTimeToConvert", Kind::DateTime).or_not_set()],
                AUDIO,
                time,
            ),
            overload(
                &[
                    one("dateTimeToConvert", Kind::DateTime).or_not_set(),
                    one("timeAudioFormat", Kind::TimeFormat),
                ],
                AUDIO,
                time,
            ),
        ],
    },
    Function {
        name: "ToAudioNumber",
        category: Category::Cast,
        summary: "Converts a number to Audio, in words or digit by digit, with the given number of decimal places, and in the gender of the counted things. NOT_SET is silent.",
        example: ("ToAudioNumber(500, Format.Number.playDigits)", r#""five zero zero""#),
        overloads: numbers::NUMBER,
    },
    Function {
        name: "ToAudioNumberOrdinal",
        category: Category::Cast,
        summary: "Converts an ordinal number, such as `first`, to Audio. Below 1 and above 999 it is read as a plain number. NOT_SET is silent.",
        example: ("ToAudioNumberOrdinal(201)", r#""two hundred and first""#),
        overloads: numbers::ORDINAL,
    },
    Function {
        name: "ToAudioTimeRange",
        category: Category::Cast,
        summary: "Converts a range of days, hours, minutes or seconds to Audio, the lower bound first.",
        example: (
            "ToAudioTimeRange(15, 8, Format.TimePart.minutes)",
            r#""eight to fifteen minutes""#,
        ),
        overloads: &[overload(
            &[
                one("lowerBound", Kind::Integer),
                one("upperBound", Kind::Integer),
                one("timePart", Kind::TimePart).or_not_set(),
            ],
            AUDIO,
            time_range,
        )],
    },
];

/// Creates empty Audio, the result for NOT_SET.
fn blank() -> Value {
    from_segments(Vec::new())
}

fn speak(spoken: Spoken) -> Value {
    from_segments(vec![AudioSegment::Spoken(spoken)])
}

fn from_segments(segments: Vec<AudioSegment>) -> Value {
    Value::Audio(Arc::new(Audio { segments, ..Audio::default() }))
}

/// Implements `+` and `Append` for Audio and Prompts. NOT_SET is skipped. Playback
/// options of the parts do not apply to the result.
pub(super) fn append_audio(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let bytes = arguments.values().iter().map(|value| size_of_audio(value)).sum();
    require_length(arguments, bytes)?;
    let segments = arguments.values().iter().flat_map(|value| segments_of(value));
    Ok(from_segments(segments.collect()))
}

fn size_of_audio(value: &Value) -> usize {
    match value {
        Value::Audio(audio) => audio.size(),
        _ => size_of::<AudioSegment>(),
    }
}

fn segments_of(value: &Value) -> Vec<AudioSegment> {
    match value {
        Value::Audio(audio) => audio.segments.clone(),
        Value::Object(prompt) => vec![AudioSegment::Prompt(prompt.clone())],
        _ => Vec::new(),
    }
}

fn playback_options(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let barge_in = Some(arguments.boolean(1)?);
    let flush = arguments.optional(2, Arguments::boolean)?;
    let segments = segments_of(arguments.value(0));
    Ok(Value::Audio(Arc::new(Audio { segments, barge_in, flush })))
}

fn prompt(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(from_segments(segments_of(arguments.value(0))))
}

fn silence(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let length = u32::try_from(arguments.integer(0)?).unwrap_or_default();
    Ok(from_segments(vec![AudioSegment::Silence(length)]))
}

fn speech(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let text = arguments.optional_text(0)?;
    Ok(text.map_or_else(blank, |text| speech_segment(text.clone(), None)))
}

fn speech_in_language(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let language = arguments.optional_text(1)?.cloned();
    let text = arguments.optional_text(0)?;
    Ok(text.map_or_else(blank, |text| speech_segment(text.clone(), language)))
}

/// Spells the text. The only format reads the letters one by one.
fn spelt_speech(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(blank()) };
    require_length(arguments, text.len() * 2)?;
    let mut letters = String::with_capacity(text.len() * 2);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        if !letters.is_empty() {
            letters.push(' ');
        }
        letters.push(letter);
    }
    Ok(speech_segment(letters.into(), None))
}

fn speech_segment(text: Text, language: Option<Text>) -> Value {
    from_segments(vec![AudioSegment::Speech { text, language }])
}

/// The name of a format, if the value is a format of this kind.
fn format_name(value: &Value, kind: Kind) -> Option<&str> {
    match value {
        Value::Object(format) if format.kind == kind => {
            match format.properties.get("name") {
                Some(Value::String(name)) => Some(name.as_str()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reads a number of decimal places. The catalogue has no limits; a negative number is an
/// error.
fn places(arguments: &Arguments<'_>, place: usize) -> Result<u32, Failure> {
    let places = arguments.integer(place)?;
    u32::try_from(places.min(i64::from(u32::MAX))).map_err(|_| {
        let message = format!("numberOfDecimalPlaces must be at least 0, not {places}");
        arguments.fail(Code::OUT_OF_RANGE, &message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn speech() {
        assert_results(&[
            (r#"ToAudioTTS("Hello ") + ToAudioTTS("World")"#, r#""Hello World""#),
            ("ToAudioTTS(ToString(NOT_SET))", r#""""#),
            (r#"ToAudioTTS("Hello", Format.String.playChars)"#, r#""H e l l o""#),
            ("ToAudioNumber(1.5, 0 - 1)", "OUT_OF_RANGE"),
            ("ToAudioBlank(10001)", "OUT_OF_RANGE"),
            ("ToAudioBool(false, Format.Bool.playYesNo)", r#""no""#),
            ("ToAudioBool(true)", r#""true""#),
            ("ToAudioBool(ToBool(NOT_SET))", r#""""#),
            (
                "ToAudioDuration(MakeDuration(0, 1, 30, 5, 700))",
                r#""one hour thirty minutes and five seconds""#,
            ),
            (
                "ToAudioDuration(MakeDuration(0, -1, 30, 0))",
                r#""negative thirty minutes""#,
            ),
        ]);
    }

    #[test]
    fn telephone_numbers() {
        assert_results(&[
            (
                r#"ToAudioPhoneNumber(ToPhoneNumber("tel:+13178723000"))"#,
                r#""plus one three one seven eight seven two three zero zero zero""#,
            ),
            (
                r#"ToAudioPhoneNumber(ToPhoneNumber("tel:+13178723000"), Format.PhoneNumber.global)"#,
                r#""plus one three one seven eight seven two three zero zero zero""#,
            ),
            (
                r#"ToAudioPhoneNumber(ToPhoneNumber("tel:+13178723000"), "1")"#,
                r#""three one seven eight seven two three zero zero zero""#,
            ),
            (
                r#"ToAudioPhoneNumber(ToPhoneNumber("tel:+13178723000"), "31")"#,
                r#""plus one three one seven eight seven two three zero zero zero""#,
            ),
            (r#"ToAudioPhoneNumber(ToPhoneNumber("sip:a@b.c"))"#, r#""""#),
            (
                r#"ToAudioPhoneNumber("812.555.1234")"#,
                r#""eight one two five five five one two three four""#,
            ),
            ("ToAudioPhoneNumber(ToPhoneNumber(NOT_SET))", r#""""#),
            (
                r#"ToAudioPhoneNumber(ToPhoneNumber("7205550123"))"#,
                r#""seven two zero five five five zero one two three""#,
            ),
        ]);
    }

    #[test]
    fn money() {
        assert_results(&[
            (
                r#"ToAudioCurrency(MakeCurrency(1.567, "USD"))"#,
                r#""one dollar and fifty seven cents""#,
            ),
            (
                r#"ToAudioCurrency(ToCurrency("30.20|USD"), Format.Currency.playDigits)"#,
                r#""three zero point two zero dollars""#,
            ),
            (
                r#"ToAudioCurrency(MakeCurrency(-35.23, "USD"), 2)"#,
                r#""negative thirty five point two three dollars""#,
            ),
            (r#"ToAudioCurrency(MakeCurrency(-35.23, "USD"), -1)"#, "OUT_OF_RANGE"),
            (
                r#"ToAudioCurrency(MakeCurrency(2.80, "USD"), Format.Currency.asMinorUnits)"#,
                r#""two hundred eighty cents""#,
            ),
            (
                "ToAudioPercent(123.17, 1)",
                r#""one hundred twenty three point one percent""#,
            ),
            ("ToAudioPercent(5)", r#""five percent""#),
        ]);
    }

    #[test]
    fn times() {
        assert_results(&[
            (
                "ToAudioDate(MakeDateTime(1989, 11, 30, 14, 22, 11))",
                r#""Thursday November thirtieth nineteen hundred eighty nine""#,
            ),
            (
                "ToAudioDate(MakeDateTime(2014, 4, 7), Format.Date.monthOnly)",
                r#""April""#,
            ),
            (
                "ToAudioDateTime(MakeDateTime(1989, 11, 30))",
                r#""twelve AM Thursday November thirtieth nineteen hundred eighty nine""#,
            ),
            (
                "ToAudioTime(MakeDateTime(2014, 4, 7, 14, 22, 11), Format.Time.twentyFourHours)",
                r#""fourteen twenty two""#,
            ),
            (
                "ToAudioTime(MakeDateTime(2014, 4, 7, 14, 22, 11))",
                r#""two twenty two PM""#,
            ),
        ]);
    }

    #[test]
    fn numbers() {
        assert_results(&[
            ("ToAudioNumber(-500)", r#""negative five hundred""#),
            ("ToAudioNumber(500, Format.Number.playDigits)", r#""five zero zero""#),
            (
                "ToAudioNumber(1, Language.Gender.feminine, Language.Case.article)",
                r#""one""#,
            ),
            (
                "ToAudioNumber(-123.12, 4)",
                r#""negative one hundred twenty three point one two zero zero""#,
            ),
            (
                "ToAudioNumber(123.1234, Format.Number.playDigits, 3)",
                r#""one two three point one two three""#,
            ),
            (
                "ToAudioNumber(1.1234, Format.Number.playDigits, 3, Language.Gender.feminine)",
                r#""one point one two three""#,
            ),
            ("ToAudioNumber(ToDecimal(NOT_SET), 3)", r#""""#),
            ("ToAudioNumberOrdinal(201)", r#""two hundred and first""#),
            ("ToAudioNumberOrdinal(-500)", r#""negative five hundred""#),
            ("ToAudioNumberOrdinal(1, Language.Gender.neuter)", r#""first""#),
            (
                "ToAudioTimeRange(15, 8, Format.TimePart.minutes)",
                r#""eight to fifteen minutes""#,
            ),
            ("ToAudioTimeRange(1, 1, Format.TimePart.hours)", r#""one hour""#),
            ("ToAudioTimeRange(1, 2, NOT_SET)", r#""one to two minutes""#),
            (r#"ToAudioTTS("a") == ToAudioTTS("a")"#, "WRONG_ARGUMENTS"),
        ]);
    }
}
