//! Conversion of recordings to observations, for comparisons.

use super::document::{Kind, Recording};
use crate::trace::observation::Observation;

impl Recording {
    /// Returns the recorded call in the form used for comparisons; `None` if the response
    /// contains no call.
    pub fn observation(&self) -> Option<Observation> {
        match self.kind {
            Kind::Simulation => Observation::of_simulation(&self.response),
            Kind::Execution => Some(Observation::of_document(&self.execution()?)),
        }
    }
}
