//! What is ignored, what is tolerated, what counts as the same.

use std::fmt;

use crate::value::Decimal;

/// How two observations are compared.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What stands at these pointers is not compared.
    pub ignored: Vec<Pattern>,
    /// By how many milliseconds times may differ: when steps began, how long the call took,
    /// values that are dates with times. `None`: when steps began and how long the call took
    /// is not compared, because a virtual clock counts no latencies that nobody simulates;
    /// values that are dates are compared as they are.
    pub time_ms: Option<i64>,
    /// By how much numbers may differ.
    pub number: Option<Decimal>,
    /// Whether a string that is a number is the same as the number. Off, because for a flow
    /// it is not: `"1"` and `1` are of different types, and `"01"` is no `1`.
    pub text_numbers: bool,
    /// Whether a text stands for one that was redacted: such a text is not compared.
    pub redacted: fn(&str) -> bool,
    /// Whether the caller of the local call did what the recording tells. Then, if other keys
    /// were taken, it is the action that takes them in another way.
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
    /// Takes a tolerance as it is written on the command line: `timeMs=500`, `number=0.01`.
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
            _ => return Err(invalid("the tolerances are `timeMs` and `number`")),
        }
        Ok(())
    }
}

/// A rule that cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRule(String);

impl fmt::Display for InvalidRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidRule {}

/// A JSON pointer in which `*` stands for one segment and `**` for any number of them. What
/// stands below a pointer that matches is ignored, too.
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
    /// Reads a pattern, which begins with `/`.
    pub fn parse(text: &str) -> Result<Self, InvalidRule> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err(InvalidRule(format!("a pointer begins with `/`: `{text}`")));
        };
        let segment = |segment: &str| match segment {
            "*" => Segment::One,
            "**" => Segment::Any,
            key => Segment::Key(key.into()),
        };
        let segments = rest.split('/').map(segment).collect();
        Ok(Self { text: text.into(), segments })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers this pointer or something above it.
    pub fn covers(&self, pointer: &str) -> bool {
        // Which lengths of the pattern's beginning cover what was read so far.
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
    fn patterns_cover_pointers_and_what_is_below() {
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
    fn tolerances_are_read_or_told() {
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
