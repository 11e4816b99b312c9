//! The byte stream of a connection: withholds the answers that hyper creates itself, and
//! disconnects a client that does not receive its answers.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep, timeout};

use super::connections::next;
use super::upgrade::Continuation;

/// Time for which a connection is read after its last answer. Closing a connection with
/// unread input resets it, and the client may lose the answer.
const LINGER: Duration = Duration::from_secs(2);

/// The answers of the server on a connection, as far as the client has not received them.
#[derive(Debug, Default)]
pub(in crate::server) struct Answers {
    /// Number of requests whose answers hyper has not read completely.
    open: AtomicUsize,
    /// Whether hyper holds an answer that has not been written completely.
    is_held: AtomicBool,
    /// Whether the body of the current request has not arrived completely.
    is_reading: AtomicBool,
    /// The number of the last answer, or of the connection before it.
    last: AtomicU64,
    count: Arc<AtomicU64>,
    /// Whether the connection is to be closed for another one.
    is_closed: AtomicBool,
    close: Notify,
    /// The protocol with which the connection continues after HTTP.
    pub(in crate::server) continuation: Continuation,
}

impl Answers {
    /// Creates the answers of a new connection. `count` is shared by all connections.
    pub(super) fn new(count: Arc<AtomicU64>) -> Self {
        let last = AtomicU64::new(next(&count));
        Self { last, count, ..Self::default() }
    }

    /// Returns the number of the last answer. Older answers have smaller numbers.
    pub(super) fn last_answer(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    /// Returns `true` if no complete request waits for its answer.
    pub(super) fn is_closable(&self) -> bool {
        let is_reading = self.is_reading.load(Ordering::Relaxed);
        (is_reading || !self.is_unwritten()) && !self.is_closed.load(Ordering::Relaxed)
    }

    /// Returns the number of the last answer if the client was sent all answers.
    pub(super) fn idle_since(&self) -> Option<u64> {
        (!self.is_unwritten()).then(|| self.last_answer())
    }

    /// Returns `true` if nothing was sent since the client was sent this last answer.
    pub(super) fn is_idle_since(&self, last_answer: Option<u64>) -> bool {
        last_answer.is_some() && self.idle_since() == last_answer
    }

    /// Closes the connection.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.close.notify_one();
    }

    /// Waits until the connection is to be closed.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Records that the current request has arrived completely.
    pub(super) fn has_read(&self) {
        self.is_reading.store(false, Ordering::Relaxed);
    }

    /// Begins the answer to a request. Drop the result when the answer is complete.
    pub(super) fn begin(self: &Arc<Self>) -> Unfinished {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.is_reading.store(true, Ordering::Relaxed);
        Unfinished(Arc::clone(self))
    }

    fn is_unwritten(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0 || self.is_held.load(Ordering::Relaxed)
    }

    fn flushed(&self) {
        if self.open.load(Ordering::Relaxed) == 0
            && self.is_held.swap(false, Ordering::Relaxed)
        {
            self.last.store(next(&self.count), Ordering::Relaxed);
        }
    }
}

