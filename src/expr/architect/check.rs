//! Assigns types to a tree: resolves names, chooses overloads, inserts implicit casts.
//!
//! All errors are collected. Parts that cannot be understood get the type Any, which fits
//! everywhere, so each error is reported once.

use crate::diagnostic::Code;
use crate::value::{Decimal, Kind, MAX_INTEGER, Text, Type, Value, properties_of};

use super::casts;
use super::functions::operators::{CHOICE, ITEM, of as operator_function};
use super::functions::{currencies, function};
use super::messages;
use super::names::Names;
use super::overloads::{self, Fit};
use super::problem::Problem;
use super::resolve::name;
use super::signature::{Function, Parameter};
use super::tree::{Form, Operator, Place, Segment, Tree};
use super::typed::{Typed, TypedCall, TypedForm};

/// Checks a tree, and converts its result to the expected type.
///
/// # Errors
/// Returns all errors, in the order of the text.
pub(super) fn check(
    tree: &Tree<'_>,
    names: &mut dyn Names,
    expected: Option<Type>,
) -> Result<Typed, Vec<Problem>> {
    let mut checker = Checker { names, problems: Vec::new() };
    let typed = checker.check(tree);
    let typed = match expected {
        Some(expected) => checker.expect(typed, expected),
        None => typed,
    };
    let mut problems = checker.problems;
    if problems.is_empty() {
        return Ok(typed);
    }
    problems.sort_by_key(|problem| problem.place);
    Err(problems)
}

