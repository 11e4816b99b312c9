//! Readable forms of a recorded answer.

use super::document::{Kind, Recording};
use crate::flow::read::node;
use crate::trace::execution::{ExecutionDocument, of_streamed, read};
use crate::trace::observation::Observation;

impl Recording {
    /// Returns the recorded execution document. A streamed event is converted to a
    /// document with the data that it contains. Returns `None` for a recording of a
    /// simulation.
    pub fn execution(&self) -> Option<ExecutionDocument> {
        if self.kind != Kind::Execution {
            return None;
        }
        // A document has the key `flow`; a streamed event does not.
        if self.response.get("flow").is_none()
            && let Some(document) = of_streamed(&self.response)
        {
            return Some(document);
        }
        read(&node(&self.response), &mut Vec::new())
    }

    /// Returns the recorded call in the form used for comparisons and replays; `None` if
    /// the response contains no call.
    pub fn observation(&self) -> Option<Observation> {
        match self.kind {
            Kind::Simulation => Observation::of_simulation(&self.response),
            Kind::Execution => {
                let document = self.execution().filter(|it| it.execution.is_some())?;
                Some(Observation::of_document(&document))
            }
        }
    }
}
