//! The files of the kit.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::read;
use crate::program::Program;
use crate::source::{Files, read_document};
use crate::suite::{self, Case, ProjectDefaults};
use crate::world::Fixtures;

/// Embeds the files of the kit.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../fixtures/conformance/", $name)))),+]
    };
}

/// The files of the kit: path in its folder, and content.
pub const FILES: &[(&str, &str)] = &files![
    "README.md",
    "calls.test.yaml",
    "fixtures.yaml",
    "flows/01.yaml",
    "flows/02.yaml",
    "flows/03.yaml",
    "flows/04.yaml",
    "flows/05.yaml",
    "flows/06.yaml",
    "flows/07.yaml",
    "flows/08-disconnect.yaml",
    "flows/08-menu.yaml",
    "flows/08-queue.yaml",
    "flows/08-task.yaml",
    "flows/09-module.yaml",
    "flows/09.yaml",
    "flows/10.yaml",
    "flows/11.yaml",
    "flows/12-callback.yaml",
    "flows/12-waiting.yaml",
    "flows/12.yaml",
    "flows/13.yaml",
    "flows/14.yaml",
    "flows/15-bot.yaml",
    "flows/15.yaml",
];

const CALLS: &str = "calls.test.yaml";
const FIXTURES: &str = "fixtures.yaml";

/// The compiled kit.
#[derive(Debug, Clone)]
pub struct Kit {
    /// The flows.
    pub program: Arc<Program>,
    /// The organisation that the probes expect.
    pub fixtures: Fixtures,
    /// The calls, in the order of the probes.
    pub calls: Vec<Case>,
}

impl Kit {
    /// Loads the kit of this build.
    ///
    /// # Errors
    /// A file of the kit has an error. A test ensures that none has.
    pub fn load() -> Result<Self, Vec<Diagnostic>> {
        let mut files = Files::new();
        let (mut flows, mut diagnostics) = (read::Loaded::default(), Vec::new());
        let (mut fixtures, mut calls) = (Fixtures::default(), Vec::new());
        for (name, text) in FILES.iter().filter(|(name, _)| name.ends_with(".yaml")) {
            let file = files.add(Path::new(name), *text);
            if name.starts_with("flows/") {
                flows.add(read::load_text(&file, &[], &mut files));
                continue;
            }
            let document = read_document(&file).map_err(|it| vec![it.into()])?;
            let found = match *name {
                FIXTURES => {
                    let (merged, found) = fixtures.merged(&document, Path::new(""));
                    fixtures = merged;
                    found
                }
                CALLS => {
                    let (suite, found) = suite::read(
                        &document,
                        Path::new(name),
                        &ProjectDefaults::default(),
                    );
                    calls = suite.cases;
                    found
                }
                _ => Vec::new(),
            };
            diagnostics.extend(found);
        }
        diagnostics.append(&mut flows.diagnostics);
        diagnostics.retain(|it| it.severity == Severity::Error);
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        let program = Arc::new(Program::compile_all(&flows.flows, &flows.architect));
        Ok(Self { program, fixtures, calls })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_kit_loads() {
        let kit = Kit::load().expect("the files of the kit have no errors");
        assert!(kit.calls.len() > 50, "{}", kit.calls.len());
    }

    /// A new flow would otherwise be missing in the kit that users get.
    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
        for place in ["", "flows"] {
            for entry in fs::read_dir(folder.join(place)).expect("the folder exists") {
                let path = entry.expect("the folder can be read").path();
                if path.is_file() {
                    let name = path.strip_prefix(&folder).expect("below the folder");
                    let name = name.to_string_lossy().replace('\\', "/");
                    assert!(FILES.iter().any(|(known, _)| *known == name), "{name}");
                }
            }
        }
    }
}
