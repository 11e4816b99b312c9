//! Compares the text of each expression with its tree. Architect keeps both and runs the
//! tree; flowsim reads the text.

use super::reader::Reader;
use super::values::{Expression, root};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::architect::{Form, Operator, Segment, Tree, parse_with};
use crate::source::{Node, nested};
use crate::value::Number;

/// Reports every expression of a document whose text and tree have different meanings.
pub(super) fn check(document: &Node<'_>, reader: &mut Reader<'_, '_>) {
    each(document, &mut |node, expression, config| {
        if is_literal(expression) {
            check_literal(node, expression, config.1, reader);
            return;
        }
        let mismatch = parse_with(expression.text, |parsed| match &parsed {
            Ok(tree) if is_same(tree, config) => None,
            Ok(_) => Some((
                "does not match its tree",
                "open the action in Architect and save it; flowsim reads the text".into(),
            )),
            Err(problem) => Some(("cannot be parsed", problem.message.clone())),
        });
        if let Some((means, help)) = mismatch {
            report(node, expression, means, help, reader);
        }
    });
}

/// Whether the text is a literal value and not an expression.
fn is_literal(expression: &Expression<'_, '_>) -> bool {
    matches!(expression.root, Some(("lit", _)))
        && !matches!(expression.mode, Some("0" | "4"))
}

fn check_literal(
    node: &Node<'_>,
    expression: &Expression<'_, '_>,
    leaf: &Node<'_>,
    reader: &mut Reader<'_, '_>,
) {
    let text = leaf.get("text").and_then(Node::as_str);
    if text.is_some_and(|text| text != expression.text) {
        let help = "export the flow again; flowsim reads the text".into();
        report(node, expression, "differs from the literal in its tree", help, reader);
    }
}

fn report(
    node: &Node<'_>,
    expression: &Expression<'_, '_>,
    means: &str,
    help: String,
    reader: &mut Reader<'_, '_>,
) {
    let message = format!("the text of an expression {means}");
    let diagnostic = Diagnostic::new(Code::EXPRESSION_MISMATCH, message);
    let tree = node.get("config").map_or(node.span, |node| node.span);
    reader.report(diagnostic.at(expression.span).label(tree, "the tree").help(help));
}

/// Counts the expressions of a flow whose text is compared with a tree. Literals, whose
/// text is the value, are not counted. Expressions of [`embedded`](super::embedded)
/// modules are not counted either.
pub fn count_expressions(document: &Node<'_>) -> usize {
    let mut count = 0;
    each(document, &mut |_, expression, _| count += usize::from(!is_literal(expression)));
    count
}

type Visit<'v> = &'v mut dyn FnMut(&Node<'_>, &Expression<'_, '_>, (&str, &Node<'_>));

/// Visits all expression nodes that have both text and tree, except those of modules,
/// which are separate flows.
fn each(document: &Node<'_>, visit: Visit<'_>) {
    let mut open = vec![document];
    while let Some(node) = open.pop() {
        if let Some(expression) = Expression::of(node)
            && let Some(root) = expression.root
        {
            // An unset value may keep the text of its default.
            if root.0 != "emp" && !expression.text.is_empty() {
                visit(node, &expression, root);
            }
            continue;
        }
        let entries = node.entries().iter().filter(|entry| entry.key != "commonModules");
        let values = entries.map(|entry| &entry.value);
        open.extend(values.chain(node.items()).rev());
    }
}

/// Whether a part of the text has the same meaning as a part of the tree. A conversion
/// that is only in the tree was added by Architect.
fn is_same(tree: &Tree<'_>, (name, node): (&str, &Node<'_>)) -> bool {
    nested(|| is_same_form(tree, name, node) || is_same_converted(tree, name, node))
}

fn is_same_converted(tree: &Tree<'_>, name: &str, node: &Node<'_>) -> bool {
    let is_conversion = name.starts_with("To");
    let is_written = matches!(&tree.form, Form::Call { name: it, .. } if name.eq_ignore_ascii_case(it));
    match operands(node) {
        [operand] if is_conversion && !is_written => {
            root(operand).is_some_and(|operand| is_same(tree, operand))
        }
        _ => false,
    }
}

