//! Recording a list of things, several at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use twox_hash::XxHash64;

use super::body::text;
use super::client::Client;
use super::failure::Failure;
use crate::recording::{Kind, Origin, RecordedFlow, Recording};
use crate::value::{Json, Text};

/// Something to record.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// What a simulation answers to this request, which names its flow.
    Simulation {
        /// The request.
        request: Json,
    },
    /// The documents of these executions, by their ids; they are prepared together.
    Executions {
        /// Their ids.
        ids: Vec<Text>,
    },
}

/// What came of it.
#[derive(Debug)]
pub enum Event {
    /// Something was recorded; it is not redacted yet.
    Recorded(Box<Recording>),
    /// Something could not be.
    Failed {
        /// What: the id of a flow or of an execution.
        what: Text,
        /// Why.
        failure: Failure,
    },
    /// Of a flow nobody knows which version answers.
    VersionUnknown {
        /// The id of the flow.
        flow: Text,
        /// Why.
        failure: Failure,
    },
}

impl Task {
    /// The id that a recording of a simulation will have: the same request to the same
    /// service has the same one.
    pub fn simulation_id(service: &str, request: &Json) -> Text {
        let hash = XxHash64::oneshot(0, format!("{service}\n{request}").as_bytes());
        Text::from(format!("{hash:016x}"))
    }
}

/// Records everything, with so many workers, and tells of each thing when it is done, from
/// whichever worker did it. Ends early when the client's clock is stopped, and when all that
/// is left would fail alike.
pub fn record(
    client: &Client,
    tasks: &[Task],
    workers: usize,
    tell: impl Fn(Event) + Sync,
) {
    let work = Work { client, tell: &tell, flows: Mutex::default() };
    let (next, is_over) = (AtomicUsize::new(0), OnceLock::new());
    let worker = || {
        while is_over.get().is_none() && !client.clock().is_stopped() {
            let task = tasks.get(next.fetch_add(1, Ordering::Relaxed));
            let Some(task) = task else { break };
            if let Err(End) = work.run(task) {
                // Another worker may have met the same end.
                let _ = is_over.set(());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, tasks.len().max(1)) {
            scope.spawn(worker);
        }
    });
}

/// Nothing else is going to succeed.
struct End;

/// What the workers share.
struct Work<'w> {
    client: &'w Client,
    tell: &'w (dyn Fn(Event) + Sync),
    flows: Mutex<BTreeMap<Text, Arc<OnceLock<RecordedFlow>>>>,
}

