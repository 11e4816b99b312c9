//! Reads a document into the data model. Values of an unexpected type are reported and
//! kept.

use indexmap::IndexMap;

use super::document::ExecutionDocument;
use super::event::{Event, Variable};
use crate::diagnostic::{Code, Diagnostic, Severity, Tally};
use crate::flow::read::json;
use crate::source::{Entry, Kind, Node, Span};
use crate::value::{Json, JsonObject, Number, Text};

/// Reads an execution document; returns `None` if it is not one.
///
/// Unknown events and keys are kept silently. A value of an unexpected type is kept among
/// the other keys, with a warning. Content that cannot be kept, such as an event that is
/// not an object, is an error.
pub fn read(
    document: &Node<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ExecutionDocument> {
    let mut reader = Reader { tally: Tally::default(), diagnostics: Vec::new() };
    let found = reader.document(document);
    let Reader { tally, diagnostics: mut found_problems } = reader;
    tally.finish(&mut found_problems);
    diagnostics.append(&mut found_problems);
    found
}

struct Reader {
    tally: Tally,
    diagnostics: Vec<Diagnostic>,
}

/// Keys of an object that are not yet assigned to a field.
type Keys<'n, 's> = IndexMap<&'n str, &'n Node<'s>>;

impl Reader {
    fn document(&mut self, document: &Node<'_>) -> Option<ExecutionDocument> {
        let Some(flow) = document.get("flow").filter(|flow| is_object(flow)) else {
            let found = match document.get("flow") {
                Some(flow) => {
                    format!("its `flow` is {}, expected an object", flow.describe())
                }
                None if is_object(document) => "it has no `flow`".into(),
                None => format!("it is {}, expected an object", document.describe()),
            };
            let message = format!("this is not an execution document: {found}");
            let help = "an execution document is the platform's history of \
                        one run: {\"flow\": {\"flowName\": …, \"execution\": […]}}";
            self.error(document.span, message, help);
            return None;
        };
        let mut beside = self.keys(document);
        beside.shift_remove("flow");
        let mut keys = self.keys(flow);
        if !keys.contains_key("execution") {
            let help = "the platform logs events on every log level except the lowest";
            self.warn(flow.span, "the document has no `execution`".into(), help);
        }
        Some(ExecutionDocument {
            conversation_id: self.text(&mut keys, "conversationId"),
            division: self.object(&mut keys, "division"),
            start: self.text(&mut keys, "startDateTime"),
            end: self.text(&mut keys, "endDateTime"),
            execution_id: self.text(&mut keys, "executionId"),
            execution_info: self.object(&mut keys, "executionInfo"),
            flow_id: self.text(&mut keys, "flowId"),
            flow_is_debug: self.boolean(&mut keys, "flowIsDebug"),
            flow_name: self.text(&mut keys, "flowName"),
            flow_type: self.text(&mut keys, "flowType"),
            flow_version: self.text(&mut keys, "flowVersion"),
            is_secure: self.boolean(&mut keys, "isSecure"),
            is_truncated: self.boolean(&mut keys, "isTruncated"),
            execution: self.events(&mut keys),
            other: self.rest(keys),
            beside: self.rest(beside),
        })
    }

    /// Reads the events below `execution`.
    fn events(&mut self, keys: &mut Keys<'_, '_>) -> Option<Vec<Event>> {
        let list = keys.get("execution").filter(|node| !node.is_null())?;
        let Kind::Array(items) = &list.kind else {
            let message =
                format!("`execution` is {}, expected a list of events", list.describe());
            self.error(list.span, message, "the events cannot be read without the list");
            return None;
        };
        keys.shift_remove("execution");
        Some(items.iter().flat_map(|item| self.event_item(item)).collect())
    }

    /// Reads the event of a list item. An item with two names becomes two events.
    fn event_item(&mut self, item: &Node<'_>) -> Vec<Event> {
        let help =
            "each event is an object with its name as the only key: {\"turn\": {…}}";
        let found = match item.entries() {
            [_] => None,
            [_, second, ..] => {
                let count = item.entries().len();
                Some((second.key_span, format!("an object with {count} keys")))
            }
            [] if is_object(item) => Some((item.span, "an empty object".into())),
            [] => Some((item.span, item.describe().into())),
        };
        if let Some((span, found)) = found {
            let message = format!("an event is {found}, expected an object with one key");
            self.error(span, message, help);
        }
        item.entries().iter().filter_map(|entry| self.event(entry)).collect()
    }

    fn event(&mut self, entry: &Entry<'_>) -> Option<Event> {
        if !is_object(&entry.value) {
            let found = entry.value.describe();
            let message =
                format!("the event `{}` is {found}, expected an object", entry.key);
            self.error(entry.value.span, message, "the event is ignored");
            return None;
        }
        let mut keys = self.keys(&entry.value);
        Some(Event {
            name: Text::from(&*entry.key),
            action_id: self.text(&mut keys, "actionId"),
            action_name: self.text(&mut keys, "actionName"),
            tracking_id: self.integer(&mut keys, "trackingId"),
            task_id: self.text(&mut keys, "taskId"),
            task_name: self.text(&mut keys, "taskName"),
            date_time: self.text(&mut keys, "dateTime"),
            execution_id: self.text(&mut keys, "executionId"),
            output_path_id: self.text(&mut keys, "outputPathId"),
            output_path_name: self.text(&mut keys, "outputPathName"),
            variables: self.variables(&mut keys, "variables"),
            output_variables: self.variables(&mut keys, "outputVariables"),
            statements: self.variables(&mut keys, "statements"),
            input_data: self.object(&mut keys, "inputData"),
            output_data: self.object(&mut keys, "outputData"),
            execution: self.events(&mut keys),
            other: self.rest(keys),
        })
    }

    fn variables(
        &mut self,
        keys: &mut Keys<'_, '_>,
        key: &'static str,
    ) -> Option<Vec<Variable>> {
        let items = |node: &Node<'_>| node.items().iter().all(is_object);
        let is_list =
            |node: &Node<'_>| matches!(node.kind, Kind::Array(_)) && items(node);
        let list = self.take(keys, key, "a list of objects", is_list)?;
        Some(list.items().iter().map(|item| self.variable(item)).collect())
    }

    fn variable(&mut self, item: &Node<'_>) -> Variable {
        let mut keys = self.keys(item);
        let value = keys.shift_remove("value");
        Variable {
            id: self.text(&mut keys, "variableId"),
            name: self.text(&mut keys, "variableName"),
            value: value.map(|value| self.value(value)),
            other: self.rest(keys),
        }
    }

    fn text(&mut self, keys: &mut Keys<'_, '_>, key: &'static str) -> Option<Text> {
        let is_text = |node: &Node<'_>| node.as_str().is_some();
        let node = self.take(keys, key, "a string", is_text)?;
        node.as_str().map(Text::from)
    }

    fn boolean(&mut self, keys: &mut Keys<'_, '_>, key: &'static str) -> Option<bool> {
        let is_boolean = |node: &Node<'_>| matches!(node.kind, Kind::Boolean(_));
        match self.take(keys, key, "true or false", is_boolean)?.kind {
            Kind::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    fn integer(&mut self, keys: &mut Keys<'_, '_>, key: &'static str) -> Option<i64> {
        let integer = |node: &Node<'_>| match &node.kind {
            Kind::Number(text) => match Number::parse_json(text)? {
                Number::Integer(number) => Some(number),
                Number::Decimal(_) => None,
            },
            _ => None,
        };
        let is_integer = |node: &Node<'_>| integer(node).is_some();
        integer(self.take(keys, key, "a whole number", is_integer)?)
    }

    fn object(&mut self, keys: &mut Keys<'_, '_>, key: &'static str) -> Option<Json> {
        let node = self.take(keys, key, "an object", is_object)?;
        Some(self.value(node))
    }

    /// Removes and returns the value of a key if it has the expected type. Otherwise the
    /// value stays, with a warning unless it is `null`.
    fn take<'n, 's>(
        &mut self,
        keys: &mut Keys<'n, 's>,
        key: &'static str,
        expected: &str,
        fits: impl Fn(&Node<'s>) -> bool,
    ) -> Option<&'n Node<'s>> {
        let node = *keys.get(key)?;
        if fits(node) {
            return keys.shift_remove(key);
        }
        if !node.is_null() {
            let message = format!("`{key}` is {}, expected {expected}", node.describe());
            self.warn(node.span, message, "the value is kept unchanged");
        }
        None
    }

    /// Returns the keys of an object. The last value of a duplicate key counts.
    fn keys<'n, 's>(&mut self, object: &'n Node<'s>) -> Keys<'n, 's> {
        let mut keys = Keys::with_capacity(object.entries().len());
        for Entry { key, key_span, value } in object.entries() {
            if keys.insert(&**key, value).is_some() {
                let message = format!("duplicate key `{key}`");
                self.warn(*key_span, message, "the last value counts");
            }
        }
        keys
    }

    fn rest(&mut self, keys: Keys<'_, '_>) -> JsonObject {
        keys.into_iter().map(|(key, node)| (key.into(), self.value(node))).collect()
    }

    /// Converts any value unchanged.
    fn value(&mut self, node: &Node<'_>) -> Json {
        self.warn_of_large_numbers(node);
        json(node)
    }

    fn warn_of_large_numbers(&mut self, node: &Node<'_>) {
        match &node.kind {
            Kind::Number(text) if Number::parse_json(text).is_none() => {
                let message = format!("the number {text} has too many digits");
                self.warn(node.span, message, "the number is kept as a string");
            }
            _ => {
                let values = node.entries().iter().map(|entry| &entry.value);
                node.items()
                    .iter()
                    .chain(values)
                    .for_each(|it| self.warn_of_large_numbers(it));
            }
        }
    }

    fn warn(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_EXECUTION, message);
        let severity = Severity::Warning;
        self.report(Diagnostic { severity, ..diagnostic }.at(span).help(help));
    }

    fn error(&mut self, span: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_EXECUTION, message);
        self.report(diagnostic.at(span).help(help));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.tally.add(diagnostic, &mut self.diagnostics);
    }
}

fn is_object(node: &Node<'_>) -> bool {
    matches!(node.kind, Kind::Object(_))
}
