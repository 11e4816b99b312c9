//! The tree of an expression as its author wrote it.

use std::borrow::Cow;

/// The bytes of the expression's text that a part stands at, `start..end`.
pub type Place = (u32, u32);

/// An expression or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree<'t> {
    /// What it is.
    pub form: Form<'t>,
    /// Where it stands.
    pub place: Place,
    /// How many levels of parts are below it.
    pub(super) depth: u16,
}

/// What an expression can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Form<'t> {
    /// `NOT_SET`
    NotSet,
    /// `true` or `false`
    Boolean(bool),
    /// Digits.
    Integer(&'t str),
    /// Digits with a point.
    Decimal(&'t str),
    /// What stands between the quotes, escapes resolved.
    String(Cow<'t, str>),
    /// A name with what follows it after dots: `Flow.contact.name` or `Flow.list."odd name"`.
    Name(Vec<Segment<'t>>),
    /// A call.
    Call {
        /// The function.
        name: &'t str,
        /// Where its name stands.
        place: Place,
        /// What it is given.
        arguments: Vec<Tree<'t>>,
    },
    /// A property of a call's result or of an item: `f().name`, `Flow.list[0].name`.
    Property(Box<Tree<'t>>, Segment<'t>),
    /// An item or property in brackets.
    Item(Box<Tree<'t>>, Box<Tree<'t>>),
    /// An operator before its operand.
    Unary(Operator, Box<Tree<'t>>),
    /// An operator between its operands. Words, `and` and `or`, keep their spelling.
    Binary {
        /// Which one.
        operator: Operator,
        /// As it is written.
        symbol: &'t str,
        /// The operands.
        sides: Box<[Tree<'t>; 2]>,
    },
    /// `condition ? value : value`
    Choice(Box<[Tree<'t>; 3]>),
}

/// A word of a dotted name, or a text in quotes after a dot.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment<'t> {
    /// The word.
    pub text: Cow<'t, str>,
    /// Where it stands, quotes included.
    pub place: Place,
}

/// The operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their symbols say it")]
pub enum Operator {
    Or,
    And,
    BitOr,
    BitAnd,
    Equal,
    NotEqual,
    GreaterOrEqual,
    LessOrEqual,
    Greater,
    Less,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Not,
    BitNot,
    Negate,
}

impl Operator {
    /// The operator between two operands that is written so.
    pub(super) fn binary(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "|" => Self::BitOr,
            "&" => Self::BitAnd,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            ">=" => Self::GreaterOrEqual,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Remainder,
            "^" => Self::Power,
            word if word.eq_ignore_ascii_case("and") => Self::And,
            word if word.eq_ignore_ascii_case("or") => Self::Or,
            _ => return None,
        })
    }

    /// How tight it binds: the steps of the grammar's ladder, counted from `or`.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::BitOr => 2,
            Self::BitAnd => 3,
            Self::Equal | Self::NotEqual => 4,
            Self::GreaterOrEqual | Self::LessOrEqual | Self::Greater | Self::Less => 5,
            Self::Add | Self::Subtract => 6,
            Self::Multiply | Self::Divide | Self::Remainder => 7,
            Self::Power => 8,
            Self::Not | Self::BitNot | Self::Negate => 9,
        }
    }
}

impl<'t> Tree<'t> {
    pub(super) fn new(form: Form<'t>, place: Place) -> Self {
        let depth = match &form {
            Form::Unary(_, inner) | Form::Property(inner, _) => inner.depth + 1,
            Form::Item(base, index) => base.depth.max(index.depth) + 1,
            Form::Binary { sides, .. } => deepest(sides.iter()) + 1,
            Form::Choice(parts) => deepest(parts.iter()) + 1,
            Form::Call { arguments, .. } => deepest(arguments.iter()) + 1,
            _ => 0,
        };
        Self { form, place, depth }
    }
}

fn deepest<'t: 'a, 'a>(parts: impl Iterator<Item = &'a Tree<'t>>) -> u16 {
    parts.map(|part| part.depth).max().unwrap_or(0)
}
