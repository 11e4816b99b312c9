//! Web sites: the host names under which the server is reached, and the pages that may use
//! it.
//!
//! The user's browser may visit other sites while the server runs, and these sites can
//! make it send requests.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::http::reply::{ApiError, Reply};
use super::http::request::ApiRequest;

/// The header with which a browser requests access to this machine from a public site.
const PRIVATE_NETWORK: &str = "access-control-request-private-network";
/// Headers of answers that pages of other origins may read.
const EXPOSED: &str = "ININ-Correlation-Id, Retry-After, ETag, inin-ratelimit-count, \
                       inin-ratelimit-allowed, inin-ratelimit-reset, flowsim-ignored";
/// Time for which a browser may reuse the answer to a preflight request, in seconds.
const MAX_AGE: &str = "600";

/// The host name of the server, and the origins whose pages may use it.
#[derive(Debug, Clone, Default)]
pub(super) struct Sites {
    /// The host name or address that the server was started with.
    pub(super) host: String,
    /// The permitted origins, such as `http://localhost:3000`; `*` permits all.
    pub(super) origins: Vec<String>,
}

impl Sites {
    /// Refuses requests with the name of another host, on every path. The domain name of
    /// a site may resolve to this machine (DNS rebinding). For the browser, the pages of
    /// that site then have the origin of this server, and could log in here.
    ///
    /// # Errors
    /// 403 if the `Host` header is a name that may be registered on the internet.
    pub(super) fn refuse_other_hosts(&self, asked: &ApiRequest) -> Result<(), ApiError> {
        let Some(name) = asked.header("host").map(without_port) else { return Ok(()) };
        if is_local_name(name) || name.eq_ignore_ascii_case(&self.host) {
            return Ok(());
        }
        let message = format!(
            "`{name}` is not a local host name; use the server's address, such as \
             http://127.0.0.1, or start it with --host {name}"
        );
        Err(ApiError::new(403, "foreign.host", message))
    }

    /// Refuses requests of pages of other origins, for routes that need no token.
    ///
    /// # Errors
    /// 403 if the `Origin` header is neither that of the server nor a permitted one.
    pub(super) fn refuse_other_origins(
        &self,
        asked: &ApiRequest,
    ) -> Result<(), ApiError> {
        let own = asked.origin();
        let origin = asked.header("origin").filter(|origin| *origin != own);
        match origin.filter(|origin| !self.permits(origin)) {
            None => Ok(()),
            Some(origin) => {
                let message = format!(
                    "pages of `{origin}` may not control this server; to permit them, \
                     start it with --allow-origin {origin}"
                );
                Err(ApiError::new(403, "foreign.origin", message))
            }
        }
    }

    /// Refuses to send a login to the page of an application that is neither on this
    /// machine or in its network nor permitted.
    ///
    /// # Errors
    /// 400 if the address is not one of a page, 403 if it is not permitted.
    pub(super) fn check_redirect(&self, uri: &str) -> Result<(), ApiError> {
        let page = uri.split_once("://");
        let page = page.filter(|(scheme, _)| ["http", "https"].contains(scheme));
        let is_plain = |c: char| c.is_ascii_graphic() && c != '#';
        let Some((scheme, rest)) = page.filter(|_| uri.chars().all(is_plain)) else {
            let message =
                "`redirect_uri` must be the address of a page without a fragment";
            return Err(ApiError::bad(message));
        };
        let host = rest.split(['/', '?', '\\']).next().unwrap_or_default();
        let origin = format!("{scheme}://{host}");
        if !host.contains('@') && (is_near(without_port(host)) || self.permits(&origin)) {
            return Ok(());
        }
        let message = format!(
            "`{origin}` is not on this machine; to permit its pages, start the server with \
             --allow-origin {origin}"
        );
        Err(ApiError::new(403, "foreign.origin", message))
    }

