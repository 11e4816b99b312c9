//! The place of the cursor in Archy YAML, from the indentation of the lines above. This
//! works while the document is not valid YAML, which is the normal case during typing.

use super::text::{Text, indentation, key};
use crate::flow::kinds::{self, ActionSpec, NameLookup, SettingForm, WRAPPERS};
use crate::flow::type_names;

/// Keys of lists of actions.
const ACTIONS: [&str; 2] = ["actions", "startUpTaskActions"];

/// Keys of lists of tasks, menus and similar units.
const UNITS: [&str; 5] = ["tasks", "menus", "states", "bots", "loopTasks"];

/// The owner of the settings at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// An action or choice of a known kind; `None` for an unknown kind.
    Action(Option<&'static str>),
    Unit,
    Flow,
    /// A list of actions: its items are kinds.
    Actions,
    /// The choices of a menu.
    Choices,
    /// The list of variables.
    Variables,
    /// Nothing that flowsim knows.
    Unknown,
}

/// Returns the keys that enclose a line with this indentation, outermost first.
pub(super) fn path(text: &Text, line: usize, indent: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut limit = indent;
    for number in (0..line).rev() {
        let content = text.line(number);
        if limit == 0 {
            break;
        }
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let depth = indentation(content);
        if depth < limit
            && let Some(key) = key(content)
        {
            path.push(key.to_owned());
            limit = depth;
        }
    }
    path.reverse();
    path
}

/// Returns the owner of the settings below these keys, and the number of keys up to it.
pub(super) fn owner(path: &[String]) -> (Owner, usize) {
    let last = path.iter().rposition(|key| {
        ACTIONS.contains(&key.as_str()) || key == "choices" || key == "variables"
    });
    let unit = path.iter().position(|key| UNITS.contains(&key.as_str()));
    let Some(list) = last.filter(|list| unit.is_none_or(|unit| unit < *list)) else {
        return match (unit, path.len()) {
            (Some(unit), length) if length > unit + 1 => (Owner::Unit, unit + 2),
            (Some(_), _) | (None, 0) => (Owner::Unknown, path.len()),
            (None, _) => (Owner::Flow, 1),
        };
    };
    match (path[list].as_str(), path.get(list + 1)) {
        ("variables", _) => (Owner::Variables, list + 1),
        ("choices", None) => (Owner::Choices, list + 1),
        (_, None) => (Owner::Actions, list + 1),
        (_, Some(kind)) => {
            let kind = kinds::named(kind).map(|kind: &ActionSpec| kind.name);
            (Owner::Action(kind), list + 2)
        }
    }
}

/// Returns the names that are possible below these keys.
pub(super) fn names(path: &[String]) -> Vec<String> {
    let (owner, length) = owner(path);
    let enclosing: Vec<&str> = path[length..].iter().map(String::as_str).collect();
    let at = [&enclosing[..], &[""]].concat();
    let lookup = match owner {
        Owner::Action(Some(kind)) => {
            let Some(kind) = kinds::named(kind) else { return Vec::new() };
            if enclosing == ["outputs"] {
                return kind.outputs.iter().map(|it| (*it).to_owned()).collect();
            }
            kind.name_at(&at)
        }
        Owner::Unit => kinds::unit_name(&at),
        Owner::Flow => kinds::flow_name(&at),
        Owner::Actions => return kinds::actions().map(str::to_owned).collect(),
        Owner::Choices => return kinds::choices().map(str::to_owned).collect(),
        Owner::Variables => return variables(&enclosing),
        Owner::Action(None) | Owner::Unknown => return Vec::new(),
    };
    match lookup {
        NameLookup::Unknown(known) => {
            let known = known.iter().filter(|name| !name.contains('*'));
            known.map(|name| name.to_string()).collect()
        }
        NameLookup::InValue => WRAPPERS.iter().map(|it| (*it).to_owned()).collect(),
        NameLookup::Known => Vec::new(),
    }
}

fn variables(enclosing: &[&str]) -> Vec<String> {
    match enclosing {
        [] => type_names().map(|it| format!("{it}Variable")).collect(),
        [_] => kinds::VARIABLE_FIELDS.iter().map(|it| (*it).to_owned()).collect(),
        _ => WRAPPERS.iter().map(|it| (*it).to_owned()).collect(),
    }
}

/// Returns the form of the setting with these keys. The last key is its name.
pub(super) fn form(path: &[String]) -> Option<SettingForm> {
    let (owner, length) = owner(path);
    let names: Vec<&str> = path[length..].iter().map(String::as_str).collect();
    let setting = match owner {
        Owner::Action(Some(kind)) => kinds::named(kind)?.setting(&names)?,
        Owner::Unit => kinds::unit_setting(&names)?,
        Owner::Flow => kinds::flow_setting(&names)?,
        _ => return None,
    };
    Some(setting.form)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "\
inboundCall:
  name: A
  variables:
    - stringVariable:
        name: Flow.x
  menus:
    - menu:
        name: Main
        choices:
          - menuTransferToAcd:
              name: Sales
  tasks:
    - task:
        name: Start
        actions:
          - decision:
              name: Is it?
              outputs:
                yes:
                  actions:
                    - playAudio:
                        name: Hello
                        audio:
                          tt
";

    fn at(needle: &str) -> (Owner, Vec<String>) {
        let text = Text::new(FLOW);
        let line = (0..text.lines()).find(|it| text.line(*it).contains(needle)).unwrap();
        let path = path(&text, line, indentation(text.line(line)));
        (owner(&path).0, names(&path))
    }

    #[test]
    fn the_owner_of_a_setting_is_the_nearest_action_unit_or_flow() {
        assert_eq!(at("name: A").0, Owner::Flow);
        assert_eq!(at("name: Start").0, Owner::Unit);
        assert_eq!(at("decision:").0, Owner::Actions);
        assert_eq!(at("name: Hello").0, Owner::Action(Some("playAudio")));
        assert_eq!(at("name: Sales").0, Owner::Action(Some("menuTransferToAcd")));
        assert_eq!(at("name: Flow.x").0, Owner::Variables);
        assert_eq!(at("inboundCall").0, Owner::Unknown);
    }

    #[test]
    fn the_names_of_a_place_are_those_of_the_table_of_kinds() {
        let has = |needle: &str, name: &str| at(needle).1.contains(&name.to_owned());
        assert!(has("tt", "tts") && has("tt", "exp"));
        assert!(has("name: Hello", "audio") && has("name: Hello", "name"));
        assert!(has("                yes:", "no"));
        assert!(has("menuTransferToAcd", "menuDisconnect"));
        assert!(has("name: Start", "refId") && has("name: A", "initialGreeting"));
        assert!(has("stringVariable", "booleanVariable"));
    }
}