pub(super) struct Checker<'n> {
    pub(super) names: &'n mut dyn Names,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn check(&mut self, tree: &Tree<'_>) -> Typed {
        let place = tree.place;
        match &tree.form {
            Form::NotSet => literal(Value::NotSet(Type::one(Kind::NotSet)), place),
            Form::Boolean(truth) => literal(Value::Boolean(*truth), place),
            Form::Integer(digits) => self.integer(digits, place),
            Form::Decimal(digits) => self.decimal(digits, place),
            Form::String(text) => literal(Value::string(&**text), place),
            Form::Name(segments) => name(self, segments, place),
            Form::Call { name, place: word, arguments } => {
                let arguments = self.all(arguments.iter());
                self.function_call(name, *word, arguments, place)
            }
            Form::Property(base, segment) => {
                let base = self.check(base);
                self.property(base, segment)
            }
            Form::Item(base, index) => self.item(base, index, place),
            Form::Unary(operator, operand) => self.unary(*operator, operand, place),
            Form::Binary { operator, symbol, sides } => {
                let arguments = self.all(sides.iter());
                let mut typed = self.call(operator_function(*operator), arguments, place);
                if let TypedForm::Call(call) = &mut typed.form {
                    call.shown = Text::from(*symbol);
                }
                typed
            }
            Form::Choice(parts) => {
                let arguments = self.all(parts.iter());
                self.call(&CHOICE, arguments, place)
            }
        }
    }

    fn all<'a, 't: 'a>(
        &mut self,
        trees: impl Iterator<Item = &'a Tree<'t>>,
    ) -> Vec<Typed> {
        trees.map(|tree| self.check(tree)).collect()
    }

    fn integer(&mut self, digits: &str, place: Place) -> Typed {
        match digits.parse::<i64>().ok().filter(|number| *number <= MAX_INTEGER) {
            Some(number) => literal(Value::Integer(number), place),
            None => {
                let message = "the largest Integer is 999,999,999,999,999";
                self.report(Code::OUT_OF_RANGE, place, message)
            }
        }
    }

    fn decimal(&mut self, digits: &str, place: Place) -> Typed {
        match Decimal::parse(digits) {
            Some(number) => literal(Value::Decimal(number), place),
            None => {
                let message = "a Decimal has at most 40 digits";
                self.report(Code::OUT_OF_RANGE, place, message)
            }
        }
    }

    /// Checks a unary operator. A minus before a number literal becomes part of the
    /// number.
    fn unary(&mut self, operator: Operator, operand: &Tree<'_>, place: Place) -> Typed {
        let mut operand = self.check(operand);
        if operator == Operator::Negate
            && let TypedForm::Literal(value) = &mut operand.form
        {
            let negative = match value {
                Value::Integer(number) => Some(Value::Integer(-*number)),
                Value::Decimal(number) => Some(Value::Decimal(number.negate())),
                _ => None,
            };
            if let Some(negative) = negative {
                *value = negative;
                operand.place = place;
                return operand;
            }
        }
        self.call(operator_function(operator), vec![operand], place)
    }

    fn function_call(
        &mut self,
        name: &str,
        word: Place,
        arguments: Vec<Typed>,
        place: Place,
    ) -> Typed {
        if let Some(function) = function(name) {
            return self.call(function, arguments, place);
        }
        self.problems.push(messages::unknown_function(name, word));
        unknown(place)
    }

    pub(super) fn property(&mut self, base: Typed, segment: &Segment<'_>) -> Typed {
        let place = (base.place.0, segment.place.1);
        match self.property_type(base.value_type, &segment.text, segment.place) {
            Some(holds) => {
                let name = Text::from(&*segment.text);
                Typed::new(TypedForm::Property(Box::new(base), name), holds, place)
            }
            None => unknown(place),
        }
    }

    /// Returns the type of a property. Reports a property that does not exist.
    fn property_type(&mut self, base: Type, name: &str, place: Place) -> Option<Type> {
        if !base.is_collection {
            let same = |known: &&(&str, Type)| known.0.eq_ignore_ascii_case(name);
            if let Some((_, holds)) = properties_of(base.kind).iter().find(same) {
                return Some(*holds);
            }
            match base.kind {
                Kind::Json => return Some(Type::one(Kind::Json)),
                Kind::Contact => return Some(Type::one(Kind::String)),
                // The error was reported, or the variable has no declaration.
                Kind::Any => return Some(Type::ANY),
                _ => {}
            }
        }
        self.problems.push(messages::unknown_member(base, name, place));
        None
    }

    /// Checks `collection[index]` or `object["property"]`.
    fn item(&mut self, base: &Tree<'_>, index: &Tree<'_>, place: Place) -> Typed {
        let base = self.check(base);
        let index = self.check(index);
        let is_name =
            index.value_type == Type::one(Kind::String) && !base.value_type.is_collection;
        let declared = match index.constant() {
            Some(Value::String(name)) if is_name => {
                let name = name.clone();
                match self.property_type(base.value_type, &name, index.place) {
                    Some(holds) => Some(holds),
                    None => return unknown(place),
                }
            }
            None if is_name && !properties_of(base.value_type.kind).is_empty() => {
                let message = "the name of a property must be a literal";
                return self.report(Code::WRONG_ARGUMENTS, index.place, message);
            }
            _ => None,
        };
        let mut typed = self.call(&ITEM, vec![index, base], place);
        if let Some(holds) = declared {
            typed.value_type = holds;
        }
        typed
    }

    /// Checks a call of a function or operator with checked arguments.
    pub(super) fn call(
        &mut self,
        function: &'static Function,
        arguments: Vec<Typed>,
        place: Place,
    ) -> Typed {
        let Some(fit) = overloads::resolve(function, &arguments) else {
            let given: Vec<Type> =
                arguments.iter().map(|argument| argument.value_type).collect();
            self.problems.push(messages::no_overload(function, &given, place));
            return unknown(place);
        };
        let arguments = arguments
            .into_iter()
            .enumerate()
            .map(|(index, argument)| self.argument(function, &fit, index, argument))
            .collect();
        let shown = Text::from(function.name);
        let call = TypedCall { function, overload: fit.overload, arguments, shown };
        Typed::new(TypedForm::Call(Box::new(call)), overloads::result(&fit), place)
    }

    fn argument(
        &mut self,
        function: &Function,
        fit: &Fit,
        index: usize,
        argument: Typed,
    ) -> Typed {
        let Some((parameter, wanted)) = overloads::wanted(fit, index) else {
            return argument;
        };
        if parameter.accepts_any_value {
            return argument;
        }
        let argument = self.adapt(argument, wanted);
        if let Some(problem) = refused_literal(function, parameter, &argument) {
            self.problems.push(problem);
        }
        argument
    }

    /// Converts the argument to the wanted type. The overload guarantees that the
    /// conversion exists.
    fn adapt(&mut self, mut argument: Typed, wanted: Type) -> Typed {
        let given = argument.value_type;
        if given == wanted || given == Type::ANY || wanted.kind == Kind::NotSet {
            return argument;
        }
        if let TypedForm::Literal(value @ Value::NotSet(_)) = &mut argument.form {
            let kind = match wanted.kind {
                Kind::PromptOrAudio => Kind::Audio,
                kind => kind,
            };
            *value = Value::NotSet(Type::one(kind));
            argument.value_type = Type::one(kind);
            return argument;
        }
        // NOT_SET without a type fits everywhere, and its conversion would need a conversion.
        if given == Type::one(Kind::NotSet) {
            return argument;
        }
        let target = match wanted.kind {
            Kind::PromptOrAudio if matches!(given.kind, Kind::Prompt | Kind::Audio) => {
                return argument;
            }
            Kind::PromptOrAudio => Type::one(Kind::Audio),
            _ => wanted,
        };
        match casts::cast(given, target) {
            Some(function) => {
                let place = argument.place;
                self.call(function, vec![argument], place)
            }
            None => argument,
        }
    }

    /// Converts the whole expression to the expected type.
    fn expect(&mut self, typed: Typed, expected: Type) -> Typed {
        let holds = typed.value_type;
        let fits = holds == expected || holds == Type::ANY || expected == Type::ANY;
        let is_not_set =
            holds.kind == Kind::NotSet && holds.is_collection == expected.is_collection;
        if fits {
            typed
        } else if is_not_set {
            self.adapt(typed, expected)
        } else if let Some(function) = casts::at_root(holds, expected) {
            let place = typed.place;
            self.call(function, vec![typed], place)
        } else {
            let message =
                format!("the expression has the type {holds}, expected {expected}");
            self.report(Code::WRONG_TYPE, typed.place, &message)
        }
    }

    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn report(&mut self, code: Code, place: Place, message: &str) -> Typed {
        self.problems.push(Problem::new(code, place, message));
        unknown(place)
    }
}

fn literal(value: Value, place: Place) -> Typed {
    let holds = value.type_of();
    Typed::new(TypedForm::Literal(value), holds, place)
}

pub(super) fn unknown(place: Place) -> Typed {
    Typed::new(TypedForm::Unknown, Type::ANY, place)
}

/// Checks a literal against the limits of the parameter at compile time.
fn refused_literal(
    function: &Function,
    parameter: &Parameter,
    argument: &Typed,
) -> Option<Problem> {
    let value = argument.constant();
    let name = parameter.name;
    if parameter.must_be_literal && value.is_none() && argument.value_type != Type::ANY {
        let message = format!("{name} must be a literal");
        return Some(Problem::new(Code::WRONG_ARGUMENTS, argument.place, message));
    }
    let value = value?;
    if let (Value::String(code), true) = (value, parameter.is_currency_code)
        && !currencies::is_code(code)
    {
        let message = currencies::refusal(code);
        return Some(Problem::new(Code::CONVERSION_FAILED, argument.place, message));
    }
    let message = messages::refusal(parameter, value)?;
    let code = messages::refusal_code(function, value);
    Some(Problem::new(code, argument.place, message))
}
