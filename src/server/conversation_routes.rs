//! Routes of conversations: those of all media, and the same ones for each medium.

use super::access::Permission::{ReadConversations as Read, WriteConversations as Write};
use super::endpoint::conversations::participants::{
    assign, attributes, change, end, get, list, participant_wrapup_codes, replace,
    set_wrapup, wrapup, write_attributes,
};
use super::routes::{Endpoint, route};

/// The routes of a participant of a conversation, whose path is `$path`. `$what` is what
/// summaries call the conversation.
macro_rules! of_participant {
    ($path:expr, $what:literal) => {
        [
            route("PATCH", concat!($path, "/participants/{participantId}"), Write, concat!("Change a participant of ", $what, ": answer, hang up, hold, wrap up"), change),
            route("GET", concat!($path, "/participants/{participantId}/attributes"), Read, concat!("Get the attributes of a participant of ", $what), attributes),
            route("PATCH", concat!($path, "/participants/{participantId}/attributes"), Write, concat!("Write attributes of a participant of ", $what), write_attributes),
            route("GET", concat!($path, "/participants/{participantId}/wrapup"), Read, concat!("Get the wrap-up of a participant of ", $what), wrapup),
            route("GET", concat!($path, "/participants/{participantId}/wrapupcodes"), Read, concat!("List the wrap-up codes for a participant of ", $what), participant_wrapup_codes),
            route("GET", concat!($path, "/participants/{participantId}/communications/{communicationId}/wrapup"), Read, concat!("Get the wrap-up of a communication of ", $what), wrapup),
            route("POST", concat!($path, "/participants/{participantId}/communications/{communicationId}/wrapup"), Write, concat!("Store the wrap-up of a communication of ", $what), set_wrapup),
            route("GET", concat!($path, "/participants/{participantId}/communications/{communicationId}/wrapupcodes"), Read, concat!("List the wrap-up codes for a communication of ", $what), participant_wrapup_codes),
            route("POST", concat!($path, "/participants/{participantId}/replace"), Write, concat!("Transfer ", $what, " away from a participant"), replace),
            route("POST", concat!($path, "/participants/{participantId}/replace/agent"), Write, concat!("Transfer ", $what, " to a user"), replace),
            route("POST", concat!($path, "/participants/{participantId}/replace/queue"), Write, concat!("Transfer ", $what, " to a queue"), replace),
            route("POST", concat!($path, "/participants/{participantId}/replace/external"), Write, concat!("Transfer ", $what, " to an address"), replace),
        ]
    };
}

/// The routes of a medium, whose conversations have the path `$path`.
macro_rules! of_medium {
    ($path:literal, $what:literal, $many:literal) => {
        [
            route("GET", $path, Read, concat!("List open ", $many), list),
            route(
                "GET",
                concat!($path, "/{conversationId}"),
                Read,
                concat!("Get ", $what),
                get,
            ),
            route(
                "PATCH",
                concat!($path, "/{conversationId}"),
                Write,
                concat!("End ", $what),
                end,
            ),
        ]
    };
}

type OfParticipant = [Endpoint; 12];
type OfMedium = [Endpoint; 3];

#[rustfmt::skip]
const PARTICIPANTS: [OfParticipant; 6] = [
    of_participant!("/api/v2/conversations/{conversationId}", "a conversation"),
    of_participant!("/api/v2/conversations/calls/{conversationId}", "a call"),
    of_participant!("/api/v2/conversations/chats/{conversationId}", "a chat"),
    of_participant!("/api/v2/conversations/messages/{conversationId}", "a conversation of messages"),
    of_participant!("/api/v2/conversations/emails/{conversationId}", "a conversation of e-mails"),
    of_participant!("/api/v2/conversations/callbacks/{conversationId}", "a callback"),
];

const MEDIA: [OfMedium; 5] = [
    of_medium!("/api/v2/conversations/calls", "a call", "calls"),
    of_medium!("/api/v2/conversations/chats", "a chat", "chats"),
    of_medium!(
        "/api/v2/conversations/messages",
        "a conversation of messages",
        "conversations of messages"
    ),
    of_medium!(
        "/api/v2/conversations/emails",
        "a conversation of e-mails",
        "conversations of e-mails"
    ),
    of_medium!("/api/v2/conversations/callbacks", "a callback", "callbacks"),
];

const ALL: [Endpoint; 2] = [
    route("GET", "/api/v2/conversations", Read, "List open conversations", list),
    route(
        "POST",
        "/api/v2/conversations/{conversationId}/assign",
        Write,
        "Assign a waiting conversation to a user",
        assign,
    ),
];

/// Returns the routes of conversations.
pub(super) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    let of_media = MEDIA.iter().flatten();
    ALL.iter().chain(of_media).chain(PARTICIPANTS.iter().flatten())
}
