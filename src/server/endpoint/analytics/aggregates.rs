//! Aggregates of conversations and flows, and observations of running flows.
//!
//! *Source: `ConversationAggregationQuery`, `FlowAggregationQuery` and
//! `FlowObservationQuery` of the platform's SDKs.*

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::call::{Reported, Segment};
use super::filter::{self, Filter};
use super::metrics::{Metrics, OF_CONVERSATIONS, OF_FLOWS};
use crate::server::endpoint::conversations::view::View;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::server::state::instance::moment;

/// The keys of a query. Of the last three, flowsim checks only the time zone.
const KEYS: [&str; 8] = [
    "interval",
    "granularity",
    "groupBy",
    "filter",
    "metrics",
    "timeZone",
    "flattenMultivaluedDimensions",
    "alternateTimeDimension",
];

/// The keys of the platform that flowsim does not apply. *Source: the SDKs'
/// `ConversationAggregationQuery`.*
const NOT_APPLIED: [&str; 4] = ["views", "queryType", "sortMetric", "limit"];

/// Maximum number of intervals of a query.
const MAX_INTERVALS: i64 = 10_000;

/// The values of a metric in an interval.
#[derive(Debug, Default)]
struct Values {
    count: i64,
    sum: i64,
    least: i64,
    most: i64,
}

impl Values {
    fn add(&mut self, value: i64) {
        self.least = if self.count == 0 { value } else { self.least.min(value) };
        self.most = if self.count == 0 { value } else { self.most.max(value) };
        self.count += 1;
        self.sum = self.sum.saturating_add(value);
    }

    fn to_json(&self, metric: &str) -> Value {
        let stats = match metric.starts_with('n') {
            true => json!({ "count": self.sum }),
            false => json!({
                "min": self.least, "max": self.most, "count": self.count, "sum": self.sum,
            }),
        };
        json!({ "metric": metric, "stats": stats })
    }
}

/// Values by group, interval and metric.
type Groups =
    BTreeMap<Vec<(String, String)>, BTreeMap<i64, BTreeMap<&'static str, Values>>>;

/// A query.
struct Query {
    from: i64,
    to: i64,
    /// Length of an interval, in milliseconds.
    step: i64,
    groups: Vec<String>,
    filter: Filter,
    metrics: Vec<String>,
}

/// Aggregates metrics of conversations.
pub(in crate::server) fn conversations(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let query = Query::of(&asked.object()?, &OF_CONVERSATIONS)?;
    aggregate(state, &query, OF_CONVERSATIONS.measured, &|call| call.is_conversation)
}

/// Aggregates metrics of flows.
pub(in crate::server) fn flows(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let query = Query::of(&asked.object()?, &OF_FLOWS)?;
    aggregate(state, &query, OF_FLOWS.measured, &|_| true)
}

