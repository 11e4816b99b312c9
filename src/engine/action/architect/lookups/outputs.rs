//! Results of lookups.

use super::super::values::note_named;
use crate::engine::state::State;
use crate::program::Program;
use crate::program::architect::Binding;
use crate::trace::{Failure, Field};
use crate::value::Value;

/// Records named results and assigns them to their variables.
pub(super) fn named_outputs(
    state: &mut State,
    program: &Program,
    field: Field,
    results: Vec<(&Binding, Value)>,
) -> Result<(), Box<Failure>> {
    for (binding, value) in &results {
        note_named(state, field, binding.name.clone(), value);
    }
    for (binding, value) in results {
        if let Some(variable) = binding.variable {
            state.assign(program, variable, &value)?;
        }
    }
    Ok(())
}
