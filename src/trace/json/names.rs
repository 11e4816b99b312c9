//! Constant parts of the JSON of traces, mainly names, serialized once per program.

use std::borrow::Cow;
use std::ops::Range;

use super::{COMPLETED, NEXT_STEP, write_number};
use crate::flow::{FlowLabel, NodeLabel, SymbolTable};
use crate::source::Files;
use crate::value::{Text, Value, write_json_string, write_json_string_after};

/// Beginning of the depth of a step.
const DEPTH: &str = ",\"depth\":";

/// Constant parts of the JSON, mainly node names, serialized once per program.
#[derive(Debug, Clone)]
pub struct JsonNames {
    /// By flow: `,"flow":…,"elapsedMs":`, after the beginning of a completed trace.
    pub(super) flows: Vec<Keyed>,
    /// By node.
    pub(super) nodes: Vec<NodeJson>,
    /// By constant text.
    pub(super) prompts: Vec<PromptJson>,
    /// By variable: the name after `,"variables":{`.
    pub(super) variables: Vec<ValueName>,
    /// By reference: the name after `,"operands":{`.
    pub(super) references: Vec<ValueName>,
}

/// A constant part of the JSON after the part that is often before it.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    text: String,
    /// Length of the first part.
    key: usize,
}

impl Keyed {
    fn new(key: &str, member: &str) -> Self {
        Self { text: format!("{key}{member}"), key: key.len() }
    }

    /// Returns both parts.
    #[inline]
    pub(super) fn with_key(&self) -> &str {
        &self.text
    }

    /// Returns the second part.
    #[inline]
    pub(super) fn member(&self) -> &str {
        &self.text[self.key..]
    }
}

/// A constant text as a JSON string, after [`PromptJson::KEY`] and before a comma.
#[derive(Debug, Clone)]
pub(super) struct PromptJson(String);

impl PromptJson {
    const KEY: &str = ",\"text\":";

    fn new(text: &str) -> Self {
        Self(format!("{}{},", Self::KEY, quoted(text)))
    }

    /// Returns the string with its key.
    #[inline]
    pub(super) fn with_key(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }

    /// Returns the string.
    #[inline]
    pub(super) fn member(&self) -> &str {
        &self.0[Self::KEY.len()..self.0.len() - 1]
    }

    /// Returns the string with the comma.
    #[inline]
    pub(super) fn item(&self) -> &str {
        &self.0[Self::KEY.len()..]
    }
}

/// A name as the key of a value: the beginning of its object, the name as a JSON string, a
/// colon, and the opening quote of a string.
#[derive(Debug, Clone)]
pub(super) struct ValueName(Keyed);

impl ValueName {
    fn new(object: &str, name: &str) -> Self {
        Self(Keyed::new(object, &(quoted(name) + ":\"")))
    }

    /// Appends a value with its name.
    #[inline]
    pub(super) fn write(&self, value: &Value, out: &mut String) {
        Self::write_after(self.0.member(), value, out);
    }

    /// Appends a value with its name, and the beginning of the object. The first byte is the
    /// comma before the object.
    #[inline]
    pub(super) fn write_first(&self, has_comma: bool, value: &Value, out: &mut String) {
        Self::write_after(&self.0.with_key()[usize::from(!has_comma)..], value, out);
    }

    #[inline]
    fn write_after(start: &str, value: &Value, out: &mut String) {
        match value {
            Value::String(text) => write_json_string_after(start, text, out),
            other => {
                out.push_str(&start[..start.len() - 1]);
                other.write_json(out);
            }
        }
    }
}

/// Constant parts of the steps of a node.
#[derive(Debug, Clone)]
pub(super) struct NodeJson {
    /// By depth, 0 and 1, which nearly all steps have: [`DEPTH`] and the depth, then
    /// `,"flowId":…,"nodeId":…,"nodeName":…,"nodeType":…`, then
    /// `,"flowName":…,"file":…,"line":…`. The file and the line are missing if the files of
    /// the program are not given.
    begin: [String; 2],
    /// Place of the second part of `begin`.
    names: Range<usize>,
    /// The id as a JSON string.
    pub(super) id: String,
    /// The outputs as JSON strings, and the beginning of the result.
    pub(super) outputs: Vec<String>,
    /// The last entries of a step whose next node it is, if the step has only the required
    /// entries, after the braces of a group and of the result, and the beginning of a further
    /// step.
    pub(super) end: String,
}

