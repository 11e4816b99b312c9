//! The parser: text to tree, by the grammar `grammar/architect.pest`.

use std::borrow::Cow;
use std::iter::Peekable;

use pest::Parser;
use pest::iterators::{Pair, Pairs};

use crate::expr::unquoted;

use super::problem::Problem;
use super::shortcut;
use super::stack::{most_levels, with_levels};
use super::syntax;
use super::tree::{Form, Operator, Place, Segment, Tree};

mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/architect.pest"]
    pub(in super::super) struct ArchitectParser;
}

use grammar::ArchitectParser;
pub(super) use grammar::Rule;

/// The maximum nesting of parentheses and brackets. Architect puts every part of a chain of
/// operators in parentheses, so a chain of [`MAX_DEPTH`] levels has as many.
pub const MAX_NESTING: usize = 4_096;

/// The nesting that needs no further stack: threads of tests have 2 MiB.
pub(super) const USUAL_NESTING: usize = 32;

/// The stack for a level of nesting, in bytes. A level of the grammar takes up to 15 KB
/// without optimization.
const STACK: usize = 32 * 1024;

/// The maximum number of levels of a tree. It bounds the recursion of everything that
/// walks the tree. A chain of operators has one level per operator.
pub const MAX_DEPTH: u16 = 4_096;

/// The maximum length of an expression, in bytes. *Architect itself stops at 10,000
/// characters in most places; this limit is more generous but bounds the work.*
pub const MAX_LENGTH: usize = 65_536;

/// Parses an expression.
///
/// # Errors
/// Fails if the text is not an expression. The message names the expected input and the
/// place.
pub fn parse(text: &str) -> Result<Tree<'_>, Problem> {
    if text.len() <= MAX_LENGTH
        && let Some(tree) = shortcut::read(text)
    {
        return Ok(tree);
    }
    by_grammar(text)
}

/// Parses an expression, and does work with its tree that recurses over it. The tree may be
/// too deep for the stack of the caller.
pub fn parse_with<R>(text: &str, work: impl FnOnce(Result<Tree<'_>, Problem>) -> R) -> R {
    with_levels(most_levels(text), || work(parse(text)))
}

/// Parses an expression by the grammar alone, without the shortcut.
pub(super) fn by_grammar(text: &str) -> Result<Tree<'_>, Problem> {
    let nesting = syntax::check_size(text)?;
    if nesting <= USUAL_NESTING {
        return read(text);
    }
    let size = nesting * STACK;
    stacker::maybe_grow(size, size, || read(text))
}

fn read(text: &str) -> Result<Tree<'_>, Problem> {
    let mut pairs = ArchitectParser::parse(Rule::expression, text)
        .map_err(|error| syntax::explain(text, &error))?;
    let inner = pairs.next().map(Pair::into_inner);
    inner
        .and_then(|inner| Reader::new(inner).ternary())
        .ok_or_else(|| syntax::too_deep(text))?
}

/// Reads the flat sequence of operands and operators that the grammar produces, and
/// orders it by precedence. `None` means the end of the sequence, which the grammar rules
/// out.
struct Reader<'t> {
    pairs: Peekable<Pairs<'t, Rule>>,
    /// The number of nested powers being read: the only chain that recurses.
    powers: u16,
}

type Parsed<'t> = Option<Result<Tree<'t>, Problem>>;

/// Unwraps a tree, or returns the problem from the surrounding function.
macro_rules! tree {
    ($parsed:expr) => {
        match $parsed? {
            Ok(tree) => tree,
            Err(problem) => return Some(Err(problem)),
        }
    };
}

impl<'t> Reader<'t> {
    fn new(pairs: Pairs<'t, Rule>) -> Self {
        Self { pairs: pairs.peekable(), powers: 0 }
    }

