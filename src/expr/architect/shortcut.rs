//! A parser for common expressions that bypasses the grammar, for speed.
//!
//! For the expression of an ordinary flow, the grammar needs 10 microseconds, this parser
//! a tenth of that. It returns the same tree as the grammar or `None`. It leaves rare
//! syntax and every error to the grammar. A property test checks that both build the same
//! tree.

use std::borrow::Cow;

use super::parse::{MAX_DEPTH, USUAL_NESTING};
use super::tree::{Form, Operator, Place, Segment, Tree};
use crate::expr::unquoted;

/// Parses an expression. Returns `None` if the grammar must parse it.
pub(super) fn read(text: &str) -> Option<Tree<'_>> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, nesting: 0 };
    let tree = reader.ternary()?;
    (reader.at == text.len()).then_some(tree)
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nesting: usize,
}

impl<'t> Reader<'t> {
    fn ternary(&mut self) -> Option<Tree<'t>> {
        self.nesting += 1;
        if self.nesting > USUAL_NESTING {
            return None;
        }
        let mut left = self.climb(Operator::Or)?;
        while self.take(b'?') {
            let yes = self.climb(Operator::And)?;
            if !self.take(b':') {
                return None;
            }
            let no = self.climb(Operator::And)?;
            let place = (left.place.0, no.place.1);
            left = limited(Form::Choice(Box::new([left, yes, no])), place)?;
        }
        self.nesting -= 1;
        Some(left)
    }

    /// Reads a chain of operands whose operators bind at least as tightly as `least`.
    fn climb(&mut self, least: Operator) -> Option<Tree<'t>> {
        self.climb_from(least.precedence())
    }

    fn climb_from(&mut self, least: u8) -> Option<Tree<'t>> {
        let mut left = self.operand()?;
        while let Some((operator, length)) = self.operator() {
            let precedence = operator.precedence();
            if precedence < least {
                break;
            }
            if operator == Operator::Power {
                return None; // right associative, and rare
            }
            let symbol = &self.text[self.at..self.at + length];
            self.at += length;
            let right = self.climb_from(precedence + 1)?;
            let place = (left.place.0, right.place.1);
            let sides = Box::new([left, right]);
            left = limited(Form::Binary { operator, symbol, sides }, place)?;
        }
        Some(left)
    }

    /// The operator at the current position, and its length.
    fn operator(&self) -> Option<(Operator, usize)> {
        let rest = &self.bytes[self.at..];
        Some(match rest {
            [b'=', b'=', ..] => (Operator::Equal, 2),
            [b'!', b'=', ..] => (Operator::NotEqual, 2),
            [b'<', b'=', ..] => (Operator::LessOrEqual, 2),
            [b'>', b'=', ..] => (Operator::GreaterOrEqual, 2),
            [b'<', ..] => (Operator::Less, 1),
            [b'>', ..] => (Operator::Greater, 1),
            [b'+', ..] => (Operator::Add, 1),
            [b'-', ..] => (Operator::Subtract, 1),
            [b'*', ..] => (Operator::Multiply, 1),
            [b'/', ..] => (Operator::Divide, 1),
            [b'%', ..] => (Operator::Remainder, 1),
            [b'^', ..] => (Operator::Power, 1),
            [b'&', ..] => (Operator::BitAnd, 1),
            [b'|', ..] => (Operator::BitOr, 1),
            [b'a' | b'A', b'n' | b'N', b'd' | b'D', rest @ ..] if ends_word(rest) => {
                (Operator::And, 3)
            }
            [b'o' | b'O', b'r' | b'R', rest @ ..] if ends_word(rest) => (Operator::Or, 2),
            _ => return None,
        })
    }

    fn operand(&mut self) -> Option<Tree<'t>> {
        self.skip_space();
        let start = self.at;
        let operator = match self.bytes.get(start)? {
            b'!' => Operator::Not,
            b'-' => Operator::Negate,
            _ => {
                let tree = self.primary()?;
                self.skip_space();
                return Some(tree);
            }
        };
        self.at += 1;
        self.skip_space();
        if matches!(self.bytes.get(self.at)?, b'!' | b'~' | b'-') {
            return None; // several in a row are rare
        }
        let tree = self.primary()?;
        let place = (offset(start), tree.place.1);
        self.skip_space();
        limited(Form::Unary(operator, Box::new(tree)), place)
    }

    fn primary(&mut self) -> Option<Tree<'t>> {
        let start = self.at;
        match *self.bytes.get(start)? {
            b'"' => {
                let form = Form::String(self.string()?);
                Some(Tree::new(form, self.since(start)))
            }
            b'0'..=b'9' => self.number(),
            b'(' => {
                self.at += 1;
                let mut tree = self.ternary()?;
                if !self.take(b')') {
                    return None;
                }
                tree.place = self.since(start);
                Some(tree)
            }
            first if first.is_ascii_alphabetic() || first == b'$' => self.term(),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<Tree<'t>> {
        let start = self.at;
        self.skip_digits();
        let is_decimal = self.take(b'.');
        if is_decimal {
            self.skip_digits();
        }
        let digits = &self.text[start..self.at];
        let form = if is_decimal { Form::Decimal(digits) } else { Form::Integer(digits) };
        Some(Tree::new(form, self.since(start)))
    }

    fn term(&mut self) -> Option<Tree<'t>> {
        let start = self.at;
        let word = self.word()?;
        let place = self.since(start);
        let end = self.at;
        self.skip_space();
        if self.take(b'(') {
            let arguments = self.arguments()?;
            let call = Form::Call { name: word, place, arguments };
            let tree = limited(call, self.since(start))?;
            return self.accesses(tree);
        }
        self.at = end;
        let form = match word {
            "true" => Form::Boolean(true),
            "false" => Form::Boolean(false),
            "NOT_SET" => Form::NotSet,
            _ => Form::Name(self.segments(word, place)?),
        };
        let is_name = matches!(form, Form::Name(_));
        let tree = Tree::new(form, self.since(start));
        if is_name {
            self.accesses(tree)
        } else {
            (!matches!(self.bytes.get(self.at), Some(b'.' | b'['))).then_some(tree)
        }
    }

    fn arguments(&mut self) -> Option<Vec<Tree<'t>>> {
        let mut arguments = Vec::new();
        self.skip_space();
        if self.take(b')') {
            return Some(arguments);
        }
        loop {
            arguments.push(self.ternary()?);
            if self.take(b')') {
                return Some(arguments);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn segments(&mut self, word: &'t str, place: Place) -> Option<Vec<Segment<'t>>> {
        let mut segments = Vec::with_capacity(2);
        segments.push(Segment { text: Cow::Borrowed(word), place });
        while self.take(b'.') {
            segments.push(self.segment()?);
        }
        Some(segments)
    }

    fn segment(&mut self) -> Option<Segment<'t>> {
        let start = self.at;
        let text = match self.bytes.get(start)? {
            b'"' => self.string()?,
            _ => Cow::Borrowed(self.word()?),
        };
        Some(Segment { text, place: self.since(start) })
    }

    fn accesses(&mut self, mut tree: Tree<'t>) -> Option<Tree<'t>> {
        let start = tree.place.0 as usize;
        loop {
            let form = if self.take(b'.') {
                Form::Property(Box::new(tree), self.segment()?)
            } else if self.take(b'[') {
                let index = self.ternary()?;
                if !self.take(b']') {
                    return None;
                }
                Form::Item(Box::new(tree), Box::new(index))
            } else {
                let rest = self.bytes[self.at..].trim_ascii_start();
                // A dot after white space continues the name. The grammar reads that.
                return (rest.first() != Some(&b'.')).then_some(tree);
            };
            tree = limited(form, self.since(start))?;
        }
    }

    fn word(&mut self) -> Option<&'t str> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        if !(first.is_ascii_alphabetic() || first == b'$') {
            return None;
        }
        while self.bytes.get(self.at).is_some_and(|byte| is_inner(*byte)) {
            self.at += 1;
        }
        let is_ascii = self.bytes.get(self.at).is_none_or(u8::is_ascii);
        is_ascii.then(|| &self.text[start..self.at])
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    let is_escape = matches!(
                        self.bytes.get(self.at + 1)?,
                        b'"' | b'\\' | b'n' | b'r' | b't'
                    );
                    if !is_escape {
                        return None;
                    }
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(unquoted(&self.text[start..self.at]))
    }

    fn take(&mut self, wanted: u8) -> bool {
        let is_here = self.bytes.get(self.at) == Some(&wanted);
        self.at += usize::from(is_here);
        is_here
    }

    fn skip_space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn skip_digits(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    fn since(&self, start: usize) -> Place {
        (offset(start), offset(self.at))
    }
}

fn is_inner(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

/// Whether a word ends before these bytes. A letter beyond ASCII may continue the word;
/// then no operator is found, and the grammar parses the text.
fn ends_word(rest: &[u8]) -> bool {
    rest.first().is_none_or(|byte| byte.is_ascii() && !is_inner(*byte))
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn limited<'t>(form: Form<'t>, place: Place) -> Option<Tree<'t>> {
    let tree = Tree::new(form, place);
    (tree.depth <= MAX_DEPTH).then_some(tree)
}
