//! The type of a slot in the language model of a bot: which answers it accepts.

use regex::{Regex, RegexBuilder};

use crate::flow::architect::{Setting, Settings};
use crate::value::{Json, Text};

/// The largest size of a compiled pattern, in bytes.
const MAX_PATTERN: usize = 1024 * 1024;

/// The answers that a slot accepts.
#[derive(Debug, Clone)]
pub enum SlotType {
    /// An answer that one of these patterns matches as a whole.
    Patterns(Box<[Regex]>),
    /// One of these words.
    Words(Box<[Text]>),
}

impl SlotType {
    /// Whether the slot accepts an answer. *Decided here: letters match in any case,
    /// because spoken words have none.*
    pub fn accepts(&self, words: &str) -> bool {
        match self {
            Self::Patterns(patterns) => patterns.iter().any(|it| it.is_match(words)),
            Self::Words(known) => {
                let words = words.to_lowercase();
                known.iter().any(|known| known.to_lowercase() == words)
            }
        }
    }

    /// Returns the type of a slot, if the language model of the flow restricts its answers.
    /// *Source: an export and published flows, which have the model as a JSON text in
    /// `nluMetaData` and as settings.*
    pub(super) fn of_slot(flow: &Settings, slot: &str) -> Option<Self> {
        let name = slot.split_once('.').map_or(slot, |(_, name)| name);
        let model = model(flow)?;
        let is_named = |item: &&Json, name: &str| text(item, "name") == Some(name);
        let entity = items(&model, "entities").find(|it| is_named(it, name))?;
        let wanted = text(entity, "type")?;
        let entity_type = items(&model, "entityTypes").find(|it| is_named(it, wanted))?;
        let mechanism = entity_type.get("mechanism")?;
        if mechanism.get("restricted") != Some(&Json::Boolean(true)) {
            return None;
        }
        let values = items(mechanism, "items").filter_map(|item| text(item, "value"));
        match text(mechanism, "type")?.to_ascii_lowercase().as_str() {
            "regex" => of_patterns(values),
            "list" => {
                let synonyms = items(mechanism, "items")
                    .flat_map(|item| items(item, "synonyms"))
                    .filter_map(|synonym| match synonym {
                        Json::String(synonym) => Some(synonym.as_str()),
                        _ => None,
                    });
                let words = values.chain(synonyms).map(Text::from);
                Some(Self::Words(words.collect())).filter(|it| !it.is_empty())
            }
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Patterns(patterns) => patterns.is_empty(),
            Self::Words(words) => words.is_empty(),
        }
    }
}

/// Returns the type of these patterns. With one that is not known to this program, such as a
/// lookahead, any answer may be right: the slot is not restricted.
fn of_patterns<'t>(patterns: impl Iterator<Item = &'t str>) -> Option<SlotType> {
    let patterns: Option<Box<[Regex]>> = patterns.map(pattern).collect();
    patterns.map(SlotType::Patterns).filter(|it| !it.is_empty())
}

/// Returns a pattern for whole answers; `None` if it is not a regular expression.
fn pattern(text: &str) -> Option<Regex> {
    let whole = format!("^(?:{text})$");
    let mut builder = RegexBuilder::new(&whole);
    builder.case_insensitive(true).size_limit(MAX_PATTERN).build().ok()
}

/// Returns the language model of a flow.
fn model(flow: &Settings) -> Option<Json> {
    if let Some(exported) = flow.get("nluMetaData") {
        let Setting::Literal(json) = &exported.value else { return None };
        return Json::parse(text(json, "rawNlu")?).ok();
    }
    let section = flow.get("settingsNaturalLanguageUnderstanding")?;
    let model = section.value.group()?.get("nluDomainVersion")?;
    Some(as_json(&model.value))
}

/// Returns settings without expressions as JSON.
fn as_json(setting: &Setting) -> Json {
    match setting {
        Setting::Literal(json) => json.clone(),
        Setting::List(items) => Json::array(items.iter().map(|it| as_json(&it.value))),
        Setting::Group(group) => {
            let entries = group.entries.iter();
            Json::object(
                entries.map(|(name, it)| (name.text.clone(), as_json(&it.value))),
            )
        }
        _ => Json::Null,
    }
}

fn items<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    let items = match json.get(key) {
        Some(Json::Array(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}

fn text<'j>(json: &'j Json, key: &str) -> Option<&'j str> {
    match json.get(key)? {
        Json::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_with_an_unknown_pattern_is_not_restricted() {
        let code = of_patterns(["[A-Z]{3}", "[0-9]{4}"].into_iter()).unwrap();
        assert!(code.accepts("abc") && code.accepts("1234") && !code.accepts("12345"));
        assert!(of_patterns(["[A-Z]{3}", "(?!0)[0-9]{4}"].into_iter()).is_none());
        assert!(of_patterns([].into_iter()).is_none());
    }
}