    fn ternary(&mut self) -> Parsed<'t> {
        let mut left = tree!(self.climb(Operator::Or.precedence()));
        while self.next_if(Rule::choice).is_some() {
            let yes = tree!(self.climb(Operator::And.precedence()));
            self.next_if(Rule::otherwise)?;
            let no = tree!(self.climb(Operator::And.precedence()));
            let place = (left.place.0, no.place.1);
            left = tree!(limited(Form::Choice(Box::new([left, yes, no])), place));
        }
        Some(Ok(left))
    }

    /// Reads a chain of operands whose operators bind at least as tightly as `least`.
    fn climb(&mut self, least: u8) -> Parsed<'t> {
        let mut left = tree!(self.operand());
        loop {
            let (operator, symbol) = match self.pairs.peek() {
                Some(pair) if pair.as_rule() == Rule::operator => {
                    (Operator::binary(pair.as_str())?, pair.as_str())
                }
                _ => return Some(Ok(left)),
            };
            let precedence = operator.precedence();
            if precedence < least {
                return Some(Ok(left));
            }
            self.pairs.next();
            let right = match operator {
                Operator::Power => tree!(self.exponent(left.place)),
                _ => tree!(self.climb(precedence + 1)),
            };
            let place = (left.place.0, right.place.1);
            let sides = Box::new([left, right]);
            left = tree!(limited(Form::Binary { operator, symbol, sides }, place));
        }
    }

    /// Reads the exponent of a power; it may be a power itself. Checks the depth before it
    /// recurses.
    fn exponent(&mut self, base: Place) -> Parsed<'t> {
        if self.powers == MAX_DEPTH {
            return Some(Err(syntax::too_many_levels(base)));
        }
        self.powers += 1;
        let tree = self.climb(Operator::Power.precedence());
        self.powers -= 1;
        tree
    }

    fn operand(&mut self) -> Parsed<'t> {
        let mut prefixes = Vec::new();
        while let Some(prefix) = self.next_prefix() {
            prefixes.push(prefix);
        }
        let mut tree = tree!(self.primary());
        while let Some((operator, start)) = prefixes.pop() {
            let place = (start, tree.place.1);
            tree = tree!(limited(Form::Unary(operator, Box::new(tree)), place));
        }
        Some(Ok(tree))
    }

    fn next_prefix(&mut self) -> Option<(Operator, u32)> {
        let prefix = self.next_if(Rule::not).or_else(|| self.next_if(Rule::minus))?;
        let operator = match prefix.as_str() {
            "!" => Operator::Not,
            "~" => Operator::BitNot,
            _ => Operator::Negate,
        };
        Some((operator, place_of(&prefix).0))
    }

    fn primary(&mut self) -> Parsed<'t> {
        let pair = self.pairs.next()?;
        let place = place_of(&pair);
        let form = match pair.as_rule() {
            Rule::group => {
                let mut inner = tree!(Self::new(pair.into_inner()).ternary());
                inner.place = place;
                return Some(Ok(inner));
            }
            Rule::integer => Form::Integer(pair.as_str()),
            Rule::decimal => Form::Decimal(pair.as_str()),
            Rule::string => Form::String(unquoted(pair.as_str())),
            _ => return self.term(pair.as_str(), place),
        };
        Some(Ok(Tree::new(form, place)))
    }

    /// Reads an expression that begins with a word: a literal, a name, or a call.
    fn term(&mut self, word: &'t str, place: Place) -> Parsed<'t> {
        let form = match self.next_if(Rule::arguments) {
            Some(given) => {
                let end = place_of(&given).1;
                let arguments = match arguments(given)? {
                    Ok(arguments) => arguments,
                    Err(problem) => return Some(Err(problem)),
                };
                let call = Form::Call { name: word, place, arguments };
                return self.accesses(tree!(limited(call, (place.0, end))));
            }
            None => match word {
                "true" => Form::Boolean(true),
                "false" => Form::Boolean(false),
                "NOT_SET" => Form::NotSet,
                _ => Form::Name(self.segments(word, place)),
            },
        };
        let end = match &form {
            Form::Name(segments) => segments.last().map_or(place.1, |last| last.place.1),
            _ => place.1,
        };
        let tree = Tree::new(form, (place.0, end));
        match (&tree.form, self.pairs.peek().map(Pair::as_rule)) {
            (Form::Name(_), _) => self.accesses(tree),
            (_, Some(Rule::property | Rule::index)) => Some(Err(
                syntax::nothing_may_follow(word, self.pairs.peek().map(place_of)?),
            )),
            _ => Some(Ok(tree)),
        }
    }

    fn segments(&mut self, word: &'t str, place: Place) -> Vec<Segment<'t>> {
        let mut segments = vec![Segment { text: Cow::Borrowed(word), place }];
        while let Some(property) = self.next_if(Rule::property) {
            segments.extend(segment(property));
        }
        segments
    }

    fn accesses(&mut self, mut tree: Tree<'t>) -> Parsed<'t> {
        loop {
            let start = tree.place.0;
            let (form, end) = if let Some(property) = self.next_if(Rule::property) {
                let segment = segment(property)?;
                let end = segment.place.1;
                (Form::Property(Box::new(tree), segment), end)
            } else if let Some(index) = self.next_if(Rule::index) {
                let end = place_of(&index).1;
                let index = tree!(Self::new(index.into_inner()).ternary());
                (Form::Item(Box::new(tree), Box::new(index)), end)
            } else {
                return Some(Ok(tree));
            };
            tree = tree!(limited(form, (start, end)));
        }
    }

    fn next_if(&mut self, rule: Rule) -> Option<Pair<'t, Rule>> {
        self.pairs.next_if(|pair| pair.as_rule() == rule)
    }
}

fn arguments(given: Pair<'_, Rule>) -> Option<Result<Vec<Tree<'_>>, Problem>> {
    let arguments =
        given.into_inner().map(|argument| Reader::new(argument.into_inner()).ternary());
    arguments.collect()
}

/// Creates a tree. Fails if the tree is too deep.
fn limited<'t>(form: Form<'t>, place: Place) -> Parsed<'t> {
    let tree = Tree::new(form, place);
    Some(if tree.depth > MAX_DEPTH {
        Err(syntax::too_many_levels(place))
    } else {
        Ok(tree)
    })
}

