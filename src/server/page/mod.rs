//! The status page. It requests all its data from the server that serves it.

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use super::http::reply::ApiError;
use crate::report::page::Frame;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str =
    concat!(include_str!("server.js"), include_str!("call.js"), include_str!("page.js"));

/// Returns the page's content security policy, and its HTML.
///
/// # Errors
/// The page cannot be rendered, which is a bug.
pub(super) fn status() -> Result<(String, String), ApiError> {
    let frame = Frame::new(STYLE, SCRIPT).allow_own_server();
    let policy = frame.policy.clone();
    let html = Environment::new()
        .render_named_str(
            "page.html",
            PAGE,
            context! { frame => Value::from(Serde(&frame)) },
        )
        .map_err(|error| {
            ApiError::new(500, "internal.server.error", error.to_string())
        })?;
    Ok((policy, html))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::assert_is_inert;

    #[test]
    fn the_page_sends_requests_only_to_its_server() {
        assert_is_inert(&[PAGE], SCRIPT);
        let request = SCRIPT.matches("fetch(").count();
        assert_eq!((request, SCRIPT.matches("fetch(`/__flowsim/").count()), (1, 1));
    }

    #[test]
    fn the_page_has_a_content_security_policy() {
        let (policy, html) = status().unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("; connect-src 'self'"), "{policy}");
        assert!(html.contains("</html>"), "{html}");
    }
}
