//! Data actions with a skeleton answer, and prompts.

use serde_json::{Map as JsonMap, Value as Json, json};

use super::{Organisation, Sections, blocks, json_of, named, put, string};

/// Maximum nesting of a contract.
const MAX_DEPTH: usize = 16;

pub(super) fn add(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let mut answers = JsonMap::new();
    for (resource, name) in organisation.all("genesyscloud_integration_action") {
        organisation.put_place(&["dataActions", &name], resource);
        let contract = resource.values.get("contract_output").and_then(json_of);
        let output = contract.map_or_else(|| json!({}), |it| skeleton(&it, "value", 0));
        answers.entry(name).or_insert_with(|| json!({"output": output}));
    }
    sections.insert("dataActions".into(), Json::Object(answers));
    let prompts = organisation.all("genesyscloud_architect_user_prompt").into_iter();
    let prompts = prompts
        .map(|(resource, name)| {
            let (mut tts, mut audio) = (JsonMap::new(), JsonMap::new());
            for entry in blocks(&resource.values, "resources") {
                let language =
                    string(entry, "language").unwrap_or_else(|| "en-us".into());
                match string(entry, "tts_string") {
                    Some(text) => tts.insert(language.clone(), json!(text)),
                    None => None,
                };
                let recording = string(entry, "filename").or(string(entry, "text"));
                if let Some(text) = string(entry, "text").or(recording) {
                    audio.insert(language, json!(text));
                }
            }
            let mut prompt = named(&name);
            put(&mut prompt, "tts", Json::Object(tts));
            put(&mut prompt, "audio", Json::Object(audio));
            (Json::Object(prompt), resource)
        })
        .collect();
    organisation.add_list(sections, "prompts", prompts);
}

/// Returns a value that fits a JSON Schema; a string is its own name.
pub(super) fn skeleton(schema: &Json, name: &str, depth: usize) -> Json {
    if let Some(value) = schema.get("default").or_else(|| schema["enum"].get(0)) {
        return value.clone();
    }
    let kind = match &schema["type"] {
        Json::Array(kinds) => kinds.iter().find_map(Json::as_str).unwrap_or("object"),
        kind => kind.as_str().unwrap_or("object"),
    };
    match kind {
        "string" => json!(name),
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" if depth < MAX_DEPTH => match schema.get("items") {
            Some(items) => json!([skeleton(items, name, depth + 1)]),
            None => json!([]),
        },
        "object" if depth < MAX_DEPTH => {
            let members = schema.get("properties").and_then(Json::as_object);
            let members = members.into_iter().flatten();
            let members = members
                .map(|(key, schema)| (key.clone(), skeleton(schema, key, depth + 1)));
            Json::Object(members.collect())
        }
        _ => Json::Null,
    }
}