/// An answer that is not complete.
#[derive(Debug)]
pub(super) struct Unfinished(Arc<Answers>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.is_held.store(true, Ordering::Relaxed);
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer. hyper drops it when it has read all of it.
pub(super) struct AnswerBody {
    body: Body,
    cut: Cut,
    _unfinished: Unfinished,
}

/// Whether an answer ends after half of its body.
enum Cut {
    No,
    /// Before the first half.
    Yes,
    /// After it. The error that closes the connection must not overtake the first half.
    Waiting(Pin<Box<Sleep>>),
}

/// Time for the first half of an answer to be written.
const CUT_DELAY: Duration = Duration::from_millis(50);

impl AnswerBody {
    pub(super) fn new(body: Body, is_truncated: bool, unfinished: Unfinished) -> Self {
        let cut = if is_truncated { Cut::Yes } else { Cut::No };
        Self { body, cut, _unfinished: unfinished }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if let Cut::Waiting(pause) = &mut this.cut {
            ready!(pause.as_mut().poll(cx));
            let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
            return Poll::Ready(Some(Err(axum::Error::new(cut))));
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        let is_cut = matches!(this.cut, Cut::Yes);
        match frame {
            Some(Ok(frame)) if is_cut => {
                this.cut = Cut::Waiting(Box::pin(sleep(CUT_DELAY)));
                let half = |all: Bytes| all.slice(..all.len() / 2);
                Poll::Ready(Some(Ok(frame.map_data(half))))
            }
            frame => Poll::Ready(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.cut, Cut::No) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection.
pub(super) struct Wire {
    stream: TcpStream,
    answers: Arc<Answers>,
    /// Time limit for a client to receive an answer.
    patience: Duration,
    /// Runs while part of an answer has not been received.
    deadline: Option<Pin<Box<Sleep>>>,
    /// The head of an answer that hyper created itself. It has no body.
    withheld: Vec<u8>,
}

impl Wire {
    pub(super) fn new(
        stream: TcpStream,
        patience: Duration,
        answers: Arc<Answers>,
    ) -> Self {
        Self { stream, answers, patience, deadline: None, withheld: Vec::new() }
    }

    /// Returns the status of the answer that hyper created itself, if it did. Its error
    /// has the reason, but does not distinguish long paths from long headers.
    pub(super) fn rejected(&self) -> Option<StatusCode> {
        // The head begins with `HTTP/1.1 414`.
        StatusCode::from_bytes(self.withheld.get(9..12)?).ok()
    }

    /// Returns the stream, to continue with another protocol.
    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Resets the connection when it is closed.
    ///
    /// # Errors
    /// The connection is closed already.
    pub(super) fn reset(&self) -> io::Result<()> {
        self.stream.set_zero_linger()
    }

    /// Writes bytes to the client.
    ///
    /// # Errors
    /// The client is gone, or does not receive the bytes in time.
    pub(super) async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        let write = async {
            while !bytes.is_empty() {
                self.stream.writable().await?;
                match self.stream.try_write(bytes) {
                    Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        timeout(self.patience, write).await?
    }

    /// Closes the connection after the client has received its answers.
    pub(super) async fn close(mut self) {
        let stream = &mut self.stream;
        let shutdown =
            std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx));
        if shutdown.await.is_err() {
            return;
        }
        let drain = async {
            let mut scratch = [0; 4 * 1024];
            while stream.readable().await.is_ok() {
                match stream.try_read(&mut scratch) {
                    Ok(0) => break,
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => break,
                    _ => {}
                }
            }
        };
        let _ = timeout(LINGER, drain).await;
    }
}

impl AsyncWrite for Wire {
    /// Outside of the server's answers, hyper only writes heads that it created.
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if !wire.answers.is_unwritten() {
            wire.withheld.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        if let Poll::Ready(written) = Pin::new(&mut wire.stream).poll_write(cx, bytes) {
            return Poll::Ready(written);
        }
        let patience = wire.patience;
        let deadline = wire.deadline.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// hyper flushes when it has written everything.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        wire.deadline = None;
        wire.answers.flushed();
        Pin::new(&mut wire.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
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

    async fn connected(patience: Duration) -> (Wire, TcpStream, Arc<Answers>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let answers = Arc::new(Answers::default());
        (Wire::new(stream, patience, Arc::clone(&answers)), client, answers)
    }

    async fn write(wire: &mut Wire, bytes: &[u8]) -> io::Result<usize> {
        poll_fn(|cx| Pin::new(&mut *wire).poll_write(cx, bytes)).await
    }

    fn run<T>(test: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(test)
    }

    #[test]
    fn only_answers_of_hyper_are_withheld() {
        run(async {
            let (mut wire, _client, answers) = connected(LINGER).await;
            let answer = answers.begin();
            write(&mut wire, b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
            drop(answer);
            write(&mut wire, b"HTTP/1.1 404 Not Found\r\n\r\n").await.unwrap();
            assert_eq!(wire.rejected(), None);
            poll_fn(|cx| Pin::new(&mut wire).poll_flush(cx)).await.unwrap();
            write(&mut wire, b"HTTP/1.1 414 URI Too Long\r\n\r\n").await.unwrap();
            assert_eq!(wire.rejected(), Some(StatusCode::URI_TOO_LONG));
        });
    }

    #[test]
    fn clients_that_do_not_receive_answers_are_disconnected() {
        let error = run(async {
            let (mut wire, _client, answers) = connected(Duration::from_millis(50)).await;
            let _answer = answers.begin();
            let bytes = vec![b'x'; 1024 * 1024];
            // Writing succeeds until the machine's socket buffers are full, then stalls.
            loop {
                if let Err(error) = write(&mut wire, &bytes).await {
                    break error;
                }
            }
        });
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
