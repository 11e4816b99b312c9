//! Where a browser is.

use std::path::PathBuf;

/// The first browser of the kind that is there: `CHROMIUM`, or by its usual names.
pub(crate) fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let usual = names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name)));
    named.into_iter().chain(usual).find(|path| path.is_file())
}
