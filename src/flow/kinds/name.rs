//! Names of settings: whether the table of kinds knows them.

use super::section::{
    ACTION_FIELDS, CHOICE_FIELDS, FLOW_FIELDS, OF_ACTION, OF_CHOICE, UNIT_FIELDS,
    of_flow, of_section, of_unit,
};
use super::setting::{SettingForm, SettingSpec, is_named};
use super::spec::ActionSpec;
use crate::diagnostic::is_typo_of;
use crate::flow::type_name::type_names;
use crate::value::Text;

/// The keys of wrappers, which give the form of a value.
pub(crate) const WRAPPERS: &[&str] =
    &["lit", "exp", "var", "noValue", "none", "tts", "prompt"];

/// The result of looking up a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NameLookup {
    /// The name is known, or the names at this place are not described.
    Known,
    /// The name is unknown. These names are known at its place.
    Unknown(Vec<Text>),
    /// The place holds a value, which has the form of a wrapper.
    InValue,
}

/// Looks up a name in the settings of a flow. A path contains the names of the enclosing
/// settings, outermost first, and the name itself.
pub(crate) fn flow_name(path: &[&str]) -> NameLookup {
    let table = match path {
        [section, _, ..] => of_section(section),
        _ => of_flow(),
    };
    look_up(&[table], FLOW_FIELDS, path)
}

/// Looks up a name in the settings of a task, menu, state or bot.
pub(crate) fn unit_name(path: &[&str]) -> NameLookup {
    look_up(&[of_unit()], UNIT_FIELDS, path)
}

impl ActionSpec {
    /// Looks up a name in the settings of an action or choice of this kind.
    pub(crate) fn name_at(&self, path: &[&str]) -> NameLookup {
        match self.is_choice {
            false => look_up(&[self.settings, OF_ACTION], ACTION_FIELDS, path),
            true => {
                let fields = [ACTION_FIELDS, CHOICE_FIELDS].concat();
                look_up(&[self.settings, OF_ACTION, OF_CHOICE], &fields, path)
            }
        }
    }
}

fn look_up(
    tables: &[&'static [SettingSpec]],
    fields: &[&'static str],
    path: &[&str],
) -> NameLookup {
    let Some((name, enclosing)) = path.split_last() else { return NameLookup::Known };
    if enclosing.is_empty() && fields.contains(name) {
        return NameLookup::Known;
    }
    let specs = || tables.iter().flat_map(|table| table.iter());
    let parts = || specs().filter_map(|spec| spec.part_at(enclosing));
    if parts().any(|part| is_named(part, name)) {
        return NameLookup::Known;
    }
    if parts().any(|part| part == "**") {
        return match is_misspelt_wrapper(name) {
            true => NameLookup::InValue,
            false => NameLookup::Known,
        };
    }
    if parts().next().is_none() && !enclosing.is_empty() {
        let mut ends = specs().filter(|spec| spec.is_at(enclosing));
        return match ends.next() {
            Some(spec) if spec.form.is_value() => NameLookup::InValue,
            _ => NameLookup::Known,
        };
    }
    let mut known: Vec<Text> = Vec::new();
    if enclosing.is_empty() {
        known.extend(fields.iter().map(|name| Text::from(*name)));
    }
    for part in parts() {
        match part {
            "<type>" => known.extend(type_names().map(Text::from)),
            part => known.push(part.into()),
        }
    }
    known.sort_unstable();
    known.dedup();
    NameLookup::Unknown(known)
}

/// Whether a name is probably a misspelt key of a wrapper, in settings that are not
/// described. A short name may be one of them.
fn is_misspelt_wrapper(name: &str) -> bool {
    let is_it = |known: &&str| is_typo_of(name, known);
    name.len() >= 5 && !WRAPPERS.contains(&name) && WRAPPERS.iter().any(is_it)
}

impl SettingForm {
    /// Whether a setting of this form holds one value in a wrapper.
    fn is_value(self) -> bool {
        !matches!(self, Self::Other | Self::Columns | Self::DataAction | Self::DataTable)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::super::{all, named};
    use super::*;

    fn of(kind: &str, path: &[&str]) -> NameLookup {
        named(kind).unwrap().name_at(path)
    }

    #[test]
    fn names_are_looked_up_at_their_place() {
        assert_eq!(of("collectInput", &["digits", "range", "max"]), NameLookup::Known);
        let unknown = of("collectInput", &["digits", "rnge"]);
        assert_eq!(unknown, NameLookup::Unknown(vec!["exact".into(), "range".into()]));
        // The names below an unknown one are not reported too.
        assert_eq!(of("collectInput", &["digts", "range"]), NameLookup::Known);
        assert_eq!(of("playAudio", &["audio", "tss"]), NameLookup::InValue);
        for kind in ["transferToGroup", "menuTransferToGroup", "transferToUser"] {
            assert_eq!(of(kind, &["allowVoicemailRollover"]), NameLookup::Known);
        }
        assert_eq!(
            of("updateData", &["statements", "string", "value"]),
            NameLookup::Known
        );
        assert!(matches!(
            of("updateData", &["statements", "strng"]),
            NameLookup::Unknown(known) if known.contains(&"stringCollection".into())
        ));
        assert_eq!(of("menuDisconnect", &["dtmf"]), NameLookup::Known);
        assert!(matches!(of("disconnect", &["dtmf"]), NameLookup::Unknown(_)));
        assert_eq!(flow_name(&["settingsMenu", "repeatCount"]), NameLookup::Known);
        assert!(matches!(unit_name(&["aduio"]), NameLookup::Unknown(_)));
    }

    fn every_setting() -> impl Iterator<Item = &'static SettingSpec> {
        let tables = [of_flow(), of_unit(), OF_ACTION, OF_CHOICE];
        tables.into_iter().chain(all().map(|kind| kind.settings)).flatten()
    }

    /// A lookup compares the first name literally.
    #[test]
    fn every_path_begins_with_a_name() {
        for spec in every_setting() {
            assert!(!["", "*", "**", "<type>"].contains(&spec.first()), "{spec:?}");
            assert_eq!(spec.path().split('.').next(), Some(spec.first()));
        }
    }

    /// A setting that the compiler reads is in the tables, or it would be reported.
    #[test]
    fn the_tables_contain_all_settings_that_the_compiler_reads() {
        let mut known: BTreeSet<&str> =
            every_setting().flat_map(|spec| spec.path().split('.')).collect();
        known.extend(ACTION_FIELDS.iter().chain(CHOICE_FIELDS));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program/architect");
        let calls =
            ["(action, \"", "(&action.settings, \"", "(settings, \"", "settings.get(\""];
        let mut count = 0;
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for name in calls.iter().flat_map(|call| text.split(call).skip(1)) {
                let name = name.split('"').next().unwrap();
                assert!(known.contains(name), "no table of settings has `{name}`");
                count += 1;
            }
        }
        assert!(count > 50, "only {count} settings were found");
    }
}
