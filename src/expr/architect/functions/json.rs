//! Functions of JSON.
//!
//! These functions are newer than Genesys' catalogue. *Source: how real flows call them,
//! and the help page "JSON values in Architect".* Names of members are case-sensitive, as
//! that page says. Undocumented: JSON of an unexpected form is an error here; reading
//! from NOT_SET gives NOT_SET or no items; a missing member is NOT_SET.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{Collection, Json, JsonObject, Kind, MAX_JSON_DEPTH, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Parameter, many, one, overload};
use super::text::MAX_BYTES;

const JSON: Parameter = one("json", Kind::Json);
const PROPERTY: Parameter = one("propertyName", Kind::String);
const INDEX: Parameter = one("index", Kind::Integer).at_least(0);

/// The overloads whose last parameter is a value of any type.
macro_rules! with_any_value {
    ($result:ident by $body:path; $($parameter:expr),*) => {
        &[
            overload(
                &[$($parameter,)* one("value", Kind::Any).or_not_set()],
                Type::one(Kind::$result),
                $body,
            ),
            overload(
                &[$($parameter,)* many("value", Kind::Any)],
                Type::one(Kind::$result),
                $body,
            ),
        ]
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "GetJsonObjectProperty",
        category: Category::Json,
        summary: "Returns a member of a JSON object, or NOT_SET if there is no member of this name. Names are case-sensitive.",
        example: ("GetJsonObjectProperty(JsonParse(\"{\\\"a\\\": 1}\"), \"a\")", "1"),
        overloads: &[overload(
            &[JSON.or_not_set(), PROPERTY],
            Type::one(Kind::Json),
            get_property,
        )],
    },
    Function {
        name: "GetJsonObjectPropertyNames",
        category: Category::Json,
        summary: "Returns the names of the members of a JSON object, in the order of the object.",
        example: (
            "GetJsonObjectPropertyNames(JsonParse(\"{\\\"b\\\": 1, \\\"a\\\": 2}\"))",
            "[\"b\",\"a\"]",
        ),
        overloads: &[overload(
            &[JSON.or_not_set()],
            Type::many(Kind::String),
            property_names,
        )],
    },
    Function {
        name: "IsJsonObject",
        category: Category::Json,
        summary: "Returns whether JSON is an object.",
        example: ("IsJsonObject(JsonParse(\"[1]\"))", "false"),
        overloads: &[overload(&[JSON.or_not_set()], Type::one(Kind::Boolean), is_object)],
    },
    Function {
        name: "JsonParse",
        category: Category::Json,
        summary: "Parses a String as JSON.",
        example: ("JsonParse(\"{\\\"a\\\": [1, null]}\")", "{\"a\":[1,null]}"),
        overloads: &[overload(
            &[one("text", Kind::String).or_not_set()],
            Type::one(Kind::Json),
            parse,
        )],
    },
    Function {
        name: "ReplaceJsonArrayItem",
        category: Category::Json,
        summary: "Returns a JSON array with the item at an index, counted from 0, replaced.",
        example: ("ReplaceJsonArrayItem(JsonParse(\"[1, 2]\"), 1, \"b\")", "[1,\"b\"]"),
        overloads: with_any_value!(Json by replace_item; JSON, INDEX),
    },
    Function {
        name: "SetJsonObjectProperty",
        category: Category::Json,
        summary: "Returns a JSON object with a member of this name set to a value. NOT_SET becomes null.",
        example: (
            "SetJsonObjectProperty(JsonParse(\"{\\\"a\\\": 1}\"), \"b\", true)",
            "{\"a\":1,\"b\":true}",
        ),
        overloads: with_any_value!(Json by set_property; JSON, PROPERTY),
    },
    Function {
        name: "ToJson",
        category: Category::Json,
        summary: "Converts a value to JSON. A String becomes a JSON string, whatever its content.",
        example: ("ToJson(MakeList(\"a\", \"b\"))", "[\"a\",\"b\"]"),
        overloads: with_any_value!(Json by to_json;),
    },
    Function {
        name: "ToJsonCollection",
        category: Category::Json,
        summary: "Returns the items of a JSON array as a collection.",
        example: ("ToJsonCollection(JsonParse(\"[1, {}]\"))", "[1,{}]"),
        overloads: &[overload(
            &[JSON.or_not_set()],
            Type::many(Kind::Json),
            to_collection,
        )],
    },
];

