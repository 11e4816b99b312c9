//! Conversations and executions as analytics report them. Everything comes from what really
//! ran.
//!
//! *Source: `AnalyticsConversationWithoutAttributes` of the platform's SDKs.*

use serde_json::{Value, json};

use crate::server::endpoint::directory::home_division;
use crate::server::state::State;
use crate::server::state::event::Origin;
use crate::server::state::flow::platform_type;
use crate::server::state::instance::{Instance, Progress, moment};
use crate::trace::{Event, EventKind, Step};
use crate::value::derived_id;

/// A conversation, as far as it has run.
pub(super) struct Reported {
    pub(super) id: String,
    pub(super) is_conversation: bool,
    /// Times in milliseconds since 1970; the end is `None` while it is running.
    pub(super) started_at: i64,
    pub(super) ended_at: Option<i64>,
    /// The server's time, for durations that have not ended.
    now: i64,
    media: &'static str,
    from: Option<String>,
    to: Option<String>,
    pub(super) flow: Flow,
    /// The queue that the conversation was routed to last.
    queue: Option<Queue>,
    /// The target of a transfer to something other than a queue.
    transfer: Option<(&'static str, String)>,
    is_failed: bool,
}

/// The flow in which a conversation started.
pub(super) struct Flow {
    pub(super) id: String,
    name: Option<String>,
    kind: Option<String>,
    version: String,
}

/// A conversation in a queue.
struct Queue {
    id: Option<String>,
    name: Option<String>,
    entered_at: i64,
    /// The time and the agent of the answer.
    answered: Option<(i64, Option<String>)>,
}

/// A measured value, and the time at which it became known.
pub(super) struct Metric {
    pub(super) name: &'static str,
    /// A duration in milliseconds, or a count.
    pub(super) value: i64,
    pub(super) at: i64,
}

/// Dimensions of conversations. *Source: the dimensions of the platform's queries.*
pub(super) const DIMENSIONS: [&str; 16] = [
    "conversationId",
    "mediaType",
    "direction",
    "originatingDirection",
    "ani",
    "dnis",
    "addressFrom",
    "addressTo",
    "flowId",
    "flowName",
    "flowType",
    "flowVersion",
    "queueId",
    "userId",
    "exitReason",
    "purpose",
];

impl Reported {
    pub(super) fn of(state: &State, instance: &Instance) -> Self {
        let (steps, events, is_failed): (&[Step], &[Event], bool) =
            match &instance.progress {
                Progress::Waiting(session) => (session.steps(), session.events(), false),
                Progress::Over { trace, .. } => {
                    (&trace.steps, &trace.events, trace.failure.is_some())
                }
            };
        let time = |event: &Event| {
            let step = steps.get(event.step as usize);
            instance.started_at.saturating_add(step.map_or(0, |step| step.start_ms))
        };
        let stored = state.flows.get(&instance.flow);
        let text =
            |text: &Option<crate::value::Text>| text.as_ref().map(ToString::to_string);
        Self {
            id: instance.id.to_string(),
            is_conversation: instance.origin == Origin::Conversation,
            started_at: instance.started_at,
            ended_at: instance.ended_at(),
            now: state.clock,
            media: media(&instance.media),
            from: text(&instance.from),
            to: text(&instance.to),
            flow: Flow {
                id: instance.flow.to_string(),
                name: stored.map(|flow| flow.name.to_string()),
                kind: stored.map(|flow| platform_type(&flow.flow_type).clone()),
                version: format!("{}.0", instance.version),
            },
            queue: queue_of(instance, events, &time),
            transfer: events.iter().rev().find_map(|event| match &event.kind {
                EventKind::Transferred(to) => Some((to.kind.name(), to.name.to_string())),
                _ => None,
            }),
            is_failed,
        }
    }

    /// Returns whether the conversation ran at some time of an interval.
    pub(super) fn is_within(&self, from: i64, to: i64) -> bool {
        self.started_at < to && self.ended_at.is_none_or(|end| end >= from)
    }

    /// Returns the value of a dimension; `None` if the conversation has none.
    pub(super) fn dimension(&self, name: &str) -> Option<String> {
        let queue = self.queue.as_ref();
        match name {
            "conversationId" => Some(self.id.clone()),
            "mediaType" => Some(self.media.to_owned()),
            "direction" | "originatingDirection" => Some("inbound".to_owned()),
            "ani" | "addressFrom" => self.from.clone(),
            "dnis" | "addressTo" => self.to.clone(),
            "flowId" => Some(self.flow.id.clone()),
            "flowName" => self.flow.name.clone(),
            "flowType" => self.flow.kind.clone(),
            "flowVersion" => Some(self.flow.version.clone()),
            "queueId" => queue.and_then(|it| it.id.clone().or_else(|| it.name.clone())),
            "userId" => queue.and_then(|it| it.answered.as_ref()?.1.clone()),
            "exitReason" => self.exit_reason().map(str::to_owned),
            "purpose" => Some(if queue.is_some() { "acd" } else { "ivr" }.to_owned()),
            _ => None,
        }
    }

    /// Returns the metrics that are known, by the time of their end.
    pub(super) fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        let mut add = |name, value, at| metrics.push(Metric { name, value, at });
        let left = self.queue.as_ref().map(|it| it.entered_at).or(self.ended_at);
        add("nFlow", 1, self.started_at);
        if let Some(left) = left {
            let spent = left.saturating_sub(self.started_at);
            add("tFlow", spent, left);
            if self.is_conversation {
                add("tIvr", spent, left);
            }
            let way = match self.exit_reason() {
                Some("TRANSFER") => "tFlowExit",
                _ => "tFlowDisconnect",
            };
            add(way, spent, left);
        }
        if let Some(queue) = &self.queue {
            add("nOffered", 1, queue.entered_at);
            let answered = queue.answered.as_ref().map(|(at, _)| *at);
            if let Some(at) = answered.or(self.ended_at) {
                let waited = at.saturating_sub(queue.entered_at);
                add("tAcd", waited, at);
                add("tWait", waited, at);
                add(
                    if answered.is_some() { "tAnswered" } else { "tAbandon" },
                    waited,
                    at,
                );
            }
        }
        metrics
    }

