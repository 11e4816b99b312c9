//! The byte stream of a connection: adds a body to the answers that hyper creates itself,
//! and disconnects a client that does not receive its answers.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::reply::{CORRELATION_ID, Reply};

/// Answers a request that hyper rejected with a status. Returns the id of the request and
/// the answer.
pub(in crate::server) type Malformed = Arc<dyn Fn(u16) -> (String, Reply) + Send + Sync>;

/// Time for which a connection is read after its last answer. Closing a connection with
/// unread input resets it, and the client may lose the answer.
const LINGER: Duration = Duration::from_secs(2);

/// A connection.
pub(super) struct Wire {
    stream: TcpStream,
    malformed: Malformed,
    /// Time limit for a client to receive an answer.
    patience: Duration,
    /// Runs while part of an answer has not been received.
    deadline: Option<Pin<Box<Sleep>>>,
    /// The replacement of hyper's own answer, and the number of its bytes already
    /// written.
    instead: Option<(Vec<u8>, usize)>,
    /// Runs while the connection is being closed.
    lingering: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    pub(super) fn new(
        stream: TcpStream,
        patience: Duration,
        malformed: Malformed,
    ) -> Self {
        let (deadline, instead, lingering) = (None, None, None);
        Self { stream, malformed, patience, deadline, instead, lingering }
    }

    fn write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = Pin::new(&mut self.stream).poll_write(cx, bytes) {
            return Poll::Ready(written);
        }
        let patience = self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Writes the replacement of hyper's own answer completely.
    fn write_instead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((text, at)) = self.instead.take() {
            let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            match self.write(cx, rest) {
                Poll::Ready(written) => self.instead = Some((text, at + written?)),
                Poll::Pending => {
                    self.instead = Some((text, at));
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Returns the position at which hyper's own answer begins. Such an answer has a status
/// but no body and no request id, and nothing follows it.
fn bare_answer(bytes: &[u8]) -> Option<usize> {
    const BEGIN: &[u8] = b"HTTP/1.1 4";
    const LONGEST: usize = 256;
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let tail = bytes.get(from..)?;
    let at = tail.windows(BEGIN.len()).rposition(|it| it == BEGIN)?;
    let head = std::str::from_utf8(tail.get(at..)?).ok()?;
    let is_bare =
        head.contains("content-length: 0\r\n") && !head.contains(CORRELATION_ID.as_str());
    (is_bare && head.find("\r\n\r\n") == Some(head.len() - 4)).then_some(from + at)
}

/// Builds the same answer with a body.
fn whole_answer(bare: &[u8], malformed: &Malformed) -> Vec<u8> {
    let line = bare.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let (id, reply) = malformed(status.unwrap_or(400));
    let body = reply.text();
    format!(
        "{line}\r\ncontent-type: application/json\r\n{CORRELATION_ID}: {id}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.instead.is_none() {
            match bare_answer(bytes) {
                None => return wire.write(cx, bytes),
                Some(0) => {
                    wire.instead = Some((whole_answer(bytes, &wire.malformed), 0));
                }
                // The bytes before it are written first.
                Some(at) => return wire.write(cx, bytes.get(..at).unwrap_or(bytes)),
            }
        }
        ready!(wire.write_instead(cx))?;
        Poll::Ready(Ok(bytes.len()))
    }

    /// A completed flush means that the client has received everything.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        wire.deadline = None;
        Pin::new(&mut wire.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.lingering.is_none() {
            ready!(Pin::new(&mut wire.stream).poll_shutdown(cx))?;
        }
        let time = wire.lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut scratch = [0; 4 * 1024];
        while time.as_mut().poll(cx).is_pending() {
            let mut read = ReadBuf::new(&mut scratch);
            let more = ready!(Pin::new(&mut wire.stream).poll_read(cx, &mut read));
            if more.is_err() || read.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        read: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, read)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;
    use crate::server::http::reply::ApiError;

    const BARE: &[u8] =
        b"HTTP/1.1 400 Bad ApiRequest\r\ncontent-length: 0\r\ndate: Mon\r\n\r\n";

    fn malformed() -> Malformed {
        Arc::new(|status| ("7".into(), ApiError::new(status, "x", "x").into_reply("7")))
    }

    #[test]
    fn only_answers_without_an_id_are_hypers_own() {
        assert_eq!(bare_answer(BARE), Some(0));
        let after = [b"{\"a\":1}", BARE].concat();
        assert_eq!(bare_answer(&after), Some(7));
        let ours = b"HTTP/1.1 404 Not Found\r\ninin-correlation-id: 1\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_answer(ours), None);
        assert_eq!(bare_answer(b"HTTP/1.1 100 Continue\r\n\r\n"), None);
        assert_eq!(bare_answer(b""), None);
        let whole = String::from_utf8(whole_answer(BARE, &malformed())).unwrap();
        assert!(whole.starts_with("HTTP/1.1 400 Bad ApiRequest\r\n"), "{whole}");
        assert!(whole.contains("inin-correlation-id: 7\r\n"), "{whole}");
        assert!(whole.ends_with('}'), "{whole}");
    }

    #[test]
    fn clients_that_do_not_receive_answers_are_disconnected() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let client =
                TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let mut wire = Wire::new(stream, Duration::from_millis(50), malformed());
            let bytes = vec![b'x'; 1024 * 1024];
            // Writing succeeds until the machine's socket buffers are full, then stalls.
            let error = loop {
                let write = poll_fn(|cx| Pin::new(&mut wire).poll_write(cx, &bytes));
                if let Err(error) = write.await {
                    break error;
                }
            };
            drop(client);
            error
        });
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
