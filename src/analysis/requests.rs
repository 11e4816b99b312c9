//! Requests of calls to data actions and webhooks.

use crate::trace::{EventKind, Field, Subject, Trace};
use crate::value::{Json, Text, Value};

/// A request to a data action or webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalRequest {
    /// The name of the data action; the id or the address of the webhook.
    pub name: Text,
    /// The inputs, an object. An input that is NOT_SET is `null`.
    pub inputs: Json,
}

/// Returns the requests of a call to data actions and webhooks, in order.
pub fn external_requests(trace: &Trace) -> Vec<ExternalRequest> {
    let mut found = Vec::new();
    let mut events = trace.events.iter().peekable();
    while let Some(event) = events.next() {
        match &event.kind {
            EventKind::Requested(request)
                if matches!(request.subject, Subject::DataAction | Subject::Webhook) =>
            {
                let (name, inputs) = (request.name.clone(), request.inputs.clone());
                found.push(ExternalRequest { name, inputs });
            }
            EventKind::Input(Field::DataAction, Value::String(name)) => {
                let mut inputs = Vec::new();
                while let Some(EventKind::Entry(entry)) = events
                    .peek()
                    .filter(|next| next.step == event.step)
                    .map(|next| &next.kind)
                    && !entry.of.is_output()
                {
                    inputs.push((entry.name.clone(), entry.value.to_json()));
                    events.next();
                }
                let (name, inputs) = (name.clone(), Json::object(inputs));
                found.push(ExternalRequest { name, inputs });
            }
            _ => {}
        }
    }
    found
}
