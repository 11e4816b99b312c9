//! Items of collections and properties of values: `x[2]`, `x["name"]`, `x.name`.

use crate::diagnostic::Code;
use crate::value::{Json, Kind, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Category, Function, many, one, overload};
use super::super::list::item;

/// The index or name is the first operand although it is written second. The overloads
/// for JSON precede those for `Any`, which accept JSON too but lose the type of the
/// result.
pub(in crate::expr::architect) const ITEM: Function = Function {
    name: "[",
    category: Category::Operators,
    summary: "Returns the item at an index of a collection or JSON array, counted from 0, or the property of this name of a value.",
    example: ("MakeList(\"a\", \"b\")[1]", "\"b\""),
    overloads: &[
        overload(
            &[one("index", Kind::Integer), many("collection", Kind::Any)],
            Type::ANY,
            collection_item,
        )
        .reading_surroundings(),
        overload(
            &[one("index", Kind::Integer), one("json", Kind::Json)],
            Type::one(Kind::Json),
            json_item,
        )
        .reading_surroundings(),
        overload(
            &[one("propertyName", Kind::String), one("json", Kind::Json)],
            Type::one(Kind::Json),
            json_property,
        ),
        overload(
            &[
                one("propertyName", Kind::String).literal(),
                one("objectWithProperties", Kind::Any),
            ],
            Type::ANY,
            property,
        ),
    ],
};

fn collection_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    item(arguments, arguments.items(1)?, arguments.integer(0)?)
}

fn json_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let place = arguments.integer(0)?;
    let Value::Json(Json::Array(items)) = arguments.value(1) else {
        return Err(not_that_json(arguments, "an array"));
    };
    let found = usize::try_from(place).ok().and_then(|place| items.get(place));
    let policies = arguments.environment().directory().policies();
    match found {
        Some(item) => Ok(Value::Json(item.clone())),
        None if policies.missing_items_are_not_set => Ok(arguments.not_set()),
        None => {
            let message = format!("no item {place} in an array of {} items", items.len());
            Err(arguments.fail(Code::OUT_OF_RANGE, &message))
        }
    }
}

/// Reads a member. A missing member is NOT_SET. That is undocumented, but data actions
/// omit unknown members, and flows check for them with `IsNotSetOrEmpty`.
fn json_property(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let name = arguments.text(0)?;
    match arguments.value(1) {
        Value::Json(Json::Object(members)) => Ok(members
            .get(name.as_str())
            .map_or_else(|| arguments.not_set(), |member| Value::Json(member.clone()))),
        _ => Err(not_that_json(arguments, "an object")),
    }
}

fn property(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (name, value) = (arguments.text(0)?, arguments.value(1));
    if matches!(value, Value::Json(_)) {
        return json_property(arguments);
    }
    value.property(name).ok_or_else(|| {
        let message = format!("{} has no property {name}", value.type_of());
        arguments.fail(Code::UNKNOWN_MEMBER, &message)
    })
}

fn not_that_json(arguments: &Arguments<'_>, wanted: &str) -> Failure {
    let found = match arguments.value(1) {
        Value::Json(Json::Array(_)) => "an array",
        Value::Json(Json::Object(_)) => "an object",
        _ => "a single value",
    };
    let message = format!("the JSON is {found}, expected {wanted}");
    arguments.fail(Code::CONVERSION_FAILED, &message)
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn items_and_properties() {
        assert_results(&[
            ("MakeList(1, 2)[-1]", "OUT_OF_RANGE"),
            ("MakeList(1, ToInt(NOT_SET))[1]", "NOT_SET Integer"),
            (r#"ToCurrency("|USD")["amount"]"#, "NOT_SET Decimal"),
            (r#"ToCurrency("5|USD").code"#, r#""USD""#),
            (r#"ToCurrency(NOT_SET)["code"]"#, "NOT_SET_NOT_ALLOWED"),
            (r#"ToCurrency("5|USD")["name"]"#, "UNKNOWN_MEMBER"),
            (r#"JsonParse("[1,[2]]")[1]"#, "[2]"),
            (r#"JsonParse("[1,[2]]")[2]"#, "OUT_OF_RANGE"),
            (r#"JsonParse("{}")[0]"#, "CONVERSION_FAILED"),
            (r#"JsonParse("{\"a\": {\"b\": 5}}")["a"]"#, r#"{"b":5}"#),
            (r#"JsonParse("{\"a\": null}")["a"]"#, "null"),
            (r#"JsonParse("{}")["a"]"#, "NOT_SET JSON"),
            (r#"JsonParse("[]")["a"]"#, "CONVERSION_FAILED"),
        ]);
    }
}
