//! Endpoints, one file for each family. A handler reads its request, reads or changes the
//! [state](super::state), and writes the answer.

pub(super) mod analytics;
pub(super) mod bots;
pub(super) mod contacts;
pub(super) mod control;
pub(super) mod conversations;
pub(super) mod directory;
pub(super) mod executions;
pub(super) mod flow_actions;
pub(super) mod flow_jobs;
pub(super) mod flows;
pub(super) mod instances;
pub(super) mod live;
pub(super) mod openapi;
pub(super) mod settings;
pub(super) mod simulations;
pub(super) mod status;
pub(super) mod tables;
pub(super) mod token;
pub(super) mod webhooks;

use super::http::request::ApiRequest;

/// Returns `true` if a request only observes. The status page sends such requests every
/// second; logging them would displace all others.
pub(super) fn is_observation(asked: &ApiRequest) -> bool {
    let watched = [
        "/__flowsim/status",
        "/__flowsim/flows",
        "/__flowsim/instances",
        "/__flowsim/requests",
    ];
    let begins = |path: &&str| {
        let rest = asked.path.strip_prefix(*path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    asked.method == "GET" && watched.iter().any(begins)
}

/// Returns the path and query of a request for the log, without the query if it is
/// secret.
pub(super) fn uri(asked: &ApiRequest, is_secret: bool) -> String {
    if asked.query.is_empty() || is_secret {
        return asked.path.clone();
    }
    let pairs = asked.query.iter().map(|(name, value)| format!("{name}={value}"));
    format!("{}?{}", asked.path, pairs.collect::<Vec<_>>().join("&"))
}
