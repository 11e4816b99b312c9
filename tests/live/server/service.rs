//! A service of an author's own: what webhooks are sent to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::Value;

/// A service that runs until the tests are over.
pub(crate) struct Service {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Value>>>,
}

/// What it does with a call.
pub(crate) enum Reaction {
    /// Answers with a status and a text.
    Answer(u16, String),
    /// The same with a header.
    With(u16, &'static str, String),
    /// Leaves the caller waiting.
    Silence,
}

impl Service {
    /// A service that reacts to the body of its first, second, … call.
    pub(crate) fn new(
        react: impl Fn(usize, &Value) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (noted, react) = (Arc::clone(&calls), Arc::new(react));
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, react) = (Arc::clone(&noted), Arc::clone(&react));
                spawn(move || answer(stream, &noted, &*react));
            }
        });
        Self { url, calls }
    }

    /// A service that always gives this answer.
    pub(crate) fn answering(status: u16, text: &str) -> Self {
        let text = text.to_owned();
        Self::new(move |_, _| Reaction::Answer(status, text.clone()))
    }

    /// What it was sent.
    pub(crate) fn calls(&self) -> Vec<Value> {
        self.calls.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    calls: &Mutex<Vec<Value>>,
    react: &(impl Fn(usize, &Value) -> Reaction + ?Sized),
) {
    let Some(body) = read(&stream) else { return };
    let number = {
        let mut calls = calls.lock().unwrap();
        calls.push(body.clone());
        calls.len()
    };
    let (status, header, text) = match react(number, &body) {
        Reaction::Answer(status, text) => (status, "X-None: 1", text),
        Reaction::With(status, header, text) => (status, header, text),
        Reaction::Silence => {
            sleep(Duration::from_secs(60));
            return;
        }
    };
    let length = text.len();
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{header}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    );
    // Whoever asked may have gone.
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Waits until something holds, as long as a busy machine may need.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within a minute");
}
