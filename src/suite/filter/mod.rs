//! Filters of tests and recordings: `tag(night) and not name(~slow)`.
//!
//! *Source: modelled on the filtersets of cargo-nextest; `docs/filter.md` describes the
//! language.*

mod parse;

use std::path::Path;

use regex::Regex;

use super::scenario::Case;
use crate::value::Text;

/// An expression that selects tests or recordings.
#[derive(Debug, Clone)]
pub struct Filter(Expression);

#[derive(Debug, Clone)]
enum Expression {
    /// Every test, or none.
    Constant(bool),
    Matches(Attribute, Matcher),
    Not(Box<Expression>),
    Every(Vec<Expression>),
    Any(Vec<Expression>),
}

/// An attribute that a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// Name of a test, or id of a recording.
    Name,
    /// Tag of a test.
    Tag,
    /// Path of the file, with forward slashes.
    File,
    /// Id or name of the flow in which the call starts.
    Flow,
}

#[derive(Debug, Clone)]
enum Matcher {
    Equals(Text),
    /// The lower-case text that the attribute contains, in any case.
    Contains(String),
    /// A regular expression.
    Pattern(Regex),
    /// Wildcards. For a file, the end of its path after a `/` may match too.
    Wildcards(Regex),
}

/// A test or recording, as filters see it.
#[derive(Debug, Clone, Default)]
pub struct Filtered<'s> {
    /// Name of a test, or id of a recording.
    pub name: &'s str,
    /// Tags of a test.
    pub tags: &'s [Text],
    /// Path of the file, with forward slashes.
    pub file: &'s str,
    /// Id and name of the flow, as far as they are known.
    pub flows: Vec<&'s str>,
}

impl<'s> Filtered<'s> {
    /// Creates the view of a test in a file; the path has forward slashes.
    pub fn test(file: &'s str, case: &'s Case) -> Self {
        let flow = case.start.flow.iter().map(|flow| flow.value.as_str());
        Self { name: &case.name, tags: &case.tags, file, flows: flow.collect() }
    }
}

impl Attribute {
    /// All attributes.
    const ALL: [Self; 4] = [Self::Name, Self::Tag, Self::File, Self::Flow];

    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Tag => "tag",
            Self::File => "file",
            Self::Flow => "flow",
        }
    }

    fn any(self, subject: &Filtered<'_>, matcher: &Matcher) -> bool {
        match self {
            Self::Name => matcher.accepts(subject.name),
            Self::Tag => subject.tags.iter().any(|tag| matcher.accepts(tag)),
            Self::File => matcher.accepts_path(subject.file),
            Self::Flow => subject.flows.iter().any(|flow| matcher.accepts(flow)),
        }
    }
}

impl Matcher {
    fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Equals(whole) => *whole == text,
            Self::Contains(part) => text.to_lowercase().contains(&**part),
            Self::Pattern(pattern) | Self::Wildcards(pattern) => pattern.is_match(text),
        }
    }

    fn accepts_path(&self, path: &str) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        let mut ends = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        self.accepts(path)
            || matches!(self, Self::Wildcards(_)) && ends.any(|end| self.accepts(end))
    }
}

impl Filter {
    /// Parses an expression.
    ///
    /// ```
    /// use flowsim::suite::Filter;
    /// assert!(Filter::parse("tag(night) and not name(~slow)").is_ok());
    /// let problem = Filter::parse("tga(night)").unwrap_err();
    /// assert!(problem.starts_with("unknown predicate `tga`; did you mean `tag`?"));
    /// ```
    ///
    /// # Errors
    /// The text is not a filter. The message quotes the text and marks the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::filter(text).map(Self)
    }

    /// Creates the filter of names or file paths that contain one of the strings.
    pub fn of_patterns(patterns: &[Text]) -> Self {
        let either = patterns.iter().flat_map(|pattern| {
            [Attribute::Name, Attribute::File].map(|attribute| {
                Expression::Matches(
                    attribute,
                    Matcher::Contains(pattern.as_str().to_lowercase()),
                )
            })
        });
        Self(Expression::Any(either.collect()))
    }

    /// Creates the filter of tests with one of the tags.
    pub fn of_tags(tags: &[Text]) -> Self {
        let equal = |tag: &Text| {
            Expression::Matches(Attribute::Tag, Matcher::Equals(tag.clone()))
        };
        Self(Expression::Any(tags.iter().map(equal).collect()))
    }

    /// Creates the filter that accepts what one of the filters accepts.
    pub fn any(filters: &[Self]) -> Self {
        Self(Expression::Any(filters.iter().map(|it| it.0.clone()).collect()))
    }

    /// Returns whether the filter accepts a test or recording.
    pub fn accepts(&self, subject: &Filtered<'_>) -> bool {
        self.0.accepts(subject)
    }

    /// Returns whether the filter compares an attribute.
    pub fn compares(&self, attribute: Attribute) -> bool {
        self.0.compares(attribute)
    }
}

