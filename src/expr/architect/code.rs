//! Compiled code: variables are slots, overloads are chosen, and constants are computed.

use crate::value::{Kind, Text, Type, Value};

use super::budget::Budget;
use super::environment::{Directory, Environment, UnknownOrganization};
use super::evaluate::invoke;
use super::functions::logical::BRANCH;
use super::signature::{Category, Evaluate, Function, Overload, Parameter, Varying};
use super::tree::Place;
use super::typed::{Typed, TypedCall, TypedForm};
use crate::value::DateTime;

/// An expression or a part of one, ready for evaluation.
#[derive(Debug, Clone)]
pub(super) enum Code {
    Constant(Value),
    Variable(u32),
    /// A conjunction. The second operand is evaluated only if the first is true.
    And(Box<[Code; 2]>, Place),
    /// A disjunction. The second operand is evaluated only if the first is false.
    Or(Box<[Code; 2]>, Place),
    Not(Box<Code>, Place),
    /// A choice between the second and third part, depending on the first.
    Choice(Box<[Code; 3]>),
    /// A prompt, looked up during evaluation.
    Prompt {
        is_system: bool,
        name: Text,
    },
    Property(Box<PropertyCode>),
    Call(Box<Call>),
}

#[derive(Debug, Clone)]
pub(super) struct PropertyCode {
    pub(super) base: Code,
    pub(super) name: Text,
    pub(super) value_type: Type,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) function: &'static Function,
    pub(super) overload: &'static Overload,
    pub(super) evaluate: Evaluate,
    pub(super) arguments: Box<[Code]>,
    pub(super) result: Type,
    pub(super) place: Place,
    pub(super) shape: Shape,
    /// A fast path from two Integers to the result.
    pub(super) combine: Option<Combine>,
    /// Whether a parameter refuses NOT_SET.
    pub(super) refuses_not_set: bool,
    /// Whether a parameter has a range or refuses zero.
    pub(super) has_limits: bool,
}

/// An operation on two Integers.
pub(super) type Combine = fn(i64, i64) -> Option<i64>;

/// Returns the operation of a call that adds, subtracts or multiplies two Integers.
fn combine_of(function: &Function, overload: &Overload) -> Option<Combine> {
    let integer = Type::one(Kind::Integer);
    let [one, two] = overload.parameters else { return None };
    if function.category != Category::Operators
        || [one.wanted, two.wanted] != [integer, integer]
    {
        return None;
    }
    match function.name {
        "+" => Some(i64::checked_add),
        "-" => Some(i64::checked_sub),
        "*" => Some(i64::checked_mul),
        _ => None,
    }
}

/// Calls that are common enough for a fast path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Shape {
    /// Returns the comparison with its operands in the other order.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            other => other,
        }
    }

    fn of(function: &Function) -> Self {
        if function.category != Category::Operators {
            return Self::Any;
        }
        match function.name {
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            _ => Self::Any,
        }
    }
}

impl Code {
    /// Visits the slot of every variable. The recursion is as deep as the expression's
    /// nesting.
    pub(super) fn each_variable(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Self::Variable(slot) => visit(*slot),
            _ => self.each_part(&mut |part| part.each_variable(visit)),
        }
    }

    /// Visits every constant string. The recursion is as deep as the expression's nesting.
    pub(super) fn each_string(&self, visit: &mut dyn FnMut(&Text)) {
        match self {
            Self::Constant(Value::String(text)) => visit(text),
            _ => self.each_part(&mut |part| part.each_string(visit)),
        }
    }

    /// Visits the operands, one level below.
    pub(super) fn each_part(&self, visit: &mut dyn FnMut(&Self)) {
        match self {
            Self::Constant(_) | Self::Prompt { .. } | Self::Variable(_) => {}
            Self::And(parts, _) | Self::Or(parts, _) => parts.iter().for_each(visit),
            Self::Not(part, _) => visit(part),
            Self::Choice(parts) => parts.iter().for_each(visit),
            Self::Property(property) => visit(&property.base),
            Self::Call(call) => call.arguments.iter().for_each(visit),
        }
    }

    /// The place in the text, of the forms that have one.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::And(_, place) | Self::Or(_, place) | Self::Not(_, place) => {
                Some(*place)
            }
            Self::Property(property) => Some(property.place),
            Self::Call(call) => Some(call.place),
            Self::Constant(_)
            | Self::Prompt { .. }
            | Self::Variable(_)
            | Self::Choice(_) => None,
        }
    }
}

