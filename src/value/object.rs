//! Values that contain other values.

use std::cmp::Ordering;

use indexmap::IndexMap;

use super::{Decimal, Kind, Text, Type, Value, properties_of};

/// Properties of an object by name, in the order of the documentation.
pub type Properties = IndexMap<Text, Value, foldhash::fast::RandomState>;

/// An amount of money. Either part may be NOT_SET; the Currency itself is still set.
///
/// Two Currencies are equal if their amounts and their codes are equal, including unset
/// ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// The amount.
    pub amount: Option<Decimal>,
    /// The ISO 4217 code.
    pub code: Option<Text>,
}

/// A value with named properties: a queue, a user, a telephone number…
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The kind of object.
    pub kind: Kind,
    /// The properties, in the order of the documentation.
    pub properties: Properties,
}

/// Values of one type, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The kind of the items.
    pub kind: Kind,
    /// The items. They may be NOT_SET, the collection may not.
    pub items: Vec<Value>,
}

impl Currency {
    /// Parses `5.00|USD`, `|USD`, `5.00|` or `5.00`. An empty part is NOT_SET. The code
    /// is not checked.
    pub fn parse(text: &str) -> Option<Self> {
        let (amount, code) = text.split_once('|').unwrap_or((text, ""));
        let (amount, code) = (amount.trim(), code.trim());
        let amount = if amount.is_empty() { None } else { Some(Decimal::parse(amount)?) };
        let code = (!code.is_empty()).then(|| code.into());
        (!text.trim().is_empty() && !code_has_bar(code.as_ref()))
            .then_some(Self { amount, code })
    }

    /// Compares the amounts. Returns `None` if an amount is unset or the codes differ.
    /// Two unset codes are the same.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (amount, other_amount) = (self.amount.as_ref()?, other.amount.as_ref()?);
        (self.code == other.code).then(|| amount.cmp(other_amount))
    }
}

impl Value {
    /// The property of a value, for `.name` and `["name"]` in expressions. Returns `None`
    /// if it does not exist.
    ///
    /// - An object: names are compared ignoring the case of ASCII letters. A property that its
    ///   type declares ([`properties_of`]) and the object lacks is NOT_SET of the property's
    ///   type.
    /// - A Currency: `amount` and `code`, also ignoring case; an unset one is NOT_SET of its
    ///   type.
    /// - A JSON object: the member as JSON, including `null`. Names are case-sensitive,
    ///   because two members may differ only in case.
    pub fn property(&self, name: &str) -> Option<Self> {
        match self {
            Self::Object(object) => object.property(name),
            Self::Currency(currency) => currency.property(name),
            Self::Json(json) => json.get(name).cloned().map(Self::Json),
            _ => None,
        }
    }
}

impl Object {
    fn property(&self, name: &str) -> Option<Value> {
        let exact = self.properties.get(name);
        let found = exact.or_else(|| {
            let mut entries = self.properties.iter();
            let same = entries.find(|(key, _)| key.eq_ignore_ascii_case(name));
            same.map(|(_, value)| value)
        });
        found.cloned().or_else(|| declared(self.kind, name).map(Value::NotSet))
    }
}

impl Currency {
    fn property(&self, name: &str) -> Option<Value> {
        let wanted = declared(Kind::Currency, name)?;
        let value = if wanted.kind == Kind::Decimal {
            self.amount.clone().map(Value::Decimal)
        } else {
            self.code.clone().map(Value::String)
        };
        Some(value.unwrap_or(Value::NotSet(wanted)))
    }
}

/// The type of a property declared by a kind.
fn declared(kind: Kind, name: &str) -> Option<Type> {
    let mut properties = properties_of(kind).iter();
    properties.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, wanted)| *wanted)
}

fn code_has_bar(code: Option<&Text>) -> bool {
    code.is_some_and(|code| code.contains('|'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Json;

    fn unset(kind: Kind) -> Option<Value> {
        Some(Value::NotSet(Type::one(kind)))
    }

    #[test]
    fn properties_of_objects() {
        let properties = [("id".into(), Value::from("7")), ("vip".into(), true.into())];
        let user =
            Object { kind: Kind::User, properties: properties.into_iter().collect() };
        let user = Value::Object(user.into());
        assert_eq!(user.property("id"), Some(Value::from("7")));
        assert_eq!(user.property("ID"), Some(Value::from("7")));
        assert_eq!(user.property("VIP"), Some(Value::from(true)));
        assert_eq!(user.property("userName"), unset(Kind::String));
        assert_eq!(user.property("e164"), None);
    }

    #[test]
    fn properties_of_currencies() {
        let price = |text| Value::Currency(Currency::parse(text).unwrap().into());
        let amount = Value::Decimal(Decimal::parse("5.25").unwrap());
        assert_eq!(price("5.25|USD").property("Amount"), Some(amount));
        assert_eq!(price("5.25|USD").property("code"), Some(Value::from("USD")));
        assert_eq!(price("|USD").property("amount"), unset(Kind::Decimal));
        assert_eq!(price("5.25").property("CODE"), unset(Kind::String));
        assert_eq!(price("5.25").property("name"), None);
    }

    #[test]
    fn members_of_json() {
        let json = Value::Json(Json::parse(r#"{"a": 1, "A": null}"#).unwrap());
        assert_eq!(json.property("a"), Some(Value::Json(Json::Integer(1))));
        assert_eq!(json.property("A"), Some(Value::Json(Json::Null)));
        assert_eq!(json.property("b"), None);
        assert_eq!(Value::Json(Json::array([1.into()])).property("0"), None);
        assert_eq!(Value::from("text").property("length"), None);
        assert_eq!(Value::NOT_SET.property("id"), None);
    }
}
