//! References within a document: `/inboundCall/tasks/task[Main_10]`.
//!
//! *Source: Archy's lessons 4a to 4c: an item is `/type[refId]`, a property `/name`; `.` is the
//! object itself and `..` the one around it; what is in another file is `file#path`.*

use indexmap::{IndexMap, IndexSet};

use super::units::{LISTS, START_UP, STATES};
use crate::diagnostic::nearest;
use crate::source::{Entry, Node};
use crate::value::Text;

/// How many names are compared at most, for the sake of references that lead nowhere.
const MAX_COMPARISONS: usize = 200_000;

/// What in a document can be referred to.
#[derive(Debug)]
pub(super) struct Places {
    flow_type: Text,
    /// `task[Main_10]`, or the name of a property, and the key of the unit.
    units: IndexMap<String, Text>,
    /// Units that have a refId, by name: `task[Main]`, and the refId.
    names: IndexMap<String, Text>,
    /// Choices with the key of their menu: `Main_10`, `menuTask[Sales_12]`; of one that is a
    /// menu itself its key.
    choices: IndexMap<(Text, String), Option<Text>>,
    comparisons: usize,
}

/// Why a reference leads nowhere.
#[derive(Debug)]
pub(super) struct Dangling {
    pub(super) message: String,
    pub(super) help: String,
}

impl Places {
    /// All places of a flow, before it is read.
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
        // Menus below other menus take keys that are left.
        let mut keys: IndexSet<Text> = places.units.values().cloned().collect();
        for (menu, node) in with_choices {
            places.add_choices(&menu, node, &mut keys);
        }
        places
    }

    /// Returns the unit's key.
    fn add_unit(&mut self, kind: &str, node: &Node<'_>) -> Option<Text> {
        let identity = identity(node)?;
        let place = format!("{kind}[{identity}]");
        if let (Some(name), Some(_)) = (text(node, "name"), text(node, "refId")) {
            let name = format!("{kind}[{name}]");
            self.names.entry(name).or_insert_with(|| identity.clone());
        }
        // A task and a menu of one name are told apart.
        let kinds = LISTS.iter().flat_map(|(_, kinds)| kinds.iter());
        let is_taken = kinds
            .filter(|(other, _)| *other != kind)
            .any(|(other, _)| self.units.contains_key(&format!("{other}[{identity}]")));
        let key = if is_taken { Text::from(&*place) } else { identity };
        self.units.entry(place).or_insert_with(|| key.clone());
        Some(key)
    }

    /// As deep as the document is nested, which is bounded when it is read.
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

    /// The key of a menu that stands among the choices of another.
    pub(super) fn sub_menu(&self, menu: &str, entry: &Entry<'_>) -> Option<Text> {
        let place = format!("{}[{}]", entry.key, identity(&entry.value)?);
        self.choices.get(&(Text::from(menu), place))?.clone()
    }

    /// The menu that the beginning of a reference leads to.
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

    /// The key of the unit of this kind that is known by its refId or name.
    pub(super) fn unit(&self, kind: &str, identity: &str) -> Option<Text> {
        self.units.get(&format!("{kind}[{identity}]")).cloned()
    }

    /// The key of the unit that a property of the flow holds.
    pub(super) fn property(&self, name: &str) -> Option<Text> {
        self.units.get(name).cloned()
    }

    /// The unit that a reference means; none if it means another file, or a choice that is
    /// no menu. Relative references to choices are looked up in the given menu.
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
                message: format!("`{reference}` is no place of this flow"),
                help: format!("places of this flow begin with `/{}/`", self.flow_type),
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
        let message = format!("there is nothing at `{reference}` in this flow");
        if let Some(identity) = self.names.get(unit) {
            let help =
                format!("a unit of this name has the refId `{identity}`; use that");
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

/// Whether a text has the form of a reference.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with('/')
        || text.starts_with("./")
        || text.starts_with("../")
        || is_external(text)
}

/// Whether a choice is a menu of its own. *Source: `ArchMenuSubMenu` of Genesys' Architect
/// Scripting, which has what a menu has; exports refer to the menu instead.*
pub(super) fn is_sub_menu(choice: &Entry<'_>) -> bool {
    choice.key == "menuSubMenu" && choice.value.get("targetMenuRef").is_none()
}

/// What a unit or choice is known by: its refId, or its name.
pub(super) fn identity(node: &Node<'_>) -> Option<Text> {
    text(node, "refId").or_else(|| text(node, "name"))
}

fn text(node: &Node<'_>, name: &str) -> Option<Text> {
    super::reader::plain_text(node.get(name)?).filter(|text| !text.is_empty())
}

/// `file#path`. A `#` in brackets belongs to a refId.
fn is_external(reference: &str) -> bool {
    let path = reference.split('[').next().unwrap_or_default();
    path.contains('#')
}

/// The parts of a path; a `/` within brackets belongs to a refId.
pub(super) fn segments(reference: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut start = 0;
    let mut is_within = false;
    for (index, character) in reference.char_indices() {
        match character {
            '[' => is_within = true,
            // A refId may itself have brackets: the last one before a `/` closes.
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
