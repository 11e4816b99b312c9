//! The trees. They are generic over references: as written, or resolved by the compiler.

use crate::source::Span;
use crate::value::{Json, Text, Value};

/// A name in braces, as written: `{Ask.digits}` has the segments `Ask` and `digits`.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The parts between the dots; at least one.
    pub segments: Vec<Text>,
    /// The place, including the braces.
    pub span: Span,
}

impl PartialEq for Reference {
    /// Compares the names; the places do not matter.
    fn eq(&self, other: &Self) -> bool {
        self.segments == other.segments
    }
}

/// Text with references.
#[derive(Debug, Clone, PartialEq)]
pub enum Template<R> {
    /// Text without references.
    Text(Text),
    /// A single reference without other text. It keeps the type of the value.
    Whole(R),
    /// Alternating text and references.
    Mixed(Box<[Part<R>]>),
}

/// A piece of a [`Template::Mixed`].
#[derive(Debug, Clone, PartialEq)]
pub enum Part<R> {
    /// Literal text.
    Text(Text),
    /// A reference whose value is printed.
    Reference(R),
}

/// A value that may contain templates at any depth, such as the body of a webhook.
#[derive(Debug, Clone, PartialEq)]
pub enum Form<R> {
    /// A value without references.
    Constant(Json),
    /// A string with references.
    Template(Template<R>),
    /// A list.
    Array(Vec<Form<R>>),
    /// An object.
    Object(Vec<(Text, Form<R>)>),
}

/// A condition, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition<R> {
    /// True if at least one of the conditions is true.
    Any(Box<[Condition<R>]>),
    /// True if all of the conditions are true.
    All(Box<[Condition<R>]>),
    /// True if the condition is false.
    Not(Box<Condition<R>>),
    /// A comparison of two operands.
    Compare(Comparator, Operand<R>, Operand<R>),
    /// A single operand that is true or false.
    Holds(Operand<R>),
}

/// An operand of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand<R> {
    /// The value of a reference.
    Reference(R),
    /// A literal.
    Literal(Value),
    /// The word `null`.
    Null,
    /// A condition in parentheses, as a Boolean.
    Group(Box<Condition<R>>),
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `contains`: a string within a string, or an item of a list
    Contains,
    /// `startswith`
    StartsWith,
    /// `endswith`
    EndsWith,
}

impl Comparator {
    /// All comparators.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
    ];

    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Contains => "contains",
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
        }
    }
}

impl<R> Template<R> {
    /// The text, if the template has no references.
    pub fn as_constant(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Calls `visit` on every reference, in order.
    pub fn each_reference<'t>(&'t self, visit: &mut dyn FnMut(&'t R)) {
        match self {
            Self::Text(_) => {}
            Self::Whole(reference) => visit(reference),
            Self::Mixed(parts) => {
                for part in parts {
                    if let Part::Reference(reference) = part {
                        visit(reference);
                    }
                }
            }
        }
    }

    /// Replaces every reference by the result of `resolve`.
    pub fn resolve<S>(&self, resolve: &mut dyn FnMut(&R) -> S) -> Template<S> {
        match self {
            Self::Text(text) => Template::Text(text.clone()),
            Self::Whole(reference) => Template::Whole(resolve(reference)),
            Self::Mixed(parts) => {
                let part = |part: &Part<R>| match part {
                    Part::Text(text) => Part::Text(text.clone()),
                    Part::Reference(reference) => Part::Reference(resolve(reference)),
                };
                Template::Mixed(parts.iter().map(part).collect())
            }
        }
    }
}

impl<R> Form<R> {
    /// Calls `visit` on every reference, in order.
    pub fn each_reference<'t>(&'t self, visit: &mut dyn FnMut(&'t R)) {
        match self {
            Self::Constant(_) => {}
            Self::Template(template) => template.each_reference(visit),
            Self::Array(items) => {
                items.iter().for_each(|item| item.each_reference(visit));
            }
            Self::Object(entries) => {
                entries.iter().for_each(|(_, value)| value.each_reference(visit));
            }
        }
    }

