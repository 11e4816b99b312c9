//! Paths with wildcards.

use regex::Regex;

/// Returns the regular expression of a path with wildcards: `*` and `?` match within a
/// name, `**` matches any number of folders. `None` if the path is too long for one.
pub fn wildcards(text: &str) -> Option<Regex> {
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
        let is_match = |text: &str, path: &str| wildcards(text).unwrap().is_match(path);
        assert!(is_match("flows/*.yaml", "flows/a.yaml"));
        assert!(!is_match("flows/*.yaml", "flows/deep/a.yaml"));
        assert!(is_match("flows/**/*.yaml", "flows/deep/er/a.yaml"));
        assert!(is_match("flows/**/*.yaml", "flows/a.yaml"));
        assert!(is_match("./a?.y+l", "ab.y+l"));
        assert!(!is_match("a?.yl", "a/.yl"));
    }
}
