//! The requests of an editor, read by a thread.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::Value;

use crate::wire::{self, Received};

/// Whether a request wants a running call to stop.
pub(super) fn interrupts(request: &Value) -> bool {
    matches!(request["command"].as_str(), Some("pause" | "terminate" | "disconnect"))
}

/// Reads requests until the stream ends or fails. Requests that want the call to stop are
/// counted before they are handled.
pub(super) fn requests(
    mut input: impl BufRead + Send + 'static,
    count: Arc<AtomicUsize>,
) -> Receiver<io::Result<Value>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        loop {
            let read = match wire::read(&mut input) {
                Ok(Received::Message(message)) if message["type"] == "request" => {
                    Ok(message)
                }
                Ok(Received::Message(_)) => continue,
                Ok(Received::End) => return,
                // The protocol has no answer to a message without a number.
                Ok(broken) => Err(wire::invalid(broken.problem().unwrap_or_default())),
                Err(problem) => Err(problem),
            };
            if read.as_ref().is_ok_and(interrupts) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            // The session may be over.
            if sender.send(read).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_that_interrupt_are_counted_when_they_arrive() {
        let mut bytes = Vec::new();
        for command in ["continue", "pause", "threads", "disconnect"] {
            let request = json!({"type": "request", "command": command});
            wire::write(&mut bytes, &request).unwrap();
        }
        wire::write(&mut bytes, &json!({"type": "response"})).unwrap();
        bytes.extend(b"nonsense\r\n");
        let count = Arc::new(AtomicUsize::new(0));
        let read = requests(io::Cursor::new(bytes), Arc::clone(&count));
        let read: Vec<_> = read.into_iter().take(5).collect();
        assert_eq!(read.iter().filter(|it| it.is_ok()).count(), 4);
        assert!(read[4].is_err());
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }
}
