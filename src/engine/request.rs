//! The simulation request of the lookup tutorial: a call described by one JSON document.

use super::call::context_problem;
use crate::diagnostic::{Code, Diagnostic, Limited, nearest};
use crate::source::{Kind, Node};
use crate::value::{Json, Number, Text, Value};
use crate::world::Input;

/// The default timeout of a simulation, in milliseconds. *Source: the lookup tutorial.*
const DEFAULT_TIMEOUT_MS: i64 = 5_000;

/// A call as described by a request, with unresolved names.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `flowId`: the id or the name of the flow.
    pub flow: Text,
    /// `nodeId` or `entryNode`: the node to start at.
    pub node: Option<Text>,
    /// `context`: fields of the context.
    pub context: Vec<(Text, Value)>,
    /// `timeout`, in milliseconds.
    pub timeout_ms: i64,
    /// `inputs.dtmf`: the caller's inputs, in order.
    pub inputs: Vec<Input>,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// Returns every problem of the document.
    pub fn read(document: &Node<'_>) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Limited::default();
        if !matches!(document.kind, Kind::Object(_)) {
            let message =
                format!("a request must be an object, found {}", document.describe());
            return Err(vec![invalid(document, message)]);
        }
        check_keys(document, &mut problems);
        let mut text = |key: &str| match document.get(key).filter(|node| !node.is_null())
        {
            Some(node) if node.as_str().is_none() => {
                let message =
                    format!("`{key}` must be a string, found {}", node.describe());
                problems.push(invalid(node, message));
                None
            }
            node => node.and_then(Node::as_str).map(Text::from),
        };
        let flow = text("flowId");
        let node = text("nodeId").or_else(|| text("entryNode"));
        if flow.is_none() && problems.is_empty() {
            let message = "a request needs a `flowId`".to_owned();
            problems.push(
                invalid(document, message).help("name the flow that the call starts in"),
            );
        }
        let context = context(document, &mut problems);
        let timeout_ms = timeout(document, &mut problems);
        let inputs = inputs(document, &mut problems);
        match flow {
            Some(flow) if problems.is_empty() => {
                Ok(Self { flow, node, context, timeout_ms, inputs })
            }
            _ => Err(problems.finish()),
        }
    }
}

impl Request {
    /// Returns the document. [`read`](Self::read) reads it back as the same request.
    pub fn to_json(&self) -> Json {
        let context = self.context.iter();
        let context = context.map(|(name, value)| (name.clone(), value.to_json()));
        let node = self.node.iter().map(|id| ("nodeId".into(), Json::String(id.clone())));
        let mut entries = vec![
            ("flowId".into(), Json::String(self.flow.clone())),
            ("context".into(), Json::object(context)),
        ];
        entries.extend(node);
        entries.push(("timeout".into(), Json::Integer(self.timeout_ms)));
        if !self.inputs.is_empty() {
            let keys = Json::array(self.inputs.iter().map(Input::to_json));
            entries.push(("inputs".into(), Json::object([("dtmf".into(), keys)])));
        }
        Json::object(entries)
    }
}

fn check_keys(document: &Node<'_>, problems: &mut Limited) {
    const KEYS: [&str; 6] =
        ["flowId", "context", "nodeId", "entryNode", "timeout", "inputs"];
    for entry in document.entries().iter().filter(|entry| !KEYS.contains(&&*entry.key)) {
        let message = format!("a request has no key `{}`", entry.key);
        let help = match nearest(&entry.key, KEYS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its keys are {}", KEYS.join(", ")),
        };
        problems.push(
            Diagnostic::new(Code::INVALID_REQUEST, message).at(entry.key_span).help(help),
        );
    }
}

fn invalid(node: &Node<'_>, message: String) -> Diagnostic {
    Diagnostic::new(Code::INVALID_REQUEST, message).at(node.span)
}

fn context(document: &Node<'_>, problems: &mut Limited) -> Vec<(Text, Value)> {
    let Some(context) = document.get("context").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(context.kind, Kind::Object(_)) {
        let message =
            format!("`context` must be an object, found {}", context.describe());
        problems.push(invalid(context, message));
    }
    let value = |node: &Node<'_>| Value::from(crate::flow::read::json(node));
    for entry in context.entries() {
        let problem = context_problem(&entry.key, &value(&entry.value));
        if let Some(message) = problem {
            problems.push(invalid(&entry.value, message));
        }
    }
    let entries = context.entries().iter();
    entries.map(|entry| (Text::from(&*entry.key), value(&entry.value))).collect()
}

