//! Dates, times and Durations. All times are in UTC.

mod calendar;
mod lengths;

use crate::value::{Kind, Type};

use super::super::signature::{
    Category, Function, Parameter, Varying, many, one, overload,
};
use calendar::*;
use lengths::*;

const WHOLE: Type = Type::one(Kind::Integer);
const MOMENT: Type = Type::one(Kind::DateTime);
const LENGTH: Type = Type::one(Kind::Duration);

const START: Parameter = one("startDateTime", Kind::DateTime);
const YEAR: Parameter = one("year", Kind::Integer).within(1800, 2200);
const MONTH: Parameter = one("month", Kind::Integer).within(1, 12);
const DAY: Parameter = one("day", Kind::Integer).within(1, 31);
const HOUR: Parameter = one("hour", Kind::Integer).within(0, 23);
const MINUTE: Parameter = one("minute", Kind::Integer).within(0, 59);
const SECOND: Parameter = one("second", Kind::Integer).within(0, 59);
const DAY_OF_WEEK: Parameter = one("dayOfWeek", Kind::Integer).within(1, 7);
const OCCURRENCE_IN_YEAR: Parameter =
    one("occurrence", Kind::Integer).within(-53, 53).not_zero();
const OCCURRENCE_IN_MONTH: Parameter =
    one("occurrence", Kind::Integer).within(-5, 5).not_zero();

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "Day",
        category: Category::DateTime,
        summary: "Returns the day of the month of a DateTime in UTC, 1 to 31.",
        example: ("Day(MakeDateTime(2009, 3, 20))", "20"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, day)],
    },
    Function {
        name: "Month",
        category: Category::DateTime,
        summary: "Returns the month of a DateTime in UTC, 1 to 12.",
        example: ("Month(MakeDateTime(2009, 3, 20))", "3"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, month)],
    },
    Function {
        name: "Year",
        category: Category::DateTime,
        summary: "Returns the year of a DateTime in UTC.",
        example: ("Year(MakeDateTime(2009, 3, 20))", "2009"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, year)],
    },
    Function {
        name: "Hour",
        category: Category::DateTime,
        summary: "Returns the hour of a DateTime in UTC, 0 to 23.",
        example: ("Hour(MakeDateTime(2009, 3, 20, 12, 30, 45))", "12"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, hour)],
    },
    Function {
        name: "Minute",
        category: Category::DateTime,
        summary: "Returns the minute of a DateTime, 0 to 59.",
        example: ("Minute(MakeDateTime(2009, 3, 20, 12, 30, 45))", "30"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, minute)],
    },
    Function {
        name: "Second",
        category: Category::DateTime,
        summary: "Returns the second of a DateTime, 0 to 59.",
        example: ("Second(MakeDateTime(2009, 3, 20, 12, 30, 45))", "45"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, second)],
    },
    Function {
        name: "DateTimeDiff",
        category: Category::DateTime,
        summary: "Returns the Duration from the second DateTime to the first; negative if the first is earlier.",
        example: (
            "DateTimeDiff(MakeDateTime(2009, 3, 20, 10, 0, 0), MakeDateTime(2009, 3, 20, 12, 0, 0))",
            "\"-PT2H\"",
        ),
        overloads: &[overload(
            &[one("dateTime1", Kind::DateTime), one("dateTime2", Kind::DateTime)],
            LENGTH,
            difference,
        )],
    },
    Function {
        name: "DayOfWeek",
        category: Category::DateTime,
        summary: "Returns the day of the week of a DateTime in UTC: Sunday is 1, Saturday 7.",
        example: ("DayOfWeek(MakeDateTime(2009, 3, 20))", "6"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, day_of_week)],
    },
    Function {
        name: "GetDayOfWeekOccurrence",
        category: Category::DateTime,
        summary: "Returns the nth occurrence of a day of the week (Sunday is 1) in a year or month, at midnight or the given time. Negative numbers count from the end. Returns NOT_SET if there is no such day.",
        example: ("GetDayOfWeekOccurrence(6, -1, 2017, 2)", "\"2017-02-24T00:00:00Z\""),
        overloads: &[
            overload(
                &[DAY_OF_WEEK, OCCURRENCE_IN_YEAR, YEAR],
                MOMENT,
                occurrence_in_year,
            ),
            overload(
                &[DAY_OF_WEEK, OCCURRENCE_IN_MONTH, YEAR, MONTH],
                MOMENT,
                occurrence_in_month,
            ),
            overload(
                &[DAY_OF_WEEK, OCCURRENCE_IN_YEAR, YEAR, HOUR, MINUTE, SECOND],
                MOMENT,
                occurrence_in_year,
            ),
            overload(
                &[DAY_OF_WEEK, OCCURRENCE_IN_MONTH, YEAR, MONTH, HOUR, MINUTE, SECOND],
                MOMENT,
                occurrence_in_month,
            ),
        ],
    },
    Function {
        name: "WeekNum",
        category: Category::DateTime,
        summary: "Returns the week number of a DateTime.",
        example: ("WeekNum(MakeDateTime(2009, 12, 31))", "53"),
        overloads: &[overload(&[one("value", Kind::DateTime)], WHOLE, week_number)],
    },
    Function {
        name: "MakeDateTime",
        category: Category::DateTime,
        summary: "Creates a DateTime in UTC from its parts, at midnight if no time is given.",
        example: ("MakeDateTime(2009, 3, 20, 6, 30, 0)", "\"2009-03-20T06:30:00Z\""),
        overloads: &[
            overload(&[YEAR, MONTH, DAY, HOUR, MINUTE, SECOND], MOMENT, make_datetime),
            overload(&[YEAR, MONTH, DAY], MOMENT, make_datetime),
        ],
    },
    Function {
        name: "MakeDuration",
        category: Category::DateTime,
        summary: "Creates a Duration from the sum of days, hours, minutes, seconds and milliseconds; each may be negative.",
        example: ("MakeDuration(-10, 0, 30, 0)", "\"-P9DT23H30M\""),
        overloads: &[
            overload(
                &[
                    one("day", Kind::Integer),
                    one("hour", Kind::Integer),
                    one("minute", Kind::Integer),
                    one("second", Kind::Integer),
                ],
                LENGTH,
                make_duration,
            ),
            overload(
                &[
                    one("day", Kind::Integer),
                    one("hour", Kind::Integer),
                    one("minute", Kind::Integer),
                    one("second", Kind::Integer),
                    one("milliseconds", Kind::Integer),
                ],
                LENGTH,
                make_duration,
            ),
        ],
    },
    Function {
        name: "AddDays",
        category: Category::DateTime,
        summary: "Adds days to a DateTime. Negative numbers subtract.",
        example: ("AddDays(MakeDateTime(2009, 3, 2), 5)", "\"2009-03-07T00:00:00Z\""),
        overloads: &[overload(&[START, one("days", Kind::Integer)], MOMENT, add_days)],
    },
    Function {
        name: "AddHours",
        category: Category::DateTime,
        summary: "Adds hours to a DateTime. Negative numbers subtract.",
        example: ("AddHours(MakeDateTime(2009, 3, 2), -1)", "\"2009-03-01T23:00:00Z\""),
        overloads: &[overload(
            &[START, one("hoursToAdd", Kind::Integer)],
            MOMENT,
            add_hours,
        )],
    },
    Function {
        name: "AddMinutes",
        category: Category::DateTime,
        summary: "Adds minutes to a DateTime. Negative numbers subtract.",
        example: ("AddMinutes(MakeDateTime(2009, 3, 2), 90)", "\"2009-03-02T01:30:00Z\""),
        overloads: &[overload(
            &[START, one("minutesToAdd", Kind::Integer)],
            MOMENT,
            add_minutes,
        )],
    },
    Function {
        name: "AddMonths",
        category: Category::DateTime,
        summary: "Adds months to a DateTime. Negative numbers subtract. If the resulting month has no such day, the result is its last day.",
        example: ("AddMonths(MakeDateTime(2009, 1, 31), 1)", "\"2009-02-28T00:00:00Z\""),
        overloads: &[overload(
            &[START, one("monthsToAdd", Kind::Integer)],
            MOMENT,
            add_months,
        )],
    },
    Function {
        name: "AddSeconds",
        category: Category::DateTime,
        summary: "Adds seconds to a DateTime. Negative numbers subtract.",
        example: ("AddSeconds(MakeDateTime(2009, 3, 2), 90)", "\"2009-03-02T00:01:30Z\""),
        overloads: &[overload(
            &[START, one("secondsToAdd", Kind::Integer)],
            MOMENT,
            add_seconds,
        )],
    },
    Function {
        name: "AddYears",
        category: Category::DateTime,
        summary: "Adds years to a DateTime. Negative numbers subtract. If the resulting month has no such day, the result is its last day.",
        example: ("AddYears(MakeDateTime(2008, 2, 29), 1)", "\"2009-02-28T00:00:00Z\""),
        overloads: &[overload(
            &[START, one("yearsToAdd", Kind::Integer)],
            MOMENT,
            add_years,
        )],
    },
    Function {
        name: "AddDuration",
        category: Category::DateTime,
        summary: "Adds the whole seconds of a Duration to a DateTime.",
        example: (
            "AddDuration(MakeDateTime(2009, 1, 10, 6, 30, 0), MakeDuration(10, 0, 30, 0))",
            "\"2009-01-20T07:00:00Z\"",
        ),
        overloads: &[overload(
            &[START, one("durationToAdd", Kind::Duration)],
            MOMENT,
            add_duration,
        )],
    },
    Function {
        name: "GetCurrentDateTimeUtc",
        category: Category::DateTime,
        summary: "Returns the time of the virtual clock, in UTC.",
        example: ("Year(GetCurrentDateTimeUtc()) > 1999", "true"),
        overloads: &[overload(&[], MOMENT, now).varying(Varying::Clock)],
    },
    Function {
        name: "RoundUp",
        category: Category::DateTime,
        summary: "Rounds a Duration up to a value fit for announcements: 30 seconds, 1, 2 or 5 minutes, then multiples of 5 minutes. With an interval, it rounds up to a multiple of the interval. With a collection, it rounds up to the next of its Durations, and beyond the last to a multiple of the interval.",
        example: ("RoundUp(MakeDuration(0, 1, 22, 30))", "\"PT1H25M\""),
        overloads: &[
            overload(&[one("durationToRound", Kind::Duration)], LENGTH, round_up),
            overload(
                &[
                    one("durationToRound", Kind::Duration),
                    one("intervalDurationValue", Kind::Duration),
                ],
                LENGTH,
                round_up_to_interval,
            ),
            overload(
                &[
                    one("durationToRound", Kind::Duration),
                    one("intervalDurationValue", Kind::Duration),
                    many("specificDurationValues", Kind::Duration),
                ],
                LENGTH,
                round_up_to_choice,
            ),
        ],
    },
    Function {
        name: "Range",
        category: Category::DateTime,
        summary: "Returns two Durations: the given Duration minus and plus an interval.",
        example: (
            "Range(MakeDuration(0, 5, 0, 0), MakeDuration(0, 2, 0, 0))",
            "[\"PT3H\",\"PT7H\"]",
        ),
        overloads: &[overload(
            &[
                one("durationToRound", Kind::Duration),
                one("intervalDuration", Kind::Duration),
            ],
            Type::many(Kind::Duration),
            range,
        )],
    },
];
