//! Coverage of a run.

use std::sync::Arc;

use super::event::CaseResult;
use super::load::Library;
use crate::analysis::coverage::Coverage;
use crate::program::Program;

/// Collects the coverage of the calls of a run.
#[derive(Debug, Default)]
pub struct Covered(Vec<(Arc<Program>, Coverage)>);

impl Covered {
    /// Adds a call.
    pub fn add(&mut self, result: &CaseResult) {
        if let (Some(trace), Some(program)) = (&result.trace, &result.program) {
            self.of(program).add(trace);
        }
    }

    /// Returns the coverage of every program of a library, in order, including programs
    /// without calls.
    pub fn into_all(mut self, library: &Library) -> Vec<(Arc<Program>, Coverage)> {
        let mut all = Vec::new();
        for program in library.programs() {
            self.of(program);
            let place = self.0.iter().position(|(known, _)| Arc::ptr_eq(known, program));
            all.extend(place.map(|place| self.0.swap_remove(place)));
        }
        all
    }

    fn of(&mut self, program: &Arc<Program>) -> &mut Coverage {
        let place = self.0.iter().position(|(known, _)| Arc::ptr_eq(known, program));
        let place = place.unwrap_or_else(|| {
            self.0.push((Arc::clone(program), Coverage::new(program)));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }
}
