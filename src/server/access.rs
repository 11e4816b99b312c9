//! Access control: tokens and scopes.
//!
//! Clients spell scopes differently. A route accepts one of a set of spellings, and a
//! scope that permits writing also permits reading.

use super::http::reply::ApiError;
use super::http::request::ApiRequest;
use super::state::State;

/// The permission that a route requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// None, not even a token.
    Open,
    /// Reading flows.
    ReadFlows,
    /// Changing flows and the variables of running ones.
    WriteFlows,
    /// Running flows.
    RunFlows,
    /// Reading conversations.
    ReadConversations,
    /// Creating and changing conversations.
    WriteConversations,
    /// Reading statistics.
    ReadAnalytics,
    /// Reading external contacts.
    ReadContacts,
    /// Creating and changing external contacts.
    WriteContacts,
}

const WRITE_FLOWS: &[&str] = &[
    "flow:write",
    "flows:write",
    "flow:flow:write",
    "flow:flow:edit",
    "flow:publish",
    "flow:flow:publish",
    "architect:flow:write",
    "architect:flow:edit",
    "architect:flow:publish",
    "architect:write",
    "architect",
];
const READ_FLOWS: &[&str] = &[
    "flow:read",
    "flows:read",
    "flow:flow:read",
    "flow:flow:view",
    "architect:flow:read",
    "architect:flow:view",
    "architect:read",
    "architect:readonly",
];
const RUN_FLOWS: &[&str] = &[
    "architect:flow:run",
    "architect:flow:execute",
    "architect:simulation:run",
    "flow:simulation:run",
    "flow:run",
    "flows:run",
    "flow:execute",
    "flow:execution:write",
    "architect:flowExecution:add",
    "architect",
];
const WRITE_CONVERSATIONS: &[&str] = &[
    "conversation:write",
    "conversations:write",
    "conversation:conversation:write",
    "conversation:communication:create",
    "conversation",
    "conversations",
];
const READ_CONVERSATIONS: &[&str] = &[
    "conversation:read",
    "conversations:read",
    "conversation:conversation:read",
    "conversation:communication:view",
    "conversations:readonly",
];
const READ_ANALYTICS: &[&str] = &[
    "analytics:queue:read",
    "analytics:queues:read",
    "analytics:read",
    "analytics:readonly",
    "analytics:queueObservation:view",
    "analytics",
    "routing:read",
    "routing:queue:view",
];
const WRITE_CONTACTS: &[&str] = &[
    "external-contacts",
    "externalcontacts:write",
    "externalContacts:contact:add",
    "externalContacts:contact:edit",
];
const READ_CONTACTS: &[&str] = &[
    "external-contacts:readonly",
    "externalcontacts:read",
    "externalContacts:contact:view",
];

impl Permission {
    /// The accepted scopes; any one of them suffices. Messages name the first one.
    pub(super) fn scopes(self) -> Vec<&'static str> {
        let sets: &[&[&str]] = match self {
            Self::Open => &[],
            Self::ReadFlows => &[READ_FLOWS, WRITE_FLOWS, RUN_FLOWS],
            Self::WriteFlows => &[WRITE_FLOWS],
            Self::RunFlows => &[RUN_FLOWS],
            Self::ReadConversations => &[READ_CONVERSATIONS, WRITE_CONVERSATIONS],
            Self::WriteConversations => &[WRITE_CONVERSATIONS],
            Self::ReadAnalytics => &[READ_ANALYTICS],
            Self::ReadContacts => &[READ_CONTACTS, WRITE_CONTACTS],
            Self::WriteContacts => &[WRITE_CONTACTS],
        };
        sets.concat()
    }
}

/// Checks that a request has the permission that its route requires.
///
/// # Errors
/// 401 without a valid token; 403 if the token has scopes but none of the accepted ones.
pub(super) fn check(
    state: &State,
    need: Permission,
    asked: &ApiRequest,
) -> Result<(), ApiError> {
    if need == Permission::Open {
        return Ok(());
    }
    let Some(token) = bearer(asked) else {
        let message = "No authentication bearer token specified in authorization header.";
        return Err(ApiError::new(401, "authentication.required", message));
    };
    let known = state.tokens.get(token).filter(|it| it.expires_at > state.clock);
    let Some(token) = known else {
        let message = "Invalid login credentials.";
        return Err(ApiError::new(401, "bad.credentials", message));
    };
    let needed = need.scopes();
    let has = |scope: &&str| token.scopes.iter().any(|it| it.eq_ignore_ascii_case(scope));
    if token.scopes.is_empty() || needed.is_empty() || needed.iter().any(has) {
        return Ok(());
    }
    let name = needed.first().copied().unwrap_or_default();
    let message = format!(
        "Unable to perform the requested action. You are missing the scope {name}."
    );
    Err(ApiError::new(403, "missing.any.permissions", message))
}

/// Refuses requests to routes without a token that a page of another site sends. The
/// user's browser may visit other sites while the server runs. Browsers send the `Origin`
/// of the page; a site whose own domain name resolves to this machine is recognized by
/// its `Host` header. `host` is the address that the server was started with.
///
/// # Errors
/// 403 if the request comes from such a page.
pub(super) fn refuse_other_sites(host: &str, asked: &ApiRequest) -> Result<(), ApiError> {
    let origin = asked.header("origin").filter(|origin| *origin != asked.origin());
    if let Some(origin) = origin {
        let message = format!("pages of `{origin}` may not control this server");
        return Err(ApiError::new(403, "foreign.origin", message));
    }
    let Some(name) = asked.header("host").map(without_port) else { return Ok(()) };
    if is_local_name(name) || name.eq_ignore_ascii_case(host) {
        return Ok(());
    }
    let message = format!(
        "`{name}` is not a local host name; use the server's address, such as \
         http://127.0.0.1, or start it with --host {name}"
    );
    Err(ApiError::new(403, "foreign.host", message))
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

/// Returns the bearer token of a request.
pub(super) fn bearer(asked: &ApiRequest) -> Option<&str> {
    let (scheme, token) = asked.header("authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
