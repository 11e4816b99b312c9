//! Requests of clients.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::reply::ApiError;
use crate::diagnostic::nearest;

/// A request whose body has been read completely.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct ApiRequest {
    /// The id of the request.
    pub(in crate::server) id: String,
    /// The method, in upper case.
    pub(in crate::server) method: String,
    /// The path as the client sent it.
    pub(in crate::server) path: String,
    /// The values of the placeholders in the route's path.
    pub(in crate::server) parameters: Vec<(String, String)>,
    /// The query, decoded, in the given order.
    pub(in crate::server) query: Vec<(String, String)>,
    /// The headers, all of them UTF-8.
    pub(in crate::server) headers: HeaderMap,
    /// The body.
    pub(in crate::server) body: Vec<u8>,
    /// The names of the query parameters that were read.
    pub(in crate::server) read: RefCell<BTreeSet<String>>,
}

impl ApiRequest {
    /// Returns the value of a placeholder in the path.
    pub(in crate::server) fn parameter(&self, name: &str) -> &str {
        find(&self.parameters, name).unwrap_or_default()
    }

    /// Returns the first non-empty value of a query parameter.
    pub(in crate::server) fn query(&self, name: &str) -> Option<&str> {
        self.note(name);
        find(&self.query, name).filter(|value| !value.is_empty())
    }

    /// Returns all values of a query parameter, which may be repeated or separated by
    /// commas.
    pub(in crate::server) fn query_all(&self, name: &str) -> Vec<&str> {
        self.note(name);
        let values = self.query.iter().filter(|(known, _)| known == name);
        let values = values.flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// Returns all non-empty values of a query parameter, which may be repeated.
    pub(in crate::server) fn query_each(&self, name: &str) -> Vec<&str> {
        self.note(name);
        let values = self.query.iter().filter(|(known, _)| known == name);
        values.map(|(_, value)| value.as_str()).filter(|it| !it.is_empty()).collect()
    }

    fn note(&self, name: &str) {
        if !self.query.is_empty() {
            self.read.borrow_mut().insert(name.to_owned());
        }
    }

    /// Returns the query parameters that no part of the server has read, each once. Those
    /// without a value, and those that are `false`, ask for nothing: SDKs send them for
    /// arguments that were left out.
    pub(in crate::server) fn ignored(&self) -> Vec<&str> {
        let read = self.read.borrow();
        let asks =
            |value: &str| !value.is_empty() && !value.eq_ignore_ascii_case("false");
        let given = self.query.iter().filter(|(_, value)| asks(value));
        let names: BTreeSet<&str> = given.map(|(name, _)| name.as_str()).collect();
        names.into_iter().filter(|name| !read.contains(*name)).collect()
    }

    /// Notes that every query parameter is applied: an empty list has nothing that a filter
    /// could exclude, and the filters after the first one were not read for it.
    pub(in crate::server) fn has_applied_all(&self) {
        let names = self.query.iter().map(|(name, _)| name.clone());
        self.read.borrow_mut().extend(names);
    }

    /// Returns the value of a header.
    pub(in crate::server) fn header(&self, name: &str) -> Option<&str> {
        str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// Returns the origin under which the client reached the server:
    /// `http://127.0.0.1:8080`.
    pub(in crate::server) fn origin(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }

    /// Returns the body as text.
    ///
    /// # Errors
    /// The body is not UTF-8.
    pub(in crate::server) fn text(&self) -> Result<&str, ApiError> {
        std::str::from_utf8(&self.body)
            .map_err(|_| ApiError::bad("the body is not UTF-8 text"))
    }

    /// Parses the body as a JSON object.
    ///
    /// # Errors
    /// The body is not a JSON object, or is declared as another media type.
    pub(in crate::server) fn object(&self) -> Result<Object, ApiError> {
        match self.json()? {
            Value::Object(entries) => Ok(Object(entries)),
            other => {
                let found = describe(&other);
                Err(ApiError::bad(format!(
                    "the body must be a JSON object, found {found}"
                )))
            }
        }
    }

    /// Parses the body as a JSON object; an empty body yields an empty object.
    pub(in crate::server) fn object_or_empty(&self) -> Result<Object, ApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Object::default());
        }
        self.object()
    }

    /// Parses the body as JSON.
    pub(in crate::server) fn json(&self) -> Result<Value, ApiError> {
        self.expect_json()?;
        let text = self.text()?;
        serde_json::from_str(text)
            .map_err(|error| ApiError::bad(format!("the body is not JSON: {error}")))
    }

    /// Rejects a body that is declared as a media type other than JSON. A body without a
    /// declared type counts as JSON. So does every body under `/__flowsim/`, because these
    /// requests are typed by hand and `curl -d` declares a form by default.
    pub(in crate::server) fn expect_json(&self) -> Result<(), ApiError> {
        if self.path.starts_with("/__flowsim/") {
            return Ok(());
        }
        let Some(declared) = self.header("content-type") else { return Ok(()) };
        let media_type = declared.split(';').next().unwrap_or_default().trim();
        let media_type = media_type.to_ascii_lowercase();
        if media_type.is_empty() || media_type.ends_with("json") {
            return Ok(());
        }
        let message = format!("the body is `{media_type}`, expected `application/json`");
        Err(ApiError::new(415, "unsupported.media.type", message))
    }
}

