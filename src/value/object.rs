//! Values that are made of others.

use indexmap::IndexMap;

use super::{Decimal, Kind, Text, Value};

/// An amount of money.
#[derive(Debug, Clone, PartialEq)]
pub struct Currency {
    /// How much.
    pub amount: Decimal,
    /// The ISO 4217 code.
    pub code: Text,
}

/// A value with named properties: a queue, a user, a telephone number…
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its properties, in the order of the documentation.
    pub properties: IndexMap<Text, Value>,
}

/// Values of one type, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// What every item is.
    pub kind: Kind,
    /// The items; they may be NOT_SET, the collection may not.
    pub items: Vec<Value>,
}
