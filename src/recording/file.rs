//! Recording files: names, discovery, reading and writing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::document::Recording;
use super::fast_read;
use super::redact::Redactor;
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{File, Files, find_files, read_json, replace_file};
use crate::trace::observation::Observation;
use crate::value::Text;

/// File name ending of recordings.
const ENDING: &str = ".recording.json";

/// A recording that is only compared: its call, and its properties. The response is `null`
/// if the call was read without it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecording {
    /// The properties of the recording.
    pub recording: Recording,
    /// The recorded call; `None` if the response contains none.
    pub observation: Option<Observation>,
}

/// Maximum lengths of the flow's name and of the id in a file name.
const MAX_NAME: usize = 48;
const MAX_ID: usize = 64;

/// Returns whether the file name is that of a recording.
pub fn is_recording_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(ENDING)
}

/// Finds the recordings of the given paths, in order and without duplicates. A file is
/// taken as named; a folder is searched recursively.
pub fn discover(paths: &[PathBuf], files: &mut Files) -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let (found, problems) = find_files(paths, is_recording_file, files);
    (found, problems.into_iter().map(Diagnostic::from).collect())
}

/// Returns the file name of a recording that is similar to a missing path.
pub fn nearest_to(path: &Path) -> Option<String> {
    let entries = fs::read_dir(path.parent()?).into_iter().flatten().flatten();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    let stem = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        Some(name.strip_suffix(ENDING).unwrap_or(name).to_owned())
    };
    let recordings = paths.iter().filter(|it| is_recording_file(it));
    let stems: Vec<String> = recordings.filter_map(|it| stem(it)).collect();
    let near = nearest(&stem(path)?, stems.iter().map(String::as_str))?;
    Some(format!("{near}{ENDING}"))
}

/// Reads the recording of a file; `None` if there is an error.
pub fn load(path: &Path, files: &mut Files) -> (Option<Recording>, Vec<Diagnostic>) {
    match files.load(path) {
        Ok(file) => of_file(&file),
        Err(problem) => (None, vec![problem.into()]),
    }
}

/// Parses the recording of a loaded file; `None` if there is an error.
pub fn of_file(file: &File) -> (Option<Recording>, Vec<Diagnostic>) {
    if let Some(recording) = fast_read::read(file.text()) {
        return (Some(recording), Vec::new());
    }
    match read_json(file) {
        Ok(document) => Recording::read(&document),
        Err(problem) => (None, vec![problem.into()]),
    }
}

/// Reads the recording of a file to compare its call; `None` if there is an error.
pub fn load_call(
    path: &Path,
    files: &mut Files,
) -> (Option<CallRecording>, Vec<Diagnostic>) {
    match files.load(path) {
        Ok(file) => call_of_file(&file),
        Err(problem) => (None, vec![problem.into()]),
    }
}

/// Parses the recording of a loaded file to compare its call; `None` if there is an error.
pub fn call_of_file(file: &File) -> (Option<CallRecording>, Vec<Diagnostic>) {
    if let Some((recording, observation)) = fast_read::read_simulation(file.text()) {
        let observation = Some(observation);
        return (Some(CallRecording { recording, observation }), Vec::new());
    }
    let (recording, diagnostics) = of_file(file);
    let with_call = |recording: Recording| CallRecording {
        observation: recording.observation(),
        recording,
    };
    (recording.map(with_call), diagnostics)
}

/// Writes a recording into a folder under its [name](Recording::file_name), and returns
/// its path. A missing folder is created. A file of the same name is replaced atomically.
/// Redacted values are never written to disk.
pub fn save(
    recording: &Recording,
    redactor: &Redactor,
    folder: &Path,
) -> io::Result<PathBuf> {
    let recording = redactor.redact(recording);
    fs::create_dir_all(folder)?;
    let path = folder.join(recording.file_name());
    replace_file(&path, &recording.write())?;
    Ok(path)
}

impl Recording {
    /// Returns a file name that every file system accepts: the flow and the id in lower
    /// case letters, digits and hyphens. A hash replaces the lost information, so that
    /// different recordings have different names even on case-insensitive file systems.
    pub fn file_name(&self) -> String {
        let flow = self.flow.name.as_ref().or(self.flow.id.as_ref());
        // The flow comes first, because names such as `con` are reserved on Windows.
        let flow = flow.map_or(String::new(), |flow| plain(flow, MAX_NAME));
        let flow = if flow.is_empty() { "flow" } else { flow.as_str() };
        let mut id = plain(&self.id, MAX_ID);
        if id != self.id {
            let hash = twox_hash::XxHash64::oneshot(0, self.id.as_bytes());
            id = format!("{}{}{hash:016x}", id, if id.is_empty() { "" } else { "-" });
        }
        format!("{flow}-{id}{ENDING}")
    }
}

/// Converts a string to lower case ASCII letters and digits, with one hyphen for each run
/// of other characters.
fn plain(text: &Text, length: usize) -> String {
    let mut plain = String::new();
    for character in text.chars() {
        let character = character.to_ascii_lowercase();
        if character.is_ascii_alphanumeric() {
            plain.push(character);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
        if plain.len() == length {
            break;
        }
    }
    plain.truncate(plain.trim_end_matches('-').len());
    plain
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::recording::{Kind, RecordedFlow};
    use crate::value::Json;

    fn named(flow: &str, id: &str) -> String {
        let flow = RecordedFlow { name: Some(flow.into()), ..RecordedFlow::default() };
        let response = Json::object([]);
        let recording = Recording::new(Kind::Execution, response);
        Recording { id: id.into(), flow, ..recording }.file_name()
    }

    #[test]
    fn names_are_safe_everywhere_and_differ() {
        assert_eq!(named("Parcel line", "4f-1"), "parcel-line-4f-1.recording.json");
        let long = "x".repeat(5_000);
        let ids =
            ["a", "A", "a b", "a/b", "../a", "é", "", ".", "con", &long, "a\0", "-a"];
        let flows = ["", "CON", "..", "a/b\\c:d", "\u{202e}x", &long];
        let mut seen = BTreeSet::new();
        for flow in flows {
            let mut of_flow = BTreeSet::new();
            for id in ids {
                let name = named(flow, id);
                let stem = name.strip_suffix(ENDING).unwrap();
                assert!(
                    stem.bytes()
                        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')),
                    "{name}"
                );
                assert!(
                    name.len() <= 160 && stem.contains('-') && !stem.starts_with('-'),
                    "{name}"
                );
                of_flow.insert(name.clone());
                seen.insert(name);
            }
            assert_eq!(of_flow.len(), ids.len(), "{flow}: {of_flow:?}");
        }
        assert!(seen.len() > ids.len());
    }

    #[test]
    fn saved_recordings_are_found_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let response = Json::parse(r#"{"status": "completed", "n": 1.50}"#).unwrap();
        let recording = Recording::new(Kind::Simulation, response);
        let recording = Recording { id: "b".into(), ..recording };
        let path = save(&recording, &Redactor::default(), &folder.path().join("deep/er"))
            .unwrap();
        std::fs::write(folder.path().join("other.json"), "{}").unwrap();
        let mut files = Files::new();
        let (found, problems) = discover(&[folder.path().to_owned()], &mut files);
        assert_eq!((found.as_slice(), problems.len()), (&[path.clone()][..], 0));
        assert_eq!(load(&path, &mut files), (Some(recording), vec![]));
    }
}
