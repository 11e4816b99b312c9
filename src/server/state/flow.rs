//! The flows of the organisation and their versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::event::Content;
use crate::diagnostic::{Diagnostic, Severity, findings};
use crate::flow::architect::ArchitectFlow;
use crate::flow::{Flow, read};
use crate::source::Files;
use crate::value::{Text, derived_id};

/// A flow and its versions.
#[derive(Debug, Clone)]
pub(in crate::server) struct StoredFlow {
    pub(in crate::server) id: Text,
    pub(in crate::server) name: Text,
    /// The type as the source spells it: `inbound`, `inboundCall`.
    pub(in crate::server) flow_type: Text,
    pub(in crate::server) description: Option<Text>,
    pub(in crate::server) is_shared: bool,
    pub(in crate::server) is_active: bool,
    /// The id of the client that checked the flow out.
    pub(in crate::server) locked_by: Option<Text>,
    pub(in crate::server) versions: Vec<Version>,
    /// The index of the published version.
    pub(in crate::server) published: Option<usize>,
    /// The server's clock when a version was last published, in milliseconds since 1970.
    pub(in crate::server) published_at: Option<i64>,
}

/// One version of a flow.
#[derive(Debug, Clone)]
pub(in crate::server) struct Version {
    /// The version number, from 1.
    pub(in crate::server) number: u32,
    pub(in crate::server) content: Arc<Content>,
    pub(in crate::server) model: Model,
    /// The files that the spans of a loaded flow refer to. The spans of other flows refer
    /// to their content.
    pub(in crate::server) files: Option<Arc<Files>>,
    /// The server's clock when the version was saved, in milliseconds since 1970.
    pub(in crate::server) saved_at: i64,
    pub(in crate::server) is_checked_in: bool,
}

/// A parsed flow.
#[derive(Debug, Clone)]
pub(in crate::server) enum Model {
    Draft(Arc<Flow>),
    Architect(Arc<ArchitectFlow>),
}

impl Model {
    pub(in crate::server) fn name(&self) -> &Text {
        match self {
            Self::Draft(flow) => &flow.name,
            Self::Architect(flow) => &flow.name.value,
        }
    }

    pub(in crate::server) fn flow_type(&self) -> &Text {
        match self {
            Self::Draft(flow) => &flow.flow_type,
            Self::Architect(flow) => &flow.flow_type,
        }
    }

    /// The id in the document.
    pub(in crate::server) fn id(&self) -> Option<&Text> {
        match self {
            Self::Draft(flow) => flow.id.as_ref(),
            Self::Architect(flow) => flow.id.as_ref(),
        }
    }

    /// Returns the same flow with another id.
    fn with_id(self, id: &Text) -> Self {
        match self {
            Self::Draft(mut flow) => {
                Arc::make_mut(&mut flow).id = Some(id.clone());
                Self::Draft(flow)
            }
            Self::Architect(mut flow) => {
                Arc::make_mut(&mut flow).id = Some(id.clone());
                Self::Architect(flow)
            }
        }
    }
}

impl StoredFlow {
    /// Creates a flow without a version.
    pub(in crate::server) fn empty(id: Text, name: Text, flow_type: Text) -> Self {
        Self {
            id,
            name,
            flow_type,
            description: None,
            is_shared: false,
            is_active: true,
            locked_by: None,
            versions: Vec::new(),
            published: None,
            published_at: None,
        }
    }

    /// Creates a flow that was loaded when the server started. It is published unless its
    /// document says otherwise.
    pub(in crate::server) fn loaded(
        model: Model,
        content: Content,
        files: &Arc<Files>,
        at: i64,
    ) -> Self {
        let id = model.id().cloned();
        let id = id.unwrap_or_else(|| derived_id(&format!("Flow:{}", model.name())));
        let is_draft = matches!(&model, Model::Draft(flow) if !flow.is_published);
        let mut flow = Self::empty(id, model.name().clone(), model.flow_type().clone());
        if let Model::Architect(model) = &model {
            flow.description.clone_from(&model.description);
        }
        flow.add(model, content, at);
        if let Some(version) = flow.versions.last_mut() {
            version.files = Some(Arc::clone(files));
        }
        flow.published = (!is_draft).then_some(0);
        flow.published_at = (!is_draft).then_some(at);
        flow
    }

    /// Adds a version.
    pub(in crate::server) fn add(&mut self, model: Model, content: Content, at: i64) {
        if self.versions.len() == MAX_VERSIONS {
            // Drops the oldest version, or the next one if the oldest is published.
            let oldest = usize::from(self.published == Some(0));
            self.versions.remove(oldest);
            self.published = self.published.map(|it| it.saturating_sub(1 - oldest));
        }
        let (content, model) = (Arc::new(content), model.with_id(&self.id));
        let number = self.newest().map_or(1, |version| version.number + 1);
        let is_checked_in = false;
        self.versions.push(Version {
            number,
            content,
            model,
            files: None,
            saved_at: at,
            is_checked_in,
        });
    }

    /// The newest version.
    pub(in crate::server) fn newest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The published version.
    pub(in crate::server) fn published(&self) -> Option<&Version> {
        self.versions.get(self.published?)
    }

