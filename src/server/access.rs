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
    /// A token, with any scopes.
    Login,
    /// Reading queues, skills, languages and wrap-up codes.
    ReadRouting,
    /// Changing queues and their members.
    WriteRouting,
    /// Reading users and groups.
    ReadUsers,
    /// Setting the presence and routing status of users.
    WriteUsers,
    /// Reading scripts.
    ReadScripts,
    /// Reading integrations and data actions.
    ReadIntegrations,
    /// Running data actions.
    RunActions,
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
    "analytics:conversationDetail:view",
    "analytics:conversationAggregate:view",
    "analytics:flowAggregate:view",
    "analytics:flowObservation:view",
    "analytics",
    "routing:read",
    "routing:queue:view",
];
const READ_ROUTING: &[&str] = &[
    "routing:readonly",
    "routing",
    "routing:read",
    "routing:queue:view",
    "routing:skill:view",
    "routing:language:view",
    "routing:wrapupCode:view",
];
const WRITE_ROUTING: &[&str] = &[
    "routing",
    "routing:write",
    "routing:queue:add",
    "routing:queue:edit",
    "routing:queue:delete",
    "routing:queueMember:manage",
];
const READ_USERS: &[&str] = &[
    "users:readonly",
    "users",
    "directory:user:view",
    "directory:group:view",
    "groups:readonly",
    "groups",
    "presence:readonly",
];
const WRITE_USERS: &[&str] =
    &["users", "presence", "directory:user:edit", "routing:user:setRoutingStatus"];
const READ_SCRIPTS: &[&str] = &[
    "scripts:readonly",
    "scripts",
    "scripter:script:view",
    "scripter:publishedScript:view",
];
const READ_INTEGRATIONS: &[&str] =
    &["integrations:readonly", "integrations", "integrations:action:view"];
const RUN_ACTIONS: &[&str] = &["integrations", "integrations:action:execute"];
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
            Self::Login => &[],
            Self::ReadRouting => &[READ_ROUTING, WRITE_ROUTING],
            Self::WriteRouting => &[WRITE_ROUTING],
            Self::ReadUsers => &[READ_USERS, WRITE_USERS],
            Self::WriteUsers => &[WRITE_USERS],
            Self::ReadScripts => &[READ_SCRIPTS],
            Self::ReadIntegrations => &[READ_INTEGRATIONS, RUN_ACTIONS],
            Self::RunActions => &[RUN_ACTIONS],
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

/// Returns the id of the client that sent a request; empty without a token.
pub(super) fn client(asked: &ApiRequest) -> &str {
    // A token ends with the id of its client.
    bearer(asked).and_then(|token| token.get(37..)).unwrap_or_default()
}

/// Returns the bearer token of a request.
pub(super) fn bearer(asked: &ApiRequest) -> Option<&str> {
    let (scheme, token) = asked.header("authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
