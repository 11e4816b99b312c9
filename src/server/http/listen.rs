//! Connections: accepting them, their limits, and shutting down.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::reply::{ApiError, CORRELATION_ID, Reply};
use super::request::{ApiRequest, pairs};
use super::wire::{AnswerBody, Answers, Wire};

/// Answers a request that hyper rejected with a status. Returns the id of the request and
/// the answer.
pub(in crate::server) type Malformed = Arc<dyn Fn(u16) -> (String, Reply) + Send + Sync>;

/// Maximum size of a request body, in bytes.
pub(in crate::server) const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;
/// Maximum number of open connections; further ones wait until one is closed.
const MAX_CONNECTIONS: u32 = 1_024;
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
    let listener = TcpListener::bind((host, port)).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    Ok((listener, address))
}

/// Serves connections until `stop` is set, then lets running requests finish. `malformed`
/// answers input that is not HTTP.
pub(in crate::server) async fn serve(
    listener: TcpListener,
    router: Router,
    malformed: Malformed,
    mut stop: watch::Receiver<bool>,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    loop {
        let Ok(permit) = Arc::clone(&slots).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        // Either this connection failed, or file handles are exhausted for a while.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (router, malformed, stop) = (router.clone(), malformed.clone(), stop.clone());
        tokio::spawn(async move {
            connection(stream, router, malformed, stop).await;
            drop(permit);
        });
    }
    // All slots are free when all connections are closed.
    let closed = slots.acquire_many(MAX_CONNECTIONS);
    let _ = tokio::time::timeout(STOP_TIMEOUT, closed).await;
}

/// Serves a connection until the client closes it, or until its running request is answered
/// after `stop` is set.
async fn connection(
    stream: TcpStream,
    router: Router,
    malformed: Malformed,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let answers = Arc::new(Answers::default());
    let wire = Wire::new(stream, ANSWER_TIMEOUT, Arc::clone(&answers));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        let (answered, unfinished) = (router.call(request), answers.begin());
        Box::pin(async move {
            let answer = answered.await?;
            Ok::<_, Infallible>(answer.map(|body| AnswerBody::new(body, unfinished)))
        })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // A client that has finished sending may still wait for the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(wire), service);
    let mut is_stopping = false;
    let ended = loop {
        tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break ended,
            _ = stop.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let wire = connection.into_parts().io.into_inner();
    if let Err(error) = ended {
        // Otherwise the client has closed the connection, which is not an error.
        let Some(status) = wire.rejected().filter(|_| error.is_parse()) else { return };
        if wire.send(&rejection(status, &malformed)).await.is_err() {
            return;
        }
    }
    wire.close().await;
}

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

/// Reads a request with its body.
///
/// # Errors
/// The body is too large, arrives too slowly, or does not arrive.
pub(in crate::server) async fn read(
    id: String,
    request: Request<Body>,
) -> (ApiRequest, Result<(), ApiError>) {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut asked = ApiRequest {
        id,
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        parameters: Vec::new(),
        query: pairs(head.uri.query().unwrap_or_default()),
        headers: headers.collect(),
        body: Vec::new(),
    };
    let body = Limited::new(body, MAX_BODY_BYTES).collect();
    let read = match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => {
            asked.body = body.to_bytes().to_vec();
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
