//! Times of day in English words. Seconds are omitted.

use super::number::cardinal;
use super::{Time, TimeFormat};

/// `two twenty two PM` by default; `two twenty two` or `fourteen twenty two` with a
/// format. Genesys' example of twelve hours has no `PM`, although the half of the day is
/// then ambiguous.
pub(super) fn words(time: Time, format: Option<TimeFormat>) -> String {
    let hour = u64::try_from(time.hour).unwrap_or_default();
    let minute = u64::try_from(time.minute).unwrap_or_default();
    let half = if hour < 12 { "AM" } else { "PM" };
    let twelve = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    match format {
        None => format!("{} {half}", with_minutes(twelve, minute, "")),
        Some(TimeFormat::TwelveHours) => with_minutes(twelve, minute, ""),
        Some(TimeFormat::TwentyFourHours) => with_minutes(hour, minute, " hours"),
    }
}

fn with_minutes(hour: u64, minute: u64, on_the_hour: &str) -> String {
    let hour = cardinal(hour);
    match minute {
        0 => format!("{hour}{on_the_hour}"),
        1..=9 => format!("{hour} oh {}", cardinal(minute)),
        _ => format!("{hour} {}", cardinal(minute)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_minutes() {
        for (text, usual, twelve, twenty_four) in [
            ("00:00", "twelve AM", "twelve", "zero hours"),
            ("00:05", "twelve oh five AM", "twelve oh five", "zero oh five"),
            (
                "11:59:59",
                "eleven fifty nine AM",
                "eleven fifty nine",
                "eleven fifty nine",
            ),
            ("12:00", "twelve PM", "twelve", "twelve hours"),
            ("13:10", "one ten PM", "one ten", "thirteen ten"),
            ("23:00", "eleven PM", "eleven", "twenty three hours"),
        ] {
            let time = Time::parse(text).unwrap();
            assert_eq!(words(time, None), usual);
            assert_eq!(words(time, Some(TimeFormat::TwelveHours)), twelve);
            assert_eq!(words(time, Some(TimeFormat::TwentyFourHours)), twenty_four);
        }
    }
}
