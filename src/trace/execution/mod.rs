//! Execution documents: Genesys Cloud's record of one run of a flow, as users download it.
//! They are read, stored and written without loss.
//!
//! *Source: a complete document of an inbound call; `docs/trace.md` describes the format.*
//!
//! ```
//! use flowsim::source::{Files, read_document};
//! use flowsim::trace::execution;
//!
//! let text = r#"{"flow": {"flowName": "Main", "execution": [
//!   {"startedTask": {"taskName": "Start", "variables": []}},
//!   {"actionDecision": {"actionName": "Open?", "trackingId": 4, "outputPathId": "__YES__"}}
//! ]}}"#;
//! let mut files = Files::new();
//! let file = files.add("run.json", text);
//! let mut diagnostics = Vec::new();
//! let document = read_document(&file).expect("the text is JSON");
//! let document = execution::read(&document, &mut diagnostics).expect("it has a `flow`");
//!
//! let names: Vec<&str> = document.events().map(|(_, event)| &*event.name).collect();
//! assert_eq!(names, ["startedTask", "actionDecision"]);
//! assert!(diagnostics.is_empty());
//! ```

mod audio;
mod build;
mod document;
mod event;
mod of_trace;
mod read;
mod streamed;
mod write;

pub use audio::{AudioItem, Playback};
pub use document::{Characteristic, Events, ExecutionDocument};
pub use event::{Event, EventKey, Identity, Parameter, Variable, shown};
pub use of_trace::{node_id, of_trace};
pub use read::read;
pub use streamed::{is_streamed, of_streamed};
