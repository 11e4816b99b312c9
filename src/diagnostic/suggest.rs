//! Did you mean: the known name that is nearest to a misspelt one.

use std::cmp::Reverse;

/// Names longer than this many characters are compared only without regard to case. The
/// cost of a comparison grows with the product of both lengths.
const MAX_LENGTH: usize = 64;

/// The candidate that was probably meant: the same name in another case, else one that
/// takes the fewest edits (insert, delete, replace, swap neighbours), at most one for three
/// characters. Among equals the first in alphabetical order wins, in whatever order the
/// candidates come.
///
/// ```
/// use flowsim::diagnostic::nearest;
/// assert_eq!(nearest("gatherinptu", ["SayHello", "GatherInput"]), Some("GatherInput"));
/// assert_eq!(nearest("Goodbye", ["SayHello", "GatherInput"]), None);
/// ```
pub fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = Folded::of(name);
    let mut limit = match wanted.length {
        0..=MAX_LENGTH => wanted.length / 3,
        _ => 0,
    };
    let mut best: Option<(usize, Reverse<bool>, &str)> = None;
    for candidate in candidates {
        let Some(distance) = wanted.distance(candidate, limit) else { continue };
        // From here on, only what is as near is of interest.
        limit = distance;
        let found = (distance, Reverse(candidate == name), candidate);
        best = Some(best.map_or(found, |best| best.min(found)));
    }
    best.map(|(_, _, candidate)| candidate)
}

/// A name in small letters and what tells cheaply that another cannot be near.
struct Folded {
    text: String,
    length: usize,
    letters: u64,
}

impl Folded {
    fn of(name: &str) -> Self {
        let (length, letters) = outline(name);
        Self { text: folded(name).collect(), length, letters }
    }

    /// The edits between the names, if they are no more than the limit.
    fn distance(&self, other: &str, limit: usize) -> Option<usize> {
        // Four bytes a character at most: a candidate of megabytes is not even walked.
        if other.len() / 4 > self.text.len() + limit {
            return None;
        }
        let (length, letters) = outline(other);
        // One edit adds or removes at most one character, and at most one kind of each.
        let differing = (self.letters ^ letters).count_ones() as usize;
        if self.length.abs_diff(length) > limit || differing > 2 * limit {
            return None;
        }
        if limit == 0 {
            return folded(other).eq(self.text.chars()).then_some(0);
        }
        let other: String = folded(other).collect();
        Some(strsim::osa_distance(&self.text, &other))
            .filter(|distance| *distance <= limit)
    }
}

/// How many characters a name has, and which: one bit for each of 64 kinds.
fn outline(name: &str) -> (usize, u64) {
    folded(name).fold((0, 0), |(length, letters), character| {
        (length + 1, letters | 1 << (character as u32 % u64::BITS))
    })
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_mistype_is_found() {
        let names =
            ["GatherInput", "SayHello", "EndFlow", "Exit", "queueId", "queueName"];
        for (typed, meant) in [
            ("GatherInptu", "GatherInput"),
            ("gatherinput", "GatherInput"),
            ("SayHelo", "SayHello"),
            ("Endflow", "EndFlow"),
            ("Exti", "Exit"),
            ("queueID", "queueId"),
            ("queuName", "queueName"),
        ] {
            assert_eq!(nearest(typed, names), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_is_far_is_not_suggested() {
        let names = ["GatherInput", "End", "a"];
        for typed in ["PlayGoodbye", "b", "Enable", "", "If"] {
            assert_eq!(nearest(typed, names), None, "{typed}");
        }
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn the_same_name_in_another_case_comes_first() {
        assert_eq!(nearest("caller", ["Callers", "CALLER", "callee"]), Some("CALLER"));
        assert_eq!(nearest("caller", ["CALLER", "caller"]), Some("caller"));
        assert_eq!(nearest("GRÖSSE", ["grosse", "grösse"]), Some("grösse"));
    }

    #[test]
    fn long_names_and_many_candidates_cost_little() {
        let long = "x".repeat(1_000_000);
        let longer = "X".repeat(1_000_000);
        assert_eq!(nearest(&long, ["x", &longer]), Some(&*longer));
        assert_eq!(nearest("short", [&*long]), None);
        let names: Vec<String> =
            (0..100_000).map(|n| format!("Node number {n:06}")).collect();
        let found = nearest("node numbre 099999", names.iter().map(|name| &**name));
        assert_eq!(found, Some("Node number 099999"));
    }

    proptest! {
        #[test]
        fn the_order_of_candidates_does_not_matter(
            name in "[abcAB]{0,9}",
            mut names in prop::collection::vec("[abcAB]{0,9}", 0..12),
        ) {
            let found = nearest(&name, names.iter().map(|name| &**name)).map(str::to_owned);
            names.reverse();
            let again = nearest(&name, names.iter().map(|name| &**name)).map(str::to_owned);
            prop_assert_eq!(found, again);
        }

        #[test]
        fn the_short_cuts_change_nothing(name in "[abcé]{0,9}", other in "[abcé]{0,9}") {
            let distance = strsim::osa_distance(&name, &other);
            let is_near = distance <= name.chars().count() / 3;
            prop_assert_eq!(nearest(&name, [&*other]).is_some(), is_near);
        }
    }
}
