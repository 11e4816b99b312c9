//! Selection of the tests of a run.

use std::path::Path;

use clap::Args;

use crate::cli::state::folder_of;
use crate::suite::{Filter, Partition, PartitionKind, Selection};
use crate::value::Text;

/// Selection options of the command line. Different options must all accept a test.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct SelectOptions {
    /// Run tests that a filter accepts: 'tag(night) and not name(~slow)'; repeatable, one
    /// match is enough
    #[arg(long, short = 'E', value_name = "EXPRESSION", value_parser = Filter::parse)]
    filter: Vec<Filter>,

    /// Run tests whose name or file path contains PATTERN; repeatable, one match is
    /// enough
    #[arg(short = 'k', value_name = "PATTERN")]
    pattern: Vec<String>,

    /// Run tests with this tag; repeatable, one match is enough
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Run a share of the tests: hash:1/4 keeps each test in its share, slice:1/4 (or
    /// count:1/4) makes even shares
    #[arg(long, value_name = "KIND:N/M", value_parser = Partition::parse)]
    partition: Option<Partition>,

    /// Run a share of the tests, like --partition slice
    #[arg(long, value_name = "N/M", value_parser = shard, conflicts_with = "partition")]
    shard: Option<Partition>,
}

fn shard(text: &str) -> Result<Partition, String> {
    Partition::of_share(PartitionKind::Slice, text)
}

impl SelectOptions {
    /// Whether no option is given.
    pub(super) fn is_empty(&self) -> bool {
        let filters = self.filter.len() + self.pattern.len() + self.tag.len();
        filters == 0 && self.partition.is_none() && self.shard.is_none()
    }

    /// Returns the selection of the options. `project` is the project file.
    pub(super) fn selection(&self, project: Option<&Path>) -> Selection {
        let texts = |texts: &[String]| texts.iter().map(Text::from).collect::<Vec<_>>();
        let filters = [
            (!self.filter.is_empty()).then(|| Filter::any(&self.filter)),
            (!self.pattern.is_empty())
                .then(|| Filter::of_patterns(&texts(&self.pattern))),
            (!self.tag.is_empty()).then(|| Filter::of_tags(&texts(&self.tag))),
        ];
        Selection {
            filters: filters.into_iter().flatten().collect(),
            partition: self.partition.or(self.shard),
            root: folder_of(project).canonicalize().ok(),
            ..Selection::default()
        }
    }
}
