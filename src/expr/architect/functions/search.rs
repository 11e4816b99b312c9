//! Searches in the organisation.
//!
//! The result is NOT_SET if there is no match, or several of the same name.

use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Evaluate, Function, Overload, one, overload};

/// The overloads that take a String or NOT_SET.
macro_rules! find {
    ($name:literal, $kind:ident, $find:path) => {
        &[
            by_text(&[one($name, Kind::String).or_not_set()], Kind::$kind, $find),
            overload(
                &[one($name, Kind::NotSet).or_not_set()],
                Type::one(Kind::$kind),
                not_set,
            ),
        ]
    };
}

// The functions with `ById` and those of schedule and emergency groups are newer than
// Genesys' catalogue; real flows use them.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "FindEmergencyGroup",
        category: Category::Search,
        summary: "Finds an emergency group by its name.",
        example: ("IsSet(FindEmergencyGroup(\"Fire drill\"))", "false"),
        overloads: find!("emergencyGroupName", EmergencyGroup, by_name),
    },
    Function {
        name: "FindLanguageSkill",
        category: Category::Search,
        summary: "Finds a language skill by its id or its name.",
        example: ("IsSet(FindLanguageSkill(\"Spanish - Written\"))", "false"),
        overloads: find!("skillToFind", LanguageSkill, by_id_or_name),
    },
    Function {
        name: "FindQueue",
        category: Category::Search,
        summary: "Finds a queue by its id or its name.",
        example: ("IsSet(FindQueue(\"Marketing\"))", "false"),
        overloads: find!("queueToFind", Queue, by_id_or_name),
    },
    Function {
        name: "FindQueueById",
        category: Category::Search,
        summary: "Finds a queue by its id.",
        example: (
            "IsSet(FindQueueById(\"6b943b2c-9201-470b-4bf7-a133a93e2913\"))",
            "false",
        ),
        overloads: find!("queueId", Queue, by_id),
    },
    Function {
        name: "FindScheduleGroup",
        category: Category::Search,
        summary: "Finds a schedule group by its name.",
        example: ("IsSet(FindScheduleGroup(\"Office hours\"))", "false"),
        overloads: find!("scheduleGroupName", ScheduleGroup, by_name),
    },
    Function {
        name: "FindSkill",
        category: Category::Search,
        summary: "Finds a skill by its id or its name.",
        example: ("IsSet(FindSkill(\"JavaScript\"))", "false"),
        overloads: find!("skillToFind", Skill, by_id_or_name),
    },
    Function {
        name: "FindSystemPrompt",
        category: Category::Search,
        summary: "Finds a system prompt by its name, with or without the prefix `PromptSystem.`.",
        example: ("IsSet(FindSystemPrompt(\"no_such_prompt\"))", "false"),
        overloads: find!("promptName", Prompt, system_prompt),
    },
    Function {
        name: "FindUser",
        category: Category::Search,
        summary: "Finds a user by the e-mail address.",
        example: ("IsSet(FindUser(\"john.doe@company.com\"))", "false"),
        overloads: find!("userEmail", User, by_name),
    },
    Function {
        name: "FindUserById",
        category: Category::Search,
        summary: "Finds a user by the id.",
        example: (
            "IsSet(FindUserById(\"4b933b2c-0201-470f-8af0-b105a93f2914\"))",
            "false",
        ),
        overloads: find!("userId", User, by_id),
    },
    Function {
        name: "FindUserPrompt",
        category: Category::Search,
        summary: "Finds a user prompt by its name, with or without the prefix `Prompt.`.",
        example: ("IsSet(FindUserPrompt(\"Greeting\"))", "false"),
        overloads: find!("promptName", Prompt, user_prompt),
    },
];

const fn by_text(
    parameters: &'static [super::super::signature::Parameter],
    kind: Kind,
    find: Evaluate,
) -> Overload {
    overload(parameters, Type::one(kind), find).reading_surroundings()
}

fn by_name(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    found(arguments, |name| {
        let kind = arguments.result_type().kind;
        arguments.environment().directory().by_name(kind, name)
    })
}

