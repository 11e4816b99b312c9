//! Conversions of names to objects of the organisation.

use crate::diagnostic::Code;
use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, one, overload};

/// The overloads that take a name, NOT_SET, or a value that already has the type.
macro_rules! named {
    ($name:literal, $kind:ident) => {
        &[
            overload(
                &[one($name, Kind::String).or_not_set()],
                Type::one(Kind::$kind),
                by_name,
            )
            .reading_surroundings(),
            overload(
                &[one("valueToConvert", Kind::NotSet).or_not_set()],
                Type::one(Kind::$kind),
                same,
            ),
            overload(
                &[one("valueToReturn", Kind::$kind).or_not_set()],
                Type::one(Kind::$kind),
                same,
            ),
        ]
    };
}

// `ToScheduleGroup` is newer than Genesys' catalogue; real flows use it.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "ToGroup",
        category: Category::Cast,
        summary: "Finds a group by its name. The organisation must have it.",
        example: ("IsSet(ToGroup(NOT_SET))", "false"),
        overloads: named!("valueToConvert", Group),
    },
    Function {
        name: "ToLanguageSkill",
        category: Category::Cast,
        summary: "Finds a language skill by its name. The organisation must have it.",
        example: ("IsSet(ToLanguageSkill(NOT_SET))", "false"),
        overloads: named!("languageTag", LanguageSkill),
    },
    Function {
        name: "ToQueue",
        category: Category::Cast,
        summary: "Finds a queue by its name. The organisation must have it.",
        example: ("IsSet(ToQueue(NOT_SET))", "false"),
        overloads: named!("valueToConvert", Queue),
    },
    Function {
        name: "ToScheduleGroup",
        category: Category::Cast,
        summary: "Finds a schedule group by its name. The organisation must have it.",
        example: ("IsSet(ToScheduleGroup(NOT_SET))", "false"),
        overloads: named!("valueToConvert", ScheduleGroup),
    },
    Function {
        name: "ToSkill",
        category: Category::Cast,
        summary: "Finds a skill by its name. The organisation must have it.",
        example: ("IsSet(ToSkill(NOT_SET))", "false"),
        overloads: named!("skillName", Skill),
    },
    Function {
        name: "ToUser",
        category: Category::Cast,
        summary: "Finds a user by the user name, an e-mail address. The organisation must have it.",
        example: ("IsSet(ToUser(NOT_SET))", "false"),
        overloads: named!("userName", User),
    },
    Function {
        name: "ToWrapupCode",
        category: Category::Cast,
        summary: "Finds a wrap-up code by its name. The organisation must have it.",
        example: ("IsSet(ToWrapupCode(NOT_SET))", "false"),
        overloads: named!("valueToConvert", WrapupCode),
    },
];

/// Finds an object by its name. A name that is missing from the organisation, or that
/// occurs more than once, is an error: the catalogue says that it must be defined "for
/// the conversion to work".
///
/// Undocumented: a blank name is NOT_SET, like a blank number.
fn by_name(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let name = arguments.optional_text(0)?.filter(|name| !name.trim().is_empty());
    let Some(name) = name else { return Ok(arguments.not_set()) };
    let kind = arguments.result_type().kind;
    arguments.environment().directory().by_name(kind, name).ok_or_else(|| {
        let message = format!(
            "the organisation does not have exactly one {} {name:?}",
            kind.name()
        );
        arguments.fail(Code::CONVERSION_FAILED, &message)
    })
}

fn same(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let value = arguments.value(0);
    Ok(if value.is_unset() { arguments.not_set() } else { value.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated_in};
    use super::super::known::TestOrganization;

    #[test]
    fn names_must_exist() {
        assert_results(&[
            ("ToQueue(\"Sales\")", "CONVERSION_FAILED"),
            ("ToQueue(\" \")", "NOT_SET Queue"),
            ("ToSkill(NOT_SET)", "NOT_SET Skill"),
            ("ToUser(ToString(NOT_SET))", "NOT_SET User"),
            ("ToGroup(ToGroup(NOT_SET))", "NOT_SET Group"),
            ("ToLanguageSkill(ToLanguageSkill(NOT_SET))", "NOT_SET LanguageSkill"),
            ("ToWrapupCode(ToUser(NOT_SET))", "WRONG_ARGUMENTS"),
        ]);
        for (text, found) in [
            ("ToQueue(\"Sales\").id", "\"Queue name Sales\""),
            ("ToQueue(ToQueue(\"Sales\")).id", "\"Queue name Sales\""),
            ("ToQueue(\"1\")", "CONVERSION_FAILED"),
            ("ToLanguageSkill(\"Sales\").id", "\"LanguageSkill name Sales\""),
            ("ToScheduleGroup(\"Sales\").id", "\"ScheduleGroup name Sales\""),
        ] {
            assert_eq!(evaluated_in(text, &TestOrganization), found, "{text}");
        }
    }
}
