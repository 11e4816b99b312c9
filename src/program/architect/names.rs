//! Resolves the variable names in expressions to the ids that a session uses.

use indexmap::IndexMap;

use super::{Variable, Variables};
use crate::diagnostic::nearest;
use crate::expr::architect::{self, BUILT_INS, Segment};
use crate::flow::{FlowId, SequenceId, VariableId};
use crate::program::Program;
use crate::value::{Text, Type};

/// Ids and types by name. The names are in lower case, because Architect ignores case.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    variables: IndexMap<Text, (VariableId, Type, Text)>,
}

impl Scope {
    pub(super) fn declare(&mut self, name: &Text, variable: &Variable) {
        let entry = (variable.id, variable.value_type, name.clone());
        self.variables.insert(name.to_lowercase(), entry);
    }

    /// Returns the variable with this full name.
    pub(super) fn declared(&self, name: &str) -> Option<(VariableId, Type)> {
        self.get(&name.to_lowercase()).map(|(id, holds, _)| (*id, *holds))
    }

    fn get(&self, lower_case: &str) -> Option<&(VariableId, Type, Text)> {
        self.variables.get(lower_case)
    }
}

/// The names that are visible to an action: those of its task, of its flow, and
/// Architect's built-in variables.
pub(super) struct Names<'c> {
    pub(super) task: &'c Scope,
    pub(super) flow: &'c Scope,
    /// The id of the first built-in variable.
    pub(super) built_in_first: u32,
    /// Whether problems suggest similar names. Checks suggest them before a call.
    pub(super) suggests: bool,
}

impl Names<'_> {
    /// Returns the variable with this full name.
    pub(super) fn named(&self, name: &str) -> Option<(VariableId, Type)> {
        self.find(&name.to_lowercase()).map(|(id, holds, _)| (id, holds))
    }

    fn find(&self, lower_case: &str) -> Option<(VariableId, Type, Text)> {
        let declared = self.task.get(lower_case).or_else(|| self.flow.get(lower_case));
        declared.cloned().or_else(|| {
            let is_named = |known: &str| known.eq_ignore_ascii_case(lower_case);
            let index = BUILT_INS.iter().position(|known| is_named(known.name))?;
            let known = &BUILT_INS[index];
            let id = VariableId(self.built_in_first + u32::try_from(index).ok()?);
            Some((id, known.value_type, known.name.into()))
        })
    }
}

impl architect::Names for Names<'_> {
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<architect::Variable> {
        let mut words = name.iter().take(2).map(|segment| segment.text.to_lowercase());
        let first = words.next()?;
        let whole = words.next().map(|second| format!("{first}.{second}"));
        let found = whole.and_then(|whole| Some((self.find(&whole)?, 2)));
        let ((id, holds, name), length) =
            found.or_else(|| Some((self.find(&first)?, 1)))?;
        Some(architect::Variable { slot: id.0, value_type: holds, name, length })
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        if !self.suggests {
            return None;
        }
        let declared = self.task.variables.values().chain(self.flow.variables.values());
        let names = declared.map(|(_, _, name)| name.as_str());
        nearest(name, names.chain(BUILT_INS.iter().map(|known| known.name)))
            .map(Text::from)
    }
}

/// The variables that are visible in a running task, for expressions that are compiled
/// during a call.
#[derive(Debug, Clone)]
pub struct VisibleVariables {
    task: Scope,
    flow: Scope,
    built_in_first: u32,
}

impl VisibleVariables {
    /// Returns the variables that are visible in a task, menu or state of a flow. Returns
    /// `None` for draft flows.
    pub fn of(
        program: &Program,
        flow: FlowId,
        sequence: Option<SequenceId>,
    ) -> Option<Self> {
        let part = program.unit(flow).architect.as_deref()?;
        let scope = |variables: &Variables| {
            let mut scope = Scope::default();
            for variable in &variables.list {
                // The counters of loops have no names.
                if let Some(name) = program.symbols.variables.get(variable.id.index())
                    && !name.is_empty()
                {
                    scope.declare(name, variable);
                }
            }
            scope
        };
        let task = sequence.map(|id| scope(&program.sequence(id).variables));
        Some(Self {
            task: task.unwrap_or_default(),
            flow: scope(&part.variables),
            built_in_first: program.built_in_first,
        })
    }

    /// Returns the variable with this full name, and its type.
    pub fn named(&self, name: &str) -> Option<(VariableId, Type)> {
        self.all().named(name)
    }

    fn all(&self) -> Names<'_> {
        let Self { task, flow, built_in_first } = self;
        Names { task, flow, built_in_first: *built_in_first, suggests: true }
    }
}

impl architect::Names for VisibleVariables {
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<architect::Variable> {
        self.all().variable(name)
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        self.all().suggestion(name)
    }
}
