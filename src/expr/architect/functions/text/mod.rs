//! Functions of texts.
//!
//! Lengths and places count Unicode characters. That is not documented; all examples of the
//! catalogue fit.

mod parts;
mod rewrite;
mod search;

use crate::diagnostic::Code;
use crate::value::{Kind, Type};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Parameter, one, overload};
use super::audio::append_audio;

/// How long a text an expression may make, in bytes.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

const SEARCHED: Parameter = one("stringToSearch", Kind::String);
const WANTED: Parameter = one("textToFind", Kind::String);
const IGNORE_CASE: Parameter = one("ignoreCase", Kind::Boolean);
const OCCURRENCE: Parameter = one("occurrenceNumber", Kind::Integer).at_least(1);
const LENGTH: Parameter = one("length", Kind::Integer).at_least(0);

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "Append",
        category: Category::Text,
        summary: "Puts values behind one another. A String that is NOT_SET counts as empty.",
        example: ("Append(\"Hello\", \"-\", \"World\")", "\"Hello-World\""),
        overloads: &[
            overload(
                &[
                    one("initialText", Kind::String).or_not_set(),
                    one("textToAppend", Kind::String).or_not_set().repeated(),
                ],
                Type::one(Kind::String),
                rewrite::append,
            ),
            overload(
                &[
                    one("initialAudioOrPrompt", Kind::PromptOrAudio).or_not_set(),
                    one("audioOrPromptToAppend", Kind::PromptOrAudio)
                        .or_not_set()
                        .repeated(),
                ],
                Type::one(Kind::Audio),
                append_audio,
            ),
        ],
    },
    Function {
        name: "Compare",
        category: Category::Text,
        summary: "Says which of two Strings comes first in the order of a dictionary: -1 if the first does, 1 if the second does, 0 if they are the same. NOT_SET comes before every String.",
        example: ("Compare(\"hello\", \"Hello\")", "-1"),
        overloads: &[
            overload(
                &[
                    one("stringToCompare", Kind::String).or_not_set(),
                    one("stringToCompareTo", Kind::String).or_not_set(),
                ],
                Type::one(Kind::Integer),
                search::compare,
            ),
            overload(
                &[
                    one("stringToCompare", Kind::String).or_not_set(),
                    one("stringToCompareTo", Kind::String).or_not_set(),
                    IGNORE_CASE,
                ],
                Type::one(Kind::Integer),
                search::compare,
            ),
        ],
    },
    Function {
        name: "Contains",
        category: Category::Text,
        summary: "Tells whether a text occurs in another. The case of letters counts, unless it is to be ignored. The empty text occurs in every text.",
        example: ("Contains(\"Hello\", \"he\", true)", "true"),
        overloads: &[
            overload(&[SEARCHED, WANTED], Type::one(Kind::Boolean), search::contains),
            overload(
                &[SEARCHED, WANTED, IGNORE_CASE],
                Type::one(Kind::Boolean),
                search::contains,
            ),
        ],
    },
    Function {
        name: "DetectLanguage",
        category: Category::Text,
        summary: "Gives the language in which a text is written, or a default if that cannot be told.",
        example: ("DetectLanguage(\"  \", \"auto\")", "\"auto\""),
        overloads: &[overload(
            &[
                one("stringToSearch", Kind::String).or_not_set(),
                one("defaultString", Kind::String).or_not_set(),
            ],
            Type::one(Kind::String),
            search::detect_language,
        )
        .reading_surroundings()],
    },
    Function {
        name: "FindString",
        category: Category::Text,
        summary: "Gives the place, counted from 0, at which a text occurs in another, or -1. The case of letters counts, unless it is to be ignored.",
        example: ("FindString(\"Hello Hello\", \"l\", 3)", "8"),
        overloads: &[
            overload(&[SEARCHED, WANTED], Type::one(Kind::Integer), search::find),
            overload(
                &[SEARCHED, WANTED, IGNORE_CASE],
                Type::one(Kind::Integer),
                search::find_ignoring_case,
            ),
            overload(
                &[SEARCHED, WANTED, OCCURRENCE],
                Type::one(Kind::Integer),
                search::find_occurrence,
            ),
            overload(
                &[SEARCHED, WANTED, OCCURRENCE, IGNORE_CASE],
                Type::one(Kind::Integer),
                search::find_occurrence,
            ),
        ],
    },
    Function {
        name: "LTrim",
        category: Category::Text,
        summary: "Takes spaces, tabs and line breaks from the beginning of a text.",
        example: ("LTrim(\"  Hello \")", "\"Hello \""),
        overloads: &[overload(
            &[one("value", Kind::String)],
            Type::one(Kind::String),
            parts::trim_left,
        )],
    },
    Function {
        name: "Left",
        category: Category::Text,
        summary: "Gives the first characters of a text, or all if there are not so many.",
        example: ("Left(\"Hello\", 2)", "\"He\""),
        overloads: &[overload(
            &[one("srcString", Kind::String), LENGTH],
            Type::one(Kind::String),
            parts::left,
        )],
    },
    Function {
        name: "Length",
        category: Category::Text,
        summary: "Counts the characters of a text.",
        example: ("Length(\"Hello\")", "5"),
        overloads: &[overload(
            &[one("text", Kind::String)],
            Type::one(Kind::Integer),
            parts::length,
        )
        .measured(parts::measure)],
    },
    Function {
        name: "Lower",
        category: Category::Text,
        summary: "Makes all letters small, the same way in every language.",
        example: ("Lower(\"Hello World\")", "\"hello world\""),
        overloads: &[overload(
            &[one("text", Kind::String)],
            Type::one(Kind::String),
            rewrite::lower,
        )],
    },
    Function {
        name: "RTrim",
        category: Category::Text,
        summary: "Takes spaces, tabs and line breaks from the end of a text.",
        example: ("RTrim(\" Hello  \")", "\" Hello\""),
        overloads: &[overload(
            &[one("stringToTrim", Kind::String)],
            Type::one(Kind::String),
            parts::trim_right,
        )],
    },
    Function {
        name: "Replace",
        category: Category::Text,
        summary: "Puts a text in the place of another wherever it occurs; the case of letters counts. NOT_SET in its place takes it out.",
        example: ("Replace(\"Hello World\", \"Hello\", \"World\")", "\"World World\""),
        overloads: &[overload(
            &[
                one("text", Kind::String),
                one("findString", Kind::String),
                one("replacementString", Kind::String).or_not_set(),
            ],
            Type::one(Kind::String),
            rewrite::replace,
        )],
    },
    Function {
        name: "Reverse",
        category: Category::Text,
        summary: "Puts the characters of a text in reverse order.",
        example: ("Reverse(\"Hello\")", "\"olleH\""),
        overloads: &[overload(
            &[one("text", Kind::String)],
            Type::one(Kind::String),
            rewrite::reverse,
        )],
    },
    Function {
        name: "Right",
        category: Category::Text,
        summary: "Gives the last characters of a text, or all if there are not so many.",
        example: ("Right(\"Hello\", 2)", "\"lo\""),
        overloads: &[overload(
            &[one("srcString", Kind::String), LENGTH],
            Type::one(Kind::String),
            parts::right,
        )],
    },
    Function {
        name: "Split",
        category: Category::Text,
        summary: "Gives what lies between the occurrences of a delimiter. An empty delimiter gives the single characters.",
        example: ("Split(\"Hello World\", \"l\")", "[\"He\",\"\",\"o Wor\",\"d\"]"),
        overloads: &[overload(
            &[one("textToSplit", Kind::String), one("delimiter", Kind::String)],
            Type::many(Kind::String),
            parts::split,
        )],
    },
    Function {
        name: "Substring",
        category: Category::Text,
        summary: "Gives so many characters of a text from a place on, counted from 0, or as many as there are.",
        example: ("Substring(\"Hello\", 2, 3)", "\"llo\""),
        overloads: &[overload(
            &[one("text", Kind::String), one("start", Kind::Integer).at_least(0), LENGTH],
            Type::one(Kind::String),
            parts::substring,
        )],
    },
    Function {
        name: "Trim",
        category: Category::Text,
        summary: "Takes spaces, tabs and line breaks from both ends of a text.",
        example: ("Trim(\"    Hello    \")", "\"Hello\""),
        overloads: &[overload(
            &[one("stringToTrim", Kind::String)],
            Type::one(Kind::String),
            parts::trim,
        )],
    },
    Function {
        name: "Upper",
        category: Category::Text,
        summary: "Makes all letters capitals, the same way in every language.",
        example: ("Upper(\"Hello World\")", "\"HELLO WORLD\""),
        overloads: &[overload(
            &[one("text", Kind::String)],
            Type::one(Kind::String),
            rewrite::upper,
        )],
    },
];

