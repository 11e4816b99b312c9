//! The session of a participant: its segments, and what agents' metrics measure in them.
//!
//! *Source: details of real conversations. An agent's session has a segment for each time
//! of alerting, talking, holding and working afterwards; the last one before the wrap-up
//! has the `disconnectType`, and the wrap-up the code.*

use serde_json::{Value, json};

use super::call::{Metric, Seen};
use crate::server::conversation::{Participant, Purpose};
use crate::server::state::instance::moment;

const ALERT: &str = "alert";
const TALK: &str = "interact";
const HOLD: &str = "hold";
const WRAPUP: &str = "wrapup";

/// A time of a session in which its state did not change; the end is `None` while it lasts.
struct Phase {
    kind: &'static str,
    from: i64,
    to: Option<i64>,
}

/// Returns the phases of a participant, in order. The waiting time in a queue is an
/// interaction, as on the platform.
fn phases(of: &Participant) -> Vec<Phase> {
    let mut phases = Vec::with_capacity(3);
    let mut add = |kind, from, to| phases.push(Phase { kind, from, to });
    let talk = match of.purpose {
        Purpose::Ivr | Purpose::Workflow => "ivr",
        Purpose::Voicemail => "voicemail",
        _ => TALK,
    };
    if of.connected_at != Some(of.started_at) {
        add(ALERT, of.started_at, of.connected_at.or(of.ended_at));
    }
    if let Some(connected) = of.connected_at {
        let mut free = Some(connected);
        for (held, freed) in &of.holds {
            if let Some(from) = free.filter(|from| from < held) {
                add(talk, from, Some(*held));
            }
            add(HOLD, *held, *freed);
            free = *freed;
        }
        let is_new = |from: &i64| of.holds.is_empty() || of.ended_at != Some(*from);
        if let Some(from) = free.filter(is_new) {
            add(talk, from, of.ended_at);
        }
    }
    if let (Purpose::Agent, Some(left), Some(to)) =
        (of.purpose, of.ended_at, of.wrapped_at)
    {
        add(WRAPUP, left, Some(to));
    }
    phases
}

/// Returns the segments of a session in the form of the platform.
pub(super) fn segments(seen: &Seen) -> Vec<Value> {
    let is = &seen.is;
    let phases = phases(is);
    let last = phases.iter().rposition(|phase| phase.kind != WRAPUP);
    let segment = |(index, phase): (usize, &Phase)| {
        let mut segment = json!({
            "segmentStart": moment(phase.from),
            "segmentType": phase.kind,
            "conference": false,
        });
        if let Some(to) = phase.to {
            segment["segmentEnd"] = moment(to);
        }
        if Some(index) == last && is.ended_at.is_some() {
            segment["disconnectType"] = json!(is.disconnect);
        }
        if let Some(queue) = &seen.queue {
            segment["queueId"] = queue.as_str().into();
        }
        if let Some(wrapup) = is.wrapup.as_ref().filter(|_| phase.kind == WRAPUP) {
            segment["wrapUpCode"] = wrapup["code"].clone();
            segment["wrapUpNote"] = wrapup["notes"].clone();
        }
        segment
    };
    phases.iter().enumerate().map(segment).collect()
}

/// Returns the metrics of an agent. `offered_at` is the time at which the conversation
/// entered the queue.
///
/// *Source: details of real conversations: `tTalk` and `tHeld` are those of a segment,
/// `tTalkComplete` and `tHeldComplete` those of the session, and `tHandle`, which includes
/// the work afterwards, is known at its end.*
pub(super) fn of_agent(of: &Participant, offered_at: i64) -> Vec<Metric> {
    let mut metrics = Vec::new();
    let mut add = |name, value, at| metrics.push(Metric { name, value, at });
    let phases = phases(of);
    let ended = |kind: &'static str| {
        let those = phases.iter().filter(move |phase| phase.kind == kind);
        those.filter_map(|phase| Some((phase.to?.saturating_sub(phase.from), phase.to?)))
    };
    let total = |kind| ended(kind).map(|(length, _)| length).sum::<i64>();
    ended(ALERT).for_each(|(length, at)| add("tAlert", length, at));
    let Some(connected) = of.connected_at else { return metrics };
    add("tAnswered", connected.saturating_sub(offered_at), connected);
    ended(TALK).for_each(|(length, at)| add("tTalk", length, at));
    ended(HOLD).for_each(|(length, at)| add("tHeld", length, at));
    let Some(left) = of.ended_at else { return metrics };
    add("tTalkComplete", total(TALK), left);
    if !of.holds.is_empty() {
        add("tHeldComplete", total(HOLD), left);
    }
    ended(WRAPUP).for_each(|(length, at)| add("tAcw", length, at));
    let handled = total(TALK).saturating_add(total(HOLD)).saturating_add(total(WRAPUP));
    add("tHandle", handled, of.wrapped_at.unwrap_or(left));
    metrics
}
