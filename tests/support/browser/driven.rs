//! A page in a real browser, used as people use it: with clicks, typing and reading. The
//! browser is controlled over a pipe in its own protocol. *Source: the Chrome DevTools
//! Protocol, and the switch `--remote-debugging-pipe`, which takes commands at file
//! handle 3 and answers at 4.*

use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

/// Time limit for an answer of the browser.
const LONG: Duration = Duration::from_secs(60);
/// Maximum number of events before the answer to a command.
const MAX_EVENTS: usize = 10_000;
/// The number of checks for a change, and the interval between them.
const LOOKS: u32 = 1_200;
const BETWEEN: Duration = Duration::from_millis(50);

/// A browser with one page.
pub(crate) struct Page {
    child: Child,
    commands: UnixStream,
    answers: BufReader<UnixStream>,
    session: Option<String>,
    last: u64,
    /// The entries on the console, and violations of the page's policy.
    pub(crate) console: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Page {
    /// Starts a browser.
    pub(crate) fn new(browser: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let (commands, theirs) = UnixStream::pair().unwrap();
        let (answers, their_answers) = UnixStream::pair().unwrap();
        answers.set_read_timeout(Some(LONG)).unwrap();
        let child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
            .arg(browser)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--window-size=1300,950", "--remote-debugging-pipe", "about:blank"])
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(OwnedFd::from(their_answers)))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(answers);
        let (session, last, console) = (None, 0, Vec::new());
        let mut page =
            Self { child, commands, answers, session, last, console, _profile: profile };
        page.attach();
        page
    }

    fn attach(&mut self) {
        let made = self.command("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": made["targetId"], "flatten": true });
        let attached = self.command("Target.attachToTarget", &target);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            self.command(&format!("{domain}.enable"), &json!({}));
        }
    }

    /// Sends a command and waits for its answer. Events that arrive meanwhile are stored.
    pub(crate) fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        for _ in 0..MAX_EVENTS {
            let mut bytes = Vec::new();
            let read = self.answers.read_until(0, &mut bytes);
            read.unwrap_or_else(|error| panic!("no answer to {method}: {error}"));
            bytes.pop();
            let said: Value = serde_json::from_slice(&bytes).unwrap();
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

    /// Waits until an element contains a string.
    pub(crate) fn wait_for_text(&mut self, selector: &str, text: &str) {
        let found =
            format!("document.querySelector({selector:?})?.innerText.includes({text:?})");
        self.wait_for(&found);
    }

    /// Waits for an element that matches a selector, and clicks its middle.
    pub(crate) fn click(&mut self, selector: &str) {
        let box_of = format!(
            "(() => {{ const it = document.querySelector({selector:?}); if (!it) return null; \
             it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getBoundingClientRect(); return box.width > 0 && !it.disabled \
             ? [box.x + box.width / 2, box.y + box.height / 2] : null; }})()"
        );
        self.wait_for(&box_of);
        let place = self.value(&box_of);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", &event);
        }
    }

    /// Presses a key that has a name; `Shift+Tab` is the key with the shift key.
    pub(crate) fn press(&mut self, key: &str) {
        let plain = key.strip_prefix("Shift+");
        let (modifiers, key) = plain.map_or((0, key), |key| (8, key));
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            "Space" => (32, " "),
            "Backspace" => (8, ""),
            "ArrowUp" => (38, ""),
            "ArrowDown" => (40, ""),
            other => panic!("unknown key {other}"),
        };
        let mut event = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": if key == "Space" { text } else { key }, "code": key,
            "windowsVirtualKeyCode": code, "text": text, "modifiers": modifiers,
        });
        self.command("Input.dispatchKeyEvent", &event);
        event["type"] = "keyUp".into();
        event["text"] = "".into();
        self.command("Input.dispatchKeyEvent", &event);
    }

    /// Types a string into the focused element.
    pub(crate) fn type_text(&mut self, text: &str) {
        for key in text.chars() {
            let key = key.to_string();
            let down = json!({ "type": "keyDown", "key": key, "text": key });
            self.command("Input.dispatchKeyEvent", &down);
            self.command(
                "Input.dispatchKeyEvent",
                &json!({ "type": "keyUp", "key": key }),
            );
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
