//! Which tests are run.

use std::fmt;
use std::path::Path;

use super::scenario::Case;
use crate::value::Text;

/// What a test has to be to be run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Words, one of which its name or the path of its file must contain; none selects all.
    pub patterns: Vec<Text>,
    /// Tags, one of which it must have; none selects all.
    pub tags: Vec<Text>,
    /// The share of the tests that this machine runs.
    pub partition: Option<Partition>,
}

/// A share of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// How the shares are made.
    pub kind: PartitionKind,
    /// Which share, from 1.
    pub share: u64,
    /// How many shares there are.
    pub shares: u64,
}

/// How the tests are shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionKind {
    /// By file and name: a test stays in its share whatever else is added.
    Hash,
    /// By turns: the shares are as even as can be.
    Slice,
}

impl Partition {
    /// Reads `hash:1/4` and `slice:2/4`; `count` is another word for `slice`.
    ///
    /// # Errors
    /// The text is neither; the message says why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (kind, share) = text.split_once(':').ok_or_else(unreadable)?;
        let kind = match kind {
            "hash" => PartitionKind::Hash,
            "slice" | "count" => PartitionKind::Slice,
            other => {
                return Err(format!(
                    "`{other}` is no way to share, expected hash or slice"
                ));
            }
        };
        Self::of_share(kind, share)
    }

    /// Reads `1/4`.
    ///
    /// # Errors
    /// The text is not, or there is no such share.
    pub fn of_share(kind: PartitionKind, text: &str) -> Result<Self, String> {
        let (share, shares) = text.split_once('/').ok_or_else(unreadable)?;
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| unreadable());
        let (share, shares) = (number(share)?, number(shares)?);
        if share == 0 || share > shares {
            return Err(format!("there is no share {share} of {shares}"));
        }
        Ok(Self { kind, share, shares })
    }
}

fn unreadable() -> String {
    "expected hash:1/4 or slice:1/4, the first of four shares".into()
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            PartitionKind::Hash => "hash",
            PartitionKind::Slice => "slice",
        };
        write!(formatter, "{kind}:{}/{}", self.share, self.shares)
    }
}

impl Selection {
    /// Whether a test is wanted for what it is. Which share it is in is another question.
    pub fn wants(&self, file: &Path, case: &Case) -> bool {
        let has_tag = |tag: &Text| case.tags.contains(tag);
        let tags = self.tags.is_empty() || self.tags.iter().any(has_tag);
        tags && (self.patterns.is_empty() || {
            let path = slashed(file).to_lowercase();
            let name = case.name.to_lowercase();
            let has = |pattern: &Text| {
                let pattern = pattern.to_lowercase();
                name.contains(&*pattern) || path.contains(&*pattern)
            };
            self.patterns.iter().any(has)
        })
    }

    /// Whether the share has the test that is the `index`th of those that are wanted.
    pub fn shares(&self, index: u64, file: &Path, case: &Case) -> bool {
        let Some(partition) = self.partition else { return true };
        let number = match partition.kind {
            PartitionKind::Slice => index,
            PartitionKind::Hash => hash(&slashed(file), &case.name),
        };
        number % partition.shares == partition.share - 1
    }
}

/// The path as it is on every machine.
fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// XXH64 of the path, a line break and the name. It is part of what flowsim promises: a test
/// stays in its share from version to version.
fn hash(path: &str, name: &str) -> u64 {
    twox_hash::XxHash64::oneshot(0, format!("{path}\n{name}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_read_as_they_are_written() {
        for text in ["hash:1/4", "slice:4/4"] {
            assert_eq!(Partition::parse(text).map(|it| it.to_string()), Ok(text.into()));
        }
        for wrong in ["hash:0/4", "hash:5/4", "4", "hash:", "random:1/2", "hash:1/0"] {
            assert!(Partition::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_test_stays_in_its_share() {
        // Written down, because machines of different versions may share a suite.
        assert_eq!(hash("flows/ivr.test.yaml", "press 1"), 0x9fd3_e280_3097_1c42);
    }
}
