//! A recording as a comparison sees it.

use super::document::{Kind, Recording};
use crate::trace::observation::Observation;

impl Recording {
    /// The recorded call in the form in which calls are compared; nothing if the response
    /// holds none.
    pub fn observation(&self) -> Option<Observation> {
        match self.kind {
            Kind::Simulation => Observation::of_simulation(&self.response),
            Kind::Execution => Some(Observation::of_document(&self.execution()?)),
        }
    }
}