fn timeout(document: &Node<'_>, problems: &mut Limited) -> i64 {
    let Some(node) = document.get("timeout").filter(|node| !node.is_null()) else {
        return DEFAULT_TIMEOUT_MS;
    };
    let number = match &node.kind {
        Kind::Number(text) => Number::parse_json(text),
        _ => None,
    };
    match number {
        Some(Number::Integer(milliseconds)) if milliseconds >= 0 => milliseconds,
        _ => {
            let found = match &node.kind {
                Kind::Number(text) => text,
                _ => node.describe(),
            };
            let message = format!(
                "`timeout` must be a whole number of milliseconds, found {found}"
            );
            problems.push(invalid(node, message));
            DEFAULT_TIMEOUT_MS
        }
    }
}

/// Reads `{"dtmf": […]}`, or the list itself.
fn inputs(document: &Node<'_>, problems: &mut Limited) -> Vec<Input> {
    let Some(node) = document.get("inputs").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let list =
        if matches!(node.kind, Kind::Array(_)) { Some(node) } else { node.get("dtmf") };
    let Some(list) = list.filter(|list| matches!(list.kind, Kind::Array(_))) else {
        let message = "`inputs` must be an object with `dtmf`, a list".to_owned();
        problems.push(invalid(node, message));
        return Vec::new();
    };
    let mut inputs = Vec::new();
    for item in list.items() {
        match Input::read(item) {
            Ok(input) => inputs.push(input),
            Err(problem) => problems.push(problem),
        }
    }
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    fn read(text: &str) -> Result<Request, Vec<String>> {
        let file = Files::new().add("request.json", text);
        let document = read_json(&file).unwrap();
        Request::read(&document).map_err(|problems| {
            problems.into_iter().map(|problem| problem.message).collect()
        })
    }

    #[test]
    fn problems_of_one_kind_are_limited() {
        let many = "\"name\": 1, ".repeat(20_000);
        let problems = read(&format!("{{{many}\"inputs\": [{}1]}}", "{}, ".repeat(200)));
        let problems = problems.unwrap_err();
        assert!(problems.len() < 210, "{}", problems.len());
        assert!(problems[100].ends_with("more like this, starting here"), "{problems:?}");
    }

    #[test]
    fn a_request_has_a_default_timeout() {
        let request = read(r#"{"flowId": "a"}"#).unwrap();
        assert_eq!(request.timeout_ms, 5_000);
        assert_eq!((request.node, request.inputs.len()), (None, 0));
        assert_eq!(
            read(r#"{"flowId": "a", "timeout": 30000}"#).unwrap().timeout_ms,
            30_000
        );
    }

    #[test]
    fn context_values_keep_their_type() {
        let request =
            read(r#"{"flowId": "a", "context": {"from": "+1", "n": 2}}"#).unwrap();
        let expected =
            [("from".into(), Value::from("+1")), ("n".into(), Value::Integer(2))];
        assert_eq!(request.context, expected);
    }

    #[test]
    fn inputs_are_keys_silence_and_exact_timing() {
        let text = r#"{"flowId": "a", "entryNode": "n",
            "inputs": {"dtmf": ["1", null, [{"digit": "7", "afterMs": 900}]]}}"#;
        let request = read(text).unwrap();
        assert_eq!(request.node.as_deref(), Some("n"));
        let inputs: Vec<String> =
            request.inputs.iter().map(ToString::to_string).collect();
        assert_eq!(inputs, ["1", "-", "7@900"]);
    }

    #[test]
    fn a_written_request_reads_back_the_same() {
        for text in [
            r#"{"flowId":"a","context":{},"timeout":5000}"#,
            r#"{"flowId":"a","context":{"from":"+1","n":2},"nodeId":"n","timeout":7,"inputs":{"dtmf":["1",null,[{"digit":"7","afterMs":900}],"say:two words","hangup"]}}"#,
        ] {
            let request = read(text).unwrap();
            assert_eq!(request.to_json().to_string(), text);
        }
    }

    #[test]
    fn counting_fields_of_the_context_are_whole_numbers() {
        let with = |value: &str| {
            read(&format!(
                r#"{{"flowId": "a", "context": {{"answerAfterMs": {value}}}}}"#
            ))
        };
        assert!(with("0").is_ok() && with("\"1500\"").is_ok() && with("null").is_ok());
        for wrong in ["-1", "1.5", "\"soon\"", "true"] {
            let message = "`answerAfterMs` must be a non-negative whole number";
            assert_eq!(with(wrong).unwrap_err(), [message], "{wrong}");
        }
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let problems =
            read(r#"{"flowid": "a", "timeout": -1, "inputs": 3}"#).unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(read("[]").is_err());
        assert_eq!(read("{}").unwrap_err(), ["a request needs a `flowId`"]);
    }
}
