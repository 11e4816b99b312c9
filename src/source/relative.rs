//! Paths relative to a folder.

use std::path::{Component, Path, PathBuf};

/// Returns a path relative to a folder, with slashes, for a file that others read too. If
/// they have no common root, such as on two drives, it is the whole path. Links are
/// resolved in paths that exist.
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let plain = |path: &Path| {
        let whole = path.canonicalize().or_else(|_| std::path::absolute(path));
        whole.unwrap_or_else(|_| path.to_owned())
    };
    let (path, folder) = (plain(path), plain(folder));
    let pairs = path.components().zip(folder.components());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    if shared == 0 {
        return path;
    }
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let whole: PathBuf = up.chain(path.components().skip(shared)).collect();
    if whole.as_os_str().is_empty() {
        return PathBuf::from(".");
    }
    PathBuf::from(whole.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_folder() {
        let relative = |path, folder| relative(Path::new(path), Path::new(folder));
        assert_eq!(relative("/x/flows", "/x/tests"), Path::new("../flows"));
        assert_eq!(relative("/x/flows/a.yaml", "/x"), Path::new("flows/a.yaml"));
        assert_eq!(relative("/x/tests", "/x/tests"), Path::new("."));
    }
}
