//! Who may do what: tokens and scopes.
//!
//! Scopes are spelt in many ways: a route needs one of a set of spellings, and whoever may
//! write may read.

use super::http::answer::Refusal;
use super::http::asked::Asked;
use super::state::State;

/// What a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing, not even a token.
    Open,
    /// To see flows.
    ReadFlows,
    /// To change flows and the variables of running ones.
    WriteFlows,
    /// To run flows.
    RunFlows,
    /// To see conversations.
    ReadConversations,
    /// To make and change conversations.
    WriteConversations,
    /// To see statistics.
    ReadAnalytics,
    /// To see external contacts.
    ReadContacts,
    /// To make external contacts.
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

impl Need {
    /// The spellings of which one is enough, the one that messages name first.
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

/// Whether a request may do what its route needs.
///
/// # Errors
/// 401 without a valid token, 403 if the token has scopes and none that is needed.
pub(super) fn check(state: &State, need: Need, asked: &Asked) -> Result<(), Refusal> {
    if need == Need::Open {
        return Ok(());
    }
    let Some(token) = bearer(asked) else {
        let message = "No authentication bearer token specified in authorization header.";
        return Err(Refusal::new(401, "authentication.required", message));
    };
    let known = state.tokens.get(token).filter(|it| it.expires_at > state.clock);
    let Some(token) = known else {
        let message = "Invalid login credentials.";
        return Err(Refusal::new(401, "bad.credentials", message));
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
    Err(Refusal::new(403, "missing.any.permissions", message))
}

/// Refuses what a page of another site sends to where no token is needed: whoever has the
/// server running visits other sites, too. Browsers say for which one they ask; a site whose
/// own name leads to this machine is known by that name. `host` is what the server was told to
/// listen on.
///
/// # Errors
/// 403 if it is such a page.
pub(super) fn refuse_other_sites(host: &str, asked: &Asked) -> Result<(), Refusal> {
    let origin = asked.header("origin").filter(|origin| *origin != asked.origin());
    if let Some(origin) = origin {
        let message = format!("pages of `{origin}` do not steer this server");
        return Err(Refusal::new(403, "foreign.origin", message));
    }
    let Some(name) = asked.header("host").map(without_port) else { return Ok(()) };
    if is_local_name(name) || name.eq_ignore_ascii_case(host) {
        return Ok(());
    }
    let message = format!(
        "`{name}` may be anybody's name for this server; use its address, such as \
         http://127.0.0.1, or start it with --host {name}"
    );
    Err(Refusal::new(403, "foreign.host", message))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether nobody on the internet can have this name: addresses, names without a dot, and
/// those that are set aside for local use.
fn is_local_name(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_set_aside = |(_, last): (&str, &str)| {
        let kept = ["localhost", "local", "internal", "test"];
        kept.iter().any(|it| last.eq_ignore_ascii_case(it))
    };
    address.parse::<std::net::IpAddr>().is_ok()
        || name.rsplit_once('.').is_none_or(is_set_aside)
}

/// The token of a request.
pub(super) fn bearer(asked: &Asked) -> Option<&str> {
    let (scheme, token) = asked.header("authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_nobody_can_have_are_local() {
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
