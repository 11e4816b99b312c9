//! The list of flows, and its filters.

use super::directory::{filter, home_division, is_descending, matches};
use super::flow_schema;
use super::flows::{to_json, version_id};
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::flow::{StoredFlow, platform_type};
use crate::value::DateTime;

/// Lists flows. They are filtered by `type`, `name` (which may contain `*`), `description`,
/// `nameOrDescription`, `id`, `divisionId`, the client that has locked them, and their
/// published version, and sorted by `sortBy` and `sortOrder`. `includeSchemas` adds the
/// schemas of their inputs and outputs.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let page = Page::of(asked)?;
    let published = Published::of(asked)?;
    let is_excluded = excludes_all(asked)?;
    let has_schemas = filter::flag(asked, "includeSchemas")? == Some(true);
    let is_wanted = |flow: &&StoredFlow| {
        !is_excluded && has_names(asked, flow) && published.includes(asked, flow)
    };
    let mut flows: Vec<&StoredFlow> = state.flows.values().filter(is_wanted).collect();
    let last_saved = |flow: &&StoredFlow| flow.newest().map(|it| it.saved_at);
    match asked.query("sortBy") {
        Some("name") => flows.sort_by_cached_key(|flow| flow.name.to_lowercase()),
        Some("type") => flows.sort_by_cached_key(|flow| flow.platform_type()),
        Some("id") => flows.sort_by(|one, other| one.id.cmp(&other.id)),
        Some("dateModified" | "dateCreated") => flows.sort_by_key(last_saved),
        _ => {}
    }
    if is_descending(asked)? {
        flows.reverse();
    }
    listing(asked, page, &flows, |flow| {
        let mut body = to_json(flow);
        if has_schemas {
            flow_schema::add(flow, &mut body);
        }
        body
    })
}

/// Returns `true` if the query selects only flows that flowsim does not have. All are in
/// the home division, and none is secure or a virtual agent.
///
/// # Errors
/// 400 if a parameter has an unknown value.
fn excludes_all(asked: &ApiRequest) -> Result<bool, ApiError> {
    let home = home_division();
    let divisions = asked.query_all("divisionId");
    let is_elsewhere =
        !divisions.is_empty() && !divisions.iter().any(|it| home["id"] == *it);
    let is_secure = match asked.query("secure").map(str::to_lowercase).as_deref() {
        None | Some("false") => false,
        Some("true" | "any" | "checkedin" | "published") => true,
        Some(_) => {
            let known = ["true", "false", "any", "checkedin", "published"];
            return Err(filter::one_of(asked, "secure", &known));
        }
    };
    let is_agent = filter::flag(asked, "virtualAgentEnabled")? == Some(true);
    Ok(is_elsewhere || is_secure || is_agent)
}

/// Returns `true` if a flow has the requested type, id, name, description and lock. Only
/// clients lock flows, so `lockedBy` compares the id of the client, too.
fn has_names(asked: &ApiRequest, flow: &StoredFlow) -> bool {
    let types = asked.query_all("type");
    let ids = asked.query_all("id");
    let kind = flow.platform_type();
    let description = flow.description.as_deref();
    let describes = |part: &str| description.is_some_and(|it| filter::contains(it, part));
    let is_locked_by = |parameter: &str| {
        let client = asked.query(parameter);
        client.is_none_or(|client| flow.locked_by.as_deref() == Some(client))
    };
    (types.is_empty() || types.into_iter().any(|it| platform_type(it) == kind))
        && (ids.is_empty() || ids.contains(&flow.id.as_str()))
        && asked.query("name").is_none_or(|pattern| matches(pattern, &flow.name))
        && asked.query("description").is_none_or(describes)
        && asked
            .query("nameOrDescription")
            .is_none_or(|part| filter::contains(&flow.name, part) || describes(part))
        && is_locked_by("lockedBy")
        && is_locked_by("lockedByClientId")
}

/// The requested times of publishing, in milliseconds since 1970.
struct Published {
    after: Option<i64>,
    before: Option<i64>,
}

impl Published {
    /// Reads `publishedAfter` and `publishedBefore`.
    ///
    /// # Errors
    /// 400 if one of them is not a date and time.
    fn of(asked: &ApiRequest) -> Result<Self, ApiError> {
        let time = |parameter: &str| {
            let Some(text) = asked.query(parameter) else { return Ok(None) };
            let time = DateTime::parse(text).map(DateTime::milliseconds);
            time.map(Some).ok_or_else(|| {
                ApiError::bad(format!(
                    "`{parameter}` must be a date and time such as `2026-01-05T18:00:00Z`, \
                     found `{text}`"
                ))
            })
        };
        Ok(Self { after: time("publishedAfter")?, before: time("publishedBefore")? })
    }

    fn includes(&self, asked: &ApiRequest, flow: &StoredFlow) -> bool {
        let at = flow.published().and(flow.published_at);
        let version = asked.query("publishVersionId");
        self.after.is_none_or(|after| at.is_some_and(|at| at > after))
            && self.before.is_none_or(|before| at.is_some_and(|at| at < before))
            && version
                .is_none_or(|id| flow.published().map(version_id).as_deref() == Some(id))
    }
}
