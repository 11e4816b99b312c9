//! Connections with invalid HTTP, which are answered in JSON all the same.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{Client, Local};

/// Opens a connection to a server. If the server does not answer, the test fails.
pub(crate) fn connect(server: &Client) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Returns everything that the server sends until it closes the connection.
fn exchange(server: &Client, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// Returns the status and body of the only answer.
fn answer(text: &str) -> (u16, Value) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
    let head = head.to_lowercase();
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("inin-correlation-id: "), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head} {body}");
    let body: Value = serde_json::from_str(body).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    assert_eq!(body["status"], status, "{body}");
    (status, body)
}

#[test]
fn invalid_http_is_answered_in_json() {
    let server = Local::shared_flow();
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    let large = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(1_000_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(1_000));
    for (junk, status) in [
        ("nonsense\r\n\r\n", 400),
        ("GET / HTTP/9.9\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("GET /\u{1} HTTP/1.1\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (&long, 414),
        (&large, 431),
        (&many, 431),
    ] {
        let (found, body) = answer(&exchange(&server, junk.as_bytes()));
        assert_eq!(found, status, "{junk:.40}: {body}");
        let logged = server.get("/__flowsim/requests").body["requests"].clone();
        let logged = logged.as_array().unwrap().last().unwrap().clone();
        assert_eq!(logged["id"], body["contextId"], "it is in the request log");
    }
}

#[test]
fn junk_after_a_valid_request_does_not_affect_its_answer() {
    let server = Local::shared_flow();
    let text =
        exchange(&server, b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n");
    let second = text.rfind("HTTP/1.1 ").unwrap();
    assert_eq!(answer(&text[..second]).0, 404);
    assert_eq!(answer(&text[second..]).0, 400);
}

#[test]
fn truncated_bodies_are_answered_in_json() {
    let server = Local::shared_flow();
    let head = "POST /api/v2/flows HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n");
    assert_eq!(answer(&exchange(&server, chunked.as_bytes())).0, 400);
    let mut stream = connect(&server);
    stream.write_all(format!("{head}Content-Length: 9\r\n\r\n{{").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(answer(&text).0, 400);
}

#[test]
fn a_client_that_has_finished_sending_is_answered() {
    let server = Local::shared_flow();
    let mut stream = connect(&server);
    stream.write_all(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(answer(&text).0, 404);
}

#[test]
fn half_open_connections_and_slow_readers_do_not_block_others() {
    let server = Local::shared_flow();
    let token = server.token.clone().unwrap();
    let begun = [
        "",
        "G",
        "GET / HTTP/1.1\r\nHost",
        "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ];
    let mut open: Vec<TcpStream> = Vec::new();
    for turn in 0..400 {
        let mut stream = connect(&server);
        stream.write_all(begun[turn % begun.len()].as_bytes()).unwrap();
        open.push(stream);
    }
    // These connections keep sending requests and read nothing.
    let list = format!(
        "GET /__flowsim/openapi.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    for _ in 0..3 {
        let mut stream = connect(&server);
        stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
        for _ in 0..1_000 {
            if stream.write_all(list.as_bytes()).is_err() {
                break;
            }
        }
        open.push(stream);
    }
    for _ in 0..20 {
        assert_eq!(server.get("/api/v2/flows").status, 200);
    }
    drop(open);
    assert_eq!(server.get("/api/v2/flows").status, 200);
}

/// Connections that send nothing, or a request in pieces, give way to other clients.
#[test]
fn slow_clients_do_not_delay_others() {
    let server = Local::shared_flow();
    let mut slow = Vec::new();
    for number in 0..1_030 {
        let mut stream = connect(&server);
        let head = "POST /api/v2/flows HTTP/1.1\r\nhost: localhost\r\n";
        let begun = match number % 3 {
            0 => String::new(),
            1 => head.to_owned(),
            _ => format!("{head}content-length: 100\r\n\r\n{{"),
        };
        stream.write_all(begun.as_bytes()).unwrap();
        slow.push(stream);
    }
    let mut honest = connect(&server);
    // A client that has to wait for slow ones waits for 30 s.
    honest.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = "GET /__flowsim/clock HTTP/1.1\r\nhost: localhost\r\n\r\n";
    honest.write_all(request.as_bytes()).unwrap();
    let mut start = [0; 12];
    honest.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    // The connection that answers were sent to stays open.
    honest.write_all(request.as_bytes()).unwrap();
    let mut rest = [0; 200];
    assert!(honest.read(&mut rest).unwrap() > 0);
}

/// Clients that keep connections without a request do not delay the stop of a server.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test measures a time")]
fn unused_connections_do_not_delay_the_stop() {
    let begun = Instant::now();
    for _ in 0..5 {
        let server = Local::shared_flow();
        let mut unused = connect(&server);
        unused.write_all(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        unused.read_exact(&mut [0; 12]).unwrap();
        let client = server.stop();
        unused.read_to_string(&mut String::new()).unwrap();
        assert!(client.try_send("GET", "/api/v2/flows", None, &[]).is_err());
    }
    // Reading each connection for a while would take 10 s. The machine may be busy.
    assert!(begun.elapsed() < Duration::from_secs(8));
}

/// Stops a thread, also if the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Opens a connection and sends the beginning of a request.
fn begin_slowly(server: &Local) -> TcpStream {
    let mut stream = connect(server);
    let _ = stream.write_all(b"POST /api/v2/flows HTTP/1.1\r\nhost: localhost\r\nslow: ");
    stream
}

/// Sends a byte on each connection again and again, and opens those again that were closed.
fn dribble(server: &Local, stop: &AtomicBool) {
    let mut slow: Vec<TcpStream> = (0..1_030).map(|_| begin_slowly(server)).collect();
    while !stop.load(Ordering::Relaxed) {
        for stream in &mut slow {
            if stream.write_all(b"x").is_err() {
                *stream = begin_slowly(server);
            }
        }
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn clients_that_send_a_byte_now_and_then_do_not_delay_others() {
    let server = Local::shared_flow();
    let stop = AtomicBool::new(false);
    let mut times = std::thread::scope(|scope| {
        let _stop = Stop(&stop);
        scope.spawn(|| dribble(&server, &stop));
        sleep(Duration::from_secs(1));
        (0..21).map(|_| ask_once(&server)).collect::<Vec<Duration>>()
    });
    times.sort_unstable();
    eprintln!("honest requests took {:?} to {:?}", times[0], times[20]);
    // A client that has to wait for slow ones waits for 30 s. The machine may be busy.
    assert!(times[10] < Duration::from_secs(5), "{times:?}");
}

/// Returns the time that a request on a new connection takes.
#[expect(clippy::disallowed_methods, reason = "a test measures a time")]
fn ask_once(server: &Local) -> Duration {
    let begun = Instant::now();
    let mut honest = connect(server);
    honest.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let request = "GET /__flowsim/clock HTTP/1.1\r\nhost: localhost\r\n\r\n";
    honest.write_all(request.as_bytes()).unwrap();
    let mut start = [0; 12];
    honest.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    begun.elapsed()
}
