//! Evaluation of templates and conditions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::tree::{Comparator, Condition, Form, Operand, Part, Template};
use crate::expr::EvaluationError;
use crate::value::{Json, Text, Value, compare, equal};

/// The maximum length of the text of a template, in bytes. Parts beyond the limit are
/// omitted, so a hostile flow cannot fill the memory with one node.
const MAX_TEXT: usize = 1024 * 1024;

/// A source of values for references.
pub trait Scope<R> {
    /// The value of a reference. NOT_SET if it has none.
    fn read(&self, reference: &R) -> Cow<'_, Value>;

    /// The value of a reference, if it exists as a whole. This is the fast path, because
    /// most references name a whole value.
    fn peek(&self, reference: &R) -> Option<&Value>;
}

impl<R> Template<R> {
    /// Evaluates the template. A whole reference keeps its type; otherwise the result is
    /// a string. References without a value are reported to `missing` and print as empty
    /// strings.
    pub fn evaluate(&self, scope: &impl Scope<R>, missing: &mut impl FnMut(&R)) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Whole(reference) => {
                let value = scope.read(reference);
                if value.is_unset() {
                    missing(reference);
                }
                value.into_owned()
            }
            Self::Mixed(_) => Value::String(self.print(scope, missing)),
        }
    }

    /// Evaluates the template as a string.
    pub fn print(&self, scope: &impl Scope<R>, missing: &mut impl FnMut(&R)) -> Text {
        let mut out = String::new();
        match self {
            Self::Text(text) => return text.clone(),
            Self::Whole(reference) => {
                let value = scope.read(reference);
                if let Value::String(text) = &*value {
                    return text.clone();
                }
                write(&value, reference, &mut out, missing);
            }
            Self::Mixed(parts) => {
                for part in parts {
                    if out.len() > MAX_TEXT {
                        break;
                    }
                    match part {
                        Part::Text(text) => out.push_str(text),
                        Part::Reference(reference) => {
                            write(&scope.read(reference), reference, &mut out, missing);
                        }
                    }
                }
            }
        }
        out.into()
    }
}

fn write<R>(
    value: &Value,
    reference: &R,
    out: &mut String,
    missing: &mut impl FnMut(&R),
) {
    if value.is_unset() {
        missing(reference);
    } else {
        value.write_text(out);
    }
}

impl<R> Form<R> {
    /// Evaluates the form with all its templates.
    pub fn evaluate(&self, scope: &impl Scope<R>, missing: &mut impl FnMut(&R)) -> Value {
        match self {
            Self::Constant(json) => json.clone().into(),
            Self::Template(template) => template.evaluate(scope, missing),
            Self::Array(_) | Self::Object(_) => Value::Json(self.to_json(scope, missing)),
        }
    }

    fn to_json(&self, scope: &impl Scope<R>, missing: &mut impl FnMut(&R)) -> Json {
        match self {
            Self::Constant(json) => json.clone(),
            Self::Template(template) => template.evaluate(scope, missing).to_json(),
            Self::Array(items) => {
                let items = items.iter().map(|item| item.to_json(scope, missing));
                Json::Array(items.collect::<Vec<_>>().into())
            }
            Self::Object(entries) => Json::object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json(scope, missing))),
            ),
        }
    }
}

