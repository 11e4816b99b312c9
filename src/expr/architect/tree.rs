//! The syntax tree of an expression.

use std::borrow::Cow;

/// A range of bytes in the expression's text, as `start..end`.
pub type Place = (u32, u32);

/// An expression or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree<'t> {
    /// The kind of expression.
    pub form: Form<'t>,
    /// The place in the text.
    pub place: Place,
    /// The number of levels below.
    pub(super) depth: u16,
}

/// The kinds of expressions.
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
    /// A string without its quotes, with escapes resolved.
    String(Cow<'t, str>),
    /// A name with its dotted parts: `Flow.contact.name` or `Flow.list."odd name"`.
    Name(Vec<Segment<'t>>),
    /// A call.
    Call {
        /// The function.
        name: &'t str,
        /// The place of the function's name.
        place: Place,
        /// The arguments.
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
        /// The operator.
        operator: Operator,
        /// The operator as written.
        symbol: &'t str,
        /// The operands.
        sides: Box<[Tree<'t>; 2]>,
    },
    /// `condition ? value : value`
    Choice(Box<[Tree<'t>; 3]>),
}

/// A word of a dotted name, or a quoted string after a dot.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment<'t> {
    /// The word.
    pub text: Cow<'t, str>,
    /// The place, including quotes.
    pub place: Place,
}

/// The operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the symbols explain them")]
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
    /// The binary operator with this symbol.
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

    /// The precedence: the levels of the grammar, counted from `or`. Higher numbers bind
    /// tighter.
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
