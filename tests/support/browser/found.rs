//! The location of the browser.

use std::path::PathBuf;

/// Returns the browser in `CHROMIUM`, or the first one found under the usual names. Panics
/// without a browser.
pub(crate) fn browser() -> PathBuf {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let usual = names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name)));
    let found = named.into_iter().chain(usual).find(|path| path.is_file());
    found.expect("this test needs Chromium")
}
