//! Evaluation of compiled expressions.

use crate::diagnostic::Code as DiagnosticCode;
use crate::value::{Type, Value};

use super::arguments::Arguments;
use super::budget::Budget;
use super::code::{Call, Code, PropertyCode, Shape};
use super::direct::{boolean, combined, comparison, existing_value};
use super::environment::Environment;
use super::failure::Failure;
use super::messages::{refusal, refusal_code};
use super::prompts;
use super::tree::Place;

/// The scope of an evaluation: variables and environment.
pub trait Scope {
    /// The value of a variable.
    fn variable(&self, slot: u32) -> &Value;

    /// The organisation, the clock and the random number generator.
    fn environment(&self) -> &dyn Environment;
}

/// One evaluation of an expression.
struct Run<'s, S: ?Sized> {
    scope: &'s S,
    budget: Budget,
}

/// Evaluates an expression.
pub(super) fn evaluate<S: Scope + ?Sized>(
    code: &Code,
    scope: &S,
) -> Result<Value, Failure> {
    if let Some(truth) = boolean(code, scope) {
        return Ok(Value::Boolean(truth));
    }
    let run = Run { scope, budget: Budget::for_evaluation() };
    let mut value = Value::NOT_SET;
    compute(code, &run, &mut value).map(|()| value)
}

/// Evaluates an expression, and puts its value in a place.
#[inline]
pub(super) fn evaluate_into<S: Scope + ?Sized>(
    code: &Code,
    scope: &S,
    place: &mut Value,
) -> Result<(), Failure> {
    // Most expressions of flows are a constant or a variable.
    if let Some(value) = existing_value(code, scope) {
        place.copy_from(value);
        return Ok(());
    }
    let run = Run { scope, budget: Budget::for_evaluation() };
    match code {
        Code::Call(call) if call.shape != Shape::Any => {
            place.put(Value::Boolean(compare(call, &run)?));
            Ok(())
        }
        Code::Call(call) => evaluate_call(call, &run, place),
        _ => match boolean(code, scope) {
            Some(truth) => {
                place.put(Value::Boolean(truth));
                Ok(())
            }
            None => compute(code, &run, place),
        },
    }
}

/// Evaluates a piece of code, and puts its value in a place. A returned value would be
/// moved several times, and each time wait for the writes of its parts.
fn compute<S: Scope + ?Sized>(
    code: &Code,
    run: &Run<'_, S>,
    place: &mut Value,
) -> Result<(), Failure> {
    match code {
        Code::Constant(value) => place.copy_from(value),
        Code::Variable(slot) => place.copy_from(run.scope.variable(*slot)),
        Code::And(..) | Code::Or(..) | Code::Not(..) => {
            place.put(Value::Boolean(truth(code, run)?));
        }
        Code::Choice(parts) => return compute(chosen(parts, run)?, run, place),
        Code::Prompt { is_system, name } => {
            *place =
                prompts::prompt(run.scope.environment().directory(), *is_system, name);
        }
        Code::Property(property) => *place = read_property(property, run)?,
        Code::Call(call) => return evaluate_call(call, run, place),
    }
    Ok(())
}

/// Evaluates a piece of code. Returns a reference without a copy if the value already
/// exists.
#[inline(always)]
fn peek<'v, S: Scope + ?Sized>(
    code: &'v Code,
    run: &'v Run<'_, S>,
    storage: &'v mut Value,
) -> Result<&'v Value, Failure> {
    match existing_value(code, run.scope) {
        Some(value) => Ok(value),
        None => {
            compute(code, run, storage)?;
            Ok(storage)
        }
    }
}

