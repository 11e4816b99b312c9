//! Where snapshots are: `snapshots/<scenario file>__<name>.snap` beside the scenario file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use twox_hash::XxHash64;

/// The folder beside a scenario file that its snapshots are in.
pub(super) const FOLDER: &str = "snapshots";

/// What the name of a snapshot ends in.
pub(super) const ENDING: &str = ".snap";

/// What is added to that while nobody has accepted it.
pub(super) const PENDING: &str = ".new";

/// How long the part of a file's name may be that is made of the name of a test, in bytes:
/// file systems allow 255 in all.
const MAX_SLUG: usize = 100;

/// Gives the snapshots of a scenario file their places, each its own.
#[derive(Debug)]
pub(in crate::suite) struct Places {
    folder: PathBuf,
    stem: String,
    taken: IndexSet<String>,
}

impl Places {
    pub(in crate::suite) fn new(scenario: &Path) -> Self {
        let name = scenario.file_name().unwrap_or_default().to_string_lossy();
        // Only one ending goes, so that `a.test.yaml` and `a.test.json` do not meet.
        let stem = name.strip_suffix(".test.yaml").unwrap_or(&name).to_owned();
        Self { folder: folder_of(scenario), stem, taken: IndexSet::new() }
    }

    /// The place of a snapshot. A name that looks like an earlier one in a file system gets
    /// a mark of its own; the same name twice has none.
    pub(in crate::suite) fn take(&mut self, name: &str) -> Option<PathBuf> {
        let mut slug = slug(name);
        if !self.taken.insert(format!("name {name}")) {
            return None;
        }
        if self.taken.contains(&slug) {
            slug = format!("{slug}-{:08x}", XxHash64::oneshot(0, name.as_bytes()) >> 32);
        }
        let path = self.folder.join(format!("{}__{slug}{ENDING}", self.stem));
        self.taken.insert(slug).then_some(path)
    }
}

/// The folder of the snapshots of a scenario file.
pub(super) fn folder_of(scenario: &Path) -> PathBuf {
    scenario.parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// Where a snapshot is that nobody has accepted.
pub(super) fn pending_path(snapshot: &Path) -> PathBuf {
    let mut path = OsString::from(snapshot);
    path.push(PENDING);
    path.into()
}

/// A name as a part of a file's name: small letters and digits, with one `-` for all that
/// stands between them.
fn slug(name: &str) -> String {
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

    #[test]
    fn every_name_has_a_place_of_its_own() {
        let mut places = Places::new(Path::new("tests/shop.test.yaml"));
        let first = places.take("press 1").unwrap();
        assert_eq!(first, Path::new("tests/snapshots/shop__press-1.snap"));
        let second = places.take("Press 1!").unwrap();
        assert_ne!(first, second);
        let name = second.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("shop__press-1-"), "{name}");
        assert_eq!(places.take("press 1"), None);
        let long = ["a", "b"].map(|end| format!("{}{end}", "x".repeat(300)));
        assert_ne!(places.take(&long[0]).unwrap(), places.take(&long[1]).unwrap());
    }

    #[test]
    fn scenario_files_of_other_endings_have_other_places() {
        let places = ["a.test.yaml", "a.test.json", "a.test.yml", "a"]
            .map(|name| Places::new(Path::new(name)).take("x").unwrap());
        let different: IndexSet<_> = places[..3].iter().collect();
        assert_eq!(different.len(), 3);
        assert_eq!(places[1], Path::new("snapshots/a.test.json__x.snap"));
        let pending = pending_path(&places[0]);
        assert_eq!(pending, Path::new("snapshots/a__x.snap.new"));
    }
}
