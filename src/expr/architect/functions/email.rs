//! E-mail addresses.

use std::sync::Arc;

use crate::value::{Kind, Object, Text, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, one, overload};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "EmailAddressDomainPart",
        category: Category::Email,
        summary: "Returns the part after the @ of an e-mail address. Returns NOT_SET if the String is not an e-mail address.",
        example: ("EmailAddressDomainPart(\"john.doe@company.com\")", "\"company.com\""),
        overloads: &[
            overload(
                &[one("emailAddress", Kind::EmailAddress)],
                Type::one(Kind::String),
                domain_part,
            ),
            overload(
                &[one("emailAddressString", Kind::String).or_not_set()],
                Type::one(Kind::String),
                domain_part,
            ),
        ],
    },
    Function {
        name: "EmailAddressLocalPart",
        category: Category::Email,
        summary: "Returns the part before the @ of an e-mail address. Returns NOT_SET if the String is not an e-mail address.",
        example: ("EmailAddressLocalPart(\"john.doe@company.com\")", "\"john.doe\""),
        overloads: &[
            overload(
                &[one("emailAddress", Kind::EmailAddress)],
                Type::one(Kind::String),
                local_part,
            ),
            overload(
                &[one("emailAddressString", Kind::String).or_not_set()],
                Type::one(Kind::String),
                local_part,
            ),
        ],
    },
    Function {
        name: "MakeEmailAddress",
        category: Category::Email,
        summary: "Creates an EmailAddress from an address and an optional name.",
        example: (
            "MakeEmailAddress(\"john.doe@company.com\", \"John\").name",
            "\"John\"",
        ),
        overloads: &[
            overload(
                &[one("address", Kind::String)],
                Type::one(Kind::EmailAddress),
                make_email_address,
            ),
            overload(
                &[one("address", Kind::String), one("name", Kind::String).or_not_set()],
                Type::one(Kind::EmailAddress),
                make_email_address,
            ),
        ],
    },
];

fn domain_part(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(match parts(arguments)? {
        Some((_, domain)) => Value::String(domain),
        None => arguments.not_set(),
    })
}

fn local_part(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(match parts(arguments)? {
        Some((local, _)) => Value::String(local),
        None => arguments.not_set(),
    })
}

/// Returns the parts before and after the last @, as a quoted local part may contain
/// others. Returns `None` if there is no @ or if one of the parts is empty.
fn parts(arguments: &Arguments<'_>) -> Result<Option<(Text, Text)>, Failure> {
    let id = arguments.value(0).property("id");
    let address = match &id {
        Some(Value::String(address)) => Some(address),
        Some(_) => None,
        None => arguments.optional_text(0)?,
    };
    let split = address.and_then(|address| address.rsplit_once('@'));
    Ok(split
        .filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
        .map(|(local, domain)| (local.into(), domain.into())))
}

fn make_email_address(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let name = arguments.optional_text(1)?;
    let name = name.map_or(Value::NotSet(Type::one(Kind::String)), |name| {
        Value::String(name.clone())
    });
    let address = Value::String(arguments.text(0)?.clone());
    let properties =
        [("name".into(), name), ("id".into(), address)].into_iter().collect();
    Ok(Value::Object(Arc::new(Object { kind: Kind::EmailAddress, properties })))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn addresses() {
        assert_results(&[
            ("EmailAddressDomainPart(\"\")", "NOT_SET String"),
            ("EmailAddressDomainPart(NOT_SET)", "NOT_SET String"),
            ("EmailAddressDomainPart(\"@b.c\")", "NOT_SET String"),
            ("EmailAddressLocalPart(\"a@\")", "NOT_SET String"),
            ("EmailAddressLocalPart(\"\\\"a@b\\\"@c.d\")", "\"\\\"a@b\\\"\""),
            ("EmailAddressDomainPart(\"jürgen@müller.de\")", "\"müller.de\""),
            ("EmailAddressDomainPart(MakeEmailAddress(\"a@b.c\"))", "\"b.c\""),
            ("EmailAddressLocalPart(MakeEmailAddress(\"a@b.c\", \"A\"))", "\"a\""),
            ("EmailAddressLocalPart(MakeEmailAddress(\"\"))", "NOT_SET String"),
            ("MakeEmailAddress(\"a@b.c\", \"A\")", r#"{"name":"A","id":"a@b.c"}"#),
            ("MakeEmailAddress(\"a@b.c\", NOT_SET)", r#"{"name":null,"id":"a@b.c"}"#),
            ("MakeEmailAddress(\"a@b.c\").name", "NOT_SET String"),
            ("MakeEmailAddress(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
        ]);
    }
}