fn by_id(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    found(arguments, |id| {
        let kind = arguments.result_type().kind;
        arguments.environment().directory().by_id(kind, id)
    })
}

/// Genesys looks for an id only if the String is a GUID. All Genesys ids are GUIDs, but
/// the ids of a test's organisation need not be.
fn by_id_or_name(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    found(arguments, |text| {
        let kind = arguments.result_type().kind;
        let directory = arguments.environment().directory();
        directory.by_id(kind, text).or_else(|| directory.by_name(kind, text))
    })
}

fn user_prompt(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    found(arguments, |name| {
        let name = without_prefix(name, "Prompt.");
        arguments.environment().directory().user_prompt(name)
    })
}

fn system_prompt(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    found(arguments, |name| {
        let name = without_prefix(name, "PromptSystem.");
        arguments.environment().directory().system_prompt(name)
    })
}

/// Looks up a string in the organisation. An empty string finds nothing.
fn found(
    arguments: &Arguments<'_>,
    find: impl FnOnce(&str) -> Option<Value>,
) -> Result<Value, Failure> {
    let text = arguments.optional_text(0)?.filter(|text| !text.is_empty());
    Ok(text.and_then(|text| find(text)).unwrap_or_else(|| arguments.not_set()))
}

/// Removes the prefix. Undocumented: the prefix, like the name, is not case-sensitive.
fn without_prefix<'t>(name: &'t str, prefix: &str) -> &'t str {
    match name.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &name[prefix.len()..],
        _ => name,
    }
}

fn not_set(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(arguments.not_set())
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated_in};
    use super::super::known::TestOrganization;

    #[test]
    fn empty_strings_find_nothing() {
        assert_results(&[
            ("FindQueue(NOT_SET)", "NOT_SET Queue"),
            ("FindQueue(ToString(NOT_SET))", "NOT_SET Queue"),
            ("FindQueue(\"\")", "NOT_SET Queue"),
            ("FindUserById(\"1\")", "NOT_SET User"),
            ("FindSystemPrompt(NOT_SET)", "NOT_SET Prompt"),
            ("FindSystemPrompt(\"PromptSystem.\")", "NOT_SET Prompt"),
            ("FindEmergencyGroup(\"x\")", "NOT_SET EmergencyGroup"),
            ("FindLanguageSkill(\"x\").id", "NOT_SET_NOT_ALLOWED"),
        ]);
    }

    #[test]
    fn objects_of_the_organisation_are_found() {
        for (text, found) in [
            ("FindQueue(\"Sales\")", "Queue name Sales"),
            ("FindQueue(\"1\")", "Queue id 1"),
            ("FindQueueById(\"1\")", "Queue id 1"),
            ("FindQueueById(\"Sales\")", "NOT_SET Queue"),
            ("FindSkill(\"Sales\")", "Skill name Sales"),
            ("FindSkill(\"1\")", "Skill id 1"),
            ("FindLanguageSkill(\"1\")", "LanguageSkill id 1"),
            ("FindUser(\"Sales\")", "User name Sales"),
            ("FindUser(\"1\")", "NOT_SET User"),
            ("FindUserById(\"1\")", "User id 1"),
            ("FindScheduleGroup(\"Sales\")", "ScheduleGroup name Sales"),
            ("FindEmergencyGroup(\"Sales\")", "EmergencyGroup name Sales"),
            ("FindUserPrompt(\"Welcome\")", "Prompt user Welcome"),
            ("FindUserPrompt(\"prompt.Welcome\")", "Prompt user Welcome"),
            (
                "FindUserPrompt(\"PromptSystem.Welcome\")",
                "Prompt user PromptSystem.Welcome",
            ),
            ("FindSystemPrompt(\"PromptSystem.Welcome\")", "Prompt system Welcome"),
            ("FindSystemPrompt(\"Welcome\")", "Prompt system Welcome"),
        ] {
            let holds = format!("{text}.id");
            let value = evaluated_in(text, &TestOrganization);
            let value = if value.starts_with("NOT_SET") {
                value
            } else {
                evaluated_in(&holds, &TestOrganization).trim_matches('"').to_owned()
            };
            assert_eq!(value, found, "{text}");
        }
    }
}