/// The JSON object in the body of a request.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Object(pub(in crate::server) serde_json::Map<String, Value>);

impl Object {
    /// Returns the value of a key unless it is null.
    pub(in crate::server) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Rejects unknown keys.
    ///
    /// # Errors
    /// A key is not in the list; the message names the nearest one.
    pub(in crate::server) fn only(
        &self,
        what: &str,
        known: &[&str],
    ) -> Result<(), ApiError> {
        let Some(key) = self.0.keys().find(|key| !known.contains(&key.as_str())) else {
            return Ok(());
        };
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "no keys are expected".to_owned(),
            None => format!("expected one of {}", known.join(", ")),
        };
        Err(ApiError::bad(format!("{what} has no key `{key}`; {help}")))
    }

    /// Returns the whole number of a key.
    ///
    /// # Errors
    /// The value is not a whole number in the range.
    pub(in crate::server) fn whole(
        &self,
        key: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_u64().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            ApiError::bad(format!(
                "`{key}` must be a whole number from {least} to {most}"
            ))
        })
    }

    /// Returns the string of a key.
    ///
    /// # Errors
    /// The value is not a string.
    pub(in crate::server) fn text(&self, key: &str) -> Result<Option<&str>, ApiError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| wrong(key, "a string", value))
    }

    /// Returns the string of a required key.
    ///
    /// # Errors
    /// The key is missing, its value is empty, or the value is not a string.
    pub(in crate::server) fn required(&self, key: &str) -> Result<&str, ApiError> {
        match self.text(key)?.map(str::trim) {
            None | Some("") => Err(ApiError::bad(format!("the body needs `{key}`"))),
            Some(text) => Ok(text),
        }
    }

    /// Returns the object of a key, or an empty one if the key is missing.
    ///
    /// # Errors
    /// The value is not an object.
    pub(in crate::server) fn object(&self, key: &str) -> Result<Self, ApiError> {
        match self.get(key) {
            None => Ok(Self::default()),
            Some(Value::Object(entries)) => Ok(Self(entries.clone())),
            Some(other) => Err(wrong(key, "an object", other)),
        }
    }

    /// Returns the list of a key, or an empty one if the key is missing.
    ///
    /// # Errors
    /// The value is not a list.
    pub(in crate::server) fn list(&self, key: &str) -> Result<&[Value], ApiError> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(wrong(key, "a list", other)),
        }
    }

    /// Returns the strings in the list of a key.
    ///
    /// # Errors
    /// The value is not a list of strings.
    pub(in crate::server) fn strings(&self, key: &str) -> Result<Vec<&str>, ApiError> {
        let items = self.list(key)?.iter();
        items
            .map(|item| {
                item.as_str().ok_or_else(|| wrong(key, "a list of strings", item))
            })
            .collect()
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}

fn wrong(key: &str, expected: &str, found: &Value) -> ApiError {
    ApiError::bad(format!("`{key}` must be {expected}, found {}", describe(found)))
}

/// Names the type of a value, with its article.
pub(in crate::server) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Parses the name-value pairs of a query or a form, and decodes them.
pub(in crate::server) fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn queries_are_decoded() {
        assert_eq!(
            pairs("a=1&b=x+y%2Fz&&c&d=%FF"),
            [("a", "1"), ("b", "x y/z"), ("c", ""), ("d", "\u{fffd}")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn lists_may_repeat_or_have_commas() {
        let request =
            ApiRequest { query: pairs("type=a,b&type=c"), ..ApiRequest::default() };
        assert_eq!(request.query_all("type"), ["a", "b", "c"]);
    }

    #[test]
    fn bodies_declared_as_another_media_type_are_refused() {
        let with = |declared: &str| ApiRequest {
            headers: [(CONTENT_TYPE, declared.parse().unwrap())].into_iter().collect(),
            body: b"{}".to_vec(),
            ..ApiRequest::default()
        };
        assert!(with("application/json; charset=utf-8").object().is_ok());
        assert!(with("application/vnd.api+json").object().is_ok());
        assert_eq!(with("text/plain").object().unwrap_err().status, 415);
    }
}
