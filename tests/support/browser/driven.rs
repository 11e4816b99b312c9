//! A browser that all tests of a process share, controlled over a pipe in its own protocol.
//! Each page is in a separate context, which has its own storage and its own window.
//! *Source: the Chrome DevTools Protocol, and the switch `--remote-debugging-pipe`, which
//! takes commands at file handle 3 and answers at 4.*

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

/// Time limit for an answer of the browser.
const LONG: Duration = Duration::from_secs(60);
/// Maximum number of events before the answer to a command.
const MAX_EVENTS: usize = 10_000;
/// The number of checks for a change, and the interval between them.
const LOOKS: u32 = 6_000;
const BETWEEN: Duration = Duration::from_millis(10);

/// Runs the browser, and removes its profile afterwards.
const RUN: &str = "profile=$1; shift; \
    \"$@\" --user-data-dir=\"$profile\" 3<&0 4>&1 </dev/null >/dev/null; rm -rf \"$profile\"";
/// Switches of the browser. Pages that are not at the front run as fast as others.
const SWITCHES: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--window-size=1300,950",
    "--remote-debugging-pipe",
];

static SHARED: OnceLock<Browser> = OnceLock::new();

/// The recipients of messages, by session.
type Sessions = Arc<Mutex<BTreeMap<String, Sender<Value>>>>;

/// The browser. It ends when the process ends, which closes its pipe.
struct Browser {
    _process: Child,
    commands: Mutex<UnixStream>,
    last: AtomicU64,
    sessions: Sessions,
    /// The session of the browser itself, in which pages are created.
    own: Mutex<Session>,
}

/// Messages of the browser or of one page.
struct Session {
    id: String,
    messages: Receiver<Value>,
    console: Vec<String>,
}

/// A page with its own window, cookies and storage.
pub(crate) struct Page {
    session: Session,
    context: Value,
}

fn locked<Inner>(mutex: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    // A test that failed leaves a browser that others can use.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Browser {
    fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap().keep();
        let (commands, theirs) = UnixStream::pair().unwrap();
        let (answers, their_answers) = UnixStream::pair().unwrap();
        let process = Command::new("sh")
            .args(["-c", RUN, "sh"])
            .args([&*profile, program])
            .args(SWITCHES)
            .arg("about:blank")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(OwnedFd::from(their_answers)))
            .stderr(Stdio::null())
            // A signal from the terminal ends the tests, and so the browser.
            .process_group(0)
            .spawn()
            .unwrap();
        let (sessions, last) = (Sessions::default(), AtomicU64::new(0));
        let own = Mutex::new(Session::new(&sessions, String::new()));
        let recipients = Arc::clone(&sessions);
        std::thread::spawn(move || dispatch(answers, &recipients));
        Self { _process: process, commands: Mutex::new(commands), last, sessions, own }
    }

    /// Sends a command, and returns its number.
    fn send(&self, session: &str, method: &str, parameters: &Value) -> io::Result<u64> {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        locked(&self.commands).write_all(format!("{message}\0").as_bytes())?;
        Ok(id)
    }
}

/// Passes the messages of the browser on until it ends.
fn dispatch(answers: UnixStream, sessions: &Sessions) {
    let mut answers = BufReader::new(answers);
    let mut bytes = Vec::new();
    while answers.read_until(0, &mut bytes).is_ok_and(|length| length > 0) {
        bytes.pop();
        let Ok(message) = serde_json::from_slice::<Value>(&bytes) else { break };
        bytes.clear();
        let session = message["sessionId"].as_str().unwrap_or_default();
        if let Some(recipient) = locked(sessions).get(session) {
            let _ = recipient.send(message);
        }
    }
    // A browser that has ended answers no command.
    locked(sessions).clear();
}

impl Session {
    fn new(sessions: &Sessions, id: String) -> Self {
        let (sender, messages) = channel();
        locked(sessions).insert(id.clone(), sender);
        Self { id, messages, console: Vec::new() }
    }

    /// Sends a command and waits for its answer. Events that arrive meanwhile are stored.
    fn command(&mut self, browser: &Browser, method: &str, parameters: &Value) -> Value {
        let id = browser.send(&self.id, method, parameters).unwrap();
        for _ in 0..MAX_EVENTS {
            let received = self.messages.recv_timeout(LONG);
            let said =
                received.unwrap_or_else(|error| panic!("no answer to {method}: {error}"));
            if said["id"] == id {
                assert!(said.get("error").is_none(), "{method}: {said}");
                return said["result"].clone();
            }
            self.note(&said);
        }
        panic!("no answer to {method}")
    }

    fn note(&mut self, said: &Value) {
        let told =
            ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"];
        if told.iter().any(|method| said["method"] == *method) {
            self.console.push(said["params"].to_string());
        }
    }
}

fn shared() -> &'static Browser {
    SHARED.get().expect("a page starts the browser")
}

impl Page {
    /// Opens an empty page. The first one starts the browser.
    pub(crate) fn new(program: &Path) -> Self {
        let browser = SHARED.get_or_init(|| Browser::start(program));
        let mut own = locked(&browser.own);
        let mut ask =
            |method: &str, parameters: Value| own.command(browser, method, &parameters);
        let context = ask("Target.createBrowserContext", json!({}));
        let context = context["browserContextId"].clone();
        let window = json!({
            "url": "about:blank", "browserContextId": context, "newWindow": true,
            "width": 1300, "height": 950,
        });
        let target = ask("Target.createTarget", window)["targetId"].clone();
        let session = json!({ "targetId": target, "flatten": true });
        let session = ask("Target.attachToTarget", session)["sessionId"].clone();
        drop(own);
        let id = session.as_str().unwrap().to_owned();
        let mut page = Self { session: Session::new(&browser.sessions, id), context };
        for domain in ["Page", "Runtime", "Log"] {
            page.command(&format!("{domain}.enable"), &json!({}));
        }
        // Several pages have the focus, each for its own keyboard.
        let focus = json!({ "enabled": true });
        page.command("Emulation.setFocusEmulationEnabled", &focus);
        page
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.session.command(shared(), method, parameters)
    }

    /// Returns the entries on the console, and violations of the page's policy.
    pub(crate) fn console(&mut self) -> &mut Vec<String> {
        &mut self.session.console
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) {
        self.command("Page.navigate", &json!({ "url": url }));
    }

    /// Evaluates a JavaScript expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.command("Runtime.evaluate", &asked);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Returns the text of the first element that matches a selector.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let found =
            self.value(&format!("document.querySelector({selector:?})?.innerText ?? ''"));
        found.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let mut looks = 0..LOOKS;
        while self.value(&format!("Boolean({expression})")) != true {
            let is_left = looks.next().is_some();
            assert!(is_left, "not {expression}: {}", self.text("body"));
            sleep(BETWEEN);
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        locked(&shared().sessions).remove(&self.session.id);
        let context = json!({ "browserContextId": self.context });
        // Its answer is ignored: a failing test reports its own problem.
        let _ = shared().send("", "Target.disposeBrowserContext", &context);
    }
}
