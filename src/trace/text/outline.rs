//! Guide lines of the tree.

/// Maximum number of levels with a guide line; deeper levels show a number instead.
const MAX_LEVELS: usize = 8;

/// Guide lines at the left of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guides {
    level: usize,
    /// By level from 1: whether another row of the same flow follows.
    continues: u16,
}

/// Returns the guides of rows with the given levels: 0 in the first flow, 1 in a flow
/// that it calls.
pub(super) fn guides(levels: impl DoubleEndedIterator<Item = usize>) -> Vec<Guides> {
    let mut continues = 0_u16;
    let mut guides: Vec<Guides> = levels
        .rev()
        .map(|level| {
            let bit = 1 << level.min(MAX_LEVELS + 1);
            let row = Guides { level, continues };
            // For the rows above, a row of this level follows, and none of a deeper level
            // until then.
            continues = (continues & (bit - 1)) | bit;
            row
        })
        .collect();
    guides.reverse();
    guides
}

impl Guides {
    /// Returns the prefix of the node's name.
    pub(super) fn branch(self) -> String {
        match self.level {
            0 => String::new(),
            level if level > MAX_LEVELS => format!("{}┆{level} ", self.bars(MAX_LEVELS)),
            level => {
                let branch = if self.has(level) { "├ " } else { "└ " };
                format!("{}{branch}", self.bars(level))
            }
        }
    }

    /// Returns the prefix of the further lines of a row; `is_open` if rows of a deeper
    /// level follow.
    pub(super) fn trunk(self, is_open: bool) -> String {
        let levels = self.level.min(MAX_LEVELS);
        let own = if levels > 0 && self.has(levels) { "│ " } else { "  " };
        let bars = self.bars(levels) + if levels > 0 { own } else { "" };
        if is_open && self.level < MAX_LEVELS { bars + "│ " } else { bars }
    }

    fn bars(self, below: usize) -> String {
        (1..below).map(|level| if self.has(level) { "│ " } else { "  " }).collect()
    }

    fn has(self, level: usize) -> bool {
        self.continues & (1 << level) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flow_has_its_line() {
        let levels = [0, 1, 2, 2, 1, 0, 1, 2];
        let drawn: Vec<_> =
            guides(levels.into_iter()).iter().map(|row| row.branch()).collect();
        assert_eq!(drawn, ["", "├ ", "│ ├ ", "│ └ ", "└ ", "", "└ ", "  └ "]);
    }

    #[test]
    fn very_deep_rows_show_a_number() {
        let all = guides(0..40);
        assert_eq!(all[8].branch(), "              └ ");
        assert_eq!(all[39].branch(), "              ┆39 ");
        assert_eq!(guides([1, 2, 2, 1].into_iter())[1].trunk(false), "│ │ ");
        assert_eq!(guides([0, 1].into_iter())[0].trunk(true), "│ ");
    }
}
