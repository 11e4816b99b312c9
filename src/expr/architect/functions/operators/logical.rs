//! Boolean operators, and the choice between two values.

use crate::value::{Kind, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Category, Function, one, overload};
use super::super::logical::CHOOSING;

pub(in crate::expr::architect) const NOT: Function = Function {
    name: "!",
    category: Category::Operators,
    summary: "Negates a Boolean.",
    example: ("!true", "false"),
    overloads: &[overload(
        &[one("booleanValue", Kind::Boolean)],
        Type::one(Kind::Boolean),
        not,
    )],
};

pub(in crate::expr::architect) const AND: Function = Function {
    name: "and",
    category: Category::Operators,
    summary: "Returns whether both Booleans are true. The second is computed only if the first is true.",
    example: ("5 == 5 and 3 == 4", "false"),
    overloads: binary!("value1", "value2"; Boolean, Boolean => Boolean by and;),
};

pub(in crate::expr::architect) const OR: Function = Function {
    name: "or",
    category: Category::Operators,
    summary: "Returns whether at least one Boolean is true. The second is computed only if the first is false.",
    example: ("5 == 5 or 3 == 4", "true"),
    overloads: binary!("value1", "value2"; Boolean, Boolean => Boolean by or;),
};

pub(in crate::expr::architect) const CHOICE: Function = Function {
    name: "?",
    category: Category::Operators,
    summary: "Returns one of two values of the same type, depending on a condition, like `If`. Only the returned value is computed. A condition that is NOT_SET counts as false.",
    example: ("5 > 3 ? \"more\" : \"less\"", "\"more\""),
    overloads: CHOOSING,
};

fn not(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(!arguments.boolean(0)?))
}

/// Used for constants only; otherwise the compiler evaluates the second operand only if
/// it matters.
fn and(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(arguments.boolean(0)? && arguments.boolean(1)?))
}

/// Like [`and`], used for constants only.
fn or(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(arguments.boolean(0)? || arguments.boolean(1)?))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn truth() {
        assert_results(&[
            ("!ToBool(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
            (r#"false and 1 / ToInt("0") > 1"#, "false"),
            (r#"true or 1 / ToInt("0") > 1"#, "true"),
            (r#"true and 1 / ToInt("0") > 1"#, "DIVISION_BY_ZERO"),
            ("ToBool(NOT_SET) and false", "NOT_SET_NOT_ALLOWED"),
            ("ToBool(NOT_SET) ? 1 : 2", "2"),
            (r#"true ? 1 : 1 / ToInt("0")"#, "WRONG_ARGUMENTS"),
            (r#"true ? 1.0 : 1 / ToInt("0")"#, "1.0"),
            (r#"true ? NOT_SET : "a""#, "NOT_SET String"),
            ("false ? MakeList(1) : MakeEmptyList(2)", "[]"),
        ]);
    }

    /// The catalogue refuses NOT_SET for Audio, and for no other type.
    #[test]
    fn chosen_audio_must_be_set() {
        assert_results(&[
            ("If(true, NOT_SET, ToAudioTTS(\"x\"))", "NOT_SET_NOT_ALLOWED"),
            ("If(false, NOT_SET, ToAudioTTS(\"x\"))", "\"x\""),
            (
                "GetDefaultLanguage() == \"en-us\" ? ToAudioDuration(NOT_SET) : ToAudioTTS(\"x\")",
                "NOT_SET_NOT_ALLOWED",
            ),
            (
                "GetDefaultLanguage() == \"de-de\" ? ToAudioDuration(NOT_SET) : ToAudioTTS(\"x\")",
                "\"x\"",
            ),
            ("ToAudio(NOT_SET)", "\"\""),
            ("ToAudio(FindUserPrompt(\"none\"))", "NOT_SET_NOT_ALLOWED"),
        ]);
    }
}
