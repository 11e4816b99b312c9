//! Conversations and executions as analytics report them. Everything comes from what really
//! ran.
//!
//! *Source: `AnalyticsConversationWithoutAttributes` of the platform's SDKs.*

use serde_json::{Value, json};

use super::session;
use crate::server::conversation::{Participant, Purpose, Timeline};
use crate::server::endpoint::conversations::view::{View, callback, without_nulls};
use crate::server::endpoint::directory::home_division;
use crate::server::state::event::Origin;
use crate::server::state::flow::platform_type;
use crate::server::state::instance::{Instance, Progress, moment};
use crate::trace::EventKind;
use crate::value::derived_id;

/// A conversation, execution or flow of a transferred conversation, as far as it has run.
pub(super) struct Reported {
    pub(super) id: String,
    pub(super) is_conversation: bool,
    /// Times in milliseconds since 1970; the end is `None` while it is running.
    pub(super) started_at: i64,
    pub(super) ended_at: Option<i64>,
    media: &'static str,
    from: Option<String>,
    to: Option<String>,
    /// The flow in which it started; `None` if it started in a queue.
    pub(super) flow: Option<Flow>,
    participants: Vec<Seen>,
    /// The properties of a callback.
    callback: Vec<(&'static str, Value)>,
    /// The target of a transfer by the flow.
    transfer: Option<(&'static str, String)>,
}

/// The flow in which a conversation started.
pub(super) struct Flow {
    pub(super) id: String,
    name: Option<String>,
    kind: Option<String>,
    version: String,
    /// The time at which the conversation left the flow.
    left_at: Option<i64>,
    is_failed: bool,
}

/// A segment of a conversation: that of a participant, or `None` for an execution, which
/// has no participants.
pub(super) type Segment<'r> = Option<&'r Seen>;

/// A participant, with the ids of the queue and the user.
pub(super) struct Seen {
    pub(super) is: Participant,
    pub(super) queue: Option<String>,
    user: Option<(String, String)>,
}

/// A measured value of a segment, and the time at which it became known.
pub(super) struct Metric {
    pub(super) name: &'static str,
    /// A duration in milliseconds, or a count.
    pub(super) value: i64,
    pub(super) at: i64,
}

/// Dimensions of conversations. *Source: the dimensions of the platform's queries.*
pub(super) const DIMENSIONS: [&str; 17] = [
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
    "wrapUpCode",
    "exitReason",
    "purpose",
];

impl Reported {
    /// Returns everything that ran: conversations, executions, and flows of transfers.
    pub(super) fn all<'v>(view: &'v View<'_>) -> impl Iterator<Item = Self> + 'v {
        let instances = view.state.instances.values();
        let queued = view.state.conversations.iter();
        let queued = queued.filter(|(_, it)| it.queued.is_some());
        instances
            .map(|instance| Self::of(view, instance))
            .chain(queued.filter_map(|(id, _)| Self::conversation(view, id)))
    }

    /// Returns the conversation with an id; `None` if it does not exist.
    pub(super) fn conversation(view: &View<'_>, id: &str) -> Option<Self> {
        let instance = view.state.instances.get(id);
        let of_flow = instance.filter(|it| it.origin == Origin::Conversation);
        if let Some(instance) = of_flow {
            return Some(Self::of(view, instance));
        }
        let timeline = Timeline::of(view.state, id)?;
        let from = timeline.customer().and_then(|it| it.address.clone());
        let callback = callback_of(view, &timeline);
        Some(Self {
            callback,
            id: id.to_owned(),
            is_conversation: true,
            started_at: timeline.started_at,
            ended_at: timeline.ended_at,
            media: media(&timeline.media),
            from: from.map(|it| it.to_string()),
            to: None,
            flow: None,
            participants: seen(view, timeline.participants),
            transfer: None,
        })
    }

    /// Returns the conversation or execution of an instance.
    pub(super) fn of(view: &View<'_>, instance: &Instance) -> Self {
        let state = view.state;
        let is_conversation = instance.origin == Origin::Conversation;
        let timeline = Timeline::of(state, &instance.id).filter(|_| is_conversation);
        let ended_at = match &timeline {
            Some(timeline) => timeline.ended_at,
            None => instance.ended_at(state.clock),
        };
        let callback = timeline.as_ref().map(|it| callback_of(view, it));
        let participants = timeline.map_or_else(Vec::new, |it| it.participants);
        let of_flow = participants.iter().find(|it| it.purpose.is_flow());
        let left_at = match of_flow {
            Some(participant) => participant.ended_at,
            None => instance.ended_at(state.clock),
        };
        let text =
            |text: &Option<crate::value::Text>| text.as_ref().map(ToString::to_string);
        Self {
            id: instance.id.to_string(),
            is_conversation,
            started_at: instance.started_at,
            ended_at,
            media: media(&instance.media),
            from: text(&instance.from),
            to: text(&instance.to),
            flow: Some(flow(view, instance, left_at)),
            participants: seen(view, participants),
            callback: callback.unwrap_or_default(),
            transfer: transfer(instance),
        }
    }

    /// Returns whether the conversation ran at some time of an interval.
    pub(super) fn is_within(&self, from: i64, to: i64) -> bool {
        self.started_at < to && self.ended_at.is_none_or(|end| end >= from)
    }

    /// Returns the segments: one of each participant.
    pub(super) fn segments(&self) -> Vec<Segment<'_>> {
        match self.participants.is_empty() {
            true => vec![None],
            false => self.participants.iter().map(Some).collect(),
        }
    }

    /// Returns the value of a dimension in a segment; `None` if it has none. Queues, users,
    /// purposes and wrap-up codes belong to a segment, all others to the conversation.
    pub(super) fn dimension(&self, name: &str, of: Segment<'_>) -> Option<String> {
        let flow = self.flow.as_ref();
        match name {
            "conversationId" => Some(self.id.clone()),
            "mediaType" => Some(self.media.to_owned()),
            "direction" | "originatingDirection" => Some("inbound".to_owned()),
            "ani" | "addressFrom" => self.from.clone(),
            "dnis" | "addressTo" => self.to.clone(),
            "flowId" => flow.map(|it| it.id.clone()),
            "flowName" => flow?.name.clone(),
            "flowType" => flow?.kind.clone(),
            "flowVersion" => flow.map(|it| it.version.clone()),
            "queueId" => of?.queue.clone(),
            "userId" => of?.user.as_ref().map(|(id, _)| id.clone()),
            "wrapUpCode" => of?.is.wrapup_code().map(str::to_owned),
            "exitReason" => self.exit_reason().map(str::to_owned),
            "purpose" => Some(of.map_or("ivr", |it| it.is.purpose.name()).to_owned()),
            _ => None,
        }
    }

    /// Returns the metrics that are known, each with the segment that it belongs to.
    pub(super) fn metrics(&self) -> Vec<(Segment<'_>, Metric)> {
        let of_flow = self.participants.iter().find(|it| it.is.purpose.is_flow());
        let metrics = self.metrics_of_flow().into_iter();
        let mut metrics: Vec<_> = metrics.map(|metric| (of_flow, metric)).collect();
        for seen in &self.participants {
            let own = self.metrics_of(seen).into_iter();
            metrics.extend(own.map(|metric| (Some(seen), metric)));
        }
        metrics
    }

    fn metrics_of_flow(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        let mut add = |name, value, at| metrics.push(Metric { name, value, at });
        let Some(flow) = &self.flow else { return metrics };
        add("nFlow", 1, self.started_at);
        if let Some(left) = flow.left_at {
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
        metrics
    }

    /// Returns the metrics of a queue or an agent.
    fn metrics_of(&self, seen: &Seen) -> Vec<Metric> {
        let mut metrics = Vec::new();
        let mut add = |name, value, at| metrics.push(Metric { name, value, at });
        let Participant { started_at, connected_at, ended_at, .. } = seen.is;
        match seen.is.purpose {
            Purpose::Acd => {
                add("nOffered", 1, started_at);
                let Some(at) = ended_at else { return metrics };
                let waited = at.saturating_sub(started_at);
                add("tAcd", waited, at);
                add("tWait", waited, at);
                if seen.is.disconnect != Some("transfer") {
                    add("tAbandon", waited, at);
                }
            }
            Purpose::Agent => {
                let offered = self.participants.iter().rev().find(|it| {
                    it.is.purpose == Purpose::Acd
                        && connected_at.is_some()
                        && it.is.ended_at == connected_at
                });
                let offered = offered.map_or(started_at, |it| it.is.started_at);
                return session::of_agent(&seen.is, offered);
            }
            _ => {}
        }
        metrics
    }

    /// Returns why the flow ended; `None` while it is running.
    fn exit_reason(&self) -> Option<&'static str> {
        let flow = self.flow.as_ref()?;
        let has_queue = self.participants.iter().any(|it| it.is.purpose == Purpose::Acd);
        match () {
            () if has_queue || self.transfer.is_some() => Some("TRANSFER"),
            () if flow.left_at.is_none() => None,
            () if flow.is_failed => Some("FLOW_ERROR_DISCONNECT"),
            () => Some("DISCONNECT"),
        }
    }

    /// Returns the conversation in the form of the platform.
    pub(super) fn to_json(&self) -> Value {
        let participants = self.participants.iter().map(|it| self.participant(it));
        without_nulls(json!({
            "conversationId": self.id,
            "conversationStart": moment(self.started_at),
            "conversationEnd": self.ended_at.map(moment),
            "originatingDirection": "inbound",
            "divisionIds": [home_division()["id"]],
            "participants": participants.collect::<Vec<Value>>(),
        }))
    }

    fn participant(&self, seen: &Seen) -> Value {
        let is = &seen.is;
        let metrics = match is.purpose.is_flow() {
            true => self.metrics_of_flow(),
            false => self.metrics_of(seen),
        };
        let metrics = metrics.into_iter().map(
            |it| json!({ "name": it.name, "value": it.value, "emitDate": moment(it.at) }),
        );
        let mut session = json!({
            "sessionId": derived_id(&format!("Session:{}", is.id)).as_str(),
            "mediaType": self.media,
            "direction": "inbound",
            "ani": self.from,
            "dnis": self.to,
            "segments": session::segments(seen),
            "metrics": metrics.collect::<Vec<Value>>(),
        });
        for (key, value) in &self.callback {
            session[*key] = value.clone();
        }
        if let Some(flow) = self.flow.as_ref().filter(|_| is.purpose.is_flow()) {
            session["flow"] = self.flow_json(flow);
        }
        let mut participant = json!({
            "participantId": is.id.as_str(),
            "purpose": is.purpose.name(),
            "sessions": [session],
        });
        if let Some((id, name)) = &seen.user {
            participant["userId"] = id.as_str().into();
            participant["participantName"] = name.as_str().into();
        }
        participant
    }

    fn flow_json(&self, flow: &Flow) -> Value {
        let queue = self.participants.iter().find(|it| it.is.purpose == Purpose::Acd);
        let queue = queue.and_then(|it| it.is.name.as_ref());
        let queue = queue.map(|name| ("ACD", name.to_string()));
        let (kind, target) = queue.or_else(|| self.transfer.clone()).unzip();
        json!({
            "flowId": flow.id,
            "flowName": flow.name,
            "flowType": flow.kind,
            "flowVersion": flow.version,
            "entryType": self.to.as_ref().map(|_| "dnis"),
            "entryReason": self.to,
            "exitReason": self.exit_reason(),
            "transferType": kind,
            "transferTargetName": target,
            "outcomes": [],
        })
    }
}

fn flow(view: &View<'_>, instance: &Instance, left_at: Option<i64>) -> Flow {
    let stored = view.state.flows.get(&instance.flow);
    Flow {
        id: instance.flow.to_string(),
        name: stored.map(|flow| flow.name.to_string()),
        kind: stored.map(|flow| platform_type(&flow.flow_type).clone()),
        version: format!("{}.0", instance.version),
        left_at,
        is_failed: match &instance.progress {
            Progress::Waiting(_) => false,
            Progress::Over { trace, .. } => trace.failure.is_some(),
        },
    }
}

/// Returns the target of the last transfer to something other than a queue.
fn transfer(instance: &Instance) -> Option<(&'static str, String)> {
    instance.history().1.iter().rev().find_map(|event| match &event.kind {
        EventKind::Transferred(to) => Some((to.kind.name(), to.name.to_string())),
        _ => None,
    })
}

fn callback_of(view: &View<'_>, timeline: &Timeline) -> Vec<(&'static str, Value)> {
    match media(&timeline.media) {
        "callback" => callback(view.state, timeline),
        _ => Vec::new(),
    }
}

fn seen(view: &View<'_>, participants: Vec<Participant>) -> Vec<Seen> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let seen = |is: Participant| {
        let user = is.user.as_ref().map(|named| view.user(named));
        Seen {
            queue: view.queue(&is).map(|queue| text(&queue["id"])),
            user: user.map(|user| (text(&user["id"]), text(&user["name"]))),
            is,
        }
    };
    participants.into_iter().map(seen).collect()
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
