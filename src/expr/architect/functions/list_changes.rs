//! Functions that return a changed copy of a collection.
//!
//! *Source: Genesys' help, "Modify collection values", which is newer than the catalogue
//! and describes each function in one sentence.* Undocumented, and decided here: values
//! are equal as for `Find`; all equal items are removed or replaced; an index without an
//! item is an error.

use rustc_hash::FxHashMap;

use crate::diagnostic::Code;
use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::equality::{equal, hash};
use super::super::failure::Failure;
use super::super::signature::{
    Category, Evaluate, Function, Overload, Parameter, many, one, overload,
};
use super::list::collection;

const COLLECTION: Parameter = many("collection", Kind::Any);
const INDEX: Parameter = one("index", Kind::Integer).at_least(0);
const ITEM: Parameter = one("item", Kind::Any).or_not_set();
const NEW_ITEM: Parameter = one("newItem", Kind::Any).or_not_set();

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "AddItemAt",
        category: Category::List,
        summary: "Returns a collection with an item added at an index, counted from 0. Source: Genesys' help.",
        example: ("AddItemAt(MakeList(3, 4), 0, 7)", "[7,3,4]"),
        overloads: &[change(&[COLLECTION, INDEX, ITEM], add_item_at)],
    },
    Function {
        name: "RemoveDups",
        category: Category::List,
        summary: "Returns a collection without the items that equal an earlier item. Source: Genesys' help.",
        example: ("RemoveDups(MakeList(3, 4, 3))", "[3,4]"),
        overloads: &[change(&[COLLECTION], remove_dups).reading_surroundings()],
    },
    Function {
        name: "RemoveItem",
        category: Category::List,
        summary: "Returns a collection without the items that equal a value. Source: Genesys' help.",
        example: ("RemoveItem(MakeList(3, 4, 3), 3)", "[4]"),
        overloads: &[change(&[COLLECTION, ITEM], remove_item).reading_surroundings()],
    },
    Function {
        name: "RemoveItemAt",
        category: Category::List,
        summary: "Returns a collection without the item at an index, counted from 0. Source: Genesys' help.",
        example: ("RemoveItemAt(MakeList(3, 4, 5), 1)", "[3,5]"),
        overloads: &[change(&[COLLECTION, INDEX], remove_item_at)],
    },
    Function {
        name: "ReplaceItem",
        category: Category::List,
        summary: "Returns a collection in which a new item replaces all items that equal a value. Source: Genesys' help.",
        example: ("ReplaceItem(MakeList(3, 4, 3), 3, 9)", "[9,4,9]"),
        overloads: &[
            change(&[COLLECTION, ITEM, NEW_ITEM], replace_item).reading_surroundings()
        ],
    },
    Function {
        name: "ReplaceItemAt",
        category: Category::List,
        summary: "Returns a collection in which a new item replaces the item at an index, counted from 0. Source: Genesys' help.",
        example: ("ReplaceItemAt(MakeList(3, 4), 1, 9)", "[3,9]"),
        overloads: &[change(&[COLLECTION, INDEX, NEW_ITEM], replace_item_at)],
    },
    Function {
        name: "ReplaceItemFirst",
        category: Category::List,
        summary: "Returns a collection in which a new item replaces the first item that equals a value. Source: Genesys' help.",
        example: ("ReplaceItemFirst(MakeList(3, 4, 3), 3, 9)", "[9,4,3]"),
        overloads: &[change(&[COLLECTION, ITEM, NEW_ITEM], replace_item_first)
            .reading_surroundings()],
    },
];

const fn change(parameters: &'static [Parameter], evaluate: Evaluate) -> Overload {
    overload(parameters, Type::many(Kind::Any), evaluate)
}

/// An item may be added at the end, too: at the index that follows the last one.
fn add_item_at(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut items = arguments.items(0)?.to_vec();
    let place = place(arguments, items.len())?;
    items.insert(place, arguments.value(2).clone());
    Ok(collection(arguments, items))
}

fn remove_dups(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let policies = arguments.environment().directory().policies();
    let mut kept: Vec<Value> = Vec::new();
    // An item is compared only with those that have its hash: collections are long.
    let mut by_hash: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for item in arguments.items(0)? {
        let same = by_hash.entry(hash(item)).or_default();
        if !same.iter().any(|&place| equal(&kept[place], item, policies)) {
            same.push(kept.len());
            kept.push(item.clone());
        }
    }
    Ok(collection(arguments, kept))
}

fn remove_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (items, unwanted) = (arguments.items(0)?, arguments.value(1));
    let policies = arguments.environment().directory().policies();
    let kept = items.iter().filter(|item| !equal(item, unwanted, policies));
    Ok(collection(arguments, kept.cloned().collect()))
}

fn remove_item_at(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut items = arguments.items(0)?.to_vec();
    let place = existing(arguments, items.len())?;
    items.remove(place);
    Ok(collection(arguments, items))
}

fn replace_item(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    replaced(arguments, usize::MAX)
}

fn replace_item_first(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    replaced(arguments, 1)
}

/// Replaces the items that equal a value, at most this number.
fn replaced(arguments: &Arguments<'_>, most: usize) -> Result<Value, Failure> {
    let mut items = arguments.items(0)?.to_vec();
    let (old, new) = (arguments.value(1), arguments.value(2));
    let policies = arguments.environment().directory().policies();
    let found = items.iter_mut().filter(|item| equal(item, old, policies));
    found.take(most).for_each(|item| *item = new.clone());
    Ok(collection(arguments, items))
}

fn replace_item_at(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut items = arguments.items(0)?.to_vec();
    let place = existing(arguments, items.len())?;
    items[place] = arguments.value(2).clone();
    Ok(collection(arguments, items))
}