    fn permits(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == "*" || known == origin)
    }

    /// Returns the answer to a preflight request: a browser asks whether a page of a
    /// permitted origin may send a request. *Source: the Fetch standard, "CORS-preflight
    /// request".*
    pub(super) fn preflight(&self, asked: &ApiRequest) -> Option<Reply> {
        let origin = asked.header("origin").filter(|origin| self.permits(origin))?;
        let method = asked.header("access-control-request-method")?;
        if asked.method != "OPTIONS" {
            return None;
        }
        let headers = asked.header("access-control-request-headers");
        let mut reply = Reply::no_content()
            .with_reason(format!("pages of {origin} may use the server"))
            .with_header("access-control-allow-methods", method)
            .with_header("access-control-max-age", MAX_AGE);
        if let Some(headers) = headers {
            reply = reply.with_header("access-control-allow-headers", headers);
        }
        if asked.header(PRIVATE_NETWORK).is_some() {
            reply = reply.with_header("access-control-allow-private-network", "true");
        }
        Some(reply)
    }

    /// Permits the page that sent a request to read the answer.
    pub(super) fn admit(&self, asked: &ApiRequest, headers: &mut HeaderMap) {
        if self.origins.is_empty() {
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let origin = asked.header("origin").filter(|origin| self.permits(origin));
        if let Some(Ok(origin)) = origin.map(HeaderValue::from_str) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            let exposed: HeaderName = header::ACCESS_CONTROL_EXPOSE_HEADERS;
            headers.insert(exposed, HeaderValue::from_static(EXPOSED));
        }
    }
}

/// Checks an origin of the command line: a scheme, a host, and possibly a port; or `*`.
///
/// # Errors
/// The text is not an origin; the message shows the expected form.
pub fn check_origin(text: &str) -> Result<String, String> {
    let is_origin = text.split_once("://").is_some_and(|(scheme, host)| {
        !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', ' '])
    });
    if is_origin || text == "*" {
        return Ok(text.to_owned());
    }
    Err(format!(
        "`{text}` is not an origin; write a scheme and a host without a path, such as \
         http://localhost:3000, or *"
    ))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Returns `true` if the name cannot be registered on the internet: addresses, names
/// without a dot, and names that are reserved for local use.
fn is_local_name(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_reserved = |(_, last): (&str, &str)| {
        let reserved = ["localhost", "local", "internal", "test"];
        reserved.iter().any(|it| last.eq_ignore_ascii_case(it))
    };
    address.parse::<std::net::IpAddr>().is_ok()
        || name.rsplit_once('.').is_none_or(is_reserved)
}

/// Returns `true` if a host is on this machine or in a private network.
fn is_near(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback(),
        Err(_) => !host.is_empty() && is_local_name(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_sent_to_near_or_permitted_pages() {
        let sites = Sites {
            host: "127.0.0.1".into(),
            origins: vec!["https://app.example.com".into()],
        };
        for near in [
            "http://localhost:3000/callback",
            "http://127.0.0.1/?a=b",
            "http://[::1]:80/",
            "http://192.168.0.7/x",
            "https://app.example.com/login",
        ] {
            assert!(sites.check_redirect(near).is_ok(), "{near}");
        }
        for far in [
            "https://example.com/",
            "http://8.8.8.8/",
            "http://localhost@example.com/",
            "http://example.com\\.localhost/",
            "http://localhost/#x",
            "http:///x",
            "javascript:alert(1)",
            "http://localhost/\r\nx: y",
        ] {
            assert!(sites.check_redirect(far).is_err(), "{far}");
        }
    }

    #[test]
    fn only_names_that_cannot_be_registered_are_local() {
        for name in [
            "127.0.0.1",
            "[::1]",
            "localhost",
            "flowsim",
            "a.localhost",
            "host.docker.internal",
        ] {
            assert!(is_local_name(name), "{name}");
        }
        for name in
            ["example.com", "127.0.0.1.example.com", "localhost.example.com", "a.b."]
        {
            assert!(!is_local_name(name), "{name}");
        }
        assert_eq!(without_port("[::1]:8080"), "[::1]");
        assert_eq!(without_port("a.test:80"), "a.test");
        assert_eq!(without_port("[::1]"), "[::1]");
    }

    #[test]
    fn origins_have_a_scheme_and_no_path() {
        for right in ["http://localhost:3000", "https://app.example.com", "*"] {
            assert_eq!(check_origin(right).as_deref(), Ok(right));
        }
        for wrong in ["localhost:3000", "http://localhost/", "://x", "http://", ""] {
            assert!(check_origin(wrong).is_err(), "{wrong}");
        }
    }
}
