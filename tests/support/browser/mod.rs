//! Pages in a headless browser.

#![expect(clippy::unwrap_used, reason = "a browser that cannot be run fails the test")]

use std::path::Path;

mod driven;
mod found;

pub(crate) use driven::Page;
pub(crate) use found::browser;

/// A page that a browser has loaded.
pub(crate) struct Loaded {
    /// The document after all scripts have run.
    pub(crate) document: String,
    /// The entries on the browser's console.
    pub(crate) console: Vec<String>,
}

/// Loads a file in a new page.
pub(crate) fn load(browser: &Path, file: &Path, fragment: &str) -> Loaded {
    let mut page = Page::new(browser);
    let address = format!("file://{}#{fragment}", file.display());
    page.open(&address);
    page.wait_for("location.protocol === 'file:' && document.readyState === 'complete'");
    let document = page.value("document.documentElement.outerHTML");
    Loaded {
        document: document.as_str().unwrap().to_owned(),
        console: page.console().clone(),
    }
}