/// The index of an item. The policy for missing items does not apply: it is about reading.
fn existing(arguments: &Arguments<'_>, count: usize) -> Result<usize, Failure> {
    match count.checked_sub(1) {
        Some(last) => place(arguments, last),
        None => {
            let index = arguments.integer(1)?;
            let message = format!("no item {index} in an empty collection");
            Err(arguments.fail(Code::OUT_OF_RANGE, &message))
        }
    }
}

/// The index, up to a last one.
fn place(arguments: &Arguments<'_>, last: usize) -> Result<usize, Failure> {
    let index = arguments.integer(1)?;
    usize::try_from(index).ok().filter(|index| *index <= last).ok_or_else(|| {
        let message = format!("no index {index}; the indexes are 0 to {last}");
        arguments.fail(Code::OUT_OF_RANGE, &message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::environment::Environment;
    use super::super::super::evaluate::Scope;
    use super::super::super::expression::Expression;
    use super::super::super::names::Declarations;
    use super::super::super::trial::{Empty, assert_results, evaluated_in};
    use super::super::known::TestOrganization;
    use super::*;
    use crate::value::{Collection, Json};

    #[test]
    fn indexes_without_an_item_are_errors() {
        assert_results(&[
            ("AddItemAt(MakeList(3, 4), 2, 7)", "[3,4,7]"),
            ("AddItemAt(MakeList(3, 4), 3, 7)", "OUT_OF_RANGE"),
            ("AddItemAt(MakeEmptyList(1), 0, 7)", "[7]"),
            ("AddItemAt(MakeList(3, 4), -1, 7)", "OUT_OF_RANGE"),
            ("AddItemAt(MakeList(3, 4), ToInt(NOT_SET), 7)", "NOT_SET_NOT_ALLOWED"),
            ("RemoveItemAt(MakeList(3, 4), 2)", "OUT_OF_RANGE"),
            ("RemoveItemAt(MakeEmptyList(1), 0)", "OUT_OF_RANGE"),
            ("ReplaceItemAt(MakeList(3, 4), 0, NOT_SET)", "[null,4]"),
            ("ReplaceItemAt(MakeList(3, 4), 2, 1)", "OUT_OF_RANGE"),
        ]);
    }

    #[test]
    fn items_are_compared_like_those_of_find() {
        assert_results(&[
            ("RemoveItem(MakeList(1, NOT_SET, 2), NOT_SET)", "[1,2]"),
            ("RemoveItem(MakeList(1, 2), 3)", "[1,2]"),
            ("RemoveItem(MakeList(\"a\", \"A\"), \"a\")", "[\"A\"]"),
            ("RemoveItem(MakeList(1, 2), \"a\")", "WRONG_ARGUMENTS"),
            ("RemoveDups(MakeList(1.0, 1.00, NOT_SET, 2.0, NOT_SET))", "[1.0,null,2.0]"),
            ("RemoveDups(MakeList(\"a\", \"A\", \"a\"))", "[\"a\",\"A\"]"),
            (
                "Count(RemoveDups(MakeList(ToPhoneNumber(\"+13175550100\"), \
                 ToPhoneNumber(\"tel:+13175550100\"))))",
                "1",
            ),
            (
                "ToJson(RemoveDups(ToJsonCollection(JsonParse(\
                 \"[1, 1.0, {\\\"a\\\": 1, \\\"b\\\": []}, {\\\"b\\\": [], \\\"a\\\": 1.0}, null]\"))))",
                "[1,{\"a\":1,\"b\":[]},null]",
            ),
            ("ReplaceItem(MakeList(1, NOT_SET), NOT_SET, 5)", "[1,5]"),
            ("ReplaceItemFirst(MakeList(1, 2), 3, 5)", "[1,2]"),
            ("RemoveDups(MakeList(ToAudioTTS(\"a\")))", "WRONG_ARGUMENTS"),
        ]);
    }

    #[test]
    fn the_policies_for_equal_strings_apply() {
        for (text, result) in [
            ("RemoveDups(MakeList(\"a\", \"A\", \"b\"))", "[\"a\",\"b\"]"),
            ("RemoveItem(MakeList(\"a\", \"A\", \"b\"), \"a\")", "[\"b\"]"),
            ("Count(RemoveDups(MakeList(FindQueue(\"1\"), FindQueue(\"1\"))))", "1"),
        ] {
            assert_eq!(evaluated_in(text, &TestOrganization), result, "{text}");
        }
    }

    struct Holding(Value);

    impl Scope for Holding {
        fn variable(&self, _slot: u32) -> &Value {
            &self.0
        }

        fn environment(&self) -> &dyn Environment {
            &Empty
        }
    }

    /// A comparison of all pairs would take minutes.
    #[test]
    fn duplicates_of_long_collections_are_found_by_their_hash() {
        let numbers: Vec<Value> = (0..200_000).map(Value::from).collect();
        let lists = numbers.iter().map(|number| match number {
            Value::Integer(number) => Value::Json(Json::array([Json::Integer(*number)])),
            _ => Value::NOT_SET,
        });
        let lists = lists.collect();
        for (kind, items) in [(Kind::Integer, numbers), (Kind::Json, lists)] {
            let items = [items.clone(), items].concat();
            let given = Holding(Value::Collection(Collection { kind, items }.into()));
            let mut names = Declarations::new();
            names.declare("Flow.all", Type::many(kind));
            let text = "Count(RemoveDups(Flow.all))";
            let expression = Expression::compile(text, &mut names, None).unwrap();
            assert_eq!(expression.evaluate(&given), Ok(Value::Integer(200_000)));
        }
    }
}
