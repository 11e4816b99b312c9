//! The topics that clients can subscribe to.

/// A topic, with `{id}` for the id of an object, and its description.
pub(in crate::server) struct Topic {
    pub(in crate::server) name: &'static str,
    pub(in crate::server) description: &'static str,
}

const fn topic(name: &'static str, description: &'static str) -> Topic {
    Topic { name, description }
}

/// The served topics. *Source: the platform's list of available topics.*
pub(in crate::server) const TOPICS: [Topic; 28] = [
    topic("v2.users.{id}.conversations", "Conversations of a user"),
    topic("v2.users.{id}.conversations.calls", "Calls of a user"),
    topic("v2.users.{id}.conversations.chats", "Chats of a user"),
    topic("v2.users.{id}.conversations.messages", "Message conversations of a user"),
    topic("v2.users.{id}.conversations.emails", "E-mail conversations of a user"),
    topic("v2.users.{id}.conversations.callbacks", "Callbacks of a user"),
    topic("v2.users.{id}.presence", "The presence of a user"),
    topic("v2.users.{id}.routingStatus", "The routing status of a user"),
    topic("v2.routing.queues.{id}.conversations", "Conversations of a queue"),
    topic("v2.routing.queues.{id}.conversations.calls", "Calls of a queue"),
    topic("v2.routing.queues.{id}.conversations.chats", "Chats of a queue"),
    topic(
        "v2.routing.queues.{id}.conversations.messages",
        "Message conversations of a queue",
    ),
    topic(
        "v2.routing.queues.{id}.conversations.emails",
        "E-mail conversations of a queue",
    ),
    topic("v2.routing.queues.{id}.conversations.callbacks", "Callbacks of a queue"),
    topic(
        "v2.analytics.queues.{id}.observations",
        "Waiting and answered conversations of a queue",
    ),
    topic("v2.flows.instances.flow.{id}", "Beginning and end of the instances of a flow"),
    topic("v2.detail.events.conversation.{id}.customer.start", "A customer joins"),
    topic("v2.detail.events.conversation.{id}.customer.end", "A customer leaves"),
    topic("v2.detail.events.conversation.{id}.flow.start", "A flow begins"),
    topic("v2.detail.events.conversation.{id}.flow.end", "A flow ends"),
    topic("v2.detail.events.conversation.{id}.acd.start", "The wait in a queue begins"),
    topic("v2.detail.events.conversation.{id}.acd.end", "The wait in a queue ends"),
    topic(
        "v2.detail.events.conversation.{id}.user.start",
        "A user is alerted, or answers",
    ),
    topic("v2.detail.events.conversation.{id}.user.end", "A user leaves"),
    topic("v2.detail.events.conversation.{id}.voicemail.start", "Voice mail begins"),
    topic("v2.detail.events.conversation.{id}.voicemail.end", "Voice mail ends"),
    topic(
        "v2.detail.events.conversation.{id}.attributes",
        "Attributes of a participant change",
    ),
    topic("v2.detail.events.conversation.{id}.wrapup", "A conversation is wrapped up"),
];

/// Returns `true` if a topic with an id is served.
pub(in crate::server) fn is_served(name: &str) -> bool {
    TOPICS.iter().any(|topic| {
        topic.name.split_once("{id}").is_some_and(|(before, after)| {
            let id = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            id.is_some_and(|id| !id.is_empty() && !id.contains(['{', '}']))
        })
    })
}

/// Splits a topic of several names, which the platform also accepts:
/// `v2.users.u1.conversations?calls&chats`.
pub(super) fn split(topic: &str) -> Vec<String> {
    match topic.split_once('?') {
        None => vec![topic.to_owned()],
        Some((base, ends)) => {
            ends.split('&').map(|end| format!("{base}.{end}")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn served_topics_have_an_id() {
        for (name, expected) in [
            ("v2.users.u-1.conversations", true),
            ("v2.users.u-1.conversations.calls", true),
            ("v2.users..conversations", false),
            ("v2.users.{id}.conversations", false),
            ("v2.detail.events.conversation.c-1.acd.start", true),
            ("v2.detail.events.conversation.acd.start", false),
            ("v2.users.u-1.outofoffice", false),
            ("", false),
        ] {
            assert_eq!(is_served(name), expected, "{name}");
        }
    }

    #[test]
    fn a_topic_may_have_several_ends() {
        let calls = "v2.users.u.conversations";
        assert_eq!(split(calls), [calls]);
        let both = ["v2.users.u.conversations.calls", "v2.users.u.conversations.chats"];
        assert_eq!(split("v2.users.u.conversations?calls&chats"), both);
    }
}
