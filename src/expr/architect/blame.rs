//! The parts of an expression that are NOT_SET and caused a failure.

use crate::value::Text;

use super::code::Code;
use super::evaluate::{Scope, evaluate};
use super::reads::Read;
use super::tree::Place;

/// A part of an expression that is NOT_SET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsetPart {
    /// A variable, or a property of one.
    Read(Read),
    /// A call, as written, such as a search that found nothing.
    Call(Text),
}

/// Returns the NOT_SET operands of the part at this place.
pub(super) fn unset_parts<S: Scope + ?Sized>(
    code: &Code,
    text: &str,
    place: Place,
    scope: &S,
) -> Vec<UnsetPart> {
    let mut parts = Vec::new();
    if code.place() == Some(place) {
        add_operands(code, text, scope, &mut parts);
    } else {
        code.each_part(&mut |part| {
            if parts.is_empty() {
                parts = unset_parts(part, text, place, scope);
            }
        });
    }
    parts
}

/// Adds the operands that are NOT_SET. Instead of a call that is NOT_SET because of its
/// arguments, adds these.
fn add_operands<S: Scope + ?Sized>(
    code: &Code,
    text: &str,
    scope: &S,
    parts: &mut Vec<UnsetPart>,
) {
    code.each_part(&mut |part| {
        if !evaluate(part, scope).is_ok_and(|value| value.is_unset()) {
            return;
        }
        let known = parts.len();
        let own = match part.read() {
            Some(read) => Some(UnsetPart::Read(read)),
            None => {
                add_operands(part, text, scope, parts);
                written(part, text).filter(|_| parts.len() == known)
            }
        };
        parts.extend(own.filter(|own| !parts.contains(own)));
    });
}

/// Returns a call as written.
fn written(call: &Code, text: &str) -> Option<UnsetPart> {
    let (start, end) = call.place()?;
    let text = text.get(start as usize..end as usize)?;
    Some(UnsetPart::Call(text.into()))
}

#[cfg(test)]
mod tests {
    use super::super::environment::Environment;
    use super::super::expression::Expression;
    use super::super::names::Declarations;
    use super::super::trial::Empty;
    use super::*;
    use crate::value::{Kind, Type, Value};

    struct Unset;

    impl Scope for Unset {
        fn variable(&self, _slot: u32) -> &Value {
            &Value::NOT_SET
        }

        fn environment(&self) -> &dyn Environment {
            &Empty
        }
    }

    fn blamed(text: &str) -> Vec<String> {
        let names = ["Flow.text", "Flow.queue"];
        let mut declarations = Declarations::new();
        declarations.declare(names[0], Type::one(Kind::String));
        declarations.declare(names[1], Type::one(Kind::Queue));
        let expression = Expression::compile(text, &mut declarations, None).unwrap();
        let failure = expression.evaluate(&Unset).unwrap_err();
        let parts = expression.unset_parts(failure.place().unwrap(), &Unset);
        let shown = parts.into_iter().map(|part| match part {
            UnsetPart::Read(read) => names[read.slot as usize].to_owned(),
            UnsetPart::Call(text) => text.to_string(),
        });
        shown.collect()
    }

    #[test]
    fn the_value_that_caused_a_failure_is_named() {
        assert_eq!(blamed("Length(Flow.text) > 1"), ["Flow.text"]);
        assert_eq!(blamed("1 < ToInt(Flow.text) + 1"), ["Flow.text"]);
        assert_eq!(blamed("Flow.queue.name"), ["Flow.queue"]);
        assert_eq!(blamed(r#"FindQueue("x").name"#), [r#"FindQueue("x")"#]);
        assert_eq!(blamed("ToPhoneNumber(Flow.text).e164"), ["Flow.text"]);
    }
}
