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
    /// The first name of the path, which is never a placeholder. Nearly all entries of a
    /// table differ in it.
    first: &'static str,
    /// The last name of the path, unless it represents several names.
    last: Option<&'static str>,
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
    /// The variable that receives a result of this type, or of any type.
    Result(Type),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A reference to a unit of the flow.
    Reference,
    /// A name, or settings that this table does not describe further.
    Other,
}

/// A setting that holds a value of this type.
pub(super) const fn value(path: &'static str, kind: Kind) -> SettingSpec {
    setting(path, SettingForm::Value(kind))
}

/// A setting that is true or false.
pub(super) const fn flag(path: &'static str) -> SettingSpec {
    value(path, Kind::Boolean)
}

/// A setting that holds a value of an unknown type.
pub(super) const fn any(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Any)
}

/// A setting with the variable that receives a result of any type.
pub(super) const fn result(path: &'static str) -> SettingSpec {
    setting(path, SettingForm::Result(Type::ANY))
}

/// A setting with the variable that receives a result of this type.
pub(super) const fn result_of(path: &'static str, kind: Kind) -> SettingSpec {
    setting(path, SettingForm::Result(Type::one(kind)))
}

/// A setting with the variable that receives a collection.
pub(super) const fn results_of(path: &'static str, kind: Kind) -> SettingSpec {
    setting(path, SettingForm::Result(Type::many(kind)))
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
    SettingSpec { path, first: first_part(path).0, last: last_name(path), form }
}

impl SettingSpec {
    /// Whether a setting with this path is this one.
    pub(super) fn is_at(&self, path: &[&str]) -> bool {
        // Nearly all settings of a section differ in the last name.
        if let (Some(own), Some(last)) = (self.last, path.last())
            && own != *last
        {
            return false;
        }
        matches!(self.below(path), Some("" | "**"))
    }

    /// Whether the path describes all names, and no further ones may follow.
    pub(crate) fn is_whole(&self) -> bool {
        !self.path.ends_with("**")
    }

    /// Returns the part of the path below the enclosing names. Returns `None` if the path
    /// leads elsewhere, or ends there.
    pub(super) fn part_at(&self, enclosing: &[&str]) -> Option<&'static str> {
        if enclosing.is_empty() {
            return Some(self.first);
        }
        let rest = self.below(enclosing).filter(|rest| !rest.is_empty())?;
        Some(first_part(rest).0)
    }

    /// Returns the rest of the path below these names: empty if it ends there, `**` if any
    /// names may follow. Returns `None` if the path leads elsewhere.
    fn below(&self, names: &[&str]) -> Option<&'static str> {
        let Some((first, names)) = names.split_first() else { return Some(self.path) };
        if self.first != *first {
            return None;
        }
        let mut rest = self.path.get(self.first.len() + 1..).unwrap_or_default();
        for name in names {
            match first_part(rest) {
                ("", _) => return None,
                ("**", _) => return Some("**"),
                (part, following) if is_named(part, name) => rest = following,
                _ => return None,
            }
        }
        Some(rest)
    }

    /// Returns the path.
    #[cfg(test)]
    pub(super) fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the first name of the path.
    pub(super) fn first(&self) -> &'static str {
        self.first
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

/// Splits a path at its first dot. Without a dot, the second part is empty.
const fn first_part(path: &'static str) -> (&'static str, &'static str) {
    let bytes = path.as_bytes();
    let mut dot = 0;
    while dot < bytes.len() && bytes[dot] != b'.' {
        dot += 1;
    }
    if dot == bytes.len() {
        return (path, "");
    }
    (path.split_at(dot).0, path.split_at(dot + 1).1)
}

const fn last_name(path: &'static str) -> Option<&'static str> {
    let (mut last, mut rest) = first_part(path);
    while !rest.is_empty() {
        (last, rest) = first_part(rest);
    }
    match last.as_bytes() {
        [b'*' | b'<', ..] => None,
        _ => Some(last),
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
        assert_eq!(skills.part_at(&["acdSkills"]), Some("**"));
        assert_eq!(skills.part_at(&[]), Some("acdSkills"));
        assert_eq!(skills.part_at(&["skills"]), None);
        assert!(!statement.is_at(&["statements", "integer", "value", ""]));
        assert!(!audio.is_at(&["audio", ""]));
    }
}
