//! Parallel recording of a list of tasks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use twox_hash::XxHash64;

use super::body::text;
use super::client::Client;
use super::failure::Failure;
use crate::recording::{Kind, Origin, RecordedFlow, Recording};
use crate::value::{Json, Text};

/// A recording task.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Records the response of a simulation; the request names its flow.
    Simulation {
        /// The simulation request.
        request: Json,
        /// Name for messages: a test, a file or a recording.
        name: Text,
        /// Id of the recording that this one replaces.
        id: Option<Text>,
    },
    /// Records the documents of these executions, which are prepared together.
    Executions {
        /// Ids of the executions.
        ids: Vec<Text>,
    },
}

/// Result of a task.
#[derive(Debug)]
pub enum Event {
    /// Something was recorded; it is not yet redacted.
    Recorded(Box<Recording>),
    /// Something could not be recorded.
    Failed {
        /// Name of the simulation, or id of the execution.
        what: Text,
        /// Cause of the failure.
        failure: Failure,
    },
    /// Something was not requested, because the run ended before.
    NotTried {
        /// Name of the simulation, or id of the execution.
        what: Text,
    },
    /// The version of a flow on the service is unknown.
    VersionUnknown {
        /// Id of the flow.
        flow: Text,
        /// Cause of the failure.
        failure: Failure,
    },
}

impl Task {
    /// Returns the names of the recordings of the task.
    fn names(&self) -> Vec<Text> {
        match self {
            Self::Simulation { name, .. } => vec![name.clone()],
            Self::Executions { ids } => ids.clone(),
        }
    }

    /// Returns the id of a simulation's recording. The same request to the same service
    /// always has the same id.
    pub fn simulation_id(service: &str, request: &Json) -> Text {
        let hash = XxHash64::oneshot(0, format!("{service}\n{request}").as_bytes());
        Text::from(format!("{hash:016x}"))
    }
}

/// Records all tasks with the given number of workers, and calls `report` for each
/// result, from the worker that produced it. Ends early when the client's clock is
/// stopped, and when all remaining tasks would fail, too.
pub fn record(
    client: &Client,
    tasks: &[Task],
    workers: usize,
    report: impl Fn(Event) + Sync,
) {
    let work = Work { client, report: &report, flows: Mutex::default() };
    let (next, is_over) = (AtomicUsize::new(0), OnceLock::new());
    let worker = || {
        while is_over.get().is_none() && !client.clock().is_stopped() {
            let task = tasks.get(next.fetch_add(1, Ordering::Relaxed));
            let Some(task) = task else { break };
            if let Err(End) = work.run(task) {
                // Another worker may have reported the same end.
                let _ = is_over.set(());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers.clamp(1, tasks.len().max(1)) {
            scope.spawn(worker);
        }
    });
    let rest = tasks.get(next.into_inner()..).unwrap_or_default();
    for what in rest.iter().flat_map(Task::names) {
        report(Event::NotTried { what });
    }
}

/// Signal that no remaining task can succeed.
struct End;

/// State shared by the workers.
struct Work<'w> {
    client: &'w Client,
    report: &'w (dyn Fn(Event) + Sync),
    flows: Mutex<BTreeMap<Text, Arc<OnceLock<RecordedFlow>>>>,
}

impl Work<'_> {
    fn run(&self, task: &Task) -> Result<(), End> {
        match task {
            Task::Simulation { request, name, id } => {
                self.simulation(request, name, id.as_ref())
            }
            Task::Executions { ids } => self.executions(ids),
        }
    }

    fn simulation(
        &self,
        request: &Json,
        name: &Text,
        earlier: Option<&Text>,
    ) -> Result<(), End> {
        let id = text(request, "flowId").unwrap_or_default();
        let flow = self.flow(&id, name)?;
        let simulated = self.client.simulate(request).and_then(|response| {
            if matches!(response.get("trace"), Some(Json::Array(_))) {
                return Ok(response);
            }
            let request = "the simulation".to_owned();
            Err(Failure::Unexpected { request, reason: "has no `trace`".to_owned() })
        });
        let response = self.kept(name, simulated)?;
        let Some(response) = response else { return Ok(()) };
        let id = || Task::simulation_id(self.client.service().base_url(), request);
        let recording = Recording {
            id: earlier.cloned().unwrap_or_else(id),
            recorded_at: Some(self.client.clock().now().to_string().into()),
            flow,
            request: Some(request.clone()),
            ..self.recording(Kind::Simulation, response)
        };
        (self.report)(Event::Recorded(Box::new(recording)));
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
                (self.report)(Event::Recorded(Box::new(recording)));
            }
        }
        Ok(())
    }

    fn document(&self, id: &Text, address: &str) -> Result<Recording, Failure> {
        let document = self.client.download(address)?;
        let recording = self.recording(Kind::Execution, document);
        let Some(document) = recording.execution() else {
            let request = format!("the download of {id}");
            let reason = "is not an execution document: it has no `flow`".to_owned();
            return Err(Failure::Unexpected { request, reason });
        };
        Ok(Recording {
            id: id.clone(),
            recorded_at: document.start.clone(),
            flow: RecordedFlow::of_document(&document),
            ..recording
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

    /// Returns the service's description of a flow, requested once. A user may be allowed
    /// to simulate a flow but not to read it; this is reported, and the version stays
    /// unknown.
    fn flow(&self, id: &Text, name: &Text) -> Result<RecordedFlow, End> {
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
                    self.report_failed(name.clone(), failure);
                } else {
                    (self.report)(Event::VersionUnknown { flow, failure });
                }
                RecordedFlow { id: Some(id.clone()), ..RecordedFlow::default() }
            }
        });
        if end { Err(End) } else { Ok(flow.clone()) }
    }

    /// Unwraps a result. A failure is reported, and ends the work if all remaining tasks
    /// would fail, too.
    fn kept<T>(&self, what: &Text, result: Result<T, Failure>) -> Result<Option<T>, End> {
        let failure = match result {
            Ok(value) => return Ok(Some(value)),
            Err(failure) => failure,
        };
        let is_final = failure.is_final();
        self.report_failed(what.clone(), failure);
        if is_final { Err(End) } else { Ok(None) }
    }

    fn report_failed(&self, what: Text, failure: Failure) {
        (self.report)(match failure {
            Failure::Stopped => Event::NotTried { what },
            failure => Event::Failed { what, failure },
        });
    }
}

/// Converts the flow's description. The platform's version is an object with an id,
/// flowsim's is a string or a number.
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
    fn versions_are_objects_strings_or_numbers() {
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
