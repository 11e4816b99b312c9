//! The messages of an editor over standard input and output.
//!
//! The connection of the crate `lsp-server` has no limit on the length of a message, and
//! ends at the first one that is not JSON. So the streams are read and written here.

use std::io::{self, BufRead};
use std::thread::{self, JoinHandle};

use crossbeam_channel::bounded;
use lsp_server::{Connection, ErrorCode, Message};
use serde_json::{Value, json};

use crate::wire::{self, Received};

/// The number of messages that wait. A client that sends more waits.
const WAITING: usize = 64;

const OTHER: &str = "a message that is not a request, a notification or a response";

/// The threads of a connection.
pub(super) struct Streams {
    reader: JoinHandle<io::Result<()>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Streams {
    /// Waits for the end of both streams.
    ///
    /// # Errors
    /// A stream cannot be used, or the input is not of the protocol.
    pub(super) fn join(self) -> io::Result<()> {
        let ended = |thread: JoinHandle<io::Result<()>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        ended(self.reader)?;
        ended(self.writer)
    }
}

/// Connects with an editor.
pub(super) fn connect() -> (Connection, Streams) {
    let (received, receiver) = bounded(WAITING);
    let (sender, sent) = bounded::<Message>(WAITING);
    let reader = thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let Some(message) = next(&mut input)? else { return Ok(()) };
            let is_exit =
                matches!(&message, Message::Notification(it) if it.method == "exit");
            // The session may be over.
            if received.send(message).is_err() || is_exit {
                return Ok(());
            }
        }
    });
    let writer = thread::spawn(move || {
        sent.into_iter().try_for_each(|it| it.write(&mut io::stdout().lock()))
    });
    (Connection { sender, receiver }, Streams { reader, writer })
}

/// Reads the next message of the protocol. Broken ones are answered with an error.
fn next(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    loop {
        let read = wire::read(input)?;
        let problem = read.problem().unwrap_or(OTHER);
        let (id, code) = match read {
            Received::End => return Ok(None),
            Received::NotJson => (Value::Null, ErrorCode::ParseError),
            Received::TooLong => (Value::Null, ErrorCode::InvalidRequest),
            Received::Message(message) => {
                let id = message.get("id").filter(|it| it.is_string() || it.is_i64());
                let id = id.cloned().unwrap_or_default();
                match serde_json::from_value(message) {
                    Ok(message) => return Ok(Some(message)),
                    Err(_) => (id, ErrorCode::InvalidRequest),
                }
            }
        };
        refuse(&id, code, problem)?;
    }
}

/// Answers a broken message.
fn refuse(id: &Value, code: ErrorCode, what: &str) -> io::Result<()> {
    let error = json!({"code": code as i32, "message": format!("the input has {what}")});
    let response = json!({"jsonrpc": "2.0", "id": id, "error": error});
    wire::write(&mut io::stdout().lock(), &response)
}