/// Evaluates a piece of code to a Boolean.
fn truth<S: Scope + ?Sized>(code: &Code, run: &Run<'_, S>) -> Result<bool, Failure> {
    match code {
        Code::And(sides, place) => {
            Ok(side(&sides[0], run, *place, "and")?
                && side(&sides[1], run, *place, "and")?)
        }
        Code::Or(sides, place) => {
            Ok(side(&sides[0], run, *place, "or")? || side(&sides[1], run, *place, "or")?)
        }
        Code::Not(operand, place) => side(operand, run, *place, "!").map(|truth| !truth),
        Code::Call(call) if call.shape != Shape::Any => compare(call, run),
        _ => Ok(truth_of(code, run)?.unwrap_or(false)),
    }
}

/// Evaluates an operand of `and`, `or` or `!`, which refuse NOT_SET.
#[inline]
fn side<S: Scope + ?Sized>(
    code: &Code,
    run: &Run<'_, S>,
    place: Place,
    operator: &str,
) -> Result<bool, Failure> {
    match code {
        Code::And(..) | Code::Or(..) | Code::Not(..) => truth(code, run),
        Code::Call(call) if call.shape != Shape::Any => compare(call, run),
        _ => match truth_of(code, run)? {
            Some(truth) => Ok(truth),
            None => Err(unset_side(place, operator)),
        },
    }
}

/// Evaluates a Boolean that may be NOT_SET.
#[inline(never)]
fn truth_of<S: Scope + ?Sized>(
    code: &Code,
    run: &Run<'_, S>,
) -> Result<Option<bool>, Failure> {
    let mut storage = Value::NOT_SET;
    Ok(match peek(code, run, &mut storage)? {
        Value::Boolean(truth) => Some(*truth),
        _ => None,
    })
}

#[cold]
fn unset_side(place: Place, operator: &str) -> Failure {
    let message = format!("an operand of `{operator}` is NOT_SET");
    Failure::new(DiagnosticCode::NOT_SET_NOT_ALLOWED, message).at(place)
}

/// Returns the branch that the condition selects. NOT_SET counts as false.
fn chosen<'c, S: Scope + ?Sized>(
    parts: &'c [Code; 3],
    run: &Run<'_, S>,
) -> Result<&'c Code, Failure> {
    let [condition, yes, no] = parts;
    let truth = match boolean(condition, run.scope) {
        Some(truth) => truth,
        None => truth(condition, run)?,
    };
    Ok(if truth { yes } else { no })
}

fn evaluate_call<S: Scope + ?Sized>(
    call: &Call,
    run: &Run<'_, S>,
    place: &mut Value,
) -> Result<(), Failure> {
    if call.shape != Shape::Any {
        place.put(Value::Boolean(compare(call, run)?));
        return Ok(());
    }
    if let Some(number) = combined(call, run.scope) {
        place.put(Value::Integer(number));
        return Ok(());
    }
    match &*call.arguments {
        [] => invoke_into(call, &[], run, place),
        [one] => {
            if let Some(value) = existing_value(one, run.scope) {
                return invoke_into(call, &[value], run, place);
            }
            let mut storage = Value::NOT_SET;
            invoke_into(call, &[peek(one, run, &mut storage)?], run, place)
        }
        [one, two] => {
            if let Some(first) = existing_value(one, run.scope)
                && let Some(second) = existing_value(two, run.scope)
            {
                return invoke_into(call, &[first, second], run, place);
            }
            let (mut first, mut second) = (Value::NOT_SET, Value::NOT_SET);
            let values = [peek(one, run, &mut first)?, peek(two, run, &mut second)?];
            invoke_into(call, &values, run, place)
        }
        more => evaluate_many(call, more, run, place),
    }
}

