//! Functions of Strings.
//!
//! Lengths and indexes count Unicode characters. That is undocumented, but all examples
//! of the catalogue agree.

mod parts;
mod rewrite;
mod search;

use crate::diagnostic::Code;
use crate::value::{Kind, Type};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Parameter, one, overload};
use super::audio::append_audio;

pub(in crate::expr::architect) use parts::BLANKS;
pub(in crate::expr::architect) use search::fold;

/// The maximum length of a String that an expression may create, in bytes.
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
        summary: "Joins values. A String that is NOT_SET counts as empty.",
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
        summary: "Compares two Strings in dictionary order. Returns -1 if the first comes first, 1 if the second does, 0 if they are the same. NOT_SET comes before every String.",
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
        summary: "Returns whether a String contains another. The search is case-sensitive unless `ignoreCase` is true. Every String contains the empty String.",
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
        summary: "Returns the language of a String, or a default if the language cannot be detected.",
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
        summary: "Returns the index, counted from 0, at which a String occurs in another, or -1. The search is case-sensitive unless `ignoreCase` is true.",
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
        summary: "Removes spaces, tabs and line breaks from the beginning of a String.",
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
        summary: "Returns the given number of characters from the beginning of a String, or all if it is shorter.",
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
        summary: "Counts the characters of a String.",
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
        summary: "Converts all letters to lower case, independently of the language.",
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
        summary: "Removes spaces, tabs and line breaks from the end of a String.",
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
        summary: "Replaces every occurrence of a String by another. The search is case-sensitive. NOT_SET as the replacement removes the occurrences.",
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
        summary: "Reverses the characters of a String.",
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
        summary: "Returns the given number of characters from the end of a String, or all if it is shorter.",
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
        summary: "Splits a String at every occurrence of a delimiter. An empty delimiter splits it into characters.",
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
        summary: "Returns the given number of characters from an index on, counted from 0, or fewer if the String ends before.",
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
        summary: "Removes spaces, tabs and line breaks from both ends of a String.",
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
        summary: "Converts all letters to upper case, independently of the language.",
        example: ("Upper(\"Hello World\")", "\"HELLO WORLD\""),
        overloads: &[overload(
            &[one("text", Kind::String)],
            Type::one(Kind::String),
            rewrite::upper,
        )],
    },
];

/// Fails if a String of this length is too long. Call it before creating the String,
/// because `Replace` can create a huge String from two short ones.
pub(super) fn require_length(
    arguments: &Arguments<'_>,
    bytes: usize,
) -> Result<(), Failure> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let message = format!(
        "the String would be {bytes} bytes long; at most {MAX_BYTES} are allowed"
    );
    Err(arguments.fail(Code::RESULT_TOO_LARGE, &message))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{Empty, assert_results, evaluated, evaluated_in};
    use super::super::known::TestOrganization;

    #[test]
    fn parts() {
        assert_results(&[
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
        assert_results(&[
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
    fn strings_have_a_limit() {
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
        assert_results(&[
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
    fn languages_are_detected_if_the_directory_can() {
        let text = "DetectLanguage(\"Guten Tag\", \"en\")";
        assert_eq!(evaluated_in(text, &Empty), "\"en\"");
        assert_eq!(evaluated_in(text, &TestOrganization), "\"de\"");
        assert_eq!(
            evaluated_in("DetectLanguage(\" \", \"en\")", &TestOrganization),
            "\"en\""
        );
        assert_eq!(evaluated("DetectLanguage(NOT_SET, NOT_SET)"), "NOT_SET String");
    }
}
