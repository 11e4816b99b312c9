//! Filters and intervals of analytics queries.
//!
//! *Source: `ConversationQuery` and `ConversationAggregationQuery` of the platform's SDKs.*

use serde_json::Value;

use super::call::{DIMENSIONS, Reported, Segment};
use crate::server::http::reply::ApiError;
use crate::server::http::request::{Object, describe};
use crate::value::DateTime;
use crate::world::TimeZone;

/// Maximum nesting of clauses.
const MAX_DEPTH: usize = 16;

/// A condition on conversations, or on their segments.
#[derive(Debug)]
pub(super) enum Filter {
    /// The dimension has this value; case is ignored.
    Is(String, String),
    /// The dimension has a value.
    Exists(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Filter {
    /// Reads a filter with `type`, `predicates` and `clauses`.
    ///
    /// # Errors
    /// 400 if flowsim does not know a dimension, an operator or a type of predicate.
    pub(super) fn of(filter: &Object) -> Result<Self, ApiError> {
        Self::at_depth(filter, 0)
    }

    fn at_depth(filter: &Object, depth: usize) -> Result<Self, ApiError> {
        if depth > MAX_DEPTH {
            let message = format!("clauses are nested deeper than {MAX_DEPTH} levels");
            return Err(ApiError::bad(message));
        }
        let mut parts = Vec::new();
        for predicate in filter.list("predicates")? {
            parts.push(Self::predicate(&object(predicate, "a predicate")?)?);
        }
        for clause in filter.list("clauses")? {
            parts.push(Self::at_depth(&object(clause, "a clause")?, depth + 1)?);
        }
        match filter.text("type")?.unwrap_or("and") {
            it if it.eq_ignore_ascii_case("and") => Ok(Self::All(parts)),
            it if it.eq_ignore_ascii_case("or") => Ok(Self::Any(parts)),
            other => {
                let message = format!("`type` must be `and` or `or`, found `{other}`");
                Err(ApiError::bad(message))
            }
        }
    }

    fn predicate(predicate: &Object) -> Result<Self, ApiError> {
        let kind = predicate.text("type")?.unwrap_or("dimension");
        if !kind.eq_ignore_ascii_case("dimension") {
            let message =
                format!("flowsim filters by dimensions, and not by `{kind}` predicates");
            return Err(ApiError::bad(message));
        }
        let dimension = predicate.required("dimension")?;
        known(dimension)?;
        let dimension = dimension.to_owned();
        match predicate.text("operator")?.unwrap_or("matches") {
            "matches" => Ok(Self::Is(dimension, predicate.required("value")?.to_owned())),
            "exists" => Ok(Self::Exists(dimension)),
            "notExists" => Ok(Self::Not(Box::new(Self::Exists(dimension)))),
            other => Err(ApiError::bad(format!(
                "`operator` must be `matches`, `exists` or `notExists`, found `{other}`"
            ))),
        }
    }

    /// Returns whether a conversation satisfies the condition. Each dimension may have its
    /// value in another segment. A filter without conditions is satisfied.
    pub(super) fn holds(&self, call: &Reported) -> bool {
        self.holds_in(call, &call.segments())
    }

    /// Returns whether a segment of a conversation satisfies the condition. *Source: the
    /// SDKs' `ConversationQuery.segmentFilters`.*
    pub(super) fn holds_for_segment(&self, call: &Reported) -> bool {
        call.segments().into_iter().any(|segment| self.holds_in(call, &[segment]))
    }

    /// Returns whether segments of a conversation satisfy the condition together.
    pub(super) fn holds_in(&self, call: &Reported, segments: &[Segment<'_>]) -> bool {
        let values = |dimension: &str, is_wanted: &dyn Fn(String) -> bool| {
            let mut segments = segments.iter();
            segments.any(|it| call.dimension(dimension, *it).is_some_and(is_wanted))
        };
        match self {
            Self::Is(dimension, value) => {
                values(dimension, &|it| it.to_lowercase() == value.to_lowercase())
            }
            Self::Exists(dimension) => values(dimension, &|_| true),
            Self::Not(inner) => !inner.holds_in(call, segments),
            Self::All(parts) => parts.iter().all(|it| it.holds_in(call, segments)),
            Self::Any(parts) => {
                parts.is_empty() || parts.iter().any(|it| it.holds_in(call, segments))
            }
        }
    }
}

/// Checks that flowsim knows a dimension.
///
/// # Errors
/// 400 with the known dimensions.
pub(super) fn known(dimension: &str) -> Result<(), ApiError> {
    if DIMENSIONS.contains(&dimension) {
        return Ok(());
    }
    let known = DIMENSIONS.join(", ");
    let message =
        format!("flowsim has no dimension `{dimension}`; expected one of {known}");
    Err(ApiError::bad(message))
}

/// Checks the keys of a query. An empty list of a key that flowsim does not apply has no
/// effect on the platform either.
///
/// # Errors
/// 400 if the platform does not have a key, 501 if flowsim does not apply it.
pub(super) fn keys(
    body: &Object,
    applied: &[&str],
    not_applied: &[&str],
) -> Result<(), ApiError> {
    let is_empty = |key: &str| match body.get(key) {
        None | Some(Value::Bool(false)) => true,
        Some(value) => value.as_array().is_some_and(Vec::is_empty),
    };
    if let Some(key) = not_applied.iter().find(|key| !is_empty(key)) {
        let message = format!(
            "flowsim does not apply `{key}` of a query; leave it out, or prepare an answer \
             with PUT /__flowsim/stubs"
        );
        return Err(ApiError::new(501, "not.implemented", message));
    }
    let known: Vec<&str> = applied.iter().chain(not_applied).copied().collect();
    body.only("the query", &known)
}

/// Checks `timeZone`: UTC, or a name of the IANA database. *Source: the SDKs'
/// `ConversationAggregationQuery.timeZone`.*
///
/// # Errors
/// 400 if there is no such time zone.
pub(super) fn time_zone(body: &Object) -> Result<(), ApiError> {
    let Some(name) = body.text("timeZone")? else { return Ok(()) };
    if TimeZone::from_name(name).is_some() {
        return Ok(());
    }
    let help = match TimeZone::nearest_name(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "expected a name such as `Europe/London`".to_owned(),
    };
    Err(ApiError::bad(format!("unknown time zone `{name}`; {help}")))
}

/// Returns an item of a list as an object.
pub(super) fn object(item: &Value, what: &str) -> Result<Object, ApiError> {
    match item {
        Value::Object(entries) => Ok(Object(entries.clone())),
        other => {
            let found = describe(other);
            Err(ApiError::bad(format!("{what} must be an object, found {found}")))
        }
    }
}

/// Reads `interval`: two times, in milliseconds since 1970.
///
/// # Errors
/// 400 if it is missing, or does not consist of two times in order.
pub(super) fn interval(body: &Object) -> Result<(i64, i64), ApiError> {
    let text = body.required("interval")?;
    let time = |text: &str| DateTime::parse(text).map(|time| time.milliseconds());
    let times = text.split_once('/').and_then(|(from, to)| time(from).zip(time(to)));
    times.filter(|(from, to)| from < to).ok_or_else(|| {
        let message = format!(
            "`interval` must be two times such as \
             `2026-01-05T00:00:00Z/2026-01-06T00:00:00Z`, found `{text}`"
        );
        ApiError::bad(message)
    })
}