    /// Replaces every reference by the result of `resolve`.
    pub fn resolve<S>(&self, resolve: &mut dyn FnMut(&R) -> S) -> Form<S> {
        match self {
            Self::Constant(json) => Form::Constant(json.clone()),
            Self::Template(template) => Form::Template(template.resolve(resolve)),
            Self::Array(items) => {
                Form::Array(items.iter().map(|item| item.resolve(resolve)).collect())
            }
            Self::Object(entries) => {
                let entry = |(key, value): &(Text, Form<R>)| {
                    (key.clone(), value.resolve(resolve))
                };
                Form::Object(entries.iter().map(entry).collect())
            }
        }
    }
}

impl<R> Condition<R> {
    /// Calls `visit` on every reference, in order.
    pub fn each_reference<'t>(&'t self, visit: &mut dyn FnMut(&'t R)) {
        match self {
            Self::Any(items) | Self::All(items) => {
                items.iter().for_each(|item| item.each_reference(visit));
            }
            Self::Not(inner) => inner.each_reference(visit),
            Self::Compare(_, left, right) => {
                left.each_reference(visit);
                right.each_reference(visit);
            }
            Self::Holds(operand) => operand.each_reference(visit),
        }
    }

    /// Replaces every reference by the result of `resolve`.
    pub fn resolve<S>(&self, resolve: &mut dyn FnMut(&R) -> S) -> Condition<S> {
        match self {
            Self::Any(items) => {
                Condition::Any(items.iter().map(|item| item.resolve(resolve)).collect())
            }
            Self::All(items) => {
                Condition::All(items.iter().map(|item| item.resolve(resolve)).collect())
            }
            Self::Not(inner) => Condition::Not(Box::new(inner.resolve(resolve))),
            Self::Compare(comparator, left, right) => Condition::Compare(
                *comparator,
                left.resolve(resolve),
                right.resolve(resolve),
            ),
            Self::Holds(operand) => Condition::Holds(operand.resolve(resolve)),
        }
    }
}

impl<R: PartialEq> Condition<R> {
    /// Whether the condition compares the reference with `null`, to check that it has a
    /// value.
    pub fn compares_with_null(&self, reference: &R) -> bool {
        match self {
            Self::Any(members) | Self::All(members) => {
                members.iter().any(|member| member.compares_with_null(reference))
            }
            Self::Not(inner) => inner.compares_with_null(reference),
            Self::Compare(_, Operand::Reference(other), Operand::Null)
            | Self::Compare(_, Operand::Null, Operand::Reference(other)) => {
                other == reference
            }
            Self::Compare(_, left, right) => {
                left.compares_with_null(reference) || right.compares_with_null(reference)
            }
            Self::Holds(operand) => operand.compares_with_null(reference),
        }
    }
}

impl<R: PartialEq> Operand<R> {
    fn compares_with_null(&self, reference: &R) -> bool {
        matches!(self, Self::Group(inner) if inner.compares_with_null(reference))
    }
}

impl<R> Operand<R> {
    fn each_reference<'t>(&'t self, visit: &mut dyn FnMut(&'t R)) {
        match self {
            Self::Reference(reference) => visit(reference),
            Self::Group(condition) => condition.each_reference(visit),
            Self::Literal(_) | Self::Null => {}
        }
    }

    fn resolve<S>(&self, resolve: &mut dyn FnMut(&R) -> S) -> Operand<S> {
        match self {
            Self::Reference(reference) => Operand::Reference(resolve(reference)),
            Self::Literal(value) => Operand::Literal(value.clone()),
            Self::Null => Operand::Null,
            Self::Group(condition) => {
                Operand::Group(Box::new(condition.resolve(resolve)))
            }
        }
    }
}
