//! The connection of a client to its channel, a web socket. *Source: RFC 6455, and the
//! platform's help for developers on notifications.*

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use crate::server::http::reply::{ApiError, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::http::upgrade::Upgrade;
use crate::server::http::websocket;
use crate::server::shared::Server;

use super::messages::{answer, metadata};
use super::publish::know;

/// The interval of heartbeats. *Source: the platform's help.*
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Time limit for a client to receive a message.
const PATIENCE: Duration = Duration::from_secs(30);
/// Maximum size of a message of a client, in bytes: 1,000 topics of 256 bytes each.
const MAX_MESSAGE: usize = 256 * 1024;

/// Connects a client to its channel. Returns the answer, and what to do with the connection
/// then.
///
/// # Errors
/// 404 if there is no such channel, 426 if the request is not the beginning of a web
/// socket.
pub(in crate::server) fn connect(
    server: &Arc<Server>,
    asked: &ApiRequest,
) -> Result<(Reply, Upgrade), ApiError> {
    server.sites.refuse_other_hosts(asked)?;
    server.sites.refuse_other_origins(asked)?;
    let id = asked.parameter("channelId");
    let mut state = server.state();
    let now = state.clock;
    state.channels.get(id, now)?;
    let reply = websocket::accept(asked)?;
    let Some(messages) = state.channels.connect(id) else {
        return Err(ApiError::not_found("the channel", id));
    };
    let topics: Vec<String> =
        state.channels.get(id, now)?.topics.iter().cloned().collect();
    know(&mut state, &topics);
    drop(state);
    let reply = reply.with_reason("the client connected to its channel");
    let client = Client { server: Arc::clone(server), channel: id.to_owned() };
    let upgrade: Upgrade =
        Box::new(|stream, read| Box::pin(serve(stream, read, client, messages)));
    Ok((reply, upgrade))
}

/// The client of a connection.
struct Client {
    server: Arc<Server>,
    channel: String,
}

impl Client {
    /// Returns the answer to a message of the client.
    fn answer(&self, text: &str) -> Message {
        let answer = || answer(&self.server, &self.channel, text);
        // Another request may hold the state while it waits for the disk.
        let answer = match self.server.is_persistent {
            true => tokio::task::block_in_place(answer),
            false => answer(),
        };
        Message::text(answer.to_string())
    }
}

/// Sends the messages of a channel, and answers those of the client, until the client
/// leaves or the channel ends.
async fn serve(
    stream: TcpStream,
    read: Vec<u8>,
    client: Client,
    mut messages: mpsc::Receiver<String>,
) {
    let socket = websocket::open(stream, read, MAX_MESSAGE).await;
    let (mut sink, mut source) = socket.split();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.tick().await;
    loop {
        let message = tokio::select! {
            // An answer follows the messages that were published before it.
            biased;
            message = messages.recv() => match message {
                Some(message) => Message::text(message),
                None => Message::Close(None),
            },
            _ = heartbeat.tick() => Message::text(metadata("WebSocket Heartbeat").to_string()),
            received = source.next() => match received {
                Some(Ok(Message::Text(text))) => client.answer(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => Message::Close(None),
                Some(Ok(_)) => continue,
            },
        };
        if !websocket::send(&mut sink, message, PATIENCE).await {
            return;
        }
    }
}
