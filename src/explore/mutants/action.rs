//! Changes of the action of a step: its conditions, values, queue, skills and times.

use crate::expr::draft::{Comparator, Condition, Operand as Part};
use crate::program::architect::{Action, Source, Statements, Switch, Target, Traced};
use crate::program::{If, Operand, Program, Step, StepAction};
use crate::value::{Duration, Value};

/// A kind of change, the change in words, and the changed action.
type Change = (&'static str, String, StepAction);

/// Returns the changed actions of a step.
pub(super) fn changes(program: &Program, step: &Step) -> Vec<Change> {
    match &step.action {
        StepAction::If(decision) => of_if(decision),
        StepAction::Gather(gather) => {
            let mut changed = gather.clone();
            changed.timeout_ms += 1_000;
            let words = "a second more until the timeout".to_owned();
            vec![("changed timeout", words, StepAction::Gather(changed))]
        }
        StepAction::Route(route) => {
            let mut changes = Vec::new();
            if !route.skills.is_empty() {
                let mut changed = route.clone();
                changed.skills = Box::default();
                let words = "no skills".to_owned();
                changes.push(("changed skills", words, StepAction::Route(changed)));
            }
            if let Some(priority) = route.priority {
                let mut changed = route.clone();
                changed.priority = Some(priority + 1);
                let words = format!("priority {} instead of {priority}", priority + 1);
                changes.push(("changed priority", words, StepAction::Route(changed)));
            }
            changes
        }
        StepAction::Architect(action) => of_architect(program, action),
        _ => Vec::new(),
    }
}

/// Returns an If with one condition changed.
fn of_if(decision: &If) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, branch) in decision.branches.iter().enumerate() {
        for (words, condition) in conditions(&branch.condition) {
            let mut changed = decision.clone();
            changed.branches[index].condition = condition;
            let changed = StepAction::If(Box::new(changed));
            changes.push(("changed condition", words, changed));
        }
    }
    changes
}

/// Returns variants of a condition: another comparison, another number, `any` instead of
/// `all`.
fn conditions(condition: &Condition<Operand>) -> Vec<(String, Condition<Operand>)> {
    let inner =
        |parts: &[Condition<Operand>],
         of: fn(Box<[Condition<Operand>]>) -> Condition<Operand>| {
            let mut found = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                for (words, changed) in conditions(part) {
                    let mut parts = parts.to_vec();
                    parts[index] = changed;
                    found.push((words, of(parts.into())));
                }
            }
            found
        };
    match condition {
        Condition::Any(parts) => {
            let mut found = inner(parts, Condition::Any);
            found.push(("`and` instead of `or`".into(), Condition::All(parts.clone())));
            found
        }
        Condition::All(parts) => {
            let mut found = inner(parts, Condition::All);
            found.push(("`or` instead of `and`".into(), Condition::Any(parts.clone())));
            found
        }
        Condition::Not(part) => {
            let parts = conditions(part).into_iter();
            parts.map(|(words, it)| (words, Condition::Not(Box::new(it)))).collect()
        }
        Condition::Compare(comparator, left, right) => compared(*comparator, left, right),
        Condition::Holds(_) => Vec::new(),
    }
}

fn compared(
    comparator: Comparator,
    left: &Part<Operand>,
    right: &Part<Operand>,
) -> Vec<(String, Condition<Operand>)> {
    let mut found = Vec::new();
    let other = match comparator {
        Comparator::Less => Some(("<=", Comparator::LessOrEqual)),
        Comparator::LessOrEqual => Some(("<", Comparator::Less)),
        Comparator::Greater => Some((">=", Comparator::GreaterOrEqual)),
        Comparator::GreaterOrEqual => Some((">", Comparator::Greater)),
        Comparator::Equal => Some(("!=", Comparator::NotEqual)),
        Comparator::NotEqual => Some(("==", Comparator::Equal)),
        _ => None,
    };
    if let Some((symbol, other)) = other {
        let words = format!("`{symbol}` as comparison");
        found.push((words, Condition::Compare(other, left.clone(), right.clone())));
    }
    if let Part::Literal(Value::Integer(number)) = right {
        for near in [number + 1, number - 1] {
            let words = format!("`{near}` instead of `{number}`");
            let right = Part::Literal(Value::Integer(near));
            found.push((words, Condition::Compare(comparator, left.clone(), right)));
        }
    }
    found
}

