//! The names of types in Archy YAML.

use crate::value::{Kind, Type};

/// Returns the type with this name in Archy: `string`, `dateTime`, `stringCollection`.
pub fn type_named(name: &str) -> Option<Type> {
    let single = name.strip_suffix("Collection");
    let wanted = single.unwrap_or(name);
    let kind = Kind::ALL.iter().find(|kind| kind.name().eq_ignore_ascii_case(wanted))?;
    Some(Type { kind: *kind, is_collection: single.is_some() })
}

/// The names of all types that variables can have: `string`, `stringCollection`…
pub(crate) fn type_names() -> impl Iterator<Item = String> {
    let is_none =
        |kind: &Kind| matches!(kind, Kind::Any | Kind::NotSet | Kind::PromptOrAudio);
    let kinds = Kind::ALL.iter().copied().filter(move |kind| !is_none(kind));
    kinds.flat_map(|kind| [spelt(kind), format!("{}Collection", spelt(kind))])
}

/// The name of a type as Archy spells it: `dateTime`, `json`.
pub(super) fn spelt(kind: Kind) -> String {
    if kind == Kind::Json {
        return "json".into();
    }
    let mut characters = kind.name().chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
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