    /// Returns why the flow ended; `None` while it is running.
    fn exit_reason(&self) -> Option<&'static str> {
        match () {
            () if self.queue.is_some() || self.transfer.is_some() => Some("TRANSFER"),
            () if self.ended_at.is_none() => None,
            () if self.is_failed => Some("FLOW_ERROR_DISCONNECT"),
            () => Some("DISCONNECT"),
        }
    }

    /// Returns the conversation in the form of the platform.
    pub(super) fn to_json(&self) -> Value {
        let mut participants = vec![
            self.participant("customer", json!({})),
            self.participant("ivr", json!({ "flow": self.flow_json() })),
        ];
        if let Some(queue) = &self.queue {
            participants.push(self.participant("acd", json!({})));
            if let Some((_, agent)) = &queue.answered {
                let mut participant = self.participant("agent", json!({}));
                participant["participantName"] = json!(agent);
                participants.push(participant);
            }
        }
        json!({
            "conversationId": self.id,
            "conversationStart": moment(self.started_at),
            "conversationEnd": self.ended_at.map(moment),
            "originatingDirection": "inbound",
            "divisionIds": [home_division()["id"]],
            "participants": participants,
        })
    }

    fn participant(&self, purpose: &str, flow: Value) -> Value {
        let id = derived_id(&match purpose {
            "customer" => format!("Participant:{}", self.id),
            _ => format!("Participant:{}:{purpose}", self.id),
        });
        let session_id = derived_id(&format!("Session:{}:{purpose}", self.id));
        let (from, to) = self.times_of(purpose);
        let mut segment = json!({
            "segmentStart": moment(from),
            "segmentType": match purpose { "customer" | "agent" => "interact", it => it },
            "conference": false,
        });
        if let Some(to) = to {
            segment["segmentEnd"] = moment(to);
            segment["disconnectType"] =
                json!(if purpose == "customer" { "client" } else { "transfer" });
        }
        if let Some(queue) =
            self.dimension("queueId").filter(|_| matches!(purpose, "acd" | "agent"))
        {
            segment["queueId"] = queue.into();
        }
        let metrics =
            self.metrics().into_iter().filter(|it| of_purpose(it.name) == purpose);
        let metrics = metrics.map(
            |it| json!({ "name": it.name, "value": it.value, "emitDate": moment(it.at) }),
        );
        let mut session = json!({
            "sessionId": session_id.as_str(),
            "mediaType": self.media,
            "direction": "inbound",
            "ani": self.from,
            "dnis": self.to,
            "segments": [segment],
            "metrics": metrics.collect::<Vec<Value>>(),
        });
        if let Some(flow) = flow.get("flow") {
            session["flow"] = flow.clone();
        }
        json!({ "participantId": id.as_str(), "purpose": purpose, "sessions": [session] })
    }

    /// Returns the time that a participant was there.
    fn times_of(&self, purpose: &str) -> (i64, Option<i64>) {
        let entered = self.queue.as_ref().map(|it| it.entered_at);
        let answered = self.queue.as_ref().and_then(|it| Some(it.answered.as_ref()?.0));
        match purpose {
            "ivr" => (self.started_at, entered.or(self.ended_at)),
            "acd" => (entered.unwrap_or(self.now), answered.or(self.ended_at)),
            "agent" => (answered.unwrap_or(self.now), None),
            _ => (self.started_at, self.ended_at),
        }
    }

    fn flow_json(&self) -> Value {
        let queue = self.queue.as_ref().and_then(|it| it.name.clone().or(it.id.clone()));
        let queue = queue.map(|name| ("ACD", name));
        let transfer = queue.or_else(|| self.transfer.clone());
        let (kind, target) = transfer.unzip();
        json!({
            "flowId": self.flow.id,
            "flowName": self.flow.name,
            "flowType": self.flow.kind,
            "flowVersion": self.flow.version,
            "entryType": self.to.as_ref().map(|_| "dnis"),
            "entryReason": self.to,
            "exitReason": self.exit_reason(),
            "transferType": kind,
            "transferTargetName": target,
            "outcomes": [],
        })
    }
}

/// Returns the participant whose session has a metric.
fn of_purpose(metric: &str) -> &'static str {
    match metric {
        "nOffered" | "tAcd" | "tWait" | "tAbandon" => "acd",
        "tAnswered" => "agent",
        _ => "ivr",
    }
}

fn queue_of(
    instance: &Instance,
    events: &[Event],
    time: &dyn Fn(&Event) -> i64,
) -> Option<Queue> {
    let (id, name) = instance.queue()?;
    let routed = |event: &&Event| matches!(event.kind, EventKind::Routed(_));
    let entered_at = events.iter().rev().find(routed).map(time)?;
    let answered = events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Connected(connection) => Some((
            entered_at.saturating_add(connection.waited_ms),
            connection.agent.as_ref().map(ToString::to_string),
        )),
        _ => None,
    });
    let text = |text: Option<crate::value::Text>| text.map(|it| it.to_string());
    Some(Queue { id: text(id), name: text(name), entered_at, answered })
}

/// Returns the medium in the words of analytics.
fn media(media: &str) -> &'static str {
    match media {
        "chat" => "chat",
        "email" => "email",
        "callback" => "callback",
        "message" => "message",
        _ => "voice",
    }
}
