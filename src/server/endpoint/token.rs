//! Tokens: login with client credentials, or with the code of a login.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::server::codes::Exchange;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, pairs};
use crate::server::state::State;
use crate::server::state::event::Event;

/// Default lifetime of a token, in seconds. *Source: the platform's default.*
pub(super) const DEFAULT_LIFETIME: i64 = 86_400;

/// The credentials of a client, from all places in which they may be given.
struct Credentials(Vec<(String, String)>);

impl Credentials {
    fn get(&self, names: &[&str]) -> Option<&str> {
        let named = |(name, _): &&(String, String)| names.contains(&name.as_str());
        let found = self.0.iter().find(|pair| named(pair) && !pair.1.is_empty());
        found.map(|(_, value)| value.as_str())
    }
}

/// Issues a token to any client that sends a client id and a secret. `scope` restricts
/// the token; `expires_in` sets its lifetime, in seconds.
pub(in crate::server) fn give(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let credentials = credentials(asked)?;
    let grant = credentials.get(&["grant_type", "grantType"]);
    if grant == Some("authorization_code") {
        return exchange(state, asked, &credentials);
    }
    match grant {
        Some("client_credentials") => {}
        Some(other) => {
            let message = format!("the grant type `{other}` is not supported");
            return Ok(refused("unsupported_grant_type", &message, asked));
        }
        // *Source: RFC 6749, sections 4.4.2 and 5.2.*
        None => {
            let message = "`grant_type` is missing, such as `client_credentials`";
            return Ok(refused("invalid_request", message, asked));
        }
    }
    let client = credentials.get(&["client_id", "clientId"]);
    let secret = credentials.get(&["client_secret", "clientSecret"]);
    let (Some(client), Some(_)) = (client, secret) else {
        let message = "client not found or invalid client: a client id and a secret are \
                       required, in a Basic header, a form, JSON or the query";
        return Ok(refused("invalid_client", message, asked));
    };
    let scopes = credentials.get(&["scope", "scopes"]).unwrap_or_default();
    let scopes = scopes_of(scopes);
    let lifetime = credentials.get(&["expires_in", "expiresIn"]);
    let lifetime = lifetime.and_then(|it| it.parse().ok()).unwrap_or(DEFAULT_LIFETIME);
    let why = match scopes.len() {
        0 => "a token with full access".to_owned(),
        _ => format!("a token for {}", scopes.join(", ")),
    };
    let body = issue(state, client, scopes, lifetime)?;
    Ok(Reply::ok(body).with_reason(why))
}

/// Exchanges the code of a login for a token.
fn exchange(
    state: &mut State,
    asked: &ApiRequest,
    credentials: &Credentials,
) -> EndpointResult {
    let get = |name: &str| credentials.get(&[name]);
    let given = Exchange {
        code: get("code").unwrap_or_default(),
        client: get("client_id").unwrap_or_default(),
        redirect_uri: get("redirect_uri").unwrap_or_default(),
        verifier: get("code_verifier"),
        has_secret: get("client_secret").is_some(),
    };
    match state.control.codes.exchange(&given, state.clock) {
        Err(reason) => Ok(refused("invalid_grant", reason, asked)),
        Ok(scopes) => {
            let body = issue(state, given.client, scopes, DEFAULT_LIFETIME)?;
            Ok(Reply::ok(body).with_reason("a token for the code of a login"))
        }
    }
}

/// Returns the scopes in a list, which blanks or commas separate.
pub(super) fn scopes_of(list: &str) -> Vec<String> {
    let scopes = list.split([' ', ',']).filter(|scope| !scope.is_empty());
    scopes.map(str::to_owned).collect()
}

/// Issues a token. Without scopes it may do everything.
pub(super) fn issue(
    state: &mut State,
    client: &str,
    scopes: Vec<String>,
    lifetime: i64,
) -> Result<Value, ApiError> {
    let token = format!("{}-{client}", state.fresh_id("Token"));
    let token: String =
        token.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    let expires_at = state.clock.saturating_add(lifetime.saturating_mul(1_000));
    let body = json!({
        "access_token": token,
        "token_type": "bearer",
        "expires_in": lifetime,
        "scope": scopes.join(" "),
    });
    state.commit(Event::TokenGiven { token, scopes, expires_at })?;
    Ok(body)
}

/// Returns the error that OAuth prescribes, with the additional fields of the platform's
/// errors.
fn refused(error: &str, message: &str, asked: &ApiRequest) -> Reply {
    let body = json!({
        "error": error,
        "description": message,
        "error_description": message,
        "message": message,
        "code": error,
        "status": 400,
        "contextId": asked.id,
        "details": [],
        "errors": [],
    });
    Reply::of(400, body).with_reason(message)
}

fn credentials(asked: &ApiRequest) -> Result<Credentials, ApiError> {
    let mut found = basic(asked)?;
    found.extend(asked.query.iter().cloned());
    let media_type = asked.header("content-type").unwrap_or_default();
    let is_json = media_type.contains("json") || asked.body.first() == Some(&b'{');
    if is_json && !asked.body.is_empty() {
        let text = asked.text()?;
        let body: Value = serde_json::from_str(text)
            .map_err(|error| ApiError::bad(format!("the body is not JSON: {error}")))?;
        let entries = body.as_object().into_iter().flatten();
        found.extend(
            entries.filter_map(|(name, value)| Some((name.clone(), text_of(value)?))),
        );
    } else {
        found.extend(pairs(asked.text()?));
    }
    Ok(Credentials(found))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            Some(items?.join(" "))
        }
        _ => None,
    }
}

fn basic(asked: &ApiRequest) -> Result<Vec<(String, String)>, ApiError> {
    let header = asked.header("authorization").and_then(|it| it.trim().split_once(' '));
    let Some((scheme, encoded)) = header else { return Ok(Vec::new()) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(Vec::new());
    }
    let decoded = STANDARD.decode(encoded.trim()).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((client, secret)) = decoded.as_deref().and_then(|it| it.split_once(':'))
    else {
        return Err(ApiError::bad("the Basic header is not base64 of `client:secret`"));
    };
    Ok([("client_id", client), ("client_secret", secret)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into())
}
