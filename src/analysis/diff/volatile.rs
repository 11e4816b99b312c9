//! Values that differ between versions without being edited.

use super::outline::{Aspect, DisplayValue, Property};
use crate::value::Json;

/// Returns whether the value of a key changes whenever the flow is saved, published or
/// moved to another organisation.
pub(super) fn is_volatile(key: &str) -> bool {
    const NAMES: &[&str] = &[
        "checkedInVersion",
        "createdBy",
        "createdByClient",
        "createdDate",
        "currentOperation",
        "dateCreated",
        "dateModified",
        "datePublished",
        "debugSettings",
        "debugVersion",
        "etag",
        "flowMetaData",
        "id",
        "lockedClient",
        "lockedUser",
        "manifest",
        "modifiedBy",
        "modifiedByClient",
        "modifiedDate",
        "nextTrackingNumber",
        "publishedBy",
        "publishedDate",
        "publishedVersion",
        "savedVersion",
        "selfUri",
        "trackingId",
        "uiMetaData",
        "version",
        "versions",
    ];
    NAMES.binary_search(&key).is_ok()
}

/// Returns a value without its volatile parts.
pub(super) fn lasting(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::array(items.iter().map(lasting)),
        Json::Object(entries) => {
            let entries = entries.iter().filter(|(key, _)| !is_volatile(key));
            Json::object(entries.map(|(key, value)| (key.clone(), lasting(value))))
        }
        other => other.clone(),
    }
}

/// Returns whether a property is an id that accompanies a name.
pub(super) fn is_id(fact: &Property) -> bool {
    matches!(last(&fact.name), "actionId" | "datatableId" | "flowId")
}

/// Returns whether a property has its default value, which one version may omit. *Source:
/// exports of published flows and the Archy YAML from which they were made.*
pub(super) fn is_default(fact: &Property) -> bool {
    const DEFAULTS: &[(&str, &str)] = &[
        ("appendSkills", "false"),
        ("flowDebugPublished", "false"),
        ("flowOutOfService", "false"),
        ("globalSpeechRecTerms", "false"),
        ("includeTerminatingDtmfInResultData", "false"),
        ("messageBodyStyle", "\"notice\""),
        ("priority", "0"),
        ("useDefaultHandling", "true"),
        ("useSuggestedTimeout", "true"),
    ];
    let DisplayValue::One(value) = &fact.value else { return false };
    DEFAULTS.contains(&(last(&fact.name), value))
}

/// Returns whether a property exists in only one of the formats (exports or Archy YAML)
/// regardless of the author's intent. Initial greetings and variables are excluded.
pub(super) fn is_of_one_form(fact: &Property, is_of_flow: bool) -> bool {
    let first = first_part(&fact.name);
    if is_of_flow {
        return fact.aspect != Aspect::Variable && first != "initialGreeting";
    }
    last(&fact.name) == "timeout" || first.starts_with("settings")
}

/// Returns the outermost part of a property name.
pub(super) fn first_part(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Returns the innermost part of a property name.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volatile_values_are_omitted_at_any_depth() {
        let json = Json::parse(r#"{"a": [{"trackingId": 7, "b": 1}], "manifest": {}}"#);
        assert_eq!(lasting(&json.expect("it is JSON")).to_string(), r#"{"a":[{"b":1}]}"#);
        assert!(["id", "uiMetaData", "versions"].iter().all(|it| is_volatile(it)));
    }
}
