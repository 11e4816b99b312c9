//! How a value is read aloud: the members of `Format` and `Language` of expressions.

macro_rules! formats {
    ($(#[$meta:meta])* $name:ident { $($member:ident $text:literal $meaning:literal)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $(#[doc = $meaning] $member,)* }

        impl $name {
            /// The member of this name, in any case.
            pub fn from_name(name: &str) -> Option<Self> {
                let members = [$(($text, Self::$member)),*];
                let mut members = members.into_iter();
                members.find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, it)| it)
            }

            /// The name as an expression writes it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$member => $text),* }
            }
        }
    };
}

formats! {
    /// How a number is read. *Source: `Format.Number`; the name of the default is ours.*
    NumberFormat {
        AsNumber "asNumber" "In words: `five hundred`."
        Digits "playDigits" "Digit by digit: `five zero zero`."
    }
}

formats! {
    /// What of a day is read. *Source: `Format.Date`.*
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
    /// How a time of day is read. *Source: `Format.Time`.*
    TimeFormat {
        TwelveHours "twelveHours" "`two twenty two`"
        TwentyFourHours "twentyFourHours" "`fourteen twenty two`"
    }
}

formats! {
    /// In which words a Boolean is read. *Source: `Format.Bool`; the name of the default is
    /// ours.*
    BooleanFormat {
        TrueFalse "playTrueFalse" "`true`, `false`"
        YesNo "playYesNo" "`yes`, `no`"
    }
}

formats! {
    /// With or without the country code. *Source: `Format.PhoneNumber`.*
    PhoneFormat {
        Global "global" "With the country code, after `plus`."
        Local "local" "As it is dialled inside its country."
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
    /// What a language must know to inflect a number: `Language.Gender`, `Language.Case`.
    LanguageContext {
        Masculine "masculine" "The gender of what is counted."
        Feminine "feminine" "The gender of what is counted."
        Neuter "neuter" "The gender of what is counted."
        Article "article" "The number stands as an article."
    }
}

/// How an amount of money is read. *Source: `Format.Currency` and the overload of
/// `ToAudioCurrency` with a number of places.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyFormat {
    /// `one dollar and twenty three cents`, rounded to whole minor units.
    MajorAndMinor,
    /// `two hundred eighty cents`, rounded to whole minor units.
    AsMinorUnits,
    /// `two dollars`, the rest is cut off.
    MajorUnitsOnly,
    /// `eighty cents`, what is above is cut off.
    MinorUnitsOnly,
    /// `three zero point two zero dollars`, rounded to whole minor units.
    Digits,
    /// `one point two dollars`: so many digits after the point, the rest is cut off.
    Places(u32),
}

impl MoneyFormat {
    /// The member of `Format.Currency` of this name, in any case.
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
