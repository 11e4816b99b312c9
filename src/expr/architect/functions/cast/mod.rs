//! Conversions between types.

mod text;

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::value::{
    DateTime, Json, Kind, Type, Value, beginning, phone_number as phone_numbers,
    to_boolean, to_currency, to_decimal, to_duration, to_integer, write_json_string,
};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Overload, one, overload};
use super::{currencies, limits};

/// The overloads of a conversion from single values. They accept NOT_SET unless marked
/// `required`.
macro_rules! from {
    ($result:ident by $body:path; $($name:literal $kind:ident $(.$restriction:ident)?),*) => {
        &[$(overload(
            &[one($name, Kind::$kind).or_not_set()$(.$restriction())?],
            Type::one(Kind::$result),
            $body,
        )),*]
    };
}

// Genesys' catalogue predates JSON and does not list it; real flows convert it.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "ToBool",
        category: Category::Cast,
        summary: "Converts a value to a Boolean. `true`, `t`, `1` and numbers other than 0 are true; `false`, `f` and `0` are false; any other String gives NOT_SET.",
        example: ("ToBool(\"T\")", "true"),
        overloads: from!(Boolean by boolean;
            "valueToConvert" Decimal,
            "valueToConvert" String,
            "valueToConvert" Integer,
            "valueToConvert" NotSet,
            "valueToReturn" Boolean .required,
            "json" Json
        ),
    },
    Function {
        name: "ToString",
        category: Category::Cast,
        summary: "Converts a value to a String, independently of the language. The items of a collection are joined by line breaks or by the given delimiter.",
        example: ("ToString(2000.506, 2)", "\"2000.51\""),
        overloads: TO_STRING,
    },
    Function {
        name: "ToInt",
        category: Category::Cast,
        summary: "Converts a value to an Integer. Decimals lose their fraction, `true` becomes 1, Durations become milliseconds, and blank Strings become NOT_SET.",
        example: ("ToInt(-5.7)", "-5"),
        overloads: from!(Integer by integer;
            "valueToConvert" Boolean,
            "valueToConvert" Decimal,
            "valueToConvert" String,
            "valueToConvert" NotSet,
            "valueToReturn" Integer,
            "valueToConvert" Duration,
            "json" Json
        ),
    },
    Function {
        name: "ToDecimal",
        category: Category::Cast,
        summary: "Converts a value to a Decimal. `true` becomes 1.0, a Currency becomes its amount, and a blank String becomes NOT_SET.",
        example: ("ToDecimal(MakeCurrency(5.25, \"USD\"))", "5.25"),
        overloads: from!(Decimal by decimal;
            "valueToConvert" Boolean,
            "valueToConvert" Currency,
            "valueToConvert" String,
            "valueToConvert" Integer,
            "valueToConvert" NotSet,
            "valueToReturn" Decimal,
            "json" Json
        ),
    },
    Function {
        name: "ToDateTime",
        category: Category::Cast,
        summary: "Converts an ISO 8601 String, or the number of seconds since the start of 1970, to a DateTime in UTC. A blank String gives NOT_SET.",
        example: (
            "ToDateTime(\"2009-01-10T06:30:00-07:00\")",
            "\"2009-01-10T13:30:00Z\"",
        ),
        overloads: from!(DateTime by datetime;
            "text" String,
            "valueToConvert" Integer,
            "valueToConvert" NotSet,
            "valueToReturn" DateTime,
            "json" Json
        ),
    },
    Function {
        name: "ToDuration",
        category: Category::Cast,
        summary: "Converts an ISO 8601 String such as `P1DT2H30M5.5S`, or a number of milliseconds, to a Duration. A blank String gives NOT_SET.",
        example: ("ToDuration(\"PT90M\")", "\"PT1H30M\""),
        overloads: from!(Duration by duration;
            "valueToConvert" String,
            "valueToConvert" Integer,
            "valueToConvert" NotSet,
            "valueToReturn" Duration,
            "json" Json
        ),
    },
    Function {
        name: "ToPhoneNumber",
        category: Category::Cast,
        summary: "Converts a `tel:`, `sip:` or `sips:` address, or plain digits, to a PhoneNumber. Only a number with `+` has an `e164`.",
        example: ("ToPhoneNumber(\"+13178723000\").subscriberNumber", "\"3178723000\""),
        overloads: from!(PhoneNumber by phone_number;
            "valueToConvert" String,
            "valueToConvert" NotSet,
            "valueToReturn" PhoneNumber,
            "json" Json
        ),
    },
    Function {
        name: "ToCurrency",
        category: Category::Cast,
        summary: "Converts a String such as `5.00|USD` to a Currency; either side may be missing. A number becomes a Currency without a code.",
        example: ("ToCurrency(\"5|USD\")", r#"{"amount":"5.00","code":"USD"}"#),
        overloads: from!(Currency by currency;
            "valueToConvert" String,
            "valueToConvert" Decimal,
            "valueToConvert" Integer,
            "nullValue" NotSet,
            "valueToReturn" Currency,
            "json" Json
        ),
    },
];