impl Code {
    /// The parts of the code, in the order of the text.
    pub(super) fn parts(&self) -> &[Self] {
        match self {
            Self::Constant(_) | Self::Variable(_) | Self::Prompt { .. } => &[],
            Self::And(parts, _) | Self::Or(parts, _) => &**parts,
            Self::Not(part, _) => std::slice::from_ref(part),
            Self::Choice(parts) => &**parts,
            Self::Property(property) => std::slice::from_ref(&property.base),
            Self::Call(call) => &call.arguments,
        }
    }

    /// The parts of the code, in the order of the text, to change them.
    pub(super) fn parts_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Constant(_) | Self::Variable(_) | Self::Prompt { .. } => &mut [],
            Self::And(parts, _) | Self::Or(parts, _) => &mut **parts,
            Self::Not(part, _) => std::slice::from_mut(part),
            Self::Choice(parts) => &mut **parts,
            Self::Property(property) => std::slice::from_mut(&mut property.base),
            Self::Call(call) => &mut call.arguments,
        }
    }

    /// Whether a part reads something that changes during a call.
    pub(super) fn varies_with(&self, varying: Varying) -> bool {
        let own = match self {
            Self::Call(call) => call.overload.varies == Some(varying),
            _ => false,
        };
        own || self.parts().iter().any(|part| part.varies_with(varying))
    }

    /// Whether a part looks up objects of the organisation. Operators read only its
    /// policies.
    pub(super) fn reads_organisation(&self) -> bool {
        let own = match self {
            Self::Call(call) => {
                call.overload.reads_environment
                    && call.overload.varies.is_none()
                    && call.function.category != Category::Operators
            }
            _ => false,
        };
        own || self.parts().iter().any(Self::reads_organisation)
    }

    /// Visits every constant.
    pub(super) fn each_constant(&self, visit: &mut dyn FnMut(&Value)) {
        if let Self::Constant(value) = self {
            visit(value);
        }
        self.parts().iter().for_each(|part| part.each_constant(visit));
    }
}

/// Compiles a checked tree.
pub(super) fn compile(typed: Typed) -> Code {
    compile_within(typed, &Budget::for_constants())
}

fn compile_within(typed: Typed, budget: &Budget) -> Code {
    match typed.form {
        TypedForm::Literal(value) | TypedForm::Named(value, _) => Code::Constant(value),
        TypedForm::Variable(slot, _) => Code::Variable(slot),
        TypedForm::Prompt { is_system, name } => Code::Prompt { is_system, name },
        TypedForm::Property(base, name) => {
            property(compile_within(*base, budget), name, typed.value_type, typed.place)
        }
        TypedForm::Call(call) => {
            compile_call(*call, typed.value_type, typed.place, budget)
        }
        TypedForm::Unknown => Code::Constant(Value::NOT_SET),
    }
}

fn property(base: Code, name: Text, holds: Type, place: Place) -> Code {
    if let Code::Constant(value) = &base
        && !matches!(value, Value::NotSet(_))
        && let Some(value) = value.property(&name)
    {
        return Code::Constant(value);
    }
    Code::Property(Box::new(PropertyCode { base, name, value_type: holds, place }))
}

