//! Fixtures documents that know the places of their entries.

use serde_json::{Value as Json, to_string};

use super::{Organisation, Sections, tables};
use crate::terraform::document::Place;
use crate::terraform::report::Unknown;

/// A fixtures document, as JSON.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The document; empty if the resources define nothing.
    pub text: String,
    /// The values of resources that are not known, or that have no meaning.
    pub unknowns: Vec<Unknown>,
    /// The places of entries by their offset in the text, in order.
    places: Vec<(usize, Place)>,
}

impl Document {
    pub(super) fn new(sections: Sections, mut organisation: Organisation<'_>) -> Self {
        let unknowns = std::mem::take(&mut organisation.unknowns);
        let mut document = Self { unknowns, ..Self::default() };
        if !sections.is_empty() {
            document.write(&Json::Object(sections), &mut Vec::new(), &organisation);
        }
        document
    }

    /// Returns the place of the resource that an offset of the text comes from.
    pub fn place(&self, offset: u32) -> Option<&Place> {
        let offset = offset as usize;
        let index = self.places.partition_point(|(start, _)| *start <= offset);
        self.places.get(index.checked_sub(1)?).map(|(_, place)| place)
    }

    /// Writes a value, and records where its entries start.
    fn write(
        &mut self,
        value: &Json,
        path: &mut Vec<String>,
        organisation: &Organisation<'_>,
    ) {
        if let Some(place) = organisation.places.get(path) {
            self.places.push((self.text.len(), place.clone()));
        }
        match value {
            Json::Object(members) => {
                self.text.push('{');
                for (index, (key, value)) in
                    ordered(members, path, organisation).into_iter().enumerate()
                {
                    self.text += if index == 0 { "" } else { "," };
                    self.text += &to_string(key).unwrap_or_default();
                    self.text.push(':');
                    path.push(key.clone());
                    self.write(value, path, organisation);
                    path.pop();
                }
                self.text.push('}');
            }
            Json::Array(items) => {
                self.text.push('[');
                for (index, value) in items.iter().enumerate() {
                    self.text += if index == 0 { "" } else { "," };
                    path.push(index.to_string());
                    self.write(value, path, organisation);
                    path.pop();
                }
                self.text.push(']');
            }
            _ => self.text += &value.to_string(),
        }
    }
}

/// Returns the members of an object by name; columns are in the order of their table.
fn ordered<'o>(
    members: &'o Sections,
    path: &[String],
    organisation: &Organisation<'_>,
) -> Vec<(&'o String, &'o Json)> {
    let order = match path {
        [section, table, part] if section == tables::SECTION && part == "columns" => {
            organisation.columns.get(table)
        }
        _ => None,
    };
    let mut members: Vec<_> = members.iter().collect();
    if let Some(order) = order {
        members.sort_by_key(|(name, _)| order.iter().position(|it| it == *name));
    }
    members
}
