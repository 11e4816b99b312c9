//! Line by line difference between an expected and an actual value.

use similar::{ChangeTag, group_diff_ops};

use super::mismatch::{Mismatch, Shown};
use crate::value::{Text, differences};

/// Number of equal lines shown around differing ones.
const CONTEXT: usize = 3;

impl Mismatch {
    /// Returns the differing lines with their context: `-` is expected, `+` was found.
    pub fn difference(&self) -> Vec<String> {
        differing(&lines_of(&self.expected), &lines_of(&self.found))
    }
}

fn lines_of(shown: &Shown) -> Vec<Text> {
    match shown {
        Shown::Nothing => Vec::new(),
        Shown::Text(text) => vec![text.clone()],
        Shown::Lines(lines) => lines.clone(),
    }
}

/// Returns the differing lines with their sign, and the lines around them.
pub(super) fn differing(expected: &[Text], found: &[Text]) -> Vec<String> {
    let operations = differences(expected, found);
    let mut lines = Vec::new();
    for (index, group) in group_diff_ops(operations, CONTEXT).iter().enumerate() {
        let begins = group.first().is_none_or(|first| first.old_range().start == 0);
        if index > 0 || !begins {
            lines.push("  …".into());
        }
        for change in group.iter().flat_map(|it| it.iter_changes(expected, found)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!("{sign} {}", change.value()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of_text(text: &str) -> Vec<Text> {
        text.split(' ').map(Text::from).collect()
    }

    #[test]
    fn equal_lines_are_omitted_except_for_context() {
        let expected = lines_of_text("a b c d e f g");
        let found = lines_of_text("a b c d e x g");
        let lines = differing(&expected, &found);
        assert_eq!(lines, ["  …", "  c", "  d", "  e", "- f", "+ x", "  g"]);
        assert_eq!(differing(&expected, &expected), [""; 0]);
        assert_eq!(differing(&[], &lines_of_text("a")), ["+ a"]);
    }

    #[test]
    fn an_inserted_line_does_not_move_the_others() {
        let lines = differing(&lines_of_text("a b c"), &lines_of_text("a x b c"));
        assert_eq!(lines, ["  a", "+ x", "  b", "  c"]);
    }
}
