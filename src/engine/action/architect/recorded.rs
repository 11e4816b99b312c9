//! Actions that tell the platform something.

use super::{Outcome, by_output, values};
use crate::engine::conversation::LANGUAGES;
use crate::engine::state::{Effect, State};
use crate::expr::architect::BUILT_INS;
use crate::flow::VariableId;
use crate::program::architect::{Change, Recorded, Source};
use crate::program::{Program, Step};
use crate::trace::Failure;
use crate::value::Value;

pub(super) fn execute(
    state: &mut State,
    program: &Program,
    step: &Step,
    recorded: &Recorded,
) -> Outcome {
    values::inputs(state, program, &recorded.inputs)?;
    match &recorded.change {
        Change::Nothing => {}
        Change::Language(language) => set_language(state, program, language)?,
        Change::BuiltIn(name, source) => {
            let value = state.value(program, source)?;
            let id = BUILT_INS.iter().zip(program.built_in_first..);
            let mut id = id.filter(|(known, _)| known.name == *name);
            if let Some((_, id)) = id.next() {
                state.assign(program, VariableId(id), value)?;
            }
        }
        Change::EndFlow => return Ok(Effect::EndCall),
    }
    Ok(by_output(step, 0))
}

/// From now on the participant hears and reads this language.
fn set_language(
    state: &mut State,
    program: &Program,
    language: &Source,
) -> Result<(), Box<Failure>> {
    let value = state.value(program, language)?;
    match &value {
        Value::String(language) if !language.is_empty() => {
            for name in LANGUAGES {
                state.conversation.set(name, value.clone());
            }
            Ok(())
        }
        _ => Err(values::not_set("the language")),
    }
}
