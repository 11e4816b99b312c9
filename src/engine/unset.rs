//! Failures because of values that are NOT_SET. Their messages name the variable, and the
//! action or function that found nothing.

use super::state::State;
use crate::diagnostic::Code;
use crate::expr::architect::{self, BUILT_INS, Expression, Read, UnsetPart};
use crate::flow::VariableId;
use crate::program::Program;
use crate::program::architect::Source;
use crate::trace::{EventKind, Failure};
use crate::value::Text;

impl State {
    /// Converts the failure of an expression. The message names what is NOT_SET.
    #[cold]
    pub(super) fn failure_of(
        &self,
        program: &Program,
        expression: &Expression,
        failure: &architect::Failure,
    ) -> Box<Failure> {
        let message = match failure.place() {
            Some(place) if failure.code() == Code::NOT_SET_NOT_ALLOWED => {
                let view = self.task_view(program).for_explanation();
                let parts = expression.unset_parts(place, &view);
                self.naming(program, failure.message(), &parts)
            }
            _ => failure.message().into(),
        };
        Failure::new(failure.code(), message)
    }

    /// Creates the failure of an input that is NOT_SET, and names its source.
    #[cold]
    pub(super) fn not_set(
        &self,
        program: &Program,
        what: &str,
        source: Option<&Source>,
    ) -> Box<Failure> {
        let parts = match source {
            Some(Source::Expression(expression)) => match expression.reads().as_slice() {
                [read] if expression.is_read() => vec![UnsetPart::Read(read.clone())],
                _ => vec![UnsetPart::Call(expression.text().clone())],
            },
            _ => Vec::new(),
        };
        let message = self.naming(program, &format!("{what} is NOT_SET"), &parts);
        Failure::new(Code::NOT_SET_NOT_ALLOWED, message)
    }

    /// Adds the names of the parts that are NOT_SET to a message, and where they were left
    /// NOT_SET.
    fn naming(&self, program: &Program, message: &str, parts: &[UnsetPart]) -> Text {
        let names: Vec<String> = parts
            .iter()
            .map(|part| match part {
                UnsetPart::Read(read) => {
                    let name = read.name(&program.symbols.variables);
                    format!("`{name}`{}", self.origin_of_unset(program, read))
                }
                UnsetPart::Call(text) if text.starts_with("Find") => {
                    format!("`{text}`, which found nothing")
                }
                UnsetPart::Call(text) => format!("`{text}`"),
            })
            .collect();
        match message.split_once(" is NOT_SET") {
            Some((before, after)) if !names.is_empty() => {
                format!("{before} ({}) is NOT_SET{after}", names.join("; ")).into()
            }
            _ => message.into(),
        }
    }

    /// Returns which action left a variable NOT_SET.
    fn origin_of_unset(&self, program: &Program, read: &Read) -> String {
        let id = VariableId(read.slot);
        if (id.0.wrapping_sub(program.built_in_first) as usize) < BUILT_INS.len() {
            return String::new();
        }
        let events = self.recorder.events.iter().rev();
        let mut last = events.filter_map(|event| match &event.kind {
            EventKind::Assigned(variable, value) if *variable == id => Some(value),
            _ => None,
        });
        if last.next().is_some_and(|value| !value.is_unset()) {
            return String::new();
        }
        // An action that found nothing may have assigned nothing.
        let steps = self.recorder.steps.get(..self.step as usize);
        let mut earlier = steps.unwrap_or_default().iter().rev();
        let Some(step) = earlier.find(|step| program.may_set(step.node, id)) else {
            return ", never set".into();
        };
        let label = program.symbols.node(step.node);
        format!(", left NOT_SET by {} `{}`", label.node_type, label.name)
    }
}