fn compile_call(call: TypedCall, result: Type, place: Place, budget: &Budget) -> Code {
    let compiled = |argument| compile_within(argument, budget);
    let arguments: Vec<Code> = call.arguments.into_iter().map(compiled).collect();
    let arguments = match special(call.function, call.overload, arguments, place) {
        Ok(code) => return code,
        Err(arguments) => arguments,
    };
    let refuses = |parameter: &Parameter| !parameter.allows_not_set;
    let limits =
        |parameter: &Parameter| parameter.refuses_zero || parameter.range.is_some();
    let call = Call {
        function: call.function,
        overload: call.overload,
        evaluate: call.overload.evaluate,
        arguments: arguments.into(),
        result,
        place,
        shape: Shape::of(call.function),
        combine: combine_of(call.function, call.overload),
        refuses_not_set: call.overload.parameters.iter().any(refuses),
        has_limits: call.overload.parameters.iter().any(limits),
    };
    match folded(&call, budget) {
        Some(value) => Code::Constant(value),
        None => Code::Call(Box::new(call)),
    }
}

/// Compiles operations that do not evaluate all of their arguments.
fn special(
    function: &'static Function,
    overload: &'static Overload,
    arguments: Vec<Code>,
    place: Place,
) -> Result<Code, Vec<Code>> {
    match function.name {
        "and" => pair(arguments, |sides| Code::And(sides, place)),
        "or" => pair(arguments, |sides| Code::Or(sides, place)),
        "!" => {
            let [operand]: [Code; 1] = arguments.try_into()?;
            Ok(match operand {
                Code::Constant(Value::Boolean(truth)) => {
                    Code::Constant(Value::Boolean(!truth))
                }
                operand => Code::Not(Box::new(operand), place),
            })
        }
        "If" | "?" => {
            let parts: [Code; 3] = arguments.try_into()?;
            let [condition, yes, no] = parts;
            let checked = |branch, place| checked(function, overload, branch, place);
            let (yes, no) = (checked(yes, place), checked(no, place));
            Ok(match condition {
                Code::Constant(Value::Boolean(true)) => yes,
                Code::Constant(_) => no,
                condition => Code::Choice(Box::new([condition, yes, no])),
            })
        }
        _ => Err(arguments),
    }
}

/// Returns a branch of `If` or `? :` as a call that refuses NOT_SET, if its parameter does.
/// Only the chosen branch is evaluated, so only that one is refused.
fn checked(
    function: &'static Function,
    overload: &'static Overload,
    branch: Code,
    place: Place,
) -> Code {
    let refuses = overload.returns == Type::one(Kind::Audio);
    match branch {
        Code::Constant(value) if !value.is_unset() => Code::Constant(value),
        branch if refuses => Code::Call(Box::new(Call {
            function,
            overload: &BRANCH,
            evaluate: BRANCH.evaluate,
            arguments: Box::new([branch]),
            result: overload.returns,
            place,
            shape: Shape::Any,
            combine: None,
            refuses_not_set: true,
            has_limits: false,
        })),
        branch => branch,
    }
}

fn pair(
    arguments: Vec<Code>,
    make: impl FnOnce(Box<[Code; 2]>) -> Code,
) -> Result<Code, Vec<Code>> {
    let sides: [Code; 2] = arguments.try_into()?;
    Ok(make(Box::new(sides)))
}

/// Computes a call whose arguments are all constants. Returns `None` if that is
/// impossible.
fn folded(call: &Call, budget: &Budget) -> Option<Value> {
    if call.overload.reads_environment {
        return None;
    }
    let constant = |code: &'_ Code| matches!(code, Code::Constant(_));
    if !call.arguments.iter().all(constant) {
        return None;
    }
    let values: Vec<&Value> = call
        .arguments
        .iter()
        .filter_map(|code| match code {
            Code::Constant(value) => Some(value),
            _ => None,
        })
        .collect();
    invoke(call, &values, &ConstantEnvironment, budget).ok()
}

/// The environment for constants, which do not read it.
struct ConstantEnvironment;

impl Environment for ConstantEnvironment {
    fn directory(&self) -> &dyn Directory {
        &UnknownOrganization
    }

    fn now(&self) -> DateTime {
        DateTime::MIN
    }

    fn random(&self) -> u64 {
        0
    }
}