impl Work<'_> {
    fn run(&self, task: &Task) -> Result<(), End> {
        match task {
            Task::Simulation { request } => self.simulation(request),
            Task::Executions { ids } => self.executions(ids),
        }
    }

    fn simulation(&self, request: &Json) -> Result<(), End> {
        let id = text(request, "flowId").unwrap_or_default();
        let flow = self.flow(&id)?;
        let simulated = self.client.simulate(request).and_then(|response| {
            if matches!(response.get("trace"), Some(Json::Array(_))) {
                return Ok(response);
            }
            let request = "the simulation".to_owned();
            Err(Failure::Unexpected { request, reason: "has no `trace`".to_owned() })
        });
        let response = self.kept(&id, simulated)?;
        let Some(response) = response else { return Ok(()) };
        let recording = Recording {
            id: Task::simulation_id(self.client.service().base_url(), request),
            recorded_at: Some(self.client.clock().now().to_string().into()),
            flow,
            request: Some(request.clone()),
            ..self.recording(Kind::Simulation, response)
        };
        (self.tell)(Event::Recorded(Box::new(recording)));
        Ok(())
    }

    fn executions(&self, ids: &[Text]) -> Result<(), End> {
        let what = ids.first().cloned().unwrap_or_default();
        let Some(prepared) = self.kept(&what, self.client.prepare(ids))? else {
            return Ok(());
        };
        for (id, address) in prepared {
            let document = address.and_then(|address| self.document(&id, &address));
            if let Some(recording) = self.kept(&id, document)? {
                (self.tell)(Event::Recorded(Box::new(recording)));
            }
        }
        Ok(())
    }

    fn document(&self, id: &Text, address: &str) -> Result<Recording, Failure> {
        let document = self.client.download(address)?;
        let Some(flow) = document.get("flow").filter(|it| matches!(it, Json::Object(_)))
        else {
            let request = format!("the download of {id}");
            let reason = "is no execution document: it has no `flow`".to_owned();
            return Err(Failure::Unexpected { request, reason });
        };
        Ok(Recording {
            id: id.clone(),
            recorded_at: text(flow, "startDateTime"),
            flow: RecordedFlow {
                id: text(flow, "flowId"),
                name: text(flow, "flowName"),
                version: text(flow, "flowVersion"),
                kind: text(flow, "flowType"),
            },
            ..self.recording(Kind::Execution, document)
        })
    }

    fn recording(&self, kind: Kind, response: Json) -> Recording {
        let source = Origin {
            base_url: Some(self.client.service().base_url().into()),
            file: None,
            format: Some(kind.name().into()),
        };
        Recording { source, ..Recording::new(kind, response) }
    }

    /// What the service says of a flow, asked for once. Who may simulate a flow may not be
    /// allowed to look at it: that is told, and its version stays unknown.
    fn flow(&self, id: &Text) -> Result<RecordedFlow, End> {
        let mut flows = self.flows.lock().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::clone(flows.entry(id.clone()).or_default());
        drop(flows);
        let mut end = false;
        let flow = known.get_or_init(|| match self.client.flow(id) {
            Ok(flow) => recorded_flow(id, &flow),
            Err(failure) => {
                end = failure.is_final();
                let flow = id.clone();
                if end {
                    self.tell_failed(flow, failure);
                } else {
                    (self.tell)(Event::VersionUnknown { flow, failure });
                }
                RecordedFlow { id: Some(id.clone()), ..RecordedFlow::default() }
            }
        });
        if end { Err(End) } else { Ok(flow.clone()) }
    }

    /// A result; a failure is told, and ends the work if all that is left would fail alike.
    fn kept<T>(&self, what: &Text, result: Result<T, Failure>) -> Result<Option<T>, End> {
        let failure = match result {
            Ok(value) => return Ok(Some(value)),
            Err(failure) => failure,
        };
        let is_final = failure.is_final();
        self.tell_failed(what.clone(), failure);
        if is_final { Err(End) } else { Ok(None) }
    }

    fn tell_failed(&self, what: Text, failure: Failure) {
        if failure != Failure::Stopped {
            (self.tell)(Event::Failed { what, failure });
        }
    }
}

/// The version of the platform is an object with an id, ours is a text or a number.
fn recorded_flow(id: &Text, flow: &Json) -> RecordedFlow {
    let version = |key| match flow.get(key)? {
        Json::Integer(number) => Some(Text::from(number.to_string())),
        Json::Object(_) => flow.get(key).and_then(|version| text(version, "id")),
        _ => text(flow, key),
    };
    RecordedFlow {
        id: text(flow, "id").or_else(|| Some(id.clone())),
        name: text(flow, "name"),
        version: version("publishedVersion").or_else(|| version("version")),
        kind: text(flow, "type"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_objects_texts_or_numbers() {
        let version = |flow| {
            let flow = recorded_flow(&"f".into(), &Json::parse(flow).unwrap());
            flow.version.unwrap_or_default().to_string()
        };
        assert_eq!(
            version(r#"{"publishedVersion": {"id": "13.0"}, "version": 2}"#),
            "13.0"
        );
        assert_eq!(version(r#"{"version": "7"}"#), "7");
        assert_eq!(version(r#"{"version": 7}"#), "7");
        assert_eq!(version("{}"), "");
    }

    #[test]
    fn the_same_request_to_the_same_service_has_the_same_id() {
        let request = Json::parse(r#"{"flowId": "a"}"#).unwrap();
        let id = |service| Task::simulation_id(service, &request);
        assert_eq!(id("https://a"), id("https://a"));
        assert_ne!(id("https://a"), id("https://b"));
    }
}
