//! Formats for spoken values: the members of `Format` and `Language` in expressions.

macro_rules! formats {
    ($(#[$meta:meta])* $name:ident { $($member:ident $text:literal $meaning:literal)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $(#[doc = $meaning] $member,)* }

        impl $name {
            /// Finds the member of this name, ignoring case.
            pub fn from_name(name: &str) -> Option<Self> {
                let members = [$(($text, Self::$member)),*];
                let mut members = members.into_iter();
                members.find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, it)| it)
            }

            /// The name in expressions.
            pub fn name(self) -> &'static str {
                match self { $(Self::$member => $text),* }
            }
        }
    };
}

formats! {
    /// The format of a spoken number. *Source: `Format.Number`; Genesys does not name the
    /// default.*
    NumberFormat {
        AsNumber "asNumber" "In words: `five hundred`."
        Digits "playDigits" "Digit by digit: `five zero zero`."
    }
}

formats! {
    /// The spoken part of a date. *Source: `Format.Date`.*
    DateFormat {
        LongYear "longYear" "`Thursday November thirtieth nineteen hundred eighty nine`"
        ShortYear "shortYear" "`Thursday November thirtieth nineteen eighty nine`"
        ShortMonthAndDay "shortMonthAndDay" "`Thursday November thirtieth`"
        DayOfWeekOnly "dayOfWeekOnly" "`Thursday`"
        DayOnly "dayOnly" "`thirtieth`"
        MonthOnly "monthOnly" "`November`"
        ShortYearOnly "shortYearOnly" "`nineteen eighty nine`"
        LongYearOnly "longYearOnly" "`nineteen hundred eighty nine`"
    }
}

formats! {
    /// The format of a spoken time of day. *Source: `Format.Time`.*
    TimeFormat {
        TwelveHours "twelveHours" "`two twenty two`"
        TwentyFourHours "twentyFourHours" "`fourteen twenty two`"
    }
}

formats! {
    /// The words for a spoken Boolean. *Source: `Format.Bool`; Genesys does not name the
    /// default.*
    BooleanFormat {
        TrueFalse "playTrueFalse" "`true`, `false`"
        YesNo "playYesNo" "`yes`, `no`"
    }
}

formats! {
    /// With or without the country code. *Source: `Format.PhoneNumber`.*
    PhoneFormat {
        Global "global" "With the country code, after `plus`."
        Local "local" "As dialled inside its country."
    }
}

formats! {
    /// Units of time. *Source: `Format.TimePart`.*
    TimePart {
        Days "days" "Days"
        Hours "hours" "Hours"
        Minutes "minutes" "Minutes"
        Seconds "seconds" "Seconds"
    }
}

formats! {
    /// Grammar that a language needs to inflect a number: `Language.Gender`,
    /// `Language.Case`.
    LanguageContext {
        Masculine "masculine" "The gender of the counted things."
        Feminine "feminine" "The gender of the counted things."
        Neuter "neuter" "The gender of the counted things."
        Article "article" "The number is used as an article."
    }
}

/// The format of a spoken amount of money. *Source: `Format.Currency` and the overload of
/// `ToAudioCurrency` with a number of places.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyFormat {
    /// `one dollar and twenty three cents`, rounded to whole minor units.
    MajorAndMinor,
    /// `two hundred eighty cents`, rounded to whole minor units.
    AsMinorUnits,
    /// `two dollars`; the rest is cut off.
    MajorUnitsOnly,
    /// `eighty cents`; the major units are cut off.
    MinorUnitsOnly,
    /// `three zero point two zero dollars`, rounded to whole minor units.
    Digits,
    /// `one point two dollars`: the given number of digits after the point; the rest is
    /// cut off.
    Places(u32),
}

impl MoneyFormat {
    /// Finds the member of `Format.Currency` with this name, ignoring case.
    pub fn from_name(name: &str) -> Option<Self> {
        let members = [
            ("asMinorUnits", Self::AsMinorUnits),
            ("majorUnitsOnly", Self::MajorUnitsOnly),
            ("minorUnitsOnly", Self::MinorUnitsOnly),
            ("playDigits", Self::Digits),
        ];
        let mut members = members.into_iter();
        members.find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, it)| it)
    }

    pub(super) fn detail(self) -> Vec<String> {
        match self {
            Self::MajorAndMinor => Vec::new(),
            Self::AsMinorUnits => vec!["asMinorUnits".into()],
            Self::MajorUnitsOnly => vec!["majorUnitsOnly".into()],
            Self::MinorUnitsOnly => vec!["minorUnitsOnly".into()],
            Self::Digits => vec!["playDigits".into()],
            Self::Places(places) => vec![format!("{places} places")],
        }
    }
}

impl NumberFormat {
    pub(super) fn detail(self) -> Option<String> {
        (self == Self::Digits).then(|| self.name().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_in_any_case() {
        assert_eq!(DateFormat::from_name("LONGYEAR"), Some(DateFormat::LongYear));
        assert_eq!(DateFormat::from_name("year"), None);
        assert_eq!(MoneyFormat::from_name("playdigits"), Some(MoneyFormat::Digits));
        assert_eq!(MoneyFormat::from_name("digits"), None);
        assert_eq!(TimePart::from_name("days").map(TimePart::name), Some("days"));
    }
}