fn segment<'t>(property: Pair<'t, Rule>) -> Option<Segment<'t>> {
    let word = property.into_inner().next()?;
    let place = place_of(&word);
    let text = match word.as_rule() {
        Rule::string => unquoted(word.as_str()),
        _ => Cow::Borrowed(word.as_str()),
    };
    Some(Segment { text, place })
}

fn place_of(pair: &Pair<'_, Rule>) -> Place {
    let span = pair.as_span();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    (offset(span.start()), offset(span.end()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::expr::laws::laws;

    /// Pieces of expressions, including invalid ones.
    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "Flow.x", "a", "$b", "ünï", "true", "NOT_SET", "and", "OR", "android", "or",
            "1", "1.", ".5", "12.5", "\"text\"", "\"\\n\"", "\"\\x\"", "\"", "f(", "f (",
            "(", ")", "[", "]", ",", ".", ".\"p\"", " .y", "?", ":", "!", "~", "-", "+",
            "*", "/", "%", "^", "&", "|", "==", "!=", "<", "<=", ">", ">=", "=", " ",
            "\n", "é", "\u{2028}",
        ])
    }

    fn text() -> impl Strategy<Value = String> {
        let soup =
            prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat());
        let operand = prop::sample::select(vec![
            "Flow.x", "1", "\"t\"", "f(1, a)", "(2)", "-1", "!a", "a[0].b", "1.5",
            "$a .b", "f()[1]",
        ]);
        let operator = prop::sample::select(vec![
            "+", " - ", " and ", " or ", "==", "<", "^", "*", "?", ":", "|", "&",
            "\nOR\t",
        ]);
        let chain = prop::collection::vec((operand, operator), 1..8).prop_map(|parts| {
            let text: String = parts
                .iter()
                .flat_map(|(operand, operator)| [*operand, *operator])
                .collect();
            text + "z"
        });
        prop_oneof![soup, chain]
    }

    laws! {
        times 16;

        /// The shortcut returns the same tree as the grammar, or leaves the text to the
        /// grammar.
        #[test]
        fn the_shortcut_agrees_with_the_grammar(text in text()) {
            if let Some(tree) = shortcut::read(&text) {
                prop_assert_eq!(Ok(tree), by_grammar(&text), "{}", text);
            }
        }
    }

    #[test]
    fn the_shortcut_reads_common_expressions() {
        for text in [
            "Flow.a == \"1\" and Length(Flow.name) > 3",
            "If(IsNotSetOrEmpty(Call.Ani), 0, ToInt(Call.Contact.delay))",
            "Flow.list[Flow.i + 1].name",
            "a ? b : c ? d : e",
            "(1 + 2) * -3",
            "Append(\"\\\"\", x)",
        ] {
            assert!(shortcut::read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn branches_end_before_or() {
        let print =
            |text: &str| format!("{:?}", by_grammar(text).map(|tree| tree.form).is_ok());
        assert_eq!(print("a ? b and c : d and e"), "true");
        assert_eq!(print("a ? b or c : d"), "false");
        assert_eq!(print("a or b ? c : d"), "true");
        assert_eq!(print("a ? (b or c) : d"), "true");
        assert_eq!(print("(a).b"), "false");
        assert_eq!(print("--1"), "false");
        assert_eq!(print("!!a"), "true");
        assert_eq!(print("a. b"), "false");
        assert_eq!(print("a .b"), "true");
        assert_eq!(print("f(1) [0]"), "false");
        assert_eq!(print("true.x"), "false");
        assert_eq!(print("TRUE"), "true");
    }
}
