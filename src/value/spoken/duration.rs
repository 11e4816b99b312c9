//! Durations and ranges of durations in English words.

use super::number::{cardinal, counted, signed};
use super::{Duration, TimePart};

/// The days, hours, minutes and seconds that are not zero, with `and` before the seconds:
/// `one hour thirty minutes and five seconds`. Milliseconds are omitted.
pub(super) fn words(duration: Duration) -> String {
    let total = duration.milliseconds().unsigned_abs() / 1000;
    let larger = [
        (total / 86_400, "day", "days"),
        (total / 3600 % 24, "hour", "hours"),
        (total / 60 % 60, "minute", "minutes"),
    ];
    let larger: Vec<String> = larger
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| counted(number, one, many))
        .collect();
    let sign = if duration.milliseconds() < 0 && total > 0 { "negative " } else { "" };
    let seconds = counted(total % 60, "second", "seconds");
    match (larger.is_empty(), total % 60) {
        (true, _) => format!("{sign}{seconds}"),
        (false, 0) => format!("{sign}{}", larger.join(" ")),
        (false, _) => format!("{sign}{} and {seconds}", larger.join(" ")),
    }
}

/// `four to six minutes`, `one hour`
pub(super) fn range_words(lower: i64, upper: i64, unit: TimePart) -> String {
    let (lower, upper) = (lower.min(upper), lower.max(upper));
    if lower < upper {
        return format!("{} to {} {}", signed(lower), signed(upper), unit.name());
    }
    let (one, many) = match unit {
        TimePart::Days => ("day", "days"),
        TimePart::Hours => ("hour", "hours"),
        TimePart::Minutes => ("minute", "minutes"),
        TimePart::Seconds => ("second", "seconds"),
    };
    let sign = if lower < 0 { "negative " } else { "" };
    let number = lower.unsigned_abs();
    format!("{sign}{} {}", cardinal(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (text, heard) in [
            ("PT0S", "zero seconds"),
            ("-PT0.5S", "zero seconds"),
            ("PT1S", "one second"),
            ("PT61S", "one minute and one second"),
            ("P2DT1M", "two days one minute"),
            ("-P1DT1H1M1.9S", "negative one day one hour one minute and one second"),
        ] {
            assert_eq!(words(Duration::parse(text).unwrap()), heard, "{text}");
        }
        let longest = words(Duration::MAX);
        assert!(longest.starts_with("eleven million five hundred"), "{longest}");
    }

    #[test]
    fn ranges() {
        assert_eq!(range_words(0, 1, TimePart::Days), "zero to one days");
        assert_eq!(range_words(-1, -1, TimePart::Seconds), "negative one second");
        assert_eq!(range_words(2, 2, TimePart::Minutes), "two minutes");
        assert!(range_words(i64::MIN, i64::MAX, TimePart::Days).ends_with(" days"));
    }
}