#[inline(never)]
fn evaluate_many<S: Scope + ?Sized>(
    call: &Call,
    arguments: &[Code],
    run: &Run<'_, S>,
    place: &mut Value,
) -> Result<(), Failure> {
    let computed = |code: &Code| {
        let mut value = Value::NOT_SET;
        compute(code, run, &mut value).map(|()| Some(value))
    };
    let storage: Vec<Option<Value>> = arguments
        .iter()
        .map(|code| match code {
            Code::Constant(_) | Code::Variable(_) => Ok(None),
            _ => computed(code),
        })
        .collect::<Result<_, _>>()?;
    let nothing = Value::NOT_SET;
    let values: Vec<&Value> = arguments
        .iter()
        .zip(&storage)
        .map(|(code, storage)| match (code, storage) {
            (Code::Constant(value), _) | (_, Some(value)) => value,
            (Code::Variable(slot), _) => run.scope.variable(*slot),
            _ => &nothing,
        })
        .collect();
    invoke_into(call, &values, run, place)
}

/// Calls a function, and puts its result in a place.
fn invoke_into<S: Scope + ?Sized>(
    call: &Call,
    values: &[&Value],
    run: &Run<'_, S>,
    place: &mut Value,
) -> Result<(), Failure> {
    let result = invoke(call, values, run.scope.environment(), &run.budget);
    match &result {
        // These results own nothing.
        Ok(Value::Integer(number)) => place.put(Value::Integer(*number)),
        Ok(Value::Boolean(truth)) => place.put(Value::Boolean(*truth)),
        _ => {
            *place = result?;
            return Ok(());
        }
    }
    std::mem::forget(result);
    Ok(())
}

/// Evaluates a comparison.
#[inline]
fn compare<S: Scope + ?Sized>(call: &Call, run: &Run<'_, S>) -> Result<bool, Failure> {
    match comparison(call, run.scope) {
        Some(truth) => Ok(truth),
        None => compare_any(call, run),
    }
}

#[inline(never)]
fn compare_any<S: Scope + ?Sized>(
    call: &Call,
    run: &Run<'_, S>,
) -> Result<bool, Failure> {
    let [one, two] = &*call.arguments else { return Ok(false) };
    let (mut first, mut second) = (Value::NOT_SET, Value::NOT_SET);
    let values = [peek(one, run, &mut first)?, peek(two, run, &mut second)?];
    let value = invoke(call, &values, run.scope.environment(), &run.budget)?;
    Ok(matches!(value, Value::Boolean(true)))
}

/// Checks the values against the parameters, then calls the function.
pub(super) fn invoke(
    call: &Call,
    values: &[&Value],
    environment: &dyn Environment,
    budget: &Budget,
) -> Result<Value, Failure> {
    let arguments = Arguments {
        values,
        environment,
        function: call.function,
        overload: call.overload,
        result: call.result,
    };
    if call.refuses_not_set || call.has_limits {
        verify(call, &arguments)?;
    }
    let result = budget.read(values).and_then(|()| (call.evaluate)(&arguments));
    let problem = match &result {
        Ok(value) => budget.write(value).err(),
        Err(_) => None,
    };
    match problem {
        None if result.is_ok() => result,
        problem => failed(call, result, problem),
    }
}

/// Returns the failure of a call, with its place.
#[cold]
fn failed(
    call: &Call,
    result: Result<Value, Failure>,
    problem: Option<Failure>,
) -> Result<Value, Failure> {
    let failure = problem.or(result.err());
    failure.map_or(Ok(Value::NOT_SET), |failure| Err(failure.at(call.place)))
}

/// Checks the values against the limits of the parameters.
#[inline]
fn verify(call: &Call, arguments: &Arguments<'_>) -> Result<(), Failure> {
    let parameters = call.overload.parameters;
    let last = parameters.len().saturating_sub(1);
    for (index, value) in arguments.values.iter().enumerate() {
        let Some(parameter) = parameters.get(index.min(last)) else { break };
        if matches!(value, Value::NotSet(_)) {
            if !parameter.allows_not_set {
                return Err(unset(call, arguments, parameter.name));
            }
        } else if call.has_limits
            && (parameter.range.is_some() || parameter.refuses_zero)
            && let Some(message) = refusal(parameter, value)
        {
            return Err(refused(call, arguments, &message, value));
        }
    }
    Ok(())
}