impl Expression {
    fn accepts(&self, subject: &Filtered<'_>) -> bool {
        match self {
            Self::Constant(truth) => *truth,
            Self::Matches(attribute, matcher) => attribute.any(subject, matcher),
            Self::Not(inner) => !inner.accepts(subject),
            Self::Every(parts) => parts.iter().all(|part| part.accepts(subject)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(subject)),
        }
    }

    fn compares(&self, wanted: Attribute) -> bool {
        match self {
            Self::Constant(_) => false,
            Self::Matches(attribute, _) => *attribute == wanted,
            Self::Not(inner) => inner.compares(wanted),
            Self::Every(parts) | Self::Any(parts) => {
                parts.iter().any(|part| part.compares(wanted))
            }
        }
    }
}

/// Returns the path with forward slashes, so that it is the same on every platform.
pub fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns whether the filter accepts a test with these attributes.
    fn accepts(filter: &str) -> bool {
        let tags = ["night".into(), "smoke test".into()];
        let subject = Filtered {
            name: "Press 1 (slow)",
            tags: &tags,
            file: "tests/ivr/a.test.yaml",
            flows: vec!["Main"],
        };
        Filter::parse(filter).unwrap().accepts(&subject)
    }

    #[test]
    fn predicates_compare_attributes() {
        for filter in [
            "all()",
            "tag(night)",
            "tag( = smoke test )",
            "tag(~SMOKE)",
            r"name(Press 1 (slow\))",
            "name(/^Press [0-9]/)",
            r"name(/\(slow\)$/)",
            "name(#Press*)",
            "file(#tests/**/*.yaml)",
            "file(#ivr/*.yaml)",
            "file(~/ivr/)",
            "flow(Main)",
        ] {
            assert!(accepts(filter), "{filter}");
        }
        for filter in
            ["none()", "tag(Night)", "name(Press 1)", "file(#tests/*.yaml)", "flow(~x)"]
        {
            assert!(!accepts(filter), "{filter}");
        }
    }

    #[test]
    fn not_binds_tighter_than_and_and_and_tighter_than_or() {
        for (filter, expected) in [
            ("tag(night) and not name(~slow)", false),
            ("tag(night) or tag(day) and name(~x)", true),
            ("(tag(night) or tag(day)) and name(~x)", false),
            ("not tag(day) and not not tag(night)", true),
            ("!tag(day)&&tag(night)", true),
            ("tag(day)|tag(night) & all()", true),
            ("NOT (tag(night) AND all())", false),
        ] {
            assert_eq!(accepts(filter), expected, "{filter}");
        }
    }

    #[test]
    fn mistakes_name_the_place_and_the_correction() {
        for (filter, problem) in [
            (
                "",
                "the filter is empty; write tag(night), name(~slow), file(#tests/**) or flow(Main)",
            ),
            (
                "tag(night) and tga(x)",
                "unknown predicate `tga`; did you mean `tag`?\n  tag(night) and tga(x)\n                 ^^^",
            ),
            (
                "night",
                "`night` is not a predicate; write name(~night) or tag(night)\n  night\n  ^^^^^",
            ),
            (
                "tag(a) tag(b)",
                "expected `and`, `or` or the end\n  tag(a) tag(b)\n         ^",
            ),
            (
                "tag(a) and",
                "expected a predicate, such as tag(night)\n  tag(a) and\n            ^",
            ),
            ("tag(a", "missing `)`\n  tag(a\n       ^"),
            ("(tag(a)", "missing `)`\n  (tag(a)\n         ^"),
            ("tag()", "`tag` needs a value, such as tag(night)\n  tag()\n  ^^^"),
            ("all(x)", "`all` takes no value\n  all(x)\n  ^^^"),
            (
                "name(/(/)",
                "invalid regular expression `(`: unclosed group\n  name(/(/)\n        ^",
            ),
        ] {
            assert_eq!(Filter::parse(filter).unwrap_err(), problem, "{filter}");
        }
    }

    #[test]
    fn nesting_is_limited() {
        let deep = "(".repeat(100_000) + "all()" + &")".repeat(100_000);
        assert!(
            Filter::parse(&deep).unwrap_err().starts_with("the filter is longer than")
        );
        let deep = "(".repeat(100) + "all()" + &")".repeat(100);
        assert!(Filter::parse(&deep).unwrap_err().starts_with("parentheses are nested"));
        assert!(Filter::parse(&("not ".repeat(1000) + "all()")).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_a_filter_or_a_mistake(text in "[a-z()~#/=!&| \\\\]{0,40}|.{0,20}") {
            let _ = Filter::parse(&text);
        }

        #[test]
        fn negation_selects_the_others(name in "[a-z]{0,3}", part in "[a-z]{1,2}") {
            let subject = Filtered { name: &name, ..Filtered::default() };
            let accepts =
                |filter: String| Filter::parse(&filter).unwrap().accepts(&subject);
            prop_assert_ne!(
                accepts(format!("name(~{part})")),
                accepts(format!("not name(~{part})"))
            );
            prop_assert_eq!(accepts(format!("name(~{part})")), name.contains(&part));
        }
    }
}
