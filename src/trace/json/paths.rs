//! The path that a step takes, and the condition of a decision.

use super::write_number;
use crate::trace::PathTaken;

/// Writes the path of a decision and the beginning of its result, whose first entry is the
/// condition.
#[inline]
pub(super) fn write_decision(path: PathTaken, out: &mut String) {
    match path {
        PathTaken::Condition(1) => {
            out.push_str("\"condition 1\",\"result\":{\"condition\":1");
        }
        PathTaken::Condition(2) => {
            out.push_str("\"condition 2\",\"result\":{\"condition\":2");
        }
        PathTaken::Default => {
            out.push_str("\"default\",\"result\":{\"condition\":\"default\"");
        }
        _ => {
            write_path(path, out);
            out.push_str(",\"result\":{");
            write_condition(path, out);
        }
    }
}

/// Writes the condition of a decision as the first entry of its result. Returns whether the
/// step is a decision.
pub(in crate::trace) fn write_condition(path: PathTaken, out: &mut String) -> bool {
    match path {
        PathTaken::Condition(number) => {
            out.push_str("\"condition\":");
            write_number(i64::from(number), out);
        }
        PathTaken::Default => out.push_str("\"condition\":\"default\""),
        _ => return false,
    }
    true
}

#[inline]
pub(in crate::trace) fn write_path(path: PathTaken, out: &mut String) {
    match path {
        PathTaken::None => out.push_str("null"),
        PathTaken::Next => out.push_str("\"next\""),
        PathTaken::Error => out.push_str("\"error\""),
        // The node's label has the name of the output.
        PathTaken::Default | PathTaken::Output(_) => out.push_str("\"default\""),
        PathTaken::Condition(number) => {
            out.push_str("\"condition ");
            write_number(i64::from(number), out);
            out.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_decisions_are_the_same_as_their_parts() {
        let conditions = (1..=12).map(PathTaken::Condition);
        for path in conditions.chain([PathTaken::Default]) {
            let (mut decision, mut parts) = (String::new(), String::new());
            write_decision(path, &mut decision);
            write_path(path, &mut parts);
            parts.push_str(",\"result\":{");
            assert!(write_condition(path, &mut parts));
            assert_eq!(decision, parts);
        }
    }

    #[test]
    fn other_paths_have_no_condition() {
        for path in [PathTaken::None, PathTaken::Next, PathTaken::Error] {
            let mut out = String::new();
            assert!(!write_condition(path, &mut out));
            assert_eq!(out, "");
        }
    }
}
