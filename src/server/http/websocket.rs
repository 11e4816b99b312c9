//! The beginning of a web socket. *Source: RFC 6455.*

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use sha1::{Digest, Sha1};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::reply::{ApiError, Reply};
use super::request::ApiRequest;

/// The suffix of the client's key. *Source: RFC 6455, section 1.3.*
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Returns the answer that begins a web socket.
///
/// # Errors
/// 426 if the request does not begin one.
pub(in crate::server) fn accept(asked: &ApiRequest) -> Result<Reply, ApiError> {
    let has = |name: &str, value: &str| {
        asked.header(name).is_some_and(|it| it.to_ascii_lowercase().contains(value))
    };
    let key = asked.header("sec-websocket-key").filter(|_| has("upgrade", "websocket"));
    let Some(key) = key.filter(|_| has("connection", "upgrade")) else {
        let message = "this is the address of a web socket; connect to it with `ws://`";
        return Err(ApiError::new(426, "upgrade.required", message));
    };
    let accepted = STANDARD.encode(Sha1::digest(format!("{}{GUID}", key.trim())));
    let reply = Reply::no_content()
        .with_header("upgrade", "websocket")
        .with_header("connection", "Upgrade")
        .with_header("sec-websocket-accept", &accepted);
    Ok(Reply { status: 101, ..reply })
}

/// Sends a message. Returns whether further messages may follow: not after a closing message,
/// and not if the client does not take it within this time.
pub(in crate::server) async fn send(
    sink: &mut SplitSink<WebSocketStream<TcpStream>, Message>,
    message: Message,
    patience: Duration,
) -> bool {
    let is_last = matches!(message, Message::Close(_));
    let sent = timeout(patience, sink.send(message)).await;
    !is_last && matches!(sent, Ok(Ok(())))
}

/// Returns the web socket of a connection on which the answer was sent. `read` has the bytes
/// that were read already. Messages of the client have at most `max_message` bytes.
pub(in crate::server) async fn open(
    stream: TcpStream,
    read: Vec<u8>,
    max_message: usize,
) -> WebSocketStream<TcpStream> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(max_message))
        .max_frame_size(Some(max_message));
    WebSocketStream::from_partially_read(stream, read, Role::Server, Some(config)).await
}
