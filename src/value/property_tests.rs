//! Property tests for all values.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn decimals() -> impl Strategy<Value = Decimal> {
    let exponents = prop_oneof![-4i32..4, -60i32..2, Just(-350)];
    (any::<bool>(), "[0-9]{1,40}", exponents).prop_map(
        |(is_negative, digits, exponent)| {
            let sign = if is_negative { "-" } else { "" };
            let text = format!("{sign}{digits}e{exponent}");
            Decimal::parse(&text).unwrap_or_else(|| Decimal::from(i64::from(exponent)))
        },
    )
}

fn date_times() -> impl Strategy<Value = DateTime> {
    (DateTime::MIN.milliseconds()..=DateTime::MAX.milliseconds())
        .prop_map(|milliseconds| DateTime::from_milliseconds(milliseconds).unwrap())
}

fn durations() -> impl Strategy<Value = Duration> {
    let ranges = prop_oneof![-MAX_INTEGER..=MAX_INTEGER, -100_000i64..100_000];
    ranges.prop_map(|milliseconds| Duration::from_milliseconds(milliseconds).unwrap())
}

/// Random strings; many nearly have a special meaning.
fn strings() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "-?[0-9]{1,45}(\\.[0-9]{0,5})?(e-?[0-9]{1,12})?",
        "-?P[0-9YMWDTHSF.]{0,12}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.Z+-]{0,12}",
        "[ \\[\\]{}\":,0-9a-e.-]{0,12}",
        "[tTfF]?(rue|alse|RUE)?",
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        decimals().prop_map(Json::Decimal),
        strings().prop_map(|text| Json::from(text.as_str())),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let entries = prop::collection::vec((any::<String>(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Json::array),
            entries.prop_map(|entries| Json::object(
                entries.into_iter().map(|(key, value)| (key.into(), value))
            )),
        ]
    })
}