impl<R> Condition<R> {
    /// Whether the condition is true.
    ///
    /// NOT_SET equals only `null`; every other comparison with it is false.
    ///
    /// # Errors
    /// Fails if the value of a single operand is neither true nor false.
    pub fn evaluate(&self, scope: &impl Scope<R>) -> Result<bool, EvaluationError> {
        match self {
            Self::Compare(comparator, left, right) => {
                compare_operands(*comparator, left, right, scope)
            }
            Self::Holds(operand) => holds(&*operand.evaluate(scope)?),
            Self::Not(inner) => inner.evaluate(scope).map(|value| !value),
            Self::All(members) => {
                for member in members {
                    if !member.evaluate(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(members) => {
                for member in members {
                    if member.evaluate(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }
}

impl<R> Operand<R> {
    /// The value, if it exists as a whole.
    #[inline]
    fn peek<'s>(&'s self, scope: &'s impl Scope<R>) -> Option<&'s Value> {
        match self {
            Self::Reference(reference) => scope.peek(reference),
            Self::Literal(value) => Some(value),
            Self::Null => Some(&Value::NOT_SET),
            Self::Group(_) => None,
        }
    }

    fn evaluate<'s>(
        &'s self,
        scope: &'s impl Scope<R>,
    ) -> Result<Cow<'s, Value>, EvaluationError> {
        Ok(match self {
            Self::Reference(reference) => scope.read(reference),
            Self::Literal(value) => Cow::Borrowed(value),
            Self::Null => Cow::Owned(Value::NOT_SET),
            Self::Group(condition) => {
                Cow::Owned(Value::Boolean(condition.evaluate(scope)?))
            }
        })
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

#[inline]
fn compare_operands<R>(
    comparator: Comparator,
    left: &Operand<R>,
    right: &Operand<R>,
    scope: &impl Scope<R>,
) -> Result<bool, EvaluationError> {
    let with_null = || left.is_null() || right.is_null();
    if let (Some(left), Some(right)) = (left.peek(scope), right.peek(scope)) {
        // Menus compare the caller's keys with constants.
        if let (Value::String(left), Value::String(right)) = (left, right)
            && matches!(comparator, Comparator::Equal | Comparator::NotEqual)
        {
            return Ok((left == right) == (comparator == Comparator::Equal));
        }
        return Ok(compare_values(comparator, left, right, with_null()));
    }
    let (left, right) = (left.evaluate(scope)?, right.evaluate(scope)?);
    Ok(compare_values(comparator, &left, &right, with_null()))
}

fn compare_values(
    comparator: Comparator,
    left: &Value,
    right: &Value,
    with_null: bool,
) -> bool {
    if left.is_unset() || right.is_unset() {
        let both = left.is_unset() && right.is_unset();
        return match comparator {
            Comparator::Equal => with_null && both,
            Comparator::NotEqual => with_null && !both,
            _ => false,
        };
    }
    let order = || compare(left, right);
    match comparator {
        Comparator::Equal => equal(left, right),
        Comparator::NotEqual => !equal(left, right),
        Comparator::Less => order() == Some(Ordering::Less),
        Comparator::LessOrEqual => {
            matches!(order(), Some(Ordering::Less | Ordering::Equal))
        }
        Comparator::Greater => order() == Some(Ordering::Greater),
        Comparator::GreaterOrEqual => {
            matches!(order(), Some(Ordering::Greater | Ordering::Equal))
        }
        Comparator::Contains => contains(left, right),
        Comparator::StartsWith => {
            with_strings(left, right, |text, part| text.starts_with(part))
        }
        Comparator::EndsWith => {
            with_strings(left, right, |text, part| text.ends_with(part))
        }
    }
}

/// Whether a list contains an item, or the string of another value contains a string.
fn contains(whole: &Value, part: &Value) -> bool {
    match whole {
        Value::Json(Json::Array(items)) => {
            items.iter().any(|item| equal(&Value::from(item.clone()), part))
        }
        Value::Collection(collection) => {
            collection.items.iter().any(|item| equal(item, part))
        }
        _ => with_strings(whole, part, |text, part| text.contains(part)),
    }
}

fn with_strings(left: &Value, right: &Value, test: impl Fn(&str, &str) -> bool) -> bool {
    if let (Value::String(left), Value::String(right)) = (left, right) {
        return test(left, right);
    }
    test(&left.to_string(), &right.to_string())
}

fn holds(value: &Value) -> Result<bool, EvaluationError> {
    match value {
        Value::Boolean(value) => return Ok(*value),
        unset if unset.is_unset() => return Ok(false),
        Value::String(text) if text.eq_ignore_ascii_case("true") => return Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => return Ok(false),
        _ => {}
    }
    let message =
        format!("the value of the condition is `{value}`, expected true or false");
    Err(EvaluationError { message })
}
