//! For tests: an organisation that knows objects of every kind.

use std::sync::Arc;

use crate::value::{DateTime, Decimal, Kind, Object, Text, Value};

use super::super::environment::{Directory, Environment, Policies};
use super::super::evaluate::Scope;

/// Every object has the id `1` and any other string as its name. The id of a result shows
/// how it was found. All languages are German, equality ignores case, and all random bits
/// are ones.
pub(super) struct TestOrganization;

fn object(kind: Kind, how: &str, text: &str) -> Option<Value> {
    let id = Value::string(format!("{} {how} {text}", kind.name()));
    let properties = [("id".into(), id)].into_iter().collect();
    Some(Value::Object(Arc::new(Object { kind, properties })))
}

impl Directory for TestOrganization {
    fn by_id(&self, kind: Kind, id: &str) -> Option<Value> {
        object(kind, "id", id).filter(|_| id == "1")
    }

    fn by_name(&self, kind: Kind, name: &str) -> Option<Value> {
        object(kind, "name", name).filter(|_| name != "1")
    }

    fn user_prompt(&self, name: &str) -> Option<Value> {
        object(Kind::Prompt, "user", name)
    }

    fn system_prompt(&self, name: &str) -> Option<Value> {
        object(Kind::Prompt, "system", name)
    }

    fn default_language(&self) -> Text {
        "de-de".into()
    }

    fn supported_languages(&self) -> Vec<Text> {
        vec!["de-de".into(), "en-us".into()]
    }

    fn exchange_rate(&self, _from: &str, _to: &str) -> Option<Decimal> {
        None
    }

    fn detect_language(&self, _text: &str) -> Option<Text> {
        Some("de".into())
    }

    fn policies(&self) -> Policies {
        Policies { equality_ignores_case: true, ..Policies::default() }
    }
}

impl Environment for TestOrganization {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn now(&self) -> DateTime {
        DateTime::parse("2026-01-05T09:00:00Z").expect("a time")
    }

    fn random(&self) -> u64 {
        u64::MAX
    }
}

impl Scope for TestOrganization {
    fn variable(&self, _slot: u32) -> &Value {
        &Value::NOT_SET
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}
