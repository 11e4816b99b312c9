//! The build: version, commit and features of this `flowsim`.
//!
//! A build from source has the features that most people use. Published binaries have all
//! of them. A build that lacks a feature says so where the feature is needed.

use std::fmt;

/// Every optional feature, and whether this build has it.
const FEATURES: &[(&str, bool)] = &[
    ("arrow", cfg!(feature = "arrow")),
    ("dap", cfg!(feature = "dap")),
    ("live", cfg!(feature = "live")),
    ("lsp", cfg!(feature = "lsp")),
    ("mcp", cfg!(feature = "mcp")),
    ("parquet", cfg!(feature = "parquet")),
    ("phone", cfg!(feature = "phone")),
    ("png", cfg!(feature = "png")),
    ("serve", cfg!(feature = "serve")),
    ("sqlite", cfg!(feature = "sqlite")),
];

/// Version of the package, such as `0.1.0`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Commit of the sources, from the environment variable `FLOWSIM_COMMIT` of the build.
/// Published binaries have it. A build from source does not ask Git: each commit would
/// compile everything again.
pub const COMMIT: Option<&str> = option_env!("FLOWSIM_COMMIT");

/// A needed feature that this build lacks. The displayed text names the feature and how to
/// get it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingFeature(pub &'static str);

impl fmt::Display for MissingFeature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(feature) = self;
        write!(
            formatter,
            "this flowsim was built without the feature `{feature}`; install a published \
             binary, or build it with `--features {feature}`"
        )
    }
}

/// Version, commit and features, one per line: the text of `flowsim --version --verbose`.
pub fn describe() -> String {
    let names = |wanted: bool| {
        let names = FEATURES.iter().filter(|(_, is_there)| *is_there == wanted);
        let names: Vec<&str> = names.map(|(name, _)| *name).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    format!(
        "flowsim {VERSION}\ncommit: {}\nfeatures: {}\nmissing features: {}\n",
        COMMIT.unwrap_or("unknown"),
        names(true),
        names(false),
    )
}