const TO_STRING: &[Overload] = text::OVERLOADS;

fn boolean(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    // *Source: Genesys' expression catalogue: any String except those listed gives NOT_SET.*
    match arguments.value(0) {
        Value::String(text) if text.trim().len() < text.len() => Ok(arguments.not_set()),
        value => limits::converted(arguments, to_boolean(value)),
    }
}

fn integer(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::converted(arguments, to_integer(&without_plus(arguments.value(0))))
}

fn decimal(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::converted(arguments, to_decimal(&without_plus(arguments.value(0))))
}

/// A String as a number without its plus sign. Undocumented: all notations of a number are
/// accepted, with a sign, a fraction or an exponent.
fn without_plus(value: &Value) -> Cow<'_, Value> {
    let text = match value {
        Value::String(text) | Value::Json(Json::String(text)) => text,
        _ => return Cow::Borrowed(value),
    };
    match text.trim().strip_prefix('+') {
        Some(rest)
            if rest.starts_with(|next: char| next.is_ascii_digit() || next == '.') =>
        {
            Cow::Owned(Value::from(rest))
        }
        _ => Cow::Borrowed(value),
    }
}

fn duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    limits::converted(arguments, to_duration(arguments.value(0)))
}

fn currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let value = limits::converted(arguments, to_currency(arguments.value(0)))?;
    if let Value::Currency(currency) = &value
        && let Some(code) = &currency.code
    {
        currencies::require_code(arguments, code)?;
    }
    Ok(value)
}

/// A String without an offset is read as UTC, and a date without a time as midnight. The
/// catalogue does not mention this; it refuses every other form.
fn datetime(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.value(0) {
        Value::DateTime(time) => Ok(Value::DateTime(*time)),
        Value::Integer(seconds) | Value::Json(Json::Integer(seconds)) => {
            let milliseconds = seconds.checked_mul(1000);
            let time = milliseconds.and_then(DateTime::from_milliseconds);
            limits::datetime(arguments, time)
        }
        Value::String(text) | Value::Json(Json::String(text)) => {
            if text.trim().is_empty() {
                return Ok(arguments.not_set());
            }
            let time = DateTime::parse_exact(text).map(Value::DateTime);
            time.ok_or_else(|| inconvertible(arguments, text))
        }
        unset if unset.is_unset() => Ok(arguments.not_set()),
        other => Err(inconvertible(arguments, &other.type_of().to_string())),
    }
}

fn phone_number(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    match arguments.value(0) {
        Value::String(text) | Value::Json(Json::String(text)) => {
            let number = phone_numbers::parse(text);
            Ok(number.unwrap_or_else(|| arguments.not_set()))
        }
        Value::Json(Json::Integer(number)) => {
            let number = phone_numbers::parse(&number.to_string());
            Ok(number.unwrap_or_else(|| arguments.not_set()))
        }
        unset if unset.is_unset() => Ok(arguments.not_set()),
        number @ Value::Object(_) => Ok(number.clone()),
        other => Err(inconvertible(arguments, &other.type_of().to_string())),
    }
}

