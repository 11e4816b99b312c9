//! Parameters of requests.

use super::problem::Problem;
use crate::server::http::request::ApiRequest;

/// Parameters that are accepted everywhere, as they have no effect here.
const IGNORED: [&str; 7] = [
    "error_trace",
    "human",
    "master_timeout",
    "pretty",
    "refresh",
    "timeout",
    "wait_for_active_shards",
];

/// Refuses parameters that are not supported.
pub(super) fn allow(asked: &ApiRequest, known: &[&str]) -> Result<(), Problem> {
    let unknown = asked.query.iter().find(|(name, _)| {
        !IGNORED.contains(&name.as_str()) && !known.contains(&name.as_str())
    });
    match unknown {
        None => Ok(()),
        Some((name, _)) => {
            let path = &asked.path;
            let reason =
                format!("the parameter [{name}] of {path} is not supported by flowsim");
            Err(Problem::illegal(reason))
        }
    }
}