fn parse(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(arguments.not_set()) };
    Json::parse(text)
        .map(Value::Json)
        .map_err(|wrong| arguments.fail(Code::CONVERSION_FAILED, &wrong.to_string()))
}

fn get_property(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    if arguments.value(0).is_unset() {
        return Ok(arguments.not_set());
    }
    let found = object(arguments)?.get(arguments.text(1)?.as_str());
    Ok(found.map_or_else(|| arguments.not_set(), |member| Value::Json(member.clone())))
}

fn property_names(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let items = match arguments.optional(0, |arguments, _| object(arguments))? {
        Some(members) => members.keys().cloned().map(Value::String).collect(),
        None => Vec::new(),
    };
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::String, items })))
}

fn is_object(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Boolean(matches!(arguments.value(0), Value::Json(Json::Object(_)))))
}

fn to_collection(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let items = match arguments.optional(0, |arguments, _| array(arguments))? {
        Some(items) => items.iter().cloned().map(Value::Json).collect(),
        None => Vec::new(),
    };
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::Json, items })))
}

fn set_property(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut members = object(arguments)?.clone();
    members.insert(arguments.text(1)?.clone(), arguments.value(2).to_json());
    bounded(arguments, Json::Object(Arc::new(members)))
}

fn replace_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut items = array(arguments)?.clone();
    let place = arguments.integer(1)?;
    let count = items.len();
    let found = usize::try_from(place).ok().and_then(|place| items.get_mut(place));
    let Some(item) = found else {
        let message = format!("no item {place} in an array of {count} items");
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    };
    *item = arguments.value(2).to_json();
    bounded(arguments, Json::Array(Arc::new(items)))
}

fn to_json(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.value(0) {
        Value::NotSet(_) => Ok(arguments.not_set()),
        value => bounded(arguments, value.to_json()),
    }
}

/// Reads the first argument as an object.
fn object<'a>(arguments: &Arguments<'a>) -> Result<&'a JsonObject, Failure> {
    match arguments.value(0) {
        Value::Json(Json::Object(members)) => Ok(members),
        other => Err(another_form(arguments, other, "an object")),
    }
}

/// Reads the first argument as an array.
fn array<'a>(arguments: &Arguments<'a>) -> Result<&'a Vec<Json>, Failure> {
    match arguments.value(0) {
        Value::Json(Json::Array(items)) => Ok(items),
        other => Err(another_form(arguments, other, "an array")),
    }
}

#[cold]
fn another_form(arguments: &Arguments<'_>, found: &Value, wanted: &str) -> Failure {
    let found = match found {
        Value::Json(Json::Array(_)) => "an array",
        Value::Json(Json::Object(_)) => "an object",
        Value::Json(Json::Null) | Value::NotSet(_) => "null",
        _ => "a single value",
    };
    let message = format!("the JSON is {found}, expected {wanted}");
    arguments.fail(Code::CONVERSION_FAILED, &message)
}

/// Returns the JSON. Fails if it is too deep or too large.
fn bounded(arguments: &Arguments<'_>, json: Json) -> Result<Value, Failure> {
    if fits(&json, MAX_JSON_DEPTH, &mut { MAX_BYTES }) {
        return Ok(Value::Json(json));
    }
    let message = format!(
        "the JSON would be larger than {MAX_BYTES} bytes or nested deeper than {MAX_JSON_DEPTH}"
    );
    Err(arguments.fail(Code::RESULT_TOO_LARGE, &message))
}

