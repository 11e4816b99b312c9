//! Reader and writer of `flowsim.coverage/1`.

use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::kind::Kind;
use super::report::{FlowReport, NodeReport, PartReport, Report, Share};
use crate::diagnostic::{Code, Decoder, Diagnostic, nearest};
use crate::source::{Kind as NodeKind, Node};
use crate::value::Text;

/// Name and version of the document.
pub const SCHEMA: &str = "flowsim.coverage/1";

const COUNTS: RangeInclusive<i64> = 0..=i64::MAX;
const LINES: RangeInclusive<i64> = 1..=u32::MAX as i64;

const KEYS: [&str; 4] = ["schema", "calls", "totals", "flows"];
const FLOW_KEYS: [&str; 7] = ["id", "name", "type", "file", "line", "count", "nodes"];
const NODE_KEYS: [&str; 5] = ["id", "kind", "line", "count", "parts"];
const PART_KEYS: [&str; 4] = ["kind", "name", "text", "count"];

#[derive(Serialize)]
struct Document<'r> {
    schema: &'static str,
    calls: u64,
    totals: Totals,
    flows: Vec<FlowDocument<'r>>,
}

struct Totals([Share; Kind::ALL.len()]);

#[derive(Serialize)]
struct Total {
    covered: usize,
    total: usize,
    percent: u8,
}

#[derive(Serialize)]
struct FlowDocument<'r> {
    id: &'r str,
    name: &'r str,
    r#type: &'r str,
    file: &'r str,
    line: u32,
    count: u64,
    nodes: Vec<NodeDocument<'r>>,
}

#[derive(Serialize)]
struct NodeDocument<'r> {
    id: &'r str,
    kind: Option<&'static str>,
    line: u32,
    count: u64,
    parts: Vec<PartDocument<'r>>,
}

#[derive(Serialize)]
struct PartDocument<'r> {
    kind: &'static str,
    name: &'r str,
    text: Option<&'r str>,
    count: u64,
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Kind::ALL.into_iter().zip(self.0).map(|(kind, share)| {
            let Share { covered, total } = share;
            (kind.name(), Total { covered, total, percent: share.percent() })
        }))
    }
}

/// Renders the document, indented by two spaces and with a final line break.
pub fn render_json(report: &Report) -> String {
    let document = Document {
        schema: SCHEMA,
        calls: report.calls,
        totals: Totals(report.shares()),
        flows: report.flows.iter().map(flow_document).collect(),
    };
    // All keys are strings and all numbers are integers, so serialising cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn flow_document(flow: &FlowReport) -> FlowDocument<'_> {
    FlowDocument {
        id: &flow.id,
        name: &flow.name,
        r#type: &flow.flow_type,
        file: &flow.file,
        line: flow.line,
        count: flow.count,
        nodes: flow.nodes.iter().map(node_document).collect(),
    }
}

fn node_document(node: &NodeReport) -> NodeDocument<'_> {
    let parts = node.parts.iter().map(|part| PartDocument {
        kind: part.kind.name(),
        name: &part.name,
        text: part.text.as_deref(),
        count: part.count,
    });
    NodeDocument {
        id: &node.id,
        kind: node.kind.map(Kind::name),
        line: node.line,
        count: node.count,
        parts: parts.collect(),
    }
}

/// Returns whether a file that starts like this is a document of this format, of any
/// version.
pub fn is_beginning(start: &str) -> bool {
    let (name, _) = SCHEMA.split_once('/').unwrap_or((SCHEMA, ""));
    let rest = start.strip_prefix("{\n  \"schema\": \"");
    rest.and_then(|rest| rest.strip_prefix(name)).is_some_and(|it| it.starts_with('/'))
}

/// Reads the document. If the diagnostics contain an error, the report must not be used.
pub fn read(document: &Node<'_>) -> (Report, Vec<Diagnostic>) {
    let mut reader = Reader { decoder: Decoder::new(Code::INVALID_COVERAGE) };
    let report = reader.report(document);
    (report.unwrap_or_default(), reader.decoder.into_diagnostics())
}

struct Reader {
    decoder: Decoder,
}