#[cold]
fn unset(call: &Call, arguments: &Arguments<'_>, name: &str) -> Failure {
    let message = format!("{name} is NOT_SET");
    arguments.fail(DiagnosticCode::NOT_SET_NOT_ALLOWED, &message).at(call.place)
}

#[cold]
fn refused(
    call: &Call,
    arguments: &Arguments<'_>,
    message: &str,
    value: &Value,
) -> Failure {
    arguments.fail(refusal_code(call.function, value), message).at(call.place)
}

/// Reads a property. Reading a property of NOT_SET is a failure, as documented for the
/// dot in the catalogue. A missing property is NOT_SET of its type, or an empty
/// collection.
fn read_property<S: Scope + ?Sized>(
    property: &PropertyCode,
    run: &Run<'_, S>,
) -> Result<Value, Failure> {
    let mut storage = Value::NOT_SET;
    let base = peek(&property.base, run, &mut storage)?;
    if let Value::NotSet(holds) = base {
        return Err(property_of_not_set(property, *holds));
    }
    let found = base.property(&property.name);
    Ok(found.unwrap_or_else(|| Value::unset(property.value_type)))
}

#[cold]
fn property_of_not_set(property: &PropertyCode, holds: Type) -> Failure {
    let message =
        format!("cannot read property `{}`: the {holds} is NOT_SET", property.name);
    Failure::new(DiagnosticCode::NOT_SET_NOT_ALLOWED, message).at(property.place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::environment::Environment;
    use super::super::expression::Expression;
    use super::super::names::Declarations;
    use super::super::trial::Empty;
    use super::*;
    use crate::expr::laws::laws;
    use crate::value::{Decimal, Kind, Type};

    struct Given(Vec<Value>);

    impl Scope for Given {
        fn variable(&self, slot: u32) -> &Value {
            &self.0[slot as usize]
        }

        fn environment(&self) -> &dyn Environment {
            &Empty
        }
    }

    /// Computes every value and calls every function, without any fast path.
    fn evaluate_generically(code: &Code, run: &Run<'_, Given>) -> Result<Value, Failure> {
        let truth = |code: &Code, place: Place, name: &str| match evaluate_generically(
            code, run,
        )? {
            Value::Boolean(truth) => Ok(truth),
            _ => Err(unset_side(place, name)),
        };
        Ok(match code {
            Code::Constant(value) => value.clone(),
            Code::Variable(slot) => run.scope.variable(*slot).clone(),
            Code::And(sides, place) => Value::Boolean(
                truth(&sides[0], *place, "and")? && truth(&sides[1], *place, "and")?,
            ),
            Code::Or(sides, place) => Value::Boolean(
                truth(&sides[0], *place, "or")? || truth(&sides[1], *place, "or")?,
            ),
            Code::Not(side, place) => Value::Boolean(!truth(side, *place, "!")?),
            Code::Choice(parts) => {
                let holds = evaluate_generically(&parts[0], run)? == Value::Boolean(true);
                evaluate_generically(&parts[if holds { 1 } else { 2 }], run)?
            }
            Code::Prompt { .. } | Code::Property(_) => {
                let mut value = Value::NOT_SET;
                compute(code, run, &mut value)?;
                value
            }
            Code::Call(call) => {
                let values: Vec<Value> = call
                    .arguments
                    .iter()
                    .map(|argument| evaluate_generically(argument, run))
                    .collect::<Result<_, _>>()?;
                let values: Vec<&Value> = values.iter().collect();
                invoke(call, &values, run.scope.environment(), &run.budget)?
            }
        })
    }

    fn integers() -> BoxedStrategy<Value> {
        prop_oneof![
            4 => (-2_i64..3).prop_map(Value::Integer),
            1 => Just(Value::NotSet(Type::one(Kind::Integer))),
        ]
        .boxed()
    }

    fn decimals() -> BoxedStrategy<Value> {
        prop_oneof![
            4 => prop::sample::select(vec!["-1.5", "0.0", "1.0", "1.5"])
                .prop_map(|text| Value::Decimal(Decimal::parse(text).unwrap())),
            1 => Just(Value::NotSet(Type::one(Kind::Decimal))),
        ]
        .boxed()
    }

    fn string_values() -> BoxedStrategy<Value> {
        prop_oneof![
            4 => prop::sample::select(vec!["", "a", "A", "é", "ab"]).prop_map(Value::from),
            1 => Just(Value::NotSet(Type::one(Kind::String))),
        ]
        .boxed()
    }

    /// A comparison, or a combination of comparisons.
    fn conditions() -> BoxedStrategy<String> {
        let number = prop::sample::select(vec![
            "Flow.i",
            "Flow.j",
            "Flow.d",
            "Length(Flow.s)",
            "Length(\"é\")",
            "Count(Flow.l)",
            "0",
            "1.0",
            "Flow.i + 1",
            "ToInt(Flow.d)",
            "Length(Flow.s + Flow.t)",
        ]);
        let text = prop::sample::select(vec![
            "Flow.s",
            "Flow.t",
            "\"a\"",
            "Upper(Flow.s)",
            "Flow.s + Flow.t",
        ]);
        let operator = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
        prop_oneof![
            (number.clone(), operator.clone(), number)
                .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
            (text.clone(), operator, text)
                .prop_map(|(left, operator, right)| format!("{left} {operator} {right}")),
            Just("Flow.b".to_owned()),
            Just("IsSet(Flow.i)".to_owned()),
        ]
        .prop_recursive(3, 8, 3, combinations)
        .boxed()
    }

    fn combinations(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(left, right)| format!("({left} and {right})")),
            pair.clone().prop_map(|(left, right)| format!("({left} or {right})")),
            pair.clone().prop_map(|(left, right)| format!("(({left}) == ({right}))")),
            (inner.clone(), pair)
                .prop_map(|(one, (two, three))| format!("If({one}, {two}, {three})")),
            inner.prop_map(|inner| format!("!({inner})")),
        ]
        .boxed()
    }

    laws! {
        times 12;

        /// The fast paths produce the same values and the same failures.
        #[test]
        fn fast_paths_agree_with_generic_evaluation(
            text in conditions(),
            (i, j, d) in (integers(), integers(), decimals()),
            (s, t) in (string_values(), string_values()),
            b in prop::sample::select(vec![
                Value::Boolean(true), Value::Boolean(false), Value::NotSet(Type::one(Kind::Boolean)),
            ]),
            count in 0_usize..3,
        ) {
            let mut list = Value::unset(Type::many(Kind::Integer));
            if let Value::Collection(items) = &mut list {
                std::sync::Arc::make_mut(items).items = vec![Value::Integer(1); count];
            }
            let mut names = Declarations::new();
            for (name, kind) in [
                ("Flow.i", Kind::Integer), ("Flow.j", Kind::Integer), ("Flow.d", Kind::Decimal),
                ("Flow.s", Kind::String), ("Flow.t", Kind::String), ("Flow.b", Kind::Boolean),
            ] {
                names.declare(name, Type::one(kind));
            }
            names.declare("Flow.l", Type::many(Kind::Integer));
            let given = Given(vec![i, j, d, s, t, b, list]);
            let expression = Expression::compile(&text, &mut names, None).unwrap();
            let run = Run { scope: &given, budget: Budget::for_evaluation() };
            let expected = expression.with(|code| evaluate_generically(code, &run));
            prop_assert_eq!(expression.evaluate(&given), expected.clone());
            let before = Value::from("before");
            let mut place = before.clone();
            let result = expression.evaluate_into(&given, &mut place);
            let value = expected.as_ref().unwrap_or(&before);
            prop_assert_eq!((&result.err(), &place), (&expected.as_ref().err().cloned(), value));
        }
    }
}
