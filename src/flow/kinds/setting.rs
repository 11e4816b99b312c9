//! Settings of actions: their types, and the objects of the organisation that they name.

use crate::flow::type_name::type_named;
use crate::value::{Kind, Type};

/// A setting of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SettingSpec {
    /// The names of the enclosing settings and its own name, separated by dots. `*`
    /// represents any name, `**` at the end any further names.
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
}

/// A setting that holds a value of this type.
pub(super) const fn value(path: &'static str, kind: Kind) -> SettingSpec {
    SettingSpec { path, form: SettingForm::Value(kind) }
}

/// A setting with another form.
pub(super) const fn setting(path: &'static str, form: SettingForm) -> SettingSpec {
    SettingSpec { path, form }
}

/// Settings of flows.
const OF_FLOW: [SettingSpec; 6] = [
    value("initialGreeting", Kind::Audio),
    value("settingsErrorHandling.preHandlingAudio", Kind::Audio),
    setting("settingsErrorHandling.errorHandling.*.targetQueue", QUEUES),
    setting("settingsErrorHandling.errorHandling.*.targetQueues.**", QUEUES),
    setting(
        "supportedLanguages.*.defaultLanguageSkill",
        SettingForm::Object(Kind::LanguageSkill),
    ),
    setting("settingsOutboundCall.wrapupCode", SettingForm::Object(Kind::WrapupCode)),
];

/// Settings of menus.
const OF_UNIT: [SettingSpec; 1] = [value("audio", Kind::Audio)];

const QUEUES: SettingForm = SettingForm::Object(Kind::Queue);

/// Returns the setting of a flow with this path.
pub(crate) fn flow_setting(path: &[&str]) -> Option<&'static SettingSpec> {
    OF_FLOW.iter().find(|setting| setting.is_at(path))
}

/// Returns the setting of a task, menu or state with this path.
pub(crate) fn unit_setting(path: &[&str]) -> Option<&'static SettingSpec> {
    OF_UNIT.iter().find(|setting| setting.is_at(path))
}

impl SettingSpec {
    /// Whether a setting with this path is this one.
    pub(super) fn is_at(&self, path: &[&str]) -> bool {
        let mut names = path.iter();
        for part in self.path.split('.') {
            match (part, names.next()) {
                ("**", _) => return true,
                (part, Some(name)) if part == "*" || part == *name => {}
                _ => return false,
            }
        }
        names.next().is_none()
    }

    /// Returns the type that a value at this path must have, if it is known.
    pub(crate) fn holds(&self, path: &[&str]) -> Option<Type> {
        match self.form {
            SettingForm::Value(kind) => Some(Type::one(kind)),
            SettingForm::Statement => type_named(path.iter().rev().nth(1)?),
            SettingForm::NameOf(_) => Some(Type::one(Kind::String)),
            SettingForm::Object(_)
            | SettingForm::DataAction
            | SettingForm::DataTable
            | SettingForm::Columns => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_known_by_its_whole_path() {
        let audio = value("audio", Kind::Audio);
        assert!(audio.is_at(&["audio"]));
        assert!(!audio.is_at(&["inputs", "audio"]) && !audio.is_at(&["audio", "tts"]));
        let statement = setting("statements.*.value", SettingForm::Statement);
        let path = ["statements", "integer", "value"];
        assert!(statement.is_at(&path));
        assert_eq!(statement.holds(&path), Some(Type::one(Kind::Integer)));
        let skills = setting("acdSkills.**", SettingForm::Object(Kind::Skill));
        assert!(skills.is_at(&["acdSkills", "acdSkill", "skill"]));
        assert!(skills.is_at(&["acdSkills"]));
        assert!(!skills.is_at(&["skills"]));
    }
}