/// Whether the JSON fits the remaining number of bytes and depth. Deducts its size and
/// stops as soon as the limit is exceeded: JSON that is put into itself doubles each
/// time, though its copies share their memory.
fn fits(json: &Json, depth: usize, remaining_bytes: &mut usize) -> bool {
    let own = match json {
        Json::String(text) => text.len(),
        Json::Object(members) => members.keys().map(|name| name.len()).sum(),
        _ => 0,
    };
    let Some(rest) = remaining_bytes.checked_sub(own + 1) else { return false };
    *remaining_bytes = rest;
    let mut fits = |item: &Json| depth > 0 && fits(item, depth - 1, remaining_bytes);
    match json {
        Json::Array(items) => depth > 0 && items.iter().all(&mut fits),
        Json::Object(members) => depth > 0 && members.values().all(&mut fits),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated};

    #[test]
    fn reading() {
        assert_results(&[
            ("JsonParse(\"\")", "CONVERSION_FAILED"),
            ("JsonParse(\"{a: 1}\")", "CONVERSION_FAILED"),
            ("JsonParse(NOT_SET)", "NOT_SET JSON"),
            ("JsonParse(\"null\")", "null"),
            ("GetJsonObjectProperty(JsonParse(\"{\\\"a\\\": null}\"), \"a\")", "null"),
            (
                "GetJsonObjectProperty(JsonParse(\"{\\\"a\\\": 1}\"), \"A\")",
                "NOT_SET JSON",
            ),
            ("GetJsonObjectProperty(NOT_SET, \"a\")", "NOT_SET JSON"),
            ("GetJsonObjectProperty(JsonParse(\"[]\"), \"a\")", "CONVERSION_FAILED"),
            ("GetJsonObjectPropertyNames(NOT_SET)", "[]"),
            ("GetJsonObjectPropertyNames(JsonParse(\"1\"))", "CONVERSION_FAILED"),
            ("IsJsonObject(NOT_SET)", "false"),
            ("IsJsonObject(JsonParse(\"{}\"))", "true"),
            ("ToJsonCollection(NOT_SET)", "[]"),
            ("ToJsonCollection(JsonParse(\"{}\"))", "CONVERSION_FAILED"),
            ("Count(ToJsonCollection(JsonParse(\"[1, null]\")))", "2"),
        ]);
    }

    #[test]
    fn writing() {
        assert_results(&[
            ("SetJsonObjectProperty(JsonParse(\"{}\"), \"é\", NOT_SET)", "{\"é\":null}"),
            (
                "SetJsonObjectProperty(JsonParse(\"{\\\"a\\\": 1, \\\"b\\\": 2}\"), \"a\", \"[1]\")",
                "{\"a\":\"[1]\",\"b\":2}",
            ),
            (
                "SetJsonObjectProperty(JsonParse(\"{}\"), \"l\", MakeList(1, 2))",
                "{\"l\":[1,2]}",
            ),
            (
                "SetJsonObjectProperty(JsonParse(\"{}\"), \"j\", JsonParse(\"[1]\"))",
                "{\"j\":[1]}",
            ),
            ("SetJsonObjectProperty(NOT_SET, \"a\", 1)", "NOT_SET_NOT_ALLOWED"),
            ("SetJsonObjectProperty(JsonParse(\"[]\"), \"a\", 1)", "CONVERSION_FAILED"),
            ("ReplaceJsonArrayItem(JsonParse(\"[1]\"), 1, 2)", "OUT_OF_RANGE"),
            ("ReplaceJsonArrayItem(JsonParse(\"[1]\"), -1, 2)", "OUT_OF_RANGE"),
            ("ReplaceJsonArrayItem(JsonParse(\"[1]\"), 0, NOT_SET)", "[null]"),
            ("ReplaceJsonArrayItem(JsonParse(\"{}\"), 0, 2)", "CONVERSION_FAILED"),
            ("ToJson(\"[1]\")", "\"[1]\""),
            ("ToJson(1.50)", "1.5"),
            ("ToJson(NOT_SET)", "NOT_SET JSON"),
        ]);
    }

    #[test]
    fn json_has_limits() {
        let deep = format!("JsonParse(\"{}{}\")", "[".repeat(128), "]".repeat(128));
        assert_eq!(evaluated(&format!("Count(ToJsonCollection({deep}))")), "1");
        let deeper = format!("SetJsonObjectProperty(JsonParse(\"{{}}\"), \"a\", {deep})");
        assert_eq!(evaluated(&deeper), "RESULT_TOO_LARGE");
        let long = (0..20).fold("\"aa\"".to_owned(), |text, _| {
            format!("Replace({text}, \"aa\", \"aaaa\")")
        });
        assert_eq!(evaluated(&format!("ToJson({long})")), "RESULT_TOO_LARGE");
    }
}
