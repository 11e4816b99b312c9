//! The variables that are visible to an expression: those of the flow, those of its unit,
//! and Architect's built-in variables.

use crate::expr::architect::{BUILT_INS, Declarations, Names, Segment, Variable};
use crate::flow::architect::{self, ArchitectFlow, Unit};
use crate::flow::check::spelling::Spelling;
use crate::value::{Text, Type};

use super::unavailable_variable::is_available;

/// Scopes whose variables are not declared in the document, or not where they are used.
/// The slots of a bot belong to its language model.
const UNDECLARED: [&str; 1] = ["slot."];

/// The variables of a flow and of the unit that is being checked.
pub(super) struct Scope<'f> {
    flow: Declarations,
    unit: Declarations,
    entered: Option<&'f Unit>,
    flow_type: Text,
    spelling: &'f Spelling,
}

impl<'f> Scope<'f> {
    /// Creates the scope of a flow.
    pub(super) fn new(flow: &ArchitectFlow, spelling: &'f Spelling) -> Self {
        let flow_type = flow.flow_type.clone();
        let (flow, unit) = (declared(&flow.variables), Declarations::new());
        Self { flow, unit, entered: None, flow_type, spelling }
    }

    /// Sets the unit that is being checked.
    pub(super) fn enter(&mut self, unit: Option<&'f Unit>) {
        let is_same = match (self.entered, unit) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.unit = unit.map(of_unit).unwrap_or_default();
            self.entered = unit;
        }
    }

    /// Returns the type that the flow or the unit declares for a variable.
    pub(super) fn declared(&self, name: &str) -> Option<Type> {
        self.unit.get(name).or(self.flow.get(name)).map(|(_, holds)| holds)
    }

    /// Whether a full name is that of a variable.
    pub(super) fn knows(&self, name: &str) -> bool {
        let lower_case = name.to_lowercase();
        self.unit.get(name).or(self.flow.get(name)).is_some()
            || is_undeclared(&lower_case)
            || BUILT_INS.iter().any(|known| known.name.eq_ignore_ascii_case(&lower_case))
    }
}

/// Returns the variables of a unit, including those of the tasks in a menu's choices.
fn of_unit(unit: &Unit) -> Declarations {
    let mut declarations = declared(&unit.variables);
    for variable in architect::variables_of_choices(unit) {
        declarations.declare(&variable.name.value, variable.value_type);
    }
    declarations
}

fn declared(variables: &[architect::Variable]) -> Declarations {
    let mut declarations = Declarations::new();
    for variable in variables {
        declarations.declare(&variable.name.value, variable.value_type);
    }
    declarations
}

fn is_undeclared(lower_case: &str) -> bool {
    UNDECLARED.iter().any(|scope| lower_case.starts_with(scope))
}

/// The slots are meaningless here, because nothing is evaluated.
impl Names for Scope<'_> {
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<Variable> {
        let words: Vec<&str> =
            name.iter().take(2).map(|segment| &*segment.text).collect();
        let whole = words.join(".");
        if self.unit.get(&whole).is_some() {
            return self.unit.variable(name);
        }
        self.flow.variable(name).or_else(|| {
            is_undeclared(&whole.to_lowercase()).then(|| Variable {
                slot: 0,
                value_type: Type::ANY,
                name: Text::from(whole),
                length: 2,
            })
        })
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        let count = self.unit.len() + self.flow.len() + BUILT_INS.len();
        let declared = self.unit.iter().chain(self.flow.iter());
        let names = declared.map(|(name, _)| name.as_str());
        let built_ins = BUILT_INS.iter().map(|known| known.name);
        let names =
            names.chain(built_ins.filter(|name| is_available(&self.flow_type, name)));
        self.spelling.nearest(name, count, names).map(Text::from)
    }
}
