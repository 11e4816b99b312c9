//! The examples of Genesys' expression catalogue that describe English audio.
//!
//! Comparison ignores case, because the catalogue capitalizes some examples and not others.

use proptest::prelude::*;

use super::*;
use crate::value::Decimal;

#[track_caller]
fn heard(spoken: &Spoken, english: &str) {
    let rendered = spoken.render("en-us");
    assert_eq!(rendered.to_lowercase(), english.to_lowercase(), "{spoken:?}");
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn moment(text: &str) -> DateTime {
    DateTime::parse(text).unwrap()
}

fn amount(text: &str) -> Currency {
    Currency::parse(text).unwrap()
}

#[test]
fn numbers() {
    let digits = NumberFormat::Digits;
    let words = NumberFormat::AsNumber;
    for (text, format, places, english) in [
        ("500", words, None, "five hundred"),
        ("-500", words, None, "negative five hundred"),
        ("5", words, None, "five"),
        ("500", digits, None, "five zero zero"),
        ("-500", digits, None, "negative five zero zero"),
        ("500.00", words, None, "five hundred"),
        ("-500.00", words, None, "negative five hundred"),
        ("125.25", words, None, "one hundred twenty five point two five"),
        ("5.5", digits, None, "five point five"),
        ("-500.0", digits, None, "negative five zero zero"),
        ("500.0", digits, None, "five zero zero"),
        ("123.127", words, Some(2), "one hundred twenty three point one two"),
        (
            "-123.12",
            words,
            Some(4),
            "negative one hundred twenty three point one two zero zero",
        ),
        ("0.234859", words, Some(3), "zero point two three four"),
        ("123.1234", digits, Some(3), "one two three point one two three"),
    ] {
        let context = vec![LanguageContext::Masculine];
        heard(&Spoken::Number { number: number(text), format, places, context }, english);
    }
}

#[test]
fn ordinals() {
    for (number, english) in [
        (1, "first"),
        (2, "second"),
        (201, "two hundred and first"),
        (716, "seven hundred and sixteenth"),
        // The catalogue spells it "hundredeth".
        (500, "five hundredth"),
        (5000, "five thousand"),
        (-500, "negative five hundred"),
    ] {
        heard(&Spoken::Ordinal { number, context: vec![] }, english);
    }
}

#[test]
fn percentages() {
    for (text, places, english) in [
        ("123", None, "one hundred twenty three percent"),
        ("5", None, "five percent"),
        // The catalogue has "point twelve" here, and a comma, unlike its other examples.
        ("123.12", None, "one hundred twenty three point one two percent"),
        ("0.2", None, "zero point two percent"),
        ("123.12", Some(2), "one hundred twenty three point one two percent"),
        ("123.17", Some(1), "one hundred twenty three point one percent"),
        ("123.12", Some(3), "one hundred twenty three point one two zero percent"),
    ] {
        heard(&Spoken::Percent { number: number(text), places }, english);
    }
}

#[test]
fn money() {
    use MoneyFormat::{
        AsMinorUnits, Digits, MajorAndMinor, MajorUnitsOnly, MinorUnitsOnly, Places,
    };
    let millions =
        "one million two hundred thirty four thousand five hundred sixty seven";
    let with_cents = format!("{millions} dollars and zero cents");
    let dollars = format!("{millions} dollars");
    for (text, format, english) in [
        ("1234567.0|USD", MajorAndMinor, with_cents.as_str()),
        ("1.23|USD", MajorAndMinor, "one dollar and twenty three cents"),
        ("1.23456789|USD", MajorAndMinor, "one dollar and twenty three cents"),
        ("1.567|USD", MajorAndMinor, "one dollar and fifty seven cents"),
        ("1234567.80|USD", MajorUnitsOnly, dollars.as_str()),
        ("1234567.80|USD", MinorUnitsOnly, "eighty cents"),
        ("2.80|USD", AsMinorUnits, "two hundred eighty cents"),
        ("1.23|USD", Digits, "one point two three dollars"),
        ("30.20|USD", Digits, "three zero point two zero dollars"),
        ("0.20|USD", Digits, "zero point two zero dollars"),
        ("1.23|USD", Places(1), "one point two dollars"),
        ("1.23|USD", Places(2), "one point two three dollars"),
        ("-35.23|USD", Places(2), "negative thirty five point two three dollars"),
        ("1.23|USD", Places(3), "one point two three zero dollars"),
        ("1.23456|USD", Places(2), "one point two three dollars"),
        ("21.23456|USD", Places(2), "twenty one point two three dollars"),
        ("|USD", MajorAndMinor, ""),
    ] {
        heard(&Spoken::Money { currency: amount(text), format }, english);
    }
}

#[test]
fn dates() {
    use DateFormat::{
        DayOfWeekOnly, DayOnly, LongYear, LongYearOnly, MonthOnly, ShortMonthAndDay,
        ShortYear, ShortYearOnly,
    };
    let day = "Thursday November thirtieth";
    let long = format!("{day} nineteen hundred eighty nine");
    let short = format!("{day} nineteen eighty nine");
    for (text, format, english) in [
        ("1989-11-30", LongYear, long.as_str()),
        ("1989-11-30", ShortYear, short.as_str()),
        ("1989-11-30", ShortMonthAndDay, day),
        ("2014-04-07", DayOnly, "Seventh"),
        ("2014-04-07", MonthOnly, "April"),
        ("2014-04-07", ShortYearOnly, "twenty fourteen"),
        ("2014-04-07", LongYearOnly, "two thousand fourteen"),
        ("2014-11-05", DayOfWeekOnly, "Wednesday"),
    ] {
        let date = Date::parse(text).unwrap();
        heard(&Spoken::Date { date, format }, english);
    }
}

#[test]
fn times() {
    for (text, format, english) in [
        ("1989-11-30T14:22:11Z", None, "Two twenty two PM"),
        ("1989-11-30", None, "Twelve AM"),
        // The catalogue has "Four teen".
        (
            "2014-04-07T14:22:11Z",
            Some(TimeFormat::TwentyFourHours),
            "Fourteen twenty two",
        ),
        ("1989-11-30", Some(TimeFormat::TwentyFourHours), "Zero hours"),
        ("2014-04-07T14:22:11Z", Some(TimeFormat::TwelveHours), "Two twenty two"),
    ] {
        heard(&Spoken::Time { time: moment(text).time(), format }, english);
    }
    let day = "Thursday November thirtieth nineteen hundred eighty nine";
    let afternoon = Spoken::DateTime(moment("1989-11-30T14:22:11Z"));
    heard(&afternoon, &format!("Two twenty two PM {day}"));
    heard(&Spoken::DateTime(moment("1989-11-30")), &format!("Twelve AM {day}"));
}

#[test]
fn durations() {
    for (text, english) in [
        ("PT1H30M", "one hour thirty minutes"),
        ("-PT30M", "negative thirty minutes"),
        ("PT1H30M5.7S", "one hour thirty minutes and five seconds"),
    ] {
        heard(&Spoken::Duration(Duration::parse(text).unwrap()), english);
    }
    // The catalogue writes the numbers as digits.
    for (lower, upper, unit, english) in [
        (4, 6, TimePart::Minutes, "four to six minutes"),
        (15, 8, TimePart::Minutes, "eight to fifteen minutes"),
        (10, 15, TimePart::Hours, "ten to fifteen hours"),
        (1, 1, TimePart::Hours, "one hour"),
    ] {
        heard(&Spoken::TimeRange { lower, upper, unit }, english);
    }
}

#[test]
fn phone_numbers() {
    use PhoneFormat::{Global, Local};
    let inside = "three one seven eight seven two three zero zero zero";
    let outside = format!("plus one {inside}");
    for (e164, format, english) in
        [("+13178723000", Global, outside.as_str()), ("+13178723000", Local, inside)]
    {
        heard(&Spoken::phone_number(e164, format).unwrap(), english);
    }
    #[cfg(not(feature = "phone"))]
    assert!(Spoken::phone_number("+31755551212", Local).is_none());
    for text in ["8125551234", "812.555.1234", "812-555-1234"] {
        let english = "eight one two five five five one two three four";
        heard(&Spoken::PhoneNumber(text.into()), english);
    }
    let unknown = Spoken::phone_number("no number", Local);
    heard(&unknown.unwrap(), "");
}

#[test]
fn booleans() {
    for (truth, format, english) in [
        (true, BooleanFormat::TrueFalse, "True"),
        (false, BooleanFormat::TrueFalse, "False"),
        (true, BooleanFormat::YesNo, "Yes"),
        (false, BooleanFormat::YesNo, "No"),
    ] {
        heard(&Spoken::Boolean { truth, format }, english);
    }
}

#[test]
fn capitals_are_kept_for_names() {
    let afternoon = Spoken::DateTime(moment("1989-11-30T14:22:11Z"));
    let day = "Thursday November thirtieth nineteen hundred eighty nine";
    assert_eq!(afternoon.render("en"), format!("two twenty two PM {day}"));
}

/// Spanish, which is not rendered: the text describes the audio to play.
#[test]
fn numbers_in_other_languages() {
    let context = vec![LanguageContext::Feminine, LanguageContext::Article];
    let number = Number::from(Decimal::parse("1.50").unwrap());
    let (format, places) = (NumberFormat::Digits, Some(3));
    let money =
        |text| Spoken::Money { currency: amount(text), format: MoneyFormat::Digits };
    for (spoken, text) in [
        (
            Spoken::Number { number: number.clone(), format, places, context },
            "[number 1.5 in es-us, feminine, article, playDigits, 3 places]",
        ),
        (Spoken::Ordinal { number: 1, context: vec![] }, "[ordinal 1 in es-us]"),
        (Spoken::Percent { number, places }, "[percent 1.5 in es-us, 3 places]"),
        (money("4.5|USD"), "[money 4.50 USD in es-us, playDigits]"),
        (money("4.5|"), "[money 4.50 without code in es-us, playDigits]"),
        (money("|USD"), ""),
        (Spoken::PhoneNumber("+34".into()), "[phone number +34 in es-us]"),
        (
            Spoken::Boolean { truth: true, format: BooleanFormat::YesNo },
            "[boolean yes in es-us]",
        ),
    ] {
        assert_eq!(spoken.render("es-us"), text);
    }
}

#[test]
fn times_in_other_languages() {
    let date = Date::parse("1989-11-30").unwrap();
    let time = Time::parse("14:22").unwrap();
    for (spoken, text) in [
        (
            Spoken::Date { date, format: DateFormat::ShortYear },
            "[date 1989-11-30 in fr-ca, shortYear]",
        ),
        (Spoken::Time { time, format: None }, "[time 14:22:00 in fr-ca]"),
        (
            Spoken::DateTime(moment("1989-11-30")),
            "[date and time 1989-11-30T00:00:00Z in fr-ca]",
        ),
        (
            Spoken::Duration(Duration::parse("PT90S").unwrap()),
            "[duration PT1M30S in fr-ca]",
        ),
        (
            Spoken::TimeRange { lower: 6, upper: 4, unit: TimePart::Days },
            "[range 4 to 6 days in fr-ca]",
        ),
    ] {
        assert_eq!(spoken.render("fr-ca"), text);
    }
}

proptest! {
    /// Every spoken value has English words and nothing but words.
    #[test]
    fn english_is_words(
        number in any::<i64>(),
        decimal in "-?[0-9]{1,20}(\\.[0-9]{1,20})?",
        places in prop::option::of(0u32..500),
        code in "USD|JPY|KWD|XTS",
    ) {
        let decimal = Decimal::parse(&decimal).unwrap();
        let moment = number.rem_euclid(12_000_000_000_000) + DateTime::MIN.milliseconds();
        let moment = DateTime::from_milliseconds(moment).unwrap();
        let format = places.map_or(MoneyFormat::MajorAndMinor, MoneyFormat::Places);
        let length = Duration::from_milliseconds(number / 10_000).unwrap();
        let (format_of_number, context) = (NumberFormat::AsNumber, vec![]);
        let currency = Currency { amount: Some(decimal.clone()), code: Some(code.into()) };
        for spoken in [
            Spoken::number(number),
            Spoken::Number {
                number: decimal.into(), format: format_of_number, places, context,
            },
            Spoken::Ordinal { number: number % 2000, context: vec![] },
            Spoken::Money { currency, format },
            Spoken::DateTime(moment),
            Spoken::Duration(length),
            Spoken::TimeRange { lower: number, upper: 5, unit: TimePart::Days },
        ] {
            let heard = spoken.render("en-us");
            let is_word = |word: &str| {
                !word.is_empty() && word.chars().all(char::is_alphabetic)
            };
            prop_assert!(heard.split(' ').all(is_word), "{spoken:?}: {heard:?}");
        }
    }
}
