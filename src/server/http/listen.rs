//! Connections: accepting them, their limits, and shutting down.

use std::borrow::Cow;
use std::cell::RefCell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::sync::watch;

use super::connections::{Connections, MAX_CONNECTIONS};
use super::reply::{ApiError, CORRELATION_ID, Reply};
use super::request::{ApiRequest, pairs};
use super::wire::{AnswerBody, Answers, Unfinished, Wire};
use crate::world::Broken;

/// Answers a request that hyper rejected with a status. Returns the id of the request and
/// the answer.
pub(in crate::server) type Malformed = Arc<dyn Fn(u16) -> (String, Reply) + Send + Sync>;

/// Maximum size of a request body, in bytes.
pub(in crate::server) const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Time limit for the head of a request, and for the pause between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Time limit for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Time limit for a client to receive an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Time limit for running requests once the server is asked to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the port.
///
/// # Errors
/// The port is in use, or the address does not belong to this machine.
pub(in crate::server) async fn open(
    host: &str,
    port: u16,
) -> Result<(TcpListener, SocketAddr), String> {
    let cannot = |error| format!("cannot listen on {host}:{port}: {error}");
    let addresses = lookup_host((host, port)).await.map_err(cannot)?;
    let mut failure = io::Error::other("the host has no address");
    for address in addresses {
        match listen_on(address) {
            Ok(listener) => {
                let address = listener.local_addr().map_err(cannot)?;
                return Ok((listener, address));
            }
            Err(error) => failure = error,
        }
    }
    Err(cannot(failure))
}

/// Listens on an address. As many clients may connect at once as the server has
/// connections. If more than the usual 128 did, the others would try again after 1 s.
fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket =
        if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows, another program could take over the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(MAX_CONNECTIONS)
}

/// Serves connections until `stop` is set, then lets running requests finish. `malformed`
/// answers input that is not HTTP.
pub(in crate::server) async fn serve(
    listener: TcpListener,
    router: Router,
    malformed: Malformed,
    mut stop: watch::Receiver<bool>,
) {
    let connections = Connections::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        // Either this connection failed, or file handles are exhausted for a while.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let place = tokio::select! {
            place = connections.place() => place,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some(place) = place else { break };
        let (router, malformed, stop) = (router.clone(), malformed.clone(), stop.clone());
        tokio::spawn(async move {
            let answers = Arc::clone(&place.answers);
            tokio::select! {
                () = connection(stream, answers, router, malformed, stop) => {}
                () = place.answers.closed() => {}
            }
        });
    }
    let _ = tokio::time::timeout(STOP_TIMEOUT, connections.closed()).await;
}

/// Serves a connection until the client closes it, or until its running request is answered
/// after `stop` is set.
async fn connection(
    stream: TcpStream,
    answers: Arc<Answers>,
    router: Router,
    malformed: Malformed,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let wire = Wire::new(stream, ANSWER_TIMEOUT, Arc::clone(&answers));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Arc::clone(&answers));
        let (answered, unfinished) = (router.call(request), answers.begin());
        Box::pin(async move { body_of(answered.await, unfinished) })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // A client that has finished sending may still wait for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(wire), service);
    let mut at_stop = None;
    let ended = loop {
        tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break ended,
            _ = stop.wait_for(|stop| *stop), if at_stop.is_none() => {
                at_stop = Some(answers.idle_since());
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let parts = connection.into_parts();
    let (wire, read) = (parts.io.into_inner(), parts.read_buf.to_vec());
    match answers.continuation.take().filter(|_| ended.is_ok()) {
        // A client that keeps an unused connection open does not delay the stop.
        None if ended.is_ok() && answers.is_idle_since(at_stop.flatten()) => {}
        None => end(wire, ended, &malformed).await,
        Some(upgrade) => {
            // The connection is in use, although no request waits for an answer.
            let _used = answers.begin();
            answers.has_read();
            tokio::select! {
                () = upgrade(wire.into_stream(), read) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }
}

/// Returns an answer with its body as hyper is to send it.
///
/// # Errors
/// The connection is to be closed without this answer.
fn body_of(
    answered: Result<Response<Body>, Infallible>,
    unfinished: Unfinished,
) -> Result<Response<AnswerBody>, Unanswered> {
    let Ok(answer) = answered;
    let is_truncated = match answer.extensions().get::<Broken>().copied() {
        None => false,
        Some(Broken::Truncated) => true,
        Some(broken) => return Err(Unanswered(broken)),
    };
    Ok(answer.map(|body| AnswerBody::new(body, is_truncated, unfinished)))
}

/// Closes a connection, after an answer if the input was not HTTP.
async fn end(wire: Wire, ended: Result<(), hyper::Error>, malformed: &Malformed) {
    if let Err(error) = ended {
        let unanswered = std::error::Error::source(&error);
        if let Some(Unanswered(broken)) = unanswered.and_then(|it| it.downcast_ref()) {
            if *broken == Broken::Reset {
                let _ = wire.reset();
            }
            return;
        }
        // Otherwise the client has closed the connection, which is not an error.
        let Some(status) = wire.rejected().filter(|_| error.is_parse()) else { return };
        if wire.send(&rejection(status, malformed)).await.is_err() {
            return;
        }
    }
    wire.close().await;
}

/// A request whose connection is closed without an answer.
#[derive(Debug)]
struct Unanswered(Broken);

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the connection is closed without an answer: {:?}", self.0)
    }
}

impl std::error::Error for Unanswered {}

/// Returns the answer to a request that hyper rejected, as the last one of a connection.
fn rejection(status: StatusCode, malformed: &Malformed) -> Vec<u8> {
    let (id, reply) = malformed(status.as_u16());
    let body = reply.text();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{CORRELATION_ID}: {id}\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Replaces the bytes of a header that are not UTF-8 by the replacement character.
fn make_text(value: &mut HeaderValue) {
    if let Cow::Owned(text) = String::from_utf8_lossy(value.as_bytes())
        && let Ok(text) = HeaderValue::from_bytes(text.as_bytes())
    {
        *value = text;
    }
}

/// Reads a request with its body.
///
/// # Errors
/// The body is too large, arrives too slowly, or does not arrive.
pub(in crate::server) async fn read(
    id: String,
    request: Request<Body>,
) -> (ApiRequest, Result<(), ApiError>) {
    let (mut head, body) = request.into_parts();
    head.headers.values_mut().for_each(make_text);
    let mut asked = ApiRequest {
        id,
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        parameters: Vec::new(),
        query: pairs(head.uri.query().unwrap_or_default()),
        headers: head.headers,
        body: Vec::new(),
        read: RefCell::default(),
    };
    let body = Limited::new(body, MAX_BODY_BYTES).collect();
    let arrived = tokio::time::timeout(BODY_TIMEOUT, body).await;
    if let Some(answers) = head.extensions.get::<Arc<Answers>>() {
        answers.has_read();
    }
    let read = match arrived {
        Ok(Ok(body)) => {
            asked.body = body.to_bytes().into();
            Ok(())
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let message = format!("the body is larger than {MAX_BODY_BYTES} bytes");
            Err(ApiError::new(413, "request.entity.too.large", message))
        }
        Ok(Err(error)) => Err(ApiError::bad(format!("the body cannot be read: {error}"))),
        Err(_) => {
            Err(ApiError::new(408, "request.timeout", "the body did not arrive in time"))
        }
    };
    (asked, read)
}