/// Refuses a text of so many bytes if it is too long. To be asked before it is made, for
/// `Replace` can make a huge one of two short ones.
pub(super) fn require_length(
    arguments: &Arguments<'_>,
    bytes: usize,
) -> Result<(), Failure> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let message =
        format!("the text would be {bytes} bytes long; {MAX_BYTES} are allowed");
    Err(arguments.fail(Code::RESULT_TOO_LARGE, &message))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Empty, evaluated, evaluated_in, hold};
    use super::super::known::Known;

    #[test]
    fn parts() {
        hold(&[
            ("Length(\"\")", "0"),
            ("Length(\"Grüße 😀\")", "7"),
            ("Length(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
            ("Left(\"Hello\", 0)", "\"\""),
            ("Left(\"Hello\", 5)", "\"Hello\""),
            ("Left(\"Hello\", System.MaxInt)", "\"Hello\""),
            ("Left(\"Grüße\", 3)", "\"Grü\""),
            ("Left(\"Grüße\", 6)", "\"Grüße\""),
            ("Left(\"😀😀\", 1)", "\"😀\""),
            ("Left(\"\", 1)", "\"\""),
            ("Left(\"Hello\", -1)", "OUT_OF_RANGE"),
            ("Right(\"Hello\", 0)", "\"\""),
            ("Right(\"Hello\", 5)", "\"Hello\""),
            ("Right(\"Hello\", 6)", "\"Hello\""),
            ("Right(\"üHello\", 2)", "\"lo\""),
            ("Right(\"Grüße\", 3)", "\"üße\""),
            ("Right(\"Grüße\", 5)", "\"Grüße\""),
            ("Right(\"Grüße\", 6)", "\"Grüße\""),
            ("Right(\"😀😀\", 1)", "\"😀\""),
            ("Substring(\"Grüße\", 2, 2)", "\"üß\""),
            ("Substring(\"Grüße\", 4, System.MaxInt)", "\"e\""),
            ("Substring(\"Grüße\", 5, 1)", "\"\""),
            ("Substring(\"Grüße\", 0, 0)", "\"\""),
            ("Substring(\"Grüße\", 0, -1)", "OUT_OF_RANGE"),
            ("Trim(\" \t\r\na b\t\")", "\"a b\""),
            ("Trim(\"\u{a0}a\u{2003}\")", "\"\u{a0}a\u{2003}\""),
            ("Trim(\" \")", "\"\""),
            ("LTrim(\"\n a \")", "\"a \""),
            ("RTrim(\" a \r\n\")", "\" a\""),
            ("Split(\"\", \"l\")", "[\"\"]"),
            ("Split(\"\", \"\")", "[\"\"]"),
            ("Split(\"aß😀\", \"\")", "[\"a\",\"ß\",\"😀\"]"),
            ("Split(\",a,\", \",\")", "[\"\",\"a\",\"\"]"),
            ("Split(\"a, b\", \", \")", "[\"a\",\"b\"]"),
        ]);
    }

    #[test]
    fn rewriting() {
        hold(&[
            ("Append(NOT_SET, NOT_SET)", "\"\""),
            ("Append(\"a\")", "WRONG_ARGUMENTS"),
            ("Append(\"a\", NOT_SET, \"b\", \"ß\")", "\"abß\""),
            ("Upper(\"Straße 1\")", "\"STRASSE 1\""),
            ("Upper(\"ABC\")", "\"ABC\""),
            ("Lower(\"ÀÉ Å\")", "\"àé å\""),
            (
                "Lower(\"HELLO, a long text of more bytes\")",
                "\"hello, a long text of more bytes\"",
            ),
            ("Lower(ToString(NOT_SET))", "NOT_SET_NOT_ALLOWED"),
            ("Reverse(\"aß😀\")", "\"😀ßa\""),
            ("Reverse(\"\")", "\"\""),
            ("Replace(\"aaa\", \"aa\", \"b\")", "\"ba\""),
            ("Replace(\"äxä\", \"ä\", \"--\")", "\"--x--\""),
            ("Replace(\"\", \"a\", \"b\")", "\"\""),
            ("Replace(\"a\", NOT_SET, \"b\")", "NOT_SET_NOT_ALLOWED"),
        ]);
    }

    #[test]
    fn texts_have_a_limit() {
        // Six times ten times as long: 1,000,000 bytes, and once more.
        let ten = |text: String| format!("Replace({text}, \"a\", \"aaaaaaaaaa\")");
        let million = (0..6).fold("\"a\"".to_owned(), |text, _| ten(text));
        assert_eq!(evaluated(&format!("Length({million})")), "1000000");
        assert_eq!(evaluated(&ten(million.clone())), "RESULT_TOO_LARGE");
        assert_eq!(
            evaluated(&format!("Append({million}, {million})")),
            "RESULT_TOO_LARGE"
        );
        let dots = format!("Replace({million}, \"a\", \"ΐ\")");
        assert_eq!(evaluated(&dots), "RESULT_TOO_LARGE");
    }

    #[test]
    fn searching() {
        hold(&[
            ("Contains(\"\", \"\")", "true"),
            ("Contains(\"\", \"a\", true)", "false"),
            ("Contains(\"Hello\", \"he\")", "false"),
            ("Contains(\"Hello\", \"LLO\", true)", "true"),
            ("Contains(\"Hello\", \"LLO\", false)", "false"),
            ("Contains(\"ΟΔΟΣ\", \"οδος\", true)", "true"),
            ("Contains(\"\u{212a}ELVIN\", \"kelvin\", true)", "true"),
            (
                "Contains(\"a text beyond what is sought in its place\", \"TEXT BEYOND WHAT IS SOUGHT IN ITS PLACE\", true)",
                "true",
            ),
            ("Contains(NOT_SET, \"a\")", "NOT_SET_NOT_ALLOWED"),
            ("FindString(\"aaa\", \"aa\", 2)", "-1"),
            ("FindString(\"aaaa\", \"aa\", 2)", "2"),
            ("FindString(\"äöü\", \"ü\")", "2"),
            ("FindString(\"😀x\", \"x\")", "1"),
            ("FindString(\"İx\", \"X\", true)", "1"),
            ("FindString(\"Hello\", \"L\", 2, true)", "3"),
            ("FindString(\"Hello\", \"L\", 2, false)", "-1"),
            ("FindString(\"Hello\", \"\", 2)", "-1"),
            ("FindString(\"\", \"\")", "0"),
            ("FindString(\"Hello\", \"l\", System.MaxInt)", "-1"),
            ("FindString(\"Hello\", \"l\", 0)", "OUT_OF_RANGE"),
        ]);
    }

    #[test]
    fn languages_are_detected_where_something_can() {
        let text = "DetectLanguage(\"Guten Tag\", \"en\")";
        assert_eq!(evaluated_in(text, &Empty), "\"en\"");
        assert_eq!(evaluated_in(text, &Known), "\"de\"");
        assert_eq!(evaluated_in("DetectLanguage(\" \", \"en\")", &Known), "\"en\"");
        assert_eq!(evaluated("DetectLanguage(NOT_SET, NOT_SET)"), "NOT_SET String");
    }
}