fn of_architect(program: &Program, action: &Action) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add = |kind, words, action: Action| {
        changes.push((kind, words, StepAction::Architect(Box::new(action))));
    };
    match action {
        Action::Decision(decision) => {
            for (words, condition) in traced(&decision.condition) {
                let mut changed = decision.clone();
                changed.condition = condition;
                add("changed condition", words, Action::Decision(changed));
            }
        }
        Action::Switch(switch) => {
            for (words, changed) in of_switch(switch) {
                add("changed condition", words, Action::Switch(changed));
            }
        }
        Action::UpdateData(statements) => {
            for (words, changed) in of_statements(statements) {
                add("changed value", words, Action::UpdateData(changed));
            }
        }
        Action::CollectInput(collect) => {
            let mut changed = collect.clone();
            if let Some(longer) = longer(&collect.no_entry) {
                changed.no_entry = longer;
                let words = "a second more until the timeout".to_owned();
                add("changed timeout", words, Action::CollectInput(changed));
            }
        }
        Action::Transfer(transfer) => {
            for (kind, words, target) in of_target(program, &transfer.target) {
                let mut changed = transfer.clone();
                changed.target = target;
                add(kind, words, Action::Transfer(changed));
            }
        }
        _ => {}
    }
    changes
}

/// Returns assignments with one value changed.
fn of_statements(statements: &Statements) -> Vec<(String, Statements)> {
    let mut changes = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        for (words, value) in sources(&statement.value) {
            let mut changed = statements.clone();
            changed[index].value = value;
            changes.push((words, changed));
        }
    }
    changes
}

/// Returns a switch with one case changed.
fn of_switch(switch: &Switch) -> Vec<(String, Switch)> {
    let mut changes = Vec::new();
    for (index, case) in switch.cases.iter().enumerate() {
        for (words, case) in traced(case) {
            let mut changed = switch.clone();
            changed.cases[index] = case;
            changes.push((words, changed));
        }
    }
    changes
}

/// Returns a transfer to another queue, without its skills, or with another priority.
fn of_target(program: &Program, target: &Target) -> Vec<(&'static str, String, Target)> {
    let Target::Acd(acd) = target else { return Vec::new() };
    let mut changes = Vec::new();
    let mut add =
        |kind, words, changed| changes.push((kind, words, Target::Acd(changed)));
    if let Source::Named(_, name) = &acd.queue {
        let other =
            queues(program).find(|it| !matches!(it, Source::Named(_, it) if it == name));
        if let Some(Source::Named(kind, other)) = other {
            let mut changed = acd.clone();
            changed.queue = Source::Named(*kind, other.clone());
            let words = format!("the queue `{other}` instead of `{name}`");
            add("replaced queue", words, changed);
        }
    }
    if !acd.skills.is_empty() {
        let mut changed = acd.clone();
        changed.skills = Box::default();
        add("changed skills", "no skills".to_owned(), changed);
    }
    for (words, priority) in sources(&acd.priority) {
        let mut changed = acd.clone();
        changed.priority = priority;
        add("changed priority", words, changed);
    }
    changes
}

/// The queues of all transfers.
fn queues(program: &Program) -> impl Iterator<Item = &Source> {
    program.steps.iter().filter_map(|step| match &step.action {
        StepAction::Architect(action) => match &**action {
            Action::Transfer(transfer) => match &transfer.target {
                Target::Acd(acd) => Some(&acd.queue),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// Returns the duration, a second longer.
fn longer(source: &Source) -> Option<Source> {
    let Source::Constant(Value::Duration(duration)) = source else { return None };
    let longer = Duration::from_milliseconds(duration.milliseconds() + 1_000)?;
    Some(Source::Constant(Value::Duration(longer)))
}

fn traced(traced: &Traced) -> Vec<(String, Traced)> {
    let with = |(words, source): (String, Source)| {
        (words, Traced { source, operands: traced.operands.clone() })
    };
    sources(&traced.source).into_iter().map(with).collect()
}

/// Returns variants of a value: those of its expression, or another constant.
fn sources(source: &Source) -> Vec<(String, Source)> {
    let constant = |words: String, value: Value| vec![(words, Source::Constant(value))];
    match source {
        Source::Expression(expression) => {
            let variants = expression.variants().into_iter();
            variants
                .map(|(words, it)| (words, Source::Expression(Box::new(it))))
                .collect()
        }
        Source::Constant(Value::Integer(number)) => {
            let words = format!("`{}` instead of `{number}`", number + 1);
            constant(words, Value::Integer(number + 1))
        }
        Source::Constant(Value::Boolean(truth)) => {
            let words = format!("`{}` instead of `{truth}`", !truth);
            constant(words, Value::Boolean(!truth))
        }
        Source::Constant(Value::String(text)) => {
            let words = format!("another string instead of `{text}`");
            constant(words, Value::String(format!("{text} (mutant)").into()))
        }
        _ => Vec::new(),
    }
}
