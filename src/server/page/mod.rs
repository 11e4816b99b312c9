//! The status page. It requests all its data from the server that serves it.

use minijinja::context;

use super::http::reply::ApiError;
use crate::report::page::Page;

const PAGE: Page = Page {
    name: "flowsim serve",
    templates: &[("page.html", include_str!("page.html"))],
    style: &[include_str!("page.css")],
    script: &[
        include_str!("server.js"),
        include_str!("drawing.js"),
        include_str!("call.js"),
        include_str!("tools.js"),
        include_str!("page.js"),
    ],
    is_live: true,
};

/// Returns the page's content security policy, and its HTML.
///
/// # Errors
/// The page cannot be rendered, which is a bug.
pub(super) fn status() -> Result<(String, String), ApiError> {
    PAGE.render(context! {})
        .map_err(|error| ApiError::new(500, "internal.server.error", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::assert_is_closed;

    #[test]
    fn the_page_sends_requests_only_to_its_server() {
        assert_is_closed(&PAGE);
        let script = PAGE.script.concat();
        let request = script.matches("fetch(").count();
        assert_eq!((request, script.matches("fetch(`/__flowsim/").count()), (1, 1));
        let socket =
            "new WebSocket(`${location.origin.replace(/^http/, \"ws\")}/__flowsim/";
        assert_eq!(
            (script.matches("WebSocket(").count(), script.matches(socket).count()),
            (1, 1)
        );
    }

    #[test]
    fn the_page_has_a_content_security_policy() {
        let (policy, html) = status().unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("; connect-src 'self'"), "{policy}");
        assert!(html.contains("</html>"), "{html}");
    }
}
