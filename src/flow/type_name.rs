//! The names of types in Archy YAML.

use crate::value::{Kind, Type};

/// Returns the type with this name in Archy: `string`, `dateTime`, `stringCollection`.
pub fn type_named(name: &str) -> Option<Type> {
    let single = name.strip_suffix("Collection");
    let wanted = single.unwrap_or(name);
    let kind = Kind::ALL.iter().find(|kind| kind.name().eq_ignore_ascii_case(wanted))?;
    Some(Type { kind: *kind, is_collection: single.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archy_names_types_in_its_own_way() {
        assert_eq!(type_named("dateTime"), Some(Type::one(Kind::DateTime)));
        assert_eq!(type_named("stringCollection"), Some(Type::many(Kind::String)));
        assert_eq!(type_named("json"), Some(Type::one(Kind::Json)));
        assert_eq!(type_named("wrench"), None);
    }
}
