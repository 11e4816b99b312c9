//! Paths with wildcards.

use std::path::{Path, PathBuf};

use crate::source::{Folder, wildcards};

/// Returns the files that a path with wildcards matches, in order; the path itself if it
/// has no wildcard or matches no file. `*` and `?` match within a name, `**` matches any
/// number of folders.
pub(super) fn expanded(path: &Path) -> Vec<PathBuf> {
    let has_wildcard = |text: &str| text.contains(['*', '?']);
    let parts: Vec<_> = path.iter().collect();
    let first = parts.iter().position(|part| part.to_str().is_some_and(has_wildcard));
    let (Some(first), Some(pattern)) = (first, path.to_str().and_then(wildcards)) else {
        return vec![path.to_owned()];
    };
    let folder: PathBuf = parts.iter().take(first).collect();
    let searched = if first == 0 { Path::new(".") } else { &folder };
    let found = Folder::read(searched, |_| true).files;
    let plain = found.iter().map(|file| crate::source::plain(file));
    let is_match =
        |file: &&Path| pattern.is_match(&file.to_string_lossy().replace('\\', "/"));
    let matching: Vec<PathBuf> = plain.filter(is_match).map(Path::to_owned).collect();
    if matching.is_empty() { vec![path.to_owned()] } else { matching }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_matches_no_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.yaml"), "").unwrap();
        std::fs::write(folder.path().join("a.yaml"), "").unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(expanded(&at("*.yaml")), [at("a.yaml"), at("b.yaml")]);
        assert_eq!(expanded(&at("*.json")), [at("*.json")]);
        assert_eq!(expanded(&at("b.yaml")), [at("b.yaml")]);
    }
}
