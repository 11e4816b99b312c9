//! Functions of the flow's languages.

use std::sync::Arc;

use crate::value::{Collection, Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, overload};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "GetDefaultLanguage",
        category: Category::Language,
        summary: "Returns the IETF tag of the flow's default language.",
        example: ("GetDefaultLanguage()", "\"en-us\""),
        overloads: &[overload(&[], Type::one(Kind::String), default_language)
            .reading_surroundings()],
    },
    Function {
        name: "GetSupportedLanguages",
        category: Category::Language,
        summary: "Returns the IETF tags of all languages of the flow.",
        example: ("GetSupportedLanguages()", "[\"en-us\"]"),
        overloads: &[overload(&[], Type::many(Kind::String), supported_languages)
            .reading_surroundings()],
    },
];

fn default_language(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::String(arguments.environment().directory().default_language()))
}

fn supported_languages(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let languages = arguments.environment().directory().supported_languages();
    let items = languages.into_iter().map(Value::String).collect();
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::String, items })))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::evaluated_in;
    use super::super::known::TestOrganization;

    #[test]
    fn languages_of_the_flow() {
        assert_eq!(evaluated_in("GetDefaultLanguage()", &TestOrganization), "\"de-de\"");
        let languages = evaluated_in("GetSupportedLanguages()", &TestOrganization);
        assert_eq!(languages, "[\"de-de\",\"en-us\"]");
    }
}
