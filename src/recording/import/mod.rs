//! Import of saved responses in all supported file formats.

mod describe;
mod har;
mod trace;

use indexmap::IndexMap;

use super::document::{Kind, Origin, RecordedFlow, Recording};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::read::json;
use crate::source::{File, Files, Kind as NodeKind, Node, read_json};
use crate::trace::execution;
use crate::trace::observation::Observation;
use crate::value::{Json, Text};
use std::path::Path;

/// Prefix of the topics of flow executions; the id of the flow follows.
const TOPIC: &str = "v2.flow.execution.data.";

/// Formats in which one run may occur several times.
const OBSERVED: [&str; 2] = ["topic", "har"];

/// Topic of keep-alive events of the platform.
const HEARTBEAT: &str = "channel.metadata";

/// The content of an imported file.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Recordings, in order and without duplicates.
    pub recordings: Vec<Recording>,
    /// Diagnostics of content that cannot be imported.
    pub diagnostics: Vec<Diagnostic>,
}

/// Creates recordings from a file. Supported are simulation responses, alone or with
/// their request; execution documents, alone or in a list; HAR files; events of the topic
/// of flow executions; and traces of flowsim. A file may also have one of them per line.
pub fn import(path: &Path, files: &mut Files) -> Imported {
    let file = match files.load(path) {
        Ok(file) => file,
        Err(problem) => return Imported::problem(problem.into()),
    };
    let name = Text::from(path.to_string_lossy().replace('\\', "/"));
    let mut importer = Importer::new(&name);
    match read_json(&file) {
        Ok(document) => importer.document(&document),
        Err(_) if is_one_a_line(&file) => importer.lines(&file, files),
        Err(problem) => return Imported::problem(problem.into()),
    }
    let Importer { found, mut diagnostics, .. } = importer;
    let recordings: Vec<Recording> = found.into_values().collect();
    if recordings.is_empty() && diagnostics.is_empty() {
        let message = "the file contains nothing that can be imported";
        let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message);
        diagnostics.push(diagnostic.at(file.span()).help(describe::EXPECTED));
    }
    Imported { recordings, diagnostics }
}

impl Imported {
    fn problem(problem: Diagnostic) -> Self {
        Self { recordings: Vec::new(), diagnostics: vec![problem] }
    }
}

/// Returns whether every line may be a separate document, as in NDJSON.
fn is_one_a_line(file: &File) -> bool {
    let mut lines = file.text().lines().filter(|line| !line.trim().is_empty());
    let is_object = |line: &str| line.trim_start().starts_with('{');
    let is_whole = |line: &str| is_object(line) && line.trim_end().ends_with('}');
    lines.clone().count() > 1 && lines.next().is_some_and(is_whole)
}

struct Importer<'i> {
    name: &'i Text,
    found: IndexMap<Text, Recording>,
    diagnostics: Vec<Diagnostic>,
}

impl<'i> Importer<'i> {
    fn new(name: &'i Text) -> Self {
        Self { name, found: IndexMap::new(), diagnostics: Vec::new() }
    }

