//! Numbers in flags. A wrong one is answered with the numbers that the flag accepts, in the
//! settings of a project too.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::str::FromStr;

/// Returns the parser of a flag that takes a whole number in a range.
pub(super) fn whole<T>(
    range: impl RangeBounds<T> + Clone,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(expected(&range)),
    }
}

fn expected<T: Display>(range: &impl RangeBounds<T>) -> String {
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(least), Bound::Included(most)) => {
            format!("use a whole number from {least} to {most}")
        }
        (Bound::Included(least), _) => {
            format!("use a whole number that is at least {least}")
        }
        _ => "use a whole number".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_numbers_are_answered_with_the_range() {
        let jobs = whole(1..=u16::MAX);
        assert_eq!((jobs("1"), jobs("65535")), (Ok(1), Ok(65_535)));
        for wrong in ["0", "65536", "-1", "1.5", "x", "", "99999999999999999999"] {
            let expected = "use a whole number from 1 to 65535";
            assert_eq!(jobs(wrong), Err(expected.into()), "{wrong}");
        }
        let seed = whole(0_u64..);
        assert_eq!(seed("18446744073709551615"), Ok(u64::MAX));
        let expected = "use a whole number that is at least 0";
        assert_eq!(seed("-1"), Err(expected.into()));
    }
}
