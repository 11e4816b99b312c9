//! Settings of actions, units and flows: their names, their types, and the objects of the
//! organisation that they name.
//!
//! *Source: the names that Archy writes in published flows, the properties of Architect
//! Scripting, and the settings that flowsim reads.*

use crate::flow::type_name::type_named;
use crate::value::{Kind, Type};

/// A setting of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SettingSpec {
    /// The names of the enclosing settings and its own name, separated by dots. `*`
    /// represents any name, `<type>` the name of a type, `**` at the end any further
    /// names.
    path: &'static str,
    /// The form of its value.
    pub(crate) form: SettingForm,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SettingForm {
    /// A value of this type, or an object of this kind.
    Value(Kind),
    /// A value of the type that the enclosing setting is named after.
    Statement,
    /// A string with the name of an object of this kind.
    NameOf(Kind),
    /// An object of this kind, in settings that this table does not describe further.
    Object(Kind),
    /// The name of a data action.
    DataAction,
    /// The name of a data table.
    DataTable,
    /// Names of columns of the data table.
    Columns,
    /// A value of a type that this table does not know.
    Any,
    /// The variable that receives a result.
    Result,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A reference to a unit of the flow.
    Reference,
    /// A name, or settings that this table does not describe further.
    Other,
}

/// A setting that holds a value of this type.
pub(super) const fn value(path: &'static str, kind: Kind) -> SettingSpec {
    SettingSpec { path, form: SettingForm::Value(kind) }
}

/// A setting that is true or false.
pub(super) const fn flag(path: &'static str) -> SettingSpec {
    value(path, Kind::Boolean)
}

/// A setting that holds a value of an unknown type.
pub(super) const fn any(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Any)
}

/// A setting with the variable that receives a result.
pub(super) const fn result(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Result)
}

/// A setting with a name, or with settings that are not described further.
pub(super) const fn other(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Other)
}

/// A setting with a reference to a unit.
pub(super) const fn reference(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Reference)
}

/// A setting with a few possible words.
pub(super) const fn word(
    path: &'static str,
    words: &'static [&'static str],
) -> SettingSpec {
    setting(path, SettingForm::Word(words))
}

/// A setting with another form.
pub(super) const fn setting(path: &'static str, form: SettingForm) -> SettingSpec {
    SettingSpec { path, form }
}

impl SettingSpec {
    /// Whether a setting with this path is this one.
    pub(super) fn is_at(&self, path: &[&str]) -> bool {
        let mut rest = Some(self.path);
        for name in path {
            let Some(parts) = rest else { return false };
            let (part, following) = first_part(parts);
            match part {
                "**" => return true,
                part if is_named(part, name) => rest = following,
                _ => return false,
            }
        }
        rest.is_none_or(|parts| parts == "**")
    }

    /// Returns the part of the path below the enclosing names. Returns `None` if the path
    /// leads elsewhere, or ends there.
    pub(super) fn part_at(&self, enclosing: &[&str]) -> Option<&'static str> {
        let mut rest = Some(self.path);
        for name in enclosing {
            let (part, following) = first_part(rest?);
            match part {
                "**" => return Some("**"),
                part if is_named(part, name) => rest = following,
                _ => return None,
            }
        }
        rest.map(|parts| first_part(parts).0)
    }

    /// Returns the path.
    #[cfg(test)]
    pub(super) fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the type that a value at this path must have, if it is known.
    pub(crate) fn holds(&self, path: &[&str]) -> Option<Type> {
        match self.form {
            SettingForm::Value(kind) => Some(Type::one(kind)),
            SettingForm::Statement => type_named(path.iter().rev().nth(1)?),
            SettingForm::NameOf(_) => Some(Type::one(Kind::String)),
            _ => None,
        }
    }

    /// Returns the kind of object that a value of the setting names.
    pub(crate) fn object(&self) -> Option<Kind> {
        match self.form {
            SettingForm::Value(kind) | SettingForm::Object(kind) => Some(kind),
            _ => None,
        }
    }
}

/// Splits a path at its first dot. Paths are short and are split very often, so that a loop
/// over the bytes is faster than a search.
fn first_part(path: &'static str) -> (&'static str, Option<&'static str>) {
    match path.bytes().position(|byte| byte == b'.') {
        Some(dot) => (&path[..dot], Some(&path[dot + 1..])),
        None => (path, None),
    }
}

/// Whether a part of a path represents a name.
pub(super) fn is_named(part: &str, name: &str) -> bool {
    match part {
        "*" => true,
        "<type>" => type_named(name).is_some(),
        _ => part == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_known_by_its_whole_path() {
        let audio = value("audio", Kind::Audio);
        assert!(audio.is_at(&["audio"]));
        assert!(!audio.is_at(&["inputs", "audio"]) && !audio.is_at(&["audio", "tts"]));
        let statement = setting("statements.<type>.value", SettingForm::Statement);
        let path = ["statements", "integer", "value"];
        assert!(statement.is_at(&path));
        assert_eq!(statement.holds(&path), Some(Type::one(Kind::Integer)));
        let skills = setting("acdSkills.**", SettingForm::Object(Kind::Skill));
        assert!(skills.is_at(&["acdSkills", "acdSkill", "skill"]));
        assert!(skills.is_at(&["acdSkills"]));
        assert!(!skills.is_at(&["skills"]));
        assert!(!statement.is_at(&["statements", "intger", "value"]));
        assert!(!statement.is_at(&["statements", "integer"]));
        assert!(!statement.is_at(&["statements", "integer", "value", "lit"]));
        assert!(!skills.is_at(&[]));
        assert_eq!(statement.part_at(&["statements", "integer"]), Some("value"));
        assert_eq!(statement.part_at(&path), None);
        assert_eq!(skills.part_at(&["acdSkills", "acdSkill", "skill"]), Some("**"));
    }
}
