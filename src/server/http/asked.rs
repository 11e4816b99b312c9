//! What a client asks.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::answer::Refusal;

/// A request, read to its end.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Asked {
    /// Its id.
    pub(in crate::server) id: String,
    /// The method, in capitals.
    pub(in crate::server) method: String,
    /// The path as it came.
    pub(in crate::server) path: String,
    /// What stands in the path where the route has a name in braces.
    pub(in crate::server) parameters: Vec<(String, String)>,
    /// The query, decoded, in its order.
    pub(in crate::server) query: Vec<(String, String)>,
    /// The headers; names are in small letters.
    pub(in crate::server) headers: Vec<(String, String)>,
    /// The body.
    pub(in crate::server) body: Vec<u8>,
}

impl Asked {
    /// What stands in the path for a name.
    pub(in crate::server) fn parameter(&self, name: &str) -> &str {
        find(&self.parameters, name).unwrap_or_default()
    }

    /// The first value of a name in the query that is not empty.
    pub(in crate::server) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name).filter(|value| !value.is_empty())
    }

    /// All values of a name in the query, also where commas separate them.
    pub(in crate::server) fn query_all(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(known, _)| known == name);
        let values = values.flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// A header.
    pub(in crate::server) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Where the client reached the server: `http://127.0.0.1:8080`.
    pub(in crate::server) fn origin(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }

    /// The body as text.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub(in crate::server) fn text(&self) -> Result<&str, Refusal> {
        std::str::from_utf8(&self.body)
            .map_err(|_| Refusal::bad("the body is not UTF-8 text"))
    }

    /// The body, which has to be a JSON object.
    ///
    /// # Errors
    /// It is none, or is declared to be something else.
    pub(in crate::server) fn object(&self) -> Result<Object, Refusal> {
        match self.json()? {
            Value::Object(entries) => Ok(Object(entries)),
            other => {
                let found = describe(&other);
                Err(Refusal::bad(format!(
                    "the body must be a JSON object, found {found}"
                )))
            }
        }
    }

    /// The same, where an empty body stands for an empty object.
    pub(in crate::server) fn object_or_nothing(&self) -> Result<Object, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Object::default());
        }
        self.object()
    }

    /// The body as JSON.
    pub(in crate::server) fn json(&self) -> Result<Value, Refusal> {
        self.expect_json()?;
        let text = self.text()?;
        serde_json::from_str(text)
            .map_err(|error| Refusal::bad(format!("the body is not JSON: {error}")))
    }

    /// Refuses a body that is declared to be something else than JSON. Clients that declare
    /// nothing mean JSON, and so do all under `/__flowsim/`: there it is typed by hand, and
    /// what `curl -d` declares by itself is not meant.
    pub(in crate::server) fn expect_json(&self) -> Result<(), Refusal> {
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
        Err(Refusal::new(415, "unsupported.media.type", message))
    }
}

/// The body of a request.
#[derive(Debug, Clone, Default)]
pub(in crate::server) struct Object(pub(in crate::server) serde_json::Map<String, Value>);

impl Object {
    /// What a key holds, unless it is null.
    pub(in crate::server) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// The text of a key.
    ///
    /// # Errors
    /// It holds something else.
    pub(in crate::server) fn text(&self, key: &str) -> Result<Option<&str>, Refusal> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| wrong(key, "a string", value))
    }

    /// The text that a key must hold.
    ///
    /// # Errors
    /// It is not there, is empty, or holds something else.
    pub(in crate::server) fn needed(&self, key: &str) -> Result<&str, Refusal> {
        match self.text(key)?.map(str::trim) {
            None | Some("") => Err(Refusal::bad(format!("the body needs `{key}`"))),
            Some(text) => Ok(text),
        }
    }

    /// The object of a key; an empty one if it is not there.
    ///
    /// # Errors
    /// It holds something else.
    pub(in crate::server) fn object(&self, key: &str) -> Result<Self, Refusal> {
        match self.get(key) {
            None => Ok(Self::default()),
            Some(Value::Object(entries)) => Ok(Self(entries.clone())),
            Some(other) => Err(wrong(key, "an object", other)),
        }
    }

    /// The list of a key; an empty one if it is not there.
    ///
    /// # Errors
    /// It holds something else.
    pub(in crate::server) fn list(&self, key: &str) -> Result<&[Value], Refusal> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(wrong(key, "a list", other)),
        }
    }

    /// The texts of a key.
    ///
    /// # Errors
    /// It holds something else.
    pub(in crate::server) fn texts(&self, key: &str) -> Result<Vec<&str>, Refusal> {
        let items = self.list(key)?.iter();
        items
            .map(|item| {
                item.as_str().ok_or_else(|| wrong(key, "a list of strings", item))
            })
            .collect()
    }
}

fn wrong(key: &str, expected: &str, found: &Value) -> Refusal {
    Refusal::bad(format!("`{key}` must be {expected}, found {}", describe(found)))
}

/// What a value is, with its article.
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

/// The pairs of a query or a form, decoded.
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
        let asked = Asked { query: pairs("type=a,b&type=c"), ..Asked::default() };
        assert_eq!(asked.query_all("type"), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_declared_as_something_else_is_refused() {
        let with = |declared: &str| Asked {
            headers: vec![("content-type".into(), declared.into())],
            body: b"{}".to_vec(),
            ..Asked::default()
        };
        assert!(with("application/json; charset=utf-8").object().is_ok());
        assert!(with("application/vnd.api+json").object().is_ok());
        assert_eq!(with("text/plain").object().unwrap_err().status, 415);
    }
}
