//! Constant parts of the JSON of traces, mainly names, serialized once per program.

use super::{NEXT_STEP, platform_path};
use crate::flow::{FlowLabel, NodeLabel, SymbolTable};
use crate::source::Files;
use crate::value::{Text, write_json_string};

/// Constant parts of the JSON, mainly node names, serialized once per program.
#[derive(Debug, Clone)]
pub struct JsonNames {
    /// By flow: `,"flow":…,"elapsedMs":`.
    pub(super) flows: Vec<String>,
    /// By node.
    pub(super) nodes: Vec<NodeJson>,
    /// By constant text: the text as a JSON string, after the key of a step's prompt.
    pub(super) prompts: Vec<Keyed>,
    /// By variable: the name as a JSON string, and a colon.
    pub(super) variables: Vec<Keyed>,
    /// By reference: the name as a JSON string, and a colon.
    pub(super) references: Vec<Keyed>,
}

/// A constant part of the JSON after the key that is often before it.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    text: String,
    /// Length of the key.
    key: usize,
}

impl Keyed {
    fn new(key: &str, member: &str) -> Self {
        Self { text: format!("{key}{member}"), key: key.len() }
    }

    /// Returns the key and the part after it.
    pub(super) fn with_key(&self) -> &str {
        &self.text
    }

    /// Returns the part after the key.
    pub(super) fn member(&self) -> &str {
        &self.text[self.key..]
    }
}

/// Constant parts of the steps of a node.
#[derive(Debug, Clone)]
pub(super) struct NodeJson {
    /// `,"flowId":…,"nodeId":…,"nodeName":…,"nodeType":…`, then
    /// `,"flowName":…,"file":…,"line":…`. The file and the line are missing if the files of
    /// the program are not given.
    pub(super) begin: String,
    /// Length of the first part of `begin`.
    pub(super) names: usize,
    /// The id as a JSON string.
    pub(super) id: String,
    /// The outputs as JSON strings, and the beginning of the result.
    pub(super) outputs: Vec<String>,
    /// The last entries of a step whose next node it is, if the step has only the required
    /// entries, and the beginning of a further step.
    pub(super) end: String,
}

impl NodeJson {
    fn of(node: &NodeLabel, symbols: &SymbolTable, files: Option<&Files>) -> Self {
        let id = quoted(&node.id);
        let names = format!(
            ",\"flowId\":{},\"nodeId\":{id},\"nodeName\":{},\"nodeType\":{}",
            quoted(&symbols.flow(node.flow).id),
            quoted(&node.name),
            quoted(&node.node_type),
        );
        Self {
            begin: format!("{names}{}", place(node, symbols, files)),
            names: names.len(),
            end: format!("}},\"next\":{id},\"diagnostics\":[]}}{NEXT_STEP}"),
            outputs: outputs(node),
            id,
        }
    }
}

impl JsonNames {
    /// Serializes the names of a program. Traces then lack the positions of the nodes.
    pub fn new(symbols: &SymbolTable) -> Self {
        Self::of(symbols, None)
    }

    /// Serializes the names of a program, and the positions of its nodes in `files`, which
    /// must contain its flows.
    pub fn with_files(symbols: &SymbolTable, files: &Files) -> Self {
        Self::of(symbols, Some(files))
    }

    fn of(symbols: &SymbolTable, files: Option<&Files>) -> Self {
        let nodes = symbols.nodes.iter();
        let prompt = |text: &Text| Keyed::new("\"text\":", &quoted(text));
        let names = |key: &str, names: &[Text]| {
            names.iter().map(|name| Keyed::new(key, &(quoted(name) + ":"))).collect()
        };
        Self {
            flows: symbols.flows.iter().map(flow).collect(),
            nodes: nodes.map(|node| NodeJson::of(node, symbols, files)).collect(),
            prompts: symbols.strings.iter().map(prompt).collect(),
            variables: names("\"variables\":{", &symbols.variables),
            references: names("\"operands\":{", &symbols.references),
        }
    }
}

fn outputs(node: &NodeLabel) -> Vec<String> {
    let output = |label| quoted(&platform_path(label)) + ",\"result\":{";
    node.outputs.iter().map(|label| output(label)).collect()
}

fn place(node: &NodeLabel, symbols: &SymbolTable, files: Option<&Files>) -> String {
    let mut out = format!(",\"flowName\":{}", quoted(&symbols.flow(node.flow).name));
    if let Some(files) = files {
        let path = quoted(&files.get(node.span.file).path().display().to_string());
        let line = files.position(node.span).line;
        out.push_str(&format!(",\"file\":{path},\"line\":{line}"));
    }
    out
}

fn flow(label: &FlowLabel) -> String {
    let version =
        label.version.as_ref().map_or_else(|| "null".into(), |text| quoted(text));
    format!(
        ",\"flow\":{{\"id\":{},\"name\":{},\"type\":{},\"version\":{version}}},\"elapsedMs\":",
        quoted(&label.id),
        quoted(&label.name),
        quoted(&label.flow_type),
    )
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_json_string(text, &mut out);
    out
}