    /// Reads a document per line. An invalid line is parsed again at its position in the
    /// file, so that diagnostics have the right line.
    fn lines(&mut self, file: &File, files: &mut Files) {
        for (index, line) in file.text().lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let mut alone = Files::new();
            let own = alone.add(file.path(), line);
            let mut importer = Importer::new(self.name);
            if let Ok(document) = read_json(&own) {
                importer.document(&document);
                if importer.diagnostics.is_empty() {
                    importer.found.into_values().for_each(|it| self.keep(it));
                    continue;
                }
            }
            let placed = files.add(file.path(), "\n".repeat(index) + line);
            match read_json(&placed) {
                Ok(document) => self.document(&document),
                Err(problem) => self.diagnostics.push(problem.into()),
            }
        }
    }

    fn document(&mut self, node: &Node<'_>) {
        if let NodeKind::Array(items) = &node.kind {
            items.iter().for_each(|item| self.document(item));
            return;
        }
        let list = node.get("entities").filter(|it| !it.items().is_empty());
        if let Some(list) = list.filter(|list| list.items().iter().all(is_execution)) {
            list.items().iter().for_each(|item| self.document(item));
        } else if node.get("log").is_some_and(|log| log.get("entries").is_some()) {
            self.har(node);
        } else if node.get("topicName").is_some() {
            self.notification(node);
        } else if node.get("schema").and_then(Node::as_str).is_some_and(is_recording) {
            let (recording, diagnostics) = Recording::read(node);
            self.diagnostics.extend(diagnostics);
            recording.into_iter().for_each(|it| self.keep(it));
        } else if node.get("schema").and_then(Node::as_str) == Some(trace::SCHEMA) {
            self.trace(node);
        } else if is_execution(node) {
            self.execution(node, "execution", None);
        } else if is_simulation(node) {
            self.simulation(node, None, "simulation", Origin::default(), None);
        } else if let Some(response) = node.get("response").filter(|it| is_simulation(it))
        {
            let request = node.get("request");
            self.simulation(response, request, "simulation", Origin::default(), None);
        } else if node.get("response").is_some_and(is_execution) {
            let request = node.get("request").map(json);
            if let Some(response) = node.get("response") {
                self.execution(response, "execution", request);
            }
        } else if execution::is_streamed(&json(node)) {
            self.event(node);
        } else {
            self.refuse(node);
        }
    }

    fn refuse(&mut self, node: &Node<'_>) {
        let message = format!("this cannot be imported: {}", describe::like(node));
        let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message).at(node.span);
        self.diagnostics.push(diagnostic.help(describe::EXPECTED));
    }

    /// Reads a message of a notification channel.
    fn notification(&mut self, node: &Node<'_>) {
        let topic = node.get("topicName").and_then(Node::as_str).unwrap_or_default();
        match node.get("eventBody") {
            Some(body) if topic.starts_with(TOPIC) => self.event(body),
            _ if topic == HEARTBEAT => {}
            _ => {
                let message = format!("an event of the topic `{topic}` is skipped");
                let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message);
                let severity = Severity::Warning;
                let help = format!("runs of flows are published on `{TOPIC}{{flowId}}`");
                self.diagnostics
                    .push(Diagnostic { severity, ..diagnostic }.at(node.span).help(help));
            }
        }
    }

    /// Reads a streamed event. If there are several of the same run, the most complete
    /// one is used.
    fn event(&mut self, node: &Node<'_>) {
        let response = json(node);
        let Some(document) = execution::of_streamed(&response) else {
            self.refuse(node);
            return;
        };
        let recording = Recording {
            id: document.execution_id.clone().unwrap_or_default(),
            recorded_at: document.start.clone(),
            source: self.origin("topic"),
            flow: RecordedFlow::of_document(&document),
            ..Recording::new(Kind::Execution, response)
        };
        self.keep(recording);
    }

    fn execution(&mut self, node: &Node<'_>, format: &str, request: Option<Json>) {
        let mut problems = Vec::new();
        let Some(document) = execution::read(node, &mut problems) else {
            self.diagnostics.extend(problems);
            return;
        };
        // Warnings do not matter, because the document is kept as it is.
        problems.retain(|it| it.severity == Severity::Error);
        if !problems.is_empty() {
            self.diagnostics.extend(problems);
            return;
        }
        if document.execution.is_none() {
            self.diagnostics.push(without_events(node));
        }
        let response = json(node);
        let recording = Recording {
            id: document.execution_id.clone().unwrap_or_else(|| id_of(&response, None)),
            recorded_at: document.start.clone(),
            source: self.origin(format),
            flow: RecordedFlow::of_document(&document),
            request: request.filter(|it| matches!(it, Json::Object(_))),
            ..Recording::new(Kind::Execution, response)
        };
        self.keep(recording);
    }

    fn simulation(
        &mut self,
        response: &Node<'_>,
        request: Option<&Node<'_>>,
        format: &str,
        origin: Origin,
        recorded_at: Option<Text>,
    ) {
        let response = json(response);
        let request = request.map(json).filter(|it| matches!(it, Json::Object(_)));
        let call = Observation::of_simulation(&response);
        let of_steps = call.and_then(|call| call.steps.first()?.flow.clone());
        let of_request = request.as_ref().and_then(|request| text(request, "flowId"));
        let recording = Recording {
            id: id_of(&response, request.as_ref()),
            recorded_at,
            source: Origin { base_url: origin.base_url, ..self.origin(format) },
            flow: RecordedFlow { id: of_request.or(of_steps), ..RecordedFlow::default() },
            request,
            ..Recording::new(Kind::Simulation, response)
        };
        self.keep(recording);
    }

    /// Reads a trace of a draft flow. Its call is a simulation: the steps say what the
    /// caller pressed and what services answered.
    fn trace(&mut self, node: &Node<'_>) {
        let document = json(node);
        if trace::is_of_architect(&document) {
            let message = "a trace of an Architect flow lacks what a replay needs";
            let help = "`flowsim run --format execution` writes a document of the same call \
                        that can be imported";
            let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message);
            self.diagnostics.push(diagnostic.at(node.span).help(help));
            return;
        }
        let Some(response) = trace::response(&document) else {
            self.refuse(node);
            return;
        };
        let of_flow = |key: &str| text(document.get("flow")?, key);
        let flow = RecordedFlow {
            id: of_flow("id"),
            name: of_flow("name"),
            version: of_flow("version"),
            ..RecordedFlow::default()
        };
        let recording = Recording {
            id: id_of(&response, None),
            source: self.origin("trace"),
            flow,
            ..Recording::new(Kind::Simulation, response)
        };
        self.keep(recording);
    }

    fn origin(&self, format: &str) -> Origin {
        let (file, format) = (Some(self.name.clone()), Some(format.into()));
        Origin { base_url: None, file, format }
    }

    fn keep(&mut self, recording: Recording) {
        let choice = self.found.get(&recording.id).map(|known| choose(known, &recording));
        match choice {
            Some(Choice::First) => {}
            Some(Choice::Neither) => self.diagnostics.push(ambiguous(&recording)),
            Some(Choice::Second) | None => {
                self.found.insert(recording.id.clone(), recording);
            }
        }
    }
}

