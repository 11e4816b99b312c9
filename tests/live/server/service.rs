//! A user's own service that receives webhook calls.

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
    heads: Arc<Mutex<Vec<String>>>,
}

/// The reaction to a call.
pub(crate) enum Reaction {
    /// An answer with a status and a body.
    Answer(u16, String),
    /// An answer with a status, a header and a body.
    With(u16, &'static str, String),
    /// No answer.
    Silence,
}

impl Service {
    /// Starts a service whose reaction depends on the number and the body of a call.
    pub(crate) fn new(
        react: impl Fn(usize, &Value) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (noted, react) = ((Arc::clone(&calls), Arc::clone(&heads)), Arc::new(react));
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, react) = (noted.clone(), Arc::clone(&react));
                spawn(move || answer(stream, (&noted.0, &noted.1), &*react));
            }
        });
        Self { url, calls, heads }
    }

    /// Starts a service that always returns this answer.
    pub(crate) fn answering(status: u16, text: &str) -> Self {
        let text = text.to_owned();
        Self::new(move |_, _| Reaction::Answer(status, text.clone()))
    }

    /// Returns the bodies of the received calls.
    pub(crate) fn calls(&self) -> Vec<Value> {
        self.calls.lock().unwrap().clone()
    }

    /// Returns the headers of the received calls, in lower case except for the values.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    (calls, heads): (&Mutex<Vec<Value>>, &Mutex<Vec<String>>),
    react: &(impl Fn(usize, &Value) -> Reaction + ?Sized),
) {
    let Some((head, body)) = read(&stream) else { return };
    heads.lock().unwrap().push(head);
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
    // The client may have closed the connection.
    let _ = stream.write_all(answer.as_bytes());
}

/// Reads the headers and the body of a request.
fn read(stream: &TcpStream) -> Option<(String, Value)> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut head) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(": ") else { continue };
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&format!("{name}: {value}\n"));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, serde_json::from_slice(&body).ok()?))
}

/// Waits until a condition holds, for as long as a busy machine may need.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within a minute");
}
