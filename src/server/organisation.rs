//! The organisation that is served, built from the loaded files.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::event::Content;
use super::state::flow::{Model, StoredFlow};
use super::webhook::Webhooks;
use crate::engine::{DEFAULT_START, Limits};
use crate::flow::read::{self, Loaded};
use crate::source::{FileId, Files, Kind, Node, Span, read_document};
use crate::value::{DateTime, Json};
use crate::world::Fixtures;

/// The files that an organisation was read from, as the command line names them.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Flow files and folders.
    pub flows: Vec<PathBuf>,
    /// Fixtures files and folders.
    pub fixtures: Vec<PathBuf>,
    /// Values of placeholders.
    pub set: Vec<(String, String)>,
}

/// The organisation that is served, in its initial state.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The flows, in the order of the files.
    pub(super) flows: Vec<StoredFlow>,
    /// The fixtures.
    pub(super) fixtures: Fixtures,
    /// The documents that the fixtures were read from.
    pub(super) documents: Vec<serde_json::Value>,
    /// The files, for calls that are saved as tests.
    pub sources: Sources,
    /// The time at which the clock starts.
    pub(super) start: DateTime,
    /// Whether the clock follows the wall clock. Otherwise only requests advance it.
    pub real_time: bool,
    /// The services that webhooks call.
    pub webhooks: Webhooks,
    /// Limits of a call.
    pub limits: Limits,
    /// Random seed.
    pub seed: u64,
    /// Whether an action without an answer in the fixtures is an error.
    pub strict: bool,
    /// Whether calls end at a transfer to a queue.
    pub stop_at_queue: bool,
}

impl Organisation {
    /// Creates an organisation from flows and fixtures. `files` are the files that the
    /// flows were read from, `documents` the fixture documents. The clock starts at
    /// 2026-01-05T09:00:00Z and does not run.
    pub fn new(
        loaded: Loaded,
        files: &Files,
        fixtures: Fixtures,
        documents: &[Json],
    ) -> Self {
        let start = DEFAULT_START;
        let mut texts = FlowTexts { files, last: None };
        let places = Arc::new(files.clone());
        let mut flows = Vec::new();
        let drafts = loaded
            .flows
            .into_iter()
            .map(|flow| (flow.span, Model::Draft(Arc::new(flow))));
        let architect = loaded
            .architect
            .into_iter()
            .map(|flow| (flow.span, Model::Architect(Arc::new(flow))));
        for (span, model) in drafts.chain(architect) {
            let content = Content { file: "flow.json".into(), text: texts.of(span) };
            let at = start.milliseconds();
            flows.push(StoredFlow::loaded(model, content, &places, at));
        }
        Self {
            flows,
            fixtures,
            documents: documents.iter().map(Into::into).collect(),
            sources: Sources::default(),
            start,
            real_time: false,
            webhooks: Webhooks::default(),
            limits: Limits::default(),
            seed: 0,
            strict: false,
            stop_at_queue: false,
        }
    }

    /// Sets the time at which the clock starts.
    pub fn start_at(&mut self, start: DateTime) {
        self.start = start;
        let versions = self.flows.iter_mut().flat_map(|flow| &mut flow.versions);
        versions.for_each(|version| version.saved_at = start.milliseconds());
    }
}

/// Extracts the JSON of single flows from their files.
struct FlowTexts<'f> {
    files: &'f Files,
    /// The positions and the JSON of all flows in the most recently read file.
    last: Option<(FileId, Vec<(Span, String)>)>,
}

impl FlowTexts<'_> {
    fn of(&mut self, span: Span) -> String {
        if self.last.as_ref().is_none_or(|(file, _)| *file != span.file) {
            self.last = Some((span.file, flows_in(self.files, span.file)));
        }
        let known = self.last.iter().flat_map(|(_, texts)| texts);
        let found = known.clone().find(|(place, _)| *place == span);
        // The span of a flow that is the whole document is that of its name or of its
        // root.
        let found = found.or_else(|| known.clone().next());
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

fn flows_in(files: &Files, file: FileId) -> Vec<(Span, String)> {
    let Ok(document) = read_document(files.get(file)) else { return Vec::new() };
    let items = match (&document.kind, document.get("flows")) {
        (Kind::Array(items), _) => items.as_slice(),
        (_, Some(flows)) if matches!(flows.kind, Kind::Array(_)) => flows.items(),
        _ => std::slice::from_ref(&document),
    };
    let text = |node: &Node<'_>| (node.span, read::json(node).to_string());
    items.iter().map(text).collect()
}
