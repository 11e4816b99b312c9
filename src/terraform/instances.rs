//! Instances of resources and modules: `count` and `for_each`.

use hcl::{Body, Expression, Map, Value};

use super::document::{Declaration, Place};
use super::evaluate::{Gap, Scope, instances_of};

/// Maximum number of instances of a resource or a module.
const MAX_INSTANCES: usize = 10_000;

/// Attributes of a block that are not part of its resource.
pub(super) const META: [&str; 7] = [
    "count",
    "for_each",
    "provider",
    "providers",
    "depends_on",
    "lifecycle",
    "provisioner",
];

/// A resource or a data source.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// The address, such as `module.queues.genesyscloud_routing_queue.support["a"]`; also
    /// its `id`.
    pub(super) address: String,
    /// The type, such as `genesyscloud_routing_queue`.
    pub(super) kind: String,
    /// Whether it is a data source: an object that Terraform does not manage.
    pub(super) is_data: bool,
    /// The known attributes.
    pub(super) values: Map<String, Value>,
    /// The unknown attributes.
    pub(super) gaps: Vec<Gap>,
    /// The place of its block.
    pub(super) place: Place,
}

/// The key of an instance.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Only,
    Index(usize),
    Name(String),
}

impl Key {
    /// Returns the key at the end of an address.
    pub(super) fn of(address: &str) -> Self {
        let Some(inner) = address.strip_suffix(']') else { return Self::Only };
        let Some((_, key)) = inner.rsplit_once('[') else { return Self::Only };
        match key.parse() {
            Ok(index) => Self::Index(index),
            Err(_) => Self::Name(key.trim_matches('"').to_owned()),
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Only => String::new(),
            Self::Index(index) => format!("[{index}]"),
            Self::Name(name) => format!("[\"{name}\"]"),
        }
    }
}

/// Returns the value of all instances: a list with `count`, an object with `for_each`.
pub(super) fn together(values: Vec<(Key, Value)>) -> Value {
    match values.as_slice() {
        [(Key::Only, value)] => value.clone(),
        [(Key::Name(_), _), ..] => {
            let pairs = values.into_iter().filter_map(|(key, value)| match key {
                Key::Name(name) => Some((name, value)),
                _ => None,
            });
            pairs.collect()
        }
        _ => Value::Array(values.into_iter().map(|(_, value)| value).collect()),
    }
}

/// The variables of the body of an instance: `count` or `each`.
pub(super) type Variables = Vec<(&'static str, Value)>;

/// Returns the instances of a block, with the variables that their bodies may use.
pub(super) fn keys(body: &Body, scope: &Scope) -> (Vec<(Key, Variables)>, Vec<Gap>) {
    let mut gaps = Vec::new();
    if let Some(count) = attribute(body, "count") {
        let Some(count) = scope.value(count, "count", &mut gaps) else {
            return (Vec::new(), gaps);
        };
        let count = usize::try_from(count.as_u64().unwrap_or_default());
        let count = count.unwrap_or(usize::MAX);
        if count > MAX_INSTANCES {
            gaps.push(too_many("count"));
            return (Vec::new(), gaps);
        }
        let instance = |index: usize| {
            let value = [("index".to_owned(), Value::from(index))];
            (Key::Index(index), vec![("count", value.into_iter().collect())])
        };
        return ((0..count).map(instance).collect(), gaps);
    }
    if let Some(each) = attribute(body, "for_each") {
        let Some(each) = scope.value(each, "for_each", &mut gaps) else {
            return (Vec::new(), gaps);
        };
        let instances = instances_of(&each);
        if instances.len() > MAX_INSTANCES {
            gaps.push(too_many("for_each"));
            return (Vec::new(), gaps);
        }
        let instances = instances.into_iter();
        let instances = instances.filter_map(|(key, value)| {
            let name = super::functions::text(&key)?;
            let pair = [("key".to_owned(), key), ("value".to_owned(), value)];
            Some((Key::Name(name), vec![("each", pair.into_iter().collect())]))
        });
        return (instances.collect(), gaps);
    }
    (vec![(Key::Only, Vec::new())], gaps)
}

fn too_many(attribute: &str) -> Gap {
    let reason = format!("more than {MAX_INSTANCES} instances");
    Gap { attribute: attribute.to_owned(), reason }
}

/// Evaluates the instances of a resource.
pub(super) fn instances(
    declaration: &Declaration,
    prefix: &str,
    scope: &Scope,
) -> Vec<Resource> {
    let (kind, name) = (&declaration.labels[0], &declaration.labels[1]);
    let is_data = declaration.kind == "data";
    let data = if is_data { "data." } else { "" };
    let (keys, unknown) = keys(&declaration.body, scope);
    let resource = |key: &Key, values, gaps| Resource {
        address: format!("{prefix}{data}{kind}.{name}{}", key.shown()),
        kind: kind.clone(),
        is_data,
        values,
        gaps,
        place: declaration.place.clone(),
    };
    if !unknown.is_empty() {
        return vec![resource(&Key::Only, Map::new(), unknown)];
    }
    let instance = |(key, variables): &(Key, Variables)| {
        let mut gaps = Vec::new();
        let values = match variables.as_slice() {
            [(name, value)] => {
                let inner = scope.with(name, value.clone());
                inner.body(&declaration.body, &META, &mut gaps)
            }
            _ => scope.body(&declaration.body, &META, &mut gaps),
        };
        match (scope.keep(&values), values) {
            (Ok(()), Value::Object(values)) => resource(key, values, gaps),
            (Err(reason), _) => {
                gaps.push(Gap { attribute: name.clone(), reason });
                resource(key, Map::new(), gaps)
            }
            (Ok(()), _) => resource(key, Map::new(), gaps),
        }
    };
    keys.iter().map(instance).collect()
}

/// Returns the expression of an attribute.
pub(super) fn attribute<'b>(body: &'b Body, name: &str) -> Option<&'b Expression> {
    body.attributes().find(|it| it.key.as_str() == name).map(|it| &it.expr)
}
