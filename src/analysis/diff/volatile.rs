//! What differs between two versions without anybody having changed it.

use super::outline::{Aspect, Fact, Shown};
use crate::value::Json;

/// Whether a key of a document holds something that changes whenever the flow is saved,
/// published or moved to another organisation.
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

/// A value without what is volatile within it.
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

/// Whether a property is an id beside the name of what it is the id of.
pub(super) fn is_id(fact: &Fact) -> bool {
    matches!(last(&fact.name), "actionId" | "datatableId" | "flowId")
}

/// Whether a property that only one version has says what holds without it. *Source: exports
/// of published flows and the Archy YAML that they were made of.*
pub(super) fn is_default(fact: &Fact) -> bool {
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
    let Shown::One(value) = &fact.value else { return false };
    DEFAULTS.contains(&(last(&fact.name), value))
}

/// Whether a property of an action, unit or flow is one that an export always has, or that only
/// Archy YAML has, whatever the author wanted. What a caller hears first and variables are not
/// among them.
pub(super) fn is_of_one_form(fact: &Fact, is_of_flow: bool) -> bool {
    let first = first_part(&fact.name);
    if is_of_flow {
        return fact.aspect != Aspect::Variable && first != "initialGreeting";
    }
    last(&fact.name) == "timeout" || first.starts_with("settings")
}

/// The outermost of the names of a property.
pub(super) fn first_part(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The innermost of the names of a property.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_volatile_is_left_out_at_any_depth() {
        let json = Json::parse(r#"{"a": [{"trackingId": 7, "b": 1}], "manifest": {}}"#);
        assert_eq!(lasting(&json.expect("it is JSON")).to_string(), r#"{"a":[{"b":1}]}"#);
        assert!(["id", "uiMetaData", "versions"].iter().all(|it| is_volatile(it)));
    }
}
