//! Paged lists, in the format of the platform.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::reply::{ApiError, EndpointResult, Reply};
use super::request::ApiRequest;

/// Entities per page unless the client gives a size. *Source: the platform's API.*
const DEFAULT_SIZE: usize = 25;

/// Maximum entities per page; a larger requested size is reduced to it.
const MAX_SIZE: usize = 100;

/// The characters that are not percent-encoded in a query.
const PLAIN: AsciiSet =
    NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The requested part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct Page {
    /// Number of entities per page.
    pub(in crate::server) size: usize,
    /// Page number, from 1.
    pub(in crate::server) number: usize,
}

impl Page {
    /// Reads the page from the query.
    ///
    /// # Errors
    /// `pageSize` or `pageNumber` is not a whole number above zero.
    pub(in crate::server) fn of(asked: &ApiRequest) -> Result<Self, ApiError> {
        let number = |name: &str, default: usize| match asked.query(name) {
            None => Ok(default),
            Some(text) => {
                let number = text.parse().ok().filter(|number| *number > 0);
                number.ok_or_else(|| {
                    let message = format!("`{name}` must be a whole number above 0");
                    ApiError::bad(message)
                })
            }
        };
        let size = number("pageSize", DEFAULT_SIZE)?.min(MAX_SIZE);
        Ok(Self { size, number: number("pageNumber", 1)? })
    }

    /// Reads the page from the query; values in the body take precedence.
    pub(in crate::server) fn of_body(
        asked: &ApiRequest,
        body: &super::request::Object,
    ) -> Result<Self, ApiError> {
        let mut page = Self::of(asked)?;
        let number = |key: &str| body.get(key).and_then(Value::as_u64);
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(size) = number("pageSize").filter(|size| *size > 0) {
            page.size = whole(size).min(MAX_SIZE);
        }
        if let Some(index) = number("pageNumber").filter(|index| *index > 0) {
            page.number = whole(index);
        }
        Ok(page)
    }

    /// Returns the part of a list that is on this page.
    pub(in crate::server) fn cut<Item>(
        self,
        items: impl IntoIterator<Item = Item>,
    ) -> impl Iterator<Item = Item> {
        let before = (self.number - 1).saturating_mul(self.size);
        items.into_iter().skip(before).take(self.size)
    }
}

/// Answers with a page of a list, and links to the other pages.
pub(in crate::server) fn listing<Item>(
    asked: &ApiRequest,
    page: Page,
    items: &[Item],
    write: impl FnMut(&Item) -> Value,
) -> EndpointResult {
    let total = items.len();
    if total == 0 {
        asked.has_applied_all();
    }
    let entities: Vec<Value> = page.cut(items).map(write).collect();
    let count = total.div_ceil(page.size);
    let uri = |number: usize| Value::from(uri_of(asked, page.size, number));
    let mut body = json!({
        "entities": entities,
        "pageSize": page.size,
        "pageNumber": page.number,
        "total": total,
        "pageCount": count,
        "firstUri": uri(1),
        "lastUri": uri(count.max(1)),
        "selfUri": uri(page.number),
    });
    if page.number < count {
        body["nextUri"] = uri(page.number + 1);
    }
    if page.number > 1 {
        body["previousUri"] = uri(page.number - 1);
    }
    Ok(Reply::ok(body).with_reason(format!("page {} of {count}", page.number)))
}

/// Returns the URI of the same request for another page.
fn uri_of(asked: &ApiRequest, size: usize, number: usize) -> String {
    let is_page = |name: &str| name == "pageSize" || name == "pageNumber";
    let others = asked.query.iter().filter(|(name, _)| !is_page(name));
    let mut uri = format!("{}?pageSize={size}&pageNumber={number}", asked.path);
    for (name, value) in others {
        let encoded = |text| utf8_percent_encode(text, &PLAIN).to_string();
        uri.push_str(&format!("&{}={}", encoded(name), encoded(value)));
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::request::pairs;
    use super::*;

    fn asked(query: &str) -> ApiRequest {
        ApiRequest { path: "/x".into(), query: pairs(query), ..ApiRequest::default() }
    }

    #[test]
    fn pages_are_cut_and_linked() {
        let asked = asked("pageSize=2&pageNumber=2&name=a+b");
        let items = [1, 2, 3, 4, 5];
        let page = Page::of(&asked).unwrap();
        let reply = listing(&asked, page, &items, |item| Value::from(*item)).unwrap();
        let super::super::reply::Body::Json(body) = reply.body else { panic!() };
        assert_eq!(body["entities"], json!([3, 4]));
        assert_eq!(body["pageCount"], 3);
        assert_eq!(body["nextUri"], "/x?pageSize=2&pageNumber=3&name=a%20b");
        assert_eq!(body["previousUri"], "/x?pageSize=2&pageNumber=1&name=a%20b");
    }

    #[test]
    fn pages_have_limits() {
        assert_eq!(Page::of(&asked("pageSize=5000")).unwrap().size, MAX_SIZE);
        for query in ["pageSize=0", "pageNumber=-1", "pageNumber=x"] {
            assert_eq!(Page::of(&asked(query)).unwrap_err().status, 400, "{query}");
        }
        let far = Page { size: 100, number: usize::MAX };
        assert_eq!(far.cut([1]).count(), 0);
    }
}
