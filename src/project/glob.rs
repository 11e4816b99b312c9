//! Paths with wildcards.

use std::path::{Path, PathBuf};

use regex::Regex;

use crate::source::Folder;

/// Returns the files that a path with wildcards matches, in order; the path itself if it
/// has no wildcard or matches no file. `*` and `?` match within a name, `**` matches any
/// number of folders.
pub(super) fn expanded(path: &Path) -> Vec<PathBuf> {
    let has_wildcard = |text: &str| text.contains(['*', '?']);
    let parts: Vec<_> = path.iter().collect();
    let first = parts.iter().position(|part| part.to_str().is_some_and(has_wildcard));
    let (Some(first), Some(pattern)) = (first, path.to_str().and_then(pattern)) else {
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

/// Returns the regular expression of a path with wildcards.
fn pattern(text: &str) -> Option<Regex> {
    let text = text.replace('\\', "/");
    let (mut pattern, mut rest) =
        ("^".to_owned(), text.strip_prefix("./").unwrap_or(&text));
    while let Some(first) = rest.chars().next() {
        let (part, length) = match rest {
            _ if rest.starts_with("**/") => ("(.*/)?".into(), 3),
            _ if rest.starts_with("**") => (".*".into(), 2),
            _ if first == '*' => ("[^/]*".into(), 1),
            _ if first == '?' => ("[^/]".into(), 1),
            _ => (regex::escape(&rest[..first.len_utf8()]), first.len_utf8()),
        };
        pattern.push_str(&part);
        rest = &rest[length..];
    }
    Regex::new(&(pattern + "$")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_names_and_folders() {
        let is_match = |text: &str, path: &str| pattern(text).unwrap().is_match(path);
        assert!(is_match("flows/*.yaml", "flows/a.yaml"));
        assert!(!is_match("flows/*.yaml", "flows/deep/a.yaml"));
        assert!(is_match("flows/**/*.yaml", "flows/deep/er/a.yaml"));
        assert!(is_match("flows/**/*.yaml", "flows/a.yaml"));
        assert!(is_match("./a?.y+l", "ab.y+l"));
        assert!(!is_match("a?.yl", "a/.yl"));
    }

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
