//! The shared data: flows, execution documents and tables of third parties, beside the
//! checkout and not part of it. Tests that need it are ignored; `.ci/run` runs them on
//! machines that have it.

use std::path::PathBuf;

/// The path of a file or folder of the shared data. Panics if it does not exist.
pub(crate) fn shared(path: &str) -> PathBuf {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    assert!(path.exists(), "this test needs {}", path.display());
    path
}