/// The choice between two recordings with one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The first is equal or more complete.
    First,
    /// The second is more complete.
    Second,
    /// They are different calls.
    Neither,
}

/// Chooses between two recordings with one id. A run may be observed several times, in
/// events of a topic and in requests of a HAR file. The most complete observation counts, or
/// else the last one. Other recordings must be equal.
pub fn choose(first: &Recording, second: &Recording) -> Choice {
    let is_observed = |recording: &Recording| {
        let format = recording.source.format.as_deref();
        format.is_some_and(|format| OBSERVED.contains(&format))
    };
    let events = |recording: &Recording| {
        let document = execution::of_streamed(&recording.response);
        document.and_then(|it| it.execution).map_or(0, |events| events.len())
    };
    if first.response == second.response {
        Choice::First
    } else if !is_observed(first) || !is_observed(second) {
        Choice::Neither
    } else if events(first) > events(second) {
        Choice::First
    } else {
        Choice::Second
    }
}

/// Returns the error of a call that has the id of another one.
pub fn ambiguous(second: &Recording) -> Diagnostic {
    let id = &second.id;
    let file = second.source.file.as_deref().unwrap_or("the file");
    let message =
        format!("two different calls have the id `{id}`; {file} has the second one");
    let help = "only the first one is imported; give the second one another id, or import \
                it into another folder";
    Diagnostic::new(Code::INVALID_RECORDING, message).help(help)
}

/// Returns the warning for a document without a list of events.
fn without_events(node: &Node<'_>) -> Diagnostic {
    let message = "the document has no `execution`, so its call cannot be replayed";
    let help = "the platform logs events on every log level except the lowest";
    let diagnostic = Diagnostic::new(Code::INVALID_EXECUTION, message);
    let severity = Severity::Warning;
    Diagnostic { severity, ..diagnostic }.at(node.span).help(help)
}

fn is_recording(schema: &str) -> bool {
    schema.starts_with("flowsim.recording/")
}

fn is_execution(node: &Node<'_>) -> bool {
    node.get("flow").is_some_and(|flow| {
        ["execution", "executionId", "executionInfo"]
            .iter()
            .any(|key| flow.get(key).is_some())
    })
}

fn is_simulation(node: &Node<'_>) -> bool {
    let is_list = |it: &Node<'_>| matches!(it.kind, NodeKind::Array(_));
    node.get("schema").is_none()
        && node.get("trace").is_some_and(is_list)
        && node.get("status").is_some()
}

fn text(json: &Json, key: &str) -> Option<Text> {
    match json.get(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Returns an id derived from the request and the response, if the platform gives none.
fn id_of(response: &Json, request: Option<&Json>) -> Text {
    let given = ["id", "simulationId"].iter().find_map(|key| text(response, key));
    given.unwrap_or_else(|| {
        let text = format!("{}{response}", request.unwrap_or(&Json::Null));
        let hash = twox_hash::XxHash64::oneshot(0, text.as_bytes());
        format!("{hash:016x}").into()
    })
}
