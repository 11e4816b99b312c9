//! "Did you mean": finds the known name that is most similar to a misspelt one.

use std::cmp::Reverse;

/// Longer names (in characters) are compared only by equality, ignoring case. The cost of
/// a comparison grows with the product of both lengths.
const MAX_LENGTH: usize = 64;

/// Returns the candidate that was probably meant. That is the same name in another case,
/// else the name with the fewest edits (insert, delete, replace, swap neighbours), at
/// most one edit per three characters. Among equals the first in alphabetical order wins,
/// whatever the order of the candidates.
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
        // From here on, only candidates at this distance or nearer matter.
        limit = distance;
        let found = (distance, Reverse(candidate == name), candidate);
        best = Some(best.map_or(found, |best| best.min(found)));
    }
    best.map(|(_, _, candidate)| candidate)
}

/// Whether a name is certainly a misspelt form of another one: they differ in case, by at
/// most two edits if the name has five or more characters, or by one edit. [`nearest`]
/// also finds names that have only a long part in common.
pub(crate) fn is_typo_of(name: &str, other: &str) -> bool {
    let wanted = Folded::of(name);
    let limit = if wanted.length < 5 { 1 } else { 2 };
    wanted.distance(other, limit).is_some()
}

/// A name in lower case, with data to reject distant names cheaply.
struct Folded {
    text: String,
    length: usize,
    letters: u64,
    counts: Counts,
}

/// The number of characters of each of 64 kinds.
#[derive(Clone)]
struct Counts([u32; 64]);

impl Counts {
    fn of(folded: &str) -> Self {
        let mut counts = [0; 64];
        folded.chars().for_each(|character| counts[kind(character)] += 1);
        Self(counts)
    }

    /// The number of characters of another name that have a counterpart of their kind.
    fn shared_with(&self, folded: impl Iterator<Item = char>) -> usize {
        let mut left = self.0;
        let is_shared = |character: &char| {
            let left = &mut left[kind(*character)];
            let has_counterpart = *left > 0;
            *left = left.saturating_sub(1);
            has_counterpart
        };
        folded.filter(is_shared).count()
    }
}

/// The kind of a character, below 64.
fn kind(character: char) -> usize {
    character as usize % 64
}

impl Folded {
    fn of(name: &str) -> Self {
        let (length, letters) = outline(name);
        let text = lower_case(name);
        Self { counts: Counts::of(&text), text, length, letters }
    }

    /// The number of edits between the names. Returns `None` if it exceeds the limit.
    fn distance(&self, other: &str, limit: usize) -> Option<usize> {
        // A character has at most four bytes. A candidate of megabytes is rejected
        // unread.
        if other.len() / 4 > self.text.len() + limit {
            return None;
        }
        let (length, letters) = outline(other);
        // One edit adds or removes at most one character, so at most one bit of each
        // kind.
        let differing = (self.letters ^ letters).count_ones() as usize;
        if self.length.abs_diff(length) > limit || differing > 2 * limit {
            return None;
        }
        if limit == 0 {
            return folded(other).eq(self.text.chars()).then_some(0);
        }
        let other = lower_case(other);
        // Every character without a counterpart needs an edit.
        let shared = self.counts.shared_with(other.chars());
        if self.length.max(length) - shared > limit {
            return None;
        }
        Some(strsim::osa_distance(&self.text, &other))
            .filter(|distance| *distance <= limit)
    }
}

/// The number of characters in a name, and a set of them: one bit for each of 64 kinds.
fn outline(name: &str) -> (usize, u64) {
    if name.is_ascii() {
        let bit = |byte: u8| 1 << kind(byte.to_ascii_lowercase().into());
        return (name.len(), name.bytes().fold(0, |letters, byte| letters | bit(byte)));
    }
    folded(name).fold((0, 0), |(length, letters), character| {
        (length + 1, letters | 1 << kind(character))
    })
}

fn lower_case(name: &str) -> String {
    match name.is_ascii() {
        true => name.to_ascii_lowercase(),
        false => folded(name).collect(),
    }
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn common_typos_are_found() {
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
    fn a_long_part_in_common_is_not_a_typo() {
        assert!(is_typo_of("initialGreting", "initialGreeting"));
        assert!(is_typo_of("repeatcount", "repeatCount"));
        assert!(is_typo_of("nme", "name"));
        assert!(!is_typo_of("settingsWorkflow", "settingsBotFlow"));
        assert!(!is_typo_of("cc", "from"));
    }

    #[test]
    fn distant_names_are_not_suggested() {
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
        fn shortcuts_do_not_change_the_result(name in "[abcé]{0,9}", other in "[abcé]{0,9}") {
            let distance = strsim::osa_distance(&name, &other);
            let is_near = distance <= name.chars().count() / 3;
            prop_assert_eq!(nearest(&name, [&*other]).is_some(), is_near);
        }
    }
}
