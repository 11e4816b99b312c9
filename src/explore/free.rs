//! Responses of data actions: success with examples of the results, failure and timeout.

use crate::flow::{NodeId, VariableId};
use crate::program::architect::{Action, Binding, DataActionCall, Lookup};
use crate::program::{Program, StepAction};
use crate::value::{Json, Kind, Text, Type};
use crate::world::{Answer, Response};

use super::constants::Constants;
use super::domain::{Context, Domain};
use super::verdict::Gap;

/// The largest number of combinations of results that are tried one by one: for a proof,
/// and without one.
const MOST_COMBINATIONS: usize = 256;
const MOST_WITHOUT_PROOF: usize = 64;

/// A time after which every action has given up, in milliseconds: a day.
const TOO_LATE_MS: i64 = 24 * 60 * 60 * 1_000;

/// A result and its values to try; `None` leaves it out.
pub(super) struct Field {
    pub(super) name: Text,
    /// One value of each class, then further examples. Expressions that have no effect on
    /// the path of a call may fail for some of them.
    pub(super) values: Vec<Option<Json>>,
    /// The number of values that are tried in every combination with other results.
    pub(super) combined: usize,
    /// Whether the combined values are all that have a different effect.
    pub(super) is_whole: bool,
}

impl Context<'_> {
    /// Returns the outcomes of a data action: success with examples of its results, failure
    /// and timeout.
    pub(super) fn responses(&self, node: NodeId) -> Domain {
        let fields = match &self.program.steps[node.index()].action {
            StepAction::DataAction(call) => {
                let fields = call.response.fields.iter();
                fields.map(|(name, _)| self.untyped(name)).collect()
            }
            StepAction::Architect(action) => match &**action {
                Action::Lookup(Lookup::DataAction(call)) => self.results(node, call),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let is_failure_read = match self.data_action(node) {
            Some(call) => call.failure.iter().any(|it| self.is_bound(node, it)),
            None => false,
        };
        let response = |status, output: Json, latency_ms| {
            Answer::Response(Response { status, output, latency_ms })
        };
        let (bodies, is_whole) = combinations(&fields);
        let bodies = bodies.into_iter().map(Json::object);
        let mut answers: Vec<Answer> = bodies.map(|it| response(200, it, 0)).collect();
        let nothing = response(200, Json::object([]), 0);
        if !answers.contains(&nothing) {
            answers.push(nothing);
        }
        answers.push(response(500, Json::object([]), 0));
        let failure = self.failure(node);
        answers.extend(failure.map(|output| response(500, output, 0)));
        answers.push(response(200, Json::object([]), TOO_LATE_MS));
        let is_cut = !is_whole || is_failure_read;
        Domain { answers, cut: is_cut.then_some(Gap::Results) }
    }

    /// Returns the body of a failure with every result.
    fn failure(&self, node: NodeId) -> Option<Json> {
        let results = self.data_action(node)?.failure.iter().filter_map(|binding| {
            let field = self.field_of(node, &binding.name, binding.variable?);
            Some((field.name, field.values.into_iter().next()??))
        });
        let results: Vec<(Text, Json)> = results.collect();
        (!results.is_empty()).then(|| Json::object(results))
    }

    fn data_action(&self, node: NodeId) -> Option<&DataActionCall> {
        match &self.program.steps[node.index()].action {
            StepAction::Architect(action) => match &**action {
                Action::Lookup(Lookup::DataAction(call)) => Some(call),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_bound(&self, node: NodeId, binding: &Binding) -> bool {
        self.is_read(node, binding.variable)
    }

    fn results(&self, node: NodeId, call: &DataActionCall) -> Vec<Field> {
        let field =
            |binding: &Binding| Some(self.result(node, &binding.name, binding.variable?));
        call.success.iter().filter_map(field).collect()
    }

    /// A result for a variable that a step sets. If no later step reads it, one example is
    /// enough; without any, an expression that is not part of states might fail.
    pub(super) fn result(
        &self,
        node: NodeId,
        name: &Text,
        variable: VariableId,
    ) -> Field {
        let mut field = self.field_of(node, name, variable);
        if !self.is_read(node, Some(variable)) {
            field.values.truncate(1);
            field.combined = 1;
            field.is_whole = true;
        }
        field
    }

    /// A result for a variable that a step sets, with all examples.
    pub(super) fn field_of(
        &self,
        node: NodeId,
        name: &Text,
        variable: VariableId,
    ) -> Field {
        let holds = type_of(self.program, node, variable).unwrap_or(Type::ANY);
        let examples = field(&self.constants.of_variable(variable.0), name, holds);
        let Some(classes) = self.classes.results(variable) else { return examples };
        let mut values: Vec<Option<Json>> = classes.iter().cloned().map(Some).collect();
        values.push(None);
        plainest_first(&mut values);
        let combined = values.len();
        for value in examples.values {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Field { name: name.clone(), values, combined, is_whole: true }
    }

    /// A result of any type.
    fn untyped(&self, name: &Text) -> Field {
        let mut values: Vec<Option<Json>> =
            [true, false].map(|it| Some(Json::Boolean(it))).into();
        let (texts, numbers) =
            (self.constants.text_examples(), self.constants.whole_numbers());
        values.extend(texts.into_iter().chain(numbers).map(Some));
        values.push(None);
        let combined = values.len();
        Field { name: name.clone(), values, combined, is_whole: false }
    }
}

/// A result of a type: its examples, and none.
fn field(constants: &Constants, name: &Text, holds: Type) -> Field {
    let examples = constants.examples(holds).into_iter().map(Some);
    let mut values: Vec<Option<Json>> = examples.chain([None]).collect();
    plainest_first(&mut values);
    let is_whole = holds.kind == Kind::Boolean && !holds.is_collection;
    let combined = values.len();
    Field { name: name.clone(), values, combined, is_whole }
}

/// Sorts values. States that agree in everything that is read keep the first value, and
/// other expressions accept a plain value most often, and a blank string least.
fn plainest_first(values: &mut [Option<Json>]) {
    let text = |value: &Option<Json>| match value {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    };
    values.sort_by_key(|value| match text(value) {
        Some(text) => (text.trim().is_empty(), text != "1"),
        None => (false, true),
    });
}

/// Returns the type of a variable that a step sets.
pub(super) fn type_of(
    program: &Program,
    node: NodeId,
    variable: VariableId,
) -> Option<Type> {
    let own = program.sequence_of(node).map(|it| &program.sequence(it).variables);
    let own = own.and_then(|variables| variables.get(variable));
    own.map(|variable| variable.value_type)
        .or_else(|| program.value_type(program.steps[node.index()].flow, variable))
}

/// Returns combinations of the values: all if there are few, and each other value with the
/// first value of the other fields. Also returns whether they are all that have a
/// different effect.
pub(super) fn combinations(fields: &[Field]) -> (Vec<Vec<(Text, Json)>>, bool) {
    let total =
        fields.iter().try_fold(1_usize, |total, field| total.checked_mul(field.combined));
    let may_prove = fields.iter().all(|field| field.is_whole);
    let most = if may_prove { MOST_COMBINATIONS } else { MOST_WITHOUT_PROOF };
    let total = total.filter(|total| *total <= most);
    let is_whole = total.is_some() && may_prove;
    let body = |choose: &dyn Fn(usize) -> usize| {
        let chosen = fields.iter().enumerate().filter_map(|(index, field)| {
            let value = field.values.get(choose(index))?.clone()?;
            Some((field.name.clone(), value))
        });
        chosen.collect::<Vec<_>>()
    };
    let combined = |number: usize, index: usize| {
        let before: usize = fields[..index].iter().map(|field| field.combined).product();
        number / before % fields[index].combined
    };
    let mut bodies: Vec<Vec<(Text, Json)>> = match total {
        Some(total) => {
            (0..total).map(|number| body(&|index| combined(number, index))).collect()
        }
        None => vec![body(&|_| 0)],
    };
    for (varied, field) in fields.iter().enumerate() {
        let first = if total.is_some() { field.combined } else { 1 };
        for value in first..field.values.len() {
            bodies.push(body(&|index| if index == varied { value } else { 0 }));
        }
    }
    (bodies, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, count: usize) -> Field {
        let values = (0..count).map(|it| Some(Json::Boolean(it == 0))).collect();
        Field { name: name.into(), values, combined: count, is_whole: true }
    }

    #[test]
    fn few_values_are_combined_in_every_way() {
        let (bodies, is_whole) = combinations(&[field("a", 2), field("b", 2)]);
        assert_eq!((bodies.len(), is_whole), (4, true));
        assert_eq!(combinations(&[]).0, [vec![]]);
    }

    #[test]
    fn further_examples_are_varied_one_by_one() {
        let more = Field { combined: 1, ..field("a", 3) };
        let (bodies, is_whole) = combinations(&[more, field("b", 2)]);
        assert_eq!((bodies.len(), is_whole), (4, true));
    }

    #[test]
    fn many_values_are_varied_one_by_one() {
        let fields: Vec<Field> = (0..9).map(|it| field(&it.to_string(), 2)).collect();
        let (bodies, is_whole) = combinations(&fields);
        assert_eq!((bodies.len(), is_whole), (10, false));
    }
}
