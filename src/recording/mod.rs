//! Recordings: calls that were answered elsewhere, stored so that they can be replayed.
//!
//! A recording holds one call of a live service: the response of a simulation, or the
//! execution document of a real interaction. `docs/recordings.md` describes the format.
//!
//! ```
//! use flowsim::recording::{Kind, Recording};
//! use flowsim::source::{Files, read_document};
//! use flowsim::value::Json;
//!
//! let response = Json::parse(r#"{"status": "completed", "trace": []}"#).expect("JSON");
//! let recording = Recording { id: "call 1".into(), ..Recording::new(Kind::Simulation, response) };
//! assert!(recording.file_name().ends_with(".recording.json"));
//!
//! let mut files = Files::new();
//! let file = files.add("call.recording.json", recording.write());
//! let document = read_document(&file).expect("recordings are written as JSON");
//! let (read, diagnostics) = Recording::read(&document);
//! assert_eq!((read, diagnostics), (Some(recording), vec![]));
//! ```

mod choice;
mod derive;
mod document;
mod fast_read;
mod file;
mod gap;
mod import;
mod lookup;
mod missing;
mod observation;
mod read;
mod redact;
mod replay;
mod replay_fixtures;
mod scenario;
mod unknown;

pub use derive::{Derived, RecordedAnswer, Subject, UnknownStart, derive, derive_from};
pub use document::{Kind, Origin, RecordedFlow, Recording, Redaction, SCHEMA};
pub use file::{
    CallRecording, call_of_file, discover, is_recording_file, load, load_call,
    nearest_to, of_file, save,
};
pub use import::{Choice, Imported, ambiguous, choose, import};
pub use missing::Missing;
pub use redact::{DEFAULT_KEY, RedactionKinds, Redactor, is_replacement};
pub use replay::{Exchange, Replayed, replay, replay_call};
pub use scenario::{Scenario, scenario};