impl Reader {
    fn report(&mut self, document: &Node<'_>) -> Option<Report> {
        match document.get("schema").map(Node::as_str) {
            Some(Some(SCHEMA)) => {}
            found => {
                let found = match found.flatten() {
                    Some(schema) => format!("its `schema` is `{schema}`"),
                    None => "it has no `schema`".into(),
                };
                let message = format!("this is not a `{SCHEMA}` document: {found}");
                let help = "use a file written by `flowsim test --coverage-out FILE`";
                self.decoder.error(document.span, message).help = Some(help.into());
                return None;
            }
        }
        self.decoder.object("a coverage document", document, &KEYS)?;
        let calls = self.count(document, "calls");
        let flows = self.list(document, "flows");
        Some(Report {
            calls,
            flows: flows.iter().filter_map(|it| self.flow(it)).collect(),
        })
    }

    fn flow(&mut self, node: &Node<'_>) -> Option<FlowReport> {
        self.decoder.object("a flow", node, &FLOW_KEYS)?;
        let nodes = self.list(node, "nodes");
        Some(FlowReport {
            id: self.text(node, "id")?,
            name: self.text(node, "name")?,
            flow_type: self.text(node, "type")?,
            file: self.text(node, "file")?,
            line: self.line(node),
            count: self.count(node, "count"),
            nodes: nodes.iter().filter_map(|it| self.node(it)).collect(),
        })
    }

    fn node(&mut self, node: &Node<'_>) -> Option<NodeReport> {
        self.decoder.object("a node", node, &NODE_KEYS)?;
        let kind = match node.get("kind").filter(|kind| !kind.is_null()) {
            Some(_) => Some(self.kind(node)?),
            None => None,
        };
        let parts = self.list(node, "parts");
        Some(NodeReport {
            id: self.text(node, "id")?,
            kind,
            line: self.line(node),
            count: self.count(node, "count"),
            parts: parts.iter().filter_map(|it| self.part(it)).collect(),
        })
    }

    fn part(&mut self, node: &Node<'_>) -> Option<PartReport> {
        self.decoder.object("a part of a node", node, &PART_KEYS)?;
        let text = match node.get("text").filter(|text| !text.is_null()) {
            Some(_) => Some(self.text(node, "text")?),
            None => None,
        };
        Some(PartReport {
            kind: self.kind(node)?,
            name: self.text(node, "name")?,
            text,
            count: self.count(node, "count"),
        })
    }

    fn kind(&mut self, node: &Node<'_>) -> Option<Kind> {
        let name = self.text(node, "kind")?;
        let kind = Kind::from_name(&name);
        if kind.is_none() {
            let span = node.get("kind").map_or(node.span, |kind| kind.span);
            let message = format!("unknown coverage kind `{name}`");
            let near = nearest(&name, Kind::ALL.map(Kind::name));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.decoder.error(span, message).help = help;
        }
        kind
    }

    /// Reads a string without trimming, because ids may have surrounding blanks.
    fn text(&mut self, object: &Node<'_>, key: &str) -> Option<Text> {
        let node = self.required(object, key)?;
        let text = node.as_str();
        if text.is_none() {
            self.decoder.unexpected(&format!("`{key}`"), node, "a string");
        }
        text.map(Text::from)
    }

    fn count(&mut self, object: &Node<'_>, key: &str) -> u64 {
        self.required(object, key);
        let count = self.decoder.whole(object, key, COUNTS, 0);
        u64::try_from(count).unwrap_or_default()
    }

    fn line(&mut self, object: &Node<'_>) -> u32 {
        self.required(object, "line");
        let line = self.decoder.whole(object, "line", LINES, 1);
        u32::try_from(line).unwrap_or(1)
    }

    fn list<'n, 's>(&mut self, object: &'n Node<'s>, key: &str) -> &'n [Node<'s>] {
        let Some(node) = self.required(object, key) else { return &[] };
        if !matches!(node.kind, NodeKind::Array(_)) {
            self.decoder.unexpected(&format!("`{key}`"), node, "a list");
        }
        node.items()
    }

    fn required<'n, 's>(
        &mut self,
        object: &'n Node<'s>,
        key: &str,
    ) -> Option<&'n Node<'s>> {
        let node = object.get(key);
        if node.is_none() {
            self.decoder.error(object.span, format!("`{key}` is missing"));
        }
        node
    }
}
