//! Comparison rules: ignored, tolerated and equal values.

use std::fmt;

use crate::value::Decimal;

/// The rules of a comparison.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Pointers whose values are not compared.
    pub ignored: Vec<Pattern>,
    /// Maximum difference of times, in milliseconds. It applies to start times of steps,
    /// the duration of the call, and date-time values. If `None`, date-time values are
    /// compared exactly. Start times and durations are then not compared, because a
    /// virtual clock does not include latencies that are not simulated.
    pub time_ms: Option<i64>,
    /// Maximum difference of numbers.
    pub number: Option<Decimal>,
    /// Whether a string with a number equals the number. This is off by default because
    /// flows distinguish them: `"1"` and `1` have different types, and `"01"` differs
    /// from `1`.
    pub text_numbers: bool,
    /// Returns whether a string is a replacement for a redacted one. Such strings are not
    /// compared.
    pub redacted: fn(&str) -> bool,
    /// Whether the caller's input of the local call is the recorded one. If so, a
    /// difference in received input is caused by the action.
    pub caller_is_replayed: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ignored: Vec::new(),
            time_ms: None,
            number: None,
            text_numbers: false,
            redacted: |_| false,
            caller_is_replayed: false,
        }
    }
}

impl Rules {
    /// Parses a tolerance of the command line, such as `timeMs=500` or `number=0.01`.
    pub fn tolerate(&mut self, text: &str) -> Result<(), InvalidRule> {
        let invalid = |message: &str| InvalidRule(format!("{message}: `{text}`"));
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| invalid("a tolerance is written as NAME=NUMBER"))?;
        match name {
            "timeMs" => {
                let time = value.parse().ok().filter(|time: &i64| *time >= 0);
                let message = "`timeMs` takes a whole number of milliseconds";
                self.time_ms = Some(time.ok_or_else(|| invalid(message))?);
            }
            "number" => {
                let number = Decimal::parse(value).filter(|number| !number.is_negative());
                let message = "`number` takes a number that is not negative";
                self.number = Some(number.ok_or_else(|| invalid(message))?);
            }
            _ => return Err(invalid("unknown tolerance, expected `timeMs` or `number`")),
        }
        Ok(())
    }
}

/// The reason why a rule is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRule(String);

impl fmt::Display for InvalidRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidRule {}

/// A JSON pointer in which `*` matches one segment and `**` any number of segments.
/// Everything below a matching pointer is ignored too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    One,
    Any,
}

impl Pattern {
    /// Parses a pattern, which starts with `/`.
    pub fn parse(text: &str) -> Result<Self, InvalidRule> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err(InvalidRule(format!(
                "a JSON pointer must start with `/`: `{text}`"
            )));
        };
        let segment = |segment: &str| match segment {
            "*" => Segment::One,
            "**" => Segment::Any,
            key => Segment::Key(key.into()),
        };
        let segments = rest.split('/').map(segment).collect();
        Ok(Self { text: text.into(), segments })
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the pattern matches this pointer or a prefix of it.
    pub fn covers(&self, pointer: &str) -> bool {
        // `reached[n]` is whether the first n segments of the pattern match the keys read
        // so far.
        let count = self.segments.len();
        let mut reached = vec![false; count + 1];
        let skip_any = |reached: &mut [bool]| {
            for (at, segment) in self.segments.iter().enumerate() {
                if *segment == Segment::Any && reached.get(at) == Some(&true) {
                    set(reached, at + 1);
                }
            }
        };
        set(&mut reached, 0);
        skip_any(&mut reached);
        for key in pointer.split('/').skip(1) {
            if reached.last() == Some(&true) {
                return true;
            }
            let mut next = vec![false; count + 1];
            for (at, segment) in self.segments.iter().enumerate() {
                if reached.get(at) != Some(&true) {
                    continue;
                }
                match segment {
                    Segment::Any => set(&mut next, at),
                    Segment::One => set(&mut next, at + 1),
                    Segment::Key(own) if own == key => set(&mut next, at + 1),
                    Segment::Key(_) => {}
                }
            }
            skip_any(&mut next);
            reached = next;
        }
        reached.last() == Some(&true)
    }
}

fn set(reached: &mut [bool], at: usize) {
    if let Some(flag) = reached.get_mut(at) {
        *flag = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_pointers_and_everything_below() {
        let covers = |pattern, pointer| Pattern::parse(pattern).unwrap().covers(pointer);
        assert!(covers("/steps/3", "/steps/3"));
        assert!(covers("/steps/3", "/steps/3/result/text"));
        assert!(!covers("/steps/3", "/steps/30"));
        assert!(!covers("/steps/3/result", "/steps/3"));
        assert!(covers("/steps/*/result", "/steps/7/result/text"));
        assert!(!covers("/steps/*/result", "/steps/7/8/result"));
        assert!(covers("/**/CallPath", "/steps/3/result/variables/CallPath"));
        assert!(covers("/**/CallPath", "/CallPath/x"));
        assert!(!covers("/**/CallPath", "/steps/3/result/variables/CallPaths"));
        assert!(covers("/flow/**/statements/*/value", "/flow/a/b/statements/0/value"));
        assert!(covers("/**", "/anything"));
        assert!(Pattern::parse("steps").is_err());
    }

    #[test]
    fn tolerances_are_parsed_or_rejected() {
        let mut rules = Rules::default();
        rules.tolerate("timeMs=500").unwrap();
        rules.tolerate("number=0.01").unwrap();
        assert_eq!(rules.time_ms, Some(500));
        assert_eq!(rules.number, Decimal::parse("0.01"));
        for wrong in ["timeMs", "timeMs=-1", "timeMs=x", "number=-1", "size=3"] {
            assert!(rules.tolerate(wrong).is_err(), "{wrong}");
        }
    }
}
