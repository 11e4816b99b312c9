//! Changes of the server, which are announced to its pages over a web socket: a page then
//! requests its data again.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;

use super::http::reply::{ApiError, Reply};
use super::http::request::ApiRequest;
use super::http::upgrade::Upgrade;
use super::http::websocket;
use super::shared::Server;

/// The message about changes.
const CHANGED: &str = "changed";
/// Time between two messages. Changes in this time have one message.
const PAUSE: Duration = Duration::from_millis(100);
/// The interval of pings, which find connections that are lost.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Time limit for a page to receive a message.
const PATIENCE: Duration = Duration::from_secs(30);
/// Maximum size of a message of a page, in bytes. Messages of pages are ignored.
const MAX_MESSAGE: usize = 1_024;

/// Announces changes to the pages that are connected.
#[derive(Debug)]
pub(super) struct Changes(watch::Sender<()>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Changes {
    /// Announces a change that has been made.
    pub(super) fn announce(&self) {
        // A page that connects later requests all data first.
        if self.0.receiver_count() > 0 {
            self.0.send_replace(());
        }
    }
}

/// Connects a page. Returns the answer, and what to do with the connection then.
///
/// # Errors
/// 403 if the page is one of another origin, 426 if the request is not the beginning of a
/// web socket.
pub(super) fn connect(
    server: &Arc<Server>,
    asked: &ApiRequest,
) -> Result<(Reply, Upgrade), ApiError> {
    server.sites.refuse_other_hosts(asked)?;
    server.sites.refuse_other_origins(asked)?;
    let reply = websocket::accept(asked)?.with_reason("the page waits for changes");
    let changes = server.changes.0.subscribe();
    Ok((reply, Box::new(|stream, read| Box::pin(serve(stream, read, changes)))))
}

/// Sends a message after changes, until the page or the server ends.
async fn serve(stream: TcpStream, read: Vec<u8>, mut changes: watch::Receiver<()>) {
    let socket = websocket::open(stream, read, MAX_MESSAGE).await;
    let (mut sink, mut source) = socket.split();
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.tick().await;
    loop {
        let message = tokio::select! {
            changed = changes.changed() => match changed {
                Ok(()) => Message::text(CHANGED),
                Err(_) => Message::Close(None),
            },
            _ = heartbeat.tick() => Message::Ping(Vec::new().into()),
            received = source.next() => match received {
                Some(Ok(Message::Close(_)) | Err(_)) | None => Message::Close(None),
                Some(Ok(_)) => continue,
            },
        };
        if !websocket::send(&mut sink, message, PATIENCE).await {
            return;
        }
        sleep(PAUSE).await;
    }
}
