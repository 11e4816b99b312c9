//! The organisation, its divisions, and the token of a request.

use serde_json::{Value, json};

use super::section::{encoded, home_division, id_of};
use super::{list, one};
use crate::expr::architect::Directory;
use crate::server::access;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::event::Event;
use crate::value::derived_id;

const DIVISIONS: &str = "/api/v2/authorization/divisions";

/// Returns the organisation.
pub(in crate::server) fn me(state: &mut State, _: &ApiRequest) -> EndpointResult {
    let language = state.fixtures().default_language();
    let mut body = organization();
    for (key, value) in [
        ("defaultLanguage", json!(language.as_str())),
        ("thirdPartyOrgName", json!("flowsim")),
        ("domain", json!("flowsim.test")),
        ("version", json!(1)),
        ("state", json!("active")),
        ("productPlatform", json!("PureCloud")),
    ] {
        body[key] = value;
    }
    Ok(Reply::ok(body))
}

fn organization() -> Value {
    let id = derived_id("Organization:flowsim");
    json!({ "id": id.as_str(), "name": "flowsim", "selfUri": "/api/v2/organizations/me" })
}

/// Returns the organisation, the client and the scopes of a token. *Source: the SDKs'
/// `TokenInfo`.*
pub(in crate::server) fn token(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let given = access::bearer(asked).unwrap_or_default();
    let scopes = state.tokens.get(given).map(|token| token.scopes.clone());
    let client = access::client(asked);
    let organization = organization();
    let client = json!({ "id": client, "name": client, "organization": organization });
    Ok(Reply::ok(json!({
        "organization": organization,
        "homeOrganization": organization,
        "authorizedScope": scopes.unwrap_or_default(),
        "OAuthClient": client,
    })))
}

/// Revokes the token of the request.
pub(in crate::server) fn revoke(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let token = access::bearer(asked).unwrap_or_default().to_owned();
    let scopes = state.tokens.get(&token).map(|token| token.scopes.clone());
    let (scopes, expires_at) = (scopes.unwrap_or_default(), state.clock);
    state.commit(Event::TokenGiven { token, scopes, expires_at })?;
    Ok(Reply::ok(json!({})).with_reason("the token was revoked"))
}

/// Returns the divisions: the home division, and those that entries of the fixtures name.
fn divisions(state: &State) -> Vec<Value> {
    let mut home = home_division();
    home["homeDivision"] = true.into();
    let mut all = vec![home];
    let sections = state.documents.iter().filter_map(Value::as_object).flatten();
    let entries = sections.flat_map(|(_, section)| match section {
        Value::Array(items) => items.iter().collect::<Vec<_>>(),
        Value::Object(items) => items.values().collect(),
        _ => Vec::new(),
    });
    for division in entries.filter_map(|entry| entry.get("division")) {
        let name = division["name"].as_str().or(division.as_str());
        let id = division["id"].as_str().map(str::to_owned);
        let id = id.or_else(|| Some(id_of("Division", name?)));
        let Some(id) = id.filter(|id| all.iter().all(|it| it["id"] != *id)) else {
            continue;
        };
        all.push(json!({
            "id": id,
            "name": name.unwrap_or(&id),
            "homeDivision": false,
            "selfUri": format!("{DIVISIONS}/{}", encoded(&id)),
        }));
    }
    all
}

/// Lists divisions.
pub(in crate::server) fn list_divisions(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, divisions(state))
}

/// Returns a division.
pub(in crate::server) fn division(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(divisions(state), "the division", asked.parameter("divisionId"))
}

/// Returns the home division.
pub(in crate::server) fn home(state: &mut State, _: &ApiRequest) -> EndpointResult {
    let home = divisions(state).into_iter().next();
    home.map(Reply::ok).ok_or_else(|| ApiError::not_found("the division", "home"))
}