    /// Returns `true` if conversations can be started with this flow.
    pub(in crate::server) fn can_run(&self) -> bool {
        self.is_active && self.published.is_some()
    }

    /// Returns the model to compile: the published version, otherwise the newest one,
    /// which other flows cannot call.
    pub(in crate::server) fn model(&self) -> Option<Model> {
        let version = self.published().or_else(|| self.newest())?;
        Some(match &version.model {
            Model::Draft(flow) => {
                let is_published = self.can_run();
                let named =
                    Flow { name: self.name.clone(), is_published, ..Flow::clone(flow) };
                Model::Draft(Arc::new(named))
            }
            Model::Architect(flow) => Model::Architect(Arc::clone(flow)),
        })
    }

    /// Returns the type in the spelling of the platform's API: `INBOUNDCALL`. Types that
    /// the API does not have are only converted to upper case.
    pub(in crate::server) fn platform_type(&self) -> String {
        platform_type(&self.flow_type)
    }
}

/// Maximum number of stored versions of a flow.
pub(in crate::server) const MAX_VERSIONS: usize = 100;

/// Returns a flow type in the spelling of the platform's API. Draft flows omit the
/// medium.
pub(in crate::server) fn platform_type(written: &str) -> String {
    let letters = written.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    match name.as_str() {
        "INBOUND" | "OUTBOUND" | "INQUEUE" | "SECURE" => name + "CALL",
        "SHARED" | "MODULE" => "COMMONMODULE".into(),
        _ => name,
    }
}

/// The findings about each flow, by its id, in the form of error details.
pub(in crate::server) type Findings = BTreeMap<Text, Vec<Value>>;

/// The result of reading a flow.
pub(in crate::server) struct ReadFlow {
    /// The flow, if the source contains exactly one.
    pub(in crate::server) model: Option<Model>,
    /// The findings about the source.
    pub(in crate::server) diagnostics: Vec<Diagnostic>,
    /// The files that the spans of the diagnostics refer to.
    pub(in crate::server) files: Files,
}

/// Reads the flow of a source.
pub(in crate::server) fn read_flow(content: &Content) -> ReadFlow {
    let mut files = Files::new();
    let file = files.add(&content.file, content.text.clone());
    let loaded = read::load_text(&file, &[], &mut files);
    let drafts = loaded.flows.into_iter().map(|flow| Model::Draft(Arc::new(flow)));
    let others =
        loaded.architect.into_iter().map(|flow| Model::Architect(Arc::new(flow)));
    let mut models = drafts.chain(others);
    // An export may also contain the modules that the flow calls. The flow comes first.
    let model = models.next();
    ReadFlow { model, diagnostics: loaded.diagnostics, files }
}

/// Converts findings to error details. Positions in files other than the given ones are
/// omitted, as flows that are checked together come from many files.
pub(in crate::server) fn details(
    diagnostics: &[Diagnostic],
    files: &Files,
) -> Vec<Value> {
    let mut diagnostics = diagnostics.to_vec();
    for diagnostic in &mut diagnostics {
        diagnostic.labels.truncate(1);
        diagnostic.labels.retain(|label| files.has(label.span.file));
    }
    let findings = findings(&diagnostics, files).findings;
    let detail = |finding: &crate::diagnostic::Finding<'_>| {
        json!({
            "errorCode": finding.code,
            "fieldName": finding.node,
            "entityId": finding.flow,
            "entityName": finding.node.or(finding.flow),
            "message": finding.message,
            "severity": finding.severity,
            "help": finding.help,
            "line": finding.line,
            "column": finding.column,
        })
    };
    findings.iter().map(detail).collect()
}

/// Returns `true` if one of the diagnostics is an error.
pub(in crate::server) fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_of_the_platform() {
        for (written, name) in [
            ("inbound", "INBOUNDCALL"),
            ("inboundCall", "INBOUNDCALL"),
            ("INBOUNDCALL", "INBOUNDCALL"),
            ("inboundShortMessage", "INBOUNDSHORTMESSAGE"),
            ("workflow", "WORKFLOW"),
        ] {
            assert_eq!(platform_type(written), name);
        }
    }

    #[test]
    fn the_published_version_is_never_dropped() {
        let text = r#"{"name":"F","type":"inbound","draft":{"startNode":"E","nodes":{"E":
            {"id":"E","type":"End","properties":{"endType":"normal"}}}}}"#;
        let content = Content { file: "f.json".into(), text: text.into() };
        let model = read_flow(&content).model.unwrap();
        let files = Arc::default();
        let mut flow = StoredFlow::loaded(model.clone(), content.clone(), &files, 0);
        for at in 1..=250 {
            flow.add(model.clone(), content.clone(), at);
        }
        assert_eq!(flow.versions.len(), MAX_VERSIONS);
        assert_eq!(flow.published().unwrap().saved_at, 0);
        flow.published = Some(5);
        let published = flow.published().unwrap().saved_at;
        flow.add(model, content, 251);
        assert_eq!(flow.published().unwrap().saved_at, published);
    }
}
