//! Outputs that no call takes, because of the values that the flows themselves assign: a
//! condition on variables that only get constants, and a comparison that does not fail.

use std::collections::BTreeSet;

use crate::engine::Call;
use crate::expr::architect::Directory;
use crate::expr::draft::{Condition, Form, Operand, Template};
use crate::flow::{FlowId, VariableType};
use crate::program::architect::{Action, Source, Switch, Traced};
use crate::program::{Program, Step, StepAction};
use crate::value::{Json, Text, Value, equal};

use super::analysed::{Analysed, first_node};
use super::possible::{Given, PossibleValues};
use super::{Decided, Reason, Verdict};

/// The number of values of a variable that a reason lists.
const MOST_LISTED: usize = 3;

/// Decides about goals that the searches left open. Calls start in these flows.
pub(super) fn decide(
    analysed: &Analysed<'_>,
    calls: &[Call],
    starts: &[FlowId],
    decided: &mut [Option<Decided>],
) {
    let program = analysed.program;
    let possible = PossibleValues::of(program, calls);
    let directory: &dyn Directory = analysed.fixtures;
    let taken: Vec<Option<BTreeSet<usize>>> =
        { program.steps.iter() }.map(|step| taken(step, &possible, directory)).collect();
    let graph = analysed.graph.without(program, &|node, output| {
        let taken = &taken[node.index()];
        taken.as_ref().is_some_and(|taken| !taken.contains(&output))
    });
    let firsts = starts.iter().filter_map(|flow| first_node(program, *flow));
    let is_near = graph.reach(firsts);
    for goal in decided.iter_mut().flatten() {
        if !matches!(goal.verdict, Verdict::Undecided(_)) {
            continue;
        }
        let step = &program.steps[goal.node.index()];
        let reason = match &goal.output {
            _ if !is_near[goal.node.index()] => Some(Reason::Impossible),
            Some(output) if output == "error" && never_fails(step) => {
                Some(Reason::NeverFails)
            }
            Some(output) => {
                let labels = &program.symbols.node(goal.node).outputs;
                let place = labels.iter().position(|label| label == output);
                let is_taken = taken[goal.node.index()].as_ref().zip(place);
                let is_taken = is_taken.is_none_or(|(taken, it)| taken.contains(&it));
                (!is_taken).then(|| Reason::NeverTrue(values(program, step, &possible)))
            }
            None => None,
        };
        if let Some(reason) = reason {
            goal.verdict = Verdict::Unreachable(reason);
        }
    }
}

/// Returns the outputs that a decision or switch may take. Returns `None` if it may take all.
fn taken(
    step: &Step,
    possible: &PossibleValues,
    directory: &dyn Directory,
) -> Option<BTreeSet<usize>> {
    let sources = conditions(step)?;
    let combinations = possible.combinations(&sources)?;
    let mut taken = BTreeSet::new();
    for values in combinations {
        let given = Given { values, directory };
        let value = |source: &Source| given.value(source).and_then(Result::ok);
        let output = match architect(step)? {
            Action::Decision(decision) => {
                let truth = value(&decision.condition.source);
                truth.map(|truth| usize::from(truth != Value::Boolean(true)))
            }
            Action::Switch(switch) => case(switch, &value),
            _ => return None,
        };
        taken.extend(output);
    }
    Some(taken)
}

/// Returns the output that a switch takes. Returns `None` if it fails.
fn case(switch: &Switch, value: &dyn Fn(&Source) -> Option<Value>) -> Option<usize> {
    let compared = match &switch.value {
        Some(compared) => Some(value(&compared.source)?),
        None => None,
    };
    for (place, case) in switch.cases.iter().enumerate() {
        let case = value(&case.source)?;
        let is_it = match &compared {
            Some(compared) => equal(compared, &case),
            None => case == Value::Boolean(true),
        };
        if is_it {
            return Some(place);
        }
    }
    Some(switch.cases.len())
}

fn architect(step: &Step) -> Option<&Action> {
    match &step.action {
        StepAction::Architect(action) => Some(action),
        _ => None,
    }
}

/// Returns the sources on which the output of a decision or switch depends.
fn conditions(step: &Step) -> Option<Vec<&Source>> {
    Some(match architect(step)? {
        Action::Decision(decision) => vec![&decision.condition.source],
        Action::Switch(switch) => {
            let all = switch.value.iter().chain(&switch.cases);
            all.map(|Traced { source, .. }| source).collect()
        }
        _ => return None,
    })
}

/// Returns the variables of a condition and all values that they can have, in words.
fn values(program: &Program, step: &Step, possible: &PossibleValues) -> Text {
    let mut slots: Vec<u32> = Vec::new();
    for source in conditions(step).into_iter().flatten() {
        source.each_expression(&mut |expression| slots.extend(expression.variables()));
    }
    let mut words: Vec<String> = Vec::new();
    for slot in slots {
        let (Some(name), Some(values)) =
            (program.symbols.variables.get(slot as usize), possible.get(slot))
        else {
            continue;
        };
        let mut listed: Vec<String> =
            values.iter().take(MOST_LISTED).map(shown).collect();
        if values.len() > MOST_LISTED {
            listed.push(format!("{} other values", values.len() - MOST_LISTED));
        }
        let sentence = format!("`{name}` is only {}", listed.join(" or "));
        if !words.contains(&sentence) {
            words.push(sentence);
        }
    }
    words.join(", and ").into()
}

fn shown(value: &Value) -> String {
    match value {
        unset if unset.is_unset() => "NOT_SET".to_owned(),
        value => format!("`{value}`"),
    }
}

/// Whether no execution of a step of a draft flow fails: an If that only compares values, or
/// a Set of strings that the flow contains.
pub(super) fn never_fails(step: &Step) -> bool {
    match &step.action {
        StepAction::If(decision) => {
            decision.branches.iter().all(|branch| only_compares(&branch.condition))
        }
        StepAction::Set(assignments) => assignments.iter().all(|assignment| {
            let is_kept = matches!(
                assignment.variable_type,
                VariableType::Unchanged | VariableType::String
            );
            let is_string = match &assignment.value {
                Form::Template(Template::Text(_)) => true,
                Form::Constant(json) => matches!(json, Json::String(_)),
                _ => false,
            };
            is_kept && is_string
        }),
        _ => false,
    }
}

fn only_compares<R>(condition: &Condition<R>) -> bool {
    let group = |operand: &Operand<R>| match operand {
        Operand::Group(inner) => only_compares(inner),
        _ => true,
    };
    match condition {
        Condition::Compare(_, left, right) => group(left) && group(right),
        Condition::Holds(operand) => match operand {
            Operand::Group(inner) => only_compares(inner),
            Operand::Literal(value) => matches!(value, Value::Boolean(_)),
            Operand::Null => true,
            Operand::Reference(_) => false,
        },
        Condition::Not(inner) => only_compares(inner),
        Condition::All(members) | Condition::Any(members) => {
            members.iter().all(only_compares)
        }
    }
}
