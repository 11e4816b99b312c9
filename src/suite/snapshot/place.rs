//! Paths of snapshots: `snapshots/<scenario file>__<name>.snap` next to the scenario
//! file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use twox_hash::XxHash64;

use crate::value::Text;

/// Snapshot folder next to a scenario file.
pub(super) const FOLDER: &str = "snapshots";

/// File name ending of a snapshot.
pub(super) const ENDING: &str = ".snap";

/// Additional ending of a snapshot that has not been accepted yet.
pub(super) const PENDING: &str = ".new";

/// Maximum length in bytes of the part of a file name made from the test name. File
/// systems allow 255 for the whole name.
const MAX_SLUG: usize = 100;

/// Assigns a unique path to each snapshot of a scenario file.
#[derive(Debug)]
pub(in crate::suite) struct Places {
    folder: PathBuf,
    stem: String,
    /// Slugs that several names share.
    shared: IndexSet<String>,
    names: IndexSet<Text>,
    taken: IndexSet<String>,
}

impl Places {
    /// Creates the paths for a scenario file. `names` are those of all its snapshots.
    pub(in crate::suite) fn new<'n>(
        scenario: &Path,
        names: impl Iterator<Item = &'n Text>,
    ) -> Self {
        let name = scenario.file_name().unwrap_or_default().to_string_lossy();
        // Only this ending is stripped, so that `a.test.yaml` and `a.test.json` do not
        // collide.
        let stem = name.strip_suffix(".test.yaml").unwrap_or(&name).to_owned();
        let names: IndexSet<&Text> = names.collect();
        let (mut slugs, mut shared) = (IndexSet::new(), IndexSet::new());
        for slug in names.into_iter().map(|name| slug(name)) {
            if !slugs.insert(slug.clone()) {
                shared.insert(slug);
            }
        }
        let folder = folder_of(scenario);
        Self { folder, stem, shared, names: IndexSet::new(), taken: IndexSet::new() }
    }

    /// Returns the path of a snapshot. Names with the same slug get a hash each, so that
    /// their order does not matter. Returns `None` if the name was used already.
    pub(in crate::suite) fn take(&mut self, name: &Text) -> Option<PathBuf> {
        if !self.names.insert(name.clone()) {
            return None;
        }
        let mut slug = slug(name);
        if self.shared.contains(&slug) || self.taken.contains(&slug) {
            slug = format!("{slug}-{:08x}", XxHash64::oneshot(0, name.as_bytes()) >> 32);
        }
        let path = self.folder.join(format!("{}__{slug}{ENDING}", self.stem));
        self.taken.insert(slug).then_some(path)
    }
}

/// Returns the snapshot folder of a scenario file.
pub(super) fn folder_of(scenario: &Path) -> PathBuf {
    scenario.parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// Returns the path of the snapshot before it is accepted.
pub(super) fn pending_path(snapshot: &Path) -> PathBuf {
    let mut path = OsString::from(snapshot);
    path.push(PENDING);
    path.into()
}

/// Converts a name to a part of a file name: lower case letters and digits, with one `-`
/// for each run of other characters.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        let is_word = character.is_alphanumeric();
        if slug.len() + character.len_utf8() > MAX_SLUG {
            break;
        }
        if is_word {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "snapshot".into() } else { slug.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_file_names() {
        assert_eq!(slug("Press 1: reaches an agent!"), "press-1-reaches-an-agent");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("Größe_ü"), "größe-ü");
        assert_eq!(slug(" ?! "), "snapshot");
        assert!(slug(&"ü".repeat(500)).len() <= MAX_SLUG);
    }

    fn places(scenario: &str, names: &[&str]) -> Vec<Option<PathBuf>> {
        let names: Vec<Text> = names.iter().map(|name| Text::from(*name)).collect();
        let mut places = Places::new(Path::new(scenario), names.iter());
        names.iter().map(|name| places.take(name)).collect()
    }

    #[test]
    fn every_name_has_a_unique_path() {
        let found = places("tests/shop.test.yaml", &["press 1", "press 2", "press 2"]);
        let path = |name| Some(PathBuf::from(format!("tests/snapshots/shop__{name}")));
        assert_eq!(found, [path("press-1.snap"), path("press-2.snap"), None]);
        let long = ["a", "b"].map(|end| format!("{}{end}", "x".repeat(300)));
        let found = places("a.test.yaml", &[&long[0], &long[1]]);
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn similar_names_have_the_same_paths_in_any_order() {
        let mut one = places("a.test.yaml", &["Press 1", "press 1!"]);
        let other = places("a.test.yaml", &["press 1!", "Press 1"]);
        one.reverse();
        assert_eq!(one, other);
        for path in one.iter().flatten() {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(name.starts_with("a__press-1-"), "{name}");
        }
        assert_ne!(one[0], one[1]);
    }

    #[test]
    fn scenario_files_with_different_endings_have_different_paths() {
        let found = ["a.test.yaml", "a.test.json", "a.test.yml", "a"]
            .map(|name| places(name, &["x"]).remove(0).unwrap());
        let different: IndexSet<_> = found[..3].iter().collect();
        assert_eq!(different.len(), 3);
        assert_eq!(found[1], Path::new("snapshots/a.test.json__x.snap"));
        let pending = pending_path(&found[0]);
        assert_eq!(pending, Path::new("snapshots/a__x.snap.new"));
    }
}
