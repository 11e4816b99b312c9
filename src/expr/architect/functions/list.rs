//! Functions of collections.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{Collection, Json, Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::equality::equal;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, many, one, overload};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "AddItem",
        category: Category::List,
        summary: "Returns a collection with an item added at its end.",
        example: ("AddItem(MakeList(1, 2), 3)", "[1,2,3]"),
        overloads: &[overload(
            &[many("collection", Kind::Any), one("item", Kind::Any).or_not_set()],
            Type::many(Kind::Any),
            add_item,
        )],
    },
    Function {
        name: "Count",
        category: Category::List,
        summary: "Counts the items of a collection or of a JSON array, including NOT_SET items.",
        example: ("Count(MakeList(5, ToInt(NOT_SET)))", "2"),
        overloads: &[
            overload(&[many("value", Kind::Any)], Type::one(Kind::Integer), count)
                .measured(measure),
            overload(&[one("value", Kind::Json)], Type::one(Kind::Integer), count_json),
        ],
    },
    Function {
        name: "Find",
        category: Category::List,
        summary: "Returns the indexes, counted from 0, of all items that equal a value.",
        example: ("Find(MakeList(\"a\", \"b\", \"a\"), \"a\")", "[0,2]"),
        overloads: &[overload(
            &[many("list", Kind::Any), one("item", Kind::Any).or_not_set()],
            Type::many(Kind::Integer),
            find,
        )
        .reading_surroundings()],
    },
    Function {
        name: "FindFirst",
        category: Category::List,
        summary: "Returns the index, counted from 0, of the first item that equals a value, or -1.",
        example: ("FindFirst(MakeList(100, 200), 200)", "1"),
        overloads: &[overload(
            &[many("list", Kind::Any), one("item", Kind::Any).or_not_set()],
            Type::one(Kind::Integer),
            find_first,
        )
        .reading_surroundings()],
    },
    Function {
        name: "GetAt",
        category: Category::List,
        summary: "Returns the item at an index, counted from 0.",
        example: ("GetAt(MakeList(\"a\", \"b\"), 1)", "\"b\""),
        overloads: &[overload(
            &[many("collection", Kind::Any), one("index", Kind::Integer).at_least(0)],
            Type::ANY,
            get_at,
        )
        .reading_surroundings()],
    },
    Function {
        name: "MakeEmptyList",
        category: Category::List,
        summary: "Returns an empty collection. Its type is that of the given value, which is not used otherwise.",
        example: ("MakeEmptyList(ToInt(NOT_SET))", "[]"),
        overloads: &[overload(
            &[one("item", Kind::Any).or_not_set()],
            Type::many(Kind::Any),
            make_empty_list,
        )],
    },
    Function {
        name: "MakeList",
        category: Category::List,
        summary: "Returns a collection of values of the same type.",
        example: ("MakeList(\"Hello\", \"World\")", "[\"Hello\",\"World\"]"),
        overloads: &[overload(
            &[one("item", Kind::Any).or_not_set().repeated()],
            Type::many(Kind::Any),
            make_list,
        )],
    },
];

pub(super) fn collection(arguments: &Arguments<'_>, items: Vec<Value>) -> Value {
    let kind = arguments.result_type().kind;
    Value::Collection(Arc::new(Collection { kind, items }))
}

fn add_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut items = arguments.items(0)?.to_vec();
    items.push(arguments.value(1).clone());
    Ok(collection(arguments, items))
}

fn count(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let count = i64::try_from(arguments.items(0)?.len()).unwrap_or(i64::MAX);
    Ok(Value::Integer(count))
}

/// *Source: published flows, which count the items of a JSON array.*
fn count_json(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.value(0) {
        Value::Json(Json::Array(items)) => {
            Ok(Value::Integer(i64::try_from(items.len()).unwrap_or(i64::MAX)))
        }
        _ => Err(arguments.fail(Code::CONVERSION_FAILED, "the JSON is not an array")),
    }
}

/// The number of items of a collection.
fn measure(value: &Value) -> Option<i64> {
    match value {
        Value::Collection(collection) => i64::try_from(collection.items.len()).ok(),
        _ => None,
    }
}

fn find(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(collection(arguments, places(arguments)?.map(Value::Integer).collect()))
}

fn find_first(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Integer(places(arguments)?.next().unwrap_or(-1)))
}

fn places<'a>(
    arguments: &Arguments<'a>,
) -> Result<impl Iterator<Item = i64> + use<'a>, Failure> {
    let wanted = arguments.value(1);
    let policies = arguments.environment().directory().policies();
    let numbered = (0..).zip(arguments.items(0)?);
    Ok(numbered
        .filter(move |(_, item)| equal(item, wanted, policies))
        .map(|(place, _)| place))
}

/// Implements `GetAt` and `[ ]`. Undocumented: a missing item is an error, unless
/// [`Policies`](super::super::environment::Policies) say otherwise.
pub(super) fn get_at(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    item(arguments, arguments.items(0)?, arguments.integer(1)?)
}

/// The item at an index of a collection.
pub(super) fn item(
    arguments: &Arguments<'_>,
    items: &[Value],
    place: i64,
) -> Result<Value, Failure> {
    let found = usize::try_from(place).ok().and_then(|place| items.get(place));
    match found {
        Some(item) => Ok(item.clone()),
        None if arguments
            .environment()
            .directory()
            .policies()
            .missing_items_are_not_set =>
        {
            Ok(arguments.not_set())
        }
        None => {
            let message = match items.len() {
                0 => format!("no item {place} in an empty collection"),
                count => format!("no item {place}; the indexes are 0 to {}", count - 1),
            };
            Err(arguments.fail(Code::OUT_OF_RANGE, &message))
        }
    }
}

fn make_empty_list(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(collection(arguments, Vec::new()))
}

fn make_list(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(collection(
        arguments,
        arguments.values().iter().map(|&item| item.clone()).collect(),
    ))
}
