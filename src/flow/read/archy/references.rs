//! References within a document: `/inboundCall/tasks/task[Main_10]`.
//!
//! *Source: Archy's lessons 4a to 4c. An item is `/type[refId]`, a property `/name`. `.`
//! is the object itself and `..` its parent. A reference to another file is `file#path`.*

use indexmap::{IndexMap, IndexSet};

use super::units::{LISTS, START_UP, STATES};
use crate::diagnostic::nearest;
use crate::source::{Entry, Node};
use crate::value::Text;

/// The largest number of name comparisons for suggestions about dangling references.
const MAX_COMPARISONS: usize = 200_000;

/// The targets in a document that references can have.
#[derive(Debug)]
pub(super) struct Places {
    flow_type: Text,
    /// The keys of units, by `task[Main_10]` or by the name of a property.
    units: IndexMap<String, Text>,
    /// The refIds of units that have one, by name: `task[Main]`.
    names: IndexMap<String, Text>,
    /// The choices, by the key of their menu and their place: `Main_10`,
    /// `menuTask[Sales_12]`. A choice that is a menu has a key.
    choices: IndexMap<(Text, String), Option<Text>>,
    comparisons: usize,
}

/// A reference whose target does not exist.
#[derive(Debug)]
pub(super) struct Dangling {
    pub(super) message: String,
    pub(super) help: String,
}

impl Places {
    /// The type of the flow, as written.
    pub(super) fn flow_type(&self) -> &str {
        &self.flow_type
    }

    /// Collects all targets of a flow, before the flow is read.
    pub(super) fn of(flow_type: &str, body: &Node<'_>) -> Self {
        let mut places = Self {
            flow_type: Text::from(flow_type),
            units: IndexMap::new(),
            names: IndexMap::new(),
            choices: IndexMap::new(),
            comparisons: 0,
        };
        let mut with_choices = Vec::new();
        for (list, _) in LISTS {
            let items = body.get(list).map_or(&[][..], Node::items);
            for entry in items.iter().flat_map(Node::entries) {
                let key = places.add_unit(&entry.key, &entry.value);
                with_choices.extend(key.map(|key| (key, &entry.value)));
            }
        }
        if body.get("startUpTaskActions").is_some() {
            places.units.insert("startUpTaskActions".into(), Text::from(START_UP));
        }
        for property in STATES {
            let Some(node) = body.get(property) else { continue };
            let known = identity(node);
            let key = known.clone().unwrap_or_else(|| Text::from(*property));
            if known.is_some() {
                places.add_unit("state", node);
            }
            places.units.insert((*property).to_owned(), key);
        }
        // Nested menus get keys that are not in use.
        let mut keys: IndexSet<Text> = places.units.values().cloned().collect();
        for (menu, node) in with_choices {
            places.add_choices(&menu, node, &mut keys);
        }
        places
    }

    /// Adds a unit and returns its key.
    fn add_unit(&mut self, kind: &str, node: &Node<'_>) -> Option<Text> {
        let identity = identity(node)?;
        let place = format!("{kind}[{identity}]");
        if let (Some(name), Some(_)) = (text(node, "name"), text(node, "refId")) {
            let name = format!("{kind}[{name}]");
            self.names.entry(name).or_insert_with(|| identity.clone());
        }
        // A task and a menu with the same name get different keys.
        let kinds = LISTS.iter().flat_map(|(_, kinds)| kinds.iter());
        let is_taken = kinds
            .filter(|(other, _)| *other != kind)
            .any(|(other, _)| self.units.contains_key(&format!("{other}[{identity}]")));
        let key = if is_taken { Text::from(&*place) } else { identity };
        self.units.entry(place).or_insert_with(|| key.clone());
        Some(key)
    }

    /// Recurses with the nesting of the menus, which the reader of documents limits.
    fn add_choices(&mut self, menu: &Text, node: &Node<'_>, keys: &mut IndexSet<Text>) {
        let choices = node.get("choices").map_or(&[][..], Node::items);
        for entry in choices.iter().flat_map(Node::entries) {
            let Some(identity) = identity(&entry.value) else { continue };
            let choice = (menu.clone(), format!("{}[{identity}]", entry.key));
            if !is_sub_menu(entry) {
                self.choices.insert(choice, None);
                continue;
            }
            // Menus below different menus may have the same name.
            let is_free = keys.insert(identity.clone());
            let key = match is_free {
                true => identity,
                false => Text::from(format!("{menu}/{identity}")),
            };
            self.choices.insert(choice, Some(key.clone()));
            self.add_choices(&key, &entry.value, keys);
        }
    }

    /// Returns the key of a menu among the choices of another menu.
    pub(super) fn sub_menu(&self, menu: &str, entry: &Entry<'_>) -> Option<Text> {
        let place = format!("{}[{}]", entry.key, identity(&entry.value)?);
        self.choices.get(&(Text::from(menu), place))?.clone()
    }

    /// Returns the menu that the start of a reference leads to.
    fn menu(&self, path: &[&str]) -> Option<Text> {
        match path {
            [before @ .., "choices", choice] => {
                let choice = (self.menu(before)?, (*choice).to_owned());
                self.choices.get(&choice)?.clone()
            }
            [.., unit] => self.units.get(*unit).cloned(),
            [] => None,
        }
    }