fn values() -> impl Strategy<Value = Value> {
    let kinds = prop_oneof![Just(Kind::Any), Just(Kind::Integer), Just(Kind::Queue)];
    let leaf = prop_oneof![
        kinds.prop_map(|kind| Value::NotSet(Type::one(kind))),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-20i64..20).prop_map(Value::from),
        decimals().prop_map(Value::Decimal),
        strings().prop_map(Value::string),
        date_times().prop_map(Value::DateTime),
        date_times().prop_map(|time| Value::Date(time.date())),
        date_times().prop_map(|time| Value::Time(time.time())),
        durations().prop_map(Value::Duration),
        (prop::option::of(decimals()), prop::option::of("USD|EUR")).prop_map(
            |(amount, code)| {
                let code = code.map(Text::from);
                Value::Currency(Currency { amount, code }.into())
            }
        ),
        json().prop_map(Value::Json),
    ];
    leaf.prop_recursive(2, 12, 3, |inner| {
        let items = prop::collection::vec(inner.clone(), 0..3);
        let properties = prop::collection::vec(("id|name|uri", inner), 0..3);
        prop_oneof![
            items.prop_map(|items| {
                Value::Collection(Collection { kind: Kind::Any, items }.into())
            }),
            properties.prop_map(|properties| {
                let properties = properties
                    .into_iter()
                    .map(|(name, value)| (name.into(), value))
                    .collect();
                Value::Object(Object { kind: Kind::PhoneNumber, properties }.into())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn printed_decimals_parse_to_the_same_value(number in decimals()) {
        prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number.clone()));
        let mut text = String::new();
        number.write_json(&mut text);
        prop_assert_eq!(Number::parse_json(&text), Some(Number::Decimal(number)));
    }

    #[test]
    fn decimal_arithmetic_agrees_with_integers(
        left in -1_000_000_000_000_000_000i64..1_000_000_000_000_000_000,
        right in -1_000_000_000_000_000_000i64..1_000_000_000_000_000_000,
        scale in 0u32..20,
    ) {
        let scaled = |number: i128, scale: u32| Decimal::parse(&format!("{number}e-{scale}"));
        let (wide_left, wide_right) = (i128::from(left), i128::from(right));
        let (a, b) = (scaled(wide_left, scale).unwrap(), scaled(wide_right, scale).unwrap());
        prop_assert_eq!(a.checked_add(&b), scaled(wide_left + wide_right, scale));
        prop_assert_eq!(a.checked_sub(&b), scaled(wide_left - wide_right, scale));
        prop_assert_eq!(a.checked_mul(&b), scaled(wide_left * wide_right, 2 * scale));
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        if right != 0 {
            prop_assert_eq!(a.checked_rem(&b), scaled(wide_left % wide_right, scale));
            let back = a.checked_mul(&b).and_then(|product| product.checked_div(&b));
            prop_assert_eq!(back, Some(a));
        }
    }

    #[test]
    fn decimal_arithmetic_never_panics(left in decimals(), right in decimals(), places in 0u32..50) {
        let results = [
            left.checked_add(&right),
            left.checked_sub(&right),
            left.checked_mul(&right),
            left.checked_div(&right),
            left.checked_rem(&right),
            left.checked_pow(&right),
            Some(left.round(places)),
            Some(left.floor()),
            Some(left.ceil()),
        ];
        for number in results.into_iter().flatten() {
            prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
        }
        prop_assert_eq!(left.cmp(&right), right.cmp(&left).reverse());
    }

    #[test]
    fn printed_durations_parse_to_the_same_value(duration in durations()) {
        prop_assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
    }

    #[test]
    fn printed_times_parse_to_the_same_value(time in date_times()) {
        prop_assert_eq!(DateTime::parse(&time.to_string()), Some(time));
        prop_assert_eq!(Date::parse(&time.date().to_string()), Some(time.date()));
        prop_assert_eq!(Time::parse(&time.time().to_string()), Some(time.time()));
    }

    #[test]
    fn printed_json_parses_to_the_same_value(json in json()) {
        prop_assert_eq!(Json::parse(&json.to_string()), Ok(json));
    }

    #[test]
    fn serde_reads_our_json(json in json()) {
        let text = json.to_string();
        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok(), "{}", text);
        prop_assert_eq!(serde_json::to_string(&json).unwrap(), text);
    }

    #[test]
    fn serde_values_equal_those_of_the_text(json in json()) {
        // The text has a number that serde cannot represent.
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&json.to_string()) else {
            return Ok(());
        };
        prop_assert_eq!(serde_json::Value::from(&json), value.clone());
        prop_assert_eq!(Json::from(&value), Json::parse(&value.to_string()).unwrap());
    }

    #[test]
    fn all_numbers_of_serde_are_converted(whole in any::<u64>(), float in any::<f64>()) {
        for value in [serde_json::Value::from(whole), float.into()] {
            let parsed = Json::parse(&value.to_string()).unwrap_or_default();
            prop_assert_eq!(Json::from(&value), parsed);
        }
    }

    #[test]
    fn comparison_is_antisymmetric_and_agrees_with_equality(left in values(), right in values()) {
        prop_assert_eq!(equal(&left, &right), equal(&right, &left));
        let order = compare(&left, &right);
        prop_assert_eq!(order, compare(&right, &left).map(Ordering::reverse));
        if let Some(order) = order {
            prop_assert_eq!(order == Ordering::Equal, equal(&left, &right));
        }
    }

    #[test]
    fn set_values_equal_themselves(value in values()) {
        prop_assert_eq!(equal(&value, &value), !value.is_unset());
    }

    #[test]
    fn order_is_transitive_within_a_kind(mut numbers in prop::collection::vec(
        prop_oneof![decimals().prop_map(Value::Decimal), any::<i64>().prop_map(Value::from)],
        3,
    )) {
        numbers.sort_by(|left, right| compare(left, right).unwrap());
        prop_assert_ne!(compare(&numbers[0], &numbers[2]), Some(Ordering::Greater));
    }

    #[test]
    fn conversions_never_panic_and_have_the_right_type(value in values()) {
        let conversions = [
            (to_boolean(&value), Kind::Boolean),
            (to_integer(&value), Kind::Integer),
            (to_decimal(&value), Kind::Decimal),
            (to_text(&value), Kind::String),
            (to_json(&value), Kind::Json),
            (to_duration(&value), Kind::Duration),
        ];
        for (result, kind) in conversions {
            match result {
                Ok(converted) => prop_assert_eq!(converted.type_of(), Type::one(kind)),
                Err(error) => prop_assert_eq!(error.wanted, Type::one(kind)),
            }
        }
    }

    #[test]
    fn both_conversions_to_json_agree(value in values()) {
        let mut text = String::new();
        value.write_json(&mut text);
        prop_assert_eq!(value.to_json().to_string(), text);
    }

    #[test]
    fn strings_are_parsed_without_panic(text in strings()) {
        let _ = (Decimal::parse(&text), Number::parse_json(&text), Json::parse(&text));
        let _ = (Date::parse(&text), Time::parse(&text), Duration::parse(&text));
        if let Some(time) = DateTime::parse(&text) {
            prop_assert!((DateTime::MIN..=DateTime::MAX).contains(&time));
        }
    }

    #[test]
    fn integers_survive_conversion_to_strings(integer in -MAX_INTEGER..=MAX_INTEGER) {
        let value = Value::from(integer);
        prop_assert_eq!(to_integer(&to_text(&value).unwrap()), Ok(value.clone()));
        prop_assert_eq!(to_integer(&to_decimal(&value).unwrap()), Ok(value));
    }
}