fn aggregate(
    state: &State,
    query: &Query,
    known: &[&'static str],
    is_counted: &dyn Fn(&Reported) -> bool,
) -> EndpointResult {
    let mut groups = Groups::new();
    let view = View::of(state);
    for call in Reported::all(&view).filter(is_counted) {
        let metrics = call.metrics().into_iter();
        for (of, metric) in metrics.filter(|(_, it)| known.contains(&it.name)) {
            let is_wanted = query.metrics.iter().any(|it| it == metric.name);
            let is_within = metric.at >= query.from && metric.at < query.to;
            if !is_wanted || !is_within || !query.filter.holds_in(&call, &[of]) {
                continue;
            }
            let index = (metric.at - query.from) / query.step;
            let intervals = groups.entry(query.group(&call, of)).or_default();
            let values = intervals.entry(index).or_default();
            values.entry(metric.name).or_default().add(metric.value);
        }
    }
    let results: Vec<Value> =
        groups.iter().map(|(group, data)| query.result(group, data)).collect();
    let unknown = query.metrics.iter().filter(|it| !known.contains(&it.as_str()));
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    let why = match unknown.is_empty() {
        true => format!("{} groups", results.len()),
        false => format!("flowsim has no values of {}", unknown.join(", ")),
    };
    Ok(Reply::ok(json!({ "results": results })).with_reason(why))
}

impl Query {
    fn of(body: &Object, known: &Metrics) -> Result<Self, ApiError> {
        filter::keys(body, &KEYS, &NOT_APPLIED)?;
        filter::time_zone(body)?;
        let (from, to) = filter::interval(body)?;
        let step = match body.text("granularity")? {
            None => to - from,
            Some(text) => period(text).ok_or_else(|| {
                let message = format!(
                    "`granularity` must be a duration such as `PT30M`, found `{text}`"
                );
                ApiError::bad(message)
            })?,
        };
        if (to - from) / step > MAX_INTERVALS {
            let message = format!("a query has at most {MAX_INTERVALS} intervals");
            return Err(ApiError::bad(message));
        }
        let groups = body.strings("groupBy")?;
        groups.iter().try_for_each(|it| filter::known(it))?;
        let metrics = body.strings("metrics")?;
        if metrics.is_empty() {
            return Err(ApiError::bad("`metrics` must list metrics such as `tIvr`"));
        }
        known.check(&metrics)?;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let (groups, metrics) = (owned(groups), owned(metrics));
        let filter = Filter::of(&body.object("filter")?)?;
        Ok(Self { from, to, step, groups, filter, metrics })
    }

    /// Returns the group of a segment. The medium of its conversation is always part of it.
    fn group(&self, call: &Reported, of: Segment<'_>) -> Vec<(String, String)> {
        let own = std::iter::once("mediaType");
        let names = own.chain(self.groups.iter().map(String::as_str));
        let mut group: Vec<(String, String)> = Vec::new();
        for name in names {
            if let Some(value) = call.dimension(name, of)
                && !group.iter().any(|(known, _)| known == name)
            {
                group.push((name.to_owned(), value));
            }
        }
        group
    }

    fn result(
        &self,
        group: &[(String, String)],
        data: &BTreeMap<i64, BTreeMap<&'static str, Values>>,
    ) -> Value {
        let group: Map<String, Value> = group
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        let data = data.iter().map(|(index, metrics)| {
            let from = self.from + index * self.step;
            let to = from.saturating_add(self.step).min(self.to);
            let text = |at: i64| moment(at).as_str().unwrap_or_default().to_owned();
            let metrics = metrics.iter().map(|(name, values)| values.to_json(name));
            json!({
                "interval": format!("{}/{}", text(from), text(to)),
                "metrics": metrics.collect::<Vec<Value>>(),
            })
        });
        json!({ "group": group, "data": data.collect::<Vec<Value>>() })
    }
}

/// Counts the running instances of flows, which the filter must name by `flowId`.
pub(in crate::server) fn observations(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    body.only("the query", &["filter", "metrics", "detailMetrics"])?;
    let filter = Filter::of(&body.object("filter")?)?;
    let metrics = body.strings("metrics")?;
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let view = View::of(state);
    for instance in
        state.instances.values().filter(|it| it.ended_at(state.clock).is_none())
    {
        let call = Reported::of(&view, instance);
        if filter.holds(&call)
            && let Some(flow) = call.flow
        {
            *counts.entry(flow.id).or_default() += 1;
        }
    }
    let is_wanted = metrics.is_empty() || metrics.contains(&"oFlow");
    let results = counts.into_iter().filter(|_| is_wanted).map(|(flow, count)| {
        let data = json!([{ "metric": "oFlow", "stats": { "count": count } }]);
        json!({ "group": { "flowId": flow }, "data": data })
    });
    Ok(Reply::ok(json!({ "results": results.collect::<Vec<Value>>() })))
}

/// Parses a duration of days, hours, minutes and seconds, such as `PT30M` or `P1D`, in
/// milliseconds.
fn period(text: &str) -> Option<i64> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    let part = |text: &str, units: &[(char, i64)]| {
        let (mut rest, mut total) = (text, 0_i64);
        for (unit, length) in units {
            if let Some((number, after)) = rest.split_once(*unit) {
                let number: i64 = number.parse().ok().filter(|number| *number >= 0)?;
                total = total.checked_add(number.checked_mul(*length)?)?;
                rest = after;
            }
        }
        rest.is_empty().then_some(total)
    };
    let days = part(date, &[('W', 7 * 86_400_000), ('D', 86_400_000)])?;
    let time = part(time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)])?;
    days.checked_add(time).filter(|total| *total > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn granularities_are_durations() {
        for (text, expected) in [
            ("PT30M", Some(1_800_000)),
            ("P1D", Some(86_400_000)),
            ("P1W", Some(604_800_000)),
            ("P1DT1H", Some(90_000_000)),
            ("PT0S", None),
            ("P", None),
            ("30M", None),
            ("PT-1H", None),
            ("PT99999999999999999H", None),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