fn is_same_form(tree: &Tree<'_>, name: &str, node: &Node<'_>) -> bool {
    let text = || node.get("text").and_then(Node::as_str).unwrap_or_default();
    match &tree.form {
        Form::NotSet => name == "nul",
        Form::Boolean(value) => name == "lit" && is_boolean(text(), *value),
        Form::Integer(digits) | Form::Decimal(digits) => {
            name == "lit" && is_number(text(), digits)
        }
        Form::String(value) => name == "lit" && text() == *value,
        Form::Name(segments) => is_name(segments, name, node),
        Form::Call { name: called, arguments, .. } => {
            name.eq_ignore_ascii_case(called) && are_same(arguments.iter(), node)
        }
        Form::Property(base, segment) => {
            is_property(segment, name, node, |object| is_same(base, object))
        }
        // The tree contains the index first, then the collection.
        Form::Item(base, index) => {
            name == "[" && are_same([&**index, &**base].into_iter(), node)
        }
        Form::Unary(Operator::Negate, inner) if name == "lit" => match inner.form {
            Form::Integer(digits) | Form::Decimal(digits) => {
                text().strip_prefix('-').is_some_and(|text| is_number(text, digits))
            }
            _ => false,
        },
        Form::Unary(operator, inner) => {
            let symbol = match operator {
                Operator::Not => "!",
                Operator::BitNot => "~",
                _ => "-",
            };
            name == symbol && are_same(std::iter::once(&**inner), node)
        }
        Form::Binary { symbol, sides, .. } => {
            name.eq_ignore_ascii_case(symbol) && are_same(sides.iter(), node)
        }
        Form::Choice(parts) => name == "?" && are_same(parts.iter(), node),
    }
}

fn operands<'d, 's>(node: &'d Node<'s>) -> &'d [Node<'s>] {
    node.get("operands").map_or(&[][..], Node::items)
}

fn are_same<'t, 'x: 't>(
    parts: impl ExactSizeIterator<Item = &'t Tree<'x>>,
    node: &Node<'_>,
) -> bool {
    let operands = operands(node);
    parts.len() == operands.len()
        && parts.zip(operands).all(|(part, operand)| {
            root(operand).is_some_and(|operand| is_same(part, operand))
        })
}

fn is_boolean(text: &str, value: bool) -> bool {
    text.eq_ignore_ascii_case(if value { "true" } else { "false" })
}

fn is_number(text: &str, digits: &str) -> bool {
    text == digits
        || match (Number::parse(text), Number::parse(digits)) {
            (Some(one), Some(other)) => one.compare(&other).is_eq(),
            _ => false,
        }
}

/// Compares a dotted name: a variable, or properties of one.
fn is_name(segments: &[Segment<'_>], name: &str, node: &Node<'_>) -> bool {
    if matches!(name, "ref" | "sysref") {
        let mut words = node.get("text").and_then(Node::as_str).unwrap_or("").split('.');
        return segments.iter().all(|segment| {
            words.next().is_some_and(|word| word.eq_ignore_ascii_case(&segment.text))
        }) && words.next().is_none();
    }
    let Some((last, object)) = segments.split_last() else { return false };
    is_property(last, name, node, |(name, node)| {
        is_name(object, name, node) || is_name_converted(object, name, node)
    })
}

fn is_name_converted(segments: &[Segment<'_>], name: &str, node: &Node<'_>) -> bool {
    match operands(node) {
        [operand] if name.starts_with("To") => root(operand)
            .is_some_and(|(name, node)| nested(|| is_name(segments, name, node))),
        _ => false,
    }
}

/// Compares a `.` node: the name of the property, then the object.
fn is_property(
    segment: &Segment<'_>,
    name: &str,
    node: &Node<'_>,
    is_object: impl FnOnce((&str, &Node<'_>)) -> bool,
) -> bool {
    let [property, object] = operands(node) else { return false };
    let Some(("lit", property)) = root(property) else { return false };
    let text = property.get("text").and_then(Node::as_str).unwrap_or_default();
    let Some(object) = root(object).filter(|_| name == ".") else { return false };
    let is_same = text.eq_ignore_ascii_case(&segment.text)
        || format_of(object.1, text)
            .is_some_and(|it| it.eq_ignore_ascii_case(&segment.text));
    is_same && is_object(object)
}

/// Returns the name of a constant below `Format`. The tree puts the name of its family
/// before it: `Format.Date.shortYear` is `dateShortYear`. *Source: exports of real flows.*
fn format_of<'t>(object: &Node<'_>, text: &'t str) -> Option<&'t str> {
    let family = object.get("text")?.as_str()?.strip_prefix("Format.")?;
    let (start, rest) = text.split_at_checked(family.len())?;
    start.eq_ignore_ascii_case(family).then_some(rest)
}