    /// Returns the key of the unit with this kind and this refId or name.
    pub(super) fn unit(&self, kind: &str, identity: &str) -> Option<Text> {
        self.units.get(&format!("{kind}[{identity}]")).cloned()
    }

    /// Returns the key of the unit that a property of the flow contains.
    pub(super) fn property(&self, name: &str) -> Option<Text> {
        self.units.get(name).cloned()
    }

    /// Resolves a reference to a unit. Returns `None` if it refers to another file, or to
    /// a choice that is not a menu. Relative references to choices are resolved in the
    /// given menu.
    pub(super) fn resolve(
        &mut self,
        reference: &str,
        menu: Option<&str>,
    ) -> Result<Option<Text>, Dangling> {
        if is_external(reference) {
            return Ok(None);
        }
        let segments = segments(reference);
        if reference.starts_with('/') && segments.first() != Some(&&*self.flow_type) {
            return Err(Dangling {
                message: format!("`{reference}` does not belong to this flow"),
                help: format!(
                    "references within this flow begin with `/{}/`",
                    self.flow_type
                ),
            });
        }
        match segments.as_slice() {
            [before @ .., "choices", choice] => {
                let menu = self.menu(before).or_else(|| menu.map(Text::from));
                self.resolve_choice(choice, menu)
            }
            [.., unit] => self.resolve_unit(reference, unit).map(Some),
            [] => Err(self.dangling(reference, "")),
        }
    }

    fn resolve_choice(
        &mut self,
        choice: &str,
        menu: Option<Text>,
    ) -> Result<Option<Text>, Dangling> {
        let menu = menu.unwrap_or_default();
        let wanted = (menu, choice.to_owned());
        if let Some(key) = self.choices.get(&wanted) {
            return Ok(key.clone());
        }
        self.comparisons += self.choices.len();
        let is_affordable = self.comparisons <= MAX_COMPARISONS;
        let menu = &wanted.0;
        let of_menu = self.choices.keys().filter(|(of, _)| of == menu && is_affordable);
        let near = nearest(choice, of_menu.map(|(_, place)| &**place));
        let help = near.map_or_else(
            || "refer to a choice of the menu, by its refId or name".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Err(Dangling { message: format!("the menu has no choice `{choice}`"), help })
    }

    fn resolve_unit(&mut self, reference: &str, unit: &str) -> Result<Text, Dangling> {
        match self.units.get(unit) {
            Some(key) => Ok(key.clone()),
            None => Err(self.dangling(reference, unit)),
        }
    }

    fn dangling(&mut self, reference: &str, unit: &str) -> Dangling {
        let message = not_found(reference, unit);
        if let Some(identity) = self.names.get(unit) {
            let help = format!("use the refId of the unit with this name, `{identity}`");
            return Dangling { message, help };
        }
        self.comparisons += self.units.len();
        let is_affordable = self.comparisons <= MAX_COMPARISONS;
        let known = self.units.keys().filter(|_| is_affordable).map(String::as_str);
        let help = match nearest(unit, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "refer to a unit by its refId, or by its name if it has none".into(),
        };
        Dangling { message, help }
    }
}

/// Returns the message about a reference to a unit that does not exist.
fn not_found(reference: &str, unit: &str) -> String {
    match unit.strip_suffix(']').and_then(|unit| unit.split_once('[')) {
        Some((kind, identity)) => format!("no {kind} `{identity}` in this flow"),
        None => format!("`{reference}` does not exist in this flow"),
    }
}

/// Whether a string has the form of a reference.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with('/')
        || text.starts_with("./")
        || text.starts_with("../")
        || is_external(text)
}

/// Whether a choice contains a menu. *Source: `ArchMenuSubMenu` of Genesys' Architect
/// Scripting, which has all properties of a menu; exports refer to the menu instead.*
pub(super) fn is_sub_menu(choice: &Entry<'_>) -> bool {
    choice.key == "menuSubMenu" && choice.value.get("targetMenuRef").is_none()
}

/// Returns the identity of a unit or choice: its refId, or else its name.
pub(super) fn identity(node: &Node<'_>) -> Option<Text> {
    text(node, "refId").or_else(|| text(node, "name"))
}

fn text(node: &Node<'_>, name: &str) -> Option<Text> {
    super::reader::plain_text(node.get(name)?).filter(|text| !text.is_empty())
}

/// Whether a reference has the form `file#path`. A `#` in brackets belongs to a refId.
fn is_external(reference: &str) -> bool {
    let path = reference.split('[').next().unwrap_or_default();
    path.contains('#')
}

/// Returns the parts of a path. A `/` within brackets belongs to a refId.
pub(super) fn segments(reference: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut start = 0;
    let mut is_within = false;
    for (index, character) in reference.char_indices() {
        match character {
            '[' => is_within = true,
            // A refId may contain brackets: the last one before a `/` closes it.
            ']' if matches!(reference.as_bytes().get(index + 1), None | Some(b'/')) => {
                is_within = false;
            }
            '/' if !is_within => {
                segments.push(&reference[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    segments.push(&reference[start..]);
    segments.retain(|segment| !matches!(*segment, "" | "." | ".."));
    segments
}
