//! Logins of web applications: a redirect with a token (implicit grant), or with a code that
//! is exchanged for a token (authorization code, with PKCE or a secret).
//!
//! *Source: RFC 6749 sections 4.1 and 4.2, RFC 7636, and the grants of the platform's
//! JavaScript SDK.*

use serde_json::Value;

use super::directory::encoded;
use super::token::{DEFAULT_LIFETIME, issue, scopes_of};
use crate::server::codes::Code;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;

/// Lifetime of a code, in milliseconds. *Source: the maximum that RFC 6749 recommends.*
const LIFETIME_MS: i64 = 600_000;

/// Logs the first user in without a form, and redirects to the page of the application.
pub(in crate::server) fn authorize(
    server: &Server,
    asked: &ApiRequest,
) -> EndpointResult {
    let required = |name: &str| {
        let message = || ApiError::bad(format!("the query needs `{name}`"));
        asked.query(name).map(str::to_owned).ok_or_else(message)
    };
    let (client, redirect_uri) = (required("client_id")?, required("redirect_uri")?);
    server.sites.check_redirect(&redirect_uri)?;
    let scopes = scopes_of(asked.query("scope").unwrap_or_default());
    let mut state = server.state();
    let (mark, pairs) = match required("response_type")?.as_str() {
        "token" => {
            let body = issue(&mut state, &client, scopes, DEFAULT_LIFETIME)?;
            let names = ["access_token", "expires_in", "token_type"];
            ('#', names.map(|name| (name, text(&body[name]))).to_vec())
        }
        "code" => {
            let code = Code {
                client,
                redirect_uri: redirect_uri.clone(),
                challenge: challenge(asked)?,
                scopes,
                expires_at: state.clock.saturating_add(LIFETIME_MS),
            };
            let mark = if redirect_uri.contains('?') { '&' } else { '?' };
            (mark, vec![("code", state.control.codes.give(code))])
        }
        other => {
            let message =
                format!("`response_type` must be `code` or `token`, found `{other}`");
            return Err(ApiError::bad(message));
        }
    };
    drop(state);
    let state = asked.query("state").map(|it| ("state", it.to_owned()));
    let pairs = pairs.into_iter().chain(state);
    let pairs: Vec<String> =
        pairs.map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
    let location = format!("{redirect_uri}{mark}{}", pairs.join("&"));
    let reply = Reply { status: 302, ..Reply::no_content() };
    Ok(reply.with_header("location", &location).with_reason("logged in"))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Reads the challenge of PKCE.
fn challenge(asked: &ApiRequest) -> Result<Option<String>, ApiError> {
    let Some(challenge) = asked.query("code_challenge") else { return Ok(None) };
    match asked.query("code_challenge_method").unwrap_or("plain") {
        "S256" => Ok(Some(challenge.to_owned())),
        other => {
            let message =
                format!("`code_challenge_method` must be `S256`, found `{other}`");
            Err(ApiError::bad(message))
        }
    }
}
