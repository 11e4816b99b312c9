//! What a recording holds, and how it is written.

use crate::value::{Json, JsonObject, Text};

/// The version of the format, which every recording names.
pub const SCHEMA: &str = "flowsim.recording/1";

/// What kind of answer was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The response of the simulation endpoint. *Source: seed 003.*
    Simulation,
    /// The execution document of a real interaction.
    Execution,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Simulation, Self::Execution];

    /// As it stands in a recording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Simulation => "simulation",
            Self::Execution => "execution",
        }
    }
}

/// Where a recording comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The service that answered: `https://api.mypurecloud.de`.
    pub base_url: Option<Text>,
    /// The file that it was imported from, as its user named it.
    pub file: Option<Text>,
    /// The form in which the answer was found: `simulation`, `execution`, `har`, `topic`.
    pub format: Option<Text>,
}

/// The flow that the call began in, as far as the answer names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordedFlow {
    /// Its id.
    pub id: Option<Text>,
    /// Its name.
    pub name: Option<Text>,
    /// The version that ran.
    pub version: Option<Text>,
    /// Its type, as the answer writes it.
    pub kind: Option<Text>,
}

/// How many values of one kind were replaced or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// What they were: `secret`, `phoneNumber`, `name`, `email` or `variable`.
    pub kind: Text,
    /// How many places hold a replacement.
    pub count: i64,
}

/// One call as a live service told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// What was recorded.
    pub kind: Kind,
    /// What tells it from all others: the id of the execution, else one of its content.
    pub id: Text,
    /// When the call was made, if that is known: `2026-08-10T14:50:33.547Z`.
    pub recorded_at: Option<Text>,
    /// Where it comes from.
    pub source: Origin,
    /// The flow that the call began in.
    pub flow: RecordedFlow,
    /// What was asked for, if something was.
    pub request: Option<Json>,
    /// What was answered, as it was received, but for the redactions.
    pub response: Json,
    /// What does not stand there as it was received.
    pub redactions: Vec<Redaction>,
}

impl Recording {
    /// A recording of an answer, with nothing else known.
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

    /// The document: indented JSON, its keys always in the same order.
    pub fn write(&self) -> String {
        let text = serde_json::to_string_pretty(&self.to_json());
        text.expect("JSON can be written") + "\n"
    }

    /// The document as JSON.
    pub fn to_json(&self) -> Json {
        let Origin { base_url, file, format } = &self.source;
        let source = known([("baseUrl", base_url), ("file", file), ("format", format)]);
        let RecordedFlow { id, name, version, kind } = &self.flow;
        let flow =
            known([("id", id), ("name", name), ("version", version), ("type", kind)]);
        let redactions = self.redactions.iter().map(|redaction| {
            Json::object([
                ("kind".into(), Json::String(redaction.kind.clone())),
                ("count".into(), Json::Integer(redaction.count)),
            ])
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

/// An object of the texts that are known.
fn known<const N: usize>(entries: [(&str, &Option<Text>); N]) -> Json {
    let known = entries
        .into_iter()
        .filter_map(|(key, text)| Some((Text::from(key), Json::String(text.clone()?))));
    Json::object(known.collect::<JsonObject>())
}
