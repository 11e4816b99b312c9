//! Selection of the tests to run.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::filter::{Filter, Filtered, slashed};
use super::scenario::Case;
use crate::value::Text;

/// Criteria that select tests.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Filters; all must accept the test.
    pub filters: Vec<Filter>,
    /// Tests to which the selection is limited, such as those that failed last.
    pub only: Option<BTreeSet<Selected>>,
    /// Share of the tests that this machine runs.
    pub partition: Option<Partition>,
    /// The folder of the project, without links. The share of a test does not depend on the
    /// place of this folder.
    pub root: Option<PathBuf>,
}

/// A test by its file, name and row; its line may change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selected {
    /// Scenario file, as it was discovered.
    pub file: PathBuf,
    /// Name of the test; `None` selects all tests of the file.
    pub name: Option<Text>,
    /// Number of the row, from 1.
    pub row: Option<u32>,
}

/// A share of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Method of partitioning.
    pub kind: PartitionKind,
    /// Number of this share, from 1.
    pub share: u64,
    /// Total number of shares.
    pub shares: u64,
}

/// A method of partitioning tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionKind {
    /// By hash of file and name: a test stays in its share when others are added.
    Hash,
    /// Round robin: the shares are as equal in size as possible.
    Slice,
}

impl Partition {
    /// Parses `hash:1/4` and `slice:2/4`; `count` is a synonym of `slice`.
    ///
    /// # Errors
    /// The text is not a valid partition; the message says why.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (kind, share) = text.split_once(':').ok_or_else(unreadable)?;
        let kind = match kind {
            "hash" => PartitionKind::Hash,
            "slice" | "count" => PartitionKind::Slice,
            other => {
                return Err(format!(
                    "unknown partition kind `{other}`, expected hash or slice"
                ));
            }
        };
        Self::of_share(kind, share)
    }

    /// Parses `1/4`.
    ///
    /// # Errors
    /// The text is not a share, or the share does not exist.
    pub fn of_share(kind: PartitionKind, text: &str) -> Result<Self, String> {
        let (share, shares) = text.split_once('/').ok_or_else(unreadable)?;
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| unreadable());
        let (share, shares) = (number(share)?, number(shares)?);
        if share == 0 || share > shares {
            return Err(format!("there is no share {share} of {shares}"));
        }
        Ok(Self { kind, share, shares })
    }

    /// Returns whether the share contains the item with this index, or of this name.
    pub fn has(&self, index: u64, name: impl FnOnce() -> String) -> bool {
        let number = match self.kind {
            PartitionKind::Slice => index,
            PartitionKind::Hash => hash(&name()),
        };
        number % self.shares == self.share - 1
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
    /// Returns whether all tests are selected.
    pub fn is_whole(&self) -> bool {
        self.filters.is_empty() && self.only.is_none() && self.partition.is_none()
    }

    /// Returns whether a share of all tests is selected.
    pub fn is_share(&self) -> bool {
        self.filters.is_empty() && self.only.is_none() && self.partition.is_some()
    }

    /// Returns whether a test matches the filters. Partitions are not considered.
    pub fn wants(&self, file: &Path, case: &Case) -> bool {
        let is_listed = self.only.as_ref().is_none_or(|only| {
            let selected = |name, row| Selected { file: file.to_owned(), name, row };
            only.contains(&selected(Some(case.name.clone()), case.row))
                || only.contains(&selected(None, None))
        });
        is_listed
            && (self.filters.is_empty() || {
                let path = slashed(file);
                let test = Filtered::test(&path, case);
                self.filters.iter().all(|filter| filter.accepts(&test))
            })
    }

    /// Returns the path of a file that decides about the share of its tests: the same on all
    /// machines. Empty if shares do not depend on it.
    pub fn path_in_project(&self, file: &Path) -> String {
        if self.partition.is_none_or(|it| it.kind != PartitionKind::Hash) {
            return String::new();
        }
        let Some(root) = &self.root else { return slashed(file) };
        let place = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        slashed(place.strip_prefix(root).unwrap_or(file))
    }

    /// Returns whether the share contains the test with the given index among the
    /// matching tests. `path` is the [path of its file](Self::path_in_project).
    pub fn shares(&self, index: u64, path: &str, case: &Case) -> bool {
        let name = || format!("{path}\n{}", case.name);
        self.partition.is_none_or(|partition| partition.has(index, name))
    }
}

/// Returns the XXH64 hash of a name; that of a test is its path, a line break and its name.
/// The hash is part of flowsim's stability guarantee: a test stays in its share from version
/// to version.
fn hash(name: &str) -> u64 {
    twox_hash::XxHash64::oneshot(0, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_round_trip_through_text() {
        for text in ["hash:1/4", "slice:4/4"] {
            assert_eq!(Partition::parse(text).map(|it| it.to_string()), Ok(text.into()));
        }
        for wrong in ["hash:0/4", "hash:5/4", "4", "hash:", "random:1/2", "hash:1/0"] {
            assert!(Partition::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_test_stays_in_its_share() {
        // Hard-coded because machines with different versions may share a suite.
        assert_eq!(hash("flows/ivr.test.yaml\npress 1"), 0x9fd3_e280_3097_1c42);
    }
}
