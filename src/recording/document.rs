//! The recording document, and its JSON form.

use crate::trace::execution::ExecutionDocument;
use crate::value::{Json, JsonObject, Text};

/// Version of the format, which every recording contains.
pub const SCHEMA: &str = "flowsim.recording/1";

/// The kind of a recorded answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Response of the simulation endpoint. *Source: the lookup tutorial.*
    Simulation,
    /// Execution document of a real interaction.
    Execution,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Simulation, Self::Execution];

    /// Returns the name in recordings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simulation => "simulation",
            Self::Execution => "execution",
        }
    }
}

/// The source of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Service that answered: `https://api.mypurecloud.de`.
    pub base_url: Option<Text>,
    /// File that was imported, as the user named it.
    pub file: Option<Text>,
    /// Format of the imported answer: `simulation`, `execution`, `har`, `topic`, `trace`.
    pub format: Option<Text>,
}

/// The flow in which the call began, as far as the answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordedFlow {
    /// Id.
    pub id: Option<Text>,
    /// Name.
    pub name: Option<Text>,
    /// Version that ran.
    pub version: Option<Text>,
    /// Type, as in the answer.
    pub kind: Option<Text>,
}

impl RecordedFlow {
    /// Returns the flow of an execution document.
    pub fn of_document(document: &ExecutionDocument) -> Self {
        Self {
            id: document.flow_id.clone(),
            name: document.flow_name.clone(),
            version: document.flow_version.clone(),
            kind: document.flow_type.clone(),
        }
    }
}

/// The number of values of one kind that were replaced or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Kind of the values: `secret`, `phoneNumber`, `name`, `email` or `variable`.
    pub kind: Text,
    /// Number of places with a replacement.
    pub count: i64,
    /// Names of the variables that were replaced.
    pub names: Vec<Text>,
}

/// A call as recorded from a live service.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Kind of the recorded answer.
    pub kind: Kind,
    /// Unique id: that of the execution, or else a hash of the content.
    pub id: Text,
    /// Time of the call, if known: `2026-08-10T14:50:33.547Z`.
    pub recorded_at: Option<Text>,
    /// Source of the recording.
    pub source: Origin,
    /// Flow in which the call began.
    pub flow: RecordedFlow,
    /// Request, if there was one.
    pub request: Option<Json>,
    /// Answer as received, except for the redactions.
    pub response: Json,
    /// Values that were redacted.
    pub redactions: Vec<Redaction>,
}

impl Recording {
    /// Creates a recording of an answer without further data.
    pub fn new(kind: Kind, response: Json) -> Self {
        Self {
            kind,
            id: Text::default(),
            recorded_at: None,
            source: Origin::default(),
            flow: RecordedFlow::default(),
            request: None,
            response,
            redactions: Vec::new(),
        }
    }

    /// Returns the document as indented JSON with a fixed order of keys.
    pub fn write(&self) -> String {
        let text = serde_json::to_string_pretty(&self.to_json());
        text.expect("JSON can be written") + "\n"
    }

    /// Returns the document as JSON.
    pub fn to_json(&self) -> Json {
        let Origin { base_url, file, format } = &self.source;
        let source = known([("baseUrl", base_url), ("file", file), ("format", format)]);
        let RecordedFlow { id, name, version, kind } = &self.flow;
        let flow =
            known([("id", id), ("name", name), ("version", version), ("type", kind)]);
        let redactions = self.redactions.iter().map(|redaction| {
            let names = redaction.names.iter().cloned().map(Json::String);
            let names = Json::array(names);
            let names = (!redaction.names.is_empty()).then(|| ("names".into(), names));
            let entries = [
                ("kind".into(), Json::String(redaction.kind.clone())),
                ("count".into(), Json::Integer(redaction.count)),
            ];
            Json::object(entries.into_iter().chain(names))
        });
        Json::object([
            ("schema".into(), Json::from(SCHEMA)),
            ("kind".into(), Json::from(self.kind.name())),
            ("id".into(), Json::String(self.id.clone())),
            ("recordedAt".into(), text_or_null(self.recorded_at.as_ref())),
            ("source".into(), source),
            ("flow".into(), flow),
            ("request".into(), self.request.clone().unwrap_or_default()),
            ("response".into(), self.response.clone()),
            ("redactions".into(), Json::array(redactions)),
        ])
    }
}

fn text_or_null(text: Option<&Text>) -> Json {
    text.cloned().map_or(Json::Null, Json::String)
}

/// Returns an object with the strings that are known.
fn known<const N: usize>(entries: [(&str, &Option<Text>); N]) -> Json {
    let known = entries
        .into_iter()
        .filter_map(|(key, text)| Some((Text::from(key), Json::String(text.clone()?))));
    Json::object(known.collect::<JsonObject>())
}