impl NodeJson {
    fn of(node: &NodeLabel, symbols: &SymbolTable, files: Option<&Files>) -> Self {
        let id = quoted(&node.id);
        let begin = format!("{DEPTH}0");
        let names = format!(
            ",\"flowId\":{},\"nodeId\":{id},\"nodeName\":{},\"nodeType\":{}",
            quoted(&symbols.flow(node.flow).id),
            quoted(&node.name),
            quoted(&node.node_type),
        );
        let rest = names.clone() + &place(node, symbols, files);
        Self {
            names: begin.len()..begin.len() + names.len(),
            begin: [format!("{begin}{rest}"), format!("{DEPTH}1{rest}")],
            end: format!("}}}},\"next\":{id},\"diagnostics\":[]}}{NEXT_STEP}"),
            outputs: outputs(node),
            id,
        }
    }

    /// Appends the depth of a step, and the names and the place of its node.
    #[inline]
    pub(super) fn write_begin(&self, depth: u16, out: &mut String) {
        match self.begin.get(usize::from(depth)) {
            Some(begin) => out.push_str(begin),
            None => {
                out.push_str(DEPTH);
                write_number(i64::from(depth), out);
                out.push_str(&self.begin[0][self.names.start..]);
            }
        }
    }

    /// Appends `"flowId":…,"nodeId":…,"nodeName":…,"nodeType":…`.
    pub(super) fn write_names(&self, out: &mut String) {
        out.push_str(&self.begin[0][self.names.start + 1..self.names.end]);
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
        let names = |object: &str, names: &[Text]| {
            names.iter().map(|name| ValueName::new(object, name)).collect()
        };
        Self {
            flows: symbols.flows.iter().map(flow).collect(),
            nodes: nodes.map(|node| NodeJson::of(node, symbols, files)).collect(),
            prompts: symbols.strings.iter().map(|text| PromptJson::new(text)).collect(),
            variables: names(",\"variables\":{", &symbols.variables),
            references: names(",\"operands\":{", &symbols.references),
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

/// Returns Architect's id of an output, as in execution documents; an output named by an
/// author keeps its name.
pub(in crate::trace) fn platform_path(label: &str) -> Cow<'_, str> {
    const KNOWN: [(&str, &str); 20] = [
        ("yes", "__YES__"),
        ("no", "__NO__"),
        ("success", "__SUCCESS__"),
        ("failure", "__FAILURE__"),
        ("timeout", "__TIMEOUT__"),
        ("found", "__FOUND__"),
        ("notFound", "__NOT_FOUND__"),
        ("loop", "__LOOP__"),
        ("default", "__DEFAULT__"),
        ("active", "__ACTIVE__"),
        ("inactive", "__INACTIVE__"),
        ("open", "__OPEN__"),
        ("closed", "__CLOSED__"),
        ("holiday", "__HOLIDAY__"),
        ("emergency", "__EMERGENCY__"),
        ("maxNoInputs", "__MAX_NO_INPUTS__"),
        ("maxNoMatches", "__MAX_NO_MATCHES__"),
        ("knowledge", "__KNOWLEDGE__"),
        ("matchExact", "__MATCH_EXACT__"),
        ("matchMultiple", "__MATCH_MULTIPLE__"),
    ];
    let known = KNOWN.iter().find(|(name, _)| *name == label);
    known.map_or_else(|| label.into(), |(_, id)| (*id).into())
}

fn flow(label: &FlowLabel) -> Keyed {
    let version =
        label.version.as_ref().map_or_else(|| "null".into(), |text| quoted(text));
    let flow = format!(
        ",\"flow\":{{\"id\":{},\"name\":{},\"type\":{},\"version\":{version}}},\"elapsedMs\":",
        quoted(&label.id),
        quoted(&label.name),
        quoted(&label.flow_type),
    );
    Keyed::new(COMPLETED, &flow)
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_json_string(text, &mut out);
    out
}