fn inconvertible(arguments: &Arguments<'_>, text: &str) -> Failure {
    let start = beginning(text, 80);
    let mut message = String::from("cannot convert ");
    write_json_string(start, &mut message);
    if start.len() < text.len() {
        message.push('…');
    }
    message.push_str(&format!(" to {}", arguments.result_type()));
    arguments.fail(Code::CONVERSION_FAILED, &message)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn conversions() {
        assert_results(&[
            (r#"ToBool("yes")"#, "NOT_SET Boolean"),
            (r#"ToBool(" true")"#, "NOT_SET Boolean"),
            (r#"ToPhoneNumber("anonymous").uri"#, "NOT_SET String"),
            (r#"ToString(ToPhoneNumber("anonymous"))"#, "NOT_SET String"),
            (r#"ToPhoneNumber(" +13178723000 ").raw"#, r#"" +13178723000 ""#),
            (r#"ToInt("A String")"#, "CONVERSION_FAILED"),
            ("ToInt(10.0 ^ 15)", "CONVERSION_FAILED"),
            (r#"ToInt(JsonParse("5"))"#, "5"),
            (r#"ToInt(JsonParse("null"))"#, "NOT_SET Integer"),
            (r#"ToInt(JsonParse("[]"))"#, "CONVERSION_FAILED"),
            (r#"ToDecimal(JsonParse("5"))"#, "5.0"),
            (r#"ToBool(JsonParse("true"))"#, "true"),
            (r#"ToString(JsonParse("{\"a\": [1]}"))"#, r#""{\"a\":[1]}""#),
            (r#"ToString(JsonParse("\"a\""))"#, r#""a""#),
            (r#"ToDuration(JsonParse("\"PT5S\""))"#, r#""PT5S""#),
            ("ToDateTime(0)", r#""1970-01-01T00:00:00Z""#),
            ("ToDateTime(-1)", r#""1969-12-31T23:59:59Z""#),
            ("ToDateTime(System.MaxInt)", "RESULT_TOO_LARGE"),
            (r#"ToDateTime("")"#, "NOT_SET DateTime"),
            (
                r#"ToDateTime("2009-01-10T06:30:00.250Z")"#,
                r#""2009-01-10T06:30:00.250Z""#,
            ),
            (r#"ToDateTime("1799-12-31T23:59:59Z")"#, "CONVERSION_FAILED"),
            (r#"ToDateTime("10/1/2009")"#, "CONVERSION_FAILED"),
            (r#"ToDateTime("2009-01-10T06:30:60Z")"#, "CONVERSION_FAILED"),
            (r#"ToDateTime(JsonParse("\"2009-01-10 06:30:00Z\""))"#, "CONVERSION_FAILED"),
            (
                r#"ToDateTime(JsonParse("\"2009-01-10T06:30:00Z\""))"#,
                r#""2009-01-10T06:30:00Z""#,
            ),
            (r#"ToDuration("P1Y")"#, "CONVERSION_FAILED"),
            (r#"ToDuration(" ")"#, "NOT_SET Duration"),
            ("ToDuration(1500)", r#""PT1.5S""#),
        ]);
    }

    #[test]
    fn notations_of_numbers() {
        assert_results(&[
            (r#"ToInt("+5")"#, "5"),
            (r#"ToInt(" +5.7 ")"#, "5"),
            (r#"ToInt("1e3")"#, "1000"),
            (r#"ToInt("+1e3")"#, "1000"),
            (r#"ToDecimal("+1.5")"#, "1.5"),
            (r#"ToDecimal(JsonParse("\"+1.5\""))"#, "1.5"),
            (r#"ToInt("+")"#, "CONVERSION_FAILED"),
            (r#"ToInt("+-5")"#, "CONVERSION_FAILED"),
            (r#"ToInt("++5")"#, "CONVERSION_FAILED"),
            (r#"ToInt("+ 5")"#, "CONVERSION_FAILED"),
        ]);
    }

    #[test]
    fn telephone_numbers_and_currencies() {
        assert_results(&[
            (r#"ToPhoneNumber("")"#, "NOT_SET PhoneNumber"),
            (r#"ToPhoneNumber("7205550123").dialingCode"#, r#""7""#),
            (r#"ToPhoneNumber("7205550123").e164"#, "NOT_SET String"),
            (r#"ToPhoneNumber("13178723000").subscriberNumber"#, r#""3178723000""#),
            (r#"ToString(ToPhoneNumber("+1 317 872 3000"))"#, r#""tel:+1 317 872 3000""#),
            (r#"ToPhoneNumber(JsonParse("\"+13178723000\"")).e164"#, r#""+13178723000""#),
            (r#"ToPhoneNumber(JsonParse("13178723000")).uri"#, r#""tel:13178723000""#),
            (r#"ToCurrency("5 dollars")"#, "CONVERSION_FAILED"),
            (r#"ToCurrency("5|dollars")"#, "CONVERSION_FAILED"),
            (r#"ToCurrency("|")"#, r#"{"amount":null,"code":null}"#),
            (r#"ToCurrency("")"#, "NOT_SET Currency"),
            ("ToCurrency(5)", r#"{"amount":"5.00","code":null}"#),
        ]);
    }
}
